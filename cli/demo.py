"""``ledger demo``: a division's year in a store of its own, made the way it would have happened.

Every file goes the common way, through `intake` and the store, under a simulated clock: what was
known in June is known in June. ``cli/examples`` holds the data in an installed distribution, the
repository's ``examples`` else.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cli.options import Common, Spoken, bundled
from cli.output import put, word
from cli.progress import steps

if TYPE_CHECKING:
    from ledger.commands import Command
    from ledger.store import Store

YEAR = "2020"
THROUGH = "2020-08"
ROUND = "2020-T2"
COVID = "covid-19"

CONTROLLER = "controller länsteknik"
ECONOMIST = "ekonom"
DIRECTOR = "divisionschef länsteknik"


@bundled
def demo(
    speak: Spoken,
    folder: Annotated[
        str, typer.Argument(metavar="[DIR]", help="Folder of the new ledger.db.")
    ] = "demo",
    example: Annotated[
        str, typer.Option("--example", metavar="NAME", help="Which example.")
    ] = "lansteknik",
) -> None:
    """Make an example store and show it.

    Division Länsteknik, two years and eight months, or the region: imported, closed, forecast,
    reported.
    """
    from ledger.errors import StoreExists, UsageError

    data = example_folder(example)
    lived, shown = _told(example)
    path = Path(folder) / "ledger.db"
    if path.parent.exists() and not path.parent.is_dir():
        raise UsageError(f"{folder} is no folder.", "Choose another DIR.")
    if path.exists():
        raise StoreExists(f"{path} exists already.", "Choose another DIR.")
    make(path, data, lived)
    put(word("message.created", path=path) + "\n")
    shown(Common(store=str(path), lang=speak.spoken))


def _told(example: str) -> tuple[Callable[[Path], Iterator[Step]], Callable[[Common], None]]:
    """An example's year, and what is shown of it."""
    if example == "region":
        from cli import demo_region

        return demo_region.year, demo_region.show
    return year, _report


def example_folder(name: str) -> Path:
    """Where an example's data lies; `UsageError` where there is none of that name."""
    from ledger.errors import UsageError

    here = Path(__file__).resolve().parent
    homes = [home for home in (here / "examples", here.parent / "examples") if home.is_dir()]
    for home in homes:
        if (home / name / "units.csv").is_file():
            return home / name
    known = sorted({path.parent.name for home in homes for path in home.glob("*/units.csv")})
    raise UsageError(f"There is no example {name!r}.", f"Known: {', '.join(known) or 'none'}.")


class SimulatedClock:
    """A clock that stands where it was set; the organisation's founding event says so."""

    def __init__(self) -> None:
        self.now = datetime(1970, 1, 1, tzinfo=UTC)

    def __call__(self) -> datetime:
        """The time it was set to."""
        return self.now

    def set(self, day: date, hour: int, minute: int = 0) -> None:
        """Set it to a time of day in Stockholm."""
        from zoneinfo import ZoneInfo

        zone = ZoneInfo("Europe/Stockholm")
        self.now = datetime.combine(day, time(hour, minute), zone).astimezone(UTC)


@dataclass(frozen=True, slots=True)
class Step:
    """Something that somebody did on a day: a file imported, or a command given."""

    text: str
    day: date
    hour: int
    actor: str
    file: str | None = None
    command: Callable[[], Command] | None = None
    source: str = "ledger"


def make(path: Path, data: Path, lived: Callable[[Path], Iterator[Step]] | None = None) -> None:
    """Make the store and live the year, the division's if none is given; a store half made is
    removed again."""
    from ledger.families.organisation_commands import Found
    from ledger.store import Store

    clock = SimulatedClock()
    clock.set(date(2019, 12, 2), 8)
    found = Found("Region Norrbotten", root="RN", root_level="region", clock="simulated")
    store = Store.create(path, found, CONTROLLER, clock)
    try:
        plan = list((lived or year)(data))
        for step in steps(plan, [step.text for step in plan]):
            clock.set(step.day, step.hour)
            take(store, step, data)
    except BaseException:
        store.close()
        for left in path.parent.glob("ledger.db*"):
            left.unlink()
        raise
    store.close()


