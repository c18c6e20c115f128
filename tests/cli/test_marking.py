"""``ledger mark``, ``unmark`` and ``follow-up``: what they say, in Swedish and as data."""

import json

import pytest


@pytest.fixture
def coded(booked, folder):
    """The command, with a product and its cost in August."""
    (folder / "codes.csv").write_text(
        "dimension,code,name\nproduct,0630,covid-19\n", encoding="utf-8"
    )
    (folder / "covid.csv").write_text(
        "period,unit,account,amount,product,text\n2020-08,6101,5010,-1234.50,0630,Prover\n",
        encoding="utf-8",
    )
    taken = booked("import", "codes.csv", "--as", "codes")
    assert taken.exit_code == 0, taken.output
    return booked


def marked(run, *more, name="covid-19", kind="special"):
    return run("mark", name, "--kind", kind, "--reason", "merkostnader", *more)


def rows(run, *question):
    done = run("follow-up", *question, "--format", "json")
    assert done.exit_code == 0, done.output
    return json.loads(done.stdout)


def test_a_mark_says_what_it_covers_now(coded):
    """Nothing yet, then an entry that came later; a dry run says what it would be."""
    first = marked(coded, "--product", "0630")
    assert "covid-19 täcker inga poster" in first.stdout
    assert first.stdout.endswith("recorded 1, already known 0, refused 0\n")
    assert coded("import", "covid.csv", "--as", "outcome").exit_code == 0
    again = marked(coded, "--product", "0630")
    text = again.stdout.replace("\u00a0", " ")
    assert "covid-19 täcker nu 1 poster, −1 234,50 kr, 2020-08 till 2020-08." in text
    assert again.stdout.endswith("recorded 0, already known 1, refused 0\n")
    rent = ("--account", "5010", "--unit", "60", "--dry-run", "--lang", "en")
    tried = marked(coded, *rent, name="rent", kind="one_off")
    assert "rent covers 2 entries now, −1,534.75 kr" in tried.stdout
    assert "Of them 1 count under covid-19." in tried.stdout
    assert [row["mark"] for row in rows(coded, "--by", "mark")] == ["covid-19", None]


def test_the_follow_up_in_words_and_as_data(coded):
    """By mark and line; the listing of marks has the reason; publishing can be asked again."""
    marked(coded, "--product", "0630", "--first", "2020-03")
    assert coded("import", "covid.csv", "--as", "outcome").exit_code == 0
    table = coded("follow-up", "--through", "2020-08").stdout
    assert "Särskild uppföljning och engångsposter t.o.m. 2020-08, kr" in table
    assert "covid-19 (särskild uppföljning): produkt 0630, 2020-03–." in table
    assert rows(coded) == [
        {
            "mark": "covid-19",
            "kind": "special",
            "line": "Övriga kostnader",
            "outcome": "-1234.50",
            "last_year": "0.00",
        }
    ]
    csv = coded("follow-up", "--by", "mark,unit", "--format", "csv").stdout
    assert csv.splitlines()[1] == "covid-19,special,6101,-1234.50,0.00"
    listed = rows(coded, "--marks")
    assert (listed[0]["products"], listed[0]["reason"]) == ("0630", "merkostnader")
    assert "merkostnader" in coded("follow-up", "--marks").stdout
    assert coded("follow-up", "--publish").exit_code == 0
    assert coded("unmark", "covid-19", "--reason", "slut").exit_code == 0
    assert rows(coded, "--by", "mark") == [
        {"mark": None, "kind": None, "outcome": "0.00", "last_year": "0.00"}
    ]
    assert coded("replay", "--check").exit_code == 0
    assert "Inget är märkt" in coded("follow-up").stdout


def test_a_figure_of_the_follow_up_is_traced(coded):
    """By its mark, on the command line."""
    marked(coded, "--product", "0630")
    assert coded("import", "covid.csv", "--as", "outcome").exit_code == 0
    done = coded("trace", "follow-up", "--mark", "covid-19")
    text = done.stdout.replace("\u00a0", " ")
    assert "märkning covid-19" in text
    assert "−1 234,50" in text
    assert "Prover" in text


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("mark", "x", "--kind", "special", "--reason", "y"), 3, "[mark-of-nothing]"),
        (("mark", "x", "--kind", "odd", "--reason", "y", "--unit", "60"), 2, "odd"),
        (("mark", "x", "--kind", "special", "--reason", "y", "--unit", "6"), 3, "[unknown-unit]"),
        (("mark", "x", "--kind", "special", "--unit", "60"), 2, "--reason"),
        (("unmark", "x", "--reason", "y"), 2, "ingen märkning 'x'"),
        (("follow-up", "--marks", "--unit", "60"), 2, "--marks visar alla"),
        (("trace", "follow-up", "--mark", "x"), 2, "ingen rad med mark"),
        (("diff", "follow-up", "--known-at", "@1"), 2, ""),
    ],
)
def test_what_is_wrong_is_said(coded, words, code, said):
    """With the exit code of its kind."""
    done = coded(*words)
    assert done.exit_code == code, done.output
    assert said in done.output
