"""A place's agreements: the list of them, one of them on the page and as a PDF, and the editions of the areas."""

from dataclasses import dataclass

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.utils.text import slugify
from django.views.decorators.http import require_safe

from agreements.agreement.area_mapping import editions
from agreements.agreement.clocks import area_set_clock, area_set_in_force, clock_of, with_last_review
from agreements.agreement.document import document_of
from agreements.agreement.workflow import WORKFLOW, address_of
from agreements.enums import AgreementState
from agreements.models import Agreement, Attachment
from agreements.permissions import Permission
from agreements.querysets import IN_FORCE, ON_THEIR_WAY
from agreements.scope import CITY_SLUG, Scope
from agreements.views.access import scoped
from trygghet.pdf import render_pdf
from trygghet.words import listed

P = Permission
READ = (P.READ_SIGNED_AGREEMENT, P.READ_AGREEMENT_DRAFT)


def visible_agreements(request, scope):
    """Return the place's agreements that the person reads, the latest first, with what their clocks count from."""
    found = Agreement.objects.visible_to(request.user).filter(**scope.lookup()).order_by("-version")
    return with_last_review(found).select_related("district", "area_set")


def readable_agreement(request, scope, version):
    return get_object_or_404(visible_agreements(request, scope), version=version)


def page_of(request, scope, **more):
    """Return the context that every page about the place's agreements has."""
    reads_cooperation = scope.allows(request.user, P.READ_COOPERATION)
    return {"scope": scope, "tab": "agreements", "reads_cooperation": reads_cooperation, **more}


# --- The list


@require_safe
@scoped(*READ)
def agreements(request, scope):
    """The agreement in force with its clock, the one on its way, and those before them."""
    found = list(visible_agreements(request, scope).prefetch_related("parties__organisation"))
    current = next((each for each in found if each.state in IN_FORCE), None)
    coming = next((each for each in found if each.state in ON_THEIR_WAY), None)
    context = page_of(
        request,
        scope,
        current=current and Card(current, request.user),
        coming=coming and Card(coming, request.user),
        others=[each for each in found if each not in (current, coming)],
        may_write=scope.allows(request.user, P.WRITE_AGREEMENT),
        overarching=None if scope.is_city else _overarching(request),
        area_sets=_area_sets_line(request),
    )
    return render(request, "agreements/agreement_list.html", context)


class Card:
    """An agreement in the list: what it is, where it stands, its clock and who signs."""

    def __init__(self, agreement, user):
        self.agreement, self.address = agreement, address_of(agreement)
        self.clock = clock_of(agreement)
        self.parties = list(agreement.parties.all())
        self.signed_count = sum(1 for party in self.parties if party.signed_on)
        self.steps = [step for step in open_steps(agreement, user) if not step.is_back]


def _overarching(request):
    """The overarching agreement in force, for a district's page; None if there is none that the person reads."""
    return visible_agreements(request, Scope(None)).in_force().first()


def _area_sets_line(request):
    """The edition of the areas in force and its clock, where the person may read of it."""
    if not any(Scope(None).allows(request.user, permission) for permission in READ):
        return None
    area_set = area_set_in_force()
    address = reverse("cooperation:area_sets", args=[CITY_SLUG])
    return {"area_set": area_set, "clock": area_set_clock(area_set), "address": address}


# --- An agreement


@require_safe
@scoped(*READ)
def agreement(request, scope, version):
    """The agreement in the shared structure of seed 001, where it stands, and what has happened to it."""
    found = readable_agreement(request, scope, version)
    may_write = scope.allows(request.user, P.WRITE_AGREEMENT) and found.state == AgreementState.DRAFT
    reads_cooperation = scope.allows(request.user, P.READ_COOPERATION)
    steps, document = open_steps(found, request.user), document_of(found)
    context = page_of(
        request,
        scope,
        agreement=found,
        document=document,
        may_write=may_write,
        clock=clock_of(found),
        steps=steps,
        backward=[step for step in steps if step.is_back],
        signing=_signing(found, document.parties, request.user),
        attachments=_attachments(request, found),
        deeds=_deeds(found, request.user),
        log=found.steps.select_related("by") if reads_cooperation else None,
        reviews=found.reviews.all(),
        waits_for=_waits_for(found, request.user),
        addresses={
            "pdf": address_of(found, "agreement_pdf"),
            "facts": address_of(found, "agreement_facts"),
            "parties": address_of(found, "agreement_parties"),
        },
    )
    return render(request, "agreements/agreement.html", context)


