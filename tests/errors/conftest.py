"""Cases run in English, by one person, with nothing from the environment."""

import pytest


@pytest.fixture(autouse=True)
def alone(tmp_path, monkeypatch):
    """A current folder of its own, and none of the environment's wishes."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("LEDGER_LANG", "en")
    monkeypatch.setenv("LEDGER_ACTOR", "anna")
    for name in ("LEDGER_STORE", "LEDGER_DEBUG", "LEDGER_KEY"):
        monkeypatch.delenv(name, raising=False)
