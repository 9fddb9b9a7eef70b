"""Access lines: indicators."""

import io

from followup.indicators import imports as measurement_import
from followup.indicators.files import read_table
from plans import editing
from plans.models import Action
from tests.agreements.access import Line
from tests.followup.measured import indicator, measured

# Whoever takes part in following up a plan, and those who follow all districts.
READERS = {"editor", "co_writer", "police", "steering", "chair", "working", "neighbour", "neighbour_police"} | {
    "city_preparation",
    "city_steering",
}
CITY = {"city_preparation"}
ENTERS = {"editor", "neighbour", *CITY}
ENTERS_HERE = {"editor", *CITY}

LIST = "indikatorer/"
ONE = f"{LIST}<slug:code>/"
VALUE = f"{ONE}varde/<int:pk>/"
READ_IN = f"{LIST}las-in/"
GOALS = "planer/<slug:district>/<int:year>/rad/<uuid:uid>/indikatorer/"


def _form_for(people):
    return Line(get={200: people, 403: READERS - people}, post={422: people, 403: READERS - people})


LINES = {
    LIST: Line(get={200: READERS}),
    f"{LIST}ny/": _form_for(CITY),
    ONE: Line(get={200: READERS}),
    f"{ONE}andra/": _form_for(CITY),
    f"{ONE}diagram/<slug:where>/": Line(get={200: READERS}, is_page=False),
    f"{ONE}ladda-ner/<str:format>/": Line(get={200: READERS}, is_page=False),
    f"{ONE}varde/nytt/": _form_for(ENTERS),
    VALUE: _form_for(ENTERS_HERE),
    f"{VALUE}ta-bort/": _form_for(ENTERS_HERE),
    READ_IN: _form_for(ENTERS),
    f"{READ_IN}mall/<str:format>/": Line(get={200: ENTERS, 403: READERS - ENTERS}, is_page=False),
    # What a file says is nobody else's before it is stored. An empty POST names no preview: it is shown anew.
    f"{READ_IN}<uuid:uid>/": Line(get={200: {"editor"}}, post={409: {"editor"}}),
    f"{READ_IN}<uuid:uid>/slang/": Line(post={302: {"editor"}}),
    # In a draft that is not shared; the one who helps to write it reads it.
    GOALS: Line(get={200: {"editor"}, 403: {"co_writer"}}, post={422: {"editor"}, 403: {"co_writer"}}),
}


def addresses(cast):
    """An indicator with values in Skärholmen and the city, a file that waits, and a goal of a draft."""
    of = indicator()
    for year, value in ((2020, 45), (2023, 37)):
        measured(of, year, value - 5, is_example=True)
        row = measured(of, year, value, cast.district, low=value - 4, high=value + 4, respondents=640)
    file = "Indikator;Område;År;Värde\notrygga;Skärholmen;2023;38,5\notrygga;Skärholmen;2024;36\n"
    waiting = measurement_import.open_import(read_table(io.BytesIO(file.encode()), "mätvärden.csv"), by=cast.editor)
    one = f"/indikatorer/{of.code}/"
    read_in = f"/indikatorer/las-in/{waiting.pk}/"
    action = action_with_goal(cast)
    return {
        LIST: "/indikatorer/",
        f"{LIST}ny/": "/indikatorer/ny/",
        ONE: one,
        f"{ONE}andra/": f"{one}andra/",
        f"{ONE}diagram/<slug:where>/": f"{one}diagram/skarholmen/",
        f"{ONE}ladda-ner/<str:format>/": f"{one}ladda-ner/xlsx/",
        f"{ONE}varde/nytt/": f"{one}varde/nytt/",
        VALUE: f"{one}varde/{row.pk}/",
        f"{VALUE}ta-bort/": f"{one}varde/{row.pk}/ta-bort/",
        READ_IN: "/indikatorer/las-in/",
        f"{READ_IN}mall/<str:format>/": "/indikatorer/las-in/mall/xlsx/",
        f"{READ_IN}<uuid:uid>/": read_in,
        f"{READ_IN}<uuid:uid>/slang/": f"{read_in}slang/",
        GOALS: f"/planer/skarholmen/2025/rad/{action.uid}/indikatorer/",
    }


def action_with_goal(cast, plan=None):
    """Return an action of a draft of Skärholmen's, which has one operational goal."""
    plan = plan or editing.create_plan(cast.district, cast.cycle, by=cast.editor)
    editing.add(plan, "problem", plan.planareas.order_by("position").first().uid, by=cast.editor)
    action = Action.objects.get(plan=plan)
    values = {"text": "Laga belysningen", "operational_goals": [{"text": "Färre är otrygga i området"}]}
    editing.set_fields(plan, "action", action.uid, values, version=action.version, by=cast.editor)
    return action
