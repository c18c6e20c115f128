"""What the division follows up beside the books, August 2020: FACT, but for what is said here.

FACT (`facts/scorecard.csv`, `facts/assignments.csv`, `facts/variance_explanations.csv`) are the
indicators, their targets, values and what is left of their symbols; the assignments and how they
go; the explanations and their amounts, of the period and of the forecast; what covid-19 cost
beside what is booked (`facts/covid_followup.csv`). Fulfilment and trend are judged only where the
report's symbol or text is left and value and target do not say it. FACT, in the running text, are
the major incidents.

MADE are the cases of the service desk, the periods that the report does not name, and the texts
of sections: our own words, and the figures live in them.
"""

from __future__ import annotations

from pathlib import Path

from .basics import write_csv
from .organisation import DIVISION

_STABLE = "Tillgänglig, stabil och säker MT/IT-miljö"
_RIGHT = "Rätt teknik idag och i riktning mot 2035"
_HEALTHY = "God och hälsofrämjande arbetsmiljö"
_LASTING = "Hållbar ekonomi och kostnadseffektiv verksamhet"
_SO_FAR, _TERTIAL = "2020-01--2020-08", "2020-T2"

#: success factor, indicator, goal, target, measured in, direction, due; period, value,
#: fulfilment, trend, comment
_SCORECARD: dict[str, tuple[tuple[str, ...], ...]] = {
    "Verksamhet": (
        (
            *(_STABLE, "Divisionen ska leverera en stabil IT och MT-miljö"),
            *("Antal major incidents: max 10 st", "10", "st", "max", ""),
            *(_SO_FAR, "2", "", "unchanged", "Båda i tertial 1, ingen i tertial 2"),
        ),
        (
            _STABLE,
            "Alla förebyggande åtgärder i MT och IT-system ska föregås med, en i förväg godkänd, "
            "ändring",
            *("100%", "100", "percent", "min", ""),
            *(_TERTIAL, "", "", "unchanged", "Inget utfall redovisat"),
        ),
        (
            _STABLE,
            "Förebyggande underhåll (FU) på medicintekniska produkter (MTP) med risktal >19 ska "
            "prioriteras",
            *("Mål T2: 986 st", "986", "st", "min", ""),
            *(_TERTIAL, "973", "", "worsening", "Flyttar av covid- och vårdavdelningar gick före"),
        ),
        (
            *(_RIGHT, "Driftsatt infrastruktur för hantering av mobila lösningar"),
            *("Driftsatt lösning och rutin för beställning", "", "", "milestone", "2021-03"),
            *(_TERTIAL, "", "", "improving", "Delvis efter plan; slutmålet står fast"),
        ),
        (
            _RIGHT,
            "Digitaliseringsstrategin och handlingsplaner kopplat till denna är välkänd och "
            "förstådd",
            *("Välkänt och förstådd", "", "", "judged", ""),
            *(_TERTIAL, "", "partly", "unchanged", "Pausat under covid-19"),
        ),
        (
            "Divisionen ska ständigt följa upp och förbättra arbetssätt",
            "Länsteknik ska arbeta systematiskt med ständiga förbättringar",
            *("Minst 10 genomförda förbättringar", "10", "st", "min", ""),
            *(_SO_FAR, "10", "", "unchanged", "Rapporten skriver +10: fler än tio"),
        ),
        (
            "Rutiner är välförankrade och framtagna tillsammans",
            "Förbättra förankring, användning och uppföljning av rutiner",
            *("Rutiner ska finnas tillgängliga och kända", "", "", "judged", ""),
            *(_TERTIAL, "", "partly", "improving", "En del återstår"),
        ),
    ),
    "Medarbetare": (
        (
            *(_HEALTHY, "Sjukfrånvaro", "3,5 %", "3.5", "percent", "max", ""),
            *(_SO_FAR, "5.2", "", "unchanged", "Rapportens text anger ett annat värde"),
        ),
        (
            *(_HEALTHY, "Extratid", "Minska", "", "", "decrease", ""),
            *(_TERTIAL, "", "", "improving", "Övertiden lägre än i tertial 1"),
        ),
        (
            *("Rätt använd kompetens", "Andel konsultkostnader – inhyrd bemanning"),
            *("Minska", "", "", "decrease", ""),
            *(_TERTIAL, "", "reached", "unchanged", "Uppnått i tertialet; helåret blir högre"),
        ),
        (
            "Alla enheter ska ha förbättringsmöten",
            "Antal enheter med schemalagda förbättringsmöten",
            *("Nytt mått", "", "percent", "judged", ""),
            *(_TERTIAL, "60", "partly", "unchanged", "Ungefärlig andel; alla enheter under 2020"),
        ),
    ),
    "Ekonomi": (
        (
            *(_LASTING, "Divisionen bedriver verksamhet inom budget"),
            *("Resultat enligt budget", "0", "mnkr", "min", ""),
            *(_SO_FAR, "10.5", "", "improving", "Avvikelse mot budget för perioden"),
        ),
        (
            _LASTING,
            "Divisionen ska aktivt arbeta med att minska Region Norrbottens investeringar",
            *("Minska från utfall IT-investeringar 2019", "", "mnkr", "decrease", ""),
            *(_SO_FAR, "0.4", "reached", "improving", "Utfallet 2019 är inte angivet"),
        ),
        (
            _LASTING,
            "Divisionen verkställer de ekonomiska åtgärder som identifieras i översynen 2019",
            *("Minska kostnadsutfall", "", "", "decrease", ""),
            *(_TERTIAL, "", "partly", "unchanged", "Större åtgärder väntar på beslut"),
        ),
    ),
}

