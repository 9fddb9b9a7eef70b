"""Cause analyses: the five steps (P05), the causes, when they are due again (P01), and what waits for whom."""

from datetime import date

import pytest
import time_machine
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from agreements import analyses
from agreements.analyses import STAGE_WORKFLOW, STAGES, WORKFLOW, CauseRefused, branches
from agreements.analyses.sources import analysis_tasks, problems_analysed
from agreements.claiming import StaleRow
from agreements.enums import AnalysisState, AnalysisStep, AssumptionState, PictureState, StepState
from agreements.models import AnalysedCause, AnalysisLog, CauseAnalysis
from tests.agreements.analysed import Analysed, cause, finding, joint_picture, problem, work_through
from tests.cast import Cast
from trygghet.workflow import StepRefused

BASE = "/samverkan/skarholmen/orsaksanalyser/"


@pytest.fixture
def cast(db):
    return Cast()


@pytest.fixture
def made(cast):
    return Analysed(cast)


@pytest.fixture
def editor(client, cast):
    client.force_login(cast.editor)
    return client


def text(answer):
    return " ".join(answer.content.decode().split())


def address(made, rest=""):
    return f"{BASE}{made.analysis.pk}/{rest}"


def stage_of(made, step):
    return made.analysis.stages.get(step=step)


def posted(row, **values):
    """What the form of a cause sends when nothing but the values has been changed."""
    names = ("text", "side", "directness", "evidence", "assumption", "tested_how")
    same = {name: getattr(row, name) for name in names} | {"row_version": row.row_version}
    chosen = {"is_chosen": "on"} if row.is_chosen else {}
    linked = {name: [each.pk for each in getattr(row, name).all()] for name in ("findings", "places")}
    return same | chosen | linked | {"behind": row.behind_id or ""} | values


# --- Which problems are analysed


def test_the_list_has_the_prioritised_problems_of_the_joint_picture_in_force(editor, cast, made):
    problem(made.picture, "Grannbråk", is_prioritised=False)
    older = joint_picture(cast, year=2024, state=PictureState.SUPERSEDED)
    problem(older, "Gamla klotter")
    page = text(editor.get(BASE))
    assert "Narkotikahandel på Vårbergs torg" in page and "Pågår, 0 av 5 steg" in page
    assert "Bedrägerier mot äldre" in page and "Börja analysen" in page
    assert "Grannbråk" not in page and "Gamla klotter" not in page


def test_analyses_of_earlier_pictures_stay_to_be_read(editor, cast):
    older = Analysed(cast, picture=joint_picture(cast, year=2024))
    older.picture.__class__.objects.update(state=PictureState.SUPERSEDED)
    page = text(editor.get(BASE))
    assert "Från tidigare lägesbilder" in page and older.problem.title in page


def test_without_a_prioritised_picture_the_page_says_where_to_begin(editor, cast):
    joint_picture(cast, state=PictureState.DRAFT)
    page = text(editor.get(BASE))
    assert "gå till lägesbilderna" in page and "Det finns ingen gemensam lägesbild med prioriterade problem än" in page


def test_p05_an_analysis_begins_with_five_steps_and_a_line_in_its_log(editor, cast, made):
    """P05: Förberedelse, Fördjupa, Identifiera, Testa, Välj ut; who began it is kept."""
    answer = editor.post(f"{BASE}borja/{made.other.pk}/", follow=True)
    begun = CauseAnalysis.objects.get(problem=made.other)
    assert answer.redirect_chain == [(f"{BASE}{begun.pk}/", 302)]
    assert [stage.step for stage in analyses.in_order(begun.stages.all())] == list(AnalysisStep)
    page = text(answer)
    for stage in STAGES:
        assert stage.question in page
    entry = begun.log.get()
    assert (entry.told, entry.by) == ("Påbörjade analysen.", cast.editor)


