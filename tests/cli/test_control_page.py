"""The page on internal control: every command that it shows is one, with the options it has."""

import re
import shlex
from pathlib import Path

import pytest

PAGE = (Path(__file__).parents[2] / "docs" / "control.md").read_text(encoding="utf-8")


def commands():
    """The commands of the page's blocks, without what stands beside them."""
    for block in re.findall(r"```\n(.*?)```", PAGE, re.DOTALL):
        for line in block.replace("\\\n", " ").splitlines():
            if line.startswith("ledger "):
                yield re.split(r" {3,}(?=[^-\s\"])", line)[0].strip()


@pytest.mark.parametrize("command", list(commands()))
def test_a_command_of_the_page_is_one(run, command):
    """Asked for help, it knows all that stands before."""
    done = run(*shlex.split(command)[1:], "--help")
    assert done.exit_code == 0, done.output
    assert "Användning: ledger" in done.stdout


def test_the_page_has_them():
    """Some for each part."""
    found = list(commands())
    for verb in ("plan", "perform", "list", "sample", "assess", "evaluate"):
        assert any(f"control {verb}" in command for command in found), verb
    assert len(found) >= 15
