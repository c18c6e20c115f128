"""What a command says when it fails, and with which exit code it ends.

0 fine, 1 findings, 2 usage, 3 input, 4 rule, 5 conflict or store, 6 tampering, 7 forecast,
70 a bug, 130 interrupted. Every named error has a code that ``ledger explain CODE`` describes.
"""

from __future__ import annotations

import errno
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import typer
from typer._click.core import Context
from typer.core import TyperGroup

from cli.options import GIVEN, SPOKEN
from cli.output import say, sum_up
from cli.speaking import Help, language_of, tell_mistake
from ledger.errors import InputRefused, LedgerError, Problem, StoreFull, StoreReadOnly
from reporting.catalogue import label
from reporting.messages import told

BUG = 70
INTERRUPTED = 130

#: Problems shown of one input; the rest are counted.
PROBLEMS_SHOWN = 200


def place_of(problem: Problem) -> str:
    """``FILE:LINE``, or the file alone."""
    return f"{problem.file}:{problem.line}" if problem.line is not None else problem.file


def problem_line(problem: Problem) -> str:
    """``FILE:LINE [code] excerpt – found. remedy``, in the language that is spoken."""
    lang = SPOKEN.get()
    excerpt = f"{problem.excerpt} – " if problem.excerpt else ""
    found, remedy = told(problem.found, lang), told(problem.remedy, lang)
    return f"{place_of(problem)} [{problem.code}] {excerpt}{found}. {remedy}"


def tell_failure(error: LedgerError) -> None:
    """The error's code, message and remedy on stderr; of a refused input every problem."""
    lang = SPOKEN.get()
    if isinstance(error, InputRefused):
        for problem in error.problems[:PROBLEMS_SHOWN]:
            say(problem_line(problem))
        more = len(error.problems) - PROBLEMS_SHOWN
        if more > 0:
            say(label("message.more_notices", lang, count=more))
    message, remedy = told(error.message, lang), told(error.remedy, lang)
    if isinstance(error, InputRefused):
        message, remedy = label("message.refused", lang, count=len(error.problems)), ""
    say(f"{label('message.error', lang)} [{error.code}] {message}")
    if remedy:
        say(f"  {remedy}")


def tell_bug(error: Exception) -> None:
    """A short message about a mistake of ours; the whole trace if asked for."""
    if os.environ.get("LEDGER_DEBUG"):
        import traceback

        traceback.print_exception(error, file=sys.stderr)
    lang = SPOKEN.get()
    text = f"{type(error).__name__}: {error}".splitlines()[0][:200]
    say(f"{label('message.error', lang)} [bug] {label('message.bug', lang, error=text)}")
    say(f"  {label('message.bug_more', lang)}")


#: Every command's help is written in the language that is spoken.
Context.formatter_class = Help


class Guarded(TyperGroup):
    """The root of all commands: turns what goes wrong into a message and an exit code."""

    def make_context(
        self, info_name: str | None, args: list[str], parent: Any = None, **extra: Any
    ) -> Any:
        """Find out which language is spoken, then read the command line."""
        GIVEN.set({})
        SPOKEN.set(language_of(args))
        with _mistakes_told():
            return super().make_context(info_name, args, parent, **extra)

    def invoke(self, ctx: Any) -> Any:
        """Run the command; end with its exit code."""
        with _mistakes_told():
            return self._invoked(ctx)

    def _invoked(self, ctx: Any) -> Any:
        try:
            found = super().invoke(ctx)
            sys.stdout.flush()
        except LedgerError as error:
            tell_failure(error)
            if isinstance(error, InputRefused):
                sum_up(0, 0, len(error.problems))
            raise typer.Exit(error.exit_code) from None
        except BrokenPipeError:
            _close_quietly()
            raise typer.Exit(0) from None
        except KeyboardInterrupt:
            say(label("message.interrupted", SPOKEN.get()))
            raise typer.Exit(INTERRUPTED) from None
        except Exception as error:
            if _is_typers(error):
                raise
            named = _named(error)
            if named is None:
                tell_bug(error)
                raise typer.Exit(BUG) from None
            tell_failure(named)
            raise typer.Exit(named.exit_code) from None
        return found


@contextmanager
def _mistakes_told() -> Iterator[None]:
    """Tell what Typer finds wrong with the command line, and end with its exit code."""
    try:
        yield
    except Exception as error:
        if not hasattr(error, "format_message") or type(error).__name__ == "NoArgsIsHelpError":
            raise
        tell_mistake(error)
        raise typer.Exit(getattr(error, "exit_code", 2)) from None


def _named(error: Exception) -> LedgerError | None:
    """What the machine refused, by the name it has here."""
    number = error.errno if isinstance(error, OSError) else None
    if number in (errno.EACCES, errno.EPERM, errno.EROFS):
        return StoreReadOnly(f"{error}.", "Check the permissions of file and folder.")
    if number in (errno.ENOSPC, errno.EDQUOT):
        return StoreFull("The disk is full; nothing was recorded.", "Make room.")
    return None


def _is_typers(error: Exception) -> bool:
    """True for exits, aborts and errors of the command line itself, which Typer tells."""
    return isinstance(error, typer.Exit | typer.Abort) or hasattr(error, "format_message")


def _close_quietly() -> None:
    """The reader has gone: write nowhere from now on."""
    try:
        null = os.open(os.devnull, os.O_WRONLY)
        os.dup2(null, sys.stdout.fileno())
    except (OSError, ValueError):
        pass
