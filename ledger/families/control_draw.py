"""Commands of samples: list populations, commit, draw, assess, review, evaluate."""

from __future__ import annotations

import copy
import re
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ledger.commands import Decision, Held, Lookup, Notice
from ledger.errors import Problem, SampleRefused, SecondPersonMissing, UsageError
from ledger.events import Draft, Event
from ledger.families.control import Controls
from ledger.families.control_sample import (
    ASSESSED_WORDS,
    RESULTS,
    AssessmentsReviewed,
    Drawn,
    ItemAssessed,
    PopulationItem,
    PopulationListed,
    SampleCommitted,
    SampleDrawn,
    SampleEvaluated,
    Samples,
)
from ledger.families.roles import second_person
from ledger.identity import Who, person
from ledger.money import NotMoney, read_decimal, to_decimal, to_text
from ledger.row_commands import Row, RowCommand, Work, refuse
from ledger.state import State
from ledger.tree import leaf_hash, root_of

_DIGEST = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True)
class ListPopulations(RowCommand):
    """Record lists to draw from: ``population``, ``item``, ``amount``, ``stratum``, ``text``, and
    of the list ``origin``, ``as_of`` and ``vouched_by``, which its rows repeat or leave empty.

    A list that stands on record with the same items, in the same order, from the same source is
    known; another one is a new version, from which later samples are drawn.
    """

    kind: str = "population"

    def work(self, state: State, look: Lookup) -> Work:
        """What takes the rows."""
        return _Listing(state, look)

    def decide(self, state: State, look: Lookup) -> Decision:
        """The lists that are new, each with its items after it."""
        work = _Listing(state, look)
        decision = super().decide(state, look)
        if decision.problems:
            return decision
        lists: dict[str, list[Row]] = defaultdict(list)
        for row in self.rows:
            lists[row["population"]].append(row)
        decision = Decision()
        for name, rows in lists.items():
            drafts = work.listed(name, rows)
            decision.drafts += drafts
            decision.known += 0 if drafts else len(rows)
        return decision


class _Listing(Work):
    """Checks rows of populations, and puts them together."""

    def __init__(self, state: State, look: Lookup) -> None:
        super().__init__(state, look)
        self.said: dict[tuple[str, str], str] = {}
        self.amounts: dict[str, bool] = {}

    def take(self, row: Row, line: int | None) -> list[Event]:
        """Refuse what is wrong with the row."""
        name, item = row.get("population", ""), row.get("item", "")
        if not name or not item:
            refuse("bad-population", "population or item is empty", "Fill in both.")
        if "\t" in item or "\n" in item:
            refuse("bad-population", f"item {item!r} holds a tab", "Give each item a plain code.")
        self.once((name, item), f"item {item!r} of {name!r}", line)
        for column in ("origin", "as_of", "vouched_by"):
            given = row.get(column)
            said = self.said.setdefault((name, column), given) if given else None
            if said != given:
                what = f"{column} of {name!r} is {said!r} above, and {given!r} here"
                refuse("bad-population", what, "A list has one; say it once.")
        has = row.get("amount") is not None
        if self.amounts.setdefault(name, has) != has:
            what = f"some items of {name!r} have amounts, and others none"
            refuse("bad-population", what, "Give every amount, 0 too, or none.")
        for column in ("origin", "vouched_by"):
            if (name, column) not in self.said:
                what = f"{column} of {name!r} is empty"
                refuse("bad-population", what, "Say where it comes from, and who vouches for it.")
        return []

    def listed(self, name: str, rows: list[Row]) -> list[Draft]:
        """The list's event and its items; none where it is on record."""
        said = {c: next((r[c] for r in rows if r.get(c)), None) for c in _OF_LIST}
        amounts = [row.get("amount") for row in rows]
        total = None if None in amounts else sum(a for a in amounts if a is not None)
        root = population_root(zip([r["item"] for r in rows], amounts, strict=True))
        before = self.state.of(Samples).populations.get(name, [])
        if before:
            event, position = before[-1]
            held = self.look.private(position, "vouched_by")
            same = (event.population_root, event.origin, event.as_of) == (
                root,
                said["origin"],
                said["as_of"],
            )
            if same and held in (None, said["vouched_by"]):
                return []
        version = len(before) + 1
        head = PopulationListed.model_validate(
            {
                **said,
                "population": name,
                "version": version,
                "count": len(rows),
                "amount": total,
                "population_root": root,
            }
        )
        kept = ("item", "amount", "stratum", "text")
        return [
            Draft(head, rows[0].get("line")),
            *(
                Draft(
                    PopulationItem.model_validate(
                        {
                            "population": name,
                            "version": version,
                            **{c: row[c] for c in kept if row.get(c) not in (None, "")},
                        }
                    ),
                    row.get("line"),
                )
                for row in rows
            ),
        ]


