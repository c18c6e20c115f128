"""FACT are the six divisions and what is theirs; MADE are codes, units, chart and structures.

The divisions stand in the line organisation beside what the region has in common (`90`). The own
health centres are units of the two divisions of close care, and a tree of their own as well.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from .basics import write_csv

DIVISIONS: Mapping[str, str] = {
    "10": "Närsjukvård Luleå-Boden",
    "20": "Närsjukvård övriga länet",
    "30": "Länssjukvård",
    "40": "Folktandvård",
    "50": "Service",
    "60": "Länsteknik",
}
JOINT, FINANCE, STAFF, DEVELOPMENT, CARE = "90", "9001", "9002", "9003", "9004"
PROPERTY, KITCHEN, SUPPLY, TECHNOLOGY, LABORATORY = "5010", "5020", "5030", "6001", "3030"
DENTAL = "4010"

#: Areas of close care by division, with their names.
AREAS = {
    "11": ("10", "Närsjukvårdsområde Luleå"),
    "12": ("10", "Närsjukvårdsområde Boden"),
    "21": ("20", "Närsjukvårdsområde Piteå"),
    "22": ("20", "Närsjukvårdsområde Kalix"),
    "23": ("20", "Närsjukvårdsområde Gällivare"),
    "24": ("20", "Närsjukvårdsområde Kiruna"),
}
#: The area that came from division 20 to 10 in January 2020, made: last year is told restated.
MOVED = "12"
#: Units: division, parent, name, kind of business, weight of its costs by August (mnkr).
UNITS: Mapping[str, tuple[str, str, str, str, int]] = {
    "1001": ("10", "10", "Gemensamt Luleå-Boden", "staff", 60),
    "1110": ("10", "11", "Sjukhusvård Sunderbyn", "care", 690),
    "1171": ("10", "11", "Hälsocentraler Luleå", "centre", 210),
    "1210": ("10", "12", "Sjukhusvård Boden", "care", 180),
    "1271": ("10", "12", "Hälsocentraler Boden", "centre", 90),
    "2001": ("20", "20", "Gemensamt övriga länet", "staff", 40),
    "2110": ("20", "21", "Sjukhusvård Piteå", "care", 330),
    "2171": ("20", "21", "Hälsocentraler Piteå", "centre", 130),
    "2210": ("20", "22", "Sjukhusvård Kalix", "care", 190),
    "2271": ("20", "22", "Hälsocentraler Kalix", "centre", 75),
    "2310": ("20", "23", "Sjukhusvård Gällivare", "care", 250),
    "2371": ("20", "23", "Hälsocentraler Gällivare", "centre", 80),
    "2410": ("20", "24", "Sjukhusvård Kiruna", "care", 110),
    "2471": ("20", "24", "Hälsocentraler Kiruna", "centre", 60),
    "3001": ("30", "30", "Gemensamt Länssjukvård", "staff", 40),
    "3010": ("30", "30", "Operation och intensivvård", "care", 520),
    "3020": ("30", "30", "Barn- och kvinnosjukvård", "care", 190),
    "3030": ("30", "30", "Laboratoriemedicin", "care", 150),
    "3040": ("30", "30", "Bild- och funktionsmedicin", "care", 130),
    "4001": ("40", "40", "Gemensamt Folktandvård", "staff", 15),
    "4010": ("40", "40", "Allmäntandvård", "dental", 170),
    "4020": ("40", "40", "Specialisttandvård", "dental", 45),
    "5010": ("50", "50", "Regionfastigheter", "property", 260),
    "5020": ("50", "50", "Kost och patienthotell", "service", 120),
    "5030": ("50", "50", "Försörjning och sjukresor", "service", 240),
    "6001": ("60", "60", "MT och IT", "technology", 129),
    "9002": (JOINT, JOINT, "Regiondirektörens stab", "staff", 260),
    "9003": (JOINT, JOINT, "Regional utveckling", "development", 190),
    "9004": (JOINT, JOINT, "Vårdval och köpt vård", "bought", 980),
}
CENTRES = tuple(unit for unit, (_, _, _, kind, _) in UNITS.items() if kind == "centre")
CENTRE_TREE, CENTRE_ROOT = "halsocentraler", "HC"

#: Accounts by kind: code, name.
INCOME = {
    "3010": "Regionersättning",
    "3110": "Intern ersättning IT och MT",
    "3120": "Intern hyra",
    "3130": "Intern ersättning kost och service",
    "3140": "Intern ersättning laboratorium",
    "3150": "Intern debitering gemensamma kostnader",
    "3210": "Patientavgifter",
    "3310": "Försäljning externt",
    "3510": "Riktade statsbidrag",
    "3990": "Realisationsvinster",
    "8010": "Preliminära skatteintäkter",
    "8020": "Prognos slutavräkning",
    "8110": "Kommunalekonomisk utjämning",
    "8120": "Generella statsbidrag",
    "8210": "Finansiella intäkter",
    "8410": "Orealiserad värdeförändring pensionsportfölj",
    "8420": "Realiserad värdeförändring pensionsportfölj",
}
COST = {
    "4010": "Löner",
    "4030": "Jour, beredskap och övertid",
    "4510": "Arbetsgivaravgifter",
    "4520": "Pensionskostnader",
    "4690": "Övriga personalkostnader",
    "5010": "Lokalhyra, intern",
    "5020": "Lokalkostnader, externa",
    "5110": "Läkemedel",
    "5310": "Material och varor",
    "6010": "IT och MT, intern",
    "6020": "Kost och service, intern",
    "6030": "Gemensamma kostnader, interna",
    "6040": "Laboratorietjänster, interna",
    "6110": "Inhyrd personal",
    "6510": "Köpt vård",
    "6610": "Övriga tjänster",
    "6710": "Sjukresor",
    "6810": "Lämnade bidrag och kollektivtrafik",
    "6910": "Regionersättning till divisioner",
    "7810": "Avskrivningar",
    "8310": "Finansiella kostnader",
}
BALANCE = {"1610": ("Interna fordringar", "asset"), "1930": ("Bank, koncernkonto", "asset")}

#: What a kind of business spends beside internal costs: account → weight.
PROFILES: Mapping[str, Mapping[str, int]] = {
    "care": {
        "4010": 430,
        "4030": 55,
        "4510": 150,
        "4520": 62,
        "4690": 9,
        "5110": 95,
        "5310": 62,
        "6110": 48,
        "6510": 30,
        "6610": 44,
        "7810": 15,
    },
    "centre": {
        "4010": 400,
        "4030": 12,
        "4510": 128,
        "4520": 54,
        "4690": 8,
        "5110": 120,
        "5310": 25,
        "6110": 130,
        "6610": 60,
        "7810": 5,
    },
    "staff": {
        "4010": 440,
        "4510": 140,
        "4520": 180,
        "4690": 40,
        "5310": 30,
        "6610": 150,
        "7810": 20,
    },
    "dental": {
        "4010": 520,
        "4510": 165,
        "4520": 62,
        "4690": 10,
        "5310": 140,
        "6610": 60,
        "7810": 30,
    },
    "property": {
        "4010": 110,
        "4510": 35,
        "4520": 14,
        "5020": 330,
        "5310": 40,
        "6610": 130,
        "7810": 340,
    },
    "service": {
        "4010": 260,
        "4030": 6,
        "4510": 85,
        "4520": 34,
        "5310": 215,
        "6610": 70,
        "6710": 310,
        "7810": 15,
    },
    "development": {"4010": 120, "4510": 38, "4520": 16, "6610": 76, "6810": 740, "7810": 10},
    "bought": {"5110": 160, "6510": 780, "6610": 60},
}

_STATEMENT = (
    ("Periodens resultat", "", "", ""),
    ("Verksamhetens resultat", "Periodens resultat", "", ""),
    ("Verksamhetens nettokostnader", "Verksamhetens resultat", "", ""),
    ("Verksamhetens intäkter", "Verksamhetens nettokostnader", "3000", "3999"),
    ("Verksamhetens kostnader", "Verksamhetens nettokostnader", "4000", "7799"),
    ("Avskrivningar", "Verksamhetens nettokostnader", "7800", "7999"),
    ("Skatteintäkter", "Verksamhetens resultat", "8000", "8099"),
    ("Generella statsbidrag och utjämning", "Verksamhetens resultat", "8100", "8199"),
    ("Finansiella intäkter", "Periodens resultat", "8200", "8299"),
    ("Finansiella kostnader", "Periodens resultat", "8300", "8399"),
    ("Förändring av portföljens värde", "Periodens resultat", "8400", "8499"),
)
#: What the balanced-budget statement takes away from the result has the sign -1.
_ADJUSTED, _RESERVE = "Resultat efter balanskravsjusteringar", "medel {} resultatutjämningsreserv"
_REQUIREMENT = (
    ("Periodens resultat", "", "", "", "1"),
    ("Samtliga realisationsvinster", "Periodens resultat", "3990", "3999", "-1"),
    ("Orealiserade värdeförändringar", "Periodens resultat", "8410", "8419", "-1"),
    (_ADJUSTED, "Periodens resultat", "3000", "3989", "1"),
    (_ADJUSTED, "Periodens resultat", "4000", "8399", "1"),
    (_ADJUSTED, "Periodens resultat", "8420", "8499", "1"),
    # The law's names until 2023; the region in the example has nothing on the reserve's accounts.
    ("Balanskravsresultat", "", "", "", "1"),
    (f"Reservering av {_RESERVE.format('till')}", "Balanskravsresultat", "2081", "2081", "-1"),
    (f"Användning av {_RESERVE.format('från')}", "Balanskravsresultat", "2082", "2082", "-1"),
)
_COSTS = (
    ("Personalkostnader", "", "4000", "4999"),
    ("Lokalkostnader", "", "5000", "5099"),
    ("Övriga kostnader", "", "5100", "6499"),
    ("Övriga tjänster", "", "6500", "7799"),
    ("Avskrivningar", "", "7800", "7999"),
    ("Finansiella kostnader", "", "8300", "8399"),
)
_FORECAST = (
    ("Intäkter", "", "3000", "3999"),
    ("Personalkostnader", "", "4000", "4999"),
    ("Lokalkostnader", "", "5000", "5099"),
    ("Övriga kostnader", "", "5100", "7799"),
    ("Avskrivningar", "", "7800", "7999"),
    ("Skatter och statsbidrag", "", "8000", "8199"),
    ("Finansiella poster", "", "8200", "8499"),
)
SETTINGS = {
    "structure.result": "prognos",
    "structure.forecast": "prognos",
    "structure.cost_development": "kostnadsutveckling",
    "structure.statement": "resultaträkning",
    "structure.balance_requirement": "balanskravsutredning",
    "region.trees": CENTRE_TREE,
    "report.statistics.events": "covid-19,tandvård,finans",
    "report.statistics.people_report": "omställning",
    "report.statistics.operations_report": "inhyrd personal",
    "report.statistics.online_doctors": "nätläkare",
    "report.statistics.patient_board": "patientnämnd",
    "report.statistics.regional_board": "kultur",
    "variance.tolerance": "50000",
    "staffing.hours_per_fte": "1760",
    # what division 20's action plan gives by month, in hundredths of its assignment
    "phasing.omstallning": "8;8;8;8;8;8;7;7;9;9;10;10",
}


def _placed(area: str) -> tuple[str, str, str]:
    """An area's name, parent and level."""
    above, name = AREAS[area]
    return name, above, "area"


