"""An area of the plan laid out as the template's grid, for the page and for paper.

As in the workbook, a problem and a cause span their rows, an action
that answers the next causes too spans theirs, and a cell that is one with the
cell above spans both. Each cell knows the row and the field it stands for, so
that it can be edited where it stands.
"""

from dataclasses import dataclass, field

from django.forms.utils import flatatt
from django.utils.html import format_html, format_html_join

from plans.document import Action, AreaSection, Counts
from trygghet.words import counted, lower_first


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """A column of the template: which field of which row it shows, and what says that it is empty."""

    name: str
    header: str
    kind: str
    field: str
    missing: str = ""
    invitation: str = ""  # what an empty cell offers one who may write


COLUMNS = (
    Column(name="problem", header="Problemområde", kind="problem", field="title", missing="Problemområde saknas",
           invitation="Skriv problemet"),
    Column(name="cause", header="Orsak", kind="cause", field="text", missing="Orsak saknas",
           invitation="Skriv orsaken"),
    Column(name="action", header="Åtgärd", kind="action", field="text", missing="Åtgärd saknas",
           invitation="Skriv åtgärden"),
    Column(name="goals", header="Operativa mål", kind="action", field="goals", missing="Mål saknas",
           invitation="Skriv mål"),
    Column(name="when", header="När", kind="action", field="when", missing="Tid saknas", invitation="Skriv när"),
    Column(name="who", header="Vem", kind="action", field="who", missing="Ansvarig saknas", invitation="Skriv vem"),
    # Filled in at the end of the year, so an empty one is not missing.
    Column(name="follow_up", header="Uppföljning", kind="action", field="follow_up", invitation="Skriv"),
)  # fmt: skip
PROBLEM, CAUSE, ACTION, *DETAILS = COLUMNS
FOLLOW_UP = DETAILS[-1]
ACTION_COLUMNS = COLUMNS[2:]
AREA_LINES = (
    Column(name="goal", header="Övergripande mål", kind="area", field="overarching_goal", missing="Inget än. ",
           invitation="Skriv ett mål för området"),
    Column(name="reason", header="Inte aktuellt i år", kind="area", field="not_applicable_reason",
           invitation="Ange skälet om ni inte arbetar med området i år"),
)  # fmt: skip
SCOPES = {PROBLEM: "rowgroup", CAUSE: "row"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Discussion:
    """What the grid says of comments to one who may read them: how many there are at each row, and where one writes.

    ``base`` is the address of the plan's comments, ``tallies`` a
    ``plans.comments.Tally`` by the row's uid.
    """

    base: str
    tallies: dict
    may_write: bool
    told: str = ""  # how many there are in the whole plan

    def address(self, uid, field=""):
        """Return where the comments on a row or a cell are."""
        return f"{self.base}?rad={uid}" + (f"&falt={field}" if field else "")

    def count(self, uid, name):
        """Return the link that says how many comments there are on the row, as markup; empty for none."""
        if uid not in self.tallies:
            return ""
        tally = self.tallies[uid]
        return format_html(
            '<a class="comment-count{}" href="{}">{}<span class="visually-hidden">{} {} om {}</span></a>',
            "" if tally.open else " is-resolved",
            self.address(uid),
            self._urgent(tally) if tally.urgent else tally.rest,
            "" if tally.rest else ":",
            "kommentar" if (tally.others or tally.must_fix) == 1 else "kommentarer",
            lower_first(name),
        )

    def _urgent(self, tally):
        """What must be mended comes first, in a colour of its own, and the others after it."""
        more = format_html(', <span class="others">{}</span>', tally.rest) if tally.rest else ""
        return format_html('<span class="is-urgent">{}</span>{}', tally.urgent, more)

    def writing(self, uid, field=""):
        """Return where one comments a row or a cell; empty for one who may not."""
        return f"{self.address(uid, field)}&skriv=1" if self.may_write else ""

    def link(self, uid, name, field=""):
        """Return the link to comment a row or a cell, as markup; empty for one who may not."""
        if not self.may_write:
            return ""
        return format_html(
            '<a class="comment-on{}" href="{}">Kommentera<span class="visually-hidden"> {}</span></a>',
            " of-cell" if field else "",  # hidden where there is little room; the row's link leads there too
            self.writing(uid, field),
            lower_first(name),
        )

    def of_area(self, section):
        """Return the links to what is said of the area as a whole: how many there are, and where one comments."""
        uid = str(section.uid)
        link = format_html('<a class="comment-on" href="{}">Kommentera området</a>', self.writing(uid))
        return format_html("{}{}", self.count(uid, "området"), link if self.may_write else "")


@dataclass(slots=True, kw_only=True)
class Cell:
    """A cell of the grid; ``rowspan`` grows while the rows below share it.

    Without ``uid`` the cell only tells that there is no row to write in.
    ``shared`` holds (uid, version) of the rows below whose cell is one with
    this one, and which are written together with it.
    """

    column: Column
    uid: str = ""
    version: int = 0
    address: str = ""  # of the row's form, for one who may write
    text: str = ""
    number: str = ""
    name: str = ""  # what the cell is, for one who hears the page: "Operativa mål, åtgärd 2, problem 1"
    note: str = ""
    missing: str = ""
    goal: str = ""  # the problem's own overarching goal
    rowspan: int = 1
    shared: list = field(default_factory=list)
    is_continued: bool = False  # the cause has been shown above; edited there
    comment_address: str = ""  # for one who may comment and has the row's menu
    comment_link: str = ""  # markup, for one who may comment and not write
    comment_count: str = ""  # markup: how many comments there are on the row
    mark: str = ""  # what others have done since the person was here: "Ny", "Ändrad", "Flyttad"
    grounds: str = ""  # markup: what the row rests on
    offers: tuple = ()  # plans.afterwards.Offer: what one can do with the action while it is carried out
    offer_links: str = ""  # the same as markup, for the cell that has no menu

    @property
    def tag(self):
        """Problem and cause are headers of the rows they span."""
        return "th" if self.column in (PROBLEM, CAUSE) else "td"

    @property
    def begins_row(self):
        """Whether the cell stands for its row: it is what one comes to and where the row's menu is."""
        return bool(self.uid) and self.column in (PROBLEM, CAUSE, ACTION) and not self.is_continued

    @property
    def attributes(self):
        """The attributes of the cell's tag, escaped; made here since a large plan has thousands of cells."""
        values = {
            "class": f"cell {self.column.name}",
            "data-label": self.column.header,
            "scope": SCOPES.get(self.column),
        }
        if self.rowspan > 1:
            values["rowspan"] = self.rowspan
        if self.begins_row:
            values |= {"id": f"rad-{self.uid}", "tabindex": "-1"}
        return flatatt(values | (self._what_is_written() if self.address else {}))

    def _what_is_written(self):
        return {
            "data-kind": self.column.kind,
            "data-uid": self.uid,
            "data-field": self.column.field,
            "data-version": self.version,
            "data-shared": " ".join(f"{uid}:{version}" for uid, version in self.shared) or None,
            "data-name": self.name,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class GridProblem:
    """A problem with its rows, each a list of the cells that begin in it."""

    uid: str
    number: int
    title: str
    rows: list


@dataclass(frozen=True, slots=True, kw_only=True)
class Tab:
    """An area as its tab names it."""

    position: int
    uid: str
    title: str
    counts: Counts
    is_local: bool
    is_left_out: bool

    @property
    def tells(self):
        """What the area holds, in words; what is written counts in an area that is left out too."""
        actions = counted(self.counts.actions, "åtgärd", "åtgärder") if self.counts.actions else ""
        if self.is_left_out:
            return f"{actions}, inte aktuellt i år" if actions else "Inte aktuellt i år"
        return actions or "Inga åtgärder än"

    @property
    def is_empty(self):
        """Whether there is nothing for the analysis to count."""
        return self.counts == Counts(0, 0, 0)


def tabs(document):
    """Return a :class:`Tab` for each area, in the order of the plan."""
    return [
        Tab(
            position=position,
            uid=str(area.uid),
            title=area.canonical_title or area.title,
            counts=area.counts(),
            is_local=area.is_local,
            is_left_out=bool(area.not_applicable_reason),
        )
        for position, area in enumerate(document.areas, start=1)
    ]


def area_lines(section: AreaSection, versions, base=""):
    """Return the cells that stand above the grid: what is said of the area as a whole.

    The reason why an area is left out is asked for only where there is nothing else.
    """
    lines = [_area_line(column, section, versions, base) for column in AREA_LINES]
    return [line for line in lines if line.text or line.column is AREA_LINES[0] or (base and not section.problems)]


def _area_line(column, section, versions, base):
    uid, text = str(section.uid), getattr(section, column.field)
    return Cell(
        column=column,
        uid=uid,
        version=versions.get(uid, 0),
        address=f"{base}area/{uid}/" if base else "",
        text=text,
        missing="" if text else column.missing,
        name=f"{column.header}, {section.canonical_title or section.title}",
    )


def problems(section: AreaSection, versions, base="", discussion: Discussion | None = None):
    """Return the area's problems laid out as rows.

    ``versions`` are the rows' versions by uid; ``base`` is how the addresses
    of the rows' forms begin, empty for one who only reads; ``discussion``
    is None for one who may not read what is said of the plan.
    """
    return [
        _laid_out(problem, number, _Layout(problem, number, versions, base, discussion))
        for number, problem in enumerate(section.problems, start=1)
    ]


def _laid_out(problem, number, layout):
    rows = [layout.row(*row) for row in problem.rows()] or [[Cell(column=column) for column in COLUMNS[1:]]]
    if not problem.causes:
        rows[0][0].missing = CAUSE.missing
    heading = layout.cell(PROBLEM, problem, number=str(number), name=f"Problemområde {number}")
    heading.rowspan, heading.goal = len(rows), problem.overarching_goal
    layout.count(heading, heading.name)
    rows[0].insert(0, heading)
    return GridProblem(uid=str(problem.uid), number=number, title=problem.title, rows=rows)


def put_grounds(laid_out, said_of):
    """Say at each problem and cause what it rests on; ``said_of(kind, uid, name)`` gives markup, empty for nothing."""
    for problem in laid_out:
        for cell in (cell for row in problem.rows for cell in row if cell.column in (PROBLEM, CAUSE)):
            if cell.begins_row:
                cell.grounds = said_of(cell.column.kind, cell.uid, lower_first(cell.name))


def put_marks(laid_out, marks):
    """Mark the cells that are new to the person; ``marks`` are words by (uid, field), as plans.news.News gives them."""
    for problem in laid_out if marks else ():
        for cell in (cell for row in problem.rows for cell in row if not cell.is_continued):
            uids = (cell.uid, *(uid for uid, _ in cell.shared))
            cell.mark = next((mark for uid in uids if (mark := marks.get((uid, cell.column.field)))), "")


def put_offers(laid_out, offers):
    """Say at each action what the person can do with it; ``offers`` are lists of plans.afterwards.Offer by uid."""
    for problem in laid_out if offers else ():
        for cell in (cell for row in problem.rows for cell in row if cell.column is ACTION and cell.begins_row):
            cell.offers = tuple(offers.get(cell.uid, ()))
            cell.offer_links = format_html_join(
                "",
                '<a href="{}">{}<span class="visually-hidden"> – {}</span></a>',
                ((offer.address, offer.label, cell.name) for offer in cell.offers),
            )


def put_cause_offers(laid_out, offers_of):
    """Say in the menu of each cause that can be changed what ``offers_of(uid)`` gives (plans.afterwards.Offer)."""
    for problem in laid_out:
        for cell in (cell for row in problem.rows for cell in row if cell.column is CAUSE and cell.begins_row):
            if cell.address:
                cell.offers = tuple(offers_of(cell.uid))


class _Layout:
    """Lays out one problem, row by row; remembers the cells above that the next row may share."""

    def __init__(self, problem, number, versions, base, discussion):
        self.number = number
        self.versions = versions
        self.base = base
        self.discussion = discussion
        self.homes = {
            also: at for at, cause in enumerate(problem.causes, 1) for action in cause.actions
            for also in action.also_causes
        }  # fmt: skip
        self.above = {}
        self.cause = None
        self.introduced = set()
        self.waiting = ()  # causes the action above also answers and that may follow in rows of their own

    def row(self, number, cause, action):
        """Return the cells that begin in the row; those that began above grow."""
        cells = self._cause_cells(number, cause)
        if action is not None:
            self.waiting = action.also_causes
            return cells + self._action_cells(action)
        if number in self.waiting:
            self.waiting = tuple(other for other in self.waiting if other != number)
            self.above["action"].note = _also(self.waiting)
            for column in ACTION_COLUMNS:
                self.above[column.name].rowspan += 1
            return cells
        self.waiting = ()
        return cells + self._no_action_cells(number, cause)

    def cell(self, column, node, **values):
        """Return the cell of a row in a column."""
        text = getattr(node, column.field)
        uid = str(node.uid)
        return Cell(
            column=column,
            uid=uid,
            version=self.versions.get(uid, 0),
            address=f"{self.base}{column.kind}/{uid}/" if self.base else "",
            text=text,
            missing="" if text else column.missing,
            **values,
            **self._comments(column, uid, values["name"]),
        )

    def _comments(self, column, uid, name):
        """What the cell says of commenting: an address for the row's menu, or a link where there is no menu."""
        if not self.discussion:
            return {}
        if self.base:
            return {"comment_address": self.discussion.writing(uid)}
        return {"comment_link": self.discussion.link(uid, name, column.field if column in DETAILS else "")}

    def count(self, cell, name):
        """Say in the cell how many comments there are on its row."""
        if self.discussion:
            cell.comment_count = self.discussion.count(cell.uid, name)

    def _cause_cells(self, number, cause):
        if self.cause == number:
            self.above["cause"].rowspan += 1
            return []
        cell = self.cell(CAUSE, cause, number=str(number), name=f"Orsak {number}, problem {self.number}")
        if number in self.introduced:  # the actions come back to an earlier cause
            cell.is_continued = True
            cell.address = cell.comment_link = ""
            cell.note = "Forts. från ovan"
        else:
            self.count(cell, cell.name)
        self.introduced.add(number)
        self.cause = number
        self.above["cause"] = cell
        return [cell]

    def _action_cells(self, action: Action):
        whose = f"åtgärd {action.order}, problem {self.number}"
        begun = [self.cell(ACTION, action, name=whose.capitalize(), note=_also(self.waiting))]
        self.above["action"] = begun[0]
        for column in DETAILS:
            cell = self.cell(column, action, name=f"{column.header}, {whose}")
            above = self.above.get(column.name)
            # Two shared cells are one only while they say the same.
            if above and above.uid and column.name in action.shared_cells and above.text == cell.text:
                above.rowspan += 1
                above.shared.append((cell.uid, cell.version))
            else:
                self.above[column.name] = cell
                begun.append(cell)
        # Furthest right where there is room for it, unless that cell belongs to more rows.
        self.count(begun[-1] if begun[-1].column is FOLLOW_UP else begun[0], whose)
        return begun

    def _no_action_cells(self, number, cause):
        self.above.update((column.name, Cell(column=column)) for column in ACTION_COLUMNS)
        home = self.homes.get(number)
        if cause.actions:  # they come after those of a later cause
            self.above["action"].missing = "Åtgärden står längre ner"
        else:
            self.above["action"].missing = f"Åtgärdas under orsak {home}" if home else ACTION.missing
        return [self.above[column.name] for column in ACTION_COLUMNS]


def _also(causes):
    return f"Gäller också orsak {', '.join(map(str, causes))}" if causes else ""
