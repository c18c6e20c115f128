"""The kinds of tables of internal control: activities and what they came to, measures, materiality,
populations to draw from, assessments."""

from __future__ import annotations

from intake.columns import UNIT, Column, Kind

_METHODS = {
    "stickprov": "sample",
    "totalgranskning": "all_items",
    "analys": "analysis",
    "observation": "observation",
    "självskattning": "self_assessment",
}
_FREQUENCIES = {
    "löpande": "continuous",
    "månad": "month",
    "månadsvis": "month",
    "kvartal": "quarter",
    "tertial": "tertial",
    "halvår": "half_year",
    "år": "year",
    "årligen": "year",
}
_CONCLUSIONS = {
    "tillräcklig": "adequate",
    "brister": "deficient",
    "ej_utförd": "not_performed",
    "ej_utfört": "not_performed",
    "ej_bedömbar": "not_assessable",
    "ej_bedömbart": "not_assessable",
}
_STATES = {"planerad": "planned", "avförd": "withdrawn"}
_PROGRESS = {
    "ej_påbörjad": "open",
    "pågår": "in_progress",
    "klar": "done",
    "utförd": "done",
    "avskriven": "dropped",
}
_RESULTS = {
    "utan_anmärkning": "fine",
    "ok": "fine",
    "avvikelse": "deviation",
    "felbelopp": "misstatement",
    "saknas": "missing",
}

_CONTROL = Column("control", "text", ("kontroll",), "its short name in the year, as K1", True, True)
_YEAR = Column("year", "year", ("år",), "the fiscal year, by the year it begins in", True, True)
_ANY_UNIT = Column("unit", "code", UNIT.swedish, "the unit that it is of", of="unit")
_REASON = Column("reason", "text", ("skäl",), "why what is on record changes (erasable)")

