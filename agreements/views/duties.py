"""What the law and the agreement require of a place, and for the city all districts beside each other."""

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_safe

from agreements.asking_once import asking_once
from agreements.duties.matrix import FILTERS, matrix_of
from agreements.duties.requirements import OF_DISTRICTS, statuses_of
from agreements.duties.tasks import addresses_of_duties
from agreements.duties.workbook import MEDIA_TYPE, workbook_bytes
from agreements.permissions import Permission, access_of
from agreements.views.access import scoped


@require_safe
@asking_once()
@scoped(Permission.READ_COOPERATION)
def duties(request, scope):
    """Each duty of the place: source, last done, next due and how it stands; for the city also every district's."""
    today = timezone.localdate()
    addresses = addresses_of_duties(request.user, scope, today)
    statuses = statuses_of([scope.pk], today)[scope.pk]
    lines = [(duty, status, addresses.get(duty.name, "")) for duty, status in statuses.items()]
    sees_all = scope.is_city and access_of(request.user).allows(Permission.SEE_CITY, None)
    context = {
        "scope": scope,
        "tab": "duties",
        "lines": lines,
        "told": _in_words(statuses.values()),
        "matrix": _matrix(request, today) if sees_all else None,
        "filters": [(word, name) for word, (name, _) in FILTERS.items()],
        "all_duties": OF_DISTRICTS,
    }
    return render(request, "agreements/duties.html", context)


@require_safe
@scoped(Permission.SEE_CITY)
def workbook(request, scope):
    """The matrix as it is narrowed on the page, as a workbook."""
    if not scope.is_city:
        raise Http404
    now = timezone.localtime()
    return HttpResponse(
        workbook_bytes(_matrix(request, now.date()), now),
        content_type=MEDIA_TYPE,
        headers={
            "Content-Disposition": content_disposition_header(True, f"Lagkrav och åtaganden {now:%Y-%m-%d}.xlsx"),
            "Cache-Control": "private, no-store",
        },
    )


def _matrix(request, today):
    return matrix_of(shown=request.GET.get("visa", ""), duty=request.GET.get("krav", ""), today=today)


def _in_words(statuses):
    statuses = list(statuses)
    late = sum(status.is_late for status in statuses)
    missing = sum(status.mark == "missing" for status in statuses)
    said = [f"{late} av {len(statuses)} krav är försenade." if late else "Inget som är registrerat här är försenat."]
    if missing:
        said.append(f"För {missing} av {len(statuses)} är inget registrerat.")
    return " ".join(said)
