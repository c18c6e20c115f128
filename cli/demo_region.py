"""The region's year for ``ledger demo --example region``: what was done, and what is shown."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from cli.demo import Step
from cli.output import put, word

if TYPE_CHECKING:
    from cli.options import Common
    from ledger.commands import Command

THROUGH, AUGUST, ROUND = "2020-09", "2020-08", "2020-T2"
#: When the divisions' reports of August stood as they were handed in.
HANDED_IN = "2020-09-30"
MARK = "ombyggnation"
DIVISIONS = "division_reports"
CONTROLLER, ECONOMIST, DIRECTOR = "regioncontroller", "ekonom", "ekonomidirektör"


def year(data: Path) -> Iterator[Step]:
    """What was done, in the order of time: August is closed preliminarily, told, reopened when
    costs of the whole region are charged to the divisions, and closed for good."""
    from ledger.families.followup import MarkEntries
    from ledger.families.forecast import OpenRound
    from ledger.families.forecast_approval import AdoptRound
    from ledger.periods import months_between, shift

    text = word("message.demo_structure")
    for hour, name in enumerate(("units", "accounts", "codes", "structures", "settings"), 9):
        yield _file(text, date(2019, 12, 2), hour, f"{name}.csv")
    yield _file(word("message.demo_budget"), date(2019, 12, 16), 10, "budget-2020.csv")
    plan = word("message.demo_plan", of="2020")
    yield _file(plan, date(2019, 12, 17), 9, "action-2020.csv")
    past = word("message.demo_history", year=2019)
    yield _file(past, date(2020, 1, 20), 9, "balances-2019.csv")
    staffed = word("message.demo_staffing", month=2019)
    yield _file(staffed, date(2020, 1, 22), 9, "staffing/staffing-2019.csv")
    before = tuple(months_between("2019-01", "2019-12"))
    for family in ("outcome", "staffing"):
        yield _closed(past, date(2020, 1, 24), before, family)
    marked = word("message.demo_mark", mark=MARK)
    why = "Ombyggnationer med anledning av pandemin"
    marking = partial(MarkEntries, MARK, "special", why, projects="P2020")
    for month in months_between("2020-01", AUGUST):
        if month == "2020-04":
            yield _command(marked, date(2020, 5, 4), marking, "ledger mark")
        yield from _month(month, preliminary=month == AUGUST)
    told = word("message.demo_forecast", round=ROUND)
    opened = partial(OpenRound, ROUND, AUGUST, deadline="2020-09-16")
    yield _command(told, date(2020, 9, 14), opened, "ledger forecast round")
    yield _file(told, date(2020, 9, 15), 10, f"forecast-{ROUND}.csv")
    yield _command(
        word("message.demo_adopted", round=ROUND),
        date(2020, 9, 18),
        partial(AdoptRound, ROUND),
        "ledger forecast adopt",
        DIRECTOR,
    )
    plan = word("message.demo_plan", of=ROUND)
    yield _file(plan, date(2020, 9, 18), 15, f"action-{ROUND}.csv")
    followed = word("message.demo_followed")
    for hour, name in enumerate(
        (f"variances-{ROUND}", f"risks-{ROUND}", f"commentary-{AUGUST}"), 9
    ):
        yield _file(followed, date(2020, 9, 21), hour, f"{name}.csv")
    yield from _reopened()
    yield from _month(shift(AUGUST, 1))
    for hour, name in enumerate(
        (
            *("statistics-2020-10", "assignments-2020-10"),
            *(f"commentary-{THROUGH}", f"attachments-{THROUGH}"),
        ),
        8,
    ):
        yield _file(followed, date(2020, 10, 13), hour, f"{name}.csv")


def _month(month: str, *, preliminary: bool = False) -> Iterator[Step]:
    """A month's vouchers and staffing, and its closing."""
    from ledger.periods import shift

    then = shift(month, 1)
    year_, next_ = int(then[:4]), int(then[5:])
    text = word("message.demo_month", month=month)
    yield _file(text, date(year_, next_, 7), 9, f"2020/outcome-{month}.csv")
    staffed = word("message.demo_staffing", month=month)
    yield _file(staffed, date(year_, next_, 9), 10, f"staffing/staffing-{month}.csv")
    yield _closed(text, date(year_, next_, 11), (month,), "outcome", preliminary=preliminary)
    yield _closed(staffed, date(year_, next_, 12), (month,), "staffing")


def _reopened() -> Iterator[Step]:
    """Late costs of August: reopened with a second person's approval, booked, closed for good."""
    from ledger.families.governance import ReopenPeriod

    text = word("message.demo_late", month=AUGUST)
    why = "Gemensamma kostnader januari–augusti fördelas på divisionerna"
    reopening = partial(ReopenPeriod, AUGUST, why, DIRECTOR)
    yield _command(text, date(2020, 10, 5), reopening, "ledger reopen")
    yield _file(text, date(2020, 10, 6), 9, f"2020/outcome-{AUGUST}-late.csv")
    yield _closed(text, date(2020, 10, 6), (AUGUST,), "outcome")


def _file(text: str, day: date, hour: int, name: str) -> Step:
    actor = ECONOMIST if "outcome" in name or "balances" in name else CONTROLLER
    return Step(text, day, hour, actor, name)


def _command(
    text: str, day: date, command: Callable[[], Command], source: str, actor: str = CONTROLLER
) -> Step:
    return Step(text, day, 14, actor, None, command, source)


def _closed(
    text: str, day: date, months: tuple[str, ...], family: str, *, preliminary: bool = False
) -> Step:
    from ledger.families.governance import ClosePeriods

    closing = partial(ClosePeriods, months, family, preliminary=preliminary)
    return _command(text, day, closing, "ledger close", ECONOMIST)


def show(common: Common) -> None:
    """The figures that are told first, the divisions as they were handed in, the report in files,
    and where to go from there."""
    import sys

    from cli.output import is_bold
    from cli.report import Written, write_report
    from cli.session import book_of
    from reporting.region_tables import region
    from reporting.render import to_lines

    for name, through, known_at in (
        ("region_summary", THROUGH, None),
        ("divisions", AUGUST, HANDED_IN),
    ):
        book = book_of(common, known_at)
        table = region(name, book, common.spoken, through=through, brief=True).table
        lines = to_lines(table, common.spoken, "mnkr", bold=is_bold(sys.stdout))
        put("\n" + "\n".join(lines) + "\n")
    put(f"\n{word('note.simulated')}\n")
    report = Written(
        store=common.path,
        lang=common.lang,
        through=THROUGH,
        at=[f"{DIVISIONS}={AUGUST}@{HANDED_IN}"],
        to="html,docx,xlsx",
        folder=str(Path(common.path).parent),
    )
    write_report("director", report)
    put(f"\n{word('message.next')}\n")
    at = f"--store {common.path}"
    for why, command in (
        ("next.pairs", f"ledger region pairs --by unit --unmet {at}"),
        ("next.trees", f"ledger region divisions --tree halsocentraler {at}"),
        ("next.changed", f"ledger diff --through {AUGUST} --known-at {HANDED_IN} {at}"),
    ):
        put(f"  {word(why)}\n    {command}\n")
