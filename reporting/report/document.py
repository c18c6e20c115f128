"""What a report is before it is written: a title page, sections of blocks, a colophon."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, TypeVar

from ledger import proof
from ledger.errors import NothingKnown
from ledger.families.publication import Publications
from ledger.log import Book
from ledger.money import rounded
from projections.dimensions import Tree, outcome_span, registered
from reporting.catalogue import Language, label
from reporting.charts.picture import Chart
from reporting.notes import local
from reporting.numbers import DECIMALS, Scale, amount
from reporting.report.changes import changes
from reporting.tables import Table
from reporting.times import in_words, month_name
from reporting.variance_table import ExplainedTable

T = TypeVar("T")


@dataclass(frozen=True)
class Question:
    """What a report is asked: of which book, through which month, for which part."""

    book: Book
    lang: Language
    through: str
    unit: str
    scale: Scale = "tkr"
    kept: dict[tuple[object, ...], Any] = field(default_factory=dict, compare=False, repr=False)

    def once(self, name: str, make: Callable[[], T]) -> T:
        """What ``make`` gives, made once for a name and question, however many sections ask."""
        key = (name, self.book.size, self.through, self.unit, self.lang)
        if key not in self.kept:
            self.kept[key] = make()
        found: T = self.kept[key]
        return found

    @property
    def is_whole(self) -> bool:
        """Whether the whole organisation is asked about."""
        return self.unit == self.book.organisation.require_founded().root

    @property
    def unit_name(self) -> str:
        """The part's name, or its code."""
        return Tree(self.book, "line", self.through).unit_names().get(self.unit) or self.unit


@dataclass(frozen=True)
class Prose:
    """Paragraphs of text, under a heading of their own where they have a ``title``."""

    paragraphs: tuple[str, ...]
    title: str | None = None


@dataclass(frozen=True)
class Facts:
    """Names and what they are, one line each, as on a title page."""

    pairs: tuple[tuple[str, str], ...]


Block = Prose | Facts | Table | Chart


@dataclass(frozen=True)
class Section:
    """A heading with its blocks; ``level`` 1 is a chapter, 2 a section of it. ``plain`` is the
    title without the month and time that are the section's own, where it has any."""

    key: str
    title: str
    level: int
    blocks: tuple[Block, ...] = field(default=())
    plain: str | None = None


@dataclass(frozen=True)
class Document:
    """A whole report, ready to be written."""

    title: str
    lang: Language
    scale: Scale
    simulated: bool
    cover: Facts
    sections: tuple[Section, ...]
    colophon: tuple[str, ...]
    recorded_at: str
    """When the newest event that it stands on was recorded (ISO, UTC)."""

    def tables(self) -> Iterator[tuple[Section, Table]]:
        """Every table in the report's order, those beside charts too, with its section."""
        for section in self.sections:
            for block in section.blocks:
                if isinstance(block, Table):
                    yield section, block
                elif isinstance(block, Chart) and block.beside:
                    yield section, block.table


def spreads(sections: Sequence[Section]) -> Iterator[list[Section]]:
    """Sections that stand on the same pages: the words that a chapter begins with go with its first
    section, any other stands alone."""
    together: list[Section] = []
    for place, section in enumerate(sections):
        together.append(section)
        following = sections[place + 1] if place + 1 < len(sections) else None
        drawn = any(isinstance(block, Table | Chart) for block in section.blocks)
        if drawn or following is None or following.level <= section.level:
            yield together
            together = []


@dataclass(frozen=True)
class Part:
    """One section of a report: its key in the catalogue's ``section``, its level, and what gives
    its blocks after what people wrote of it. None of both says that the store holds nothing for
    it: the section is missing. ``told`` says that a reader expects somebody's words there.
    ``charts`` names the section's charts, by key; None is all that it has."""

    key: str
    level: int
    blocks: Callable[[Question], Sequence[Block]]
    told: bool = False
    charts: tuple[str, ...] | None = None


def question(
    book: Book, lang: Language, *, through: str | None, unit: str | None, scale: Scale = "tkr"
) -> Question:
    """The question for a unit and all below it, or the whole.

    Raises `UsageError` for a unit that there is not, `NothingKnown` for a month without outcome.
    """
    asked = registered(book.organisation, unit or book.organisation.require_founded().root)
    return Question(book, lang, outcome_span(book, through).last, asked, scale)


