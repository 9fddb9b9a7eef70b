"""Inviting people to a group by mail: the letter, the link, and what whoever accepts gets."""

import html
import re
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from threading import Barrier

import pytest
from django.contrib.auth import get_user
from django.core import mail as outbox
from django.db import connection
from django.test import Client

from accounts.models import User
from agreements.enums import InvitationState, MailState, Role
from agreements.groups import invitations
from agreements.letters import mail
from agreements.models import (
    CollaborationGroup,
    Function,
    GroupMembership,
    Invitation,
    Organisation,
    OutgoingMail,
)
from agreements.permissions import access_of
from tests.cast import Cast
from trygghet.workflow import StepRefused

TODAY = date(2025, 5, 12)
PREPARATION = "/samverkan/skarholmen/grupper/local-preparation-skarholmen/"
INVITE = f"{PREPARATION}inbjudningar/"
EMAIL = "ny@polisen.example"
PASSWORD = "ett-langt-losenord-2025"


@pytest.fixture(autouse=True)
def may(time_machine, settings):
    """It is 12 May 2025, and the site is known by its own address."""
    settings.SITE_URL = "https://trygghet.example"
    time_machine.move_to(TODAY, tick=False)
    return time_machine


@pytest.fixture
def cast(db):
    return Cast()


def signed_in(user):
    client = Client()
    client.force_login(user)
    return client


def words(answer):
    """What the page says, without its markup."""
    text = re.sub(r"<(script|style).*?</\1>|<[^>]+>", " ", answer.content.decode(), flags=re.DOTALL)
    return re.sub(r" +([.,:)])", r"\1", " ".join(html.unescape(text).split()))


def values(**more):
    return {
        "email": EMAIL,
        "function": Function.objects.get(code="kommunpolis").pk,
        "organisation": Organisation.objects.get(slug="police").pk,
        "valid_to": "2025-12-31",
    } | more


def invite(by, **more):
    """Invite somebody through the page and return the path in the letter."""
    answer = signed_in(by).post(INVITE, values(**more))
    assert answer.status_code == 302, words(answer)
    return link()


def link():
    """The path in the latest letter."""
    mail = OutgoingMail.objects.order_by("pk").last()
    return re.search(r"https://trygghet\.example(/inbjudan/[\w-]+/)", mail.text)[1]


def new_account(path, client=None, **more):
    filled = {"display_name": "Kommunpolis", "password": PASSWORD, "repeated": PASSWORD} | more
    return (client or Client()).post(path, filled)


# --- Inviting


def test_whoever_may_invite_sends_a_letter_with_a_link_that_only_the_letter_knows(cast):
    path = invite(cast.police)
    [mail] = OutgoingMail.objects.all()
    invitation = Invitation.objects.get()
    assert (mail.to, mail.state, mail.key) == (EMAIL, MailState.WAITING, f"invitation:{invitation.pk}:1")
    assert "preparation skarholmen" in mail.subject and "31 december 2025" in mail.text
    secret = path.split("/")[2]
    assert len(secret) >= 43
    assert secret not in str(vars(invitation))
    assert invitation.secret_sha256 == invitations.checksum(secret)
    text = words(signed_in(cast.police).get(INVITE))
    assert EMAIL in text and "Länken gäller till 26 maj 2025." in text
    assert "1 väntar" in words(signed_in(cast.police).get(PREPARATION))


def test_who_may_not_invite_is_told_who_does(cast):
    answer = signed_in(cast.steering).get(INVITE)
    assert answer.status_code == 403 and "trygghetsstrategen" in words(answer)
    assert "Bjud in" not in words(signed_in(cast.steering).get(PREPARATION))


