"""``ledger explain`` and ``ledger topics``: what codes mean, and what the log is made of."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated

import typer

from cli.options import Shown, bundled
from cli.output import put, show, word
from reporting.catalogue import Language, keys, label, swedish


@bundled
def explain(
    ask: Shown,
    code: Annotated[
        str | None, typer.Argument(metavar="[CODE]", help="A code from a message; else all.")
    ] = None,
) -> None:
    """What a code in a message means."""
    from ledger.errors import UsageError
    from reporting.tables import Column, table_from

    known = explanations(ask.spoken)
    if code is not None and code not in known:
        from difflib import get_close_matches

        near = get_close_matches(code, known, 3)
        raise UsageError(
            f"There is no code {code!r}.",
            f"Did you mean {' or '.join(near)}?" if near else "`ledger explain` lists all.",
        )
    chosen = sorted(known) if code is None else [code]
    if ask.form == "table":
        put("".join(f"{name}\n  {known[name]}\n" for name in chosen), ask.output)
        return
    rows = [{"code": name, "meaning": known[name]} for name in chosen]
    show(table_from(rows, (Column("code"), Column("meaning")), ""), ask)


def explanations(lang: Language) -> dict[str, str]:
    """Every code with its meaning: the catalogue's words, else those beside the code."""
    found = dict(told_beside())
    if lang == "sv":
        found |= swedish()
    for code in keys("explain"):
        found[code] = label(f"explain.{code}", lang)
    return found


def told_beside() -> Iterator[tuple[str, str]]:
    """Codes explained where they are raised: named errors by their docstrings, problems of
    files by the dictionaries of intake."""
    from intake import problems
    from ledger.errors import LedgerError

    waiting: list[type[LedgerError]] = [LedgerError]
    while waiting:
        kind = waiting.pop()
        waiting += kind.__subclasses__()
        if "code" in kind.__dict__:
            yield kind.code, " ".join((kind.__doc__ or "").split())
    yield from problems.EXPLAIN.items()


@bundled
def topics(ask: Shown) -> None:
    """The kinds of events that the log holds."""
    import ledger.families  # noqa: F401  (registers every kind of event)
    from ledger.events import EVENTS
    from reporting.tables import Column, table_from

    rows = [{"topic": t, "name": label(f"topic.{t}", ask.spoken)} for t in sorted(EVENTS)]
    show(table_from(rows, (Column("topic"), Column("name")), word("title.topics")), ask)
