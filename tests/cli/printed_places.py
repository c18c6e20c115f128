"""Where each figure of the printed interim report stands in ours: what ``test_printed_report``
reads, and by which command the same figure is asked for."""

import csv
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from pathlib import Path

from reporting.catalogue import label

FACTS = Path(__file__).parents[1] / "examples" / "facts"
PRINTED = "000_83cf9a7054f044bc"
UNIT, THROUGH = "60", "2020-08"
ASSUMPTIONS = ("forecast", "show", "2020-T2", "--assumptions", "--unit", UNIT)
#: Columns that are no figures of the report.
_META = {"is_total", "check_id", "source_doc"}
_TEXTUAL = ("arithmetic_checks", "divisions", "staffing_figures_without_data")


# ── the facts ──────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class Fact:
    """A numeric cell: of which table, row and column, and the whole row."""

    table: str
    line: int
    column: str
    value: Decimal
    row: dict[str, str]

    def __str__(self) -> str:
        return f"{self.table}:{self.line}:{self.column}"


def facts() -> list[Fact]:
    """Every numeric cell of document 000."""
    found = []
    for path in sorted(FACTS.glob("*.csv")):
        if path.stem in _TEXTUAL:
            continue
        with path.open(encoding="utf-8", newline="") as file:
            for line, row in enumerate(csv.DictReader(file), 2):
                if row["source_doc"] != PRINTED:
                    continue
                for column, text in row.items():
                    try:
                        value = Decimal(text)
                    except InvalidOperation:
                        continue
                    if column not in _META:
                        found.append(Fact(path.stem, line, column, value, row))
    return found


# ── where each figure stands ───────────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class Place:
    """A table by the start of its caption, rows by a text in any cell (or the last, ``None``), a
    column by its heading; the command and the key of the same figure; in which scale."""

    caption: str
    rows: tuple[str | None, ...]
    heading: str
    command: tuple[str, ...]
    key: str
    scale: str = "mnkr"
    sign: int = 1
    at: int = 0
    """Which of the tables with that caption."""


@dataclass(frozen=True)
class Said:
    """Words of the report's prose or of a cell."""

    words: str


FORECAST_VARIANCE = label("column.forecast_variance", "sv")
RESULT = {
    "actual_2020_08": ("Utfall", "outcome"),
    "variance_actual_vs_budget": ("Avvikelse", "variance"),
    "annual_budget_2020": ("Årsbudget", "annual_budget"),
    "annual_forecast": ("Årsprognos", "forecast"),
    "variance_forecast_vs_budget": (FORECAST_VARIANCE, "forecast_variance"),
}
PLAN = {
    "assignment_2020": ("Uppdrag", "assignment"),
    "outcome_aug_2020": ("Effekt hittills", "effect"),
    "assignment_aug_2020": ("Uppdrag hittills", "phased"),
    "variance_period": ("Avvikelse", "variance"),
    "effect_percent": ("Avvikelse/uppdrag %", "variance_over_assignment"),
    "forecast_t2": ("Årsprognos", "forecast"),
}
INVESTED = {
    "frame_2020_decided_by_board": ("Ram", "frame"),
    "outcome_decided_before_2020": ("Utfall, beslut före året", "decided_before"),
    "outcome_decided_2020": ("Utfall, årets beslut", "decided_this_year"),
    "outcome_sum": ("Utfall", "outcome"),
    "forecast_year": ("Årsprognos", "forecast"),
}
SPECIAL = {
    "booked_on_product_0630": ("Bokfört", "booked"),
    "not_booked_on_product_0630_rkl_lkl": ("Bokfört på annat", "booked_elsewhere"),
    "total_actual": ("Totalt", "total"),
    "forecast_aug_2020": ("Årsprognos", "forecast"),
}
#: Accounts of the four kinds of other costs of covid-19 (tests/examples/test_example_data.py).
ACCOUNTS = {
    "MT förbrukningsmaterial, reservdelar och externa tjänster": ("5310", "5320", "6790"),
    "Hyra av infusionspump/sprutpump och blodgasanalysator": ("5710",),
    "IT-utrustning": ("5510",),
    "Transportkostnader": ("5910",),
}
HOURS = {"Arbetade timmar covid-19 mars-aug": "hours", "varav övertid": "overtime_hours"}
_SPECIAL = ("Merkostnader", ("follow-up", "--special", "--unit", UNIT, "--through", THROUGH))
_ASKED = ("--unit", UNIT, "--through", THROUGH)


