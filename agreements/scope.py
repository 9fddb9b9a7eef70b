"""Whose cooperation it is about: a district's, or the city's own. It is in every address under /samverkan/."""

from __future__ import annotations

from dataclasses import dataclass

from agreements.models import District
from agreements.permissions import access_of

CITY_SLUG = "staden"


@dataclass(frozen=True)
class Scope:
    """A district, or with ``None`` the city as a whole."""

    district: District | None

    @property
    def pk(self):
        """The district's id, None for the city: what permissions are asked of."""
        return self.district.pk if self.district else None

    @property
    def slug(self):
        return self.district.slug if self.district else CITY_SLUG

    @property
    def name(self):
        return self.district.name if self.district else "Staden"

    @property
    def mid_phrase(self):
        """The name where it does not begin a sentence: "Samverkan, staden", "Samverkan, Skärholmen"."""
        return self.name if self.district else self.name.lower()

    @property
    def is_city(self):
        return self.district is None

    def __str__(self):
        return self.name

    def lookup(self, path="district"):
        """Return what keeps the rows of this place, whose district is found at ``path``."""
        return {path: self.district} if self.district else {f"{path}__isnull": True}

    def allows(self, user, permission):
        """Whether the person has the permission here."""
        return access_of(user).allows(permission, self.pk)


def lookup_of(slug, path="district"):
    """Return what keeps the rows of the place with the address, whose district is found at ``path``."""
    return {f"{path}__isnull": True} if slug == CITY_SLUG else {f"{path}__slug": slug}
