"""The year as plain text for the city's own reporting: what it says, what it is counted from, and who reads it."""

import re
from collections import Counter
from datetime import UTC, date, datetime

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from hypothesis import given

from followup import ils, obstacles, progress
from followup.freezing import freeze
from followup.ils_texts import LIFTED_HINDER, NO_HINDER, ONLY_THE_DISTRICTS, Texts
from followup.models import FollowUp
from plans.afterwards import after_decision
from plans.models import ActionPlan
from tests.cast import Cast
from tests.followup.answered import DONE, REASON, answer_everything, follow_up_of, long_plan
from tests.followup.decided import decided_anew, decided_plan, put_action
from tests.followup.opened import opened_in_city
from tests.followup.random_reports import QUICK
from tests.followup.reported import hand_in
from tests.followup.test_summary import followed, plan_with

HERE = "/planer/skarholmen/2025/ils/"
TAKE = obstacles.WORKFLOW.take
ACTION = "- Fältgruppen finns på torget."


@pytest.fixture
def cast(db):
    return Cast()


@pytest.fixture
def plan(cast):
    return decided_plan(cast)


def noted(plan, by, on, text="Två träffar", action=None, **more):
    action = action or plan.actions.get(text="Fältgruppen finns på torget").uid
    note, _ = progress.write(plan, action, {"on": on, "text": text, **more}, by=by)
    return note


def texts_of(user, **more):
    return {text.slug: text for text in Texts(user, "skarholmen", 2025, **more).all}


def lines(text):
    return text.words.splitlines()


def signed_in(user):
    client = Client()
    client.force_login(user)
    return client


# --- Tertial


def test_a_tertial_tells_the_notes_of_its_days_and_of_no_other(cast, plan):
    noted(plan, cast.police, date(2025, 4, 30), "Fyra vandringar", quantity=62, unit="deltagare")
    noted(plan, cast.editor, date(2025, 5, 1), "Sommarplanen är klar")
    noted(plan, cast.editor, date(2025, 9, 1), "Skolan började")
    texts = texts_of(cast.editor)
    first, second = lines(texts["tertial-1"]), lines(texts["tertial-2"])
    assert first[0] == "Tertial 1, januari–april 2025: Åtgärdsplan 2025, Skärholmen"
    assert "Under perioden finns 1 anteckning, om 1 av 1 åtgärder." in first
    assert f"{ACTION} 30 april 2025: Fyra vandringar, 62 deltagare." in first
    assert f"{ACTION} 30 april 2025: Fyra vandringar, 62 deltagare. 1 maj 2025: Sommarplanen är klar." in second
    assert not any("Skolan började" in line for line in first + second)


def test_what_nobody_has_noted_remains_with_when_it_was_planned(cast, plan):
    decided_anew(plan, cast, lambda plan: put_action(plan, cast, "Ljus på gångvägen", when="Maj\ntill juni"))
    noted(plan, cast.editor, date(2025, 3, 13))
    first = lines(texts_of(cast.editor)["tertial-1"])
    at = first.index("Återstår: 1 åtgärd utan anteckning under perioden.")
    assert first[at + 1] == "- Ljus på gångvägen. Planerat: Maj till juni."
    assert "Planerat: 2 åtgärder mot 2 problem (Otrygghet på torget; Otrygghet på torget)." in first


def test_a_tertial_without_notes_says_so(cast, plan):
    text = texts_of(cast.editor)["tertial-1"]
    assert "Inget är antecknat om perioden." in lines(text)
    assert "Inga anteckningar är daterade 1 januari–30 april 2025." in text.basis


def test_it_is_the_plan_in_force_when_the_tertial_ended_that_is_told(cast, plan):
    later = decided_anew(plan, cast, lambda plan: put_action(plan, cast, "Beslutad i juni"))
    texts = Texts(cast.editor, "skarholmen", 2025)
    texts.versions[1].decided_on = date(2025, 6, 10)
    noted(plan, cast.editor, date(2025, 4, 2), "Börjat i förtid", action=later.uid)
    found = {text.slug: text for text in texts.all}
    assert "Planerat: 1 åtgärd mot 1 problem (Otrygghet på torget)." in lines(found["tertial-1"])
    assert "Planerat: 2 åtgärder mot 2 problem" in found["tertial-2"].words
    assert "- Beslutad i juni. 2 april 2025: Börjat i förtid." in lines(found["tertial-1"])
    assert found["tertial-1"].basis.startswith("Planen: version 1, beslutad av Lokal styrgrupp Skärholmen")


