"""What a row rests on, and bringing problems and causes from the cause analysis into the plan."""

from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from agreements.permissions import Permission, access_of
from agreements.pictures import workflow as pictures
from plans import bringing, grounds
from plans.errors import EditRefused
from plans.forms.grounds import BringForm, LinkForm
from plans.permissions import check_edit
from plans.views.access import readable_plan
from plans.views.rows import RowPage
from plans.views.steps import page_at


@never_cache
@require_http_methods(["GET", "POST"])
def row_grounds(request, district, year, kind, uid):
    """What a problem or a cause rests on, and for one who writes the plan the way to say it."""
    page = RowPage(request, district, year, kind, uid)
    if request.method == "POST":
        check_edit(request.user, page.plan)
    if page.place is None:
        raise Http404
    if page.kind not in grounds.GROUNDED:
        messages.info(request, grounds.NO_GROUNDS)
        return redirect(page.address("row"))
    found = grounds.grounds_of(page.plan, request.user, [uid]).get(page.uid, grounds.Grounds())
    form = None if page.why_not else _link_form(request, page, found)
    if request.method == "POST" and form.is_valid():
        chosen = form.cleaned_data
        grounds.link(
            page.plan, page.uid, findings=chosen["findings"], places=chosen["places"],
            kept=set(chosen.get("kept", ())), by=request.user,
        )  # fmt: skip
        messages.success(request, f"Det som {page.place.name.lower()} bygger på är sparat.")
        return redirect(page_at(page.plan, page.uid, page.place.position))
    more = {
        "grounds": None,  # it is the page itself, and not beside it
        "lines": grounds.lines_of(found),
        "places": [(place, grounds.place_address(place)) for place in found.places],
        "form": form,
        "reads_pictures": access_of(request.user).allows(Permission.READ_PICTURES, page.plan.district_id),
    }
    return render(request, "plans/row_grounds.html", page.context() | more)


def _link_form(request, page, found):
    return LinkForm(
        request.POST if request.method == "POST" else None,
        grounds=found,
        findings=grounds.offered_findings(page.plan, request.user, found),
        places=grounds.offered_places(page.plan, request.user, found),
    )


@never_cache
@require_http_methods(["GET", "POST"])
def bring(request, district, year):
    """Choose which prioritised problems and chosen causes to bring into the plan."""
    plan = readable_plan(request, district, year)
    check_edit(request.user, plan)
    picture = bringing.picture_of(plan, request.user)
    offers = bringing.offered(plan, request.user, picture) if picture else []
    tabs = [(str(tab.uid), str(tab)) for tab in plan.planareas.select_related("area")]
    posted = request.method == "POST"
    forms = [
        BringForm(request.POST if posted else None, offer=offer, tabs=tabs) for offer in offers if offer.is_offered
    ]
    problem = ""
    are_valid = [form.is_valid() for form in forms]  # each, so that all mistakes are told at once
    if posted and all(are_valid):
        try:
            event = bringing.bring(plan, [form.choice() for form in forms], by=request.user)
        except EditRefused as refusal:
            problem = str(refusal)
        else:
            if event:
                return _brought(request, plan, event)
            problem = "Välj minst en orsak att hämta."
    context = {
        "plan": plan,
        "picture": picture,
        "picture_address": pictures.address_of(picture) if picture else "",
        "forms": forms,
        "mistakes": [*([("", "", problem)] if problem else []), *_mistakes(forms)],
        "brought": [(offer, page_at(plan, offer.row)) for offer in offers if offer.row and not offer.left],
        "waiting": [offer for offer in offers if not offer.row and not offer.left],
        "analyses_address": reverse("cooperation:analyses", args=[plan.scope.slug]),
        "crumbs": [
            (reverse("plans:list"), "Åtgärdsplaner"),
            (plan.get_absolute_url(), f"{plan.scope} {plan.year}"),
        ],
    }
    return render(request, "plans/bring.html", context)


def _mistakes(forms):
    return [
        (form[name].id_for_label, f"{form[name].label}, {form.offer.problem}", text)
        for form in forms
        for name in form.errors
        for text in form.errors[name]
    ]


def _brought(request, plan, event):
    first = event.operations[0]
    tab = first["parent"] if first["kind"] == "problem" else None
    position = plan.planareas.filter(**({"uid": tab} if tab else {"problems": first["parent"]})).values_list(
        "position", flat=True
    )
    messages.success(request, f"{event.summary}. Det går att ångra. Skriv nu åtgärderna.")
    return redirect(page_at(plan, first["uid"], position.first()))
