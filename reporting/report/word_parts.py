"""What a Word report is made of: headings and contents, text, tables, pages that lie down.

Tables are written as XML, a whole one at a time: python-docx visits every cell anew.
"""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from copy import deepcopy
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from xml.sax.saxutils import escape, quoteattr

from reporting.catalogue import SOFT_HYPHEN, hyphenated, label
from reporting.charts.picture import Chart, figures
from reporting.render import name_second, name_total, printable, shown
from reporting.report.document import Block, Document, Facts, Prose, Section, spreads
from reporting.tables import Table

if TYPE_CHECKING:
    from docx.document import Document as Docx

#: Rows of a table that stands on one page.
_SHORT = 14
#: Points of the letters in cells, and the ones of a table that would be too wide for its page.
_SIZES = (8, 7)
#: Twentieths of a point: of a sign of size 1 in a cell, of a cell's margins; of a column of words
#: the least, the least that long words ask for, and the most that it gets.
_SIGN = 10.5
_BOLD = 1.08
"""How much wider a heading's signs are."""
_MARGINS = 130
_NARROW = 700
_BROAD = 2600
_AMPLE = 7200
#: Points that twips and English metric units count in.
_EMU = 635


class Writer:
    """Writes a report into a filled-in template, each time before the paragraph that it is given.

    A section whose widest table needs more than the page is wide lies down, with the words that its
    chapter begins with.
    """

    def __init__(self, docx: Docx, document: Document) -> None:
        self.docx, self.document = docx, document
        self.ids = {style.name: style.style_id for style in docx.styles}
        self.page = docx.sections[-1]
        self.flat = False

    def contents(self, mark: Any) -> None:
        """A contents field with its entries as links: whole as it is opened, and nobody is asked
        anything. Page numbers come where the reader's program is asked to update the field."""
        sections = [s for s in self.document.sections if s.level <= 2]
        for place, section in enumerate(sections):
            first, last = place == 0, place == len(sections) - 1
            style = self._style(f"toc {section.level}")
            begin = _CONTENTS if first else ""
            end = _END if last else ""
            name, text = _bookmark(section), _run(section.title)
            entry = f'<w:hyperlink w:anchor="{name}" w:history="1">{text}</w:hyperlink>'
            mark._p.addprevious(_parsed(f"<w:p>{style}{begin}{entry}{end}</w:p>"))

    def body(self, mark: Any) -> None:
        """Every section, then back to pages that stand."""
        for sections in spreads(self.document.sections):
            blocks = [block for section in sections for block in section.blocks]
            self._turn(mark, flat=any(self._is_wide(block) for block in blocks))
            for section in sections:
                self._section(mark, section)
        self._turn(mark, flat=False)

    def _section(self, mark: Any, section: Section) -> None:
        name = _bookmark(section)
        number = 1 + self.document.sections.index(section)
        style = self._style(f"Heading {section.level}")
        mark._p.addprevious(
            _parsed(
                f'<w:p>{style}<w:bookmarkStart w:id="{number}" w:name="{name}"/>'
                f'{_run(section.title)}<w:bookmarkEnd w:id="{number}"/></w:p>'
            )
        )
        for block in section.blocks:
            for xml in self._block(block):
                mark._p.addprevious(_parsed(xml))
            if isinstance(block, Chart):
                self._chart(mark, block)

    def _block(self, block: Block) -> Iterator[str]:
        match block:
            case Prose(paragraphs, title):
                if title is not None:
                    yield self._paragraph("Report Lead", title)
                yield from (self._paragraph("Normal", text) for text in paragraphs)
            case Facts(pairs):
                yield from (self._paragraph("Normal", f"{name}: {v}") for name, v in pairs)
            case Table():
                yield from self._table(block, block.title, "Caption")
            case Chart():
                yield self._paragraph("Caption", block.title)

    def _chart(self, mark: Any, chart: Chart) -> None:
        """The picture, told in words for who does not see it, and its figures."""
        from docx.shared import Emu

        from reporting.charts.drawing import to_png

        paragraph = mark.insert_paragraph_before(style="Report Picture")
        wide = min(self._room(flat=False) * _EMU, self._room(self.flat) * _EMU)
        picture = paragraph.add_run().add_picture(io.BytesIO(to_png(chart)), width=Emu(wide))
        named = picture._inline.docPr
        named.set("name", printable(chart.title))
        named.set("title", printable(chart.title))
        named.set("descr", printable(chart.alt))
        if chart.beside:
            for xml in self._table(chart.table, figures(chart), "Report Note"):
                mark._p.addprevious(_parsed(xml))

    def _table(self, table: Table, title: str, style: str) -> Iterator[str]:
        """A caption, the table and its notes; the headings come again on each page."""
        grid = _Grid.of(table, self.document, self._room(self.flat))
        caption = title.replace("{scale}", self.document.scale)
        yield self._paragraph(style, caption, kept=True)
        styles = [self._named(name) for name in ("Report Cell", "Report Figure")]
        yield grid.xml(caption, self.ids["Report Table"], styles)
        notes = list(table.notes)
        if table.off_by_rounding(self.document.scale):
            notes.append(label("note.rounding", self.document.lang))
        yield from (self._paragraph("Report Note", note) for note in notes)
        if not notes:
            yield self._paragraph("Report Note", "")

    def _is_wide(self, block: Block) -> bool:
        table = block.table if isinstance(block, Chart) and block.beside else block
        if not isinstance(table, Table):
            return False
        grid = _Grid.of(table, self.document, self._room(flat=False))
        return sum(grid.least) > grid.room

    def _room(self, flat: bool) -> int:
        """How wide the text is on a page that stands or lies, in twentieths of a point."""
        page = self.page
        told = (
            (page.page_height, page.top_margin, page.bottom_margin)
            if flat
            else (page.page_width, page.left_margin, page.right_margin)
        )
        wide, before, after = (int(length or 0) for length in told)
        return (wide - before - after) // _EMU

    def _turn(self, mark: Any, *, flat: bool) -> None:
        """End the section of pages that stand, or lie, if the next ones do not."""
        if flat == self.flat:
            return
        pages = deepcopy(self.page._sectPr)
        if self.flat:
            _lay_down(pages)
        # Only the document's first page is a first page.
        self.page._sectPr.titlePg_val = None
        ends = _parsed(f"<w:p><w:pPr>{self._named('Report Note')}</w:pPr></w:p>")
        ends.pPr.append(pages)
        mark._p.addprevious(ends)
        self.flat = flat

    def _paragraph(self, style: str, text: str, *, kept: bool = False) -> str:
        """A paragraph; one that is ``kept`` stands on the page of what follows it."""
        told = f"<w:pPr>{self._named(style)}{'<w:keepNext/>' if kept else ''}</w:pPr>"
        return f"<w:p>{told}{_run(text) if text else ''}</w:p>"

    def _style(self, name: str) -> str:
        return f"<w:pPr>{self._named(name)}</w:pPr>"

    def _named(self, name: str) -> str:
        return f'<w:pStyle w:val="{self.ids.get(name) or self.ids[name.lower()]}"/>'


