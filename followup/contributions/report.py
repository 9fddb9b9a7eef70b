"""The annual report on the overview of the city's cooperation and in its year, for those who read it."""

from agreements.duties.requirements import Mark
from agreements.hub import TOPICS, Topic
from agreements.year.steps import WHERE_DONE
from followup.demo import handed_in as demo_handed_in
from followup.demo import report as demo_report
from followup.report.publishing import published_of
from followup.report.reading import address_of, handed_in_by_year, may_read
from plans.demo.loading import FURTHER
from trygghet.dates import day

FURTHER.add(demo_handed_in)
FURTHER.add(demo_report)


@TOPICS.add
def report_of_city(scope, user):
    """Return how far the report has come of the latest year in which a district has handed in, or None (2 queries)."""
    if not scope.is_city or not may_read(user):
        return None
    handed_in = handed_in_by_year(user)
    if not handed_in:
        return None
    year = max(handed_in)
    published = published_of(user, year)
    growing = "Rapporten växer medan stadsdelarnas uppföljningar kommer in."
    note = f"Publicerad {day(published.at)}." if published else growing
    return Topic(
        name="report",
        title="Årsrapport",
        address=address_of(year),
        sign=Mark.RECORDED if published else Mark.PARTLY,
        words=f"{year}: {handed_in[year]} {'stadsdel' if handed_in[year] == 1 else 'stadsdelar'} har lämnat in",
        notes=[note],
    )


@WHERE_DONE.add
def where_the_year_is_compiled(user, district_ids, cycle):
    """Lead the city's compilation to the year's report; asks nothing."""
    return {("compilation", None): address_of(cycle.year)} if None in district_ids and may_read(user) else {}
