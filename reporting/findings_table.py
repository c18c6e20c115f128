"""What analytic controls found, as tables and as one JSON object: each finding in words, with the
events behind it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import polars as pl

import projections
from assurance.controls import Finding, Result
from assurance.controls.running import chosen, made
from ledger.families.finding import Findings, Raising
from ledger.log import Book
from ledger.money import to_decimal, to_text
from projections.texts import texts
from reporting.catalogue import Language, has, label
from reporting.notes import asked, known
from reporting.numbers import count, percent, shown
from reporting.tables import Column, Table, table_from

#: Findings of a control that people are shown, and events of a finding; data has them all.
SHOWN, EVENTS_SHOWN = 10, 6

_SUMMARY = (
    Column("control", words="control"),
    Column("population", "count"),
    Column("tested", "count"),
    Column("findings", "count"),
    Column("below_trivial", "count"),
    Column("untested"),
)
_FOUND = (
    Column("finding"),
    Column("severity", words="severity"),
    Column("finding_state", words="finding_state"),
    Column("control", words="control"),
    Column("amount", "amount", word="column.at_stake"),
    Column("told"),
    Column("events", "numbers", word="column.events_behind"),
)

_REGISTER = (
    *_FOUND,
    Column("responsible"),
    Column("due"),
    Column("remedy"),
    Column("reason"),
)

#: State of each finding on record by its key; what is not there is new.
States = Mapping[str, str]


def told(control: str, facts: Mapping[str, Any], lang: Language) -> str:
    """A finding in words; amounts in kronor, what is not known a dash. A fact ``form`` chooses
    among the words that a control has."""
    values = {
        name: "–"
        if value is None
        else shown(to_decimal(int(value)), lang)
        if name.endswith("amount")
        else percent(value, lang)
        if name.endswith("percent")
        else count(value, lang)
        if isinstance(value, int)
        else label(f"projection.{value}", lang)
        if name == "report" and has(f"projection.{value}")
        else value
        for name, value in facts.items()
    }
    form = f"_{facts['form']}" if "form" in facts else ""
    return label(f"finding.{control}{form}", lang, **values)


def summary(book: Book, results: Sequence[Result], lang: Language, **ask: Any) -> Table:
    """A row a control: how many items, tested, found, below trivial, and why others were not
    tested; under it parameters and figures."""
    rows = [
        {
            "control": each.control,
            "population": each.population,
            "tested": each.tested,
            "findings": len(each.findings),
            "below_trivial": each.below_trivial,
            "untested": untested(each, lang),
        }
        for each in results
    ]
    notes = [*asked(book, lang, **ask)]
    for each in results:
        parts = [f"{name} {text or '–'}" for name, text in each.parameters.items()]
        parts += [
            f"{label(f'figure.{n}', lang)} {_verdict(v, lang)}" for n, v in each.figures.items()
        ]
        if parts:
            notes.append(f"{label(f'control.{each.control}', lang)}: {'; '.join(parts)}.")
    return table_from(rows, _SUMMARY, label("title.control_run", lang), [*notes, known(book, lang)])


def _verdict(value: str, lang: Language) -> str:
    return label(f"verdict.{value}", lang) if has(f"verdict.{value}") else value


def untested(result: Result, lang: Language) -> str:
    """Why items could not be tested: "not testable: no time of day (1 200)"."""
    parts = [
        f"{label(f'untested.{reason}', lang)} ({count(many, lang)})"
        for reason, many in result.untested.items()
    ]
    if not result.tested and parts:
        return label("message.not_testable", lang, why=", ".join(parts) or "–")
    return ", ".join(parts)


def findings(
    results: Iterable[Result], states: States, lang: Language, *, brief: bool = False
) -> Table:
    """A row a finding; ``brief`` shows people the first of each control, and of each the first
    events."""
    rows, notes = list[dict[str, Any]](), list[str]()
    for result in results:
        chosen = result.findings[:SHOWN] if brief else result.findings
        rows += [_row(each, states, lang, brief) for each in chosen]
        if more := len(result.findings) - len(chosen):
            name = label(f"control.{result.control}", lang)
            notes.append(label("note.more_findings", lang, control=name, count=count(more, lang)))
    return table_from(rows, _FOUND, label("title.findings", lang), notes)


def raising(results: Iterable[Result]) -> tuple[Raising, ...]:
    """What `RaiseFindings` takes: every finding, with the parameters that it was found with and its
    facts. Names of people are left out: they are read from its events again, so that erasing them
    there erases them here."""
    return tuple(
        Raising(
            each.key,
            each.control,
            each.severity,
            each.events,
            each.amount,
            "; ".join(f"{name}={text}" for name, text in result.parameters.items()),
            json.dumps(
                {name: fact for name, fact in each.facts.items() if name not in _NAMES},
                ensure_ascii=False,
                sort_keys=True,
            ),
        )
        for result in results
        for each in result.findings
    )


#: Facts that name somebody, and the fields of an event that say who: the first that is there.
_NAMES = {
    "counterparty": ("counterparty", "counterparty_unit", "text"),
    "person": ("registered_by",),
}


def states(book: Book) -> States:
    """The state of every finding on record, by its key."""
    return {key: one.state for key, one in book.state.of(Findings).raised.items()}


def register(
    book: Book,
    lang: Language,
    *,
    control: str | None = None,
    unresolved: bool = False,
    brief: bool = False,
    through: str | None = None,
    unit: str | None = None,
) -> Table:
    """The findings on record, in words; ``brief`` shows people the first events of each."""
    frame = projections.findings(book, through, unit=unit, control=control, unresolved=unresolved)
    rows = _in_words(book, frame, lang)
    for row in rows:
        events = row["events"].split()
        if brief and len(events) > EVENTS_SHOWN:
            row["events"] = " ".join(events[:EVENTS_SHOWN]) + " …"
    notes = [known(book, lang)]
    return table_from(rows, _REGISTER, label("title.findings", lang), notes)


def in_report(book: Book, lang: Language, through: str, unit: str) -> list[Table]:
    """The findings on record for a report: how many of each control, by what became of them, and
    the gravest that are not resolved. None where none is on record."""
    frame = projections.findings(book, through, unit=unit)
    if frame.is_empty():
        return []
    counted = frame.group_by("control", maintain_order=True).agg(
        pl.len().alias("findings"),
        *((pl.col("finding_state") == name).sum().alias(name) for name in _STATES),
    )
    columns = (
        Column("control", words="control"),
        Column("findings", "count"),
        *(Column(name, "count", word=f"column.findings_{name}") for name in _STATES),
    )
    title = label("title.control_findings", lang, through=through)
    tables = [table_from(counted.to_dicts(), columns, title)]
    left = frame.filter(pl.col("finding_state") != "resolved")
    if not left.is_empty():
        rows = _in_words(book, left.head(REPORTED), lang)
        more = left.height - len(rows)
        notes = [label("note.findings_left", lang, count=count(more, lang))] if more else []
        title = label("title.findings_left", lang)
        tables.append(table_from(rows, _REPORTED, title, notes))
    return tables


_STATES = ("open", "assigned", "resolved")
#: Findings that a report shows one by one.
REPORTED = 20
_REPORTED = (
    Column("severity", words="severity"),
    Column("control", words="control"),
    Column("amount", "amount", word="column.at_stake"),
    Column("told"),
    Column("responsible"),
    Column("due"),
    Column("finding"),
)


def _in_words(book: Book, frame: pl.DataFrame, lang: Language) -> list[dict[str, Any]]:
    """Recorded findings as rows with ``told``: in words, names as their events have them today; of
    facts that were erased, the marker of that; where a later program tells it with other facts,
    the facts."""
    rows = frame.to_dicts()
    firsts = {row["position"]: int(row["events"].split()[0]) for row in rows}
    names = {fact: _said(book, fields, set(firsts.values())) for fact, fields in _NAMES.items()}
    for row in rows:
        first = firsts[row["position"]]
        named = {fact: said.get(first) for fact, said in names.items()}
        try:
            row["told"] = told(row["control"], named | json.loads(row["facts"]), lang)
        except (TypeError, ValueError, LookupError):
            row["told"] = row["facts"]
    return rows


def _said(book: Book, fields: Iterable[str], positions: set[int]) -> dict[int, str]:
    """What the first of the fields that is there says, by position."""
    found: dict[int, str] = {}
    for field in fields:
        if field == "counterparty_unit":
            mine = book.postings().filter(pl.col("position").is_in(sorted(positions)))
            said = dict(mine.select("position", field).drop_nulls().iter_rows())
        else:
            said = texts(book, field, positions)
        found = said | found
    return found


def listed(book: Book, names: Iterable[str], given: Mapping[str, str], lang: Language) -> Table:
    """The controls by name, with the parameters that they would run with."""
    rows = []
    for name in chosen(names):
        control = made(book, name, given)
        texts = "; ".join(f"{key}={text}" for key, text in control.texts.items())
        rows.append({"control": name, "name": label(f"control.{name}", lang), "parameters": texts})
    columns = (Column("control"), Column("name"), Column("parameters"))
    return table_from(rows, columns, label("title.controls", lang))


def _row(each: Finding, states: States, lang: Language, brief: bool) -> dict[str, Any]:
    events = each.events[:EVENTS_SHOWN] if brief else each.events
    more = "" if len(events) == len(each.events) else " …"
    return {
        "finding": each.key,
        "severity": each.severity,
        "finding_state": states.get(each.key, "new"),
        "control": each.control,
        "amount": each.amount,
        "told": told(each.control, each.facts, lang),
        "events": " ".join(map(str, events)) + more,
    }


def to_json(book: Book, results: Iterable[Result], states: States, lang: Language) -> str:
    """Everything, in the contract's form: the log's size and time, then each control with its
    findings; amounts in kronor as text."""
    found = {
        "size": book.size,
        "known_at": book.recorded_at,
        "controls": [
            {
                "control": each.control,
                "name": label(f"control.{each.control}", lang),
                "population": each.population,
                "tested": each.tested,
                "below_trivial": each.below_trivial,
                "untested": dict(each.untested),
                "parameters": dict(each.parameters),
                "figures": dict(each.figures),
                "findings": [_object(one, states, lang) for one in each.findings],
            }
            for each in results
        ],
    }
    return json.dumps(found, ensure_ascii=False, indent=2) + "\n"


def _object(each: Finding, states: States, lang: Language) -> dict[str, Any]:
    facts = {
        name: to_text(int(value)) if name.endswith("amount") and value is not None else value
        for name, value in each.facts.items()
    }
    return {
        "finding": each.key,
        "severity": each.severity,
        "state": states.get(each.key, "new"),
        "amount": to_text(each.amount),
        "text": told(each.control, each.facts, lang),
        "facts": facts,
        "events": list(each.events),
    }