_OF_LIST = ("origin", "as_of", "vouched_by")


def population_root(items: Any) -> str:
    """The Merkle root, in hex, over lines of item, tab and amount in öre (empty for none)."""
    lines = (f"{item}\t{'' if amount is None else amount}" for item, amount in items)
    return root_of(leaf_hash(line.encode()) for line in lines).hex()


@dataclass(frozen=True)
class CommitSample:
    """Commit to what a sample will be drawn from, and how. A name is committed to once: who would
    draw again makes another sample, and both stay."""

    event: SampleCommitted
    kind: str = "control sample"

    def key(self) -> str | None:
        """None: a name that was used is refused."""
        return None

    def decide(self, state: State, look: Lookup) -> Decision:
        """One event. Raises `SampleRefused`."""
        samples, event = state.of(Samples), self.event
        if event.sample in samples.committed or event.sample in samples.named:
            raise SampleRefused(
                f"There is a sample {event.sample!r} already.", "Give this one another name."
            )
        if event.known_size > state.size:
            raise SampleRefused("The population is of later than now.", "Draw it here.")
        _planned(state, event.control, event.year)
        if event.seed_kind == "public" and not event.seed_from:
            raise UsageError("A public seed comes from something.", "Say what, and when.")
        return Decision([Draft(event)])


def _planned(state: State, control: str | None, year: str | None) -> None:
    """Refuse a control that nobody planned for that year."""
    if control is not None and (year, control) not in state.of(Controls).activities:
        raise SampleRefused(
            f"Control {control!r} is not planned for {year}.", "See `ledger control plan`."
        )


@dataclass(frozen=True)
class DrawSample:
    """Record a sample as drawn: of its commitment, once; or by judgement, with a reason."""

    event: SampleDrawn
    kind: str = "control sample"

    def key(self) -> str | None:
        """None: a sample that was drawn is refused."""
        return None

    def decide(self, state: State, look: Lookup) -> Decision:
        """One event. Raises `SampleRefused`."""
        samples, event = state.of(Samples), self.event
        if event.sample in samples.named:
            raise SampleRefused(
                f"The sample {event.sample!r} is drawn, and is drawn once.",
                "Show it with its name alone, or draw it again with --redo.",
            )
        if event.draw_method == "judgement":
            if event.sample in samples.committed:
                raise SampleRefused(
                    f"{event.sample!r} is to be drawn by a seed.", "Choose another name."
                )
            if not (event.reason or "").strip():
                raise UsageError("A choice by judgement wants a reason.", "Give --reason TEXT.")
            _planned(state, event.control, event.year)
            return Decision([Draft(event)])
        committed = samples.committed.get(event.sample)
        if committed is None or committed[1] != event.committed:
            raise SampleRefused(f"Nobody committed to {event.sample!r}.", "Commit to it first.")
        for name in ("known_size", "count", "amount", "population_root", "draw_method"):
            if getattr(event, name) != getattr(committed[0], name):
                raise SampleRefused(
                    f"{name} is {getattr(event, name)}, and {getattr(committed[0], name)} was "
                    "committed to.",
                    "Draw from what was committed to.",
                )
        before = samples.before(event)
        text = f"{', '.join(before)} drew from the same population, by the same method and seed"
        return Decision([Draft(event)], notices=[Notice("drawn-before", text)] if before else [])


@dataclass(frozen=True)
class RecordAssessments(RowCommand):
    """Say what items of samples were found to be: ``sample``, ``item``, ``attribute``,
    ``assessment``, ``audited`` and the rest of `ItemAssessed`. Who assessed is who records, unless
    the row says; an item assessed otherwise than on record wants a reason."""

    kind: str = "assessment"

    def work(self, state: State, look: Lookup) -> Work:
        """What takes the rows."""
        return _Assessing(state, look)


