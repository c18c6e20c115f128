"""A large log is hashed by several processes, and says the same as one does."""

import random
from contextlib import closing

import pytest

from ledger import hashing, log_check
from ledger.connection import connect
from ledger.engine import BULK
from ledger.hashing import Part, read_parts
from ledger.log_check import check_log
from tests.ledger.builders import new_store, post, wage
from tests.proof import alterations
from tests.proof.alterations import first_touched, open_wide, table


@pytest.fixture(scope="module")
def path(tmp_path_factory):
    """A store of some nine thousand events: three blocks."""
    store = new_store(tmp_path_factory.mktemp("large"))
    post(store, *(row for n in range(4_500) for row in wage(str(n), n + 1)))
    store.close()
    return store.path


def parts_of(path, monkeypatch, large: int) -> list[Part]:
    monkeypatch.setattr(hashing, "LARGE", large)
    monkeypatch.setattr("os.cpu_count", lambda: 3)
    with closing(connect(path)) as connection:
        return read_parts(connection, path, BULK, log_check._KEY_TOPICS)


def test_side_by_side_is_the_same_as_one_after_the_other(path, monkeypatch) -> None:
    (one,) = parts_of(path, monkeypatch, 10**9)
    several = parts_of(path, monkeypatch, 10)
    assert len(several) == 3
    assert sum(part.count for part in several) == one.count
    assert b"".join(part.leaves for part in several) == one.leaves
    assert b"".join(part.blocks for part in several) == one.blocks
    assert [row for part in several for row in part.key_rows] == one.key_rows
    assert [row for part in several for row in part.small] == one.small


@pytest.mark.parametrize("alter", alterations.ALTERATIONS[:12], ids=lambda a: a.__name__)
def test_what_was_touched_is_found_there_too(path, monkeypatch, tmp_path, alter) -> None:
    monkeypatch.setattr(hashing, "LARGE", 10)
    copy = tmp_path / "copy.db"
    copy.write_bytes(path.read_bytes())
    assert check_log(copy).findings == []
    connection = open_wide(copy)
    before = table(connection)
    alter(connection, random.Random(3))
    touched = first_touched(before, table(connection))
    connection.close()
    findings = check_log(copy).findings
    if alter is alterations.cut_batches:
        assert findings == [f for f in findings if not f.tampering], "sound in itself"
        return
    assert next(f.position for f in findings if f.tampering) == touched
