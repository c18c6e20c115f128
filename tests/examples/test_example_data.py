"""The example's data hold every figure of the printed report.

Everything is computed here again from the CSV files, and compared with copies of the facts in
`facts/`; nothing is taken from the script that made the data.
"""

from collections import defaultdict
from decimal import Decimal

import pytest

from tests.examples.example_tables import (
    MNKR,
    TKR,
    by_area,
    by_line,
    data,
    explained,
    facts,
    in_tenths,
    is_result,
    lines,
    ore,
    outcome,
    period_variance,
    rounded,
    scaled,
    tenths,
    total,
    until,
)

# ------------------------------------------------------------------------------- result by area


@pytest.mark.parametrize("row", facts("result_by_area")[:-1], ids=lambda row: row["area"])
def test_an_area_has_its_printed_figures(row):
    """Outcome, variance, annual budget and forecast, to the öre."""
    area = row["area"]
    budget = data("budget-2020")
    actual = by_area(outcome())[area]
    assert actual == 100 * int(row["actual_2020_08"])
    to_august = by_area(until(budget, "2020-08"))[area]
    assert actual - to_august == 100 * int(row["variance_actual_vs_budget"])
    annual = by_area(budget)[area]
    assert annual == 100 * int(row["annual_budget_2020"])
    forecast = actual + by_area(data("forecast-2020-T2"))[area]
    assert forecast == 100 * int(row["annual_forecast"])
    assert forecast - annual == 100 * int(row["variance_forecast_vs_budget"])


def test_the_division_has_its_printed_totals_and_not_its_printed_error():
    """The rows of the annual budget sum to −258; the report prints 0 and counts from −258."""
    row = facts("result_by_area")[-1]
    assert total(outcome()) == 100 * int(row["actual_2020_08"])
    assert sum(period_variance().values()) == 100 * int(row["variance_actual_vs_budget"])
    annual = total(data("budget-2020"))
    check = next(one for one in facts("arithmetic_checks") if one["check_id"] == "3")
    assert (annual, row["annual_budget_2020"]) == (100 * int(check["computed"]), "0")
    forecast = total(outcome()) + total(data("forecast-2020-T2"))
    assert forecast == 100 * int(row["annual_forecast"])
    assert forecast - annual == 100 * int(row["variance_forecast_vs_budget"])


def test_what_came_is_near_the_adopted_forecast_and_not_it():
    """September–December in `later/` are an outcome, not the forecast spelled out."""
    came = total(outcome()) + total(row for row in data("later") if is_result(row))
    forecast = total(outcome()) + total(data("forecast-2020-T2"))
    assert 0 < abs(came - forecast) < 3 * MNKR


# ----------------------------------------------------------------------------- cost development


@pytest.mark.parametrize("row", facts("cost_development"), ids=lambda row: row["cost_category"])
def test_a_cost_line_has_its_printed_development(row):
    """Accumulated cost in thousands, and eight percentages with two decimals."""
    line = row["cost_category"]
    cost = -by_line(outcome(), "kostnadsutveckling")[line]
    assert rounded(cost, TKR) == -int(row["accumulated_actual_2020_08"])
    for month in range(1, 9):
        now = -by_line(until(outcome(), f"2020-{month:02d}"), "kostnadsutveckling")[line]
        last = data("balances-2019")
        then = -by_line(until(last, f"2019-{month:02d}"), "kostnadsutveckling")[line]
        percent = rounded(10_000 * (now - then), then)
        assert percent == scaled(row[f"change_vs_prior_year_month_{month:02d}"], 1, 2), month


def test_the_change_of_all_costs_is_the_computed_and_not_the_printed():
    """−14.1 mnkr (the table gives it); the text of the report says −14.4."""
    now = by_line(outcome(), "kostnadsutveckling")
    then = by_line(until(data("balances-2019"), "2019-08"), "kostnadsutveckling")
    change = sum(now[line] - then[line] for line in now if line)
    check = next(one for one in facts("arithmetic_checks") if one["check_id"] == "14")
    assert in_tenths(-change) == rounded(scaled(check["computed"], 1, 4), 1000) == -141
    assert tenths(check["stated"]) == -144


@pytest.mark.parametrize("year", [2018, 2019])
def test_earlier_years_cost_every_month(year):
    """Twelve months, every line a cost in each, the largest line no more than 25 % off its mean."""
    rows = data(f"balances-{year}")
    assert {row["period"] for row in rows} == {f"{year}-{month:02d}" for month in range(1, 13)}
    for month in range(1, 13):
        costs = by_line([r for r in rows if r["period"] == f"{year}-{month:02d}"], "prognos")
        assert all(amount < 0 for line, amount in costs.items() if line != "Intäkter")
        assert costs["Intäkter"] > 0
        wages = by_line(rows, "prognos")["Personalkostnader"]
        assert abs(12 * costs["Personalkostnader"] - wages) < abs(wages) // 4


