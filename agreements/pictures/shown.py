"""A situation picture as it is read: its findings with what they rest on, its problems, and what answers them."""

from dataclasses import dataclass
from functools import cached_property

from agreements.enums import PictureState, Producer
from agreements.mentions import ANSWERED_FINDINGS
from agreements.models import Finding
from agreements.pictures.workflow import OWN, clock_of
from agreements.scope import Scope
from trygghet.words import counted

# The legal meaning of sharing (domain F5, D7), in words for the one who presses the button.
HANDED_OVER = (
    "När du delar lämnas lägesbilden till {other}, som är en annan myndighet, och blir en allmän handling där. "
    "Det går inte att ta tillbaka, och loggen visar vem som delade och när."
)
MEANS = {
    "share": lambda picture: (
        f"{picture} har {_findings_of(picture)}.",
        HANDED_OVER.format(other="polisen" if picture.producer == Producer.CITY else "staden"),
        "Alla som arbetar med lägesbilderna här kan läsa den. Efter delningen går den inte att ändra: det som "
        "tillkommer skrivs i nästa års lägesbild, eller i den gemensamma.",
    ),
    "prioritise": lambda picture: (
        "Styrgruppen får lägesbilden för att fastställa den, och alla som arbetar med lägesbilderna kan läsa den. "
        "Medan den väntar kan ingen ändra i den. Ni kan ta tillbaka den.",
    ),
    "confirm": lambda picture: (
        "Registrera det som styrgruppen har bestämt. Lägesbilden gäller sedan i 24 månader, och ersätter den som "
        "gäller nu. Den går inte att ändra.",
    ),
    "reopen": lambda picture: (
        "Lägesbilden blir utkast igen och bara de som gör den kan läsa den tills den lämnas på nytt.",
    ),
    "discard": lambda picture: (
        f"{picture} töms. {_findings_of(picture)} med bilagor och allt annat i utkastet försvinner "
        "och går inte att få tillbaka. Loggen visar att utkastet har funnits och vem som slängde det.",
        "Parternas egna lägesbilder berörs inte. Ni kan börja den gemensamma på nytt."
        if picture.is_joint
        else "Ingen annan har läst det. Ni kan börja på nytt.",
    ),
}
DONE = {
    "share": lambda picture: "Lägesbilden är delad.",
    "prioritise": lambda picture: "Lägesbilden väntar nu på styrgruppen.",
    "confirm": lambda picture: "Lägesbilden är fastställd.",
    "reopen": lambda picture: "Lägesbilden är utkast igen.",
    "discard": lambda picture: "Utkastet är slängt.",
}
IN_USE = (PictureState.PRIORITISED, PictureState.CONFIRMED, PictureState.SUPERSEDED)


def _findings_of(picture):
    return counted(picture.findings.count(), "iakttagelse", "iakttagelser")


def place_of(picture):
    """Return what the picture's place is called in addresses."""
    return Scope(picture.district).slug


def what_rests_on(row):
    """Return what is left without something when the finding or problem is removed, a Swedish sentence each."""
    if not isinstance(row, Finding):
        return []
    told = [f"Problemet «{problem}» bygger på den." for problem in row.problems.all()]
    if row.origins.exists():
        told.append("Parternas iakttagelser som den bygger på behöver hanteras på nytt.")
    files = row.attachments.count()
    if files:
        told.append("Den bifogade filen tas också bort." if files == 1 else f"{files} bifogade filer tas också bort.")
    return told


@dataclass(frozen=True, kw_only=True)
class ShownFinding:
    """A finding as it stands in the picture; ``mentions`` are the plans' rows that rest on it."""

    finding: Finding
    number: int
    is_first: bool
    is_last: bool
    mentions: list

    @property
    def caption(self):
        """What its table is called to a screen reader."""
        return f"Tabell till iakttagelse {self.number}"


@dataclass(frozen=True, kw_only=True)
class ShownProblem:
    """A problem of a joint picture, with the numbers of its findings and the plans' rows that rest on those."""

    problem: object
    number: int
    findings: list
    mentions: list


class Shown:
    """What the page of a picture shows to a person; a fixed number of queries however much it holds.

    With ``only_open`` the findings that no plan answers.
    """

    def __init__(self, picture, user, *, only_open=False):
        self.picture, self.user = picture, user
        self.only_open = only_open and self.can_be_answered

    @property
    def can_be_answered(self):
        """Whether plans stand on it: a joint picture that has been prioritised."""
        return self.picture.is_joint and self.picture.state in IN_USE

    @cached_property
    def all_findings(self):
        """Every finding, in order."""
        fetched = ("places", "attachments", "origins__picture", "origins__attachments")
        rows = self.picture.findings.select_related("area", "source").prefetch_related(*fetched)
        rows = list(rows.order_by("position"))
        return [
            ShownFinding(
                finding=row, number=number, is_first=number == 1, is_last=number == len(rows),
                mentions=self._answers.get(str(row.uid), []),
            )
            for number, row in enumerate(rows, 1)
        ]  # fmt: skip

    @property
    def findings(self):
        """The findings to show."""
        return [row for row in self.all_findings if not (self.only_open and row.mentions)]

    @property
    def unanswered(self):
        """How many findings no plan answers."""
        return sum(not row.mentions for row in self.all_findings)

    @cached_property
    def _answers(self):
        if not self.can_be_answered:
            return {}
        found = {}
        for source in ANSWERED_FINDINGS:
            for uid, mentions in source(self.picture, self.user).items():
                found.setdefault(str(uid), []).extend(mentions)
        return found

    @cached_property
    def problems(self):
        """Every problem, in order."""
        numbers = {row.finding.pk: row for row in self.all_findings}
        shown = []
        for number, problem in enumerate(
            self.picture.problems.select_related("area").prefetch_related("findings", "places"), 1
        ):
            rests_on = [numbers[finding.pk] for finding in problem.findings.all() if finding.pk in numbers]
            rests_on.sort(key=lambda row: row.number)
            mentions = list(dict.fromkeys(mention for row in rests_on for mention in row.mentions))
            shown.append(ShownProblem(problem=problem, number=number, findings=rests_on, mentions=mentions))
        return shown

    @property
    def prioritised(self):
        return [row for row in self.problems if row.problem.is_prioritised]

    @property
    def left(self):
        """The problems that are not prioritised, with a reason."""
        return [row for row in self.problems if row.problem.is_prioritised is False]

    @property
    def undecided(self):
        return [row for row in self.problems if row.problem.is_prioritised is None]

    @cached_property
    def left_out(self):
        """The parties' findings that the joint picture does not take over, with the reasons."""
        return list(self.picture.left_out.select_related("finding__picture").order_by("finding__picture", "pk"))

    @cached_property
    def log(self):
        """The steps the picture has taken, the latest first."""
        return list(self.picture.steps.select_related("by"))

    @property
    def lacks_place(self):
        """Whether no finding names a delimited place, which a local picture is to do (seed 001, P03)."""
        is_local = self.picture.district_id is not None
        return is_local and not any(row.finding.places.all() for row in self.all_findings)

    @property
    def inputs(self):
        """The parties' pictures that a joint one rests on; None where one is missing."""
        return [(producer.label, picture) for producer, picture in zip(OWN, self._inputs, strict=True)]

    @property
    def _inputs(self):
        return (self.picture.city_input, self.picture.police_input)

    @property
    def clock(self):
        return clock_of(self.picture)
