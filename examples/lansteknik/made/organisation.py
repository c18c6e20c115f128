"""MADE: units, accounts, codes, report structures and settings of the example.

The names of the four areas, the five cost lines and product 0630 are fact; the rest is what a
division of this kind plausibly has.
"""

from __future__ import annotations

from pathlib import Path

from .basics import write_csv

DIVISION = "60"

#: unit → (name, product, activity); the first three figures are the area
UNITS = {
    "6101": ("Divisionsledning", "0100", "8400"),
    "6102": ("Stab och resursforum", "0100", "8400"),
    "6103": ("Gemensam finansiering", "0100", "8400"),
    "6201": ("Förvaltning infrastruktur", "0110", "8400"),
    "6202": ("Förvaltning vårdsystem", "0120", "8400"),
    "6203": ("Förvaltning medicinsk teknik", "0210", "8400"),
    "6204": ("Licens och avtal", "0110", "8400"),
    "6301": ("Projekt och uppdrag", "0300", "8300"),
    "6302": ("Systemutveckling", "0120", "8300"),
    "6303": ("Test och integration", "0120", "8300"),
    "6401": ("Datacenter", "0110", "8100"),
    "6402": ("Nätverk och video", "0110", "8100"),
    "6403": ("IT-arbetsplats", "0130", "8100"),
    "6404": ("Servicedesk", "0130", "8100"),
    "6405": ("Medicinsk teknik Sunderby", "0210", "8200"),
    "6406": ("Medicinsk teknik Gällivare/Kiruna", "0210", "8200"),
}
AREA_NAMES = {
    "610": "Länsteknik gemensamt",
    "620": "Förvaltningsstyrning",
    "630": "Utveckling",
    "640": "Drift",
}

ACCOUNTS = {
    "1019": ("Ackumulerade avskrivningar programvaror", "asset"),
    "1219": ("Ackumulerade avskrivningar IT-utrustning", "asset"),
    "1229": ("Ackumulerade avskrivningar medicinteknisk utrustning", "asset"),
    "1510": ("Kundfordringar", "asset"),
    "1610": ("Interna fordringar", "asset"),
    "1640": ("Ingående moms", "asset"),
    "1710": ("Förutbetalda kostnader", "asset"),
    "1930": ("Bank, koncernkonto", "asset"),
    "2440": ("Leverantörsskulder", "liability"),
    "2470": ("Interna skulder", "liability"),
    "2610": ("Utgående moms", "liability"),
    "2710": ("Personalens skatter", "liability"),
    "2730": ("Arbetsgivaravgifter och löneskatt", "liability"),
    "2740": ("Pensioner och avtalsförsäkringar", "liability"),
    "2920": ("Upplupna semesterlöner", "liability"),
    "2990": ("Upplupna kostnader", "liability"),
    "3010": ("Regionersättning", "income"),
    "3110": ("Intern ersättning IT-tjänster", "income"),
    "3120": ("Intern ersättning medicinsk teknik", "income"),
    "3130": ("Intern ersättning uppdrag och projekt", "income"),
    "3190": ("Försäljning inom divisionen", "income"),
    "3310": ("Extern ersättning kommuner och privata vårdgivare", "income"),
    "3510": ("Bidrag", "income"),
    "4010": ("Lön tillsvidareanställda", "cost"),
    "4020": ("Lön visstidsanställda", "cost"),
    "4110": ("Timlöner", "cost"),
    "4120": ("Jour och beredskap", "cost"),
    "4130": ("Övertid och fyllnadstid", "cost"),
    "4210": ("Semestertillägg", "cost"),
    "4220": ("Förändring av semesterlöneskuld", "cost"),
    "4230": ("Sjuklön", "cost"),
    "4390": ("Övriga personalkostnader", "cost"),
    "4510": ("Arbetsgivaravgifter", "cost"),
    "4520": ("Pensionskostnader", "cost"),
    "4530": ("Särskild löneskatt", "cost"),
    "4540": ("Avtalsförsäkringar", "cost"),
    "5010": ("Lokalhyra, intern", "cost"),
    "5020": ("El och kyla serverhallar", "cost"),
    "5030": ("Lokalvård", "cost"),
    "5310": ("MT-förbrukningsmaterial", "cost"),
    "5320": ("MT-reservdelar", "cost"),
    "5330": ("MT-utrustning, direktavskriven", "cost"),
    "5510": ("IT-utrustning", "cost"),
    "5520": ("Kommunikationsutrustning", "cost"),
    "5530": ("Övrigt förbrukningsmaterial", "cost"),
    "5610": ("Programlicenser", "cost"),
    "5710": ("Hyra av utrustning", "cost"),
    "5810": ("Utbildning", "cost"),
    "5820": ("Konferenser", "cost"),
    "5830": ("Resor och logi", "cost"),
    "5840": ("Litteratur, representation och övriga kringkostnader", "cost"),
    "5910": ("Transporter och frakt", "cost"),
    "5990": ("Övriga verksamhetskostnader", "cost"),
    "6510": ("Service- och underhållsavtal IT", "cost"),
    "6520": ("Service- och underhållsavtal video", "cost"),
    "6530": ("MT-serviceavtal", "cost"),
    "6610": ("Konsulter", "cost"),
    "6710": ("Data- och telekommunikation", "cost"),
    "6790": ("Övriga externa tjänster", "cost"),
    "6910": ("Köp inom divisionen", "cost"),
    "7810": ("Avskrivning IT-utrustning", "cost"),
    "7820": ("Avskrivning medicinteknisk utrustning", "cost"),
    "7830": ("Avskrivning programvaror", "cost"),
}

