"""``ledger control assess`` and ``evaluate``: the working paper, and what the sample says."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Annotated, Literal

import typer

from cli.options import Known, Writing, bundled, protect
from cli.output import put, put_file, say, show, sum_up, word
from cli.session import book_of, is_simulated, record, store_of

#: Exit code where a sample says more than can be borne.
FINDINGS = 1

Name = Annotated[str, typer.Argument(metavar="SAMPLE", help="The sample's name.")]


@dataclass(frozen=True)
class Assessing(Known, Writing):
    """A working paper that is shown, or filled in."""


@dataclass(frozen=True)
class Assessed:
    """What one item was found to be."""

    result: Annotated[
        Literal["fine", "deviation", "misstatement", "missing"] | None,
        typer.Option("--result", help="What the item was found to be."),
    ] = None
    attribute: Annotated[
        str | None, typer.Option("--attribute", metavar="TEXT", help="What of it, if several.")
    ] = None
    audited: Annotated[
        str | None,
        typer.Option("--audited", metavar="AMOUNT", help="What should have been booked."),
    ] = None
    evidence: Annotated[
        str | None,
        typer.Option("--evidence", metavar="FILE|SHA-256", help="What shows it; a file's digest."),
    ] = None
    day: Annotated[str | None, typer.Option("--on", metavar="DAY", help="Assessed then.")] = None
    cause: Annotated[str | None, typer.Option("--cause", metavar="TEXT", help="Why.")] = None
    consequence: Annotated[
        str | None, typer.Option("--consequence", metavar="TEXT", help="What it leads to.")
    ] = None
    measure: Annotated[
        str | None, typer.Option("--measure", metavar="TEXT", help="What is done about it.")
    ] = None
    owner: Annotated[str | None, typer.Option("--owner", metavar="NAME", help="Whose that is.")] = (
        None
    )
    due: Annotated[str | None, typer.Option("--due", metavar="DAY", help="By when.")] = None
    reason: Annotated[
        str | None, typer.Option("--reason", metavar="TEXT", help="Why otherwise than on record.")
    ] = None


@bundled
def assess(
    ask: Assessing,
    given: Assessed,
    name: Annotated[
        str | None, typer.Argument(metavar="[SAMPLE]", help="The sample's name.")
    ] = None,
    item: Annotated[
        str | None, typer.Argument(metavar="[ITEM]", help="The event's position, or list's item.")
    ] = None,
    file: Annotated[
        str | None, typer.Option("--from", metavar="FILE", help="Record a working paper.")
    ] = None,
    sheet: Annotated[
        str | None,
        typer.Option("--sheet", metavar="FILE.xlsx", help="Write the working paper there."),
    ] = None,
    review: Annotated[
        bool, typer.Option("--review", help="Say that you looked at all assessments.")
    ] = False,
    comment: Annotated[
        str | None, typer.Option("--comment", metavar="TEXT", help="With what words.")
    ] = None,
) -> None:
    """The working paper: show it, fill it in, review it.

    `SAMPLE --sheet FILE.xlsx` writes it, `--from FILE` takes it back whole or not at all, and
    refuses a booked amount that was changed; `SAMPLE ITEM --result …` assesses one item; `--review`
    is for another person than those who assessed.
    """
    from ledger.errors import UsageError

    if file is not None:
        from cli.imports import take

        take(ask, [file], kind="assessment")
        return
    if name is None:
        raise UsageError("Which sample?", "Give its name, or --from FILE.")
    if item is not None:
        _one(ask, name, item, given, comment)
    elif review:
        if any(vars(given).values()):
            raise UsageError("A review assesses nothing.", "Leave out --result and the rest.")
        _review(ask, name, comment)
    elif sheet is not None:
        _sheet(ask, name, sheet)
    elif any(vars(given).values()):
        raise UsageError("Which item?", "Give SAMPLE ITEM --result ….")
    else:
        _show(ask, name)


def _show(ask: Assessing, name: str) -> None:
    from ledger.families.control_draw import drawn_of
    from ledger.families.control_sample import Samples
    from reporting import evaluation_table

    book = book_of(ask, ask.known_at)
    drawn_of(book.state.of(Samples), name)
    table = evaluation_table.paper(book, ask.spoken, name, brief=ask.form == "table")
    show(table, ask, simulated=is_simulated(book))


def _sheet(ask: Assessing, name: str, file: str) -> None:
    from ledger.errors import UsageError
    from reporting.working_paper import working_paper

    if not file.lower().endswith(".xlsx"):
        raise UsageError(f"{file} is no Excel file.", "Give a name that ends in .xlsx.")
    protect(file, ask.path)
    put_file(working_paper(book_of(ask, ask.known_at), ask.spoken, name), file)


def _one(ask: Assessing, name: str, item: str, given: Assessed, comment: str | None) -> None:
    """One row, the way a file would be taken."""
    import intake
    from cli.recording import as_file, named_by_command
    from ledger.commands import Source
    from ledger.errors import UsageError

    if given.result is None:
        raise UsageError(f"What was item {item} found to be?", "Give --result.")
    words = vars(given) | {"comment": comment, "evidence": _digest(given.evidence)}
    words["assessed_on"] = words.pop("day")
    fields = [f"{key}={value}" for key, value in words.items() if value is not None]
    source = "ledger control assess"
    with (
        store_of(ask) as store,
        as_file([f"sample={name}", f"item={item}", *fields]) as path,
        named_by_command(source),
    ):
        reading = intake.read(path, store.book().organisation, kind="assessment")
        receipt = store.record(reading.command, ask.who, Source(source))
    sum_up(receipt.recorded, receipt.known, 0)


def _digest(evidence: str | None) -> str | None:
    """The SHA-256 of a file, or what was given as one."""
    import hashlib
    from pathlib import Path

    if evidence is None or not Path(evidence).is_file():
        return evidence
    return hashlib.sha256(Path(evidence).read_bytes()).hexdigest()


def _review(ask: Assessing, name: str, comment: str | None) -> None:
    from ledger.families.control_draw import ReviewAssessments

    receipt = record(ask, ReviewAssessments(name, comment), "ledger control assess")
    sum_up(receipt.recorded, receipt.known, 0)


@bundled
def evaluate(
    ask: Assessing,
    name: Name,
    confidence: Annotated[
        str | None, typer.Option("--confidence", metavar="RATE", help="Else the plan's, or 95%.")
    ] = None,
    tolerable: Annotated[
        str | None,
        typer.Option(
            "--tolerable",
            metavar="RATE|AMOUNT",
            help="What can be borne: of items a rate, of money kronor. Else the plan's.",
        ),
    ] = None,
    reason: Annotated[
        str | None,
        typer.Option("--reason", metavar="TEXT", help="Why other measures than planned."),
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Record nothing.")] = False,
) -> None:
    """Say what a sample says of the whole, and record it.

    How often at most, by how much at most, the likeliest, and a sentence with its confidence.
    Exit code 1 where that is more than can be borne.
    """
    from assurance.conclusions import conclude
    from cli.rates import ore
    from ledger.families.control_draw import EvaluateSample, drawn_of
    from ledger.families.control_sample import Samples
    from reporting import evaluation_table
    from reporting.catalogue import label

    book = book_of(ask, ask.known_at)
    money = drawn_of(book.state.of(Samples), name).event.draw_method in ("monetary_unit", "cell")
    found = conclude(
        book,
        name,
        confidence=_text(confidence, "--confidence"),
        tolerable=None if money else _text(tolerable, "--tolerable"),
        tolerable_amount=ore(tolerable, "--tolerable") if money and tolerable else None,
        reason=reason,
    )
    if not dry_run and ask.known_at is None:
        record(ask, EvaluateSample(found.event), "ledger control evaluate")
        book = book_of(ask)
    if ask.form == "json":
        content = evaluation_table.as_json(found)
        put(json.dumps(content, ensure_ascii=False, indent=2) + "\n", ask.output)
    else:
        show(evaluation_table.evaluation(book, found, ask.spoken), ask,
             simulated=is_simulated(book))  # fmt: skip
    if found.event.sample_verdict == "beyond":
        text = label("evaluation.finding", ask.spoken, sample=name)
        say(f"{word('message.finding')} [sample-beyond] {text}")
        raise typer.Exit(FINDINGS)


def _text(rate: str | None, option: str) -> str | None:
    from cli.rates import share

    return None if rate is None else f"{share(rate, option):f}"
