"""Giving a whole report out: its findings told, its files' digests recorded."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

from cli.options import Writing
from cli.output import say, word
from cli.session import record

if TYPE_CHECKING:
    from ledger.families.publication import DocumentPublished, PublishDocument
    from reporting.report.document import Part, Question
    from reporting.report.findings import ReportFinding
    from reporting.tables import Table

#: What stands in an event as the source of a publication.
_SOURCE = "ledger report --publish"
_NUMBERS = ("version", "events")


def told(found: Sequence[ReportFinding]) -> None:
    """Findings as messages."""
    for one in found:
        say(_finding(one.code, one.section, one.text))


def _section(key: str) -> str:
    from reporting.catalogue import has

    return word(f"section.{key}") if has(f"section.{key}") else key


class Listed(NamedTuple):
    """A row of what is said of a report before it is written: a ``section`` (its ``state`` is
    there or missing), a ``finding`` or a ``version`` that was given out, of how many ``events``."""

    report: str
    row: str
    section: str | None = None
    state: str | None = None
    code: str | None = None
    text: str | None = None
    version: int | None = None
    events: int | None = None


def listed(name: str, parts: Sequence[Part], ask: Question) -> list[Listed]:
    """What a report holds, what is missing, its findings and its versions."""
    from ledger.families.publication import Publications
    from reporting.report.document import missing
    from reporting.report.findings import findings

    rows = [
        Listed(name, "section", part.key, "there" if there else "missing")
        for part, there in missing(parts, ask)
    ]
    for one in findings(parts, ask):
        rows.append(Listed(name, "finding", one.section, code=one.code, text=one.text))
    for given in ask.book.state.of(Publications).of(name, ask.unit, ask.through):
        version, events = given.version, given.known_size
        rows.append(Listed(name, "version", version=version, events=events))
    return rows


def as_table(rows: Sequence[Listed]) -> Table:
    """The rows as data."""
    from reporting.tables import Column, Table

    columns = [Column(key, "number" if key in _NUMBERS else "text") for key in Listed._fields]
    return Table("", tuple(columns), tuple(rows))


def as_lines(name: str, rows: Sequence[Listed], ask: Question) -> list[str]:
    """The rows of a report as people read them."""
    title = word(f"report.{name}", unit=ask.unit_name, through=ask.through)
    found = {row: [one for one in rows if one.row == row] for row in ("section", "finding")}
    lines = [f"{name}: {title}"]
    lines += [
        f"  {_section(o.section or '')}: {word(f'report.{o.state}')}" for o in found["section"]
    ]
    lines += [f"  {_finding(o.code, o.section, o.text)}" for o in found["finding"]]
    if not found["finding"]:
        lines.append(f"  {word('report.publishable', name=name)}")
    for one in rows:
        if one.row == "version":
            given = word("report.published", version=one.version, size=one.events)
            lines.append(f"  {given}")
    return lines


def _finding(code: str | None, section: str | None, text: str | None) -> str:
    return f"{word('message.finding')} [{code}] {_section(section or '')}: {text}"


def publish(ask: Writing, command: PublishDocument, given: DocumentPublished | None) -> None:
    """Record that the report's files are given out, after the version ``given`` out last."""
    receipt = record(ask, command, _SOURCE)
    if given is not None:
        say(word("message.why_changed", before=given.known_size, after=command.known_size))
    say(
        word(
            "message.published_report",
            version=command.version,
            position=receipt.first,
            size=command.known_size,
            digests=", ".join(f"{form} {digest}" for form, digest in command.digests),
        )
    )
