"""Anything that can be done, in any order, against a naive model in memory.

At every step the log verifies, also against every checkpoint that was kept outside; the figures
are the model's; and each past state that was looked at is the same when it is replayed.
``make machine`` goes longer.
"""

import os
import shutil
import sqlite3
import tempfile
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from hypothesis import Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

import projections
from assurance.verification import CHECKS
from ledger import copies, proof
from ledger.commands import Source
from ledger.erasure import missing
from ledger.errors import (
    AlreadyErased,
    AlreadyReversed,
    ForecastError,
    InputRefused,
    KeyRefused,
    RuleBroken,
    UsageError,
)
from ledger.families.erasure_commands import Approval, EraseTexts
from ledger.families.forecast import OpenRound
from ledger.families.forecast_approval import (
    AdoptRound,
    ApproveForecast,
    ReturnForecast,
    SubmitForecast,
)
from ledger.families.forecast_entry import EnterForecast
from ledger.families.governance import ClosePeriods, ReopenPeriod
from ledger.families.organisation_commands import (
    ChangeSettings,
    DecideStructures,
    StructureRow,
)
from ledger.families.outcome_reversal import ReverseVouchers
from ledger.families.review import Review
from ledger.families.sealing import RegisterKey, Sealing
from ledger.log import Book
from ledger.notes import SigningKey
from ledger.store import Store
from ledger.totals import control_totals
from tests.ledger.builders import ACTOR, Clock, new_store, post, wage

MONTHS = ("2020-01", "2020-02", "2020-03", "2020-04")
UNITS = ("10", "11", "20")
SOURCE = Source("machine")
STEPS = int(os.environ.get("MACHINE", "12"))

months, units = st.sampled_from(MONTHS), st.sampled_from(UNITS)
amounts = st.integers(1, 9_000)

#: What is done to unit 10 of a round: the command, by whom, and from which state to which.
ROUND_STEPS: dict[str, tuple[Callable[..., Any], str, dict[str, str]]] = {
    "enter": (
        lambda name, row: EnterForecast((row,), "f.csv"),
        ACTOR,
        {"entered": "entered", "returned": "returned"},
    ),
    "submit": (
        lambda name, row: SubmitForecast(name, "10"),
        ACTOR,
        {"entered": "submitted", "returned": "submitted"},
    ),
    "return": (
        lambda name, row: ReturnForecast(name, "10", "för högt"),
        "chef",
        {"submitted": "returned", "approved": "returned"},
    ),
    "approve": (
        lambda name, row: ApproveForecast(name, "10"),
        "chef",
        {"submitted": "approved"},
    ),
}


@dataclass
class Voucher:
    """A wage paid: what a person would write in a table."""

    number: str
    month: str
    unit: str
    ore: int
    text: str
    period: str
    reversed: bool = False
    reviewed: bool = False


@dataclass
class Model:
    """What the record should hold: vouchers, sums by (unit, account, period), open and closed."""

    vouchers: list[Voucher] = field(default_factory=list)
    sums: Counter = field(default_factory=Counter)
    closed: set[str] = field(default_factory=set)
    entered: set[str] = field(default_factory=set)
    texts: Counter = field(default_factory=Counter)
    adopted: list[str] = field(default_factory=list)

    def book(self, voucher: Voucher, sign: int = 1, period: str | None = None) -> None:
        """Count a voucher, or its reversal, in a period."""
        period = period or voucher.period
        self.sums[(voucher.unit, "4010", period)] -= sign * voucher.ore
        self.sums[(voucher.unit, "1930", period)] += sign * voucher.ore
        self.entered.add(period)

    def standing(self) -> list[Voucher]:
        """Vouchers that are not reversed."""
        return [v for v in self.vouchers if not v.reversed]

    def copy(self) -> "Model":
        """The model as it is now."""
        return Model(
            [Voucher(**vars(v)) for v in self.vouchers], Counter(self.sums), set(self.closed),
            set(self.entered), Counter(self.texts), list(self.adopted),
        )  # fmt: skip


