"""Figures in prose: live ones, ones that are cited, and those that are neither.

::

    {fig:result.drift.variance|mnkr}      a figure of a table: noun, row, column, how it is written
    {fig:follow_up.5310+5320.outcome|tkr} rows summed; {fig:result@2020-07.total.outcome|mnkr} of
                                          another month
    {cite:Årsredovisning 2019|14,4 mnkr}  a figure from elsewhere, as it is there
    {attachment:2}                        an attachment, by its number

Written as ``kr``, ``tkr``, ``mnkr``, ``percent``, or (without a bar) as its table has it; after it
``signed`` for a plus, ``size`` for none of either sign, a number for so many decimals. An amount or
a percentage that is none of these is a finding; dates, laws, counts and names are free.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from decimal import ROUND_HALF_UP, Decimal
from typing import TYPE_CHECKING, cast

from ledger.errors import UsageError
from reporting import messages, numbers
from reporting.catalogue import Language, label
from reporting.numbers import DECIMALS, NO_BREAK, Scale
from reporting.render import shown
from reporting.tables import Column, Table, Value

if TYPE_CHECKING:
    from reporting.report.document import Question

_REFERENCE = re.compile(r"\{(fig|cite|attachment):([^{}|]*)(?:\|([^{}]*))?\}")
_NUMBER = r"\d{1,3}(?:[ \u00a0\u202f.]\d{3})+(?:[.,]\d+)?|\d+(?:[.,]\d+)?"
_WORDS = (
    "en ett två tre fyra fem sex sju åtta nio tio elva tolv femton tjugo trettio fyrtio femtio "
    "sextio sjuttio åttio nittio hundra one two three four five six seven eight nine ten twenty "
    "thirty forty fifty hundred"
).replace(" ", "|")
_MONEY = (
    r"(?:mdkr|mnkr|mkr|tkr|kkr|msek|sek|kr\b|kronor|tusenlapp\w*|miljon\w*|miljard\w*|million\w*|"
    r"billion\w*|euro?\b|€)"
)
_PERCENT = r"(?:%|‰|procent\w*|per\s?cent\w*|percent\w*|promille)"
#: An amount or a percentage as people write it; a decimal or grouped number counts as one, for
#: which the unit was forgotten.
_FIGURE = re.compile(
    rf"(?<![\w:/.,-])[+\-\u2212\u2013]?(?:"
    rf"(?:{_NUMBER})[\s\u00a0]*(?:{_MONEY}|{_PERCENT})"
    rf"|\d+,\d+(?![\w:-])"
    rf"|(?:{_WORDS})\s(?:{_MONEY}|{_PERCENT})"
    rf")|(?:\bkr|\bSEK|\bEUR|€)\s?\d[\d\s.,]*",
    re.IGNORECASE,
)


@dataclass
class Told:
    """A text with its figures in it, the sources that it cites, and what is wrong with it."""

    text: str
    cited: list[str] = field(default_factory=list)
    problems: list[tuple[str, str]] = field(default_factory=list)

    def sources(self, lang: Language) -> tuple[str, ...]:
        """The sources in a paragraph, if there are any."""
        if not self.cited:
            return ()
        numbered = "; ".join(f"[{n}] {source}" for n, source in enumerate(self.cited, 1))
        return (label("prose.sources", lang, sources=numbered),)


def live(text: str, ask: Question) -> Told:
    """The text with every reference in it followed; one that leads nowhere stays, in brackets, and
    is a problem ``figure-unknown``, as are amounts and percentages without one:
    ``figure-uncited``."""
    told = Told("")

    def follow(found: re.Match[str]) -> str:
        kind, what, form = found[1], found[2].strip(), (found[3] or "").strip()
        try:
            if kind == "fig":
                return figure(what, form, ask)
            if kind == "attachment":
                return _attachment(what, ask)
            return _cited(what, form, told, ask)
        except LookupError as error:
            told.problems.append(("figure-unknown", str(error.args[0])))
            return f"[{found[0][1:-1]}]"

    bare = _REFERENCE.sub("\u2058", text)
    told.text = _REFERENCE.sub(follow, text)
    told.problems += [("figure-uncited", each) for each in uncited(bare)]
    if "{" in bare or "}" in bare:
        told.problems.append(("figure-unknown", text[text.find("{") :][:60]))
    return told


def uncited(text: str) -> list[str]:
    """The amounts and percentages of a text, as they are written there.

    >>> uncited("Enligt lag 2002:1065 är 5,6 % den 3 augusti 2020 lägre än 4 mnkr för 141 personer")
    ['5,6 %', '4 mnkr']
    """
    return [found[0].strip() for found in _FIGURE.finditer(text)]


def _cited(source: str, figure_: str, told: Told, ask: Question) -> str:
    """A figure from elsewhere, with the number of its source; an attachment is its own."""
    if not source or not figure_:
        raise LookupError(label("prose.bad_cite", ask.lang))
    number = re.fullmatch(r"(?:bilaga|attachment)\s+(\S+)", source, re.IGNORECASE)
    if number:
        return f"{figure_} ({_attachment(number[1], ask)})"
    if source not in told.cited:
        told.cited.append(source)
    return f"{figure_} [{told.cited.index(source) + 1}]"


def _attachment(number: str, ask: Question) -> str:
    """An attachment that is registered, in words."""
    from reporting.report.attached import numbers_of

    if number not in numbers_of(ask):
        raise LookupError(label("prose.no_attachment", ask.lang, number=number))
    return label("prose.attachment", ask.lang, number=number)


# ── a figure of a table ────────────────────────────────────────────────────────────────────────


def figure(path: str, form: str, ask: Question) -> str:
    """The figure at a path, written in a form; `LookupError` says what is not there."""
    noun, dot, rest = path.partition(".")
    row, also, column = rest.rpartition(".")
    if not dot or not also:
        raise LookupError(label("prose.bad_figure", ask.lang, path=path))
    name, at, month = noun.partition("@")
    table = _table(name, replace(ask, through=month) if at else ask)
    found = next((c for c in table.columns if c.key == column.strip()), None)
    if found is None:
        known = ", ".join(c.key for c in table.columns if c.kind != "text")
        raise LookupError(label("prose.no_column", ask.lang, path=path, known=known))
    place = table.columns.index(found)
    values = [_row(table, each.strip(), path, ask)[place] for each in row.split("+")]
    if len(values) > 1 and found.kind not in ("amount", "hours", "count"):
        raise LookupError(label("prose.no_sum", ask.lang, path=path))
    value: Value = values[0]
    if len(values) > 1:
        value = sum(int(each) for each in values if each is not None)
    if value is None or value == "":
        raise LookupError(label("prose.no_value", ask.lang, path=path))
    return _written(value, found, form, path, ask)


def _table(name: str, ask: Question) -> Table:
    from reporting.report.figures import FIGURES

    if name not in FIGURES:
        raise LookupError(label("prose.no_noun", ask.lang, name=name, known=", ".join(FIGURES)))
    try:
        return ask.once(f"figures {name} {ask.through}", lambda: FIGURES[name](ask))
    except UsageError as error:  # of the text, not of the report: its writer is told
        raise LookupError(messages.told(str(error), ask.lang)) from error


def _row(table: Table, name: str, path: str, ask: Question) -> tuple[Value, ...]:
    """The row that has the name in the first column of text where any has it, or the total."""
    if table.total and name in ("total", "totalt"):
        return table.rows[-1]
    wanted = name.casefold()
    for place, column in enumerate(table.columns):
        if column.kind != "text":
            continue
        rows = [
            row
            for row in table.rows
            if wanted
            in (
                str(row[place]).casefold(),
                shown(row[place], column, ask.lang, ask.scale).casefold(),
            )
        ]
        if len(rows) == 1:
            return rows[0]
        if rows:
            raise LookupError(label("prose.several_rows", ask.lang, path=path))
    raise LookupError(label("prose.no_row", ask.lang, path=path))


def _written(value: Value, column: Column, form: str, path: str, ask: Question) -> str:
    """The value in its form: half-up, once, with its unit."""
    words = form.split()
    scale = next((w for w in words if w in DECIMALS), None)
    places = next((int(w) for w in words if w.isdecimal()), None)
    signed, size = "signed" in words, "size" in words
    known = {*DECIMALS, "signed", "size", "percent"}
    if any(word not in known and not word.isdecimal() for word in words):
        raise LookupError(label("prose.bad_form", ask.lang, path=path, form=form))
    if column.kind == "amount":
        ore = abs(int(value or 0)) if size else int(value or 0)
        chosen = cast("Scale", scale or ask.scale)
        return NO_BREAK.join((numbers.amount(ore, ask.lang, chosen, places, signed=signed), chosen))
    if scale is not None:
        raise LookupError(label("prose.bad_form", ask.lang, path=path, form=form))
    if column.kind in ("percent", "decimal"):
        exact = abs(Decimal(value or 0)) if size else Decimal(value or 0)
        if places is not None:
            exact = exact.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)
        if column.kind == "percent" or "percent" in words:
            return numbers.percent(exact, ask.lang, signed=signed)
        return numbers.shown(exact, ask.lang, signed=signed)
    if column.kind in ("count", "hours"):
        whole = abs(int(value or 0)) if size else int(value or 0)
        write = numbers.count if column.kind == "count" else numbers.hours
        return write(whole, ask.lang, signed=signed)
    return str(value)
