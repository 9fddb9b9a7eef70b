"""A row as a page of its own: reading it, writing in all its fields, moving it to another place."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.functional import cached_property
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from plans import editing, grounds, served
from plans.afterwards import offers_of, offers_of_cause
from plans.basis import areas_of
from plans.conflict import Conflict, resolved
from plans.errors import EditRefused, GoneRow, StaleRow
from plans.forms import FORMS, NewAreaForm, Rearrangement
from plans.group_rows import groups_of
from plans.history import latest_change, may_follow
from plans.loading import load
from plans.offers import offers_for
from plans.operations import FIELD_LABELS, MoveRow, SetFields
from plans.outline import Outline
from plans.permissions import check_edit
from plans.views.access import readable_plan, why_not_edit
from plans.views.steps import page_at
from plans.wording import Wording
from trygghet.words import upper_first

# The pages of a row, as the templates name them.
ADDRESSES = {"row": "row", "history": "row_history", "move": "row_move", "remove": "row_remove"}


class RowPage:
    """A row of a plan that the person may read, and all that its pages show around it."""

    def __init__(self, request, district, year, kind, uid):
        self.request = request
        self.plan = readable_plan(request, district, year)
        self.why_not = why_not_edit(request.user, self.plan)
        loaded = load(self.plan)
        self.outline = Outline(loaded.document)
        self.place = self.outline.find("", uid)
        if self.place and kind and kind != self.place.kind:
            raise Http404
        self.version = loaded.versions.get(str(uid))
        self.kind, self.uid = (self.place.kind if self.place else kind), str(uid)

    @cached_property
    def offers(self):
        return offers_for(self.plan)

    @cached_property
    def values(self):
        return self.outline.values(self.place)

    @cached_property
    def wording(self):
        return Wording(self.outline, dict(self.offers.sides))

    @property
    def next(self):
        return self.outline.beside(self.place)[1]

    def address(self, name, place=None):
        """The address of one of the row's pages."""
        kind, uid = (place.kind, place.uid) if place else (self.kind, self.uid)
        return reverse(f"plans:{name}", args=[self.plan.scope.slug, self.plan.year, kind, uid])

    def form(self, data=None, **more):
        """Return the form of the row, empty or filled in with what was posted."""
        if self.kind == "action":
            more["causes"] = self.outline.causes_beside(self.place)
        if self.kind == "area":
            more["after"] = self.area_places
        return FORMS[self.kind](
            self.place, values=self.values, version=self.version, offers=self.offers, data=data, **more
        )

    @cached_property
    def area_places(self):
        """Where an own area can stand: (uid of the tab before it, words); the first is where it stands now."""
        tabs = self.outline.of_kind["area"]
        others = [tab for tab in tabs if tab is not self.place]
        before = self.outline.beside(self.place)[0]
        now = before.uid if before else "first"
        places = [("first", "Först"), *((tab.uid, f"Efter {tab.text}") for tab in others)]
        return sorted(places, key=lambda place: place[0] != now)

    def context(self):
        """What every page of the row shows."""
        place = self.place
        before, after = self.outline.beside(place)
        return {
            "plan": self.plan,
            "page": self,
            "place": place,
            "before": before and (self.address("row", before), before),
            "after": after and (self.address("row", after), after),
            "above": [(self.address("row", row), row) for row in (place.problem, place.cause) if row],
            "working_groups": groups_of(self.plan, self.uid, self.request.user),
            "below": [(self.address("row", row), row) for row in self.outline.below(place)],
            "crumbs": self.crumbs(),
            "here": place.name if place.kind != "area" else place.text,
            "plan_address": page_at(self.plan, self.uid, place.position),
            "may_edit": not self.why_not,
            "may_follow": may_follow(self.request.user, self.plan),
            "why_not": self.why_not,
            "addresses": {name: self.address(view) for name, view in ADDRESSES.items()},
            "add_addresses": self._add_addresses(),
            "grounds": self._grounds(),
            "served": self._served(),
            "offers": self._offers(),
            "area_help": self._area_help(),
            "may_remove": place.kind != "area" or place.node.is_local,
            "what": {"area": "området", "problem": "problemområdet", "cause": "orsaken", "action": "åtgärden"}[
                self.kind
            ],
        }

    def _offers(self):
        """What apps further up let the person do with an action or a cause."""
        if self.kind == "cause":
            return offers_of_cause(self.plan, self.uid, self.request.user)
        return offers_of(self.plan, self.request.user).get(self.uid, []) if self.kind == "action" else []

    def _grounds(self):
        """What a problem or a cause rests on, beside it; None for other rows."""
        if self.kind not in grounds.GROUNDED:
            return None
        found = grounds.grounds_of(self.plan, self.request.user, [self.uid]).get(self.uid, grounds.Grounds())
        return {
            "lines": grounds.lines_of(found),
            "places": [(place, grounds.place_address(place)) for place in found.places],
            "address": self.address("row_grounds"),
        }

    def _served(self):
        """How the action and the city's handlingsplan answer to each other; None for other rows."""
        if self.kind != "action":
            return None
        if self.plan.scope.is_city:
            return {
                "activities": [],
                "local": served.local_actions(self.plan, self.uid, self.request.user),
                "address": "",
            }
        version = served.city_version_for(self.plan, self.request.user)
        activities = served.activities_of(version) if version else {}
        return {
            "activities": served.served_by(self.plan, self.uid, activities) if activities else [],
            "local": [],
            "address": self.address_of_served() if version else "",
        }

    def address_of_served(self):
        """Where it is said what the action serves."""
        return reverse("plans:row_served", args=[self.plan.scope.slug, self.plan.year, self.uid])

    def _area_help(self):
        """The city's own words on the area, beside its form; None for other rows and the district's own areas."""
        if self.kind != "area" or self.place.node.is_local:
            return None
        areas = areas_of(self.plan).areas.prefetch_related("objectives")
        area = areas.get(code=self.place.node.code)
        return area if area.description or area.example_activities or area.objectives.all() else None

    def crumbs(self):
        """The way to the row from the list of plans."""
        where = [self.plan.scope.slug, self.plan.year]
        crumbs = [
            (reverse("plans:list"), "Åtgärdsplaner"),
            (reverse("plans:plan", args=where), f"{self.plan.scope} {self.plan.year}"),
        ]
        if self.place and self.place.kind != "area":
            tab = self.outline.places[str(self.place.area.uid)]
            crumbs.append((reverse("plans:area", args=[*where, self.place.position]), tab.text))
        return crumbs

    def _add_addresses(self):
        words = {"problem": "Lägg till problemområde", "cause": "Lägg till orsak", "action": "Lägg till åtgärd"}
        below = {"area": ["problem"], "problem": ["cause"], "cause": ["action"], "action": []}[self.kind]
        kinds = [*below, *([self.kind] if self.kind != "area" else [])]
        more = {self.kind: " efter den här"}
        return [
            (
                reverse("plans:row_add", args=[self.plan.scope.slug, self.plan.year, self.kind, self.uid, kind]),
                words[kind] + more.get(kind, ""),
            )
            for kind in kinds
        ]


