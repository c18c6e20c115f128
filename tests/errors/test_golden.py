"""Each case says what it must, to the letter, with its exit code; refused ones leave no byte."""

import pytest

from tests.errors.golden import Case, cases, run


@pytest.mark.parametrize("case", cases(), ids=str)
def test_what_is_said(case: Case, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("LEDGER_LANG", "en")
    for name in ("LEDGER_STORE", "LEDGER_ACTOR", "LEDGER_DEBUG", "LEDGER_KEY"):
        monkeypatch.delenv(name, raising=False)
    result = run(case, tmp_path)
    assert result.stderr == case.told
    assert case.shown in result.stdout
    assert result.exit_code == case.exit
