"""The documentation's tables of kinds and codes, from the registries themselves.

``docs/formats.md`` holds them between marks, and a test holds it to them.
"""

from __future__ import annotations

from intake.columns import Column, Kind
from intake.kinds import KINDS
from intake.problems import NOTICES, RULES, TABLE
from intake.sie.codes import PROBLEMS, WARNINGS

_TYPES = {
    "code": "code",
    "text": "text",
    "amount": "amount",
    "decimal": "decimal",
    "quantity": "quantity",
    "month": "month",
    "interval": "period",
    "date": "date",
    "time": "date or time",
    "year": "year",
    "number": "whole number",
    "word": "word",
}


def kinds_markdown() -> str:
    """A section a kind: what it is, its columns, an example."""
    return "\n\n".join(_section(kind) for kind in KINDS.values()) + "\n"


def _section(kind: Kind) -> str:
    rows = "\n".join(_row(column, kind) for column in kind.columns)
    either = "".join(
        f" One of {' and '.join(f'`{name}`' for name in names)} must be there."
        for names in kind.either
    )
    return (
        f"### {kind.name} ({kind.swedish})\n\n{kind.about}{either}\n\n"
        "| column | Swedish | type | | what |\n|---|---|---|---|---|\n"
        f"{rows}\n\n```csv\n{kind.example}```"
    )


def _row(column: Column, kind: Kind) -> str:
    need = "required" if column.required else ""
    if any(column.name in names for names in kind.either):
        need = "one of"
    swedish = ", ".join(f"`{name}`" for name in column.swedish)
    words = ", ".join(f"`{theirs}`" for theirs in column.words)
    note = f"{column.note} (also {words})" if words else column.note
    return f"| `{column.name}` | {swedish} | {_TYPES[column.type]} | {need} | {note} |"


def codes_markdown() -> str:
    """Every code that a file can be met with."""
    parts = [
        ("Of the file and its cells: refused, exit code 3", TABLE),
        ("Of the rules of the record: refused, exit code 3 or 4", RULES),
        ("Of SIE files: refused, exit code 3", PROBLEMS),
        ("Warnings and findings: the file is taken", NOTICES),
        ("Warnings of SIE files: the file is taken", WARNINGS),
    ]
    return "\n".join(
        f"### {title}\n\n| code | what, and what to do |\n|---|---|\n"
        + "".join(f"| `{code}` | {text} |\n" for code, text in sorted(codes.items()))
        for title, codes in parts
    )