class Record(RuleBasedStateMachine):
    """The store and the model, side by side."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp(prefix="machine-"))
        self.path, self.model, self.clock = self.folder / "ledger.db", Model(), Clock()
        self.kept: list[proof.Anchor] = []
        self.seen: dict[int, list[tuple]] = {}
        self.backup: tuple[Path, Model, int] | None = None
        self.number = 0

    def teardown(self) -> None:
        """At the end the tables are rebuilt too."""
        findings = self._findings(CHECKS)
        self.store.close()
        shutil.rmtree(self.folder)
        assert findings == []

    def _findings(self, checks) -> list[proof.Finding]:
        """What a verification finds, but for a key that a restored log has no earlier word of."""
        found = proof.verify(self.store.book(), checks, self.kept).findings
        return [each for each in found if each.code != "key-unvouched"]

    @initialize()
    def found(self) -> None:
        """A new organisation with a report structure."""
        self.store = new_store(self.folder, self.clock)
        row = StructureRow("prognos", "Kostnader", None, "4000", "5999", 1, "2018-01")
        self.store.record(DecideStructures((row,), "s.csv"), ACTOR, SOURCE)
        names = ChangeSettings((("four_eyes", "actor", None),))  # one account runs all of this
        self.store.record(names, ACTOR, SOURCE)

    # ── entering ───────────────────────────────────────────────────────────────────────────

    def _rows(self, voucher: Voucher) -> list[dict]:
        return wage(
            voucher.number, voucher.ore, f"{voucher.month}-17", voucher.unit, text=voucher.text
        )

    @rule(month=months, unit=units, ore=amounts, more=st.integers(0, 2))
    def post_new(self, month: str, unit: str, ore: int, more: int) -> None:
        """A file of new vouchers; refused whole if its month is closed."""
        new = []
        for extra in range(more + 1):
            self.number += 1
            text = f"text nummer {self.number}"
            new.append(Voucher(str(self.number), month, unit, ore + extra, text, month))
        rows = [row for voucher in new for row in self._rows(voucher)]
        if month in self.model.closed:
            with pytest.raises(InputRefused):
                post(self.store, *rows)
            return
        post(self.store, *rows)
        for voucher in new:
            self.model.book(voucher)
            self.model.vouchers.append(voucher)
            self.model.texts[voucher.text] += 2

    @precondition(lambda self: self.model.standing())
    @rule(data=st.data())
    def post_again(self, data: st.DataObject) -> None:
        """A voucher met again unchanged is known, closed month or not, erased text or not."""
        voucher = data.draw(st.sampled_from(self.model.standing()))
        before = self.store.book().postings().height
        post(self.store, *self._rows(voucher))
        assert self.store.book().postings().height == before

    @precondition(lambda self: self.model.standing())
    @rule(data=st.data(), accept=st.booleans())
    def post_changed(self, data: st.DataObject, accept: bool) -> None:
        """A voucher met changed: refused, or reversed and posted anew where that is accepted."""
        voucher = data.draw(st.sampled_from(self.model.standing()))
        new = self._changed(voucher, period=voucher.month)
        shut = {voucher.period, new.period} & self.model.closed
        if not accept or shut:
            with pytest.raises(InputRefused):
                post(self.store, *self._rows(new), accept_changes=accept, reason="rättad")
            return
        post(self.store, *self._rows(new), accept_changes=True, reason="rättad")
        voucher.reversed = True
        self.model.book(voucher, -1)
        self.model.book(new)
        self.model.vouchers.append(new)
        if self.model.texts[new.text]:  # what was erased does not come back
            self.model.texts[new.text] += 2

    @precondition(lambda self: self.model.vouchers)
    @rule(data=st.data(), into=st.none() | months)
    def reverse(self, data: st.DataObject, into: str | None) -> None:
        """A voucher reversed: once, and in an open period."""
        voucher = data.draw(st.sampled_from(self.model.vouchers))
        wish = ReverseVouchers((self._position(voucher),), "fel", in_period=into)
        period = into or voucher.period
        if voucher.reversed:
            with pytest.raises(AlreadyReversed):
                self.store.record(wish, ACTOR, SOURCE)
            return
        if period in self.model.closed or period < voucher.period:
            with pytest.raises(RuleBroken):
                self.store.record(wish, ACTOR, SOURCE)
            return
        self.store.record(wish, ACTOR, SOURCE)
        voucher.reversed = True
        self.model.book(voucher, -1, period)

    @precondition(lambda self: self.model.standing())
    @rule(data=st.data())
    def correct(self, data: st.DataObject) -> None:
        """A voucher corrected: its reversal and a new one, side by side."""
        voucher = data.draw(st.sampled_from(self.model.standing()))
        at, new = self._position(voucher), self._changed(voucher)
        changed = {at: {"amount": -new.ore}, at + 1: {"amount": new.ore}}
        wish = ReverseVouchers((at,), "öre", replacements=changed, kind="correct")
        if voucher.period in self.model.closed:
            with pytest.raises(RuleBroken):
                self.store.record(wish, ACTOR, SOURCE)
            return
        self.store.record(wish, ACTOR, SOURCE)
        self.model.book(voucher, -1)
        voucher.reversed = True
        self.model.book(new)
        self.model.vouchers.append(new)
        held = self.store.book().private("text").filter(~_erased())
        self.model.texts = Counter(held["value"])

    def _changed(self, voucher: Voucher, **more: str) -> Voucher:
        """The same voucher with an amount that none had before."""
        self.number += 1
        return Voucher(**vars(voucher) | {"ore": 10_000 + self.number, "reviewed": False} | more)

    def _position(self, voucher: Voucher) -> int:
        """Where the first posting of that voucher stands: no other has its number and amount."""
        found = [
            row["position"]
            for row in self.store.book().events("outcome.posted").to_dicts()
            if row["number"] == voucher.number and row["amount"] == -voucher.ore
        ]
        (position,) = found
        return position

    # ── closing ────────────────────────────────────────────────────────────────────────────

    @rule(month=months)
    def close(self, month: str) -> None:
        """A month closes once, after all earlier ones that hold anything."""
        earlier = {m for m in self.model.entered if m < month} - self.model.closed
        if month in self.model.closed or earlier:
            with pytest.raises(RuleBroken):
                self.store.record(ClosePeriods((month,)), ACTOR, SOURCE)
            return
        self.store.record(ClosePeriods((month,)), ACTOR, SOURCE)
        self.model.closed.add(month)

    @rule(month=months)
    def reopen(self, month: str) -> None:
        """A month reopens with a second person, the latest first."""
        wish = ReopenPeriod(month, "sen faktura", "chef")
        later = {m for m in self.model.closed if m > month}
        if month not in self.model.closed or later:
            with pytest.raises(RuleBroken):
                self.store.record(wish, ACTOR, SOURCE)
            return
        self.store.record(wish, ACTOR, SOURCE)
        self.model.closed.discard(month)

    @precondition(lambda self: self.model.vouchers)
    @rule(data=st.data(), by=st.sampled_from(("granskare", "controller ", "Controller")))
    def review(self, data: st.DataObject, by: str) -> None:
        """Four eyes: not by the one who recorded it, whatever the spelling, and by each once."""
        voucher = data.draw(st.sampled_from(self.model.vouchers))
        wish = Review(self._position(voucher))
        own = " ".join(by.split()).casefold() == ACTOR
        if own or voucher.reviewed:
            with pytest.raises(RuleBroken):
                self.store.record(wish, by, SOURCE)
            return
        self.store.record(wish, by, SOURCE)
        voucher.reviewed = True

    # ── forecasting ────────────────────────────────────────────────────────────────────────

    @rule(
        month=months, ore=amounts, steps=st.lists(st.sampled_from(tuple(ROUND_STEPS)), max_size=4)
    )
    def forecast(self, month: str, ore: int, steps: list[str]) -> None:
        """A round opened, entered by hand, handed in and given back, adopted; adopted once."""
        self.number += 1
        name = f"R{self.number}"
        if not self.model.entered or month > max(self.model.entered):
            with pytest.raises(ForecastError):
                self.store.record(OpenRound(name, month, "prognos"), ACTOR, SOURCE)
            return
        entry = {"round": name, "unit": "10", "report_line": "Kostnader", "amount": -ore}
        self.store.record(OpenRound(name, month, "prognos"), ACTOR, SOURCE)
        rows = ({**entry, "comment": "efter samtal", "line": 2},)
        self.store.record(EnterForecast(rows, "f.csv"), ACTOR, SOURCE)
        now = "entered"
        for at, step in enumerate(steps, 1):
            command, by, leads = ROUND_STEPS[step]
            wish = command(name, {**rows[0], "amount": -ore - at})
            if now in leads:
                self.store.record(wish, by, SOURCE)
                now = leads[now]
            else:
                with pytest.raises((RuleBroken, InputRefused)):
                    self.store.record(wish, by, SOURCE)
        self.store.record(AdoptRound(name), "chef", SOURCE)
        with pytest.raises(RuleBroken):
            self.store.record(AdoptRound(name), "chef", SOURCE)
        self.model.adopted.append(name)

    # ── erasing ────────────────────────────────────────────────────────────────────────────

    @precondition(lambda self: self.model.vouchers)
    @rule(data=st.data())
    def erase(self, data: st.DataObject) -> None:
        """A text erased everywhere: found in no file of the store."""
        voucher = data.draw(st.sampled_from(self.model.vouchers))
        at = self._position(voucher)
        approval = Approval("KS 2020/12", "chef")
        wish = EraseTexts(at, ("text",), approval, everywhere=True)
        if not self.model.texts[voucher.text]:
            # A correction of an erased text holds none at all.
            with pytest.raises((AlreadyErased, UsageError)):
                self.store.record(wish, ACTOR, SOURCE)
            return
        self.store.record(wish, ACTOR, SOURCE)
        self.model.texts.pop(voucher.text)
        if self.backup is None or voucher.text not in self.backup[1].texts:
            for path in self.folder.glob("ledger.db*"):
                assert f'{voucher.text}"'.encode() not in path.read_bytes()

    # ── keeping ────────────────────────────────────────────────────────────────────────────

    @rule()
    def seal(self) -> None:
        """The auditors keep the latest checkpoint."""
        book = self.store.book()
        note = proof.newest_note(book)
        self.kept.append(proof.Anchor(note, proof.keys_for(book, note), f"kept {book.size}"))

    @rule()
    def rotate(self) -> None:
        """The key is replaced."""
        self.store.rotate_key(ACTOR, SOURCE)

    @rule()
    def back_up(self) -> None:
        """A copy, beside which the erasures go on."""
        to = self.folder / f"backup-{self.store.book().size}.db"
        to.unlink(missing_ok=True)
        copies.backup(self.path, to)
        self.backup = (to, self.model.copy(), self.store.book().size)

    @precondition(lambda self: self.backup is not None)
    @rule()
    def restore(self) -> None:
        """The copy takes the store's place; what was erased since stays erased."""
        assert self.backup is not None
        file, model, size = self.backup
        erased = set(model.texts) - set(self.model.texts)
        self.store.close()
        copies.restore(file, self.path, ACTOR, replace=True, clock=self.clock)
        self.store = Store(self.path, self.clock)
        key = str(SigningKey.read(self.path.with_suffix(".key")).public)
        if key not in self.store.book().state.of(Sealing).keys:
            with pytest.raises(KeyRefused):
                self.store.record(ChangeSettings((("a", str(size), None),)), ACTOR, SOURCE)
            self.store.record(RegisterKey(key), ACTOR, SOURCE)  # as the refusal says
        self.model = model.copy()
        for text in erased:
            self.model.texts.pop(text, None)
        self.kept = [a for a in self.kept if a.note.checkpoint.size <= size]
        self.seen = {at: figures for at, figures in self.seen.items() if at <= size}

    @rule()
    def open_again(self) -> None:
        """Another process, in effect."""
        self.store.close()
        self.store = Store(self.path, self.clock)

    @rule()
    def lose_the_indexes(self) -> None:
        """Caches and indexes can be thrown away."""
        client = sqlite3.connect(self.path)
        client.execute("DELETE FROM index_vouchers")
        client.execute("DELETE FROM index_progress")
        client.commit()
        client.close()

    # ── what always holds ──────────────────────────────────────────────────────────────────

    @invariant()
    def the_figures_are_the_model_s(self) -> None:
        """By unit, account and period; and the texts that are left."""
        postings = self.store.book().postings()
        found: Counter = Counter()
        for unit, account, period, amount in postings.select(
            "unit", "account", "period", "amount"
        ).iter_rows():
            found[(unit, account, period)] += amount
        assert +found == +self.model.sums
        assert -found == -self.model.sums
        held = self.store.book().private("text").filter(~_erased())
        assert Counter(held["value"]) == +self.model.texts

    @invariant()
    def the_log_verifies(self) -> None:
        """With control totals and texts, against everything that was kept outside."""
        assert self._findings((control_totals, missing)) == []

    @invariant()
    def the_past_stays_as_it_was(self) -> None:
        """A state that was seen is the same when it is replayed: one of them at each step."""
        book = self.store.book()
        self.seen[book.size] = _balance(book)
        size = list(self.seen)[self.number % len(self.seen)]
        assert _balance(Book(self.path, size)) == self.seen[size], size


def _erased():
    import polars as pl

    return pl.col("erased")


def _balance(book: Book) -> list[tuple]:
    if book.postings().is_empty():
        return []
    return projections.balance(book, MONTHS[-1], by="account,month").rows()


# What `make test` runs is the same each time; `make machine` looks for more, and shrinks it.
_LONG = STEPS > 12
_PHASES = (Phase.explicit, Phase.reuse, Phase.generate) + ((Phase.shrink,) if _LONG else ())
Record.TestCase.settings = settings(
    max_examples=STEPS, stateful_step_count=25, derandomize=not _LONG, phases=_PHASES
)
TestRecord = Record.TestCase
