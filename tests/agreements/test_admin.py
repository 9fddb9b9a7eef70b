"""The admin: every list and form opens, and the content of plans is not there."""

import pytest
from django.contrib import admin
from django.urls import reverse

from accounts.models import User
from agreements import city
from agreements.models import CollaborationGroup, Function, GroupMembership, GroupStep, Invitation, Organisation

APPS = ("accounts", "agreements")


@pytest.fixture
def administrator(db, client):
    city.load(city.read(city.STOCKHOLM))
    user = User.objects.create(username="administrator", is_staff=True, is_superuser=True)
    client.force_login(user)
    GroupMembership.objects.create(
        group=CollaborationGroup.objects.first(),
        user=user,
        function=Function.objects.first(),
        organisation=Organisation.objects.first(),
        valid_from="2025-01-01",
    )
    Invitation.objects.create(
        group=CollaborationGroup.objects.first(), email="ny@exempel.se", function=Function.objects.first(),
        organisation=Organisation.objects.first(), valid_to="2026-01-01", secret_sha256="0" * 64, invited_by=user,
        expires_on="2025-01-15",
    )  # fmt: skip
    GroupStep.objects.create(group=CollaborationGroup.objects.first(), told="Gav någon en plats.", by=user)
    return client


def registered():
    return [model for model in admin.site._registry if model._meta.app_label in APPS]


def test_every_list_and_form_opens(administrator):
    assert len(registered()) == 16
    for model in registered():
        name = f"admin:{model._meta.app_label}_{model._meta.model_name}"
        assert administrator.get(reverse(f"{name}_changelist")).status_code == 200
        assert administrator.get(reverse(f"{name}_change", args=[model.objects.first().pk])).status_code == 200


def test_an_invitation_is_only_read_and_tells_nothing_of_its_link(administrator):
    invitation = Invitation.objects.get()
    address = reverse("admin:agreements_invitation_change", args=[invitation.pk])
    assert invitation.secret_sha256 not in administrator.get(address).content.decode()
    assert administrator.post(address, {"email": "annan@exempel.se"}).status_code == 403
    assert administrator.get(reverse("admin:agreements_invitation_add")).status_code == 403


def test_the_content_of_plans_and_what_is_said_of_it_are_not_in_the_admin():
    shown = {model.__name__: set(entry.fields) for model, entry in admin.site._registry.items()
             if model._meta.app_label == "plans"}  # fmt: skip
    assert set(shown) == {"PlanStep", "PlanVersion", "FrozenFile", "Submission", "BoardDecision"}
    assert not {"document", "facts", "reason", "answer", "file"} & set.union(*shown.values())


def test_djangos_own_groups_are_not_shown_beside_ours(administrator):
    page = administrator.get(reverse("admin:index")).content.decode()
    assert "Samverkansgrupper" in page
    assert "/admin/auth/" not in page
    assert "/admin/account/" not in page


@pytest.mark.django_db
def test_an_editor_does_not_reach_the_admin(client):
    client.force_login(User.objects.create(username="editor"))
    assert client.get(reverse("admin:index")).status_code == 302
