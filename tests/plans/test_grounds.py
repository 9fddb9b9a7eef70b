"""What the rows of a plan rest on, bringing chosen causes into it, and where the plans speak of places and findings."""

import json

import pytest
from django.core.exceptions import PermissionDenied
from django.urls import reverse

from agreements import analyses
from agreements.enums import AssumptionState, PictureState, Producer
from agreements.enums import TriangleSide as Side
from agreements.mentions import ANSWERED_FINDINGS, PLACE_MENTIONS
from agreements.models import AreaMapping, PriorityArea, PriorityAreaSet, SituationPicture
from agreements.pictures import workflow as pictures
from agreements.places import story
from plans import bringing, editing, grounds, versions
from plans.bringing import Choice
from plans.errors import EditRefused
from plans.loading import load_document
from plans.models import ActionPlan, PlanEvent, RowGround, RowPlace
from tests.agreements.analysed import Analysed, cause, finding, joint_picture, place, problem
from tests.cast import START
from tests.plans import invariants, stages

PLAN = "/planer/skarholmen/2025/"
BRING = f"{PLAN}hamta/"


@pytest.fixture
def made(cast):
    return Analysed(cast)


@pytest.fixture
def editor(client, cast):
    client.force_login(cast.editor)
    return client


@pytest.fixture
def brought(empty_plan, made, cast):
    """The plan with the analysed problem and its cause in it."""
    bringing.bring(empty_plan, [choice_of(empty_plan, made)], by=cast.editor)
    return empty_plan


def text(answer):
    return " ".join(answer.content.decode().split())


def tab_of(plan, code="otrygga-platser"):
    return str(plan.planareas.get(area__code=code).uid)


def choice_of(plan, made, *causes, area=None):
    causes = causes or (made.cause,)
    chosen = frozenset(str(each.pk) for each in causes)
    return Choice(problem=str(made.problem.pk), area=tab_of(plan) if area is None else area, causes=chosen)


# --- Bringing


def test_p11_a_chosen_cause_comes_into_the_plan_under_its_problem_with_its_evidence(editor, empty_plan, made):
    """P11, P05: each cause on its own row, with a place to write its action; what it rests on follows."""
    page = text(editor.get(BRING))
    assert "Narkotikahandel på Vårbergs torg" in page and "Torget är mörkt och utan insyn" in page
    assert "Bedrägerier mot äldre" in page and "Orsaksanalysen är inte påbörjad" in page
    key = made.problem.pk
    values = {f"{key}-area": tab_of(empty_plan), f"{key}-causes": [made.cause.pk]}
    page = text(editor.post(BRING, values, follow=True))
    assert "Hämtade 1 problemområde och 1 orsak från orsaksanalysen." in page
    row = empty_plan.causes.get()
    assert (row.text, row.evidence, row.perspectives) == (
        "Torget är mörkt och utan insyn", "Trygghetsvandring i mars.", ["control"]
    )  # fmt: skip
    assert row.problem.title == "Narkotikahandel på Vårbergs torg"
    assert row.problem.plan_area.area.code == "otrygga-platser"
    assert row.actions.get().text == ""
    assert RowGround.objects.get(row=row.uid).cause == made.cause
    assert RowGround.objects.get(row=row.problem_id).problem == made.problem
    assert {str(uid) for uid in RowPlace.objects.values_list("row", flat=True)} == {str(row.uid), str(row.problem_id)}
    invariants.check(empty_plan)
    invariants.check_history_tells_the_whole_story(empty_plan)


def test_what_was_learnt_when_a_cause_was_tested_is_part_of_its_evidence(empty_plan, made, cast):
    analyses.write_cause(made.cause, {"tested_how": "Larmen kommer efter mörkrets inbrott."}, version=1)
    bringing.bring(empty_plan, [choice_of(empty_plan, made)], by=cast.editor)
    assert empty_plan.causes.get().evidence == "Trygghetsvandring i mars.\n\nLarmen kommer efter mörkrets inbrott."


def test_what_the_plan_has_is_not_brought_again(editor, brought, made, cast):
    assert bringing.bring(brought, [choice_of(brought, made)], by=cast.editor) is None
    page = text(editor.get(BRING))
    assert "Finns redan i planen" in page and "Det finns inget mer att hämta just nu." in page
    assert brought.problems.count() == brought.causes.count() == 1


