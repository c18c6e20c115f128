"""A forecast round on the command line: out as a sheet, in again, submitted, approved, adopted.

The model's figures change with its engine, so nothing here knows one: they are asked for, or
computed again.
"""

import io
import json
from dataclasses import replace

import pytest
from openpyxl import load_workbook

import reporting.round_figures
from ledger.commands import Source
from ledger.families.forecast import Forecasts
from ledger.families.forecast_entry import Beside, EnterForecast
from ledger.log import Book
from ledger.store import Store
from reporting.round_figures import beside

MONTHS = [f"{year}-{month:02d}" for year in (2018, 2019, 2020) for month in range(1, 13)][:32]
#: Two units' month totals, 2018-01 to 2020-08, with some life in them.
BALANCES = "period,unit,account,amount\n" + "".join(
    f"{month},{unit},{account},{kronor + 10 * (at * at % 7)}\n"
    for at, month in enumerate(MONTHS)
    for unit, account, kronor in (("6101", "4010", -1000), ("6201", "5010", -300))
)
FORECAST = """\
round,unit,line,amount,comment
T2,6101,Personalkostnader,-5000,vakanser
T2,6201,Övriga kostnader,-1200,enligt avtal
"""


@pytest.fixture
def opened(founded, folder):
    """The command, where 32 months are booked and round T2 is open."""
    (folder / "balances.csv").write_text(BALANCES, encoding="utf-8")
    (folder / "forecast.csv").write_text(FORECAST, encoding="utf-8")
    for words in (
        ("import", "balances.csv"),
        ("forecast", "round", "T2", "--through", "2020-08"),
        ("record", "setting", "setting=four_eyes", "value=actor"),
    ):
        done = founded(*words)
        assert done.exit_code == 0, done.output
    return founded


def ok(run, *words):
    """The command's stdout, where it went well."""
    done = run(*words)
    assert done.exit_code == 0, done.output
    return done.stdout


def shown(run, *more) -> dict[tuple[str, str], dict]:
    """The round in JSON, by unit and line."""
    rows = json.loads(ok(run, "forecast", "show", "T2", "--format", "json", *more))
    return {(row["unit"], row["line"]): row for row in rows}


# ── the way of a round ─────────────────────────────────────────────────────────────────────────


def test_from_entered_to_adopted(opened):
    """With approval demanded: what is missing is named, and four eyes look."""
    ok(opened, "record", "setting", "setting=forecast.approval", "value=approved")
    ok(opened, "forecast", "enter", "--from", "forecast.csv", "--actor", "anna")
    early = opened("forecast", "adopt", "T2", "--actor", "bo")
    assert early.exit_code == 4
    assert "[forecast-not-approved]" in early.stderr
    assert "6101 (entered), 6201 (entered)" in early.stderr
    assert "ledger forecast submit T2 --unit 6101" in opened("status").output
    said = ok(opened, "forecast", "submit", "T2", "--unit", "60", "--actor", "anna")
    assert said == "T2 60: inlämnad\n"
    again = opened("forecast", "enter", "--from", "forecast.csv", "--actor", "anna")
    assert (again.exit_code, again.stderr.count("[forecast-submitted]")) == (4, 2)
    assert "ledger forecast approve T2 --unit 6101" in opened("status").output
    own = opened("forecast", "approve", "T2", "--unit", "60", "--actor", "Anna")
    assert (own.exit_code, "[second-person-missing]" in own.stderr) == (4, True)
    why = ("--reason", "högt", "--actor", "bo")
    assert "returnerad" in ok(opened, "forecast", "return", "T2", "--unit", "6201", *why)
    assert {key: row["status"] for key, row in shown(opened).items()} == {
        ("6101", "Personalkostnader"): "submitted",
        ("6201", "Övriga kostnader"): "returned",
    }
    ok(opened, "forecast", "submit", "T2", "--unit", "6201", "--actor", "anna")
    assert "godkänd" in ok(opened, "forecast", "approve", "T2", "--unit", "60", "--actor", "bo")
    listed = json.loads(ok(opened, "forecast", "list", "--format", "json"))[0]
    assert [listed[k] for k in ("units", "submitted", "returned", "approved")] == [2, 0, 0, 2]
    ok(opened, "forecast", "adopt", "T2", "--actor", "bo")
    done = opened("forecast", "sheet", "T2", "-o", "late.xlsx")
    assert (done.exit_code, "fastställd och låst" in done.stderr) == (4, True)


