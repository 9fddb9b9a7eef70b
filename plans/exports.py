"""The plan as it stands as files: one table of formats. What is decided has files of its own (``frozen_files.py``)."""

import io
from dataclasses import dataclass
from typing import NamedTuple

from django.utils import timezone

from agreements.enums import OrganisationKind
from agreements.models import Organisation
from plans import open_format
from plans.basis import areas_of
from plans.enums import PlanState
from plans.loading import load
from plans.models.content import kind_of
from plans.pdf import Cover, plan_pdf
from plans.permissions import EDITABLE_STATES
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
    return plan_pdf(document, cover_of(plan), objectives=objectives_of(plan))


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
    with_parts = name == "json"  # goals one by one, times and responsible functions
    # Taken before the content, so that no change between the two is taken for known.
    marker = marker_of(plan) if name != "pdf" else None
    document = load(plan, with_parts=with_parts).document
    return Exported(file_name(plan, chosen), chosen.media_type, chosen.write(plan, document, marker))


def file_name(plan, chosen):
    """Return the name people find the file by, such as "Åtgärdsplan 2025 Skärholmen.xlsx"."""
    return f"{plan.name} {plan.scope}.{chosen.extension}"


def cover_of(plan):
    """Return what the cover of the printed plan says: where it stands and who the parties are.

    A plan that can still be changed is a draft to its reader, whoever reviews it.
    """
    return Cover(
        kind=kind_of(plan.scope),
        district=str(plan.scope),
        year=plan.year,
        state=PlanState(plan.state).label,
        version="",
        parties=parties_of(plan.district),
        is_draft=plan.state in EDITABLE_STATES,
        is_example=plan.is_example,
        made_at=timezone.localtime(),
    )


def parties_of(district):
    """Return the names of the parties: the district's administration and its local police areas, or the city's own."""
    if district is None:
        return tuple(map(str, Organisation.objects.filter(district=None, is_party=True)))
    administrations = district.organisations.filter(kind=OrganisationKind.DISTRICT_ADMIN, is_party=True)
    return (*map(str, administrations), *map(str, district.local_police_areas.all()))


def objectives_of(plan):
    """Return the city's numbered goals of each area of the plan's year, by the area's code."""
    goals = {}
    rows = areas_of(plan).areas.filter(objectives__isnull=False).order_by("number", "objectives__number")
    for code, text in rows.values_list("code", "objectives__text"):
        goals.setdefault(code, []).append(text)
    return goals
