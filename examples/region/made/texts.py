"""What the sections of the report say, in our own words; figures are live or cited."""

from __future__ import annotations

from collections.abc import Mapping

_SOURCE = "Regiondirektörens rapport, oktober 2020"


def _fig(row: str, column: str, form: str = "") -> str:
    """A live figure of ``ledger region summary`` in whole millions."""
    return f"{{fig:region.{row}.{column}|mnkr 0 {form}}}".replace(" }", "}")


#: Of the divisions' interim reports: section, text.
REGION_AUGUST = (
    (
        "division_reports",
        "Divisionerna följs upp genom handlingsplaner, månadsrapporter och delårsrapporter. "
        "Tabellen sammanfattar rapporterna per augusti så som de lämnades; rapporterna i sin "
        "helhet är bilagor.",
    ),
    (
        "division_reports/Gemensamt för närsjukvårdsdivisionerna",
        "Omställningen pausades när pandemin kom och har nu tagits upp igen. Planerad vård har "
        "skjutits upp, medan besök på distans har ökat kraftigt. Alla verksamheter planerar för "
        "hur det som skjutits upp ska tas igen.",
    ),
    (
        "people_report",
        "Antalet anställda minskar. Extratiden ökar igen efter en nedgång i juni och juli, och "
        "semesteruttaget var lågt när pandemin krävde folk på plats.",
    ),
    (
        "people_report/Omställningsarbetet",
        "Konsulternas översyn av sjukvårdssystemet är klar och offentlig. Medarbetarna har "
        "lämnat många förslag; de fördelas till verksamheterna. En projektorganisation bildas.",
    ),
)
#: Of each division's own report.
DIVISIONS: Mapping[str, str] = {
    "10": "Avvikelsen mot handlingsplanen beror främst på att kostnaderna för egen personal inte "
    "har minskat så som var tänkt.",
    "20": "Områdena, med undantag av Piteå, har inte minskat kostnaderna för egen och inhyrd "
    "personal. Omställningen har vilat sedan mitten av mars.",
    "30": "Besök, behandlingar och screening stängdes till stora delar, medan intensivvård och "
    "laboratorier utökades. Ekonomin har förbättrats på bekostnad av tillgängligheten.",
    "40": "Patienter har uteblivit och personalen har varit sjuk mer än vanligt: produktionen har "
    "minskat. De kostnader som går att påverka är lägre än budget.",
    "50": "De flesta enheter är tillbaka i normal drift. Överskottet kommer av fastigheter, "
    "ovanligt få sjukresor och lägre personalkostnader, och väntas minska under hösten.",
    "60": "Målen för en tillgänglig och säker miljö nås i stort. Läget är ansträngt när "
    "medarbetarna blir färre.",
}
#: Of the month: section (and a heading in it), text.
MONTH = (
    (
        "foreword",
        "Hela hälso- och sjukvården har påverkats av pandemin. Verksamheten har minskat, och nya "
        "arbetssätt har kommit till. Nu återupptas det som har skjutits upp, och självtester "
        "planeras för att minska köerna.",
    ),
    (
        "month_summary",
        f"Periodens resultat är {_fig('Periodens resultat', 'outcome')}, "
        f"{_fig('Periodens resultat', 'change_known', 'size')} bättre än i augusti: "
        "nettokostnaderna fortsätter att minska, och pensionsportföljen har ökat i värde. "
        "Nettokostnaderna är {fig:region.Verksamhetens nettokostnader.cost_percent|size 1} lägre "
        "än föregående år och "
        f"{_fig('Verksamhetens nettokostnader', 'variance', 'size')} lägre än budget. "
        "Skatteintäkterna för september är lägre än för augusti, månaderna var för sig, eftersom "
        "prognosen för skatteunderlaget är sämre. "
        f"Verksamhetens resultat är {_fig('Verksamhetens resultat', 'outcome')}, "
        f"{_fig('Verksamhetens resultat', 'change_known', 'size')} bättre än i augusti och "
        f"{_fig('Verksamhetens resultat', 'variance', 'size')} bättre än budget.\n"
        f"Divisionernas resultat är {_fig('divisions', 'outcome')}: "
        f"{_fig('divisions', 'change_known', 'size')} bättre än augusti som den nu är känd, och "
        f"{_fig('divisions', 'change_published', 'size')} bättre än den redovisades. "
        f"Hälsocentralerna i egen regi har {_fig('halsocentraler', 'outcome')}, "
        f"{_fig('halsocentraler', 'change_known', 'size')} bättre än i augusti.",
    ),
    (
        "production_access",
        "Besök, vårdtillfällen och operationer är färre än förra året. Tillgängligheten släpar "
        "efter en månad.",
    ),
    (
        "events/Antalet covidpositiva ökar i länet",
        "Provtagningen förbereds för vintern. Fem kommuner provtar sin egen personal på regionens "
        "uppdrag mot ersättning.",
    ),
    (
        "events/Egen provhantering",
        "Provtagning sker utomhus på hälsocentralerna, och flödet har ökat sedan augusti. "
        "Självtest via 1177 införs som ett alternativ.",
    ),
    (
        "events/Nationellt läkemedelsförråd",
        "Regionerna har tillsammans köpt kritiska läkemedel och fördelat dem. Samverkan bör "
        "fortsätta, men ett beredskapslager är statens sak.",
    ),
    (
        "events/PVConny",
        "En enhet vid närsjukvårdens stab hanterar provsvar och smittspårning, och tar nu över "
        "all smittspårning från övrig vård.",
    ),
    (
        "events/Satsning på ökat underhåll av järnväg",
        f"Regeringen föreslår {{cite:{_SOURCE}|500 mnkr}} mer till underhåll av järnväg år 2021 "
        "och lika mycket de två följande åren.",
    ),
    (
        "events/Nytt pensionsadministrationssystem",
        "KPA administrerar pensionerna från den 1 oktober, efter en upphandling tillsammans med "
        "tre andra regioner. Avtalet gäller i tre år och kan förlängas i 2+2+1 år.",
    ),
    (
        "events/Vårdval och LOV-avtal",
        "En tandklinik i Luleå har sagt upp sitt avtal, som upphör den 23 oktober 2020. Dess "
        "patienter kan välja en annan klinik, eller förs över till folktandvården.",
    ),
    (
        "events/Lösen av förlagslån Kommuninvest",
        "Kommuninvest har löst sitt förlagslån i förtid. Kapitalinsatsen höjs i steg till 2024 "
        "och blir lika stor per invånare för alla regioner.",
    ),
    (
        "operations_report/Oberoende av inhyrd personal",
        "Regionerna upphandlar inhyrd personal gemensamt. Kostnaden har minskat under första "
        "halvåret, mest i psykiatrin; för sjuksköterskor har den ökat.",
    ),
    (
        "operations_report/Regulatoriskt ansvarig",
        "Nya regler för medicintekniska produkter börjar gälla den 26 maj 2021. Till dess ska "
        "varje region ha utsett en regulatoriskt ansvarig person.",
    ),
    (
        "operations_report/IT-säkerhetstest",
        "En konsult söker sårbarheter i nät och system från oktober, särskilt i HR- och "
        "ekonomisystemen.",
    ),
    (
        "operations_report/Införande av FVIS",
        "Projektdirektivet är undertecknat och organisationen till stora delar bemannad. Det nya "
        "vårdinformationsstödet ska vara i drift under 2023.",
    ),
    (
        "operations_report/Region Norrbotten i lokala medier",
        f"Pandemin och konsultrapporterna dominerar. {{cite:{_SOURCE}|86 procent}} av det som "
        "skrevs under första halvåret var positivt eller neutralt.",
    ),
    (
        "operations_report/Kalix sjukhus bäst i Stroke-SM",
        "Strokeenheten i Kalix är årets strokeenhet 2019 enligt Riksstroke.",
    ),
    (
        "operations_report/Tryggare patienter och närstående",
        "På en hälsocentral i Luleå prövas en metod som gör patienter och närstående delaktiga i "
        "planeringen av vården.",
    ),
    (
        "operations_report/Ombyggnationer kopplat till pandemin",
        "Lokaler på alla sjukhus och några hälsocentraler har byggts om eller återställts; "
        "kostnaden följs upp särskilt nedan.",
    ),
    (
        "operations_report/Medicinska gasanläggningar",
        "Ansvaret för medicinska gaser i hyrda fastigheter sammanställs. Ett ledningssystem för "
        "egentillverkning har tagits fram.",
    ),
    (
        "operations_report/Division Länssjukvård",
        "Operationsavdelningen i Piteå är öppen igen sedan den 21 september. Externa leverantörer "
        "tillfrågas för att korta köerna, och upphandling av automatiserad PCR-utrustning "
        "förbereds.",
    ),
    (
        "online_doctors",
        "Ökningen av besök hos privata nätläkare var i våras den lägsta i landet, vilket tyder på "
        "att den egna digitala mottagningen tog hand om en del. Besöken faktureras i efterhand, "
        "så siffrorna släpar. De två uppskattningarna av vad undvikna besök hade kostat går inte "
        f"ihop: {{cite:{_SOURCE}; egen beräkning|435 kr}} per besök i mars, och "
        f"{{cite:{_SOURCE}; egen beräkning|528 kr}} för mars till juni.",
    ),
    (
        "patient_board",
        "Ärendena är färre än förra året. De flesta gäller vård och behandling. Att några "
        "verksamheter har fått fler och andra färre förklaras av pandemin.",
    ),
    (
        "patient_board/Pandemins påverkan på uppdraget",
        "De digitala verktygen har blivit viktigare och bör utvecklas. Några verksamheter har "
        "behövt längre tid för att svara.",
    ),
    (
        "patient_board/Extern och intern kommunikation",
        "Nämnden förbättrar sin kommunikation tillsammans med kommunikationsavdelningen.",
    ),
    (
        "regional_board/Statliga förstärkningsmedel till kultursektorn",
        "Länet har tilldelats medel för att mildra pandemins effekter; 17 verksamheter omfattas.",
    ),
    (
        "regional_board/Beredning verksamhetsbidrag 2021",
        "Handläggningen har anpassats: inga fysiska möten, och längre tid att komplettera.",
    ),
    (
        "regional_board/Scenkonst coronahösten 2020",
        "Scenkonsten ger ett stort utbud i höst, anpassat efter rekommendationerna.",
    ),
    (
        "regional_board/Nationella beslut och gränsregioner",
        "Regionen har svarat på EU:s samråd om gränshinder.",
    ),
    (
        "regional_board/Översyn av regional kollektivtrafik",
        "Samarbetsavtalet med kommunerna sägs upp, om fullmäktige så beslutar den 28 oktober. "
        "Hur andra län gör kartläggs.",
    ),
    (
        "regional_board/Programarbetet",
        "Ett första utkast till regionalfondsprogram har lämnats till Tillväxtverket. Arbetet med "
        "ett nytt Interregprogram har börjat, och med ett program för omställningsfonden.",
    ),
    (
        "analyses/Digital mognad i kommunernas organisationer",
        "Tio av länets fjorton kommuner svarade på enkäten. Flera har låg eller medelhög digital "
        f"förmåga och ett tungt arv av äldre system; {{cite:{_SOURCE}|80 procent}} anser att "
        "behovet av digitalisering är stort. Kompetens, gemensam strategi och utbyggd "
        "infrastruktur pekas ut som vägar framåt.",
    ),
)
