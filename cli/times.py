"""``ledger diff`` and ``ledger replay``: the record at two times, and as it was at one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from cli.options import SPOKEN, Known, Reading, bundled
from cli.output import put, say, show, word
from cli.reports import asked
from cli.session import book_of, is_simulated
from reporting.messages import told

if TYPE_CHECKING:
    from reporting.replayed import Replayed

#: Exit code of a command that found something.
FINDINGS = 1


@dataclass(frozen=True)
class Compared(Reading):
    """A table at two times."""

    known_at: Annotated[
        str | None,
        typer.Option("--known-at", metavar="TIME", help="The first: 2020-09-15, a time, or @N."),
    ] = None
    and_: Annotated[
        str | None, typer.Option("--and", metavar="TIME", help="The second; now, if not given.")
    ] = None
    measure: Annotated[
        str | None,
        typer.Option("--measure", metavar="COLUMNS", help="Those only, as in JSON; with commas."),
    ] = None


@bundled
def diff(
    ask: Compared,
    noun: Annotated[
        str,
        typer.Argument(metavar="[NOUN]", help="The table: result, cost-development or balance."),
    ] = "result",
    span: Annotated[
        Literal["accumulated", "month", "rolling12"],
        typer.Option("--span", help="Of a result: which months it covers."),
    ] = "accumulated",
) -> None:
    """What changed between two times, and why.

    Each figure that changed, explained by the events between: posted in time or late, reversed,
    corrected, restated, decided, or moved to another row. The causes sum to the change.
    """
    from ledger.errors import UsageError
    from reporting.diff_table import diff as table_of_diff

    if ask.known_at is None:
        raise UsageError("Since when?", "Give --known-at TIME, and --and TIME if not now.")
    before, after = book_of(ask, ask.known_at), book_of(ask, ask.and_)
    if before.size > after.size:
        raise UsageError(
            f"{ask.known_at} is after {ask.and_}.", "Give the earlier time to --known-at."
        )
    words = asked(ask) | {"span": span}
    table = table_of_diff(
        before,
        after,
        ask.spoken,
        noun,
        people=ask.form == "table",
        scale=ask.scale or "kr",
        measures=ask.measure.split(",") if ask.measure is not None else None,
        by=ask.by,
        **words,
    )
    show(table, ask, simulated=is_simulated(after))


@bundled
def replay(
    ask: Known,
    check: Annotated[
        bool, typer.Option("--check", help="Compare with all that was published until then.")
    ] = False,
) -> None:
    """Every table made again, as it was known.

    From the events alone, with the number of its rows and the SHA-256 of its canonical JSON.
    --check asks everything that was published until then again, and compares tables and the files
    of reports byte by byte, and the adopted forecast rounds, with what was recorded; a difference
    is a finding. Where another program made a report, or texts were erased since, its figures are
    compared instead.
    """
    from reporting import replay_table

    book, people = book_of(ask, ask.known_at), ask.form == "table"
    if not check:
        table = replay_table.replay(book, ask.spoken, people=people)
        show(table, ask, simulated=is_simulated(book))
        return
    found = replay_table.replayed(book)
    if people and ask.output is None:
        show(replay_table.replay(book, ask.spoken, people=True), ask)
        put("\n")
    table = replay_table.checked(book, found, ask.spoken, people=people)
    show(table, ask, simulated=is_simulated(book))
    for each in found:
        _tell(each)
    if not all(each.shown for each in found):
        raise typer.Exit(FINDINGS)


def _tell(found: Replayed) -> None:
    """What is not the same, on stderr, with both digests; and why that may be."""
    from reporting.replay_table import asked as question_of

    if found.state == "same":
        return
    what = " ".join(
        part for part in (found.report, question_of(found.question, people=True)) if part
    )
    key = {"same_figures": "figures", "other_program": "program"}.get(
        found.state, "differs" if found.root else "root"
    )
    text = word(
        f"message.replay_{key}",
        what=what,
        position=found.position,
        expected=found.expected,
        found=told(found.failure, SPOKEN.get()) if found.failure else found.found,
        because=", ".join(word(f"otherwise.{each}") for each in found.because),
        program=found.program or word("message.replay_unknown"),
    )
    code = "replay-other-program" if found.state == "other_program" else "replay-differs"
    say(text if found.shown else f"{word('message.finding')} [{code}] {text}")
