"""The targets, öre in result sign: FACT at the precision that the report prints, MADE beyond it.

`facts/divisions.csv` and `facts/region_result.csv` print millions, some with a decimal. What they
leave open is chosen so that they can all be true: division Länssjukvård, of which the report gives
no figure, is what the totals leave (+19.8 against budget, +16.6 for the year; the text: better than
budget). The divisions' result in August is −24 as told in September, and −28 by what the report
says of September (−7, 21 better): after the books were closed preliminarily, costs of the whole
region were charged to three divisions (`LATE`, made), so that both hold, each at its time.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from .basics import mnkr


@dataclass(frozen=True)
class Division:
    """Accumulated results of a division, and how its costs grew to August (in 1/10 000)."""

    august: int
    september: int
    budget_august: int
    budget_september: int
    year_budget: int
    forecast: int
    august_2019: int
    december_2019: int
    cost_growth: int


def _of(*texts: str, growth: int) -> Division:
    a, b, c, d, e, f, g, h = map(mnkr, texts)
    return Division(a, b, c, d, e, f, g, h, growth)


#: August as told (variance −25, −44, –, −18.3, +24, +10.5); September as the whole allows; the
#: budget's year is 0, but for Länsteknik's −258 kronor; forecast; last year, 80 and 34 worse.
DIVISIONS: Mapping[str, Division] = {
    "10": _of("-23.9", "-21.2", "1.2", "0.9", "0", "-81", "-103.9", "-130", growth=-260),
    "20": _of("-43.3", "-40.6", "0.9", "0.7", "0", "-60", "-77.3", "-97", growth=110),
    "30": _of("22.1", "30.1", "2.3", "1.8", "0", "16.6", "-51", "-63", growth=-190),
    "40": _of("-18.9", "-17.9", "-0.6", "-0.4", "0", "-25.9", "-6.4", "-5.5", growth=-120),
    "50": _of("27.6", "29.4", "3.5", "2.8", "0", "3.5", "4.8", "5.5", growth=-310),
    "60": _of(
        *("12.16935800", "12.96935800", "1.67721500", "1.2", "-0.00025800", "7.75558400"),
        *("-2.40373100", "1"),
        growth=-982,
    ),
}
#: Own health centres: result to August and September 2020, to August and December 2019.
CENTRES: Mapping[str, tuple[int, int, int, int]] = {
    unit: (mnkr(a), mnkr(b), mnkr(c), mnkr(d))
    for unit, a, b, c, d in (
        ("1171", "-9.0", "-8.8", "-21.3", "-27.9"),
        ("1271", "-6.3", "-6.1", "-11.8", "-15.2"),
        ("2171", "-8.8", "-8.5", "-14.6", "-18.4"),
        ("2271", "-5.2", "-5.1", "-7.9", "-10.3"),
        ("2371", "-5.1", "-5.0", "-8.8", "-11.1"),
        ("2471", "-3.7", "-3.6", "-6.2", "-8.0"),
    )
}
#: What was charged to divisions for August when August had been told; income of unit 9002.
LATE: Mapping[str, int] = {"1001": mnkr("1.6"), "2001": mnkr("1.1"), "3001": mnkr("1.3")}

#: Net cost of the whole region by month's end: outcome, budget, last year. 257 better than budget
#: in September, and 1.6 percent lower than last year.
NET_COST = {
    "august": mnkr("-5254.0"),
    "september": mnkr("-5899.9"),
    "budget_august": mnkr("-5478.0"),
    "budget_september": mnkr("-6157.1"),
    "year_budget": mnkr("-8230.0"),
    "august_2019": mnkr("-5331.0"),
    "september_2019": mnkr("-5995.8"),
    "december_2019": mnkr("-8150.0"),
}
#: By account of 9001: to August, September; budget of nine months; 2019 to December. Tax and
#: grants make 5 856.1 and 6 556.1 (budget 6 458.2), financial items −255.0 and −225.1.
FINANCE: Mapping[str, tuple[int, int, int, int]] = {
    account: (mnkr(a), mnkr(b), mnkr(c), mnkr(d))
    for account, a, b, c, d in (
        ("8010", "4361.6", "4906.8", "4896.0", "6402.0"),
        ("8020", "-21.6", "-52.8", "0", "-18.0"),
        ("8110", "1106.4", "1244.7", "1244.7", "1548.0"),
        ("8120", "409.7", "457.4", "317.5", "348.0"),
        ("8210", "24.0", "27.0", "22.5", "31.0"),
        ("8310", "-141.0", "-151.1", "-103.5", "-136.0"),
        ("8410", "-131.6", "-97.2", "0", "182.0"),
        ("8420", "-6.4", "-3.8", "0", "14.0"),
    )
}
#: Realisation gains of the year (of unit 9002), by month; made.
GAINS = {"2020-05": mnkr("2.4"), "2019-11": mnkr("6.1")}
#: Länsteknik by cost line to August, 2020 and 2019 (`facts/cost_development.csv`, tkr).
TECHNOLOGY: Mapping[str, tuple[int, int]] = {
    "4": (-6_043_600_000, -6_049_000_000),
    "50": (-457_600_000, -457_600_000),
    "51": (-2_557_200_000, -3_560_600_000),
    "65": (-3_057_500_000, -3_023_000_000),
    "78": (-814_700_000, -1_248_600_000),
}
#: Rebuilding because of the pandemic, to August (unit 5010, project P2020).
REBUILDING = {"2020-04": "-1.6", "2020-05": "-1.2", "2020-06": "-0.9", "2020-08": "-0.8"}
#: What Service has booked in September against Folktandvård, and Folktandvård has not.
UNMET = mnkr("0.184")
