"""A table: what is shown, whatever it is shown as.

Rows hold values, not text: amounts in öre, hours in hundredths, percentages and other decimals as
`Decimal`, counts as ``int``, and None
where nothing is known. How they look is the renderers' matter (`reporting.render`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Literal

from ledger.money import rounded
from projections.registry import are_hours
from reporting.catalogue import Language, has, label
from reporting.numbers import DECIMALS, Scale

if TYPE_CHECKING:
    import polars as pl

Kind = Literal[
    "text", "amount", "percent", "count", "number", "numbers", "texts", "hours", "decimal"
]
Value = str | int | Decimal | None

#: A value that the row above says already: people see nothing there.
SAID = ""


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its stable key, what its values are, and its heading.

    ``signed`` writes the plus as well, where the sign is the message. Columns with the same
    ``group`` stand together in JSON, as one object under that key. ``word`` is the catalogue's
    key of the heading where it is not ``column.KEY``, or the heading itself. ``words`` is the
    catalogue's section that has words for the values, where people read them. ``ore`` shows an
    amount in kronor with its öre, whatever the scale, and hours with their hundredths. A
    ``decimal`` is a number of whatever its row says, with its own decimals. A ``number`` is a whole
    number that names something: shown as it is written, without thousands. ``numbers`` and
    ``texts`` are several of them with spaces between, a list in JSON. ``tight`` wraps the heading
    as narrow as its words and the values let it.
    """

    key: str
    kind: Kind = "text"
    signed: bool = False
    group: str | None = None
    word: str | None = None
    words: str | None = None
    ore: bool = False
    tight: bool = False

    def heading(self, lang: Language) -> str:
        """The heading in a language."""
        key = self.word or f"column.{self.key}"
        return label(key, lang) if has(key) or self.word is None else key


@dataclass(frozen=True)
class Table:
    """A title, columns, rows, and whether the last row is the total of the others.

    ``inner`` are the places of rows that another row sums already (the details of a group).
    """

    title: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Value, ...], ...]
    total: bool = False
    notes: tuple[str, ...] = field(default=())
    inner: frozenset[int] = frozenset()

    def off_by_rounding(self, scale: Scale) -> bool:
        """True if a column, rounded as it is shown, does not sum to its own shown total, or the
        details of a group not to theirs."""
        return self._total_is_off(scale) or self._groups_are_off(scale)

    def _groups_are_off(self, scale: Scale) -> bool:
        """Whether the details that stand under a row, rounded, do not sum to it where they do."""
        groups: list[list[tuple[Value, ...]]] = []
        for place, row in enumerate(self.rows):
            if place not in self.inner:
                groups.append([row])
            elif groups:
                groups[-1].append(row)
        for column, rows in ((c, group) for group in groups for c in enumerate(self.columns)):
            by = self._rounding(column[1], scale)
            whole, *parts = (row[column[0]] for row in rows)
            known = [value for value in parts if isinstance(value, int)]
            if by is None or not known or whole != sum(known):
                continue
            if sum(rounded(ore, *by) for ore in known) != rounded(sum(known), *by):
                return True
        return False

    @staticmethod
    def _rounding(column: Column, scale: Scale) -> tuple[Scale, int] | None:
        """The scale and decimals in which a column's sums are shown; None where they are exact."""
        if column.kind not in ("amount", "hours") or column.ore:
            return None
        return (scale, DECIMALS[scale]) if column.kind == "amount" else ("kr", 0)

    def _total_is_off(self, scale: Scale) -> bool:
        if not self.total or len(self.rows) < 2:
            return False
        for place, column in enumerate(self.columns):
            by = self._rounding(column, scale)
            last = self.rows[-1][place]
            parts = [row[place] for i, row in enumerate(self.rows[:-1]) if i not in self.inner]
            if by is None or last is None or None in parts:
                continue
            exact = [value for value in (*parts, last) if isinstance(value, int)]
            shown = [rounded(ore, *by) for ore in exact]
            if sum(shown[:-1]) != shown[-1]:
                return True
        return False


#: Columns whose sign is the message: better or worse, more or less.
_SIGNED = ("variance", "change", "difference")

