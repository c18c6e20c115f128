"""The kinds of tables of action plans and investments."""

from __future__ import annotations

from intake.columns import Column, Kind

_PHASINGS = {"jämn": "even", "jämnt": "even", "från:": "from:", "nyckel:": "key:"}
_VERSIONS = {"ursprunglig": "original", "ombudgetering": "carried_over", "ändrad": "revised"}
_YEAR = Column("year", "year", ("år",), "the fiscal year, as 2020; else that of the period")
_PERIOD = Column("period", "month", ("period", "månad"), "the month at whose end it holds")
_UNIT = Column("unit", "code", ("enhet",), "the unit that it is of", of="unit")
_DECISION = Column("decision", "text", ("beslut",), "reference to the decision")
_TEXT = Column("text", "text", (), "in words (erasable)")

ACTION = Kind(
    "action",
    "åtgärd",
    "Savings measures: planned with their assignment, then their effect and what it will be. A "
    "row may say one or all of it. A measure that is new in its fiscal year wants unit, "
    "action_area and assignment; what a row leaves empty stands, and what it changes wants a "
    "reason. Amounts better the result: a saving is positive.",
    (
        Column("action", "text", ("åtgärd",), "a short name of its own, as P1", True, True),
        _UNIT,
        Column("action_area", "text", ("åtgärdsområde",), "what it saves on, as people sort it"),
        _YEAR,
        Column("assignment", "amount", ("uppdrag",), "kronor that it is to give in the year"),
        Column(
            "phasing",
            "word",
            ("periodisering",),
            "the assignment by month: even, from:MONTH (even from then on) or key:NAME; else even",
            words=_PHASINGS,
        ),
        _PERIOD,
        Column("effect", "amount", ("effekt", "utfall"), "kronor given so far in the year"),
        Column("forecast", "amount", ("prognos",), "kronor that it will give in the whole year"),
        _TEXT,
        Column("responsible", "text", ("ansvarig",), "the role that is responsible (erasable)"),
        _DECISION,
        Column("reason", "text", ("skäl",), "why what was told is changed (erasable)"),
    ),
    "action;unit;action_area;year;assignment;phasing;period;effect;forecast;text\n"
    "P1;10;Personalkostnader;2020;1600000;from:2020-05;;;;Vakanser\n"
    "P1;;;;;;2020-08;900000;1900000;\n",
    also=("actions", "åtgärder", "handlingsplan"),
)
INVESTMENT = Kind(
    "investment",
    "investering",
    "Investments by type: frames, what was made of them, and what the year will come to. A row may "
    "say one or all of it; one with a type alone names it. Kronor spent are positive. An amount "
    "that is told anew wants a reason; a frame is changed by a row of version revised, which holds "
    "the change.",
    (
        Column(
            "investment_type",
            "text",
            ("investeringstyp", "typ_av_investering"),
            "what is invested in",
            True,
            True,
        ),
        Column("parent_type", "text", ("överordnad_typ",), "the group that it is a detail of"),
        _UNIT,
        _YEAR,
        Column("frame", "amount", ("ram",), "kronor decided for the year"),
        Column(
            "version",
            "word",
            (),
            "of a frame: original, carried_over or revised; else original",
            words=_VERSIONS,
        ),
        _DECISION,
        _PERIOD,
        Column("outcome", "amount", ("utfall",), "kronor spent in the month"),
        Column("decided", "year", ("beslutsår",), "the fiscal year in which that was decided"),
        Column("item", "text", ("objekt",), "what was bought, where several are told of a month"),
        Column("forecast", "amount", ("prognos",), "kronor that the whole year will come to"),
        _TEXT,
        Column("reason", "text", ("skäl",), "why what was told is changed (erasable)"),
    ),
    "investment_type;parent_type;unit;year;frame;period;outcome;decided;forecast\n"
    "IT;;10;2020;21000000;2020-08;;;10000000\n"
    "Skrivare;IT;10;;;2020-03;96450;2019;\n",
    also=("investments", "investeringar"),
)