def test_a_cause_chosen_later_comes_under_the_problem_that_is_there(editor, brought, made):
    later = cause(made.analysis, "Köpare vet var de ska gå", side=Side.OFFENDER, is_chosen=True)
    cause(made.analysis, "Inte vald")
    page = text(editor.get(BRING))
    assert "Problemet finns redan i planen." in page and "Inte vald" not in page
    editor.post(BRING, {f"{made.problem.pk}-causes": [later.pk]})
    row = brought.problems.get()
    assert list(row.causes.order_by("position").values_list("text", flat=True)) == [made.cause.text, later.text]
    invariants.check(brought)


def test_nothing_chosen_is_told_and_nothing_is_written(editor, empty_plan, made):
    page = text(editor.post(BRING, {f"{made.problem.pk}-area": tab_of(empty_plan)}))
    assert "Välj minst en orsak att hämta." in page
    assert not empty_plan.problems.exists()


def test_a_problem_whose_area_the_plan_lacks_asks_for_one(editor, empty_plan, made, cast):
    made.problem.area = None
    made.problem.save()
    page = text(editor.post(BRING, {f"{made.problem.pk}-causes": [made.cause.pk]}))
    assert "Välj vilket område i planen problemet hör till." in page
    assert not empty_plan.problems.exists()
    with pytest.raises(EditRefused, match="finns inte längre"):
        bringing.bring(empty_plan, [choice_of(empty_plan, made, area="")], by=None or _editor(empty_plan))


def _editor(plan):
    return plan.events.first().by


@pytest.mark.parametrize("way", ["same code", "newer edition", "older edition", "two answers", "none"])
def test_p08_an_area_of_another_edition_finds_its_tab(empty_plan, made, cast, way):
    """P08: areas are revised; the picture may be of one edition and the plan of another."""
    other = PriorityAreaSet.objects.create(code="annan", name="Annan", valid_from=START)
    code = "otrygga-platser" if way == "same code" else "platser"
    area = PriorityArea.objects.create(area_set=other, number=1, code=code, title="Platser", short_title="P", sheet="P")
    here = {each.code: each for each in cast.area_set.areas.all()}
    for target in {"newer edition": ["otrygga-platser"], "two answers": ["otrygga-platser", "brottsoffer"]}.get(
        way, ()
    ):
        AreaMapping.objects.create(old=area, new=here[target])
    if way == "older edition":
        AreaMapping.objects.create(old=here["otrygga-platser"], new=area)
    made.problem.area = area
    made.problem.save()
    (offer, _) = bringing.offered(empty_plan, cast.editor, made.picture)
    assert offer.area == ("" if way in ("two answers", "none") else tab_of(empty_plan))


def test_bringing_is_taken_back_in_the_history_and_can_be_done_again(editor, brought, made, cast):
    event = brought.events.first()
    assert event.summary == "Hämtade 1 problemområde och 1 orsak från orsaksanalysen"
    undone = editing.undo(brought, event, by=cast.editor)
    assert not brought.causes.exists()
    assert grounds.texts_of(brought, load_document(brought)) == {} and RowGround.objects.count() == 2
    assert "Torget är mörkt" in text(editor.get(BRING))  # it is not in the plan, so it is offered
    editing.undo(brought, undone, by=cast.editor)
    row = brought.causes.get()
    assert grounds.grounds_of(brought, cast.editor)[str(row.uid)].causes == [made.cause]


def test_nothing_is_half_brought(empty_plan, made, cast, monkeypatch):
    def refuse(*args, **kwargs):
        raise EditRefused("Nej.")

    monkeypatch.setattr(editing, "apply", refuse)
    with pytest.raises(EditRefused):
        bringing.bring(empty_plan, [choice_of(empty_plan, made)], by=cast.editor)
    assert not RowGround.objects.exists()


def test_the_plans_own_picture_is_brought_from_before_a_newer_one(empty_plan, made, cast):
    joint_picture(cast, year=2026)  # for the plan of the year after
    assert bringing.picture_of(empty_plan, cast.editor) == made.picture
    own = joint_picture(cast, year=2023, state=PictureState.SUPERSEDED)
    ActionPlan.objects.filter(pk=empty_plan.pk).update(picture=own)
    empty_plan.refresh_from_db()
    assert bringing.picture_of(empty_plan, cast.editor) == own


