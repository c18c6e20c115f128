"""Figures in prose: live, cited, or found to be neither."""

import pytest

import projections
from ledger.errors import InputRefused
from ledger.families.commentary import RegisterAttachments, WriteCommentary
from ledger.periods import months_between
from reporting.report.document import compose, question
from reporting.report.html import to_html
from reporting.report.prose import live, uncited
from reporting.report.registry import REPORTS
from reporting.report.texts import homeless
from tests.projections.builders import Books

THROUGH = "2020-08"
DIGEST = "ab" * 32


@pytest.fixture
def books(tmp_path):
    """Wages of 100 and income of 160 a month in two units, rent of 50, wages budgeted at 101."""
    books = Books(tmp_path)
    months = months_between("2019-01", THROUGH)
    books.post(*((m, "6101", "4010", -100_00) for m in months))
    books.post(*((m, "6201", "5010", -50_00) for m in months))
    books.post(*((m, "6102", "3010", 160_00) for m in months))
    books.budget(*((m, "6101", "4010", -101_00) for m in months_between("2020-01", "2020-12")))
    yield books
    books.store.close()


def told(books, text: str, lang="sv"):
    return live(text, question(books.book, lang, through=THROUGH, unit="60"))


@pytest.mark.parametrize(
    ("reference", "written"),
    [
        ("{fig:result.610.outcome|kr}", "480 kr"),
        ("{fig:result.total.outcome|kr signed}", "+80 kr"),
        ("{fig:result.620.outcome|kr size}", "400 kr"),
        ("{fig:result.620.outcome|tkr 2}", "−0,40 tkr"),
        ("{fig:result.610+620.outcome|kr}", "80 kr"),
        ("{fig:units.6101+6102.outcome|kr}", "480 kr"),
        ("{fig:result@2020-02.610.outcome|kr}", "120 kr"),
        ("{fig:costs.total.change_percent|percent 1}", "0,0 %"),
        ("{fig:lines.Lokaler.outcome|kr}", "−400 kr"),
    ],
)
def test_a_live_figure_is_the_tables_own(books, reference, written):
    """8 months: 610 has 160 − 100 a month, 620 has −50."""
    found = told(books, f"Det är {reference}.")
    assert found.problems == []
    assert found.text.replace("\u00a0", " ") == f"Det är {written}."


@pytest.mark.parametrize(
    ("reference", "why"),
    [
        ("{fig:resultat.610.outcome|kr}", "tabellen resultat finns inte"),
        ("{fig:result.699.outcome|kr}", "raden finns inte"),
        ("{fig:result.610.utfall|kr}", "kolumnen finns inte; det finns outcome"),
        ("{fig:result.610.outcome|euro}", "skrivs inte som euro"),
        ("{fig:result.610.change_percent|mnkr}", "skrivs inte som mnkr"),
        ("{fig:result.610+620.change_percent}", "summeras inte"),
        ("{fig:result.610.annual_forecast}", "kolumnen finns inte"),
        ("{fig:result.610.forecast|kr}", "siffran är inte känd"),
        ("{fig:result}", "skriv tabell.rad.kolumn"),
        ("{cite:|48}", "utan källa"),
        ("{attachment:7}", "bilaga 7 är inte registrerad"),
    ],
)
def test_a_reference_that_leads_nowhere_is_found(books, reference, why):
    """It stays in the text, in brackets, so that nobody publishes a hole."""
    found = told(books, f"Det är {reference}.")
    assert [code for code, _ in found.problems] == ["figure-unknown"]
    assert why in found.problems[0][1]
    assert found.text == f"Det är [{reference[1:-1]}]."


def test_an_unclosed_brace_is_found(books):
    assert told(books, "Det är {fig:result.610.outcome.").problems[0][0] == "figure-unknown"


