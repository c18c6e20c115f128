"""The system documentation (systemdokumentation): what the record says of itself, and the words
about how the program works, as one Markdown file with CSV files beside it.

The words are the templates in ``documents/``; a ``$name`` there is filled in by a function here.
The same book gives the same bytes with the same version of the program.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from string import Template
from typing import TYPE_CHECKING, Any

import polars as pl

import projections
from intake.kinds import KINDS
from ledger.errors import NothingKnown
from ledger.events import private_fields
from ledger.families.sealing import Sealing
from projections.event_history import plain
from reporting.catalogue import Language, label
from reporting.explanations import explanations
from reporting.history_table import field_word, history, value_word
from reporting.markdown import to_markdown
from reporting.notes import local
from reporting.read_tables import as_table, named
from reporting.render import to_csv
from reporting.tables import Column, Table, table_from, table_of

if TYPE_CHECKING:
    from ledger.events import Recorded
    from ledger.log import Book

#: Rows of a kind of event that the document shows; its CSV has all.
SHOWN = 40
#: Kinds of the processing history that have a section of their own.
_TOLD_APART = (
    "governance.key_registered",
    "governance.key_rotated",
    "organisation.",
    "outcome.",
)
#: Parts of the code string whose codes are registered, beside unit and account.
_DIMENSIONS = ("project", "product", "activity")


def documentation(book: Book, lang: Language) -> dict[str, bytes]:
    """The files by name: the document, what it refers to as CSV, and the pages about formats.

    Raises `UsageError` in a store without an organisation, and whatever reading the book does.
    """
    book.organisation.require_founded()
    tables = {
        "chart.csv": as_table(named("accounts"), book),
        "checkpoints.csv": _checkpoints(book),
        "codes.csv": as_table(named("codes"), book),
        "fiscal-years.csv": _years(book),
        "messages.csv": _messages(lang),
        "processing-history.csv": history(book, lang, limit=None, people=False, processing=True),
        "settings.csv": _settings(book),
        "sources.csv": _sources(book),
        "structures.csv": as_table(named("structures"), book),
        "units.csv": as_table(named("units"), book),
    }
    found = {name: to_csv(table).encode() for name, table in tables.items()}
    found |= {name: page(name).encode() for name in ("format.md", "formats.md")}
    text = Template(page(f"system_{lang}.md")).substitute(_Values(book, lang, tables).all())
    found[label("file.system_documentation", lang)] = text.encode()
    return dict(sorted(found.items()))


def page(name: str) -> str:
    """The text of a page that travels with the program: among its documents in an installed
    distribution, in the repository's ``docs`` else."""
    here = Path(__file__).resolve().parent
    homes = (here / "documents", here.parent / "docs")
    path = next(home / name for home in homes if (home / name).is_file())
    return path.read_text(encoding="utf-8")


# ── tables, as data ────────────────────────────────────────────────────────────────────────────


def _years(book: Book) -> Table:
    rows = [
        {"first": first, "last": last, "basis": basis}
        for (first, last), basis in sorted(book.organisation.years.items())
    ]
    return table_from(rows, (Column("first"), Column("last"), Column("basis")), "")


def _messages(lang: Language) -> Table:
    rows = [{"code": code, "meaning": text} for code, text in sorted(explanations(lang).items())]
    return table_from(rows, (Column("code"), Column("meaning")), "")


def _settings(book: Book) -> Table:
    """Every change of a setting; the last of each is in force."""
    changes = book.events("organisation.setting_changed").to_dicts()
    newest = {change["setting"]: change["position"] for change in changes}
    for change in changes:
        in_force = newest[change["setting"]] == change["position"]
        change["in_force"] = "yes" if in_force else "no"
    names = ("recorded_at", "actor", "setting", "value", "in_force")
    columns = (Column("position", "number"), *(Column(name) for name in names))
    return table_from(changes, columns, "")


def _sources(book: Book) -> Table:
    numbers = ("rows", "events", "known", "first", "last")
    frame = projections.sources(book)
    columns = [Column(n, "number" if n in numbers else "text") for n in frame.columns]
    return table_of(frame, (), "", columns=columns)


def _checkpoints(book: Book) -> Table:
    from ledger.proof import notes

    rows = [
        {"size": note.checkpoint.size, "root": note.checkpoint.root.hex()} for note in notes(book)
    ]
    return table_from(rows, (Column("size", "number"), Column("root")), "")


# ── what the document says ─────────────────────────────────────────────────────────────────────