CONTROL = Kind(
    "control",
    "internkontroll",
    "Control activities, and what they came to. A name that is new in its year is planned: it "
    "wants unit, text, method, frequency and responsible, and a sample its population. A row with "
    "a conclusion performs it, through its period; not performed and not assessable want because. "
    "What changes the record, and what is added once the plan is adopted, wants a reason; what a "
    "row leaves empty stands.",
    (
        _CONTROL,
        _YEAR,
        _ANY_UNIT,
        Column("text", "text", ("kontrollmoment",), "what is controlled (erasable)"),
        Column("risk", "text", ("risknamn",), "the risk, by its name in the register, or"),
        Column("risk_text", "text", ("risk_i_ord",), "in words (erasable)"),
        Column("probability", "number", ("sannolikhet",), "class of the matrix, from 1"),
        Column("consequence", "number", ("konsekvens",), "class of the matrix, from 1"),
        Column(
            "method",
            "word",
            ("kontrollmetod", "metod"),
            "sample, all_items, analysis, observation or self_assessment",
            words=_METHODS,
        ),
        Column("population", "text", ("population",), "what is drawn from, or looked at"),
        Column("tolerable", "decimal", ("godtagbar_andel",), "rate that can be borne, as 0,05"),
        Column("confidence", "decimal", ("konfidens",), "how sure the answer is, as 0,95"),
        Column("responsible", "text", ("ansvarig",), "the role that performs it (erasable)"),
        Column("recipient", "text", ("mottagare",), "who is told (erasable)"),
        Column(
            "frequency",
            "word",
            ("frekvens", "utförs"),
            "continuous, month, quarter, tertial, half_year or year",
            words=_FREQUENCIES,
        ),
        Column("due", "date", ("senast",), "the day by which it is concluded"),
        Column("state", "word", ("läge",), "planned or withdrawn; else planned", words=_STATES),
        Column("period", "month", ("period",), "the month through which it is concluded"),
        Column(
            "conclusion",
            "word",
            ("slutsats",),
            "adequate, deficient, not_performed or not_assessable",
            words=_CONCLUSIONS,
        ),
        Column("performed_on", "date", ("utförd_den",), "the day it was performed"),
        Column("result", "text", ("resultat",), "the result in words (erasable)"),
        Column("because", "text", ("orsak",), "why not performed or assessable (erasable)"),
        Column("sample", "text", ("urval",), "the sample that it stands on"),
        _REASON,
    ),
    "control;year;unit;text;method;population;responsible;frequency\n"
    "K1;2020;10;Attest av fakturor;stickprov;Leverantörsfakturor;ekonom;tertial\n",
    also=("controls", "internkontroll"),
)
CONTROL_MEASURE = Kind(
    "control_measure",
    "kontrollåtgärd",
    "What is done about the result of a control, and how it goes, until it is done: also in later "
    "years, under the year of the control. A new name is decided; one on record is reported where "
    "the row has progress or report, and decided otherwise with a reason.",
    (
        _CONTROL,
        _YEAR,
        _ANY_UNIT,
        Column("measure", "text", ("åtgärdsnamn",), "its short name", True, True),
        Column("text", "text", ("åtgärd",), "what is to be done (erasable)"),
        Column("responsible", "text", ("ansvarig",), "whose it is (erasable)"),
        Column("due", "date", ("senast",), "the day by which it is done"),
        Column(
            "progress",
            "word",
            ("status",),
            "open, in_progress, done or dropped",
            words=_PROGRESS,
        ),
        Column("report", "text", ("återrapport",), "how it goes, in words (erasable)"),
        Column("reported_on", "date", ("återrapporterat_den",), "the day of the report"),
        _REASON,
    ),
    "control;year;measure;text;responsible;due;progress\n"
    "K1;2020;M1;Utbilda attestanter;ekonomichef;2020-12-31;pågår\n",
    also=("control_measures",),
)
MATERIALITY = Kind(
    "materiality",
    "väsentlighet",
    "What is material in a unit and all below it: kronor without sign. Samples are planned by "
    "performance, and errors below trivial are counted, not listed. Set otherwise with a reason.",
    (
        _YEAR,
        Column("unit", "code", UNIT.swedish, "the unit", required=True, of="unit"),
        Column("overall", "amount", ("väsentlighetstal",), "the whole", True, True),
        Column("performance", "amount", ("arbetsväsentlighet",), "to plan by", True, True),
        Column("trivial", "amount", ("uppenbart_obetydligt",), "not worth a line", True, True),
        Column("basis", "text", ("grund",), "what it is reckoned from"),
        Column("decision", "text", ("beslut",), "reference of the decision"),
        _REASON,
    ),
    "year;unit;overall;performance;trivial;basis\n"
    "2020;10;2000000;1500000;60000;1 procent av bruttokostnaden\n",
)
POPULATION = Kind(
    "population",
    "population",
    "A list to draw from that is no part of the books: assignments, projects, contracts. Each item "
    "has a code that names nobody. Source, day and who vouches that the list is complete are said "
    "once a list. Another list under the same name is a new version.",
    (
        Column("population", "text", ("population",), "the list's name", True, True),
        Column("item", "text", ("post", "objekt"), "the item's code", True, True),
        Column("amount", "amount", ("belopp",), "kronor, of all items or of none"),
        Column("stratum", "text", ("stratum", "skikt"), "a part to draw from by itself"),
        Column("text", "text", (), "what it is (erasable)"),
        Column("origin", "text", ("källa",), "where the list comes from", required=True),
        Column("as_of", "date", ("per_den",), "the day that it shows"),
        Column("vouched_by", "text", ("intygas_av",), "who vouches for it (erasable)", True),
    ),
    "population;item;amount;text;origin;as_of;vouched_by\n"
    "Projekt;P-17;250000;Nytt arkiv;Projektregistret;2020-08-31;projektkontoret\n"
    "Projekt;P-18;90000;Byte av växel;;;\n",
    also=("populations", "populationer"),
)
ASSESSMENT = Kind(
    "assessment",
    "bedömning",
    "What the items of a sample were found to be. A misstatement has the audited amount, in the "
    "sign of the item. Who assessed is who imports, unless the row says. Assessed otherwise than "
    "on record with a reason.",
    (
        Column("sample", "text", ("urval",), "the sample", True, True),
        Column("item", "text", ("post",), "the event's position, or the list's item", True, True),
        Column("attribute", "text", ("egenskap",), "what of it was tested, if several things"),
        Column(
            "result",
            "word",
            ("resultat",),
            "fine, deviation, misstatement or missing",
            True,
            True,
            words=_RESULTS,
        ),
        Column("audited", "amount", ("reviderat_belopp",), "what should have been booked"),
        Column("evidence", "text", ("bevis",), "SHA-256 of what shows it"),
        Column("assessor", "text", ("bedömd_av",), "who assessed (erasable)"),
        Column("assessed_on", "date", ("bedömd_den",), "the day"),
        Column("cause", "text", ("orsak",), "why it came so (erasable)"),
        Column("consequence", "text", ("följd",), "what it leads to (erasable)"),
        Column("measure", "text", ("åtgärd",), "what is done about it (erasable)"),
        Column("owner", "text", ("ägare",), "whose that is (erasable)"),
        Column("due", "date", ("senast",), "by when"),
        Column("comment", "text", ("kommentar",), "in words (erasable)"),
        _REASON,
    ),
    "sample;item;result;assessed_on\nS1;1234;utan anmärkning;2020-09-14\n",
    also=("assessments", "bedömningar"),
)

#: The kinds of this module, in the order of the documentation.
CONTROLLED = (CONTROL, CONTROL_MEASURE, MATERIALITY, POPULATION, ASSESSMENT)
