"""``ledger seal``, ``verify``, ``prove`` and ``key``: what an auditor keeps, and what it proves."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from cli.options import SPOKEN, Common, Shown, Writing, bundled, protect
from cli.output import put, put_file, say, show, word
from cli.session import book_of, is_simulated, position_of, record, store_of
from reporting.messages import told

if TYPE_CHECKING:
    from ledger.notes import Note, PublicKey
    from ledger.proof import Anchor, LogCheck

#: What a verification is told as; it is no table of rows.
Form = Literal["table", "json"]
#: Exit codes of a verification with findings, and with tampering among them.
FINDINGS, TAMPERED = 1, 6

Output = Annotated[
    str | None, typer.Option("-o", "--output", metavar="FILE", help="Write there, and FILE.vkey.")
]


@bundled
def seal(ask: Common, output: Output = None) -> None:
    """Write the latest checkpoint.

    And FILE.vkey, the public keys to check it with, for someone else to keep. Deposit both with
    the auditors each month: what was sealed then can no more be changed unseen, by anyone.
    """
    from ledger import proof

    book = book_of(ask)
    note = proof.newest_note(book)
    _write(str(note), proof.keys_for(book, note), output)


def _write(text: str, keys: tuple[PublicKey, ...], output: str | None) -> None:
    """A checkpoint or a proof, and beside it the log's keys, the signer's first, where it goes
    to a file."""
    if output in (None, "-"):
        put(text)
        return
    assert output is not None
    put_file(text.encode(), output)
    put_file("".join(f"{key}\n" for key in keys).encode(), f"{output}.vkey")


@bundled
def prove(
    ask: Common,
    event: Annotated[
        str | None, typer.Argument(metavar="[EVENT]", help="An event, by its position.")
    ] = None,
    since: Annotated[
        str | None,
        typer.Option(
            "--from", metavar="FILE|N", help="That the log only grew since that checkpoint."
        ),
    ] = None,
    to: Annotated[
        int | None, typer.Option("--to", metavar="N", help="Up to that checkpoint, not the newest.")
    ] = None,
    output: Output = None,
) -> None:
    """Prove an event, or that the log only grew.

    `ledger verify --proof FILE` checks the proof without the store.
    """
    from ledger import proof
    from ledger.errors import UsageError
    from ledger.log import Book as Log

    book = book_of(ask) if to is None else Log(ask.path, to)
    if to is not None and proof.note_at(book, to) is None:
        raise UsageError(f"There is no checkpoint of {to} events.", "See `ledger history`.")
    position = position_of(event) if event is not None else None
    if (position is None) == (since is None):
        raise UsageError("What is to be proved?", "Give an event's position, or --from FILE.")
    if position is not None:
        text = proof.prove_event(book, position)
    else:
        assert since is not None
        kept = position_of(since)
        size = kept if kept is not None else _note(since).checkpoint.size
        text = proof.prove_growth(book, size)
    _write(text, proof.keys_for(book, proof.newest_note(book)), output)


@bundled
def verify(
    ask: Common,
    against: Annotated[
        list[str] | None,
        typer.Option("--against", metavar="FILE", help="A checkpoint kept outside; several too."),
    ] = None,
    proof_file: Annotated[
        str | None,
        typer.Option("--proof", metavar="FILE", help="Check a proof, without the store."),
    ] = None,
    key: Annotated[
        str | None,
        typer.Option("--key", metavar="FILE", help="The key kept. Else FILE.vkey beside."),
    ] = None,
    log_only: Annotated[
        bool, typer.Option("--log-only", help="Bytes, order, signatures; rebuild nothing.")
    ] = False,
    form: Annotated[
        Form, typer.Option("--format", help="What it found, as text or JSON.")
    ] = "table",
    output: Annotated[
        str | None, typer.Option("-o", "--output", metavar="FILE", help="Write there instead.")
    ] = None,
) -> None:
    """Recompute everything: was anything altered?

    Bytes, order, completeness, signatures, consistency with every earlier checkpoint and with
    those kept outside, control totals, vouchers, texts, and the tables rebuilt. Exit code 6 says
    that the record was altered, 1 that there is something to look at.
    """
    from ledger.proof import verify as check

    anchors = [_anchor(file, key) for file in against or ()]
    if proof_file is not None:
        _verify_proof(proof_file, key, anchors, form, output)
        return
    if output not in (None, "-"):
        protect(str(output), ask.path)
    found = check(Path(ask.path), () if log_only else _checks(), anchors)
    put(_as_json(found) if form == "json" else _as_text(found, ask, log_only), output)
    if any(finding.tampering for finding in found.findings):
        raise typer.Exit(TAMPERED)
    if found.findings:
        raise typer.Exit(FINDINGS)


def _checks() -> tuple[Any, ...]:
    from assurance.verification import CHECKS

    return CHECKS


def _note(file: str) -> Note:
    from ledger.notes import Note

    return Note.parse(_text(file))


def _text(file: str) -> str:
    from ledger.errors import UsageError

    try:
        return Path(file).read_bytes().decode()
    except (OSError, UnicodeDecodeError) as error:
        why = error.strerror if isinstance(error, OSError) else "it is no UTF-8 text"
        raise UsageError(f"{file} cannot be read: {why}.", "Choose another.") from error


def _keys(file: str, given: str | None) -> tuple[PublicKey, ...]:
    """The keys given, else those beside the file, if there are any."""
    from ledger.notes import PublicKey

    path = given or f"{file}.vkey"
    if given is None and not Path(path).exists():
        return ()
    return PublicKey.parse_all(_text(path))


def _anchor(file: str, key: str | None) -> Anchor:
    from ledger.proof import Anchor

    note, public = _note(file), _keys(file, key)
    if not public:
        say(word("message.no_key_beside", file=file))
    return Anchor(note, public, file)


def _as_json(found: LogCheck) -> str:
    """The contract's object: events, root, checkpoint (the signed note), findings."""
    import json

    shown = {
        "events": found.events,
        "root": found.root,
        "checkpoint": found.checkpoint,
        "findings": [
            {"code": each.code, "position": each.position, "text": each.text}
            for each in found.findings
        ],
    }
    return json.dumps(shown, ensure_ascii=False, indent=2) + "\n"


