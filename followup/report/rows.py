"""The rows behind the numbers of the annual report, each with its words and where it stands."""

from __future__ import annotations

from dataclasses import dataclass

from django.urls import reverse

from followup.enums import FollowUpState, Implementation, Light, NextYear
from followup.obstacles import address_of as obstacle_address
from followup.page import address_in
from followup.report import figures
from followup.report.reading import days_open
from followup.report.tables import kinds_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """A row behind a number: where it stands, what it says and is counted as.

    ``about`` is what it is part of, ``note`` what was said with the answer.
    """

    district: str
    area: str
    text: str
    about: str
    kind: str
    address: str
    note: str = ""


def shown(report, code, rows):
    """Return each of the figure's rows as it is shown."""
    titles, labels = dict(report.areas), kinds_of(report, code)
    if code == figures.OBSTACLES:
        return [_of_obstacle(report.obstacles[row.uid], labels[row.kind]) for row in rows]
    return [_of_plan(report.by_slug[row.district], row, titles, labels, code) for row in rows]


def _of_obstacle(obstacle, kind):
    days = days_open(obstacle)
    return Shown(
        district=str(obstacle.district),
        area="",
        text=obstacle.title,
        about=f"{obstacle.get_state_display()}, {'1 dag' if days == 1 else f'{days} dagar'} sedan det rapporterades"
        if obstacle.state not in ("closed", "withdrawn", "merged")
        else obstacle.get_state_display(),
        kind=kind,
        address=obstacle_address(obstacle),
    )


def _of_plan(district, row, titles, labels, code):
    place = district.outline.find("", row.uid)
    if place is None:
        return _of_commitment(district, row, titles, labels)
    text, about, note = place.text, place.problem.text if place.problem else "", ""
    if code in (figures.GOALS, figures.QUALITY):
        goal = _goal(district, row)
        text, about, note = goal.text, place.text, ". ".join(filter(None, (goal.value, goal.comment)))
    if code == figures.PARTIES:
        answers = district.answers[row.uid].parties
        text, about = row.party, place.text
        note = next(each.comment for each in answers if each.party == row.party)
    return Shown(
        district=str(district.district),
        area=titles[row.area],
        text=text or "Text saknas",
        about=about,
        kind=labels[row.kind],
        address=where(district, place.position, row.uid),
        note=note,
    )


def _goal(district, row):
    answers = (*district.follow_up.actions, *district.follow_up.areas)
    goals = next(answer.goals for answer in answers if answer.row == row.uid)
    return next(goal for goal in goals if goal.key == row.part)


def _of_commitment(district, row, titles, labels):
    """An åtagande is no row of its own in the grid: it stands with its area (seed 001)."""
    position, commitment = next(
        (position, each)
        for position, area in enumerate(district.plan.areas, start=1)
        for each in area.commitments
        if str(each.uid) == row.uid
    )
    return Shown(
        district=str(district.district),
        area=titles[row.area],
        text=row.party,
        about=commitment.text,
        kind=labels[row.kind],
        address=where(district, position),
    )


def where(district, position, uid=""):
    """Return where the row stands: in the district's follow-up if it is counted, else in the version that is."""
    anchor = f"#rad-{uid}" if uid else ""
    if district.follow_up:
        return address_in(district.handed_in.plan, "area", position) + anchor
    plan, number = district.version.plan, district.version.number
    return reverse("plans:version_area", args=[plan.scope.slug, plan.year, number, position]) + anchor


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


def all_actions(report, only=""):
    """Return an :class:`ActionLine` for each action of the plans that are counted, or of one district's (its slug)."""
    titles = dict(report.areas)
    return [
        _line(each, place, titles)
        for each in report.read
        if only in ("", each.slug)
        for place in each.outline.of_kind["action"]
        if place.text or place.uid in each.answers
    ]


def _line(district, place, titles):
    answer = district.answers.get(place.uid)
    return ActionLine(
        district=str(district.district),
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
        address=where(district, place.position, place.uid),
    )


def state_told(district):
    """Say how far the district's follow-up has come, as (mark, words)."""
    if district.handed_in is None:
        return "open", "Inte inlämnad"
    return ("done", "Godkänd") if district.is_approved else ("waiting", FollowUpState.SUBMITTED.label)
