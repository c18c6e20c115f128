"""``ledger explain`` and ``ledger topics``: what codes mean, and what the log is made of."""

from __future__ import annotations

from typing import Annotated

import typer

from cli.options import Shown, bundled
from cli.output import put, show, word
from reporting.catalogue import label


@bundled
def explain(
    ask: Shown,
    code: Annotated[
        str | None, typer.Argument(metavar="[CODE]", help="A code from a message; else all.")
    ] = None,
) -> None:
    """What a code in a message means."""
    from ledger.errors import UsageError
    from reporting.explanations import explanations
    from reporting.tables import Column, table_from

    known = explanations(ask.spoken)
    if code is not None and code not in known:
        from difflib import get_close_matches

        near = get_close_matches(code, known, 3)
        raise UsageError(
            f"There is no code {code!r}.",
            f"Near: {', '.join(near)}." if near else "`ledger explain` lists all.",
        )
    chosen = sorted(known) if code is None else [code]
    if ask.form == "table":
        put("".join(f"{name}\n  {known[name]}\n" for name in chosen), ask.output)
        return
    rows = [{"code": name, "meaning": known[name]} for name in chosen]
    show(table_from(rows, (Column("code"), Column("meaning")), ""), ask)


@bundled
def topics(ask: Shown) -> None:
    """The kinds of events that the log holds."""
    import ledger.families  # noqa: F401  (registers every kind of event)
    from ledger.events import EVENTS
    from reporting.tables import Column, table_from

    rows = [{"topic": t, "name": label(f"topic.{t}", ask.spoken)} for t in sorted(EVENTS)]
    show(table_from(rows, (Column("topic"), Column("name")), word("title.topics")), ask)
