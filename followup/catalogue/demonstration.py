"""The demo's catalogue: filled by what the demo decides and approves, and here for a demo from before there was one."""

from followup.catalogue import filling
from followup.models import CataloguedAction


def is_told():
    """Whether the catalogue has anything."""
    return CataloguedAction.objects.exists()


def tell():
    """Fill the catalogue with what is decided."""
    filling.put_all()
