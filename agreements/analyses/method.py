"""The method of a cause analysis (seed 003 step 3): its five steps, the sides, and where each part has its page."""

from typing import NamedTuple

from django.urls import reverse

from agreements.enums import AnalysisStep, PictureState
from agreements.enums import TriangleSide as Side
from agreements.pictures import workflow as pictures
from agreements.scope import Scope

# The pictures whose problems are analysed, and that plans stand on.
IN_FORCE = (PictureState.PRIORITISED, PictureState.CONFIRMED)
WHO_ANALYSES = "De som arbetar med orsaksanalysen"
ASK_WHOM = (
    "Du kan läsa orsaksanalysen men inte ändra den. Det gör trygghetsstrategen, kommunpolisen och arbetsgrupperna. "
    "Vänd dig dit med det du vill få in."
)
COMPLETED = "Analysen är markerad som klar. Öppna den igen om något ska ändras."


class Stage(NamedTuple):
    """A step of the method: what its address says, and the question that helps one on (domain §4b)."""

    step: AnalysisStep
    slug: str
    question: str
    help: str


STAGES = (
    Stage(
        AnalysisStep.PREPARE,
        "forberedelse",
        "Vilka behöver vara med, och vilket underlag saknas?",
        "Bestäm vilka funktioner som deltar och om en expert ska tas in, till exempel en analytiker eller "
        "underrättelsefunktion. Samla det underlag som finns.",
    ),
    Stage(
        AnalysisStep.DEEPEN,
        "fordjupa",
        "Var, när, vem drabbas, vem gör, hur?",
        "Beskriv problemet närmare, så att ni ser vad det består av innan ni frågar varför det finns.",
    ),
    Stage(
        AnalysisStep.IDENTIFY,
        "identifiera",
        "Vilka orsaker finns på platsen, hos gärningspersonen och hos den som utsätts? Vad händer före brottet?",
        "Skriv upp de orsaker som är troliga. Fråga varför, och varför en gång till: det som ligger bakom en orsak "
        "läggs in som en egen orsak under den.",
    ),
    Stage(
        AnalysisStep.TEST,
        "prova",
        "Vad talar för? Vad talar emot? Kan vi påverka den?",
        "Pröva varje antagande mot iakttagelserna. Det som inte håller förkastas och står kvar som förkastat.",
    ),
    Stage(
        AnalysisStep.CHOOSE,
        "valj",
        "Vilken orsak ger störst verkan om den tas bort?",
        "Välj ut de orsaker som ni ska åtgärda. De hämtas sedan in i åtgärdsplanen med sitt underlag.",
    ),
)
STAGE_OF = {stage.step: stage for stage in STAGES}
STAGE_AT = {stage.slug: stage for stage in STAGES}
_ORDER = [stage.step for stage in STAGES]

SIDES = (
    (Side.OFFENDER, "Gärningspersonen"),
    (Side.VICTIM, "Den som utsätts"),
    (Side.CONTROL, "Platsen och kontrollen"),
)


def in_order(stages):
    """Return the steps in the order of the method."""
    return sorted(stages, key=lambda stage: _ORDER.index(stage.step))


# --- Addresses


def scope_of(analysis):
    """Return whose analysis it is."""
    return Scope(analysis.problem.picture.district)


def address_of(analysis):
    """Return where the analysis is."""
    return reverse("cooperation:analysis", args=[scope_of(analysis).slug, analysis.pk])


def finding_address(finding):
    """Return where a finding stands in its picture, which must come with its district."""
    return f"{pictures.address_of(finding.picture)}#i-{finding.pk}"


def problem_address(problem):
    """Return where a problem stands in its picture, which must come with its district."""
    return f"{pictures.address_of(problem.picture)}#problem-{problem.pk}"


def stage_address(stage):
    """Return where a step of an analysis is written."""
    slug = STAGE_OF[stage.step].slug
    return reverse("cooperation:analysis_stage", args=[scope_of(stage.analysis).slug, stage.analysis.pk, slug])


def cause_address(cause):
    """Return where a cause is written."""
    return reverse("cooperation:analysis_cause", args=[scope_of(cause.analysis).slug, cause.analysis.pk, cause.pk])
