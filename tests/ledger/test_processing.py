"""Which program and which profiles made the record: facts of the log itself."""

import hashlib
import platform
from importlib.metadata import version

import pytest

from ledger.commands import Several, Source
from ledger.families import processing
from ledger.families.organisation_commands import ChangeSettings
from ledger.families.processing import ProgramInUse, StateProfile, rules_digest
from tests.ledger.builders import ACTOR, new_store, post, wage

FROM = Source("test")


@pytest.fixture
def store(tmp_path):
    store = new_store(tmp_path)
    yield store
    store.close()


def setting(value: str) -> ChangeSettings:
    return ChangeSettings((("a", value, None),))


def test_the_first_batch_says_which_program_records(store) -> None:
    used = store.book().events("governance.program_in_use")
    assert used.select("program", "python", "polars", "rules").rows() == [
        (version("utfall"), platform.python_version(), version("polars"), rules_digest())
    ]
    founded = store.book().events("organisation.founded")
    assert used["stream"].to_list() == founded["stream"].to_list()
    assert founded["position"].to_list() == [0]


def test_the_next_to_say_so_is_the_first_of_another_program(store, monkeypatch) -> None:
    post(store, *wage("1", 1_00))
    other = ProgramInUse(program="9.9", rules="0" * 64, python="3.99.0", polars="9.9")
    monkeypatch.setattr(processing, "program_in_use", lambda: other)
    size = store.book().size
    receipt = store.record(setting("b"), ACTOR, FROM)
    store.record(setting("c"), ACTOR, FROM)
    used = store.book().events("governance.program_in_use")
    assert used["program"].to_list() == [version("utfall"), "9.9"]
    assert used["stream"][1] == receipt.batch
    assert receipt.recorded == 1, "what was asked for"
    assert (receipt.first, used["position"][1]) == (size, size + 1)


def test_what_is_not_recorded_says_nothing(store, monkeypatch) -> None:
    other = ProgramInUse(program="9.9", rules="0" * 64, python="3.99.0", polars="9.9")
    store.record(setting("b"), ACTOR, FROM)
    monkeypatch.setattr(processing, "program_in_use", lambda: other)
    store.record(setting("b"), ACTOR, FROM)
    store.record(setting("c"), ACTOR, FROM, dry_run=True)
    assert store.book().events("governance.program_in_use").height == 1


def test_the_rules_are_the_source_of_the_rules() -> None:
    from importlib.resources import files

    home = files("ledger")
    digest = hashlib.sha256()
    names = sorted(p.name for p in (home / "families").iterdir() if p.name.endswith(".py"))
    for name in [*(f"families/{name}" for name in names), "rules.py"]:
        digest.update(name.encode() + b"\n" + (home / name).read_bytes())
    assert rules_digest() == digest.hexdigest()
    assert "outcome_commands.py" in names


def profiled(value: str, content: str) -> Several:
    return Several("settings", (setting(value),), None, (StateProfile("export", content),))


def test_a_profile_is_stated_when_it_is_new_or_has_changed(store) -> None:
    first = store.record(profiled("b", '{"scale":"tkr"}'), ACTOR, FROM)
    store.record(profiled("c", '{"scale":"tkr"}'), ACTOR, FROM)
    store.record(profiled("d", '{"scale":"mnkr"}'), ACTOR, FROM)
    stated = store.book().events("governance.profile_stated")
    assert stated.select("name", "content").rows() == [
        ("export", '{"scale":"tkr"}'),
        ("export", '{"scale":"mnkr"}'),
    ]
    assert stated["stream"][0] == first.batch
    assert stated["digest"][0] == hashlib.sha256(b'{"scale":"tkr"}').hexdigest()


def test_a_profile_alone_makes_no_batch(store) -> None:
    store.record(setting("b"), ACTOR, FROM)
    receipt = store.record(profiled("b", "{}"), ACTOR, FROM)
    assert (receipt.recorded, receipt.known, receipt.batch) == (0, 1, None)