def test_without_a_picture_the_page_says_where_to_begin(editor, empty_plan):
    assert "Det finns ingen gemensam lägesbild" in text(editor.get(BRING))


@pytest.mark.parametrize("person", ["police", "co_writer"])
def test_who_does_not_write_the_plan_does_not_bring(client, cast, empty_plan, made, person):
    stages.reach(empty_plan, cast, "shared")
    client.force_login(getattr(cast, person))
    assert client.get(BRING).status_code == 403
    with pytest.raises(PermissionDenied):
        bringing.bring(empty_plan, [choice_of(empty_plan, made)], by=getattr(cast, person))


# --- Shown at the row


def test_each_problem_shows_the_findings_it_rests_on_and_each_cause_its_evidence(editor, brought, made):
    """Issue 3.4."""
    row = brought.causes.get()
    page = text(editor.get(f"{PLAN}omrade/2/"))
    assert page.count("Bygger på 1 iakttagelse<") == 2
    for kind, uid in (("cause", row.uid), ("problem", row.problem_id)):
        address = f"{PLAN}rad/{kind}/{uid}/"
        assert f'href="{address}grunder/"' in page
        for shown in (editor.get(address), editor.get(f"{address}grunder/")):
            assert "Öppen narkotikahandel vid tunnelbanan" in text(shown) and "Vårbergs torg" in text(shown)
    assert "Har stöd. Trygghetsvandring i mars." in text(editor.get(f"{PLAN}rad/cause/{row.uid}/grunder/"))


def test_what_a_plan_rests_on_is_not_removed_from_a_picture_that_is_taken_back(editor, brought, made, cast):
    own = finding(made.picture, "Buskörning")
    grounds.link(brought, brought.problems.get().uid, findings=[own], places=[], kept=set(), by=cast.editor)
    SituationPicture.objects.filter(pk=made.picture.pk).update(state=PictureState.DRAFT)
    address = pictures.address_of(made.picture, "finding_remove", own.uid)
    answer = text(editor.post(address, {"seen": str(own.row_version)}, follow=True))
    assert "En åtgärdsplan bygger på iakttagelsen, så den kan inte tas bort." in answer
    assert made.picture.findings.filter(pk=own.pk).exists()


def test_findings_and_places_are_linked_and_unlinked_by_hand(editor, plan, made, cast):
    row = plan.problems.first()
    address = f"{PLAN}rad/problem/{row.uid}/grunder/"
    assert "Inget är kopplat till raden än." in text(editor.get(address))
    answer = editor.post(address, {"findings": [made.finding.pk], "places": [made.place.pk]}, follow=True)
    assert "Bygger på 1 iakttagelse" in text(answer)
    assert grounds.grounds_of(plan, cast.editor)[str(row.uid)].places == [made.place]
    editor.post(address, {})
    assert not RowGround.objects.exists() and not RowPlace.objects.exists()


def test_what_was_brought_stays_linked_unless_its_box_is_cleared(editor, brought, made):
    row = brought.causes.get()
    address = f"{PLAN}rad/cause/{row.uid}/grunder/"
    editor.post(address, {"kept": [made.cause.pk], "places": [made.place.pk]})
    assert RowGround.objects.get(row=row.uid).cause == made.cause
    editor.post(address, {"places": [made.place.pk]})
    assert not RowGround.objects.filter(row=row.uid).exists()


def test_p02_a_picture_that_is_not_shared_is_no_ground(editor, plan, cast):
    """P02: the plan is both parties', so it does not rest on what one of them has not shared."""
    own = SituationPicture.objects.create(
        district=cast.district, producer=Producer.CITY, year=2025, title="Stadens", state=PictureState.DRAFT
    )
    hidden = finding(own, "Bara stadens")
    row = plan.problems.first()
    address = f"{PLAN}rad/problem/{row.uid}/grunder/"
    assert "Bara stadens" not in text(editor.get(address))
    editor.post(address, {"findings": [hidden.pk]})
    assert not RowGround.objects.exists()


