"""The annual report on the overview of the city's cooperation and in its year, for those who read it."""

from agreements.duties import Mark
from agreements.hub import TOPICS, Topic
from agreements.year import WHERE_DONE
from followup import demo_handed_in
from followup.report.reading import address_of, handed_in_by_year, may_read
from plans.demonstration import FURTHER

FURTHER.add(demo_handed_in)


@TOPICS.add
def report_of_city(scope, user):
    """Return how many districts have handed in, of the latest year in which any has (1 query); None before that."""
    if not scope.is_city or not may_read(user):
        return None
    handed_in = handed_in_by_year(user)
    if not handed_in:
        return None
    year = max(handed_in)
    return Topic(
        name="report",
        title="Årsrapport",
        address=address_of(year),
        sign=Mark.PARTLY,
        words=f"{year}: {handed_in[year]} {'stadsdel' if handed_in[year] == 1 else 'stadsdelar'} har lämnat in",
        notes=["Rapporten växer medan stadsdelarnas uppföljningar kommer in."],
    )


@WHERE_DONE.add
def where_the_year_is_compiled(user, district_ids, cycle):
    """Lead the city's compilation to the year's report; asks nothing."""
    return {("compilation", None): address_of(cycle.year)} if None in district_ids and may_read(user) else {}
