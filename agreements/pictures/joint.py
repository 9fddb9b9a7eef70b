"""The joint situation picture: the parties' findings merged, and the problems prioritised.

Each finding of the parties' pictures is taken over, rewritten or left out with
a reason (seed 001: the pictures are put together). Of the problems that the
joint findings show, the parties prioritise what they can influence and have
resources for (seed 003).
"""

from dataclasses import dataclass, field
from functools import cached_property

from django.db.models import ProtectedError

from agreements.enums import PictureState, Producer
from agreements.models import Finding, LeftOut, PrioritisedProblem, SituationPicture
from agreements.pictures.findings import COPIED, area_successors
from agreements.pictures.workflow import (
    INPUTS,
    NAMES,
    OWN,
    PARTIES,
    already_written,
    fresh,
    move,
    next_position,
    start,
    writing,
)
from trygghet.workflow import StepRefused

# --- Beginning


def shared_inputs(scope, year):
    """Return the parties' shared pictures of the place for the year, by producer (1 query)."""
    pictures = SituationPicture.objects.filter(district=scope.district, year=year, state=PictureState.SHARED)
    return {picture.producer: picture for picture in pictures.filter(producer__in=OWN)}


def begin(scope, year, *, by, reason=""):
    """Begin the joint picture from what the parties have shared, and return it.

    Where a party's picture is missing, the reason stands first in the summary
    (law 2023:196 asks for a picture, seed 001 for both parties'). Raises
    StepRefused if nothing is shared, if a reason is missing, or if it is begun.
    """
    inputs = shared_inputs(scope, year)
    if not inputs:
        raise StepRefused(f"Varken staden eller polisen har delat sin lägesbild för {year}.")
    missing = [producer for producer in OWN if producer not in inputs]
    if missing and not reason.strip():
        raise StepRefused(f"Skriv varför {NAMES[missing[0]]} inte är med.")
    summary = f"{_told_missing(missing[0])} {reason.strip()}" if missing else ""
    given = {INPUTS[producer]: picture for producer, picture in inputs.items()}
    return start(scope, Producer.JOINT, year, by=by, summary=summary, **given)


def _told_missing(producer):
    return (
        f"{PARTIES[producer]}s lägesbild är inte med."
        if producer == Producer.CITY
        else "Polisens lägesbild är inte med."
    )


def missing_inputs(joint, scope):
    """Return what the parties have shared after a joint draft was begun and that it does not rest on (1 query)."""
    if not joint.is_joint or joint.state != PictureState.DRAFT:
        return []
    return [
        picture for producer, picture in shared_inputs(scope, joint.year).items()
        if getattr(joint, f"{INPUTS[producer]}_id") is None
    ]  # fmt: skip


def add_input(joint, picture):
    """Let the joint picture rest on a party's picture that was shared later."""
    with writing(joint) as locked:
        name = INPUTS[picture.producer]
        if getattr(locked, f"{name}_id"):
            raise StepRefused(f"{picture} är redan med.")
        setattr(locked, name, picture)
        locked.row_version += 1
        locked.save(update_fields=[name, "row_version"])


# --- Merging


@dataclass
class InputFinding:
    """A party's finding and what the joint picture has made of it: findings that rest on it, or a reason against."""

    finding: Finding
    number: int
    taken_as: list = field(default_factory=list)
    left_out: LeftOut | None = None

    @property
    def is_handled(self):
        return bool(self.taken_as) or self.left_out is not None

    @property
    def status(self):
        """What has become of it, in words."""
        if self.left_out:
            return "Utelämnad"
        if not self.taken_as:
            return "Inte hanterad"
        same = [each for each in self.taken_as if (each.title, each.text) == (self.finding.title, self.finding.text)]
        return "Övertagen" if same else "Omskriven"


@dataclass
class Side:
    """A party's column: its picture (None if it is missing) and its findings."""

    producer: Producer
    picture: SituationPicture | None
    findings: list

    @property
    def party(self):
        return PARTIES[self.producer]


