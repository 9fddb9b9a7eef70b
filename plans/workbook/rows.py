"""From the rows of a tab to the tree of an area: problem, cause, action.

What a person sees decides; the row ids decide what cannot be seen: which of
two equal texts is meant, and where a row with blank cells belongs.
"""

from dataclasses import dataclass, field

from plans.document import MAX_TEXT, Action, Cause, Problem
from plans.workbook.grid import cell_name
from plans.workbook.outcome import Note, Source
from plans.workbook.recognition import is_header_again, plain
from plans.workbook.row_ids import NO_IDS, parse_row, uid_of
from plans.workbook.template import ACTION_KEYS, COLUMNS, NOT_APPLICABLE, OVERARCHING_GOAL, PROBLEM, ROW_IDS, SHAREABLE
from trygghet.words import listed

_HEADINGS = {plain(OVERARCHING_GOAL): "goal", plain(NOT_APPLICABLE): "reason"}


@dataclass(slots=True, eq=False)
class _Action:
    uid: str | None
    cause: "_Cause"
    row: int
    cell: str
    texts: dict[str, str]
    shared: tuple[str, ...] = ()
    causes_below: list = field(default_factory=list)  # causes its merged cell reaches down over
    also: tuple[str, ...] = ()  # keys of further causes
    order: int = 0


@dataclass(slots=True, eq=False)
class _Cause:
    text: str
    key: str
    uid: str | None
    cell: str
    problem: "_Problem"
    actions: list[_Action] = field(default_factory=list)


@dataclass(slots=True, eq=False)
class _Problem:
    title: str
    key: str
    uid: str | None
    cell: str
    goal: str = ""
    causes: list[_Cause] = field(default_factory=list)
    actions: int = 0


class Identities:
    """The identities met so far in the whole workbook: the second row with one is a copy, and new."""

    def __init__(self):
        self._claimed = set()

    def claim(self, key):
        """Return the identity the key stands for if it is the first to ask, else None."""
        uid = uid_of(key)
        if uid is None or uid in self._claimed:
            return None
        self._claimed.add(uid)
        return uid

    def is_taken(self, key):
        """Whether another row already has the identity."""
        return uid_of(key) in self._claimed


class Homes:
    """Where in the workbook each keyed problem and cause has its text, so that a moved row is known as moved."""

    def __init__(self):
        self.problems = {}  # key → sheet
        self.causes = {}  # key → (sheet, key of the problem)

    def add(self, grid, table, ids):
        """Note the homes of a sheet's rows; ``ids`` are its RowIds by row."""
        for row, row_ids in ids.items():
            if row_ids.problem and grid.text(row, table.columns.get("problem", 0)) and not row_ids.is_goal:
                self.problems.setdefault(row_ids.problem, grid.name)
            if row_ids.cause and grid.text(row, table.columns.get("cause", 0)):
                self.causes.setdefault(row_ids.cause, (grid.name, row_ids.problem))


def row_ids(grid, table):
    """Return the RowIds of the table's rows that have any."""
    column = table.columns.get(ROW_IDS.key)
    if column is None:
        return {}
    rows = range(table.first_row, grid.last_row + 1)
    return {row: parse_row(text) for row in rows if (text := grid.text(row, column))}


