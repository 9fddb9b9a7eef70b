"""Min sida: each role meets what waits for it, with its last day, and nothing that is not its own."""

import re
from datetime import UTC, date, datetime, timedelta

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import User
from agreements.models import CollaborationGroup, District, Function, GroupMembership, Organisation, PlanningCycle
from plans import comments, editing, news, submissions, versions, workflow
from plans.enums import CommentKind, PlanState
from plans.models import ActionPlan, Comment, PlanVisit, Submission
from tests.agreements.staffing import staff
from tests.plans import stages

PLACE = "/planer/skarholmen/2025/"
FEBRUARY = datetime(2025, 2, 10, 8, 0, tzinfo=UTC)
DUES = {
    "review_due": date(2025, 2, 28),
    "decision_due": date(2025, 3, 31),
    "submission_due": date(2025, 4, 15),
    "board_due": date(2025, 5, 31),
}


@pytest.fixture(autouse=True)
def february(time_machine):
    """It is 10 February 2025."""
    time_machine.move_to(FEBRUARY, tick=False)
    return time_machine


@pytest.fixture
def cast(cast):
    """Everybody, in groups that lack nobody, in a year with its last days set."""
    staff(cast)
    PlanningCycle.objects.filter(year=2025).update(**DUES)
    cast.cycle.refresh_from_db()
    return cast


def page_of(user):
    client = Client()
    client.force_login(user)
    answer = client.get("/")
    assert answer.status_code == 200
    return answer.content.decode()


def words(user):
    """What the page says, without its markup."""
    text = re.sub(r"<(script|style).*?</\1>|<[^>]+>", " ", page_of(user), flags=re.DOTALL)
    return re.sub(r" +([.,:])", r"\1", " ".join(text.split()))


def tasks(user):
    """What waits for the person, as (what, address, last day in words), in the order of the page."""
    return [
        (
            re.search(r'<h3><a href="[^"]*">([^<]*)<', item)[1],
            re.search(r'<h3><a href="([^"]*)"', item)[1],
            (re.findall(r'class="due[^"]*">([^<]*)<', item) or [""])[0],
        )
        for item in re.findall(r'<div class="task-head">\s*<h3>.*?</div>', page_of(user), flags=re.DOTALL)
    ]


WRITE_ON = ("Skriv klart planen och skicka den på granskning", f"{PLACE}steg/skicka-pa-granskning/",
            "senast 28 februari 2025")  # fmt: skip
COMMENT = ("Läs planen och kommentera den", PLACE, "senast 31 mars 2025")
READ_DRAFT = ("Läs utkastet som delades 10 februari 2025", PLACE, "")
BASIS = f"{PLACE}beslutsunderlag/"
BOARD = ("Registrera nämndens beslut om version 1", f"{PLACE}version/1/namndbeslut/", "senast 31 maj 2025")


def mark(party):
    return (
        f"Läs planen och markera den som granskad för {party}",
        f"{PLACE}steg/granskad/",
        "senast 31 mars 2025",
    )


# Stage of the plan → what waits for each role; for those not named nothing does.
WAITS = {
    "draft": {"editor": [WRITE_ON]},
    "shared": {"editor": [WRITE_ON], "police": [READ_DRAFT], "working": [READ_DRAFT]},
    "in_review": {
        "editor": [mark("stadsdelsförvaltningen")],
        "police": [mark("polisen")],
        **dict.fromkeys(("co_writer", "steering", "chair", "working"), [COMMENT]),
    },
    "reviewed": {
        "editor": [
            ("Skicka planen till styrgruppen för beslut", f"{PLACE}steg/skicka-till-beslut/", "senast 31 mars 2025")
        ],
        **dict.fromkeys(("co_writer", "steering", "chair", "working"), [COMMENT]),
    },
    "ready_for_decision": {
        "steering": [("Läs beslutsunderlaget inför styrgruppens beslut", BASIS, "senast 31 mars 2025")],
        "chair": [("Besluta om planen, eller återremittera den", BASIS, "senast 31 mars 2025")],
    },
    "decided": {
        "editor": [
            (
                "Skicka den beslutade planen till staden",
                f"{PLACE}version/1/inskickning/skicka-till-staden/",
                "senast 15 april 2025",
            )
        ],
        "registrar": [BOARD],
    },
    "submitted": {
        "registrar": [BOARD],
        "city_preparation": [
            ("Läs planen och kvittera den, eller begär komplettering", f"{PLACE}version/1/", "")
        ],
    },
    "acknowledged": {"registrar": [BOARD]},
    "board": {},
}  # fmt: skip
PEOPLE = ("editor", "co_writer", "police", "steering", "chair", "working", "registrar", "external", "neighbour_police",
          "city_preparation", "city_steering", "stranger", "administrator")  # fmt: skip


