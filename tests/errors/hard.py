"""What no file and no command alone brings about: a full disk, another writer, a wrong clock.

Each function reproduces one code and is registered with the words that go with it; it gets a
folder with a store and gives what was told of it.
"""

import sqlite3
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from itertools import count
from pathlib import Path

import polars as pl
import pytest
from openpyxl import load_workbook

from assurance import verification
from assurance.populations import Selection, items_of
from assurance.samples import Wish, commit, sampled
from ledger import erasure, proof
from ledger.commands import Source
from ledger.errors import InputRefused, LedgerError
from ledger.families.control_draw import CommitSample, DrawSample
from ledger.families.followup import MarkEntries
from ledger.families.governance import ClosePeriods
from ledger.families.organisation_commands import ChangeSettings
from ledger.log import Book
from ledger.notes import Checkpoint, Note, SigningKey, signed
from ledger.store import Store
from projections.registry import PROJECTIONS, Projection, exposed
from reporting.report import given_out
from tests.errors.golden import begin, command, said
from tests.ledger.builders import ACTOR, new_store, post, wage
from tests.ledger.erasing import erase
from tests.proof.alterations import open_wide
from tests.proof.test_surroundings import forge_index

Told = str
Case = Callable[[Path, pytest.MonkeyPatch], Told]
#: Code, the words, and what brings it about.
HARD: dict[str, tuple[Told, Case]] = {}
SETTING = ChangeSettings((("a", "b", None),))
FROM = Source("test")


def reproduces(code: str, words: Told) -> Callable[[Case], Case]:
    """Register a case under its code."""

    def register(case: Case) -> Case:
        HARD[code] = (words, case)
        return case

    return register


def error_of(act: Callable[[], object]) -> Told:
    """Code, exit code and words of the error that the act ends with; of a refused input its one
    problem."""
    try:
        act()
    except InputRefused as error:
        (problem,) = error.problems
        return f"{error.exit_code} {problem}"
    except LedgerError as error:
        return f"{error.exit_code} [{error.code}] {error}"
    raise AssertionError("nothing went wrong")


def findings_of(path: Path, code: str) -> Told:
    """What a verification tells under a code."""
    found = proof.verify(path, verification.CHECKS).findings
    return "; ".join(f"[{one.code}] {one.text}" for one in found if one.code == code)


def failing(monkeypatch: pytest.MonkeyPatch, store: Store, error: Exception) -> None:
    """Let the store's next batch end in that error of the database or the machine."""

    def append(*_: object) -> None:
        raise error

    monkeypatch.setattr(store._recorder, "append", append)


@reproduces("store-full", "5 [store-full] The disk is full; nothing was recorded. Make room.")
def a_full_disk(folder, monkeypatch):
    store = new_store(folder)
    failing(monkeypatch, store, sqlite3.OperationalError("database or disk is full"))
    return error_of(lambda: store.record(SETTING, ACTOR, FROM))


@reproduces(
    "store-read-only",
    "5 [store-read-only] The store cannot be written here. Check the permissions of file and "
    "folder.",
)
def a_store_that_nobody_may_write(folder, monkeypatch):
    store = new_store(folder)
    failing(monkeypatch, store, sqlite3.OperationalError("attempt to write a readonly database"))
    return error_of(lambda: store.record(SETTING, ACTOR, FROM))


@reproduces("store-busy", "5 [store-busy] Another writer holds the store. Try again in a moment.")
def another_writer(folder, monkeypatch):
    store = new_store(folder)
    failing(monkeypatch, store, sqlite3.OperationalError("database is locked"))
    return error_of(lambda: store.record(SETTING, ACTOR, FROM))


@reproduces(
    "clock-behind",
    "5 [clock-behind] The clock says 2020-08-01T00:00:00+00:00, and the log ends at "
    "2020-09-01T08:03:00+00:00. Set the machine's clock.",
)
def a_clock_of_last_month(folder, monkeypatch):
    store = new_store(folder)
    store.close()
    late = Store(folder / "ledger.db", lambda: datetime(2020, 8, 1, tzinfo=UTC))
    return error_of(lambda: late.record(SETTING, ACTOR, FROM))