def test_what_a_row_rests_on_is_for_those_who_read_the_pictures(client, brought, cast, made):
    stages.reach(brought, cast, "shared")
    ActionPlan.objects.filter(pk=brought.pk).update(state="decided")
    row = brought.causes.get()
    for person, sees in (("chair", True), ("working", True), ("registrar", False), ("neighbour", False)):
        client.force_login(getattr(cast, person))
        for address in (f"{PLAN}omrade/2/", f"{PLAN}rad/cause/{row.uid}/", f"{PLAN}rad/cause/{row.uid}/grunder/"):
            page = text(client.get(address))
            assert ("narkotikahandel vid" in page or "Bygger på 1" in page) is sees, (person, address)


def test_what_the_person_does_not_see_stays_when_they_save(editor, brought, made, cast):
    own = SituationPicture.objects.create(
        district=cast.district, producer=Producer.POLICE, year=2025, title="Polisens", state=PictureState.DRAFT
    )
    hidden = finding(own, "Bara polisens")
    row = brought.causes.get()
    RowGround.objects.create(plan=brought, row=row.uid, finding=hidden)
    address = f"{PLAN}rad/cause/{row.uid}/grunder/"
    assert "Bara polisens" not in text(editor.get(address))
    editor.post(address, {})
    assert [ground.finding for ground in RowGround.objects.filter(row=row.uid)] == [hidden]


def test_a_finding_that_comes_with_the_cause_is_not_offered_by_hand(editor, brought, made):
    finding(made.picture, "Buskörning")
    page = editor.get(f"{PLAN}rad/cause/{brought.causes.get().uid}/grunder/")
    assert [str(box.choice_label) for box in page.context["form"]["findings"]] == [
        "Buskörning (Gemensam lägesbild 2025)"
    ]


def test_an_action_leads_to_what_its_cause_rests_on(editor, brought):
    action = brought.actions.get()
    page = text(editor.get(f"{PLAN}rad/action/{action.uid}/grunder/", follow=True))
    assert "Öppna åtgärdens orsak i stället." in page


# --- Frozen


def test_a_decided_version_keeps_what_its_rows_rested_on(client, brought, made, cast):
    version = versions.freeze(brought, stages.DECISION, by=cast.chair)
    row = brought.causes.get()
    texts = version.facts["grounds"]
    assert texts[str(row.uid)] == [
        "Analyserad orsak: Torget är mörkt och utan insyn (Gemensam lägesbild 2025)", "Plats: Vårbergs torg"
    ]  # fmt: skip
    made.place.name = "Annat namn"
    made.place.save()
    RowGround.objects.all().delete()
    address = reverse("plans:version_area", args=["skarholmen", 2025, 1, 2])
    for person, sees in (("editor", True), ("chair", True), ("neighbour", False), ("registrar", False)):
        client.force_login(getattr(cast, person))
        page = text(client.get(address))
        assert "Torget är mörkt" in page
        assert ("Plats: Vårbergs torg" in page) is sees


def test_the_open_format_does_not_carry_what_the_rows_rest_on(brought, cast):
    version = versions.freeze(brought, stages.DECISION, by=cast.chair)
    assert "Vårbergs torg" not in json.dumps(json.loads(version.document)["areas"], ensure_ascii=False).replace(
        "Narkotikahandel på Vårbergs torg", ""
    )


# --- From the picture and the place


def mentions_of(place, user):
    return [mention for source in PLACE_MENTIONS for mention in source(place, user)]


def answered(picture, user):
    found = {}
    for source in ANSWERED_FINDINGS:
        found |= source(picture, user)
    return found


def test_p03_a_place_shows_the_rows_of_the_plans_that_are_about_it(client, brought, made, cast):
    """P03, issue 3.2: of plans that the person may read."""
    (year,) = story(made.place, cast.editor)
    assert {(mention.kind.split(",")[0], mention.text) for mention in year.rows} == {
        ("Orsak", "Torget är mörkt och utan insyn"), ("Problemområde", "Narkotikahandel på Vårbergs torg")
    }  # fmt: skip
    assert mentions_of(made.place, cast.police) == []  # the draft is not shared
    client.force_login(cast.editor)
    assert client.get(year.rows[0].address.partition("#")[0]).status_code == 200


