"""Printing: data on stdout or in a file, messages on stderr, nothing else anywhere."""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path
from typing import IO, TYPE_CHECKING

from cli.options import SPOKEN, Scale, Shown
from ledger.errors import UsageError
from reporting.catalogue import label

if TYPE_CHECKING:
    from reporting.tables import Table


def say(text: str) -> None:
    """A message to the person: on stderr."""
    print(text, file=sys.stderr, flush=True)


def word(key: str, **values: object) -> str:
    """The catalogue's words in the language of the command that runs."""
    return label(key, SPOKEN.get(), **values)


def is_terminal(stream: IO[str]) -> bool:
    """True if a person looks at the stream."""
    try:
        return stream.isatty()
    except ValueError:  # a closed stream
        return False


def is_bold(stream: IO[str]) -> bool:
    """True if the stream shows bold letters and nobody asked for none."""
    plain = os.environ.get("NO_COLOR") or os.environ.get("TERM", "") in ("", "dumb")
    return is_terminal(stream) and not plain


def put(text: str, output: str | None = None) -> None:
    """Data to stdout, or to a file: UTF-8, line ends as they are, on every system."""
    data = text.encode("utf-8")
    if output is not None and output != "-":
        put_file(data, output)
        return
    sys.stdout.flush()
    binary = getattr(sys.stdout, "buffer", None)
    if binary is None:  # somebody put text in its place
        sys.stdout.write(text)
    else:
        binary.write(data)
        binary.flush()


def put_file(data: bytes, output: str) -> None:
    """A file written whole, and said so."""
    try:
        Path(output).write_bytes(data)
    except OSError as error:
        raise UsageError(
            f"{output} cannot be written: {error.strerror}.", "Choose another -o FILE."
        ) from error
    say(word("message.wrote", path=output))


def folder_at(output: str) -> Path:
    """A folder that is there, or is made; raises `UsageError` where a file has its name."""
    folder = Path(output)
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UsageError(f"{output} is no folder.", "Choose another -o DIR.") from error
    return folder


def put_folder(files: dict[str, bytes], output: str) -> None:
    """Files in a folder that is new or empty, and said so."""
    folder = Path(output)
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise UsageError(f"{output} is no empty folder.", "Choose another -o DIR.")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, data in files.items():
            (folder / name).write_bytes(data)
    except OSError as error:
        raise UsageError(
            f"{output} cannot be written: {error.strerror}.", "Choose another -o DIR."
        ) from error
    say(word("message.wrote_files", count=len(files), path=output))


def sum_up(recorded: int, known: int, refused: int) -> None:
    """The last line of everything that records a file."""
    put(word("message.recorded", recorded=recorded, known=known, refused=refused) + "\n")


def show(table: Table, shown: Shown, *, scale: Scale = "kr", simulated: bool = False) -> None:
    """A table as asked for. Of data, what is not data (a simulated clock) goes to stderr."""
    from reporting import render

    if shown.excel and shown.form != "csv":
        raise UsageError("--excel is a kind of CSV.", "Give --format csv, or leave it out.")
    if shown.form == "table":
        lines = render.to_lines(table, shown.spoken, shown.scale or scale, bold=bold_in(shown))
        if simulated and not table.notes:
            lines.append("")
        show_lines(lines, shown, simulated=simulated, wide=(shown.scale or scale) == "kr")
        return
    as_data = render.to_json(table) if shown.form == "json" else None
    put(as_data or render.to_csv(table, excel=shown.excel), shown.output)
    if simulated:
        say(word("note.simulated"))


def bold_in(shown: Shown) -> bool:
    """True if what is shown may have bold letters."""
    return shown.output in (None, "-") and is_bold(sys.stdout)


def show_lines(
    lines: list[str], shown: Shown, *, simulated: bool = False, wide: bool = False
) -> None:
    """Lines for people; ``wide`` says that a smaller scale would make them narrower."""
    if simulated:
        lines = [*lines, word("note.simulated")]
    put("\n".join(lines) + "\n", shown.output)
    widest = max(len(line) for line in lines)
    seen = shown.output in (None, "-") and is_terminal(sys.stdout)
    if wide and seen and widest > shutil.get_terminal_size().columns:
        say(word("note.wide"))
