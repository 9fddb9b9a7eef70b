"""What people say about a plan, and the one way to say it.

A comment is on the plan, on a row of it or on a cell of a row. It is open
until it is resolved; an answer does not resolve it. Who may comment follows
from the state of the plan (:data:`WRITE_PERMISSIONS`), who may resolve from
who wrote the comment. Nothing here changes a word of the plan.
"""

from __future__ import annotations

from typing import NamedTuple
from uuid import uuid4

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Count, Prefetch, Q
from django.utils import timezone

from agreements.enums import Role
from agreements.models import GroupMembership
from agreements.permissions import (
    PERMISSIONS,
    PERMISSIONS_IN_CITY,
    SEAT,
    Permission,
    access_of,
    access_of_anybody,
    role_of,
)
from plans.actors import said_of
from plans.document import clean_text
from plans.enums import CommentKind, CommentState, PlanState
from plans.errors import GoneRow
from plans.grid import AREA_LINES, COLUMNS
from plans.models import MAX_COMMENT, Action, ActionPlan, Answer, Cause, Comment, PlanArea, Problem
from plans.operations import MAIN_FIELD
from plans.permissions import DECIDED_STATES
from trygghet.dates import moment
from trygghet.privacy import REFUSAL, identity_numbers
from trygghet.workflow import StepRefused, Transition

P = Permission
UNRESOLVED = (CommentState.OPEN, CommentState.ANSWERED)

COMMENT_TRANSITIONS = (
    Transition(
        name="answer", label="Svara", who="Alla som kommenterar planen just då", does="svarar",
        sources=UNRESOLVED, target=CommentState.ANSWERED,
    ),
    Transition(
        name="resolve", label="Markera som löst",
        who="Den som skrev kommentaren eller trygghetsstrategen; det som måste åtgärdas: den som skrev det eller "
        "någon med samma roll i stadsdelen, och när ingen har den rollen trygghetsstrategen, som skriver varför",
        does="markerar kommentaren som löst", sources=UNRESOLVED, target=CommentState.RESOLVED,
    ),
    Transition(
        name="reopen", label="Öppna igen", who="De som också hade fått markera kommentaren som löst",
        does="öppnar kommentaren igen", sources=(CommentState.RESOLVED,), target=CommentState.OPEN,
        needs_reason=True, is_back=True,
    ),
)  # fmt: skip
BY_NAME = {step.name: step for step in COMMENT_TRANSITIONS}

# Which permission lets a person comment in each state of the plan, and who they are, for the one who may not.
WRITE_PERMISSIONS = {PlanState.DRAFT: P.COMMENT_DRAFT, PlanState.IN_REVIEW: P.COMMENT_REVIEW,
                     PlanState.READY_FOR_DECISION: P.COMMENT_READY} | dict.fromkeys(
    DECIDED_STATES, P.COMMENT_DECIDED
)  # fmt: skip
WRITERS = {
    P.COMMENT_DRAFT: "trygghetsstrategen och kommunpolisen",
    P.COMMENT_REVIEW: "stadsdelens beredningsgrupp, arbetsgrupper och styrgrupp",
    P.COMMENT_READY: "trygghetsstrategen och kommunpolisen",
    P.COMMENT_DECIDED: "trygghetsstrategen, kommunpolisen och stadens centrala beredningsgrupp",
}
READ_PERMISSIONS = {P.READ_COMMENTS, P.READ_CITY_COMMENTS}
# Who may say that something has to be mended before the decision, beside the steering group.
MUST_FIX_PERMISSIONS = (P.REVIEW_FOR_CITY, P.REVIEW_FOR_POLICE, P.DECIDE)
STEERING = {Role.LOCAL_STEERING, Role.STEERING_CHAIR, Role.CITY_STEERING, Role.CITY_STEERING_CHAIR}
MUST_FIX_ROLES = STEERING | {
    role
    for table in (PERMISSIONS, PERMISSIONS_IN_CITY)
    for role, given in table.items()
    if given & set(MUST_FIX_PERMISSIONS)
}

ROWS = {"area": PlanArea, "problem": Problem, "cause": Cause, "action": Action}
CELLS = {
    kind: {column.field: column.header for column in (*AREA_LINES, *COLUMNS) if column.kind == kind} for kind in ROWS
}
"""The cells that can be commented, by kind of row: field → the column's header."""


class CommentRefused(StepRefused):
    """The text cannot be kept as it is; nothing was written. The message says what to do."""


# --- Who may


