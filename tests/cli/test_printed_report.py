"""Every figure of the printed interim report, out of the page, the workbook and the commands.

The facts are ``tests/examples/facts`` (document 000). Each numeric cell of them has a place in the
report (`printed_places`): a cell, or words; none is left out in silence. What is read there is
rounded half-up to the decimals that were printed. Where the print contradicts itself
(``arithmetic_checks.csv``) the report holds a corrected figure, a remainder line or a finding.
"""

import csv
import io
import json
import re
import shutil
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook
from typer.testing import CliRunner

import ledger
from cli.main import app
from reporting.report import sections
from reporting.report.document import Document, compose, question
from reporting.report.excel import to_excel
from reporting.report.findings import findings
from reporting.report.html import to_html
from reporting.report.registry import REPORTS
from reporting.report.word import to_word
from reporting.round_table import round_by_unit
from tests.cli import later
from tests.cli.printed_places import (
    FACTS,
    FORECAST_VARIANCE,
    PRINTED,
    THROUGH,
    UNIT,
    Place,
    Said,
    expected,
    facts,
    place_of,
)
from tests.cli.report_tables import Page

# ── the report, as each form has it ────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class Report:
    """The three forms: pages and their words by scale, sheets, and the commands."""

    document: Document
    pages: dict[str, Page]
    sheets: list[tuple[str, list[list[Any]]]]
    store: str
    found: list[str]
    asked: dict[tuple[str, ...], list[dict[str, Any]]] = field(default_factory=dict)

    def prose(self) -> str:
        """All paragraphs."""
        return "\n".join(self.pages["tkr"].said).replace("\u00a0", " ")

    def ask(self, *command: str) -> list[dict[str, Any]]:
        """The rows of a command's JSON; findings (exit code 1) are no failure."""
        if command in self.asked:
            return self.asked[command]
        done = CliRunner().invoke(
            app, [*command, "--store", self.store, "--format", "json"], prog_name="ledger"
        )
        assert done.exit_code in (0, 1), done.output
        self.asked[command] = json.loads(done.stdout)
        return self.asked[command]


@pytest.fixture(scope="module")
def report(tmp_path_factory):
    """The demo's interim report, composed once."""
    folder = tmp_path_factory.mktemp("printed") / "demo"
    done = CliRunner().invoke(app, ["demo", str(folder)], prog_name="ledger")
    assert done.exit_code == 0, done.output
    store = str(folder / "ledger.db")
    asked = question(ledger.open(store), "sv", through=THROUGH, unit=UNIT)
    parts = REPORTS["interim"]
    document = compose("interim", parts, asked)
    pages = {
        scale: Page(to_html(replace(document, scale=scale))) for scale in ("kr", "tkr", "mnkr")
    }
    book = load_workbook(io.BytesIO(to_excel(document)), data_only=True)
    sheets = [
        (
            str(sheet["A1"].value),
            [list(row) for row in sheet.iter_rows(min_row=3, values_only=True)],
        )
        for sheet in book
    ]
    told = [f"{one.code}: {one.text}" for one in findings(parts, asked)]
    return Report(document, pages, sheets, store, told)


# ── where each figure stands ───────────────────────────────────────────────────────────────────


def number(text: object) -> Decimal:
    """A figure as a page or a workbook has it."""
    if isinstance(text, (int, float)):
        return Decimal(repr(text))
    plain = re.sub(r"[\s\u00a0%+]", "", str(text)).replace("\u2212", "-").replace(",", ".")
    return Decimal(plain)


def as_printed(value: Decimal, like: Decimal) -> Decimal:
    """Half-up to the decimals of the printed figure."""
    return value.quantize(like, ROUND_HALF_UP)


def picked(rows: Sequence[Sequence[Any]], place: Place) -> list[Any]:
    """The cells under the heading in the place's rows."""
    heads, body = rows[0], [row for row in rows[1:] if any(c not in (None, "") for c in row)]
    column = heads.index(place.heading)
    body = [row for row in body if len(row) == len(heads) and row[column] not in (None, "")]
    found = []
    for name in place.rows:
        if name is None:
            found.append(next(r for r in reversed(body) if _is_total(r))[column])
            continue
        mine = [r for r in body if any(str(c).strip() == name for c in r if c is not None)]
        assert mine, (name, place)
        found.append(mine[0][column])
    return found


def _is_total(row: Sequence[Any]) -> bool:
    return "Totalt" in row or (row[0] == "covid-19" and row[1] is None)


