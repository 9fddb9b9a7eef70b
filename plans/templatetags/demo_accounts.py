"""The sign-ins of the demo, for its sign-in page."""

from django import template
from django.conf import settings

from accounts.models import User

register = template.Library()


@register.simple_tag
def demo_accounts():
    """Return (user name, title, password) of the demo's people; nothing in a real installation."""
    if not settings.DEMO:
        return []
    from plans.demonstration import PASSWORD, SIGN_INS  # reads files that a real installation never needs

    known = set(User.objects.values_list("username", flat=True))
    return [(person.username, person.title, PASSWORD) for person in SIGN_INS if person.username in known]
