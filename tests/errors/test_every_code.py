"""Every code that a person may meet has a case that brings it about, with its words to the letter.

A code is one that ``ledger explain`` describes. Its cases are files and commands (``cases/``) or,
where those cannot bring it about, functions (`hard`). A family of files has a case for each code
that its own module tells.
"""

import ast
from collections import defaultdict
from pathlib import Path

import pytest

import intake
from intake.kinds import KINDS
from intake.problems import EXPLAIN, NOTICES, RULES
from reporting.catalogue import label
from reporting.explanations import explanations
from tests.errors.golden import cases
from tests.errors.hard import HARD
from tests.ledger.builders import new_store

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize("code", HARD)
def test_what_is_said_of_what_is_hard_to_bring_about(code, tmp_path, monkeypatch):
    words, case = HARD[code]
    assert f"[{code}]" in words
    assert case(tmp_path, monkeypatch) == words


def reproduced() -> set[str]:
    """The codes that a case brings about."""
    return set(HARD).union(*(case.codes for case in cases()))


def test_every_code_has_a_case():
    known = set(explanations("en"))
    assert len(known) > 280
    assert sorted(known - reproduced()) == []
    assert sorted(reproduced() - known) == []


def test_every_refusal_says_what_to_do():
    """File and row, what was found, what would be right; the count, and nothing recorded."""
    for case in cases():
        *problems, last = case.told.splitlines() or [""]
        if "[input-refused]" not in last:
            continue
        assert last == (f"error [input-refused] {label_of(len(problems))}")
        for line in problems:
            place, code, words = line.partition(" [")[0], *line.partition(" [")[2].split("] ", 1)
            assert place, line
            assert code in EXPLAIN, line
            found, _, remedy = words.rpartition(". ")
            assert found or remedy.count("."), line
            assert line.endswith((".", ")")), line


def label_of(count: int) -> str:
    """How a refusal of so many problems ends."""
    return label("message.refused", "en", count=count)


def modules_of_kinds(folder: Path) -> dict[str, set[str]]:
    """The kinds whose rows a module of the ledger's families takes, by its path."""
    store, found = new_store(folder), defaultdict(set)
    for kind in KINDS.values():
        path = folder / f"{kind.name}.csv"
        path.write_text(kind.example, "utf-8")
        reading = intake.read(path, store.book().organisation, kind=kind.name)
        for part in reading.command.commands:
            module = type(getattr(part, "command", part)).__module__
            if module.startswith("ledger.families."):
                found[module.replace(".", "/") + ".py"].add(kind.name)
    return dict(found)


def codes_in(path: str) -> set[str]:
    """The codes of rules and notices that stand in a module as texts."""
    tree = ast.parse((ROOT / path).read_text("utf-8"))
    texts = {node.value for node in ast.walk(tree) if isinstance(node, ast.Constant)}
    return {text for text in texts if isinstance(text, str) and text in {**RULES, **NOTICES}}


def test_every_family_has_a_case_for_each_code_that_it_tells(tmp_path):
    by_kind: dict[str, set[str]] = defaultdict(set)
    for case in cases():
        if case.kind is not None:
            by_kind[case.kind] |= case.codes
    modules = modules_of_kinds(tmp_path)
    assert set().union(*modules.values()) == set(KINDS)
    lacking = {
        path: told
        for path, kinds in modules.items()
        if (told := codes_in(path) - reproduced_by(by_kind, kinds, path))
    }
    assert lacking == {}


#: Codes that stand in a family's module and are told by another command than that of its files.
ELSEWHERE = {
    "ledger/families/control_draw.py": {"booked-changed", "drawn-before", "four-eyes-one-account"},
    "ledger/families/erasure_commands.py": {"held-back"},
    "ledger/families/organisation_commands.py": {"other-entity", "account-by-code"},
    "ledger/families/outcome_commands.py": {"text-withheld"},
    "ledger/families/outcome_totals.py": {"fiscal-year-overlap", "opening-restated"},  # of SIE
}


def reproduced_by(by_kind: dict[str, set[str]], kinds: set[str], path: str) -> set[str]:
    """The codes that cases of these kinds bring about, and those told elsewhere, which have one."""
    elsewhere = ELSEWHERE.get(path, set())
    assert elsewhere <= reproduced()
    return elsewhere.union(*(by_kind[kind] for kind in kinds))


def test_every_kind_of_file_has_cases_of_its_own():
    """At least one whose row is wrong, and refused."""
    wrong = {case.kind for case in cases() if case.exit in (2, 3, 4)}
    assert wrong >= set(KINDS)