def test_a_plan_decided_after_the_tertial_says_when(cast, plan):
    texts = Texts(cast.editor, "skarholmen", 2025)
    texts.versions[0].decided_on = date(2025, 5, 12)
    found = {text.slug: text for text in texts.all}
    assert "Planen beslutades först 12 maj 2025, efter perioden." in lines(found["tertial-1"])
    assert "först" not in found["tertial-2"].words


def test_a_tertial_that_has_not_begun_has_no_text(cast, plan):
    text = texts_of(cast.editor, today=date(2024, 12, 31))["tertial-1"]
    assert (text.words, text.why_not) == ("", "Perioden börjar 1 januari 2025.")
    with time_machine.travel(datetime(2024, 12, 31, 12, tzinfo=UTC), tick=False):
        assert signed_in(cast.editor).get(f"{HERE}tertial-1/ladda-ner/").status_code == 404


def test_an_obstacle_is_told_as_it_stood_when_the_tertial_ended(cast, plan):
    action = plan.actions.get().uid
    with time_machine.travel(datetime(2025, 4, 3, 12, tzinfo=UTC), tick=False):
        obstacle, _ = obstacles.report(plan, by=cast.working, title="Inga lokaler", text="Stängt.", action=action)
    with time_machine.travel(datetime(2025, 4, 20, 12, tzinfo=UTC), tick=False):
        TAKE(obstacle, "raise", by=cast.editor, reason="Styrgruppen får ta det.")
    with time_machine.travel(datetime(2025, 6, 1, 12, tzinfo=UTC), tick=False):
        TAKE(obstacle, "escalate", by=cast.chair, reason="Det gäller flera stadsdelar.")
        obstacles.report(plan, by=cast.working, title="Hela planen saknar pengar", text="Inget beslut.")
    texts = texts_of(cast.editor)
    assert (
        "- Inga lokaler. Rapporterat 3 april 2025. Lyft till lokala styrgruppen. Senaste svar: Styrgruppen får ta det."
        in lines(texts["tertial-1"])
    )
    assert "Hela planen saknar pengar" not in texts["tertial-1"].words
    second = lines(texts["tertial-2"])
    assert "Lyft till staden. Senaste svar: Det gäller flera stadsdelar." in "\n".join(second)
    assert (
        second[second.index("Hela planen") + 2]
        == "- Hela planen saknar pengar. Rapporterat 1 juni 2025. Inget svar än."
    )


def test_an_obstacle_that_was_taken_back_is_not_told_of(cast, plan):
    obstacle, _ = obstacles.report(plan, by=cast.working, title="Inga lokaler", text="Stängt.")
    TAKE(obstacle, "withdraw", by=cast.working, reason="Det löste sig.")
    answer_everything(follow_up_of(plan), cast)
    assert "Inga lokaler" not in texts_of(cast.editor)["verksamhetsberattelse"].words


# --- The year


def test_the_year_tells_what_was_done_how_it_went_and_what_goes_on(cast, plan):
    answer_everything(follow_up_of(plan), cast)
    year = lines(texts_of(cast.editor)["verksamhetsberattelse"])
    assert "Genomfört: 1 av 1 åtgärder är genomförda (genomförd 1)." in year
    assert f"{ACTION} Genomförd. {DONE}" in year
    assert "Mål: 1 av 1 mål är uppnådda (uppnått 1)." in year
    assert (
        "- Fler än 50 procent ska känna sig trygga vid torget på kvällen: uppnått. "
        "Källa: Trygghetsmätningen 2025, 30 november 2025." in year
    )
    assert "Parternas åtaganden: 1 av 1 är uppfyllda enligt parterna själva (ja 1)." in year
    assert (
        "- Otrygghet på torget: har minskat. Anmälda rån har gått från 21 till 14 på ett år. För tidigt att säga."
        in year
    )
    assert "- Behåll: Fältgruppen finns på torget. Lärdom: Boka bussen redan i januari." in year
    assert "Året präglades av vakanser, men vandringarna blev av. Torget upplevs som tryggare." in year