_DESK, _MAJOR = "Inkomna ärenden servicedesk", "Större driftstörningar"
#: measure, unit, period, value, measured in, qualifier, comparator, category, source
_STATISTICS = (
    (_MAJOR, DIVISION, "2020-T1", "2", "st", "", "", "drift", "Delårsrapport augusti 2020"),
    (_MAJOR, DIVISION, _TERTIAL, "0", "st", "", "2020-T1", "drift", "Delårsrapport augusti 2020"),
    *(
        (_DESK, "6404", month, cases, "ärenden", "", "", "ärenden", "Ärendesystemet")
        for month, cases in (
            *(("2019-06", "5212"), ("2019-07", "3148"), ("2019-08", "5630")),
            *(("2020-06", "5874"), ("2020-07", "3391"), ("2020-08", "6022")),
        )
    ),
)

#: assignment, ordered by, progress, report, reason
_ASSIGNMENTS = (
    (
        "Regionens behov av lagring och återsökning av ultraljudsbilder",
        *("Utvecklingsrådet (beslut)", "deprioritised"),
        *("Uppdraget har sen tidigare prioriterats ner", "resursbrist"),
    ),
    (
        "Övertagande av investeringsplanering och tillhörande driftbudget",
        *("", "stalled", "Uppdraget har inte kommit framåt", "pågående omställningsarbete"),
    ),
    (
        *("Förvaltningsetableringar inom MT", "", "in_progress"),
        "Etablering på tekniksidan pågår; samtliga förvaltningsobjekt har FLIT och systemägare; "
        "bemanning på verksamhetssidan ej slutförd",
        "covid-19 och annan prioritering",
    ),
)

_OTHER = "Övriga kostnader"
#: line, amount, text, memo
_VARIANCES = (
    (
        *("", "4000000.00"),
        *("Positiv avvikelse mot periodbudget (vakanser/personalomsättning)", "no"),
    ),
    ("", "6300000.00", "Överskott övriga kostnader", "no"),
    (
        *("", "2600000.00"),
        *("Avskrivningstid 3 till 5 år för tillgångar aktiverade 2018-2020", "no"),
    ),
    (
        *(_OTHER, "7000000.00"),
        "Inköp av IT-utrustning, kommunikationsutrustning och övrig förbrukningsmaterial",
        "no",
    ),
    (
        *(_OTHER, "1700000.00"),
        *("Avsaknad av underhåll- och serviceavtal videoutrustning m.m.", "no"),
    ),
    (_OTHER, "2500000.00", "Återhållsamhet utbildningar, konferenser, resor m.m.", "no"),
    (
        *(_OTHER, "-2000000.00"),
        *("MT-serviceavtal (extern service steriltekniska produkter)", "no"),
    ),
    (_OTHER, "-1700000.00", "Programlicenser, främst Microsoft Office", "no"),
    (_OTHER, "-1400000.00", "Konsulter", "no"),
    (_OTHER, "-1700000.00", "Extraordinära kostnader covid-19 (ingår i utfallet)", "yes"),
)