@dataclass(frozen=True)
class HoldToSample:
    """Hold the booked amounts of a working paper against those of the sample: another one is a
    problem, for nothing that somebody changed there is ever taken."""

    cells: tuple[Held, ...]
    file: str
    kind: str = "assessment"

    def key(self) -> str | None:
        """None: part of an import."""
        return None

    def decide(self, state: State, look: Lookup) -> Decision:
        """Nothing but problems; of items that were not drawn, other commands tell."""
        decision, named = Decision(), state.of(Samples).named
        for cell in self.cells:
            drawn = named.get(cell.row.get("sample", "").strip())
            item = drawn.items.get(cell.row.get("item", "").strip()) if drawn else None
            if item is None or _says(cell.text, item.amount):
                continue
            says, booked = cell.text.strip(), to_text(item.amount)
            found = f"cell {cell.cell} says {says!r}, and {booked} is booked"
            if booked is None:
                found = f"cell {cell.cell} says {says!r}, and nothing is booked"
            elif not says:
                found = f"cell {cell.cell} is empty, and {booked} is booked"
            remedy = "Put it back; what should have been booked goes into the audited amount."
            decision.problems.append(Problem("booked-changed", self.file, cell.line, found, remedy))
        return decision


def _says(text: str, booked: int | None) -> bool:
    """Whether a cell says the amount."""
    if not text.strip():
        return booked is None
    try:
        return booked is not None and read_decimal(text) == to_decimal(booked)
    except NotMoney:
        return False


_PLAIN = ("assessment", "audited", "evidence", "assessed_on", "due")


class _Assessing(Work):
    """Takes rows of assessments."""

    def __init__(self, state: State, look: Lookup) -> None:
        super().__init__(state, look)
        self.known = copy.deepcopy(state.of(Samples).assessed)

    def take(self, row: Row, line: int | None) -> list[Event]:
        """One event, or none where it is on record."""
        drawn, item = self._item(row)
        attribute = row.get("attribute")
        sample = drawn.event.sample
        self.once((sample, item, attribute), f"item {item!r} of {sample!r}", line)
        self._holds(row, drawn, item)
        was = self.known.get(sample, {}).get((item, attribute))
        words_at = was.words_at if was else dict.fromkeys(ASSESSED_WORDS, -1)
        words = self.new_words(row, words_at)
        now = {n: row.get(n, getattr(was.event, n) if was else None) for n in _PLAIN}
        if now["assessment"] != "misstatement":
            now["audited"] = None
        about: Mapping[str, Any] = {
            "sample": sample,
            "unit": drawn.event.unit,
            "item": item,
            "attribute": attribute,
        }
        if was is None:
            words.setdefault("assessor", self.look.occasion.who.actor)
            why = {"reason": row.get("reason") or None}
            return [ItemAssessed.model_validate({**about, **now, **words, **why})]
        if now == {n: getattr(was.event, n) for n in _PLAIN} and not words:
            return []
        reason = self.why(row, f"item {item!r} of {sample!r} is assessed otherwise on record")
        version = was.event.version + 1
        content = {**about, **now, **words, "version": version, "reason": reason}
        return [ItemAssessed.model_validate(content)]

    def _item(self, row: Row) -> tuple[Drawn, str]:
        """The sample that was drawn, and its item."""
        name = row.get("sample", "")
        drawn = self.state.of(Samples).named.get(name)
        if drawn is None:
            refuse("unknown-sample", f"sample {name!r} is not drawn", "Correct its name.")
        item = str(row.get("item", "")).replace(" ", "")
        item = item if item in drawn.items else str(row.get("item", ""))
        if item not in drawn.items:
            found = f"item {item!r} is not in the sample {name!r}"
            refuse("item-not-drawn", found, "Assess what was drawn; see its working paper.")
        return drawn, item

    def _holds(self, row: Row, drawn: Drawn, item: str) -> None:
        """Refuse a result that does not hold together."""
        result = row.get("assessment")
        if result not in RESULTS:
            what = f"result {result!r} is none there is" if result else "the result is empty"
            refuse("bad-assessment", what, f"Write one of {', '.join(RESULTS)}.")
        audited, booked = row.get("audited"), drawn.items[item].amount
        if result == "misstatement":
            if audited is None:
                what = "a misstatement without the audited amount"
                refuse("bad-assessment", what, "Say what should have been booked.")
            if booked is None or audited == booked:
                what = "the item has no amount" if booked is None else "audited is what was booked"
                refuse("bad-assessment", f"{what}: no misstatement", "Write fine or deviation.")
            if audited * booked < 0 and not row.get("reason"):
                what = f"audited {to_text(audited)} has another sign than booked {to_text(booked)}"
                remedy = (
                    "Costs are below zero. If it should be so, say why in the column reason (of a "
                    "command: --reason)."
                )
                refuse("bad-assessment", what, remedy)
        self._follows(row, drawn, item)
        if (
            result != "misstatement"
            and audited is not None
            and (result != "fine" or audited != booked)
        ):
            what = f"an audited amount, and the result is {result}"
            refuse("bad-assessment", what, "Write misstatement, or leave the amount empty.")
        if "evidence" in row and not _DIGEST.fullmatch(str(row["evidence"])):
            what = "the evidence is no SHA-256"
            refuse("bad-assessment", what, "Write the 64 hexadecimal digits of the file's digest.")

    def _follows(self, row: Row, drawn: Drawn, item: str) -> None:
        """Refuse a day of assessment before that of the posting."""
        committed = self.state.of(Samples).committed.get(drawn.event.sample)
        listed = committed is not None and committed[0].population is not None
        day = row.get("assessed_on")
        if day is None or listed:
            return
        posted = self.look.event(int(item))
        booked_on = getattr(posted.event, "date", None) if posted else None
        if booked_on is not None and day < booked_on:
            what = f"assessed on {day}, and it was booked on {booked_on}"
            refuse("bad-assessment", what, "Correct the day.")


