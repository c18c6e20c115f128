"""The kinds of tables that can be imported: what each is called, and which columns it has.

One entry a kind; reading, telling kinds apart and the documentation go by this list.
What turns a kind's columns into a command stands in `intake.builders`.
"""

from __future__ import annotations

import unicodedata

from intake.columns import (
    ACCOUNT,
    ACTIVITY,
    AMOUNT,
    PERIOD,
    PRODUCT,
    PROJECT,
    REPORT_LINE,
    ROUND,
    UNIT,
    VALID_FROM,
    Column,
    ColumnType,
    Kind,
)
from intake.control_kinds import CONTROLLED
from intake.follow_kinds import FOLLOWED
from intake.plan_kinds import ACTION, INVESTMENT

_VERSIONS = {
    "ursprunglig": "original",
    "tilläggsbudget": "supplementary",
    "ombudgetering": "carried_over",
    "omdisponering": "reallocated",
    "teknisk": "technical",
    "internbudget": "internal",
}
_PHASINGS = {"jämn": "even", "jämnt": "even", "föregående_år": "last_year", "nyckel:": "key:"}
_METHODS = {
    "manuell": "manual",
    "modell": "model",
    "föregående": "previous",
}
_ASSUMPTIONS = {
    "engångspost": "one_off",
    "känt_åtagande": "known_commitment",
    "särskilda_kostnader_upphör": "end_of_special_costs",
}
_STAFFING_MEASURES = {
    "arbetad_tid": "worked",
    "ordinarie_tid": "ordinary",
    "sjukfrånvaro": "sick",
    "sjukfrånvaro_60": "sick_60",
    "jour": "on_call",
    "beredskap": "standby",
    "övertid": "overtime",
    "fyllnadstid": "additional",
    "semester": "vacation",
    "tillsvidareanställda": "permanent",
    "tillfälligt_anställda": "temporary",
    "inhyrda": "hired",
}
_SEXES = {"kvinnor": "female", "kvinna": "female", "män": "male", "man": "male"}
_AGE_GROUPS = {"-29": "up_to_29", "30-49": "30_49", "50-": "50_and_over"}
_RISK_STATES = {"öppen": "open", "stängd": "closed"}
_ROLES = {"registrerare": "recorder", "godkännare": "approver", "revisor": "auditor"}
_CHANGES = {"ges": "given", "tas": "taken"}
_TYPES = {"intäkt": "income", "kostnad": "cost", "tillgång": "asset", "skuld": "liability"}
_HOLD_STATES = {"lagt": "placed", "hävt": "lifted"}
_DIMENSIONS = {"produkt": "product", "projekt": "project", "verksamhet": "activity"}
OWN_COUNTERPARTY = Column("counterparty_unit", "code", ("motpartsenhet",), "an own unit", of="unit")

