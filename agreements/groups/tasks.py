"""What waits for those who see to it that the groups are as the agreement says (P18–P20).

Each is told what they may mend themselves: the police say who sits for the police (``agreements/groups/seating.py``).
"""

from datetime import timedelta

from django.db.models import Q
from django.utils import timezone

from agreements.enums import GroupKind
from agreements.groups import composition as groups
from agreements.groups import seating
from agreements.groups.seats import DAY
from agreements.models import CollaborationGroup, GroupMembership
from agreements.permissions import Permission, Role, access_of
from agreements.tasks import TASK_SOURCES, Task
from trygghet.dates import day
from trygghet.words import lower_first

SOON = timedelta(days=30)
"""How long before its last day a seat or a working group is said to end."""
AFTERWARDS = timedelta(days=14)
"""How long it is said that a working group's time is out. If its work is done there is nothing to do."""


@TASK_SOURCES.add
def group_tasks(user):
    """What is to be done about the groups of the person's own places that they may change (up to 4 queries)."""
    access = access_of(user)
    own = access.own()
    if access.has_role(Role.ADMINISTRATOR) and not own:
        return _without_an_editor()
    may = _may_be_mended_by(access)
    if not own or may is None:
        return []
    theirs = list(groups.with_seats(_recent(CollaborationGroup.objects.filter(may & own.condition()))))
    titles = groups.function_titles()
    ending = _ending_seats([group for group in theirs if not groups.has_ended(group)])
    tasks = []
    for group in theirs:
        tasks += _of_group(group, titles, user)
        ends = [seat for seat in ending.get(group.pk, ()) if seating.may_seat(user, group, seat.organisation)]
        tasks += [_ending_seat(group, seat) for seat in ends]
    return tasks


def _may_be_mended_by(access):
    """Return the condition on groups where the person may mend something; None if there can be none."""
    wanted = (Permission.MANAGE_GROUPS, Permission.APPOINT_WORKING_GROUPS, Permission.SEAT_POLICE)
    manages, appoints, seats_police = (access.reach({each}) for each in wanted)
    if not (manages or appoints or seats_police):
        return None
    working = Q(kind=GroupKind.WORKING)
    return manages.condition() | appoints.condition() & working | seats_police.condition() & ~working


def _recent(found):
    """Keep the groups that stand, or did until lately."""
    return found.filter(Q(valid_to=None) | Q(valid_to__gte=timezone.localdate() - AFTERWARDS)).order_by("name")


def _of_group(group, titles, user):
    address, about = groups.address_of(group), str(group)
    if group.kind == GroupKind.WORKING and group.valid_to and group.valid_to <= timezone.localdate() + SOON:
        told = f"Gruppens sista dag {'var' if groups.has_ended(group) else 'är'} {day(group.valid_to)}."
        yield Task(
            text="Förläng arbetsgruppen om arbetet inte är klart", about=about, address=address, due=group.valid_to,
            told=(told, "Är arbetet klart behöver du inte göra något."),
        )  # fmt: skip
    if groups.has_ended(group) or group.valid_from > timezone.localdate():
        return
    lacking = [lack for lack in groups.lacks(group, group.seated, titles) if seating.may_fill(user, group, lack)]
    if lacking:
        yield Task(text=f"Tillsätt {', '.join(lack.told for lack in lacking)}", about=about, address=address)
    one_sided = groups.one_sided(group, group.seated)
    if one_sided:
        yield Task(text="Se till att båda parterna är med", about=about, address=address, told=(one_sided,))


def _ending_seats(standing):
    """Return, by group, the seats that end soon and that nobody takes over, unless the whole group ends then."""
    last = timezone.localdate() + SOON
    candidates = [
        seat
        for group in standing
        for seat in group.seated
        if seat.user_id and not seat.deputy_for_id and seat.valid_to and seat.valid_to <= last
        and not (group.valid_to and group.valid_to <= seat.valid_to)
    ]  # fmt: skip
    if not candidates:
        return {}
    later = GroupMembership.objects.filter(group__in={seat.group_id for seat in candidates}, deputy_for=None)
    followed = {
        (seat.group_id, seat.function_id, seat.organisation_id, seat.valid_from)
        for seat in later.filter(valid_from__gt=timezone.localdate(), user__isnull=False)
    }
    found = {}
    for seat in candidates:
        if (seat.group_id, seat.function_id, seat.organisation_id, seat.valid_to + DAY) not in followed:
            found.setdefault(seat.group_id, []).append(seat)
    return found


def _ending_seat(group, seat):
    return Task(
        text=f"Förläng platsen som {lower_first(str(seat.function))}, eller bestäm vem som tar över",
        about=str(group),
        address=groups.address_of(group),
        due=seat.valid_to,
        told=(f"{seat.user} har platsen till och med {day(seat.valid_to)}.",),
    )


def _without_an_editor():
    """For the administrator: the districts where nobody from the administration may change the groups."""
    found = _recent(CollaborationGroup.objects.filter(kind=GroupKind.PREPARATION, district__isnull=False).valid_on())
    empty = [
        group
        for group in groups.with_seats(found)
        if any(lack.what == groups.MANDATED for lack in groups.lacks(group, group.seated, {}))
    ]
    if not empty:
        return []
    return [
        Task(
            text="Tillsätt någon från stadsdelsförvaltningen",
            about="Beredningsgrupper",
            address=groups.address_of(empty[0]),
            told=("Utan dem kan ingen i stadsdelen ändra grupperna eller skriva planen.",),
            places=tuple((str(group), groups.address_of(group)) for group in empty),
        )
    ]
