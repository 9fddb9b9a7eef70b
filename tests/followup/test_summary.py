"""A follow-up on one page for the board: its numbers are the report's, and on paper it is one page whatever it says."""

import io
import re
from collections import Counter
from dataclasses import replace
from datetime import date

import pikepdf
import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st

from followup import summary_paper
from followup.document import ActionAnswer, FollowUpDocument, GoalAnswer, PartyAnswer
from followup.enums import NextYear
from followup.freezing import freeze
from followup.models import ActionOutcome, FollowUp
from followup.summary import CARRIED_OUT, GOES_ON, NOT_CARRIED_OUT, ROOMS, WIDTH, on_a_page
from followup.summary_paper import DRAFT, basis_of, summary_pdf
from plans.comparison import adopt
from plans.document import Action, AreaSection, Cause, PlanDocument, Problem
from tests.cast import Cast
from tests.followup.answered import answer_everything, follow_up_of, long_plan
from tests.followup.decided import decided_plan
from tests.followup.opened import opened_in_city
from tests.followup.random_reports import QUICK, follow_ups
from tests.followup.reported import hand_in, handed_in
from tests.plans.strategies import choices, documents
from tests.plans.test_pdf import assert_regular, elements, tables

HERE = "/planer/skarholmen/2025/sammanfattning/"
LONG = "Vi väntade på besked om belysningen, och skrev därför om åtgärden två gånger under hösten. " * 40


@pytest.fixture
def cast(db):
    return Cast()


@pytest.fixture
def follow_up(cast):
    """The answered follow-up of a plan with one action."""
    return answer_everything(follow_up_of(decided_plan(cast)), cast)


def anew(follow_up):
    """Return the follow-up as the pages read it."""
    of_version = ("version__plan__district", "version__plan__cycle", "approved")
    return FollowUp.objects.with_place().select_related(*of_version).get(pk=follow_up.pk)


def signed_in(user):
    client = Client()
    client.force_login(user)
    return client


def words(response):
    text = re.sub(r"<[^>]+>", " ", response.content.decode())
    return " ".join(text.replace("\N{NO-BREAK SPACE}", " ").split())


# --- The numbers


@st.composite
def followed(draw):
    """A plan and its follow-up, answered here and there."""
    plan = draw(documents(own_areas=2))
    plan = adopt(replace(plan, areas=()), plan)
    follow_up = draw(follow_ups(plan))
    answers = tuple(replace(answer, next_year=draw(choices(NextYear))) for answer in follow_up.actions)
    return plan, replace(follow_up, actions=answers)


@QUICK
@given(followed(), st.sampled_from(ROOMS))
def test_every_number_is_a_plain_recount_however_little_room_there_is(given_pair, room):
    plan, follow_up = given_pair
    page = on_a_page(plan, follow_up, room)
    statuses = Counter(answer.status for answer in follow_up.actions)
    goals = Counter(goal.result for answer in follow_up.actions for goal in answer.goals)
    answers = Counter(party.answer for answer in follow_up.actions for party in answer.parties)
    of = [sum(each.values()) for each in (statuses, goals, answers)]
    done = sum(statuses[kind] for kind in CARRIED_OUT)
    on = sum(answer.next_year in GOES_ON for answer in follow_up.actions)
    assert [(key.number, key.of) for key in page.keys] == [
        (done, of[0]), (goals["met"], of[1]), (answers["yes"], of[2]), (on, of[0]),
    ]  # fmt: skip
    assert dict(page.areas.total.numbers) == {
        "Genomförda": done,
        "Pågår eller fortsätter": statuses["in_progress"] + statuses["continues_next_year"],
        "Delvis genomförda": statuses["partly"],
        "Inte genomförda": sum(statuses[kind] for kind in NOT_CARRIED_OUT),
        "Inget svar": statuses[""],
    }
    assert [number for _, number in page.goals.numbers] == [
        goals[kind] for kind in ("met", "partly", "not_met", "not_measurable", "")
    ]
    assert [number for _, number in page.parties.total.numbers] == [
        answers[kind] for kind in ("yes", "partly", "no", "")
    ]


