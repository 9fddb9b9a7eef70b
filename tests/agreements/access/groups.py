"""Access lines: the groups, who sits in them, and invitations."""

from datetime import timedelta

from django.utils import timezone

from agreements.groups import invitations
from agreements.models import CollaborationGroup, GroupMembership, Invitation
from plans import editing
from plans.models import ActionPlan
from tests.agreements.access import PLACE, Line
from tests.agreements.access.hub import OWN
from tests.cast import PEOPLE

GROUP = PLACE + "grupper/<slug:slug>/"
SEAT = GROUP + "platser/<int:pk>/"
INVITATION = GROUP + "inbjudningar/<int:pk>/"
# The rows of a plan that the group works on are chosen by those of them who read the plan.
ROWS = "planer/<slug:district>/<int:year>/arbetsgrupper/<slug:group>/"
READ_THE_PLAN = {"editor", "police", "co_writer", "working"}
SECRET = "hemligheten-i-brevet"
# An external party sees the group it sits in, which the examples below are not about.
SEES = OWN - {"external"}
# The examples are of a working group, which the preparation group appoints (P19).
APPOINTS = {"editor", "police", "administrator"}
INVITES = {"editor", "administrator"}


def for_those(allowed, done=302):
    """A line of an address that some use, and the others who see the group are refused."""
    return Line(get={200: allowed, 403: SEES - allowed}, post={done: allowed, 403: SEES - allowed})


LINES = {
    PLACE + "grupper/": Line(get={200: OWN}),
    PLACE + "grupper/ny/": Line(get={200: APPOINTS, 403: OWN - APPOINTS}, post={422: APPOINTS, 403: OWN - APPOINTS}),
    GROUP: Line(get={200: SEES}),
    GROUP + "andra/": for_those(APPOINTS, 422),
    GROUP + "avsluta/": for_those(APPOINTS, 422),
    GROUP + "platser/ny/": for_those(APPOINTS, 422),
    SEAT: for_those(APPOINTS, 422),
    SEAT + "avsluta/": for_those(APPOINTS, 422),
    SEAT + "stallforetradare/": for_those(APPOINTS, 422),
    GROUP + "inbjudningar/": for_those(INVITES, 422),
    INVITATION + "skicka-igen/": Line(post={302: INVITES, 403: SEES - INVITES}),
    INVITATION + "ta-tillbaka/": Line(post={302: INVITES, 403: SEES - INVITES}),
    ROWS: Line(
        get={200: APPOINTS & READ_THE_PLAN, 403: READ_THE_PLAN - APPOINTS},
        post={302: APPOINTS & READ_THE_PLAN, 403: READ_THE_PLAN - APPOINTS},
    ),
    # Whoever has the link reads the page; who is signed in as somebody else is told so, and nothing more happens.
    "inbjudan/<str:secret>/": Line(get={200: set(PEOPLE)}, post={200: set(PEOPLE)}, anonymous=200),
}


def addresses(cast):
    """Make a working group with a seat and an invitation; return an example of each address."""
    today = timezone.localdate()
    group = CollaborationGroup.objects.create(
        slug="arbetsgrupp-skolan", name="Arbetsgrupp skolan", level="local", kind="working", district=cast.district,
        mandate="Trygga skolvägar.", valid_from=today, valid_to=today + timedelta(days=90),
    )  # fmt: skip
    place = GroupMembership.objects.get(user=cast.working)
    seat = GroupMembership.objects.create(
        group=group, user=cast.working, function=place.function, organisation=place.organisation, valid_from=today
    )
    invitation = Invitation.objects.create(
        group=group, email="ny@exempel.se", function=place.function, organisation=place.organisation,
        valid_to=today + timedelta(days=60), secret_sha256=invitations.checksum(SECRET), invited_by=cast.editor,
        expires_on=today + timedelta(days=14),
    )  # fmt: skip
    plan = editing.create_plan(cast.district, cast.cycle, by=cast.editor)
    ActionPlan.objects.filter(pk=plan.pk).update(shared_at=timezone.now())
    here = f"/samverkan/{cast.district.slug}/grupper/"
    at = {"slug": group.slug}
    return {
        PLACE + "grupper/": here,
        PLACE + "grupper/ny/": f"{here}ny/",
        **{
            route: f"/samverkan/{cast.district.slug}/"
            + route.removeprefix(PLACE)
            .replace("<slug:slug>", at["slug"])
            .replace("<int:pk>", str(invitation.pk if "inbjudningar" in route else seat.pk))
            for route in LINES
            if route.startswith(GROUP)
        },
        ROWS: f"/planer/{cast.district.slug}/{plan.year}/arbetsgrupper/{group.slug}/",
        "inbjudan/<str:secret>/": f"/inbjudan/{SECRET}/",
    }
