"""A demo that was loaded before there was a catalogue gets one; otherwise its decisions have filled it."""

from followup.catalogue import filling
from followup.models import CataloguedAction
from plans.models import PlanVersion


def is_told():
    """Whether the catalogue has anything, if anything is decided."""
    return CataloguedAction.objects.exists() or not PlanVersion.objects.exists()


def tell():
    """Fill the catalogue with what is decided."""
    filling.put_all()
