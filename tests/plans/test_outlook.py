"""The head of a plan's page: which version, who does what next, what stands in the way, and what each can press."""

import pytest

from agreements.permissions import access_of
from plans import comments, editing, outlook, submissions, workflow
from plans.enums import CommentKind
from plans.loading import load_document
from plans.models import Action
from plans.views.access import why_not_edit
from tests.plans import stages

PLACE = "/planer/skarholmen/2025/"


def head(plan, user):
    """What the head says to the person, the plan read anew."""
    plan = type(plan).objects.with_place().get(pk=plan.pk)
    return outlook.outlook(plan, user, load_document(plan), may_edit=not why_not_edit(user, plan))


def labels(told):
    """(the one primary button, the other steps); a step that is blocked in brackets."""
    return [way and (way.label if way.is_open else f"({way.label})") for way in (told.primary, *told.others)]


# Stage → person → (what comes next, the primary button and the other steps).
TOLD = {
    "draft": {
        "editor": ("du skickar planen på granskning.", ["Skicka på granskning", "Dela med polisen"]),
        "co_writer": ("trygghetsstrategen skickar planen på granskning.", [None]),
    },
    "shared": {
        "editor": ("du skickar planen på granskning.", ["Skicka på granskning"]),
        "police": ("trygghetsstrategen skickar planen på granskning.", [None]),
    },
    "in_review": {
        "editor": (
            "du läser planen och markerar den som granskad för stadsdelsförvaltningen. "
            "Det ska kommunpolisen också göra.",
            ["Markera som granskad", "(Skicka till beslut)", "Ta tillbaka till utkast"],
        ),
        "police": (
            "du läser planen och markerar den som granskad för polisen. Det ska trygghetsstrategen också göra.",
            ["Markera som granskad"],
        ),
        "steering": ("trygghetsstrategen och kommunpolisen markerar planen som granskad.", [None]),
    },
    "reviewed": {
        "editor": (
            "du skickar planen till styrgruppen för beslut.",
            ["Skicka till beslut", "Ta tillbaka Granskad", "Ta tillbaka till utkast"],
        ),
        "police": ("trygghetsstrategen skickar planen till styrgruppen för beslut.", [None, "Ta tillbaka Granskad"]),
    },
    "ready_for_decision": {
        "chair": (
            "styrgruppen beslutar, och du registrerar beslutet eller återremitterar planen.",
            ["Registrera beslutet", "Återremittera"],
        ),
        "steering": (
            "den lokala styrgruppen beslutar. Ordföranden eller sekreteraren registrerar beslutet.",
            ["Läs beslutsunderlaget"],
        ),
        "editor": (
            "den lokala styrgruppen beslutar. Ordföranden eller sekreteraren registrerar beslutet.",
            [None, "Läs beslutsunderlaget", "Ta tillbaka till utkast"],
        ),
    },
    "decided": {
        "editor": ("du skickar planen till staden.", ["Skicka till staden", "Börja en ny version"]),
        "registrar": ("du registrerar nämndens beslut när det är fattat.", ["Registrera nämndens beslut"]),
        "neighbour": ("trygghetsstrategen skickar planen till staden.", [None]),
    },
    "submitted": {
        "city_preparation": ("du kvitterar planen eller begär komplettering.", ["Kvittera", "Begär komplettering"]),
        "city_steering": ("stadens centrala beredningsgrupp kvitterar planen eller begär komplettering.", [None]),
        "editor": (
            "stadens centrala beredningsgrupp kvitterar planen eller begär komplettering.",
            [None, "Börja en ny version"],
        ),
    },
    "acknowledged": {
        "editor": ("registratorn registrerar nämndens beslut när det är fattat.", [None, "Börja en ny version"]),
    },
    "board": {
        "editor": ("", [None, "Börja en ny version"]),
        "registrar": ("", [None]),
    },
}


@pytest.mark.parametrize("stage", TOLD)
def test_each_is_told_what_comes_next_and_has_their_own_buttons(empty_plan, cast, stage):
    if stage in ("draft", "shared"):
        stages.leave_out_empty_areas(empty_plan, cast.editor)
    plan = stages.reach(empty_plan, cast, stage)
    told = {person: head(plan, getattr(cast, person)) for person in TOLD[stage]}
    assert {person: (each.next, labels(each)) for person, each in told.items()} == TOLD[stage]