def check_read(user, plan):
    """Raise PermissionDenied with the reason for who may read the plan but not what is said about it."""
    access = access_of(user)
    if not any(access.allows(permission, plan.district_id) for permission in READ_PERMISSIONS):
        raise PermissionDenied(
            "Kommentarerna läses av stadsdelens och polisens grupper som arbetar med planen, och av stadens centrala "
            "beredningsgrupp när planen är inskickad."
        )


def check_write(user, plan):
    """Raise PermissionDenied with the reason unless the user may comment the plan in the state it is in."""
    needed = WRITE_PERMISSIONS[plan.state]
    if not access_of(user).allows(needed, plan.district_id):
        state = PlanState(plan.state).label
        raise PermissionDenied(said_of(plan, f"När planen har status {state} kommenteras den av {WRITERS[needed]}."))


def may(check, user, plan):
    """Whether the check (check_read or check_write) lets the user through."""
    try:
        check(user, plan)
    except PermissionDenied:
        return False
    return True


def may_require(user, plan):
    """Whether the user may say that something has to be mended («Måste åtgärdas»), which stops the decision.

    Of those who may comment: the two that say «Granskad», and the local
    steering group. Everybody else asks or comments.
    """
    access = access_of(user)
    reviews = any(access.allows(permission, plan.district_id) for permission in MUST_FIX_PERMISSIONS)
    return reviews or _sits_in_steering(access, plan.district_id)


def _sits_in_steering(access, district_id):
    """Whether the person sits in the steering group that decides on the plan."""
    role = Role.CITY_STEERING if district_id is None else Role.LOCAL_STEERING
    return access.has_role(role, district_id)


def may_resolve(user, comment, anybody=None):
    """Whether the user may resolve the comment or open it again, by who they are; the plan's state is asked elsewhere.

    A comment or question: its author or the editor. A must-fix: its author or
    one of the same role in the district, so that nobody waves off what the
    other party requires. While nobody has that role the editor
    :func:`stands in <stands_in>`.
    """
    return _is_theirs(user, comment) or stands_in(user, comment, anybody)


def stands_in(user, comment, anybody=None):
    """Whether the user resolves a must-fix for want of anybody in the district with the role its author had.

    That is the editor, who then has to say why. ``anybody`` returns what
    :func:`~agreements.permissions.access_of_anybody` says of the district; it is called
    only if it has to be, and one who asks of many comments gives one that remembers.
    """
    may_edit = access_of(user).allows(P.EDIT_PLAN, comment.plan.district_id)
    return may_edit and not _is_theirs(user, comment) and is_left_alone(comment, anybody)


def is_left_alone(comment, anybody=None):
    """Whether nobody in the district has, today, the role its author required it in; arguments as :func:`stands_in`."""
    if comment.by.is_active and _roles_behind(comment) & roles_of_author(comment, timezone.localdate()):
        return False  # the author is still there, which most often is known already
    return not _has_role(anybody() if anybody else access_of_anybody(comment.plan.district_id), comment)


def _is_theirs(user, comment):
    if comment.by_id == user.pk:
        return True
    if comment.kind != CommentKind.MUST_FIX:
        return access_of(user).allows(P.EDIT_PLAN, comment.plan.district_id)
    return _has_role(access_of(user), comment)


def _has_role(access, comment):
    """Whether a role that is behind the must-fix is among those that the access is made of."""
    return any(access.has_role(role, comment.plan.district_id) for role in _roles_behind(comment))


def vacancy_told(comment):
    """Say, as a sentence, which role nobody has; for a must-fix that :func:`is_left_alone`."""
    roles = " eller ".join(sorted(Role(role).label.lower() for role in _roles_behind(comment)))
    return f"Ingen i stadsdelen har i dag {f'rollen {roles}' if roles else f'samma roll som {comment.by} hade'}."


def _roles_behind(comment):
    """Return the roles that let the author write the must-fix; a seat in a working group as well is none of them."""
    held = roles_of_author(comment) & MUST_FIX_ROLES
    return held | STEERING if held & STEERING else held  # the steering group is one, whoever chairs it


def roles_of_author(comment, day=None):
    """Return the roles that the author had when the comment was written, or on the day, in the district or the city.

    The author may have left since, and a successor is to be able to resolve.
    One query, unless the comment comes from :func:`for_list`.
    """
    day = day or timezone.localdate(comment.at)
    seats = comment.by.memberships.all()
    if "memberships" not in getattr(comment.by, "_prefetched_objects_cache", {}):
        seats = seats.select_related(*SEAT)
    return {
        role_of(seat)
        for seat in seats
        if seat.group.district_id in (None, comment.plan.district_id)
        and all(_holds(dated, day) for dated in (seat, seat.group))
    }


