"""Notes through the year (P24): written in seconds, one's own to change, settled when the follow-up is approved."""

import re
from datetime import date, timedelta
from decimal import Decimal
from uuid import uuid4

import pytest
from django.db import connection
from django.db.utils import IntegrityError
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from followup import progress
from followup.models import MAX_ANSWER, FollowUp, ProgressNote
from plans import editing
from plans.models import ActionPlan
from tests.cast import Cast
from tests.followup.decided import decided_anew, decided_plan, put_action, version_of

MARCH = date(2025, 3, 12)


@pytest.fixture
def cast(db):
    return Cast()


@pytest.fixture
def plan(cast):
    return decided_plan(cast)


@pytest.fixture
def action(plan):
    return plan.actions.get()


def signed_in(user):
    client = Client()
    client.force_login(user)
    return client


def noted(action, by, **fields):
    values = {"on": MARCH, "text": "Två träffar"} | fields
    note, _ = progress.write(action.plan, action.uid, values, by=by)
    return note


def posted(**fields):
    return {"row_version": "0", "uid": str(uuid4()), "on": "2025-03-12", "text": "Två träffar"} | fields


def approve(plan):
    """Let the steering group have approved the plan's follow-up."""
    FollowUp.objects.create(plan=plan, version=version_of(plan))
    FollowUp.objects.filter(plan=plan).update(state="approved")


def words(answer):
    text = re.sub(r"<(script|style).*?</\1>|<[^>]+>", " ", answer.content.decode(), flags=re.DOTALL)
    return " ".join(text.replace("\N{NO-BREAK SPACE}", " ").split())


# --- Writing


def test_a_note_needs_no_more_than_a_text_and_a_press(cast, plan, action):
    """P24: the date is today's and the party the writer's own before anything is typed."""
    client, address = signed_in(cast.police), progress.address_of(plan, action.uid)
    page = client.get(address).content.decode()
    filled_in = dict(re.findall(r'name="(\w+)" value="([^"]*)"', page))
    assert filled_in["on"] == timezone.localdate().isoformat()
    own = cast.police.memberships.get().organisation_id
    assert f'<option value="{own}" selected' in page
    answer = client.post(address, {**posted(text="Vi gick två rundor."), **filled_in, "organisation": own}, follow=True)
    assert "Anteckningen är sparad." in words(answer)
    note = ProgressNote.objects.get()
    assert (note.text, note.on, note.by, note.organisation_id) == (
        "Vi gick två rundor.", timezone.localdate(), cast.police, own,
    )  # fmt: skip


def test_the_same_form_sent_twice_writes_one_note(cast, plan, action):
    client, form = signed_in(cast.editor), posted()
    for said in ("Anteckningen är sparad.", "Anteckningen var redan sparad."):
        answer = client.post(progress.address_of(plan, action.uid), form, follow=True)
        assert said in words(answer)
    assert ProgressNote.objects.count() == 1


def test_the_same_form_sent_again_with_another_text_is_shown_and_not_dropped(cast, plan, action):
    client, form, address = signed_in(cast.editor), posted(), progress.address_of(plan, action.uid)
    client.post(address, form)
    answer = client.post(address, form | {"text": "Tre träffar"})
    assert answer.status_code == 422
    assert "sparat som ”12 mars 2025: Två träffar”. Det du har skrivit nu är inte sparat." in words(answer)
    assert "Tre träffar" in words(answer)
    assert ProgressNote.objects.get().text == "Två träffar"
    anew = re.search(r'name="uid" value="([^"]+)"', answer.content.decode())[1]
    client.post(address, form | {"text": "Tre träffar", "uid": anew})
    assert sorted(ProgressNote.objects.values_list("text", flat=True)) == ["Tre träffar", "Två träffar"]


