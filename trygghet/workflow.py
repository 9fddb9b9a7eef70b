"""What a workflow is made of: steps that something with a state can take, and what stands in their way."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

from django.core.exceptions import PermissionDenied
from django.db import transaction


class Blocker(NamedTuple):
    """What stands in the way of a step: a Swedish sentence, and where it is mended (or "").

    ``is_final`` if there is nothing to mend, as when the step has been taken already.
    """

    text: str
    address: str = ""
    is_final: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Transition:
    """A step from one state to another; with ``target`` None the state stays.

    ``permissions``: any one of them allows the step. ``guards`` are asked what
    stands in the way and each return a list of :class:`Blocker`. The words:
    ``label`` is on the button, ``who`` and ``does`` make a sentence
    ("Trygghetsstrategen" + "skickar planen på granskning"), ``told`` is what
    the log says was done.
    """

    name: str
    slug: str = ""  # in the address, where the step has a page of its own
    label: str
    who: str
    does: str
    told: str = ""
    sources: tuple
    target: str | None
    permissions: frozenset = frozenset()
    guards: tuple[Callable, ...] = ()
    effect: Callable | None = None
    needs_reason: bool = False
    is_back: bool = False  # away from the goal of the workflow

    def to(self, state):
        """Return the state after the step, taken in ``state``."""
        return self.target or state


class StepRefused(Exception):
    """The step cannot be taken now; nothing was done. The message is one Swedish sentence for the person.

    ``blockers`` says what has to be done first, if that is why.
    """

    def __init__(self, message, blockers=()):
        super().__init__(message)
        self.blockers = list(blockers)


class Option(NamedTuple):
    """A step as it stands for a person: whether they may take it at all, and what is in the way."""

    step: Transition
    may: bool
    blockers: list

    @property
    def is_open(self):
        """Whether the person can take the step now."""
        return self.may and not self.blockers


class Workflow:
    """A table of transitions for rows of one model, and the one way to take them.

    ``allows(user, permission, subject)`` says whether the person has the
    permission for it, ``log(subject, step, from_state, by, told, reason)``
    writes that the step was taken. A guard is called with the subject and the
    person; an effect with the subject, ``by=`` and what was given to
    :meth:`take`, and may change fields of the subject (they are saved) or
    return the sentence for the log in place of ``told``.
    """

    def __init__(self, transitions, *, allows, log):
        self.transitions, self.allows, self.log = transitions, allows, log
        self.by_name = {step.name: step for step in transitions}
        self.by_slug = {step.slug: step for step in transitions if step.slug}

    def may(self, user, step, subject):
        """Whether the person may take the step, whatever else stands in its way."""
        return any(self.allows(user, permission, subject) for permission in step.permissions)

    def options(self, subject, user):
        """Return an :class:`Option` for each step out of the state that the subject is in, in the table's order."""
        return [
            Option(step, self.may(user, step, subject), self._blockers(step, subject, user))
            for step in self.transitions
            if subject.state in step.sources
        ]

    def open_steps(self, subject, user):
        """Return the options that the person may take, also those with something in the way."""
        return [option for option in self.options(subject, user) if option.may]

    def take(self, subject, name, *, by, reason="", seen_state=None, **given):
        """Take the step and return the subject as it then is.

        Everything happens in one transaction with the row locked. Raises
        PermissionDenied if the person may not, and :class:`StepRefused` if the
        subject is no longer in a state where the step can be taken (or not in
        ``seen_state``, what the person saw), a reason is missing or a guard
        says no.
        """
        step = self.by_name[name]
        with transaction.atomic():
            subject = type(subject)._base_manager.select_for_update(of=("self",)).get(pk=subject.pk)
            if not self.may(by, step, subject):
                raise PermissionDenied(f"{step.who} {step.does}.")
            self._check(step, subject, by, reason, seen_state)
            from_state, subject.state = subject.state, step.to(subject.state)
            told = step.effect(subject, by=by, **given) if step.effect else None
            subject.save()
            self.log(subject, step, from_state, by, told or step.told, reason)
        return subject

    def _check(self, step, subject, by, reason, seen_state):
        moved = seen_state is not None and subject.state != seen_state
        if moved or subject.state not in step.sources:
            raise StepRefused(f"Det har redan ändrats till «{subject.get_state_display()}». Ingenting gjordes nu.")
        if step.needs_reason and not reason.strip():
            raise StepRefused("Skriv varför. Skälet sparas i loggen.")
        blockers = self._blockers(step, subject, by)
        if blockers:
            raise StepRefused(blockers[0].text, blockers)

    def _blockers(self, step, subject, user):
        return [blocker for guard in step.guards for blocker in guard(subject, user)]