def _as_text(found: LogCheck, ask: Common, log_only: bool) -> str:
    """What was checked, up to where it is vouched for outside, and what was found."""
    lines = []
    for finding in found.findings:
        place = "" if finding.position is None else f" {finding.position}"
        weight = word("verify.tampering" if finding.tampering else "message.finding")
        text = told(finding.text, SPOKEN.get())
        lines.append(f"{weight} [{finding.code}]{place}: {text}")
    tampered = any(finding.tampering for finding in found.findings)
    if not tampered:
        lines.append(word("verify.sound", events=found.events))
        lines.append(word("verify.log_only" if log_only else "verify.whole"))
    lines.append(f"{word('verify.root')} {found.root}")
    if found.origin:
        lines.append(f"{word('verify.origin')} {found.origin}")
    if not tampered:
        lines += _vouchers_for(found)
        if found.events and is_simulated(book_of(ask)):
            lines.append(word("note.simulated"))
    return "\n".join(lines) + "\n"


def _vouchers_for(found: LogCheck) -> list[str]:
    """Who vouches for the log, from where and up to where."""
    lines = []
    if found.sealed_from is None:
        lines.append(word("verify.never_sealed"))
    elif found.sealed_from > 0:
        lines.append(word("verify.sealed_from", size=found.sealed_from))
    for place, key in enumerate(found.keys):
        said = "first_key" if place == 0 else "vouched" if key.vouched else "unvouched"
        lines.append(word(f"verify.{said}", public=key.key, position=key.position))
    if found.anchored is None:
        lines.append(word("verify.not_anchored"))
    else:
        lines.append(word("verify.anchored", size=found.anchored, events=found.events))
    return lines