OUTCOME = Kind(
    "outcome",
    "utfall",
    "What was booked, a row a posting. Rows with the same voucher and date are one voucher, "
    "which sums to zero; a row without voucher stands alone.",
    (
        PERIOD,
        Column("date", "date", ("datum",), "the voucher's date; else the month's last day"),
        UNIT,
        ACCOUNT,
        AMOUNT,
        Column("voucher", "text", ("verifikation",), "series and number, as A 1001"),
        Column("row", "number", ("rad",), "the row of the voucher; else in the file's order"),
        Column("text", "text", (), "free text (erasable)"),
        PROJECT,
        PRODUCT,
        ACTIVITY,
        Column("counterparty", "text", ("motpart",), "an external counterparty (erasable)"),
        OWN_COUNTERPARTY,
        Column("registered_at", "time", ("registrerad",), "when the source registered it"),
        Column("registered_by", "text", ("registrerad_av",), "by whom (erasable)"),
        Column("authorised_by", "text", ("attesterad_av",), "who authorised it (erasable)"),
        Column("document", "text", ("dokument",), "the voucher's document (erasable)"),
    ),
    "period;unit;account;amount;date;voucher;text\n"
    "2020-08;10;4010;-100,00;2020-08-17;A 1001;Lön\n"
    "2020-08;10;1930;100,00;2020-08-17;A 1001;Lön\n",
    either=(("period", "date"),),
)
BALANCES = Kind(
    "balances",
    "saldon",
    "Month totals: the change in a month by unit and account, for years without vouchers.",
    (
        Column("period", "month", PERIOD.swedish, PERIOD.note, required=True, filled=True),
        UNIT,
        ACCOUNT,
        AMOUNT,
        PROJECT,
        PRODUCT,
        ACTIVITY,
        OWN_COUNTERPARTY,
    ),
    "period;unit;account;amount\n2019-01;10;4010;-221255,27\n",
    also=("saldo", "balance"),
)
BUDGET = Kind(
    "budget",
    "budget",
    "What was decided, by month, or by year with a phasing, on an account or a report line.",
    (
        PERIOD,
        Column("year", "year", ("år",), "the fiscal year, as 2020, instead of a period"),
        UNIT,
        Column("account", "code", ("konto",), "the account, or", of="account"),
        Column("line", "text", REPORT_LINE, "the line of the report structure"),
        AMOUNT,
        Column(
            "phasing",
            "word",
            ("periodisering",),
            "of a year: even, last_year or key:NAME",
            words=_PHASINGS,
        ),
        Column(
            "version",
            "word",
            (),
            "original, supplementary, carried_over, reallocated, technical, internal",
            words=_VERSIONS,
        ),
        Column("decision", "text", ("beslut",), "reference to the decision"),
        PRODUCT,
    ),
    "year;unit;line;amount;phasing;version;decision\n"
    "2020;10;Personalkostnader;-1200000;even;original;RS 2019-11-27 § 210\n",
    either=(("period", "year"), ("account", "line")),
)
FORECAST = Kind(
    "forecast",
    "prognos",
    "Entries of a forecast round by unit and report line; without a period the amount is for all "
    "months after the round's.",
    (
        ROUND,
        UNIT,
        Column("line", "text", REPORT_LINE, "the line of the round's structure", True, True),
        AMOUNT,
        PERIOD,
        Column("method", "word", ("metod",), "manual, model, budget or previous", words=_METHODS),
        Column("comment", "text", ("kommentar",), "what it stands on; by hand it is required"),
    ),
    "round;unit;line;amount;method;comment\n2020-T2;10;Personalkostnader;-834872;manual;Vakanser\n",
)
ASSUMPTION = Kind(
    "assumption",
    "antagande",
    "What a forecast round rests on.",
    (
        ROUND,
        UNIT,
        Column("line", "text", REPORT_LINE, "the line of the round's structure"),
        Column(
            "kind",
            "word",
            ("slag",),
            "one_off, known_commitment or end_of_special_costs",
            True,
            True,
            words=_ASSUMPTIONS,
        ),
        Column("amount", "amount", ("belopp",), "kronor, if it can be put in figures"),
        Column("from", "month", ("från",), "the first month"),
        Column("to", "month", ("till",), "the last month"),
        Column("text", "text", (), "in words (erasable)"),
    ),
    "round;unit;line;kind;amount;from;to;text\n"
    "2020-T2;10;Personalkostnader;one_off;-250000;2020-10;2020-10;Avgångsvederlag\n",
    also=("assumptions", "antaganden"),
)
RISK = Kind(
    "risk",
    "risk",
    "What could go wrong. A new name is a new risk and wants unit, text, probability and "
    "consequence; a name on record is reassessed where the row says otherwise, and closed where "
    "its state says so: both want a reason. What a row leaves empty stands.",
    (
        Column("risk", "text", (), "a short name of its own, as R1", True, True),
        Column("unit", "code", ("enhet",), "the unit that it is of", of="unit"),
        Column("line", "text", REPORT_LINE, "the line of the forecast's structure"),
        Column("category", "text", ("kategori",), "what kind of risk, as people sort them"),
        Column("text", "text", (), "in words (erasable)"),
        Column("probability", "number", ("sannolikhet",), "its class on the matrix, from 1"),
        Column("consequence", "number", ("konsekvens",), "its class on the matrix, from 1"),
        Column("percent", "number", ("procent",), "how likely, if not as its class says"),
        Column("effect", "amount", ("effekt",), "kronor in result sign if it happens, in all"),
        Column("least", "amount", ("lindrigast",), "the mildest effect, where it is uncertain"),
        Column("most", "amount", ("värst",), "the worst effect, where it is uncertain"),
        Column("from", "month", ("från",), "the first month; else the months left of the year"),
        Column("to", "month", ("till",), "the last month"),
        Column("responsible", "text", ("ansvarig",), "the role that is responsible (erasable)"),
        Column("state", "word", ("läge",), "open or closed; else open", words=_RISK_STATES),
        Column("reason", "text", ("skäl",), "why it is reassessed or closed (erasable)"),
    ),
    "risk;unit;text;probability;consequence;effect;from;to;responsible\n"
    "R1;10;Andra våg av covid-19;3;3;-1500000;2020-10;2020-12;Verksamhetschef\n",
    also=("risks", "risker"),
)
STAFFING = Kind(
    "staffing",
    "bemanning",
    "Hours and people of a month in a unit, without those below it. Hours: worked (extra time "
    "too), ordinary, sick (of the ordinary), sick_60 (of these, in absences of 60 days or more), "
    "on_call, standby, overtime, additional, vacation. People at the month's end: permanent, "
    "temporary (these two are the employed), hired. A measure of a unit and month is parted one "
    "way in all its rows, or not at all. What is on record otherwise is restated where the row "
    "gives a reason, or all are accepted with one. The record is for ever: part so that no figure "
    "is of a single person.",
    (
        Column("period", "month", PERIOD.swedish, PERIOD.note, required=True, filled=True),
        UNIT,
        Column(
            "measure", "word", ("mått",), "one of the above", True, True, words=_STAFFING_MEASURES
        ),
        Column("value", "quantity", ("värde",), "hours, or people", True, True),
        Column("sex", "word", ("kön",), "female or male", words=_SEXES),
        Column(
            "age_group",
            "word",
            ("åldersgrupp",),
            "up_to_29, 30_49 or 50_and_over",
            words=_AGE_GROUPS,
        ),
        Column("personnel_group", "text", ("personalgrupp",), "as people group them"),
        Column("reason", "text", ("skäl",), "why a figure on record changes (erasable)"),
    ),
    "period;unit;measure;value;sex;age_group\n"
    "2020-08;10;sick;412,50;female;30_49\n2020-08;10;sick;96;male;30_49\n"
    "2020-08;10;worked;9120,25;;\n",
    also=("personal", "personnel"),
)
UNITS = Kind(
    "units",
    "enheter",
    "Units in their trees; a known one with another parent, level or name is moved.",
    (
        UNIT,
        Column("name", "text", ("namn",), "its name", True, True),
        Column("parent", "code", ("överordnad",), "the unit above; a parent's row first", of=""),
        Column("level", "text", ("nivå",), "division, area, unit …; else unit"),
        Column("tree", "text", ("träd",), "the tree; else line, the line organisation"),
        VALID_FROM,
    ),
    "unit;name;parent;level;tree;valid_from\n10;Drift;RN;area;line;2018-01\n",
    also=("unit", "enhet"),
)
ACCOUNTS = Kind(
    "accounts",
    "konton",
    "The chart of accounts.",
    (
        ACCOUNT,
        Column("name", "text", ("namn",), "its name", required=True),
        Column(
            "type",
            "word",
            ("typ",),
            "income, cost, asset or liability; else by the first digit",
            words=_TYPES,
        ),
    ),
    "account;name;type\n4010;Löner;cost\n",
    also=("account", "kontoplan"),
)
CODES = Kind(
    "codes",
    "koder",
    "Products, projects, activities and codes of free dimensions.",
    (
        Column(
            "dimension",
            "word",
            (),
            "product, project, activity, or a free dimension's number",
            True,
            words=_DIMENSIONS,
        ),
        Column("code", "code", ("kod",), "the code", required=True, of="dimension"),
        Column("name", "text", ("namn",), "its name", required=True),
    ),
    "dimension;code;name\nproduct;0630;Covid-19\n",
    also=("code", "kod"),
)
STRUCTURES = Kind(
    "structures",
    "rapportstrukturer",
    "Report structures: lines with ranges of accounts. A structure is decided whole.",
    (
        Column("structure", "text", ("struktur",), "its name", required=True),
        Column("line", "text", REPORT_LINE, "the line", required=True),
        Column("parent", "text", ("överordnad",), "the line above"),
        Column("account_from", "code", ("från_konto",), "first account", of="account"),
        Column("account_to", "code", ("till_konto",), "last account, included", of="account"),
        Column("sign", "number", ("tecken",), "1 or -1; else 1"),
        VALID_FROM,
    ),
    "structure;line;parent;account_from;account_to;sign;valid_from\n"
    "prognos;Personalkostnader;;4000;4999;1;2018-01\n",
    also=("structure", "struktur", "rapportstruktur"),
)
SETTINGS = Kind(
    "settings",
    "inställningar",
    "Named settings: default structures, divisors, thresholds, phasing keys.",
    (
        Column("setting", "text", ("inställning",), "its name", True, True),
        Column("value", "text", ("värde",), "its value", required=True),
    ),
    "setting;value\nstructure.result;prognos\n",
    also=("setting", "inställning"),
)

