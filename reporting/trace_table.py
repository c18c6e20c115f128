"""The table of a trace: the events behind a figure, as data and for people."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import projections
from projections.nouns import Noun, noun_of
from reporting.catalogue import Language, has, label
from reporting.notes import asked as asked_for
from reporting.notes import known, local
from reporting.numbers import MINUS
from reporting.tables import Column, Kind, Table, table_from

if TYPE_CHECKING:
    from ledger.log import Book

#: What names a cell, in the order in which people say it.
CELL = (
    *("mark", "unit", "counterparty", "figure"),
    *("action_area", "action", "investment_type", "decided"),
    *("line", "account", "project", "product", "activity", "month"),
)
#: What the sign of a noun's amounts means, where it is not that of the result.
_SIGNS = {"balance": "debit_positive", "action_plan": "savings", "investments": "spent"}

#: The inclusion proofs of events, by their positions.
Prove = Callable[[Iterable[int]], Mapping[int, Mapping[str, Any]]]

#: Every column of the data; ``measure`` is there where the figure is a sum of others.
DATA = (
    Column("position", "number"),
    Column("topic"),
    Column("recorded_at"),
    Column("actor"),
    Column("source"),
    Column("source_line", "number"),
    Column("source_digest"),
    Column("period"),
    Column("date"),
    Column("unit"),
    Column("account"),
    Column("line"),
    Column("voucher"),
    Column("row", "number"),
    Column("measure"),
    Column("amount", "amount"),
    Column("text"),
)
#: An event's inclusion proof, as `ledger.proof` gives it.
PROOF = (
    Column("index", "number", group="proof"),
    Column("size", "number", group="proof"),
    Column("leaf", group="proof"),
    Column("path", "texts", group="proof"),
)
#: What people see: who, when and from which file stand once a source, under the table.
PEOPLE = (
    Column("event", word="column.position"),
    Column("period"),
    Column("date"),
    Column("unit"),
    Column("account"),
    Column("line", words="key"),
    Column("voucher"),
    Column("topic", words="topic"),
    Column("measure", words="column"),
    Column("amount", "amount", ore=True),
    Column("source"),
    Column("text"),
)


def trace(
    book: Book,
    lang: Language,
    noun: str,
    *,
    people: bool,
    prove: Prove | None = None,
    **ask: Any,
) -> Table:
    """The events behind a figure, as `projections.trace` finds them, and the figure as the total.

    For ``people`` without columns that say nothing, the sources under the table; else every
    column, and with ``prove`` (`ledger.proof.inclusion`) the proof that each event is in the log.
    """
    frame = projections.trace(book, noun, **ask)
    rows: list[dict[str, Any]] = frame.to_dicts()
    kind = noun_of(noun)
    figure = kind.figure(ask.get("measure"), month=ask.get("month") is not None)
    if not people:
        columns = [c for c in _counting(DATA, kind, figure) if c.key in frame.columns]
        if prove is None:
            return table_from(rows, columns, "")
        proofs = prove(sorted({row["position"] for row in rows[:-1]}))
        for row in rows[:-1]:
            found = proofs[row["position"]]
            row |= {"index": found["index"], "size": found["size"], "leaf": found["leaf"]}
            row["path"] = " ".join(found["path"])
        return table_from(rows, [*columns, *PROOF], "")
    notes = [
        *asked_for(book, lang, tree=ask.get("tree"), structure=ask.get("structure")),
        *_formula(kind, figure, lang),
        *_sign(kind, figure, lang),
        label("note.traced", lang, count=len(rows) - 1),
        known(book, lang),
        *_sources(book, rows[:-1], lang),
    ]
    table = table_from(
        _for_people(rows),
        _said(rows, _counting(PEOPLE, kind, figure)),
        _title(book, kind, figure, ask, lang),
    )
    return replace(table, total=True, notes=tuple(notes))


def _counting(columns: Iterable[Column], kind: Noun, figure: str) -> list[Column]:
    """The columns, the amount's as what the figure is: money, hours or people."""
    what: Kind = "hours" if figure in kind.hours else "count"
    if figure not in (*kind.hours, *kind.people):
        return list(columns)
    return [replace(c, kind=what) if c.key == "amount" else c for c in columns]


def _sign(kind: Noun, figure: str, lang: Language) -> list[str]:
    """What a positive amount says, where it is money."""
    if figure in (*kind.hours, *kind.people):
        return []
    return [label(f"note.{_SIGNS.get(kind.name, 'sign')}", lang)]


