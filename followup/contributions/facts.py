"""What is recorded of the follow-ups and the annual report, for calendar and duties: when, never what they say."""

from django.db.models import OuterRef, Q, Subquery
from django.utils import timezone

from agreements.facts import FACT_SOURCES, Fact, gives
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
@gives("compilation", "feedback")
def published_report(district_ids, cycle):
    """When the year's report was published, and which districts then got their feedback (2 queries).

    The city has fed back when it has written to any district; to how many is said with it.
    """
    published = PublishedReport.objects.filter(report__cycle=cycle).values_list("report", "at").first()
    if published is None:
        return {}
    report, at = published
    on = timezone.localdate(at)
    written = set(LocalFeedback.objects.filter(report=report).exclude(text="").values_list("district", flat=True))
    feedback = Fact(on=on, told=f"Återkoppling på {cycle.year}, {day(on)}")
    found = {("feedback", pk): feedback for pk in district_ids if pk in written}
    if None in district_ids:
        found["compilation", None] = Fact(on=on, told=f"Årsrapport {cycle.year} publicerad {day(on)}")
        if written:
            places = "1 stadsdel" if len(written) == 1 else f"{len(written)} stadsdelar"
            found["feedback", None] = Fact(on=on, told=f"Återkoppling till {places}, {day(on)}")
    return found
