"""A report as one HTML file: no network, readable on a phone, printable, sound to listen to."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import escape

from reporting.catalogue import SOFT_HYPHEN, hyphenated, label
from reporting.charts.picture import Chart, figures
from reporting.render import name_second, name_total, printable, shown
from reporting.report.document import Block, Document, Facts, Prose, Section, spreads
from reporting.tables import Column, Table

#: In points: the width of a page's text, standing and lying; of a letter of size 1; and of what is
#: between two columns.
_STANDING, _LYING = 504.0, 756.0
_LETTER, _GAP = 0.54, 7.4
#: Sections of a report of a few pages.
_FEW = 8
#: Rows of a table that stands on one page.
_SHORT = 14
#: Rows of the tables of sections that lie too, where those on both sides do.
_BETWEEN = 24

#: How the SVG of a picture begins: without the name space, which HTML knows, and with its size as
#: the shape only.
_OPENED = re.compile(r'<svg xmlns="[^"]*" width="\d+" height="\d+" (viewBox="[^"]*")>')

_STYLE = """
:root { --ink: #1b1f24; --soft: #57606a; --line: #c9d1d9; --band: #f4f6f8; --mark: #0b4f8a; }
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 72rem; padding: 1.5rem; color: var(--ink); background: #fff;
  font: 1rem/1.5 "Source Sans 3", "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif; }
h1 { font-size: 1.9rem; line-height: 1.2; margin: 2rem 0 1rem; }
h2 { font-size: 1.4rem; margin: 2.5rem 0 .75rem; border-bottom: 2px solid var(--mark); }
h3 { font-size: 1.1rem; margin: 1.75rem 0 .5rem; }
a { color: var(--mark); }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .25rem 1.5rem; margin: 0; }
dt { color: var(--soft); } dd { margin: 0; }
nav ol { padding-left: 1.25rem; } nav li li { color: var(--soft); }
.wide { overflow-x: auto; margin: .75rem 0; }
.wide:focus { outline: 2px solid var(--mark); }
table { border-collapse: collapse; font-variant-numeric: tabular-nums;
  font-size: .9rem; }
caption { text-align: left; font-weight: 600; padding: .25rem 0 .5rem; }
th, td { padding: .3rem .6rem; border-bottom: 1px solid var(--line); vertical-align: top; }
thead th { border-bottom: 2px solid var(--ink); text-align: left; vertical-align: bottom; }
thead th.n { text-align: right; white-space: normal; }
.wide, p, dl { max-width: 100%; } main p, header p { max-width: 46rem; }
.d { white-space: nowrap; }
tbody th { font-weight: normal; text-align: left; }
.n { text-align: right; white-space: nowrap; }
tbody tr:nth-child(even) { background: var(--band); }
tfoot th, tfoot td { border-top: 2px solid var(--ink); font-weight: 600; text-align: left; }
tfoot .n { text-align: right; }
.lead { font-size: 1rem; font-weight: 600; margin: 1rem 0 0; } .lead + p { margin-top: .25rem; }
.skip { position: absolute; left: -100rem; } .skip:focus { left: 1rem; top: .5rem; background: #fff;
  padding: .5rem; outline: 2px solid var(--mark); }
main:focus { outline: none; }
figure { margin: 1.25rem 0; break-inside: avoid; max-width: 52rem; }
figcaption { font-weight: 600; padding-bottom: .25rem; }
figure svg { display: block; width: 100%; min-width: 34rem; height: auto; }
figure table { font-size: .8rem; } figure th, figure td { padding: .2rem .45rem; }
.quiet { font-weight: normal; color: var(--soft); font-size: .8rem; }
.note { color: var(--soft); font-size: .85rem; margin: .2rem 0; }
.colophon { margin-top: 3rem; border-top: 1px solid var(--line); font-size: .85rem;
  color: var(--soft); overflow-wrap: anywhere; }
.warning { border-left: 4px solid var(--ink); padding: .25rem .75rem; }
@page { size: A4; margin: 18mm 16mm;
  @bottom-right { content: counter(page) " (" counter(pages) ")"; font: 8pt sans-serif; } }