_UNITS = {"mnkr": 1_000_000, "tkr": 1_000, "kr": 1}


@pytest.mark.parametrize("fact", facts(), ids=str)
def test_a_printed_figure_is_in_the_page_the_workbook_and_the_command(report, fact):
    """At the printed rounding: as read on the page, and from exact values elsewhere."""
    place, wanted = place_of(fact), expected(fact)
    if isinstance(place, Said):
        cells = [cell for _, rows in report.pages["tkr"].tables for row in rows for cell in row]
        titles = [caption for caption, _ in report.pages["tkr"].tables]
        said = "\n".join([report.prose(), *cells, *titles]).replace("\u00a0", " ")
        assert place.words in said
        return
    page = report.pages[place.scale if place.scale in _UNITS else "tkr"]
    tables = [rows for caption, rows in page.tables if caption.startswith(place.caption)]
    shown = [place.sign * number(cell) for cell in picked(tables[place.at], place)]
    if len(shown) == 1:
        assert as_printed(shown[0], wanted) == wanted, "the page"
    else:  # rounded parts need not sum to the rounded sum
        assert abs(sum(shown) - wanted) <= Decimal("0.05") * len(shown), "the page"
    sheets = [rows for title, rows in report.sheets if title.startswith(place.caption)]
    unit = _UNITS.get(place.scale, 1)
    factor = 100 if place.scale == "percent" else 1
    exact = place.sign * sum(map(number, picked(sheets[place.at], place)), Decimal(0))
    assert as_printed(exact * factor / unit, wanted) == wanted, "the workbook"
    told = place.sign * sum((Decimal(str(v)) for v in asked_of(report, place)), Decimal(0))
    assert as_printed(told / unit, wanted) == wanted, "the command"


#: Words of pages that are codes in data.
_CODES = {"tillsvidareanställda": "permanent", "anställda": "employed", "total": "total"}


def asked_of(report: Report, place: Place) -> list[Any]:
    """The same figures out of the JSON of the command."""
    rows, found = report.ask(*place.command), []
    key, _, month = place.key.partition("/")
    for name in place.rows:
        for row in [rows[-1]] if name is None else rows:
            values = {str(v).strip() for v in row.values()}
            if name is None or name in values or _CODES.get(name) in values:
                value = row[key]
                found.append(value[month] if isinstance(value, dict) else value)
                break
    assert len(found) == len(place.rows), place
    return found


def test_no_figure_is_left_out():
    """How many there are, by table; each has a place."""
    count: dict[str, int] = {}
    for fact in facts():
        assert isinstance(place_of(fact), (Place, Said))
        count[fact.table] = count.get(fact.table, 0) + 1
    assert count == {
        "action_plan": 18,
        "cost_development": 45,
        "covid_breakdown": 7,
        "covid_followup": 10,
        "forecast_assumptions": 10,
        "internal_control": 1,
        "investments": 31,
        "result_by_area": 25,
        "scorecard": 13,
        "staffing_facts": 10,
        "variance_explanations": 12,
    }


# ── the contradictions ─────────────────────────────────────────────────────────────────────────


