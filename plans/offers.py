"""What a row's form offers to choose among, from the city's register."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Q

from agreements.enums import TriangleSide
from agreements.models import Organisation
from plans.basis import areas_of
from trygghet.words import upper_first


@dataclass(frozen=True, kw_only=True)
class Offers:
    """The plan's words for its choices.

    ``sides``: (code, title) of the crime triangle in the plan's own area set;
    ``neighbourhoods``: names of the district's stadsdelar; ``organisations``:
    names a responsible function may belong to, the whole city's and the
    district's, which are known to everybody who signs in.
    """

    sides: tuple[tuple[str, str], ...]
    neighbourhoods: tuple[str, ...]
    organisations: tuple[str, ...]
    has_targets: bool = False  # whether the areas have targets and commitments: the city's own plan (seed 001)


def offers_for(plan):
    """Return the plan's :class:`Offers` (3 queries)."""
    district = plan.district
    organisations = Organisation.objects.filter(Q(district=None) | Q(district=district))
    return Offers(
        sides=sides_of(plan),
        neighbourhoods=tuple(district.neighbourhoods.values_list("name", flat=True)) if district else (),
        organisations=tuple(organisations.values_list("name", flat=True)),
        has_targets=district is None,
    )


def sides_of(plan):
    """Return (code, title) of the sides of the crime triangle, in the words of the plan's area set (1 query)."""
    return sides_in(areas_of(plan))


def sides_in(area_set):
    """Return (code, title) of the sides of the crime triangle, in the words of the edition of the areas (1 query)."""
    sides = area_set.triangle_sides.values_list("code", "title")
    return tuple((code, upper_first(title)) for code, title in sides or TriangleSide.choices)