def _holds(dated, day):
    return dated.valid_from <= day and (dated.valid_to is None or day <= dated.valid_to)


def for_list(comments):
    """Bring along what a list shows of each comment: who, the answers, the author's seats (2 more queries)."""
    seats = GroupMembership.objects.select_related(*SEAT)
    return comments.select_related("plan", "by", "resolved_by").prefetch_related(
        Prefetch("answers", Answer.objects.select_related("by")), Prefetch("by__memberships", seats)
    )


# --- Saying something


def cleaned(text):
    """Return the text as it is kept; raise CommentRefused if it is empty, too long or names an individual."""
    text = clean_text(text).strip()
    if not text:
        raise CommentRefused("Skriv något.")
    if len(text) > MAX_COMMENT:
        raise CommentRefused(f"Texten är {len(text)} tecken. Högst {MAX_COMMENT} får plats. Korta den.")
    if identity_numbers(text):
        raise CommentRefused(REFUSAL)
    return text


@transaction.atomic
def write(plan, text, kind, *, by, row=None, field="", uid=None):
    """Write a comment of a :class:`CommentKind` about the plan, one of its rows or a cell of it; return it.

    ``row`` is the row's uid; ``field`` one of :data:`CELLS` for its kind.
    ``uid`` is what the comment is to be called: the same one sent twice by the
    same person is written once. Raises ActionPlan.DoesNotExist for a plan the person may not
    see, PermissionDenied with the reason, GoneRow when the row is no longer
    there and CommentRefused for the text.
    """
    plan = _plan_now(plan, by)
    kind = CommentKind(kind)
    if kind == CommentKind.MUST_FIX and not may_require(by, plan):
        refusal = "Det är trygghetsstrategen, kommunpolisen och styrgruppen som skriver vad som måste åtgärdas."
        raise PermissionDenied(f"{said_of(plan, refusal)} Skriv det som kommentar eller fråga.")
    text = cleaned(text)
    already = Comment.objects.filter(uid=uid).first() if uid else None
    if already and (already.by_id, already.plan_id) == (by.pk, plan.pk):
        return already
    about = _about(plan, row, field)
    return Comment.objects.create(
        uid=uid if uid and not already else uuid4(), plan=plan, version=plan.version, made_in=plan.state,
        kind=kind, text=text, by=by, **about,
    )  # fmt: skip


def _plan_now(plan, by):
    """Return the plan as it now stands, for one who may comment it now."""
    plan = ActionPlan.objects.visible_to(by).select_related("district", "cycle").get(pk=plan.pk)
    check_write(by, plan)
    return plan


def _about(plan, row, field):
    """Return what a comment keeps of its place; raise GoneRow if the plan has no such row or cell."""
    if not row:
        return {}
    kind, found = find_row(plan, row)
    if found is None or (field and field not in CELLS[kind]):
        raise GoneRow
    return {"row": found.uid, "row_kind": kind, "field": field, "quote": text_of(kind, found, field)}


def find_row(plan, uid):
    """Return (kind, row) of the plan's row with that uid, ("", None) if there is none (at most 4 queries)."""
    for kind, model in reversed(ROWS.items()):
        found = model.objects.filter(plan=plan, uid=uid).first()
        if found:
            return kind, found
    return "", None


def text_of(kind, row, field=""):
    """Return what stands in a cell of a row; without a field, what says what the row is."""
    if kind == "area" and not field:
        return str(row)
    return getattr(row, field or MAIN_FIELD[kind])


@transaction.atomic
def answer(comment, text, *, by):
    """Answer a comment; return the :class:`~plans.models.Answer`.

    A comment that has been resolved meanwhile stays resolved and keeps the
    answer; ``answer.comment.state`` tells. The same words sent twice in a row are
    kept once. Raises as :func:`write`, and Comment.DoesNotExist.
    """
    comment = _locked(comment, by)
    said = _said(comment, cleaned(text), by)
    if comment.state in BY_NAME["answer"].sources:
        _move(comment, "answer")
    return said


@transaction.atomic
def resolve(comment, *, by, text=""):
    """Say that a comment is dealt with, with an answer if there is a text; return the comment.

    Raises PermissionDenied for who is not to say it, StepRefused when
    somebody has already done it, CommentRefused when one who stands in for
    another does not say why, and as :func:`answer`.
    """
    comment = _locked(comment, by)
    _check_may_resolve(comment, by)
    if comment.state not in BY_NAME["resolve"].sources:
        raise StepRefused(f"Kommentaren är redan löst, av {comment.resolved_by} {moment(comment.resolved_at)}.")
    if not text.strip() and stands_in(by, comment):
        raise CommentRefused("Skriv varför det som skulle åtgärdas är löst.")
    if text.strip():
        _said(comment, cleaned(text), by)
    comment.resolved_by, comment.resolved_at = by, timezone.now()
    return _move(comment, "resolve")


