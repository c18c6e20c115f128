"""Which items to look at: draws that anyone can make again, and nobody can steer.

A draw is a function of the population, its method and a seed: SHA-256 and whole numbers, so that
any language on any machine draws the same. What it was drawn from is in the answer: count, sum and
root hash, in the order in which the population was given.

- **random**: each item has a *ticket*, a fraction that follows from seed and id alone, and the
  lowest are drawn (Rivest 2018, *Consistent Sampling with Replacement*, arXiv 1808.10016). An item
  keeps its ticket when the population grows: the new sample differs from the old one only by what
  has come, what has gone, and what they push out or let in.
- **stratified**: the lowest tickets of each stratum.
- **systematic**: every interval-th item, in the population's order, from a start.
- **monetary_unit**: the item that holds every interval-th unit of money. An item at or above the
  interval is taken whole. Items of zero or less have no chance: they stand in parts of their own,
  with count and sum, and ``aside`` of them are drawn by their tickets. ``turned`` draws from what
  is below zero instead, as costs are in result sign; what is above has no chance then.
- **cell**: one unit of money at random in each interval.

Unit i is start + i · interval, and the item drawn is the first whose cumulated value reaches it
(rule ``reaches``); or the unit is rounded to a whole one, and the first item that passes it is
drawn (rule ``passes``, of R's package MUS). A start that follows from the seed is uniform over the
interval's exact fractions, so that an item of value a has a chance of exactly a/interval.
"""

from __future__ import annotations

import hashlib
import heapq
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from itertools import accumulate, islice
from typing import TYPE_CHECKING, Literal, NamedTuple

from assurance.quantities import Exact, SamplingRefused, count, exact
from ledger.tree import leaf_hash, root_of

if TYPE_CHECKING:
    import polars as pl

__all__ = ["Draw", "Part", "Ticket", "draw", "next_ticket", "ticket", "tickets", "uniform"]

Method = Literal["random", "stratified", "systematic", "monetary_unit", "cell"]
Rule = Literal["reaches", "passes"]
Amount = int | Decimal


class Ticket(NamedTuple):
    """A place in a seeded order: the fraction as text, whose it is, and which of its tickets."""

    fraction: str
    id: str
    generation: int


@dataclass(frozen=True, slots=True)
class Part:
    """A part of the population: ``drawn``, ``whole`` (taken with certainty), ``negative``, ``zero``
    or a stratum's name; its items, their sum (None without amounts), and how many were drawn."""

    name: str
    count: int
    sum: Amount | None
    drawn: int


@dataclass(frozen=True, slots=True)
class Draw:
    """What was drawn, and all that it takes to draw it again.

    ``items`` is the population's frame cut down to the sample, with ``hits`` (how often the item
    was hit: several monetary units may lie in one) and ``part``; in order of tickets where tickets
    decide, else in the population's. ``root`` is the Merkle root (RFC 6962) over lines of id, tab
    and amount. ``size`` is what was asked for; where there is an interval, the units that were hit
    (large items, taken whole, are not among them), and ``interval`` and ``start``, in items or in
    the unit of the amounts, say it exactly.
    """

    method: Method
    rule: str
    seed: str | None
    size: int
    interval: Fraction | None
    start: Fraction | None
    count: int
    sum: Amount | None
    root: str
    parts: tuple[Part, ...]
    items: pl.DataFrame


# --------------------------------------------------------------------------------------- tickets


def ticket(id: str, seed: str | int) -> str:
    """The first ticket of an item: a fraction between 0 and 1, as text that sorts as it counts.

    >>> ticket("AB-130", "01382438112797316654")[:14]
    '0.262997141228'
    """
    return _fraction(_sha256(seed) + id)


def next_ticket(fraction: str) -> str:
    """The ticket that an item gets when it is put back: above the one it had, below 1."""
    padded = fraction + "0"
    nines = 2
    while padded[nines] == "9":
        nines += 1
    attempt = 1
    while True:
        after = padded[:nines] + _fraction(f"{fraction}:{attempt}")[2:]
        if after > padded:
            return after
        attempt += 1


def tickets(ids: Iterable[str], seed: str | int, *, replacement: bool = False) -> Iterator[Ticket]:
    """Items in seeded order; with ``replacement`` without end, each again at its next ticket."""
    salt = _sha256(seed)
    waiting = [Ticket(_fraction(salt + id), id, 1) for id in ids]
    heapq.heapify(waiting)
    while waiting:
        first = waiting[0]
        yield first
        if replacement:
            again = Ticket(next_ticket(first.fraction), first.id, first.generation + 1)
            heapq.heapreplace(waiting, again)
        else:
            heapq.heappop(waiting)


