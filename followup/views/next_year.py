"""Next year's plan out of this year's, and an action over the years."""

from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from agreements.permissions import Permission, access_of
from agreements.scope import lookup_of
from followup import next_year as years
from followup.forms.next_year import CarryForm
from followup.life import life_of
from followup.page import address_of
from followup.views.files import readable_follow_up
from plans.errors import EditRefused
from plans.models import ActionPlan, PlanVersion
from plans.outline import excerpt
from plans.permissions import check_create

NOTHING_CHOSEN = "Välj minst en rad att föra över."


@never_cache
@require_http_methods(["GET", "POST"])
def next_year(request, district, year):
    """Choose which actions go on, and carry them over to next year's draft."""
    follow_up = readable_follow_up(request, district, year)
    check_create(request.user, follow_up.plan.scope)
    try:
        source = years.Source(follow_up)
    except EditRefused as error:
        messages.error(request, str(error))
        return redirect(address_of(follow_up))
    if source.is_closed:
        messages.error(
            request,
            f"Planen för {source.next.year} har status {source.next.get_state_display()} och tar inte emot fler rader.",
        )
        return redirect(address_of(follow_up))
    source.check(request.user)
    sent = request.POST if request.method == "POST" else None
    forms = [CarryForm(sent, area=area, choices=source.choices) for area in source.areas()]
    mistakes = _mistakes(forms) if sent is not None else []
    if sent is not None and not mistakes:
        try:
            return _carried(request, follow_up, forms)
        except EditRefused as error:
            mistakes = [str(error)]
    context = _context(source, follow_up, forms, mistakes)
    return render(request, "followup/next_year.html", context, status=422 if mistakes else 200)


def _mistakes(forms):
    """Return what there is to mend in what was sent, in Swedish."""
    found = [error for form in forms for errors in form.errors.values() for error in errors]
    return found or ([] if any(form.picked() for form in forms) else [NOTHING_CHOSEN])


def _carried(request, follow_up, forms):
    chosen = {uid for form in forms for uid in form.picked()}
    asked = {form.area.place.uid: form.cleaned_data.get("target") for form in forms}
    targets = {area: target for area, target in asked.items() if target}
    done = years.carry(follow_up, chosen, by=request.user, targets=targets)
    if done.count:
        told = f"Överfört till utkastet för {done.plan.year}: {done.told}."
        messages.success(request, f"{told} Kolumnen Uppföljning är tom.")
    else:
        messages.info(request, f"Det du valde fanns redan i planen för {done.plan.year}. Inget är ändrat.")
    if done.unsure:
        named = _named([place.excerpt for place in done.unsure])
        messages.warning(request, f"Se över När för {named}: där står andra år, så texten är inte flyttad.")
    if done.met:
        named = _named([excerpt(text) for text in done.met])
        messages.warning(request, f"Skriv ett nytt målvärde för {named}: det gamla är redan nått.")
    return redirect(done.plan.get_absolute_url())


def _named(texts):
    """Name the first three: "«A», «B», «C» och 2 till"."""
    more = f" och {len(texts) - 3} till" if len(texts) > 3 else ""
    return ", ".join(f"«{text}»" for text in texts[:3]) + more


def _context(source, follow_up, forms, mistakes):
    plan = source.plan
    return {
        "plan": plan,
        "follow_up": follow_up,
        "next": source.next,
        "next_year": source.cycle.year,
        "forms": forms,
        "left": sum(len(form.area.left) for form in forms),
        "mistakes": mistakes,
        "address": address_of(follow_up),
        "crumbs": [
            (reverse("plans:list"), "Åtgärdsplaner"),
            (plan.get_absolute_url(), f"{plan.scope} {plan.year}"),
            (address_of(follow_up), "Uppföljning"),
        ],
    }


@require_safe
def life(request, district, year, uid):
    """An action over the years: what it said, what came of it, and why it stopped."""
    plan = _followed_plan(request, district, year)
    found = life_of(plan, uid, request.user)
    if found is None:
        raise Http404
    crumbs = [
        (reverse("plans:list"), "Åtgärdsplaner"),
        (plan.get_absolute_url(), f"{plan.scope} {plan.year}"),
    ]
    return render(request, "followup/life.html", {"plan": plan, "life": found, "crumbs": crumbs})


def _followed_plan(request, district, year):
    """Return the plan, which the person takes part in following up; raise Http404 otherwise."""
    here = {**lookup_of(district), "cycle__year": year}
    plan = ActionPlan.objects.visible_to(request.user).with_place().filter(**here).first()
    if plan is None:
        there = {**lookup_of(district, "plan__district"), "plan__cycle__year": year}
        version = PlanVersion.objects.visible_to(request.user).with_place().filter(**there).first()
        plan = version and version.plan
    if plan is None or not access_of(request.user).allows(Permission.READ_FOLLOW_UP, plan.district_id):
        raise Http404
    return plan
