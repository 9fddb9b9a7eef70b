"""Showing a text that somebody has written with paragraphs and simple lists."""

from django import template

from trygghet.prose import blocks_of

register = template.Library()


@register.inclusion_tag("components/prose.html")
def prose(text):
    """Show the text as :func:`trygghet.prose.blocks_of` reads it; to stand in an element of the class ``written``."""
    return {"blocks": blocks_of(text)}
