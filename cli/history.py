"""``ledger history``: the events themselves, found and paged, or one of them whole."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Annotated, Any

import typer

from cli.options import Known, bundled
from cli.output import put, say, show, word
from cli.session import book_of, is_simulated, position_of

#: Events of a page in a table unless --limit says otherwise; data formats give all.
LIMIT = 50

Text = str | None


@dataclass(frozen=True)
class Filters(Known):
    """What a history can be narrowed to."""

    unit: Annotated[
        Text, typer.Option("--unit", metavar="CODE", help="Of that unit and all below.")
    ] = None
    tree: Annotated[
        str, typer.Option("--tree", metavar="TREE[@PERIOD]", help="The tree of units.")
    ] = "line"
    account: Annotated[
        Text, typer.Option("--account", metavar="CODES", help="5010, 5000-5999; with commas.")
    ] = None
    actor: Annotated[
        Text, typer.Option("--actor", metavar="NAME", help="Recorded by that person.")
    ] = None
    batch: Annotated[
        Text, typer.Option("--batch", metavar="BATCH", help="Recorded in that batch.")
    ] = None
    period: Annotated[
        Text, typer.Option("--period", metavar="PERIOD", help="Of that month, tertial or year.")
    ] = None
    through: Annotated[
        Text, typer.Option("--through", metavar="PERIOD", help="Of no later period.")
    ] = None
    year: Annotated[Text, typer.Option("--year", metavar="YEAR", help="Only that fiscal year.")] = (
        None
    )
    since: Annotated[
        Text, typer.Option("--since", metavar="TIME", help="Recorded then or later.")
    ] = None
    until: Annotated[
        Text, typer.Option("--until", metavar="TIME", help="Recorded then or earlier.")
    ] = None
    topic: Annotated[
        Text, typer.Option("--topic", metavar="TOPICS", help="Kinds or families; with commas.")
    ] = None
    search: Annotated[
        Text, typer.Option("--search", metavar="WORDS", help="Words of the texts: hyra OR el*.")
    ] = None
    processing: Annotated[
        bool, typer.Option("--processing", help="Settings, structures, roles, closings … alone.")
    ] = False

    @property
    def words(self) -> dict[str, Any]:
        """The question in the projection's words."""
        own = {each.name for each in fields(Filters)} - {each.name for each in fields(Known)}
        asked = {name: getattr(self, name) for name in own - {"topic"}}
        return asked | {"topics": tuple(name.strip() for name in (self.topic or "").split(","))}


@bundled
def history(
    ask: Filters,
    event: Annotated[
        Text, typer.Argument(metavar="[EVENT]", help="One event, by its position.")
    ] = None,
    limit: Annotated[
        int | None, typer.Option("--limit", metavar="N", help="Events of a page; 0 for all.")
    ] = None,
    page: Annotated[
        int, typer.Option("--page", metavar="K", help="Which page; 1 is the newest.")
    ] = 1,
) -> None:
    """What happened, in order.

    All events, those that the filters let by, or one of them whole.
    """
    from reporting import history_table

    if event is not None:
        _one(ask, event)
        return
    book = book_of(ask, ask.known_at)
    people = ask.form == "table"
    most = limit if limit is not None else (LIMIT if people else 0)
    table = history_table.history(
        book, ask.spoken, limit=most or None, page=page, people=people, **ask.words
    )
    show(table, ask, simulated=is_simulated(book))
    if not people and most:
        say(" ".join(table.notes))
    if not table.rows:
        say(word("message.none_found"))


def _one(ask: Known, text: str) -> None:
    """One event, whole."""
    import json

    from reporting import history_table

    book = book_of(ask, ask.known_at)
    content = history_table.event(book, position_of(text), text)
    if ask.form == "json":
        put(json.dumps([content], ensure_ascii=False, indent=2) + "\n", ask.output)
    elif ask.form == "csv":
        show(history_table.event_table(content), ask)
    else:
        lines = history_table.event_lines(book, content, ask.spoken)
        put("\n".join(lines) + "\n", ask.output)