def test_an_analysis_is_begun_once(editor, made):
    page = text(editor.post(f"{BASE}borja/{made.problem.pk}/", follow=True))
    assert "Orsaksanalysen är redan påbörjad. Ingenting gjordes nu." in page
    assert CauseAnalysis.objects.count() == 1


@pytest.mark.parametrize(("state", "is_prioritised"), [("shared", True), ("confirmed", False), ("superseded", True)])
def test_p04_only_what_is_prioritised_in_a_picture_that_holds_is_analysed(cast, state, is_prioritised):
    """P04: the parties prioritise what they can influence before they analyse it."""
    found = problem(joint_picture(cast, state=state), "Klotter", is_prioritised=is_prioritised)
    with pytest.raises(StepRefused, match="prioriterat"):
        analyses.begin(found, by=cast.editor)


def test_the_steering_group_reads_the_analysis_and_is_told_who_changes_it(client, cast, made):
    client.force_login(cast.chair)
    page = text(client.get(address(made)))
    assert "Torget är mörkt" in page and "Ny orsak" not in page
    refused = client.get(address(made, f"orsak/{made.cause.pk}/"))
    assert refused.status_code == 403 and "Vänd dig dit" in text(refused)


def test_a_picture_that_is_taken_back_to_draft_takes_its_analysis_out_of_sight(client, cast, made):
    made.picture.__class__.objects.update(state=PictureState.DRAFT, confirmed_on=None)
    client.force_login(cast.chair)
    assert client.get(address(made)).status_code == 404
    client.force_login(cast.editor)
    assert client.get(address(made)).status_code == 200


# --- The five steps


def test_a_step_that_is_written_in_has_begun(editor, cast, made):
    values = {"row_version": 1, "participants": "Kommunpolis", "notes": ""}
    page = text(editor.post(address(made, "steg/forberedelse/"), values, follow=True))
    assert "Förberedelse är sparat." in page
    stage = stage_of(made, AnalysisStep.PREPARE)
    assert (stage.state, stage.participants) == (StepState.ONGOING, "Kommunpolis")


@pytest.mark.parametrize(
    ("slug", "why"),
    [
        ("forberedelse", "Skriv vilka funktioner som deltar."),
        ("fordjupa", "Skriv vad ni har kommit fram till."),
        ("identifiera", "Lägg in minst en trolig orsak."),
        ("valj", "Välj minst en orsak att åtgärda."),
    ],
)
def test_p05_a_step_is_done_when_it_leaves_what_the_next_starts_from(editor, made, slug, why):
    """P05: to skip a step is to treat symptoms; what was typed is kept all the same."""
    made.cause.delete()
    notes = "" if slug == "fordjupa" else "Vi gick igenom larmen."
    values = {"row_version": 1, "participants": "", "notes": notes, "sedan": "klart"}
    page = text(editor.post(address(made, f"steg/{slug}/"), values, follow=True))
    assert "Texten är sparad, men steget ändrades inte." in page and why in page
    stage = made.analysis.stages.get(step=analyses.STAGE_AT[slug].step)
    assert stage.notes == notes and stage.state != StepState.DONE


def test_p05_the_test_is_not_done_while_an_assumption_is_untested(cast, made):
    """P05: test the assumptions and weed out."""
    cause(made.analysis, "Gallerian stänger tidigt")
    stage = stage_of(made, AnalysisStep.TEST)
    with pytest.raises(StepRefused, match="1 orsak är inte prövad än"):
        STAGE_WORKFLOW.take(stage, "finish_stage", by=cast.editor)
    AnalysedCause.objects.update(assumption=AssumptionState.SUPPORTED)
    assert STAGE_WORKFLOW.take(stage, "finish_stage", by=cast.editor).done_on == timezone.localdate()


