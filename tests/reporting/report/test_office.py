"""Word and Excel of a report: the page's tables, the same bytes, templates that people own."""

import io
import re
import zipfile
from decimal import Decimal

import pytest
from docx import Document as open_docx
from docx.oxml.ns import qn
from openpyxl import load_workbook

from ledger.errors import TemplateRefused
from ledger.periods import months_between
from reporting.charts.picture import Chart, Months
from reporting.render import name_second, shown
from reporting.report import make_template
from reporting.report.document import compose, question
from reporting.report.excel import to_excel
from reporting.report.html import to_html
from reporting.report.registry import REPORTS
from reporting.report.word import DEFAULT, STYLES, to_word
from reporting.tables import Column, Table
from tests.projections.builders import Books

THROUGH = "2020-08"


@pytest.fixture(scope="module")
def books(tmp_path_factory):
    """Two years of wages, income and rent, a budget, and an adopted round."""
    books = Books(tmp_path_factory.mktemp("office"))
    months = months_between("2019-01", THROUGH)
    books.post(*((m, "6101", "4010", -100_00 - i) for i, m in enumerate(months)))
    books.post(*((m, "6201", "5010", -50_00) for m in months))
    books.post(*((m, "6102", "3010", 160_00) for m in months))
    books.budget(*((m, "6101", "4010", -101_00) for m in months_between("2020-01", "2020-12")))
    books.round("T2", THROUGH, [("6101", "Personal", -420_00)])
    yield books
    books.store.close()


@pytest.fixture(scope="module")
def document(books):
    asked = question(books.book, "sv", through=THROUGH, unit="60")
    return compose("interim", REPORTS["interim"], asked)


def shown_rows(table, document, scale):
    """A table's cells as people read them, without the word for its total."""
    table = name_second(table)
    return [
        [shown(v, c, document.lang, scale) for v, c in zip(row, table.columns, strict=True)]
        for row in table.rows
    ]


def test_every_table_of_the_page_is_in_word(document):
    """The same headings and cells, in the same order."""
    docx = open_docx(io.BytesIO(to_word(document)))
    told = [[[c.text for c in row.cells] for row in table.rows] for table in docx.tables[1:]]
    tables = [table for _, table in document.tables()]
    assert len(told) == to_html(document).count("<table>") == len(tables) > 2
    for cells, table in zip(told, tables, strict=True):
        head, *rows = cells
        assert head == [column.heading("sv") for column in name_second(table).columns]
        wanted = shown_rows(table, document, document.scale)
        if table.total:
            assert "Totalt" in rows[-1]
            rows[-1] = ["" if cell == "Totalt" else cell for cell in rows[-1]]
        assert rows == wanted


def test_every_table_of_the_page_is_in_excel_as_numbers(document):
    """A sheet a table, each linked from the first; amounts to the öre, percentages as such."""
    book = load_workbook(io.BytesIO(to_excel(document)), data_only=True)
    tables = [table for _, table in document.tables()]
    front, *sheets = book.worksheets
    assert len(sheets) == len(tables)
    links = [c.hyperlink.location for row in front.iter_rows() for c in row if c.hyperlink]
    assert links == [f"'{sheet.title}'!A1" for sheet in sheets]
    for sheet, table in zip(sheets, tables, strict=True):
        table = name_second(table)
        for number, row in enumerate(table.rows):
            for place, (value, column) in enumerate(zip(row, table.columns, strict=True)):
                cell = sheet.cell(4 + number, place + 1).value
                if column.kind == "amount" and value is not None:
                    assert round(Decimal(str(cell)) * 100) == value
                if column.kind == "percent" and value is not None:
                    assert round(Decimal(str(cell)) * 10000) == value * 100


def test_sums_are_live_and_say_what_they_come_to(document):
    """The formula of a total, and its result for those who read without computing."""
    data = to_excel(document)
    live = load_workbook(io.BytesIO(data))["Resultatutveckling"]
    told = load_workbook(io.BytesIO(data), data_only=True)["Resultatutveckling"]
    formulas = [c for row in live.iter_rows() for c in row if c.data_type == "f"]
    assert len(formulas) >= 4
    for cell in formulas:
        first, last = re.findall(r"[A-Z]+(\d+)", cell.value)
        above = [told.cell(row, cell.column).value for row in range(int(first), int(last) + 1)]
        assert sum(Decimal(str(v)) for v in above) == Decimal(str(told[cell.coordinate].value))


