"""Small stores and rows for the tests: a region with two units and five accounts."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zlib import crc32

import polars as pl

from ledger.commands import Source, digest_of
from ledger.families.organisation_commands import (
    AccountRow,
    Found,
    RegisterAccounts,
    RegisterUnits,
    UnitRow,
)
from ledger.families.outcome_commands import PostOutcome
from ledger.rules import OUTCOME_ROWS
from ledger.store import Receipt, Store

ACTOR = "controller"
UNITS = (
    UnitRow("10", "Drift", "RN", "area", "line", "2018-01"),
    UnitRow("11", "Nät", "10", "unit", "line", "2018-01"),
    UnitRow("20", "Utveckling", "RN", "area", "line", "2018-01"),
)
ACCOUNTS = (
    AccountRow("1930", "Bank", None),
    AccountRow("3010", "Intäkter", None),
    AccountRow("4010", "Löner", None),
    AccountRow("5010", "Hyra", None),
    AccountRow("2990", "Upplupna kostnader", None),
)


class Clock:
    """A clock that goes one minute a look, from a given day."""

    def __init__(self, start: datetime = datetime(2020, 9, 1, 8, tzinfo=UTC)) -> None:
        self.now = start

    def __call__(self) -> datetime:
        self.now += timedelta(minutes=1)
        return self.now


def new_store(folder: Path, clock: Any = None) -> Store:
    """A store with the organisation above, and nothing booked."""
    found = Found("Region Nord", root="RN", clock="simulated")
    store = Store.create(folder / "ledger.db", found, ACTOR, clock or Clock())
    store.record(RegisterUnits(UNITS, "units.csv"), ACTOR, Source("units.csv"))
    store.record(RegisterAccounts(ACCOUNTS, "accounts.csv"), ACTOR, Source("accounts.csv"))
    return store


def rows(*postings: dict[str, Any]) -> pl.DataFrame:
    """Outcome rows; what is not given is a balanced-less single row of unit 10 in August 2020."""
    full = []
    for place, posting in enumerate(postings):
        row: dict[str, Any] = dict.fromkeys(OUTCOME_ROWS)
        row |= {"line": place + 2, "group": place, "alone": True, "unit": "10", "account": "4010"}
        row |= {"date": "2020-08-31", "row": 1, "amount": 0} | posting
        row["period"] = posting.get("period", row["date"][:7])
        full.append(row)
    return pl.DataFrame(full, schema=OUTCOME_ROWS, orient="row")


def voucher(
    number: str,
    lines: Iterable[tuple[str, str, int]],
    date: str = "2020-08-17",
    series: str = "A",
    **more: Any,
) -> list[dict[str, Any]]:
    """The postings of one voucher: (unit, account, öre) a row."""
    group = 1000 + crc32(f"{series}{number}{date}".encode())
    return [
        {
            "group": group,
            "alone": False,
            "series": series,
            "number": number,
            "date": date,
            "row": place,
            "unit": unit,
            "account": account,
            "amount": amount,
            **more,
        }
        for place, (unit, account, amount) in enumerate(lines, 1)
    ]


def wage(number: str, ore: int, date: str = "2020-08-17", unit: str = "10", **more: Any):
    """A balanced voucher: a wage of so many öre paid from the bank."""
    return voucher(number, [(unit, "4010", -ore), (unit, "1930", ore)], date, **more)


def post(store: Store, *postings: dict[str, Any], again: bool = False, **options: Any) -> Receipt:
    """Post rows as an outcome file would."""
    frame = rows(*postings)
    key = digest_of("outcome", frame.rows())
    command = PostOutcome(frame, "outcome.csv", digest=key, again=again, **options)
    return store.record(command, ACTOR, Source("outcome.csv", "0" * 64), again=again)