CODES = (
    ("product", "0100", "Ledning och gemensamt"),
    ("product", "0110", "IT-infrastruktur"),
    ("product", "0120", "Vårdsystem"),
    ("product", "0130", "IT-arbetsplats och support"),
    ("product", "0210", "Medicinsk teknik"),
    ("product", "0300", "Uppdrag och projekt"),
    ("product", "0630", "Covid-19"),
    ("project", "18004", "MSB lokala ledningsplatser"),
    ("project", "19002", "Tyst vårdmiljö"),
    ("project", "20001", "Infrastruktur för mobila lösningar"),
    ("project", "20003", "Sunderby tillbyggnation"),
    ("activity", "8100", "IT-drift"),
    ("activity", "8200", "Medicinsk teknik"),
    ("activity", "8300", "Utveckling"),
    ("activity", "8400", "Ledning och förvaltning"),
)

#: structure → (line, parent, first account, last account); a header has no accounts of its own
STRUCTURES = {
    "kostnadsutveckling": (
        ("Personalkostnader", "", "4000", "4999"),
        ("Lokalkostnader", "", "5000", "5099"),
        ("Övriga kostnader", "", "5100", "6499"),
        ("Övriga tjänster", "", "6500", "7799"),
        ("Avskrivningar", "", "7800", "7999"),
    ),
    "prognos": (
        ("Intäkter", "", "3000", "3999"),
        ("Kostnader", "", "", ""),
        ("Personalkostnader", "Kostnader", "4000", "4499"),
        ("Personalomkostnader", "Kostnader", "4500", "4999"),
        ("Lokalkostnader", "Kostnader", "5000", "5099"),
        ("Övriga kostnader", "Kostnader", "5100", "7799"),
        ("Avskrivningar", "Kostnader", "7800", "7999"),
    ),
    "merkostnader": (
        ("Personalkostnader", "", "4000", "4999"),
        ("Övriga kostnader", "", "5000", "7999"),
    ),
}

SETTINGS = (
    ("structure.result", "prognos"),
    ("structure.forecast", "prognos"),
    ("structure.cost_development", "kostnadsutveckling"),
    ("structure.special_follow_up", "merkostnader"),
    ("report.responsible", "divisionschef Länsteknik"),
    ("report.author", "controller Länsteknik"),
    ("variance.tolerance", "50000"),
    ("staffing.hours_per_fte", "1760"),
    ("bridge.quantity.prognos.Personalkostnader", "staffing:worked"),
)


def area_of(unit: str) -> str:
    """The area that a unit belongs to."""
    return unit[:3]


def line_of(account: str, structure: str) -> str:
    """The line that an account falls on; every income and cost account has one in `prognos`."""
    for line, _, first, last in STRUCTURES[structure]:
        if first and first <= account <= last:
            return line
    raise KeyError(account)


def write(folder: Path) -> None:
    """units, accounts, codes, structures, settings."""
    since = "2018-01"
    units = [("RN", "Region Norrbotten", "", "region"), (DIVISION, "Länsteknik", "RN", "division")]
    units += [(area, name, DIVISION, "area") for area, name in AREA_NAMES.items()]
    units += [(unit, about[0], area_of(unit), "unit") for unit, about in UNITS.items()]
    write_csv(
        folder / "units.csv",
        "unit,name,parent,level,tree,valid_from",
        [(*unit, "line", since) for unit in units],
    )
    write_csv(
        folder / "accounts.csv",
        "account,name,type",
        [(account, *about) for account, about in ACCOUNTS.items()],
    )
    write_csv(folder / "codes.csv", "dimension,code,name", CODES)
    write_csv(
        folder / "structures.csv",
        "structure,line,parent,account_from,account_to,sign,valid_from",
        [(name, *line, "1", since) for name, lines in STRUCTURES.items() for line in lines],
    )
    write_csv(folder / "settings.csv", "setting,value", SETTINGS)
