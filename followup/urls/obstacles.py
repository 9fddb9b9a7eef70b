"""Hinder: reporting one, and each step of its answer."""

from django.urls import path

from followup.views import obstacles

HERE = "samverkan/<slug:place>/hinder/"

urlpatterns = [
    path(HERE, obstacles.obstacle_list, name="obstacles"),
    path(HERE + "rapportera/", obstacles.report, name="obstacle_report"),
    path(HERE + "<uuid:uid>/", obstacles.obstacle, name="obstacle"),
    path(HERE + "<uuid:uid>/steg/<slug:slug>/", obstacles.take_step, name="obstacle_step"),
]