def test_only_the_police_and_the_administrator_invite_for_the_police(cast):
    """Whoever sits for the police there reads their own picture and says yes for them."""
    answer = signed_in(cast.editor).post(INVITE, values())
    assert answer.status_code == 422 and not Invitation.objects.exists()
    assert ">police<" not in answer.content.decode()
    invite(cast.police)
    invitation = Invitation.objects.get()
    told = "Det är polisen själv, eller förvaltaren, som säger vem som sitter för polisen."
    assert told in words(signed_in(cast.editor).get(INVITE))
    for step in ("ta-tillbaka", "skicka-igen"):
        refused = signed_in(cast.editor).post(f"{INVITE}{invitation.pk}/{step}/")
        assert refused.status_code == 403 and told in words(refused)
    assert signed_in(cast.administrator).post(f"{INVITE}{invitation.pk}/ta-tillbaka/").status_code == 302
    invite(cast.administrator, email="annan@polisen.example")


def test_the_police_invite_for_themselves_alone(cast):
    city = Organisation.objects.get(slug="district_admin").pk
    answer = signed_in(cast.police).post(INVITE, values(organisation=city))
    assert answer.status_code == 422 and not Invitation.objects.exists()


def test_who_sits_for_the_city_does_not_accept_a_seat_for_the_police(cast):
    User.objects.filter(pk=cast.steering.pk).update(email=EMAIL)
    answer = signed_in(cast.steering).post(invite(cast.police))
    assert answer.status_code == 410 and "Ingen sitter för både staden och polisen." in words(answer)
    assert cast.steering.memberships.count() == 1


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"email": "inte en adress"}, "Skriv en e-postadress, som namn@exempel.se."),
        ({"valid_to": "2025-05-11"}, "Dagen har redan varit."),
        ({"valid_to": ""}, "Ange vilken dag uppdraget slutar."),
        ({"function": ""}, "Välj vilken funktion personen har."),
    ],
)
def test_a_refused_invitation_is_shown_again_with_what_was_typed(cast, wrong, told):
    answer = signed_in(cast.police).post(INVITE, values() | wrong)
    assert answer.status_code == 422 and told in words(answer)
    assert f'value="{(values() | wrong)["email"]}"' in answer.content.decode()
    assert not Invitation.objects.exists() and not OutgoingMail.objects.exists()


def test_an_address_has_one_open_invitation_to_a_group(cast):
    invite(cast.police)
    answer = signed_in(cast.police).post(INVITE, values(email=EMAIL.upper()))
    assert answer.status_code == 422 and "Adressen har redan en öppen inbjudan till gruppen." in words(answer)


def test_nobody_invites_themself_to_a_group_that_writes_or_decides(cast):
    User.objects.filter(pk=cast.police.pk).update(email=EMAIL)
    answer = signed_in(cast.police).post(INVITE, values())
    assert answer.status_code == 422 and "Du kan inte bjuda in dig själv." in words(answer)


def test_an_invitation_does_not_outlast_the_group(cast):
    CollaborationGroup.objects.filter(level="local", kind="preparation").update(valid_to=date(2025, 6, 30))
    answer = signed_in(cast.police).post(INVITE, values())
    assert answer.status_code == 422 and "Gruppen slutar 30 juni 2025." in words(answer)


def test_an_invitation_to_another_place_is_not_found(cast):
    invite(cast.police)
    invitation = Invitation.objects.get()
    other = "/samverkan/farsta/grupper/local-preparation-farsta/inbjudningar/"
    assert signed_in(cast.neighbour).post(f"{other}{invitation.pk}/ta-tillbaka/").status_code == 404
    assert signed_in(cast.police).post(f"{other}{invitation.pk}/ta-tillbaka/").status_code == 404


# --- Answering


