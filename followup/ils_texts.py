"""The texts for the city's own reporting (ILS) as one person may read them: what they are built of, and as of when."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from django.urls import reverse
from django.utils import formats, timezone

from agreements.permissions import Permission, access_of
from agreements.scope import lookup_of
from followup import ils, progress, summary_paper
from followup.enums import ObstacleState
from followup.models import FollowUp, Obstacle, ProgressNote
from plans.models import PlanVersion
from plans.outline import Outline
from plans.versions import document_of
from trygghet.dates import day
from trygghet.words import counted

P, S = Permission, ObstacleState
TAKEN_AWAY = (S.WITHDRAWN, S.MERGED)
"""Obstacles that are taken back, or told of as another one, are not told of."""
NO_HINDER = "Hinder ingår inte, eftersom din roll inte läser dem. Trygghetsstrategen kan ta fram texten med hinder."
LIFTED_HINDER = "Av hindren ingår de som stadsdelen har lyft till staden."
ONLY_THE_DISTRICTS = "Tertialtexterna byggs av stadsdelens anteckningar, som bara stadsdelen själv läser."
YEAR = "verksamhetsberattelse"


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    """A text to paste: its address, what it is called, and ``why_not`` where there is none to paste.

    ``basis`` says what it is built of and as of which day; ``state`` how far
    what it tells has come ("" for what no one decides on).
    """

    slug: str
    title: str
    words: str = ""
    basis: str = ""
    why_not: str = ""
    state: str = ""
    is_draft: bool = False

    @property
    def size(self):
        """How many characters there are to paste."""
        return len(self.words)


def address_of(plan):
    """Return where the texts of the plan are."""
    return reverse("followup:ils", args=[plan.scope.slug, plan.year])


class Texts:
    """The texts about a place's plan for a year, as far as the person reads what they are built of.

    ``plan`` is None for somebody who reads neither the notes nor the follow-up.
    """

    def __init__(self, user, slug, year, today=None):
        self.user, self.today = user, today or timezone.localdate()
        where = {**lookup_of(slug, "plan__district"), "plan__cycle__year": year}
        self.follow_up = _follow_ups(user).filter(**where).first()
        versions = PlanVersion.objects.visible_to(user).filter(**where).with_place().order_by("number")
        self.versions = list(versions)
        self.plan = self._plan()

    def _plan(self):
        of_version = self.versions[-1].plan if self.versions else None
        self.reads_notes = bool(of_version) and access_of(self.user).allows(P.READ_FOLLOW_UP, of_version.district_id)
        if self.follow_up:
            return self.follow_up.plan
        return of_version if self.reads_notes else None

    @cached_property
    def all(self):
        """Every :class:`Text`, in the order of the year."""
        return [*map(self._tertial, ils.periods(self.plan.year)), self._year()]

    def find(self, slug):
        """Return the text with that address that can be pasted, or None."""
        return next((text for text in self.all if text.slug == slug and text.words), None)

    # --- Tertial

    def _tertial(self, period):
        about = {"slug": period.slug, "title": f"{period.title} {self.plan.year}"}
        if not self.reads_notes:
            return Text(**about, why_not=ONLY_THE_DISTRICTS)
        if self.today < period.first:
            return Text(**about, why_not=f"Perioden börjar {day(period.first)}.")
        version = self._version_at(period.last)
        notes = [note for note in self.notes if period.first <= note.on <= period.last]
        until = min(period.last, self.today)
        words = [summary_paper.version_told(version), _built_of(notes, period), f"Texten togs fram {day(self.today)}."]
        basis = " ".join(filter(None, [*words, self._about_hinder()]))
        text = ils.tertial_text(
            self.documents[version.pk],
            period,
            head=[*self._head(about["title"]), *self._late(version, period)],
            notes=[self._note(note) for note in notes],
            hinder=self._hinder_on(until),
            basis=basis,
        )
        return Text(**about, words=text, basis=basis)

    def _version_at(self, last):
        """Return the version that was in force at the end of the period; the first one if none was."""
        decided = [version for version in self.versions if version.decided_on <= last]
        return decided[-1] if decided else self.versions[0]

    def _late(self, version, period):
        if version.decided_on <= period.last:
            return []
        return [f"Planen beslutades först {day(version.decided_on)}, efter perioden."]

    @cached_property
    def documents(self):
        """The plan as each version says, by the version's id."""
        return {version.pk: document_of(version) for version in self.versions}

    @cached_property
    def notes(self):
        """The plan's notes that the person reads, the first one first (1 query)."""
        return list(ProgressNote.objects.visible_to(self.user).filter(plan=self.plan).order_by("on", "at"))

    @cached_property
    def names(self):
        """What each action that has ever been decided is called, by its identity: as it was decided last."""
        return {
            action.uid: action.text
            for document in self.documents.values()
            for action in Outline(document).of_kind["action"]
        }

    def _note(self, note):
        uid = str(note.action)
        return ils.Note(action=uid, name=ils.named(self.names.get(uid, "")), told=" ".join(progress.told(note).split()))

    # --- The year

    def _year(self):
        about = {"slug": YEAR, "title": f"Verksamhetsberättelse {self.plan.year}"}
        if self.follow_up is None:
            return Text(**about, why_not=self._not_open())
        told = summary_paper.basis_of(self.follow_up)
        plan, document = summary_paper.read(self.follow_up)
        basis = " ".join(filter(None, [told.told, self._about_hinder()]))
        draft = [f"{told.state}: styrgruppen har inte godkänt uppföljningen, så texten kan ändras."]
        text = ils.year_text(
            plan,
            document,
            head=[*self._head(about["title"]), *(draft if told.is_draft else [])],
            hinder=self._hinder_on(self.today),
            basis=basis,
        )
        return Text(**about, words=text, basis=basis, state=told.state, is_draft=told.is_draft)

    def _not_open(self):
        opens = self.plan.cycle.follow_up_opens
        if opens and opens > self.today:
            return f"Texten byggs av uppföljningen, som öppnas {day(opens)}."
        return "Texten byggs av uppföljningen, som inte är öppnad än."

    def _head(self, title):
        called = f"{title}: {self.plan.name}, {self.plan.scope.mid_phrase}"
        return [called, "Exempeldata: innehållet är påhittat."] if self.plan.is_example else [called]

    # --- The obstacles

    @cached_property
    def obstacles(self):
        """The plan's obstacles that the person reads, the first one first (2 queries)."""
        found = Obstacle.objects.visible_to(self.user).filter(plan=self.plan).exclude(state__in=TAKEN_AWAY)
        return list(found.prefetch_related("steps").order_by("reported_at"))

    def _hinder_on(self, on):
        return [told for obstacle in self.obstacles if (told := _hinder(obstacle, on))]

    def _about_hinder(self):
        """Say which obstacles the text does not tell of, because the person does not read them."""
        access, place = access_of(self.user), self.plan.district_id
        if access.allows(P.READ_OBSTACLES, place):
            return ""
        return LIFTED_HINDER if access.allows(P.READ_ESCALATED_OBSTACLES, place) else NO_HINDER


