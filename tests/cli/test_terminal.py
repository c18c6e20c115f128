"""On a terminal, and what an import of the command may cost."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
HEAVY = {"altair", "eventsourcing", "numpy", "pandas", "polars", "pydantic", "rich", "statsmodels"}


def on_a_terminal(*arguments: str, **environment: str) -> str:
    """What a person sees who runs the command in a window."""
    pty = pytest.importorskip("pty")
    master, slave = pty.openpty()
    code = "from cli.main import main; main()"
    process = subprocess.Popen(
        [sys.executable, "-c", code, *arguments],
        stdout=slave,
        stderr=slave,
        env={**os.environ, "PYTHONPATH": str(ROOT), "TERM": "xterm", **environment},
    )
    os.close(slave)
    seen = b""
    while True:
        try:
            part = os.read(master, 65536)
        except OSError:  # Linux says so when the other end is closed
            break
        if not part:
            break
        seen += part
    os.close(master)
    assert process.wait() == 0
    return seen.decode("utf-8")


def test_a_terminal_gets_bold_and_no_color_takes_it_away(booked):
    """And no pager stops anybody."""
    store = ("--store", str(Path.cwd() / "ledger.db"))
    plain = {"NO_COLOR": "1"}
    assert "\x1b[1m" in on_a_terminal("result", *store)
    assert "\x1b" not in on_a_terminal("result", *store, **plain)
    assert "\x1b" not in on_a_terminal("result", *store, TERM="dumb")


def test_an_import_shows_a_bar_on_a_terminal(founded):
    """And clears it away: the last line is what it always is."""
    here = str(Path.cwd() / "outcome-2020-08.csv")
    store = ("--store", str(Path.cwd() / "ledger.db"))
    seen = on_a_terminal("import", here, *store)
    assert "outcome-2020-08.csv" in seen
    assert seen.rstrip().splitlines()[-1].endswith("already known 0, refused 0")


def test_loading_the_command_loads_nothing_heavy():
    """So that help answers at once."""
    code = "import sys, cli.main; print(*{name.split('.')[0] for name in sys.modules})"
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert HEAVY & set(done.stdout.split()) == set()


def test_help_loads_nothing_heavy_either():
    """Not even to be drawn."""
    code = (
        "import sys\nfrom cli.main import main\nsys.argv = ['ledger', '--help']\n"
        "try:\n    main()\nexcept SystemExit:\n    print(*{n.split('.')[0] for n in sys.modules})"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert HEAVY & set(done.stdout.splitlines()[-1].split()) == set()