def test_a_done_step_can_be_taken_up_again(editor, cast, made):
    stage = analyses.write_stage(
        stage_of(made, AnalysisStep.PREPARE), {"participants": "Kommunpolis", "notes": ""}, version=1, by=cast.editor
    )
    stage = STAGE_WORKFLOW.take(stage, "finish_stage", by=cast.editor)
    values = {"row_version": stage.row_version, "participants": "Kommunpolis, analytiker", "notes": "", "sedan": "igen"}
    editor.post(address(made, "steg/forberedelse/"), values)
    stage.refresh_from_db()
    assert (stage.state, stage.done_on, stage.participants) == ("ongoing", None, "Kommunpolis, analytiker")
    assert made.analysis.log.first().told == "Tog upp steget igen: Förberedelse."


def test_two_who_write_in_a_step_lose_nothing_and_see_both_texts(editor, cast, made):
    stage = stage_of(made, AnalysisStep.DEEPEN)
    analyses.write_stage(stage, {"participants": "", "notes": "Mest på fredagar."}, version=1, by=cast.police)
    values = {"row_version": 1, "participants": "", "notes": "Mest på kvällar."}
    answer = editor.post(address(made, "steg/fordjupa/"), values)
    page = text(answer)
    assert answer.status_code == 409 and "Någon annan har ändrat" in page
    assert "Mest på fredagar." in page and "Mest på kvällar." in page
    stage.refresh_from_db()
    assert stage.notes == "Mest på fredagar."
    version = answer.context["form"]["row_version"].value()
    again = editor.post(address(made, "steg/fordjupa/"), values | {"row_version": version, "notes": "Fredagskvällar."})
    assert again.status_code == 302
    stage.refresh_from_db()
    assert stage.notes == "Fredagskvällar."


def test_a_form_that_does_not_say_what_its_reader_saw_is_shown_again_with_its_text(editor, made):
    page = text(editor.post(address(made, "steg/fordjupa/"), {"notes": "Mest på kvällar."}))
    assert "Ladda om den." in page and "Mest på kvällar." in page


def test_a_personnummer_is_refused_in_every_text(editor, made):
    number = {"row_version": 1, "participants": "", "notes": "Talade med 811228-9874"}
    answer = editor.post(address(made, "steg/fordjupa/"), number)
    assert answer.status_code == 422 and "personnummer" in text(answer)
    for name in ("text", "evidence", "tested_how"):
        values = posted(made.cause, **{name: "Enligt 811228-9874"})
        assert "personnummer" in text(editor.post(address(made, f"orsak/{made.cause.pk}/"), values))


# --- Causes


def test_a_cause_is_sorted_under_a_side_with_its_findings_and_places(editor, made):
    values = {"row_version": 1, "text": "Köpare vet var de ska gå", "side": "offender", "assumption": "untested",
              "findings": [made.finding.pk], "places": [made.place.pk]}  # fmt: skip
    page = text(editor.post(address(made, "orsak/ny/"), values, follow=True))
    assert "Köpare vet var de ska gå" in page
    offender, _, control = branches(list(made.analysis.causes.all()))
    assert [node.cause.text for node in offender.nodes] == ["Köpare vet var de ska gå"]
    assert [node.number for node in control.nodes] == [2]
    assert list(offender.nodes[0].cause.findings.all()) == [made.finding]


def test_a_cause_cannot_rest_on_a_finding_of_another_picture(editor, cast, made):
    other = finding(joint_picture(cast, district=cast.other_district), "I Farsta")
    values = posted(made.cause, findings=[other.pk])
    assert editor.post(address(made, f"orsak/{made.cause.pk}/"), values).status_code == 422
    assert list(made.cause.findings.all()) == [made.finding]


def test_the_cause_behind_a_cause_stands_under_it(editor, made):
    page = editor.get(address(made, f"orsak/ny/?bakom={made.cause.pk}"))
    assert page.context["form"]["behind"].value() == str(made.cause.pk)
    deeper = cause(made.analysis, "Lamporna byts inte", behind=made.cause)
    node = branches(list(made.analysis.causes.all()))[2].nodes[0]
    assert [each.cause for each in node.deeper] == [deeper]
    assert "Bakom den ligger" in text(editor.get(address(made)))


