"""Each kind of table, from its rows to the events that it records."""

from pathlib import Path

import pytest

from ledger.commands import Source
from ledger.families.forecast import OpenRound
from ledger.families.organisation import Line
from ledger.store import Store
from tests.intake.samples import problems, take, the_problem, write
from tests.ledger.builders import ACTOR, new_store, post

STRUCTURES = """\
struktur;rad;överordnad;från_konto;till_konto;tecken;gäller_från
prognos;Resultat;;;;;2018-01
prognos;Intäkter;Resultat;3000;3999;1;2018-01
prognos;Kostnader;Resultat;4000;8999;;2018-01
"""
SETTINGS = "inställning;värde\nstructure.forecast;prognos\nphasing.sommar;0,0,0,0,0,1,2,1,0,0,0,0\n"
ROUND = "2020-T2"


@pytest.fixture
def store(tmp_path: Path) -> Store:
    """A store with a structure, settings, and an open forecast round."""
    store = new_store(tmp_path)
    take(store, write(tmp_path, STRUCTURES, "rapportstruktur.csv"))
    take(store, write(tmp_path, SETTINGS, "settings.csv"))
    post(store, {"date": "2020-08-31", "amount": -100})
    store.record(OpenRound(ROUND, "2020-08"), ACTOR, Source("ledger forecast round"))
    return store


def test_structures_and_settings(store):
    organisation = store.book().organisation
    assert organisation.structure("prognos")[1:] == [
        Line("Intäkter", "Resultat", "3000", "3999", 1, 1),
        Line("Kostnader", "Resultat", "4000", "8999", 1, 2),
    ]
    assert organisation.setting("structure.forecast") == "prognos"


def test_units_accounts_and_codes(store, tmp_path):
    units = "enhet;namn;överordnad;nivå;gäller_från\n30;Vård;RN;area;2020-01\n31;Akut;30;;2020-01\n"
    assert take(store, write(tmp_path, units, "units.csv")).recorded == 2
    accounts = "Konto;Namn;Typ\n6010;Resor;\n3990;Bidrag;kostnad\n6010;Resor;\n"
    receipt = take(store, write(tmp_path, accounts, "accounts.csv"))
    assert (receipt.recorded, receipt.known) == (2, 1)
    codes = "dimension;kod;namn\nprodukt;0630;Covid-19\n20;X;Eget\n"
    assert take(store, write(tmp_path, codes, "codes.csv")).recorded == 2
    organisation = store.book().organisation
    assert organisation.places()["31"].level == "unit"
    assert organisation.ancestors("31") == ["31", "30", "RN"]
    assert organisation.accounts["3990"].type == "cost"
    assert organisation.codes == {"product": {"0630": "Covid-19"}, "20": {"X": "Eget"}}


def test_a_budget_by_month(store, tmp_path):
    text = "period;unit;account;amount;version;beslut\n2020-01;10;4010;-1;Tilläggsbudget;§ 1\n"
    take(store, write(tmp_path, text))
    row = store.book().events("budget.decided").row(0, named=True)
    assert (row["version"], row["amount"], row["decision"]) == ("supplementary", -100, "§ 1")


@pytest.mark.parametrize(
    ("phasing", "months"),
    [
        ("even", {"2020-01": -100, "2020-12": -100}),
        ("nyckel:sommar", {"2020-06": -300, "2020-07": -600}),
    ],
)
def test_a_budget_by_year_and_line(store, tmp_path, phasing, months):
    text = f"år;enhet;rad;belopp;periodisering\n2020;10;Kostnader;-12;{phasing}\n"
    take(store, write(tmp_path, text))
    rows = store.book().events("budget.decided")
    by_month = dict(rows.select("period", "amount").rows())
    assert sum(by_month.values()) == -1200
    assert months.items() <= by_month.items()
    assert set(rows["report_line"]) == {"Kostnader"}


