"""The analysis tab: how many problems, causes and actions each area has, as formulas that go on counting.

The formulas read the area tabs as the reader does. A row of ours says in its
row id whether it is the first of its problem or cause; a row that a person
typed has none and counts when its text is not the one above. COUNTIF is
avoided: it fails on texts of more than 255 characters.
"""

from openpyxl.utils import get_column_letter, quote_sheetname

from plans.document import Counts
from plans.workbook.template import COLUMNS, NOT_APPLICABLE, OVERARCHING_GOAL, ROW_IDS

FIRST_ROW = 3  # below header and help row
ROOM = 200  # rows below the last that are counted as well
_LETTERS = {column.key: get_column_letter(at) for at, column in enumerate((*COLUMNS, ROW_IDS), start=1)}


class _Ranges:
    """The ranges of an area tab's columns, and the same ranges one row up."""

    def __init__(self, tab, last_row):
        self._tab = quote_sheetname(tab)
        self._last = max(last_row + ROOM, 500)

    def __call__(self, key, up=0):
        letter = _LETTERS[key]
        return f"{self._tab}!${letter}${FIRST_ROW - up}:${letter}${self._last - up}"

    def filled(self, key):
        return f"(LEN(TRIM({self(key)}))>0)"

    def changed(self, key):
        return f"({self(key)}<>{self(key, up=1)})"

    def marked(self, token):
        return f'ISNUMBER(FIND("{token}=",{self(ROW_IDS.key)}))'

    def headed(self, heading):
        return f'(LEFT(TRIM({self("problem")}),{len(heading)})="{heading}")'


def formulas(tab, last_row):
    """Return the formulas that count problems, causes and actions in the tab, as Counts of texts."""
    cells = _Ranges(tab, last_row)
    headed = f"({cells.headed(OVERARCHING_GOAL)}+{cells.headed(NOT_APPLICABLE)}=0)"
    problems = f"{cells.filled('problem')}*(({cells.marked('P')}+{headed}*{cells.changed('problem')})>0)"
    elsewhere = f"({cells.changed('cause')}+{cells.filled('problem')}*{cells.changed('problem')}>0)"
    causes = f"{cells.filled('cause')}*(({cells.marked('C')}+(1-{cells.marked('R')})*{elsewhere})>0)"
    return Counts(
        problems=f"=SUMPRODUCT({problems})",
        causes=f"=SUMPRODUCT({causes})",
        actions=f"=SUMPRODUCT(--{cells.filled('action')})",
    )
