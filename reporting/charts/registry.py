"""Which figures there are, and in which section of the reports each stands."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Protocol

from ledger.errors import NothingKnown
from reporting.charts import money, people, plans
from reporting.charts.picture import Chart

if TYPE_CHECKING:
    from reporting.report.document import Question


class Figure(Protocol):
    """What makes a chart; its name is the chart's key."""

    __name__: str

    def __call__(self, ask: Question) -> Chart | None: ...


#: Figures by the key of the section that they stand in, in order. A figure that has nothing to
#: draw gives None.
FIGURES: dict[str, tuple[Figure, ...]] = {
    "result": (money.result_by_month, money.result_accumulated),
    "month_summary": (money.result_by_month, money.result_accumulated),
    "people_month": (people.fte, people.headcount),
    "people_report": (people.extra_time, people.sick_leave),
    "cost_development": (money.cost_development,),
    "forecast": (money.forecast_fan, money.forecast_steps),
    "action_plan": (plans.action_plan,),
    "investments": (plans.investments,),
    "worked_time": (people.fte, people.rolling_fte),
    "headcount": (people.headcount,),
    "extra_time": (people.extra_time,),
    "sick_leave": (people.sick_leave,),
    "side_by_side": (plans.divisions,),
}


def charts(section: str, ask: Question, keys: tuple[str, ...] | None = None) -> Iterator[Chart]:
    """The charts of a section, of those ``keys`` if given; one that the store has no answer for is
    left out."""
    for figure in FIGURES.get(section, ()):
        if keys is not None and figure.__name__ not in keys:
            continue
        try:
            chart = figure(ask)
        except NothingKnown:
            continue
        if chart is not None:
            yield chart
