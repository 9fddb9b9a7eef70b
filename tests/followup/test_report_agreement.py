"""Page, PDF and workbook of the annual report say the same numbers, and those of a plain recount (domain §5.7)."""

from collections import Counter

from hypothesis import HealthCheck, example, given, settings

from followup.enums import Fulfilled, GoalResult, Implementation, Light
from followup.report.page_file import page_html
from followup.report.paper import pdf_bytes
from followup.report.shared import plain_text
from followup.report.workbook import workbook_bytes
from plans.enums import Prevention
from tests.followup.random_reports import SIDES, actions_of, full_report, report_documents
from tests.followup.told_tables import numbers, of_page, of_pdf, of_workbook

FEW = settings(max_examples=4, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
SOME = settings(FEW, max_examples=12)


# --- A plain recount, from what was written and answered


class Recount:
    """Counts the plans and the answers one by one, each figure as {(line, column): number}."""

    def __init__(self, report):
        self.report = report
        self.areas = [key for key, _ in report.areas]
        self.counts, self.sides, self.prevention, self.by_district = (Counter() for _ in range(4))
        self.statuses, self.lights, self.goals, self.parties, self.changes = (Counter() for _ in range(5))
        self.quality = Counter()
        self.actions, self.shared = Counter(), {"Åtgärd": {}, "Orsak": {}}
        for district in report.districts:
            if district.plan:
                self._plan(district)
            if district.follow_up:
                self._follow_up(district)
        for change in report.changes:
            self.changes[change.area, change.kind] += 1
        self.stages = Counter(stage for obstacle in report.obstacles for stage in obstacle.stages)

    def _plan(self, district):
        for area in district.plan.areas:
            key = area.code or "egna"
            for kind, number in zip(("problem", "cause", "action"), area.counts(), strict=True):
                self.counts[key, kind] += number
                self.by_district[district.slug, key, kind] += number
            for cause in (cause for problem in area.problems for cause in problem.causes):
                self._share("Orsak", district, cause.text)
        for area, action in actions_of(district.plan):
            key = area.code or "egna"
            if action.text:
                self._share("Åtgärd", district, action.text)
                self.actions[key] += 1
                self.prevention[key, action.prevention] += 1
                for side in action.triangle_sides or ("",):
                    self.sides[key, side] += 1

    def _share(self, what, district, text):
        if plain := plain_text(text, district.plan.district):
            self.shared[what].setdefault(plain, []).append(district.slug)

    def _follow_up(self, district):
        rows = {str(action.uid): (area.code or "egna", action) for area, action in actions_of(district.plan)}
        for answer in district.follow_up.actions:
            key, action = rows[answer.row]
            self.statuses[key, answer.status] += 1
            self.lights[key, answer.light] += 1
            for goal in answer.goals:
                self.goals[key, goal.result] += 1
                self.quality[key, self._measured(action, goal.key)] += 1
            for party in answer.parties:
                self.parties[party.party, party.answer] += 1

    @staticmethod
    def _measured(action, key):
        keys = [str(goal.uid or at) for at, goal in enumerate(action.operational_goals, start=1)]
        if key not in keys:
            return "words"
        goal = action.operational_goals[keys.index(key)]
        said = sum(map(bool, (goal.indicator, goal.target, goal.due_on)))
        return {0: "words", 3: "full"}.get(said, "some")

    def districts(self):
        """Return what is counted of each district that has a plan: its actions, and of them done; its goals met."""
        rows = []
        for each in self.report.districts:
            if each.plan:
                answers = each.follow_up.actions if each.follow_up else ()
                results = [goal.result for answer in answers for goal in answer.goals]
                row = [sum(bool(action.text) for _, action in actions_of(each.plan))]
                row += [sum(answer.status in ("done", "done_with_changes") for answer in answers)] if answers else []
                rows.append(row + ([results.count("met")] if results else []))
        return rows

    def lines(self, counted, columns, lines=None, sums=None):
        """Return the numbers of each line that has any, with its sum, and the sum of them all last."""
        lines = self.areas if lines is None else lines
        rows = [[counted[line, column] for column in columns] for line in lines]
        rows = [[*row, *([sums[line] if sums else sum(row)] if sums is not False else [])]
                for line, row in zip(lines, rows, strict=True) if any(row)]  # fmt: skip
        return [*rows, [sum(column) for column in zip(*rows, strict=True)]] if rows else []

    def shared_rows(self, what):
        """Return how many rows have each text that at least three districts have, the most first."""
        those = [found for found in self.shared[what].values() if len(set(found)) >= 3]
        return sorted((len(found) for found in those), reverse=True)


def expected(report):
    """Return (caption on the page and in the PDF, sheet, the numbers of each row) of each figure."""
    plain = Recount(report)
    parties = sorted({party for party, _ in plain.parties})
    parties.sort(key=lambda name: -sum(plain.parties[name, answer] for answer in ("", *Fulfilled.values)))
    stages = [[plain.stages[each]] for each in ("escalated", "answered", "closed")] if report.obstacles else []
    return [
        ("Problemområden, orsaker och åtgärder per område", "F2 Innehåll per område",
         plain.lines(plain.counts, ("problem", "cause", "action"), sums=False)),
        ("Åtgärder efter status, per område", "F3 Status", plain.lines(plain.statuses, (*Implementation.values, ""))),
        ("Åtgärder efter läge (grönt, gult, rött), per område", "F3 Läge",
         plain.lines(plain.lights, (*Light.values, ""))),
        ("Mål efter resultat, per område", "F4 Mål", plain.lines(plain.goals, (*GoalResult.values, ""))),
        ("Mål efter hur de kan mätas, per område", "F4 Målkvalitet",
         plain.lines(plain.quality, ("full", "some", "words"))),
        ("Åtgärder efter sida i brottstriangeln, per område", "F6 Brottstriangeln",
         plain.lines(plain.sides, (*dict(SIDES), ""), sums=plain.actions)),
        ("Åtgärder efter slag av förebyggande, per område", "F6 Förebyggande",
         plain.lines(plain.prevention, (*Prevention.values, ""))),
        ("Har parten gjort sin del? Partens egna svar", "F7 Parter",
         plain.lines(plain.parties, (*Fulfilled.values, ""), parties)),
        ("Hur långt hindren har kommit", "F8 Hinder", stages),
        ("Åtgärder som är förda vidare, nya och inte förda vidare, per område", "F10 Förda vidare",
         plain.lines(plain.changes, ("carried", "new", "stopped"))),
    ]  # fmt: skip


def assert_paged(tables, report):
    """The page's or the PDF's tables have the numbers of the recount."""
    for caption, _, rows in expected(report):
        assert (caption in tables) == bool(rows), caption
        assert numbers(tables.get(caption, [])) == rows, caption
    plain = Recount(report)
    by_district = [
        [plain.by_district[each.slug, area, kind] for area in plain.areas for kind in ("problem", "cause", "action")]
        for each in report.districts
        if each.plan
    ]
    caption = "Antal problemområden, orsaker och åtgärder i varje stadsdel och område 2025"
    assert numbers(tables.get(caption, [])) == by_district
    assert numbers(tables["Varje stadsdels uppföljning, åtgärder och mål"]) == plain.districts()
    for what, caption in (("Åtgärd", "Åtgärder"), ("Orsak", "Orsaker")):
        shared = tables.get(f"{caption} som minst tre stadsdelar har", [])
        assert sorted((row[-1] for row in numbers(shared)), reverse=True) == plain.shared_rows(what)[:10]


@SOME
@given(report_documents())
@example(full_report())
def test_the_pages_numbers_are_those_of_a_plain_recount(report):
    assert_paged(of_page(page_html(report)), report)


@SOME
@given(report_documents())
@example(full_report())
def test_the_workbooks_numbers_are_those_of_a_plain_recount(report):
    sheets = of_workbook(workbook_bytes(report))
    for _, name, rows in expected(report):
        assert numbers(sheets[name]) == rows, name
    plain = Recount(report)
    shared = [(what, number) for what, _, _, number in sheets["F9 Gemensamt"][1:]]
    assert shared == [(what, number) for what in ("Åtgärd", "Orsak") for number in plain.shared_rows(what)[:10]]
    assert len(sheets["Åtgärder"]) - 1 == sum(
        bool(action.text) or str(action.uid) in each.answers
        for each in report.districts
        if each.plan
        for _, action in actions_of(each.plan)
    )


@FEW
@given(report_documents())
@example(full_report())
def test_the_pdfs_numbers_are_those_of_a_plain_recount(report):
    assert_paged(of_pdf(pdf_bytes(report)), report)
