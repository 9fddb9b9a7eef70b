"""The frame around the pages of a place's cooperation."""

from django import template

from agreements.navigation import tabs_of
from agreements.permissions import Permission, access_of

register = template.Library()


@register.inclusion_tag("agreements/_tabs.html")
def cooperation_tabs(user, scope, here):
    """The tabs of the place; ``here`` is the name of the one that is open."""
    return {"tabs": tabs_of(user, scope), "here": here, "scope": scope}


@register.filter
def takes_part(user):
    """Whether the menu offers the cooperation: to whoever takes part in some."""
    access = access_of(user)
    return bool(access.reach({Permission.READ_COOPERATION}) or access.own())