class Merge:
    """How far the merging has come; a fixed number of queries however many findings."""

    def __init__(self, joint):
        self.joint = joint

    @cached_property
    def inputs(self):
        """The pictures that the joint one rests on, by producer."""
        found = {Producer.CITY: self.joint.city_input, Producer.POLICE: self.joint.police_input}
        return {producer: picture for producer, picture in found.items() if picture}

    @cached_property
    def sides(self):
        """The two parties' columns."""
        by_picture = {}
        findings = Finding.objects.filter(picture__in=self.inputs.values()).order_by("picture", "position")
        for finding in findings.select_related("area", "source").prefetch_related("places", "attachments"):
            rows = by_picture.setdefault(finding.picture_id, [])
            rows.append(
                InputFinding(finding, len(rows) + 1, self._taken.get(finding.pk, []), self._left_out.get(finding.pk))
            )
        return [
            Side(producer, picture, by_picture.get(picture.pk, []) if picture else [])
            for producer, picture in ((each, self.inputs.get(each)) for each in OWN)
        ]

    @cached_property
    def _taken(self):
        taken = {}
        joint_findings = Finding.objects.filter(picture=self.joint).order_by("position").prefetch_related("origins")
        for number, finding in enumerate(joint_findings, 1):
            finding.number = number
            for origin in finding.origins.all():
                taken.setdefault(origin.pk, []).append(finding)
        return taken

    @cached_property
    def _left_out(self):
        return {row.finding_id: row for row in LeftOut.objects.filter(joint=self.joint)}

    @cached_property
    def all(self):
        """Every finding of the parties, the city's first."""
        return [row for side in self.sides for row in side.findings]

    @property
    def total(self):
        return len(self.all)

    @property
    def handled(self):
        return sum(row.is_handled for row in self.all)

    @property
    def open(self):
        return self.total - self.handled

    @property
    def told(self):
        """How far it has come: "12 av 15 hanterade"."""
        return f"{self.handled} av {self.total} hanterade"

    def first_open(self):
        """Return the first finding that is not handled, None if all are."""
        return next((row for row in self.all if not row.is_handled), None)


def input_findings(joint):
    """Return the findings of the pictures that the joint one rests on."""
    pictures = [pk for pk in (joint.city_input_id, joint.police_input_id) if pk]
    return Finding.objects.filter(picture__in=pictures)


def take_over(joint, finding):
    """Copy a party's finding to the joint picture as it stands, and return the copy.

    It is no longer left out. Raises StepRefused if the joint picture already rests on it.
    """
    with writing(joint) as locked:
        _not_taken_over(locked, finding)
        LeftOut.objects.filter(joint=locked, finding=finding).delete()
        values = {name: getattr(finding, name) for name in COPIED}
        area = area_successors(finding.picture.year, locked.year).get(finding.area_id)
        copy = Finding(picture=locked, position=next_position(locked.findings), area_id=area, **values)
        copy.save()
        copy.places.set(finding.places.all())
        copy.origins.set([finding])
    return copy


def leave_out(joint, finding, reason):
    """Leave a party's finding out of the joint picture, with the reason; raises StepRefused if it is in it."""
    with writing(joint) as locked:
        _not_taken_over(locked, finding)
        LeftOut.objects.update_or_create(joint=locked, finding=finding, defaults={"reason": reason})


def bring_back(joint, finding):
    """Take back that a finding is left out: it waits to be handled again."""
    with writing(joint) as locked:
        LeftOut.objects.filter(joint=locked, finding=finding).delete()


def _not_taken_over(joint, finding):
    taken = joint.findings.filter(origins=finding).first()
    if taken:
        raise StepRefused(f"Den gemensamma iakttagelsen «{taken}» bygger redan på den. Ändra eller ta bort den där.")


# --- Prioritising


def write_problem(joint, values, *, uid, seen):
    """Write a problem and return it: a new one if ``seen`` is None. Raises StaleRow and StepRefused."""
    with writing(joint) as locked:
        if seen is None:
            if problem := already_written(locked, PrioritisedProblem, uid):
                return problem
            problem = PrioritisedProblem(uid=uid, picture=locked, position=next_position(locked.problems))
        else:
            problem = fresh(PrioritisedProblem(uid=uid), seen)
        values = dict(values)
        many = {name: values.pop(name) for name in ("findings", "places")}
        for name, value in values.items():
            setattr(problem, name, value)
        problem.save()
        for name, rows in many.items():
            getattr(problem, name).set(rows)
    return problem


def remove_problem(joint, problem, *, seen):
    """Take the problem away.

    Raises StaleRow if it is not as the person saw it, StepRefused once it is analysed or a plan rests on it.
    """
    with writing(joint):
        current = fresh(problem, seen)
        try:
            current.delete()
        except ProtectedError as error:
            raise StepRefused(
                f"Problemet «{current}» är analyserat eller används i en åtgärdsplan, så det kan inte tas bort. "
                "Ange i stället att det inte prioriteras, och skriv varför."
            ) from error


def move_problem(joint, problem, step):
    """Move the problem a step up (-1) or down (1); False if it already stands first or last."""
    with writing(joint) as locked:
        return move(locked.problems.all(), problem, step)