RETENTION = Kind(
    "retention",
    "gallringsregler",
    "How long private fields are kept: so many months after the end of the fiscal year that holds "
    "the event's period (the month it was recorded in, where it has none). A newer rule of the "
    "same family and field takes the older one's place; one of a kind of event goes before one of "
    "its family.",
    (
        Column(
            "family",
            "text",
            ("familj",),
            "a family of events, as outcome, or one kind, as outcome.posted",
            True,
            True,
        ),
        Column(
            "field", "text", ("fält",), "the private field, as text or counterparty", True, True
        ),
        Column("months", "number", ("månader",), "months kept, 0 to 1200", True, True),
        Column("decision", "text", ("beslut",), "reference to the decision", True, True),
    ),
    "family;field;months;decision\noutcome;text;84;KS 2020/12\n",
    also=("gallring",),
)
HOLD = Kind(
    "hold",
    "gallringsstopp",
    "Legal holds: nothing that a hold covers is erased while it stands. What is left empty limits "
    "nothing; what a hold cannot tell apart, such as an event without unit, it covers.",
    (
        Column(
            "reference",
            "text",
            ("referens",),
            "the hold's reference, by which it is lifted",
            True,
            True,
        ),
        Column("family", "text", ("familj",), "only that family of events"),
        Column("unit", "code", ("enhet",), "only that unit and all below it", of="unit"),
        Column("from", "month", ("från",), "the first month"),
        Column("to", "month", ("till",), "the last month"),
        Column("reason", "text", ("skäl",), "why (erasable)"),
        Column("state", "word", ("läge",), "placed or lifted; else placed", words=_HOLD_STATES),
    ),
    "reference;family;unit;from;to;reason\nFT 2020/7;outcome;10;2019-01;2020-12;Tvist om hyra\n",
    also=("holds", "stopp"),
)
ROLES = Kind(
    "roles",
    "roller",
    "Who may do what: a recorder records; an approver reviews, reopens, adopts, erases, restores "
    "and gives roles; an auditor reads. From the first role on nobody does more than their roles "
    "allow.",
    (
        Column("person", "text", (), "the name that the person acts under", True, True),
        Column(
            "role", "word", ("roll",), "recorder, approver or auditor", True, True, words=_ROLES
        ),
        Column("decision", "text", ("beslut",), "reference to the decision", True, True),
        Column("user", "text", ("användare",), "the operating system's account, to bind the name"),
        Column("change", "word", ("ändring",), "given or taken; else given", words=_CHANGES),
    ),
    "person;role;decision;user\nAnna Ek;approver;Ekonomidirektören 2020-01-07;annaek\n",
    also=("role", "roll", "behörigheter"),
)

