"""Charts: their numbers are the projections', their words say them, their bytes are the same."""

import io
import re
from decimal import Decimal
from itertools import pairwise

import altair
import pytest
from docx import Document as open_docx
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner

import ledger
import projections
from cli.main import app
from reporting import numbers
from reporting.catalogue import label
from reporting.charts import drawing, registry
from reporting.charts.axes import Axis, spread
from reporting.charts.picture import Chart, Months, Series, money_unit, month_labels, told
from reporting.report.document import compose, question
from reporting.report.html import to_html
from reporting.report.registry import REPORTS
from reporting.report.word import to_word

THROUGH = "2020-08"


@pytest.fixture(scope="module")
def book(tmp_path_factory):
    """The example's book: it has something for every figure."""
    folder = tmp_path_factory.mktemp("charts") / "demo"
    made = CliRunner().invoke(app, ["demo", str(folder)], prog_name="ledger")
    assert made.exit_code == 0, made.output
    return ledger.open(str(folder / "ledger.db"))


@pytest.fixture(scope="module")
def asked(book):
    return question(book, "sv", through=THROUGH, unit="60")


def own():
    """The sections of the interim report that have figures, in its order."""
    return [part.key for part in REPORTS["interim"] if part.key in registry.FIGURES]


@pytest.fixture(scope="module")
def charts(asked):
    """Every chart of the example, by its key."""
    found = [chart for key in own() for chart in registry.charts(key, asked)]
    return {chart.key: chart for chart in found}


@pytest.fixture(scope="module")
def document(asked):
    return compose("interim", REPORTS["interim"], asked)


def test_every_figure_is_drawn_and_stands_in_the_report(charts, document):
    """A section for each, and none left out."""
    figures = [figure for key in own() for figure in registry.FIGURES[key]]
    assert list(charts) == [figure.__name__ for figure in figures]
    assert len(charts) == 12
    assert set(own()) <= {section.key for section in document.sections}
    others = {part.key for name in REPORTS for part in REPORTS[name]}
    assert set(registry.FIGURES) <= others, "a section that no report has"


def values_of(spec):
    """Every number that a picture draws, of a key that is a place on an axis."""
    found = []
    for layer in spec["layer"]:
        for row in layer["data"]["values"]:
            found += [v for k, v in row.items() if k in ("y", "low", "high") and v is not None]
    return found


def test_the_result_by_month_is_the_projection_s(book, charts):
    """Table and picture hold each month's öre; the picture counts them in mnkr."""
    frame = projections.result(book, THROUGH, by=("month",), unit="60")[:-1]
    chart = charts["result_by_month"]
    wanted = [frame[name].to_list() for name in ("outcome", "budget", "last_year")]
    assert [list(row[1:]) for row in chart.table.rows] == wanted
    assert chart.picture.unit == "mnkr"
    drawn = [[value * 100_000_000 for value in one.values] for one in chart.picture.series]
    assert drawn == wanted
    there = values_of(drawing.spec_of(chart.picture, "sv"))
    for ore in (ore for row in wanted for ore in row):
        assert float(Decimal(ore) / 100_000_000) in there


def test_the_accumulated_result_ends_at_the_period_s(book, charts):
    total = projections.result(book, THROUGH, by=("month",), unit="60").row(-1, named=True)
    last = [row[-1] for row in charts["result_accumulated"].table.rows]
    assert last == [total["outcome"], total["budget"], total["last_year"]]


def test_the_fan_is_the_model_s(book, charts):
    """P2.5 to P97.5 of the whole, the adopted forecast and the budget, in öre."""
    from reporting.forecast_table import year_end

    model = year_end(book, THROUGH, by=("area",), unit="60").row(-1, named=True)
    held = projections.result(book, THROUGH, by=("area",), unit="60").row(-1, named=True)
    wanted = [model["outcome"]]
    wanted += [model[name] for name in ("p2_5", "p10", "forecast", "p90", "p97_5")]
    wanted += [held["forecast"], held["annual_budget"]]
    assert [row[1] for row in charts["forecast_fan"].table.rows] == wanted
    bands = charts["forecast_fan"].picture.bands
    assert [low * 100_000_000 for _, _, low, _ in bands] == [model["p2_5"], model["p10"]]


def test_the_steps_lead_from_the_outcome_to_the_forecast(book, charts):
    """To the öre: the parts sum to what is between."""
    total = projections.result(book, THROUGH, by=("area",), unit="60").row(-1, named=True)
    amounts = [row[1] for row in charts["forecast_steps"].table.rows]
    first, *parts, last, budget = amounts
    assert (first, last, budget) == tuple(
        total[name] for name in ("outcome", "forecast", "annual_budget")
    )
    assert first + sum(parts) == last
    steps = charts["forecast_steps"].picture.steps
    assert all(one.end == other.start for one, other in pairwise(steps[:-2]))


