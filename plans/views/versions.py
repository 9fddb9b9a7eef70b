"""Decided versions of a plan: reading one, and reading what differs between two."""

from dataclasses import dataclass

from django.http import Http404
from django.shortcuts import render
from django.urls import reverse
from django.utils.functional import cached_property
from django.views.decorators.http import require_safe

from agreements.permissions import Permission, access_of
from plans import grid, grounds, outlook
from plans.afterwards import after_decision, offers_of
from plans.basis import told_of_version
from plans.loading import load_document
from plans.markup import marked_up
from plans.models import ActionPlan, PlanVersion
from plans.offers import sides_of
from plans.versions import document_of
from plans.views.access import readable_plans, readable_versions
from plans.views.files import files_of, readable_version
from plans.wording import Wording
from trygghet.dates import day

NOW = "nu"
# What only the version itself needs, and which is large.
CONTENT = ("document", "facts", "counts")


# --- A version


@require_safe
def version(request, district, year, number, position=1):
    """A version as the steering group decided it, one area at a time."""
    page = _Version(request, district, year, number)
    if position not in range(1, max(len(page.tabs), 1) + 1):
        raise Http404
    context = page.context() | {"tab": None, "section": None}
    if page.tabs:
        context |= page.area(position)
    return render(request, "plans/version.html", context)


@require_safe
def analysis(request, district, year, number):
    """The Analys tab of a version: how many problems, causes and actions in each area."""
    page = _Version(request, district, year, number)
    context = {"tab": None, "section": None, "sum": page.document.counts(), "is_analysis": True}
    context["commitments"] = page.document.commitments()
    return render(request, "plans/version.html", page.context() | context)


class _Version:
    """What every tab of a version's page shows."""

    def __init__(self, request, district, year, number):
        self.request, self.where = request, [district, year]
        self.version = readable_version(request, district, year, number)
        self.document = document_of(self.version)
        self.tabs = grid.tabs(self.document)

    @cached_property
    def replaced_by(self):
        """The version that was decided after this one, None if it is in force."""
        later = self.version.plan.versions.filter(number__gt=self.version.number).defer(*CONTENT)
        return later.order_by("number").first()

    @property
    def is_in_force(self):
        return self.replaced_by is None

    def context(self):
        version = self.version
        return {
            "version": version,
            "plan": version.plan,
            "replaced_by": self.replaced_by,
            "afterwards": after_decision(version.plan, self.request.user) if self.is_in_force else [],
            "others": self._others(),
            "now": self._now(),
            "tabs": self.tabs,
            "may_edit": False,
            "is_analysis": False,
            "basis": told_of_version(version),
            "files": files_of(version),
            # What the city has decided itself is sent nowhere, and no board of a district decides on it.
            "milestones": None if version.plan.scope.is_city else outlook.milestones(version, self.request.user),
        }

    def area(self, position):
        """What the tab of the area in that place shows; what the rows rest on, for those who read the pictures."""
        section = self.document.areas[position - 1]
        problems = grid.problems(section, {})
        if access_of(self.request.user).allows(Permission.READ_PICTURES, self.version.plan.district_id):
            grid.put_grounds(problems, grounds.frozen_in_grid(self.version.facts.get("grounds", {})))
        if self.is_in_force:
            grid.put_offers(problems, offers_of(self.version.plan, self.request.user))
        lines = grid.area_lines(section, {})
        for line in lines:
            line.missing = "" if line.text else "Inget angivet"  # it will not come
        return {
            "tab": self.tabs[position - 1],
            "section": section,
            "lines": lines,
            "columns": grid.COLUMNS,
            "problems": problems,
        }

    def _others(self):
        """Return (version, address of its comparison with this one) for the plan's other versions."""
        others = readable_versions(self.request, *self.where).defer(*CONTENT).exclude(pk=self.version.pk)
        return [(other, self._compared(*sorted((self.version.number, other.number)))) for other in others]

    def _now(self):
        """Return the addresses of the plan as it now stands and of what has changed; None if it may not be read."""
        if not readable_plans(self.request, *self.where).exists():
            return None
        return {"address": self.version.plan.get_absolute_url(), "compared": self._compared(self.version.number, NOW)}

    def _compared(self, old, new):
        return f"{reverse('plans:compare', args=self.where)}?fran={old}&till={new}"


# --- Two editions


@require_safe
def compare(request, district, year):
    """What differs between two versions, or a version and the plan as it now stands, as a marked-up text."""
    editions = _editions(request, district, year)
    if not editions:
        raise Http404
    plan = editions[0].plan
    chosen = _chosen(editions, request.GET)
    context = {
        "plan": plan,
        "from_choices": [edition for edition in editions if edition.key != NOW],
        "to_choices": editions,
        "everything": request.GET.get("allt") == "1",
        "chosen": chosen,
    }
    if chosen:
        context |= _marked(plan, *chosen, user=request.user)
    return render(request, "plans/compare.html", context)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Edition:
    """Something to compare: a decided version, or the plan as it now stands (without a version)."""

    plan: ActionPlan
    version: PlanVersion | None = None

    @property
    def key(self):
        """What the address calls it."""
        return str(self.version.number) if self.version else NOW

    @property
    def name(self):
        return f"Version {self.version.number}" if self.version else "Planen som den står nu"

    @property
    def about(self):
        """When and by whom it was decided, or where the plan stands."""
        if self.version is None:
            return f"har status {self.plan.get_state_display()}"
        return f"beslutades {day(self.version.decided_on)} av {self.version.body}"


def _editions(request, district, year):
    """Return what the person may compare, the newest first."""
    versions = [
        _Edition(plan=version.plan, version=version)
        for version in readable_versions(request, district, year).defer(*CONTENT)
    ]
    plan = readable_plans(request, district, year).with_place().first()
    return [*([_Edition(plan=plan)] if plan else []), *versions]


def _chosen(editions, asked):
    """Return the (old, new) asked for, else what one most likely wants; None where there is nothing to compare.

    Raise Http404 for a version that is not there to be read.
    """
    natural = _natural(editions)
    if natural is None and not set(asked) & {"fran", "till"}:
        return None
    old, new = natural or (None, None)
    known = {edition.key: edition for edition in editions}
    try:
        old = known[asked["fran"]] if "fran" in asked else old
        new = known[asked["till"]] if "till" in asked else new
    except KeyError as unknown:
        raise Http404 from unknown
    if old is None or new is None or old.version is None:
        raise Http404
    return old, new


def _natural(editions):
    """Return the version in force and what is written now; else the two latest versions; None if there are not two."""
    now, *versions = editions if editions[0].key == NOW else [None, *editions]
    is_written = now and versions and now.plan.version > versions[0].version.number
    if now and versions and (is_written or len(versions) == 1):
        return versions[0], now
    return (versions[1], versions[0]) if len(versions) > 1 else None


def _marked(plan, old, new, *, user):
    texts = PlanVersion.objects.visible_to(user).in_bulk([each.version.pk for each in (old, new) if each.version])
    sides = dict(sides_of(plan))
    documents = [
        document_of(texts[each.version.pk]) if each.version else load_document(each.plan) for each in (old, new)
    ]
    marked = marked_up(*documents, wording=lambda outline: Wording(outline, sides).say)
    return {"old": old, "new": new, "marked": marked}
