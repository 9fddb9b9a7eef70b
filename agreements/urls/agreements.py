"""Agreements; included under /samverkan/<place>/."""

from django.urls import path

from agreements.views import agreement_steps as steps
from agreements.views import agreement_writing as writing
from agreements.views import agreements, files

AGREEMENT = "overenskommelser/<int:version>/"

urlpatterns = [
    path("overenskommelser/", agreements.agreements, name="agreements"),
    path("overenskommelser/ny/", writing.agreement_start, name="agreement_start"),
    path(AGREEMENT, agreements.agreement, name="agreement"),
    path(AGREEMENT + "pdf/", agreements.agreement_pdf, name="agreement_pdf"),
    path(AGREEMENT + "uppgifter/", writing.agreement_facts, name="agreement_facts"),
    path(AGREEMENT + "text/<slug:part>/", writing.agreement_text, name="agreement_text"),
    path(AGREEMENT + "omrade/<slug:code>/", writing.agreement_area, name="agreement_area"),
    path(AGREEMENT + "parter/", writing.agreement_parties, name="agreement_parties"),
    path(AGREEMENT + "steg/<slug:slug>/", steps.agreement_step, name="agreement_step"),
    path(AGREEMENT + "underskrift/<int:party>/", steps.agreement_signature, name="agreement_signature"),
    path(AGREEMENT + "diarienummer/", steps.agreement_diary, name="agreement_diary"),
    path(AGREEMENT + "bilagor/", steps.agreement_attach, name="agreement_attach"),
    path(AGREEMENT + "bilagor/<uuid:uid>/ta-bort/", steps.agreement_detach, name="agreement_detach"),
    path("omraden/", agreements.area_sets, name="area_sets"),
    path("bilagor/<uuid:uid>/", files.attachment, name="attachment"),
]
