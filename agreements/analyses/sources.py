"""What the cause analyses add: what waits for those who make them, and that a year's problems are analysed."""

from collections import defaultdict
from datetime import timedelta

from django.db.models import Count, Max, Q
from django.urls import reverse
from django.utils import timezone

from agreements.analyses import IN_FORCE, clock_of
from agreements.enums import AnalysisState, PictureState, Producer
from agreements.facts import FACT_SOURCES, Fact, gives
from agreements.models import CauseAnalysis, PrioritisedProblem, SituationPicture
from agreements.permissions import Permission, access_of
from agreements.scope import Scope
from agreements.tasks import TASK_SOURCES, Task
from agreements.year.steps import cycles
from trygghet.words import counted

SOON = timedelta(days=60)
"""How long before the last day the year's analyses wait for those who make them."""


@TASK_SOURCES.add
def analysis_tasks(user):
    """What waits for the person: problems without a completed analysis, and analyses due again (at most 3 queries)."""
    analyses = access_of(user).reach({Permission.ANALYSE_CAUSES})
    if not analyses:
        return []
    return [*_left_to_analyse(user, analyses), *_due_again(user, analyses)]


def _left_to_analyse(user, reach):
    due = _due_soon()
    problems = PrioritisedProblem.objects.visible_to(user).filter(
        reach.condition("picture__district"),
        picture__producer=Producer.JOINT,
        picture__state__in=IN_FORCE,
        picture__year__in=due,
        is_prioritised=True,
    )
    problems = problems.exclude(analysis__state=AnalysisState.COMPLETED)
    by_place = defaultdict(list)
    for problem in problems.select_related("picture__district", "analysis").order_by("picture__year", "position"):
        by_place[problem.picture.district, problem.picture.year].append(problem)
    return [_task(Scope(district), due[year], left) for (district, year), left in by_place.items()]


def _due_soon():
    """Return year → the last day of its analyses, for the years whose day is near or has passed this year."""
    today = timezone.localdate()
    return {
        cycle.year: cycle.analysis_due
        for cycle in cycles()
        if cycle.year >= today.year and cycle.analysis_due and cycle.analysis_due <= today + SOON
    }


def _task(scope, due, left):
    places = tuple((problem.title, _where(scope, problem)) for problem in left)
    return Task(
        text=f"Analysera orsakerna till {counted(len(left), 'prioriterat', 'prioriterade')} problem",
        about=scope.name,
        address=_list_address(scope),
        due=due,
        places=places,
    )


def _where(scope, problem):
    analysis = getattr(problem, "analysis", None)
    if analysis is None:
        return _list_address(scope)
    return reverse("cooperation:analysis", args=[scope.slug, analysis.pk])


def _due_again(user, reach):
    """Analyses of the pictures in force that the law asks to be updated (P01), when a warning has begun."""
    found = CauseAnalysis.objects.visible_to(user).filter(
        reach.condition("problem__picture__district"),
        state=AnalysisState.COMPLETED,
        problem__is_prioritised=True,
        problem__picture__state__in=IN_FORCE,
    )
    by_place = defaultdict(list)
    for analysis in found.select_related("problem__picture__district").order_by("completed_on"):
        if clock_of(analysis).is_near:
            by_place[analysis.problem.picture.district].append(analysis)
    return [_update(Scope(district), analyses) for district, analyses in by_place.items()]


def _update(scope, analyses):
    return Task(
        text=f"Uppdatera {counted(len(analyses), 'orsaksanalys', 'orsaksanalyser')}",
        about=scope.name,
        address=_list_address(scope),
        due=clock_of(analyses[0]).due,
        told=("Lägesbild och analys ska uppdateras minst vartannat år (lag 2023:196).",),
        places=tuple((analysis.problem.title, _where(scope, analysis.problem)) for analysis in analyses),
    )


@FACT_SOURCES.add
@gives("analysis")
def problems_analysed(district_ids, cycle):
    """That every prioritised problem of the year's joint picture has a completed analysis: key "analysis" (1 query).

    As long as one is left there is no such fact, since the step is not done.
    """
    wanted = set(district_ids)
    completed = Q(problems__is_prioritised=True, problems__analysis__state=AnalysisState.COMPLETED)
    pictures = SituationPicture.objects.filter(
        producer=Producer.JOINT, year=cycle.year, state__in=(*IN_FORCE, PictureState.SUPERSEDED)
    )
    pictures = pictures.select_related("district").annotate(
        prioritised=Count("problems", filter=Q(problems__is_prioritised=True)),
        analysed=Count("problems", filter=completed),
        latest=Max("problems__analysis__completed_on", filter=completed),
    )
    return {
        ("analysis", picture.district_id): Fact(
            on=picture.latest,
            told=f"{picture.analysed} av {picture.prioritised} prioriterade problem är analyserade",
            address=_list_address(Scope(picture.district)),
        )
        for picture in pictures
        if picture.district_id in wanted and picture.prioritised and picture.analysed == picture.prioritised
    }


def _list_address(scope):
    return reverse("cooperation:analyses", args=[scope.slug])
