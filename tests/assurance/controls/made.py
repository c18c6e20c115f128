"""A made ledger of any size, clean or with planted cases, for the controls' rates and their speed.

Vouchers of two rows: a cost against the bank, numbered in the order of their days, registered by
one of twenty people at work within nine days, authorised by another; costs spread evenly over four
powers of ten, 100 kronor to a million, so that they follow Benford's law; each
counterparty on two accounts of its own. Accruals are taken back next month, internal deals meet.
Everything follows from the seed. `planted` adds what is to be found, and says what that is.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import polars as pl

from ledger.commands import Several, Source
from ledger.families.budget import BUDGET_ROWS, DecideBudget
from ledger.families.organisation_commands import (
    AccountRow,
    Found,
    RegisterAccounts,
    RegisterUnits,
    UnitRow,
)
from ledger.families.outcome_commands import PostOutcome
from ledger.rules import OUTCOME_ROWS
from ledger.store import Store
from tests.projections.builders import Clock

UNITS, PEOPLE, ACCOUNTS = 40, 20, 60
YEAR, DAYS = 2020, 330
BATCH = 40_000
BALANCE = ("1930", "2081", "2990")


def clean(postings: int, seed: int = 1) -> pl.DataFrame:
    """Rows of an outcome file, two a voucher, with nothing to find but by chance."""
    rng, n = np.random.default_rng(seed), postings // 2
    days = np.sort(rng.integers(0, DAYS, n))
    size = np.floor(10 ** (4 + 4 * rng.random(n))).astype(np.int64)
    who = rng.integers(0, max(n // 60, 2), n)
    person = rng.integers(0, PEOPLE, n)
    other = (person + 1 + rng.integers(0, PEOPLE - 1, n)) % PEOPLE
    minute = rng.integers(8 * 60, 17 * 60, n)
    dated = pl.Series([date(YEAR, 1, 1) + timedelta(int(day)) for day in days])
    wait = pl.Series(rng.integers(0, 9, n))
    cost = pl.DataFrame(
        {
            "group": np.arange(n),
            "size": size,
            "day": dated,
            "wait": wait,
            "who": who,
            "person": person,
            "other": other,
            "minute": minute,
            "unit": rng.integers(0, UNITS, n),
            "place": rng.integers(0, 2, n),
        }
    )
    weekday = (pl.col("day") + pl.duration(days=pl.col("wait"))).dt.weekday()
    # Whoever would register on a weekend does it the Monday after.
    at = pl.col("day") + pl.duration(days=pl.col("wait") + (8 - weekday) * (weekday > 5))
    cost = cost.with_columns(at=at)
    both = pl.concat([_side(cost, 1), _side(cost, 2)]).sort("group", "row")
    return pl.concat([both, _rows(_quiet(n), n)])


def _side(cost: pl.DataFrame, row: int) -> pl.DataFrame:
    """One row of each voucher: the cost, or the bank's."""
    n = pl.col("group")
    time = pl.concat_str(
        pl.col("at").cast(pl.String),
        pl.lit("T"),
        (pl.col("minute") // 60).cast(pl.String).str.zfill(2),
        pl.lit(":"),
        (pl.col("minute") % 60).cast(pl.String).str.zfill(2),
        pl.lit(":00"),
    )
    account = 4000 + (pl.col("who") * 7 + pl.col("place")) % ACCOUNTS
    made = {
        "line": n * 2 + row,
        "group": n,
        "alone": pl.lit(False),
        "series": pl.lit("A"),
        "number": (n + 1).cast(pl.String),
        "date": pl.col("day").cast(pl.String),
        "row": pl.lit(row),
        "period": pl.col("day").cast(pl.String).str.slice(0, 7),
        "unit": pl.lit("u") + pl.col("unit").cast(pl.String),
        "account": account.cast(pl.String) if row == 1 else pl.lit("1930"),
        "amount": pl.col("size") * (-1 if row == 1 else 1),
        "counterparty": pl.lit("Leverantör ") + pl.col("who").cast(pl.String),
        "registered_at": time,
        "registered_by": pl.lit("person ") + pl.col("person").cast(pl.String),
        "authorised_by": pl.lit("person ") + pl.col("other").cast(pl.String),
    }
    return cost.select(
        (made[name] if name in made else pl.lit(None)).cast(dtype).alias(name)
        for name, dtype in OUTCOME_ROWS.items()
    )


#: What a voucher of its own is made of: series, number, day, unit, cost account, other account,
#: öre (debit of the cost account), and what else its rows say.
Voucher = tuple[str, int, date, str, str, str, int, dict[str, str]]
_WORK = {"registered_by": "person 1", "authorised_by": "person 2"}


def _quiet(n: int) -> Iterator[Voucher]:
    """Accruals that are taken back, and internal deals that meet: one of each to 200 vouchers."""
    found: list[Voucher] = []
    for number in range(1, n // 200 + 1):
        unit, ore = f"u{number % UNITS}", 1_234_567 + 89 * number
        made, back = date(YEAR, number % 9 + 1, 28), date(YEAR, number % 9 + 2, 1)
        found.append(("Q", 0, made, unit, "4000", "2990", ore, _WORK))
        found.append(("Q", 0, back, unit, "4000", "2990", -ore, _WORK))
        other = f"u{(number + 1) % UNITS}"
        bought = _WORK | {"counterparty_unit": other}
        sold = _WORK | {"counterparty_unit": unit}
        found.append(("I", 0, made, unit, "4001", "1930", ore + 7, bought))
        found.append(("I", 0, made, other, "3001", "1930", -ore - 7, sold))
    for series in ("Q", "I"):
        mine = sorted((each for each in found if each[0] == series), key=lambda each: each[2])
        for number, each in enumerate(mine, 1):
            yield (series, number, *each[2:])


def _rows(vouchers: Iterator[Voucher] | list[Voucher], group: int) -> pl.DataFrame:
    """The vouchers as rows, numbered from a group on; registered at ten the day after unless they
    say when (on a Monday where that is a weekend)."""
    rows = []
    for place, (series, number, day, unit, account, other, ore, more) in enumerate(vouchers):
        after = day + timedelta(1)
        after += timedelta((7 - after.weekday()) % 7 if after.weekday() > 4 else 0)
        for row, (of, amount) in enumerate(((account, -ore), (other, ore)), 1):
            made = {
                "line": 2 * (group + place) + row,
                "group": group + place,
                "alone": False,
                "series": series,
                "number": str(number),
                "date": day.isoformat(),
                "row": row,
                "period": day.isoformat()[:7],
                "unit": unit,
                "account": of,
                "amount": amount,
                "registered_at": f"{after}T10:00:00",
            }
            rows.append([(made | more).get(name) for name in OUTCOME_ROWS])
    return pl.DataFrame(rows, schema=OUTCOME_ROWS, orient="row")


Wanted = dict[str, list[set[str]]]


def planted(frame: pl.DataFrame, seed: int = 2, each: int = 10) -> tuple[pl.DataFrame, Wanted]:
    """A clean ledger with ``each`` cases for every control, and by control the vouchers that each
    case is: a finding must name one case's vouchers, all of them."""
    rng = np.random.default_rng(seed)
    wanted: Wanted = {}
    found: list[Voucher] = []

    def put(control: str, *vouchers: Voucher) -> None:
        found.extend(vouchers)
        wanted.setdefault(control, []).append({f"{v[0]} {v[1]}" for v in vouchers})

    def one(
        series: str, number: int, ore: int = 0, day: date | None = None, **more: str
    ) -> Voucher:
        odd = ore or 1_234_567 + int(rng.integers(0, 10**6)) * 2 + 1
        account = more.pop("account", "4002")
        when = day or date(YEAR, 3, 2) + timedelta(int(rng.integers(0, 100)))
        return (series, number, when, "u1", account, more.pop("other", "1930"), odd, _WORK | more)

    for n in range(1, each + 1):
        monday = date(YEAR, 3, 2) + timedelta(7 * n)
        later = (monday + timedelta(36)).isoformat()
        put("late", one("L", n, day=monday, registered_at=f"{later}T10:00"))
        sunday = (monday + timedelta(6)).isoformat()
        put("weekend", one("W", n, day=monday, registered_at=f"{sunday} 10:00"))
        tuesday = (monday + timedelta(1)).isoformat()
        put("night", one("N", n, day=monday, registered_at=f"{tuesday}T02:30:00+01:00"))
        put("same_person", one("S", n, authorised_by="Person 1"))
        put("round_amounts", one("R", n, 500_000 * (n + 3)))
        put("near_limit", one("M", n, 5_000_000 - 311 * n))
        who = f"Leverantör {n}"
        put("unusual_counterparty", one("U", n, account="6999", counterparty=who))
        put("unusual_accounts", one("V", n, account=f"{4010 + n}", other="2081"))
        put("unreversed_accruals", one("P", n, day=date(YEAR, 2, 20), other="2990"))
        name = f"Dubbel {n}"
        twice = one("D", 2 * n - 1, day=monday, counterparty=name)
        again = (*twice[:1], 2 * n, monday + timedelta(n % 7), *twice[3:])
        put("duplicates", twice, again)
        bought = one("J", 2 * n - 1, 700_000 + n, counterparty_unit=f"w{n}", account="4001")
        sold = (*bought[:3], f"w{n}", "3001", "1930", -600_000, _WORK | {"counterparty_unit": "u1"})
        put("internal_pairs", bought, ("J", 2 * n, *sold[2:]))
        first = one("T", n, day=date(YEAR, 5, n))
        put("voucher_repeats", first, one("T", n, day=date(YEAR, 6, n)))
        back = date(YEAR, 6, n) - timedelta(50)
        found.extend(one("B", 8 * n + k, day=date(YEAR, 6, n)) for k in range(7))
        put("back_dated", one("B", 8 * n + 7, day=back))
    fees = frame.height * 7 // 100
    found += [one("F", n, 777_700, day=date(YEAR, 4, n % 28 + 1)) for n in range(1, fees + 1)]
    for control in ("benford_first", "benford_second", "benford_first_two"):
        wanted[control] = [{f"F {n}" for n in range(1, fees + 1)}]
    most: int = frame.filter(series="A").height // 2
    gone = [most * k // (each + 1) for k in range(1, each + 1)]
    wanted["voucher_gaps"] = [{f"A {n - 1}", f"A {n + 1}"} for n in gone]
    kept = frame.filter((pl.col("series") != "A") | ~pl.col("number").is_in([str(n) for n in gone]))
    return pl.concat([kept, _rows(found, frame.height)]), wanted


def stored(folder: Path, frame: pl.DataFrame, short: Collection[str] = ()) -> Path:
    """A store in which the rows are booked, in batches, and every unit has its outcome for budget;
    those that are ``short`` have half of it."""
    found = Found("Region Nord", root="RN", clock="simulated")
    store = Store.create(folder / "ledger.db", found, "controller", Clock())
    units = sorted({*frame["unit"], *frame["counterparty_unit"].drop_nulls()})
    accounts = sorted(set(frame["account"]))
    basics = (
        RegisterUnits(
            tuple(UnitRow(u, u, "RN", "unit", "line", "2018-01") for u in units), "u.csv"
        ),
        RegisterAccounts(tuple(AccountRow(a, a, None) for a in accounts), "a.csv"),
    )
    store.record(Several("basics", basics), "controller", Source("test"))
    for rows in batches(frame):
        store.record(
            PostOutcome(rows, "outcome.se", strict=False), "controller", Source("outcome.se")
        )
    store.record(DecideBudget(_budget(frame, short), "b.csv"), "controller", Source("b.csv"))
    store.close()
    return store.path


def _budget(frame: pl.DataFrame, short: Collection[str]) -> pl.DataFrame:
    """The budget's rows, a unit and month each."""
    amount = pl.when(pl.col("unit").is_in(list(short))).then(pl.col("amount") // 2)
    months = (
        frame.filter(~pl.col("account").is_in(BALANCE))
        .group_by("unit", "period")
        .agg(pl.col("amount").sum())
        .sort("unit", "period")
        .with_row_index("line")
        .with_columns(amount=amount.otherwise("amount"), account=pl.lit("4000"))
    )
    return months.select(
        (pl.col(name) if name in months.columns else pl.lit(None)).cast(dtype).alias(name)
        for name, dtype in BUDGET_ROWS.items()
    )


def batches(frame: pl.DataFrame) -> Iterator[pl.DataFrame]:
    """The rows by whole vouchers, some at a time."""
    for first in range(0, frame.height, BATCH):
        yield frame.slice(first, BATCH)
