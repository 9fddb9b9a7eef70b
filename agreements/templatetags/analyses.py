"""Where findings, pictures and analyses are, for the templates that lead to them."""

from django import template

from agreements import analyses
from agreements.pictures import workflow as pictures

register = template.Library()


@register.simple_tag
def picture_address(picture):
    """Where the picture is; it must come with its district."""
    return pictures.address_of(picture)


@register.simple_tag
def finding_address(finding):
    """Where the finding stands in its picture."""
    return analyses.finding_address(finding)


@register.simple_tag
def problem_address(problem):
    """Where the problem stands in its picture."""
    return analyses.problem_address(problem)


@register.simple_tag
def analysis_address(analysis):
    """Where the analysis is; it must come with its problem, picture and district."""
    return analyses.address_of(analysis)