def test_a_party_that_has_not_done_its_part_is_told_of_in_its_own_words(cast):
    answer_everything(follow_up_of(long_plan(cast)), cast)
    found = {text.slug: text for text in Texts(cast.neighbour, "farsta", 2025).all}["verksamhetsberattelse"]
    assert any(line.startswith(f"- Polisen, delvis: {REASON}") for line in lines(found))


def numbers(words, heading):
    """The "X av Y" of each line with the heading: of the whole plan first, then of each area."""
    return [tuple(map(int, found)) for found in re.findall(rf"^{heading}: (\d+) av (\d+) ", words, re.MULTILINE)]


@QUICK
@given(followed())
def test_every_number_of_the_year_is_a_plain_recount(given_pair):
    plan, follow_up = given_pair
    words = ils.year_text(plan, follow_up, head=["Rubrik"], hinder=[], basis="Underlag.")
    statuses = Counter(answer.status for answer in follow_up.actions)
    goals = Counter(goal.result for answer in follow_up.actions for goal in answer.goals)
    answers = Counter(party.answer for answer in follow_up.actions for party in answer.parties)
    for heading, counts, good in (
        ("Genomfört", statuses, ("done", "done_with_changes")),
        ("Mål", goals, ("met",)),
        ("Parternas åtaganden", answers, ("yes",)),
    ):
        whole, *areas = numbers(words, heading) or [(0, 0)]
        assert whole == (sum(counts[kind] for kind in good), counts.total())
        assert whole == (sum(number for number, _ in areas), sum(of for _, of in areas))


def test_a_text_is_lines_of_plain_words(cast):
    plan, follow_up = plan_with(2, "Första\n\n\traden\n• andra", done="Ett.\r\nTvå.\n\n\nTre", lesson="A\nB")
    words = ils.year_text(plan, follow_up, head=["Rubrik"], hinder=[], basis="Underlag.")
    assert "- Första raden • andra 1. Genomförd. Ett. Två. Tre." in words.splitlines()
    assert not re.search(r"[\t\r]|\n\n\n| \n|  |<", words)


def test_a_draft_says_so_and_what_is_approved_is_told_as_it_was(cast, plan):
    follow_up = answer_everything(follow_up_of(plan), cast)
    draft = texts_of(cast.editor)["verksamhetsberattelse"]
    assert lines(draft)[1].startswith("Utkast, inte godkänd:")
    assert (draft.state, draft.is_draft) == ("Utkast, inte godkänd", True)
    freeze(follow_up, approved_on=date(2026, 2, 3), body="Lokala styrgruppen", meeting="", by=cast.chair)
    FollowUp.objects.filter(pk=follow_up.pk).update(summary="Ändrad efteråt.")
    FollowUp.objects.filter(pk=follow_up.pk).update(state="approved")
    text = texts_of(cast.editor)["verksamhetsberattelse"]
    assert "Utkast" not in text.words
    assert "Ändrad efteråt." not in text.words
    assert text.basis.endswith("Uppföljningen: godkänd av Lokala styrgruppen, 3 februari 2026.")
    assert lines(text)[-1] == f"Underlag: {text.basis}"


def test_made_up_content_is_called_so_in_the_text(cast, plan):
    ActionPlan.objects.filter(pk=plan.pk).update(is_example=True)
    assert lines(texts_of(cast.editor)["tertial-1"])[1] == "Exempeldata: innehållet är påhittat."


# --- Who reads it


def test_before_the_follow_up_the_year_says_when_it_opens(cast, plan):
    plan.cycle.follow_up_opens = date(2025, 12, 1)
    plan.cycle.save()
    text = texts_of(cast.editor, today=date(2025, 5, 5))["verksamhetsberattelse"]
    assert (text.words, text.why_not) == ("", "Texten byggs av uppföljningen, som öppnas 1 december 2025.")
    assert "som inte är öppnad än" in texts_of(cast.editor, today=date(2025, 12, 1))["verksamhetsberattelse"].why_not


