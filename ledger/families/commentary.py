"""Commentary: what people write of a section, what explains a variance, with its amount, and which
documents are attached, by their digests.

Explanations of a variance need not sum to it: what is left is shown as the remainder, by whoever
asks. A *memo* says of what is in the variance already, and adds nothing to the sum.
"""

from __future__ import annotations

import copy
import re
from dataclasses import dataclass, field
from typing import ClassVar, Literal, NamedTuple, get_args

from ledger.commands import Lookup
from ledger.events import Event, Private
from ledger.families.governance import closes
from ledger.money import to_text
from ledger.periods import is_month
from ledger.row_commands import Row, RowCommand, Work, refuse
from ledger.state import Slice, State

closes("commentary", ended=True)

#: Which variance is explained: outcome − budget of the year so far, or the forecast's of the year.
Figure = Literal["variance", "forecast_variance"]
FIGURES: tuple[str, ...] = get_args(Figure)
STATES = ("standing", "withdrawn")
#: The settings that name the structure of a variance's line.
_STRUCTURES = ("structure.result", "structure.forecast")
#: The setting that says how many kronor may be left of a variance that is explained.
TOLERANCE = "variance.tolerance"


class CommentaryWritten(Event):
    """The text of a report's section, of a unit and a month; ``version`` counts from 1."""

    topic: ClassVar[str] = "commentary.written"
    section: str
    unit: str
    period: str
    version: int = 1
    text: Private = None


class VarianceExplained(Event):
    """A part of a variance, explained: öre in result sign, of a unit and all below it, of a line
    of a report structure or (without ``report_line``) of the whole result, through the month
    ``period``.

    ``replaces`` is the position of the explanation whose place it takes, with a reason; its text
    is then absent where it stands.
    """

    topic: ClassVar[str] = "commentary.variance_explained"
    unit: str
    report_line: str | None = None
    structure: str | None = None
    period: str
    figure: Figure = "variance"
    amount: int
    memo: bool = False
    replaces: int | None = None
    text: Private = None
    reason: Private = None


class ExplanationWithdrawn(Event):
    """The explanation at the position ``withdraws`` explains nothing any more, and why; ``amount``
    is its amount negated."""

    topic: ClassVar[str] = "commentary.explanation_withdrawn"
    unit: str
    period: str
    withdraws: int
    amount: int
    reason: Private = None


class AttachmentRegistered(Event):
    """A document attached to the reports of a unit and a month: ``number`` as it is cited,
    ``digest`` the SHA-256 of its bytes in hex, ``text`` its title; ``version`` counts from 1."""

    topic: ClassVar[str] = "commentary.attachment_registered"
    number: str
    unit: str
    period: str
    digest: str
    version: int = 1
    text: Private = None
    reason: Private = None


class About(NamedTuple):
    """What an explanation is about."""

    unit: str
    line: str | None
    period: str
    figure: str


@dataclass
class Explanation:
    """An explanation as it stands, where it stands in the log, and where its text does."""

    event: VarianceExplained
    position: int
    text_at: int

    @property
    def about(self) -> About:
        """What it is about."""
        one = self.event
        return About(one.unit, one.report_line, one.period, one.figure)


@dataclass
class Text:
    """A section's text as it stands: the event, and its position."""

    event: CommentaryWritten
    position: int


@dataclass
class Attachment:
    """An attachment as it stands: the event, its position, and where its title is."""

    event: AttachmentRegistered
    position: int
    title_at: int


@dataclass
class Commentary(Slice):
    """All texts by section, unit and month; all explanations that stand, in log order, by the
    position of their event; all attachments by number, unit and month."""

    texts: dict[tuple[str, str, str], Text] = field(default_factory=dict)
    explanations: dict[int, Explanation] = field(default_factory=dict)
    attachments: dict[tuple[str, str, str], Attachment] = field(default_factory=dict)

    def apply(self, event: Event, position: int) -> None:
        """Fold one event."""
        match event:
            case CommentaryWritten():
                self.texts[event.section, event.unit, event.period] = Text(event, position)
            case VarianceExplained():
                text_at = position
                if event.replaces is not None:
                    replaced = self.explanations.pop(event.replaces)
                    text_at = position if event.text is not None else replaced.text_at
                self.explanations[position] = Explanation(event, position, text_at)
            case ExplanationWithdrawn():
                del self.explanations[event.withdraws]
            case AttachmentRegistered():
                key = (event.number, event.unit, event.period)
                was = self.attachments.get(key)
                kept = was.title_at if was and event.text is None else position
                self.attachments[key] = Attachment(event, position, kept)
            case _:
                pass


@dataclass(frozen=True)
class WriteCommentary(RowCommand):
    """Write texts of sections: ``section``, ``unit``, ``period``, ``text``; another text takes the
    place of the one on record, as a new version. What was erased is not told again: write the new
    text first, then erase the old."""

    kind: str = "commentary"

    def work(self, state: State, look: Lookup) -> Work:
        """What takes the rows."""
        return _Writing(state, look)


class _Writing(Work):
    """Takes rows of texts."""

    def take(self, row: Row, line: int | None) -> list[Event]:
        """The text, or none where it is on record."""
        unit, period = self.unit(row), _month(row)
        if not row.get("section") or not row.get("text"):
            refuse("empty-field", "section or text is empty", "Fill in both.")
        what = (row["section"], unit, period)
        self.once(what, f"section {row['section']!r} of {unit}, {period},", line)
        stands = self.state.of(Commentary).texts.get(what)
        words = self.new_words(row, {"text": stands.position if stands else -1})
        if not words:
            return []
        self.open("commentary", period, unit)
        version = stands.event.version + 1 if stands else 1
        return [
            CommentaryWritten(
                section=row["section"], unit=unit, period=period, version=version, **words
            )
        ]


