"""Whether the menu offers the city's page, its annual report, the indicators and the catalogue of actions."""

from django import template

from agreements.permissions import Permission, access_of

register = template.Library()


@register.filter
def may_see_city(user):
    """Whether the person sits in a group that follows all districts (no query that the page does not make anyway)."""
    return access_of(user).allows(Permission.SEE_CITY, None)


@register.filter
def reads_report(user):
    """Whether the person reads the city's annual report while it is written (no query of its own either)."""
    return access_of(user).allows(Permission.READ_REPORT, None)


@register.filter
def reads_published_reports(user):
    """Whether the person reads the city's annual reports, once they are published if not before (no query either)."""
    access = access_of(user)
    return access.allows(Permission.READ_REPORT, None) or bool(access.reach({Permission.READ_PUBLISHED_REPORT}))


@register.filter
def reads_indicators(user):
    """Whether the person reads what is measured, of some district or the city (no query of its own either)."""
    return bool(access_of(user).reach({Permission.READ_INDICATORS}))


@register.filter
def reads_catalogue(user):
    """Whether the person reads decided plans, of some district or the city (no query of its own either)."""
    return bool(access_of(user).reach({Permission.READ_DECIDED, Permission.READ_SUBMITTED}))
