"""The kinds of tables that follow up beside the books: scorecard, statistics, assignments,
commentary, and what explains variances."""

from __future__ import annotations

from intake.columns import AMOUNT, REPORT_LINE, UNIT, VALID_FROM, Column, Kind

_DIRECTIONS = {
    "högst": "max",
    "minst": "min",
    "minska": "decrease",
    "öka": "increase",
    "milstolpe": "milestone",
    "bedöms": "judged",
}
_FULFILMENTS = {
    "uppfylld": "reached",
    "uppfyllt": "reached",
    "delvis": "partly",
    "delvis_uppfyllt": "partly",
    "ej_uppfyllt": "not",
    "ej": "not",
}
_TRENDS = {"förbättrad": "improving", "oförändrad": "unchanged", "försämrad": "worsening"}
_QUALIFIERS = {"ca": "about", "cirka": "about", "drygt": "over", "knappt": "under"}
_PROGRESS = {
    "ej_påbörjat": "open",
    "pågår": "in_progress",
    "står_stilla": "stalled",
    "nedprioriterat": "deprioritised",
    "redovisat": "reported",
}
_STATES = {"öppet": "open", "stängt": "closed"}
_FIGURES = {"avvikelse": "variance", "prognosavvikelse": "forecast_variance"}
_ESTIMATES = {
    "bokfört_på_annat": "booked_elsewhere",
    "uppskattat": "estimated",
    "förlorad_intäkt": "lost_income",
    "prognos": "forecast",
    "timmar": "hours",
    "varav_övertid": "overtime_hours",
}
_YES = {"ja": "yes", "nej": "no"}
_STANDING = {"gäller": "standing", "återtagen": "withdrawn"}

_ANY_UNIT = Column("unit", "code", UNIT.swedish, "the unit that it is of", of="unit")
_INTERVAL = (
    "2020-08, 2020-T2, 2020-H1, 2020-Q3, 2020, 2020-W38, 2020-10-23 or 2020-01--2020-08; "
    "calendar years"
)
_REASON = Column("reason", "text", ("skäl",), "why what is on record changes (erasable)")
_MEASURED_IN = Column("measured_in", "text", ("måttenhet",), "its unit, as st, percent, mnkr")