def _for_people(rows: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """The rows with their event as text and the line of the source beside it."""
    found = []
    for row in rows:
        line = row["source_line"]
        event, place = row["position"], f":{line}" if line is not None else ""
        source = None if event is None else f"{row['source']}{place}"
        found.append(row | {"event": None if event is None else str(event), "source": source})
    return found


def _said(rows: Sequence[Mapping[str, Any]], columns: Sequence[Column]) -> list[Column]:
    """The columns that say something: the kind of event, where it does not follow from the sum
    that it is part of."""
    kinds: dict[str | None, set[str]] = {}
    for row in rows[:-1]:
        kinds.setdefault(row.get("measure"), set()).add(row["topic"])
    silent = {c.key for c in columns if all(row.get(c.key) is None for row in rows)} - {"event"}
    if all(len(found) == 1 for found in kinds.values()):
        silent.add("topic")
    return [column for column in columns if column.key not in silent]


def _sources(book: Book, rows: Iterable[Mapping[str, Any]], lang: Language) -> list[str]:
    """Each source once: which file or command, when, by whom, and the file's digest."""
    found = {}
    for row in rows:
        place = (row["recorded_at"], row["source"], row["actor"], row["source_digest"])
        found[place] = label(
            "note.source",
            lang,
            source=row["source"],
            time=local(book, row["recorded_at"])[:16],
            actor=row["actor"],
        ) + (f", SHA-256 {row['source_digest']}" if row["source_digest"] else "")
    return [found[place] for place in sorted(found, key=lambda place: (place[0], place[1]))]


def _formula(kind: Noun, figure: str, lang: Language) -> list[str]:
    """How a figure is made of others, where it is."""
    signs = kind.formulas.get(figure)
    if signs is None:
        return []
    said = " ".join(
        f"{'+' if sign > 0 else MINUS} {label(f'column.{name}', lang).lower()}"
        for name, sign in signs.items()
    )
    less = [label(f"column.{name}", lang).lower() for name, sign in signs.items() if sign < 0]
    text = f"{label(_word(kind, figure), lang)} = {said.removeprefix('+ ')}."
    return [f"{text} {label('note.turned', lang, names=', '.join(less))}" if less else text]


def _title(book: Book, kind: Noun, figure: str, ask: Mapping[str, Any], lang: Language) -> str:
    """Which figure, in which cell of which table."""
    cell = [_cell(book, name, ask[name], lang) for name in CELL if ask.get(name) is not None]
    return label(
        "title.trace",
        lang,
        figure=label(_word(kind, figure), lang),
        cell=", ".join(cell) or label("message.total", lang).lower(),
        table=heading(book, kind.name, ask, lang),
    )


def _word(kind: Noun, figure: str) -> str:
    """The catalogue's key of a figure: where one noun calls it otherwise than others, its own."""
    own = f"column.{kind.name}_{figure}"
    return own if has(own) else f"column.{figure}"


def _cell(book: Book, dimension: str, code: str, lang: Language) -> str:
    """A row of the table: its dimension, its code, and the code's name."""
    organisation = book.organisation
    if dimension in ("unit", "counterparty"):
        places = [units[code][-1].name for units in organisation.trees.values() if code in units]
        name = places[0] if places else ""
    elif dimension == "account" and code in organisation.accounts:
        name = organisation.accounts[code].name
    else:
        name = organisation.codes.get(dimension, {}).get(code, "")
    if dimension == "figure" and has(f"value.{code}"):
        return label(f"value.{code}", lang)
    said = label(f"key.{code}", lang) if has(f"key.{code}") else f"{code} {name}".strip()
    return f"{label(f'column.{dimension}', lang).lower()} {said}"


def heading(book: Book, noun: str, ask: Mapping[str, Any], lang: Language) -> str:
    """The heading of a noun's table, asked so."""
    from ledger.families.forecast import Forecasts
    from projections.dimensions import span_of
    from projections.forecast_rounds import round_asked

    through, year, span = ask.get("through"), ask.get("year"), ask.get("span") or "accumulated"
    words: dict[str, Any] = {"scale": "kr"}
    key = noun_of(noun).name
    if key == "forecast":
        name = round_asked(book, ask.get("round"), through, year)
        words |= {"round": name, "through": book.state.of(Forecasts).round(name).opened.through}
        key = "round"
    elif key in _SIGNS:
        last = span_of(book, through, year).last
        words |= {"through": last, "year": last[:4]}
    else:
        last = noun_of(noun).months(book, through, year, span).last
        words |= {"through": last, "year": last[:4]}
        key += "" if span == "accumulated" else f"_{span}"
    return label(f"title.{key}", lang, **words)