def _special(rows: tuple[str | None, ...], heading: str, key: str, **more: object) -> Place:
    return Place(_SPECIAL[0], rows, heading, _SPECIAL[1], key, **more)  # type: ignore[arg-type]


def _result(fact: Fact) -> Place:
    heading, key = RESULT[fact.column]
    name = None if fact.row["is_total"] == "1" else fact.row["area"]
    command = ("result", "--by", "area", *_ASKED)
    return Place("Resultat t.o.m.", (name,), heading, command, key, "kr")


def _costs(fact: Fact) -> Place:
    command, month = ("cost-development", *_ASKED), fact.column[-2:]
    rows = (fact.row["cost_category"],)
    if fact.column == "accumulated_actual_2020_08":
        return Place("Kostnadsutveckling", rows, "Utfall", command, "outcome", "tkr")
    key = f"change_percent/2020-{month}"
    return Place("Kostnadsutveckling", rows, f"2020-{month}", command, key, "percent")


def _plan(fact: Fact) -> Place:
    heading, key = PLAN[fact.column]
    name = None if fact.row["is_total"] == "1" else fact.row["action_area"]
    scale = "percent" if fact.column == "effect_percent" else "mnkr"
    command = ("action-plan", *_ASKED)
    return Place("Ekonomisk handlingsplan", (name,), heading, command, key, scale)


def _investments(fact: Fact) -> Place:
    heading, key = INVESTED[fact.column]
    name = None if fact.row["row_level"] == "total" else fact.row["investment_type"]
    return Place("Investeringar", (name,), heading, ("investments", *_ASKED), key)


def _covid(fact: Fact) -> Place:
    heading, key = SPECIAL[fact.column]
    whole = fact.row["row_type"] in ("sum", "grand_total")
    return _special((None if whole else fact.row["row_label"],), heading, key)


def _breakdown(fact: Fact) -> Place:
    label = fact.row["label"]
    if label in HOURS:
        heading = {"hours": "Timmar", "overtime_hours": "Övertid, timmar"}[HOURS[label]]
        return _special((None,), heading, HOURS[label], scale="hours")
    if label in ACCOUNTS:
        command = ("follow-up", "--by", "account", *_ASKED)
        caption = "Särskild uppföljning"
        return Place(caption, ACCOUNTS[label], "Utfall", command, "outcome", sign=-1)
    return _special(("Personalkostnader",), "Totalt", "total", sign=-1)


def _variance(fact: Fact) -> Place | Said:
    level, text = fact.row["level"], fact.row["explanation"]
    if level == "total":  # −14.4 is corrected; −16.7 is cited
        return Said("16,7 mnkr (11,6 %) [1]" if fact.value == Decimal("-16.7") else "14,1 mnkr")
    by = ("--by", "division") if level == "category" else ()
    at = 0 if level == "category" else 1
    command = ("variances", *by, *_ASKED)
    return Place("Avvikelser mot budget", (text,), "Belopp", command, "amount", at=at)


#: What the forecast's assumptions are in the ledger: texts of explanations, and of assumptions.
ASSUMED = {
    "Datorutbyte efter behov, reinvestering max antal datorer": "Datorer byts efter behov: högst "
    "800 datorer köps under året, ca 4 mnkr",
    "Supportkostnad Q4 videoutrustning (eventuell)": "Support för videoutrustning kvartal 4 som "
    "eventuellt behöver tecknas, ca 0,4 mnkr",
    "Engångskostnad sterilteknik": "Sterilteknik: eftersläpande underhåll arbetas bort, "
    "engångskostnad ca 1,3 mnkr för 2020",
}