def test_an_empty_plan_cannot_be_sent_and_says_what_is_missing_with_the_way_there(empty_plan, cast):
    told = head(empty_plan, cast.editor)
    assert labels(told) == ["(Skicka på granskning)", "Dela med polisen"]
    assert told.before == "Innan planen kan skickas på granskning"
    area = empty_plan.planareas.get(position=2)
    assert told.blockers[1].address == f"{PLACE}omrade/2/#rad-{area.uid}"
    assert len(told.blockers) == 5
    assert told.gaps == []


def test_what_stops_nothing_is_told_apart_and_only_to_the_one_who_writes(plan, cast):
    Action.objects.filter(plan=plan).update(who="")
    told = head(plan, cast.editor)
    assert not told.blockers
    assert len([gap for gap in told.gaps if "saknar ansvarig" in gap.text]) == 31
    assert head(plan, cast.co_writer).gaps == []


def test_an_open_must_fix_is_in_the_way_with_a_link_until_it_is_resolved(plan, cast):
    plan = stages.reach(plan, cast, "in_review")
    comments.write(plan, "Saknar mål", CommentKind.MUST_FIX, by=cast.police)
    workflow.take(plan, "mark_reviewed", by=cast.editor)
    workflow.take(plan, "mark_reviewed", by=cast.police)
    told = head(plan, cast.editor)
    assert [blocker.address for blocker in told.blockers] == [f"{PLACE}kommentarer/?visa=maste"]
    assert labels(told)[0] == "(Skicka till beslut)"
    assert "inte löst" in told.primary.why_not


def test_the_marks_are_told_and_so_is_one_that_has_fallen(plan, cast):
    plan = stages.reach(plan, cast, "in_review")
    assert head(plan, cast.steering).notes == []
    workflow.take(plan, "mark_reviewed", by=cast.police)
    city, police = head(plan, cast.steering).notes
    assert city == "Stadsdelsförvaltningen har inte markerat planen som granskad än."
    assert police.startswith("Granskad av polisen ")
    assert police.endswith(" (police).")
    editing.add(plan, "problem", plan.planareas.first().uid, by=cast.editor)
    _, police = head(plan, cast.steering).notes
    assert police.endswith("men den har ändrats sedan dess.")
    assert labels(head(plan, cast.police)) == ["Markera som granskad"]


def test_where_nobody_can_review_for_a_party_the_next_step_says_whom_the_district_lacks(plan, cast):
    stages.reach(plan, cast, "in_review")
    lacks = (
        "tadsdelen har ingen kommunpolis i Trygghet. Be den som förvaltar Trygghet lägga till en, så att polisen kan "
    )
    seat = cast.police.memberships.get()
    cast.police.memberships.update(valid_to=seat.valid_from)
    editor, steering = (head(plan, person).next for person in (cast.editor, cast.steering))
    assert editor.startswith(
        f"du läser planen och markerar den som granskad för stadsdelsförvaltningen. S{lacks}granska planen."
    )
    assert steering == f"trygghetsstrategen markerar planen som granskad. S{lacks}granska planen."
    workflow.take(plan, "mark_reviewed", by=cast.editor)
    assert head(plan, cast.editor).next == f"s{lacks}granska planen."
    cast.neighbour_police.memberships.update(group=seat.group)
    assert head(plan, cast.editor).next == "kommunpolisen markerar planen som granskad."


def test_the_district_may_lack_a_trygghetsstrateg(plan, cast):
    stages.reach(plan, cast, "in_review")
    cast.editor.memberships.update(valid_to=cast.editor.memberships.get().valid_from)
    assert head(plan, cast.police).next == (
        "du läser planen och markerar den som granskad för polisen. Stadsdelen har ingen trygghetsstrateg i Trygghet. "
        "Be den som förvaltar Trygghet lägga till en, så att stadsdelsförvaltningen kan granska planen."
    )