@pytest.mark.parametrize("stage", stages.STAGES)
def test_each_role_meets_what_waits_for_it_at_each_stage(plan, cast, stage):
    stages.reach(plan, cast, stage)
    if stage == "draft":
        stages.leave_out_empty_areas(plan, cast.editor)
    assert {person: found for person in PEOPLE if (found := tasks(getattr(cast, person)))} == WAITS[stage]


# --- What is told beside it


def test_a_draft_that_lacks_something_leads_to_the_first_place(empty_plan, cast):
    ((text, address, due),) = tasks(cast.editor)
    area = empty_plan.planareas.first()
    assert text == "Fyll i det som måste finnas innan planen kan granskas"
    assert address == f"{PLACE}omrade/1/#rad-{area.uid}"
    assert due == "senast 28 februari 2025"
    assert "Unga i riskzon för destruktivt beteende saknar problemområde" in words(cast.editor)


def test_a_last_day_that_has_passed_is_late_in_words(plan, cast, february):
    february.move_to(datetime(2025, 2, 28, 20, 0, tzinfo=UTC), tick=False)
    assert tasks(cast.editor)[0][2] == "senast 28 februari 2025"
    february.move_to(datetime(2025, 3, 1, 8, 0, tzinfo=UTC), tick=False)
    assert tasks(cast.editor)[0][2] == "försenat sedan 28 februari 2025"


def test_a_year_without_last_days_says_nothing_of_them(plan, cast):
    PlanningCycle.objects.update(**dict.fromkeys(DUES))
    assert tasks(cast.editor)[0][2] == ""
    assert "Sista dagar" not in words(cast.editor)


def test_the_most_urgent_comes_first(plan, cast):
    comments.write(plan, "Målet saknas", CommentKind.MUST_FIX, by=cast.editor)
    assert [due for _, _, due in tasks(cast.editor)] == ["senast 28 februari 2025", "senast 31 mars 2025"]


def test_a_mark_that_fell_with_a_later_change_says_so(plan, cast):
    stages.reach(plan, cast, "reviewed")
    problem = plan.problems.first()
    editing.set_fields(plan, "problem", problem.uid, {"title": "Nytt"}, version=problem.version, by=cast.editor)
    assert tasks(cast.police) == [mark("polisen")]
    assert "Planen har ändrats sedan ni markerade den." in words(cast.police)


def test_a_plan_that_was_sent_back_gives_the_reason_to_the_one_who_writes(plan, cast):
    stages.reach(plan, cast, "ready_for_decision")
    workflow.take(plan, "send_back", by=cast.chair, reason="Område 2 behöver mål.")
    assert "chair återremitterade planen, 10 februari 2025: «Område 2 behöver mål.»" in words(cast.editor)
    assert "Område 2 behöver mål." not in words(cast.co_writer)


def test_the_citys_wish_for_more_is_told_in_its_own_words(plan, cast):
    plan = stages.reach(plan, cast, "submitted")
    submissions.take(plan.versions.get(), "request_completion", by=cast.city_preparation, answer="Skriv skälet.")
    assert tasks(cast.editor) == [("Komplettera planen och skicka in den igen", PLACE, "senast 15 april 2025")]
    assert "Staden skriver: «Skriv skälet.»" in words(cast.editor)


def test_questions_must_fixes_and_answers_wait_for_the_one_whose_turn_it_is(plan, cast):
    plan = stages.reach(plan, cast, "in_review")
    must_fix = comments.write(plan, "Målet saknas", CommentKind.MUST_FIX, by=cast.police)
    question = comments.write(plan, "Hur många?", CommentKind.QUESTION, by=cast.working)
    texts = [text for text, _, _ in tasks(cast.editor)]
    assert texts == [
        "Ta hand om 1 kommentar som måste åtgärdas",
        "Läs planen och markera den som granskad för stadsdelsförvaltningen",
        "Svara på 1 fråga",
    ]
    comments.answer(must_fix, "Skrivet", by=cast.editor)
    comments.answer(question, "Tio", by=cast.editor)
    assert [text for text, _, _ in tasks(cast.editor)] == [texts[1]]
    assert tasks(cast.police)[0][:2] == (
        "Läs svaret på din kommentar som måste åtgärdas", f"{PLACE}kommentarer/?visa=maste",
    )  # fmt: skip
    assert ("Läs svaret på din kommentar", f"{PLACE}kommentarer/?visa=oppna", "") in tasks(cast.working)
    comments.resolve(must_fix, by=cast.police)
    assert tasks(cast.police) == [mark("polisen")]