def write(folder: Path) -> None:
    """Units, accounts, structures, settings, codes."""
    first = "2019-01"
    rows = [("RN", "Region Norrbotten", "", "region", "line", first)]
    rows += [(code, name, "RN", "division", "line", first) for code, name in DIVISIONS.items()]
    rows += [(JOINT, "Regiongemensamt", "RN", "joint", "line", first)]
    rows += [(a, *_placed(a), "line", first) for a in AREAS if a != MOVED]
    rows += [(MOVED, AREAS[MOVED][1], "20", "area", "line", first)]
    rows += [(MOVED, *_placed(MOVED), "line", "2020-01")]
    rows += [(FINANCE, "Finansförvaltning", JOINT, "unit", "line", first)]
    rows += [(u, name, above, "unit", "line", first) for u, (_, above, name, _, _) in UNITS.items()]
    name = "Hälsocentraler i egen regi"
    rows += [(CENTRE_ROOT, name, "", "group", CENTRE_TREE, first)]
    rows += [(u, UNITS[u][2], CENTRE_ROOT, "unit", CENTRE_TREE, first) for u in CENTRES]
    write_csv(folder / "units.csv", "unit,name,parent,level,tree,valid_from", rows)
    accounts = [(code, name, "income") for code, name in INCOME.items()]
    accounts += [(code, name, "cost") for code, name in COST.items()]
    accounts += [(code, name, kind) for code, (name, kind) in BALANCE.items()]
    write_csv(folder / "accounts.csv", "account,name,type", sorted(accounts))
    lines = [("kostnadsutveckling", *line, "1", first) for line in _COSTS]
    lines += [("prognos", *line, "1", first) for line in _FORECAST]
    lines += [("resultaträkning", *line, "1", first) for line in _STATEMENT]
    lines += [("balanskravsutredning", *line, first) for line in _REQUIREMENT]
    header = "structure,line,parent,account_from,account_to,sign,valid_from"
    write_csv(folder / "structures.csv", header, lines)
    write_csv(folder / "settings.csv", "setting,value", SETTINGS.items())
    codes = [("project", "P2020", "Ombyggnation med anledning av pandemin")]
    write_csv(folder / "codes.csv", "dimension,code,name", codes)
