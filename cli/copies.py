"""``ledger backup``, ``restore`` and ``migrate``: copies of the store."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cli.options import Common, Writing, bundled
from cli.output import put, say, word

if TYPE_CHECKING:
    from ledger.carried import Listing


@bundled
def backup(
    ask: Common,
    file: Annotated[str, typer.Argument(metavar="FILE", help="The new file.")],
) -> None:
    """Copy the store to a file, while others use it.

    The copy is a store of its own: it opens, and `ledger verify --store FILE` checks it. The
    private key is not in it.
    """
    from ledger import proof
    from ledger.copies import backup as copied

    book = copied(Path(ask.path), Path(file))
    put(word("message.backed_up", path=file, events=book.size) + "\n")
    put(f"{word('verify.root')} {proof.root(book.path, book.size)}\n")
    _tell_key(Path(ask.path))


@bundled
def restore(
    write: Writing,
    file: Annotated[str, typer.Argument(metavar="FILE", help="A backup.")],
    replace: Annotated[
        bool,
        typer.Option("--replace", help="Also where the store holds events that FILE does not."),
    ] = False,
    erasures: Annotated[
        list[str] | None,
        typer.Option(
            "--erasures", metavar="FILE", help="What `ledger erase --list` wrote; several too."
        ),
    ] = None,
    accept_missing: Annotated[
        bool,
        typer.Option(
            "--accept-missing-erasures", help="Let come back what was erased after the backup."
        ),
    ] = False,
) -> None:
    """Put a backup in the store's place.

    What was erased after the backup stays erased: the store that stands there knows it, or
    --erasures. That store is kept aside, never deleted.
    """
    from ledger.copies import restore as restored

    listings = [_listing(name) for name in erasures or ()]
    done = restored(
        Path(file),
        Path(write.path),
        write.who,
        listings,
        replace=replace,
        accept_missing=accept_missing,
    )
    put(word("message.restored", path=write.path, events=done.events) + "\n")
    if done.aside is not None:
        say(word("message.aside", path=done.aside))
    if done.differs_at is not None:
        say(word("message.differs", position=done.differs_at))
    if done.lost:
        say(word("message.not_in_backup", count=done.lost))
    if done.carried:
        say(word("message.carried", count=done.carried))
    if done.key_registered:
        say(word("message.key_registered"))
    _tell_key(Path(write.path))


def _listing(name: str) -> Listing:
    from ledger.carried import Listing
    from ledger.errors import UsageError

    try:
        text = Path(name).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"{name} cannot be read: {error}.") from error
    return Listing.from_json(text, name)


def _tell_key(store: Path) -> None:
    """That the key to seal with is not in a copy, and where it lies."""
    from ledger.notes import key_path

    path = key_path(store)
    say(word("message.key_apart" if path.exists() else "message.no_key", path=path))


@bundled
def migrate(
    ask: Common,
    to: Annotated[str, typer.Option("--to", metavar="STORE", help="The new store.")],
) -> None:
    """Copy the record to a new store.

    Log, checkpoints and private values row by row, and the copy is proved equal; indexes are made
    anew. The store that is copied stays as it is.
    """
    from ledger.copies import migrate as migrated

    done = migrated(Path(ask.path), to)
    put(
        word(
            "message.migrated",
            path=to,
            events=done.events,
            checkpoints=done.checkpoints,
            private=done.private,
        )
        + "\n"
    )
    put(f"{word('verify.root')} {done.root}\n")
    _tell_key(Path(ask.path))
