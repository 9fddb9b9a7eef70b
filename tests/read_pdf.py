"""What a tagged PDF says, read as a screen reader does: through its structure, not from where the letters stand."""

import io
import re

import pikepdf
from pikepdf import Name

_PAIRS = re.compile(rb"<([0-9a-fA-F]+)>\s*<([0-9a-fA-F]*)>")


class ReadPdf:
    """The texts of a tagged PDF by the marks they stand under."""

    def __init__(self, content):
        self.pdf = pikepdf.open(io.BytesIO(content))
        self.marked = {}
        for page in self.pdf.pages:
            self._read(page)

    def _read(self, page):
        fonts = {name: _letters(font) for name, font in page.Resources.get("/Font", {}).items()}
        letters, marks = {}, []
        for instruction in pikepdf.parse_content_stream(page):
            operator, operands = str(instruction.operator), instruction.operands
            if operator in ("BDC", "BMC"):
                said = operands[1] if len(operands) > 1 and isinstance(operands[1], pikepdf.Dictionary) else {}
                marks.append(int(said["/MCID"]) if "/MCID" in said else None)
            elif operator == "EMC":
                marks.pop()
            elif operator == "Tf":
                letters = fonts[str(operands[0])]
            elif operator in ("Tj", "TJ") and marks and marks[-1] is not None:
                shown = operands[0] if operator == "TJ" else [operands[0]]
                text = "".join(_decoded(bytes(each), letters) for each in shown if isinstance(each, pikepdf.String))
                key = page.objgen, marks[-1]
                self.marked[key] = self.marked.get(key, "") + text

    # --- The structure

    def elements(self, *kinds):
        """Yield the structure elements of those kinds, in reading order."""
        waiting = [self.pdf.Root.StructTreeRoot.K]
        while waiting:
            item = waiting.pop()
            if isinstance(item, pikepdf.Array):
                waiting.extend(reversed(list(item)))
            elif isinstance(item, pikepdf.Dictionary) and "/S" in item:
                if not kinds or item.S in kinds:
                    yield item
                if "/K" in item:
                    waiting.append(item.K)

    def text(self, element):
        """Return what stands in the element, its lines joined with spaces, as is read aloud."""
        return re.sub(r"\s+", " ", " ".join(self._texts(element, element.get("/Pg")))).strip()

    def _texts(self, item, page):
        if isinstance(item, pikepdf.Dictionary):
            page = item.get("/Pg", page)
            if "/K" in item:
                yield from self._texts(item.K, page)
        elif isinstance(item, pikepdf.Array):
            for each in item:
                yield from self._texts(each, page)
        else:
            yield self.marked.get((page.objgen, int(item)), "")

    @property
    def words(self):
        """All of the text in reading order."""
        return " ".join(self.text(each) for each in self.pdf.Root.StructTreeRoot.K[0].K)

    def tables(self):
        """Return {caption: rows of cells as text} of the tables, each with what goes on upon the next pages."""
        found, caption, heads = {}, "", []
        for table in self.elements(Name.Table):
            told = " ".join(self.text(each) for each in _inside(table, Name.Caption))
            caption = told or caption
            repeated = self._rows(table, Name.THead)
            if told:
                found[caption] = heads = repeated
            assert repeated == heads, f"the heads of {caption} are not repeated"
            found[caption] = found[caption] + self._rows(table, Name.TBody)
        return found

    def _rows(self, table, *kinds):
        return [
            [self.text(cell) for cell in _inside(row, Name.TH, Name.TD)]
            for group in _inside(table, *kinds)
            for row in _inside(group, Name.TR)
        ]


def _inside(element, *kinds):
    return [each for each in element.K if isinstance(each, pikepdf.Dictionary) and each.S in kinds]


def _letters(font):
    """Return {glyph: its letters} of a font with two bytes a glyph."""
    found = {}
    for block in re.findall(rb"beginbfchar(.*?)endbfchar", font.ToUnicode.read_bytes(), re.DOTALL):
        for glyph, letters in _PAIRS.findall(block):
            found[int(glyph, 16)] = bytes.fromhex(letters.decode()).decode("utf-16-be")
    return found


def _decoded(shown, letters):
    pairs = zip(shown[::2], shown[1::2], strict=True)
    return "".join(letters.get(256 * high + low, "") for high, low in pairs)