def uniform(seed: str | int, block: int) -> int:
    """The block-th number of a seed, below 2²⁵⁶: SHA-256 of the seed, a comma and ``block`` zero
    bytes (Stark & Ottoboni, *cryptorandom*)."""
    return int.from_bytes(hashlib.sha256(f"{seed},".encode() + bytes(block)).digest(), "big")


def _sha256(text: str | int) -> str:
    return hashlib.sha256(str(text).encode()).hexdigest()


def _fraction(text: str) -> str:
    # Reversed: the first decimal digits of a number below 2²⁵⁶ are not uniform, the last are.
    return "0." + str(int(_sha256(text), 16))[::-1]


# ------------------------------------------------------------------------------------------ draw


def draw(
    frame: pl.DataFrame,
    method: Method = "random",
    *,
    size: int | Mapping[str, int] | None = None,
    seed: str | int | None = None,
    start: Exact | None = None,
    interval: Exact | None = None,
    id: str = "id",
    amount: str = "amount",
    stratum: str = "stratum",
    rule: Rule = "reaches",
    whole: bool = True,
    aside: int = 0,
    replacement: bool = False,
    turned: bool = False,
) -> Draw:
    """A sample of a population.

    ``frame`` has a row for each item, in the population's order: ``id`` (text or whole numbers,
    each once), ``amount`` (whole numbers or decimals, never binary fractions; not needed where
    money decides nothing) and, for a stratified draw, ``stratum``. Monetary units are drawn from
    amounts above zero: give costs as debits, or ``turned``.

    ``size`` is the number of items, or of monetary units; for a stratified draw also one for each
    stratum (a single number is shared in proportion to their counts, at least one each).
    Systematic, monetary-unit and cell draws take ``interval`` instead of it, and all but the last
    ``start`` instead of a ``seed``. ``whole=False`` leaves large items to be hit as often as they
    are. ``replacement`` puts a random item back.

    Raises `SamplingRefused` for a population, a size or an interval that cannot be drawn from.
    """
    population = _Population(frame, id, amount, stratum if method == "stratified" else None)
    given = None if seed is None else str(seed)
    if method in ("random", "stratified"):
        sizes = {"drawn": _size(size)} if method == "random" else _sizes(size, population)
        chosen = [
            found
            for name, wanted in sizes.items()
            for found in population.lowest(name, wanted, _seed(given), replacement)
        ]
        words = "lowest tickets"
        return population.drawn(chosen, method, words, given, sum(sizes.values()))
    if method not in ("systematic", "monetary_unit", "cell"):
        raise SamplingRefused(
            f"There is no method {method!r}.",
            "Known: random, stratified, systematic, monetary_unit, cell.",
        )
    line = _Line(population, method != "systematic", rule, whole, turned=turned)
    step = line.interval(size, interval)
    first: Fraction | None = None
    if method == "cell":
        units = line.in_cells(_seed(given))
    else:
        first = line.start(start, given)
        units = line.from_start(first)
    chosen = line.hit(units)
    if aside:
        chosen += population.lowest(("negative", "zero"), count(aside, "aside"), _seed(given))
    rules = {"reaches": "first to reach the unit", "passes": "first to pass the rounded unit"}
    words = rules[rule] + ("; at or above the interval taken whole" if line.large else "")
    return population.drawn(chosen, method, words, given, len(units), step, first)


def _seed(seed: str | None) -> str:
    if seed is None:
        raise SamplingRefused("The draw needs a seed, and none is given.", "Give one.")
    return seed


def _size(size: int | Mapping[str, int] | None) -> int:
    if not isinstance(size, int):
        raise SamplingRefused(f"The size is {size!r}.", "Give a whole number from 1.")
    return count(size, "the size", 1)


def _sizes(size: int | Mapping[str, int] | None, population: _Population) -> dict[str, int]:
    """How many of each stratum."""
    counts = {name: len(rows) for name, rows in sorted(population.parts.items())}
    if isinstance(size, Mapping):
        if unknown := sorted(set(size) - set(counts)):
            raise SamplingRefused(
                f"The population has no stratum {unknown[0]!r}.", f"It has {', '.join(counts)}."
            )
        return {name: count(size.get(name, 0), f"the size of {name}") for name in counts}
    wanted, total = _size(size), population.count
    if not len(counts) <= wanted <= total:
        raise SamplingRefused(
            f"{wanted} items cannot be shared among {len(counts)} strata of {total} items.",
            "Give at least one for each stratum, and no more than there are.",
        )
    quota = {name: Fraction(wanted * items, total) for name, items in counts.items()}
    shares = {name: max(1, int(quota[name])) for name in counts}
    while (left := wanted - sum(shares.values())) != 0:
        # At a tie the first by name; no stratum falls below one or rises above its items.
        if left > 0:
            open_ = [name for name in counts if shares[name] < counts[name]]
            shares[max(open_, key=lambda name: quota[name] - shares[name])] += 1
        else:
            open_ = [name for name in counts if shares[name] > 1]
            shares[max(open_, key=lambda name: shares[name] - quota[name])] -= 1
    return shares


