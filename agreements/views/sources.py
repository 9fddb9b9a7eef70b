"""The data sources that pictures quote, and when each is measured next (P29)."""

from django.contrib import messages
from django.db import transaction
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from agreements.claiming import StaleRow, claim
from agreements.forms.pictures import DataSourceForm
from agreements.models import DataSource
from agreements.permissions import Permission
from agreements.views.access import check, scoped

P = Permission
YEARLY = {1: "Varje år", 2: "Vartannat år", 3: "Vart tredje år", 4: "Vart fjärde år", 5: "Vart femte år"}


@require_safe
@scoped(P.READ_COOPERATION)
def data_sources(request, scope):
    """Every source with who makes it, how often it comes, when last and when next."""
    context = {
        "scope": scope,
        "tab": "pictures",
        "reads_pictures": scope.allows(request.user, P.READ_PICTURES),
        "sources": [(source, how_often(source)) for source in DataSource.objects.visible_to(request.user)],
        "today": timezone.localdate(),
        "may_edit": scope.allows(request.user, P.SET_YEAR),
    }
    return render(request, "agreements/picture_sources.html", context)


def how_often(source):
    """Return how often a source comes, in words: "Vart tredje år", "Var 6:e månad"."""
    months = source.interval_months
    if not months:
        return "Löpande eller oregelbundet"
    years, rest = divmod(months, 12)
    if rest:
        return "Varje månad" if months == 1 else f"Var {months}:e månad"
    return YEARLY.get(years, f"Vart {years}:e år")


@require_http_methods(["GET", "POST"])
@scoped(P.READ_COOPERATION)
def data_source(request, scope, code):
    """Write when a source was measured and is measured next."""
    source = get_object_or_404(DataSource.objects.visible_to(request.user), code=code)
    check(
        request.user, P.SET_YEAR, scope,
        "Det är den centrala beredningsgruppen som anger när mätningarna görs. Vänd dig dit om något är fel.",
    )  # fmt: skip
    form = DataSourceForm(request.POST if request.method == "POST" else None, source=source)
    if request.method == "POST" and form.is_valid() and _written(source, form):
        messages.success(request, f"{source} är ändrad.")
        return redirect("cooperation:data_sources", scope.slug)
    context = {
        "scope": scope,
        "tab": "pictures",
        "reads_pictures": scope.allows(request.user, P.READ_PICTURES),
        "source": source,
        "form": form,
        "mistakes": form.mistakes() if form.is_bound else [],
    }
    return render(request, "agreements/picture_source_form.html", context, status=422 if form.is_bound else 200)


def _written(source, form):
    """Write what was filled in; leave it to the form to say if somebody else has written meanwhile."""
    try:
        with transaction.atomic():
            claim(source, form.cleaned_data["row_version"])
            for name, value in form.values().items():
                setattr(source, name, value)
            source.save()
    except StaleRow as stale:
        form.found_stale(stale)
        return False
    return True
