"""A situation picture on paper."""

from django.template.loader import render_to_string
from django.utils import timezone

from trygghet.pdf import render_pdf

STYLESHEETS = ("css/print-picture.css",)


def picture_pdf(shown, scope):
    """Return a :class:`~agreements.pictures.shown.Shown` picture as PDF/UA-1 bytes, on standing A4."""
    context = {
        "shown": shown,
        "picture": shown.picture,
        "scope": scope,
        "title": shown.picture.title,
        "made_at": timezone.localtime(),
        "stylesheets": [],
    }
    return render_pdf(render_to_string("agreements/pdf/picture.html", context), stylesheets=STYLESHEETS)
