"""The accountant's books as they are read: the journal voucher by voucher, the general ledger
account by account. As data they are the projections' rows."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING, Any

import projections
from reporting.catalogue import Language, label
from reporting.grouped import Group, Grouped, spread
from reporting.notes import asked, known, local
from reporting.tables import Column, Table, Value, table_of

if TYPE_CHECKING:
    from ledger.log import Book

_CODES = ("unit", "project", "product", "activity", "counterparty_unit", "dimensions")
Row = Mapping[str, Any]


def as_data(book: Book, name: str, *, through: str | None, **ask: Any) -> Table:
    """The rows of a book, ``journal`` or ``general_ledger``."""
    projection = projections.PROJECTIONS[name]
    return table_of(projection.function(book, through, **ask), projection.amounts, "")


def journal(
    book: Book, lang: Language, *, through: str | None, ore: bool = True, **ask: Any
) -> Grouped:
    """The journal, voucher by voucher; ``ore`` shows kronor with their öre."""
    frame = projections.journal(book, through, **ask)
    leaves = (
        Column("account"),
        Column("name"),
        *(Column(code) for code in _CODES),
        Column("text"),
        Column("debit", "amount", ore=ore),
        Column("credit", "amount", ore=ore),
        Column("position", "number"),
    )
    entries = [
        _Entry(book, lang, list(rows))
        for _, rows in groupby(frame.iter_rows(named=True), lambda row: row["entry"])
    ]
    groups = [entry.group(leaves) for entry in entries]
    if entries:
        groups.append(_totals(entries, leaves, lang))
    title = label("title.journal", lang, through=_last(book, through, ask), scale="{scale}")
    return _grouped(book, "journal", title, leaves, groups, lang, ask)


@dataclass(frozen=True)
class _Entry:
    """One entry of the journal, with its rows."""

    book: Book
    lang: Language
    rows: Sequence[Row]

    @property
    def debit(self) -> int:
        return sum(row["debit"] or 0 for row in self.rows)

    @property
    def credit(self) -> int:
        """Without its sign, as a book has it."""
        return -sum(row["credit"] or 0 for row in self.rows)

    @property
    def sort(self) -> str:
        """What it is: restated, voucher, alone, or a voucher that does not balance."""
        kinds = {row["kind"] for row in self.rows}
        if kinds == {"restated"}:
            return "restated"
        if self.debit == self.credit:
            return "voucher"
        # The reversal of a row that came alone does not balance either.
        return "alone" if "alone" in kinds or len(self.rows) == 1 else "unbalanced"

    def group(self, leaves: Sequence[Column]) -> Group:
        """The entry as people read it."""
        texts = {row["text"] for row in self.rows}
        common = texts.pop() if len(texts) == 1 else None
        rows = tuple(
            spread(
                leaves,
                account=row["account"],
                name=row["name"],
                **{code: row[code] for code in _CODES},
                text=None if common is not None else row["text"],
                debit=row["debit"],
                credit=None if row["credit"] is None else -row["credit"],
                position=row["position"],
            )
            for row in self.rows
        )
        total = spread(
            leaves, account=self._say("sum"), debit=self.debit or None, credit=self.credit or None
        )
        return Group(tuple(self._heading(common)), rows, (total,) if len(rows) > 1 else ())

    def _say(self, key: str, **values: object) -> str:
        return label(f"book.{key}", self.lang, **values)

    def _heading(self, text: str | None) -> Iterable[str]:
        first = self.rows[0]
        number = self._say("entry", entry=first["entry"])
        if first["kind"] == "restated":
            yield " · ".join((number, self._say("restated", period=first["period"])))
        else:
            voucher = first["voucher"] or self._say("no_voucher")
            yield " · ".join(filter(None, (number, voucher, first["date"], text)))
        yield self._recorded(first)
        if told := list(self._told(first)):
            yield "; ".join(told)

    def _recorded(self, first: Row) -> str:
        told = self._say(
            "recorded",
            time=local(self.book, first["recorded_at"])[:16],
            actor=first["actor"],
            source=first["source"],
        )
        if first["registered_at"]:
            time = first["registered_at"][:16].replace("T", " ")
            told += "; " + self._say("registered", time=time)
        return told

    def _told(self, first: Row) -> Iterable[str]:
        if first["of_entry"] is not None:
            key = "reverses" if first["kind"] == "reversed" else "corrects"
            voucher = first["of_voucher"] or self._say("no_voucher")
            yield self._say(key, entry=first["of_entry"], voucher=voucher)
        periods = sorted({row["period"] for row in self.rows})
        if first["date"] and periods != [first["date"][:7]]:
            yield self._say("counts_in", period=", ".join(periods))
        if self.sort in ("alone", "unbalanced"):
            yield self._say(f"is_{self.sort}")


def _totals(entries: Sequence[_Entry], leaves: Sequence[Column], lang: Language) -> Group:
    """Debit and credit of each sort of entry, and of all."""
    sums = []
    for sort in ("voucher", "alone", "restated", "unbalanced"):
        mine = [entry for entry in entries if entry.sort == sort]
        if mine:
            sums.append(_sum(leaves, label(f"book.all_{sort}", lang, count=len(mine)), mine))
    if len(sums) > 1:
        sums.append(_sum(leaves, label("book.all", lang, count=len(entries)), entries))
    return Group((label("book.totals", lang),), (), tuple(sums))


def _sum(leaves: Sequence[Column], text: str, entries: Sequence[_Entry]) -> tuple[Value, ...]:
    return spread(
        leaves,
        name=text,
        debit=sum(entry.debit for entry in entries),
        credit=sum(entry.credit for entry in entries),
    )


def general_ledger(
    book: Book, lang: Language, *, through: str | None, ore: bool = True, **ask: Any
) -> Grouped:
    """The general ledger, account by account; ``ore`` shows kronor with their öre."""
    frame = projections.general_ledger(book, through, **ask)
    leaves = (
        Column("date"),
        Column("voucher"),
        Column("entry", "number"),
        Column("text"),
        *(Column(code) for code in _CODES),
        Column("debit", "amount", ore=ore),
        Column("credit", "amount", ore=ore),
        Column("balance", "amount", ore=ore),
        Column("position", "number"),
    )
    groups = [
        _account(list(rows), leaves, lang)
        for _, rows in groupby(frame.iter_rows(named=True), lambda row: row["account"])
    ]
    last = _last(book, through, ask)
    title = label("title.general_ledger", lang, through=last, scale="{scale}")
    return _grouped(book, "general_ledger", title, leaves, groups, lang, ask)


def _account(rows: Sequence[Row], leaves: Sequence[Column], lang: Language) -> Group:
    """An account from its opening to its closing balance."""
    opening, *entries, closing = rows
    unknown = label("book.unknown", lang) if opening["balance"] is None else ""

    def line(row: Row, text: str) -> tuple[Value, ...]:
        values = {name: row[name] for name in ("debit", "balance", "entry", "position")}
        return spread(
            leaves,
            **values,
            **{code: row[code] for code in _CODES},
            date=row["date"] or (row["period"] if row["kind"] == "restated" else None),
            voucher=row["voucher"],
            credit=None if row["credit"] is None else -row["credit"],
            text=text or None,
        )

    def said(row: Row) -> str:
        told = [row["text"] or ""]
        if row["kind"] == "restated":
            told = [label("book.total_of_month", lang)]
        elif row["kind"] == "reversed":
            told.insert(0, label("book.reversal", lang, entry=row["of_entry"]))
        return ": ".join(filter(None, told))

    heading = " ".join(filter(None, (opening["account"], opening["name"])))
    return Group(
        (heading,),
        (
            line(opening, f"{label('column.opening', lang)} {unknown}".strip()),
            *(line(row, said(row)) for row in entries),
        ),
        (line(closing, f"{label('column.closing', lang)} {unknown}".strip()),),
    )


def _last(book: Book, through: str | None, ask: Mapping[str, Any]) -> str:
    """The last month that the book covers."""
    return book.period(through or ask.get("year")).last


def _grouped(
    book: Book,
    name: str,
    title: str,
    leaves: Sequence[Column],
    groups: Sequence[Group],
    lang: Language,
    ask: Mapping[str, Any],
) -> Grouped:
    """The groups, and what was asked for."""
    notes = asked(book, lang, **ask)
    if account := ask.get("account"):
        notes.append(label("note.account", lang, account=account))
    if name == "journal" and (account or ask.get("unit")):
        notes.append(label("note.whole_vouchers", lang))
    notes += [label("note.credit", lang), known(book, lang)]
    return Grouped(title, tuple(leaves), tuple(groups), tuple(notes))
