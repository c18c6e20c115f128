"""What a sample says of its population, once every item is assessed.

::

    SampleDrawn + assessments ──> how often: items that deviate, and the limit of their rate
                              └─> by how much: taints of the monetary units, projected and bounded;
                                  of a random sample of amounts, the difference estimate

An item deviates where any assessment of it is other than fine; what is missing counts as wholly
wrong. The limit of a random or systematic sample is hypergeometric, since the population is finite;
of a stratified one it is the sum of the strata's limits by their share, each at 1 − α / strata
(Bonferroni), which holds whatever the strata are like. Upper figures are rounded up, others
half-up. A sample by judgement says nothing of the rest: no limit, and nothing projected.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from decimal import ROUND_CEILING, ROUND_HALF_UP, Decimal
from fractions import Fraction

from assurance.evaluation import (
    cell_bound,
    cox_snell_bound,
    estimate,
    moment_bound,
    monetary_unit_bound,
    projected_misstatement,
    stringer_bound,
    taint,
    upper_deviation_limit,
)
from assurance.quantities import SamplingRefused, decimal, rate
from assurance.samples import CONFIDENCE
from ledger.errors import SampleRefused, UsageError
from ledger.families.control import Controls
from ledger.families.control_draw import drawn_of
from ledger.families.control_sample import (
    Assessment,
    Drawn,
    Item,
    SampleEvaluated,
    Samples,
    Verdict,
)
from ledger.log import Book
from ledger.money import to_text
from projections.accountability import same_account

__all__ = ["Conclusion", "Figure", "conclude"]

_MONEY = ("monetary_unit", "cell")
_SHARES = Decimal("0.000001")


@dataclass(frozen=True)
class Figure:
    """One figure of an evaluation: its name (of an attribute that attribute's), a rate (exact
    decimal) or an amount (öre, positive where too much was booked), or both."""

    name: str
    rate: Decimal | None = None
    amount: int | None = None
    attribute: str | None = None


@dataclass(frozen=True)
class Conclusion:
    """What a sample says: the event to record, all figures behind it, and whether all
    assessments were reviewed by a second person; ``tolerable_from`` says where what can be borne
    comes from: ``given``, ``plan CONTROL``, ``materiality UNIT``, None without any.
    ``same_account`` says that the review came from an account that assessed, under another name."""

    event: SampleEvaluated
    figures: tuple[Figure, ...]
    reviewed: bool
    tolerable_from: str | None = None
    same_account: bool = False


def conclude(
    book: Book,
    name: str,
    *,
    confidence: str | None = None,
    tolerable: str | None = None,
    tolerable_amount: int | None = None,
    reason: str | None = None,
) -> Conclusion:
    """The conclusion of a sample of the book, at that confidence and against what can be borne:
    a rate, or öre; by default those of its control's plan, and the performance materiality of its
    unit. Others than these want a ``reason``, lest the measure follow what was found.

    Raises `SampleRefused` where items are not assessed, or such a reason is wanting, and
    `SamplingRefused` for a confidence or a rate that means nothing."""
    state = book.state.of(Samples)
    drawn, found = drawn_of(state, name), state.assessed.get(name, {})
    missing = [item for item in drawn.items if all(of != item for of, _ in found)]
    if missing:
        raise SampleRefused(
            f"{len(missing)} of {len(drawn.items)} items of {name!r} are not assessed.",
            "Assess them all; what cannot be found is missing.",
        )
    work = _Work(book, drawn, found, confidence)
    limits = work.borne(tolerable, tolerable_amount)
    if not reason:
        work.refuse_others(limits)
    reviews = state.reviews.get(name, [])
    through = max(each.position for each in found.values())
    of_all = [position for event, position in reviews if event.through == through]
    found_so = work.conclusion(limits, through, reviewed=bool(of_all))
    return replace(
        found_so,
        event=found_so.event.model_copy(update={"reason": reason}),
        tolerable_from=work.borne_from(tolerable, tolerable_amount, limits),
        same_account=any(same_account(book, position) for position in of_all),
    )


class _Work:
    """A sample with its assessments, on the way to a conclusion."""

    def __init__(
        self,
        book: Book,
        drawn: Drawn,
        found: dict[tuple[str, str | None], Assessment],
        confidence: str | None,
    ) -> None:
        self.book, self.drawn, self.found = book, drawn, found
        event = drawn.event
        activity = book.state.of(Controls).activities.get((event.year or "", event.control or ""))
        self.plan = activity.planned if activity else None
        self.confidence = confidence or (self.plan.confidence if self.plan else None) or CONFIDENCE
        rate(self.confidence, "the confidence")
        self.turned = -1 if self._committed_turned() else 1

    def _committed_turned(self) -> bool:
        committed = self.book.state.of(Samples).committed.get(self.drawn.event.sample)
        return committed is not None and committed[0].turned

    def borne(self, tolerable: str | None, amount: int | None) -> tuple[str | None, int | None]:
        """What can be borne: a rate, and öre."""
        event = self.drawn.event
        if tolerable is None and self.plan is not None:
            tolerable = self.plan.tolerable
        if tolerable is not None:
            rate(tolerable, "the tolerable rate")
        if amount is None and event.draw_method in _MONEY:
            committed = self.book.state.of(Samples).committed[event.sample][0]
            year = event.year or (committed.last or "")[:4]
            path = self.book.organisation.ancestors(event.unit)
            material = self.book.state.of(Controls).material(year, path)
            amount = material.performance if material else None
        if amount is not None and amount <= 0:
            raise UsageError(f"{to_text(amount)} cannot be borne.", "Give an amount above zero.")
        return tolerable, amount

    def refuse_others(self, limits: tuple[str | None, int | None]) -> None:
        """Refuse a confidence, or what can be borne, that is not what was planned."""
        planned = (self.plan.confidence if self.plan else None, *self.borne(None, None))
        for now, was in zip((self.confidence, *limits), planned, strict=True):
            if was is not None and now != was:
                now, was = (to_text(n) if isinstance(n, int) else n for n in (now, was))
                raise SampleRefused(
                    f"{was} was planned, and {now} is asked for.",
                    "Leave it out, or say why with --reason.",
                )

    def borne_from(
        self,
        tolerable: str | None,
        amount: int | None,
        limits: tuple[str | None, int | None],
    ) -> str | None:
        """Where the limit comes from that the sample is held against."""
        event, money = self.drawn.event, self.drawn.event.draw_method in _MONEY
        if event.draw_method == "judgement" or limits[int(money)] is None:
            return None
        if (amount if money else tolerable) is not None:
            return "given"
        if not money:
            return f"plan {event.control}"
        year = event.year or (self.book.state.of(Samples).committed[event.sample][0].last or "")[:4]
        decided = self.book.state.of(Controls).materiality
        path = self.book.organisation.ancestors(event.unit)
        return f"materiality {next(unit for unit in path if (year, unit) in decided)}"

    def conclusion(
        self, limits: tuple[str | None, int | None], through: int, *, reviewed: bool
    ) -> Conclusion:
        """The event and its figures."""
        event = self.drawn.event
        by = {kind: self._items_found(kind) for kind in ("deviation", "misstatement", "missing")}
        figures = [*self._how_often(), *self._by_how_much()]
        upper_rate = _of(figures, "upper_rate").rate
        bound = "cell" if event.draw_method == "cell" else "stringer"
        if event.draw_method not in _MONEY:
            bound = ""
        upper = _of(figures, bound).amount
        projected = _of(figures, "projected" if bound else "difference").amount
        tolerable, amount = limits
        verdict = self._verdict(upper_rate, upper, tolerable, amount)
        content = SampleEvaluated(
            sample=event.sample,
            unit=event.unit,
            through=through,
            assessed=len(self.drawn.items),
            deviations=len(by["deviation"]),
            misstated=len(by["misstatement"]),
            missing=len(by["missing"]),
            confidence=None if event.draw_method == "judgement" else self.confidence,
            tolerable=tolerable if bound == "" else None,
            tolerable_amount=amount if bound else None,
            upper_rate=None if upper_rate is None else f"{upper_rate:f}",
            projected=projected,
            upper=upper,
            bound=bound or None,
            sample_verdict=verdict,
        )
        return Conclusion(content, tuple(figures), reviewed)

    def _verdict(
        self,
        upper_rate: Decimal | None,
        upper: int | None,
        tolerable: str | None,
        amount: int | None,
    ) -> Verdict:
        if self.drawn.event.draw_method == "judgement":
            return "not_projected"
        if upper is not None:
            if amount is None:
                return "not_measured"
            return "within" if upper <= amount else "beyond"
        if upper_rate is None or tolerable is None:
            return "not_measured"
        return "within" if upper_rate <= rate(tolerable, "the tolerable rate") else "beyond"

    # ── how often ──────────────────────────────────────────────────────────────────────────

    def _items_found(self, kind: str) -> set[str]:
        return {item for (item, _), each in self.found.items() if each.event.assessment == kind}

    def _wrong(self, attribute: str | None = None, *, any_: bool = True) -> set[str]:
        """The items that deviate, in an attribute or (``any_``) in any."""
        return {
            item
            for (item, of), each in self.found.items()
            if each.event.assessment != "fine" and (any_ or of == attribute)
        }

    def _how_often(self) -> Iterable[Figure]:
        event, wrong = self.drawn.event, self._wrong()
        n = len(self.drawn.items)
        yield Figure("sample_rate", _half_up(Fraction(len(wrong), n)))
        if event.draw_method not in ("random", "systematic", "stratified"):
            return
        yield Figure("upper_rate", self._upper(wrong))
        attributes = dict.fromkeys(of for _, of in self.found)
        for one in attributes if len(attributes) > 1 else ():
            deviating = self._wrong(one, any_=False)
            yield Figure("upper_rate_of", self._upper(deviating), attribute=one)

    def _upper(self, wrong: set[str]) -> Decimal:
        """The upper limit of the rate of deviating items, rounded up."""
        parts = [part for part in self.drawn.parts if part.number]
        sure = rate(self.confidence, "the confidence")
        each = 1 - (1 - sure) / len(parts)
        total = Fraction(0)
        for part in parts:
            inside = [item for item in self.drawn.items.values() if item.part == part.name]
            k = sum(item.id in wrong for item in inside)
            if not inside:
                limit = Fraction(1)
            else:
                found = upper_deviation_limit(
                    k, len(inside), each, distribution="hypergeometric", population=part.number
                )
                # The hypergeometric limit is a number of items over the population.
                limit = Fraction(round(found * part.number), part.number)
            total += limit * part.number
        return _up(total / sum(part.number for part in parts))

    # ── by how much ────────────────────────────────────────────────────────────────────────

    def _audited(self, item: Item) -> int:
        """What should have been booked, öre: as assessed, nothing where it is missing."""
        amount = item.amount or 0
        for (of, _), each in self.found.items():
            if of == item.id and each.event.audited is not None:
                amount = each.event.audited
        gone = any(
            of == item.id and a.event.assessment == "missing" for (of, _), a in self.found.items()
        )
        return 0 if gone else amount

    def _by_how_much(self) -> Iterable[Figure]:
        event = self.drawn.event
        if event.draw_method in _MONEY:
            yield from self._monetary()
        elif (
            event.draw_method == "random" and event.amount is not None and len(self.drawn.items) > 1
        ):
            items = list(self.drawn.items.values())
            if any(self._audited(item) != item.amount for item in items):
                booked = [item.amount or 0 for item in items]
                audited = [self._audited(item) for item in items]
                yield from self._estimated(booked, audited)

    def _monetary(self) -> Iterable[Figure]:
        event = self.drawn.event
        inside = [item for item in self.drawn.items.values() if item.part == "drawn"]
        whole = [item for item in self.drawn.items.values() if item.part == "whole"]
        aside = [item for item in self.drawn.items.values() if item.part in ("negative", "zero")]
        known = self.turned * sum((i.amount or 0) - self._audited(i) for i in whole)
        taints = [
            each
            for item in inside
            for each in [taint(item.amount or 0, self._audited(item))] * item.hits
        ]
        interval = Fraction(event.sampling_interval or "1")
        value = next(abs(p.amount or 0) for p in self.drawn.parts if p.name == "drawn")
        yield Figure("known", amount=known)
        if aside:
            beside = self.turned * sum((i.amount or 0) - self._audited(i) for i in aside)
            yield Figure("aside", amount=beside)
        if not taints:
            yield Figure("projected", amount=known)
            yield Figure("cell" if event.draw_method == "cell" else "stringer", amount=known)
            return
        yield Figure(
            "projected", amount=_ore(projected_misstatement(taints, interval, known=known))
        )
        yield from self._bounds(taints, interval, value, known)

    def _bounds(
        self, taints: list[Fraction], interval: Fraction, value: int, known: int
    ) -> Iterable[Figure]:
        """The bounds, each of the units that were hit, with what is known of the large items."""
        n, sure = len(taints), self.confidence
        positive = [each for each in taints if each > 0]
        three = monetary_unit_bound(positive, interval, sure, known=known)
        yield Figure("basic", amount=_ore_up(three.basic))
        yield Figure("incremental", amount=_ore_up(three.incremental))
        yield Figure("three_part", amount=_ore_up(three.upper))
        rates = [
            ("stringer", stringer_bound(taints, n, sure)),
            ("stringer_offset", stringer_bound(taints, n, sure, offset=True)),
            ("cell", cell_bound(taints, n, sure)),
            ("cox_snell", cox_snell_bound(taints, n, sure)),
        ]
        if positive and n > 1:
            rates.append(("moment", moment_bound(taints, n, sure)))
        for name, found in rates:
            share = Decimal(str(found))
            yield Figure(name, _up(Fraction(share)), _ore_up(share * value + known))

    def _estimated(self, booked: list[int], audited: list[int]) -> Iterable[Figure]:
        event = self.drawn.event
        for method in ("difference", "direct", "quotient", "regression"):
            try:
                found = estimate(
                    booked, audited, event.count, event.amount or 0, self.confidence, method=method
                )
            except SamplingRefused:
                continue
            yield Figure(method, amount=_ore(found.misstatement))
            yield Figure(f"{method}_lower", amount=_ore(found.lower))
            yield Figure(f"{method}_upper", amount=_ore_up(found.upper))


def _of(figures: Iterable[Figure], name: str) -> Figure:
    return next((each for each in figures if each.name == name), Figure(name))


def _up(value: Fraction) -> Decimal:
    return decimal(value).quantize(_SHARES, ROUND_CEILING)


def _half_up(value: Fraction) -> Decimal:
    return decimal(value).quantize(_SHARES, ROUND_HALF_UP)


def _ore(value: Decimal) -> int:
    return int(value.quantize(Decimal(1), ROUND_HALF_UP))


def _ore_up(value: Decimal) -> int:
    return int(value.quantize(Decimal(1), ROUND_CEILING))
