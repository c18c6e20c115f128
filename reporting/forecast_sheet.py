"""The Excel sheet of a forecast round: out with what is known, back with what was filled in.

A row a unit and line: the outcome so far, the model and its interval, the previous round, budget
and last year, and two empty cells, for the amount of the months left and the comment. A hidden
sheet tells `intake` which column is which (`intake.described`), so ``ledger forecast enter --from``
takes the file as it is; a row that nobody filled in is not entered.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from intake.described import Description, Heading
from ledger.errors import RuleBroken
from ledger.families.forecast import STILL, Forecasts, Round, Standing
from ledger.money import to_decimal
from reporting.catalogue import Language, label
from reporting.round_figures import model_year_ends
from reporting.round_table import round_rows
from reporting.workbook import describe, packed, put_text

if TYPE_CHECKING:
    from openpyxl import Workbook

    from ledger.log import Book

#: The columns: key, which column of a forecast file it is, how wide, and what its cells are.
_COLUMNS: tuple[tuple[str, str | None, int, str], ...] = (
    ("round", "round", 12, "text"),
    ("unit", "unit", 9, "text"),
    ("name", None, 24, "text"),
    ("line", "line", 24, "text"),
    ("outcome", None, 15, "amount"),
    ("model_rest", None, 15, "amount"),
    ("model", None, 15, "amount"),
    ("p10", None, 15, "amount"),
    ("p90", None, 15, "amount"),
    ("previous", None, 15, "amount"),
    ("budget", None, 15, "amount"),
    ("last_year", None, 15, "amount"),
    ("entered", None, 15, "amount"),
    ("method", None, 14, "text"),
    ("status", None, 13, "text"),
    ("amount", "amount", 16, "filled"),
    ("year_end", None, 15, "year_end"),
    ("comment", "comment", 44, "filled"),
)
#: Those that somebody fills in.
_FILLED = ("amount", "comment")
_KEYS = tuple(key for key, *_ in _COLUMNS)
_KRONOR, _ORE = "#,##0;-#,##0", "#,##0.00;-#,##0.00"


def forecast_sheet(book: Book, lang: Language, name: str, unit: str | None = None) -> bytes:
    """The workbook of an open round, of a unit and all below it.

    Entries by hand stand in their cells already; others, and those of months, are shown beside
    them and stay as they are while the cell is empty. Raises `RuleBroken` for an adopted round.
    """
    from openpyxl import Workbook

    round_ = book.state.of(Forecasts).round(name)
    if round_.adopted_at is not None:
        raise RuleBroken(f"The round {name!r} is adopted and locked.", "Open a new one.")
    rows = _rows(book, lang, round_, unit)
    workbook = Workbook()
    headings = tuple(
        Heading(
            label(f"sheet.{key}", lang, through=round_.opened.through), column, column in _FILLED
        )
        for key, column, *_ in _COLUMNS
    )
    title = label("sheet.title", lang)
    _write(workbook, title, headings, rows)
    describe(workbook, Description(title, headings))
    return packed(workbook, book.recorded_at)


def _rows(book: Book, lang: Language, round_: Round, unit: str | None) -> list[dict[str, Any]]:
    """What the sheet shows, by unit and line: all lines of each unit that has any amount, or has
    no unit below it."""
    name = round_.opened.round
    standing = Standing(round_, book.organisation)
    known = {(r["unit"], r["line"]): r for r in round_rows(book, name).to_dicts()}
    model = {(r["unit"], r["line"]): r for r in model_year_ends(book, round_).to_dicts()}
    places = book.organisation.places("line", round_.opened.through)
    parents = {place.parent for place in places.values()}
    leaves = {u for u in places if u not in parents}
    part = unit or round_.opened.unit
    units = {u for u, _ in (*known, *model)} | leaves
    lines = [x.line for x in book.organisation.structure(round_.opened.structure) if x.account_from]
    entries = _by_hand(book, round_)
    rows = []
    for code in sorted(u for u in units if part in standing.path(u) and standing.inside(u)):
        status = standing.of(code)
        for line in dict.fromkeys(lines):
            place = (code, line)
            told, row = model.get(place, {}), known.get(place, {})
            amount, comment = entries.get(place, (None, None))
            if status in STILL:
                amount = comment = None
            rows.append(
                {
                    "round": name,
                    "unit": code,
                    "name": places[code].name if code in places else "",
                    "line": line,
                    "outcome": row.get("outcome", 0),
                    "model_rest": told.get("remaining"),
                    **{key: told.get(key) for key in ("model", "p10", "p90", "last_year")},
                    **{key: row.get(key) for key in ("previous", "budget", "entered")},
                    "method": label(f"method.{row['method']}", lang) if row.get("method") else None,
                    "status": label(f"state.{status}", lang),
                    "amount": amount,
                    "comment": comment,
                }
            )
    return rows


def _by_hand(book: Book, round_: Round) -> dict[tuple[str, str], tuple[int, str]]:
    """Amount and comment of the entries by hand for all months left, whose comment still stands."""
    positions = round_.entry_positions
    wanted = {
        positions[key]: entry
        for key, entry in round_.entries.items()
        if entry.method == "manual" and entry.period is None
    }
    private = book.private("comment", list(wanted))
    return {
        (wanted[at].unit, wanted[at].report_line): (wanted[at].amount, value)
        for at, value, erased in private.rows()
        if not erased
    }


@dataclass(frozen=True)
class _Styles:
    """How the cells look."""

    head: Any
    head_fill: Any
    input_fill: Any
    wrapped: Any

    @classmethod
    def made(cls) -> _Styles:
        """The styles, once for the workbook."""
        from openpyxl.styles import Alignment, Font, PatternFill

        return cls(
            Font(bold=True),
            PatternFill("solid", fgColor="E4E9EF"),
            PatternFill("solid", fgColor="FFF8DC"),
            Alignment(wrap_text=True, vertical="top"),
        )


def _write(
    workbook: Workbook, title: str, headings: tuple[Heading, ...], rows: list[dict[str, Any]]
) -> None:
    """The table: headings that stay, kronor as numbers, the cells to fill in on another ground."""
    from openpyxl.utils import get_column_letter

    styles, page = _Styles.made(), workbook.active
    assert page is not None
    page.title = title
    for at, heading in enumerate(headings, 1):
        cell = page.cell(1, at, heading.text)
        cell.font, cell.fill, cell.alignment = styles.head, styles.head_fill, styles.wrapped
    letters = {key: get_column_letter(at) for at, key in enumerate(_KEYS, 1)}
    for line, row in enumerate(rows, 2):
        for at, (key, _, _, kind) in enumerate(_COLUMNS, 1):
            cell = page.cell(line, at)
            value = row.get(key)
            if kind == "year_end":
                amount, outcome = f"{letters['amount']}{line}", f"{letters['outcome']}{line}"
                cell.value = f'=IF({amount}="","",{outcome}+{amount})'
                cell.number_format = _KRONOR
            elif isinstance(value, int):
                cell.value = to_decimal(value)
                cell.number_format = _ORE if key == "amount" else _KRONOR
            else:
                put_text(cell, value)
                cell.number_format = _ORE if key == "amount" else "@"
            if kind == "filled":
                cell.fill = styles.input_fill
            if key == "comment":
                cell.alignment = styles.wrapped
    for key, _, width, _ in _COLUMNS:
        page.column_dimensions[letters[key]].width = width
    page.column_dimensions[letters["round"]].hidden = True
    page.row_dimensions[1].height = 32
    page.freeze_panes = f"{letters['outcome']}2"
    page.auto_filter.ref = f"A1:{get_column_letter(len(_KEYS))}{len(rows) + 1}"
    page.page_setup.orientation = "landscape"
    page.page_setup.fitToHeight = 0
    page.sheet_properties.pageSetUpPr.fitToPage = True
    page.print_title_rows = "1:1"
