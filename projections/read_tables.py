"""The tables of the read model: what each holds, and where its rows come from.

A table is a function from the book to rows; amounts are Int64 öre. What the columns mean stands
in `MEANING`, once, and travels in the file's own table ``descriptions``.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from contextlib import closing
from dataclasses import dataclass, field
from io import BytesIO
from typing import Any

import polars as pl

from ledger.errors import NothingKnown
from ledger.events import EVENTS, private_fields
from ledger.log import POSTINGS, Book, connect
from projections.account_balance import balance
from projections.control_register import internal_control
from projections.control_samples import sample_items, samples
from projections.cost_growth import cost_development
from projections.facts import any_amount
from projections.period_result import result

Row = dict[str, Any]


@dataclass(frozen=True)
class Table:
    """One table of the read model; ``amounts`` are its columns in öre, of that ``sign``."""

    name: str
    text: str
    columns: Mapping[str, type]
    rows: Callable[[Book], Iterable[Row]]
    key: str | None = None
    amounts: tuple[str, ...] = ()
    sign: str = "income positive, cost negative"
    refers: tuple[tuple[str, str, str], ...] = ()
    indexes: tuple[tuple[str, ...], ...] = field(default=())


def parquet_of(table: Table, book: Book) -> bytes:
    """The table's rows as a Parquet file: text, and whole numbers of 64 bits, amounts in öre."""
    schema = {n: pl.Int64 if of is int else pl.String for n, of in table.columns.items()}
    rows = [[row[name] for name in schema] for row in table.rows(book)]
    made = BytesIO()
    pl.DataFrame(rows, schema, orient="row").write_parquet(made)
    return made.getvalue()


