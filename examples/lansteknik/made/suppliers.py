"""MADE: invented suppliers and customers, and what stands on their invoices.

All companies are invented and generic on purpose. The region's other divisions are fact; what they
are invoiced is not.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Trade:
    """How an account is invoiced: usual size in kronor, VAT in percent, suppliers, texts."""

    size: int
    vat: int
    suppliers: tuple[str, ...]
    texts: tuple[str, ...]


_IT = ("IT-leverantör A", "IT-leverantör B", "IT-leverantör C")
_MT = ("MT-leverantör A", "MT-leverantör B", "MT-leverantör C", "MT-leverantör D")
_CONSULTANTS = ("Konsultbolag A", "Konsultbolag B", "Konsultbolag C")
_TRAVEL = ("Resebyrå (påhittad)", "Hotell Norr (påhittat)")

TRADES = {
    "5020": Trade(90_000, 25, ("Elnät AB (påhittat)",), ("El serverhall", "Kyla serverhall")),
    "5310": Trade(
        27_000,
        25,
        _MT,
        ("Sensorer och elektroder", "Slangset och filter", "Batterier MT", "Kablar och givare"),
    ),
    "5320": Trade(
        31_000, 25, _MT, ("Reservdelar ventilator", "Reservdelar ultraljud", "Reservdelar dialys")
    ),
    "5330": Trade(45_000, 25, _MT, ("Övervakningsmonitor", "Testinstrument MT")),
    "5510": Trade(
        110_000, 25, _IT, ("Bärbara datorer, avrop", "Bildskärmar, avrop", "Dockor och tillbehör")
    ),
    "5520": Trade(
        26_000,
        25,
        ("Nätleverantör A", "Nätleverantör B"),
        ("Nätkomponenter", "Headset", "Telefoner"),
    ),
    "5530": Trade(
        19_000,
        25,
        ("Kontorsvaror (påhittat)", "IT-leverantör B"),
        ("Kablage", "Förbrukning, verkstad"),
    ),
    "5610": Trade(
        150_000,
        25,
        ("Programleverantör A", "Programleverantör B", "Programleverantör C"),
        ("Kontorslicenser", "Serverlicenser", "Säkerhetslicenser", "Databaslicenser"),
    ),
    "5710": Trade(24_000, 25, ("Uthyrare A", "Uthyrare B"), ("Hyra utrustning", "Hyra skrivare")),
    "5810": Trade(
        13_000,
        25,
        ("Utbildare A", "Utbildare B"),
        ("Kurs, fortbildning", "Kurs, certifiering", "Kurs på distans"),
    ),
    "5820": Trade(9_000, 25, ("Konferensarrangör (påhittad)",), ("Konferensavgift",)),
    "5830": Trade(8_000, 6, _TRAVEL, ("Tåg och flyg", "Hotell", "Tjänsteresa Gällivare")),
    "5840": Trade(
        9_000, 12, ("Bokhandel (påhittad)", "Restaurang (påhittad)"), ("Litteratur", "Möte")
    ),
    "5910": Trade(15_000, 25, ("Transportbolag A", "Transportbolag B"), ("Transport", "Frakt")),
    "5990": Trade(
        16_000, 25, ("Diverse leverantör A", "Diverse leverantör B"), ("Avgift", "Material")
    ),
    "6510": Trade(
        230_000,
        25,
        ("IT-leverantör A", "Systemleverantör A", "Systemleverantör B", "Systemleverantör C"),
        ("Serviceavtal", "Underhållsavtal", "Support och underhåll"),
    ),
    "6520": Trade(50_000, 25, ("Videoleverantör A",), ("Support video",)),
    "6530": Trade(
        140_000,
        25,
        _MT,
        ("Serviceavtal MT", "Förebyggande underhåll, avtal"),
    ),
    "6610": Trade(96_000, 25, _CONSULTANTS, ("Konsult, timmar", "Konsult, uppdrag")),
    "6710": Trade(
        75_000,
        25,
        ("Nätoperatör A", "Nätoperatör B"),
        ("Datakommunikation", "Telefoni", "Fiberhyra"),
    ),
    "6790": Trade(
        26_000, 25, ("Tjänsteföretag A", "Tjänsteföretag B"), ("Tjänst", "Montering", "Destruktion")
    ),
}
#: what certain units buy on an account
UNIT_TEXTS = {
    ("6303", "6610"): ("Konsult VAS-test",),
    ("6401", "6610"): ("Konsult Datacenter",),
    ("6402", "6610"): ("Konsult nätverksteknik",),
}
#: the outside supplier that works off the backlog on sterilisation equipment from April: of its
#: units' invoices on the account, one in so many
STERILE = ("Service sterilteknik, eftersläp", "Sterilteknik AB (påhittat)")
STERILE_UNITS, STERILE_FROM, STERILE_ONE_IN = ("6405", "6406"), 4, 5
#: what special purchases are called, by account
COVID_TEXTS = {
    "5310": "MT-förbrukning, covid-avdelning",
    "5320": "Reservdelar ventilatorer, covid",
    "5510": "IT-utrustning distansarbete, covid",
    "5710": "Hyra infusions- och sprutpump, blodgas",
    "5910": "Transport av utrustning, covid",
    "6790": "Externa tjänster, covid-avdelning",
}
SUNDERBY_TEXT = "Direktavskriven utrustning, Sunderby"

#: the region's divisions and their shares of what is invoiced internally
INSIDE = {
    "Närsjukvård Luleå-Boden": 30,
    "Närsjukvård övriga länet": 26,
    "Länssjukvård": 27,
    "Division Service": 7,
    "Folktandvård": 6,
    "Regiondirektörens stab": 4,
}
OUTSIDE = {
    "Kommun A": 24,
    "Kommun B": 21,
    "Kommun C": 17,
    "Privat vårdgivare A": 15,
    "Privat vårdgivare B": 13,
    "Kommunalförbund (påhittat)": 10,
}
