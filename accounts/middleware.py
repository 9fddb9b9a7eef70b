"""What whoever is not signed in is answered: the sign-in page, or their own text back where the session has ended."""

import re
from itertools import count
from urllib.parse import urlencode, urlsplit

from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.shortcuts import redirect, render, resolve_url
from django.utils.cache import add_never_cache_headers
from django.utils.http import url_has_allowed_host_and_scheme

FORMS = ("application/x-www-form-urlencoded", "multipart/form-data")
TOKEN = "csrfmiddlewaretoken"
# What choices, buttons, ids, days and versions send: no capital, no space, no å.
_CODE = re.compile(r"[a-z0-9_.,:=-]*")


class KeepTextLoginRequiredMiddleware(LoginRequiredMiddleware):
    """Django's own, which gives a posted text back instead of throwing it away.

    Stands where Django's stands, after the check of the form's token: only who
    sent the text from a page of ours gets it back. Nothing is stored.
    """

    def handle_no_permission(self, request, view_func):
        """Lead to the sign-in page; answer a form that carries text with a page that has it (401).

        Whoever pressed a button comes back to the page it was on: where it led there may be nothing to read.
        """
        if not is_form(request):
            return super().handle_no_permission(request, view_func)
        fields = posted_fields(request)
        texts = sum(bool(number) for _, _, number in fields)
        sign_in = resolve_url(self.get_login_url(view_func))
        sign_in += f"?{urlencode({self.get_redirect_field_name(view_func): _form_page(request)})}"
        if not texts:
            return redirect(sign_in)
        context = {
            "fields": fields,
            "texts": texts,
            "has_files": bool(request.FILES),
            "address": request.get_full_path(),
            "sign_in": sign_in,
        }
        response = render(request, "401.html", context, status=401)
        add_never_cache_headers(response)
        return response


def is_form(request):
    """Whether a person pressed a button on a page: a script that sends something has its own way to take the answer."""
    return (
        request.method == "POST"
        and request.content_type in FORMS
        and "HX-Request" not in request.headers
        and request.headers.get("Sec-Fetch-Mode", "navigate") == "navigate"
        and request.accepts("text/html")
    )


def posted_fields(request):
    """Return what was posted as (name, value, number), as the form had it; the texts are numbered, others have None.

    Nothing of a form with a password in it. A single word without a capital
    cannot be told from what a choice sends, and counts as none that was written.
    """
    if any("password" in name.lower() for name in request.POST):
        return []
    number = count(1)
    return [
        (name, value, next(number) if _is_written(value) else None)
        for name, values in request.POST.lists()
        for value in values
        if name != TOKEN
    ]


def _is_written(value):
    return not _CODE.fullmatch(value) and any(each.isalpha() for each in value)


def _form_page(request):
    """Return the address of the page that the form was on, as far as the browser tells; else where it was sent."""
    came_from = request.headers.get("Referer", "")
    if not url_has_allowed_host_and_scheme(came_from, {request.get_host()}, require_https=request.is_secure()):
        return request.get_full_path()
    parts = urlsplit(came_from)
    return parts.path + (f"?{parts.query}" if parts.query else "")