@page :first { @bottom-right { content: none; } }
@page lying { size: A4 landscape; }
/* Chromium makes the whole report smaller if any table is wider than its page: here none is. */
@media print { body { max-width: none; padding: 0; font-size: 10pt; }
  .lying { page: lying; } table, figure table { font-size: 8pt; }
  .p7 { font-size: 7pt; } .p6 { font-size: 6pt; }
  th, td, figure th, figure td { padding: .12rem .3rem; }
  .loose th, .loose td { overflow-wrap: anywhere; }
  h1 { font-size: 18pt; margin: 0 0 .6rem; } h2 { font-size: 13pt; margin: 1.2rem 0 .4rem; }
  h3 { font-size: 11pt; margin: 1rem 0 .3rem; } p { margin: .35rem 0; } dl { gap: .05rem 1rem; }
  .note, .colophon, .quiet { font-size: 7.5pt; line-height: 1.35; margin: .1rem 0; }
  .colophon { margin-top: .5rem; } nav { line-height: 1.2; } nav ol { margin: .2rem 0; }
  figure { margin: .8rem 0; }
  figure svg { min-width: 0; max-width: 130mm; }
  figure.aside { display: grid; grid-template-columns: 112mm 1fr; column-gap: 4mm; }
  .aside figcaption, .aside .note { grid-column: 1 / -1; }
  nav.few ~ main svg { max-width: 108mm; } .wide { margin: .3rem 0; }
  .wide { overflow: visible; } h2, h3, h4, caption { break-after: avoid; }
  tr { break-inside: avoid; } .note { break-inside: avoid; } p { orphans: 3; widows: 3; }
  thead { break-after: avoid; } tbody { break-before: avoid; }
  /* A heading keeps two rows, a last row the one before it, a short table itself; notes follow. */
  tbody tr:nth-child(-n+2):not(:last-child) { break-after: avoid; }
  tbody tr:last-child { break-before: avoid; } tfoot tr { break-before: avoid; }
  .short { break-inside: avoid; } .note { break-before: avoid; }
  .lying figure svg { max-width: 95mm; } .skip { display: none; }
  nav.few { display: none; } a { color: inherit; }
  thead { display: table-header-group; } tfoot { display: table-row-group; } }