def test_a_cited_figure_names_its_source(books):
    """One number a source, the sources after the text."""
    found = told(books, "{cite:SKR|48 %} av {cite:SCB|1,5 mnkr}, mot {cite:SKR|42 %}.")
    assert found.text == "48 % [1] av 1,5 mnkr [2], mot 42 % [1]."
    assert found.problems == []
    assert found.sources("sv") == ("Källor: [1] SKR; [2] SCB",)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("ett överskott på 10,5 mnkr", ["10,5 mnkr"]),
        ("en minskning med 14,4 mnkr (-10%) och -16,7 mnkr", ["14,4 mnkr", "-10%", "-16,7 mnkr"]),
        ("upp till cirka 60 %", ["60 %"]),
        ("IT-utrustning 0,1", ["0,1"]),
        ("kostar 4\u00a0000\u00a0000 kronor", ["4\u00a0000\u00a0000 kronor"]),
        ("kostar 4 000 000 kronor", ["4 000 000 kronor"]),
        ("tio procent och två miljoner", ["tio procent", "två miljoner"]),
        ("kr 48 och SEK 48", ["kr 48", "SEK 48"]),
        ("steg 1,5 procentenheter", ["1,5 procentenheter"]),
        ("den 31 augusti 2020, 2020-08-31, Q3 2020, tertial 2, kl. 10.30", []),
        ("enligt lag 2002:1065 och SFS 2018:597, 3 kap. 2 §", []),
        ("141 tillsvidareanställda, 4 779 timmar, 986 st", []),
        ("inom 90 dagar, risktal >19, avskrivning 3 till 5 år, covid-19", []),
        ("krönika, kran 4, %-tecken", []),
    ],
)
def test_amounts_and_percentages_are_found_and_nothing_else(text, found):
    """Dates, laws, counts and names are free."""
    assert uncited(text) == found


def write(books, *rows):
    keys = ("section", "unit", "period", "text")
    books.record(
        WriteCommentary(tuple(dict(zip(keys, r, strict=True)) for r in rows), "commentary.csv")
    )


def test_texts_stand_in_their_sections(books):
    """By name in either language or by key, with a heading after a slash; an unknown section's
    text is homeless."""
    write(
        books,
        ("Ekonomi", "60", THROUGH, "Resultatet är {fig:result.total.outcome|kr}."),
        ("result", "60", THROUGH, "Två stycken.\nHär är det andra."),
        ("Verksamhet/Stabil miljö", "60", THROUGH, "Allt är stabilt."),
        ("Nonsens", "60", THROUGH, "Vilse."),
        ("Ekonomi", "610", THROUGH, "En annan enhets text."),
    )
    ask = question(books.book, "sv", through=THROUGH, unit="60")
    page = to_html(compose("interim", REPORTS["interim"], ask)).replace("\u00a0", " ")
    assert "<p>Resultatet är 80 kr.</p>" in page
    assert "<p>Två stycken.</p>\n<p>Här är det andra.</p>" in page
    assert '<h3 class="lead">Stabil miljö</h3>\n<p>Allt är stabilt.</p>' in page
    assert "annan enhets" not in page
    lost = homeless(ask, [part.key for part in REPORTS["interim"]])
    assert [one.section for one in lost] == ["Nonsens"]


def attach(books, **more):
    row = {"number": "1", "unit": "60", "period": THROUGH, "title": "Beslut", "digest": DIGEST}
    return books.record(RegisterAttachments((row | more,), "attachment.csv"))


def test_an_attachment_is_cited_by_number_and_digest(books):
    attach(books)
    ask = question(books.book, "sv", through=THROUGH, unit="60")
    assert live("Se {attachment:1}.", ask).text == "Se bilaga 1."
    assert live("{cite:bilaga 1|48 %} är så", ask).text == "48 % (bilaga 1) är så"
    page = to_html(compose("interim", REPORTS["interim"], ask))
    assert DIGEST in page


def test_another_document_is_a_new_version_with_a_reason(books):
    """The same one is known."""
    assert attach(books).recorded == 1
    assert attach(books).recorded == 0
    with pytest.raises(InputRefused) as refused:
        attach(books, digest="cd" * 32)
    assert refused.value.problems[0].code == "reason-missing"
    assert attach(books, digest="cd" * 32, reason="Rättad bilaga").recorded == 1
    assert projections.attachments(books.book)["version"].to_list() == [2]
    assert projections.attachments(books.book)["title"].to_list() == ["Beslut"]


@pytest.mark.parametrize("wrong", [{"digest": "12"}, {"title": ""}, {"number": ""}])
def test_a_bad_attachment_is_refused(books, wrong):
    with pytest.raises(InputRefused) as refused:
        attach(books, **wrong)
    assert refused.value.problems[0].code == "bad-attachment"


@pytest.mark.parametrize(
    ("reference", "why"),
    [
        ("{fig:staffing.610.fte}", "There is no staffing on record"),
        ("{fig:result@2020-13.total.outcome|kr}", "'2020-13' is not a period"),
    ],
)
def test_a_figure_that_cannot_be_asked_for_is_its_writers_finding(books, reference, why):
    """A mistake in one text does not take the report with it, and is not hidden either."""
    found = told(books, f"Det är {reference}.", "en")
    assert [code for code, _ in found.problems] == ["figure-unknown"]
    assert why in found.problems[0][1]
    assert found.text == f"Det är [{reference[1:-1]}]."