def test_somebody_elses_note_is_never_taken_for_ones_own(cast, plan, action):
    theirs = noted(action, cast.police)
    mine, is_new = progress.write(plan, action.uid, {"on": MARCH, "text": "Min"}, by=cast.editor, uid=theirs.pk)
    assert is_new and mine.pk != theirs.pk


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"text": "Träffade 19811218-9876 på torget."}, "Texten ser ut att innehålla ett personnummer. Ta bort det."),
        ({"text": "", "unit": "deltagare"}, "Skriv vad som har hänt."),
        ({"quantity": "60"}, "Skriv vad antalet räknar, till exempel deltagare."),
        ({"quantity": "många", "unit": "deltagare"}, "Skriv antalet med siffror."),
        ({"quantity": "-1", "unit": "deltagare"}, "Antalet kan inte vara mindre än noll."),
        ({"unit": "deltagare"}, "Skriv hur många (deltagare), eller ta bort det."),
        ({"on": "2023-12-31"}, "Planen gäller 2025. Skriv en dag från och med 2024."),
        ({"on": "i går"}, "Skriv datumet som år-månad-dag"),
    ],
)  # fmt: skip
def test_what_is_refused_is_shown_again_as_it_was_typed(cast, plan, action, fields, said):
    form = posted(**fields)
    answer = signed_in(cast.editor).post(progress.address_of(plan, action.uid), form)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert said in words(answer)
    assert all(value in page for value in form.values())
    assert not ProgressNote.objects.exists()


def test_a_day_that_has_not_come_is_refused(cast, plan, action):
    tomorrow = timezone.localdate() + timedelta(days=1)
    answer = signed_in(cast.editor).post(progress.address_of(plan, action.uid), posted(on=tomorrow.isoformat()))
    assert "Datumet har inte varit än." in words(answer)


def test_a_quantity_is_written_as_swedes_write_it(cast, plan, action):
    form = posted(quantity="12,5", unit="timmar")
    signed_in(cast.editor).post(progress.address_of(plan, action.uid), form)
    assert ProgressNote.objects.get().quantity == Decimal("12.5")
    assert progress.quantity_told(ProgressNote.objects.get()) == "12,5 timmar"


def test_a_quantity_may_have_the_space_that_it_is_shown_with(cast, plan, action):
    form = posted(quantity="1 200", unit="deltagare")
    signed_in(cast.editor).post(progress.address_of(plan, action.uid), form)
    assert progress.quantity_told(ProgressNote.objects.get()).replace("\N{NO-BREAK SPACE}", " ") == "1 200 deltagare"
    note = ProgressNote.objects.get()
    page = signed_in(cast.editor).get(f"{progress.address_of(plan, action.uid)}{note.pk}/").content.decode()
    assert 'value="1200"' in page


def test_a_note_is_its_writers_to_change_and_remove(cast, plan, action):
    note = noted(action, cast.editor)
    address = progress.address_of(plan, action.uid, note=note.pk)
    refused = signed_in(cast.police).get(address)
    assert refused.status_code == 403 and "Det är den som skrev anteckningen" in words(refused)
    client = signed_in(cast.editor)
    client.post(address, posted(row_version="1", text="Tre träffar"))
    note.refresh_from_db()
    assert (note.text, note.row_version) == ("Tre träffar", 2)
    client.post(f"{address}ta-bort/", {"row_version": "2"})
    assert not ProgressNote.objects.exists()


def test_a_note_changed_in_another_window_is_not_written_over_unseen(cast, plan, action):
    note = noted(action, cast.editor)
    client, address = signed_in(cast.editor), progress.address_of(plan, action.uid, note=note.pk)
    client.post(address, posted(row_version="1", text="Tre träffar"))
    answer = client.post(address, posted(row_version="1", text="Fyra träffar"))
    assert answer.status_code == 422
    assert "Tre träffar" in words(answer) and "Fyra träffar" in words(answer)
    answer = client.post(f"{address}ta-bort/", {"row_version": "1"}, follow=True)
    assert "så den är kvar" in words(answer)
    note.refresh_from_db()
    assert note.text == "Tre träffar"


def test_who_does_not_work_with_the_actions_reads_and_is_told_whom_to_ask(cast, plan, action):
    client, address = signed_in(cast.chair), progress.address_of(plan, action.uid)
    noted(action, cast.editor)
    page = client.get(address)
    assert "Två träffar" in words(page) and "<textarea" not in page.content.decode()
    answer = client.post(address, posted())
    assert answer.status_code == 403 and "Vänd dig till trygghetsstrategen" in words(answer)


