"""Profiles: how a file of another layout is read, told in ``ledger.toml`` and nowhere in code.

A profile is a table ``[profile.NAME]``; `Profile` lists its keys. A key that means nothing is an
error, so that no misspelt wish is lost.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from intake.problems import ProfileWrong
from intake.text import ENCODINGS
from ledger.events import canonical_json
from ledger.families.budget import VERSIONS
from ledger.money import SCALES

SIGNS = ("result", "debit")
#: What a dimension of a SIE file may become; "drop" leaves it out.
DIMENSION_TARGETS = (
    "unit",
    "product",
    "project",
    "activity",
    "counterparty",
    "counterparty_unit",
    "free",
    "drop",
)


@dataclass(frozen=True)
class Profile:
    """How to read a file of another layout.

    ``columns`` names, for each column of ours, the file's header, or several whose cells are
    joined by ``separator``. ``constants`` are columns that the file does not have. ``months``
    names headers that hold one month each, beside a ``year`` column. ``ignore`` lists headers to
    leave out; ``ignore_rest`` leaves out all that nothing names.
    """

    name: str = ""
    kind: str | None = None
    delimiter: str | None = None
    encoding: str = "utf-8"
    sheet: str | None = None
    header: int | None = None
    columns: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    separator: str = "."
    constants: Mapping[str, str] = field(default_factory=dict)
    months: Mapping[str, int] = field(default_factory=dict)
    skip_empty: bool = False
    scale: str = "kr"
    sign: str = "result"
    round: bool = False
    ignore: tuple[str, ...] = ()
    ignore_rest: bool = False
    dimensions: Mapping[str, str] = field(default_factory=dict)
    budget: str = "original"


def content_of(profile: Profile) -> str:
    """What the profile says, without its name and what is as usual, as canonical JSON."""
    usual = asdict(Profile())
    said = {key: value for key, value in asdict(profile).items() if value != usual[key]}
    said.pop("name", None)
    return canonical_json(said).decode()


def load(path: str | Path, name: str) -> Profile:
    """The profile of that name from a ``ledger.toml``; `ProfileWrong` if there is none."""
    try:
        content = tomllib.loads(Path(path).read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise ProfileWrong(
            f"There is no {path}, and profiles stand in it.", f"Write [profile.{name}] there."
        ) from None
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise ProfileWrong(f"{path} cannot be read: {error}.", "Correct the file.") from error
    return named(content, name)


def named(content: Mapping[str, Any], name: str) -> Profile:
    """The profile of that name from the content of a ``ledger.toml``."""
    profiles = content.get("profile", {})
    if not isinstance(profiles, Mapping) or name not in profiles:
        known = ", ".join(sorted(profiles)) if isinstance(profiles, Mapping) else ""
        raise ProfileWrong(
            f"There is no profile {name!r} in ledger.toml.",
            f"Known: {known}." if known else f"Write [profile.{name}] there.",
        )
    return profile_from(profiles[name], name)


def profile_from(keys: Mapping[str, Any], name: str = "") -> Profile:
    """A profile from its keys as TOML gives them; `ProfileWrong` for any that means nothing."""
    known = {*_SIMPLE, *_CHECKED, "columns", "constants", "months", "ignore", "dimensions"}
    if unknown := sorted(set(keys) - known):
        raise _wrong(
            name, f"unknown key {', '.join(unknown)}", f"Known: {', '.join(sorted(known))}."
        )
    given: dict[str, Any] = {}
    for key, value in keys.items():
        if key in _SIMPLE:
            given[key] = _typed(name, key, value, _SIMPLE[key])
        elif key in _CHECKED:
            given[key] = _one_of(name, key, value, _CHECKED[key])
    if "encoding" in given:
        given["encoding"] = ENCODINGS[given["encoding"]]
    given["columns"] = {
        ours: _headers(name, f"columns.{ours}", theirs)
        for ours, theirs in _table(name, "columns", keys).items()
    }
    given["constants"] = {
        ours: _typed(name, f"constants.{ours}", value, str)
        for ours, value in _table(name, "constants", keys).items()
    }
    given["months"] = {
        theirs: _month(name, theirs, value)
        for theirs, value in _table(name, "months", keys).items()
    }
    given["dimensions"] = {
        number: _one_of(name, f"dimensions.{number}", value, DIMENSION_TARGETS)
        for number, value in _table(name, "dimensions", keys).items()
    }
    ignore = keys.get("ignore", [])
    given["ignore_rest"] = ignore == "rest"
    given["ignore"] = () if ignore == "rest" else _headers(name, "ignore", ignore)
    if given.get("header", 1) < 1:
        raise _wrong(name, "header is a line number", "Count from 1.")
    if len(given.get("delimiter", ";")) != 1:
        raise _wrong(name, "delimiter is one character", 'Write it as delimiter = ";".')
    return Profile(name=name, **given)


_WANTED = {str: "Give text.", int: "Give a whole number.", bool: "Give true or false."}
_SIMPLE: dict[str, type] = {
    "kind": str,
    "delimiter": str,
    "sheet": str,
    "header": int,
    "separator": str,
    "skip_empty": bool,
    "round": bool,
}
_CHECKED: dict[str, tuple[str, ...]] = {
    "encoding": tuple(ENCODINGS),
    "scale": tuple(SCALES),
    "sign": SIGNS,
    "budget": (*VERSIONS, "skip"),
}


def _wrong(name: str, found: str, remedy: str) -> ProfileWrong:
    return ProfileWrong(f"Profile {name!r}: {found}.", remedy)


def _typed(name: str, key: str, value: Any, kind: type) -> Any:
    if not isinstance(value, kind) or (kind is int and isinstance(value, bool)):
        raise _wrong(name, f"{key} is {value!r}", _WANTED[kind])
    return value


def _one_of(name: str, key: str, value: Any, choices: tuple[str, ...]) -> str:
    text = value.lower() if isinstance(value, str) else value
    if text not in choices:
        raise _wrong(name, f"{key} is {value!r}", f"Write one of: {', '.join(choices)}.")
    return str(text)


def _table(name: str, key: str, keys: Mapping[str, Any]) -> Mapping[str, Any]:
    value = keys.get(key, {})
    if not isinstance(value, Mapping):
        raise _wrong(name, f"{key} is {value!r}", f"Write it as {key} = {{ … }}.")
    return value


def _headers(name: str, key: str, value: Any) -> tuple[str, ...]:
    if isinstance(value, str):
        return (value,)
    if isinstance(value, list) and all(isinstance(part, str) for part in value):
        return tuple(value)
    raise _wrong(name, f"{key} is {value!r}", "Give a header, or a list of headers.")


def _month(name: str, theirs: str, value: Any) -> int:
    number: int = _typed(name, f"months.{theirs}", value, int)
    if not 1 <= number <= 12:
        raise _wrong(name, f"months.{theirs} is {number}", "Give a month from 1 to 12.")
    return number
