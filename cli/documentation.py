"""``ledger documentation``: the system documentation, written from the record."""

from __future__ import annotations

from typing import Annotated

import typer

from cli.options import Common, bundled
from cli.output import put_folder
from cli.session import book_of


@bundled
def documentation(
    ask: Common,
    output: Annotated[
        str, typer.Option("-o", "--output", metavar="DIR", help="A folder, new or empty.")
    ],
    known_at: Annotated[
        str | None, typer.Option("--known-at", metavar="TIME", help="As known then.")
    ] = None,
) -> None:
    """Write the system documentation.

    Organisation, chart, code string, structures, flows, formats, controls, processing history,
    sources, keys: one document and the CSV files that it refers to.
    """
    from reporting.documentation import documentation as written

    put_folder(written(book_of(ask, known_at), ask.spoken), output)