class AreaRows:
    """Reads the rows of one tab."""

    def __init__(self, package, grid, table, ids, identities, homes):
        self.package, self.grid, self.table = package, grid, table
        self.ids, self.identities, self.homes = ids, identities, homes
        self.notes: list[Note] = []
        self.problems: list[_Problem] = []
        self.goals: list[str] = []
        self.reasons: list[str] = []
        self.by_key = {}  # problems and causes by (parent, key)
        self.by_text = {}  # problems and causes by (parent, text)
        self.problem = self.cause = None
        self.problem_at, self.cause_at, self.action_at = {}, {}, {}
        self.last_action = None
        self.copies = []
        self.placed_by_id = []
        self.columns = [(column.key, table.columns[column.key]) for column in COLUMNS if column.key in table.columns]
        self.action_columns = [(key, column) for key, column in self.columns if key in ACTION_KEYS]
        self.untold = {
            row_ids.cause
            for row, row_ids in ids.items()
            if row_ids.cause
            and row_ids.cause not in homes.causes
            and any(grid.text(row, column) for _, column in self.action_columns)
        }

    # --- Reading

    def read(self):
        """Go through the rows; afterwards ``problems``, ``goals``, ``reasons`` and ``notes`` are filled."""
        for row in range(self.table.first_row, self.grid.last_row + 1):
            fresh = {key: text for key, column in self.columns if (text := self.grid.text(row, column))}
            if not fresh and not self._ids(row).stands_alone and not self._introduces(row):
                continue
            if is_header_again(self.grid, self.table, row):
                continue
            self._check(row, fresh)
            self._row(row, fresh)
        if self.copies:
            self._note(
                "info",
                f"{_copied(len(self.copies))}: {', '.join(self.copies)}.",
                self.copies[0],
            )
        if self.placed_by_id:
            rows = list(dict.fromkeys(self.placed_by_id))
            told = (
                f"{rows_told(rows)} är lästa där rad-id säger att de hör hemma, inte under raderna ovanför."
                if len(rows) > 1
                else f"{rows_told(rows)} är läst där rad-id säger att den hör hemma, inte under raden ovanför."
            )
            self._note("guess", told, self._cell("problem", rows[0]))
        return self

    def _ids(self, row):
        return self.ids.get(row, NO_IDS)

    def _cell(self, key, row):
        return cell_name(row, self.table.columns.get(key) or self.columns[0][1])

    def _note(self, level, message, cell):
        self.notes.append(Note(level, message, self.grid.name, cell))

    def _check(self, row, fresh):
        for key, text in fresh.items():
            place = (row, self.table.columns[key])
            if place in self.grid.formulas:
                self._note("info", f"Formeln i {cell_name(*place)} är läst som det värde den visar.", cell_name(*place))
            if place in self.grid.errors:
                self._note("help", f"{cell_name(*place)} visar ett felvärde, {text}. Rätta det.", cell_name(*place))
            if len(text) > MAX_TEXT and not (key == "problem" and self._heading(row, text)):
                self._refuse_long(place, text)

    def _refuse_long(self, place, text):
        length, most = (f"{number:,}".replace(",", "\u00a0") for number in (len(text), MAX_TEXT))
        self.package.refuse(
            f"kan inte läsas: i fliken ”{self.grid.name}” har cell {cell_name(*place)} {length} tecken, "
            f"och en cell rymmer {most}. Korta texten och försök igen."
        )

    def _row(self, row, fresh):
        kind = self._heading(row, fresh.get("problem", ""))
        if kind:
            self._headed(row, fresh.pop("problem"), kind)
        if kind and not fresh:
            return
        problem = self._find_problem(row, "" if kind else fresh.get("problem", ""))
        if problem is not self.problem:
            self.problem, self.cause = problem, None
        self.problem_at[row] = problem
        continued = self._continued_action(row)
        has_action = self._ids(row).stands_alone or (
            not continued and any(key in fresh for key, _ in self.action_columns)
        )
        if "cause" in fresh or has_action or self._above("cause", row) is not None or self._introduces(row):
            self.cause = self._find_cause(row, fresh.get("cause", ""))
            self.cause_at[row] = self.cause
        if continued:
            self._continue_action(continued, row, fresh)
        elif has_action:
            self._add_action(row, fresh)

    def _introduces(self, row):
        """Whether the row only keeps the place of a cause without text, whose actions come further down."""
        key = self._ids(row).cause
        return key in self.untold and (self.problem, key) not in self.by_key

    def _above(self, key, row):
        """Return the row of the merged cell with a text that reaches down to this row, or None."""
        column = self.table.columns.get(key)
        above = self.grid.above(row, column) if column else None
        return above if above is not None and self.grid.text(above, column) else None

    # --- Headed texts in the problem column

    def _heading(self, row, text):
        ids = self._ids(row)
        kind = _HEADINGS.get(plain(text.strip().partition("\n")[0])) if text else None
        marked = (ids.is_goal and kind == "goal") or (ids.is_reason and kind == "reason")
        return kind if marked or not ids.problem else None

    def _headed(self, row, text, kind):
        body = (
            text.lstrip().partition("\n")[2]
            if self._ids(row) is not NO_IDS
            else text.strip().partition("\n")[2].strip()
        )
        if len(body) > MAX_TEXT:
            self._refuse_long((row, self.table.columns["problem"]), body)
        if not body.strip():
            return
        key = self._ids(row).problem
        if kind == "reason":
            self.reasons.append(body)
        elif key:
            problem = self.by_key.get((None, key)) or self._add_problem(row, "", key)
            self.problem, self.cause = problem, None
            problem.goal = body
        elif self.problem is None:
            self.goals.append(body)
        else:
            self.problem.goal = "\n\n".join(filter(None, (self.problem.goal, body)))

    # --- Problems

    def _find_problem(self, row, text):
        key = self._ids(row).problem
        above = self._above("problem", row)
        if above is not None and above in self.problem_at:
            return self.problem_at[above]
        if text:
            return self._problem_with(row, text, key)
        if key:
            known = self.by_key.get((None, key))
            home = self.homes.problems.get(key)
            if known or home in (None, self.grid.name):
                if self.problem and known is not self.problem and home:
                    self.placed_by_id.append(row)
                return known or self._add_problem(row, "", key, untitled=home is None)
        return self.problem or self._add_problem(row, "", "", untitled=True)

    def _problem_with(self, row, text, key):
        if key:
            known = self.by_key.get((None, key))
            if known is None:
                return self._add_problem(row, text, key)
            if not known.title:
                known.title, known.cell = text, self._cell("problem", row)
                self.by_text.setdefault((None, text), known)
            if known.title == text:
                return known
            return self._add_problem(row, text, "")
        if self.problem and self.problem.title == text:
            return self.problem
        known = self.by_text.get((None, text))
        if known:
            cell = self._cell("problem", row)
            self._note("guess", f"Problemet i {cell} är läst som samma problem som i {known.cell}.", cell)
            return known
        return self._add_problem(row, text, "")

    def _add_problem(self, row, text, key, untitled=False):
        problem = _Problem(text, key, self.identities.claim(key), self._cell("problem", row))
        self.problems.append(problem)
        self._remember(None, text, key, problem)
        if untitled:
            self._note("help", f"Rad {row} saknar problem. Skriv vilket problem den hör till.", problem.cell)
        return problem

    def _remember(self, parent, text, key, node):
        if text:
            self.by_text.setdefault((parent, text), node)
        if key:
            self.by_key.setdefault((parent, key), node)

    # --- Causes

    def _find_cause(self, row, text):
        key = self._ids(row).cause
        above = self._above("cause", row)
        if above is not None and above in self.cause_at:
            cause = self.cause_at[above]
            if cause.problem is self.problem:
                return cause
            return self._same_cause(row, cause)
        if text:
            return self._cause_with(row, text, key)
        if key:
            known = self.by_key.get((self.problem, key))
            home = self.homes.causes.get(key)
            if known or home is None or home == (self.grid.name, self.problem.key):
                if self.cause and known is not self.cause and home:
                    self.placed_by_id.append(row)
                return known or self._add_cause(row, "", key, untold=home is None)
        return self.cause or self._add_cause(row, "", "", untold=True)

    def _same_cause(self, row, cause):
        known = self.by_text.get((self.problem, cause.text))
        if known:
            return known
        cell = self._cell("cause", row)
        self._note(
            "guess", f"Orsaken i {cause.cell} sträcker sig över två problem och är läst som en orsak i vart.", cell
        )
        return self._add_cause(row, cause.text, "")

    def _cause_with(self, row, text, key):
        if key:
            known = self.by_key.get((self.problem, key))
            if known is None:
                return self._add_cause(row, text, key)
            if not known.text:
                known.text, known.cell = text, self._cell("cause", row)
                self.by_text.setdefault((self.problem, text), known)
            if known.text == text:
                return known
            cell = self._cell("cause", row)
            if not self._ids(row).action:
                return self._add_cause(row, text, "")
            known_text = self.by_text.get((self.problem, text))
            if not known_text:
                self._note("guess", f"Orsaken i {cell} är ändrad bara här och läses därför som en egen orsak.", cell)
            return known_text or self._add_cause(row, text, "")
        if self.cause and self.cause.text == text:
            return self.cause
        return self.by_text.get((self.problem, text)) or self._add_cause(row, text, "")

    def _add_cause(self, row, text, key, untold=False):
        cause = _Cause(text, key, self.identities.claim(key), self._cell("cause", row), self.problem)
        self.problem.causes.append(cause)
        self._remember(self.problem, text, key, cause)
        if untold:
            self._note("help", f"Åtgärden på rad {row} saknar orsak. Skriv vilken orsak den svarar mot.", cause.cell)
        return cause

    # --- Actions

    def _continued_action(self, row):
        above = self._above("action", row)
        return self.action_at.get(above) if above is not None else None

    def _continue_action(self, action, row, fresh):
        self.action_at[row] = action
        cell = self._cell("action", row)
        if action.cause.problem is not self.problem:
            self._note(
                "guess", f"Åtgärden i {action.cell} sträcker sig över två problem och är läst under det första.", cell
            )
        elif self.cause and self.cause is not action.cause and self.cause not in action.causes_below:
            action.causes_below.append(self.cause)
        for key, column in self.action_columns:
            if key in fresh:
                action.texts[key] = "\n\n".join(filter(None, (action.texts.get(key), fresh[key])))
                place = cell_name(row, column)
                self._note(
                    "guess", f"Texten i {place} är lagd till samma åtgärd som raden ovanför, {action.cell}.", place
                )

    def _add_action(self, row, fresh):
        ids = self._ids(row)
        texts, shared = {}, []
        for key, column in self.action_columns:
            above = self._above(key, row)
            texts[key] = fresh.get(key) or (self.grid.text(above, column) if above is not None else "")
            if key in SHAREABLE and above is not None:
                shared.append(key)
        uid = self.identities.claim(ids.action)
        if uid is None and uid_of(ids.action):
            self.copies.append(self._cell("action", row))
        self.problem.actions += 1
        action = _Action(
            uid=uid,
            cause=self.cause,
            row=row,
            cell=self._cell("action", row),
            texts=texts,
            shared=tuple(shared),
            also=ids.also,
            order=self.problem.actions,
        )
        self.cause.actions.append(action)
        self.action_at[row] = self.last_action = action

    # --- The result

    def tree(self, area_at):
        """Return the problems as the document has them, and the Sources of their rows by path."""
        sources = {}
        problems = []
        for problem_at, problem in enumerate(self.problems):
            path = (area_at, problem_at)
            sources[path] = Source(self.grid.name, problem.cell)
            problems.append(self._problem(problem, path, sources))
        return tuple(problems), sources

    def _problem(self, problem, path, sources):
        numbers = {cause: number for number, cause in enumerate(problem.causes, start=1)}
        keys = {cause.key: number for cause, number in numbers.items() if cause.key}
        causes = []
        for at, cause in enumerate(problem.causes):
            sources[*path, at] = Source(self.grid.name, cause.cell)
            for action_at, action in enumerate(cause.actions):
                sources[*path, at, action_at] = Source(self.grid.name, action.cell)
            actions = tuple(_action(action, numbers, keys) for action in cause.actions)
            causes.append(Cause(uid=cause.uid, text=cause.text, actions=actions))
        return Problem(uid=problem.uid, title=problem.title, overarching_goal=problem.goal, causes=tuple(causes))