@reproduces(
    "month-not-ended",
    "4 [month-not-ended] 2020-09 has not ended, and is not closed for good. Close it when it has, "
    "or for now with --preliminary.",
)
def a_month_that_goes_on(folder, monkeypatch):
    store = new_store(folder)
    post(store, *wage("1", 100_00, "2020-09-01"))
    return error_of(lambda: store.record(ClosePeriods(("2020-09",)), ACTOR, FROM))


@reproduces(
    "mark-kind-unknown",
    "3 ledger mark: [mark-kind-unknown] kind 'annan'. Write special or one_off.",
)
def a_mark_of_another_kind(folder, monkeypatch):
    """The command line asks for one of the two; notebooks may write another."""
    mark = MarkEntries("covid", "annan", "merkostnad", accounts="4010")
    return error_of(lambda: new_store(folder).record(mark, ACTOR, FROM))


@reproduces(
    "not-cleaned",
    "[not-cleaned] somebody reads the store, and its files still hold what was erased; close "
    "other programs that use it, then run `ledger erase --clean`",
)
def a_reader_of_an_older_state(folder, monkeypatch):
    monkeypatch.setattr(erasure, "PATIENCE", 10)
    store = new_store(folder)
    post(store, *wage("1", 100_00, text="Anna"))
    reader = sqlite3.connect(store.path)
    reader.execute("BEGIN")
    reader.execute("SELECT COUNT(*) FROM stored_events").fetchone()
    position = store.book().postings()["position"][0]
    (notice,) = erase(store, position, "text", everywhere=True).notices
    reader.close()
    return f"[{notice.code}] {notice.text}"


_asked = count()


def unsteady(book: Book) -> pl.DataFrame:
    """A table that counts how often it was asked for."""
    return pl.DataFrame({"n": [next(_asked)]})


@reproduces("rebuilt-differs", "[rebuilt-differs] unsteady made twice gives two results")
def a_table_that_is_another_each_time(folder, monkeypatch):
    store = new_store(folder)
    store.close()
    exposed()
    made = Projection("unsteady", f"{__name__}:unsteady", (), (), "title.x")
    monkeypatch.setitem(PROJECTIONS, "unsteady", made)
    return findings_of(store.path, "rebuilt-differs")


@reproduces(
    "store-inconsistent",
    "[store-inconsistent] the file is not consistent: row 17 missing from index forged",
)
def an_index_in_the_place_of_a_table(folder, monkeypatch):
    store = new_store(folder)
    post(store, *wage("1", 100_00))
    store.close()
    change = "UPDATE fake SET state = CAST(replace(state, '-10000', '-90000') AS BLOB)"
    forge_index(store.path, "topic, originator_id, state", change)
    return findings_of(store.path, "store-inconsistent")


def sealed_otherwise(folder: Path, change: Callable[[Checkpoint], Checkpoint]) -> Path:
    """A store whose last checkpoint says something else, and is signed by the log's very key."""
    store = new_store(folder)
    store.close()
    key, connection = SigningKey.read(folder / "ledger.key"), open_wide(store.path)
    query = "SELECT size, note FROM checkpoints ORDER BY size DESC LIMIT 1"
    size, note = connection.execute(query).fetchone()
    forged = signed(change(Note.parse(note).checkpoint), [key])
    connection.execute("UPDATE checkpoints SET note = ? WHERE size = ?", (forged, size))
    connection.close()
    return store.path


@reproduces(
    "checkpoint-wrong", "[checkpoint-wrong] the checkpoint of 15 events is not that of the events"
)
def a_checkpoint_of_other_events(folder, monkeypatch):
    path = sealed_otherwise(folder, lambda one: replace(one, root=bytes(32)))
    return findings_of(path, "checkpoint-wrong")