def test_the_table_has_both_figures_and_a_narrow_face(opened):
    """All keys in data and with --wide; comments stand under the narrow table."""
    ok(opened, "forecast", "enter", "--from", "forecast.csv")
    row = shown(opened)["6101", "Personalkostnader"]
    assert list(row) == [
        "unit", "name", "line", "outcome", "entered", "year_end", "budget", "variance",
        "model", "p10", "p90", "assumed", "difference", "previous", "last_year", "status", "method",
        "comment",
    ]  # fmt: skip
    assert (row["entered"], row["previous"], row["status"]) == ("-5000.00", None, "entered")
    narrow = ok(opened, "forecast", "show", "T2")
    assert "6101 Personalkostnader: vakanser" in narrow
    assert "Lagd prognos" not in narrow
    assert "Lagd prognos" in ok(opened, "forecast", "show", "T2", "--wide")
    ok(opened, "forecast", "round", "T3", "--through", "2020-08")
    later = json.loads(ok(opened, "forecast", "show", "T3", "--format", "json"))
    assert [(r["year_end"], r["entered"]) for r in later] == [(r["outcome"], None) for r in later]
    # What is outcome so far alone is nobody's forecast, and no column of the narrow table.
    assert "Årsprognos" in narrow
    assert "Årsprognos" not in ok(opened, "forecast", "show", "T3")
    assert later[0]["previous"] == row["year_end"]


def test_a_row_without_entry_is_not_entered_though_its_unit_is(opened):
    """And the total, which counts its outcome so far, is compared with nothing."""
    line = ("--line", "Övriga kostnader", "--amount", "-10", "--comment", "nytt")
    ok(opened, "forecast", "enter", "--round", "T2", "--unit", "6101", *line)
    rows = shown(opened)
    assert rows["6101", "Övriga kostnader"]["status"] == "entered"
    assert rows["6101", "Personalkostnader"]["status"] == "opened"
    text = ok(opened, "forecast", "show", "T2", "--scale", "kr")
    assert "inte är lagda räknas i totalen" in text
    total = next(each for each in text.splitlines() if each.startswith("Totalt"))
    so_far = sum(float(row["outcome"]) for row in rows.values())
    assert f"{round(so_far) - 10}" in total.replace("\u00a0", "").replace("\u2212", "-")


# ── what is kept with an entry ─────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "words",
    [
        ("forecast", "enter", "--from", "forecast.csv"),
        ("import", "forecast.csv"),
        ("import", "forecast.csv", "--as", "forecast"),
        ("record", "forecast", "--from", "forecast.csv"),
        ("record", "forecast", "round=T2", "unit=6101", "line=Personalkostnader", "amount=-5000",
         "comment=vakanser"),
        ("forecast", "enter", "--round", "T2", "--unit", "6101", "--line", "Personalkostnader",
         "--amount", "-5000", "--comment", "vakanser"),
        ("forecast", "enter", "--round", "T2", "--method", "model"),
    ],
)  # fmt: skip
def test_every_way_in_keeps_the_model_s_figure(opened, folder, monkeypatch, words):
    """As the model says it now, computed once a command."""
    calls = []
    model = reporting.round_figures.model_year_ends

    def counted(*asked, **how):
        calls.append(asked)
        return model(*asked, **how)

    monkeypatch.setattr(reporting.round_figures, "model_year_ends", counted)
    ok(opened, *words)
    assert len(calls) == 1
    book = Book(folder / "ledger.db")
    state = book.state.of(Forecasts).round("T2")
    places = beside(book, ["T2"])
    assert state.entries
    for (unit, line, _), entry in state.entries.items():
        kept = places["T2", unit, line].model
        assert {name: getattr(entry, name) for name in kept} == dict(kept)
        assert entry.inputs_size == state.opened.log_size


def test_the_budget_wants_a_comment_where_it_leaves_the_interval(opened, folder):
    """In a file too, by its line."""
    text = FORECAST.replace("-1200,enligt avtal", "-9000,").replace("comment", "comment,method")
    text = text.replace("vakanser", "vakanser,manual").replace("-9000,", "-9000,,budget")
    (folder / "over.csv").write_text(text, encoding="utf-8")
    done = opened("forecast", "enter", "--from", "over.csv")
    assert done.exit_code == 3
    assert "over.csv:3 [comment-demanded]" in done.stderr
    assert done.stdout == "recorded 0, already known 0, refused 2\n"


def test_nothing_is_entered_from_an_adopted_round(opened):
    ok(opened, "forecast", "enter", "--from", "forecast.csv")
    ok(opened, "forecast", "adopt", "T2")
    done = opened("forecast", "enter", "--round", "T2", "--method", "model")
    assert (done.exit_code, "fastställd och låst" in done.stderr) == (4, True)


# ── the sheet ──────────────────────────────────────────────────────────────────────────────────


def sheet(run, folder, *more, name="s.xlsx"):
    """The workbook as written, and its sheet with each heading's column."""
    ok(run, "forecast", "sheet", "T2", "-o", name, *more)
    workbook = load_workbook(folder / name)
    page = workbook["Prognos"]
    return workbook, page, {cell.value: cell.column for cell in page[1]}


