"""A run of controls over a book: which, with which parameters, and what came of each."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from assurance.controls.control import (
    CONTROLS,
    SEVERITIES,
    BadParameter,
    Control,
    Finding,
    NoSuchControl,
    Parameter,
    Result,
    key_of,
    weighed,
)
from assurance.controls.evidence import Evidence
from ledger.families.control import Controls
from ledger.log import Book
from projections.dimensions import Tree

#: Settings of all controls: the amounts below which a finding is counted and not listed, and from
#: which on it is grave.
TRIVIAL, MATERIAL = "control.trivial", "control.material"
_AMOUNT = Parameter("0", "amount")


@dataclass(frozen=True, slots=True)
class Materiality:
    """The amounts that findings are held against, öre: trivial below ``trivial``, high from
    ``material`` on (None: no amount makes a finding so)."""

    trivial: int = 0
    material: int | None = None

    @classmethod
    def of(cls, evidence: Evidence) -> Materiality:
        """What holds for the whole question: its unit (else the organisation) and its last month.
        Raises `BadParameter`."""
        return Measure(evidence).of(())


class Measure:
    """What findings are held against: the materiality of each one's own unit and fiscal year, so
    that no filter of a run changes how grave it is."""

    def __init__(self, evidence: Evidence) -> None:
        """Raises `BadParameter` for a setting that is no amount."""
        self.evidence, book = evidence, evidence.book
        trivial, material = (_setting(book, name) for name in (TRIVIAL, MATERIAL))
        self.default = Materiality(trivial or 0, material)
        self.decided = book.state.of(Controls).materiality
        self.places: dict[str, Tree] = {}
        self.known: dict[tuple[str, frozenset[str]], Materiality] = {}

    def of(self, events: Iterable[int]) -> Materiality:
        """Of the unit of the postings among the events, of several the nearest above them all; its
        trivial amount and performance materiality as set for the year of the latest of them, of
        the unit or the nearest above. Without such the settings ``control.trivial`` and
        ``control.material``. Without postings that of the unit asked about, else the whole."""
        book, founded = self.evidence.book, self.evidence.book.organisation.founded
        if not self.decided or founded is None:
            return self.default
        at = [self._postings[event] for event in events if event in self._postings]
        units = frozenset(unit for unit, _ in at) or {self.evidence.unit or founded.root}
        latest = self.evidence.last or self.evidence.whole["period"].max()
        month = max((period for _, period in at), default=None) or (str(latest) if latest else None)
        if month is None:
            return self.default
        key = (month, frozenset(units))
        if key not in self.known:
            if month not in self.places:
                self.places[month] = Tree(book, self.evidence.tree, month)
            paths = [self.places[month].path(unit) for unit in sorted(units)]
            shared = [unit for unit in paths[0] if all(unit in path for path in paths)]
            year = book.organisation.calendar.year_of(month)[0][:4]
            events_ = (self.decided[year, u][0] for u in shared if (year, u) in self.decided)
            event = next(events_, None)
            self.known[key] = (
                Materiality(event.trivial, event.performance) if event else self.default
            )
        return self.known[key]

    @cached_property
    def _postings(self) -> dict[int, tuple[str, str]]:
        """Unit and month of each posting by its position."""
        rows = self.evidence.whole.select("position", "unit", "period").iter_rows()
        return {position: (unit, period) for position, unit, period in rows}


def _setting(book: Book, name: str) -> int | None:
    text = (book.organisation.settings.get(name) or "").strip()
    if not text:
        return None
    try:
        ore: int = _AMOUNT.read(text)
    except ValueError as error:
        raise BadParameter(f"The setting {name} is {text!r}: {error}.") from error
    return ore


def chosen(names: Iterable[str]) -> list[str]:
    """The names of controls, all for none; each once, in their own order. Raises
    `NoSuchControl`."""
    asked = list(names)
    for name in asked:
        if name not in CONTROLS:
            raise NoSuchControl(f"There is no control {name!r}.", f"Known: {', '.join(CONTROLS)}.")
    return [name for name in CONTROLS if not asked or name in asked]


def made(book: Book, name: str, given: Mapping[str, str]) -> Control:
    """The control with its parameters: as ``given`` (``NAME.PARAMETER``), else as the settings
    ``control.NAME.PARAMETER`` say, else the defaults. Raises `NoSuchControl`, `BadParameter`."""
    kind, settings, texts = CONTROLS[name], book.organisation.settings, dict[str, str]()
    for parameter in kind.parameters:
        if setting := (settings.get(f"control.{name}.{parameter}") or "").strip():
            texts[parameter] = setting
    start = f"{name}."
    texts |= {n[len(start) :]: text for n, text in given.items() if n.startswith(start)}
    return kind(texts)


def run(
    book: Book,
    names: Iterable[str] = (),
    through: str | None = None,
    *,
    given: Mapping[str, str] | None = None,
    year: str | None = None,
    unit: str | None = None,
    tree: str = "line",
) -> Iterator[Result]:
    """The controls one by one, over what `Evidence` is asked about; the same book and question
    give the same results.

    ``given`` are parameters for this run, by ``NAME.PARAMETER``. Raises `NoSuchControl`,
    `BadParameter`, `UsageError`.
    """
    parameters, asked = given or {}, chosen(names)
    for name in parameters:
        if name.partition(".")[0] not in asked:
            raise NoSuchControl(f"{name!r} is a parameter of no control that runs.")
    controls = [made(book, name, parameters) for name in asked]
    evidence = Evidence(book, through, year=year, unit=unit, tree=tree)
    measure = Measure(evidence)
    for control in controls:
        yield _result(control, evidence, measure)


def _result(control: Control, evidence: Evidence, measure: Measure) -> Result:
    """What the control says, weighed."""
    examined = control.examine(evidence)
    findings, trivial = list[Finding](), 0
    for found in examined.found:
        materiality = measure.of(found.events)
        if found.amount is not None and abs(found.amount) < materiality.trivial:
            trivial += 1
            continue
        weight = found.weight or control.severity
        severity = weighed(found.amount, weight, materiality.material)
        key = key_of(control.name, found.events)
        finding = Finding(key, control.name, severity, found.events, found.amount, found.facts)
        findings.append(finding)
    findings.sort(key=lambda each: (-SEVERITIES.index(each.severity), each.events))
    return Result(
        control.name,
        control.texts,
        examined.population,
        examined.tested,
        tuple(findings),
        trivial,
        {reason: count for reason, count in examined.untested.items() if count},
        examined.figures,
    )
