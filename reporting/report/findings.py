"""What a report's reader would ask about, before it is given out.

Months that are open, words that are missing, amounts in the words that nobody can check, figures
that contradict each other, variances that explanations do not tie out.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

import projections
from ledger.errors import NothingKnown
from ledger.families.governance import Closed
from reporting import numbers, plan_table, region_tables
from reporting.catalogue import LANGUAGES, label
from reporting.report import people
from reporting.report.document import Part, Question
from reporting.report.prose import live
from reporting.report.sections import adopted_round, level
from reporting.report.texts import belongs, homeless, texts


@dataclass(frozen=True, slots=True)
class ReportFinding:
    """Something to ask about: its code, the section's key, and in words what it is."""

    code: str
    section: str
    text: str


def findings(parts: Sequence[Part], ask: Question) -> list[ReportFinding]:
    """All findings of a report, in the order of its sections."""
    found = list(_open(parts, ask))
    for part in parts:
        found += [ReportFinding(code, part.key, text) for code, text in _of_part(part, ask)]
    for one in homeless(ask, [part.key for part in parts]):
        if not _elsewhere(one.section):
            text = label("report.unplaced", ask.lang, section=one.section)
            found.append(ReportFinding("commentary-unplaced", one.section, text))
    return found


def _elsewhere(section: str) -> bool:
    """Whether another report has that section."""
    from reporting.report.registry import REPORTS

    return any(belongs(section, part.key) for parts in REPORTS.values() for part in parts)


def _of_part(part: Part, ask: Question) -> Iterator[tuple[str, str]]:
    """What is wrong with a section's words, then with its figures."""
    mine = [one for one in texts(ask) if belongs(one.section, part.key)]
    if part.told and not mine:
        yield "commentary-missing", label("report.untold", ask.lang)
    for one in mine:
        yield from live(one.text, ask).problems
    try:
        yield from _FIGURES.get(part.key, _nothing)(ask)
    except NothingKnown:
        return  # the section is missing, and said to be


def _nothing(ask: Question) -> Iterator[tuple[str, str]]:
    del ask
    yield from ()


def _open(parts: Sequence[Part], ask: Question) -> Iterator[ReportFinding]:
    """The families that the report stands on, with months that are not closed."""
    keys = {part.key for part in parts}
    of = {"outcome": ("result", "statement"), "staffing": ("staffing", "people_month")}
    calendar = ask.book.organisation.calendar
    for family, sections in of.items():
        section = next((key for key in sections if key in keys), None)
        last = ask.through if family == "outcome" else people.through(ask)
        if section is None or last is None:
            continue
        closed = Closed(ask.book.state, family)
        months = [month for month in calendar.to_date(last) if not closed(month, ask.unit)]
        if months:
            name = label(f"value.family_closed.{family}", ask.lang)
            text = label("report.open", ask.lang, family=name, months=", ".join(months))
            yield ReportFinding("month-open", section, text)


def _plan(name: str) -> Callable[[Question], Iterator[tuple[str, str]]]:
    def found(ask: Question) -> Iterator[tuple[str, str]]:
        plan = plan_table.PLANS[name](ask.book, ask.lang, through=ask.through, unit=ask.unit)
        yield from ((one.code, one.text) for one in plan.findings)

    return found


def _remainders(ask: Question) -> Iterator[tuple[str, str]]:
    """Variances that their explanations do not account for, beyond the tolerance."""
    for by in ((level(ask),), ("line",)):
        frame = projections.variances(ask.book, ask.through, by=by, unit=ask.unit)
        for state, left in (("state", "remainder"), ("forecast_state", "forecast_remainder")):
            for row in frame.filter(frame[state] == "remainder").to_dicts():
                if row["unit" if "unit" in row else "line"] is None:
                    continue  # the total: its parts are told
                text = label(
                    f"report.{left}",
                    ask.lang,
                    row=row["name"] or row.get("line") or row.get("unit"),
                    amount=numbers.amount(row[left], ask.lang, signed=True),
                )
                yield "does-not-tie-out", text


def _no_round(ask: Question) -> Iterator[tuple[str, str]]:
    if adopted_round(ask) is None:
        yield "round-not-adopted", label("report.no_round", ask.lang)


def _scorecard(ask: Question) -> Iterator[tuple[str, str]]:
    """Sick leave in the scorecard that is not what staffing gives for the same months."""
    names = {label("section.sick_leave", lang).casefold() for lang in LANGUAGES}
    frame = projections.scorecard(ask.book, ask.through, unit=ask.unit)
    for row in frame.to_dicts():
        span = {"month": "month", "accumulated": "accumulated", "rolling12": "rolling12"}
        if row["indicator"].casefold() not in names or row["value"] is None:
            continue
        if row["basis"] not in span:
            continue
        last = row["interval"].split("--")[-1]
        rates = projections.sick_leave(
            ask.book, last, unit=row["unit"], span=span[row["basis"]]
        ).filter(figure="total")
        ours = rates["percent"][0] if rates.height else None
        said = Decimal(row["value"])
        if ours is not None and _rounded(Decimal(ours), said) != said:
            text = label(
                "report.differs",
                ask.lang,
                indicator=row["indicator"],
                interval=row["interval"],
                said=numbers.percent(said, ask.lang),
                ours=numbers.percent(Decimal(ours), ask.lang),
            )
            yield "scorecard-differs", text


def _rounded(exact: Decimal, like: Decimal) -> Decimal:
    """Half-up to the decimals of the other."""
    return exact.quantize(like, ROUND_HALF_UP)


def _unmet(ask: Question) -> Iterator[tuple[str, str]]:
    """Internal pairs that do not meet."""
    shown = region_tables.region(
        "internal_pairs", ask.book, ask.lang, through=ask.through, by=("unit",), unmet=True
    )
    yield from ((one.code, one.text) for one in shown.findings)


#: What is asked of a section's figures, by its key.
_FIGURES: dict[str, Callable[[Question], Iterator[tuple[str, str]]]] = {
    "scorecard_people": _scorecard,
    "variances": _remainders,
    "forecast": _no_round,
    "action_plan": _plan("action_plan"),
    "investments": _plan("investments"),
    "internal_items": _unmet,
}
