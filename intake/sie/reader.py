"""The reader: one pass over the lines, one method for a label, then what the whole file tells."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date

from intake.sie import checks
from intake.sie.fields import FieldReader, iso_day
from intake.sie.model import AccountType, SieBalance, SieFile, SieRow, SieVoucher
from intake.sie.text import Encoding, Notes, Token, decode, shown, value
from intake.sie.vouchers import OpenVoucher

_LABEL = re.compile(r"#[^ \t\"{]*")
_TYPES: dict[str, AccountType] = {"T": "asset", "S": "liability", "I": "income", "K": "cost"}
#: labels of the standard that say nothing we keep
_UNUSED = frozenset(
    ("#ADRESS", "#BKOD", "#ENHET", "#FNR", "#FTYP", "#KPTYP", "#PROSA", "#SRU", "#TAXAR")
)
_ROWS = frozenset(("#TRANS", "#RTRANS", "#BTRANS"))
#: which of period and object list stand in a balance record
_SHAPES = {
    "#IB": (False, False),
    "#UB": (False, False),
    "#RES": (False, False),
    "#OIB": (False, True),
    "#OUB": (False, True),
    "#PSALDO": (True, True),
    "#PBUDGET": (True, True),
}
_Handler = Callable[[int, str, str], None]


def parse(data: bytes, name: str) -> SieFile:
    """Everything that a SIE file of type 1 to 4 or 4I says; ``name`` is for messages.

    Never raises for what the file holds: what is wrong stands in ``problems`` of the result and
    what is odd in ``warnings``, all of it, in the file's order. Amounts are öre in SIE sign
    (debit positive).
    """
    if other := checks.not_sie(data, name):
        return SieFile(name, problems=(other,))
    notes, encoding = decode(data, name)
    reader = _Reader(notes)
    reader.read()
    return reader.finish(data, encoding)


class _Reader:
    """The state of one pass."""

    def __init__(self, notes: Notes) -> None:
        self.notes = notes
        self.fields = FieldReader(notes)
        self.seen = checks.Seen()
        self.voucher: OpenVoucher | None = None
        self.vouchers: list[SieVoucher] = []
        self.balances: dict[str, list[SieBalance]] = {label: [] for label in _SHAPES}
        self.keys: set[tuple[object, ...]] = set()
        self.years: dict[int, tuple[date, date]] = {}
        self.unknown: dict[str, int] = {}
        self.headers: dict[str, str] = {}
        self.days: dict[str, str | None] = {"#GEN": None, "#OMFATTN": None}
        self.handlers: dict[str, _Handler] = {
            **dict.fromkeys(_ROWS, self._row),
            **dict.fromkeys(_SHAPES, self._balance),
            **dict.fromkeys(("#ORGNR", "#FNAMN", "#PROGRAM"), self._header),
            **dict.fromkeys(("#FLAGGA", "#FORMAT", "#VALUTA", "#SIETYP"), self._header),
            **dict.fromkeys(("#GEN", "#OMFATTN"), self._header_day),
            **dict.fromkeys(("#DIM", "#UNDERDIM"), self._dimension),
            "#VER": self._voucher,
            "#KONTO": self._account,
            "#KTYP": self._account_type,
            "#OBJEKT": self._object,
            "#RAR": self._fiscal_year,
            "#KSUMMA": self._checksum,
        }

    def read(self) -> None:
        """Read every line."""
        handlers = self.handlers
        for line, text in enumerate(self.notes.lines, 1):
            record = text.strip(" \t")
            if not record:
                continue
            if record[0] == "#":
                found = _LABEL.match(record)
                assert found is not None, "a record begins with #"
                label = found[0].upper()
                if handler := handlers.get(label):
                    if self.voucher is not None and label not in _ROWS:
                        self._end_voucher(line)
                    handler(line, record, label)
                elif label not in _UNUSED:
                    self.unknown[label] = self.unknown.get(label, 0) + 1
            elif record in ("{", "}"):
                self._brace(line, record)
            else:
                self.notes.problem(
                    "sie-line",
                    line,
                    "a line that is no record",
                    "A record begins with # and stands on one line.",
                )
        if self.voucher is not None:
            self._end_voucher(None)

    def finish(self, data: bytes, encoding: Encoding) -> SieFile:
        """The file as a value, after the checks that need the whole of it."""
        kept, notes, seen = self.balances, self.notes, self.seen
        covers = self.days["#OMFATTN"]
        kind = checks.kind(notes, seen, self.headers, kept, has_vouchers=bool(self.vouchers))
        checks.header(notes, seen, self.headers, self.years, kind)
        checks.register_used(notes, seen)
        checks.years(notes, self.years, self.vouchers, kept)
        checks.totals(notes, self.vouchers, kept)
        checks.splits(notes, {k: kept[k] for k in ("#PSALDO", "#PBUDGET")})
        checks.checksum(notes, seen, data, encoding)
        checks.amount_forms(notes, self.fields)
        return SieFile(
            name=notes.name,
            kind=kind,
            encoding=encoding,
            org_number=self.headers.get("#ORGNR", ""),
            company=self.headers.get("#FNAMN", ""),
            program=self.headers.get("#PROGRAM", ""),
            generated=self.days["#GEN"],
            currency=self.headers.get("#VALUTA", "") or "SEK",
            fiscal_years=self.years,
            covers_to=date.fromisoformat(covers) if covers else None,
            accounts=seen.accounts,
            dimensions=seen.dimensions,
            objects=seen.objects,
            vouchers=tuple(self.vouchers),
            opening=tuple(kept["#IB"]),
            closing=tuple(kept["#UB"]),
            result=tuple(kept["#RES"]),
            object_opening=tuple(kept["#OIB"]),
            object_closing=tuple(kept["#OUB"]),
            month_totals=tuple(kept["#PSALDO"]),
            budget=tuple(kept["#PBUDGET"]),
            unknown_labels=self.unknown,
            problems=notes.in_order(notes.problems),
            warnings=notes.in_order(notes.warnings),
        )

    # -- records of the head

    def _header(self, line: int, record: str, label: str) -> None:
        tokens = self.fields.tokens(line, record, len(label), label, 0)
        self.seen.lines.setdefault(label, line)
        count = 2 if label == "#PROGRAM" else 1  # the program and its version
        text = " ".join(value(token).strip() for token in tokens[:count]).strip()
        self.headers.setdefault(label, text)

    def _header_day(self, line: int, record: str, label: str) -> None:
        tokens = self.fields.tokens(line, record, len(label), label, 1)
        if not tokens:
            return
        text = value(tokens[0])
        if label == "#OMFATTN":
            self.days[label] = self.fields.day(line, text, "covered to")
            return
        self.days[label] = iso_day(text)
        if self.days[label] is None:
            self.notes.warning(
                "sie-generated", line, f"#GEN {shown(text)} is no date", "It is left out."
            )

    def _fiscal_year(self, line: int, record: str, label: str) -> None:
        tokens = self.fields.tokens(line, record, len(label), label, 0)
        if len(tokens) < 3 or not all(map(value, tokens[:3])):
            self.notes.warning(
                "sie-year-fields", line, "#RAR with too few fields", "It is left out."
            )
            return
        index = self.fields.year_index(line, label, value(tokens[0]))
        first = self.fields.day(line, value(tokens[1]), "first day of the fiscal year")
        last = self.fields.day(line, value(tokens[2]), "last day of the fiscal year")
        if index is None or first is None or last is None:
            return
        year = date.fromisoformat(first), date.fromisoformat(last)
        if last < first:
            self.notes.problem(
                "sie-year", line, f"fiscal year {first} to {last}", "Give its first day first."
            )
        elif self.years.setdefault(index, year) != year:
            self.notes.problem(
                "sie-year",
                line,
                f"a second #RAR {index} with other dates",
                "State each fiscal year once.",
            )

    def _checksum(self, line: int, record: str, label: str) -> None:
        tokens = self.fields.tokens(line, record, len(label), label, 0)
        self.seen.checksums.append((line, value(tokens[0]) if tokens else ""))

    # -- accounts, dimensions, objects

    def _account(self, line: int, record: str, label: str) -> None:
        if texts := self._texts(line, record, label, 1):
            self.seen.state_account(self.notes, line, texts[0], _nth(texts, 1))

    def _account_type(self, line: int, record: str, label: str) -> None:
        texts = self._texts(line, record, label, 1)
        if not texts:
            return
        letter = _nth(texts, 1).upper()
        if letter in _TYPES:
            self.seen.types[texts[0]] = _TYPES[letter]
        else:
            self.notes.warning(
                "sie-account-type",
                line,
                f"account {texts[0]} has type {shown(letter)}",
                "Types are T, S, I and K; the account gets none.",
            )

    def _dimension(self, line: int, record: str, label: str) -> None:
        parent = label == "#UNDERDIM"
        if texts := self._texts(line, record, label, 1, 3 if parent else 1):
            self.seen.state_dimension(
                self.notes, line, texts[0], _nth(texts, 1), texts[2] if parent else None
            )

    def _object(self, line: int, record: str, label: str) -> None:
        if texts := self._texts(line, record, label, 2):
            self.seen.state_object(self.notes, line, (texts[0], texts[1]), _nth(texts, 2))

    def _texts(self, line: int, record: str, label: str, filled: int, least: int = 0) -> list[str]:
        """The fields as texts, of which the first ``filled`` must hold something; [] if not."""
        tokens = self.fields.tokens(line, record, len(label), label, max(filled, least))
        texts = [value(token).strip() for token in tokens]
        if texts and not all(texts[:filled]):
            self.fields.missing(line, f"{label}: an empty number or code")
            return []
        return texts

    # -- balances

    def _balance(self, line: int, record: str, label: str) -> None:
        has_period, has_objects = _SHAPES[label]
        least = 3 + has_period + has_objects
        tokens = self.fields.tokens(line, record, len(label), label, least)
        if not tokens:
            return
        rest = iter(tokens)
        index = self.fields.year_index(line, label, value(next(rest)))
        period = self.fields.period(line, value(next(rest))) if has_period else None
        account = self._used_account(line, next(rest), label)
        objects = self.fields.objects(line, next(rest), label) if has_objects else ()
        amount = self.fields.amount(line, value(next(rest)))
        quantity = value(more).strip() if (more := next(rest, None)) else None
        if index is None or account is None or objects is None or amount is None:
            return
        if has_period and period is None:
            return
        self.seen.use_objects(line, objects)
        key = (label, index, period, account, tuple(sorted(objects)))
        if key in self.keys:
            self.notes.warning(
                "sie-repeated",
                line,
                f"{label} of account {account} stands once more",
                "The amounts are added.",
            )
        self.keys.add(key)
        self.balances[label].append(
            SieBalance(index, period, account, objects, amount, quantity or None, line)
        )

    def _used_account(self, line: int, token: Token, label: str) -> str | None:
        account = value(token).strip()
        if not account or token[1]:
            self.fields.missing(line, f"{label}: the account is missing")
            return None
        self.seen.used_accounts.setdefault(account, line)
        return account

    # -- vouchers

    def _voucher(self, line: int, record: str, label: str) -> None:
        braced = record.endswith("{")
        if braced:
            record = record[:-1]
        tokens = self.fields.tokens(line, record, len(label), label, 3)
        texts = [value(token).strip() for token in tokens]
        day = self.fields.day(line, texts[2], "voucher date") if texts else None
        registered = _nth(texts, 4)
        registered_at = self.fields.day(line, registered, "registered on") if registered else None
        self.voucher = OpenVoucher(
            series=_nth(texts, 0),
            number=_nth(texts, 1),
            date=day,
            text=_nth(texts, 3),
            registered_at=registered_at,
            registered_by=_nth(texts, 5),
            line=line,
            faulty=day is None,
            braced=braced,
        )

    def _row(self, line: int, record: str, label: str) -> None:
        voucher = self.voucher
        if voucher is None:
            self.notes.problem(
                "sie-row-outside",
                line,
                f"{label} stands outside a voucher",
                "Rows stand between { and } after their #VER.",
            )
            return
        if not voucher.braced:
            self._wrong_brace(line, f"{voucher.title}: {{ is missing before its rows")
            voucher.braced = True
        if label == "#BTRANS":  # a removed row, history that never counts
            return
        row = self._read_row(line, record, label, voucher.date)
        if row is None:
            voucher.faulty = True
        elif label == "#TRANS":
            voucher.add(row)
        else:
            voucher.add_added(row)

    def _read_row(
        self, line: int, record: str, label: str, voucher_date: str | None
    ) -> SieRow | None:
        fields = self.fields
        tokens = fields.tokens(line, record, len(label), label, 3)
        if not tokens:
            return None
        account = self._used_account(line, tokens[0], label)
        objects = fields.objects(line, tokens[1], label)
        if account is None or objects is None:
            return None
        self.seen.use_objects(line, objects)
        amount = fields.amount(line, value(tokens[2]))
        text = quantity = signature = ""
        day: str | None = None
        good = amount is not None
        if (count := len(tokens)) > 3:
            if written := value(tokens[3]):
                day = fields.day(line, written, "row date")
                good = good and day is not None
            text = value(tokens[4]).strip() if count > 4 else ""
            quantity = value(tokens[5]).strip() if count > 5 else ""
            signature = value(tokens[6]).strip() if count > 6 else ""
        if amount is None or not good:
            return None
        if day == voucher_date:
            day = None
        return SieRow(account, objects, amount, day, text, quantity or None, signature, line)

    def _brace(self, line: int, brace: str) -> None:
        voucher = self.voucher
        if voucher is None:
            self._wrong_brace(line, f"{brace} without a #VER before it")
        elif brace == "{":
            if voucher.braced:
                self._wrong_brace(line, f"{voucher.title}: a second {{")
            voucher.braced = True
        else:
            if not voucher.braced:
                self._wrong_brace(line, f"{voucher.title}: }} without {{")
            self._take(voucher.close(self.notes))

    def _end_voucher(self, line: int | None) -> None:
        """A voucher ends where another record begins, or the file ends (no line)."""
        voucher = self.voucher
        assert voucher is not None, "called with a voucher open"
        if voucher.braced:
            place = "before this record" if line is not None else "and the file ends"
            self._wrong_brace(
                line or voucher.line,
                f"{voucher.title} (line {voucher.line}): }} is missing {place}",
            )
        self._take(voucher.close(self.notes, cut=voucher.braced))

    def _take(self, voucher: SieVoucher | None) -> None:
        if voucher is not None:
            self.vouchers.append(voucher)
        self.voucher = None

    def _wrong_brace(self, line: int, found: str) -> None:
        self.notes.problem(
            "sie-brace",
            line,
            found,
            "A voucher is #VER, {, its rows and }; if the file was cut, export it again.",
        )


def _nth(texts: list[str], index: int) -> str:
    return texts[index] if index < len(texts) else ""
