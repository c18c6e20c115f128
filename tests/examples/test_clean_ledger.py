"""The example's data are a clean ledger, in files that anyone can make again to the byte."""

import re
import subprocess
import sys
from collections import defaultdict
from datetime import date, datetime
from functools import cache

from tests.examples.example_tables import (
    EXAMPLE,
    Table,
    account_types,
    areas,
    data,
    facts,
    files,
    is_result,
    lines,
    ore,
    total,
)


@cache
def vouchers() -> dict[str, Table]:
    """The year's vouchers by number, in the order of the files."""
    found: dict[str, Table] = {}
    last = ""
    for row in [*data("2020"), *data("later")]:
        number = row["voucher"]
        assert number == last or number not in found, f"{number} stands in two places"
        found.setdefault(number, []).append(row)
        last = number
    return found


def test_every_voucher_balances_and_counts_its_rows():
    """Rows from 1, sum zero, one date, and no row of nothing."""
    assert len(vouchers()) > 2000
    for number, rows in vouchers().items():
        assert re.fullmatch(r"[ADIKLPU] \d{4}", number)
        assert [row["row"] for row in rows] == [str(i) for i in range(1, len(rows) + 1)]
        assert total(rows) == 0, number
        assert all(ore(row["amount"]) for row in rows)
        for column in ("date", "registered_at", "registered_by", "authorised_by", "document"):
            assert len({row[column] for row in rows}) == 1


def test_numbers_have_no_gap_and_follow_date_and_registration():
    """Each series counts from 1001, later numbers never on earlier days or moments."""
    series: dict[str, Table] = defaultdict(list)
    for number, rows in vouchers().items():
        series[number[0]].append(rows[0])
    for heads in series.values():
        numbers = [int(head["voucher"][2:]) for head in heads]
        assert numbers == list(range(1001, 1001 + len(heads)))
        assert [h["date"] for h in heads] == sorted(h["date"] for h in heads)
        moments = [datetime.fromisoformat(head["registered_at"]) for head in heads]
        assert moments == sorted(moments)


def test_periods_dates_and_times_agree():
    """The period is the date's month; registration comes on that day or soon after it."""
    for rows in vouchers().values():
        for row in rows:
            assert row["period"] == row["date"][:7]
        head = rows[0]
        day, moment = (
            date.fromisoformat(head["date"]),
            datetime.fromisoformat(head["registered_at"]),
        )
        summer = date(2020, 3, 29) <= moment.date() < date(2020, 10, 25)
        assert head["registered_at"].endswith("+02:00" if summer else "+01:00")
        assert 0 <= (moment.date() - day).days <= 5
        assert day.weekday() < 5
        assert 7 <= moment.hour < 19, head


def test_two_different_roles_sign_each_voucher():
    """Roles, never persons; who registers is not who authorises."""
    known = {row["name"] for row in data("units")}
    for rows in vouchers().values():
        clerk, signer = rows[0]["registered_by"], rows[0]["authorised_by"]
        assert re.fullmatch(r"(ekonomiassistent|redovisningsekonom|löneadministratör) \d", clerk)
        role, _, where = signer.partition(" ")
        assert role in {"enhetschef", "områdeschef", "divisionschef", "divisionscontroller"}
        assert not where or where in known


def test_every_code_is_known():
    """Units, accounts, products, projects, activities, lines."""
    units = {row["unit"] for row in data("units")}
    codes = defaultdict(set)
    for row in data("codes"):
        codes[row["dimension"]].add(row["code"])
    for row in [*data("2020"), *data("later")]:
        assert row["unit"] in units
        assert row["account"] in account_types()
        assert row["counterparty_unit"] in units | {""}
        for dimension in ("product", "project", "activity"):
            assert row[dimension] in codes[dimension] | {""}
        assert bool(row["activity"]) == is_result(row)
    for name in ("balances-2018", "balances-2019", "budget-2020"):
        assert all(is_result(row) and row["unit"] in areas() for row in data(name))
        cells = [(row["period"], row["unit"], row["account"]) for row in data(name)]
        assert len(set(cells)) == len(cells)
    for name in ("forecast-2020-T2", "assumptions-2020-T2"):
        assert {row["line"] for row in data(name)} <= set(lines("prognos").values())
        assert {row["unit"] for row in data(name)} <= units


def test_the_structures_cover_without_gap():
    """Both map every cost account, `prognos` income too; the five lines bear the printed names."""
    types = account_types()
    assert set(lines("kostnadsutveckling")) == {a for a, kind in types.items() if kind == "cost"}
    assert set(lines("prognos")) == {a for a, kind in types.items() if kind in ("income", "cost")}
    five = [r["line"] for r in data("structures") if r["structure"] == "kostnadsutveckling"]
    assert five == [row["cost_category"] for row in facts("cost_development")]


def test_the_areas_stand_in_the_order_of_the_report():
    """Four areas, each with three to six units, all in one tree from 2018."""
    rows = data("units")
    names = [row["name"] for row in rows if row["level"] == "area"]
    assert names == [row["area"] for row in facts("result_by_area")[:-1]]
    for name in names:
        assert 3 <= sum(area == name for area in areas().values()) <= 6
    assert {(row["tree"], row["valid_from"]) for row in rows} == {("line", "2018-01")}


def test_accruals_meet_their_reversals():
    """Each accrued cost is reversed in the next month, to the öre; those of December wait."""
    accrued, reversed_ = {}, {}
    for rows in vouchers().values():
        head = rows[0]
        if head["text"].startswith("Upplupen kostnad"):
            accrued[head["text"]] = (head["unit"], head["account"], ore(head["amount"]))
        if head["text"].startswith("Återföring: "):
            text = head["text"].removeprefix("Återföring: ")
            reversed_[text] = (head["unit"], head["account"], -ore(head["amount"]))
    assert accrued.items() >= reversed_.items()
    assert {text for text in accrued if "2020-12" in text} == accrued.keys() - reversed_.keys()


def test_sales_within_the_division_meet():
    """Each internal row has its mirror on the same voucher."""
    for rows in vouchers().values():
        pairs = {(r["unit"], r["counterparty_unit"]): r for r in rows if r["counterparty_unit"]}
        for (unit, other), row in pairs.items():
            assert ore(pairs[other, unit]["amount"]) == -ore(row["amount"])


def test_the_files_are_small_and_plain():
    """Under 3 MB, UTF-8 without BOM, LF."""
    held = files(EXAMPLE)
    assert len(held) == 51
    assert sum(map(len, held.values())) < 3_000_000
    for name, content in held.items():
        assert not content.startswith(b"\xef\xbb\xbf"), name
        assert b"\r" not in content, name
        assert content.endswith(b"\n"), name


def test_the_script_makes_the_same_bytes(tmp_path):
    """Anyone can make the data again."""
    command = [sys.executable, "-B", str(EXAMPLE / "make.py"), str(tmp_path)]
    subprocess.run(command, check=True, timeout=60)
    assert files(tmp_path) == files(EXAMPLE)
