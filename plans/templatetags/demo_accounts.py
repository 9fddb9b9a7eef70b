"""The sign-ins of the demo, for its sign-in page."""

from typing import NamedTuple

from django import template
from django.conf import settings

from accounts.models import User

register = template.Library()


class DemoAccounts(NamedTuple):
    """The demo's people, as plans.demonstration.SignIn: those to begin with, and the others."""

    first: list
    others: list
    password: str


@register.simple_tag
def demo_accounts():
    """Return the :class:`DemoAccounts` that have an account; None in a real installation."""
    if not settings.DEMO:
        return None
    from plans.demonstration import (
        PASSWORD,
        SIGN_INS,
        to_begin_with,
    )  # reads files that a real installation never needs

    known = set(User.objects.values_list("username", flat=True))
    people = [person for person in SIGN_INS if person.username in known]
    first, others = to_begin_with(people)
    return DemoAccounts(first or others, others if first else [], PASSWORD) if people else None