@pytest.mark.parametrize(
    ("row", "code"),
    [
        (";;10;4010;;-1", "empty-field"),
        ("2020-01;2020;10;4010;;-1", "two-periods"),
        (";20;10;4010;;-1", "bad-year"),
        ("2020-01;;10;;;-1", "empty-account"),
        ("2020-01;;;4010;;-1", "empty-unit"),
        ("2020-01;;10;;Okänd;-1", "unknown-line"),
        ("2020-01;;10;4010;;x", "bad-amount"),
    ],
)
def test_what_is_wrong_with_a_budget(store, tmp_path, row, code):
    path = write(tmp_path, f"period;year;unit;account;line;amount\n{row}\n", "budget.csv")
    assert problems(store, path) == [(2, code)]


def test_a_forecast(store, tmp_path):
    text = (
        "omgång;enhet;rad;belopp;metod;kommentar\n"
        f"{ROUND};10;Kostnader;-100;manuell;Vakanser\n{ROUND};10;Intäkter;5;budget;\n"
    )
    path = write(tmp_path, text)
    assert take(store, path).recorded == 2
    assert take(store, path).known == 2
    take(store, write(tmp_path, text.replace("-100", "-200"), "other.csv"))
    assert take(store, path).recorded == 1  # entered again after another entry
    rows = store.book().events("forecast.entered").select("report_line", "amount", "method")
    assert rows.rows()[0] == ("Kostnader", -10000, "manual")


def test_what_is_wrong_with_a_forecast(store, tmp_path):
    text = (
        "round;unit;line;amount;comment\n"
        f"{ROUND};10;Kostnader;x;Vakanser\n{ROUND};10;Kostnader;-1;\n;10;Kostnader;-1;a\n"
        f"{ROUND};10;Annat;-1;a\n"
    )
    assert problems(store, write(tmp_path, text)) == [
        (2, "bad-amount"),
        (3, "comment-missing"),
        (4, "empty-field"),
        (5, "unknown-line"),
    ]


def test_assumptions(store, tmp_path):
    text = (
        "round;unit;line;kind;amount;from;to;text\n"
        f"{ROUND};10;Kostnader;engångspost;-1;2020-10;2020-11;Avgång\n"
        f"{ROUND};10;;known_commitment;;;;Utan belopp\n"
    )
    assert take(store, write(tmp_path, text)).recorded == 2
    row = store.book().events("forecast.assumption_made").row(0, named=True)
    assert (row["assumption"], row["first"], row["last"]) == ("one_off", "2020-10", "2020-11")
    assert row["report_line"] == "Kostnader"
    wrong = text.replace("engångspost", "gissning").replace(f"{ROUND};10;;", "2019;10;;")
    assert problems(store, write(tmp_path, wrong)) == [(2, "bad-assumption"), (3, "unknown-round")]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("unit;name;valid_from\n30;Vård;2020-13\n", "bad-month"),
        ("unit;name;valid_from\n30;Vård;\n", "empty-field"),
        ("unit;name;parent;valid_from\n30;Vård;99;2020-01\n", "unknown-parent"),
        ("account;name;type\n6010;Resor;utlägg\n", "unknown-type"),
        ("account;name\n;Resor\n", "empty-field"),
        ("dimension;code;name\nproduct;;x\n", "empty-field"),
        ("setting;value\n;x\n", "empty-field"),
        (STRUCTURES.replace("8999;;", "8999;plus;"), "bad-number"),
        (STRUCTURES.replace("8999;;", "8999;0;"), "bad-sign"),
        (STRUCTURES.replace("8999;;2018-01", "8999;;2018"), "bad-month"),
    ],
)
def test_what_is_wrong_with_registers(store, tmp_path, text, code):
    assert code in {code for _, code in problems(store, write(tmp_path, text))}


def test_a_unit_whose_month_was_not_read_is_told_once(store, tmp_path):
    text = "unit;name;parent;valid_from\n30;Vård;RN;2020-13\n31;Akut;30;2020-01\n"
    assert the_problem(store, write(tmp_path, text)).code == "bad-month"
