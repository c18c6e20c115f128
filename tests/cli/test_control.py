"""`ledger control size`: what it says to people and to programs, and how it refuses."""

import json

import pytest


def test_size_of_a_sample_of_items(run):
    """AICPA (2017), A-1: 0.95, 4 %, 0.25 % gives 117 with one deviation; percent or fraction."""
    asked = ("control", "size", "--tolerable", "4%", "--expected", "0.0025")
    (row,) = json.loads(run(*asked, "--format", "json").stdout)
    assert list(row) == [
        "n", "k", "confidence", "tolerable_rate", "expected_rate", "distribution", "population",
        "reason",
    ]  # fmt: skip
    assert (row["n"], row["k"], row["population"]) == (117, "1", None)
    people = run(*asked)
    assert "Avviker högst 1 är andelen i populationen under 0,04" in people.stdout
    assert "andel = 0,04) ≤ 0,05" in people.stdout
    assert "rate = 0.04) ≤ 0.05" in run(*asked, "--lang", "en").stdout
    assert "rate = 0.04) ≤ 0.05" in row["reason"]
    assert people.exit_code == 0


def test_size_of_a_sample_of_monetary_units(run):
    """MUS 0.1.6: book 2 537 041, tolerable 50 741, expected 25 370, 95 % gives 577."""
    asked = ("--book-value", "2537041", "--tolerable", "50 741", "--expected", "25370,00")
    shown = run("control", "size", *asked, "--format", "json")
    (row,) = json.loads(shown.stdout)
    assert (row["n"], row["factor"], row["interval"]) == (577, "11.54", "4396.95")
    assert row["tolerable_misstatement"] == "50741.00"
    english = run("control", "size", *asked, "--lang", "en").stdout
    assert "Draw 577 monetary units, one in every 4,396.95 kr." in english


@pytest.mark.parametrize(
    ("asked", "code"),
    [
        (("--tolerable", "5%", "--expected", "5%"), "no-such-size"),
        (("--tolerable", "5%", "--confidence", "95"), "sampling-refused"),
        (("--tolerable", "5%", "--distribution", "hypergeometric"), "sampling-refused"),
        (("--tolerable", "much"), "usage"),
        (("--tolerable", "5", "--book-value", "x"), "usage"),
        (("--tolerable", "5", "--book-value", "9", "--population", "9"), "usage"),
        (("--tolerable", "5", "--book-value", "90", "--expected", "5"), "no-such-size"),
    ],
)
def test_what_is_refused(run, asked, code):
    """Exit code 2, the code that `ledger explain` knows, nothing on stdout."""
    failed = run("control", "size", *asked)
    assert (failed.exit_code, failed.stdout) == (2, "")
    assert f"[{code}]" in failed.stderr
    assert run("explain", code).exit_code == 0
