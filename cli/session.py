"""Opening the store for a command, to read or to record, and telling what came of it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from cli.options import SPOKEN, Common, Writing
from cli.output import say, word
from reporting.messages import told

if TYPE_CHECKING:
    from ledger.commands import Command, Notice
    from ledger.log import Book
    from ledger.store import Receipt, Store

#: Notices shown of each kind; the rest are counted.
NOTICES_SHOWN = 10


def book_of(common: Common, known_at: str | None = None) -> Book:
    """The store's log, to read, as known at a time."""
    import ledger

    return ledger.open(common.path, known_at)


@contextmanager
def store_of(common: Common) -> Iterator[Store]:
    """The store, to record in."""
    from ledger.store import Store

    store = Store(common.path)
    try:
        yield store
    finally:
        store.close()


def position_of(text: str) -> int | None:
    """An event's position as people write or paste it, with spaces between thousands or without;
    None for what is no whole number."""
    digits = "".join(text.split())
    return int(digits) if digits.isdecimal() else None


def is_simulated(book: Book) -> bool:
    """True if the organisation's clock is a simulated one."""
    founded = book.organisation.founded
    return founded is not None and founded.clock == "simulated"


def record(common: Writing, command: Command, source: str, *, dry_run: bool = False) -> Receipt:
    """Record one command of a person, with the command line's verb as its source."""
    from ledger.commands import Source

    with store_of(common) as store:
        receipt = store.record(command, common.who, Source(source), dry_run=dry_run)
    if dry_run:
        say(word("message.dry_run"))
    tell(receipt.notices)
    return receipt


def tell(notices: tuple[Notice, ...], file: str = "") -> None:
    """Warnings and findings of a batch, on stderr, the first of each kind."""
    shown: dict[str, int] = {}
    for notice in notices:
        shown[notice.code] = shown.get(notice.code, 0) + 1
        if shown[notice.code] > NOTICES_SHOWN:
            continue
        weight = word("message.finding" if notice.finding else "message.warning")
        place = ":".join(str(part) for part in (file, notice.line) if part)
        text = told(notice.text, SPOKEN.get())
        say(f"{place + ' ' if place else ''}{weight} [{notice.code}] {text}")
    for code, count in shown.items():
        if count > NOTICES_SHOWN:
            say(f"[{code}] {word('message.more_notices', count=count - NOTICES_SHOWN)}")