def test_who_has_no_account_makes_one_and_has_the_seat_to_the_end_date(cast):
    path = invite(cast.police)
    text = words(Client().get(path))
    assert "kommunpolis, police" in text and "31 december 2025" in text and "Roll i Trygghet Kommunpolis" in text
    client = Client()
    answer = new_account(path, client)
    assert answer.url == PREPARATION
    user = get_user(client)
    assert (user.username, user.email, str(user)) == (EMAIL, EMAIL, "Kommunpolis")
    assert user.check_password(PASSWORD)
    seat = user.memberships.get()
    assert (seat.valid_from, seat.valid_to) == (TODAY, date(2025, 12, 31))
    assert Invitation.objects.get().membership == seat
    assert access_of(user).has_role(Role.MUNICIPAL_POLICE, cast.district.pk)
    assert "Välkommen till preparation skarholmen." in words(client.get(PREPARATION))


def test_the_role_ends_with_the_invitations_last_day(cast, time_machine):
    client = Client()
    new_account(invite(cast.police, valid_to="2025-05-20"), client)
    statuses = []
    for day in (20, 21):
        time_machine.move_to(date(2025, 5, day), tick=False)
        statuses.append(signed_in(get_user_of(EMAIL)).get(PREPARATION).status_code)
    assert statuses == [200, 404]


def get_user_of(email):
    return User.objects.get(email=email)


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"password": "kort", "repeated": "kort"}, "Lösenordet är för kort. Skriv minst 12 tecken."),
        ({"password": EMAIL, "repeated": EMAIL}, "Lösenordet liknar din e-postadress eller det du visas som."),
        ({"password": "password1234", "repeated": "password1234"}, "Lösenordet är vanligt och lätt att gissa."),
        ({"repeated": "nagot-helt-annat"}, "Lösenorden är inte lika."),
        ({"display_name": ""}, "Skriv vad du ska visas som"),
        ({"display_name": "19811228-9874"}, "personnummer"),
    ],
)
def test_a_refused_account_leaves_nothing_behind(cast, wrong, told):
    path = invite(cast.police)
    answer = new_account(path, **wrong)
    assert answer.status_code == 422 and told in words(answer)
    assert PASSWORD not in answer.content.decode()
    assert not User.objects.filter(email=EMAIL).exists()
    assert Invitation.objects.get().state == InvitationState.OPEN


def test_the_form_says_beforehand_what_a_password_is(cast):
    page = words(Client().get(invite(cast.police)))
    assert "Minst 12 tecken, och inte ett vanligt lösenord." in page
    assert "övriga personliga information" not in page


def test_who_has_an_account_signs_in_and_accepts(cast):
    person = User.objects.create_user("kp", email=EMAIL.upper(), password=PASSWORD)
    path = invite(cast.police)
    text = Client().get(path).content.decode()
    assert f"/konto/logga-in/?next={path}" in text
    assert new_account(path).status_code == 200  # an account is not made beside the one there is
    assert User.objects.filter(email__iexact=EMAIL).count() == 1
    client = signed_in(person)
    assert "Tacka ja" in words(client.get(path))
    assert client.post(path).url == PREPARATION
    assert person.memberships.get().group.slug == "local-preparation-skarholmen"


def test_signing_in_leads_back_to_the_invitation(cast):
    User.objects.create_user("kp", email=EMAIL, password=PASSWORD)
    path = invite(cast.police)
    answer = Client().post(f"/konto/logga-in/?next={path}", {"login": EMAIL, "password": PASSWORD})
    assert answer.url == path


def test_who_is_signed_in_as_somebody_else_is_told_so_and_gets_nothing(cast):
    path = invite(cast.police)
    client = signed_in(cast.stranger)
    for answer in (client.get(path), client.post(path)):
        assert answer.status_code == 200
        assert f"Du är inloggad som stranger. Inbjudan gäller {EMAIL}." in words(answer)
    assert not cast.stranger.memberships.exists()
    assert Invitation.objects.get().state == InvitationState.OPEN


def test_an_account_without_an_address_is_not_the_invited(cast):
    path = invite(cast.police)
    assert "Inbjudan gäller" in words(signed_in(cast.stranger).post(path))


