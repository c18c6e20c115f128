"""Signed notes and checkpoints (C2SP signed-note, tlog-checkpoint), and the keys that sign them.

A checkpoint is three lines: origin, size of the tree in decimal, base64 of its root. A note is a
text, an empty line, and signature lines ``— name base64(key id ‖ signature)``; the signature is
Ed25519 over the text with its last newline, the key id the first four bytes of SHA-256(name ‖
0x0A ‖ 0x01 ‖ public key). A public key is written ``name+hex(key id)+base64(0x01 ‖ public key)``,
a private one ``PRIVATE+KEY+name+hex(key id)+base64(0x01 ‖ seed)``, as Go's module of notes does.

The curve is `cryptography`'s, imported when first needed.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import os
import re
import secrets
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from ledger.errors import BadProof, KeyMissing, KeyRefused
from ledger.tree import HASH

_ED25519 = b"\x01"
_PRIVATE = "PRIVATE+KEY+"
_NAME = re.compile(r"[^\s+]+")


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """What is signed: whose log, how many events, and the root of their tree."""

    origin: str
    size: int
    root: bytes

    @property
    def text(self) -> str:
        """The three lines."""
        return f"{self.origin}\n{self.size}\n{base64.b64encode(self.root).decode()}\n"

    @classmethod
    def parse(cls, text: str) -> Checkpoint:
        """The checkpoint that a text is; `BadProof` for any other."""
        lines = text.split("\n")
        if len(lines) != 4 or lines[3] or not re.fullmatch(r"0|[1-9]\d{0,18}", lines[1]):
            raise BadProof("The text is no checkpoint: origin, size and root, a line each.")
        root = _decoded(lines[2])
        found = cls(lines[0], int(lines[1]), root)
        if len(root) != HASH or not lines[0] or found.text != text:
            raise BadProof("The checkpoint's root is not 32 bytes in base64.")
        return found


@dataclass(frozen=True, slots=True)
class Signature:
    """A signature line: who, with which key, and the 64 bytes."""

    name: str
    key_id: bytes
    value: bytes


@dataclass(frozen=True, slots=True)
class Note:
    """A text and the signatures under it, each line as it stands."""

    text: str
    signatures: tuple[Signature, ...]

    @classmethod
    def parse(cls, whole: str) -> Note:
        """The note that a file's text is; `BadProof` for any other."""
        text, gap, lines = whole.rpartition("\n\n")
        if not gap or not lines.endswith("\n"):
            raise BadProof("The file is no signed note: text, empty line, signature lines.")
        found = []
        for line in lines[:-1].split("\n"):
            match = re.fullmatch(r"— ([^\s+]+) (\S+)", line)
            data = _decoded(match[2]) if match else b""
            if match is None or len(data) < 5:
                raise BadProof(f"{line[:60]!r} is no signature line.")
            found.append(Signature(match[1], data[:4], data[4:]))
        return cls(text + "\n", tuple(found))

    def __str__(self) -> str:
        """The note as a file's text."""
        lines = (
            f"— {s.name} {base64.b64encode(s.key_id + s.value).decode()}\n" for s in self.signatures
        )
        return f"{self.text}\n{''.join(lines)}"

    @property
    def checkpoint(self) -> Checkpoint:
        """The checkpoint that the text is; `BadProof` for any other text."""
        return Checkpoint.parse(self.text)

    def signed_by(self, keys: Iterable[PublicKey]) -> PublicKey | None:
        """The first of the keys whose signature stands here and holds; lines of unknown keys,
        such as a witness's, are passed over."""
        for key in keys:
            for each in self.signatures:
                named = (each.name, each.key_id) == (key.name, key.key_id)
                if named and key.holds(self.text, each.value):
                    return key
        return None

    def wholly_signed_by(self, keys: Sequence[PublicKey]) -> bool:
        """True if every line is one of these keys' and holds."""
        by_id = {(key.name, key.key_id): key for key in keys}
        signers = [(by_id.get((s.name, s.key_id)), s.value) for s in self.signatures]
        return all(key is not None and key.holds(self.text, value) for key, value in signers)


@dataclass(frozen=True, slots=True)
class PublicKey:
    """A key to check signatures with."""

    name: str
    public: bytes

    @property
    def key_id(self) -> bytes:
        """The four bytes by which a signature line names its key."""
        head = self.name.encode() + b"\n" + _ED25519
        return hashlib.sha256(head + self.public).digest()[:4]

    def __str__(self) -> str:
        coded = base64.b64encode(_ED25519 + self.public).decode()
        return f"{self.name}+{self.key_id.hex()}+{coded}"

    @classmethod
    def parse(cls, text: str) -> PublicKey:
        """The key that a text writes; `BadProof` for any other."""
        name, data = _key_parts(text.strip())
        key = cls(name, data)
        if str(key) != text.strip():
            raise BadProof("The key's id is not that of its name and bytes.")
        return key

    @classmethod
    def parse_all(cls, text: str) -> tuple[PublicKey, ...]:
        """The keys that a file writes, a line each; `BadProof` for any other file."""
        return tuple(cls.parse(line) for line in text.strip().split("\n"))

    def holds(self, text: str, signature: bytes) -> bool:
        """True if the signature is this key's over the text."""
        from cryptography.exceptions import InvalidSignature
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

        try:
            Ed25519PublicKey.from_public_bytes(self.public).verify(signature, text.encode())
        except (InvalidSignature, ValueError):
            return False
        return True


