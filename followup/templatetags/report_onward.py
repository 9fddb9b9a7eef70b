"""What the annual report leads to, in its place of the page: the proposals, and the feedback to the districts."""

from dataclasses import dataclass

from django import template

from followup.enums import ProposalKind
from followup.report import proposals
from followup.report.document import Proposal
from followup.report.proposals import Became

register = template.Library()


@dataclass(frozen=True, slots=True, kw_only=True)
class ProposalLine:
    """A proposal with its kind and its area in words, and the row it has become, as far as that is told here."""

    said: Proposal
    kind: str
    area: str
    row: Became | None = None


@register.simple_tag(takes_context=True)
def proposal_lines(context):
    """Return a :class:`ProposalLine` for each proposal of the page's report, in order.

    Which rows they have become changes after the report is published, and is
    no part of it: it is told where the page has a ``desk``.
    """
    report, desk = context["page"].report, context.get("desk")
    kinds, areas = dict(ProposalKind.choices), dict(report.areas)
    rows = _rows(desk) if desk else []
    return [
        ProposalLine(
            said=each,
            kind=kinds[each.kind],
            area=areas.get(each.area, each.area),
            row=rows[at] if at < len(rows) else None,
        )
        for at, each in enumerate(report.written.proposals)
    ]


def _rows(desk):
    """Return the row of each proposal in order, None for those that are none."""
    if desk.report is None:
        return []
    became = proposals.became_of(desk.report, desk.user)
    return [became.get(pk) for pk in desk.report.proposals.values_list("pk", flat=True)] if became else []


@dataclass(frozen=True, slots=True, kw_only=True)
class Feedback:
    """How many districts the city has written to, of how many; ``texts`` are (district, text) as far as shown here."""

    written: int
    of: int
    texts: list[tuple[str, str]]


@register.simple_tag(takes_context=True)
def feedback_of_page(context):
    """Return the :class:`Feedback` of the page's report.

    A district reads its own on a page of its own, so the texts are shown only
    to those who read them all, where the page has a ``desk``.
    """
    report = context["page"].report
    told = report.written.feedback
    texts = [(each.name, told[each.slug]) for each in report.districts if told.get(each.slug)]
    written = len(told or report.written.feedback_sha256)  # what is frozen has the checksums alone
    return Feedback(written=written, of=len(report.districts), texts=texts if context.get("desk") else [])