def test_accepting_fills_the_vacant_seat_of_the_function(cast):
    cast.police.memberships.update(user=None, is_secretary=True)
    new_account(invite(cast.administrator))
    vacant, filled = GroupMembership.objects.filter(function__code="kommunpolis", group__district=cast.district)
    if vacant.user_id:
        vacant, filled = filled, vacant
    assert vacant.valid_to == TODAY - timedelta(days=1)
    assert filled.user.email == EMAIL and filled.is_secretary


def test_who_has_a_seat_already_is_told_so(cast):
    User.objects.filter(pk=cast.police.pk).update(email=EMAIL)
    path = invite(cast.administrator)
    answer = signed_in(cast.police).post(path)
    assert answer.status_code == 410 and "har redan en plats i gruppen" in words(answer)
    assert cast.police.memberships.count() == 1


# --- Links that no longer work


def closed(path, told, status=410):
    for client in (Client(),):
        for answer in (client.get(path), new_account(path, client)):
            assert answer.status_code == status and told in words(answer)
    assert not User.objects.filter(email=EMAIL).exists()
    return words(answer)


def test_a_used_link_says_whom_to_ask(cast):
    path = invite(cast.police)
    new_account(path)
    answer = Client().get(path)
    assert answer.status_code == 410
    assert "Inbjudan är redan använd. Vänd dig till police, som bjöd in dig" in words(answer)


def test_a_withdrawn_link_says_whom_to_ask(cast):
    path = invite(cast.police)
    invitation = Invitation.objects.get()
    signed_in(cast.police).post(f"{INVITE}{invitation.pk}/ta-tillbaka/")
    assert "Vänd dig till police" in closed(path, "Inbjudan är återtagen.")
    assert EMAIL not in words(signed_in(cast.police).get(INVITE)).replace("till ny@polisen.example är återtagen", "")


@pytest.mark.parametrize(("day", "status"), [(26, 200), (27, 410)])
def test_a_link_works_for_fourteen_days(cast, time_machine, day, status):
    path = invite(cast.police)
    time_machine.move_to(date(2025, 5, day), tick=False)
    assert Client().get(path).status_code == status
    text = words(signed_in(cast.police).get(INVITE))
    assert ("Länken gick ut 26 maj 2025." in text) is (status == 410)


def test_a_link_to_a_group_that_has_ended_is_closed(cast):
    path = invite(cast.police)
    CollaborationGroup.objects.filter(level="local", kind="preparation").update(valid_to=TODAY - timedelta(days=1))
    closed(path, "Gruppen är avslutad.")


def test_an_invitation_whose_seat_would_be_over_is_closed(cast, time_machine):
    path = invite(cast.police, valid_to="2025-05-13")
    time_machine.move_to(date(2025, 5, 14), tick=False)
    closed(path, "Uppdraget gällde till 13 maj 2025.")


def test_a_guessed_link_tells_nothing(cast):
    invite(cast.police)
    answer = Client().get("/inbjudan/gissat/")
    assert answer.status_code == 404
    assert "Länken gäller inte." in words(answer) and "preparation" not in words(answer)


def test_sending_again_makes_a_new_link_and_the_old_one_no_longer_works(cast, time_machine):
    old = invite(cast.police)
    invitation = Invitation.objects.get()
    time_machine.move_to(date(2025, 6, 20), tick=False)
    answer = signed_in(cast.police).post(f"{INVITE}{invitation.pk}/skicka-igen/", follow=True)
    assert f"Inbjudan till {EMAIL} skickas igen." in words(answer)
    assert OutgoingMail.objects.filter(key=f"invitation:{invitation.pk}:2").exists()
    closed(old, "Länken gäller inte.", status=404)
    assert Client().get(link()).status_code == 200


def outgoing():
    """What is sent now, as (to, the path in the letter)."""
    outbox.outbox.clear()
    mail.send_waiting()
    return [(sent.to, re.search(r"/inbjudan/[\w-]+/", sent.body)[0]) for sent in outbox.outbox]


