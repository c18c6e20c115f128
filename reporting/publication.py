"""Publication: the bytes of a table that is given out, and whether it says the same today.

A question is kept as canonical JSON in the words of `QUESTIONS`; what is not asked is not there.
The bytes are those that ``--format json`` prints (form 1: a list of objects, indented by two,
UTF-8, a line end after it). Of a forecast round what people decided is published: neither the
model's columns, which are another's words, nor comments, which may be erased.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import projections
from ledger import proof
from ledger.errors import ForecastError, RuleBroken, UsageError
from ledger.events import canonical_json
from ledger.families.publication import PublishReport
from ledger.log import Book
from projections.staff_facts import staffing_span
from reporting import followup_table, plan_table, region_tables, reports, staffing_table
from reporting.catalogue import Language
from reporting.render import to_json
from reporting.replayed import Replayed
from reporting.tables import Table, table_of

#: The form of the bytes; a table's new form is a new number.
TABLE_FORM = 1

_ASKED = ("through", "by", "unit", "tree", "structure", "year")
_WHOLE = ("through", "unit", "tree", "year")
#: The words of each report's question.
QUESTIONS: dict[str, tuple[str, ...]] = {
    "result": (*_ASKED, "span"),
    "balance": _ASKED,
    "cost_development": _ASKED,
    "follow_up": (*_ASKED, "span"),
    "action_plan": ("through", "by", "unit", "tree", "year"),
    "investments": ("through", "by", "unit", "tree", "year"),
    "forecast_round": ("round", "unit"),
    "staffing": ("table", "through", "by", "unit", "tree", "year", "span"),
    "region_summary": (*_WHOLE, "published_at"),
    "divisions": (*_WHOLE, "by", "published_at"),
    "statement": (*_WHOLE, "structure", "published_at"),
    "balance_requirement": (*_WHOLE, "structure"),
    "eliminations": (*_WHOLE, "by", "structure"),
    "internal_pairs": (*_WHOLE, "by", "unmet"),
}


def _region(name: str) -> Callable[..., Table]:
    """A table of ``ledger region``; what is not asked is left to it."""

    def table(book: Book, lang: Language, *, unmet: bool | None = None, **ask: Any) -> Table:
        return region_tables.region(name, book, lang, unmet=bool(unmet), **ask).table

    return table


_TABLES: dict[str, Callable[..., Table]] = {
    "result": reports.result,
    "balance": reports.balance,
    "cost_development": reports.cost_development,
    "follow_up": followup_table.follow_up,
    "action_plan": plan_table.action_plan_table,
    "investments": plan_table.investments_table,
    "staffing": staffing_table.staffing,
    **{
        name: _region(name)
        for name in (
            *("region_summary", "divisions", "statement", "balance_requirement"),
            *("eliminations", "internal_pairs"),
        )
    },
}


def published(book: Book, report: str, question: Mapping[str, Any]) -> bytes:
    """The bytes of a report, asked so; raises what its table raises."""
    return to_json(_table(book, report, question)).encode()


def _table(book: Book, report: str, question: Mapping[str, Any]) -> Table:
    ask = {name: question.get(name) for name in QUESTIONS[report]}
    if report in _TABLES:
        return _TABLES[report](book, "sv", **ask)
    one = projections.PROJECTIONS[report]
    return table_of(one.function(book, **ask).drop(one.private), one.amounts, "")


def publication(book: Book, report: str, question: Mapping[str, Any]) -> PublishReport:
    """The command that records a report as given out from this book; a question about the latest
    period names it."""
    ask = {name: question.get(name) for name in QUESTIONS[report]}
    if "through" in ask and ask["through"] is None and ask["year"] is None:
        latest = staffing_span(book) if report == "staffing" else book.period()
        ask["through"] = latest.last
    return PublishReport(
        report=report,
        question=canonical_json(ask).decode(),
        known_size=book.size,
        root=proof.root(book.path, book.size),
        digest=_digest(published(book, report, ask)),
        table_form=TABLE_FORM,
    )


def tables_again(book: Book) -> Iterator[Replayed]:
    """Every table that was published up to the book, asked again of the events that it stood
    on."""
    for row in book.events("governance.report_published").to_dicts():
        question, found, failure = json.loads(row["question"]), None, None
        try:
            if row["table_form"] != TABLE_FORM or row["report"] not in QUESTIONS:
                failure = f"form {row['table_form']} of {row['report']} is none of this program's"
            else:
                then = Book(book.path, row["known_size"])
                found = _digest(published(then, row["report"], question))
        except (UsageError, RuleBroken, ForecastError) as error:
            failure = str(error)
        yield Replayed(
            row["report"],
            question,
            row["position"],
            row["recorded_at"],
            row["actor"],
            row["known_size"],
            row["digest"],
            found,
            proof.root(book.path, row["known_size"]) == row["root"],
            failure,
        )


def rounds_again(book: Book) -> Iterator[Replayed]:
    """Every adopted round's year-end, as this book shows it against the events of its entry."""
    adoptions = {row["position"]: row for row in book.events("forecast.adopted").to_dicts()}
    for each in projections.adopted_rounds(book):
        event = adoptions[each.adopted_at]
        yield Replayed(
            "adopted_round",
            {"round": each.round},
            each.adopted_at,
            event["recorded_at"],
            event["actor"],
            book.size,
            _digest(each.recorded),
            _digest(each.shown),
            compared="year_end",
        )


def _digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