def test_who_can_review_is_asked_once_and_only_while_a_mark_is_missing(plan, cast, django_assert_max_num_queries):
    plan = stages.reach(plan, cast, "in_review")
    access_of(cast.steering)  # remembered

    def times_asked():
        with django_assert_max_num_queries(20) as captured:
            head(plan, cast.steering)
        return sum("agreements_groupmembership" in query["sql"] for query in captured.captured_queries)

    assert times_asked() == 1
    for person in (cast.editor, cast.police):
        workflow.take(plan, "mark_reviewed", by=person)
    assert times_asked() == 0


def test_a_draft_says_whether_the_police_read_it(empty_plan, cast):
    assert head(empty_plan, cast.editor).notes == ["Polisen ser inte utkastet än."]
    workflow.take(empty_plan, "share", by=cast.editor)
    assert head(empty_plan, cast.editor).notes[0].startswith("Polisen läser utkastet sedan ")


def test_the_latest_step_is_told_with_its_reason_and_the_way_to_all(client, empty_plan, cast):
    plan = stages.reach(empty_plan, cast, "ready_for_decision")
    workflow.take(plan, "send_back", by=cast.chair, reason="Målen i område 2 går inte att följa upp.")
    client.force_login(cast.editor)
    page = client.get(PLACE).content.decode()
    assert "Återremitterade planen" in page
    assert "<q>Målen i område 2 går inte att följa upp.</q>" in page
    assert f'href="{PLACE}steg/"' in page


def test_while_a_second_version_is_written_the_first_is_said_to_hold(client, empty_plan, cast):
    plan = stages.reach(empty_plan, cast, "decided")
    workflow.take(plan, "start_version", by=cast.editor, reason="Ny lägesbild")
    client.force_login(cast.editor)
    page = client.get(PLACE).content.decode()
    assert f'Version 2, <a href="{PLACE}version/1/">version 1 gäller</a>' in page


def test_a_decided_plan_says_how_far_the_city_and_the_board_have_come(empty_plan, cast):
    plan = stages.reach(empty_plan, cast, "submitted")
    city, board = head(plan, cast.editor).notes
    assert city.startswith("Inskickad till staden ")
    assert "kvittens 2025-" in city
    assert board == "Nämnden har inte beslutat än."
    assert head(plan, cast.editor).more.address == f"{PLACE}version/1/"


def test_the_citys_request_for_completion_is_the_districts_to_answer(empty_plan, cast):
    plan = stages.reach(empty_plan, cast, "submitted")
    submissions.take(plan.versions.get(), "request_completion", by=cast.city_preparation, answer="Bilaga saknas")
    told = head(plan, cast.editor)
    assert told.next == "du skickar in planen igen, eller börjar en ny version om texten behöver ändras."
    assert labels(told) == ["Skicka till staden", "Börja en ny version"]


@pytest.mark.parametrize("stage", stages.STAGES)
def test_the_page_has_one_primary_button_at_most(client, empty_plan, cast, stage):
    plan = stages.reach(empty_plan, cast, stage)
    for person in (cast.editor, cast.police, cast.chair, cast.registrar, cast.city_preparation):
        client.force_login(person)
        answer = client.get(plan.get_absolute_url())
        if answer.status_code == 200:
            assert answer.content.decode().count("btn-primary") <= 1, person


@pytest.mark.parametrize("stage", ["in_review", "ready_for_decision", "acknowledged"])
def test_the_head_costs_the_same_whatever_the_plan_holds(plan, cast, client, stage, django_assert_max_num_queries):
    plan = stages.reach(plan, cast, stage)
    client.force_login(cast.editor)
    client.get(PLACE)  # the first visit is noted
    # What the rows rest on, the places they are about, what came of the actions and where they were borrowed from
    # are among them.
    with django_assert_max_num_queries(25) as few:
        client.get(PLACE)
    cause = plan.causes.first()
    last = cause.problem.actions.count()
    Action.objects.bulk_create(
        Action(plan=plan, problem=cause.problem, cause=cause, position=last + at, text="x") for at in range(1, 100)
    )
    plan.steps.bulk_create(type(plan.steps.first())(plan=plan, version=1, name="x", told="x") for _ in range(50))
    with django_assert_max_num_queries(len(few.captured_queries)):
        client.get(PLACE)