def test_the_fan_says_what_it_does_not(charts):
    """That the model says nothing of the months between; under its figures."""
    assert charts["forecast_fan"].table.notes == (label("chart.fan_note", "sv"),)


@pytest.mark.parametrize(
    ("key", "column"),
    [("fte", "fte"), ("sick_leave", "sick_percent"), ("rolling_fte", "rolling12_fte")],
)
def test_people_over_months_are_the_projection_s(book, charts, key, column):
    frame = projections.staffing_months(book, THROUGH, unit="60")
    known = dict(zip(frame["month"], frame[column], strict=True))
    for one in charts[key].picture.series:
        months = charts[key].picture.months
        if key != "rolling_fte":
            months = [f"{one.name}-{month[5:]}" for month in months]
        wanted = [known.get(month) for month in months]
        assert [None if v is None else f"{v}" for v in one.values] == wanted


def test_stacks_are_the_projection_s(book, charts):
    """Headcount and extra time of thirteen months; the parts make the whole bar."""
    frame = projections.staffing_months(book, THROUGH, unit="60")[-13:]
    for key, columns in (
        ("headcount", ["permanent", "temporary"]),
        ("extra_time", ["on_call_hours", "standby_hours", "overtime_hours", "additional_hours"]),
    ):
        rows = [list(row[1:]) for row in charts[key].table.rows]
        assert rows == [frame[column].to_list() for column in columns]
    permanent, temporary = (row[1:] for row in charts["headcount"].table.rows)
    whole = [sum(parts) for parts in zip(permanent, temporary, strict=True)]
    assert whole == frame["employed"].to_list()


def test_plans_are_the_projections(book, charts):
    plan = projections.action_plan(book, THROUGH, unit="60")
    names = ["assignment", "effect", "phased", "forecast"]
    assert [row[1:] for row in charts["action_plan"].table.rows] == plan.select(names).rows()
    made = projections.investments(book, THROUGH, unit="60")
    made = made.filter(made["parent_type"].is_null()).select("frame", "outcome", "forecast")
    assert [row[1:] for row in charts["investments"].table.rows] == made.rows()


def test_costs_are_the_projection_s(book, charts):
    frame = projections.cost_development(book, THROUGH, unit="60").unnest("change_percent")
    wanted = [[Decimal(text) for text in row[3:]] for row in frame.rows()]
    assert [list(row[1:]) for row in charts["cost_development"].table.rows] == wanted


def test_words_tell_the_main_values(charts):
    """The first, last, highest and lowest of each series, and each mark, as they are read."""
    for chart in charts.values():
        for row in chart.table.rows:
            assert str(row[0]) in chart.alt or chart.key == "forecast_fan"
    total = charts["action_plan"].table.rows[-1][2]
    assert numbers.amount(total, "sv", "mnkr") in charts["action_plan"].alt
    last = charts["result_accumulated"].table.rows[0][-1]
    assert (
        f"{numbers.amount(last, 'sv', 'mnkr')} i augusti 2020" in charts["result_accumulated"].alt
    )
    assert "2019: " in charts["fte"].alt
    assert "2020-" not in charts["fte"].alt, "two years share the months"


@pytest.mark.parametrize("lang", ["sv", "en"])
def test_pictures_are_vega_lite_and_the_same_each_time(charts, lang):
    """Valid by altair's schema; no file's font, no name space of ids, nothing fetched."""
    for chart in charts.values():
        spec = drawing.spec_of(chart.picture, lang)
        altair.LayerChart.from_dict(spec, validate=True)
        drawing._svg.cache_clear()
        first = drawing._svg(chart.picture, lang)
        drawing._svg.cache_clear()
        assert drawing._svg(chart.picture, lang) == first
        assert set(re.findall(r'font-family="([^"]*)"', first)) == {"sans-serif"}
        assert " id=" not in first
        assert "url(" not in first
        assert "aria-" not in first
        assert 'width="720"' in first


def test_numbers_on_the_axes_are_of_the_language(charts):
    picture = Months(
        ("2020-01", "2020-02"),
        month_labels(("2020-01", "2020-02"), "sv"),
        (Series("a", (Decimal("-0.5"), Decimal(1))),),
        "mnkr",
        1,
    )
    assert "−0,5" in drawing._svg(picture, "sv")
    assert "−0.5" in drawing._svg(picture, "en")
    assert "1\u00a0500" in drawing.to_svg(charts["extra_time"])


def drawn_in(document):
    """Every chart of the report, in its order."""
    return [b for section in document.sections for b in section.blocks if isinstance(b, Chart)]