SCORECARD = Kind(
    "scorecard",
    "styrkort",
    "Indicators and what they were measured at. A new indicator (a name of its own within its "
    "unit) wants perspective, success_factor and direction; one on record is defined anew where "
    "the row says otherwise. A row with a period measures it, and the period is the basis: a "
    "tertial alone, the year so far, twelve months; a period on record is restated. What changes "
    "the record wants a reason; what a row leaves empty stands. Fulfilment and trend are judged "
    "only where value, target, direction and history do not say them.",
    (
        UNIT,
        Column("perspective", "text", ("perspektiv",), "the perspective"),
        Column("success_factor", "text", ("framgångsfaktor",), "the division's goal"),
        Column("indicator", "text", ("indikator", "styrmått"), "what is measured", True, True),
        Column("goal", "text", ("mått_för_måluppfyllelse",), "the target in words"),
        Column("target", "decimal", ("mål", "målvärde"), "the target as a number"),
        Column("partly", "decimal", ("delvis_från",), "from where it is partly reached"),
        Column("base", "decimal", ("utgångsvärde",), "what decrease and increase are against"),
        _MEASURED_IN,
        Column(
            "direction",
            "word",
            ("riktning",),
            "max, min, decrease, increase, milestone or judged",
            words=_DIRECTIONS,
        ),
        Column("due", "month", ("klart_senast",), "the month of a milestone"),
        Column(
            "valid_from", "month", VALID_FROM.swedish, "from when it is so defined; else always"
        ),
        Column("period", "interval", ("period", "månad"), _INTERVAL),
        Column("value", "decimal", ("värde", "utfall"), "what it was measured at"),
        Column(
            "fulfilment",
            "word",
            ("måluppfyllelse",),
            "reached, partly or not",
            words=_FULFILMENTS,
        ),
        Column(
            "trend",
            "word",
            ("utveckling",),
            "improving, unchanged or worsening",
            words=_TRENDS,
        ),
        Column("comment", "text", ("kommentar",), "in words (erasable)"),
        _REASON,
    ),
    "unit;perspective;success_factor;indicator;goal;target;measured_in;direction;period;value\n"
    "10;Medarbetare;God arbetsmiljö;Sjukfrånvaro;Högst 3,5 %;3,5;percent;max;2020-T2;5,2\n",
    also=("scorecards",),
)
STATISTIC = Kind(
    "statistic",
    "statistik",
    "Figures of any interval, of an own unit or of others. The change against the comparator is "
    "computed wherever both values are known; only where they are not may it be stated. Without "
    "a comparator it is the same period of the year before, if that is on record. A figure on "
    "record is restated with a reason; what a row leaves empty stands.",
    (
        Column("measure", "text", ("mått",), "what is counted", True, True),
        Column("unit", "code", UNIT.swedish, "an own unit, or", of="unit"),
        Column("subject", "text", ("avser",), "whom else it is of, as the country"),
        Column("period", "interval", ("period", "månad"), _INTERVAL, True, True),
        Column("value", "decimal", ("värde",), "the figure"),
        _MEASURED_IN,
        Column(
            "comparator",
            "text",
            ("jämförelse",),
            "what it is compared with: a period, a unit or a subject, or words",
        ),
        Column("comparator_value", "decimal", ("jämförelsevärde",), "its value, if not on record"),
        Column(
            "change_percent",
            "decimal",
            ("förändring_procent",),
            "a change that the source states of values that it does not give",
        ),
        Column(
            "qualifier",
            "word",
            ("precision",),
            "about, over or under, where it is no exact figure",
            words=_QUALIFIERS,
        ),
        Column("category", "text", ("kategori",), "as production, accessibility, cases"),
        Column("source", "text", ("källa",), "who says so"),
        Column("lag", "number", ("eftersläpning",), "months until a period's figure is complete"),
        Column("comment", "text", ("kommentar",), "in words (erasable)"),
        _REASON,
    ),
    "measure;subject;period;value;measured_in;comparator;comparator_value;source\n"
    "Patientnämndsärenden;Akutmottagningen;2020-T2;17;ärenden;2019-T2;32;Patientnämnden\n",
    either=(("unit", "subject"),),
    also=("statistics",),
)
ASSIGNMENT = Kind(
    "assignment",
    "uppdrag",
    "What the organisation was told to do. A new name is a new assignment; one on record is given "
    "anew where the row says otherwise, reported back where it has progress or report, and closed "
    "where its state says so. When is a day, or words; a day that no calendar has is refused in "
    "either. What changes the record wants a reason; what a row leaves empty stands.",
    (
        Column("assignment", "text", ("uppdrag",), "a short name of its own", True, True),
        _ANY_UNIT,
        Column("ordered_by", "text", ("uppdragsgivare",), "who ordered it (erasable)"),
        Column("decision", "text", ("beslut",), "reference to the decision"),
        Column("responsible", "text", ("ansvarig",), "the role that is responsible (erasable)"),
        Column("text", "text", ("beskrivning",), "what is to be done (erasable)"),
        Column("due", "date", ("senast",), "the day, or"),
        Column("due_text", "text", ("senast_i_ord",), "when, in words"),
        Column(
            "progress",
            "word",
            ("status",),
            "open, in_progress, stalled, deprioritised or reported",
            words=_PROGRESS,
        ),
        Column("report", "text", ("återrapport",), "how it goes (erasable)"),
        Column("reported_on", "date", ("återrapporterat",), "the day it was reported back"),
        Column("state", "word", ("läge",), "open or closed; else open", words=_STATES),
        Column("reason", "text", ("skäl",), "why it goes so, changes, or is closed (erasable)"),
    ),
    "assignment;unit;ordered_by;due;progress;report\n"
    "Regulatoriskt ansvarig;10;Regionstyrelsen;2021-05-26;pågår;Rekrytering pågår\n",
    also=("assignments",),
)
COMMENTARY = Kind(
    "commentary",
    "kommentarer",
    "Texts of a report's sections. Another text of the same section, unit and month takes the "
    "earlier one's place, as a new version.",
    (
        Column("section", "text", ("avsnitt",), "the section, as personnel", True, True),
        UNIT,
        Column("period", "month", ("period", "månad"), "the month", True, True),
        Column("text", "text", (), "the text (erasable)", True, True),
    ),
    "section;unit;period;text\nsammanfattning;10;2020-08;Divisionen redovisar ett överskott.\n",
    also=("kommentar", "comments"),
)
VARIANCE = Kind(
    "variance",
    "avvikelse",
    "What explains a variance against budget, of a unit and all below it, accumulated through the "
    "month, or of its forecast for the year. Explanations need not sum to the variance: what is "
    "left is shown. The same text with another amount takes the earlier one's place, with a "
    "reason.",
    (
        UNIT,
        Column("line", "text", REPORT_LINE, "the line of the report structure; else the result"),
        Column("period", "month", ("period", "månad"), "through which month", True, True),
        Column(
            "amount",
            "amount",
            AMOUNT.swedish,
            "kronor, better than budget is positive",
            required=True,
        ),
        Column("text", "text", (), "what explains it (erasable)", True, True),
        Column(
            "figure",
            "word",
            ("avser",),
            "variance (of the period) or forecast_variance (of the year); else variance",
            words=_FIGURES,
        ),
        Column(
            "memo",
            "word",
            ("därav",),
            "yes for what the variance holds already and no sum counts; else no",
            words=_YES,
        ),
        Column("state", "word", ("läge",), "standing or withdrawn; else standing", words=_STANDING),
        _REASON,
    ),
    "unit;line;period;amount;text\n10;Övriga kostnader;2020-08;7000000;Färre inköpta datorer\n",
    also=("variances", "avvikelser", "explanations"),
)

