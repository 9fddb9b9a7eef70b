"""What can be chosen when an agreement is written: its parties, who signs for them, and the areas."""

from django.db.models import Q

from agreements.enums import GroupKind
from agreements.models import Function, GroupMembership, Organisation, PriorityAreaSet


def organisations_for(scope):
    """Return the organisations that may be parties in the place: its own and those of the whole city, also the police.

    ``is_party`` says which sign agreements (seed 001: both the city's and the police's side are parties).
    """
    here = Q(district=None) | Q(district=scope.district) if scope.district else Q(district=None)
    return Organisation.objects.filter(here, is_party=True)


def functions():
    """Return every function; whether it has the mandate to sign is asked when it does."""
    return Function.objects.all()


def signing_functions(party):
    """Return the functions that can have signed for the party: the one it names, and its own in the steering group."""
    steering = Q(group__kind=GroupKind.STEERING, group__district=party.agreement.district_id)
    seats = GroupMembership.objects.filter(steering, organisation=party.organisation_id, co_opted=False)
    return Function.objects.filter(Q(pk=party.function_id) | Q(pk__in=seats.values("function")))


def area_sets():
    """Return every edition of the areas, the latest first."""
    return PriorityAreaSet.objects.all()