@QUICK
@given(followed(), st.sampled_from(ROOMS))
def test_the_lines_of_a_table_are_all_of_it_and_no_more_than_there_is_room_for(given_pair, room):
    page = on_a_page(*given_pair, room)
    for table, most in ((page.areas, room.areas), (page.parties, room.parties)):
        assert len(table.lines) <= most
        for at, (_, number) in enumerate(table.total.numbers):
            assert sum(line.numbers[at][1] for line in table.lines) == number
        for line in (*table.lines, table.total):
            assert sum(number for _, number in line.numbers) == line.total
            assert all(each.x >= 0 and each.x + each.width <= WIDTH for each in line.segments)


def test_what_there_is_no_room_for_is_counted(cast):
    page = on_a_page(*summary_paper.read(anew(handed_in(cast))))
    assert (len(page.worked.actions), page.worked.of) == (3, 9)
    assert (len(page.did_not.actions), page.did_not.of) == (3, 14)
    least = on_a_page(*summary_paper.read(anew(FollowUp.objects.get())), ROOMS[-1])
    assert [line.title for line in least.areas.lines][-1] == "2 andra områden"
    assert least.areas.left_out == "Särskilt utsatta och sårbara brottsoffer och Kriminella miljöer och livsstilar"


def test_a_district_that_says_it_went_wrong_is_not_told_of_as_what_worked():
    plan, follow_up = plan_with(2, done="Gjort", light="red")
    page = on_a_page(plan, follow_up)
    assert page.worked.of == 0
    assert page.did_not.of == 2


def test_a_change_of_the_figures_is_not_said_to_be_the_actions_doing(cast, follow_up):
    page = on_a_page(*summary_paper.read(anew(follow_up)))
    assert page.change == "1 av 1 problem är bedömt: 1 har minskat. Det går inte att säga att åtgärderna är orsaken."


# --- On paper


def plan_with(count, text="Åtgärden", areas=1, **answered):
    """A plan with that many actions in as many areas as told, and its follow-up with every answer the same."""
    actions = [Action(order=at, text=f"{text} {at}", goals=text, uid=f"a{at}") for at in range(1, count + 1)]
    sections = tuple(
        AreaSection(
            number=at + 1, title=f"{text[:190]} {at}", canonical_title="", sheet=str(at), uid=f"o{at}",
            code=f"kod-{at}",
            problems=(Problem(title=text, uid=f"p{at}", causes=(
                Cause(text=text, uid=f"c{at}", actions=tuple(actions[at::areas])),)),),
        )
        for at in range(areas)
    )  # fmt: skip
    plan = PlanDocument(title="Åtgärdsplan 2025", year=2025, district="Skärholmen", areas=sections)
    said = {"status": "done", "next_year": "change"} | answered
    answers = tuple(ActionAnswer(row=action.uid, **said) for action in actions)
    return plan, FollowUpDocument(district="Skärholmen", year=2025, version=1, plan_sha256="", actions=answers)


def opened(content):
    return pikepdf.open(io.BytesIO(content))


def test_the_real_plan_is_one_tagged_page(cast):
    follow_up = anew(answer_everything(follow_up_of(long_plan(cast)), cast))
    pdf = opened(summary_pdf(*summary_paper.read(follow_up), basis_of(follow_up)))
    assert len(pdf.pages) == 1
    assert [round(float(side)) for side in pdf.pages[0].MediaBox[2:]] == [595, 842]  # A4, standing
    assert str(pdf.Root.Lang) == "sv"
    assert str(pdf.docinfo.Title) == "Uppföljning 2025, Farsta"
    assert pdf.open_metadata()["pdfuaid:part"] == "1"
    assert pdf.Root.MarkInfo.Marked
    headings = [str(element.S) for element in elements(pdf) if re.fullmatch(r"/H\d", str(element.S))]
    assert headings == ["/H1"] + ["/H2"] * 6
    drawings = [str(element.get("/Alt", "")) for element in elements(pdf) if element.S == "/Figure"]
    assert drawings
    assert all(drawings)
    assert len(tables(pdf)) == 2
    for rows in tables(pdf):
        assert_regular(rows)


def test_forty_actions_with_long_texts_are_one_page(follow_up):
    parties = tuple(PartyAnswer(party=f"{LONG[:150]} {at}", answer="partly", comment=LONG) for at in range(12))
    goals = tuple(GoalAnswer(key=str(at), text=LONG, result="met", comment=LONG) for at in range(4))
    texts = {"done": LONG, "changed": LONG, "hindered": LONG, "lesson": LONG, "reason": LONG}
    plan, document = plan_with(40, LONG, areas=12, parties=parties, goals=goals, **texts)
    pdf = opened(summary_pdf(plan, replace(document, summary=LONG), basis_of(anew(follow_up))))
    assert len(pdf.pages) == 1