def other(ask: Question, book: Book, through: str | None) -> Question:
    """The same question of another book or month; `UsageError` where that book lacks the unit."""
    unit, month = registered(book.organisation, ask.unit), through or ask.through
    return replace(ask, book=book, unit=unit, through=book.period(month).last)


def compose(
    name: str,
    parts: Sequence[Part],
    ask: Question,
    at: Mapping[str, Question] | None = None,
    *,
    compared: bool = True,
) -> Document:
    """The report of that name: the parts that have something to say, under headings that do.

    ``at`` has sections, by key, that are asked of another month or time: their heading says which.
    Where a version was given out before, the report ends with what changed since, unless it is not
    to be ``compared``.
    """
    book, lang, other = ask.book, ask.lang, at or {}
    sections = [_section(part, other.get(part.key, ask), ask) for part in parts]
    sections = [
        _drawn(section, part, other.get(section.key, ask))
        for section, part in zip(sections, parts, strict=True)
    ]
    sections += closing(sections, ask)
    given = book.state.of(Publications).of(name, ask.unit, ask.through)
    document = Document(
        title=label(f"report.{name}", lang, unit=ask.unit_name, through=_month(ask)),
        lang=lang,
        scale=ask.scale,
        simulated=book.organisation.require_founded().clock == "simulated",
        cover=_cover(name, ask, len(given) + 1),
        sections=tuple(_with_content(sections)),
        colophon=_colophon(ask),
        recorded_at=book.recorded_at,
    )
    if not given or not compared:
        return document
    then = replace(ask, book=Book(book.path, given[-1].known_size))
    changed = changes(compose(name, parts, then, at, compared=False), document)
    title = label("section.changes", lang, version=given[-1].version)
    last = Section("changes", title, 1, (changed,))
    return replace(document, sections=(*document.sections, last))


def _section(part: Part, ask: Question, whole: Question) -> Section:
    """A section: people's words, then its blocks; its heading tells what the cover does not."""
    from reporting.report.texts import written

    lang = ask.lang
    title = plain = label(f"section.{part.key}", lang)
    if ask is not whole:
        known = local(ask.book, ask.book.recorded_at)[:16]
        title = label("report.own_time", lang, title=title, through=_month(ask), time=known)
    blocks = (*written(ask, part.key), *_blocks(part, ask))
    return Section(part.key, title, part.level, blocks, plain)


def _month(ask: Question) -> str:
    """The month that is asked about, as people write it."""
    return month_name(ask.through, ask.lang)


def _drawn(section: Section, part: Part, ask: Question) -> Section:
    """A section that says something, with its charts, its titles as people write them."""
    from reporting.charts.registry import charts

    if not section.blocks:
        return section
    blocks = (*section.blocks, *charts(section.key, ask, part.charts))
    return replace(section, blocks=tuple(_titled(block, ask.lang) for block in blocks))


def _titled(block: Block, lang: Language) -> Block:
    """A table or chart with the months of its title and notes in words."""
    if isinstance(block, Chart):
        table = _titled(block.table, lang)
        assert isinstance(table, Table)
        return replace(block, title=in_words(block.title, lang), table=table)
    if isinstance(block, Table):
        notes = tuple(note if " --" in note else in_words(note, lang) for note in block.notes)
        return replace(block, title=in_words(block.title, lang), notes=notes)
    return block


def _blocks(part: Part, ask: Question) -> Sequence[Block]:
    """What the part gives; nothing where nothing is on record of what it asks about. A mistaken
    question is not forgiven: the report fails."""
    try:
        return part.blocks(ask)
    except NothingKnown:
        return ()


def closing(sections: Sequence[Section], ask: Question) -> list[Section]:
    """Of the tables before it: which do not add up when rounded, and what is not explained."""
    off, left = [], []
    for section in sections:
        for block in section.blocks:
            if isinstance(block, Table) and (
                block.off_by_rounding(ask.scale) or _differ(block, ask.scale)
            ):
                off.append(block.title.replace("{scale}", ask.scale))
            if isinstance(block, ExplainedTable):
                left += [
                    f"{name} {amount(ore, ask.lang, ask.scale, signed=True)} {ask.scale}"
                    for name, ore in block.remainders()
                ]
    told = []
    if off:
        told.append(label("report.rounded", ask.lang, tables="; ".join(dict.fromkeys(off))))
    if left:
        told.append(label("report.remainders", ask.lang, rows="; ".join(left)))
    if not told:
        return []
    return [Section("notes", label("section.notes", ask.lang), 1, (Prose(tuple(told)),))]


