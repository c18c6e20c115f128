"""Every figure of the director's report of Region Norrbotten, October 2020, out of the demo's
HTML page, its Excel cells and the commands' JSON, at the precision printed.

The facts are the rows of document 003 in ``tests/examples/facts``. What the print contradicts
itself in is corrected here, and named by its number in ``arithmetic_checks.csv``.
"""

import csv
import json
import re
import shutil
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from typer.testing import CliRunner

from cli.main import app
from tests.cli import later
from tests.cli.report_tables import excel_tables, html_tables, one

FACTS = Path(__file__).parents[1] / "examples" / "facts"
DIRECTOR = "003_3bcf2fd7dff817ef"


def facts(name: str) -> list[dict[str, str]]:
    """A table of the director's report."""
    with (FACTS / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return [row for row in csv.DictReader(file) if DIRECTOR in row["source_doc"]]


class Place(NamedTuple):
    """Where a printed figure stands in the report: table, texts of its row, heading; as what."""

    printed: str
    title: str
    row: tuple[str, ...]
    head: str
    sign: int = 1


AUGUST, SEPTEMBER = "Nyckeltal per enhet t.o.m. augusti 2020", "Nyckeltal t.o.m. september 2020"
BEFORE, KNOWN = "Sedan förra månaden", "Sedan förra månaden, så som nu känd"
YEAR, PLAN = "Mot föregående år", "Handlingsplan, effekt/uppdrag %"
WORKED, CHANGE = "Arbetad tid och extratid", "Förändring, årsarbetare"


def of_divisions() -> list[Place]:
    """``divisions.csv``."""
    places = []
    for fact in facts("divisions"):
        row = ("Totalt" if fact["division"] == "Divisionerna totalt" else fact["division"],)
        for column, title, head in (
            ("variance_period_aug", AUGUST, "Avvikelse"),
            ("improvement_vs_prior_year", AUGUST, YEAR),
            ("forecast_year", AUGUST, "Årsprognos"),
            ("action_plan_fulfilment_percent", AUGUST, PLAN),
            ("cost_development_percent", AUGUST, "Kostnadsutveckling %"),
            ("action_plan_assignment", "Ekonomisk handlingsplan", "Uppdrag"),
            ("action_plan_outcome", "Ekonomisk handlingsplan", "Effekt hittills"),
        ):
            if fact[column]:
                places.append(Place(fact[column], title, row, head))
    return places


NET, OPERATIONS = ("Verksamhetens nettokostnader",), ("Verksamhetens resultat",)
RESULT, ALL = ("Periodens resultat",), ("Divisionerna",)
CENTRES, TOTAL = ("Hälsocentraler i egen regi",), ("Totalt",)
FINANCE = "Statistik: finans"
OF_REGION: dict[str, tuple[Any, ...]] = {
    "Periodens resultat": (SEPTEMBER, RESULT, "Utfall"),
    "Periodens resultat förändring": (SEPTEMBER, RESULT, KNOWN),
    "Nettokostnader förändring": (SEPTEMBER, NET, "Kostnadsutveckling %"),
    "Nettokostnader avvikelse": (SEPTEMBER, NET, "Avvikelse", -1),  # lower cost is better
    "Verksamhetens resultat": (SEPTEMBER, OPERATIONS, "Utfall"),
    "Verksamhetens resultat förändring": (SEPTEMBER, OPERATIONS, KNOWN),
    "Verksamhetens resultat avvikelse": (SEPTEMBER, OPERATIONS, "Avvikelse"),
    "Divisionernas resultat": (SEPTEMBER, ALL, "Utfall"),
    "Divisionernas resultat förändring": (SEPTEMBER, ALL, KNOWN),
    "Hälsocentraler egen regi resultat": (SEPTEMBER, CENTRES, "Utfall"),
    "Hälsocentraler egen regi förändring": (SEPTEMBER, CENTRES, KNOWN),
    "Divisionernas periodresultat": (AUGUST, TOTAL, "Utfall"),
    "Divisionernas periodresultat avvikelse": (AUGUST, TOTAL, "Avvikelse"),
    "Divisionernas periodresultat förändring": (AUGUST, TOTAL, YEAR),
    "Divisionernas årsprognos": (AUGUST, TOTAL, "Årsprognos"),
    "Divisionernas årsprognos förändring": (AUGUST, TOTAL, "Prognos mot föregående år"),
    "Ombyggnationer pandemin kostnad": ("Särskild uppföljning", ("ombyggnation",), "Utfall", -1),
    "Kapitalinsats Kommuninvest före": (
        FINANCE,
        ("Kapitalinsats Kommuninvest", "Period=2020"),
        "Värde",
    ),
    "Kapitalinsats Kommuninvest efter": (
        FINANCE,
        ("Kapitalinsats Kommuninvest", "Period=2024"),
        "Värde",
    ),
    "Kapitalinsats per invånare": (FINANCE, ("Kapitalinsats per invånare",), "Värde"),
    "Förlagslån utbetalt": (FINANCE, ("Förlagslån utbetalt",), "Värde"),
    "Statliga kulturmedel Norrbotten": ("Statistik: kultur", ("RN",), "Värde"),
    "Pensionsadministration besparing fyra regioner": (
        *(FINANCE, ("Pensionsadministration besparing fyra regioner",), "Värde"),
    ),
}
HEADS, PEOPLE = "Antal anställda", "Medarbetare per division t.o.m. augusti 2020"
HIRED = "Statistik: inhyrd personal"
OF_STAFF: dict[str, tuple[Any, ...]] = {
    "Förändring antal anställda september": (f"{HEADS} september 2020", ("anställda",), BEFORE),
    "varav vikarier": (f"{HEADS} september 2020", ("tillfälligt anställda",), BEFORE),
    "Förändring antal anställda totalt": (
        *(f"{HEADS} september 2020", ("anställda",), "Sedan samma månad i fjol"),
    ),
    "Förändring årsarbetare": (f"{WORKED} september 2020", ("arbetad tid",), CHANGE),
    "Förändring antal anställda augusti": (f"{HEADS} augusti 2020", ("anställda",), BEFORE),
    "varav tillsvidareanställda": (f"{HEADS} augusti 2020", ("tillsvidareanställda",), BEFORE),
    "varav vikarier/tillfälligt anställda": (
        *(f"{HEADS} augusti 2020", ("tillfälligt anställda",), BEFORE),
    ),
    "Förändring antal anställda sedan september 2019": (
        *(f"{HEADS} augusti 2020", ("anställda",), "Sedan dess"),
    ),
    "Övertid förändring": (f"{WORKED} augusti 2020", ("övertid",), CHANGE),
    "Arbetad tid förändring": (f"{WORKED} augusti 2020", ("arbetad tid",), CHANGE),
    "Sjukfrånvaro": (PEOPLE, ("Service",), "Sjukfrånvaro"),
    "Sjukfrånvaro högst": (PEOPLE, ("Service",), "Som högst %"),
    "Minskade arbetade timmar": (PEOPLE, ("Service",), CHANGE),
    "Kostnad inhyrd personal": (HIRED, ("Kostnad inhyrd personal, förändring",), "Värde"),
    "Kostnad inhyrd personal förändring": (HIRED, ("Kostnad inhyrd personal",), "Förändring %"),
    "Inhyrd personal psykiatri": (
        *(HIRED, ("Kostnad inhyrd personal, psykiatri",), "Förändring %"),
    ),
    "Inhyrda läkare": (HIRED, ("Kostnad inhyrda läkare",), "Förändring %"),
    "Inhyrda sjuksköterskor": (HIRED, ("Kostnad inhyrda sjuksköterskor",), "Förändring %"),
    "Regioner som minskat kostnaden": (HIRED, ("Regioner som minskat kostnaden",), "Värde"),
    "Medarbetarförslag": ("Statistik: omställning", ("Medarbetarförslag",), "Värde"),
}
#: Statistics that stand under another category than production.
CATEGORY = {
    "Tillgänglighet inom 90 dagar specialistläkarbesök": "tillgänglighet",
    "Tillgänglighet inom 90 dagar operation/behandling": "tillgänglighet",
    "Telefontillgänglighet hälsocentraler": "tillgänglighet",
    "Vårdkontakt inom tre dagar": "tillgänglighet",
    "Hälsocentraler med PCR-provtagning": "covid-19",
    "Ersättning serologitest till kommuner": "covid-19",
    "Barn och unga med tandvård via folktandvården": "tandvård",
    "LOV-mottagningar tandläkare": "tandvård",
    "Patienter att överföra från uppsagt LOV-avtal": "tandvård",
}
#: Increases of visits, by whose they are.
VISITORS = {
    "Ökning privata nätläkare riket": "Riket",
    "Ökning privata nätläkare Norrbotten": "Norrbotten",
    "Ökning Västerbotten/Västernorrland": "Västerbotten/Västernorrland",
}
#: What the print says that its own figures do not give (checks 50 and 51).
CORRECTED = {"KC infektion/hud/lunga/reuma": "200", "Akut omhändertagande": "-47"}


def of_statistics() -> list[Place]:
    """``production_access``, ``patient_board``, ``online_doctor_cost`` and ``_facts``."""
    places = []
    for fact in facts("production_access"):
        name = fact["metric"].removesuffix(" förändring")
        title = f"Statistik: {CATEGORY.get(name, 'produktion')}"
        head = "Förändring %" if name != fact["metric"] else "Värde"
        row = (name, f"Period={fact['period']}") if fact["period"] == "2020-08" else (name,)
        places.append(Place(fact["value"], title, row, head))
    for fact in facts("patient_board"):
        title, row = "Statistik: patientnämnd", (fact["metric"],)
        places.append(Place(fact["value"], title, row, "Värde"))
        if fact["prior_value"]:
            places.append(Place(fact["prior_value"], title, row, "Jämförelsevärde"))
        if fact["stated_change_percent"]:
            right = CORRECTED.get(fact["metric"], fact["stated_change_percent"])
            places.append(Place(right, title, row, "Förändring %"))
    title = "Statistik: nätläkare"
    for fact in facts("online_doctor_cost"):
        period = fact["period"] if fact["full_year"] == "1" else "2020-H1"
        places.append(
            Place(fact["cost"], title, ("Kostnad nätläkare", f"Period={period}"), "Värde")
        )
    for fact in facts("online_doctor_facts"):
        whose = VISITORS.get(fact["metric"])
        head = "Förändring %" if whose else "Värde"
        places.append(Place(fact["value"], title, (whose or fact["metric"],), head))
    return places


def every() -> list[Place]:
    """All figures of the document."""
    found = of_divisions()
    found += [Place(f["value"], *OF_REGION[f["metric"]]) for f in facts("region_result")]
    found += [Place(f["value"], *OF_STAFF[f["metric"]]) for f in facts("staffing_facts")]
    found += of_statistics()
    found += [
        Place(f["amount"], EXPLAINED, (f["explanation"],), "Belopp")
        for f in facts("variance_explanations")
    ]
    return found


# ── the same figures as data ───────────────────────────────────────────────────────────────────

HANDED_IN = ("--through", "2020-08", "--known-at", "2020-09-30")
EXPLAINED = "Prognosens avvikelser mot årsbudget"
#: The command whose JSON is a table of the report, by the table's title; of statistics, which are
#: asked by category, in `asked`.
COMMANDS: dict[str, tuple[str, ...]] = {
    AUGUST: ("region", "divisions", *HANDED_IN),
    SEPTEMBER: ("region", "summary", "--through", "2020-09"),
    "Ekonomisk handlingsplan": ("action-plan", "--by", "division", *HANDED_IN),
    EXPLAINED: ("variances", "--forecast", "--by", "division", "--unit", "40", *HANDED_IN),
    "Särskild uppföljning": ("follow-up", "--by", "mark", "--through", "2020-09"),
    PEOPLE: ("staffing", "overview", "--by", "division", "--through", "2020-08"),
    f"{HEADS} augusti 2020": (
        *("staffing", "headcount", "--through", "2020-08", "--since", "2019-09"),
    ),
    f"{HEADS} september 2020": ("staffing", "headcount", "--through", "2020-09"),
    f"{WORKED} augusti 2020": ("staffing", "time", "--span", "month", "--through", "2020-08"),
    f"{WORKED} september 2020": ("staffing", "time", "--span", "month", "--through", "2020-09"),
}
#: The key of a heading where it is kronor, and where it is not.
MONEY = {
    "Utfall": "outcome",
    "Avvikelse": "variance",
    YEAR: "change_last_year",
    KNOWN: "change_known",
    "Årsprognos": "forecast",
    "Prognos mot föregående år": "forecast_change",
    "Uppdrag": "assignment",
    "Effekt hittills": "effect",
    "Belopp": "amount",
}
PLAIN = {
    PLAN: "action_percent",
    "Kostnadsutveckling %": "cost_percent",
    BEFORE: "change_month_before",
    "Sedan samma månad i fjol": "change_year_before",
    "Sedan dess": "change_since",
    CHANGE: "change_fte",
    "Sjukfrånvaro": "sick_percent",
    "Värde": "value",
    "Jämförelsevärde": "comparator_value",
    "Förändring %": "change_percent",
}
#: Rows whose names are codes in data; the total has none.
CODES = {
    "Totalt": None,
    "Divisionerna": "divisions",
    "Hälsocentraler i egen regi": "halsocentraler",
    "anställda": "employed",
    "tillsvidareanställda": "permanent",
    "tillfälligt anställda": "temporary",
    "arbetad tid": "worked",
    "övertid": "overtime",
}
WORST = "Som högst %"


def asked(ask: Any, place: Place) -> Decimal:
    """The figure out of a command's JSON; kronor in millions, as in the report."""
    kind, _, category = place.title.partition(": ")
    if place.head == WORST:  # the report names the worst month; the command has them all
        months = ask("staffing", "months", "--unit", "50", "--through", "2020-08")
        return max(Decimal(row["sick_percent"]) for row in months if row["month"] >= "2020")
    command = ("statistics", "--all", "--category", category)
    found = ask(*(command if kind == "Statistik" else COMMANDS[place.title]))
    for name in place.row:
        key, _, value = name.rpartition("=")
        if key:
            found = [row for row in found if row["interval"] == value]
        elif name in CODES:
            found = [row for row in found if next(iter(row.values())) == CODES[name]]
        else:
            found = [row for row in found if name in row.values()]
    (row,) = found
    if place.head in MONEY:
        return Decimal(row[MONEY[place.head]]) / 1_000_000
    return Decimal(str(row[PLAIN[place.head]]))


@pytest.fixture(scope="module")
def ask(written):
    """A command's rows of data, asked once."""
    store, known = str(written["folder"] / "ledger.db"), {}

    def rows(*arguments: str) -> list[dict[str, Any]]:
        if arguments not in known:
            done = CliRunner().invoke(app, [*arguments, "--store", store, "--format", "json"])
            assert done.exit_code == 0, done.output
            known[arguments] = json.loads(done.stdout)
        return known[arguments]

    return rows


# ── the report ─────────────────────────────────────────────────────────────────────────────────


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    """The tables of the report that the demo ends with, by form."""
    folder = tmp_path_factory.mktemp("director") / "here"
    done = CliRunner().invoke(app, ["demo", str(folder), "--example", "region"])
    assert done.exit_code == 0, done.output
    name = folder / "director-RN-2020-09"
    return {
        "folder": folder,
        "html": html_tables(name.with_suffix(".html")),
        "xlsx": excel_tables(name.with_suffix(".xlsx")),
        "page": name.with_suffix(".html").read_text(encoding="utf-8"),
    }


def test_no_figure_is_left_out():
    """27 of divisions, 23 of the region, 20 of staffing, 11 of production, 10 of the patient
    board, 10 of online doctors, 2 explanations."""
    assert len(every()) == 103


@pytest.mark.parametrize("form", ["html", "xlsx", "json"])
@pytest.mark.parametrize("place", every(), ids=lambda place: f"{place.row[0]}, {place.head}")
def test_every_figure_of_the_document(written, ask, place, form):
    """In the cell where a reader looks for it, and by the command that is asked for it, rounded
    half-up as it was printed."""
    found = asked(ask, place) if form == "json" else one(written[form], *place[1:4])
    assert isinstance(found, Decimal), found
    places = Decimal(1).scaleb(-len(place.printed.partition(".")[2]))
    assert (found * place.sign).quantize(places, ROUND_HALF_UP) == Decimal(place.printed)


def test_the_summary_is_told_in_live_figures(written):
    """What the print says in words, out of the tables (and August as both, check 41)."""
    page = written["page"].replace("\u00a0", " ")
    for said in (
        "Periodens resultat är 431 mnkr, 84 mnkr bättre än i augusti",
        "Nettokostnaderna är 1,6 % lägre än föregående år och 257 mnkr lägre än budget",
        "656 mnkr, 54 mnkr bättre än i augusti och 355 mnkr bättre än budget",
        "Divisionernas resultat är −7 mnkr: 21 mnkr bättre än augusti som den nu är känd, och "
        "17 mnkr bättre än den redovisades",
        "har −37 mnkr, 1 mnkr bättre än i augusti",
        "Förra månaden var −24 230 642 kr när den publicerades och är nu −28 230 642 kr",
    ):
        assert said in page


STAFF = f"{HEADS} september 2020"
BOARD = "Statistik: patientnämnd"


@pytest.mark.parametrize("check", facts("arithmetic_checks"), ids=lambda c: c["table"])
def test_each_recomputation_of_the_print(written, check):
    """All 15 of document 003: what holds, holds; what does not is corrected or told."""
    page = re.sub("<[^>]*>", "", written["page"]).replace("\u00a0", " ")

    def cell(title, row, head):
        found = one(written["xlsx"], title, (row,), head)
        assert isinstance(found, Decimal)
        return found

    august, since = f"{HEADS} augusti 2020", BEFORE
    told = {
        "41": lambda: (
            cell(SEPTEMBER, "Divisionerna", "Sedan förra månaden, så som publicerad") == 17
            and cell(SEPTEMBER, "Divisionerna", KNOWN) == 21
        ),
        "42": lambda: (
            cell(august, "tillsvidareanställda", since)
            + cell(august, "tillfälligt anställda", since)
            == cell(august, "anställda", since)
        ),
        "43": lambda: (
            cell(august, "anställda", "Sedan dess") + cell(STAFF, "anställda", since)
            == cell(STAFF, "anställda", "Sedan samma månad i fjol")
        ),
        "44": lambda: cell(STAFF, "tillsvidareanställda", since) == 8,
        "45": lambda: cell(AUGUST, "Länssjukvård", "Avvikelse") == Decimal("19.8"),
        "46": lambda: cell(AUGUST, "Länssjukvård", "Årsprognos") == Decimal("16.6"),
        "47": lambda: (
            cell(EXPLAINED, "Pandemin", "Belopp") + cell(EXPLAINED, "Lägre bemanning", "Belopp")
            == cell(AUGUST, "Folktandvård", "Årsprognos")
        ),
        "48": lambda: cell(AUGUST, "Närsjukvård Luleå-Boden", PLAN) == Decimal("46.60"),
        "49": lambda: cell(AUGUST, "Närsjukvård övriga länet", PLAN) == Decimal("80.65"),
        "50": lambda: cell(BOARD, "KC infektion/hud/lunga/reuma", "Förändring %") == 200,
        "51": lambda: cell(BOARD, "Akut omhändertagande", "Förändring %") == Decimal("-46.88"),
        "52": lambda: "435 kr [1] per besök i mars, och 528 kr [1] för mars till juni" in page,
        "53": lambda: cell(FINANCE, "Kapitalinsats per invånare", "Värde") * 250_000 == 65_000_000,
        "54": lambda: "2020-10–2028-09" in page and "2+2+1 år" in page,
        "55": lambda: "31 april" not in page and "april 2021" in page,
    }
    assert told[check["check_id"]]()


def test_each_section_says_of_when_it_is(written):
    """The divisions' August as it was known in September, beside the region's September."""
    page = written["page"]
    assert "Divisionernas delårsrapporter (t.o.m. augusti 2020, känt 2020-09-21 11:00)" in page
    assert "Personalrapport (t.o.m. augusti 2020, känt 2020-10-13 11:00)" in page


def test_the_sections_stand_in_the_printed_order(written):
    """As the contents of the report have them."""
    names = (
        *("Inledning", "Sammanfattande kommentarer till ekonomiskt resultat"),
        *("Divisionernas delårsrapporter", "Gemensamt för närsjukvårdsdivisionerna"),
        *("Produktions- och tillgänglighetsrapport", "Personalrapport", "Omställningsarbetet"),
        *("Aktuella händelser", "Egen provhantering", "Nationellt läkemedelsförråd", "PVConny"),
        *("Nytt pensionsadministrationssystem", "Vårdval och LOV-avtal"),
        *("Information från verksamheterna", "Oberoende av inhyrd personal"),
        *("IT-säkerhetstest", "Införande av FVIS", "Medicinska gasanläggningar"),
        *("Information från nämnderna", "Patientnämnd", "Regionala utvecklingsnämnden"),
        *("Översyn av regional kollektivtrafik", "Programarbetet", "Analysrapporter", "Bilagor"),
    )
    body = written["page"].partition("<main")[2]
    at = [body.index(f">{name}") for name in names]
    assert at == sorted(at)


def test_assignments_and_risks(written):
    """Six assignments, none due on 31 April (check 55); the two risks."""
    titles = {table.title: table for table in written["html"]}
    assignments = titles["Uppdrag att återrapportera september 2020"]
    names = {row[0] for row in assignments.rows}
    assert names == {fact["assignment"] for fact in facts("assignments")}
    assert "31 april" not in written["page"]
    (risks,) = [table for title, table in titles.items() if title.startswith("Risker")]
    assert len(risks.rows) == len(facts("risks")) == 2


def test_attachments_are_numbered(written):
    """The divisions' own reports, production, personnel."""
    titles = {table.title: table for table in written["html"]}
    (table,) = [table for title, table in titles.items() if title.startswith("Bilagor")]
    assert [row[0] for row in table.rows] == [Decimal(n) for n in range(1, 9)]


def test_a_thousand_later_events_change_no_byte(written, tmp_path):
    """HTML, Excel and Word, with the known-at of before."""
    for name in ("ledger.db", "ledger.key"):
        shutil.copy(written["folder"] / name, tmp_path)
    store = tmp_path / "ledger.db"
    assert later.record(store, "director", "RN", "6001", "2020-09") > 1000
    size = written["page"].partition("--known-at @")[2].partition(" ")[0]
    done = CliRunner().invoke(
        app,
        [
            *("report", "director", "--through", "2020-09", "--known-at", f"@{size}"),
            *("--at", "division_reports=2020-08@2020-09-30", "--to", "html,docx,xlsx"),
            *("-o", str(tmp_path), "--store", str(store)),
        ],
    )
    assert done.exit_code == 0, done.output
    for form in ("html", "docx", "xlsx"):
        name = f"director-RN-2020-09.{form}"
        assert (tmp_path / name).read_bytes() == (written["folder"] / name).read_bytes(), form


def test_of_a_part_it_has_that_part_alone(written, tmp_path):
    """One division: no other's row, no statistic of others."""
    done = CliRunner().invoke(
        app,
        [
            *("report", "director", "--unit", "10", "--through", "2020-09", "-o", str(tmp_path)),
            *("--store", str(written["folder"] / "ledger.db")),
        ],
    )
    assert done.exit_code == 0, done.output
    page = (tmp_path / "director-10-2020-09.html").read_text(encoding="utf-8")
    assert "Närsjukvård Luleå-Boden" in page
    for other in ("Folktandvård", "Länsteknik", "Samtliga regioner"):
        assert other not in page
