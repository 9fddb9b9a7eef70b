"""What the annual report's templates for paper ask of its figures."""

from django import template

from followup.report import fills

register = template.Library()

GAP = 5
"""How much white there is after each part of a bar, in units of ``tables.WIDTH``."""

register.filter("fill_of", fills.fill_of)


@register.filter
def narrowed(width):
    """Return the width of a part of a bar with white after it, as long as something is left to see."""
    return max(width - GAP, 1)


@register.filter
def in_words(line):
    """Return a line's numbers in words, for whoever does not see its bar: "Unga: 3 Genomförd, 2 Pågår"."""
    told = ", ".join(f"{each.number} {each.label}" for each in line.numbers if each.number)
    return f"{line.title}: {told}" if told else line.title
