"""A joint picture with prioritised problems, and a worked-through analysis, for what is tested of causes."""

from datetime import date, datetime

from django.utils import timezone

from agreements import analyses, places
from agreements.enums import AssumptionState, PictureState, Producer
from agreements.enums import TriangleSide as Side
from agreements.models import Finding, Place, PrioritisedProblem, SituationPicture


def joint_picture(cast, *, district="own", year=2025, state=PictureState.CONFIRMED, confirmed_on=date(2025, 1, 20)):
    """The parties' joint picture of Skärholmen, confirmed unless told."""
    return SituationPicture.objects.create(
        district=cast.district if district == "own" else district,
        producer=Producer.JOINT,
        year=year,
        title=f"Gemensam lägesbild {year}",
        state=state,
        shared_at=timezone.make_aware(datetime(2024, 11, 5, 10)),
        confirmed_on=confirmed_on if state == PictureState.CONFIRMED else None,
    )


def finding(picture, title, *about, position=None, **values):
    """A finding of the picture, about the places."""
    position = position or picture.findings.count() + 1
    found = Finding.objects.create(picture=picture, position=position, title=title, **values)
    found.places.set(about)
    return found


def problem(picture, title, *, findings=(), about=(), is_prioritised=True, area=None):
    """A problem of the picture, prioritised unless told."""
    found = PrioritisedProblem.objects.create(
        picture=picture,
        position=picture.problems.count() + 1,
        title=title,
        is_prioritised=is_prioritised,
        reason="" if is_prioritised else "Parterna kan inte påverka det.",
        area=area,
    )
    found.findings.set(findings)
    found.places.set(about)
    return found


def place(cast, name="Vårbergs torg", slug="", **values):
    """A place in Skärholmen."""
    values = {"district": cast.district, "valid_from": date(2024, 1, 1)} | values
    return Place.objects.create(name=name, slug=slug or places.slug_of(name), **values)


def cause(analysis, text, *, side=Side.CONTROL, findings=(), about=(), **values):
    """A cause last in the analysis."""
    values = {"text": text, "side": side} | values
    return analyses.add_cause(analysis, values, findings=findings, places=about)


def work_through(analysis, *, by):
    """Do the five steps of an analysis that has its causes, and complete it."""
    for stage in analyses.in_order(analysis.stages.all()):
        values = {"participants": "Kommunpolis, trygghetsstrateg", "notes": "Se underlaget."}
        stage = analyses.write_stage(stage, values, version=stage.row_version, by=by)
        analyses.STAGE_WORKFLOW.take(stage, "finish_stage", by=by)
    return analyses.WORKFLOW.take(analysis, "complete", by=by)


class Analysed:
    """Skärholmen's joint picture with two prioritised problems, of which one is being analysed."""

    def __init__(self, cast, *, picture=None):
        self.picture = picture or joint_picture(cast)
        self.place = place(cast)
        self.finding = finding(self.picture, "Öppen narkotikahandel vid tunnelbanan", self.place, trend="increasing")
        area = cast.area_set.areas.get(code="otrygga-platser")
        self.problem = problem(
            self.picture, "Narkotikahandel på Vårbergs torg", findings=[self.finding], about=[self.place], area=area
        )
        self.other = problem(self.picture, "Bedrägerier mot äldre")
        self.analysis = analyses.begin(self.problem, by=cast.editor)
        self.cause = cause(
            self.analysis,
            "Torget är mörkt och utan insyn",
            findings=[self.finding],
            about=[self.place],
            evidence="Trygghetsvandring i mars.",
            assumption=AssumptionState.SUPPORTED,
            is_chosen=True,
        )
