"""What is recorded of the follow-ups and the annual report, for calendar and duties: when, never what they say."""

from django.db.models import OuterRef, Q, Subquery
from django.utils import timezone

from agreements.facts import FACT_SOURCES, Fact, gives
from agreements.year.steps import districts_of
from followup.enums import FollowUpState
from followup.models import FollowUp, FollowUpStep, LocalFeedback, PublishedReport
from trygghet.dates import day


@FACT_SOURCES.add
@gives("follow_up", "latest_follow_up")
def follow_ups(district_ids, cycle):
    """When the follow-up of the year's plan was handed in, and the latest one of whichever year (1 query).

    One that the steering group has returned is not handed in.
    """
    found = {}
    handed_in = FollowUpStep.objects.filter(follow_up=OuterRef("pk"), to_state=FollowUpState.SUBMITTED).order_by("-pk")
    rows = (
        FollowUp.objects.filter(_in(district_ids))
        .exclude(state=FollowUpState.OPEN)
        .annotate(handed_in_at=Subquery(handed_in.values("at")[:1]))
        .filter(handed_in_at__isnull=False)
        .order_by("handed_in_at")
    )
    for district_id, cycle_id, year, at in rows.values_list(
        "plan__district", "plan__cycle", "plan__cycle__year", "handed_in_at"
    ):
        on = timezone.localdate(at)
        fact = Fact(on=on, told=f"Uppföljning av åtgärdsplan {year}, {day(on)}")
        found["latest_follow_up", district_id] = fact
        if cycle_id == cycle.pk:
            found["follow_up", district_id] = fact
    return found


def _in(district_ids):
    """Condition: the follow-ups of those places; None among them is the city's own."""
    within = Q(plan__district__in=[pk for pk in district_ids if pk is not None])
    return within | Q(plan__district__isnull=True) if None in district_ids else within


@FACT_SOURCES.add
@gives("compilation", "feedback", "feedback_so_far")
def published_report(district_ids, cycle):
    """When the year's report was published, and which districts then got their feedback (up to 4 queries).

    The city has fed back when every district that the report rests on has got its own (seed 001); to how many
    it is written is told also before that.
    """
    at = PublishedReport.objects.filter(report__cycle=cycle).values_list("at", flat=True).first()
    feedback = LocalFeedback.objects.filter(report__cycle=cycle).exclude(text="")
    written = dict(feedback.values_list("district", "at"))
    found = _of_city(cycle, at, written) if None in district_ids else {}
    if at is not None:
        on = timezone.localdate(at)
        given = Fact(on=on, told=f"Återkoppling på {cycle.year}, {day(on)}")
        found |= {("feedback", pk): given for pk in district_ids if pk in written}
    return found


def _of_city(cycle, at, written):
    """Return the city's own facts: ``at`` is when the report was published, ``written`` when each feedback was."""
    how_many = f"{len(written)} av {len(districts_of(cycle))} stadsdelar" if written else ""
    if at is None:
        if not written:
            return {}
        told = f"Återkopplingen är skriven till {how_many} och lämnas när årsrapporten publiceras"
        return {("feedback_so_far", None): Fact(on=timezone.localdate(max(written.values())), told=told)}
    on = timezone.localdate(at)
    found = {("compilation", None): Fact(on=on, told=f"Årsrapport {cycle.year} publicerad {day(on)}")}
    if written:
        key = "feedback" if _handed_in_by(at, cycle) <= written.keys() else "feedback_so_far"
        found[key, None] = Fact(on=on, told=f"Återkoppling till {how_many}, {day(on)}")
    return found


def _handed_in_by(at, cycle):
    """Return the districts whose follow-ups were handed in by then, and have not been returned since."""
    steps = FollowUpStep.objects.filter(to_state=FollowUpState.SUBMITTED, at__lte=at, follow_up__plan__cycle=cycle)
    handed_in = steps.exclude(follow_up__state=FollowUpState.OPEN).filter(follow_up__plan__district__isnull=False)
    return set(handed_in.values_list("follow_up__plan__district", flat=True))
