"""Every control on a made ledger: it finds every planted case, and names on the clean one no more
than its docstring says. `make controls` does it with 200,000 postings."""

import os
from math import log10, sqrt

import pytest

import ledger
from assurance.controls import CONTROLS, run
from ledger.commands import Source
from ledger.families.commentary import ExplainVariances
from ledger.families.control_plan import RecordControlMeasures, RecordControls
from ledger.families.outcome_commands import PostOutcome
from ledger.money import rounded
from ledger.store import Store
from projections import result
from reporting.publication import publication
from tests.assurance.controls.made import clean, planted, stored

SIZE = int(os.environ.get("CONTROLS", "12000"))
SHORT = ("u3", "u4", "u5", "u6")
QUESTION = {"through": "2020-11", "by": ["unit"], "tree": "line", "span": "accumulated"}
#: By unit, since the made ledger has no report structure.
GIVEN = {"unexplained_variance.by": "unit", "comment_not_tied.by": "unit"}


@pytest.fixture(scope="module")
def clean_book(tmp_path_factory):
    """The clean ledger, its result given out."""
    path = stored(tmp_path_factory.mktemp("clean"), clean(SIZE))
    publish(path)
    return ledger.open(path)


@pytest.fixture(scope="module")
def planted_case(tmp_path_factory):
    """The ledger with planted cases, and by control what must be found."""
    frame, wanted = planted(clean(SIZE))
    late = frame.filter(series="L", number="1")
    rest = frame.filter((frame["series"] != "L") | (frame["number"] != "1"))
    path = stored(tmp_path_factory.mktemp("planted"), rest, SHORT)
    publish(path)
    store = Store(path)
    store.record(PostOutcome(late, "late.csv"), "controller", Source("late.csv"))
    explained = result(store.book(), "2020-11", by="unit").filter(unit="u3").to_dicts()[0]
    rows = (
        {"unit": "u3", "period": "2020-11", "amount": explained["variance"], "text": "allt"},
        {"unit": "u4", "period": "2020-11", "amount": -100, "text": "en krona"},
    )
    store.record(ExplainVariances(rows, "v.csv"), "controller", Source("v.csv"))
    plan = {
        "control": "K1",
        "year": "2020",
        "unit": "u3",
        "text": "Attest",
        "control_method": "analysis",
    }
    plan |= {"frequency": "continuous", "responsible": "chef", "due": "2020-01-31"}
    measure = {"control": "K1", "year": "2020", "measure": "M1", "text": "x", "due": "2020-01-31"}
    for command in (RecordControls((plan,), "k.csv"), RecordControlMeasures((measure,), "k.csv")):
        store.record(command, "controller", Source("k.csv"))
    store.close()
    return ledger.open(path), wanted


def publish(path):
    """Give the result out."""
    store = Store(path)
    store.record(publication(store.book(), "result", QUESTION), "controller", Source("result"))
    store.close()


def results(book):
    """What every control says, by its name."""
    return {each.control: each for each in run(book, given=GIVEN)}


def vouchers_of(book, result):
    """The vouchers that each finding names."""
    columns = ("position", "series", "number")
    names = {p: f"{s} {n}" for p, s, n in book.events("outcome.posted", *columns).iter_rows()}
    return [{names[at] for at in each.events if at in names} for each in result.findings]


def test_every_planted_case_is_found(planted_case):
    """Each by its control, with its vouchers among the events of one finding."""
    book, wanted = planted_case
    found = results(book)
    missed = [
        (control, sorted(case)[:3])
        for control, all_ in wanted.items()
        for named in [vouchers_of(book, found[control])]
        for case in all_
        if not any(case <= each for each in named)
    ]
    assert missed == []
    rows = {
        name: {each.facts["row"] for each in found[name].findings}
        for name in found
        if "varia" in name
    }
    assert {each.facts["row"] for each in found["budget_overrun"].findings} >= set(SHORT)
    assert rows["unexplained_variance"] >= {"u5", "u6"}
    assert rows["unexplained_variance"].isdisjoint({"u3", "u4"})
    assert [each.facts["row"] for each in found["comment_not_tied"].findings] == ["u4"]
    assert len(vouchers_of(book, found["shift_after_publication"])) == 1
    assert {"L 1"} in vouchers_of(book, found["shift_after_publication"])
    told = {*wanted, *(name for name in CONTROLS if name in found and found[name].findings)}
    # What is given out and what was sampled is no posting: these have their cases alone.
    assert told | {"rounded_sums", "sample_beyond"} == set(CONTROLS)


def most(expected):
    """What a count of that mean is below but once in some thousand times."""
    return expected + 4 * sqrt(expected) + 1


def rates(found):
    """How many findings of chance the docstrings admit, by control; none where nothing is said.

    Costs spread evenly over four powers of ten, n postings of them: near_limit −log₁₀(1 − margin)
    of a power for each of its three limits; round_amounts one in its multiple of öre; duplicates
    half of n² near pairs a counterparty, two of a million of which have one amount.
    """
    n = found["round_amounts"].tested
    near = -log10(1 - 0.01) / 4 * 3 * n
    per, counterparties, days = 60, n / 60, 330
    pairs = counterparties * per * per / 2 * 13 / days * 1.3e-6
    return {"near_limit": near, "round_amounts": n / 500_000, "duplicates": pairs}


def test_the_clean_ledger_is_named_no_more_than_its_rate(clean_book):
    """Nothing but what chance gives; a table of forty rounded rows is told as it is."""
    found = results(clean_book)
    expected = rates(found)
    table = result(clean_book, "2020-11", by="unit")
    columns = ("outcome", "budget", "annual_budget")
    shown = {c: [rounded(ore, "tkr") for ore in table[c]] for c in columns}
    off = {c for c in columns if sum(shown[c][:-1]) != shown[c][-1]}
    (told,) = found.pop("rounded_sums").findings or (None,)
    assert off == (set(told.facts["columns"].split(", ")) & set(columns) if told else set())
    counts = {name: len(each.findings) for name, each in found.items()}
    over = {
        name: n
        for name, n in counts.items()
        if n > (most(expected[name]) if name in expected else 0)
    }
    assert over == {}
    assert counts["near_limit"] > 0, "the rate is one that is seen"
    untested = {name for name, each in found.items() if not each.tested}
    assert untested == {
        "comment_not_tied",
        "overdue_control",
        "overdue_measure",
        "sample_beyond",
    }


def test_what_is_found_is_found_again(planted_case):
    """The same book gives the same findings, with the same keys."""
    book, _ = planted_case
    first, second = results(book), results(ledger.open(book.path))
    assert first == second
    keys = [each.key for one in first.values() for each in one.findings]
    assert len(set(keys)) == len(keys)
    assert len(keys) > 100