def cells_of(book, reference):
    """The values of the cells that a chart draws."""
    name, _, where = reference.replace("$", "").rpartition("!")
    found = book[name.strip("'")][where]
    rows = found if isinstance(found, tuple) else ((found,),)
    return [cell.value for row in rows for cell in (row if isinstance(row, tuple) else (row,))]


def test_excel_draws_charts_from_the_cells(document):
    """Those over months, each with its words: names, months and figures are cells of a sheet, and
    the figures those of our own picture."""
    data = to_excel(document)
    book = load_workbook(io.BytesIO(data), data_only=True)
    ours: dict[str, tuple[str, Months]] = {}
    for section in document.sections:
        for block in section.blocks:
            if isinstance(block, Chart) and isinstance(block.picture, Months):
                ours[block.title] = (block.alt, block.picture)
    found = [chart for sheet in book for chart in sheet._charts]
    assert len(found) == len(ours) >= 3
    for chart in found:
        _, mine = ours[chart.title.tx.rich.p[0].r[0].t]
        parts = [one for part in chart._charts for one in part.series]
        names = [cells_of(book, one.tx.strRef.f)[0] for one in parts]
        assert sorted(names) == sorted(one.name for one in mine.series)
        for one, name in zip(parts, names, strict=True):
            (series,) = [each for each in mine.series if each.name == name]
            told = cells_of(book, one.val.numRef.f)
            assert len(cells_of(book, one.cat.strRef.f)) == len(told)
            scale = {"mnkr": Decimal(1_000_000), "tkr": Decimal(1_000), "%": Decimal("0.01")}[
                mine.unit
            ]
            assert [None if v is None else Decimal(str(v)) for v in told] == [
                None if v is None else Decimal(str(v * scale)) for v in series.values
            ]
    drawn = [n for n in zipfile.ZipFile(io.BytesIO(data)).namelist() if "drawings/drawing" in n]
    words = "".join(zipfile.ZipFile(io.BytesIO(data)).read(n).decode() for n in drawn)
    assert all(f'descr="{alt[:40]}' in words for alt, _ in ours.values())


def test_details_are_not_summed_twice(document):
    """A group's row holds its details: the total's formula passes over them."""
    from openpyxl import Workbook

    from reporting.report.excel import _fill, _live

    rows = (("IT", 300), ("  Nät", 200), ("  Tal", 100), ("MT", 50), (None, 350))
    columns = (Column("investment_type"), Column("outcome", "amount"))
    table = Table("Investeringar", columns, rows, True, (), frozenset({1, 2}))
    sheet = Workbook().active
    _fill(sheet, table, "Investeringar", document)
    assert _live(sheet, table) == {"B8": Decimal("3.5")}
    assert sheet["B8"].value == "=SUM(B4:B4,B7:B7)"