__all__ = ["KINDS", "KNOWN_HEADERS", "Column", "ColumnType", "Kind", "by_header", "plain"]

#: Every kind of table, by its name.
KINDS: dict[str, Kind] = {
    kind.name: kind
    for kind in (
        OUTCOME,
        BALANCES,
        BUDGET,
        FORECAST,
        ASSUMPTION,
        RISK,
        ACTION,
        INVESTMENT,
        *FOLLOWED,
        *CONTROLLED,
        STAFFING,
        UNITS,
        ACCOUNTS,
        CODES,
        STRUCTURES,
        SETTINGS,
        RETENTION,
        HOLD,
        ROLES,
    )
}


def plain(name: str) -> str:
    """A header as it is compared: case, spaces, hyphens and underscores say nothing."""
    composed = unicodedata.normalize("NFC", name).casefold()
    return "".join(letter for letter in composed if letter.isalnum())


def by_header(kind: Kind) -> dict[str, str]:
    """Our column for each header, English or Swedish, that names it in this kind."""
    found = {plain(name): column.name for column in kind.columns for name in column.swedish}
    return found | {plain(column.name): column.name for column in kind.columns}


#: All headers that any kind knows.
KNOWN_HEADERS = frozenset(header for kind in KINDS.values() for header in by_header(kind))
