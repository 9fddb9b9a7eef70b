"""A fishbone of causes as places on a drawing: pure geometry, drawn by templates/agreements/_fishbone.html.

The spine leads to the problem. Two bones stand above it and the third below;
each is a side of the crime triangle. A cause stands on a twig of its bone, and
a cause behind another hangs under that one's twig. No text lies over another.
All lengths are whole pixels of the drawing, whose origin is the upper left corner.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

FONT, HEAD_FONT = 14, 16
LINE, HEAD_LINE = 18, 21
LABEL_WIDTH = 280
INDENT, DEEPEST = 22, 5
GAP = 12
AFTER_TWIG = 14
MARGIN = 8
HEAD_WIDTH = 190
SLANT = 0.15  # how far a bone leans, per pixel away from the spine
LONGEST = 130
"""How many characters of a cause are drawn; the list beside the drawing has every word."""

_NARROW = set("fijlrtI.,:;'’|!()[]-–/ ")
_WIDE = set("mwMWQÆŒ@%&—…«»")
_EVERYTHING_ELSE_FROM = 0x2000  # signs and scripts whose width is not known


@dataclass(frozen=True, kw_only=True)
class Twig:
    """A cause to be drawn: its number in the list, and the causes that lie behind it."""

    number: int
    text: str
    told: str = ""  # what is said of it under the text: "Förkastad", "Vald"
    kind: str = ""  # for the style: "rejected", "chosen"
    deeper: tuple[Twig, ...] = ()

    def walk(self, depth=0):
        """Yield (twig, how far behind) for the cause and all that lies behind it, in the order of the list."""
        yield self, depth
        for twig in self.deeper:
            yield from twig.walk(depth + 1)


@dataclass(frozen=True, kw_only=True)
class Text:
    """A line of text; ``y`` is its base line."""

    x: int
    y: int
    words: str


@dataclass(frozen=True, kw_only=True)
class Line:
    x1: int
    y1: int
    x2: int
    y2: int


@dataclass(frozen=True, kw_only=True)
class Label:
    """A cause with its place: the box that its text fills, its lines and its twig."""

    x: int
    y: int
    width: int
    height: int
    lines: list[Text]
    told: Text | None = None
    kind: str = ""
    twig: Line
    joint: Line | None = None  # to the twig of the cause that it lies behind

    def overlaps(self, other):
        """Whether the two boxes share any area."""
        across = self.x < other.x + other.width and other.x < self.x + self.width
        return across and self.y < other.y + other.height and other.y < self.y + self.height


@dataclass(frozen=True, kw_only=True)
class Bone:
    """A side with its causes; ``end`` anchors the title at its right edge."""

    line: Line
    title: Text
    labels: list[Label]
    nothing: Text | None = None  # what is said where there are no causes


@dataclass(frozen=True, kw_only=True)
class Head:
    """The problem, in a box at the end of the spine."""

    x: int
    y: int
    width: int
    height: int
    lines: list[Text]


@dataclass(frozen=True, kw_only=True)
class Fishbone:
    width: int
    height: int
    spine: Line
    head: Head
    bones: list[Bone]

    @cached_property
    def labels(self):
        """Every label of every bone."""
        return [label for bone in self.bones for label in bone.labels]


def width_of(text, font=FONT):
    """Return about how wide the text is in pixels, rather too much than too little."""
    return sum(map(_em, text)) * font


def _em(sign):
    if ord(sign) >= _EVERYTHING_ELSE_FROM and sign not in _WIDE | _NARROW:
        return 1.4
    if sign in _NARROW:
        return 0.34
    if sign in _WIDE:
        return 0.92
    return 0.66 if sign.isupper() else 0.55


def wrapped(text, width, font=FONT):
    """Return the text as lines that are at most so wide; a word that is wider is divided."""
    lines, line = [], ""
    for word in text.split():
        longer = f"{line} {word}" if line else word
        if width_of(longer, font) <= width:
            line = longer
            continue
        if line:
            lines.append(line)
        *whole, line = _divided(word, width, font)
        lines += whole
    return [*lines, line] if line else lines


def _divided(word, width, font):
    parts, part = [], ""
    for sign in word:
        if part and width_of(part + sign, font) > width:
            parts.append(part)
            part = ""
        part += sign
    return [*parts, part]


def shortened(text, longest=LONGEST):
    """Return the text on one line, cut at a word and marked with … if it is longer."""
    line = " ".join(text.split())
    return line if len(line) <= longest else line[:longest].rsplit(" ", 1)[0].rstrip(" ,.;:–-") + " …"


def draw(problem, sides):
    """Return the :class:`Fishbone` of a problem.

    ``sides`` are three of (title, list of :class:`Twig`): the first two are
    drawn above the spine, the third below.
    """
    stacks = [_Stack(title, twigs) for title, twigs in sides]
    over, under = stacks[:2], stacks[2]
    head_lines = wrapped(problem, HEAD_WIDTH - 2 * GAP, HEAD_FONT)
    head_height = len(head_lines) * HEAD_LINE + 2 * GAP
    spine = max(MARGIN + max(stack.reach for stack in over), MARGIN + head_height // 2)
    tallest = max(stack.tallest for stack in stacks)
    first = MARGIN + LABEL_WIDTH + GAP + _lean(over[0].reach)
    second = max(first + LABEL_WIDTH + 2 * GAP + _lean(2 * tallest) + 1, over[1].room)
    third = max((first + second) // 2, under.room)
    head_x = max(second, third) + 3 * GAP
    bones = [over[0].above(first, spine), over[1].above(second, spine), under.below(third, spine)]
    head_y = spine - head_height // 2
    return Fishbone(
        width=head_x + HEAD_WIDTH + MARGIN,
        height=max(spine + under.reach, head_y + head_height) + MARGIN,
        spine=Line(x1=MARGIN, y1=spine, x2=head_x, y2=spine),
        head=Head(
            x=head_x, y=head_y, width=HEAD_WIDTH, height=head_height,
            lines=_lines(head_lines, head_x + GAP, head_y + GAP, HEAD_LINE),
        ),
        bones=bones,
    )  # fmt: skip


def _lean(height):
    return round(SLANT * height)


def _lines(words, x, y, line):
    return [Text(x=x, y=y + line * at - line // 4, words=each) for at, each in enumerate(words, start=1)]


@dataclass(frozen=True)
class _Block:
    """A cause before it has a place: its lines, and how far in it stands."""

    twig: Twig
    depth: int

    @property
    def indent(self):
        return INDENT * min(self.depth, DEEPEST)

    @cached_property
    def lines(self):
        return wrapped(f"{self.twig.number}. {shortened(self.twig.text)}", LABEL_WIDTH - self.indent)

    @property
    def text_height(self):
        return (len(self.lines) + bool(self.twig.told)) * LINE + LINE // 4

    @property
    def height(self):
        return self.text_height + AFTER_TWIG


class _Stack:
    """The causes of a side, one under the other, before the bone has a place."""

    TITLE = 2 * LINE
    NOTHING = "Ingen orsak än"

    def __init__(self, title, twigs):
        self.title = title
        self.groups = [[_Block(*pair) for pair in twig.walk()] for twig in twigs]
        self.heights = [sum(block.height for block in group) for group in self.groups]
        self.tallest = max(self.heights, default=0)
        self.length = max(sum(self.heights), 4 * LINE) + GAP  # of the bone
        self.reach = self.length + self.TITLE

    @property
    def room(self):
        """How far from the left edge the bone must stand for its causes to have room."""
        return MARGIN + LABEL_WIDTH + GAP + _lean(self.reach)

    def above(self, x, spine):
        """Return the bone over the spine; its causes begin at the top."""
        top = spine - self.length
        labels, y = [], top
        for group, height in zip(self.groups, self.heights, strict=True):
            right = x - _lean(spine - y) - GAP
            labels += self._labels(group, right, y, lambda at: x - _lean(spine - at))
            y += height
        end = x - _lean(self.length)
        return self._bone(Line(x1=x, y1=spine, x2=end, y2=top), end, top - LINE // 2, top + LINE, labels)

    def below(self, x, spine):
        """Return the bone under the spine; its causes begin at the spine."""
        labels, y = [], spine + GAP
        for group, height in zip(self.groups, self.heights, strict=True):
            right = x - _lean(y + height - spine) - GAP
            labels += self._labels(group, right, y, lambda at: x - _lean(at - spine))
            y += height
        bottom = spine + self.length
        end = x - _lean(self.length)
        line = Line(x1=x, y1=spine, x2=end, y2=bottom)
        return self._bone(line, end, bottom + LINE + LINE // 4, spine + 2 * LINE, labels)

    def _bone(self, line, end, title_y, nothing_y, labels):
        title = Text(x=end, y=title_y, words=self.title)
        nothing = None if labels else Text(x=end - GAP, y=nothing_y, words=self.NOTHING)
        return Bone(line=line, title=title, labels=labels, nothing=nothing)

    def _labels(self, group, right, y, bone_at):
        """Place a cause and what lies behind it; ``bone_at`` says where the bone is at a height."""
        left, twig_of, labels = right - LABEL_WIDTH, {}, []
        for block in group:
            x, twig_y = left + block.indent, y + block.text_height
            joint = None
            if block.depth:
                joint = Line(x1=x - GAP, y1=twig_of[block.depth - 1], x2=x - GAP, y2=twig_y)
            twig = Line(x1=joint.x1 if joint else x, y1=twig_y, x2=right if joint else bone_at(twig_y), y2=twig_y)
            twig_of[block.depth] = twig_y
            labels.append(self._label(block, x, y, right - x, twig, joint))
            y += block.height
        return labels

    @staticmethod
    def _label(block, x, y, width, twig, joint):
        lines = _lines(block.lines, x, y, LINE)
        told = block.twig.told and Text(x=x, y=y + LINE * (len(lines) + 1) - LINE // 4, words=block.twig.told)
        return Label(
            x=x, y=y, width=width, height=block.text_height, lines=lines, told=told or None, kind=block.twig.kind,
            twig=twig, joint=joint,
        )  # fmt: skip