# --- The row


@never_cache
@require_http_methods(["GET", "POST"])
def row(request, district, year, uid, kind=""):
    """The row as a form; for one who may not write, as text with the reason why."""
    page = RowPage(request, district, year, kind, uid)
    if request.method == "POST":
        check_edit(request.user, page.plan)
    if page.place is None:
        return _gone(page)
    if page.why_not:
        return _read(page)
    if request.method == "GET":
        return _form_page(page, page.form(focus=request.GET.get("falt", "")))
    if "gor" in request.POST:
        press = Rearrangement(request.POST, request.POST["gor"])
        return _form_page(page, page.form(unsaved=press))
    return _save(page)


def _form_page(page, form):
    more = {"form": form, "mistakes": form.mistakes(), "organisations": page.offers.organisations}
    return render(page.request, "plans/row_form.html", page.context() | more)


def _read(page):
    fields = [
        (page.wording.label(page.kind, name), page.wording.say(page.kind, name, value))
        for name, value in page.values.items()
        if name != "shared_cells"
    ]
    return render(page.request, "plans/row_read.html", page.context() | {"fields": fields})


def _save(page):
    data, leave_alone = resolved(page.request.POST, page.values, page.kind)
    form = page.form(data=data)
    form.leave_alone = leave_alone
    if form.is_valid():
        try:
            event = _write(page, form)
        except StaleRow as stale:
            return _conflict(page, form, stale)
        except GoneRow:
            return _gone(page)
        except EditRefused as refusal:
            form.add_error(None, str(refusal))
        else:
            return _saved(page, event)
    return _form_page(page, form)


def _write(page, form):
    """Write what was changed as one change."""
    values = form.values()
    after = form.new_place() if page.kind == "area" else None
    home = form.new_home() if page.kind == "action" else None
    steps = [SetFields(kind=page.kind, uid=page.uid, values=values, version=form.cleaned_data["version"])]
    summary = ""
    if home:
        # The further causes are given in relation to the home, so they are written after the move.
        also = {"also_causes": values.pop("also_causes")}
        place = page.outline.last_action_of(page.outline.places[home])
        steps.append(MoveRow(kind="action", uid=page.uid, parent=home, after=place))
        steps.append(SetFields(kind="action", uid=page.uid, values=also))
        summary = f"Ändrade åtgärd: {page.place.excerpt}"
    if after:
        steps.append(MoveRow(kind="area", uid=page.uid, parent=None, after=None if after == "first" else after))
        summary = f"Ändrade området {form.cleaned_data['title']}"
    return editing.apply(page.plan, steps, by=page.request.user, summary=summary)