#: What each column means, and its unit where it has one.
MEANING: dict[str, tuple[str, str]] = {
    "account": ("", "account of the chart"),
    "account_from": ("", "first account of the line's range; empty for a heading"),
    "account_to": ("", "last account of the line's range"),
    "activity": ("", "activity (verksamhet)"),
    "actor": ("", "who recorded the event"),
    "amount": ("öre", "amount"),
    "annual_budget": ("öre", "budget of the whole fiscal year"),
    "area": ("", "area (verksamhetsområde)"),
    "assessed": ("", "items of the sample that are assessed"),
    "assessed_on": ("", "day of the assessment"),
    "assessment": ("", "fine, deviation, misstatement or missing; empty: not assessed"),
    "attribute": ("", "what of the item was tested; empty: the item as a whole"),
    "audited": ("öre", "what should have been booked"),
    "budget": ("öre", "budget of the same months; empty where the year has none"),
    "change": ("öre", "debit + credit"),
    "change_percent": ("percent", "text with two decimals; see the table"),
    "closing": ("öre", "balance after the last month"),
    "code": ("", "code of a dimension"),
    "conclusion": ("", "adequate, deficient, not_performed or not_assessable"),
    "confidence": ("", "how sure a sample's answer is to be, a decimal"),
    "control": ("", "control activity"),
    "control_method": ("", "how it is controlled"),
    "corrects": ("", "position of the first posting of the voucher that this one replaces"),
    "counterparty_unit": ("", "internal counterparty"),
    "credit": ("öre", "sum of credit postings, a negative number"),
    "date": ("", "the voucher's day; empty for month totals"),
    "debit": ("öre", "sum of debit postings"),
    "decision": ("", "reference of the decision"),
    "deviations": ("", "items that deviate or are missing"),
    "dimension": ("", "dimension of the code string; a number is a free one"),
    "dimensions": ("", "free dimensions"),
    "draw_method": ("", "how the sample is drawn"),
    "drawn": ("", "items drawn"),
    "drawn_from": ("", "what the sample is drawn from, as the command is told"),
    "due": ("", "day by which it is to be done"),
    "erased": ("", "where the text was erased: when, and by what decision"),
    "event": ("", "position of the item's event"),
    "evidence": ("", "SHA-256 of what shows it"),
    "field": ("", "which field of the event the text is"),
    "forecast": ("öre", "year-end of the latest adopted round; empty without one"),
    "forecast_variance": ("öre", "forecast − annual budget; positive is better"),
    "frequency": ("", "how often it is controlled"),
    "hits": ("", "how often the item was hit"),
    "item": ("", "item of a sample: an event's position, or a list's code"),
    "items": ("", "items of the population"),
    "json": ("", "the event as stored: canonical JSON"),
    "kind": ("", "posted, reversed or restated"),
    "known_at": ("UTC", "when the last event of this file was recorded"),
    "last_year": ("öre", "outcome of the same months one year earlier"),
    "level": ("", "level of the unit in the tree"),
    "line": ("", "line of a report structure"),
    "line_order": ("", "place of the line, from 0"),
    "missing": ("", "months that want a conclusion and have none"),
    "misstated": ("", "items that are misstated"),
    "misstatement": ("öre", "booked − audited"),
    "month": ("", "month, as 2020-08"),
    "name": ("", "name"),
    "number": ("", "number of the voucher"),
    "opening": ("öre", "balance before the first month"),
    "organisation": ("", "name of the organisation"),
    "outcome": ("öre", "what was booked"),
    "overdue": ("", "yes or no"),
    "parent": ("", "what stands above"),
    "part": ("", "part of the population that the item is of"),
    "performed_on": ("", "day of performance"),
    "period": ("", "month that the amount counts in"),
    "phasing": ("", "how the year's amount was spread"),
    "population": ("", "what is drawn from"),
    "population_known_at": ("UTC", "when what is drawn from was known"),
    "position": ("", "place of the event in the log, from 0"),
    "product": ("", "product (produkt)"),
    "program_version": ("", "version of Utfall that wrote the file"),
    "project": ("", "project"),
    "recorded_at": ("UTC", "when Utfall knew it"),
    "report_line": ("", "line that the budget is decided on, where not on an account"),
    "reverses": ("", "position of the posting that this one reverses"),
    "root": ("", "root hash of the log's Merkle tree, in hex"),
    "row": ("", "row of the voucher"),
    "sample": ("", "sample"),
    "sample_state": ("", "committed, drawn, assessed or evaluated"),
    "sample_verdict": ("", "within, beyond, not_measured or not_projected"),
    "seed_kind": ("", "where the seed comes from: log, public or given"),
    "series": ("", "series of the voucher"),
    "sign": ("", "sign of the line, as the structure says"),
    "size": ("events", "how many events the file was made from"),
    "source": ("", "command or file"),
    "source_digest": ("", "SHA-256 of the file"),
    "source_line": ("", "line of the file"),
    "status": ("", "planned or withdrawn"),
    "stream": ("", "stream of the event"),
    "structure": ("", "report structure"),
    "through": ("", "last month of the result tables"),
    "tolerable": ("", "rate of deviations that can be borne, a decimal"),
    "topic": ("", "kind of event"),
    "tree": ("", "tree of units"),
    "type": ("", "income, cost, asset or liability"),
    "unit": ("", "unit; empty in a total row"),
    "user": ("", "operating-system user behind the actor"),
    "valid_from": ("", "first month"),
    "valid_to": ("", "last month, if it has left"),
    "value": ("", "text in clear; empty where erased"),
    "variance": ("öre", "outcome − budget; positive is better"),
    "version": ("", "version of the budget"),
    "voucher": ("", "series and number of the voucher"),
    "year": ("", "fiscal year, by the year it begins in"),
}


def _events(book: Book) -> Iterable[Row]:
    with closing(connect(book.path)) as connection:
        stored = connection.execute(
            "SELECT rowid - 1, originator_id, topic, CAST(state AS TEXT) FROM stored_events "
            "WHERE rowid <= ? ORDER BY rowid",
            (book.size,),
        )
        for position, stream, topic, state in stored:
            content = json.loads(state)
            envelope = {name: content.get(name) for name in _ENVELOPE}
            yield {
                "position": position,
                "topic": topic,
                "stream": stream,
                **envelope,
                "json": state,
            }


_ENVELOPE: dict[str, type] = {
    "recorded_at": str,
    "actor": str,
    "user": str,
    "source": str,
    "source_digest": str,
    "source_line": int,
}


def _budget(book: Book) -> Iterable[Row]:
    return book.events("budget.decided").select(list(_BUDGET)).iter_rows(named=True)


_BUDGET: dict[str, type] = {
    "position": int,
    "version": str,
    "period": str,
    "unit": str,
    "account": str,
    "report_line": str,
    "structure": str,
    "product": str,
    "amount": int,
    "phasing": str,
    "decision": str,
}


def _units(book: Book) -> Iterable[Row]:
    for tree, units in sorted(book.organisation.trees.items()):
        for unit, places in sorted(units.items()):
            for place in places:
                yield {
                    "unit": unit,
                    "tree": tree,
                    "name": place.name,
                    "parent": place.parent,
                    "level": place.level,
                    "valid_from": place.valid_from,
                    "valid_to": place.valid_to,
                }