def places_of(page, at) -> dict[tuple[str, str], int]:
    rows = range(2, page.max_row + 1)
    return {
        (page.cell(row, at["Enhet"]).value, page.cell(row, at["Rad"]).value): row for row in rows
    }


def test_out_as_a_sheet_and_in_again(opened, folder):
    """A row a unit and line; what is filled in is entered, what is blank is not."""
    workbook, page, at = sheet(opened, folder, "--unit", "610")
    rows = places_of(page, at)
    lines = ("Intäkter", "Personalkostnader", "Övriga kostnader")
    assert list(rows) == [(unit, line) for unit in ("6101", "6102") for line in lines]
    assert (page.freeze_panes, workbook["utfall"].sheet_state) == ("E2", "hidden")
    assert page.column_dimensions["A"].hidden
    row, told = rows["6101", "Personalkostnader"], shown(opened)["6101", "Personalkostnader"]
    for heading, key in (
        ("Utfall t.o.m. 2020-08", "outcome"),
        ("Modellen, helår", "model"),
        ("P10, helår", "p10"),
        ("P90, helår", "p90"),
        ("Föregående år, hela", "last_year"),
    ):
        cell = page.cell(row, at[heading])
        assert f"{cell.value:.2f}" == told[key], heading
        assert cell.number_format == "#,##0;-#,##0"
    page.cell(row, at["Belopp för resten av året"]).value = -4321.5
    page.cell(row, at["Kommentar"]).value = "=1+1 är inte en formel"
    page.cell(row, at["Kommentar"]).data_type = "s"
    workbook.save(folder / "filled.xlsx")
    said = ok(opened, "forecast", "enter", "--from", "filled.xlsx")
    assert said == "recorded 1, already known 0, refused 0\n"
    entered = shown(opened)["6101", "Personalkostnader"]
    assert (entered["entered"], entered["comment"]) == ("-4321.50", "=1+1 är inte en formel")
    workbook, page, at = sheet(opened, folder)
    row = places_of(page, at)["6101", "Personalkostnader"]
    assert page.cell(row, at["Belopp för resten av året"]).value == -4321.5
    assert page.cell(row, at["Kommentar"]).data_type == "s"
    assert page.cell(row, at["Årsprognos"]).value == f'=IF(P{row}="","",E{row}+P{row})'
    assert ok(opened, "forecast", "enter", "--from", "s.xlsx").startswith("recorded 0, already kno")


def test_a_sheet_with_a_mistake_is_taken_by_no_row(opened, folder):
    """Told by sheet and row."""
    workbook, page, at = sheet(opened, folder)
    rows = places_of(page, at)
    for place, amount, comment in (
        (("6101", "Personalkostnader"), -5000, "vakanser"),
        (("6201", "Övriga kostnader"), -1200, None),
        (("6102", "Intäkter"), "mycket", "osäkert"),
    ):
        page.cell(rows[place], at["Belopp för resten av året"]).value = amount
        page.cell(rows[place], at["Kommentar"]).value = comment
    workbook.save(folder / "s.xlsx")
    done = opened("forecast", "enter", "--from", "s.xlsx")
    assert done.exit_code == 3
    assert f"s.xlsx!Prognos:{rows['6102', 'Intäkter']} [bad-amount]" in done.stderr
    assert f"s.xlsx!Prognos:{rows['6201', 'Övriga kostnader']} [comment-missing]" in done.stderr
    assert all(row["entered"] is None for row in shown(opened).values())


def test_the_same_sheet_is_the_same_bytes_in_both_languages_it_comes_back(opened, folder):
    """Its document is dated by the log; English headings say the same to intake."""
    sheet(opened, folder, name="a.xlsx")
    sheet(opened, folder, name="b.xlsx")
    assert (folder / "a.xlsx").read_bytes() == (folder / "b.xlsx").read_bytes()
    ok(opened, "forecast", "sheet", "T2", "-o", "en.xlsx", "--lang", "en")
    workbook = load_workbook(io.BytesIO((folder / "en.xlsx").read_bytes()))
    page = workbook["Forecast"]
    at = {cell.value: cell.column for cell in page[1]}
    page.cell(2, at["Amount for the rest of the year"]).value = 7
    page.cell(2, at["Comment"]).value = "new"
    workbook.save(folder / "en.xlsx")
    assert ok(opened, "import", "en.xlsx") == "recorded 1, already known 0, refused 0\n"
    done = opened("forecast", "sheet", "T2", "-o", "s.csv")
    assert (done.exit_code, "ingen Excelfil" in done.stderr) == (2, True)