def test_a_decided_version_is_spoken_of_where_the_next_draft_is_closed(brought, made, cast):
    versions.freeze(brought, stages.DECISION, by=cast.chair)
    ActionPlan.objects.filter(pk=brought.pk).update(version=2, state="draft", shared_at=None)
    editing.remove(brought, "problem", brought.problems.get().uid, by=cast.editor)
    assert mentions_of(made.place, cast.editor) == []
    found = mentions_of(made.place, cast.police)
    assert {mention.text for mention in found} == {made.problem.title, made.cause.text}
    assert all("version 1" in mention.kind and "/version/1/" in mention.address for mention in found)
    assert made.finding.pk in answered(made.picture, cast.police)
    assert answered(made.picture, cast.editor) == {}


def test_which_findings_the_plans_answer_and_which_not(brought, made, cast):
    """Issue 3.4: through a problem, a cause, or by hand; also the party's finding that the joint one took over."""
    left = finding(made.picture, "Klotter vid skolan")
    by_hand = finding(made.picture, "Buskörning")
    editing.add(brought, "problem", tab_of(brought, "kriminella-miljoer"), by=cast.editor)
    row = brought.problems.get(plan_area__area__code="kriminella-miljoer")
    grounds.link(brought, row.uid, findings=[by_hand], places=[], kept=set(), by=cast.editor)
    found = answered(made.picture, cast.editor)
    assert set(found) == {made.finding.pk, by_hand.pk} and left.pk not in found
    assert len(found[made.finding.pk]) == 2  # the problem and its cause
    own = SituationPicture.objects.create(
        district=cast.district, producer=Producer.CITY, year=2025, title="Stadens", state=PictureState.SHARED
    )
    taken_over = finding(own, "Handel vid tunnelbanan")
    made.finding.origins.add(taken_over)
    assert set(answered(own, cast.editor)) == {taken_over.pk}


# --- Costs


def test_the_plans_page_takes_as_many_queries_with_5_grounds_as_with_40(
    editor, plan, made, cast, django_assert_max_num_queries
):
    rows = [*plan.problems.values_list("uid", flat=True), *plan.causes.values_list("uid", flat=True)]
    counts, linked = [], 0
    editor.get(PLAN)  # the first visit is noted
    for upto in (5, 40):
        for at, row in enumerate(rows[linked:upto]):
            own = finding(made.picture, f"Iakttagelse {at}", made.place)
            source = ({"finding": own}, {"problem": made.problem}, {"cause": made.cause})[at % 3]
            RowGround.objects.create(plan=plan, row=row, **source)
            RowPlace.objects.create(plan=plan, row=row, place=made.place)
        linked = RowGround.objects.count()
        assert linked == upto
        for address in (PLAN, f"{PLAN}rad/problem/{rows[0]}/", f"{PLAN}rad/problem/{rows[0]}/grunder/"):
            with django_assert_max_num_queries(45) as captured:
                editor.get(address)
            counts.append(len(captured))
        with django_assert_max_num_queries(20) as captured:
            mentions_of(made.place, cast.editor), answered(made.picture, cast.editor)
        counts.append(len(captured))
    assert counts[:4] == counts[4:]


def test_bringing_takes_as_many_queries_however_much_is_brought(editor, empty_plan, made, cast):
    counts = []
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    for times in (1, 8):
        keys = {}
        for at in range(times):
            begun = analyses.begin(problem(made.picture, f"Problem {times} {at}"), by=cast.editor)
            chosen = cause(begun, "Orsak", is_chosen=True, assumption=AssumptionState.SUPPORTED)
            keys |= {f"{begun.problem_id}-causes": [chosen.pk], f"{begun.problem_id}-area": tab_of(empty_plan)}
        for call in (lambda: editor.get(BRING), lambda keys=keys: editor.post(BRING, keys)):
            with CaptureQueriesContext(connection) as captured:
                assert call().status_code in (200, 302)
            counts.append(len(captured))
    assert counts[:2] == counts[2:]
    assert PlanEvent.objects.filter(summary__startswith="Hämtade").count() == 2


def test_places_of_another_district_are_not_offered(editor, plan, cast):
    place(cast, "Farsta torg", district=cast.other_district)
    row = plan.problems.first()
    assert "Farsta torg" not in text(editor.get(f"{PLAN}rad/problem/{row.uid}/grunder/"))
