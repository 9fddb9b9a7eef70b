"""Decided versions of a plan: freezing one, and reading it back.

What a version says is its document in the open format, character for
character. Everything else that shows a version (the page, the files, the
comparison) is made of that text, never of the plan's rows, which may have
changed since.
"""

from dataclasses import dataclass
from datetime import date

from plans import open_format
from plans.basis import frozen
from plans.exports import objectives_of, parties_of
from plans.grounds import texts_of
from plans.loading import load_document
from plans.models import PlanVersion
from plans.since import marker_of
from trygghet.kept_files import checksum


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """The local steering group's decision on a plan, as its chair or secretary records it."""

    decided_on: date
    body: str  # the group that decided
    meeting: str  # "Styrgruppsmöte 2"
    paragraph: str = ""


def freeze(plan, decision, *, by, document=None):
    """Write the plan as it stands as a decided version, and return it.

    To be called where the plan is locked; the plan must come with its
    district and year. Give the ``document``, goals one by one and all, where
    it is already loaded. The number is that of the version being written.
    """
    document = document or load_document(plan)
    text = open_format.dumps(document, marker_of(plan))
    return PlanVersion.objects.create(
        plan=plan,
        number=plan.version,
        document=text,
        sha256=checksum(text),
        facts={
            "parties": list(parties_of(plan.district)),
            "objectives": objectives_of(plan),
            "grounds": texts_of(plan, document),
            "basis": frozen(plan),
        },
        counts=_counted(document),
        decided_on=decision.decided_on,
        body=decision.body,
        meeting=decision.meeting,
        paragraph=decision.paragraph,
        by=by,
    )


def _counted(document):
    return [
        {"code": area.code, "title": area.canonical_title or area.title} | area.counts()._asdict()
        for area in document.areas
    ]


def document_of(version):
    """Return the version's plan as a document, rows with the identities they had.

    A text that has its checksum still is the one that was frozen, and is not
    checked anew; any other is read like a file from outside.
    """
    is_kept = checksum(version.document) == version.sha256
    return open_format.loads_kept(version.document) if is_kept else open_format.loads(version.document)


def in_force(plan):
    """Return the plan's latest decided version, or None if it has never been decided."""
    return plan.versions.order_by("-number").first()
