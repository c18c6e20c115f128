"""Whatever a file holds, it is taken or refused with problems: nothing else ever comes of it."""

import tempfile
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import intake
from intake.kinds import KINDS
from intake.problems import EXPLAIN, FileUnreadable, KindUnknown
from ledger.errors import InputRefused
from ledger.store import Store
from tests.intake.sie_samples import HEAD
from tests.intake.workbooks import packed, unpacked, workbook
from tests.ledger.builders import ACTOR, new_store

CELLS = [
    "", " ", "10", "20", "RN", "4010", "1930", "-100,00", "100", "0", "9" * 30, "1,2,3", "x", "A 1",
    "A 2", "2020-08", "2020-09", "2020", "2020-08-17", "2020-13", "line", "1", "-1", "unit",
    "manual", "even", "last_year", "key:x", "one_off", "cost", '"a;b"', '"', "\x00", "\udce5", "å",
    "#¤%&", "\u2212", "a\nb",
]  # fmt: skip


@pytest.fixture(scope="module")
def store() -> Store:
    """One store for all examples; what is taken of them stays."""
    return new_store(Path(tempfile.mkdtemp()))


def attempt(store: Store, data: bytes, name: str, kind: str | None) -> None:
    """Read and record: a receipt, or problems that all have a code and a remedy."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / name
        path.write_bytes(data)
        try:
            reading = intake.read(path, store.book().organisation, kind=kind)
        except (FileUnreadable, KindUnknown):
            return
    try:
        store.record(reading.command, ACTOR, reading.source, dry_run=True)
    except InputRefused as error:
        told = error.problems
    else:
        told = ()
    for problem in told:
        assert problem.code in EXPLAIN
        assert problem.found
        assert problem.remedy
        assert str(problem).encode()


@given(st.sampled_from(sorted(KINDS)), st.data())
@settings(max_examples=150)
def test_tables_of_odd_cells(store, kind, data):
    columns = [column.name for column in KINDS[kind].columns]
    names = data.draw(st.lists(st.sampled_from([*columns, "extra"]), max_size=len(columns)))
    header = [c.name for c in KINDS[kind].columns if c.required] + names
    row = st.lists(st.sampled_from(CELLS), min_size=1, max_size=20)
    lines = [";".join(header)]
    for cells in data.draw(st.lists(row, max_size=8)):
        size = len(header) - data.draw(st.sampled_from([0, 0, 0, 1]))
        lines.append(";".join((cells * len(header))[:size]))
    text = "\n".join(lines).encode("utf-8", "surrogateescape")
    attempt(store, text, "x.csv", kind)


@given(st.binary(max_size=300), st.sampled_from(["x.csv", "x.xlsx", "x.se"]), st.booleans())
@settings(max_examples=100)
def test_bytes(store, data, name, told):
    attempt(store, data, name, "outcome" if told and name != "x.se" else None)


@given(
    st.lists(
        st.sampled_from(["#KONTO", "#VER", "{", "}", "#TRANS", "A", "1", "4010", "{}", "{1 10}"])
        | st.sampled_from(["20200817", "100.00", "-100.00", '"', "#PSALDO", "0", "202008", "#IB"])
        | st.sampled_from(["\n", "\n", "#PBUDGET", "#OBJEKT", "{1 99 7 x}", "#ORGNR", "#RAR"]),
        max_size=60,
    )
)
@settings(max_examples=100)
def test_sie(store, words):
    attempt(store, (HEAD + " ".join(words)).encode("cp437"), "x.se", None)


PARTS = unpacked(
    workbook(
        ("period", "unit", "account", "amount", "date"),
        ("2020-08", "10", "4010", -1.5, date(2020, 8, 17)),
    )
)


@given(
    st.sampled_from(
        ["xl/worksheets/sheet1.xml", "xl/sharedStrings.xml", "xl/styles.xml", "xl/workbook.xml"]
    ),
    st.sampled_from(
        [
            *[(b"<v>", b"<v>9"), (b"<v>", b"<v>x"), (b"<v>", b"<v>1e999999999"), (b"</v>", b"")],
            *[(b't="s"', b't="e"'), (b't="s"', b't="d"'), (b"sheet1", b"sheet9")],
            *[(b"<sst", b"<sss"), (b'r="', b'r="Z'), (b'r="2"', b'r="x"'), (b'r="A1"', b"")],
            *[(b"<v>-1.5", b"<v>NaN"), (b"<v>44060", b"<v>1e15"), (b"Sheet1", b"&#1;")],
            (b"numFmtId", b"other"),
        ]
    ),
    st.integers(1, 9),
)
@settings(max_examples=120)
def test_workbooks_with_broken_parts(store, part, change, times):
    broken = PARTS[part].replace(change[0], change[1], times)
    attempt(store, packed({**PARTS, part: broken}.items()), "x.xlsx", "outcome")
