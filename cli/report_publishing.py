"""Giving a whole report out: its findings told, its files' digests recorded."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from cli.options import Writing
from cli.output import put, say, word
from cli.session import record

if TYPE_CHECKING:
    from ledger.families.publication import DocumentPublished, PublishDocument
    from reporting.report.document import Part, Question
    from reporting.report.findings import ReportFinding

#: What stands in an event as the source of a publication.
_SOURCE = "ledger report --publish"


def told(found: Sequence[ReportFinding]) -> None:
    """Findings as messages."""
    for one in found:
        say(f"{word('message.finding')} [{one.code}] {_section(one.section)}: {one.text}")


def _section(key: str) -> str:
    from reporting.catalogue import has

    return word(f"section.{key}") if has(f"section.{key}") else key


def listed(name: str, parts: Sequence[Part], ask: Question) -> int:
    """Show what a report holds, what is missing, its findings and its versions; how many findings
    there are."""
    from ledger.families.publication import Publications
    from reporting.report.document import missing
    from reporting.report.findings import findings

    title = word(f"report.{name}", unit=ask.unit_name, through=ask.through)
    put(f"{name}: {title}\n")
    for part, there in missing(parts, ask):
        state = word("report.there" if there else "report.missing")
        put(f"  {word(f'section.{part.key}')}: {state}\n")
    found = findings(parts, ask)
    for one in found:
        weight = word("message.finding")
        put(f"  {weight} [{one.code}] {_section(one.section)}: {one.text}\n")
    if not found:
        put(f"  {word('report.publishable', name=name)}\n")
    for given in ask.book.state.of(Publications).of(name, ask.unit, ask.through):
        put(f"  {word('report.published', version=given.version, size=given.known_size)}\n")
    return len(found)


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