@require_safe
@scoped(*READ)
def agreement_pdf(request, scope, version):
    """The agreement in the common template as a PDF (P07)."""
    found = readable_agreement(request, scope, version)
    response = HttpResponse(pdf_of(found, scope), content_type="application/pdf")
    name = f"{slugify(found.title)}-version-{found.version}.pdf"
    response.headers["Content-Disposition"] = content_disposition_header(True, name)
    response.headers["Cache-Control"] = "private, no-store"
    return response


def pdf_of(found, scope):
    """Return the agreement as PDF/UA-1 bytes."""
    html = render_to_string(
        "agreements/pdf/agreement.html",
        {
            "title": f"{found.title}, version {found.version}",
            "agreement": found,
            "document": document_of(found),
            "made_at": timezone.now(),
            "stylesheets": [],
        },
    )
    return render_pdf(html, stylesheets=stylesheets_of(found))


def stylesheets_of(found):
    """Return the static paths of what the PDF is set with: a draft is stamped, what goes out to be signed is clean."""
    is_draft = found.state in (AgreementState.DRAFT, AgreementState.DISCARDED)
    return ["css/print-agreement.css", *(["css/print-agreement-draft.css"] if is_draft else [])]


@dataclass(frozen=True, kw_only=True)
class Way:
    """A step as a link: its words, where it is taken, and whether something stands in the way."""

    label: str
    address: str
    is_open: bool
    is_back: bool


def open_steps(found, user):
    """Return a :class:`Way` for each step with a page of its own that the person may take, now or later."""
    return [
        Way(
            label=option.step.label,
            address=address_of(found, "agreement_step", option.step.slug),
            is_open=option.is_open,
            is_back=option.step.is_back,
        )
        for option in WORKFLOW.open_steps(found, user)
        if option.step.slug and not any(blocker.is_final for blocker in option.blockers)
    ]


def _waits_for(found, user):
    """What the agreement waits for, or that it is discarded, as a sentence; "" when it waits for nothing."""
    if found.state == AgreementState.DRAFT:
        return "Den skickas för underskrift när texterna, områdena och parterna är på plats."
    if found.state == AgreementState.CIRCULATED:
        left = [
            str(party.organisation) for party in found.parties.select_related("organisation") if not party.signed_on
        ]
        return f"Väntar på underskrift från {listed(left)}." if left else ""
    if found.state == AgreementState.DISCARDED:
        return "Utkastet är slängt och har aldrig gällt."
    if found.state == AgreementState.UNDER_REVIEW:
        return "Styrgruppen bekräftar den utan ändringar eller bestämmer att det ska bli en ny version."
    return ""


def _signing(found, parties, user):
    """Return (party, address to record its signature or "", address to take it back or "")."""
    may = {option.step.name for option in WORKFLOW.open_steps(found, user) if option.is_open}
    rows = []
    for party in parties:
        address = address_of(found, "agreement_signature", party.pk)
        records = "record_signature" in may and not party.signed_on
        withdraws = "withdraw_signature" in may and party.signed_on
        rows.append((party, address if records else "", address if withdraws else ""))
    return rows


def _attachments(request, found):
    """Return (attachment, address of the file, address to remove it or "")."""
    may_remove = WORKFLOW.may(request.user, WORKFLOW.by_name["detach"], found)
    place = Scope(found.district).slug
    return [
        (
            each,
            reverse("cooperation:attachment", args=[place, each.uid]),
            address_of(found, "agreement_detach", each.uid) if may_remove else "",
        )
        for each in Attachment.objects.visible_to(request.user).filter(agreement=found)
    ]


def _deeds(found, user):
    """Return step → address, of what the person may do beside the agreement's way."""
    routes = {"attach": "agreement_attach", "record_diary_number": "agreement_diary"}
    return {
        option.step.name: address_of(found, routes[option.step.name])
        for option in WORKFLOW.open_steps(found, user)
        if option.step.name in routes
    }


# --- The areas


@require_safe
@scoped(*READ)
def area_sets(request, scope):
    """The editions of the prioritised areas beside each other, and which area took over from which."""
    if not scope.is_city:
        return redirect("cooperation:area_sets", CITY_SLUG)
    sets, passages = editions()
    current = area_set_in_force()
    context = page_of(
        request,
        scope,
        sets=sets,
        current=current,
        clock=area_set_clock(current),
        pairs=passages,
        heading="Prioriterade områden",
    )
    return render(request, "agreements/agreement_area_sets.html", context)