def _saved(page, event):
    saved = "sparat" if page.kind in ("area", "problem") else "sparad"  # ett område, en åtgärd
    messages.success(page.request, f"{page.place.name} är {saved}." if event else "Inget var ändrat.")
    if page.request.POST.get("sedan") == "nasta" and page.next:
        return redirect(page.address("row", page.next))
    return redirect(page_at(page.plan, page.uid, page.place.position))


def _conflict(page, form, stale):
    """Both texts beside each other, to choose from; nothing is written and nothing lost."""
    context = page.context() | {
        "conflict": Conflict(page.request.POST, page.wording, stale, leave_alone=form.leave_alone),
        "change": latest_change(page.plan, page.request.user, page.uid),
    }
    return render(page.request, "plans/row_conflict.html", context, status=409)


def _gone(page):
    """The row has been removed: what was typed is shown to be copied. 404 if there never was such a row."""
    change = latest_change(page.plan, page.request.user, page.uid)
    if change is None:
        raise Http404
    labels = FIELD_LABELS.get(page.kind, {})
    typed = [
        (upper_first(labels[name]), text) for name, text in page.request.POST.items() if name in labels and text.strip()
    ]
    context = {
        "plan": page.plan,
        "typed": typed,
        "crumbs": page.crumbs(),
        "history_address": reverse(
            "plans:row_history", args=[page.plan.scope.slug, page.plan.year, page.kind or "action", page.uid]
        ),
        "change": change,
    }
    return render(page.request, "plans/row_gone.html", context, status=410)


# --- To another place


@never_cache
@require_http_methods(["GET", "POST"])
def move(request, district, year, kind, uid):
    """Choose another area, problem or cause for the row to stand under."""
    page = RowPage(request, district, year, kind, uid)
    check_edit(request.user, page.plan)
    if page.place is None:
        return _gone(page)
    if page.kind == "area":
        raise Http404
    problem = ""
    if request.method == "POST":
        try:
            return _move(page, request.POST.get("till", ""))
        except (EditRefused, PermissionDenied) as refusal:
            problem = str(refusal)
    return render(request, "plans/row_move.html", page.context() | {"targets": _targets(page), "problem": problem})


def _move(page, target):
    offered = {uid for _, places in _targets(page) for uid, _, _ in places}
    if target not in offered:
        raise EditRefused("Välj vart raden ska flyttas.")
    editing.move_to(page.plan, page.kind, page.uid, target, by=page.request.user)
    messages.success(page.request, f"{page.place.name} är flyttad.")
    area = page.outline.places[target]
    return redirect(page_at(page.plan, page.uid, area.position))


def _targets(page):
    """Return (group, [(uid, words, whether the row stands there now)]) for where the row could stand."""
    outline, place = page.outline, page.place
    match place.kind:
        case "problem":
            now = str(place.area.uid)
            return [("", [(area.uid, area.text, area.uid == now) for area in outline.of_kind["area"]])]
        case "cause":
            return [
                (area.text, [(row.uid, row.label, row is place.problem) for row in outline.below(area)])
                for area in outline.of_kind["area"]
                if outline.below(area)
            ]
    groups = [(problem, outline.below(problem)) for problem in outline.of_kind["problem"]]
    return [
        (f"{outline.places[str(problem.area.uid)].text}: {problem.excerpt}",
         [(cause.uid, cause.label, cause is place.cause) for cause in causes])
        for problem, causes in groups
        if causes
    ]  # fmt: skip


# --- Areas


@require_http_methods(["GET", "POST"])
def edit_area(request, district, year, position):
    """The area on that tab, as a form."""
    plan = readable_plan(request, district, year)
    area = plan.planareas.filter(position=position).first()
    if area is None:
        raise Http404
    return row(request, district, year, uid=area.uid, kind="area")


@require_http_methods(["GET", "POST"])
def add_area(request, district, year):
    """Add the district's own area, which both parties have agreed on."""
    plan = readable_plan(request, district, year)
    check_edit(request.user, plan)
    posted = request.method == "POST"
    form = NewAreaForm(request.POST if posted else None)
    if posted and form.is_valid():
        try:
            event = editing.add_area(plan, form.cleaned_data["title"], by=request.user)
        except EditRefused as refusal:
            form.add_error("title", str(refusal))
        else:
            messages.success(request, f"Området {form.cleaned_data['title']} är tillagt.")
            return redirect("plans:area", district, year, _position(plan, event))
    crumbs = [
        (reverse("plans:list"), "Åtgärdsplaner"),
        (reverse("plans:plan", args=[district, year]), f"{plan.scope} {plan.year}"),
    ]
    return render(request, "plans/area_add.html", {"plan": plan, "form": form, "crumbs": crumbs})


def _position(plan, event):
    return plan.planareas.get(uid=event.operations[0]["uid"]).position
