"""Which rows of the cooperation hold on a day."""

from django.db.models import Q, QuerySet
from django.utils import timezone


class DatedQuerySet(QuerySet):
    """Rows with ``valid_from`` and ``valid_to`` (both days included; no end means until further notice)."""

    def valid_on(self, day=None):
        """Keep the rows that hold on the day, today unless told."""
        day = day or timezone.localdate()
        return self.filter(Q(valid_to__isnull=True) | Q(valid_to__gte=day), valid_from__lte=day)


class MembershipQuerySet(DatedQuerySet):
    """Seats in groups."""

    def in_force(self, day=None):
        """Keep the seats that hold on the day in groups that stand that day, today unless told."""
        day = day or timezone.localdate()
        standing = Q(group__valid_to__isnull=True) | Q(group__valid_to__gte=day)
        return self.valid_on(day).filter(standing, group__valid_from__lte=day)