FOLLOWUP = Kind(
    "followup",
    "uppskattning",
    "What no entry under a mark says, as it stands from the fiscal year's first month through the "
    "period: what is booked elsewhere, what is only estimated, income that was lost (amounts of a "
    "line), hours and overtime, and the forecast of the year. Of what is on record a new figure "
    "takes the place, with a reason.",
    (
        Column("mark", "text", ("märkning",), "the mark, as covid-19", True, True),
        UNIT,
        Column("line", "text", REPORT_LINE, "the line; none where it is hours"),
        Column("period", "month", ("period", "månad"), "through which month", True, True),
        Column(
            "estimate",
            "word",
            ("slag",),
            "booked_elsewhere, estimated, lost_income, forecast, hours or overtime_hours",
            True,
            True,
            words=_ESTIMATES,
        ),
        Column("amount", "amount", AMOUNT.swedish, "kronor, result sign"),
        Column("hours", "quantity", ("timmar",), "hours, two decimals at most"),
        Column("text", "text", (), "in words (erasable)"),
        _REASON,
    ),
    "mark;unit;line;period;estimate;amount;text\n"
    "covid-19;10;Personalkostnader;2020-08;booked_elsewhere;-2200000;Krisledning\n",
    either=(("amount", "hours"),),
    also=("estimates", "uppskattningar", "merkostnader"),
)
ATTACHMENT = Kind(
    "attachment",
    "bilaga",
    "Documents attached to the reports of a unit and a month, each by its number and the SHA-256 "
    "of its bytes; the documents stay where they are. `ledger record attachment` takes `file=PATH` "
    "in place of the digest. Another document under a number on record wants a reason.",
    (
        Column("number", "code", ("nummer",), "as it is cited, as 1", True, True),
        UNIT,
        Column("period", "month", ("period", "månad"), "the month", True, True),
        Column("title", "text", ("titel",), "what it is called (erasable)", required=True),
        Column("digest", "code", ("sha256",), "its SHA-256, 64 hex digits", True, True),
        _REASON,
    ),
    "number;unit;period;title;digest\n"
    "1;10;2020-08;Styrelsens beslut;"
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855\n",
    also=("attachments", "bilagor"),
)

#: The kinds of this module, in the order of the documentation.
FOLLOWED = (SCORECARD, STATISTIC, ASSIGNMENT, COMMENTARY, VARIANCE, FOLLOWUP, ATTACHMENT)