def test_the_letter_of_an_invitation_that_is_taken_back_is_not_sent(cast):
    invite(cast.administrator)
    invite(cast.administrator, email="annan@polisen.example")
    withdrawn = Invitation.objects.get(email=EMAIL)
    signed_in(cast.administrator).post(f"{INVITE}{withdrawn.pk}/ta-tillbaka/")
    assert [to for to, _ in outgoing()] == [["annan@polisen.example"]]
    # Nor by an administrator who has it tried again, had it failed before.
    assert not OutgoingMail.objects.filter(to=EMAIL).exists()


def test_a_letter_taken_back_when_a_sender_has_taken_it_on_is_not_tried_again(cast, monkeypatch):
    invite(cast.administrator)
    invite(cast.administrator, email="annan@polisen.example")
    claim = mail._claim

    def withdrawn_meanwhile(pk):
        until = claim(pk)
        for invitation in Invitation.objects.filter(email=EMAIL, state=InvitationState.OPEN):
            invitations.WORKFLOW.take(invitation, "withdraw", by=cast.administrator)
        return until

    monkeypatch.setattr(mail, "_claim", withdrawn_meanwhile)
    assert [to for to, _ in outgoing()] == [["annan@polisen.example"]]


def test_an_invitation_sent_again_before_its_first_letter_went_out_is_one_letter(cast):
    invite(cast.administrator)
    invitation = Invitation.objects.get()
    again = f"{INVITE}{invitation.pk}/skicka-igen/"
    for _ in range(2):
        signed_in(cast.administrator).post(again)
    ((_, path),) = outgoing()
    assert signed_in(cast.administrator).get(path).status_code == 200
    # The next has a key of its own, so that a mail program does not take it for the same.
    signed_in(cast.administrator).post(again)
    ((_, later),) = outgoing()
    assert later != path
    assert set(OutgoingMail.objects.values_list("key", flat=True)) == {
        f"invitation:{invitation.pk}:3", f"invitation:{invitation.pk}:4",
    }  # fmt: skip


def test_what_has_been_answered_is_neither_withdrawn_nor_sent_again(cast):
    new_account(invite(cast.police))
    invitation = Invitation.objects.get()
    for step in ("ta-tillbaka", "skicka-igen"):
        answer = signed_in(cast.police).post(f"{INVITE}{invitation.pk}/{step}/", follow=True)
        assert "Det har redan ändrats till «Har tackat ja»." in words(answer)
    assert Invitation.objects.get().state == InvitationState.ACCEPTED
    assert OutgoingMail.objects.count() == 1


# --- At the same time


def test_an_invitation_accepted_twice_at_once_gives_one_account_and_one_seat(cast):
    invite(cast.police)
    one, other = Invitation.objects.get(), Invitation.objects.get()
    user = invitations.accept_with_new_account(one, display_name="Först", password=PASSWORD)
    with pytest.raises(StepRefused):
        invitations.accept_with_new_account(other, display_name="Sen", password=PASSWORD)
    with pytest.raises(StepRefused):
        invitations.WORKFLOW.take(other, "accept", by=user)
    assert User.objects.filter(email=EMAIL).count() == 1
    assert GroupMembership.objects.filter(user=user).count() == 1


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif("connection.vendor != 'postgresql'", reason="SQLite lets one writer in at a time")
def test_of_two_who_press_the_same_link_at_once_one_gets_the_seat(transactional_db):
    cast = Cast()
    invite(cast.police)
    together = Barrier(2)

    def press(invitation):
        try:
            together.wait(timeout=20)
            return invitations.accept_with_new_account(invitation, display_name="Kommunpolis", password=PASSWORD)
        except StepRefused as refusal:
            return refusal
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        results = list(pool.map(press, [Invitation.objects.get(), Invitation.objects.get()]))
    assert sorted(isinstance(result, StepRefused) for result in results) == [False, True]
    assert GroupMembership.objects.filter(user__email=EMAIL).count() == 1
