"""Access lines: agreements."""

from datetime import date

from django.core.files.base import ContentFile

from agreements.enums import AgreementState
from agreements.models import Agreement, AgreementParty, Attachment, Function, Organisation
from tests.agreements.access import PLACE, Line
from tests.cast import PEOPLE

AGREEMENT = PLACE + "overenskommelser/<int:version>/"
# Version 1 holds, version 2 is a draft.
READS_SIGNED = {*PEOPLE} - {"stranger", "external", "administrator"}
READS_DRAFT = {"editor", "police", "steering", "chair"}
WRITES = {"editor", "police"}
MERELY_READS_DRAFT = READS_DRAFT - WRITES
ATTACHES = {"editor", "police", "chair", "registrar"}

LINES = {
    PLACE + "overenskommelser/": Line(get={200: READS_SIGNED}),
    PLACE + "overenskommelser/ny/": Line(
        get={200: WRITES, 403: READS_SIGNED - WRITES}, post={422: WRITES, 403: READS_SIGNED - WRITES}
    ),
    AGREEMENT: Line(get={200: READS_SIGNED}),
    AGREEMENT + "pdf/": Line(get={200: READS_SIGNED}, is_page=False),
    AGREEMENT + "uppgifter/": Line(
        get={200: WRITES, 403: MERELY_READS_DRAFT}, post={422: WRITES, 403: MERELY_READS_DRAFT}
    ),
    AGREEMENT + "text/<slug:part>/": Line(
        get={200: WRITES, 403: MERELY_READS_DRAFT}, post={422: WRITES, 403: MERELY_READS_DRAFT}
    ),
    AGREEMENT + "omrade/<slug:code>/": Line(
        get={200: WRITES, 403: MERELY_READS_DRAFT}, post={422: WRITES, 403: MERELY_READS_DRAFT}
    ),
    AGREEMENT + "parter/": Line(
        get={200: WRITES, 403: MERELY_READS_DRAFT}, post={422: WRITES, 403: MERELY_READS_DRAFT}
    ),
    AGREEMENT + "steg/<slug:slug>/": Line(
        get={200: WRITES, 403: MERELY_READS_DRAFT}, post={422: WRITES, 403: MERELY_READS_DRAFT}
    ),
    # Nobody signs a draft, so the chair is led back to it; tests/browser/test_agreement_story.py sees the page.
    AGREEMENT + "underskrift/<int:party>/": Line(
        get={302: {"chair"}, 403: {"editor", "police", "steering"}},
        post={422: {"chair"}, 403: {"editor", "police", "steering"}},
    ),
    AGREEMENT + "diarienummer/": Line(
        get={200: {"editor", "police", "registrar"}, 403: READS_SIGNED - {"editor", "police", "registrar"}},
        post={422: {"editor", "police", "registrar"}, 403: READS_SIGNED - {"editor", "police", "registrar"}},
    ),
    AGREEMENT + "bilagor/": Line(
        get={200: ATTACHES, 403: READS_SIGNED - ATTACHES}, post={422: ATTACHES, 403: READS_SIGNED - ATTACHES}
    ),
    AGREEMENT + "bilagor/<uuid:uid>/ta-bort/": Line(
        get={200: WRITES | {"chair"}, 403: READS_SIGNED - WRITES - {"chair"}},
        post={422: WRITES | {"chair"}, 403: READS_SIGNED - WRITES - {"chair"}},
    ),
    PLACE + "omraden/": Line(get={200: READS_SIGNED}),
    PLACE + "bilagor/<uuid:uid>/": Line(get={200: READS_SIGNED}, is_page=False),
}


def addresses(cast):
    """Make an agreement that holds and a draft in Skärholmen; return an example of each address."""
    place = f"/samverkan/{cast.district.slug}/"
    signed = Agreement.objects.create(
        district=cast.district,
        title="Samverkansöverenskommelse Skärholmen",
        area_set=cast.area_set,
        state=AgreementState.SIGNED,
        signed_on=date(2024, 3, 4),
    )
    draft = Agreement.objects.create(district=cast.district, version=2, title="Ny", area_set=cast.area_set)
    kept = Attachment(
        agreement=signed,
        name="undertecknad.pdf",
        content_type="application/pdf",
        size=4,
        sha256="0" * 64,
        by=cast.editor,
        is_signed_scan=True,
    )
    kept.file.save("x", ContentFile(b"%PDF"), save=False)
    kept.save()
    first, second = f"{place}overenskommelser/1/", f"{place}overenskommelser/2/"
    return {
        PLACE + "overenskommelser/": f"{place}overenskommelser/",
        PLACE + "overenskommelser/ny/": f"{place}overenskommelser/ny/",
        AGREEMENT: first,
        AGREEMENT + "pdf/": f"{first}pdf/",
        AGREEMENT + "uppgifter/": f"{second}uppgifter/",
        AGREEMENT + "text/<slug:part>/": f"{second}text/syfte/",
        AGREEMENT + "omrade/<slug:code>/": f"{second}omrade/otrygga-platser/",
        AGREEMENT + "parter/": f"{second}parter/",
        AGREEMENT + "steg/<slug:slug>/": f"{second}steg/skicka-for-underskrift/",
        AGREEMENT + "underskrift/<int:party>/": f"{second}underskrift/{_party(draft).pk}/",
        AGREEMENT + "diarienummer/": f"{first}diarienummer/",
        AGREEMENT + "bilagor/": f"{first}bilagor/",
        AGREEMENT + "bilagor/<uuid:uid>/ta-bort/": f"{first}bilagor/{kept.uid}/ta-bort/",
        PLACE + "omraden/": "/samverkan/staden/omraden/",
        PLACE + "bilagor/<uuid:uid>/": f"{place}bilagor/{kept.uid}/",
    }


def _party(agreement):
    organisation = Organisation.objects.get(slug="district_admin")
    function = Function.objects.get(code="stadsdelsdirektor")
    return AgreementParty.objects.create(agreement=agreement, organisation=organisation, function=function, position=1)
