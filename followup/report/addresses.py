"""Where what is written in the annual report is written."""

from django.urls import reverse


def report_address(year, anchor=""):
    """Return where the report of the year is, at that place of the page."""
    return reverse("followup:report", args=[year]) + (f"#{anchor}" if anchor else "")


def text_address(year, section):
    """Return where the section's own text is written."""
    return reverse("followup:report_text", args=[year, section])


def feedback_address(year):
    """Return where the feedback to the districts is written."""
    return reverse("followup:report_feedback", args=[year])


def comments_address(year, section):
    """Return where the section's comments are read and written."""
    return reverse("followup:report_comments", args=[year, section])


def step_address(year, slug):
    """Return where a step of the report is taken."""
    return reverse("followup:report_step", args=[year, slug])