def test_a_cause_is_not_behind_itself_not_even_through_others(editor, made):
    second = cause(made.analysis, "Lamporna byts inte", behind=made.cause)
    third = cause(made.analysis, "Ingen äger lamporna", behind=second)
    answer = editor.post(address(made, f"orsak/{made.cause.pk}/"), posted(made.cause, behind=third.pk, text="Mörkt"))
    page = text(answer)
    assert "Orsaken kan inte ligga bakom sig själv, inte heller via «Lamporna byts inte»." in page
    assert ">Mörkt<" in page.replace("\n", "").replace("> ", ">") or "Mörkt</textarea>" in page
    made.cause.refresh_from_db()
    assert made.cause.behind is None and made.cause.text != "Mörkt"
    with pytest.raises(CauseRefused, match="bakom sig själv"):
        analyses.write_cause(made.cause, {"behind": made.cause}, version=made.cause.row_version)


def test_a_cause_behind_one_of_another_analysis_is_refused(cast, made):
    other = cause(analyses.begin(made.other, by=cast.editor), "Ensamhet")
    with pytest.raises(CauseRefused, match="finns inte längre"):
        analyses.write_cause(made.cause, {"behind": other}, version=made.cause.row_version)


def test_a_rejected_cause_is_struck_out_and_says_so_in_words(editor, made):
    values = posted(made.cause, assumption="rejected")
    assert "En förkastad orsak kan inte väljas ut." in text(
        editor.post(address(made, f"orsak/{made.cause.pk}/"), values)
    )
    del values["is_chosen"]
    page = text(editor.post(address(made, f"orsak/{made.cause.pk}/"), values, follow=True))
    assert '<del class="verbatim">Torget är mörkt och utan insyn</del>' in page
    assert page.count("Förkastad") >= 2  # on the drawing and in the list


def test_the_drawing_and_the_list_say_the_same(editor, made):
    cause(made.analysis, "Lamporna byts inte", behind=made.cause)
    page = text(editor.get(address(made)))
    assert 'role="img"' in page and "<title" in page and "<desc" in page
    for words in ("1. Torget är mörkt", "2. Lamporna byts inte", "Ingen orsak än"):
        assert words in page


def test_a_stale_cause_is_not_overwritten(editor, made):
    old = posted(made.cause, text="Min text")
    analyses.write_cause(made.cause, {"text": "Den andras text"}, version=1)
    answer = editor.post(address(made, f"orsak/{made.cause.pk}/"), old)
    page = text(answer)
    assert answer.status_code == 409 and "Min text" in page and "Den andras text" in page
    made.cause.refresh_from_db()
    assert made.cause.text == "Den andras text"
    with pytest.raises(StaleRow):
        analyses.write_cause(made.cause, {"text": "Tredje"}, version=1)


def test_causes_change_places_with_those_beside_them(editor, made):
    second = cause(made.analysis, "Gallerian stänger tidigt")
    deeper = cause(made.analysis, "Lamporna byts inte", behind=made.cause)
    offered = text(editor.get(address(made)))
    ways = {(each, way) for each in (made.cause, second, deeper) for way in ("upp", "ner")
            if f'orsak/{each.pk}/{way}/"' in offered}  # fmt: skip
    assert ways == {(made.cause, "ner"), (second, "upp")}  # and no way past an end
    editor.post(address(made, f"orsak/{second.pk}/upp/"))
    control = branches(list(made.analysis.causes.all()))[2]
    assert [node.cause.text for node in control.nodes] == [second.text, made.cause.text]
    page = text(editor.post(address(made, f"orsak/{second.pk}/upp/"), follow=True))
    assert "Orsaken står redan ytterst där." in page


def test_removing_a_cause_leaves_those_behind_it(editor, made):
    deeper = cause(made.analysis, "Lamporna byts inte", behind=made.cause)
    editor.post(address(made, f"orsak/{made.cause.pk}/ta-bort/"))
    assert list(made.analysis.causes.all()) == [deeper]
    deeper.refresh_from_db()
    assert deeper.behind is None