def test_long_texts_take_no_more_from_the_page_than_they_must(follow_up, monkeypatch):
    """With the plan's five areas and four parties, a long text in every field still leaves three examples of each."""
    tried = []
    monkeypatch.setattr(summary_paper, "on_a_page", lambda *given: tried.append(given[2]) or on_a_page(*given))
    parties = tuple(PartyAnswer(party=name, answer="yes") for name in ("Polisen", "Skolan", "Socialtjänsten", "Ägarna"))
    plan, document = plan_with(40, LONG, areas=5, parties=parties, done=LONG, lesson=LONG)
    plan = replace(plan, areas=tuple(replace(area, title=f"Område {area.number}") for area in plan.areas))
    opened(summary_pdf(plan, replace(document, summary=LONG), basis_of(anew(follow_up))))
    assert tried[-1].actions == 3


def test_a_word_that_never_ends_is_one_page_too(follow_up):
    plan, document = plan_with(40, "å" * 3000, areas=9, done="ä" * 3000, lesson="ö" * 3000)
    pdf = opened(summary_pdf(plan, replace(document, summary="u" * 4000), basis_of(anew(follow_up))))
    assert len(pdf.pages) == 1


# --- On the page


def test_a_draft_is_called_a_draft_and_says_as_of_when(cast, follow_up):
    shown = words(signed_in(cast.steering).get(HERE))
    assert DRAFT in shown
    assert "Uppföljningen: som den stod" in shown
    file = signed_in(cast.steering).get(f"{HERE}ladda-ner/")
    assert file["Content-Type"] == "application/pdf"
    assert "utkast.pdf" in file["Content-Disposition"]
    assert file["Cache-Control"] == "private, no-store"


def test_what_is_approved_is_told_as_it_was_approved(cast, follow_up):
    freeze(follow_up, approved_on=date(2026, 2, 3), body="Lokala styrgruppen", meeting="Möte 1", by=cast.chair)
    # Later than the approval; the database refuses it once the state says so.
    ActionOutcome.objects.update(done="Ändrat i efterhand.")
    FollowUp.objects.filter(pk=follow_up.pk).update(state="approved")
    shown = words(signed_in(cast.editor).get(HERE))
    assert DRAFT not in shown
    assert "Ändrat i efterhand." not in shown
    assert "godkänd av Lokala styrgruppen, 3 februari 2026, Möte 1" in shown


def test_the_city_reads_it_once_it_is_handed_in(cast, follow_up):
    city = signed_in(cast.city_preparation)
    assert city.get(HERE).status_code == 404
    hand_in(follow_up, cast)
    assert city.get(HERE).status_code == 200
    assert DRAFT in words(city.get(HERE))


def test_a_plan_that_nobody_follows_up_yet_has_no_page(cast):
    decided_plan(cast)
    assert signed_in(cast.editor).get(HERE).status_code == 404


def test_the_citys_own_plan_has_its_page_with_its_delmal_and_atagande(cast):
    opened_in_city(cast)
    answer = signed_in(cast.city_preparation).get("/planer/staden/2025/sammanfattning/")
    shown = words(answer)
    assert "Planen har inga åtgärder att följa upp." in shown
    assert "0 av 1 mål är uppnådda" in shown
    assert "0 av 1 åtaganden är uppfyllda" in shown
    assert "stadsdelsnämnden" not in shown
    assert (
        len(opened(signed_in(cast.city_preparation).get(f"{answer.request['PATH_INFO']}ladda-ner/").content).pages) == 1
    )


def test_the_follow_up_leads_to_it(cast, follow_up):
    assert f'href="{HERE}"' in signed_in(cast.editor).get("/planer/skarholmen/2025/uppfoljning/").content.decode()


def test_it_costs_the_same_however_long_the_plan_is(cast, follow_up):
    longer = answer_everything(follow_up_of(long_plan(cast)), cast)
    assert len(longer.version.document) > 10 * len(follow_up.version.document)

    def queries(person, address):
        with CaptureQueriesContext(connection) as captured:
            assert signed_in(person).get(address).status_code == 200
        return len(captured)

    far = HERE.replace("skarholmen", "farsta")
    for each in ("", "ladda-ner/"):
        assert queries(cast.editor, HERE + each) == queries(cast.neighbour, far + each)
