"""Texts for the city's own reporting (ILS): to copy, and as text files."""

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_safe

from followup.ils_texts import Texts, file_name
from followup.page import address_in


def _texts(request, district, year):
    """Return the person's texts about the plan; raise Http404 to those who read nothing that they are built of."""
    texts = Texts(request.user, district, year)
    if texts.plan is None:
        raise Http404
    return texts


@require_safe
def ils(request, district, year):
    """The texts of the year, each to be copied and pasted."""
    texts = _texts(request, district, year)
    context = {
        "plan": texts.plan,
        "texts": texts.all,
        "follow_up_address": address_in(texts.plan) if texts.follow_up else "",
    }
    return render(request, "followup/ils.html", context)


@require_safe
def ils_file(request, district, year, text):
    """One of them as a text file, with the line ends that Windows is used to."""
    texts = _texts(request, district, year)
    found = texts.find(text)
    if found is None:
        raise Http404
    headers = {
        "Content-Disposition": content_disposition_header(True, file_name(found, texts.plan)),
        "Cache-Control": "private, no-store",
    }
    content = found.words.replace("\n", "\r\n").encode()
    return HttpResponse(content, content_type="text/plain; charset=utf-8", headers=headers)