@transaction.atomic
def reopen(comment, *, by, text):
    """Open a resolved comment again and keep the reason as an answer; return the comment. Raises as :func:`resolve`."""
    comment = _locked(comment, by)
    _check_may_resolve(comment, by)
    if comment.state not in BY_NAME["reopen"].sources:
        raise StepRefused("Kommentaren är redan öppen. Någon annan hann före.")
    if not text.strip():
        raise CommentRefused("Skriv varför kommentaren öppnas igen.")
    _said(comment, cleaned(text), by)
    comment.resolved_by = comment.resolved_at = None
    return _move(comment, "reopen")


def _locked(comment, by):
    """Return the comment as it now stands, held until the end of the transaction."""
    seen = Comment.objects.visible_to(by).filter(pk=comment.pk)
    locked = Comment.objects.select_for_update(of=("self",)).select_related("plan", "by").get(pk__in=seen.values("pk"))
    check_write(by, locked.plan)
    return locked


def _check_may_resolve(comment, by):
    if may_resolve(by, comment):
        return
    if comment.kind == CommentKind.MUST_FIX and is_left_alone(comment):
        raise PermissionDenied(
            f"{vacancy_told(comment)} Då är det trygghetsstrategen som avgör om det som måste åtgärdas är löst. "
            "Svara i stället."
        )
    if comment.kind == CommentKind.MUST_FIX:
        raise PermissionDenied(
            f"Det är {comment.by}, eller någon med samma roll i stadsdelen, som avgör om det som måste åtgärdas är "
            "löst. Svara i stället."
        )
    refusal = f"Det är {comment.by} eller trygghetsstrategen som markerar kommentaren som löst."
    raise PermissionDenied(said_of(comment.plan, refusal))


def _said(comment, text, by):
    last = comment.answers.last()
    if last and (last.by_id, last.text) == (by.pk, text):
        return last
    return Answer.objects.create(comment=comment, text=text, by=by)


def _move(comment, name):
    comment.state = BY_NAME[name].to(comment.state)
    comment.save(update_fields=["state", "resolved_by", "resolved_at"])
    return comment


# --- Counting


class Tally(NamedTuple):
    """How many comments are not resolved, how many are, and how many of the first must be mended."""

    open: int = 0
    resolved: int = 0
    must_fix: int = 0

    @property
    def told(self):
        """All in words: "3 öppna, varav 1 måste åtgärdas", or "1 löst" where none is open; empty for none."""
        if not self.must_fix or self.must_fix == self.open:
            return self.urgent or self.rest
        return f"{_told_open(self.open)}, varav {self.urgent}"

    @property
    def urgent(self):
        """How many must be mended, in words; empty for none."""
        return f"{self.must_fix} måste åtgärdas" if self.must_fix else ""

    @property
    def others(self):
        """How many comments are open beside those that must be mended; where nothing is open, how many are resolved."""
        return self.open - self.must_fix if self.open else self.resolved

    @property
    def rest(self):
        """The others in words: "2 öppna" or "1 löst"; empty for none."""
        if self.open:
            return _told_open(self.others) if self.others else ""
        if self.resolved:
            return f"{self.resolved} {'löst' if self.resolved == 1 else 'lösta'}"
        return ""


def _told_open(count):
    return f"{count} {'öppen' if count == 1 else 'öppna'}"


def open_must_fixes(plan):
    """Return the comments that say what has to be mended before a decision, of whatever version; answered ones too."""
    return plan.comments.filter(kind=CommentKind.MUST_FIX, state__in=UNRESOLVED)


def counts_by_row(plan, user):
    """Return a :class:`Tally` for each row that has comments, by uid; "" for the plan as a whole (1 query)."""
    comments = Comment.objects.visible_to(user).filter(plan=plan).order_by()
    is_open = Q(state__in=UNRESOLVED)
    counted = comments.values_list("row").annotate(
        open=Count("pk", filter=is_open),
        resolved=Count("pk", filter=~is_open),
        must_fix=Count("pk", filter=is_open & Q(kind=CommentKind.MUST_FIX)),
    )
    return {str(row or ""): Tally(*numbers) for row, *numbers in counted}
