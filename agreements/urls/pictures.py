"""Situation pictures; included under /samverkan/<place>/."""

from django.urls import include, path

from agreements import converters  # noqa: F401 – makes <producer:…> and <order_step:…> known
from agreements.views import findings, joint, pictures, sources

# lagesbilder/<year>/<producer>/…: any picture
picture_urls = [
    path("", pictures.picture, name="picture"),
    path("borja/", pictures.begin, name="picture_begin"),
    path("inledning/", findings.edit_head, name="picture_edit"),
    path("pdf/", pictures.pdf, name="picture_pdf"),
    path("steg/<slug:slug>/", pictures.step, name="picture_step"),
    path("iakttagelse/ny/", findings.new_finding, name="finding_new"),
    path("iakttagelse/<uuid:uid>/", findings.edit_finding, name="finding"),
    path("iakttagelse/<uuid:uid>/ta-bort/", findings.remove_finding, name="finding_remove"),
    path("iakttagelse/<uuid:uid>/flytta/<order_step:step>/", findings.move_finding, name="finding_move"),
    path("bilaga/<uuid:uid>/ta-bort/", findings.remove_attachment, name="finding_detach"),
]

# lagesbilder/<year>/gemensam/…: the joint one
joint_urls = [
    path("sammanfoga/", joint.merge, name="joint_merge"),
    path("sammanfoga/med/<producer:producer>/", joint.add_input, name="joint_add_input"),
    path("sammanfoga/<uuid:uid>/ta-over/", joint.take_over, name="joint_take_over"),
    path("sammanfoga/<uuid:uid>/utelamna/", joint.leave_out, name="joint_leave_out"),
    path("sammanfoga/<uuid:uid>/ta-med/", joint.bring_back, name="joint_bring_back"),
    path("prioritering/", joint.priorities, name="joint_priorities"),
    path("problem/nytt/", joint.new_problem, name="problem_new"),
    path("problem/<uuid:uid>/", joint.edit_problem, name="problem"),
    path("problem/<uuid:uid>/ta-bort/", joint.remove_problem, name="problem_remove"),
    path("problem/<uuid:uid>/flytta/<order_step:step>/", joint.move_problem, name="problem_move"),
]

urlpatterns = [
    path("lagesbilder/", pictures.pictures, name="pictures"),
    path("lagesbilder/<int:year>/gemensam/", include(joint_urls)),
    path("lagesbilder/<int:year>/<producer:producer>/", include(picture_urls)),
    path("datakallor/", sources.data_sources, name="data_sources"),
    path("datakallor/<slug:code>/", sources.data_source, name="data_source"),
]
