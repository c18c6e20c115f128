"""The help of the commands, and mistakes in how they are written, in the language of the command.

Typer has both in English. The help's Swedish lies in ``reporting/help_sv.toml``, a paragraph under
its English; mistakes are told as all other messages are. Nothing is read for people who ask in
English, or who ask for no help.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

from typer._click.formatting import HelpFormatter

import reporting
from cli.options import SPOKEN, chosen
from cli.output import say
from ledger.errors import UsageError
from reporting.catalogue import LANGUAGES, Language, label
from reporting.messages import told

#: A word in capitals that stands for what people give, as FILE.
_PLACE = re.compile(r"\b[A-Z]{2,}\b")
#: What stands after the words of an option: its default, whether it must be given.
_EXTRA = re.compile(r"(.*?)( *\[[^\]]*\])?", re.DOTALL)


def language_of(args: Sequence[str]) -> Language:
    """The language that a command line asks for, before anything else of it is read."""
    given: str | None = None
    for option, value in zip(args, [*args[1:], ""], strict=True):
        if option == "--lang":
            given = value
        elif option.startswith("--lang="):
            given = option.removeprefix("--lang=")
    try:
        name = given or chosen("lang", None, "sv")
    except UsageError:  # of ledger.toml: the command tells it
        return "sv"
    return next((lang for lang in LANGUAGES if lang == name), "sv")


@cache
def words() -> Mapping[str, Mapping[str, str]]:
    """The Swedish of labels, places and texts, by their English."""
    path = Path(reporting.__file__).with_name("help_sv.toml")
    return tomllib.loads(path.read_text("utf-8"))


def places(text: str) -> str:
    """A text with its words in capitals in Swedish: ``FILE...`` is ``FIL...``."""
    return _PLACE.sub(lambda found: words()["places"].get(found[0], found[0]), text)


def swedish(text: str) -> str:
    """A text of the help in Swedish, paragraph by paragraph; as it is where there is none."""
    return "\n\n".join(map(_paragraph, text.split("\n\n")))


def _paragraph(text: str) -> str:
    bare = " ".join(text.split())
    found = words()["texts"].get(bare)
    if found is not None:
        return found
    begun = bare.removesuffix("...").rstrip()  # the first sentence, or what there was room for
    whole = next((sv for en, sv in words()["texts"].items() if begun and en.startswith(begun)), "")
    return whole.split(". ")[0].rstrip(".") + "." if whole else text


def _row(text: str) -> str:
    """What stands beside an option or a command, with its default."""
    match = _EXTRA.fullmatch(text)
    assert match is not None, "anything matches"
    extra = match[2] or ""
    for english in ("default", "required"):
        extra = re.sub(rf"\b{english}\b", words()["labels"][english], extra)
    return (swedish(match[1]) if match[1] else "") + extra


class Help(HelpFormatter):
    """Writes help in the language that is spoken."""

    def write_usage(self, prog: str, args: str = "", prefix: str | None = None) -> None:
        """How the command is written."""
        if SPOKEN.get() == "sv":
            args, prefix = places(args), words()["labels"]["Usage: "]
        super().write_usage(prog, args, prefix)

    def write_heading(self, heading: str) -> None:
        """Options, arguments, commands."""
        if SPOKEN.get() == "sv":
            heading = words()["labels"].get(heading, heading)
        super().write_heading(heading)

    def write_text(self, text: str) -> None:
        """What the command does."""
        super().write_text(swedish(text) if SPOKEN.get() == "sv" else text)

    def write_dl(
        self, rows: Sequence[tuple[str, str]], col_max: int = 30, col_spacing: int = 2
    ) -> None:
        """Options or commands, a row each."""
        if SPOKEN.get() == "sv":
            rows = [(places(name), _row(text)) for name, text in rows]
        super().write_dl(rows, col_max, col_spacing)


def tell_mistake(error: Any) -> None:
    """A mistake in how a command is written, on stderr."""
    lang, context = SPOKEN.get(), getattr(error, "ctx", None)
    if context is not None:
        say(context.get_usage())
        say(label("message.see_help", lang, command=f"{context.command_path} -h"))
        say("")
    text = told(error.format_message(), lang)
    say(f"{label('message.error', lang)} [usage] {places(text) if lang == 'sv' else text}")
