"""What is written in the annual report, in its place of the page: each section's text, and how far the report is."""

from django import template

from followup.report.desk import part_of
from followup.report.document import section_of_area
from followup.report.quotes import Offers

register = template.Library()


@register.inclusion_tag("followup/_report_text.html", takes_context=True)
def report_text(context, section):
    """Show what is written in the section (its key), with what the reader may do there if the page has a ``desk``."""
    return _part(context, section)


@register.inclusion_tag("followup/_report_area_texts.html", takes_context=True)
def report_area_texts(context):
    """Show what is written of each priority area; of those without anything only to whoever may write."""
    areas = [_part(context, section_of_area(key)) for key, _ in context["page"].report.areas]
    return {"areas": [each for each in areas if not each["part"].is_empty or each["part"].discuss]}


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


@register.inclusion_tag("followup/_report_quote.html")
def quote_button(offers: Offers, district, row, only=""):
    """Offer the answers of an action (its identity, and the slug of its district) to be quoted; one of them if told."""
    return {"offers": offers.of(district, row, **({"only": (only,)} if only else {})) if offers else []}