"""


def to_html(document: Document) -> str:
    """The whole page."""
    return "\n".join(_page(document)) + "\n"


def _page(document: Document) -> Iterator[str]:
    title, lang = escape(document.title), document.lang
    yield "<!doctype html>"
    yield f'<html lang="{lang}">'
    yield '<head><meta charset="utf-8">'
    yield '<meta name="viewport" content="width=device-width, initial-scale=1">'
    yield f"<title>{title}</title><style>{_STYLE}</style></head>"
    skip = _text(label("report.skip", lang))
    yield f'<body><a class="skip" href="#main">{skip}</a><header><h1>{title}</h1>'
    yield from _block(document.cover, document, "cover")
    if document.simulated:
        yield f'<p class="warning">{_text(label("note.simulated", lang))}</p>'
    yield "</header>"
    yield from _contents(document)
    yield '<main id="main" tabindex="-1">'
    for sections, lies in _turned(document):
        if lies:
            yield '<div class="lying">'
        for section in sections:
            yield from _section(section, document, lies=lies)
        if lies:
            yield "</div>"
    yield "</main>"
    said = "".join(f"<p>{_text(line)}</p>" for line in document.colophon)
    yield f'<footer class="colophon">{said}</footer></body></html>'


def _turned(document: Document) -> list[tuple[list[Section], bool]]:
    """The sections of each stretch of pages, and whether they lie: with a table too wide for a page
    that stands, or because they would stand alone on a page between two that lie."""
    every = list(spreads(document.sections))
    wide = [any(_lies(block, document) for each in s for block in each.blocks) for s in every]
    found = []
    for place, sections in enumerate(every):
        between = 0 < place < len(every) - 1 and wide[place - 1] and wide[place + 1]
        blocks = [block for section in sections for block in section.blocks]
        rows = sum(len(block.rows) for block in blocks if isinstance(block, Table))
        short = rows <= _BETWEEN and not any(isinstance(block, Chart) for block in blocks)
        found.append((sections, wide[place] or (between and short)))
    return found


def _contents(document: Document) -> Iterator[str]:
    """The headings as links, sections within their chapters."""
    name = _text(label("report.contents", document.lang))
    # A few pages need no contents on paper.
    few = ' class="few"' if len(document.sections) <= _FEW else ""
    yield f'<nav aria-label="{name}"{few}><h2>{name}</h2><ol>'
    depth = 1
    for place, section in enumerate(document.sections):
        if section.level > depth:
            yield "<ol>"
        elif section.level < depth:
            yield "</li></ol></li>"
        elif place:
            yield "</li>"
        depth = section.level
        yield f'<li><a href="#{section.key}">{_text(section.title)}</a>'
    yield "</li></ol></li>" if depth > 1 else "</li>"
    yield "</ol></nav>"


def _section(section: Section, document: Document, *, lies: bool) -> Iterator[str]:
    size = section.level + 1
    yield f'<section id="{section.key}"><h{size}>{_text(section.title)}</h{size}>'
    for place, block in enumerate(section.blocks):
        yield from _block(block, document, f"{section.key}-{place}", size + 1, lies=lies)
    yield "</section>"


def _block(
    block: Block, document: Document, name: str, below: int = 2, *, lies: bool = False
) -> Iterator[str]:
    """A block of a section; ``below`` is the size of a heading inside it, and on paper the section
    ``lies`` or stands."""
    match block:
        case Prose(paragraphs, title):
            if title is not None:
                yield f'<h{below} class="lead">{_text(title)}</h{below}>'
            yield from (f"<p>{_text(paragraph)}</p>" for paragraph in paragraphs)
        case Facts(pairs):
            rows = "".join(f"<dt>{_text(k)}</dt><dd>{_text(v)}</dd>" for k, v in pairs)
            yield f"<dl>{rows}</dl>"
        case Table():
            yield from _table(block, document, name, lies=lies)
        case Chart():
            yield from _chart(block, document, name, lies=lies)


def _chart(chart: Chart, document: Document, name: str, *, lies: bool) -> Iterator[str]:
    """A picture with its words, for who sees it and who does not, and its figures under it."""
    from reporting.charts.drawing import to_svg

    title = _text(chart.title)
    # On paper a narrow table stands beside its picture.
    narrow = ' class="aside"' if chart.beside and len(chart.table.columns) <= 2 else ""
    yield f'<figure{narrow}><figcaption id="{name}">{title}</figcaption>'
    # The picture scrolls on a narrow screen; it is no smaller than can be read.
    yield f'<div class="wide" role="group" aria-labelledby="{name}" tabindex="0">'
    told = f"<title>{title}</title><desc>{_text(chart.alt)}</desc>"
    yield _OPENED.sub(lambda found: f'<svg role="img" {found[1]}>{told}', to_svg(chart), count=1)
    yield "</div>"
    if chart.beside:
        yield from _table(chart.table, document, f"{name}-figures", figures(chart), lies=lies)
    yield "</figure>"


def _table(
    table: Table, document: Document, name: str, caption: str | None = None, *, lies: bool
) -> Iterator[str]:
    """A table whose first words name its rows; a wide one scrolls by itself, by keyboard too."""
    lang, scale = document.lang, document.scale
    room = _LYING if lies else _STANDING
    heads, cells, kinds = _grid(table, document)
    if _size(heads, cells, kinds, room) != "p8":
        heads = [hyphenated(head, lang) for head in heads]
    title = (caption or table.title).replace("{scale}", scale)
    size = _size(heads, cells, kinds, room) or "p6 loose"
    size = f' class="{size}"' if size != "p8" else ""
    short = " short" if len(cells) <= _SHORT else ""
    yield f'<div class="wide{short}" role="group" aria-labelledby="{name}" tabindex="0">'
    yield f"<table{size}>"
    quiet = ' class="quiet"' if caption else ""
    yield f'<caption id="{name}"{quiet}>{_text(title)}</caption>'
    told = "".join(
        f'<th scope="col"{kind}>{_text(head)}</th>' for kind, head in zip(kinds, heads, strict=True)
    )
    yield f"<thead><tr>{told}</tr></thead><tbody>"
    last = len(cells) - 1 if table.total else len(cells)
    for row in cells[:last]:
        yield _row(row, kinds)
    yield "</tbody>"
    if cells[last:]:
        yield f"<tfoot>{_row(cells[last], kinds)}</tfoot>"
    yield "</table></div>"
    notes = list(table.notes)
    if table.off_by_rounding(scale):
        notes.append(label("note.rounding", lang))
    yield from (f'<p class="note">{_text(note)}</p>' for note in notes)


def _grid(table: Table, document: Document) -> tuple[list[str], list[list[str]], list[str]]:
    """Headings, cells as people read them, and each column's class."""
    lang, table = document.lang, name_second(table)
    cells = [
        [shown(v, c, lang, document.scale) for v, c in zip(row, table.columns, strict=True)]
        for row in table.rows
    ]
    if table.total and cells:
        name_total(cells[-1], table, lang)
    heads = [column.heading(lang) for column in table.columns]
    return heads, cells, [_class(column) for column in table.columns]


