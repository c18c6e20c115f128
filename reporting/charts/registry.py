"""Which figures there are, and in which section of the reports each stands."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from ledger.errors import UsageError
from reporting.charts import money, people, plans
from reporting.charts.picture import Chart

if TYPE_CHECKING:
    from reporting.report.document import Question

Figure = Callable[["Question"], Chart | None]

#: Figures by the key of the section that they stand in, in order. A figure that has nothing to
#: draw gives None.
FIGURES: dict[str, tuple[Figure, ...]] = {
    "result": (money.result_by_month, money.result_accumulated),
    "cost_development": (money.cost_development,),
    "forecast": (money.forecast_fan, money.forecast_steps),
    "action_plan": (plans.action_plan,),
    "investments": (plans.investments,),
    "worked_time": (people.fte, people.rolling_fte),
    "headcount": (people.headcount,),
    "extra_time": (people.extra_time,),
    "sick_leave": (people.sick_leave,),
}


def charts(section: str, ask: Question) -> Iterator[Chart]:
    """The charts of a section; one that the store has no answer for is left out."""
    for figure in FIGURES.get(section, ()):
        try:
            chart = figure(ask)
        except UsageError:
            continue
        if chart is not None:
            yield chart
