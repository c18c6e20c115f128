"""What an analytic control is: a class that looks through the evidence and names what it found.

A control is one class with a ``name``; defining it registers it in `CONTROLS`. Its docstring says
what it looks for and, under *False positives*, what innocent things look the same and how often.
Its parameters are data: each has a default, may be a setting of the organisation
(``control.NAME.PARAMETER``), and stands in the result. ::

    Book ── Evidence (postings, people, times) ──> Control.examine ──> Examined
    Examined + trivial + materiality ── run ──> Result: counts, findings with keys and severity

Amounts are öre in result sign. A control decides in whole numbers and fractions alone.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any, ClassVar, Literal, get_args

import polars as pl

from assurance.controls.evidence import Evidence
from ledger.codes import Codes
from ledger.errors import UsageError
from ledger.money import NotMoney, read_decimal, to_ore

Severity = Literal["low", "medium", "high"]
SEVERITIES: tuple[Severity, ...] = get_args(Severity)

Of = Literal["whole", "amount", "amounts", "percent", "codes", "time", "choice"]

#: What fills the words that tell a finding; None where it is not known.
Facts = Mapping[str, str | int | None]

#: Every control by its name, in the order in which they are defined.
CONTROLS: dict[str, type[Control]] = {}


class NoSuchControl(UsageError):
    """There is no control of that name, or no such parameter of it."""

    code = "no-such-control"


class BadParameter(UsageError):
    """A control's parameter has a value that it cannot have."""

    code = "bad-parameter"


@dataclass(frozen=True, slots=True)
class Parameter:
    """A parameter as text, and what it is: a whole number, kronor, several kronor with ``;``, a
    percentage, codes and ranges with commas, a time of day, or one of the ``choices``."""

    default: str
    of: Of
    choices: tuple[str, ...] = ()

    def read(self, text: str) -> Any:
        """The value: int, öre, öre in order, `Fraction` of one, text. Raises `ValueError`."""
        match self.of:
            case "whole":
                if not re.fullmatch(r"\d{1,9}", text):
                    raise ValueError("write a whole number from 0")
                return int(text)
            case "amount":
                return _ore(text)
            case "amounts":
                return sorted({_ore(piece) for piece in text.split(";") if piece.strip()})
            case "percent":
                try:
                    return Fraction(read_decimal(text.removesuffix("%"))) / 100
                except NotMoney as error:
                    raise ValueError("write a percentage, such as 2 or 0.5") from error
            case "time":
                if not re.fullmatch(r"([01]\d|2[0-3]):[0-5]\d", text):
                    raise ValueError("write a time of day, such as 22:00")
            case "choice":
                if text not in self.choices:
                    raise ValueError(f"write one of {', '.join(self.choices)}")
            case "codes":
                pass
        return text


def _ore(text: str) -> int:
    try:
        ore = to_ore(text)
    except NotMoney as error:
        raise ValueError("write kronor, such as 5000 or 99.50") from error
    if ore < 0:
        raise ValueError("write an amount from 0")
    return ore


@dataclass(frozen=True, slots=True)
class Found:
    """One thing that a control found, before it has a name of its own.

    ``events`` are positions in the log, never none; ``amount`` what is at stake, öre in result
    sign, None where that is no amount; ``facts`` fill the words that tell it: those whose name
    ends in ``amount`` are öre. ``weight`` is a severity that the control itself gives.
    """

    events: tuple[int, ...]
    amount: int | None
    facts: Facts
    weight: Severity | None = None


@dataclass(frozen=True, slots=True)
class Examined:
    """What came of an examination: how many items there are, how many could be tested, why the
    others could not (reason by count), what was found, and figures (text) that tell of all."""

    population: int
    tested: int
    found: Iterable[Found] = ()
    untested: Mapping[str, int] = field(default_factory=dict)
    figures: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Finding:
    """Something found, by the ``key`` that is the same whenever it is found again: the first
    sixteen hex digits of the SHA-256 over control and events."""

    key: str
    control: str
    severity: Severity
    events: tuple[int, ...]
    amount: int | None
    facts: Facts


@dataclass(frozen=True, slots=True)
class Result:
    """What a control says of the book: the gravest findings first, then in log order.

    ``below_trivial`` findings are counted and not listed. ``untested`` says by reason how many
    items could not be tested; where ``tested`` is 0 the control says nothing of the book.
    """

    control: str
    parameters: Mapping[str, str]
    population: int
    tested: int
    findings: tuple[Finding, ...]
    below_trivial: int
    untested: Mapping[str, int]
    figures: Mapping[str, str]


class Control:
    """An analytic control. Subclasses say ``name``, ``severity`` and ``parameters``, and examine;
    each stands in `CONTROLS` by being defined."""

    name: ClassVar[str]
    severity: ClassVar[Severity] = "medium"
    parameters: ClassVar[Mapping[str, Parameter]] = {}

    def __init_subclass__(cls) -> None:
        name = cls.__dict__.get("name")
        if name is not None:
            if name in CONTROLS:
                raise TypeError(f"two controls share the name {name}")
            CONTROLS[name] = cls

    def __init__(self, given: Mapping[str, str]) -> None:
        """With parameters as text, by name; the defaults for the others. Raises `NoSuchControl`
        for a parameter that there is not, and `BadParameter`."""
        for name in given.keys() - self.parameters.keys():
            known = ", ".join(self.parameters) or "none"
            raise NoSuchControl(f"{self.name} has no parameter {name!r}.", f"It has: {known}.")
        self.texts = {n: given.get(n, p.default).strip() for n, p in self.parameters.items()}
        self._values: dict[str, Any] = {}
        for name, text in self.texts.items():
            try:
                self._values[name] = self.parameters[name].read(text)
            except ValueError as error:
                raise BadParameter(
                    f"The parameter {self.name}.{name} is {text!r}: {error}.",
                    f"The default is {self.parameters[name].default}.",
                ) from error

    def value(self, name: str) -> Any:
        """A parameter's value, as its kind reads it."""
        return self._values[name]

    def codes(self, name: str, known: Iterable[str]) -> list[str]:
        """The known codes that a parameter names, by themselves or in ranges; sorted."""
        all_ = set(known)
        return sorted(Codes.of(self.texts[name], all_).among(all_))

    def examine(self, evidence: Evidence) -> Examined:
        """Look through the evidence; pure. Raises `UsageError` where the book cannot be asked."""
        raise NotImplementedError


def key_of(control: str, events: Iterable[int]) -> str:
    """The key of a finding: the same control and events give the same, for ever."""
    text = f"{control}:{','.join(map(str, sorted(events)))}"
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def weighed(amount: int | None, least: Severity, material: int | None) -> Severity:
    """A finding's severity: high from the material amount on (öre), else as its control says."""
    if amount is not None and material is not None and abs(amount) >= material:
        return "high"
    return least


def found_in(
    frame: pl.DataFrame, facts: Iterable[str] = (), weight: Severity | None = None
) -> list[Found]:
    """A finding a row: ``events`` (a list of positions), ``amount`` (öre or null), and the columns
    that are its ``facts``."""
    names = list(facts)
    return [
        Found(
            tuple(sorted(row["events"])),
            row["amount"],
            {name: row[name] for name in names},
            weight,
        )
        for row in frame.select("events", "amount", *names).iter_rows(named=True)
    ]
