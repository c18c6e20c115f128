"""Each case says what it must, to the letter, with its exit code; refused ones leave no byte."""

import pytest

from tests.errors.golden import Case, cases, run, said


@pytest.mark.parametrize("case", cases(), ids=str)
def test_what_is_said(case: Case, tmp_path):
    result = run(case, tmp_path)
    assert said(result.stderr) == said(case.told)
    assert said(case.shown) in said(result.stdout)
    assert result.exit_code == case.exit
