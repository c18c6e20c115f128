"""Every word in Swedish and English, and every thing that is shown has one."""

import re
import string
import tomllib
from inspect import signature
from pathlib import Path

import polars as pl
import pytest

import projections
import reporting.catalogue
from ledger.commands import Source
from ledger.events import EVENTS, fields_of
from ledger.families.action import RecordActions
from ledger.families.forecast import METHODS, OpenRound
from ledger.families.governance import CLOSABLE
from ledger.families.investment import RecordInvestments
from ledger.families.organisation_commands import DecideStructures, StructureRow
from ledger.families.staffing import STAFFING_ROWS, ReportStaffing
from reporting.catalogue import (
    LANGUAGES,
    SOFT_HYPHEN,
    LabelMissing,
    has,
    hyphenated,
    keys,
    label,
)
from reporting.tables import columns_of
from tests.ledger.builders import ACTOR, new_store, post

ROOT = Path(__file__).resolve().parents[2]
DATA = Path(reporting.catalogue.__file__).with_name("catalogue.toml")


def test_every_word_is_in_both_languages():
    """Two texts a key, none empty, with the same names to fill in."""
    for section, words in tomllib.loads(DATA.read_text(encoding="utf-8")).items():
        for key, pair in words.items():
            assert len(pair) == len(LANGUAGES), f"{section}.{key}"
            assert all(text.strip() for text in pair), f"{section}.{key}"
            names = [{n for _, n, _, _ in string.Formatter().parse(text) if n} for text in pair]
            assert names[0] == names[1], f"{section}.{key}"


def test_a_missing_key_is_an_error():
    """Never an empty heading."""
    with pytest.raises(LabelMissing, match=r"column\.nothing"):
        label("column.nothing", "sv")
    assert not has("column.nothing")


def test_every_kind_of_event_has_a_word():
    """And no word is of a kind that is gone."""
    assert set(keys("topic")) == set(EVENTS)


def test_every_field_of_an_event_has_a_word():
    """And no word of a field is of an event without it."""
    fields = {(topic, name) for topic, kind in EVENTS.items() for name in fields_of(kind)}
    sections = ("field.", "column.")
    assert [
        (topic, name)
        for topic, name in sorted(fields)
        if not has(f"event_field.{topic}.{name}") and not any(has(s + name) for s in sections)
    ] == []
    assert {tuple(key.rsplit(".", 1)) for key in keys("event_field")} <= fields


def test_every_family_that_closes_has_a_word():
    """A report names those whose months are open."""
    assert [name for name in CLOSABLE if not has(f"value.family_closed.{name}")] == []


def test_every_method_has_a_word():
    """Those of people; the model's own are in the same place."""
    assert set(METHODS) <= set(keys("method"))


def test_every_projection_has_a_name_for_people():
    """In a replay and where it was published."""
    assert [name for name in projections.PROJECTIONS if not has(f"projection.{name}")] == []


def test_words_are_filled_in():
    """Values stand where the text names them."""
    assert label("message.created", "en", path="x") == "Created x."


def nouns_used() -> set[str]:
    """The settings that the packages ask for: by name, and the default structure of a noun."""
    found: set[str] = set()
    for package in ("ledger", "intake", "projections", "reporting", "cli"):
        for path in (ROOT / package).rglob("*.py"):
            text = path.read_text(encoding="utf-8")
            found |= set(re.findall(r"\.setting\(\s*\"([a-z_.]+)\"", text))
            found |= {
                f"structure.{noun}" for noun in re.findall(r"noun(?:: str)? ?= ?\"(\w+)\"", text)
            }
    return found


def test_every_setting_has_a_word():
    """Those that somebody asks for."""
    assert nouns_used() <= set(keys("setting"))
    assert len(nouns_used()) >= 3


def columns_shown(book) -> set[str]:
    """The columns of every projection that gives a table."""
    names: set[str] = set()
    for name, projection in projections.PROJECTIONS.items():
        arguments = ("T2",) if list(signature(projection.function).parameters)[1] == "round" else ()
        frame = projection.function(book, *arguments)
        names |= {c.key for c in columns_of(frame, projection.amounts) if c.group is None}
        assert has(projection.title), f"{name} has no {projection.title}"
    return names


def test_every_projection_has_a_title_and_words_for_its_columns(tmp_path):
    """In both languages, as all words are."""
    store = new_store(tmp_path)
    post(store, {"date": "2020-08-31", "amount": -100})
    lines = (StructureRow("s", "Allt", None, "3000", "8999", 1, "2018-01"),)
    store.record(DecideStructures(lines, "s.csv"), ACTOR, Source("s.csv"))
    store.record(OpenRound("T2", "2020-08", "s"), ACTOR, Source("test"))
    plan = {"action": "P1", "unit": "10", "action_area": "Personal", "assignment": 1}
    store.record(RecordActions((plan | {"year": "2020"},), "a.csv"), ACTOR, Source("a.csv"))
    frame = {"investment_type": "IT", "unit": "10", "year": "2020", "frame": 1}
    store.record(RecordInvestments((frame,), "i.csv"), ACTOR, Source("i.csv"))
    staffed = {"line": 2, "period": "2020-08", "unit": "10", "measure": "worked", "value": 100}
    rows = pl.DataFrame([staffed], schema=STAFFING_ROWS)
    store.record(ReportStaffing(rows, "staffing.csv"), ACTOR, Source("test"))
    book = store.book()
    store.close()
    missing = {name for name in columns_shown(book) if not has(f"column.{name}")}
    assert missing == set()


@pytest.mark.parametrize("lang", LANGUAGES)
def test_words_that_may_be_divided_are_headings(lang):
    """Each is a word of a column's heading, in parts of two letters and more; what is told is the
    heading without the soft hyphens."""
    headings = " ".join(label(f"column.{key}", lang) for key in keys("column"))
    known = {word.casefold() for word in re.findall(r"\w+", headings)}
    divided = label("hyphens.words", lang).split()
    assert divided
    for word in divided:
        assert word.replace("|", "").casefold() in known, word
        assert all(len(part) > 1 for part in word.split("|")), word
    assert hyphenated(headings, lang).replace(SOFT_HYPHEN, "") == headings
    assert hyphenated(headings, lang).count(SOFT_HYPHEN) >= len(divided)
