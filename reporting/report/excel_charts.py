"""Excel's own charts, drawn from the cells of the sheets that have their figures.

A chart follows its cells: who changes one sees it. They are those over months and other periods;
where no sheet has a picture's figures cell by cell (the fan, waterfalls, plans) there is none.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from reporting.charts.marks import LINES, TONES
from reporting.charts.picture import Chart, Months
from reporting.render import printable
from reporting.tables import Table

if TYPE_CHECKING:
    from openpyxl.worksheet.worksheet import Worksheet

#: Centimetres.
_WIDE, _HIGH = 24, 9
#: Charts whose figures are a column of a table of the same section, by months.
_COLUMNS = {"rolling_fte": "rolling12_fte"}
#: How an axis counts cells in kronor, by the picture's unit.
_KRONOR = {"tkr": "#,##0,", "mnkr": "#,##0.0,,"}
#: Points, and what Excel counts widths of lines in.
_LINE, _EMU = 1.75, 12700
_DASHES = ("solid", "dash", "sysDot", "lgDashDot")
_POINTS = {"circle": "circle", "square": "square", "triangle-up": "triangle", "diamond": "diamond"}


@dataclass(frozen=True)
class Cells:
    """Where a picture's figures stand, in rows and columns from 1: the cells with the periods, and
    of each series the cell with its name and its own, in rows across or columns down."""

    sheet: Worksheet
    periods: tuple[int, int, int, int]
    series: tuple[tuple[tuple[int, int], tuple[int, int, int, int]], ...]


def cells(chart: Chart, table: Table, sheet: Worksheet, head: int) -> Cells | None:
    """The cells of a table, whose headings stand in row ``head``, that have the chart's figures;
    None if it has them not."""
    picture = chart.picture
    if not isinstance(picture, Months) or not table.rows:
        return None
    keys, names = [column.key for column in table.columns], [str(row[0]) for row in table.rows]
    first, last = head + 1, head + len(table.rows)
    if set(picture.months) <= set(keys):
        left, right = keys.index(picture.months[0]) + 1, keys.index(picture.months[-1]) + 1
        rows = range(first, first + len(table.rows) - int(table.total))
        across = tuple(((row, 1), (row, left, row, right)) for row in rows)
        return Cells(sheet, (head, left, head, right), across)
    wanted = _COLUMNS.get(chart.key)
    if chart.beside and tuple(names) == picture.months:
        places = range(2, len(keys) + 1)
    elif wanted in keys and set(names) <= set(picture.months):
        places = range(keys.index(str(wanted)) + 1, keys.index(str(wanted)) + 2)
    else:
        return None
    down = tuple(((head, place), (first, place, last, place)) for place in places)
    return Cells(sheet, (first, 1, last, 1), down)


def native(chart: Chart, found: Cells) -> Any:
    """The chart as Excel draws it."""
    from openpyxl.chart import BarChart, LineChart, Reference
    from openpyxl.chart import Series as series_of
    from openpyxl.chart.data_source import AxDataSource, StrRef
    from openpyxl.chart.series import SeriesLabel
    from openpyxl.utils import get_column_letter, quote_sheetname

    picture = chart.picture
    assert isinstance(picture, Months)

    def area(place: tuple[int, int, int, int]) -> Reference:
        low, left, high, right = place
        return Reference(found.sheet, left, low, right, high)

    bars, lines = BarChart(), LineChart()
    if picture.stacked:
        bars.grouping, bars.overlap = "stacked", 100
    drawn = _marks(picture, len(found.series))
    for place, (((row, column), values), mark) in enumerate(zip(found.series, drawn, strict=True)):
        one = series_of(area(values))
        name = f"{quote_sheetname(found.sheet.title)}!${get_column_letter(column)}${row}"
        one.tx = SeriesLabel(strRef=StrRef(name))
        one.cat = AxDataSource(strRef=StrRef(str(area(found.periods))))
        (_bar if mark == "bar" else _line)(one, place)
        (bars if mark == "bar" else lines).append(one)
    whole = bars if bars.series else lines
    if bars.series and lines.series:
        whole += lines
    _look(whole, chart, picture)
    return whole


def _marks(picture: Months, count: int) -> Sequence[str]:
    """How each series is drawn."""
    if picture.stacked:
        return ["bar"] * count
    marks = [one.mark for one in picture.series]
    return marks if len(marks) == count else ["line"] * count


def _bar(one: Any, place: int) -> None:
    one.graphicalProperties.solidFill = TONES[place % len(TONES)][1:]
    one.graphicalProperties.line.solidFill = "1B1F24"


def _line(one: Any, place: int) -> None:
    """In the looks of our own pictures: told apart in grey print too."""
    color, _, shape, full = LINES[place % len(LINES)]
    line = one.graphicalProperties.line
    line.solidFill, line.width = color[1:], round(_LINE * _EMU)
    line.dashStyle = _DASHES[place % len(_DASHES)]
    one.smooth = False
    one.marker.symbol, one.marker.size = _POINTS.get(shape, "circle"), 6
    one.marker.graphicalProperties.solidFill = color[1:] if full else "FFFFFF"
    one.marker.graphicalProperties.line.solidFill = color[1:]


def _look(whole: Any, chart: Chart, picture: Months) -> None:
    """Title, axes and size; a month that is not known is a gap."""
    whole.title, whole.width, whole.height = printable(chart.title), _WIDE, _HIGH
    whole.title.overlay = False
    whole.display_blanks = "gap"
    whole.x_axis.delete = whole.y_axis.delete = False
    whole.x_axis.tickLblPos = "low"
    whole.y_axis.title = printable(picture.unit)
    whole.y_axis.number_format = _numbers(chart)
    whole.y_axis.numFmt.sourceLinked = False
    if picture.stacked or picture.zero:
        whole.y_axis.scaling.min = 0
    whole.legend.position = "b"
    if len(picture.series) == 1:
        whole.legend = None


def _numbers(chart: Chart) -> str:
    """How the upright axis counts the cells."""
    kinds = {column.kind for column in chart.table.columns[1:]}
    if "amount" in kinds:
        return _KRONOR[chart.picture.unit]
    return "0%" if "percent" in kinds else "#,##0"
