"""What the fields of a plan's rows can hold, whoever writes in them."""

from __future__ import annotations

from uuid import uuid4

from django.db import models

from agreements.enums import TriangleSide
from plans.document import MAX_TEXT, clean_text
from plans.errors import EditRefused
from plans.open_format import PARTS, part_data, part_from_data
from plans.operations import LIST_FIELDS

SIDES = set(TriangleSide.values)


def clean_value(row, label, name, value):
    """Return the value as the row keeps it; raise EditRefused, with the field's label, for one it cannot hold."""
    if name in PARTS:
        return [_clean_part(row, label, name, part) for part in value]
    if name in LIST_FIELDS:
        return _clean_list(label, name, [clean_text(item) for item in value])
    return _clean_text(row._meta.get_field(name), label, clean_text(value))


def _clean_part(row, label, name, part):
    """The goal, timing or responsibility with an identity; a goal may have a measure before it has words."""
    try:
        part = part_data(part_from_data(name, {"uid": str(uuid4())} | _filled(part)))
    except ValueError as error:
        raise EditRefused(f"Ett datum i {label} finns inte. Skriv det som ÅÅÅÅ-MM-DD.") from error
    if part.get("starts_on") and part.get("ends_on", part["starts_on"]) < part["starts_on"]:  # ISO dates sort as text
        raise EditRefused(f"Slutdatumet i {label} ligger före startdatumet. Ändra ett av dem.")
    kind = row._meta.get_field(name).related_model
    for field, value in part.items():
        if field != "uid" and isinstance(kind._meta.get_field(field), models.CharField | models.TextField):
            _clean_text(kind._meta.get_field(field), f"{label} ({kind._meta.get_field(field).verbose_name})", value)
    return part


def _filled(part):
    return {name: value for name, value in part.items() if value}


def _clean_list(label, name, values):
    if name in ("perspectives", "triangle_sides") and not set(values) <= SIDES:
        raise EditRefused(f"Välj bland alternativen för {label}.")
    return values


def _clean_text(field, label, text):
    if field.choices:
        if text and text not in dict(field.flatchoices):
            raise EditRefused(f"Välj bland alternativen för {label}.")
        return text
    limit = field.max_length or MAX_TEXT
    if len(text) > limit:
        raise EditRefused(
            f"Texten i {label} är {len(text)} tecken. Högst {limit} får plats. Korta den eller dela upp raden."
        )
    return text