# ----------------------------------------------------------------------------------- product 0630

COVID_LABELS = {
    "MT förbrukningsmaterial, reservdelar och externa tjänster": ("5310", "5320", "6790"),
    "Hyra av infusionspump/sprutpump och blodgasanalysator": ("5710",),
    "IT-utrustning": ("5510",),
    "Transportkostnader": ("5910",),
}


def test_covid_19_has_its_printed_costs():
    """Personnel, other costs and their sum; in months from March on."""
    rows = [row for row in outcome() if row["product"] == "0630"]
    assert min(row["period"] for row in rows) == "2020-03"
    sums = by_line(rows, "kostnadsutveckling")
    personnel = sums.pop("Personalkostnader")
    printed = {
        row["row_label"]: tenths(row["booked_on_product_0630"])
        for row in facts("covid_followup")
        if row["booked_on_product_0630"]
    }
    assert in_tenths(personnel) == printed["Personalkostnader"]
    assert in_tenths(sum(sums.values())) == printed["Övriga kostnader"]
    assert in_tenths(personnel + sum(sums.values())) == printed["Summa"]


@pytest.mark.parametrize(("label", "accounts"), COVID_LABELS.items(), ids=COVID_LABELS)
def test_covid_19_has_its_printed_breakdown(label, accounts):
    """Four kinds of other cost, and nothing beside them."""
    rows = [row for row in outcome() if row["product"] == "0630"]
    stated = next(row["amount"] for row in facts("covid_breakdown") if row["label"] == label)
    assert in_tenths(-total(row for row in rows if row["account"] in accounts)) == tenths(stated)
    known = {account for accounts in COVID_LABELS.values() for account in accounts}
    assert {row["account"] for row in rows if row["account"] >= "5000"} == known


# --------------------------------------------------------------------- explanations of variances

KINDS = {
    "Inköp av IT-utrustning, kommunikationsutrustning och övrig förbrukningsmaterial": (
        *("5510", "5520", "5530"),
    ),
    "Avsaknad av underhåll- och serviceavtal videoutrustning m.m.": ("6510", "6520"),
    "Återhållsamhet utbildningar, konferenser, resor m.m.": ("5810", "5820", "5830", "5840"),
    "MT-serviceavtal (extern service steriltekniska produkter)": ("6530",),
    "Programlicenser, främst Microsoft Office": ("5610",),
    "Konsulter": ("6610",),
}


def test_the_period_varies_by_line_as_the_report_explains():
    """+4.0, +6.3, +2.6, and the −2.4 that the text leaves unexplained."""
    sums: dict[str, int] = defaultdict(int)
    of = lines("prognos")
    for account, amount in period_variance().items():
        sums[of[account].replace("Personalomkostnader", "Personalkostnader")] += amount
    for line in ("Personalkostnader", "Övriga kostnader", "Avskrivningar"):
        stated = next(iter(explained(line).values()))
        assert in_tenths(sums.pop(line)) == stated
    check = next(one for one in facts("arithmetic_checks") if one["check_id"] == "11")
    assert in_tenths(sum(sums.values())) == -tenths(check["difference"])
    assert set(sums) == {"Intäkter", "Lokalkostnader"}


def test_other_costs_vary_by_kind_as_the_report_explains():
    """Six kinds, and the 0.2 that stands behind "bl.a."."""
    stated = explained("Övriga kostnader")
    left = {a: v for a, v in period_variance().items() if lines("prognos")[a] == "Övriga kostnader"}
    for explanation, accounts in KINDS.items():
        amount = sum(left.pop(account) for account in accounts)
        assert in_tenths(amount) == stated[explanation], explanation
    check = next(one for one in facts("arithmetic_checks") if one["check_id"] == "12")
    assert in_tenths(sum(left.values())) == -tenths(check["difference"]) == 2


def test_the_forecast_varies_by_line_as_the_report_says():
    """+5.0, +1.7, +2.9, +1.2, and the −3.0 that the text leaves unexplained."""
    sums = by_line(outcome(), "prognos")
    for row in data("forecast-2020-T2"):
        sums[row["line"]] += ore(row["amount"])
    for line, amount in by_line(data("budget-2020"), "prognos").items():
        sums[line] -= amount
    stated: dict[str, int] = {}
    for row in facts("forecast_assumptions"):
        stated.setdefault(row["category"], tenths(row["amount"] or "0"))
    for line in ("Personalkostnader", "Personalomkostnader", "Övriga kostnader", "Avskrivningar"):
        assert in_tenths(sums.pop(line)) == stated[line], line
    check = next(one for one in facts("arithmetic_checks") if one["check_id"] == "13")
    assert in_tenths(sum(sums.values())) == -tenths(check["difference"])