def test_what_is_submitted_is_not_filled_in_beforehand(opened, folder):
    """So that the rest of the sheet can come back."""
    ok(opened, "forecast", "enter", "--from", "forecast.csv")
    ok(opened, "forecast", "submit", "T2", "--unit", "6201")
    _, page, at = sheet(opened, folder)
    rows = places_of(page, at)
    amounts = {
        place: page.cell(rows[place], at["Belopp för resten av året"]).value
        for place in (("6101", "Personalkostnader"), ("6201", "Övriga kostnader"))
    }
    assert list(amounts.values()) == [-5000, None]
    assert page.cell(rows["6201", "Intäkter"], at["Läge"]).value == "inlämnad"
    assert ok(opened, "forecast", "enter", "--from", "s.xlsx").startswith("recorded 0, already kno")


# ── computed again ─────────────────────────────────────────────────────────────────────────────


def recompute(run, *more):
    """Exit code, and the rows in JSON."""
    done = run("forecast", "show", "T2", "--recompute", "--format", "json", *more)
    return done.exit_code, json.loads(done.stdout)


def test_assumptions_are_a_table_of_their_own_as_data(opened):
    """Of the unit asked for; neither computed again nor given out by itself."""
    said = ("kind=one_off", "text=Flytt", "amount=-70000", "from=2020-10", "to=2020-11")
    for unit in ("6101", "6201"):
        ok(opened, "record", "assumption", "round=T2", f"unit={unit}", *said)
    asked = ("forecast", "show", "T2", "--assumptions")
    one = {"unit": "6201", "line": None, "assumption": "one_off", "amount": "-70000.00",
           "first": "2020-10", "last": "2020-11", "text": "Flytt"}  # fmt: skip
    rows = json.loads(ok(opened, *asked, "--unit", "620", "--format", "json"))
    assert [row.pop("name") for row in rows] == ["System"]
    assert rows == [one]
    assert len(json.loads(ok(opened, *asked, "--format", "json"))) == 2
    for other in ("--publish", "--recompute"):
        refused = opened(*asked, other)
        assert refused.exit_code == 2
        assert f"Utelämna {other}." in refused.stderr


def test_every_figure_is_the_same_to_the_ore(opened, folder):
    """The model's entries and those beside what people entered, also when the log has grown."""
    ok(opened, "forecast", "enter", "--from", "forecast.csv")
    ok(opened, "forecast", "enter", "--round", "T2", "--method", "model", "--unit", "6201")
    (folder / "more.csv").write_text("period,unit,account,amount\n2020-09,6101,4010,-99999\n")
    ok(opened, "import", "more.csv", "--as", "balances")
    code, rows = recompute(opened)
    assert code == 0
    assert [(row["unit"], row["method"], row["state"]) for row in rows] == [
        ("6101", "manual", "same"),
        ("6201", "model", "same"),
    ]
    assert all(row["kept"] == row["found"] and row["difference"] == "0.00" for row in rows)
    assert len(recompute(opened, "--unit", "620")[1]) == 1
    assert "Lika på öret: 2." in ok(opened, "forecast", "show", "T2", "--recompute")


@pytest.mark.parametrize(
    ("change", "state", "code"),
    [
        ({"model_amount": 1}, "near", 0),  # a half öre may round either way
        ({"model_amount": 1_00_00}, "differs", 1),
        ({"p90": 1_00_00}, "differs", 1),
        ({"inputs_root": "ab" * 32}, "other_events", 1),
    ],
)
def test_a_figure_that_is_another_is_told(opened, folder, change, state, code):
    """With the difference, and what is installed otherwise."""
    book = Book(folder / "ledger.db")
    place = ("T2", "6101", "Personalkostnader")
    kept = beside(book, ["T2"])[place]
    model = dict(kept.model)
    for name, value in change.items():
        model[name] = model[name] + value if isinstance(value, int) else value
    row = {"round": "T2", "unit": place[1], "report_line": place[2], "amount": -1, "comment": "x"}
    command = EnterForecast((row,), "test", beside={place: replace(kept, model=model)})
    if state == "differs":
        model["libraries"] = "polars=0.1"
    store = Store(folder / "ledger.db")
    store.record(command, "anna", Source("test"))
    store.close()
    found, rows = recompute(opened)
    assert (found, [r["state"] for r in rows]) == (code, [state])
    told = opened("forecast", "show", "T2", "--recompute", "--lang", "en").stdout
    assert ("polars 0.1 → " in told) is (state == "differs")


def test_an_entry_of_before_has_no_figure_to_compute(opened, folder):
    """It is counted, and is no finding."""
    row = {"round": "T2", "unit": "6101", "report_line": "Personalkostnader", "amount": -1}
    command = EnterForecast(({**row, "comment": "x"},), "test", beside={})
    assert Beside().model == {}
    store = Store(folder / "ledger.db")
    store.record(command, "anna", Source("test"))
    store.close()
    assert recompute(opened) == (0, [])
    told = ok(opened, "forecast", "show", "T2", "--recompute")
    assert "Lagda utan någon siffra från modellen: 1." in told
