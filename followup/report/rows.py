"""The rows behind the numbers of the annual report, each with its words and where it stands.

A published report is also read by those who read only their own district's
plan. What they cannot open has its words and no address: ``opens`` are the
slugs of the districts whose plans and follow-ups the reader opens, None for
all of them.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.urls import reverse

from followup.enums import Implementation, Light, NextYear
from followup.report import figures
from followup.report.tables import kinds_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """A row behind a number: where it stands, what it says and is counted as.

    ``about`` is what it is part of, ``note`` what was said with the answer,
    ``slug`` and ``uid`` the identities of the district and the plan's row.
    """

    district: str
    area: str
    text: str
    about: str
    kind: str
    address: str
    note: str = ""
    slug: str = ""
    uid: str = ""


def shown(report, code, rows, opens=None):
    """Return each of the figure's rows as it is shown to a reader who ``opens`` those districts."""
    told = _Rows(report, code, opens)
    tell = {figures.OBSTACLES: told.of_obstacle, figures.CHANGES: told.of_change}.get(code, told.of_plan)
    return [tell(row) for row in rows]


class _Rows:
    """The rows of a figure in words."""

    def __init__(self, report, code, opens):
        self.report, self.code, self.opens = report, code, opens
        self.titles, self.labels = dict(report.areas), kinds_of(report, code)

    def of_obstacle(self, row):
        """Return an obstacle with how far it has come."""
        obstacle = self.report.obstacles_by_uid[row.uid]
        days = "1 dag" if obstacle.days == 1 else f"{obstacle.days} dagar"
        return Shown(
            district=self.report.by_slug[obstacle.district].name,
            area="",
            text=obstacle.title,
            about=f"{obstacle.state}, {days} sedan det rapporterades" if obstacle.is_open else obstacle.state,
            kind=self.labels[row.kind],
            address=obstacle_address(obstacle, self.opens),
        )

    def of_plan(self, row):
        """Return a row of a district's plan, or what is answered of it."""
        district = self.report.by_slug[row.district]
        place = district.outline.find("", row.uid)
        if place is None:
            return self._of_commitment(district, row)
        text, about, note = place.text, place.problem.text if place.problem else "", ""
        if self.code in (figures.GOALS, figures.QUALITY):
            goal = _goal(district, row)
            text, about, note = goal.text, place.text, ". ".join(filter(None, (goal.value, goal.comment)))
        if self.code == figures.PARTIES:
            answers = district.answers[row.uid].parties
            text, about = row.party, place.text
            note = next(each.comment for each in answers if each.party == row.party)
        if self.code == figures.EXPERIENCE:
            note = _experience(district.answers[row.uid], row.kind)
        address = where(self.report.year, district, place.position, row.uid, opens=self.opens)
        return self._shown(district, row, text=text or "Text saknas", about=about, note=note, address=address)

    def of_change(self, row):
        """Return an action of this year's plan, or one of last year's that was not carried on."""
        change = self.report.changes_by_row[row.district, row.uid]
        district = self.report.by_slug[row.district]
        address = version_area_address(change, opens=self.opens)
        return self._shown(district, row, text=change.text, about=f"Planen för {change.year}", address=address)

    def _of_commitment(self, district, row):
        """An åtagande is no row of its own in the grid: it stands with its area (seed 001)."""
        position, commitment = next(
            (position, each)
            for position, area in enumerate(district.plan.areas, start=1)
            for each in area.commitments
            if str(each.uid) == row.uid
        )
        address = where(self.report.year, district, position, opens=self.opens)
        return self._shown(district, row, text=row.party, about=commitment.text, address=address)

    def _shown(self, district, row, **told):
        told |= {"area": self.titles[row.area], "kind": self.labels[row.kind], "slug": district.slug, "uid": row.uid}
        return Shown(district=district.signed if self.code == figures.EXPERIENCE else district.name, **told)


def _goal(district, row):
    answers = (*district.follow_up.actions, *district.follow_up.areas)
    goals = next(answer.goals for answer in answers if answer.row == row.uid)
    return next(goal for goal in goals if goal.key == row.part)


