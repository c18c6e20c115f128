"""The history: every event of the log as a row, found by what it is about.

::

    the log ── filters ──> rows ── the newest page ──> texts in clear ──> frame

Columns of the log decide first, so that a page of a million events needs the texts of that page
only. The index for words is made in memory and gone with the question: nothing that may be erased
is ever written by a search.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Iterable, Sequence
from contextlib import closing
from dataclasses import dataclass
from typing import Any, TypedDict, Unpack

import polars as pl

from ledger.engine import BULK
from ledger.errors import SearchNotUnderstood, UsageError
from ledger.events import EVENTS, Event, private_fields
from ledger.families.erasure import TextErased
from ledger.log import Book, connect
from ledger.money import to_text
from ledger.scan import recorded_at_positions, scan
from projections.dimensions import as_known, fiscal_year
from projections.registry import projection
from projections.selections import accounts_named, moment, units_below

__all__ = ["HistoryPage", "history", "history_page", "processing_topics"]

#: Families whose events are the processing history (behandlingshistorik): who we are, by which
#: rules, in whose hands, what was opened and closed. What is entered is in the journal.
PROCESSING_FAMILIES = ("organisation", "governance")
#: Kinds of those families that are told elsewhere: with each batch's entries.
NOT_PROCESSING = ("governance.batch_admitted",)
#: Kinds of other families that set how the books are kept.
PROCESSING_TOO = ("outcome.fiscal_year_stated",)

COLUMNS: dict[str, type[pl.DataType]] = {
    "position": pl.Int64,
    "recorded_at": pl.String,
    "actor": pl.String,
    "topic": pl.String,
    "period": pl.String,
    "unit": pl.String,
    "account": pl.String,
    "amount": pl.Int64,
    "voucher": pl.String,
    "text": pl.String,
    "batch": pl.String,
    "source": pl.String,
    "source_line": pl.Int64,
}

#: Fields that have a column of their own here.
_TOLD = {*COLUMNS, "series", "number"} - {"position"}
#: Fields of events that are öre.
AMOUNTS = (
    *("amount", "old", "new", "total", "control_total", "difference", "forecast", "budget"),
    *("p10", "p50", "p90", "effect", "least", "most"),
    *("overall", "performance", "trivial", "audited", "projected", "upper", "tolerable_amount"),
)
#: Fields that are the text of an event, the first that there is.
_TEXTS = ("text", "comment", "reason")


class Asked(TypedDict, total=False):
    """What a history is asked for; everything is, where nothing is said.

    ``unit`` is the unit and all below it in ``tree``, in each entry's own period. ``account`` is
    codes and ranges (`selections.accounts_named`), ``batch`` the beginning of a batch's name,
    ``period`` a month, tertial or year, ``year`` a fiscal year, ``topics`` kinds or families,
    ``since`` and ``until`` recorded times, ``search`` words (FTS5), ``processing`` the processing
    history alone.
    """

    unit: str | None
    tree: str
    year: str | None
    account: str | None
    actor: str | None
    batch: str | None
    period: str | None
    topics: Sequence[str]
    since: str | None
    until: str | None
    search: str | None
    processing: bool


@dataclass(frozen=True, slots=True)
class HistoryPage:
    """One page of a history: its rows in log order, its number counted from the newest, the
    number of pages, and how many events were found in all."""

    rows: pl.DataFrame
    page: int
    pages: int
    found: int


@projection(("amount",), private=("text",), listing=True)
def history(
    book: Book, through: str | None = None, known_at: str | None = None, **asked: Unpack[Asked]
) -> pl.DataFrame:
    """Every event that was asked for, in log order.

    Columns as in `COLUMNS`; ``amount`` is Int64 öre in result sign, ``voucher`` series and number,
    ``text`` the private text in clear, or what else an event without one says, ``batch`` the batch
    that the event was recorded in. ``through`` leaves out later periods, not events without one.

    Raises `ledger.errors.UsageError`: for what names nothing, and `SearchNotUnderstood`.
    """
    return history_page(book, None, 1, through, known_at, **asked).rows


def history_page(
    book: Book,
    limit: int | None,
    page: int = 1,
    through: str | None = None,
    known_at: str | None = None,
    told: Callable[[str, Any], str] | None = None,
    **asked: Unpack[Asked],
) -> HistoryPage:
    """A page of ``limit`` events (all of them if None), page 1 being the newest.

    ``told`` says a field and its value in ``text``; else ``name=value``. Otherwise as `history`;
    raises `UsageError` for a page that there is not.
    """
    if (limit is not None and limit < 1) or page < 1:
        raise UsageError("A page has at least one event, and pages count from 1.")
    book = as_known(book, known_at)
    found = _found(book, through, asked, limit * page if limit else None)
    pages = max(1, -(-found.count // limit)) if limit else 1
    if page > pages:
        raise UsageError(f"There is no page {page}.", f"There are {pages}.")
    rows = found.rows
    if limit:
        end = rows.height - limit * (page - 1)
        rows = rows.slice(max(0, end - limit), min(limit, end))
    return HistoryPage(_with_texts(book, rows, told or _told), page, pages, found.count)


def processing_topics() -> tuple[str, ...]:
    """The kinds of events that are the processing history, sorted."""
    families = {t for t, kind in EVENTS.items() if kind.family() in PROCESSING_FAMILIES}
    return tuple(sorted(families - set(NOT_PROCESSING) | set(PROCESSING_TOO)))


# ── finding ────────────────────────────────────────────────────────────────────────────────────


def _found(book: Book, through: str | None, asked: Asked, newest: int | None) -> _Found:
    """All rows that were asked for, without their texts, in log order; of everything, where
    nothing is left out, only the ``newest``, and how many there are."""
    topics = _topics(asked)
    first, end = _stretch(book, asked)
    keep = _conditions(book, through, asked)
    whole = topics is None and not keep and not asked.get("unit")
    skipped = max(0, end - first - newest) if whole and newest else 0
    parts = [
        part.filter(*keep) if keep else part
        for part in scan(book, _SCANNED, topics, first + skipped, end)
    ]
    frame = pl.concat([*parts, _NONE]).join_asof(_batches(book), on="position", strategy="forward")
    if unit := asked.get("unit"):
        below = units_below(book, unit, asked.get("tree", "line"), frame["period"].unique())
        frame = frame.join(below, on=["period", "unit"], how="semi", nulls_equal=True)
        frame = frame.sort("position")
    joined = pl.concat_str("series", "number", separator=" ", ignore_nulls=True)
    frame = frame.with_columns(voucher=pl.when(joined != "").then(joined))
    return _Found(frame, skipped)


@dataclass(frozen=True, slots=True)
class _Found:
    """Rows found, and how many older ones were left unread."""

    rows: pl.DataFrame
    older: int

    @property
    def count(self) -> int:
        return self.older + self.rows.height


_SCANNED: dict[str, type[pl.DataType]] = {
    "recorded_at": pl.String,
    "actor": pl.String,
    "period": pl.String,
    "unit": pl.String,
    "account": pl.String,
    "amount": pl.Int64,
    "series": pl.String,
    "number": pl.String,
    "source": pl.String,
    "source_line": pl.Int64,
}
_NONE = pl.DataFrame(
    schema={"position": pl.Int64, "stream": pl.String, "topic": pl.String, **_SCANNED}
)


def _topics(asked: Asked) -> Sequence[str] | None:
    """The kinds of events that were asked for, by name or by family; None for all."""
    wanted = [name for name in asked.get("topics") or () if name]
    if not wanted and not asked.get("processing"):
        return None
    found = set(EVENTS)
    if wanted:
        known = {kind.family() for kind in EVENTS.values()}
        for name in wanted:
            if name not in EVENTS and name not in known:
                raise UsageError(
                    f"There is no kind of event {name!r}.", "`ledger topics` lists them."
                )
        found = {t for t, kind in EVENTS.items() if t in wanted or kind.family() in wanted}
    if asked.get("processing"):
        found &= set(processing_topics())
        if not found:
            raise UsageError(
                f"{', '.join(wanted)} is no processing history.", "Give one of the two."
            )
    return sorted(found)


def _batches(book: Book) -> pl.DataFrame:
    """Where each batch ends, and its name: ``position``, ``batch``."""
    return book.events("governance.batch_admitted").select("position", "batch")


def _stretch(book: Book, asked: Asked) -> tuple[int, int]:
    """The positions, from the first to before the last, that a batch or recorded times leave:
    time never goes back in the log, and a batch stands together."""
    first, end = 0, book.size
    ends = book.events("governance.batch_admitted").select("position", "batch", "recorded_at")
    if batch := asked.get("batch"):
        name = _batch_named(ends["batch"], batch)
        last = ends.filter(pl.col("batch") == name)["position"]
        before = ends.filter(pl.col("position") < last.min(), pl.col("batch") != name)["position"]
        first, end = _after(before), _after(last)
    if since := asked.get("since"):
        before = ends.filter(pl.col("recorded_at") < moment(book, since))["position"]
        first = max(first, _after(before))
    if until := asked.get("until"):
        then = ends.filter(pl.col("recorded_at") <= moment(book, until, end=True))["position"]
        end = min(end, _after(then))
    return first, max(first, end)


def _after(positions: pl.Series) -> int:
    """The position after the last of them; 0 for none."""
    last = positions.max()
    return last + 1 if isinstance(last, int) else 0


def _batch_named(names: pl.Series, text: str) -> str:
    """The batch whose name begins so; `UsageError` for none, and for several."""
    begin = text if text.startswith("batch:") else f"batch:{text}"
    found = [name for name in names.unique(maintain_order=True) if name.startswith(begin)]
    if begin in found:
        return begin
    if len(found) != 1:
        what = f"No batch begins with {text!r}."
        if found:
            what = f"{len(found)} batches begin with {text!r}."
        raise UsageError(what, "`ledger history EVENT` names an event's batch.")
    return str(found[0])


def _conditions(book: Book, through: str | None, asked: Asked) -> list[pl.Expr]:
    """Conditions on what an event concerns, who recorded it, and its words."""
    keep: list[pl.Expr] = []
    period = pl.col("period")
    if through is not None:
        keep.append(period.is_null() | (period <= book.period(through).last))
    if asked_for := asked.get("period"):
        months = book.period(asked_for)
        keep.append(period.is_between(pl.lit(months.first), pl.lit(months.last)))
    if (year := asked.get("year")) is not None:
        first, last = fiscal_year(book, year)
        keep.append(period.is_between(pl.lit(first), pl.lit(last)))
    if account := asked.get("account"):
        keep.append(pl.col("account").is_in(accounts_named(book, account)))
    if actor := asked.get("actor"):
        keep.append(pl.col("actor") == actor)
    if (search := asked.get("search")) is not None:
        keep.append(pl.col("position").is_in(_positions_with(book, search)))
    return keep


# ── words ──────────────────────────────────────────────────────────────────────────────────────


def _positions_with(book: Book, words: str) -> list[int]:
    """Positions of the events in whose private texts, or whose own words, the words stand."""
    if not words.strip():
        raise SearchNotUnderstood("No words are asked for.", "Write some, or leave --search out.")
    texts: dict[int, list[str]] = {}
    for recorded in book.recorded(small=True):
        said = [value for _, value in _own(recorded.event) if isinstance(value, str)]
        texts.setdefault(recorded.position, []).extend(said)
    with closing(connect(book.path)) as connection:
        # The batches' keys are digests, and no words.
        private = connection.execute(
            "SELECT position, value FROM private_values WHERE field != 'key' AND position < ?",
            (book.size,),
        )
        for position, value in private:
            texts.setdefault(position, []).append(value)
    with closing(sqlite3.connect(":memory:")) as memory:
        memory.execute(
            "CREATE VIRTUAL TABLE words USING "
            "fts5(text, content='', tokenize='unicode61 remove_diacritics 2')"
        )
        memory.executemany(
            "INSERT INTO words (rowid, text) VALUES (?, ?)",
            ((position, " \n".join(said)) for position, said in texts.items()),
        )
        try:
            found = memory.execute("SELECT rowid FROM words WHERE words MATCH ?", (words,))
            return [position for (position,) in found]
        except sqlite3.OperationalError as error:
            why = str(error).removeprefix("fts5: ")
            if why.startswith("unknown special query"):
                why = "no word begins with *"
            raise SearchNotUnderstood(
                f"The words {words!r} are not understood: {why}.",
                "Put signs between double quotes, as in --search '\"lön-2020\"'.",
            ) from error


def _own(event: Event) -> Iterable[tuple[str, Any]]:
    """What an event says in its own clear fields, beside what has a column."""
    hidden = private_fields(type(event))
    for name, value in event.__dict__.items():
        if name not in hidden and name not in _TOLD and value is not None:
            yield name, value


def _with_texts(book: Book, rows: pl.DataFrame, told: Callable[[str, Any], str]) -> pl.DataFrame:
    """The rows with their texts: the private one in clear; of the small kinds their own fields
    too."""
    positions = rows["position"].to_list()
    texts: dict[int, list[str]] = {}
    for field in _TEXTS:
        for position, value in (
            book.private(field, positions).select("position", "value").iter_rows()
        ):
            texts.setdefault(position, []).append(value)
    told_whole = ~pl.col("topic").is_in(BULK) | (pl.col("topic") == TextErased.topic)
    small = rows.filter(told_whole)["position"].to_list()
    for recorded in recorded_at_positions(book, small):
        said = [told(name, value) for name, value in _own(recorded.event)]
        texts.setdefault(recorded.position, []).extend(said)
    text = pl.Series("text", ["; ".join(texts.get(p, ())) or None for p in positions], pl.String)
    return rows.with_columns(text).select(*COLUMNS)


def _told(name: str, value: Any) -> str:
    return f"{name}={plain(name, value)}"


def plain(name: str, value: Any) -> str:
    """A field's value as text: öre as kronor, all else as JSON has it but for the quotes."""
    if name in AMOUNTS and isinstance(value, int):
        return str(to_text(value))
    return value if isinstance(value, str) else json.dumps(value)