def test_the_same_question_gives_the_same_bytes(document):
    """Word and Excel, and the template that the product ships; nothing says when it was written."""
    assert to_word(document) == to_word(document)
    assert to_excel(document) == to_excel(document)
    for data in (to_word(document), to_excel(document)):
        parts = zipfile.ZipFile(io.BytesIO(data))
        assert {entry.date_time for entry in parts.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        assert parts.namelist() == sorted(parts.namelist())
        core = parts.read("docProps/core.xml").decode()
        stamps = set(re.findall(r"\d{4}-\d\d-\d\dT[\d:]+Z", core))
        assert stamps == {f"{document.recorded_at[:19]}Z"}


def test_the_template_is_the_one_that_its_script_makes():
    """`python -m reporting.report.make_template` makes it anew, to the byte."""
    assert DEFAULT.read_bytes() == make_template.make()


def test_word_has_what_a_reader_without_eyes_goes_by(document):
    """Headings as headings, a contents field, heads that repeat, a language, named tables."""
    docx = open_docx(io.BytesIO(to_word(document)))
    paragraphs = [(p.text, p.style.name if p.style else "") for p in docx.paragraphs]
    headings = [text for text, style in paragraphs if str(style).startswith("Heading")]
    assert headings == [section.title for section in document.sections]
    assert 'TOC \\o "1-2"' in docx.element.xml
    listed = [
        (p.text, p._p.findall(qn("w:hyperlink")))
        for p in docx.paragraphs
        if "toc" in str(p.style and p.style.name)
    ]
    assert [text for text, _ in listed] == headings, "whole before anybody updates a field"
    marks = {e.get(qn("w:name")) for e in docx.element.iter(qn("w:bookmarkStart"))}
    assert all(link.get(qn("w:anchor")) in marks for _, links in listed for link in links)
    assert all(len(links) == 1 for _, links in listed)
    assert "PAGEREF" not in docx.element.xml
    assert "updateFields" not in docx.settings.element.xml
    for table in docx.tables[1:]:
        head = table.rows[0]._tr.trPr
        assert head is not None
        assert head.find(qn("w:tblHeader")) is not None
        assert table._tbl.tblPr.find(qn("w:tblCaption")).get(qn("w:val"))
    languages = {e.get(qn("w:val")) for e in docx.styles.element.iter(qn("w:lang"))}
    assert languages == {"sv-SE"}
    assert docx.core_properties.title == document.title


def test_a_wide_table_lies_down(document):
    """More columns than an upright page holds: its section, and only that, is on its side."""
    from dataclasses import replace

    columns = tuple(Column(f"outcome_{i}", "amount", word="column.outcome") for i in range(20))
    wide = Table("Bred", columns, (tuple([123_456_789_00] * 20),))
    sections = list(document.sections)
    sections[2] = replace(sections[2], blocks=(wide,))
    docx = open_docx(io.BytesIO(to_word(replace(document, sections=tuple(sections)))))
    sizes = [(page.page_width or 0, page.page_height or 0) for page in docx.sections]
    assert [width > height for width, height in sizes] == [False, True, False]


def test_a_table_a_little_too_wide_gets_smaller_letters(document):
    """Its headings are divided, it stands, and its rows, few, keep to one page."""
    from dataclasses import replace

    columns = tuple(Column(f"c{i}", "amount", word="column.forecast_variance") for i in range(12))
    table = Table("Nästan", columns, (tuple([1_234_567_890_00] * 12),) * 3)
    sections = list(document.sections)
    sections[2] = replace(sections[2], blocks=(table,))
    docx = open_docx(io.BytesIO(to_word(replace(document, sections=tuple(sections)))))
    assert len(docx.sections) == 1
    (made,) = [t for t in docx.tables[1:] if len(t.columns) == 12]
    told = made._tbl.xml
    assert '<w:sz w:val="14"/>' in told
    assert "<w:softHyphen/>" in told
    cells = 12 * 4
    assert told.count("<w:keepNext/>") == cells - 12
    assert made.rows[0].cells[0].text == columns[0].heading("sv")
    whole = next(t for t in docx.tables[1:] if len(t.columns) < 8)
    assert "softHyphen" not in whole._tbl.xml


def changed(change):
    """The product's template with something changed, as bytes."""
    docx = open_docx(str(DEFAULT))
    change(docx)
    out = io.BytesIO()
    docx.save(out)
    return out.getvalue()


def no_style(docx):
    docx.styles["Report Table"].delete()


def no_body(docx):
    found = next(p for p in docx.paragraphs if p.text == "{{ body }}")
    found._p.getparent().remove(found._p)


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"no zip", "is no Word document"),
        (changed(no_style), "lacks the style 'Report Table'"),
        (changed(no_body), "has no paragraph {{ body }} of its own"),
        (changed(lambda d: d.add_paragraph("{{ diarienummer }}")), "'diarienummer' is undefined"),
        (changed(lambda d: d.add_paragraph("{{ title")), "says what cannot be put in"),
        (changed(lambda d: d.add_paragraph("{{ ''.__class__.mro() }}")), "cannot be put in"),
    ],
)
def test_a_bad_template_is_refused_by_name(document, tmp_path, data, message):
    """Each with what is wrong and a way on."""
    file = tmp_path / "mall.docx"
    file.write_bytes(data)
    with pytest.raises(TemplateRefused, match=re.escape(message)) as refused:
        to_word(document, file)
    assert refused.value.remedy == "`ledger report template -o FILE` writes one to start from."


def test_a_template_that_is_not_there_is_refused(document, tmp_path):
    with pytest.raises(TemplateRefused, match="cannot be read"):
        to_word(document, tmp_path / "none.docx")


def test_a_template_of_ones_own_gives_its_look(document, tmp_path):
    """Its header and its styles; the styles that it must have are named."""
    file = tmp_path / "mall.docx"
    file.write_bytes(changed(lambda d: d.add_paragraph("Diarienummer: ____")))
    docx = open_docx(io.BytesIO(to_word(document, file)))
    assert docx.paragraphs[-1].text == "Diarienummer: ____"
    names = {style.name.lower() for style in open_docx(str(DEFAULT)).styles}
    assert {style.lower() for style in STYLES} <= names
