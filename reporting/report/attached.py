"""The attachments of a report: numbered, and cited by their digests."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import projections
from reporting.catalogue import label
from reporting.tables import Column, table_of

if TYPE_CHECKING:
    from reporting.report.document import Block, Question


def numbers_of(ask: Question) -> frozenset[str]:
    """The numbers of the attachments that the report has."""
    frame = ask.once(
        "attachments", lambda: projections.attachments(ask.book, ask.through, unit=ask.unit)
    )
    return frozenset(frame["number"])


def attachments(ask: Question) -> Sequence[Block]:
    """Number, title and digest of each."""
    frame = projections.attachments(ask.book, ask.through, unit=ask.unit)
    if frame.is_empty():
        return ()
    columns = (Column("number", word="column.attachment"), Column("title"), Column("digest"))
    title = label("title.attachments", ask.lang, through=ask.through)
    note = label("note.attachments", ask.lang)
    return (table_of(frame, (), title, columns=columns, notes=(note,)),)