@dataclass(frozen=True)
class ExplainVariances(RowCommand):
    """Explain variances: ``unit``, ``report_line``, ``period``, ``figure``, ``amount`` (öre),
    ``memo``, ``text``, ``state``, ``reason``.

    An explanation is known by its text: the same text of the same variance with another amount
    takes the earlier one's place, with a reason; ``state`` withdrawn takes it away, with one.
    """

    kind: str = "variance"

    def work(self, state: State, look: Lookup) -> Work:
        """What takes the rows."""
        return _Explaining(state, look)


class _Explaining(Work):
    """Takes rows of explanations."""

    def __init__(self, state: State, look: Lookup) -> None:
        super().__init__(state, look)
        self.known = copy.deepcopy(state.of(Commentary))

    def take(self, row: Row, line: int | None) -> list[Event]:
        """The explanation, what takes its place, or its withdrawal; none where it is on record."""
        unit, period = self.unit(row), _month(row)
        self.word(row, "figure", FIGURES)
        self.word(row, "state", STATES)
        figure = row.get("figure", "variance")
        if not row.get("text"):
            refuse("bad-variance", "the text is empty", "Say what explains the variance.")
        about = About(unit, row.get("report_line"), period, figure)
        self.once((about, row["text"]), f"{row['text']!r}", line)
        stands = self._standing(about, row)
        if row.get("state") == "withdrawn":
            return self._withdrawn(row, about, stands)
        amount, memo = row.get("amount"), row.get("memo", "no") == "yes"
        if amount is None:
            refuse("bad-variance", "the amount is empty", "Give it in kronor, better is positive.")
        if stands and (amount, memo) == (stands.event.amount, stands.event.memo):
            return []
        line_of = about.line
        structure = None if line_of is None else self.structure_of(line_of, *_STRUCTURES)
        self.open("commentary", period, unit)
        content = {
            "unit": unit,
            "report_line": about.line,
            "structure": structure,
            "period": period,
            "figure": figure,
            "amount": amount,
            "memo": memo,
        }
        if stands is None:
            return [VarianceExplained(**content, text=row["text"])]
        was = to_text(stands.event.amount)
        reason = self.why(row, f"{row['text']!r} explains {was} on record")
        return [VarianceExplained(**content, replaces=stands.position, reason=reason)]

    def _standing(self, about: About, row: Row) -> Explanation | None:
        """The explanation on record that has the row's text; else one of the same amount whose
        text was erased: it is not told again."""
        mine = [one for one in self.known.explanations.values() if one.about == about]
        for one in mine:
            if self.look.private(one.text_at, "text") == row["text"]:
                return one
        for one in mine:
            erased = self.look.is_erased(one.text_at, "text")
            if erased and one.event.amount == row.get("amount"):
                return one
        return None

    def _withdrawn(self, row: Row, about: About, stands: Explanation | None) -> list[Event]:
        if stands is None:
            found = f"{row['text']!r} is no explanation that stands"
            refuse("explanation-unknown", found, "Write its text as it is on record.")
        self.open("commentary", about.period, about.unit)
        reason = self.why(row, f"{row['text']!r} is withdrawn")
        return [
            ExplanationWithdrawn(
                unit=about.unit,
                period=about.period,
                withdraws=stands.position,
                amount=-stands.event.amount,
                reason=reason,
            )
        ]


@dataclass(frozen=True)
class RegisterAttachments(RowCommand):
    """Register documents by digest: ``number``, ``unit``, ``period``, ``title``, ``digest``
    (SHA-256 in hex); another document under a number on record is a new version, with a reason."""

    kind: str = "attachment"

    def work(self, state: State, look: Lookup) -> Work:
        """What takes the rows."""
        return _Attaching(state, look)


class _Attaching(Work):
    """Takes rows of attachments."""

    def take(self, row: Row, line: int | None) -> list[Event]:
        """The attachment, or none where it is on record."""
        unit, period = self.unit(row), _month(row)
        number, digest = str(row.get("number", "")), str(row.get("digest", "")).lower()
        if not number or not row.get("title"):
            refuse("bad-attachment", "number or title is empty", "Fill in both.")
        if not re.fullmatch("[0-9a-f]{64}", digest):
            refuse(
                "bad-attachment",
                f"digest {row.get('digest', '')!r}",
                "Write its SHA-256, 64 hex digits; `ledger record` takes file=PATH instead.",
            )
        what = (number, unit, period)
        self.once(what, f"attachment {number} of {unit}, {period},", line)
        stands = self.state.of(Commentary).attachments.get(what)
        at = {"text": stands.title_at if stands else -1}
        title = self.new_words({"text": row["title"]}, at)
        if stands is not None and not title and stands.event.digest == digest:
            return []
        self.open("commentary", period, unit)
        more = {}
        if stands is not None:
            more["reason"] = self.why(row, f"attachment {number} is another document on record")
        version = stands.event.version + 1 if stands else 1
        return [
            AttachmentRegistered(
                number=number,
                unit=unit,
                period=period,
                digest=digest,
                version=version,
                **title,
                **more,
            )
        ]


def _month(row: Row) -> str:
    """The row's month."""
    period = row.get("period", "")
    if not is_month(period):
        refuse("bad-month", f"period {period!r}", "Write the month as 2020-08.")
    return str(period)
