"""Delimited places (seed 001: the geographic analysis, P03): writing one, and all that is said and done about it."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from django.db import IntegrityError, transaction
from django.utils.text import slugify

from agreements.claiming import claim
from agreements.mentions import PLACE_MENTIONS
from agreements.models import AnalysedCause, Finding, Place, PrioritisedProblem
from trygghet.words import counted

# What an address under /platser/ says that is no place.
TAKEN = {"ny", "redigera", ""}


class PlaceRefused(Exception):
    """The place cannot be kept as it is; nothing was written. The message is a Swedish sentence for the person."""


def slug_of(name):
    """Return what the address of a place with that name ends in; it stays when the name is changed."""
    slug = slugify(name)[:75]
    return f"plats-{slug}".rstrip("-") if slug in TAKEN else slug


@transaction.atomic
def save(place, values, *, seen=None):
    """Write the values in the place, new or old, and return it; raise PlaceRefused when its name is another's.

    ``seen`` is the version of an old one that the person read; raises StaleRow if it is another now.
    """
    if seen is not None and not place._state.adding:
        claim(place, seen)
    for name, value in values.items():
        setattr(place, name, value)
    others = Place.objects.filter(district=place.district).exclude(pk=place.pk)
    place.slug = place.slug or slug_of(place.name)
    if others.filter(name__iexact=place.name).exists() or others.filter(slug=place.slug).exists():
        raise PlaceRefused(_taken(place))
    try:
        with transaction.atomic():
            place.save()
    except IntegrityError as error:
        raise PlaceRefused(_taken(place)) from error
    return place


def _taken(place):
    return f"{place.district} har redan en plats som heter så. Öppna den, eller skriv ett namn som skiljer dem åt."


# --- What is said of it


@dataclass(kw_only=True)
class Year:
    """What a year's pictures, analyses and plans say of a place."""

    year: int
    findings: list = field(default_factory=list)
    problems: list = field(default_factory=list)
    causes: list = field(default_factory=list)
    rows: list = field(default_factory=list)  # agreements.mentions.Mention, from the plans


def story(place, user):
    """Return a :class:`Year` for each year that says anything of the place, the latest first.

    Only what the person may read: an own picture that has not been shared is
    its party's (seed 001), and so is all that stands on it. A party's finding
    that a joint one has taken over is told by that one, which leads to it.
    """
    years = {}

    def of(year):
        return years.setdefault(year, Year(year=year))

    findings = Finding.objects.visible_to(user).filter(places=place)
    findings = findings.exclude(pk__in=findings.filter(origins__isnull=False).values("origins"))
    for finding in findings.select_related("picture__district", "source").order_by("picture__producer", "position"):
        of(finding.picture.year).findings.append(finding)
    problems = PrioritisedProblem.objects.visible_to(user).filter(places=place)
    for problem in problems.select_related("picture__district").order_by("position"):
        of(problem.picture.year).problems.append(problem)
    causes = AnalysedCause.objects.visible_to(user).filter(places=place)
    for cause in causes.select_related("analysis__problem__picture__district").order_by("analysis", "position"):
        of(cause.analysis.problem.picture.year).causes.append(cause)
    for mention in (mention for source in PLACE_MENTIONS for mention in source(place, user)):
        of(mention.year).rows.append(mention)
    return sorted(years.values(), key=lambda year: -year.year)


def told_of(places, user):
    """Return how many findings and problems of each place :func:`story` tells the person, in words by its key."""
    findings = Finding.objects.visible_to(user).filter(places__in=places)
    taken_over = findings.filter(origins__isnull=False).values_list("origins", "places")
    told = set(findings.values_list("pk", "places")).difference(taken_over)
    by_place = Counter(place for _, place in told)
    found = PrioritisedProblem.objects.visible_to(user).filter(places__in=places)
    problems = Counter(found.values_list("places", flat=True))
    return {place.pk: _told(by_place[place.pk], problems[place.pk]) for place in places}


def _told(findings, problems):
    words = [counted(findings, "iakttagelse", "iakttagelser")] if findings else []
    return ", ".join(words + ([f"{problems} problem"] if problems else []))
