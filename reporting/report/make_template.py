"""Makes the template of Word reports that the product ships: ``python -m
reporting.report.make_template``.

Whoever wants another look opens the file in Word, changes styles, header and title page, and gives
it with ``--template``. What it must keep is told in `word`.
"""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

from reporting.office import sealed
from reporting.report.word import DEFAULT

if TYPE_CHECKING:
    from docx.document import Document as Docx

_FONT = "Calibri"
_INK, _SOFT, _MARK, _LINE, _BAND = "1B1F24", "57606A", "0B4F8A", "C9D1D9", "E8EDF2"
#: Its own date: the file says nothing of when it was made.
_MADE = "2026-01-01T00:00:00+00:00"
_TABLE = f"""
<w:style xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"
    w:type="table" w:customStyle="1" w:styleId="ReportTable">
  <w:name w:val="Report Table"/><w:basedOn w:val="TableNormal"/><w:uiPriority w:val="59"/>
  <w:tblPr><w:tblBorders>
      <w:bottom w:val="single" w:sz="8" w:space="0" w:color="{_INK}"/>
      <w:insideH w:val="single" w:sz="4" w:space="0" w:color="{_LINE}"/></w:tblBorders>
    <w:tblCellMar><w:top w:w="28" w:type="dxa"/><w:left w:w="60" w:type="dxa"/>
      <w:bottom w:w="28" w:type="dxa"/><w:right w:w="60" w:type="dxa"/></w:tblCellMar></w:tblPr>
  <w:tblStylePr w:type="firstRow"><w:rPr><w:b/></w:rPr><w:tcPr>
    <w:tcBorders><w:bottom w:val="single" w:sz="8" w:space="0" w:color="{_INK}"/></w:tcBorders>
    <w:shd w:val="clear" w:color="auto" w:fill="{_BAND}"/><w:vAlign w:val="bottom"/>
  </w:tcPr></w:tblStylePr>
  <w:tblStylePr w:type="lastRow"><w:rPr><w:b/></w:rPr><w:tcPr>
    <w:tcBorders><w:top w:val="single" w:sz="8" w:space="0" w:color="{_INK}"/></w:tcBorders>
  </w:tcPr></w:tblStylePr>
</w:style>"""


def make() -> bytes:
    """The template's bytes; the same each time."""
    from docx import Document

    docx = Document()
    _page(docx)
    _styles(docx)
    _words(docx)
    _bare(docx)
    told = docx.core_properties
    told.title, told.author, told.comments, told.last_modified_by = "Report template", "", "", ""
    loose = io.BytesIO()
    docx.save(loose)
    return sealed(loose.getvalue(), _MADE)


def _bare(docx: Docx) -> None:
    """Without what python-docx's own template brings along: a picture of its first page, a hundred
    table styles twice over, a bibliography's settings."""
    from docx.enum.style import WD_STYLE_TYPE

    for rels in (docx.part.package.rels, docx.part.rels):
        for key, part in list(rels.items()):
            if part.reltype.rpartition("/")[2] in ("thumbnail", "stylesWithEffects", "customXml"):
                rels.pop(key)
    kept = ("Normal Table", "Report Table")
    for style in list(docx.styles):
        if style.type == WD_STYLE_TYPE.TABLE and style.name not in kept:
            style.element.getparent().remove(style.element)


def _page(docx: Docx) -> None:
    """A4 with room for a header and a footer, the first page without them."""
    from docx.shared import Mm

    page = docx.sections[0]
    page.page_width, page.page_height = Mm(210), Mm(297)
    page.left_margin = page.right_margin = Mm(20)
    page.top_margin, page.bottom_margin = Mm(25), Mm(22)
    page.header_distance = page.footer_distance = Mm(11)
    page.different_first_page_header_footer = True


