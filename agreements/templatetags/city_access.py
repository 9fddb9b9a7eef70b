"""Whether the menu offers the city's page."""

from django import template

from agreements.permissions import Permission, access_of

register = template.Library()


@register.filter
def may_see_city(user):
    """Whether the person sits in a group that follows all districts (no query that the page does not make anyway)."""
    return access_of(user).allows(Permission.SEE_CITY, None)
