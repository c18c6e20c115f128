"""What a page must have for those who listen to it, use the keyboard, or print it.

`make axe` asks a browser and axe-core; these are the rules that matter, without a browser: WCAG 2.2
(success criteria in brackets) as far as a page's text and style say.
"""

import re
from dataclasses import replace
from html.parser import HTMLParser
from itertools import pairwise

import pytest

from ledger.periods import months_between
from reporting.charts import marks
from reporting.report import html as page_writer
from reporting.report.document import compose, question
from reporting.report.html import to_html
from reporting.report.registry import REPORTS
from reporting.tables import Column, Table
from tests.projections.builders import Books

THROUGH = "2020-08"
VOID = {"meta", "br", "path", "line", "rect"}


class Element:
    """A tag with its attributes, its children, and all text inside."""

    def __init__(self, tag, attrs, above=None):
        self.tag, self.attrs, self.above = tag, dict(attrs), above
        self.children: list[Element] = []
        self.words = ""

    def all(self, *tags):
        """Every element below with one of the tags, in the page's order."""
        for child in self.children:
            if child.tag in tags:
                yield child
            yield from child.all(*tags)


class Tree(HTMLParser):
    """The page as elements; what does not nest is an error."""

    def __init__(self, text):
        super().__init__()
        self.top = self.at = Element("page", [])
        self.feed(text)
        assert self.at is self.top

    def handle_starttag(self, tag, attrs):
        child = Element(tag, attrs, self.at)
        self.at.children.append(child)
        if tag not in VOID:
            self.at = child

    def handle_startendtag(self, tag, attrs):
        self.at.children.append(Element(tag, attrs, self.at))

    def handle_endtag(self, tag):
        if tag in VOID:
            return
        assert self.at.tag == tag, f"</{tag}> closes <{self.at.tag}>"
        assert self.at.above is not None
        self.at = self.at.above

    def handle_data(self, data):
        at: Element | None = self.at
        while at is not None:
            at.words += data
            at = at.above


@pytest.fixture(scope="module")
def document(tmp_path_factory):
    """A report with tables with a total and with rows that nothing names, and with charts."""
    books = Books(tmp_path_factory.mktemp("accessible"))
    months = months_between("2018-01", THROUGH)
    books.post(*((m, "6101", "4010", -100_00 - i) for i, m in enumerate(months)))
    books.budget(*((m, "6101", "4010", -101_00) for m in months_between("2020-01", "2020-12")))
    books.round("T2", THROUGH, [("6101", "Personal", -420_00)])
    asked = question(books.book, "sv", through=THROUGH, unit="60")
    made = compose("interim", REPORTS["interim"], asked)
    books.store.close()
    columns = (Column("unit"), Column("text"), Column("outcome", "amount"))
    rows = (("610", "a", 100), (None, "därav b", 50), (None, None, 50))
    first = made.sections[0]
    named = replace(first, blocks=(*first.blocks, Table("Delar", columns, rows)))
    return replace(made, sections=(named, *made.sections[1:]))


@pytest.fixture(scope="module", params=["sv", "en"])
def page(request, document):
    return Tree(to_html(replace(document, lang=request.param))).top, request.param


def test_the_page_says_its_language_and_title(page):
    """[3.1.1, 2.4.2]"""
    top, lang = page
    (whole,) = top.all("html")
    assert whole.attrs["lang"] == lang
    (title,) = whole.children[0].all("title")
    assert title.words


def test_headings_go_down_by_one(page):
    """[1.3.1] One first heading; none skips a level; each says something."""
    levels = [(int(h.tag[1]), h.words) for h in page[0].all("h1", "h2", "h3", "h4", "h5")]
    assert levels[0][0] == 1
    assert [level for level, _ in levels].count(1) == 1
    assert all(after - before <= 1 for (before, _), (after, _) in pairwise(levels))
    assert all(words.strip() for _, words in levels)


def test_the_keyboard_gets_past_the_contents(page):
    """[2.4.1, 2.1.1] The first link leads to the main part; what scrolls can be reached; no order
    of its own."""
    top, _ = page
    links = list(top.all("a"))
    ids = {e.attrs["id"] for e in top.all(*{e.tag for e in every(top)}) if "id" in e.attrs}
    assert links[0].attrs["href"] == "#main"
    assert {link.attrs["href"][1:] for link in links} <= ids
    (main,) = top.all("main")
    assert main.attrs["id"] == "main"
    orders = {e.attrs["tabindex"] for e in every(top) if "tabindex" in e.attrs}
    assert orders <= {"0", "-1"}
    for scrolls in (e for e in every(top) if e.attrs.get("class") == "wide"):
        assert scrolls.attrs["tabindex"] == "0"
        assert scrolls.attrs["aria-labelledby"] in ids
        assert scrolls.attrs["role"] == "group"


def every(element):
    """Every element below."""
    for child in element.children:
        yield child
        yield from every(child)


