"""What messages say in Swedish: all that the code can say, found by its own English."""

import ast
import re
import tomllib
from collections.abc import Iterator
from functools import cache

import pytest

from reporting.messages import messages, told
from tests.errors.golden import Case, cases
from tests.reporting.said import ROOT, modules, said

#: Values of messages that look like words, and are names: codes that people type, and settings.
NAMES = {
    *("#RES", "#UB", "Latin-1", "UTF-8", "control.days", "staffing.hours_per_fte"),
    *("account", "activity", "product", "project", "unit", "cost", "free", "original", "overlap"),
    *("adopted", "entered", "opened", "even", "manual", "overview", "low 1; medium 4; high 9"),
}


@cache
def texts() -> frozenset[str]:
    """Every text of the packages, with `{}` for each value."""
    found = set()
    for module in modules().values():
        for node in ast.walk(module.tree):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                found.add(re.sub(r"\{\w+\}", "{}", node.value))
            elif isinstance(node, ast.JoinedStr):
                parts = [v.value if isinstance(v, ast.Constant) else "{}" for v in node.values]
                found.add("".join(map(str, parts)))
    return frozenset(found | {one.text for one in said()})


def test_whatever_the_code_can_say_has_its_swedish():
    """A new message needs a line in `reporting/messages_sv/`: see the README there."""
    missing = {one for one in said() if one.text not in messages() and one.text not in NAMES}
    assert sorted(f"{one.place}: {one.text!r}" for one in missing) == []


def test_what_is_a_name_is_said():
    """No name is kept here that no message has, or that has its Swedish."""
    assert sorted(NAMES - {one.text for one in said()} | NAMES & set(messages())) == []


def test_every_key_is_a_text_of_the_code():
    """Nothing here outlives the message that it says; what the machine says is its own."""
    machine = tomllib.loads((ROOT / "reporting/messages_sv/system.toml").read_text("utf-8"))
    assert sorted(set(messages()) - texts() - machine.keys()) == []


def test_every_key_stands_in_one_file():
    keys = [
        key
        for path in (ROOT / "reporting/messages_sv").glob("*.toml")
        for key in tomllib.loads(path.read_text("utf-8"))
    ]
    assert len(keys) == len(set(keys)) == len(messages())


def test_every_value_of_a_message_is_in_its_swedish_once():
    for english, swedish in messages().items():
        numbers = [int(n) for n in re.findall(r"\{(\d+)", swedish)]
        assert sorted(numbers) == list(range(english.count("{}"))), english


def test_every_message_is_found_by_its_own_english():
    """With values that are names, none is taken for another that looks like it."""
    for english, swedish in messages().items():
        words = english.split("{}")
        said_so = words[0] + "".join(f"'V{n}'{word}" for n, word in enumerate(words[1:]))
        meant = re.sub(r"\{(\d+)(?::\w+)?\}", r"'V\1'", swedish)
        assert told(said_so, "sv") == meant, english


@pytest.mark.parametrize(
    ("english", "swedish"),
    [
        ("There is no unit '61'.", "Det finns ingen enhet '61'."),
        (
            "Near: 610, 6101. `ledger result --by unit` lists the units.",
            "Liknande: 610, 6101. `ledger result --by unit` visar enheterna.",
        ),
        ("Give --through 2020-08.", "Ange --through 2020-08."),
        (
            "6101 is submitted already in round 'T2'.",
            "6101 är redan inlämnad i prognosomgången 'T2'.",
        ),
        (
            "unit 6101 line 'Resor' wants a comment: -1234567.50 is but for the assumed -4.00 "
            "outside the model's 80 % interval, -2.00 to 1.00",
            "enheten 6101, raden 'Resor', ska ha en kommentar: −1 234 567,50 kr är, utan det "
            "antagna −4,00 kr, utanför modellens 80 %-intervall, −2,00 till 1,00 kr",
        ),
        (
            "There is no unit 'S:t Görans. Avd. B'.",
            "Det finns ingen enhet 'S:t Görans. Avd. B'.",
        ),
        (
            "event 27 cannot be read: its columns are not text, number, text and bytes",
            "händelse 27 kan inte läsas: dess kolumner är inte text, tal, text och byte",
        ),
        (
            "the file cannot be read as an Excel workbook (it has no sheet with cells)",
            "filen kan inte läsas som en Excel-arbetsbok (den har inget blad med celler)",
        ),
        ("unit.csv is no folder. Add its row.", "unit.csv är ingen mapp. Lägg till den."),
        ("Nobody said this yet: 12.", "Nobody said this yet: 12."),
        (
            "There is no unit 'x'. Nobody said.",
            "There is no unit 'x'. Nobody said.",
        ),
        ("", ""),
    ],
)
def test_a_message_in_both_languages(english, swedish):
    """Whole in Swedish, or as it is; English is what was raised."""
    assert told(english, "sv").replace("\u00a0", " ") == swedish
    assert told(english, "en") == english


#: Codes whose words are the catalogue's, and findings that are values alone.
ELSEWHERE = {"replay-differs", "sample-beyond", "commentary-missing", "month-open",
             "round-not-adopted", "findings-left"}  # fmt: skip
VALUES = {"sex 'other'", "7999\u20133000"}


def told_in(case: Case) -> Iterator[tuple[str, ...]]:
    """The messages of a case of what can go wrong, as they are told in English: of a row's problem
    what it may be, with the excerpt or without."""
    for line in case.told.splitlines():
        place, code, words = line.partition("] ")
        if line.startswith("  "):
            yield (line.strip(),)
        elif code and re.search(r"(^| )(error|warning|finding) \[", place):
            yield (words,)
        elif code:
            yield tuple(words[each.end() :] for each in re.finditer("^| \u2013 ", words))


def in_swedish(text: str) -> bool:
    """Whether it is told otherwise in Swedish: whole, or what was found and then the remedy."""
    if told(text, "sv") != text or text in VALUES:
        return True
    return any(
        in_swedish(text[: way.start()]) and told(text[way.end() :], "sv") != text[way.end() :]
        for way in re.finditer(r"\. ", text)
    )


@pytest.mark.parametrize("case", cases(), ids=str)
def test_what_goes_wrong_is_told_in_swedish(case):
    """Each message of each case, as people meet it."""
    if case.codes & ELSEWHERE or "fel [" in case.told:
        return
    for texts in told_in(case):
        counted = re.match(r"\d+ problem\(s\)|.*\u2026,", texts[0])
        assert counted or any(map(in_swedish, texts)), texts