@reproduces(
    "origin-changed",
    "[origin-changed] the checkpoint of 15 events is of utfall.example/annan, not of "
    "utfall.example/region-nord/rn/demo-simulated-clock",
)
def a_checkpoint_of_another_log(folder, monkeypatch):
    path = sealed_otherwise(folder, lambda one: replace(one, origin="utfall.example/annan"))
    return findings_of(path, "origin-changed")


@reproduces("sample-differs", "[sample-differs] sample 'S' drawn again is not the one on record")
def a_sample_that_somebody_made_by_hand(folder, monkeypatch):
    """Its event holds another item than the seed gives."""
    store = new_store(folder)
    post(store, *wage("1", 100_00), *wage("2", 200_00), *wage("3", 300_00))
    costs = Selection("RN", accounts="4010", first="2020-08", last="2020-08")
    event = commit(store.book(), "S", costs, Wish("random", size=1))
    store.record(CommitSample(event), ACTOR, FROM)
    found = sampled(store.book(), "S")
    drawn = found.items.split("\t")[0]
    other = next(item for item in items_of(store.book(), costs)["id"] if item != drawn)
    forged = found.model_copy(update={"items": found.items.replace(drawn, other)})
    store.record(DrawSample(forged), ACTOR, FROM)
    store.close()
    return findings_of(store.path, "sample-differs")


def in_folder(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Stand in a folder whose store has a few postings."""
    monkeypatch.chdir(folder)
    begin("control-commands", folder)


@reproduces(
    "booked-changed",
    "3 changed.xlsx!Working paper:2 [booked-changed] cell H2 says '-1', and -900.00 is booked. Put "
    "it back; what should have been booked goes into the audited amount.",
)
def a_working_paper_that_says_another_amount(folder, monkeypatch):
    in_folder(folder, monkeypatch)
    command("control sample S --account 4010 --size 1 --through 2019-08")
    command("control assess S --sheet paper.xlsx")
    book = load_workbook("paper.xlsx")
    page = book.worksheets[0]
    heads = {cell.value: cell.column for cell in page[1]}
    page.cell(2, heads["Amount"], -1)
    book.save("changed.xlsx")
    result = command("control assess --from changed.xlsx")
    place, _, rest = result.stderr.splitlines()[0].partition("] ")
    return f"{result.exit_code} {place}] {rest.partition(' – ')[2]}"


@reproduces(
    "replay-other-program",
    "1 finding [replay-other-program] monthly --unit RN --through 2020-08 --version 1 --to html "
    "--lang en (event 37) was made by another program, and neither the file nor the figures are "
    "the same; only that program can show why. Otherwise: utfall 9.8 → 9.9. Recorded SHA-256 SHA, "
    "now SHA\n",
)
def another_program_s_report(folder, monkeypatch):
    in_folder(folder, monkeypatch)
    monkeypatch.setattr(given_out, "made_with", lambda: "utfall=9.8")
    command("report monthly --through 2020-08 --publish --with-findings -o out")
    monkeypatch.setattr(given_out, "made_with", lambda: "utfall=9.9")
    monkeypatch.setattr(given_out, "to_file", lambda *_, **__: b"another")
    monkeypatch.setattr(given_out, "figures", lambda document: "d" * 64)
    result = command("replay --check")
    return f"{result.exit_code} {said(result.stderr)}"


@reproduces(
    "bug",
    "70 error [bug] This is a bug in Utfall, not in your data: KeyError: 'x'. Nothing more was "
    "done.\n  Set LEDGER_DEBUG=1 for the whole trace, and send it to the developers.\n",
)
def a_mistake_of_ours(folder, monkeypatch):
    new_store(folder).close()

    def broken(*_: object, **__: object) -> None:
        raise KeyError("x")

    monkeypatch.setattr("reporting.reports.result", broken)
    result = command(f"result --store {folder / 'ledger.db'}")
    return f"{result.exit_code} {result.stderr}"