#: Columns that are decimals, where a projection has them as text.
_DECIMALS = ("value", "target", "partly", "base", "previous", "comparator_value", "change")


#: Endings of such columns.
_DECIMAL_ENDINGS = ("fte", "points")

#: Columns whose values are codes that the catalogue has words for.
_WORDS = {
    **dict.fromkeys(("line", "account", "project", "product", "activity"), "key"),
    "assumption": "assumption",
    "entries": "family",
    "level": "risk_level",
    "how": "late",
    "kind": "kind",
    "reversed": "answer",
    "role": "role",
    "same_account": "answer",
    "method": "method",
    "state": "state",
    "status": "state",
    "topic": "topic",
    "basis": "interval",
    "interval_kind": "interval",
    "direction": "direction",
    "fulfilment": "fulfilment",
    "fulfilment_by": "known_by",
    "trend": "trend",
    "trend_by": "known_by",
    "change_by": "known_by",
    "qualifier": "qualifier",
    "maturity": "maturity",
    "overdue": "answer",
    "conclusion": "conclusion",
    "control_method": "control_method",
    "frequency": "frequency",
    "measure_progress": "measure_progress",
    "draw_method": "draw_method",
    "assessment": "assessment",
    "part": "sample_part",
    "sample_state": "sample_state",
    "seed_kind": "seed_kind",
    "sample_verdict": "sample_verdict",
    "memo": "answer",
    "progress": "progress",
    "measured_in": "measured_in",
    "row_kind": "variance_row",
    "forecast_state": "state",
}


def columns_of(frame: pl.DataFrame, amounts: Iterable[str]) -> tuple[Column, ...]:
    """The columns of a projection's frame: ``amounts`` are öre, whole numbers else are counts,
    what ends in ``percent`` is one, and a struct is a group of columns."""
    wanted, found = set(amounts), list[Column]()
    kind: Kind
    for name, dtype in frame.schema.items():
        fields = getattr(dtype, "fields", None)
        if fields is not None:
            kind = "percent" if name.endswith("percent") else "text"
            found += [Column(f.name, kind, True, group=name, word=f.name) for f in fields]
            continue
        kind = "text"
        if name in wanted:
            kind = "amount"
        elif name.endswith("percent"):
            kind = "percent"
        elif are_hours(name, dtype):
            kind = "hours"
        elif name.endswith(_DECIMAL_ENDINGS):
            kind = "decimal"
        elif dtype.is_integer():
            kind = "count"
        elif name in _DECIMALS:
            kind = "decimal"
        signed = any(word in name for word in _SIGNED)
        found.append(Column(name, kind, signed, words=_WORDS.get(name)))
    return tuple(found)


def table_of(
    frame: pl.DataFrame,
    amounts: Iterable[str],
    title: str,
    *,
    total: bool = False,
    columns: Sequence[Column] | None = None,
    notes: Sequence[str] = (),
) -> Table:
    """A table of a projection's frame; ``total`` says that its last row sums the others."""
    chosen = tuple(columns) if columns is not None else columns_of(frame, amounts)
    groups = list(dict.fromkeys(column.group for column in chosen if column.group))
    flat = frame.unnest(groups) if groups else frame
    rows = flat.select([column.key for column in chosen]).rows()
    exact = tuple(tuple(_value(v, c.kind) for v, c in zip(r, chosen, strict=True)) for r in rows)
    return Table(title, chosen, exact, total and bool(rows), tuple(notes))


def table_from(
    rows: Iterable[Mapping[str, Any]],
    columns: Sequence[Column],
    title: str,
    notes: Sequence[str] = (),
) -> Table:
    """A table of plain rows, such as a list of rounds or of events."""
    exact = tuple(tuple(_value(row.get(c.key), c.kind) for c in columns) for row in rows)
    return Table(title, tuple(columns), exact, notes=tuple(notes))


def _value(value: Any, kind: Kind) -> Value:
    if value is None or value == SAID:
        return None if value is None else SAID
    if kind in ("percent", "decimal"):
        return Decimal(value)
    if kind in ("amount", "hours", "count", "number"):
        return int(value)
    return str(value)