def _styles(docx: Docx) -> None:
    from docx.enum.style import WD_STYLE_TYPE
    from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_TAB_ALIGNMENT
    from docx.oxml import parse_xml
    from docx.shared import Mm

    for name, base in (
        ("Report Lead", "Normal"),
        ("Report Cell", "Normal"),
        ("Report Figure", "Report Cell"),
        ("Report Note", "Normal"),
        ("Report Picture", "Normal"),
        ("Report Colophon", "Report Note"),
        ("toc 1", "Normal"),
        ("toc 2", "Normal"),
    ):
        # Word knows the styles of a contents list by name.
        known = name.startswith("toc")
        style = docx.styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH, builtin=known)
        style.base_style = docx.styles[base]
    _look(docx, "Normal", 10.5, after=6, line=1.15)
    _look(docx, "Title", 26, bold=True, before=140, after=18)
    _look(docx, "Heading 1", 17, bold=True, color=_MARK, before=24, after=6)
    _look(docx, "Heading 2", 13, bold=True, color=_INK, before=18, after=4)
    _look(docx, "Heading 3", 11, bold=True, color=_INK, before=12, after=3)
    _look(docx, "TOC Heading", 17, bold=True, color=_MARK, after=10)
    _look(docx, "Caption", 9.5, bold=True, color=_INK, before=8, after=3)
    _look(docx, "Report Lead", 10.5, bold=True, before=6)
    _look(docx, "Report Cell", 8, after=0, line=1)
    _look(docx, "Report Figure", 8, after=0, line=1)
    _look(docx, "Report Note", 8, color=_SOFT, before=2, after=2)
    _look(docx, "Report Colophon", 8, color=_SOFT, before=6, after=2)
    _look(docx, "Report Picture", 10.5, before=6, after=2)
    _look(docx, "toc 1", 10.5, bold=True, before=6, after=2)
    _look(docx, "toc 2", 10.5, after=2)
    _look(docx, "Header", 8.5, color=_SOFT, after=0)
    _look(docx, "Footer", 8.5, color=_SOFT, after=0)
    docx.styles["Report Figure"].paragraph_format.alignment = WD_ALIGN_PARAGRAPH.RIGHT
    docx.styles["toc 2"].paragraph_format.left_indent = Mm(6)
    for name in ("Caption", "Report Picture", "Report Lead"):
        docx.styles[name].paragraph_format.keep_with_next = True
    for name in ("toc 1", "toc 2", "Header", "Footer"):
        tabs = docx.styles[name].paragraph_format.tab_stops
        tabs.clear_all()
        tabs.add_tab_stop(Mm(170), WD_TAB_ALIGNMENT.RIGHT)
    docx.styles.element.append(parse_xml(_TABLE))


def _look(
    docx: Docx,
    name: str,
    size: float,
    *,
    bold: bool = False,
    color: str = _INK,
    before: int = 0,
    after: int = 0,
    line: float | None = None,
) -> None:
    """One face throughout; sizes and room in points."""
    from docx.oxml.ns import qn
    from docx.shared import Pt, RGBColor

    style = docx.styles[name]
    style.font.name, style.font.size = _FONT, Pt(size)
    # What is not bold leaves it to the table that it stands in.
    style.font.bold = True if bold else None
    style.font.italic, style.font.color.rgb = False, RGBColor.from_string(color)
    fonts = style.element.rPr.rFonts
    for kind in ("asciiTheme", "hAnsiTheme", "eastAsiaTheme", "cstheme"):
        fonts.attrib.pop(qn(f"w:{kind}"), None)
    for kind in ("hAnsi", "cs", "eastAsia"):
        fonts.set(qn(f"w:{kind}"), _FONT)
    room = style.paragraph_format
    room.space_before, room.space_after = Pt(before), Pt(after)
    if line is not None:
        room.line_spacing = line
    border = style.element.pPr.find(qn("w:pBdr"))
    if border is not None:
        style.element.pPr.remove(border)


def _words(docx: Docx) -> None:
    """The title page, contents, body and colophon, as what is put in there."""
    body = docx.add_paragraph
    body("{{ title }}", style="Title")
    table = docx.add_table(rows=3, cols=2, style="Normal Table")
    # The rows of the loop itself fall away.
    for row, (first, second) in zip(
        table.rows,
        (
            ("{%tr for line in cover %}", ""),
            ("{{ line.name }}", "{{ line.value }}"),
            ("{%tr endfor %}", ""),
        ),
        strict=True,
    ):
        row.cells[0].text, row.cells[1].text = first, second
    _narrow_first(table)
    body("{%p if simulated %}")
    body("{{ simulated }}", style="Report Note")
    body("{%p endif %}")
    body("{{ contents_heading }}", style="TOC Heading").paragraph_format.page_break_before = True
    body("{{ contents }}")
    body("{{ body }}")
    body("{%p for line in colophon %}")
    body("{{ line }}", style="Report Colophon")
    body("{%p endfor %}")
    page = docx.sections[0]
    page.header.paragraphs[0].text = "{{ organisation }}\t{{ title }}"
    foot = page.footer.paragraphs[0]
    foot.add_run("\t{{ page }} ")
    _counted(foot, "PAGE")
    foot.add_run(" (")
    _counted(foot, "NUMPAGES")
    foot.add_run(")")


def _narrow_first(table: Any) -> None:
    from docx.shared import Mm

    table.autofit = False
    table.columns[0].width, table.columns[1].width = Mm(45), Mm(125)
    for row in table.rows:
        row.cells[0].width, row.cells[1].width = Mm(45), Mm(125)


def _counted(paragraph: Any, code: str) -> None:
    """A field that the reader's program counts."""
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    for kind in ("begin", "code", "separate", "result", "end"):
        run = paragraph.add_run("1" if kind == "result" else "")
        if kind == "result":
            continue
        if kind == "code":
            told = OxmlElement("w:instrText")
            told.text = f" {code} "
        else:
            told = OxmlElement("w:fldChar")
            told.set(qn("w:fldCharType"), kind)
        run._r.append(told)


if __name__ == "__main__":
    DEFAULT.write_bytes(make())
