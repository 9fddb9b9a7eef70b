"""What is written in the annual report, in its place of the page: each section's text, and how far the report is."""

from django import template

from followup.report.desk import part_of

register = template.Library()


@register.inclusion_tag("followup/_report_text.html", takes_context=True)
def report_text(context, section):
    """Show what is written in the section (its key), with what the reader may do there if the page has a ``desk``."""
    return _part(context, section)


def _part(context, section):
    page, desk = context["page"], context.get("desk")
    opened = context["request"].GET.get("kommentarer") if desk else None
    return {
        "part": part_of(page.report, section, opens=page.opens, desk=desk),
        "year": page.year,
        "is_opened": opened == section,
        "csrf_token": context.get("csrf_token", ""),
    }


@register.inclusion_tag("followup/_report_state.html", takes_context=True)
def report_state(context):
    """Show how far the report has come and which steps the reader may take; nothing without a ``desk``."""
    return {"desk": context.get("desk"), "year": context["page"].year}


@register.simple_tag(takes_context=True)
def quotable(context):
    """Return what the reader may quote here, :class:`followup.report.quotes.Offers`; None on a page without them."""
    return context.get("offers")


@register.inclusion_tag("followup/_report_quote.html")
def quote_button(offers, district, row, saying=None):
    """Offer the answers of an action (its identity, and the slug of its district) to be quoted; of ``saying`` that one.

    The page has to have the :func:`quote_form`.
    """
    found = offers.of(district, row) if offers else []
    return {"offers": [each for each in found if saying in (None, each.text)], "is_one": saying is not None}


@register.inclusion_tag("followup/_report_quote_form.html", takes_context=True)
def quote_form(context):
    """Put the form that the page's buttons to quote belong to; nothing for one who may not quote."""
    offers = context.get("offers")
    back = context["request"].get_full_path() if offers else ""
    return {"offers": offers, "year": context["year"], "back": back, "csrf_token": context.get("csrf_token", "")}