def test_the_city_reads_the_year_once_it_is_handed_in_and_never_the_notes(cast, plan):
    noted(plan, cast.editor, date(2025, 3, 13), "Bara för stadsdelen")
    with time_machine.travel(datetime(2025, 4, 3, 12, tzinfo=UTC), tick=False):
        obstacles.report(plan, by=cast.working, title="Hinder på plats", text="Stängt.")
    follow_up = answer_everything(follow_up_of(plan), cast)
    city = signed_in(cast.city_preparation)
    assert city.get(HERE).status_code == 404
    hand_in(follow_up, cast)
    texts = texts_of(cast.city_preparation)
    assert [text.why_not for text in texts.values()] == [ONLY_THE_DISTRICTS, ONLY_THE_DISTRICTS, ""]
    year = texts["verksamhetsberattelse"]
    assert "Hinder på plats" not in year.words
    assert LIFTED_HINDER in year.words
    assert city.get(HERE).status_code == 200
    assert "Bara för stadsdelen" not in city.get(HERE).content.decode()
    assert city.get(f"{HERE}tertial-1/ladda-ner/").status_code == 404
    assert city.get(f"{HERE}verksamhetsberattelse/ladda-ner/").status_code == 200


def test_whoever_reads_no_obstacles_is_told_that_they_are_not_there(cast, plan):
    obstacles.report(plan, by=cast.working, title="Hinder på plats", text="Stängt.")
    answer_everything(follow_up_of(plan), cast)
    year = texts_of(cast.registrar)["verksamhetsberattelse"]
    assert "Hinder på plats" not in year.words
    assert NO_HINDER in year.words
    assert NO_HINDER not in texts_of(cast.editor)["verksamhetsberattelse"].words


def test_a_text_is_a_file_with_the_line_ends_of_windows(cast, plan):
    answer_everything(follow_up_of(plan), cast)
    answer = signed_in(cast.editor).get(f"{HERE}verksamhetsberattelse/ladda-ner/")
    assert answer["Content-Type"] == "text/plain; charset=utf-8"
    assert "utkast.txt" in answer["Content-Disposition"]
    text = texts_of(cast.editor)["verksamhetsberattelse"].words
    assert answer.content.decode().replace("\r\n", "\n") == text
    assert answer.content.count(b"\r\n") == answer.content.count(b"\n")
    assert signed_in(cast.editor).get(f"{HERE}tertial-9/ladda-ner/").status_code == 404


def test_the_citys_own_plan_tells_its_delmal_and_atagande(cast):
    opened_in_city(cast)
    found = {text.slug: text for text in Texts(cast.city_preparation, "staden", 2025).all}["verksamhetsberattelse"]
    assert lines(found)[0] == "Verksamhetsberättelse 2025: Övergripande handlingsplan 2025, staden"
    assert "Planerat: 1 delmål och 1 åtagande." in lines(found)
    assert "- Färre unga rekryteras: inget svar." in lines(found)
    assert "Parternas åtaganden: 0 av 1 är uppfyllda enligt parterna själva (inget svar 1)." in lines(found)


def test_the_plan_and_the_follow_up_lead_to_it(cast, plan):
    assert HERE in [told.address for told in after_decision(plan, cast.editor)]
    assert HERE not in [told.address for told in after_decision(plan, cast.neighbour)]
    answer_everything(follow_up_of(plan), cast)
    assert f'href="{HERE}"' in signed_in(cast.editor).get("/planer/skarholmen/2025/uppfoljning/").content.decode()


def test_it_costs_the_same_however_much_there_is(cast, plan):
    longer = long_plan(cast)
    for each, by in ((plan, cast.editor), (longer, cast.neighbour)):
        for at, action in enumerate(each.actions.order_by("pk")):
            noted(each, by, date(2025, 3, 1 + at % 28), action=action.uid)
            obstacles.report(each, by=by, title="Inga lokaler", text="Stängt.", action=action.uid)
        answer_everything(follow_up_of(each), cast)

    def queries(person, address):
        with CaptureQueriesContext(connection) as captured:
            assert signed_in(person).get(address).status_code == 200
        return len(captured)

    assert longer.actions.count() == 31
    assert queries(cast.editor, HERE) == queries(cast.neighbour, HERE.replace("skarholmen", "farsta"))