def test_the_report_has_each_figure(charts, document):
    """And no statistic's: the example's are summers a year apart."""
    assert [c.alt for c in drawn_in(document)] == [chart.alt for chart in charts.values()]


def test_the_page_has_each_chart_with_its_words_and_figures(charts, document):
    """As a picture with a name and a description; its figures are a table of the page."""
    text = to_html(document)
    told_there = re.findall(
        r'<svg role="img" viewBox="[^"]*"><title>([^<]*)</title><desc>([^<]*)</desc>', text
    )
    assert told_there == [(chart.title, chart.alt) for chart in drawn_in(document)]
    assert "http:" not in text.replace("http-equiv", "")
    for chart in charts.values():
        if chart.beside:
            assert label("chart.figures", "sv", unit="")[:18] in text


def test_a_report_may_choose_its_charts(asked):
    """The month on two pages has one."""
    monthly = compose("monthly", REPORTS["monthly"], asked)
    found = [block.key for section in monthly.sections for block in section.blocks if
             isinstance(block, Chart)]  # fmt: skip
    assert found == ["result_by_month"]


def test_word_has_each_chart_with_its_words(document):
    docx = open_docx(io.BytesIO(to_word(document)))
    shapes = [shape._inline.docPr for shape in docx.inline_shapes]
    assert [shape.get("descr") for shape in shapes] == [c.alt for c in drawn_in(document)]
    pictures = [part for part in docx.part.package.iter_parts() if "image" in part.content_type]
    assert {part.content_type for part in pictures} == {"image/png"}


def test_a_month_that_is_not_known_is_a_gap():
    """Neither drawn nor told as zero."""
    months = ("2020-01", "2020-02", "2020-03")
    series = (Series("a", (Decimal(1), None, Decimal(3))), Series("b", (None, None, None)))
    picture = Months(months, month_labels(months, "en"), series, "mnkr", 1)
    assert told(picture, "en").endswith(
        "a: 1.0 in January 2020, 3.0 in March 2020, highest 3.0 in March 2020, "
        "lowest 1.0 in January 2020."
    )
    assert values_of(drawing.spec_of(picture, "en")).count(0) == 0


def test_what_does_not_change_is_told_once(charts):
    """The example's standby is the same each month."""
    hours = numbers.count(charts["extra_time"].table.rows[1][1] // 100, "sv")
    assert f"Beredskap: {hours} varje månad." in charts["extra_time"].alt


@pytest.mark.parametrize("count", [1, 5, 9, 12])
def test_any_number_of_lines_is_drawn(count):
    """Looks come again when there are more lines than looks; one line needs no name."""
    months = ("2020-01", "2020-02")
    series = tuple(Series(f"rad {i}", (Decimal(i), Decimal(2 * i))) for i in range(count))
    drawn = drawing._svg(Months(months, month_labels(months, "sv"), series, "%", 1), "sv")
    assert drawn.count("rad ") == (count if count > 1 else 0)


def test_a_picture_has_the_largest_lines(asked, monkeypatch):
    """Of more lines than it has room for; its title says so."""
    monkeypatch.setattr("reporting.charts.money.MOST", 2)
    chart = registry.FIGURES["cost_development"][0](asked)
    assert chart is not None
    assert [row[0] for row in chart.table.rows] == ["Personalkostnader", "Övriga tjänster"]
    assert chart.title.endswith("(de 2 största raderna)")


def test_the_unit_goes_by_the_largest_amount():
    assert money_unit(None, -99_999_999) == ("tkr", 100_000, 0)
    assert money_unit(5, -100_000_000) == ("mnkr", 100_000_000, 1)
    assert money_unit() == ("tkr", 100_000, 0)


@given(
    st.lists(st.floats(-1e9, 1e9, allow_nan=False), min_size=1, max_size=20),
    st.booleans(),
    st.integers(0, 2),
)
def test_an_axis_holds_its_values(values, zero, places):
    """On round numbers, rising, few; what lies outside is too little to be seen."""
    axis = Axis.over(values, zero=zero, places=places)
    room = (axis.high - axis.low) / 50
    assert axis.low - room <= min(values)
    assert max(values) <= axis.high + room
    assert list(axis.ticks) == sorted(set(axis.ticks))
    assert 2 <= len(axis.ticks) <= 9
    assert not zero or axis.low <= 0 <= axis.high


@given(st.lists(st.floats(0, 300), min_size=1, max_size=12), st.integers(1, 20))
def test_names_are_kept_apart(places, apart):
    """In their order, at least so far from each other, inside where there is room."""
    found = spread(places, apart, 300)
    order = sorted(range(len(places)), key=lambda i: places[i])
    rising = [found[i] for i in order]
    assert all(b - a >= apart - 1e-6 for a, b in pairwise(rising))
    assert min(found) >= -1e-6
    assert max(found) <= 300 + 1e-6
