"""What the rows of a plan rest on: findings, prioritised problems and analysed causes, and the places they are about.

It is said beside the row and is no part of the plan's text. A ground whose row
has been removed is not shown, and is there again when the row is taken back.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from django.db import transaction
from django.db.models import Prefetch, Q
from django.urls import reverse
from django.utils.html import format_html, format_html_join

from agreements import analyses
from agreements.enums import PictureState
from agreements.models import AnalysedCause, Finding, Place, PrioritisedProblem
from agreements.permissions import Permission, access_of
from plans.models import ActionPlan, RowGround, RowPlace
from plans.outline import excerpt
from plans.permissions import check_edit
from trygghet.words import counted

# What rests on something by itself; an action rests on what its cause and its problem do.
GROUNDED = ("problem", "cause")
NO_GROUNDS = "Det är problemområden och orsaker som bygger på lägesbilden. Öppna åtgärdens orsak i stället."


@dataclass(kw_only=True)
class Grounds:
    """What a row rests on, of what the person may read."""

    problems: list[PrioritisedProblem] = field(default_factory=list)
    causes: list[AnalysedCause] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)  # its own, and those of its problems and causes
    own: set = field(default_factory=set)  # keys of the findings that were put to the row by hand
    places: list[Place] = field(default_factory=list)

    @property
    def told(self):
        """What it rests on in few words, for the link beside the row: "Bygger på 3 iakttagelser"."""
        if self.findings:
            return f"Bygger på {counted(len(self.findings), 'iakttagelse', 'iakttagelser')}"
        if self.problems:
            return "Bygger på lägesbilden"
        if self.causes:
            return "Bygger på orsaksanalysen"
        return f"Gäller {self.places[0].name}" + (" med flera" if len(self.places) > 1 else "")

    def _take(self, finding):
        if finding not in self.findings:
            self.findings.append(finding)

    def add(self, ground):
        """Take in what a row has been said to rest on, as far as the person may read it."""
        if ground.finding:
            self._take(ground.finding)
            self.own.add(ground.finding_id)
        for kind, found in ((self.problems, ground.problem), (self.causes, ground.cause)):
            if found:
                kind.append(found)
                for finding in found.findings.all():
                    self._take(finding)

    def __bool__(self):
        return bool(self.problems or self.causes or self.findings or self.places)


def grounds_of(plan, user, rows=None):
    """Return row uid → :class:`Grounds` for the rows that rest on something the person may read.

    ``rows`` limits it to some uids. Whoever does not read the district's
    pictures gets nothing. A fixed number of queries (at most 8; 2 where the plan rests on nothing).
    """
    if not access_of(user).allows(Permission.READ_PICTURES, plan.district_id):
        return {}
    of_rows = {} if rows is None else {"row__in": list(rows)}
    found = {}
    for ground in _readable_grounds(user).filter(plan=plan, **of_rows):
        found.setdefault(str(ground.row), Grounds()).add(ground)
    places = RowPlace.objects.filter(plan=plan, place__in=Place.objects.visible_to(user), **of_rows)
    for link in places.select_related("place__district").order_by("place__name"):
        found.setdefault(str(link.row), Grounds()).places.append(link.place)
    return {uid: grounds for uid, grounds in found.items() if grounds}


def _readable_grounds(user):
    findings = Finding.objects.visible_to(user).select_related("picture__district", "source").order_by("position")
    problems = PrioritisedProblem.objects.visible_to(user).select_related("picture__district")
    causes = AnalysedCause.objects.visible_to(user).select_related("analysis__problem__picture__district")
    return RowGround.objects.order_by("pk").prefetch_related(
        Prefetch("finding", findings),
        Prefetch("problem", problems.prefetch_related(Prefetch("findings", findings))),
        Prefetch("cause", causes.prefetch_related(Prefetch("findings", findings))),
    )


def texts_of(plan, document):
    """Return what each row rests on as texts, row uid → list, as it is frozen with a decided version (2 queries).

    Only rows that are in the plan, which the ``document`` is. Parties' own drafts are never grounds, so everything
    has been shared between them.
    """
    problems = [problem for area in document.areas for problem in area.problems]
    rows = {row.uid for problem in problems for row in (problem, *problem.causes)}
    grounds = RowGround.objects.filter(plan=plan, row__in=rows).order_by("pk")
    grounds = grounds.select_related("finding__picture", "problem__picture", "cause__analysis__problem__picture")
    texts = {}
    for ground in grounds:
        texts.setdefault(str(ground.row), []).append(_text(ground))
    for link in RowPlace.objects.filter(plan=plan, row__in=rows).select_related("place").order_by("place__name"):
        texts.setdefault(str(link.row), []).append(f"Plats: {link.place}")
    return texts


def _text(ground):
    if ground.finding:
        return f"Iakttagelse: {ground.finding} ({ground.finding.picture})"
    if ground.problem:
        return f"Prioriterat problem: {ground.problem} ({ground.problem.picture})"
    return f"Analyserad orsak: {ground.cause} ({ground.cause.analysis.problem.picture})"


# --- Linking by hand


def offered_findings(plan, user, found):
    """Return the findings a row can be said to rest on: of the place's pictures up to the plan's year, none a draft.

    A picture that its party has not shared cannot be a ground, since the plan
    is both parties' (seed 001). What was put to the row by hand is offered too;
    what it has through its problem or cause (``found``) is not.
    """
    findings = Finding.objects.visible_to(user)
    offered = Q(picture__district=plan.district, picture__year__lte=plan.year) & ~Q(picture__state=PictureState.DRAFT)
    findings = findings.filter(offered | Q(pk__in=found.own)).select_related("picture__district")
    inherited = {finding.pk for finding in found.findings} - found.own  # they come with its problem or its cause
    return findings.exclude(pk__in=inherited).order_by("-picture__year", "picture__producer", "position")


def offered_places(plan, user, found):
    """Return the places a row can be about: those of the district that hold today, and those that it names."""
    places = Place.objects.visible_to(user)
    here = places.valid_on().filter(**({"district": plan.district} if plan.district_id else {}))
    return places.filter(Q(pk__in=here.values("pk")) | Q(pk__in=[place.pk for place in found.places]))


@transaction.atomic
def link(plan, row, *, findings, places, kept, by):
    """Say what a row rests on and where it is, instead of what was said before, as far as the person sees it.

    ``kept`` are keys of the prioritised problems and analysed causes that
    stay. What the person may not read is left as it is. Raises PermissionDenied.
    """
    plan = ActionPlan.objects.visible_to(by).select_for_update(of=("self",)).get(pk=plan.pk)
    check_edit(by, plan)
    seen = grounds_of(plan, by, [row]).get(str(row), Grounds())
    _replace(RowGround, "finding", plan, row, seen.own, {finding.pk for finding in findings})
    _replace(RowPlace, "place", plan, row, {place.pk for place in seen.places}, {place.pk for place in places})
    for name, shown in (("problem", seen.problems), ("cause", seen.causes)):
        gone = [each.pk for each in shown if str(each.pk) not in kept]
        RowGround.objects.filter(plan=plan, row=row, **{f"{name}__in": gone}).delete()


def _replace(model, name, plan, row, before, now):
    model.objects.filter(plan=plan, row=row, **{f"{name}__in": before - now}).delete()
    model.objects.bulk_create(model(plan=plan, row=row, **{f"{name}_id": key}) for key in sorted(now - before, key=str))


# --- Saying it


def link_in_grid(plan, found):
    """Return what plans.grid.put_grounds asks: the link to what a row rests on, as markup; empty for nothing.

    ``found`` is as :func:`grounds_of` gives it.
    """
    base = reverse("plans:plan", args=[plan.scope.slug, plan.year])

    def said_of(kind, uid, name):
        if uid not in found:
            return ""
        address = f"{base}rad/{kind}/{uid}/grunder/"
        return format_html(
            '<a class="grounds-link" href="{}">{}<span class="visually-hidden"> – {}</span></a>',
            address,
            found[uid].told,
            name,
        )

    return said_of


def frozen_in_grid(texts):
    """Return what plans.grid.put_grounds asks, of a decided version: the texts that were frozen with it, as markup."""

    def said_of(kind, uid, name):
        if not texts.get(uid):
            return ""
        items = format_html_join("", "<li>{}</li>", ((text,) for text in texts[uid]))
        return format_html(
            '<details class="frozen-grounds"><summary>Bygger på<span class="visually-hidden"> – {}</span></summary>'
            "<ul>{}</ul></details>",
            name,
            items,
        )

    return said_of


def lines_of(grounds):
    """Return (what, text, address, about) for everything a row rests on, in the order it is read."""
    lines = [
        ("Prioriterat problem", each.title, analyses.problem_address(each), str(each.picture))
        for each in grounds.problems
    ]
    lines += [
        (
            "Analyserad orsak",
            each.text,
            f"{analyses.address_of(each.analysis)}#orsak-{each.pk}",
            f"{each.get_assumption_display()}. {excerpt(each.evidence, 160)}".strip(),
        )
        for each in grounds.causes
    ]
    lines += [("Iakttagelse", each.title, analyses.finding_address(each), _about(each)) for each in grounds.findings]
    return lines


def _about(finding):
    words = [str(finding.picture), finding.get_trend_display() if finding.trend else "", str(finding.source or "")]
    return ", ".join(word for word in words if word)


def place_address(place):
    """Return where all that is said of the place is; it must come with its district."""
    return reverse("cooperation:delimited_place", args=[place.district.slug, place.slug])


def rests_on(findings):
    """Condition on a ground: it leads to any of the findings, itself or through its problem or cause."""
    return Q(finding__in=findings) | Q(problem__findings__in=findings) | Q(cause__findings__in=findings)
