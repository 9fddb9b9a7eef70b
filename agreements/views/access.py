"""Fetching whose cooperation a page is about, and what the person may do there."""

from functools import wraps

from django.core.exceptions import PermissionDenied
from django.http import Http404

from agreements.models import CollaborationGroup, District
from agreements.permissions import Permission, access_of
from agreements.scope import CITY_SLUG, Scope


def scoped(*permissions):
    """Let the view get the :class:`Scope` of its address as ``scope``; 404 for who has none of the permissions there.

    Without permissions it is for all who take part in the place's cooperation,
    which is whoever may read it or sits in one of its groups, such as an
    external party. What is not about the groups themselves names a permission.
    """

    def decorate(view):
        @wraps(view)
        def scoped_view(request, place, *args, **kwargs):
            scope = scope_at(place)
            known = permissions or (Permission.READ_COOPERATION,)
            if not any(scope.allows(request.user, permission) for permission in known) and (
                permissions or not _sits_in(request.user, scope)
            ):
                raise Http404
            return view(request, scope, *args, **kwargs)

        return scoped_view

    return decorate


def scope_at(slug):
    """Return the Scope with the address; raise Http404 if there is no such district."""
    if slug == CITY_SLUG:
        return Scope(None)
    try:
        return Scope(District.objects.get(slug=slug))
    except District.DoesNotExist as error:
        raise Http404 from error


def check(user, permission, scope, reason):
    """Raise PermissionDenied with the reason (a Swedish sentence on whom to ask) unless the person may."""
    if not scope.allows(user, permission):
        raise PermissionDenied(reason)


def own_scopes(user):
    """Return the places whose cooperation the person takes part in, districts by name and the city last (1 query).

    An external party takes part where they sit, though they read little there.
    """
    reach, own = access_of(user).reach({Permission.READ_COOPERATION}), access_of(user).own()
    districts = District.objects.valid_on().filter(reach.condition("pk") | own.condition("pk")) if reach or own else []
    return [*map(Scope, districts), *([Scope(None)] if reach.city or own.city else [])]


def _sits_in(user, scope):
    return CollaborationGroup.objects.visible_to(user).filter(district=scope.district).exists()
