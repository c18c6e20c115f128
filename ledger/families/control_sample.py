"""Samples: what was drawn from, how, by which seed, what each item was found to be, and what it
says of the whole.

Nobody can draw until it pleases: what is drawn from and how is committed to before the seed is
known, each commitment is an event, and a sample is drawn once. ::

    population (a query at a known time, or a list) ─→ committed ─→ seed ─→ drawn
                                             drawn ─→ assessed ─→ reviewed ─→ evaluated
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from itertools import takewhile
from typing import ClassVar, Literal, NamedTuple, get_args

from ledger.events import Event, Private
from ledger.state import Slice

DrawMethod = Literal["random", "stratified", "systematic", "monetary_unit", "cell", "judgement"]
DRAW_METHODS: tuple[str, ...] = get_args(DrawMethod)
#: Where a seed comes from: something public that is to happen, the log's own root hash after the
#: commitment, or the one who draws, who knew it when he chose what to draw from.
SeedKind = Literal["public", "log", "given"]
SEED_KINDS: tuple[str, ...] = get_args(SeedKind)
Result = Literal["fine", "deviation", "misstatement", "missing"]
RESULTS: tuple[str, ...] = get_args(Result)
Verdict = Literal["within", "beyond", "not_projected", "not_measured"]
VERDICTS: tuple[str, ...] = get_args(Verdict)


class PopulationListed(Event):
    """A list to draw from, as ``origin`` gave it: ``count`` items whose amounts sum to ``amount``
    (öre; none without amounts). ``population_root`` is the Merkle root over lines of item, tab
    and amount, in the list's order; ``version`` counts the listings of the name; somebody vouches
    that it is complete. Its items follow."""

    topic: ClassVar[str] = "control.population_listed"
    population: str
    version: int
    origin: str
    as_of: str | None = None
    count: int
    amount: int | None = None
    population_root: str
    vouched_by: Private = None


class PopulationItem(Event):
    """An item of the list: its code, which names nobody, its amount and stratum if any."""

    topic: ClassVar[str] = "control.item_listed"
    bulk: ClassVar[bool] = True
    population: str
    version: int
    item: str
    amount: int | None = None
    stratum: str | None = None
    text: Private = None


class SampleCommitted(Event):
    """What is to be drawn from and how, before the seed is known.

    From the list ``population``, or from the postings of the log's first ``known_size`` events
    that fit: of ``unit`` and all below it in ``tree``, in the months ``first`` to ``last``, on the
    accounts, lines (of ``structure``), projects, products and activities named, of at least
    ``least`` and at most ``most`` öre without sign. ``count``, ``amount`` (their sum, öre) and
    ``population_root`` say which these were. ``turned`` draws from amounts below zero, which
    costs are. ``sample_size`` or ``sampling_interval`` (öre or items, as text) says how many,
    ``strata`` by which column.
    """

    topic: ClassVar[str] = "control.sample_committed"
    sample: str
    unit: str
    control: str | None = None
    year: str | None = None
    population: str | None = None
    version: int | None = None
    tree: str = "line"
    first: str | None = None
    last: str | None = None
    accounts: str | None = None
    lines: str | None = None
    structure: str | None = None
    projects: str | None = None
    products: str | None = None
    activities: str | None = None
    least: int | None = None
    most: int | None = None
    known_size: int
    known_at: str
    count: int
    amount: int | None = None
    population_root: str
    draw_method: DrawMethod
    turned: bool = False
    sample_size: int | None = None
    sampling_interval: str | None = None
    strata: str | None = None
    aside: int = 0
    seed_kind: SeedKind = "log"
    seed_from: str | None = None


class SampleDrawn(Event):
    """A sample, and all that it takes to draw it again.

    ``committed`` is the position of its commitment; population as there; ``draw_rule`` in words;
    ``sample_size`` the items or units drawn; ``sampling_interval`` and ``start`` exact (of öre or
    items, as text); ``parts`` a line a part: name, count, sum, drawn; ``items`` a line an item:
    event position (of a list its item), amount in öre, hits, part. Fields of a line are parted by
    tabs. A sample by judgement has neither seed nor rule, and a reason.
    """

    topic: ClassVar[str] = "control.sample_drawn"
    sample: str
    unit: str
    control: str | None = None
    year: str | None = None
    committed: int | None = None
    known_size: int
    known_at: str
    count: int
    amount: int | None = None
    population_root: str
    draw_method: DrawMethod
    draw_rule: str | None = None
    seed: str | None = None
    sample_size: int
    sampling_interval: str | None = None
    start: str | None = None
    parts: str
    items: str
    reason: Private = None


class ItemAssessed(Event):
    """What an item of a sample was found to be (``assessment``), in one ``attribute`` (none: as a
    whole).

    ``audited`` is what should have been booked, öre in the sign of the item's amount; ``evidence``
    the SHA-256 of what shows it. Assessed anew with a reason, as a new ``version``; texts that are
    absent stand.
    """

    topic: ClassVar[str] = "control.item_assessed"
    sample: str
    unit: str
    item: str
    attribute: str | None = None
    assessment: Result
    audited: int | None = None
    evidence: str | None = None
    assessed_on: str | None = None
    due: str | None = None
    version: int = 1
    assessor: Private = None
    cause: Private = None
    consequence_text: Private = None
    remedy: Private = None
    owner: Private = None
    comment: Private = None
    reason: Private = None


class AssessmentsReviewed(Event):
    """Another person than those who assessed looked at a sample's assessments, ``count`` of them,
    the last at the position ``through``."""

    topic: ClassVar[str] = "control.assessments_reviewed"
    sample: str
    unit: str
    count: int
    through: int
    comment: Private = None


class SampleEvaluated(Event):
    """What a sample says of its population, from its assessments up to the position ``through``.

    Items ``assessed``, of them ``deviations``, ``misstated`` and ``missing``; ``upper_rate`` is the
    highest rate of deviations and ``upper`` the largest misstatement (öre, positive where too much
    was booked) that ``confidence`` leaves open by ``bound``, ``projected`` the likeliest.
    ``reason`` says why it was held against something else than planned.
    """

    topic: ClassVar[str] = "control.sample_evaluated"
    sample: str
    unit: str
    through: int
    assessed: int
    deviations: int
    misstated: int
    missing: int
    confidence: str | None = None
    tolerable: str | None = None
    tolerable_amount: int | None = None
    upper_rate: str | None = None
    projected: int | None = None
    upper: int | None = None
    bound: str | None = None
    sample_verdict: Verdict
    reason: Private = None


class Item(NamedTuple):
    """An item of a sample: the event's position or the list's item, as text; its amount in öre,
    how often it was hit, and of which part of the population it is."""

    id: str
    amount: int | None
    hits: int
    part: str


class Part(NamedTuple):
    """A part of a population: the number of its items, their sum in öre, how many were drawn."""

    name: str
    number: int
    amount: int | None
    drawn: int


def packed(rows: list[Item] | list[Part]) -> str:
    """Rows as an event holds them."""
    return "\n".join("\t".join("" if v is None else str(v) for v in row) for row in rows)


@dataclass
class Drawn:
    """A sample that was drawn: the event and its position."""

    event: SampleDrawn
    position: int

    @cached_property
    def items(self) -> dict[str, Item]:
        """Its items by id, in the order drawn."""
        rows = (line.split("\t") for line in self.event.items.splitlines())
        found = (Item(i, int(a) if a else None, int(h), p) for i, a, h, p in rows)
        return {item.id: item for item in found}

    @cached_property
    def parts(self) -> list[Part]:
        """The parts of what it was drawn from."""
        rows = (line.split("\t") for line in self.event.parts.splitlines())
        return [Part(n, int(c), int(a) if a else None, int(d)) for n, c, a, d in rows]


@dataclass
class Assessment:
    """An assessment as it stands, its position, and where its texts are (-1: nowhere)."""

    event: ItemAssessed
    position: int
    words_at: dict[str, int]


#: Who assessed, and what is said of it.
ASSESSED_WORDS = ("assessor", "cause", "consequence_text", "remedy", "owner", "comment")


@dataclass
class Samples(Slice):
    """Listings of populations, commitments, samples, and what was found in them: by name, each
    with its position."""

    populations: dict[str, list[tuple[PopulationListed, int]]] = field(default_factory=dict)
    committed: dict[str, tuple[SampleCommitted, int]] = field(default_factory=dict)
    named: dict[str, Drawn] = field(default_factory=dict)
    assessed: dict[str, dict[tuple[str, str | None], Assessment]] = field(default_factory=dict)
    reviews: dict[str, list[tuple[AssessmentsReviewed, int]]] = field(default_factory=dict)
    evaluated: dict[str, tuple[SampleEvaluated, int]] = field(default_factory=dict)

    def before(self, event: SampleDrawn) -> list[str]:
        """The samples that were drawn from the same population, by the same method and seed, before
        this one: it shows no more than they do."""
        found = []
        for name, drawn in self.named.items():
            if name == event.sample:
                break
            same = ("population_root", "draw_method", "seed")
            if event.seed and all(getattr(drawn.event, n) == getattr(event, n) for n in same):
                found.append(name)
        return found

    def others(self, event: SampleDrawn) -> list[str]:
        """The samples that were drawn before this one from the same population and for the same
        control, otherwise: another draw, of which all count and none is chosen."""
        same = self.before(event)
        alike = ("population_root", "control", "year")
        found = []
        for name in takewhile(lambda name: name != event.sample, self.named):
            other = self.named[name].event
            drawn = event.seed and other.seed and name not in same
            if drawn and all(getattr(other, n) == getattr(event, n) for n in alike):
                found.append(name)
        return found

    def apply(self, event: Event, position: int) -> None:
        """Fold one event."""
        match event:
            case PopulationListed():
                self.populations.setdefault(event.population, []).append((event, position))
            case SampleCommitted():
                self.committed[event.sample] = (event, position)
            case SampleDrawn():
                self.named[event.sample] = Drawn(event, position)
            case ItemAssessed():
                items = self.assessed.setdefault(event.sample, {})
                key = (event.item, event.attribute)
                was = items[key].words_at if key in items else dict.fromkeys(ASSESSED_WORDS, -1)
                said = {n: position for n in ASSESSED_WORDS if getattr(event, n) is not None}
                items[key] = Assessment(event, position, was | said)
            case AssessmentsReviewed():
                self.reviews.setdefault(event.sample, []).append((event, position))
            case SampleEvaluated():
                self.evaluated[event.sample] = (event, position)
            case _:
                pass
