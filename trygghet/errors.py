"""The pages people meet when something is refused, missing or broken; all extend ``error.html``."""

from django.http import HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string


def bad_request(request, exception=None):
    """400: the browser sent something no page of ours sends."""
    return render(request, "400.html", status=400)


def permission_denied(request, exception=None):
    """403: says why, in the Swedish sentence the refusal was raised with."""
    return render(request, "403.html", {"reason": str(exception or "")}, status=403)


def not_found(request, exception=None):
    """404: not there, or not for this person to know about; the page does not say which."""
    return render(request, "404.html", status=404)


def explain_wrong_method(get_response):
    """Middleware: 405 with a page, for who opens an address that only a button sends to (an old tab, a bookmark).

    What other programs send is answered as Django does, without one.
    """

    def answer(request):
        response = get_response(request)
        if response.status_code == 405 and request.method == "GET" and not request.headers.get("HX-Request"):
            page = render(request, "405.html", status=405)
            page.headers["Allow"] = response.headers["Allow"]
            return page
        return response

    return answer


def server_error(request):
    """500: rendered without the request, since whatever broke may break again (the database, the session)."""
    return HttpResponse(render_to_string("500.html"), status=500)
