"""Work for a process that will be killed: months imported, closed, texts erased, in order.

The whole plan can be run again from its beginning at any time: what is done is known.
"""

from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

import intake
from ledger.commands import Source
from ledger.errors import PeriodClosed
from ledger.families.erasure_commands import EraseTexts
from ledger.families.governance import ClosePeriods
from ledger.periods import shift
from ledger.store import Store
from tests.ledger.builders import ACTOR, Clock
from tests.ledger.erasing import ERASE, approval

MONTHS = [shift("2020-01", n) for n in range(12)]
VOUCHERS = 40
#: When all of this is done: the months have ended.
AFTER = datetime(2021, 1, 11, 8, tzinfo=UTC)


def erased_text(month: str) -> str:
    """The text that is erased when its month has been closed."""
    return f"Resa Namn Namnsson {month}"


def write_files(folder: Path) -> None:
    """A file a month, each with balanced vouchers of two rows and a text; the first one's is to be
    erased."""
    for month in MONTHS:
        lines = ["period,unit,account,amount,date,voucher,row,text"]
        for n in range(VOUCHERS):
            text = f"Lön {n}" if n else erased_text(month)
            voucher = f"{month},11,{{}},{{}},{month}-17,A {month[2:4]}{month[5:]}{n:03},{{}},{text}"
            lines.append(voucher.format("4010", f"-{n + 1}.00", 1))
            lines.append(voucher.format("1930", f"{n + 1}.00", 2))
        (folder / f"outcome-{month}.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")


def work(folder: Path, clock: Clock | None = None) -> Iterator[str]:
    """Do the whole plan on the folder's store, and say what was done after each step."""
    store = Store(folder / "ledger.db", clock or Clock(AFTER))
    for month in MONTHS:
        reading = intake.read(folder / f"outcome-{month}.csv", store.book().organisation)
        store.record(reading.command, ACTOR, reading.source)
        yield f"import {month}"
        with suppress(PeriodClosed):  # it was done before the kill
            store.record(ClosePeriods((month,)), ACTOR, Source("ledger close"))
        yield f"close {month}"
        texts = store.book().private("text")
        for position in texts.filter(texts["value"] == erased_text(month))["position"][:1]:
            wish = EraseTexts(position, ("text",), approval(), everywhere=True)
            store.record(wish, ACTOR, ERASE)
        yield f"erase {month}"
    store.close()


def labour(folder: Path, begun: object) -> None:
    """The plan in a process of its own; ``begun`` is set when the first step is next."""
    begun.set()  # type: ignore[attr-defined]
    for _ in work(folder):
        pass
