"""Files that are none of ours."""

import pytest

from intake import read
from intake.problems import KindUnknown
from ledger.families.organisation import Organisation


def test_a_file_of_no_kind_is_told_by_its_header(tmp_path):
    """Not by the length of its rows."""
    path = tmp_path / "rubbish.csv"
    path.write_text("Hej,på dig\n1,2,3\n4\n", encoding="utf-8")
    with pytest.raises(KindUnknown, match="“Hej”, “på dig”"):
        read(path, Organisation())
