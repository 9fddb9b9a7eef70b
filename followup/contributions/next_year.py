"""What the follow-up adds where next year's plan is begun: beginning it with what goes on."""

from followup.enums import FollowUpState
from followup.models import FollowUp
from followup.page import address_of
from plans.afterwards import WAYS_TO_BEGIN, Beginning


@WAYS_TO_BEGIN.add
def from_the_follow_up(district, cycle, user):
    """Offer to begin with what goes on from the year before, where that is followed up (1 query)."""
    found = FollowUp.objects.visible_to(user).with_place()
    follow_up = found.filter(plan__district=district, plan__cycle__year=cycle.year - 1).first()
    if follow_up is None:
        return None
    year = follow_up.plan.year
    is_open = follow_up.state == FollowUpState.OPEN
    return Beginning(
        title=f"Med det som går vidare från {year}",
        text="Du väljer bland åtgärderna i planen som är följd upp. Förvalt är det som inte blev klart och det som ni "
        "vill behålla, ändra eller utöka. Mål som följs i en indikator behåller indikatorn."
        + (f" Uppföljningen av {year} är inte inlämnad än." if is_open else ""),
        label=f"Välj vad som går vidare från {year}",
        address=address_of(follow_up, "next_year"),
    )
