"""The sign-ins of the demo, for its sign-in page."""

from typing import NamedTuple

from django import template
from django.conf import settings

from accounts.models import User

register = template.Library()


class DemoAccounts(NamedTuple):
    """The demo's people: those to begin with (plans.demo.loading.SignIn), and the others (.Place)."""

    first: list
    others: list
    password: str


@register.simple_tag
def demo_accounts():
    """Return the :class:`DemoAccounts` that have an account; None in a real installation."""
    if not settings.DEMO:
        return None
    # Imported here: it reads files that a real installation never needs.
    from plans.demo.loading import PASSWORD, SIGN_INS, by_place, to_begin_with

    known = set(User.objects.values_list("username", flat=True))
    people = [person for person in SIGN_INS if person.username in known]
    first, others = to_begin_with(people)
    return DemoAccounts(first or others, by_place(others) if first else [], PASSWORD) if people else None