class _Values:
    """What stands for each ``$name`` of the template."""

    def __init__(self, book: Book, lang: Language, tables: Mapping[str, Table]) -> None:
        self.book, self.lang, self.tables = book, lang, tables
        self.organisation = book.organisation
        self.founded = book.organisation.require_founded()

    def all(self) -> dict[str, str]:
        """All of them."""
        simulated = self.founded.clock == "simulated"
        return {
            "organisation": self.founded.name,
            "simulated": label("note.simulated", self.lang) if simulated else "",
            "program": projections.program_version(),
            "size": str(self.book.size),
            "known_at": local(self.book, self.book.recorded_at),
            "role": self._setting("documentation.role"),
            "kept": self._setting("documentation.sources"),
            "organisation_table": self._organisation(),
            "years_table": self._of_table("fiscal-years.csv"),
            "codes_table": self._codes(),
            "accounts_table": self._accounts(),
            "trees_table": self._trees(),
            "structures": self._structures(),
            "settings_table": self._settings(),
            "flows_table": self._flows(),
            "processing_count": str(len(self.tables["processing-history.csv"].rows)),
            "processing_table": self._processing_kinds(),
            "processing": self._processing(),
            "sources_table": self._sources(),
            "keys_table": self._keys(),
            "seal": self._seal(),
        }

    def _say(self, key: str, **values: object) -> str:
        return label(f"document.{key}", self.lang, **values)

    def _table(self, names: Sequence[str], rows: Iterable[Mapping[str, Any]]) -> str:
        """Rows in Markdown, their values in words where we have them."""
        shown = [
            {name: self._shown(name, value) for name, value in row.items() if value is not None}
            for row in rows
        ]
        columns = [Column(name, word=field_word(name, self.lang)) for name in names]
        return to_markdown(table_from(shown, columns, ""), self.lang)

    def _shown(self, name: str, value: Any) -> str:
        if name.endswith("recorded_at"):
            return local(self.book, value)[:16]
        if name == "topic":
            return label(f"topic.{value}", self.lang)
        if name == "kind" and self.lang == "sv" and value in KINDS:
            return KINDS[value].swedish
        return value_word(name, value, self.lang)

    def _of_table(self, file: str) -> str:
        table = self.tables[file]
        names = [column.key for column in table.columns]
        return self._table(names, [dict(zip(names, row, strict=True)) for row in table.rows])

    def _setting(self, name: str) -> str:
        """A setting that people write for this document, or how to write it."""
        return self.organisation.settings.get(name) or self._say("not_stated", setting=name)

    def _organisation(self) -> str:
        founded = self.founded
        values = {
            "name": founded.name,
            "root": founded.root,
            "entity": self.organisation.entity or self._say("no_entity"),
            "time_zone": founded.time_zone,
            "first_month": str(founded.first_month),
            "clock": value_word("clock", founded.clock, self.lang),
        }
        rows = [{"field": field_word(k, self.lang), "value": v} for k, v in values.items()]
        return self._table(("field", "value"), rows)

    def _codes(self) -> str:
        codes = self.organisation.codes
        counts = {"unit": len(self.organisation.units), "account": len(self.organisation.accounts)}
        free = sorted(codes.keys() - set(_DIMENSIONS))
        counts |= {name: len(codes.get(name, ())) for name in (*_DIMENSIONS, *free)}
        rows = [
            {
                "dimension": field_word(name, self.lang),
                "codes": str(count),
                "control": self._say(
                    "must_be_registered" if name in ("unit", "account") else "registered_by_use"
                ),
            }
            for name, count in counts.items()
        ]
        rows.insert(2, {"dimension": field_word("counterparty_unit", self.lang), "codes": ""})
        rows[2]["control"] = self._say("must_be_unit")
        return self._table(("dimension", "codes", "control"), rows)

    def _accounts(self) -> str:
        types = [account.type for account in self.organisation.accounts.values()]
        rows = [
            {"type": kind, "accounts": str(types.count(kind))}
            for kind in ("income", "cost", "asset", "liability")
        ]
        return self._table(("type", "accounts"), rows)

    def _trees(self) -> str:
        rows = []
        for tree in sorted(self.organisation.trees):
            levels = [place.level for place in self.organisation.places(tree).values()]
            for level in dict.fromkeys(levels):
                rows.append({"tree": tree, "level": level, "units": str(levels.count(level))})
        return self._table(("tree", "level", "units"), rows)

    def _structures(self) -> str:
        parts = []
        for name, dated in sorted(self.organisation.structures.items()):
            for valid_from, lines in sorted(dated.items()):
                rows = [
                    {
                        "line": line.line,
                        "parent": line.parent,
                        "accounts": f"{line.account_from}–{line.account_to}"
                        if line.account_from
                        else None,
                    }
                    for line in sorted(lines, key=lambda each: each.order)
                ]
                head = self._say("structure", name=name, valid_from=valid_from)
                parts.append(f"### {head}\n\n{self._table(('line', 'parent', 'accounts'), rows)}")
        return "\n\n".join(parts) or "–"

    def _settings(self) -> str:
        names = ("setting", "value", "recorded_at", "actor")
        changes = self.book.events("organisation.setting_changed").to_dicts()
        newest = {change["setting"]: change for change in changes}
        return self._table(names, [newest[name] for name in sorted(newest)])

    def _flows(self) -> str:
        """What came in by kind and person."""
        flows = (
            projections.sources(self.book)
            .group_by("kind", "actor", maintain_order=True)
            .agg(
                pl.len().cast(pl.String).alias("files"),
                pl.col("rows").sum().cast(pl.String),
                pl.col("recorded_at").min().alias("first_recorded_at"),
                pl.col("recorded_at").max().alias("last_recorded_at"),
            )
        )
        return self._table(flows.columns, flows.to_dicts())

    def _processing_kinds(self) -> str:
        table = self.tables["processing-history.csv"]
        at = [column.key for column in table.columns].index("topic")
        kinds = [str(row[at]) for row in table.rows]
        rows = [{"topic": kind, "events": str(kinds.count(kind))} for kind in sorted(set(kinds))]
        return self._table(("topic", "events"), rows)

    def _processing(self) -> str:
        """Each kind of governing event that has no section of its own, with its fields."""
        of_kind: dict[str, list[Recorded]] = {}
        for recorded in self.book.recorded(small=True):
            of_kind.setdefault(recorded.event.topic, []).append(recorded)
        parts = []
        for topic in projections.processing_topics():
            if topic.startswith(_TOLD_APART) or topic not in of_kind:
                continue
            rows = self._governing(of_kind[topic][-SHOWN:])
            held = [name for name in rows[0] if any(row[name] is not None for row in rows)]
            text = f"### {label(f'topic.{topic}', self.lang)}\n\n{self._table(held, rows)}"
            if len(of_kind[topic]) > SHOWN:
                text += "\n\n" + self._say("newest", shown=SHOWN, count=len(of_kind[topic]))
            parts.append(text)
        return "\n\n".join(parts) or "–"

    def _governing(self, events: Sequence[Recorded]) -> list[dict[str, Any]]:
        """Events of one kind as rows, private values in clear or as erased."""
        positions = [recorded.position for recorded in events]
        clear = {
            field: dict(self.book.private(field, positions).select("position", "value").iter_rows())
            for field in private_fields(type(events[0].event))
        }
        rows = []
        for recorded in events:
            own = dict(recorded.event.__dict__)
            own |= {field: values.get(recorded.position) for field, values in clear.items()}
            if "position" in own:
                own["of_position"] = own.pop("position")
            head = {"position": recorded.position, "recorded_at": recorded.envelope.recorded_at}
            rows.append(head | {"actor": recorded.envelope.actor} | own)
        return rows

    def _sources(self) -> str:
        frame = projections.sources(self.book).tail(SHOWN)
        names = ("file", "source_digest", "kind", "recorded_at", "actor", "rows")
        frame = frame.rename({"digest": "source_digest"}).with_columns(
            pl.col("rows").cast(pl.String)
        )
        text = self._table(names, frame.select(names).to_dicts())
        count = len(self.tables["sources.csv"].rows)
        if count > SHOWN:
            text += "\n\n" + self._say("newest", shown=SHOWN, count=count)
        return text

    def _keys(self) -> str:
        sealing = self.book.state.of(Sealing)
        rows = [
            {"public_key": key, "position": plain("position", at), "state": state}
            for keys, state in ((sealing.keys, "seals"), (sealing.retired, "retired"))
            for key, at in sorted(keys.items(), key=lambda each: each[1])
        ]
        return self._table(("public_key", "position", "state"), rows)

    def _seal(self) -> str:
        from ledger import proof

        try:
            note = proof.newest_note(self.book)
        except NothingKnown:
            return self._say("not_sealed")
        count = len(self.tables["checkpoints.csv"].rows)
        return self._say("sealed", count=count) + f"\n\n```\n{note}```"