#: line, amount, text: of the forecast's variance
_FORECAST = (
    ("", "5000000.00", "Fortsatt överskott på personalkostnadssidan"),
    ("", "1700000.00", "Överskott personalomkostnader"),
    ("", "2900000.00", "Överskott kategorin övriga kostnader"),
    ("", "1200000.00", "Överskott avskrivningskostnader"),
)

#: line, estimate, amount, hours, text
_ESTIMATES = (
    (
        *("Personalkostnader", "booked_elsewhere", "-2200000.00", ""),
        "RKL, LKL (ej bokfört på produkt 0630)",
    ),
    ("Personalkostnader", "forecast", "-2500000.00", "", ""),
    ("Övriga kostnader", "forecast", "-2400000.00", "", ""),
    ("", "hours", "", "4779.00", "Mars till augusti, utöver chefers arbete i RKL och LKL"),
    ("", "overtime_hours", "", "76.00", "Ungefärligt"),
)

_PRINTED = "Divisionens delårsrapport augusti 2020"

#: section, text; figures are live, or cited where the ledger does not hold them
_COMMENTARY = (
    (
        "sammanfattning",
        "Målen för en tillgänglig och säker miljö nås i stort, och de ekonomiska målen med "
        "marginal: resultatet är {fig:result.total.variance|mnkr} bättre än budget, och "
        "personalkostnaderna står för "
        "{fig:lines.Personalkostnader+Personalomkostnader.variance|mnkr} av det.\n"
        "Läget är ansträngt: få bär mycket, och sjukfrånvaron, "
        "{fig:sick_leave.total.percent|percent 1} från januari till augusti, ligger över målet.",
    ),
    (
        "verksamhet",
        "Driften är stabil. Divisionens särskilda uppdrag har fortsatt prioriterats ned.",
    ),
    (
        "verksamhet/Stabil IT- och MT-miljö",
        "Två större driftstörningar inträffade under tertial 1, ingen under tertial 2. Underhållet "
        "nådde inte riktigt målet, eftersom flyttar av vårdavdelningar gick före; det bedöms nås "
        "nästa period.",
    ),
    (
        "verksamhet/Mobila lösningar",
        "Införandet är delvis efter plan på grund av covid-19; målet är fortfarande kvartal 1 "
        "2021.",
    ),
    (
        "medarbetare",
        "Divisionen har {fig:headcount.permanent.people} tillsvidareanställda, och "
        "{fig:headcount.employed.change_year_start|size} färre är anställda än vid årsskiftet. "
        "Kompetensförsörjningen går före annat, och sjukfrånvaron sjunker från en hög nivå.\n"
        "Konsulterna blir dyrare än budgeterat: årsprognosen är "
        "{cite:" + _PRINTED + "|2,9 mnkr} sämre än budget. Omkring "
        "{fig:scorecard.Antal enheter med schemalagda förbättringsmöten.value|percent} av "
        "enheterna har schemalagda förbättringsmöten; målet är alla under 2020.",
    ),
    (
        "ekonomi",
        "Överskottet kommer av ändrade rutiner för datorbyten, av vakanser och av återhållsamhet. "
        "Det är nödvändigt för målet, men kan drabba leveransen.",
    ),
    (
        "resultatutveckling",
        "Utfallet är {fig:result.total.outcome|mnkr signed}, "
        "{fig:result.total.variance|mnkr} bättre än budget. Avskrivningarna är "
        "{fig:lines.Avskrivningar.variance|mnkr} lägre, eftersom avskrivningstiden för tillgångar "
        "från 2018 till 2020 är ändrad från 3 till 5 år. Extra kostnader för covid-19, "
        "{fig:special.Övriga kostnader.booked|mnkr size}, belastar övriga kostnader.",
    ),
    (
        "kostnadsutveckling",
        "Den främsta förklaringen är färre inköpta datorer. Utan covid-19 och direktavskriven "
        "utrustning till Sunderby anger divisionen minskningen till "
        "{cite:" + _PRINTED + "|16,7 mnkr (11,6 %)}.",
    ),
    (
        "särskild uppföljning",
        "Av övriga kostnader är {fig:marked_accounts.5310+5320+6790.outcome|mnkr size} "
        "förbrukningsmaterial, reservdelar och externa tjänster för medicinsk teknik, "
        "{fig:marked_accounts.5710.outcome|mnkr size} hyra av pumpar och analysatorer, "
        "{fig:marked_accounts.5510.outcome|mnkr size} IT-utrustning och "
        "{fig:marked_accounts.5910.outcome|mnkr size} transporter.\n"
        "Arbetet har tagit {fig:special.total.hours} timmar, varav omkring "
        "{fig:special.total.overtime_hours} övertid. Personalkostnaderna är "
        "{fig:special.Personalkostnader.total|mnkr size} med sociala avgifter.",
    ),
    (
        "årsprognos",
        "Prognosen är {fig:result.total.forecast|mnkr signed}. Personalkostnaderna blir "
        "{fig:lines.Personalkostnader.forecast_variance|mnkr 0} och personalomkostnaderna "
        "{fig:lines.Personalomkostnader.forecast_variance|mnkr} bättre än budget, övriga kostnader "
        "{fig:lines.Övriga kostnader.forecast_variance|mnkr} och avskrivningar "
        "{fig:lines.Avskrivningar.forecast_variance|mnkr}.",
    ),
    (
        "ekonomisk handlingsplan",
        "Effekten är {fig:action_plan.total.effect|mnkr} mot uppdragets "
        "{fig:action_plan.total.phased|mnkr}, och året bedöms bli "
        "{fig:action_plan.total.forecast_variance|mnkr} bättre än uppdraget. Planen har utökats "
        "med fem uppsägningar i april, och färre datorer byts.",
    ),
    (
        "åtgärder för att uppnå ekonomi i balans",
        "Ett resursforum för hela divisionen prövar bemanning, konsulter och avrop löpande.",
    ),
    (
        "investeringar",
        "Takten är lägre än planerat, eftersom upphandlingar från tidigare år är försenade. I "
        "IT-miljön är {fig:investments.IT.outcome|mnkr} investerade och i tyst vårdmiljö "
        "{fig:investments.Tystvårdmiljö.outcome|mnkr}. Av äldre ramar för medicinsk teknik är "
        "{fig:investments.MT.decided_before|mnkr 0} använda, av årets ram på "
        "{fig:investments.MT.frame|mnkr 0} bara {fig:investments.MT.decided_this_year|mnkr}.",
    ),
)


