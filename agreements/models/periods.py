"""What rows with a period share."""

from django.db import models
from django.db.models import F, Q


def ends_after_start(name):
    """Constraint: a period may be open, but never ends before it starts."""
    return models.CheckConstraint(
        name=name,
        condition=Q(valid_to__isnull=True) | Q(valid_to__gte=F("valid_from")),
        violation_error_message="Slutdatumet ligger före startdatumet. Ändra ett av dem.",
    )
