"""What the division follows up beside the books, August 2020: FACT, but for what is said here.

FACT (`facts/scorecard.csv`, `facts/assignments.csv`, `facts/variance_explanations.csv`) are the
indicators, their targets, values and what is left of their symbols; the assignments and how they
go; the explanations and their amounts. Fulfilment and trend are judged only where the report's
symbol or text is left and value and target do not say it. FACT, in the running text, are the
major incidents and the hours of covid-19.

MADE are the cases of the service desk, the periods that the report does not name, and the texts
of sections: our own words, and no figures.
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
_COVID, _OVERTIME = "Arbetade timmar covid-19", "Arbetade timmar covid-19, därav övertid"
#: measure, unit, period, value, measured in, qualifier, comparator, category, source
_STATISTICS = (
    (_MAJOR, DIVISION, "2020-T1", "2", "st", "", "", "drift", "Delårsrapport augusti 2020"),
    (_MAJOR, DIVISION, _TERTIAL, "0", "st", "", "2020-T1", "drift", "Delårsrapport augusti 2020"),
    *(
        (measure, DIVISION, "2020-03--2020-08", value, "timmar", qualifier, "", "covid-19", "LKL")
        for measure, value, qualifier in ((_COVID, "4779", ""), (_OVERTIME, "76", "about"))
    ),
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

#: section, text
_COMMENTARY = (
    (
        "sammanfattning",
        "Målen för en tillgänglig och säker miljö nås i stort, och de ekonomiska målen med "
        "marginal. Läget är ansträngt: få bär mycket, och sjukfrånvaron ligger över målet.",
    ),
    (
        "verksamhet",
        "Driften är stabil. Underhållet nådde inte riktigt målet, eftersom flyttar av "
        "vårdavdelningar gick före; det bedöms nås nästa period.",
    ),
    (
        "medarbetare",
        "Färre är anställda än vid årsskiftet. Kompetensförsörjningen går före annat, och "
        "sjukfrånvaron sjunker från en hög nivå.",
    ),
    (
        "ekonomi",
        "Överskottet kommer av ändrade rutiner för datorbyten, av vakanser och av återhållsamhet. "
        "Det är nödvändigt för målet, och oroar för leveransen.",
    ),
    (
        "investeringar",
        "Takten är lägre än planerat, eftersom upphandlingar från tidigare år är försenade.",
    ),
)


def write(folder: Path) -> None:
    """scorecard-, statistics-, assignments-, variances- and commentary-2020-T2.csv."""
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
        "unit,line,period,amount,text,memo",
        [(DIVISION, line, "2020-08", *rest) for line, *rest in _VARIANCES],
    )
    write_csv(
        folder / "commentary-2020-T2.csv",
        "section,unit,period,text",
        [(section, DIVISION, "2020-08", text) for section, text in _COMMENTARY],
    )