def test_an_approved_follow_up_settles_the_notes(cast, plan, action):
    note = noted(action, cast.editor)
    approve(plan)
    client, address = signed_in(cast.editor), progress.address_of(plan, action.uid)
    told = "Uppföljningen är godkänd av styrgruppen, så anteckningarna ändras inte längre."
    assert told in words(client.get(address))
    answer = client.post(address, posted(text="För sent"))
    assert answer.status_code in (403, 422)
    for change in (
        lambda: progress.write(plan, action.uid, {"on": MARCH, "text": "För sent"}, by=cast.editor),
        lambda: progress.change(note, {"text": "För sent"}, seen=1),
        lambda: progress.remove(note, seen=1),
    ):
        with pytest.raises(progress.NotesAreSettled, match="godkänd"):
            change()
    with pytest.raises(IntegrityError):
        ProgressNote.objects.filter(pk=note.pk).update(text="Förbi formuläret")


def test_what_was_typed_is_kept_when_the_follow_up_was_approved_meanwhile(cast, plan, action):
    client, address = signed_in(cast.editor), progress.address_of(plan, action.uid)
    client.get(address)
    approve(plan)
    answer = client.post(address, posted(text="Skrivet medan styrgruppen godkände"))
    assert answer.status_code == 422
    assert "Skrivet medan styrgruppen godkände" in words(answer)
    assert not ProgressNote.objects.exists()


def test_there_is_nothing_to_note_on_before_the_plan_is_decided(cast):
    plan = editing.create_plan(cast.district, cast.cycle, by=cast.editor)
    action = put_action(plan, cast)
    client = signed_in(cast.editor)
    assert client.get(progress.notes_address(plan)).status_code == 404
    assert client.get(progress.address_of(plan, action.uid)).status_code == 404
    assert "Anteckna" not in words(client.get(plan.get_absolute_url()))


# --- What they become


def test_p24_a_note_from_june_stands_as_text_when_the_follow_up_opens(cast, plan, action):
    """Domain §8, scenario 32: «Två träffar, 60 deltagare»."""
    noted(action, cast.co_writer, on=date(2025, 6, 3), text="Två träffar", quantity=60, unit="deltagare")
    noted(action, cast.police, on=MARCH, text="Två träffar, 60 deltagare")
    assert progress.texts_of(plan) == {
        str(action.uid): "12 mars 2025: Två träffar, 60 deltagare\n3 juni 2025: Två träffar, 60 deltagare"
    }


def test_more_notes_than_an_answer_holds_are_counted(cast, plan, action):
    for number in range(5):
        noted(action, cast.editor, on=MARCH + timedelta(days=number), text=f"{number}" * 1_500)
    text = progress.texts_of(plan)[str(action.uid)]
    assert len(text) <= MAX_ANSWER
    assert text.startswith("3 tidigare anteckningar ryms inte här.\n15 mars 2025: 3")


# --- Where they are found


def test_the_action_offers_it_where_it_stands_in_a_decided_plan(cast, plan, action):
    address = progress.address_of(plan, action.uid, writes=True)
    for page in (plan.get_absolute_url(), version_of(plan).get_absolute_url()):
        assert f'href="{address}"' in signed_in(cast.police).get(page).content.decode()
        assert f'href="{address}"' not in signed_in(cast.steering).get(page).content.decode()
        assert f'href="{address}"' not in signed_in(cast.neighbour).get(page).content.decode()
    row = f"{plan.get_absolute_url()}rad/action/{action.uid}/"
    assert f'href="{address}"' in signed_in(cast.police).get(row).content.decode()


def test_the_offer_stands_on_the_rows_menu_while_the_next_version_is_written(cast, plan, action):
    ActionPlan.objects.filter(pk=plan.pk).update(state="draft", version=2)
    new = put_action(plan, cast, "Ny åtgärd som inte är beslutad")
    page = signed_in(cast.editor).get(plan.get_absolute_url()).content.decode()
    assert progress.address_of(plan, action.uid, writes=True) in page
    assert progress.address_of(plan, new.uid) not in page