@dataclass(frozen=True)
class _Grid:
    """A table's words as they are shown, how wide its columns must be in letters of ``size``
    points, and the room that it has."""

    heads: list[str]
    rows: list[list[str]]
    figures: list[bool]
    total: bool
    size: int
    least: list[int]
    whole: list[int]
    room: int

    @classmethod
    def of(cls, table: Table, document: Document, room: int) -> _Grid:
        """The table in the largest letters in which it fits the room, else in the smallest; its
        headings are divided where they must."""
        table = name_second(table)
        lang, scale = document.lang, document.scale
        rows = [
            [shown(v, c, lang, scale) for v, c in zip(row, table.columns, strict=True)]
            for row in table.rows
        ]
        if table.total and rows:
            name_total(rows[-1], table, lang)
        whole_heads = [column.heading(lang) for column in table.columns]
        divided = [hyphenated(head, lang) for head in whole_heads]
        figures = [column.kind != "text" for column in table.columns]
        for heads, size in ((whole_heads, _SIZES[0]), *((divided, size) for size in _SIZES)):
            columns = [[head, *(row[i] for row in rows)] for i, head in enumerate(heads)]
            sign = size * _SIGN
            least = [_least(c, figure, sign) for c, figure in zip(columns, figures, strict=True)]
            if sum(least) <= room:
                break
        whole = [
            max(width, min(_whole(column, sign), _AMPLE))
            for width, column in zip(least, columns, strict=True)
        ]
        total = table.total and bool(rows)
        return cls(heads, rows, figures, total, size, least, whole, room)

    def xml(self, caption: str, style: str, cells: Sequence[str]) -> str:
        """The table, no wider than the room."""
        widths = _shared(self.least, self.whole, self.room)
        grid = "".join(f'<w:gridCol w:w="{width}"/>' for width in widths)
        last = len(self.rows) - 1
        short = last < _SHORT
        head = self._row(self.heads, widths, cells, "<w:tblHeader/>", kept=True)
        body = "".join(
            self._row(row, widths, cells, kept=place < last and (short or place in (0, last - 1)))
            for place, row in enumerate(self.rows)
        )
        look = f'w:firstRow="1" w:lastRow="{int(self.total)}" w:firstColumn="1" w:lastColumn="0"'
        return (
            f'<w:tbl><w:tblPr><w:tblStyle w:val="{style}"/>'
            f'<w:tblW w:w="{sum(widths)}" w:type="dxa"/><w:tblLayout w:type="fixed"/>'
            f'<w:tblLook w:val="04A0" {look} w:noHBand="0" w:noVBand="1"/>'
            f"<w:tblCaption w:val={quoteattr(printable(caption))}/></w:tblPr>"
            f"<w:tblGrid>{grid}</w:tblGrid>{head}{body}</w:tbl>"
        )

    def _row(
        self,
        texts: Sequence[str],
        widths: Sequence[int],
        cells: Sequence[str],
        kind: str = "",
        *,
        kept: bool,
    ) -> str:
        """A row in the cells' styles; one that is ``kept`` stands on the page of the next."""
        next_ = "<w:keepNext/>" if kept else ""
        size = self.size if self.size != _SIZES[0] else None
        told = "".join(
            f'<w:tc><w:tcPr><w:tcW w:w="{width}" w:type="dxa"/></w:tcPr><w:p>'
            f"<w:pPr>{cells[figure]}{next_}</w:pPr>{_run(text, size) if text else ''}</w:p></w:tc>"
            for text, width, figure in zip(texts, widths, self.figures, strict=True)
        )
        return f"<w:tr><w:trPr><w:cantSplit/>{kind}</w:trPr>{told}</w:tr>"