@dataclass(frozen=True, slots=True)
class SigningKey:
    """A key to sign with; its bytes show in no representation."""

    name: str
    _seed: bytes

    def __repr__(self) -> str:
        return f"SigningKey({self.name!r})"

    @classmethod
    def new(cls, name: str) -> SigningKey:
        """A new key from the system's random bytes."""
        if not _NAME.fullmatch(name):
            raise ValueError(f"{name!r} is no key name")
        return cls(name, secrets.token_bytes(32))

    @classmethod
    def read(cls, path: Path) -> SigningKey:
        """The key in a file; `KeyMissing` where there is none, `KeyRefused` for a file that is
        none or that others may read."""
        try:
            text = path.read_text(encoding="ascii")
            shared = os.name == "posix" and path.stat().st_mode & 0o077
        except FileNotFoundError:
            raise KeyMissing(
                f"There is no key at {path}, and what is recorded must be sealed.",
                "Put it back, name it in LEDGER_KEY, or make a new one with `ledger key add`.",
            ) from None
        except (OSError, UnicodeDecodeError) as error:
            raise KeyRefused(f"The key at {path} cannot be read: {error}.") from error
        if shared:
            raise KeyRefused(f"The key at {path} can be read by others.", f"chmod 600 {path}")
        try:
            if not text.startswith(_PRIVATE):
                raise BadProof("it does not begin as a private key")
            name, seed = _secret_parts(text.removeprefix(_PRIVATE).strip())
            key = cls(name, seed)
            if str(key.public).split("+")[1] != text.split("+")[3]:
                raise BadProof("its id is not that of its bytes")
        except BadProof as error:
            raise KeyRefused(f"{path} holds no key: {error.message}.") from error
        return key

    def write(self, path: Path) -> None:
        """Write the key to a new file that only its owner may read; never over another."""
        coded = base64.b64encode(_ED25519 + self._seed).decode()
        text = f"{_PRIVATE}{self.name}+{self.public.key_id.hex()}+{coded}\n"
        number = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(number, "w", encoding="ascii") as out:
            out.write(text)
            out.flush()
            os.fsync(out.fileno())

    @property
    def public(self) -> PublicKey:
        """The key that checks what this one signs."""
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

        private = Ed25519PrivateKey.from_private_bytes(self._seed)
        return PublicKey(self.name, private.public_key().public_bytes_raw())

    def line(self, text: str) -> str:
        """The signature line under a text."""
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

        value = Ed25519PrivateKey.from_private_bytes(self._seed).sign(text.encode())
        coded = base64.b64encode(self.public.key_id + value).decode()
        return f"— {self.name} {coded}\n"


def signed(checkpoint: Checkpoint, keys: Sequence[SigningKey]) -> str:
    """The signed note of a checkpoint, a line a key."""
    return f"{checkpoint.text}\n{''.join(key.line(checkpoint.text) for key in keys)}"


def key_path(store: Path) -> Path:
    """Where the key of whoever records in a store lies: ``LEDGER_KEY``, else beside the store
    under its name (``ledger.key`` beside ``ledger.db``)."""
    given = os.environ.get("LEDGER_KEY")
    return Path(given) if given else store.with_suffix(".key")


def origin_of(organisation: str, root: str, *, simulated: bool) -> str:
    """The name of a log: the organisation and its root unit as parts of an address without
    scheme; a simulated clock is said, so that nobody takes a demo's seal for a real one.

    >>> origin_of("Region Norrbotten", "RN", simulated=False)
    'utfall.example/region-norrbotten/rn'
    """
    parts = ["utfall.example", _slug(organisation), _slug(root)]
    return "/".join([*parts, "demo-simulated-clock"] if simulated else parts)


def _slug(text: str) -> str:
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-") or "ledger"


def _decoded(text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return b""


def _secret_parts(text: str) -> tuple[str, bytes]:
    """As `_key_parts`, of a text that no message may quote."""
    try:
        return _key_parts(text)
    except BadProof:
        raise BadProof("it is damaged") from None


def _key_parts(text: str) -> tuple[str, bytes]:
    """Name and 32 bytes of ``name+id+base64(0x01 ‖ 32 bytes)``."""
    if text.startswith(_PRIVATE):  # nothing of it may stand in a message
        raise BadProof("That is a private key.", "Give the public one: `ledger seal` writes it.")
    match = re.fullmatch(r"([^\s+]+)\+([0-9a-f]{8})\+(\S+)", text)
    data = _decoded(match[3]) if match else b""
    if match is None or len(data) != 33 or data[:1] != _ED25519:
        raise BadProof(f"{text[:60]!r} is no Ed25519 key of a signed note.")
    return match[1], data[1:]
