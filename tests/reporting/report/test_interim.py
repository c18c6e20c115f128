"""The interim report as a document: what is in it, and that it is the same to the byte."""

import io
import re
from decimal import Decimal
from html.parser import HTMLParser

import pytest

from ledger.errors import UsageError
from ledger.families.governance import RecordReconciliation
from ledger.periods import months_between
from reporting.report.document import compose, missing, question
from reporting.report.excel import to_excel
from reporting.report.html import to_html
from reporting.report.registry import REPORTS
from tests.projections.builders import Books

THROUGH = "2020-08"
VOID = {"meta", "link", "br", "img"}


@pytest.fixture
def books(tmp_path):
    """Two years of wages, income and rent, a budget, and an adopted round."""
    books = Books(tmp_path)
    months = months_between("2019-01", THROUGH)
    books.post(*((m, "6101", "4010", -100_00 - i) for i, m in enumerate(months)))
    books.post(*((m, "6201", "5010", -50_00) for m in months))
    books.post(*((m, "6102", "3010", 160_00) for m in months))
    books.budget(*((m, "6101", "4010", -101_00) for m in months_between("2020-01", "2020-12")))
    books.round("T2", THROUGH, [("6101", "Personal", -420_00)])
    yield books
    books.store.close()


def document(books, unit="60", lang="sv"):
    asked = question(books.book, lang, through=THROUGH, unit=unit)
    return compose("interim", REPORTS["interim"], asked)


class Page(HTMLParser):
    """Checks that tags nest, and keeps what a reader without eyes goes by."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.ids: list[str] = []
        self.attributes: list[tuple[str, dict[str, str | None]]] = []
        self.feed(text)
        assert self.open == []

    def handle_starttag(self, tag, attrs):
        told = dict(attrs)
        self.attributes.append((tag, told))
        if "id" in told:
            self.ids.append(told["id"])
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag, f"</{tag}> closes something else"


def test_the_page_nests_and_names_its_parts(books):
    """One language, one first heading, unique ids, links that lead somewhere, tables with captions,
    and heads that say what they are of."""
    text = to_html(document(books))
    page = Page(text)
    tags = [tag for tag, _ in page.attributes]
    assert tags.count("h1") == 1
    assert ("html", {"lang": "sv"}) in page.attributes
    assert len(page.ids) == len(set(page.ids))
    links = [str(told["href"])[1:] for tag, told in page.attributes if tag == "a"]
    assert links
    assert set(links) <= set(page.ids)
    assert tags.count("caption") == tags.count("table") > 2
    assert all("scope" in told for tag, told in page.attributes if tag == "th")
    assert "http" not in text.replace("http-equiv", "")


def test_figures_are_those_of_the_table(books):
    """The result of the areas in tkr: 610 is 160 a month less wages."""
    text = to_html(document(books))
    row = re.search(r'<th scope="row" class="d">610</th>(.*?)</tr>', text)
    assert row is not None
    cells = re.findall(r"<td[^>]*>(.*?)</td>", row.group(1))
    wages = sum(100_00 + i for i in range(12, 20))
    assert cells[1] == str(round(Decimal(8 * 160_00 - wages) / 100_000))


def test_the_same_question_gives_the_same_bytes(books):
    """Also after later events, asked as it was known."""
    known = f"@{books.book.size}"
    first = document(books)
    pages = to_html(first), to_excel(first)
    books.post(("2020-08", "6101", "4010", -999_00), ("2020-09", "6101", "4010", -999_00))
    asked = question(books.book.at(known), "sv", through=THROUGH, unit="60")
    again = compose("interim", REPORTS["interim"], asked)
    assert (to_html(again), to_excel(again)) == pages
    assert to_html(document(books)) != pages[0]


def test_the_colophon_says_whether_the_record_was_reconciled(books):
    """The latest comparison that covers the month; else that there is none."""
    assert "Ingen avstämning" in document(books).colophon[-1]
    books.record(RecordReconciliation("2020-01", THROUGH, 96, 2, 150))
    told = document(books, lang="en").colophon[-1]
    assert "January to August 2020: 96 compared, 2 different." in told


def test_the_workbook_has_numbers_and_live_sums(books):
    from openpyxl import load_workbook

    book = load_workbook(io.BytesIO(to_excel(document(books))))
    assert book.sheetnames[:2] == ["Försättsblad", "Resultatutveckling"]
    sheet = book["Resultatutveckling"]
    heads = [cell.value for cell in sheet[3]]
    outcome = heads.index("Utfall")
    rows = list(sheet.iter_rows(min_row=4, max_row=7))
    kept = {row[0].value: row[outcome].value for row in rows}
    wages = sum(100_00 + i for i in range(12, 20))
    assert kept["610"] == pytest.approx((8 * 160_00 - wages) / 100, abs=0)
    assert kept["620"] == -400
    assert sheet.freeze_panes == "B4"
    assert str(rows[2][outcome].value).startswith("=SUM(")


def test_text_that_steers_is_only_text(books):
    """A name from a file is escaped on the page and no formula in the workbook."""
    from openpyxl import load_workbook

    books.round("<script>", THROUGH, [("6101", "Personal", -1_00)])
    one = document(books)
    assert "<script>" not in to_html(one)
    assert "&lt;script&gt;" in to_html(one)
    book = load_workbook(io.BytesIO(to_excel(one)))
    formulas = [c.value for s in book for row in s.iter_rows() for c in row if c.data_type == "f"]
    assert all(str(value).startswith("=SUM(") for value in formulas)


def test_what_is_missing_is_said(books):
    """No risks are registered: the section is not in the report, and the list says so."""
    asked = question(books.book, "sv", through=THROUGH, unit="60")
    there = {part.key: found for part, found in missing(REPORTS["interim"], asked)}
    assert there["result"]
    assert not there["risks"]
    assert "risks" not in [section.key for section in document(books).sections]


def test_english_pages_are_english(books):
    text = to_html(document(books, lang="en"))
    assert '<html lang="en">' in text
    assert "Interim report" in text


def test_an_unknown_unit_is_refused(books):
    with pytest.raises(UsageError, match="There is no unit"):
        document(books, unit="999")