def test_a_must_fix_holds_the_plan_back_from_the_decision(plan, cast):
    plan = stages.reach(plan, cast, "reviewed")
    comments.write(plan, "Målet saknas", CommentKind.MUST_FIX, by=cast.police)
    assert [text for text, _, _ in tasks(cast.editor)] == ["Ta hand om 1 kommentar som måste åtgärdas"]


def test_a_version_after_the_first_has_no_last_day(plan, cast):
    plan = stages.reach(plan, cast, "decided")
    workflow.take(plan, "start_version", by=cast.editor, reason="Nytt läge")
    assert tasks(cast.editor) == [(WRITE_ON[0], WRITE_ON[1], "")]
    assert tasks(cast.registrar) == [BOARD]  # the first version is still in force
    assert "Polisen ser inte utkastet än. Version 1 gäller tills den nya är beslutad." in words(cast.editor)


def test_a_shared_draft_waits_until_it_has_been_opened(plan, cast, february):
    plan = stages.reach(plan, cast, "shared")
    february.move_to(FEBRUARY + timedelta(hours=1), tick=False)
    news.visit(plan, cast.police)
    assert tasks(cast.police) == []


def test_the_next_years_plan_waits_to_be_begun(plan, cast):
    PlanningCycle.objects.create(year=2026, area_set=cast.area_set, review_due=date(2026, 2, 27))
    assert tasks(cast.editor)[-1] == (
        "Börja planen för 2026",
        "/planer/skarholmen/2026/borja/",
        "senast 27 februari 2026",
    )
    PlanningCycle.objects.filter(year=2026).update(draft_due=date(2026, 1, 30))
    assert tasks(cast.editor)[-1][2] == "senast 30 januari 2026"  # the day of the year wheel
    assert tasks(cast.police) == []


# --- What is new, the last days, the plans


def test_the_police_meets_what_is_new_before_what_waits(plan, cast, february):
    plan = stages.reach(plan, cast, "shared")
    news.visit(plan, cast.police)
    news.visit(plan, cast.working)
    february.move_to(FEBRUARY + timedelta(days=3), tick=False)
    comments.write(plan, "Hur många?", CommentKind.QUESTION, by=cast.editor)
    page = words(cast.police)
    assert "Sedan du var där 10 februari: 1 ny kommentar. Visa vad som är nytt" in page
    assert page.index("Nytt sedan sist") < page.index("Att göra")
    others = words(cast.working)
    assert others.index("Att göra") < others.index("Nytt sedan sist")


def test_the_last_days_say_what_is_done_and_only_the_step_that_is_next_is_late(plan, cast, february):
    stages.reach(plan, cast, "in_review")
    february.move_to(datetime(2025, 6, 10, tzinfo=UTC), tick=False)
    page = words(cast.police)
    assert "Planen på granskning 28 februari 2025 klart" in page
    assert "Beslut i lokala styrgruppen 31 mars 2025 försenat" in page
    assert "Beslut i stadsdelsnämnden 31 maj 2025 försenat" not in page


@pytest.mark.parametrize(
    ("person", "told"),
    [
        ("police", "Du ser planen här när stadsdelens trygghetsstrateg har delat den."),
        ("steering", "Du ser planen här när den är på granskning."),
        ("registrar", "Du ser planen här när den är klar för beslut."),
        ("external", "Din roll i samverkansgruppen ger inte tillgång till planen här."),
    ],
)
def test_who_does_not_read_the_plan_yet_is_told_when(plan, cast, person, told):
    page = words(getattr(cast, person))
    assert told in page
    assert "Utkast" not in page


def test_the_version_in_force_is_there_while_another_is_written(plan, cast):
    plan = stages.reach(plan, cast, "decided")
    workflow.take(plan, "start_version", by=cast.editor, reason="Nytt läge")
    assert f'href="{PLACE}version/1/"' in page_of(cast.steering)
    assert "Beslutad 12 mars 2025 och gäller tills nästa version är beslutad." in words(cast.steering)


def test_another_districts_draft_is_nowhere_on_the_page(plan, cast):
    stages.reach(plan, cast, "in_review")
    assert "Skärholmen" not in words(cast.neighbour)


