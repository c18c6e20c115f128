"""Who acts: the name that a person gives, and the operating system's account behind it.

The name (``--actor``) is what people call themselves; the account is what the machine knows. The
account is the real one of the process, never what LOGNAME or USER say.
"""

from __future__ import annotations

import os
import unicodedata
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Who:
    """A person who acts: the actor's name, and the account (None where only a name is known)."""

    actor: str
    user: str | None = None

    @property
    def person(self) -> str:
        """The actor's name as people are told apart."""
        return person(self.actor)


#: Greek and Cyrillic letters that look as Latin ones do; capitals before they become small.
_ALIKE_CAPITALS = str.maketrans("АВЕКМНОРСТХЅІЈУΑΒΕΖΗΙΚΜΝΟΡΤΥΧ", "ABEKMHOPCTXSIJYABEZHIKMNOPTYX")
_ALIKE = str.maketrans("аеорсухіјѕԛԝһԁɡıαορνικυχβ", "aeopcyxijsqwhdgiaopvikuxb")


def person(name: str) -> str:
    """A name as people are told apart: case, spaces, signs that nobody sees, and letters of
    other alphabets that look the same make nobody another person."""
    seen = (c for c in unicodedata.normalize("NFKC", name) if unicodedata.category(c) != "Cf")
    shown = " ".join("".join(seen).split()).translate(_ALIKE_CAPITALS)
    return shown.casefold().translate(_ALIKE)


def system_user() -> str:
    """The operating system's account of this process; ``uid N`` where it has no name.

    Where the system has no such register (Windows), what its environment says.
    """
    try:
        import pwd
    except ImportError:
        import getpass

        return getpass.getuser()
    try:
        return pwd.getpwuid(os.getuid()).pw_name
    except KeyError:
        return f"uid {os.getuid()}"