def take(store: Store, step: Step, data: Path) -> None:
    """Do one step: read its file and record it, or record its command."""
    import intake
    from ledger.commands import Source

    if step.file is not None:
        reading = intake.read(data / step.file, store.book().organisation)
        if reading.kind == "forecast":
            from cli.forecast_entry import weighed

            reading = weighed(reading, store.book())
        store.record(reading.command, step.actor, reading.source)
    if step.command is not None:
        store.record(step.command(), step.actor, Source(step.source))


def year(data: Path) -> Iterator[Step]:
    """What was done, in the order of time."""
    from ledger.families.governance import ClosePeriods
    from ledger.periods import months_between, shift

    text = word("message.demo_structure")
    for hour, name in enumerate(("units", "accounts", "codes", "structures", "settings"), 9):
        yield Step(text, date(2019, 12, 2), hour, CONTROLLER, f"{name}.csv")
    past = word("message.demo_history", year=2018)
    yield Step(past, date(2019, 12, 3), 9, ECONOMIST, "balances-2018.csv")
    yield Step(word("message.demo_budget"), date(2019, 12, 16), 10, CONTROLLER, "budget-2020.csv")
    yield from _plan("2020", date(2019, 12, 17))
    yield from _control_planned()
    past = word("message.demo_history", year=2019)
    yield Step(past, date(2020, 1, 20), 9, ECONOMIST, "balances-2019.csv")
    years = tuple(months_between("2018-01", "2019-12"))
    for past_year in (2018, 2019):
        text = word("message.demo_staffing", month=past_year)
        yield Step(text, date(2020, 1, 22), 9, CONTROLLER, f"staffing/{past_year}.csv")
    for family in ("outcome", "staffing"):
        closing = partial(ClosePeriods, years, family)
        yield Step(past, date(2020, 1, 24), 15, ECONOMIST, None, closing, _CLOSE)
    for month in months_between("2020-01", THROUGH):
        if month == "2020-03":
            yield _covid_marked()
        after = shift(month, 1)
        then, text = (int(after[:4]), int(after[5:])), word("message.demo_month", month=month)
        yield Step(text, date(*then, 8), 9, ECONOMIST, f"{YEAR}/outcome-{month}.csv")
        if month == THROUGH:
            yield from _round_opened()
        yield from _staffed(month, then)
        yield Step(text, date(*then, 12), 15, CONTROLLER, None, _closing(month), _CLOSE)
        if month == "2020-04":
            yield from _plan("2020-T1", date(2020, 5, 14))
        if month == THROUGH:
            yield from _plan("2020-T2", date(2020, 9, 14))
        if month > "2020-01":  # a month of staffing is given time to be restated
            yield _staffing_closed(shift(month, -1), date(*then, 14))
    yield _staffing_closed(THROUGH, date(2020, 9, 14))
    yield from _round_adopted(data)
    yield from _followed_up()
    yield from _controlled()


def _control_planned() -> Iterator[Step]:
    """The year's internal control, adopted, and what is material in it."""
    from ledger.families.control_plan import AdoptControlPlan

    text, day = word("message.demo_control", of=YEAR), date(2019, 12, 18)
    yield Step(text, day, 9, CONTROLLER, f"control-{YEAR}.csv")
    yield Step(text, day, 10, CONTROLLER, f"materiality-{YEAR}.csv")
    adopt = AdoptControlPlan(YEAR, "60", "Divisionsledningen", "2019-12-18 § 7", "2019-12-18")
    yield Step(text, day, 13, DIRECTOR, None, lambda: adopt, "ledger control plan")


def _controlled() -> Iterator[Step]:
    """What the control came to by August, and the list that it looked at."""
    text = word("message.demo_control", of=ROUND)
    for hour, kind in enumerate(("population", "control", "control_measure"), 9):
        yield Step(text, date(2020, 9, 22), hour, CONTROLLER, f"{kind}-{ROUND}.csv")


#: What is followed up beside the books, by the word for it.
_FOLLOWED = (
    *("scorecard", "statistics", "assignments", "variances", "followup", "commentary"),
    "risks",
)


def _followed_up() -> Iterator[Step]:
    """The texts and measures of the interim report."""
    text = word("message.demo_followed")
    for hour, name in enumerate(_FOLLOWED, 8):
        yield Step(text, date(2020, 9, 21), hour, CONTROLLER, f"{name}-{ROUND}.csv")