def _lies(block: Block, document: Document) -> bool:
    """Whether a table is too wide for a page that stands; a few pages all stand if they can."""
    table = block.table if isinstance(block, Chart) and block.beside else block
    if not isinstance(table, Table):
        return False
    few = len(document.sections) <= _FEW
    heads, cells, kinds = _grid(table, document)
    heads = [hyphenated(head, document.lang) for head in heads]
    return _size(heads, cells, kinds, _STANDING) not in ("p8", "p7", *(["p6"] if few else []))


def _size(
    heads: list[str], cells: list[list[str]], kinds: list[str], room: float
) -> str | None:  # fmt: skip
    """The largest size in which a table fits on paper without breaking a word, by its letters."""
    letters = 0
    for place, (head, kind) in enumerate(zip(heads, kinds, strict=True)):
        texts = [row[place] for row in cells]
        if kind == _SPAN:
            texts = [part for text in texts for part in text.replace("–", "– ").split()]
        elif not kind:
            texts = [piece for text in texts for piece in _pieces(text)]
        words = [*_pieces(head), *texts]
        letters += max((len(word) for word in words), default=0)
    room -= _GAP * len(heads)
    return next((f"p{size}" for size in (8, 7, 6) if letters * _LETTER * size <= room), None)


def _cell(text: str, kind: str) -> str:
    """A cell's text; of periods from one to another each is whole."""
    if kind != _SPAN or not text:
        return _text(text)
    return "–".join(f'<span class="d">{_text(part)}</span>' for part in text.split("–"))


def _pieces(text: str) -> list[str]:
    """What a text may be broken into over lines, with the hyphens that are seen then."""
    return text.replace(SOFT_HYPHEN, "-").replace("-", "- ").replace("/", "/ ").split()


def _row(cells: list[str], kinds: list[str]) -> str:
    """A row; its first words are its heading."""
    words = [place for place, cell in enumerate(cells) if cell and 'class="n"' not in kinds[place]]
    head = words[0] if words else None
    said = "".join(
        f'<th scope="row"{kind}>{_cell(cell, kind)}</th>'
        if place == head
        else f"<td{kind}>{_cell(cell, kind)}</td>"
        for place, (kind, cell) in enumerate(zip(kinds, cells, strict=True))
    )
    return f"<tr>{said}</tr>"


#: Columns of months, dates and codes: they are not broken over lines.
_SPANS, _SPAN = ("interval", "comparator"), ' class="i"'
_UNBROKEN = ("unit", "period", "first", "last", "month", "status", "mark")


def _class(column: Column) -> str:
    if column.kind != "text":
        return ' class="n"'
    if column.key in _SPANS:
        return _SPAN
    return ' class="d"' if column.key in _UNBROKEN else ""


def _text(text: str) -> str:
    """What a file held must neither steer the page nor hide in it."""
    return escape(printable(text))