def _assumption(fact: Fact) -> Place | Said:
    text = fact.row["assumption"]
    if fact.column == "quantity":
        return Said("högst 800 datorer")
    if text in ASSUMED:
        return Place("Antaganden", (ASSUMED[text],), "Belopp", ASSUMPTIONS, "amount")
    if fact.row["category"] == "Totalt":
        command = ("result", "--by", "area", *_ASKED)
        return Place("Resultat t.o.m.", (None,), "Årsprognos", command, "forecast")
    if fact.row["category"] == "Konsulter":
        return Said("2,9 mnkr [1] sämre än budget")
    whole = ("variances", "--forecast", "--by", "division", *_ASKED)
    return Place("Prognosens avvikelser", (text,), "Belopp", whole, "amount")


def _scorecard(fact: Fact) -> Place | Said:
    row = fact.row
    if fact.column == "target_value":
        return Said(row["target_text"])
    command = ("scorecard", "--perspective", row["perspective"], *_ASKED)
    caption = f"Styrkort {row['perspective']}"
    return Place(caption, (row["indicator"],), "Värde", command, "value", "number")


STAFFED = {
    "Tillsvidareanställda": ("Antal anställda", "tillsvidareanställda", "Antal", "people"),
    "Förändring antal anställda": (
        *("Antal anställda", "anställda", "Sedan årsskiftet", "change_year_start"),
    ),
    "Sjukfrånvaro (löptext)": ("Sjukfrånvaro", "total", "Procent", "percent"),
}


def _staffing(fact: Fact) -> Place | Said:
    metric = fact.row["metric"]
    if metric in STAFFED:
        caption, name, heading, key = STAFFED[metric]
        table = "sick-leave" if caption == "Sjukfrånvaro" else "headcount"
        scale = "percent" if table == "sick-leave" else "number"
        return Place(caption, (name,), heading, ("staffing", table, *_ASKED), key, scale)
    if metric == "Sjukfrånvaro (styrkort)":
        command = ("scorecard", "--perspective", "Medarbetare", *_ASKED)
        return Place("Styrkort Med", ("Sjukfrånvaro",), "Värde", command, "value", "number")
    if metric.startswith("Covid-19"):
        key = "overtime_hours" if "övertid" in metric else "hours"
        heading = "Övertid, timmar" if "övertid" in metric else "Timmar"
        return _special((None,), heading, key, scale="hours")
    words = {
        "Sjukfrånvaro mål": "3,5 %",
        "Andel enheter med schemalagda förbättringsmöten": "Omkring 60 % av enheterna",
        "Uppsägningar kompletterade i handlingsplanen": "fem uppsägningar",
    }
    return Said(words[metric])


PLACES = {
    "result_by_area": _result,
    "cost_development": _costs,
    "action_plan": _plan,
    "investments": _investments,
    "covid_followup": _covid,
    "covid_breakdown": _breakdown,
    "variance_explanations": _variance,
    "forecast_assumptions": _assumption,
    "scorecard": _scorecard,
    "staffing_facts": _staffing,
}
#: What the print has and the ledger computes otherwise: fact, and the figure that is there.
CORRECTED = {
    ("result_by_area", "annual_budget_2020", Decimal(0)): Decimal(-258),  # checks 3 and 6
    ("variance_explanations", "amount", Decimal("-14.4")): Decimal("14.1"),  # check 14
}


def place_of(fact: Fact) -> Place | Said:
    """Where a fact stands."""
    if fact.table == "internal_control":
        return Said("Internkontroll augusti 2020")
    return PLACES[fact.table](fact)


def expected(fact: Fact) -> Decimal:
    """The printed figure, or the one that takes its place."""
    return CORRECTED.get((fact.table, fact.column, fact.value), fact.value)