def _whole(texts: Sequence[str], sign: float) -> int:
    """The width in which nothing is broken, with a little air."""
    return round(max(len(text) for text in texts) * sign) + 2 * _MARGINS


def _least(texts: Sequence[str], figure: bool, sign: float) -> int:
    """The least width of a column: figures whole, words broken between words."""
    head, *cells = texts
    words = [len(word) for word in head.replace(SOFT_HYPHEN, "-").replace("-", "- ").split(" ")]
    longest = max((len(cell) for cell in cells), default=0)
    if figure:
        return round(max(longest, max(words) * _BOLD) * sign) + _MARGINS
    words += [len(word) for cell in cells for word in cell.split(" ")]
    # Words of a few lines; a column of long texts takes as much as it can get.
    least = max(_NARROW, round(max(words) * sign) + _MARGINS, round(longest * sign / 4))
    return min(least, _BROAD)


def _shared(least: Sequence[int], whole: Sequence[int], room: int) -> list[int]:
    """The columns' widths: columns of words get what they could use, as far as there is room; too
    many columns for it shrink alike."""
    left = room - sum(least)
    if left < 0:
        return [width * room // sum(least) for width in least]
    wanted = [wish - width for wish, width in zip(whole, least, strict=True)]
    given = min(left, sum(wanted))
    return [
        width + (given * wish // sum(wanted) if wish else 0)
        for width, wish in zip(least, wanted, strict=True)
    ]


#: Before and after what a contents field holds.
_CONTENTS = (
    '<w:r><w:fldChar w:fldCharType="begin"/></w:r>'
    '<w:r><w:instrText xml:space="preserve"> TOC \\o "1-2" \\h \\z \\u </w:instrText></w:r>'
    '<w:r><w:fldChar w:fldCharType="separate"/></w:r>'
)
_END = '<w:r><w:fldChar w:fldCharType="end"/></w:r>'


def _run(text: str, size: int | None = None) -> str:
    """Text, in letters of so many points unless the style says; divided where it may be."""
    look = f'<w:rPr><w:sz w:val="{2 * size}"/><w:szCs w:val="{2 * size}"/></w:rPr>' if size else ""
    parts = escape(printable(text)).split(SOFT_HYPHEN)
    told = "<w:softHyphen/>".join(f'<w:t xml:space="preserve">{part}</w:t>' for part in parts)
    return f"<w:r>{look}{told}</w:r>"


def _bookmark(section: Section) -> str:
    return f"_Toc_{section.key}"[:40]


def _parsed(xml: str) -> Any:
    from docx.oxml import parse_xml
    from docx.oxml.ns import nsdecls

    name, rest = xml[1:].split(">", 1)
    return parse_xml(f"<{name} {nsdecls('w')}>{rest}")


def _lay_down(pages: Any) -> None:
    """Turn a section's pages a quarter: what was the top is then the left side."""
    from docx.enum.section import WD_ORIENT

    pages.page_width, pages.page_height = pages.page_height, pages.page_width
    pages.orientation = WD_ORIENT.LANDSCAPE
    top, bottom = pages.top_margin, pages.bottom_margin
    left, right = pages.left_margin, pages.right_margin
    pages.top_margin, pages.bottom_margin = left, right
    pages.left_margin, pages.right_margin = bottom, top


def spoken(docx: Docx, language: str) -> None:
    """Say in the document's defaults which language it is in, for spelling and for listening."""
    from docx.oxml.ns import qn

    element = docx.styles.element
    for found in element.iter(qn("w:lang")):
        found.set(qn("w:val"), language)