def test_the_citys_groups_see_how_many_have_decided_and_who_is_late(plan, cast, february):
    stages.reach(plan, cast, "decided")
    february.move_to(datetime(2025, 4, 20, tzinfo=UTC), tick=False)
    for person in (cast.city_preparation, cast.city_steering):
        page = words(person)
        assert "1 av 2 stadsdelar har en beslutad plan. 1 har inte börjat. Se alla stadsdelar" in page
        assert "Beslut i lokala styrgruppen försenat sedan 31 mars 2025 Farsta" in page
        assert "Inskickad till staden försenat sedan 15 april 2025 Skärholmen" in page
    assert "Att göra" not in words(cast.city_steering)  # nothing is ever theirs to do here


def test_one_with_several_roles_gets_each_thing_once(plan, cast):
    """The editor who also sits in the steering group and in the city's preparation group."""
    for group in CollaborationGroup.objects.filter(slug__in=("local-steering-skarholmen", "city-preparation-None")):
        GroupMembership.objects.create(
            group=group, user=cast.editor, function=Function.objects.first(), valid_from=date(2024, 1, 1),
            organisation=Organisation.objects.get(slug="district_admin"),
        )  # fmt: skip
    stages.reach(plan, cast, "ready_for_decision")
    assert [text for text, _, _ in tasks(cast.editor)] == ["Läs beslutsunderlaget inför styrgruppens beslut"]
    page = page_of(cast.editor)
    assert page.count("<h2") == len(set(re.findall(r"<h2[^>]*>([^<]*)</h2>", page)))
    assert "Staden 2025" in page


# --- Many districts


def seat(user, district, like):
    """Give the person the same seat in another district."""
    mine = like.group
    group, _ = CollaborationGroup.objects.get_or_create(
        slug=f"{mine.slug}-{district.slug}",
        defaults={"name": mine.name, "level": mine.level, "kind": mine.kind, "district": district,
                  "valid_from": mine.valid_from},
    )  # fmt: skip
    GroupMembership.objects.create(
        group=group, user=user, function=like.function, organisation=like.organisation, is_chair=like.is_chair,
        valid_from=like.valid_from,
    )  # fmt: skip


def more_districts(cast, user, numbers, state):
    """Seats for the person in as many districts, each with a plan, comments, a decided version and something new."""
    like = user.memberships.select_related("group").first()
    for number in numbers:
        district = District.objects.create(
            name=f"Del {number}", slug=f"del-{number}", municipality=cast.municipality, valid_from=date(2024, 1, 1)
        )
        seat(user, district, like)
        plan = editing.create_plan(district, cast.cycle, by=None)
        ActionPlan.objects.filter(pk=plan.pk).update(state=state, shared_at=timezone.now())
        PlanVisit.objects.create(plan=plan, user=user, at=timezone.now() - timedelta(days=2))
        for kind in CommentKind:
            Comment.objects.create(
                plan=plan, version=1, made_in=state, kind=kind, text="Hur?", by=cast.neighbour, state="open"
            )
        Submission.objects.create(version=versions.freeze(plan, stages.DECISION, by=None))


@pytest.mark.parametrize("person", ["police", "chair", "editor", "registrar"])
@pytest.mark.parametrize("state", [PlanState.IN_REVIEW, PlanState.DECIDED, PlanState.DRAFT])
def test_the_number_of_queries_does_not_grow_with_the_districts(cast, person, state, django_assert_max_num_queries):
    user = getattr(cast, person)
    more_districts(cast, user, range(2), state)
    client = Client()
    client.force_login(User.objects.get(pk=user.pk))
    # In two drafts what is missing is looked for, with five questions each.
    with django_assert_max_num_queries(50 if (person, state) == ("editor", PlanState.DRAFT) else 40) as few:
        client.get("/")
    more_districts(cast, user, range(2, 8), state)
    with django_assert_max_num_queries(len(few.captured_queries)):
        assert client.get("/").content.decode().count("Del 7") > 0 or (person, state) == ("chair", PlanState.DRAFT)


def test_the_number_of_queries_of_the_citys_groups_does_not_grow(cast, django_assert_max_num_queries):
    more_districts(cast, cast.police, range(2), PlanState.DECIDED)
    client = Client()
    client.force_login(cast.city_preparation)
    with django_assert_max_num_queries(45) as few:
        client.get("/")
    more_districts(cast, cast.police, range(2, 8), PlanState.DECIDED)
    with django_assert_max_num_queries(len(few.captured_queries)):
        assert len(re.findall("Läs planen och kvittera den", client.get("/").content.decode())) == 8
