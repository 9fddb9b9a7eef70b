"""What the demo tells of hinder: one that the city has taken on, one that waits and one that is answered for good.

All of it is made up, in a plan that is marked as example data. An action is named by its number in the plan's order.
"""

from accounts.models import User
from followup import obstacles
from followup.models import Obstacle
from plans.models import ActionPlan
from plans.outline import Outline
from plans.versions import document_of, in_force

DISTRICT, YEAR = "norra-innerstaden", 2025
CITY = "central.beredning"
# (who reports, number of the action, title, text, steps as (name, who, answer))
STORY = (
    (
        "trygghetsstrateg",
        3,
        "Taxiköerna kräver nya trafikföreskrifter",
        "Köerna kan inte flyttas utan nya föreskrifter. Ärendet har saknat handläggare sedan i mars.\n\n"
        "Vi behöver en handläggare, och ett besked om när föreskrifterna kan vara beslutade.",
        (
            ("raise", "trygghetsstrateg", "Vi når inte fram själva. Styrgruppen behöver ta det med trafikkontoret."),
            ("escalate", "styrgrupp", "Trafikkontoret behöver prioritera om, och det kan bara staden besluta."),
            ("acknowledge", CITY, "Frågan är ställd till trafikkontoret. Nästa besked kommer i september."),
        ),
    ),
    (
        "kommunpolis",
        1,
        "Ordningsvakterna räcker inte på torsdagar",
        "Sedan krogarna har öppet längre på torsdagar saknas vakter vid utsläppet. Vi behöver två till.",
        (),
    ),
    (
        "trygghetsstrateg",
        2,
        "Ingen lokal för utbildningarna i december",
        "Alla stadens lokaler är bokade. Vi behöver en sal för trettio personer två kvällar.",
        (("close", "kommunpolis", "Polishuset lånar ut sin hörsal de två kvällarna."),),
    ),
)


def is_told():
    """Whether the demo's obstacles are in the database."""
    return Obstacle.objects.filter(plan__district__slug=DISTRICT, plan__cycle__year=YEAR).exists()


def tell():
    """Report the obstacles and take their steps, by the right people; the plan has to be there."""
    plan = ActionPlan.objects.with_place().get(district__slug=DISTRICT, cycle__year=YEAR)
    actions = Outline(document_of(in_force(plan))).of_kind["action"]
    for by, number, title, text, steps in STORY:
        action = actions[number - 1].uid
        obstacle, _ = obstacles.report(plan, by=_person(by), title=title, text=text, action=action)
        for name, who, answer in steps:
            obstacle = obstacles.WORKFLOW.take(obstacle, name, by=_person(who), reason=answer)


def _person(function):
    username = function if "." in function else f"{function}.{DISTRICT}"
    return User.objects.get(username=username)