def _accounts(book: Book) -> Iterable[Row]:
    for code, account in sorted(book.organisation.accounts.items()):
        yield {"account": code, "name": account.name, "type": account.type}


def _codes(book: Book) -> Iterable[Row]:
    for dimension, codes in sorted(book.organisation.codes.items()):
        for code, name in sorted(codes.items()):
            yield {"dimension": dimension, "code": code, "name": name}


def _structures(book: Book) -> Iterable[Row]:
    for name, dated in sorted(book.organisation.structures.items()):
        for valid_from, lines in sorted(dated.items()):
            for line in sorted(lines, key=lambda each: each.order):
                yield {
                    "structure": name,
                    "valid_from": valid_from,
                    "line_order": line.order,
                    "line": line.line,
                    "parent": line.parent,
                    "account_from": line.account_from,
                    "account_to": line.account_to,
                    "sign": line.sign,
                }


def _texts(book: Book) -> Iterable[Row]:
    names = sorted({name for kind in EVENTS.values() for name in private_fields(kind)} - {"key"})
    frames = [book.private(name).with_columns(field=pl.lit(name)) for name in names]
    value, gone = pl.col("value"), pl.col("erased")
    return (
        pl.concat(frames)
        .with_columns(value=pl.when(~gone).then(value), erased=pl.when(gone).then(value))
        .sort("position", "field")
        .iter_rows(named=True)
    )


def _result(*by: str) -> Callable[[Book], Iterable[Row]]:
    return lambda book: _answer(book, lambda: result(book, by=by))


def _growth(book: Book) -> Iterable[Row]:
    return _answer(book, lambda: cost_development(book).drop("change_percent"))


def _growth_by_month(book: Book) -> Iterable[Row]:
    for row in _answer(book, lambda: cost_development(book)):
        for month, percent in row["change_percent"].items():
            yield {"line": row["line"], "month": month, "change_percent": percent}


def _balance(*by: str) -> Callable[[Book], Iterable[Row]]:
    return lambda book: _answer(book, lambda: balance(book, by=by))


def _answer(book: Book, ask: Callable[[], pl.DataFrame]) -> Iterable[Row]:
    """The projection's rows; none where the book has nothing to ask about, or no structure."""
    if not any_amount(book):
        return []
    try:
        return ask().to_dicts()
    except NothingKnown:
        return []


def _controlled(
    table: Callable[..., pl.DataFrame], columns: Iterable[str]
) -> Callable[[Book], Iterable[Row]]:
    """The rows of a table of internal control, without texts that may be erased."""
    return lambda book: table(book).select(list(columns)).to_dicts()


_CONTROLS: dict[str, type] = {
    **dict.fromkeys(("year", "control", "unit", "control_method", "frequency", "population"), str),
    **dict.fromkeys(("tolerable", "confidence", "due", "status", "decision", "period"), str),
    **dict.fromkeys(("conclusion", "performed_on", "sample", "missing", "overdue"), str),
    "position": int,
}
_SAMPLES: dict[str, type] = {
    **dict.fromkeys(("sample", "control", "year", "unit", "drawn_from", "draw_method"), str),
    **dict.fromkeys(("seed_kind", "sample_state"), str),
    **dict.fromkeys(("items", "amount", "drawn", "assessed", "deviations", "misstated"), int),
    **dict.fromkeys(("sample_verdict", "population_known_at"), str),
    "position": int,
}
_SAMPLE_ITEMS: dict[str, type] = {
    **dict.fromkeys(("sample", "item"), str),
    "event": int,
    **dict.fromkeys(("voucher", "date", "period", "unit", "account"), str),
    **dict.fromkeys(("amount", "hits"), int),
    **dict.fromkeys(("part", "attribute", "assessment"), str),
    **dict.fromkeys(("audited", "misstatement"), int),
    **dict.fromkeys(("evidence", "assessed_on", "due"), str),
    "position": int,
}

_SUMS = ("outcome", "budget", "variance", "annual_budget", "forecast", "forecast_variance")
_RESULT_AMOUNTS = (*_SUMS, "last_year")
_RESULT_TEXT = (
    "accumulated result of income and cost accounts through the month in `about`; "
    "change_percent is (outcome - last_year) / |last_year|"
)


def _result_table(by: str, key: str, month: bool) -> Table:
    keys = {by: str, "month": str, "name": str} if month else {key: str, "name": str}
    text = f"{_RESULT_TEXT}; by {by}" + (" and month" if month else "; the last row is the total")
    return Table(
        f"result_by_{by}" + ("_month" if month else ""),
        text,
        {**keys, **dict.fromkeys(_RESULT_AMOUNTS, int), "change_percent": str},
        _result(by, "month") if month else _result(by),
        amounts=_RESULT_AMOUNTS,
    )


