"""A file of any kind with one bad row among good ones is refused whole: no byte of the store moves.

The good rows alone are taken, so that it is the bad row, wherever it stands, that stops the file.
"""

import csv
import io

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from intake.kinds import KINDS
from tests.errors.golden import begin, command, log

#: Rows of each kind that its group's store takes, and one that it does not.
ROWS: dict[str, tuple[str, list[str], str]] = {
    "outcome": (
        "period;unit;account;amount;text",
        [f"2020-08;6101;4010;-{n};{n}" for n in range(1, 6)],
        "2020-08;6101;9999;-1;x",
    ),
    "balances": (
        "period;unit;account;amount",
        [f"2018-0{n};6101;5010;-{n}" for n in range(1, 6)],
        "2018-06;999;5010;-1",
    ),
    "budget": (
        "period;unit;account;amount",
        [f"2020-0{n};6102;4010;-{n}" for n in range(1, 6)],
        "2020-06;6102;9999;-1",
    ),
    "forecast": (
        "round;unit;line;amount;comment",
        ["T2;6101;Personal;-1;x", "T2;6101;Intäkter;1;x", "T2;610;Övrigt;-1;x"],
        "T2;6101;Bilar;-1;x",
    ),
    "assumption": (
        "round;unit;line;kind;amount;text",
        [f"T2;6101;Personal;one_off;-{n};{n}" for n in range(1, 4)],
        "T2;6101;Bilar;one_off;-1;x",
    ),
    "risk": (
        "risk;unit;text;probability;consequence;effect",
        [f"R{n};6101;Brand;3;3;-100" for n in range(2, 6)],
        "R9;6101;Brand;9;3;-100",
    ),
    "action": (
        "action;unit;action_area;year;assignment",
        [f"P{n};6101;Personal;2020;100" for n in range(2, 6)],
        "P9;6101;;2020;100",
    ),
    "investment": (
        "investment_type;unit;year;frame",
        [f"Typ {n};6101;2020;100" for n in range(4)],
        "Bilar;999;2020;100",
    ),
    "scorecard": (
        "unit;perspective;success_factor;indicator;direction;measured_in;target;period;value",
        [f"6101;Ekonomi;Balans;Mått {n};max;percent;3;2020-T2;{n}" for n in range(4)],
        "6101;Ekonomi;Balans;Annat;nedåt;percent;3;2020-T2;1",
    ),
    "statistic": (
        "measure;subject;period;value;measured_in",
        [f"Besök {n};KC hud;2020-T2;{n};st" for n in range(4)],
        "Besök;KC hud;2020-T2;9;",
    ),
    "assignment": (
        "assignment;unit;due",
        [f"Uppdrag {n};6101;2021-05-26" for n in range(4)],
        "Sista;999;2021-05-26",
    ),
    "commentary": (
        "section;unit;period;text",
        [f"ekonomi/{n};6101;2020-08;Bra" for n in range(4)],
        "ekonomi;999;2020-08;Bra",
    ),
    "variance": (
        "unit;line;period;amount;text",
        [f"6101;Personal;2020-08;{n};Orsak {n}" for n in range(1, 5)],
        "6101;Bilar;2020-08;1;Orsak",
    ),
    "followup": (
        "mark;unit;line;period;estimate;amount",
        [f"covid;6101;{line};2020-07;uppskattat;-7" for line in ("Personal", "Övrigt")],
        "flytt;6101;Personal;2020-07;uppskattat;-7",
    ),
    "attachment": (
        "number;unit;period;title;digest",
        [f"{n};6101;2020-08;Beslut;{'ab' * 32}" for n in range(2, 6)],
        "9;6101;2020-08;Beslut;abc",
    ),
    "control": (
        "control;year;unit;text;method;responsible;frequency",
        [f"K{n};2020;6101;Attest;analysis;ekonom;tertial" for n in range(2, 6)],
        "K9;2020;6101;Attest;gissning;ekonom;tertial",
    ),
    "control_measure": (
        "control;year;measure;text;due",
        [f"K1;2020;M{n};Utbilda;2020-12-31" for n in range(2, 6)],
        "K9;2020;M1;Utbilda;2020-12-31",
    ),
    "materiality": (
        "year;unit;overall;performance;trivial",
        [f"{year};6102;2000;1500;60" for year in range(2018, 2022)],
        "2022;6102;900;1500;60",
    ),
    "population": (
        "population;item;amount;origin;vouched_by",
        [f"Avtal;A-{n};{n};Registret;avdelning 1" for n in range(4)],
        "Avtal;A-9;;Registret;avdelning 1",
    ),
    "assessment": (
        "sample;item;result",
        ["S;P-1;fine", "S;P-2;deviation"],
        "S;P-9;fine",
    ),
    "staffing": (
        "period;unit;measure;value",
        [f"2020-0{n};6102;worked;160" for n in range(1, 6)],
        "2020-06;6102;worked;-1",
    ),
    "units": (
        "unit;name;parent;level;tree;valid_from",
        [f"7{n};Ny;60;unit;line;2018-01" for n in range(4)],
        "80;Ny;99;unit;line;2018-01",
    ),
    "accounts": (
        "account;name;type",
        [f"192{n};Kassa;asset" for n in range(4)],
        "1999;Kassa;sometimes",
    ),
    "codes": (
        "dimension;code;name",
        [f"project;P{n};Projekt" for n in range(4)],
        "project;;Projekt",
    ),
    "structures": (
        "structure;line;parent;account_from;account_to;sign;valid_from",
        [f"ny;Rad {n};;{n}000;{n}999;1;2018-01" for n in range(3, 9)],
        "ny;Sista;;9000;;1;2018-01",
    ),
    "settings": (
        "setting;value",
        ["colour;blå", "variance.tolerance;5", "report.author;Anna"],
        "four_eyes;kanske",
    ),
    "retention": (
        "family;field;months;decision",
        [f"{family};reason;84;KS 1" for family in ("outcome", "risk", "staffing")],
        "outcome;namn;84;KS 1",
    ),
    "hold": (
        "reference;family;unit;from;to;reason",
        [f"FT {n};outcome;6101;2019-01;2020-12;Tvist" for n in range(2, 6)],
        "FT 9;utfallet;6101;2019-01;2020-12;Tvist",
    ),
    "roles": (
        "person;role;decision;user",
        [f"{name};approver;ED 1;{name}" for name in ("anna", "bo", "eva")],
        "kim;chef;ED 1;kim",
    ),
}


