"""The start page, the list of plans and the plan itself."""

from django.http import HttpResponse


def start(request):
    return HttpResponse("start")


def plan_list(request):
    return HttpResponse("planer")


def plan(request, district, year, position=1):
    return HttpResponse("plan")


def analysis(request, district, year):
    return HttpResponse("analys")
