"""What the measurements say of the goals of a plan, beside what somebody has answered."""

from django import template

from followup.indicators.goals import baseline_target_outcome

register = template.Library()


@register.simple_tag
def goal_values_of(plan):
    """Return the plan's values by goal (3 queries at most); to be asked for once on a page."""
    return baseline_target_outcome(plan)


@register.filter
def value_of(values, goal):
    """Return the value of a goal that is followed up, None when it is seen in no indicator."""
    return values.get(goal.goal)