#: Columns that are the difference of two others, and which.
_DIFFERENCES = {
    "variance": (("outcome", "budget"), ("effect", "phased")),
    "forecast_variance": (
        *(("forecast", "annual_budget"), ("forecast", "assignment"), ("frame", "forecast")),
    ),
}


def _differ(table: Table, scale: Scale) -> bool:
    """Whether a difference in a row, rounded, is not that of the figures rounded beside it."""
    places = {column.key: place for place, column in enumerate(table.columns)}
    for name, pairs in _DIFFERENCES.items():
        for one, other in pairs:
            if not {name, one, other} <= places.keys():
                continue
            for row in table.rows:
                cells = [row[places[key]] for key in (one, other, name)]
                if any(not isinstance(cell, int) for cell in cells):
                    continue
                exact = [int(cell) for cell in cells if isinstance(cell, int)]
                first, second, third = (rounded(o, scale, DECIMALS[scale]) for o in exact)
                if exact[0] - exact[1] == exact[2] and first - second != third:
                    return True
    return False


def left_out(parts: Sequence[Part], document: Document) -> list[Part]:
    """The parts that the document has no section of, since the store holds nothing for them."""
    there = {section.key for section in document.sections}
    return [part for part in parts if part.blocks is not heading and part.key not in there]


def missing(parts: Sequence[Part], ask: Question) -> list[tuple[Part, bool]]:
    """Every part that is no mere heading, and whether the store holds something for it."""
    found = [part for part in parts if part.blocks is not heading]
    return [(part, bool(_section(part, ask, ask).blocks)) for part in found]


def heading(ask: Question) -> Sequence[Block]:
    """The blocks of a chapter that only has sections."""
    del ask
    return ()


def _with_content(sections: Sequence[Section]) -> list[Section]:
    """Without what is empty; a chapter stays where any of its sections does."""
    kept: list[Section] = []
    for section in reversed(sections):
        below = bool(kept) and kept[-1].level > section.level
        if section.blocks or (section.level == 1 and below):
            kept.append(section)
    return kept[::-1]


#: Settings that the cover shows, where they are set.
_COVER = ("report.responsible", "report.author")


def _cover(name: str, ask: Question, version: int) -> Facts:
    """What the report is of, and its metadata."""
    book, lang = ask.book, ask.lang
    founded = book.organisation.require_founded()
    known = ((key.partition(".")[2], book.organisation.setting(key)) for key in _COVER)
    pairs = (
        (label("cover.organisation", lang), founded.name),
        (label("cover.unit", lang), f"{ask.unit_name} ({ask.unit})"),
        (label("cover.period", lang), _month(ask)),
        (label("cover.document", lang), f"{name}-{ask.unit}-{ask.through}"),
        (label("cover.version", lang), str(version)),
        (label("cover.known_at", lang), local(book, book.recorded_at)[:16]),
        *((label(f"cover.{key}", lang), value) for key, value in known if value),
    )
    return Facts(pairs)


def _colophon(ask: Question) -> tuple[str, ...]:
    """How the page can be proved: the log's size and root, and what to do with them; and whether
    the record was compared with the economy system's balances."""
    book, lang = ask.book, ask.lang
    said = {"size": book.size, "root": proof.root(book.path, book.size)}
    return (
        label("colophon.known", lang, time=local(book, book.recorded_at), **said),
        label("colophon.root", lang, **said),
        label("colophon.verify", lang, **said),
        _reconciled(ask),
    )


def _reconciled(ask: Question) -> str:
    """The latest comparison with balances that covers the report's month, or that there is none."""
    compared = ask.book.events("governance.reconciliation_recorded")
    covering = compared.filter(
        (compared["first"] <= ask.through) & (compared["last"] >= ask.through)
    )
    if covering.is_empty():
        return label("colophon.not_reconciled", ask.lang, through=_month(ask))
    last = covering.row(-1, named=True)
    told = label(
        "colophon.reconciled",
        ask.lang,
        time=local(ask.book, last["recorded_at"])[:16],
        **{name: last[name] for name in ("first", "last", "compared", "different")},
    )
    return in_words(told, ask.lang)
