"""Which rows of the cooperation hold on a day."""

from django.db.models import Q, QuerySet
from django.utils import timezone


class DatedQuerySet(QuerySet):
    """Rows with ``valid_from`` and ``valid_to`` (both days included; no end means until further notice)."""

    def valid_on(self, day=None):
        """Keep the rows that hold on the day, today unless told."""
        day = day or timezone.localdate()
        return self.filter(Q(valid_to__isnull=True) | Q(valid_to__gte=day), valid_from__lte=day)
