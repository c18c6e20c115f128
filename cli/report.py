"""``ledger report``: whole documents from the events."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cli.options import Common, Scale, Shown, Writing, bundled
from cli.output import folder_at, put_file, say, show, show_lines, word
from cli.plans import FINDINGS
from cli.session import book_of

if TYPE_CHECKING:
    from reporting.report.document import Document, Question

app = typer.Typer(help="Whole reports from the events: HTML, Word, Excel.", rich_markup_mode=None)


@dataclass(frozen=True)
class Asked(Common):
    """What a report is asked."""

    through: Annotated[
        str | None,
        typer.Option("--through", metavar="PERIOD", help="Else the latest closed month."),
    ] = None
    unit: Annotated[
        str | None, typer.Option("--unit", metavar="CODE", help="Only that unit and all below.")
    ] = None
    known_at: Annotated[
        str | None,
        typer.Option(
            "--known-at", metavar="TIME", help="As known then: 2020-09-15, a time, or @N events."
        ),
    ] = None
    scale: Annotated[Scale | None, typer.Option("--scale", help="kr, tkr or mnkr in tables.")] = (
        None
    )


@dataclass(frozen=True)
class Listing(Asked, Shown):
    """What is said of reports before they are written, and how it is shown."""


#: Reports that are in another scale than thousands, unless asked.
_SCALES: dict[str, Scale] = {"director": "mnkr"}


@dataclass(frozen=True)
class Written(Writing, Asked):
    """A report that is written: as what, where, and whether it is given out."""

    to: Annotated[
        str, typer.Option("--to", metavar="FORMS", help="html, docx, xlsx; several with commas.")
    ] = "html"
    folder: Annotated[
        str, typer.Option("-o", "--output", metavar="DIR", help="The folder to write in.")
    ] = "."
    at: Annotated[
        list[str] | None,
        typer.Option(
            "--at",
            metavar="SECTION=PERIOD[@TIME]",
            help="A section of another month or time: staffing=2020-07@2020-08-31.",
        ),
    ] = None
    publish: Annotated[
        bool, typer.Option("--publish", help="Record that it is given out, with its digests.")
    ] = False
    with_findings: Annotated[
        bool, typer.Option("--with-findings", help="Give it out though findings are left.")
    ] = False
    template: Annotated[
        Path | None,
        typer.Option("--template", metavar="FILE", help="A Word file with your styles and header."),
    ] = None


@app.command()
@bundled
def interim(ask: Written) -> None:
    """The interim report (delårsrapport) of a division.

    Result, costs, forecast and risks with what lies behind, in one file of each form.
    """
    write_report("interim", ask)


@app.command()
@bundled
def director(ask: Written) -> None:
    """The director's report of a region.

    The region's month beside the divisions' last tertial; --at gives a section its own period and
    known-at, which its heading then says.
    """
    write_report("director", ask)


@app.command("list")
@bundled
def list_(
    ask: Listing,
    report: Annotated[
        str | None, typer.Argument(metavar="[REPORT]", help="Only that report; else all.")
    ] = None,
) -> None:
    """What reports hold, what is missing, what to ask first.

    Exit code 1 says that there are findings: months that are open, texts that are missing, figures
    in texts that nobody can check, figures that contradict each other.
    """
    from cli.report_publishing import as_lines, as_table, listed
    from ledger.errors import UsageError
    from reporting.report.registry import REPORTS, WHOLE

    if report is not None and report not in REPORTS:
        raise UsageError(f"There is no report {report!r}.", f"Known: {', '.join(REPORTS)}.")
    question = _question(ask)
    found = {
        name: listed(name, parts, question)
        for name, parts in REPORTS.items()
        if report == name or (report is None and (question.is_whole or name not in WHOLE))
    }
    rows = [row for rows in found.values() for row in rows]
    if ask.form == "table":
        show_lines([line for n, own in found.items() for line in as_lines(n, own, question)], ask)
    else:
        show(as_table(rows), ask)
    if any(row.row == "finding" for row in rows):
        raise typer.Exit(FINDINGS)


@app.command()
@bundled
def monthly(ask: Written) -> None:
    """The month on two pages: result, lines, costs, staffing."""
    write_report("monthly", ask)


@app.command()
@bundled
def personnel(ask: Written) -> None:
    """People: worked time, headcount, extra time, sick leave."""
    write_report("personnel", ask)


@app.command()
@bundled
def production(ask: Written) -> None:
    """Production, access, the patient board, assignments."""
    write_report("production", ask)


@app.command("internal-control")
@bundled
def internal_control(ask: Written) -> None:
    """The control activities of the year."""
    write_report("internal-control", ask)


@app.command()
def template(
    output: Annotated[str, typer.Option("-o", "--output", metavar="FILE", help="Where to.")],
) -> None:
    """A Word template to start from, for --template."""
    from reporting.report.word import DEFAULT

    put_file(DEFAULT.read_bytes(), output)


def write_report(name: str, ask: Written) -> None:
    """Write the report of that name in every form asked for."""
    from cli.report_publishing import publish, told
    from ledger.errors import FindingsLeft
    from ledger.families.publication import Publications
    from reporting.report.document import compose, left_out
    from reporting.report.findings import findings
    from reporting.report.given_out import publication, to_file
    from reporting.report.registry import REPORTS, WHOLE

    forms = _forms(ask.to)
    question = _question(ask, _SCALES.get(name, "tkr"))
    found = findings(REPORTS[name], question) if ask.publish else []
    told(found)
    if found and not ask.with_findings:
        raise FindingsLeft(
            f"The report has {len(found)} finding(s).",
            "Put them right, or add --with-findings: the event then says how many are left.",
        )
    if name in WHOLE and not question.is_whole:
        say(word("message.report_of_part", unit=question.unit))
    others = _others(ask, name, question)
    document = compose(name, REPORTS[name], question, others)
    if gone := left_out(REPORTS[name], document):
        sections = ", ".join(word(f"section.{part.key}") for part in gone)
        say(word("message.left_out", sections=sections))
    files = {form: to_file(document, form, ask.template) for form in forms}
    place = folder_at(ask.folder)
    for form, data in files.items():
        put_file(data, str(place / f"{name}-{question.unit}-{question.through}.{form}"))
    if ask.publish:
        command = publication(
            name, question, others, document, files, template=ask.template, left=len(found)
        )
        given = question.book.state.of(Publications).of(name, question.unit, question.through)
        _tell_changes(document)
        publish(ask, command, given[-1] if given else None)
        if found:
            raise typer.Exit(FINDINGS)


def _tell_changes(document: Document) -> None:
    """Say what is otherwise than in the version that was given out."""
    from reporting.tables import Table

    for section in document.sections:
        if section.key == "changes":
            for table in (block for block in section.blocks if isinstance(block, Table)):
                for row in table.rows:
                    name, was = " · ".join(str(c) for c in row[:3] if c), str(row[3] or "–")
                    say(f"{name}: {was} → {row[4] or '–'}")
                for note in table.notes:
                    say(note)


def _others(ask: Written, name: str, question: Question) -> dict[str, Question]:
    """The sections that are asked of another month or time, by key."""
    from ledger.errors import UsageError
    from reporting.report.document import other
    from reporting.report.registry import OTHERS, REPORTS

    keys = [part.key for part in REPORTS[name]]
    found = OTHERS[name](question) if name in OTHERS else {}
    for text in ask.at or ():
        key, equals, rest = text.partition("=")
        period, at, time = rest.partition("@")
        if key not in keys or not equals or not rest:
            known = ", ".join(keys)
            raise UsageError(f"{text!r} is no section and month.", f"Sections: {known}.")
        book = question.book.at(time) if at else question.book
        found[key] = other(question, book, period or None)
    return found


def _question(ask: Asked, scale: Scale = "tkr") -> Question:
    from reporting.report.document import question

    book = book_of(ask, ask.known_at)
    return question(book, ask.spoken, through=ask.through, unit=ask.unit, scale=ask.scale or scale)


def _forms(text: str) -> list[str]:
    from ledger.errors import UsageError
    from reporting.report.given_out import FORMS

    forms = [form.strip() for form in text.split(",")]
    unknown = [form for form in forms if form not in FORMS]
    if unknown:
        raise UsageError(f"{unknown[0]!r} is no form of a report.", f"Known: {', '.join(FORMS)}.")
    return forms
