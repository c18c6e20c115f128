"""MADE, on facts: 2018 and 2019 as month totals by unit and account."""

from __future__ import annotations

from pathlib import Path

from .basics import kronor, month_text, write_csv
from .months import outcome


def write(folder: Path) -> None:
    """balances-2018.csv and balances-2019.csv."""
    for year in (2018, 2019):
        write_csv(
            folder / f"balances-{year}.csv",
            "period,unit,account,amount",
            [
                (month_text(year, month), unit, account, kronor(amount))
                for (month, unit, account), amount in outcome(year).items()
            ],
        )