@dataclass(frozen=True)
class ReviewAssessments:
    """Review a sample's assessments: by another person than all who assessed."""

    sample: str
    comment: str | None = None
    kind: str = "control review"

    def key(self) -> str | None:
        """None: later assessments are reviewed anew."""
        return None

    def decide(self, state: State, look: Lookup) -> Decision:
        """One event; none where there is nothing new. Raises `SecondPersonMissing`."""
        samples = state.of(Samples)
        drawn, assessed = drawn_of(samples, self.sample), samples.assessed.get(self.sample, {})
        if not assessed:
            raise SampleRefused(f"Nothing of {self.sample!r} is assessed.", "Assess it first.")
        through = max(each.position for each in assessed.values())
        if any(e.through == through for e, _ in samples.reviews.get(self.sample, ())):
            return Decision(known=1)
        me, shared = look.occasion.who, dict[Who, bool]()
        for each in assessed.values():
            recorded = look.event(each.position)
            assert recorded is not None
            by = Who(recorded.envelope.actor, recorded.envelope.user)
            if by not in shared:
                shared[by] = second_person(state, by, me)
            assessor = look.private(each.words_at["assessor"], "assessor")
            if assessor is not None and person(assessor) == me.person:
                raise SecondPersonMissing(
                    f"{assessor} assessed {each.event.item}.", "Let somebody else review."
                )
        event = AssessmentsReviewed(
            sample=self.sample,
            unit=drawn.event.unit,
            count=len(assessed),
            through=through,
            comment=self.comment or None,
        )
        notices = [
            Notice(
                "four-eyes-one-account",
                f"{by.actor} and {me.actor} acted from the account "
                f"{by.user}; only their names tell them apart (four_eyes=actor)",
            )
            for by, one_account in shared.items()
            if one_account
        ]
        return Decision([Draft(event)], notices=notices)


def drawn_of(samples: Samples, name: str) -> Drawn:
    """The sample of that name; `UsageError` for one that was not drawn."""
    found = samples.named.get(name)
    if found is None:
        known = ", ".join(samples.named) or "none"
        raise UsageError(f"There is no sample {name!r} drawn.", f"Known: {known}.")
    return found


@dataclass(frozen=True)
class EvaluateSample:
    """Record what a sample says of its population; known where nothing is new."""

    event: SampleEvaluated
    kind: str = "control evaluate"

    def key(self) -> str | None:
        """None: known by itself."""
        return None

    def decide(self, state: State, look: Lookup) -> Decision:
        """One event."""
        samples = state.of(Samples)
        drawn_of(samples, self.event.sample)
        known = samples.evaluated.get(self.event.sample)
        plain = self.event.model_copy(update={"reason": None})
        if known is not None and known[0].model_copy(update={"reason": None}) == plain:
            return Decision(known=1)
        return Decision([Draft(self.event)])
