"""The city's Excel template, said once: what the writer draws and the reader recognises."""

from typing import NamedTuple


class Column(NamedTuple):
    """A column of the template."""

    key: str  # the field it holds
    header: str
    help: str  # the grey text of the row below the header
    width: float  # in Excel's unit, characters of the default font
    aliases: tuple[str, ...] = ()  # what districts also call it


PROBLEM = Column(
    "problem",
    "",  # headed by the area's own title
    "Ange identifierat problemområde eller utmaning här",
    30.43,
    ("Problem", "Problemområde", "Problemområden", "Problem/utmaning", "Utmaning"),
)
CAUSE = Column(
    "cause",
    "Orsak",
    "Beskriv orsaken till problemet, kan vara flera, gör då flera separata åtgärder.",
    26.14,
    ("Orsaker", "Orsak till problemet"),
)
ACTION = Column(
    "action",
    "Åtgärd",
    "Koppla åtgärd mot respektive orsak. Beskriv tydligt vad som ska göras och hur det ska utföras.",
    38.66,
    ("Åtgärder", "Aktivitet"),
)
GOALS = Column(
    "goals",
    "Operativa mål",
    "Koppla operativa mål till varje åtgärd.",
    28.71,
    ("Operativt mål", "Op. mål", "Mål"),
)
WHEN = Column(
    "when",
    "När",
    "Ange tid för när åtgärden ska vara genomförd (alt linjearbete).",
    20.43,
    ("När?", "Tid", "Tidplan"),
)
WHO = Column("who", "Vem", "Ange vem som ansvarar för åtgärden.", 26.71, ("Vem?", "Ansvarig", "Ansvariga"))
FOLLOW_UP = Column(
    "follow_up",
    "Uppföljning",
    "Beskriv vad som har genomförts. Hur har parterna uppfyllt sina åtaganden.\n\n"
    "Denna kolumn fylls i i samband med uppföljning.",
    30.43,
    ("Uppföljningar", "Resultat"),
)
COLUMNS = (PROBLEM, CAUSE, ACTION, GOALS, WHEN, WHO, FOLLOW_UP)

ROW_IDS = Column("row_ids", "Rad-id (rör inte)", "", 24, ("Rad-id", "Rad id"))
"""The hidden column that says which row of the plan a row of the sheet is."""

ACTION_KEYS = tuple(column.key for column in COLUMNS[2:])
"""The columns that make an action, in the sheet's order."""

SHAREABLE = ACTION_KEYS[1:]
"""The columns where one cell may speak for several actions."""

OVERARCHING_GOAL = "ÖVERGRIPANDE MÅL"
NOT_APPLICABLE = "INTE AKTUELLT I ÅR"

INSTRUCTION_TAB = "Instruktion"
ANALYSIS_TAB = "Analys"
OWN_AREA = "Eget område (mall)"
OWN_AREA_TITLE = "Ange prioriterat samverkansområde här"

ANALYSIS_TITLE = "Analys"
ANALYSIS_TEXT = (
    "Antal problemområden, identifierade orsaker och åtgärder per prioriterat samverkansområde. "
    "Räknas automatiskt från flikarna."
)
ANALYSIS_HEADERS = (
    "Prioriterat samverkansområde",
    "Antal problemområden",
    "Antal identifierade orsaker",
    "Antal åtgärder",
)
ANALYSIS_TOTAL = "Totalt"