def test_tables_name_their_columns_and_rows(page):
    """[1.3.1] A caption, a head of columns, in each row at most one heading and no empty one."""
    tables = list(page[0].all("table"))
    assert len(tables) > 4
    for table in tables:
        (caption,) = table.all("caption")
        assert caption.words
        (head,) = table.all("thead")
        heads = list(head.all("th", "td"))
        assert {h.attrs.get("scope") for h in heads} == {"col"}
        assert all(h.words for h in heads)
        for row in (row for part in table.all("tbody", "tfoot") for row in part.children):
            named = [cell for cell in row.children if cell.tag == "th"]
            assert len(row.children) == len(heads)
            assert all(cell.attrs["scope"] == "row" and cell.words for cell in named)
            texts = [cell for cell in row.children if cell.words and cell.attrs.get("class") != "n"]
            assert len(named) == min(len(texts), 1)


def test_pictures_are_told(page):
    """[1.1.1] Each a picture with a name and a description; what is inside says nothing else."""
    pictures = list(page[0].all("svg"))
    assert len(pictures) >= 3
    for picture in pictures:
        assert picture.attrs["role"] == "img"
        name, words = picture.children[:2]
        assert (name.tag, words.tag) == ("title", "desc")
        assert name.words
        assert len(words.words) > 40
        inside = {key for e in every(picture) for key in e.attrs}
        assert not {key for key in inside if key.startswith(("aria-", "role", "tabindex"))}


def test_ids_are_one_thing_s(page):
    ids = [e.attrs["id"] for e in every(page[0]) if "id" in e.attrs]
    assert len(ids) == len(set(ids))


def test_nothing_is_fetched_or_run(page):
    """One file: no script, no address, nothing linked."""
    tags = {e.tag for e in every(page[0])}
    assert not tags & {"script", "link", "img", "iframe", "object", "base", "form"}
    for element in every(page[0]):
        for key in ("href", "src", "xlink:href"):
            assert str(element.attrs.get(key, "#")).startswith("#")
    assert "url(" not in page_writer._STYLE
    assert "@import" not in page_writer._STYLE


def luminance(color):
    """Relative luminance of #rrggbb: WCAG 2.2, definitions."""
    parts = [int(color[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one, other):
    """Contrast ratio: WCAG 2.2, definitions."""
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def test_the_measure_of_contrast():
    """Black on white is 21; the grey #767676 is the lightest that passes on white (WCAG 2.2,
    technique G18's usual example)."""
    assert round(contrast("#000000", "#ffffff"), 2) == 21
    assert contrast("#767676", "#ffffff") >= 4.5 > contrast("#777777", "#ffffff")


def test_words_stand_out():
    """[1.4.3, 1.4.11] Text 4.5 against each ground it stands on; lines and points 3."""
    ground = dict(re.findall(r"--(\w+): (#[0-9a-f]{6})", page_writer._STYLE))
    for name in ("ink", "soft", "mark"):
        for under in ("#ffffff", ground["band"]):
            assert contrast(ground[name], under) >= 4.5, name
    for color, _, _, _ in marks.LINES:
        assert contrast(color, "#ffffff") >= 4.5
    assert contrast(marks.SOFT, "#ffffff") >= 4.5


def test_looks_differ_without_colour():
    """[1.4.1] Each line has dashes or points of its own; bars next to each other differ in tone."""
    looks = [(tuple(dash), shape, full) for _, dash, shape, full in marks.LINES]
    assert len(set(looks)) == len(looks)
    assert len({shape for _, shape, _ in looks}) == len(looks)
    assert all(contrast(one, other) >= 1.5 for one, other in pairwise(marks.TONES))


def test_paper_gets_heads_on_each_page_and_totals_once():
    """Heads come again; the total stands where the table ends, not under each page."""
    style = page_writer._STYLE.partition("@media print")[2]
    assert "thead { display: table-header-group; }" in style
    assert "tfoot { display: table-row-group; }" in style
    assert "tr { break-inside: avoid; }" in style
    assert "size: A4" in page_writer._STYLE


def test_a_wide_table_lies_down_on_paper(document):
    """With its section; on the smallest type only where nothing else fits, and then words break."""
    columns = tuple(Column(f"outcome_{i}", "amount", word="column.outcome") for i in range(40))
    for count, size, lies in ((4, "<table>", False), (12, "<table>", True),
                              (40, '<table class="p6 loose">', True)):  # fmt: skip
        table = Table("Bred", columns[:count], (tuple([123_456_789_00_000] * count),))
        sections = [*document.sections]
        sections[0] = replace(sections[0], blocks=(table,))
        text = to_html(replace(document, sections=tuple(sections)))
        assert size in text[text.index("<main") :].partition("<caption")[0]
        assert ('<div class="lying">' in text.partition("Bred")[0]) is lies


def test_a_few_pages_have_no_contents_on_paper(document):
    few = to_html(replace(document, sections=document.sections[:3]))
    assert ' class="few"><h2>' in few
    assert "nav.few { display: none; }" in page_writer._STYLE