def test_every_kind_is_here():
    assert set(ROWS) == set(KINDS)


def text_of(header: str, rows: list[str]) -> str:
    """A file, quoted where it must be."""
    out = io.StringIO()
    csv.writer(out, delimiter=";", lineterminator="\n").writerows(
        line.split(";") for line in (header, *rows)
    )
    return out.getvalue()


@pytest.mark.parametrize("kind", ROWS)
@given(data=st.data())
@settings(max_examples=3, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_one_bad_row_anywhere_leaves_no_byte(kind, tmp_path, data):
    header, good, bad = ROWS[kind]
    begin(kind, tmp_path)
    before = log(tmp_path)
    at = data.draw(st.integers(0, len(good)))
    (tmp_path / "file.csv").write_text(text_of(header, [*good[:at], bad, *good[at:]]), "utf-8")
    refused = command(f"import file.csv --as {kind}")
    assert refused.exit_code in (2, 3, 4), refused.stdout
    assert log(tmp_path) == before
    assert not [path.name for path in tmp_path.glob("ledger.db-*") if path.stat().st_size]


@pytest.mark.parametrize("kind", ROWS)
def test_the_good_rows_alone_are_taken(kind, tmp_path):
    header, good, _ = ROWS[kind]
    begin(kind, tmp_path)
    (tmp_path / "file.csv").write_text(text_of(header, good), "utf-8")
    taken = command(f"import file.csv --as {kind}")
    assert taken.exit_code in (0, 1), taken.stderr
    assert taken.stdout.endswith(f"recorded {len(good)}, already known 0, refused 0\n")
