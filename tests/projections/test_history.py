"""The history: events found by what they are about, page by page, and by their words."""

import pytest

from ledger.errors import SearchNotUnderstood, UsageError
from ledger.events import EVENTS
from ledger.families.governance import ClosePeriods
from ledger.families.organisation_commands import RegisterUnits, UnitRow
from projections import event_history, history, history_page, processing_topics


@pytest.fixture
def lived(books):
    """Two months of two units, one voucher each, and a month closed."""
    post(books, "2020-01", "6101", "4010", 100_00, "Lön för tjänstgöring")
    post(books, "2020-02", "6201", "5010", 200_00, "Hyra av förråd, café", "2")
    books.record(ClosePeriods(("2020-01",)))
    return books.book


def post(books, month, unit, account, ore, text, number="1"):
    """A voucher paid from the bank."""
    rows = [(month, unit, account, -ore), (month, unit, "1930", ore)]
    return books.post(*rows, number=number, date=f"{month}-20", text=text)


def topics(frame):
    """What was found."""
    return frame["topic"].to_list()


def test_every_event_has_a_row_in_log_order(lived):
    """With the batch that it came in, also where it stands in another stream."""
    frame = history(lived)
    assert frame["position"].to_list() == list(range(lived.size))
    assert frame.columns == list(event_history.COLUMNS)
    closing = frame.filter(topic="governance.period_closed").row(0, named=True)
    admitted = frame.filter(position=closing["position"] + 1).row(0, named=True)
    assert closing["batch"] == admitted["batch"] != None  # noqa: E711
    assert frame["batch"].null_count() == 0
    assert frame["batch"].n_unique() == 5


def test_a_posting_shows_its_text_and_voucher(lived):
    """In clear."""
    row = history(lived, account="5010", topics=["outcome"]).row(0, named=True)
    assert (row["text"], row["voucher"], row["amount"]) == ("Hyra av förråd, café", "A 2", -200_00)
    assert (row["period"], row["unit"], row["source"]) == ("2020-02", "6201", "test")


def test_a_small_event_says_its_own_fields(lived):
    """So that a list of settings and closings can be read."""
    row = history(lived, topics=["governance.period_closed"]).row(0, named=True)
    assert row["text"] == "family_closed=outcome; preliminary=false"


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ({"unit": "610", "topics": ["outcome.posted"]}, 2),
        ({"unit": "60", "topics": ["outcome.posted"]}, 4),
        ({"account": "4000-5999", "topics": ["outcome"]}, 2),
        ({"account": "4000-5999"}, 4),  # and where the accounts were registered
        ({"account": "4010, 1930", "topics": ["outcome"]}, 3),
        ({"actor": "controller", "topics": ["outcome.posted"]}, 4),
        ({"actor": "nobody"}, 0),
        ({"period": "2020-01", "topics": ["outcome.posted"]}, 2),
        ({"period": "2020-T1", "topics": ["outcome.posted"]}, 4),
        ({"year": "2019"}, 0),
        ({"through": "2020-01", "topics": ["outcome.posted"]}, 2),
        ({"topics": ["outcome"]}, 5),
        ({"topics": ["governance.period_closed", "outcome.posted"]}, 5),
        ({"processing": True, "topics": ["governance.period_closed", "outcome"]}, 2),
        ({"since": "2020-09-02"}, 0),
        ({"until": "2020-08-31"}, 0),
        ({"since": "2020-09-01", "until": "2020-09-01", "topics": ["outcome.posted"]}, 4),
        # 10:03 in Stockholm is 08:03 in UTC, when the second voucher was recorded
        ({"since": "2020-09-01T10:04", "topics": ["outcome.posted"]}, 2),
        ({"since": "2020-09-01T08:04:00+00:00", "topics": ["outcome.posted"]}, 2),
    ],
    ids=str,
)
def test_filters(lived, asked, found):
    """Each by itself and with kinds."""
    assert history(lived, **asked).height == found


def test_a_batch_is_found_by_the_beginning_of_its_name(lived):
    """With or without the word before it."""
    name = history(lived, topics=["outcome.posted"])["batch"][-1]
    for text in (name, name[:-2], name.removeprefix("batch:")[:12]):
        assert topics(history(lived, batch=text)) == [
            "outcome.posted",
            "outcome.posted",
            "governance.batch_admitted",
        ]
    with pytest.raises(UsageError, match="No batch begins with 'x'"):
        history(lived, batch="x")
    with pytest.raises(UsageError, match="5 batches begin with 'batch:'"):
        history(lived, batch="batch:")