class _Chosen(NamedTuple):
    """A row of the population that is drawn."""

    row: int
    part: str
    hits: int


class _Population:
    """Items with their ids and amounts, in parts; amounts as whole numbers of ``1/scale``."""

    def __init__(self, frame: pl.DataFrame, id: str, amount: str, stratum: str | None) -> None:
        for column in (id, *([stratum] if stratum else [])):
            if column not in frame.columns:
                raise SamplingRefused(f"The population has no column {column!r}.", "Name it.")
        if taken := {"hits", "part"} & set(frame.columns):
            raise SamplingRefused(f"The population has a column {min(taken)!r}.", "Rename it.")
        if frame.is_empty():
            raise SamplingRefused("The population is empty.", "There is nothing to draw from.")
        self.frame, self.count = frame, frame.height
        self.ids = [str(value) for value in frame[id].to_list()]
        if frame[id].null_count() or len(set(self.ids)) < self.count:
            raise SamplingRefused(
                f"The column {id!r} does not name each item once.", "Give every item its own id."
            )
        self.amounts: list[int] | None = None
        self.scale = 1
        if amount in frame.columns:
            self.amounts, self.scale = _whole(frame, amount)
        self.parts: dict[str, list[int]] = {"drawn": list(range(self.count))}
        if stratum:
            self.parts = {}
            for row, name in enumerate(frame[stratum].to_list()):
                self.parts.setdefault(str(name), []).append(row)

    def value(self, amount: int) -> Amount:
        """A sum in the unit of the amounts."""
        return amount if self.scale == 1 else Decimal(amount) / self.scale

    def sum_of(self, rows: Iterable[int]) -> Amount | None:
        """The sum of rows; None without amounts."""
        return None if self.amounts is None else self.value(sum(self.amounts[r] for r in rows))

    def lowest(
        self, parts: str | Sequence[str], size: int, seed: str, replacement: bool = False
    ) -> list[_Chosen]:
        """The items of one or several parts with the lowest tickets, in their order."""
        names = [parts] if isinstance(parts, str) else parts
        part_of = {row: name for name in names for row in self.parts.get(name, ())}
        if size > len(part_of) and not (replacement and part_of):
            raise SamplingRefused(
                f"{size} items cannot be drawn from {len(part_of)}.", "Give a smaller size."
            )
        row_of = {self.ids[row]: row for row in part_of}
        if replacement:
            order = islice(tickets(row_of, seed, replacement=True), size)
            hits = Counter(row_of[each.id] for each in order)
        else:
            salt = _sha256(seed)
            lowest = heapq.nsmallest(size, ((_fraction(salt + id), id) for id in row_of))
            hits = Counter(row_of[id] for _, id in lowest)
        return [_Chosen(row, part_of[row], times) for row, times in hits.items()]

    def root(self) -> str:
        """The population's root hash."""
        amounts = [""] * self.count if self.amounts is None else map(str, self.amounts)
        lines = map("\t".join, zip(self.ids, amounts, strict=True))
        return root_of(leaf_hash(line.encode()) for line in lines).hex()

    def drawn(
        self,
        chosen: Sequence[_Chosen],
        method: Method,
        rule: str,
        seed: str | None,
        size: int,
        interval: Fraction | None = None,
        start: Fraction | None = None,
    ) -> Draw:
        """The draw with its items."""
        import polars as pl

        taken = Counter(each.part for each in chosen)
        items = self.frame[[each.row for each in chosen]].with_columns(
            pl.Series("hits", [each.hits for each in chosen], pl.Int64),
            pl.Series("part", [each.part for each in chosen], pl.String),
        )
        parts = tuple(
            Part(name, len(rows), self.sum_of(rows), taken[name])
            for name, rows in self.parts.items()
        )
        total = self.sum_of(range(self.count))
        return Draw(
            method, rule, seed, size, interval, start, self.count, total, self.root(), parts, items
        )


def _whole(frame: pl.DataFrame, amount: str) -> tuple[list[int], int]:
    """Amounts as whole numbers, and how many of them make one."""
    import polars as pl

    column = frame[amount]
    if column.null_count():
        raise SamplingRefused(f"The column {amount!r} has empty fields.", "Give every amount.")
    if column.dtype.is_integer():
        return column.to_list(), 1
    if isinstance(column.dtype, pl.Decimal):
        places = column.dtype.scale
        return [int(value.scaleb(places)) for value in column.to_list()], 10**places
    raise SamplingRefused(
        f"The column {amount!r} is of type {column.dtype}.", "Give whole öre, or decimals."
    )


