from django.http import HttpResponse


def start(request):
    return HttpResponse("start")


def plan(request, district, year):
    return HttpResponse("plan")