def checks() -> dict[str, dict[str, str]]:
    """The checks that document 000 fails, by number."""
    with (FACTS / "arithmetic_checks.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    return {r["check_id"]: r for r in rows if r["source_doc"] == PRINTED and r["status"] == "DIFF"}


def page_cell(report: Report, scale: str, place: Place) -> Decimal:
    """One figure of the page."""
    tables = [r for c, r in report.pages[scale].tables if c.startswith(place.caption)]
    return number(picked(tables[place.at], place)[0])


def place(caption: str, row: str | None, heading: str, at: int = 0) -> Place:
    return Place(caption, (row,), heading, (), "", at=at)


RESULT_TABLE, PLAN_TABLE = "Resultat t.o.m.", "Ekonomisk handlingsplan"
#: check → what it appears as: a corrected figure (scale, place, figure), a remainder line (row of
#: which table), or a finding (its code and a word of it).
APPEARS: dict[str, tuple[Any, ...]] = {
    "3": ("figure", "kr", place(RESULT_TABLE, None, "Årsbudget"), "-258"),
    "6": ("figure", "kr", place(RESULT_TABLE, None, FORECAST_VARIANCE), "7755842"),
    "11": ("remainder", place("Avvikelser mot budget", "oförklarat", "Belopp"), "-2.4"),
    "12": ("remainder", place("Avvikelser mot budget", "oförklarat", "Belopp", 1), "0.2"),
    "13": ("remainder", place("Prognosens avvikelser", "oförklarat", "Belopp"), "-3.0"),
    "14": ("prose", "14,1 mnkr lägre än samma månader föregående år (−9,82 %)"),
    "23": ("figure", "kr", place(PLAN_TABLE, "Övriga kostnader", "Avvikelse"), "4260000"),
    "24": ("figure", "kr", place(PLAN_TABLE, None, "Avvikelse"), "4760000"),
    "30": ("figure", "kr", place(PLAN_TABLE, None, "Uppdrag hittills"), "3180000"),
    "31": ("finding", "forecast-below-effect: Övriga kostnader"),
    "38": ("finding", "forecast-above-frame: MSB"),
    "39": ("finding", "scorecard-differs: Sjukfrånvaro"),
    "40": ("cell", "Styrkort Verksamhet", "973", "ej uppfyllt"),
}


def test_every_contradiction_has_its_appearance():
    assert list(checks()) == list(APPEARS)


@pytest.mark.parametrize("check", APPEARS, ids=str)
def test_a_contradiction_appears_as_what_it_is(report, check):
    """None is hidden."""
    kind, *what = APPEARS[check]
    match kind:
        case "figure":
            scale, where, wanted = what
            assert page_cell(report, scale, where) == Decimal(wanted)
        case "remainder":
            where, wanted = what
            assert page_cell(report, "mnkr", where) == Decimal(wanted)
            assert as_printed(
                Decimal(checks()[check]["stated"]) - Decimal(checks()[check]["computed"]),
                Decimal("0.1"),
            ) == Decimal(wanted)
        case "prose":
            assert what[0] in report.prose()
        case "finding":
            assert any(one.startswith(what[0]) for one in report.found), report.found
        case _:
            caption, value, verdict = what
            rows = next(r for c, r in report.pages["tkr"].tables if c.startswith(caption))
            assert any(value in row and verdict in row for row in rows)


def test_remainders_and_rounding_are_told_at_the_end(report):
    """What is left, by row; and the tables whose rounded figures do not add up: in millions those
    of checks 23 and 24."""
    assert "Oförklarat: Länsteknik −2 408 tkr; Länsteknik −3 044 tkr" in report.prose()
    asked = question(ledger.open(report.store), "sv", through=THROUGH, unit=UNIT, scale="mnkr")
    document = compose("interim", REPORTS["interim"], asked)
    notes = next(section for section in document.sections if section.key == "notes")
    assert "Ekonomisk handlingsplan t.o.m. augusti 2020, mnkr" in str(notes.blocks[0])


def test_the_round_stands_by_unit_with_sums_and_each_comment_once(report):
    """A unit's row has its name and the sum of its lines; the last row that of the units."""
    asked = question(ledger.open(report.store), "sv", through=THROUGH, unit=UNIT)
    table = round_by_unit(asked.book, "sv", "2020-T2", unit=UNIT)
    at = [column.key for column in table.columns].index("year_end")
    sums: list[Any] = []
    for place, row in enumerate(table.rows[:-1]):
        if place in table.inner:
            assert row[0] is None
            sums[-1] -= row[at] or 0
        else:
            assert row[1] != row[0]
            sums.append(row[at])
    assert sums == [0] * len(sums)
    assert len(sums) > 10
    units: list[Any] = [row[at] for i, row in enumerate(table.rows[:-1]) if i not in table.inner]
    assert sum(units) == table.rows[-1][at]
    assert sum("Följer lönekostnaden" in note for note in table.notes) == 1


# ── for ever ───────────────────────────────────────────────────────────────────────────────────


def test_a_thousand_later_events_change_no_byte(report, tmp_path):
    """The page, the workbook and the Word document of the same question, as it was known."""
    for name in ("ledger.db", "ledger.key"):
        shutil.copy(Path(report.store).with_name(name), tmp_path)
    store = tmp_path / "ledger.db"
    known = f"@{ledger.open(store).size}"
    assert later.record(store, "interim", UNIT, "6401", THROUGH) > 1000
    asked = question(ledger.open(store).at(known), "sv", through=THROUGH, unit=UNIT)
    again = compose("interim", REPORTS["interim"], asked)
    for write in (to_html, to_excel, to_word):
        assert write(again) == write(report.document), write.__name__
    now = question(ledger.open(store), "sv", through=THROUGH, unit=UNIT)
    assert sections.result(now) != sections.result(asked), "they would change it"