def _action(action, numbers, keys):
    also = {numbers[cause] for cause in action.causes_below} | {keys[key] for key in action.also if key in keys}
    return Action(
        uid=action.uid,
        order=action.order,
        text=action.texts.get("action", ""),
        goals=action.texts.get("goals", ""),
        when=action.texts.get("when", ""),
        who=action.texts.get("who", ""),
        follow_up=action.texts.get("follow_up", ""),
        also_causes=tuple(sorted(also - {numbers[action.cause]})),
        shared_cells=action.shared,
    )


def homes_of(sheets):
    """Return the Homes of all the sheets: (grid, table, ids) each."""
    homes = Homes()
    for grid, table, ids in sheets:
        homes.add(grid, table, ids)
    return homes


def formulas_without_value(grid, table):
    """Return the names of the table's cells with a formula whose value the file lacks."""
    columns = {table.columns[column.key] for column in (PROBLEM, *COLUMNS) if column.key in table.columns}
    return [
        cell_name(row, column)
        for row, column in sorted(grid.formulas)
        if column in columns and row >= table.first_row and (row, column) not in grid.texts
    ]


def _copied(count):
    return "1 kopierad rad läses som ny" if count == 1 else f"{count} kopierade rader läses som nya"


def rows_told(numbers):
    """Return rows of a sheet in words, such as "Rad 8" or "Raderna 8, 9 och 12"."""
    told = listed([str(number) for number in numbers])
    return f"Raderna {told}" if len(numbers) > 1 else f"Rad {told}"
