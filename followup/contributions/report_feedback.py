"""What comes of the published report: the district reads its feedback and says so, and its next plan begins with it."""

from datetime import timedelta

from django.urls import reverse
from django.utils import timezone

from agreements.duties.requirements import Mark
from agreements.hub import TOPICS, Topic
from agreements.models import District
from agreements.permissions import Permission, access_of
from agreements.tasks import NEWS_SOURCES, TASK_SOURCES, Headline, Task
from agreements.year.steps import WHERE_DONE
from followup.enums import ReportState
from followup.models import LocalFeedback, PublishedReport, ReportReceipt
from followup.report.feedback import feedback_address
from followup.report.reading import may_read
from followup.report.receipts import may_confirm, to_confirm, with_year
from plans.afterwards import BEFORE_WRITING, Beforehand
from plans.permissions import EDITABLE_STATES
from plans.start_page import START_NEWS
from trygghet.dates import day

P = Permission
SHOWN_FOR = timedelta(days=30)
"""How long a published report stands on Min sida as something new."""


# --- For the district


@TASK_SOURCES.add
def reports_to_confirm(user):
    """Ask those who confirm for a district to read the report, until somebody there has (up to 3 queries)."""
    waiting = to_confirm(user)
    if not waiting:
        return []
    places = District.objects.in_bulk({pk for _, pk in waiting})
    return [
        Task(
            text="Läs årsrapporten och återkopplingen, och bekräfta",
            about=f"Årsrapport {published.report.year}, {places[pk].name}",
            address=feedback_address(published.report.year, places[pk].slug),
            since=published.at,
            told=("En av er bekräftar för stadsdelen.",),
        )
        for published, pk in waiting
        if _stood_then(places[pk], published.report.year)
    ]


def _stood_then(district, year):
    """Whether the district was there in the year: one that was made later has nothing to read of it."""
    return district.valid_from.year <= year


@START_NEWS.add
def published_on_start(user):
    """That the city has published its report, for readers who are not asked to confirm it (up to 3 queries)."""
    return _published(user, timezone.now() - SHOWN_FOR)


@NEWS_SOURCES.add
def published_in_letters(user, since):
    """The same in a letter, which already has what waits for those who are to confirm (up to 3 queries)."""
    return _published(user, since)


def _published(user, since):
    districts = access_of(user).reach({P.READ_PUBLISHED_REPORT}).districts
    if not districts:
        return []
    published = list(with_year(PublishedReport.objects.visible_to(user).filter(at__gt=since)))
    if not published:
        return []
    given = set(ReportReceipt.objects.filter(published__in=published).values_list("published", "district"))
    places = District.objects.in_bulk(districts)
    return [
        Headline(
            text=f"Staden har publicerat årsrapporten {each.report.year}, med återkoppling till stadsdelen.",
            about=f"Årsrapport {each.report.year}, {place.name}",
            address=feedback_address(each.report.year, place.slug),
        )
        for each in published
        for place in sorted(places.values(), key=lambda place: place.name)
        if _stood_then(place, each.report.year) and ((each.pk, place.pk) in given or not may_confirm(user, place.pk))
    ]


@TOPICS.add
def feedback_of_place(scope, user):
    """Return the feedback to the district on the latest published year, and who has read it (2 queries)."""
    if scope.is_city or not scope.allows(user, P.READ_PUBLISHED_REPORT):
        return None
    published = with_year(PublishedReport.objects.visible_to(user)).first()
    if published is None or not _stood_then(scope.district, published.report.year):
        return None
    receipt = ReportReceipt.objects.visible_to(user).filter(published=published, district=scope.district).first()
    year = published.report.year
    if receipt:
        words, sign = f"Läst, bekräftat {day(timezone.localdate(receipt.at))}", Mark.RECORDED
    else:
        words, sign = "Inte bekräftat att ni har läst", Mark.PARTLY
    return Topic(
        name="feedback",
        title=f"Återkoppling från staden på {year}",
        address=feedback_address(year, scope.slug),
        sign=sign,
        words=words,
        notes=[f"Publicerad {day(timezone.localdate(published.at))} med stadens årsrapport."],
    )


@BEFORE_WRITING.add
def feedback_before_writing(plan, user):
    """Return what the city said of the year before, to whoever reads it and the plan that comes after (1 query)."""
    if plan.district_id is None or plan.state not in EDITABLE_STATES:
        return None
    found = LocalFeedback.objects.visible_to(user).filter(
        report__cycle__year=plan.year - 1, report__state=ReportState.PUBLISHED, district=plan.district_id
    )
    feedback = found.exclude(text="").first()
    if feedback is None:
        return None
    return Beforehand(
        title=f"Återkoppling från staden på {plan.year - 1}",
        text=feedback.text,
        label="Till återkopplingen",
        address=feedback_address(plan.year - 1, plan.scope.slug),
    )


# --- For the city


@WHERE_DONE.add
def where_feedback_is_written(user, district_ids, cycle):
    """Lead the city's feedback to its page; asks nothing."""
    if None not in district_ids or not may_read(user):
        return {}
    return {("feedback", None): reverse("followup:report_feedback", args=[cycle.year])}