def test_the_assumptions_are_those_of_the_report():
    """One-offs and commitments with their amounts; what has no amount has none here either."""
    rows = data("assumptions-2020-T2")
    amounts = sorted(in_tenths(ore(row["amount"])) for row in rows if row["amount"])
    printed = [row for row in facts("forecast_assumptions") if row["category"] != "Konsulter"]
    assert amounts == sorted(a for row in printed if (a := tenths(row["amount"] or "0")) < 0)
    assert {row["kind"] for row in rows} == {"one_off", "known_commitment", "end_of_special_costs"}
    covid = next(row for row in rows if row["kind"] == "end_of_special_costs")
    until_september = next(row["until"] for row in printed if row["until"] != "2020-12")
    assert (covid["to"], covid["amount"]) == (until_september, "")


def test_the_risks_are_those_of_the_report():
    """As many of each kind, and an amount where the report says that the forecast would worsen."""
    printed = [row for row in facts("risks") if row["organisation"] == "Division Länsteknik"]
    held = data("risks-2020-T2")
    assert [row["category"] for row in held] == [row["category"] for row in printed]
    worse = [row["effect"] == "negative_on_forecast" for row in printed]
    assert [bool(row["effect"]) for row in held] == worse
    assert all(ore(row["effect"]) < 0 for row in held if row["effect"])
    assert {row["unit"] for row in held} <= {row["unit"] for row in data("units")}


# -------------------------------------------------------------------------------------- staffing


def staffed(period: str, *measures: str) -> int:
    """The sum of measures in a month or the months of a year: hundredths of an hour, or people."""
    found: dict[tuple[str, ...], int] = {}
    keys = ("period", "unit", "measure", "sex", "age_group")
    # Files in the order of their months; one that restates comes after the month that it restates.
    for row in sorted(data("staffing"), key=lambda each: "reason" in each):
        if row["period"].startswith(period) and row["measure"] in measures:
            whole, _, fraction = row["value"].partition(".")
            found[tuple(row[key] for key in keys)] = int(whole + fraction)
    return sum(found.values())


def test_the_employed_are_those_of_the_report():
    """141 permanent in August, eight employed fewer than in December."""
    (permanent,) = [
        r["value"] for r in facts("staffing_facts") if r["metric"] == "Tillsvidareanställda"
    ]
    assert staffed("2020-08", "permanent") == int(permanent)
    change = staffed("2020-08", "permanent", "temporary")
    change -= staffed("2019-12", "permanent", "temporary")
    (stated,) = [
        r["value"] for r in facts("staffing_facts") if r["metric"] == "Förändring antal anställda"
    ]
    assert change == int(stated)


def test_sick_leave_and_overtime_are_as_the_report_says():
    """5.6 % of January to August, 5.2 % of August, falling; overtime fell, from a higher level."""
    stated = {row["metric"]: row["value"] for row in facts("staffing_facts")}
    months = [f"2020-0{month}" for month in range(1, 9)]
    ill, of = ([staffed(month, name) for month in months] for name in ("sick", "ordinary"))

    def rate(first: int, last: int) -> Decimal:
        return Decimal(100 * sum(ill[first:last])) / sum(of[first:last])

    tenth = Decimal("0.1")
    assert rate(0, 8).quantize(tenth, "ROUND_HALF_UP") == Decimal(stated["Sjukfrånvaro (löptext)"])
    assert rate(7, 8).quantize(tenth, "ROUND_HALF_UP") == Decimal(stated["Sjukfrånvaro (styrkort)"])
    assert rate(4, 8) < rate(0, 4)
    overtime = [staffed(month, "overtime") for month in months]
    assert sum(overtime[4:]) < sum(overtime[:4])
    assert sum(overtime) > sum(staffed(f"2019-0{month}", "overtime") for month in range(1, 9))


def test_staffing_stands_on_areas_each_part_within_its_whole():
    """Sick hours of ordinary ones, long ones of sick; each figure reported once."""
    rows = data("staffing")
    level = {row["unit"]: row["level"] for row in data("units")}
    assert {level[row["unit"]] for row in rows} == {"area"}
    for part, whole in (("sick", "ordinary"), ("sick_60", "sick")):
        values = {
            (r["period"], r["unit"], r["sex"], r["age_group"], r["measure"]): Decimal(r["value"])
            for r in rows
            if r["measure"] in (part, whole)
        }
        for (*cell, measure), value in values.items():
            if measure == part:
                unit_month, unit, sex, age = cell
                assert value <= values[unit_month, unit, sex, age, whole], cell
    first = [row for row in rows if "reason" not in row]
    cells = [(r["period"], r["unit"], r["measure"], r["sex"], r["age_group"]) for r in first]
    assert len(set(cells)) == len(cells) > 3_000
    assert all(row["reason"] for row in rows if "reason" in row)