def _experience(answer, kind):
    """Return what the district says that others can learn from it, in its own words."""
    words = {
        "good": (answer.done, answer.helped),
        "failed": (answer.reason, answer.hindered, answer.changed, answer.done),
        "lesson": (answer.lesson,),
    }
    return next(filter(None, words[kind]), "")


# --- Where it stands


def where(year, district, position, uid="", *, opens=None):
    """Return where the row stands: in the district's follow-up if it is counted, else in the version that is."""
    if not _is_open(district.slug, opens):
        return ""
    if district.follow_up:
        address = reverse("followup:area", args=[district.slug, year, position])
    else:
        address = reverse("plans:version_area", args=[district.slug, year, district.version, position])
    return f"{address}#rad-{uid}" if uid else address


def version_address(year, district, *, opens=None):
    """Return where the version that is counted is; "" where none is, and where the reader does not open it."""
    if district.version is None or not _is_open(district.slug, opens):
        return ""
    return reverse("plans:version", args=[district.slug, year, district.version])


def follow_up_address(year, district, *, opens=None):
    """Return where the district's follow-up is, else the version that is counted; "" where the reader opens neither."""
    if district.follow_up is None or not _is_open(district.slug, opens):
        return version_address(year, district, opens=opens)
    return reverse("followup:follow_up", args=[district.slug, year])


def page_address(year, district):
    """Return where the report tells the district's follow-up on one page; "" while there is nothing to tell."""
    return reverse("followup:report_district", args=[year, district.slug]) if district.follow_up else ""


def version_area_address(change, *, opens=None):
    """Return where the action of a ``document.ChangePart`` stands; "" where the reader does not open it."""
    if not _is_open(change.district, opens):
        return ""
    place = [change.district, change.year, change.version, change.position]
    return f"{reverse('plans:version_area', args=place)}#rad-{change.uid}"


def obstacle_address(obstacle, opens=None):
    """Return the obstacle's page; "" where the reader does not open it."""
    if not _is_open(obstacle.district, opens):
        return ""
    return reverse("followup:obstacle", args=[obstacle.district, obstacle.uid])


def _is_open(slug, opens):
    return opens is None or slug in opens


# --- All actions


@dataclass(frozen=True, slots=True, kw_only=True)
class ActionLine:
    """An action of a district's plan, with what the district says became of it; "" where it has not said."""

    district: str
    area: str
    problem: str
    text: str
    when: str
    who: str
    status: str
    light: str
    light_name: str
    next_year: str
    done: str
    address: str
    slug: str
    uid: str


COLUMNS = {
    "district": "Stadsdel",
    "area": "Område",
    "problem": "Problemområde",
    "text": "Åtgärd",
    "when": "När",
    "who": "Vem",
    "status": "Status",
    "light": "Läge",
    "done": "Vad har genomförts?",
    "next_year": "Nästa år",
}
"""The columns of the appendix as a file."""
STATUSES, LIGHTS, NEXT = dict(Implementation.choices), dict(Light.choices), dict(NextYear.choices)


def all_actions(report, opens=None):
    """Return an :class:`ActionLine` for each action of the plans that are counted."""
    return action_lines(report, action_places(report), opens)


def action_places(report, only=""):
    """Return (district, place) of each action of the plans that are counted, or of one district's (its slug)."""
    return [
        (each, place)
        for each in report.read
        if only in ("", each.slug)
        for place in each.outline.of_kind["action"]
        if place.text or place.uid in each.answers
    ]


def action_lines(report, places, opens=None):
    """Return an :class:`ActionLine` for each of the :func:`action_places`."""
    titles = dict(report.areas)
    return [
        _line(district, place, titles, where(report.year, district, place.position, place.uid, opens=opens))
        for district, place in places
    ]


def _line(district, place, titles, address):
    answer = district.answers.get(place.uid)
    return ActionLine(
        district=district.name,
        area=titles[figures.area_key(place.area)],
        problem=place.problem.text,
        text=place.text,
        when=place.node.when,
        who=place.node.who,
        status=STATUSES.get(answer.status, "Inget svar") if answer else "",
        light=LIGHTS.get(answer.light, "") if answer else "",
        light_name=answer.light if answer else "",
        next_year=NEXT.get(answer.next_year, "") if answer else "",
        done=answer.done if answer else "",
        address=address,
        slug=district.slug,
        uid=place.uid,
    )