def test_what_is_noted_is_told_on_the_plan_and_read_through_the_year(cast, plan, action):
    noted(action, cast.editor, quantity=60, unit="deltagare")
    noted(action, cast.police, on=date(2025, 5, 2), text="Kvällsvandring")
    assert "2 anteckningar från året, den senaste 2 maj 2025." in words(
        signed_in(cast.editor).get(plan.get_absolute_url())
    )
    said = words(signed_in(cast.chair).get(progress.notes_address(plan)))
    assert said.index("Kvällsvandring") < said.index("60 deltagare")


def test_the_notes_are_shown_for_one_action(cast, plan, action):
    other = decided_anew(plan, cast, lambda draft: put_action(draft, cast, "En andra åtgärd"))
    noted(action, cast.editor, text="Om den första")
    noted(other, cast.editor, text="Om den andra")
    said = words(signed_in(cast.editor).get(f"{progress.notes_address(plan)}?atgard={other.uid}"))
    assert "Om den andra" in said and "Om den första" not in said


@pytest.mark.parametrize("is_noted", [True, False])
def test_that_notes_become_text_when_it_opens_is_said_only_before_it_has(cast, plan, action, is_noted):
    if is_noted:
        noted(action, cast.editor)
    client, address = signed_in(cast.editor), progress.address_of(plan, action.uid)
    assert "text i uppföljningen när den öppnar" in words(client.get(address))
    FollowUp.objects.create(plan=plan, version=version_of(plan))
    assert "text i uppföljningen när den öppnar" not in words(client.get(address))


def test_notes_on_an_action_that_is_gone_from_the_plan_stay_readable(cast, plan, action):
    noted(action, cast.editor, text="Det vi hann göra")
    decided_anew(plan, cast, lambda draft: editing.remove(draft, "action", action.uid, by=cast.editor))
    said = words(signed_in(cast.editor).get(progress.address_of(plan, action.uid)))
    assert "Det vi hann göra" in said and "står inte i den version av planen som gäller nu" in said
    assert "Fältgruppen finns på torget" in words(signed_in(cast.editor).get(progress.notes_address(plan)))


# --- A person's own


@pytest.fixture
def this_year(time_machine):
    time_machine.move_to("2025-06-03 09:00Z", tick=False)


def test_min_sida_leads_to_ones_own_actions_with_those_of_ones_organisation_first(cast, this_year):
    plan = decided_plan(cast)
    own = plan.actions.get()
    theirs = decided_anew(plan, cast, lambda draft: put_action(draft, cast, "Insats", who="Kommunpolisen"))
    client = signed_in(cast.police)
    assert 'href="/mina-atgarder/"' in client.get("/").content.decode()
    page = client.get("/mina-atgarder/").content.decode()
    assert page.index(str(theirs.uid)) < page.index("Övriga åtgärder i planen") < page.index(str(own.uid))


def test_who_notes_on_nothing_is_told_so_and_not_led_there(cast, plan, this_year):
    assert 'href="/mina-atgarder/"' not in signed_in(cast.chair).get("/").content.decode()
    assert "ingen beslutad plan där du antecknar" in words(signed_in(cast.chair).get("/mina-atgarder/"))


def test_an_approved_follow_up_ends_the_list(cast, plan, this_year):
    assert len(progress.own_plans(cast.editor)) == 1
    approve(plan)
    assert progress.own_plans(cast.editor) == []


# --- How much it costs


@pytest.mark.parametrize("where", ["action", "all", "own", "plan"])
def test_the_queries_do_not_grow_with_the_notes_or_the_actions(cast, this_year, where):
    plan = decided_plan(cast)
    action = plan.actions.get()
    address = {
        "action": progress.address_of(plan, action.uid),
        "all": progress.notes_address(plan),
        "own": "/mina-atgarder/",
        "plan": plan.get_absolute_url(),
    }[where]
    client = signed_in(cast.editor)

    def asked():
        with CaptureQueriesContext(connection) as queries:
            assert client.get(address).status_code == 200
        return len(queries)

    noted(action, cast.editor)
    asked()
    few = asked()
    more = decided_anew(plan, cast, lambda draft: [put_action(draft, cast) for _ in range(3)])
    for each in (action, *more):
        for person in (cast.editor, cast.police, cast.working):
            noted(each, person)
    assert asked() <= few