def test_a_unit_counts_where_it_stood_in_the_entry_s_own_period(books):
    """After a move January's entry is still the old area's, February's the new one's."""
    post(books, "2020-01", "6101", "4010", 100_00, "jan", "1")
    moved = UnitRow("6101", "Ledning", "620", "unit", "line", "2020-02")
    books.record(RegisterUnits((moved,), "units.csv"))
    post(books, "2020-02", "6101", "4010", 100_00, "feb", "2")
    book = books.book
    found = {
        area: set(history(book, unit=area, topics=["outcome.posted"])["text"])
        for area in ("610", "620", "60")
    }
    assert found == {"610": {"jan"}, "620": {"feb"}, "60": {"jan", "feb"}}


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("hyra", 3),  # the name of an account too
        ("HYRA cafe", 2),  # neither case nor accents
        ("forrad", 2),
        ("tjänst*", 2),
        ("tjänstgöring OR förråd", 4),
        ("lön hyra", 0),
        ('"av förråd"', 2),
        ("Nät", 1),  # the name of the unit that was registered
        ("controller", 0),
    ],
)
def test_words_are_searched(lived, words, found):
    """In private texts and in what small events say."""
    assert history(lived, search=words).height == found


@pytest.mark.parametrize("words", ["a-b", '"open', "AND", "name:x", "*", ""])
def test_words_that_are_no_question_are_named(lived, words):
    """Never a bug, and never everything."""
    with pytest.raises(SearchNotUnderstood):
        history(lived, search=words)


def test_nothing_is_written_by_a_search(lived):
    """What can be erased must not lie in an index on disk."""
    before = sorted((path.name, path.stat().st_size) for path in lived.path.parent.iterdir())
    assert history(lived, search="hyra").height
    after = sorted((path.name, path.stat().st_size) for path in lived.path.parent.iterdir())
    assert after == before


def test_pages_count_from_the_newest_and_hold_everything_once(lived):
    """Page 1 is the newest; within a page the log's order."""
    first = history_page(lived, 7)
    assert (first.page, first.pages, first.found) == (1, -(-lived.size // 7), lived.size)
    assert first.rows["position"].to_list() == list(range(lived.size - 7, lived.size))
    seen = [
        position
        for page in range(first.pages, 0, -1)
        for position in history_page(lived, 7, page).rows["position"]
    ]
    assert seen == list(range(lived.size))
    for wrong in (0, first.pages + 1):
        with pytest.raises(UsageError):
            history_page(lived, 7, wrong)


def test_pages_of_a_book_stand_still_while_the_log_grows(books):
    """With the size named."""
    post(books, "2020-01", "6101", "4010", 100_00, "x", "1")
    known_at = f"@{books.book.size}"
    before = history_page(books.book, 3, 2, known_at=known_at).rows
    post(books, "2020-01", "6101", "4010", 100_00, "y", "2")
    assert history_page(books.book, 3, 2, known_at=known_at).rows.equals(before)


def test_the_processing_history_is_every_kind_that_sets_how_the_books_are_kept():
    """Each family is either that or what is entered; a new one must be put in its place."""
    entered = {"action", "budget", "followup", "forecast", "investment", "outcome", "risk"}
    entered |= {"scenario"}
    entered |= {"assignment", "commentary", "scorecard", "statistic"}
    entered |= {"control", "finding", "staffing"}
    assert {kind.family() for kind in EVENTS.values()} == {
        *event_history.PROCESSING_FAMILIES,
        *entered,
    }
    assert set(event_history.NOT_PROCESSING) | set(event_history.PROCESSING_TOO) <= set(EVENTS)
    told = set(processing_topics())
    assert {"organisation.setting_changed", "organisation.structure_decided"} <= told
    assert {"governance.period_closed", "governance.period_reopened"} <= told
    assert told.isdisjoint({"outcome.posted", "budget.decided", "governance.batch_admitted"})


def test_what_names_nothing_is_an_error(lived):
    """A kind, a unit, a time, a period."""
    for asked in (
        {"topics": ["outcom"]},
        {"unit": "9"},
        {"since": "yesterday"},
        {"until": "2020-13-01"},
        {"period": "augusti"},
        {"processing": True, "topics": ["budget"]},
    ):
        with pytest.raises(UsageError):
            history(lived, **asked)