# --- Completed, and due again


def test_p05_an_analysis_is_completed_when_every_step_is_done(editor, cast, made):
    """P05: what is left to do is listed, with the way there."""
    page = text(editor.get(address(made, "klar/")))
    for stage in STAGES:
        assert f"Steget {stage.step.label} är inte klart." in page
    work_through(made.analysis, by=cast.editor)
    made.analysis.refresh_from_db()
    assert (made.analysis.state, made.analysis.completed_on) == ("completed", timezone.localdate())
    assert made.analysis.log.first().told == "Markerade analysen som klar."


def test_a_chosen_cause_has_been_tested_or_says_what_else_it_rests_on(cast, made):
    untested = cause(made.analysis, "Gallerian stänger tidigt", is_chosen=True)
    blockers = [blocker.text for blocker in WORKFLOW.options(made.analysis, cast.editor)[0].blockers]
    assert any("Gallerian stänger tidigt" in text and "inte prövad" in text for text in blockers)
    analyses.write_cause(untested, {"evidence": "Polisens erfarenhet."}, version=1)
    blockers = [blocker.text for blocker in WORKFLOW.options(made.analysis, cast.editor)[0].blockers]
    assert not any("Gallerian" in text for text in blockers)


def test_a_completed_analysis_is_not_changed_until_it_is_opened_with_a_reason(editor, cast, made):
    work_through(made.analysis, by=cast.editor)
    for rest in ("steg/fordjupa/", "orsak/ny/", f"orsak/{made.cause.pk}/"):
        page = text(editor.get(address(made, rest), follow=True))
        assert "Öppna den igen om något ska ändras." in page
    with pytest.raises(StepRefused):
        analyses.write_cause(made.cause, {"text": "Ny"}, version=made.cause.row_version)
    with pytest.raises(StepRefused):
        analyses.remove_cause(made.cause)
    assert "Skriv varför analysen öppnas igen" in text(editor.post(address(made, "oppna-igen/"), {"reason": " "}))
    editor.post(address(made, "oppna-igen/"), {"reason": "Ny mätning."})
    made.analysis.refresh_from_db()
    assert made.analysis.state == AnalysisState.ONGOING
    assert made.analysis.log.first().reason == "Ny mätning."


def test_a_step_that_has_been_taken_already_is_told(editor, cast, made):
    work_through(made.analysis, by=cast.editor)
    log = AnalysisLog.objects.count()
    page = text(editor.post(address(made, "klar/"), follow=True))
    assert "Ingenting gjordes nu." in page and AnalysisLog.objects.count() == log


@pytest.mark.parametrize("person", ["chair", "steering", "registrar", "neighbour"])
def test_only_those_who_analyse_take_its_steps(cast, made, person):
    with pytest.raises(PermissionDenied):
        WORKFLOW.take(made.analysis, "complete", by=getattr(cast, person))


def test_p01_an_analysis_is_updated_at_least_every_second_year(editor, cast, made):
    """P01, law 2023:196: the page says when, and when it is late."""
    with time_machine.travel("2025-03-10 12:00+01:00"):
        work_through(made.analysis, by=cast.editor)
        page = text(editor.get(address(made)))
    assert "Ska uppdateras senast 10 mars 2027" in page
    for day, words in (("2026-12-20", "Senast 10 mars 2027, inom tre månader"), ("2027-03-10", "Senast"),
                       ("2027-03-11", "Försenad sedan 10 mars 2027")):  # fmt: skip
        with time_machine.travel(f"{day} 12:00+01:00"):
            editor.force_login(cast.editor)
            assert words in text(editor.get(BASE))


# --- Facts and tasks