def write(folder: Path) -> None:
    """scorecard-, statistics-, assignments-, variances-, followup- and commentary-2020-T2.csv."""
    write_csv(
        folder / "scorecard-2020-T2.csv",
        "unit,perspective,success_factor,indicator,goal,target,measured_in,direction,due,period,"
        "value,fulfilment,trend,comment",
        [(DIVISION, name, *row) for name, rows in _SCORECARD.items() for row in rows],
    )
    write_csv(
        folder / "statistics-2020-T2.csv",
        "measure,unit,period,value,measured_in,qualifier,comparator,category,source",
        list(_STATISTICS),
    )
    write_csv(
        folder / "assignments-2020-T2.csv",
        "assignment,unit,ordered_by,progress,report,reason",
        [(name, DIVISION, *rest) for name, *rest in _ASSIGNMENTS],
    )
    write_csv(
        folder / "variances-2020-T2.csv",
        "unit,line,period,amount,text,memo,figure",
        [
            *((DIVISION, line, "2020-08", *rest, "variance") for line, *rest in _VARIANCES),
            *((DIVISION, line, "2020-08", *r, "no", "forecast_variance") for line, *r in _FORECAST),
        ],
    )
    write_csv(
        folder / "followup-2020-T2.csv",
        "mark,unit,line,period,estimate,amount,hours,text",
        [("covid-19", DIVISION, line, "2020-08", *rest) for line, *rest in _ESTIMATES],
    )
    write_csv(
        folder / "commentary-2020-T2.csv",
        "section,unit,period,text",
        [(section, DIVISION, "2020-08", text) for section, text in _COMMENTARY],
    )