def _follow_ups(user):
    """Return the follow-ups that the person reads, with all that a text names."""
    found = FollowUp.objects.visible_to(user).with_place()
    return found.select_related(
        "plan__district", "plan__cycle", "version__plan__district", "version__plan__cycle", "approved"
    )


def _built_of(notes, period):
    days = f"{formats.date_format(period.first, 'j F')}–{day(period.last)}"
    if not notes:
        return f"Inga anteckningar är daterade {days}."
    return f"{counted(len(notes), 'anteckning daterad', 'anteckningar daterade')} {days}."


def _hinder(obstacle, on):
    """Return the obstacle as it stood when the day was over, None if it was not reported yet."""
    reported = timezone.localdate(obstacle.reported_at)
    steps = [
        step for step in sorted(obstacle.steps.all(), key=lambda step: step.pk) if timezone.localdate(step.at) <= on
    ]
    if reported > on:
        return None
    state = S(steps[-1].to_state if steps else S.REPORTED)
    return ils.Hinder(
        action=str(obstacle.action or ""),
        title=obstacle.title,
        reported_on=reported,
        state=state.label,
        is_open=state not in (S.RESOLVED, S.CLOSED),
        answer=next((step.reason for step in reversed(steps) if step.reason), ""),
    )


def file_name(text, plan):
    """Return the name people find the text by, such as "Tertial 1 2025 Skärholmen.txt"."""
    title = text.title.split(",")[0]
    title = title if str(plan.year) in title else f"{title} {plan.year}"
    return f"{title} {plan.scope}{' utkast' if text.is_draft else ''}.txt"