def test_the_years_problems_are_analysed_when_the_last_one_is(cast, made):
    assert problems_analysed([cast.district.pk], cast.cycle) == {}
    with time_machine.travel("2025-03-10 12:00+01:00"):
        work_through(made.analysis, by=cast.editor)
    assert problems_analysed([cast.district.pk], cast.cycle) == {}  # one is left
    made.other.is_prioritised, made.other.reason = False, "Saknar resurser."
    made.other.save()
    fact = problems_analysed([cast.district.pk, None], cast.cycle)["analysis", cast.district.pk]
    assert (fact.on, fact.told) == (date(2025, 3, 10), "1 av 1 prioriterade problem är analyserade")
    assert problems_analysed([cast.other_district.pk], cast.cycle) == {}


def test_problems_without_an_analysis_wait_for_those_who_make_them_when_the_day_is_near(cast, made):
    cast.cycle.analysis_due = date(2025, 12, 15)
    cast.cycle.save()
    for day, count in (("2025-09-01", 0), ("2025-11-01", 1), ("2025-12-20", 1)):
        with time_machine.travel(f"{day} 12:00+01:00"):
            assert len(analysis_tasks(cast.working)) == count
            assert analysis_tasks(cast.chair) == analysis_tasks(cast.neighbour) == analysis_tasks(cast.stranger) == []
    with time_machine.travel("2025-11-01 12:00+01:00"):
        (task,) = analysis_tasks(cast.editor)
    assert (task.text, task.about, task.due) == ("Analysera orsakerna till 2 prioriterade problem", "Skärholmen",
                                                 date(2025, 12, 15))  # fmt: skip
    assert [words for words, _ in task.places] == [made.problem.title, made.other.title]


def test_p01_an_analysis_that_is_due_again_waits_for_those_who_make_it(cast, made):
    """P01: half a year before two years have gone."""
    with time_machine.travel("2025-03-10 12:00+01:00"):
        work_through(made.analysis, by=cast.editor)
    with time_machine.travel("2026-08-01 12:00+02:00"):
        assert analysis_tasks(cast.police) == []
    with time_machine.travel("2026-10-01 12:00+02:00"):
        (task,) = analysis_tasks(cast.police)
    assert (task.text, task.due) == ("Uppdatera 1 orsaksanalys", date(2027, 3, 10))


# --- Costs


def test_the_pages_take_as_many_queries_however_many_problems_and_causes(
    editor, cast, made, django_assert_max_num_queries
):
    counts = []
    for times in (1, 15):
        for at in range(times):
            begun = analyses.begin(problem(made.picture, f"Problem {times} {at}"), by=cast.editor)
            cause(begun, "Orsak", is_chosen=True)
            extra = finding(made.picture, f"Iakttagelse {times} {at}")
            last = cause(made.analysis, f"Orsak {times} {at}", findings=[extra], behind=made.cause)
        for path in (BASE, address(made), address(made, f"orsak/{last.pk}/")):
            with django_assert_max_num_queries(35) as captured:
                editor.get(path)
            counts.append(len(captured))
    assert counts[:3] == counts[3:]


def test_tasks_and_facts_take_as_many_queries_however_many_districts(cast, django_assert_max_num_queries):
    from agreements.models import District

    cast.cycle.analysis_due = date(2025, 12, 15)
    cast.cycle.save()
    counts, districts = [], []
    analysis_tasks(cast.editor)  # the person's seats are read once
    for times in (1, 11):
        for at in range(times):
            district = District.objects.create(
                name=f"Stadsdel {times} {at}", slug=f"s{times}-{at}", municipality=cast.municipality,
                valid_from=date(2024, 1, 1),
            )  # fmt: skip
            districts.append(district.pk)
            problem(joint_picture(cast, district=district), "Klotter")
        with time_machine.travel("2025-11-20 12:00+01:00"), django_assert_max_num_queries(6) as captured:
            analysis_tasks(cast.editor)
            problems_analysed(districts, cast.cycle)
        counts.append(len(captured))
    assert counts[0] == counts[1]
