"""The plan as files: one table of formats, for the page, the command and the archive."""

import io
from dataclasses import dataclass
from typing import NamedTuple

from django.utils import timezone

from agreements.enums import OrganisationKind
from plans import open_format
from plans.enums import PlanState
from plans.loading import load
from plans.pdf import Cover, archive_pdf, plan_pdf
from plans.permissions import DECIDED_STATES, EDITABLE_STATES
from plans.since import marker_of
from plans.workbook.writer import write_workbook


class Exported(NamedTuple):
    """A file made of a plan."""

    name: str
    media_type: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Format:
    """A format a plan can be had in. ``write`` makes the bytes of a plan, its document and its marker."""

    extension: str
    label: str
    media_type: str
    write: object


def _json(plan, document, marker):
    return open_format.dumps(document, marker).encode()


def _xlsx(plan, document, marker):
    buffer = io.BytesIO()
    write_workbook(document, buffer, marker)
    return buffer.getvalue()


def _pdf(plan, document, marker):
    """A decided plan is printed for the archive, with the files it can be read back from inside."""
    cover, objectives = cover_of(plan), objectives_of(plan)
    if plan.state not in DECIDED_STATES:
        return plan_pdf(document, cover, objectives=objectives)
    attached = (FORMATS["xlsx"], FORMATS["json"])
    attachments = [
        (file_name(plan, kind), kind.write(plan, document, marker), kind.media_type, kind.label) for kind in attached
    ]
    return archive_pdf(document, cover, attachments, objectives=objectives)


FORMATS = {
    "xlsx": Format(
        "xlsx",
        "Excel, stadens mall",
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        _xlsx,
    ),
    "pdf": Format("pdf", "PDF", "application/pdf", _pdf),
    "json": Format("json", "JSON, öppet format", "application/json", _json),
}


def export(plan, name):
    """Return the plan, which must come with its district and year, as an :class:`Exported` file of that format."""
    chosen = FORMATS[name]
    # Goals one by one, times and responsible functions are in the JSON, wherever that goes.
    with_parts = name == "json" or (name == "pdf" and plan.state in DECIDED_STATES)
    # Taken before the content, so that no change between the two is taken for known.
    marker = marker_of(plan) if name != "pdf" or plan.state in DECIDED_STATES else None
    document = load(plan, with_parts=with_parts).document
    return Exported(file_name(plan, chosen), chosen.media_type, chosen.write(plan, document, marker))


def file_name(plan, chosen):
    """Return the name people find the file by, such as "Åtgärdsplan 2025 Skärholmen.xlsx"."""
    return f"Åtgärdsplan {plan.year} {plan.district or 'Staden'}.{chosen.extension}"


def cover_of(plan):
    """Return what the cover of the printed plan says: where it stands and who the parties are.

    A plan that can still be changed is a draft to its reader, whoever reviews it.
    """
    return Cover(
        district=str(plan.district or "Staden"),
        year=plan.year,
        state=PlanState(plan.state).label,
        version="",
        parties=parties_of(plan.district),
        is_draft=plan.state in EDITABLE_STATES,
        is_example=plan.is_example,
        made_at=timezone.localtime(),
    )


def parties_of(district):
    """Return the names of the parties: the district's administration and its local police areas."""
    if district is None:
        return ()
    administrations = district.organisations.filter(kind=OrganisationKind.DISTRICT_ADMIN, is_party=True)
    return (*map(str, administrations), *map(str, district.local_police_areas.all()))


def objectives_of(plan):
    """Return the city's numbered goals of each area of the plan's year, by the area's code."""
    goals = {}
    rows = plan.cycle.area_set.areas.filter(objectives__isnull=False).order_by("number", "objectives__number")
    for code, text in rows.values_list("code", "objectives__text"):
        goals.setdefault(code, []).append(text)
    return goals