_POSTINGS = {name: int if dtype == pl.Int64 else str for name, dtype in POSTINGS.items()}
_DEBIT = "debit positive"
_OPENED = ("opening", "debit", "credit", "change", "closing")

TABLES: tuple[Table, ...] = (
    Table(
        "events",
        "the log: every event, in order",
        {"position": int, "topic": str, "stream": str, **_ENVELOPE, "json": str},
        _events,
        key="position",
        indexes=(("topic",), ("recorded_at",)),
    ),
    Table(
        "accounts",
        "the chart of accounts",
        {"account": str, "name": str, "type": str},
        _accounts,
        key="account",
    ),
    Table(
        "units",
        "places of units in trees, each from a month",
        dict.fromkeys(("unit", "tree", "name", "parent", "level", "valid_from", "valid_to"), str),
        _units,
        indexes=(("unit",), ("tree", "parent")),
    ),
    Table(
        "codes",
        "registered codes of the code string's other dimensions",
        dict.fromkeys(("dimension", "code", "name"), str),
        _codes,
        indexes=(("dimension", "code"),),
    ),
    Table(
        "structures",
        "report structures: which accounts fall into which line",
        {
            "structure": str,
            "valid_from": str,
            "line_order": int,
            "line": str,
            "parent": str,
            "account_from": str,
            "account_to": str,
            "sign": int,
        },
        _structures,
        indexes=(("structure", "valid_from"),),
    ),
    Table(
        "postings",
        "every amount that counts as outcome; their sum over any selection is its figure",
        _POSTINGS,
        lambda book: book.postings().iter_rows(named=True),
        key="position",
        amounts=("amount",),
        refers=(("position", "events", "position"), ("account", "accounts", "account")),
        indexes=(("period",), ("unit", "period"), ("account", "period")),
    ),
    Table(
        "budget",
        "budget by month, all versions; their sum is the budget in force",
        _BUDGET,
        _budget,
        key="position",
        amounts=("amount",),
        refers=(("position", "events", "position"), ("account", "accounts", "account")),
        indexes=(("unit", "period"),),
    ),
    *(
        _result_table(by, key, month)
        for by, key in (("area", "unit"), ("unit", "unit"), ("line", "line"))
        for month in (False, True)
    ),
    Table(
        "cost_development",
        "accumulated cost by line, and the same months of last year",
        {"line": str, "outcome": int, "last_year": int},
        _growth,
        amounts=("outcome", "last_year"),
    ),
    Table(
        "cost_development_month",
        "accumulated cost to each month against the same months of last year; positive is grown",
        {"line": str, "month": str, "change_percent": str},
        _growth_by_month,
    ),
    Table(
        "balance",
        "trial balance of everything through the month in `about`",
        {"account": str, "name": str, **dict.fromkeys(_OPENED, int)},
        _balance("account"),
        amounts=_OPENED,
        sign=_DEBIT,
        refers=(("account", "accounts", "account"),),
        indexes=(("account",),),
    ),
    Table(
        "balance_month",
        "movements by account and month of the voucher",
        {"account": str, "name": str, "month": str, "debit": int, "credit": int, "change": int},
        _balance("account", "month"),
        amounts=("debit", "credit", "change"),
        sign=_DEBIT,
        refers=(("account", "accounts", "account"),),
        indexes=(("account", "month"),),
    ),
    Table(
        "controls",
        "control activities of the newest year, and what they came to",
        _CONTROLS,
        _controlled(internal_control, _CONTROLS),
        refers=(("position", "events", "position"),),
    ),
    Table(
        "samples",
        "samples committed to and drawn, and how far their assessment has come",
        _SAMPLES,
        _controlled(samples, _SAMPLES),
        amounts=("amount",),
        refers=(("position", "events", "position"),),
    ),
    Table(
        "sample_items",
        "items of samples, as drawn, and what each was found to be",
        _SAMPLE_ITEMS,
        _controlled(sample_items, _SAMPLE_ITEMS),
        amounts=("amount", "audited", "misstatement"),
        refers=(("event", "events", "position"),),
        indexes=(("sample",),),
    ),
    Table(
        "texts",
        "texts and names in clear, with a full-text index in texts_fts",
        {"position": int, "field": str, "value": str, "erased": str},
        _texts,
        refers=(("position", "events", "position"),),
        indexes=(("position",),),
    ),
)
