"""That a district has read the published report and its feedback, said once by one of its own (seed 001)."""

from __future__ import annotations

from agreements.models import GroupMembership
from agreements.permissions import PERMISSIONS, SEAT, Permission, access_of, role_of
from followup.models import PublishedReport, ReportReceipt

P = Permission


def confirm(published, district, *, by):
    """Say that the district has read; return (the receipt, whether it was given now).

    The first says it for the district: a second press changes nothing.
    """
    function = function_of(by, district)
    return ReportReceipt.objects.get_or_create(
        published=published, district=district, defaults={"by": by, "function": function}
    )


def function_of(user, district):
    """Return the function in which the person confirms for the district, such as "Trygghetsstrateg"; "" if in none."""
    seats = GroupMembership.objects.in_force().filter(user=user, group__district=district).select_related(*SEAT)
    titles = (seat.function.title for seat in seats if P.CONFIRM_REPORT in PERMISSIONS[role_of(seat)])
    return next(titles, "")


def may_confirm(user, district_id):
    """Whether the person confirms for the district."""
    return access_of(user).allows(P.CONFIRM_REPORT, district_id)


def to_confirm(user):
    """Return (published report, district id) of what is left to confirm in the person's districts (2 queries)."""
    districts = access_of(user).reach({P.CONFIRM_REPORT}).districts
    if not districts:
        return []
    published = list(with_year(PublishedReport.objects.visible_to(user)))
    given = ReportReceipt.objects.filter(published__in=published, district__in=districts)
    given = set(given.values_list("published", "district"))
    return [(each, pk) for each in published for pk in sorted(districts) if (each.pk, pk) not in given]


def with_year(published):
    """Bring the year along, and leave the text behind; the latest year first."""
    return published.defer("document").select_related("report__cycle").order_by("-report__cycle__year")
