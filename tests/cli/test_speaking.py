"""Help, and mistakes of the command line, in both languages."""

import re
from collections.abc import Iterator
from inspect import cleandoc
from typing import Any

import pytest
import typer

from cli import speaking
from cli.main import app
from reporting.catalogue import LANGUAGES


def commands(command: Any, above: Any = None) -> Iterator[tuple[Any, Any]]:
    """A command and all below it, each with its context."""
    options = ["-h", "--help"]  # a command keeps the first that it is asked with
    context = command.context_class(
        command, info_name=command.name, parent=above, help_option_names=options
    )
    yield command, context
    if hasattr(command, "list_commands"):
        for name in command.list_commands(context):
            yield from commands(command.get_command(context, name), context)


def texts() -> set[str]:
    """Every paragraph of the help, its white space single."""
    found = set[str]()
    for command, context in commands(typer.main.get_command(app)):
        options = [getattr(option, "help", None) for option in command.get_params(context)]
        for text in (command.help, *options):
            paragraphs = cleandoc(text or "").split("\n\n")
            found |= {" ".join(paragraph.split()) for paragraph in paragraphs}
    return found - {""}


def test_all_help_has_its_swedish():
    """A new option or command needs a line in `reporting/help_sv.toml`."""
    assert sorted(texts() - speaking.words()["texts"].keys()) == []


def test_no_help_outlives_its_command():
    assert sorted(speaking.words()["texts"].keys() - texts()) == []


def test_words_in_capitals_are_in_swedish():
    """Those of usage and options; what stands for the same thing is the same in messages."""
    found = set[str]()
    for command, context in commands(typer.main.get_command(app)):
        rows = [option.get_help_record(context) for option in command.get_params(context)]
        for text in (command.get_usage(context), *(row[0] for row in rows if row)):
            found |= set(re.findall(r"\b[A-Z]{2,}\b", text))
    both = {"PERIOD", "TEXT", "PARAMETER", "KR", "SHA"}  # as they are
    known = speaking.words()["places"]
    assert sorted(found - known.keys() - set(known.values()) - both) == []


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize(
    ("words", "swedish", "english"),
    [
        (["-h"], "Användning: ledger [VAL] KOMMANDO", "Usage: ledger [OPTIONS] COMMAND"),
        (["result", "-h"], "Utfall mot budget och föregående år.", "Outcome against budget"),
        (["result", "-h"], "[förval: accumulated]", "[default: accumulated]"),
        (["close", "-h"], "[krävs]", "[required]"),
        (["close", "-h"], "--actor NAMN", "--actor NAME"),
    ],
)
def test_help_is_in_the_language_that_is_asked_for(run, lang, words, swedish, english):
    text = run("--lang", lang, *words).stdout
    said, unsaid = (swedish, english) if lang == "sv" else (english, swedish)
    assert said in text
    assert unsaid not in text


@pytest.mark.parametrize(
    ("words", "swedish", "english"),
    [
        (["nowhere"], "Det finns inget kommando 'nowhere'.", "No such command 'nowhere'."),
        (
            ["resultat"],
            "Det finns inget kommando 'resultat'. Menade du 'result'?",
            "No such command 'resultat'. Did you mean 'result'?",
        ),
        (
            ["report", "interrim"],
            "Det finns inget kommando 'interrim'. Menade du 'interim'?",
            "No such command 'interrim'. Did you mean 'interim'?",
        ),
        (["result", "--unot", "1"], "Det finns inget val --unot", "No such option: --unot"),
        (["close"], "Argumentet 'PERIOD' saknas.", "Missing argument 'PERIOD'."),
        (["import"], "Argumentet 'FIL...' saknas.", "Missing argument 'FILE...'."),
        (
            ["history", "--page", "x"],
            "Ogiltigt värde för '--page': ange ett heltal.",
            "Invalid value for '--page': Input should be a valid integer",
        ),
        (
            ["result", "--format", "xml"],
            "'xml' är inget av 'table', 'json', 'csv'.",
            "'xml' is not one of 'table', 'json', 'csv'.",
        ),
    ],
)
def test_a_mistake_in_both_languages(run, words, swedish, english):
    """With the command's usage and where its help is, and exit code 2."""
    for lang, text in (("sv", swedish), ("en", english)):
        done = run("--lang", lang, *words)
        assert (done.exit_code, done.stdout) == (2, "")
        assert text in done.stderr
        assert " -h`." in done.stderr


def test_the_environment_chooses_the_language_of_help(run, monkeypatch):
    monkeypatch.setenv("LEDGER_LANG", "en")
    assert "Usage: ledger" in run("-h").stdout
    assert "Användning: ledger" in run("--lang=sv", "-h").stdout


def test_a_broken_configuration_is_told_by_the_command(run, tmp_path):
    (tmp_path / "ledger.toml").write_text("lang = ", encoding="utf-8")
    done = run("result")
    assert done.exit_code == 2
    assert "fel [usage] ledger.toml kan inte läsas" in done.stderr