class _Line:
    """Items laid end to end, each as long as its value (of money) or 1 (of items)."""

    def __init__(
        self, population: _Population, money: bool, rule: Rule, whole: bool, *, turned: bool
    ) -> None:
        if rule not in ("reaches", "passes"):
            raise SamplingRefused(f"There is no rule {rule!r}.", "Known: reaches, passes.")
        self.population, self.rule, self.whole = population, rule, whole and money
        self.scale = population.scale if money else 1
        self.large: list[int] = []
        if not money:
            self.rows, self.lengths = list(range(population.count)), [1] * population.count
            return
        if population.amounts is None:
            raise SamplingRefused("The population has no amounts.", "Name their column.")
        amounts = [-a for a in population.amounts] if turned else population.amounts
        self.rows = [row for row, value in enumerate(amounts) if value > 0]
        self.lengths = [amounts[row] for row in self.rows]
        population.parts = {
            "drawn": self.rows,
            "whole": self.large,
            "negative": [row for row, value in enumerate(amounts) if value < 0],
            "zero": [row for row, value in enumerate(amounts) if value == 0],
        }
        if not self.rows:
            raise SamplingRefused(
                f"No item has an amount {'below' if turned else 'above'} zero.",
                "Give debits as positive amounts, or draw from the other side.",
            )

    def interval(self, size: int | Mapping[str, int] | None, interval: Exact | None) -> Fraction:
        """The interval as given or by the size; items as long as it are set aside, whole."""
        if (size is None) == (interval is None):
            raise SamplingRefused("A size or an interval is needed.", "Give one of them.")
        if interval is not None:
            self.step = exact(interval, "the interval") * self.scale
            if self.step <= 0:
                raise SamplingRefused(f"The interval is {interval}.", "Give one above zero.")
        else:
            wanted = _size(size)
            if wanted > sum(self.lengths):
                raise SamplingRefused(
                    f"{wanted} units cannot be drawn from {sum(self.lengths)}.",
                    "Give a smaller size.",
                )
            self.step = Fraction(sum(self.lengths), wanted)
        if self.whole:
            line = list(zip(self.rows, self.lengths, strict=True))
            self.large += [row for row, length in line if length >= self.step]
            self.rows = [row for row, length in line if length < self.step]
            self.lengths = [length for _, length in line if length < self.step]
            self.population.parts["drawn"] = self.rows
        self.reached = list(accumulate(self.lengths))
        return self.step / self.scale

    def start(self, start: Exact | None, seed: str | None) -> Fraction:
        """The start as given, or by the seed: uniform over the exact fractions of the interval."""
        if start is None:
            if self.rule == "passes":
                raise SamplingRefused("The rule passes needs a start.", "Give one.")
            return self._within(_seed(seed), 0) / self.scale
        first = exact(start, "the start")
        least = first >= 0 if self.rule == "passes" else first > 0
        if not least or first * self.scale > self.step:
            raise SamplingRefused(
                f"The start is {start}, beyond the first interval.",
                f"Give one above zero and up to {self.step / self.scale}.",
            )
        return first

    def from_start(self, start: Fraction) -> list[int]:
        """The units that a draw from that start hits."""
        end = self.reached[-1] if self.reached else 0
        unit, units = start * self.scale, []
        while (whole := self._unit(unit)) <= end:
            units.append(whole)
            unit += self.step
        return units

    def in_cells(self, seed: str) -> list[int]:
        """The units that a draw of one in each interval hits."""
        end = self.reached[-1] if self.reached else 0
        cells = -(-end // self.step)
        units = [self._unit(i * self.step + self._within(seed, i)) for i in range(cells)]
        return [unit for unit in units if unit <= end]

    def hit(self, units: Iterable[int]) -> list[_Chosen]:
        """The items that hold the units, and the large ones, in the population's order."""
        hits = Counter(self.rows[bisect_left(self.reached, unit)] for unit in units)
        chosen = [_Chosen(row, "drawn", times) for row, times in hits.items()]
        return sorted(chosen + [_Chosen(row, "whole", 1) for row in self.large])

    def _within(self, seed: str, block: int) -> Fraction:
        """A place above 0 and up to the interval."""
        numerator, denominator = self.step.numerator, self.step.denominator
        return Fraction(1 + (numerator * uniform(seed, block) >> 256), denominator)

    def _unit(self, place: Fraction) -> int:
        """The first whole number that the cumulated value has to reach."""
        if self.rule == "passes":
            return round(place) + 1  # half to even, as R rounds
        return -(-place.numerator // place.denominator)