def _verify_proof(
    file: str, key: str | None, anchors: list[Anchor], form: Form, output: str | None
) -> None:
    """Check a proof's file with the key kept, and say what it proves."""
    import json

    from ledger.errors import UsageError
    from ledger.proof import check_proof

    keys = [k for anchor in anchors for k in anchor.keys] or list(_keys(file, key))
    if not keys:
        raise UsageError("A proof is checked with a key.", "Give --key FILE, or --against FILE.")
    old = anchors[0].note.checkpoint if anchors else None
    proven = check_proof(_text(file), keys, old)
    if proven.old is None and old is not None and old.size != proven.checkpoint.size:
        say(word("verify.other_size", kept=old.size, size=proven.checkpoint.size))
    facts = {
        "origin": proven.checkpoint.origin,
        "size": proven.checkpoint.size,
        "root": proven.checkpoint.root.hex(),
        "key": str(proven.key),
        "old": proven.old,
        "position": proven.position,
        "stream": proven.stream,
        "version": proven.version,
        "topic": proven.topic,
        "event": proven.stored.decode() if proven.stored is not None else None,
    }
    shown = {name: value for name, value in facts.items() if value is not None}
    if form == "json":
        put(json.dumps(shown, ensure_ascii=False, indent=2) + "\n", output)
        return
    words = {name: word(f"proof.{name}") for name in shown}
    width = max(len(text) for text in words.values())
    lines = [word("verify.proven" if proven.old is None else "verify.grown"), ""]
    lines += [f"{words[name].ljust(width)}  {value}" for name, value in shown.items()]
    put("\n".join(lines) + "\n", output)


# ── keys ───────────────────────────────────────────────────────────────────────────────────────

key_app = typer.Typer(help="The keys that seal the log.", no_args_is_help=True)


@key_app.command("list")
@bundled
def list_keys(ask: Shown) -> None:
    """The log's keys, and since which event each seals."""
    from ledger.families.sealing import Sealing
    from reporting.tables import Column, table_from

    book = book_of(ask)
    sealing = book.state.of(Sealing)
    rows = [
        {"key": key, "position": position, "state": state}
        for state, keys in (("sealing", sealing.keys), ("retired", sealing.retired))
        for key, position in keys.items()
    ]
    columns = (Column("key"), Column("position", "number"), Column("state", words="state"))
    table = table_from(rows, columns, word("title.keys", origin=sealing.origin or "–"))
    show(table, ask, simulated=is_simulated(book))


@key_app.command("add")
@bundled
def add_key(
    write: Writing,
    public: Annotated[
        str | None,
        typer.Argument(metavar="[KEY]", help="Another's public key; else one is made here."),
    ] = None,
) -> None:
    """Let one more key seal the log.

    Another writer's, whose public key the holder of a key adds: so an earlier key vouches for
    it. Without KEY one is made where LEDGER_KEY says, or beside the store; no earlier key
    vouches for that one, and `ledger verify` says so.
    """
    from ledger.families.sealing import RegisterKey, Sealing
    from ledger.notes import PublicKey, SigningKey, key_path

    path = key_path(Path(write.path))
    if public is None:
        if not path.exists():
            origin = book_of(write).state.of(Sealing).origin or "utfall.example"
            SigningKey.new(origin).write(path)
            say(word("message.wrote", path=path))
        public = str(SigningKey.read(path).public)
    record(write, RegisterKey(str(PublicKey.parse(public))), "ledger key add")
    put(f"{public}\n")


@key_app.command("new")
@bundled
def new_key(
    ask: Common,
    file: Annotated[str, typer.Argument(metavar="FILE", help="Where the private key goes.")],
) -> None:
    """Make a key pair, for somebody else's holder of a key to add."""
    from ledger.errors import StoreExists
    from ledger.families.sealing import Sealing
    from ledger.notes import SigningKey

    if Path(file).exists():
        raise StoreExists(f"{file} exists already.", "Choose another FILE.")
    origin = book_of(ask).state.of(Sealing).origin or "utfall.example"
    made = SigningKey.new(origin)
    made.write(Path(file))
    say(word("message.wrote", path=file))
    put(f"{made.public}\n")


@key_app.command()
@bundled
def rotate(write: Writing) -> None:
    """Put a new key in the place of the one that lies here; the old one vouches for it."""
    from ledger.commands import Source
    from ledger.families.sealing import Sealing

    with store_of(write) as store:
        store.rotate_key(write.who, Source("ledger key rotate"))
        sealing = store.book().state.of(Sealing)
    put(f"{max(sealing.keys, key=lambda key: sealing.keys[key])}\n")