def _plan(of: str, day: date) -> Iterator[Step]:
    """The action plan and the investments: as decided for the year, or told at a tertial's end."""
    text = word("message.demo_plan", of=of)
    for hour, kind in enumerate(("action", "investment"), 9):
        yield Step(text, day, hour, CONTROLLER, f"{kind}-{of}.csv")


def _staffed(month: str, then: tuple[int, int]) -> Iterator[Step]:
    """A month's staffing; with August's, what July became when doctors' certificates came."""
    text = word("message.demo_staffing", month=month)
    if month == THROUGH:
        yield Step(text, date(*then, 10), 10, CONTROLLER, "staffing/2020-07-restated.csv")
    yield Step(text, date(*then, 10), 10, CONTROLLER, f"staffing/{month}.csv")


def _staffing_closed(month: str, day: date) -> Step:
    from ledger.families.governance import ClosePeriods

    text = word("message.demo_staffing", month=month)
    closing = partial(ClosePeriods, (month,), "staffing")
    return Step(text, day, 15, CONTROLLER, None, closing, _CLOSE)


def _covid_marked() -> Step:
    """Product 0630 under special follow-up, before anything is booked on it."""
    from ledger.families.followup import MarkEntries

    return Step(
        word("message.demo_mark", mark=COVID),
        date(2020, 3, 16),
        13,
        CONTROLLER,
        None,
        lambda: MarkEntries(COVID, "special", "Merkostnader följs upp särskilt", products="0630"),
        "ledger mark",
    )


_CLOSE = "ledger close"


def _closing(month: str) -> Callable[[], Command]:
    from ledger.families.governance import ClosePeriods

    return lambda: ClosePeriods((month,))


def _round_opened() -> Iterator[Step]:
    from ledger.families.forecast import OpenRound

    yield Step(
        word("message.demo_forecast", round=ROUND),
        date(2020, 9, 10),
        9,
        CONTROLLER,
        None,
        lambda: OpenRound(ROUND, THROUGH, deadline="2020-09-16"),
        "ledger forecast round",
    )


def _round_adopted(data: Path) -> Iterator[Step]:
    from ledger.families.forecast_approval import AdoptRound

    text = word("message.demo_forecast", round=ROUND)
    yield Step(text, date(2020, 9, 15), 10, CONTROLLER, f"forecast-{ROUND}.csv")
    yield Step(text, date(2020, 9, 16), 10, CONTROLLER, f"assumptions-{ROUND}.csv")
    yield Step(
        word("message.demo_adopted", round=ROUND),
        date(2020, 9, 18),
        14,
        DIRECTOR,
        None,
        lambda: AdoptRound(ROUND),
        "ledger forecast adopt",
    )


def _folder(common: Common) -> str:
    return str(Path(common.path).parent)


def _report(common: Common) -> None:
    """The three tables that a controller looks at first, and where to go from there."""
    import sys

    from cli.output import is_bold
    from cli.session import book_of
    from reporting import reports
    from reporting.render import to_lines

    book, lang = book_of(common), common.spoken
    bold = is_bold(sys.stdout)
    tables = (
        (reports.result(book, lang, through=THROUGH, by=("area",)), "kr"),
        (reports.cost_development(book, lang, through=THROUGH), "tkr"),
        (reports.forecast_beside(book, lang, through=THROUGH, by=("area",)), "tkr"),
    )
    for table, scale in tables:
        lines = to_lines(table, lang, "tkr" if scale == "tkr" else "kr", bold=bold)
        put("\n" + "\n".join(lines) + "\n")
    put(f"\n{word('note.simulated')}\n")
    put(f"\n{word('message.next')}\n")
    at = f"--store {common.path}"
    for why, command in (
        ("next.compare", f"ledger forecast --through {THROUGH} --by unit --scale tkr {at}"),
        ("next.past", f"ledger result --through 2020-07 --known-at 2020-08-31 --by area {at}"),
        (
            "next.report",
            f"ledger report interim --unit 60 --to html,docx,xlsx -o {_folder(common)} {at}",
        ),
        ("next.trace", f"ledger trace result --unit 640 --line Lokalkostnader {at}"),
    ):
        put(f"  {word(why)}\n    {command}\n")
