"""Situation pictures (lägesbilder): who makes which, when the next is due, and the steps that each takes.

City and police first make one each, which nobody else sees until it is shared;
the joint one merges them and is prioritised and confirmed (seed 001). To share
is to hand a document to another authority, and cannot be taken back (domain
F5). A joint picture holds for 24 months (law 2023:196).
"""

from contextlib import contextmanager
from datetime import date

from django.db import IntegrityError, transaction
from django.db.models import Max, Min
from django.urls import reverse
from django.utils import timezone

from agreements.attachments import detach
from agreements.claiming import StaleRow
from agreements.clocks import PICTURE_MONTHS, clock
from agreements.enums import Answer, GroupKind, PictureState, Producer
from agreements.models import Attachment, CollaborationGroup, PictureStep, PlanningCycle, SituationPicture
from agreements.permissions import Permission, access_of
from agreements.querysets import DRAFT_PERMISSIONS
from agreements.scope import Scope
from trygghet.dates import day
from trygghet.privacy import identity_numbers
from trygghet.words import upper_first
from trygghet.workflow import Blocker, StepRefused, Transition, Workflow

P = Permission
OWN = (Producer.CITY, Producer.POLICE)

# What each is called in an address and in a sentence.
SLUGS = {Producer.CITY: "staden", Producer.POLICE: "polisen", Producer.JOINT: "gemensam"}
PRODUCERS = {slug: producer for producer, slug in SLUGS.items()}
NAMES = {
    Producer.CITY: "stadens lägesbild",
    Producer.POLICE: "polisens lägesbild",
    Producer.JOINT: "den gemensamma lägesbilden",
}
PARTIES = {Producer.CITY: "Staden", Producer.POLICE: "Polisen"}
INPUTS = {Producer.CITY: "city_input", Producer.POLICE: "police_input"}

WRITERS = {
    Producer.CITY: "Det är stadens egna i beredningsgruppen som skriver stadens lägesbild. Vänd dig till dem.",
    Producer.POLICE: "Det är kommunpolisen som skriver polisens lägesbild. Vänd dig dit.",
    Producer.JOINT: (
        "Det är trygghetsstrategen och kommunpolisen som gör den gemensamma lägesbilden. "
        "Vänd dig till dem med det du vill få in."
    ),
}


def address_of(picture, name="picture", *more):
    """Return the address of the picture, or of a page under it by the name of its address."""
    # Only the joint picture has these, so who makes it goes without saying.
    whose = [] if name.startswith(("joint_", "problem")) else [picture.producer]
    return reverse(f"cooperation:{name}", args=[Scope(picture.district).slug, picture.year, *whose, *more])


def may_write(user, picture):
    """Whether the person is one of those who make the picture, whatever state it is in."""
    return access_of(user).allows(DRAFT_PERMISSIONS[picture.producer], picture.district_id)


# --- When the next is due


def clock_of(picture):
    """Return the :class:`~agreements.clocks.Clock` of a confirmed joint picture, from the day it was confirmed.

    None for one that is not confirmed, also one that a later has replaced.
    """
    if picture is None or picture.state != PictureState.CONFIRMED:
        return None
    return clock(picture.confirmed_on, PICTURE_MONTHS)


def next_due(picture):
    """Return the last day to confirm a new joint picture: 24 months after this one (law 2023:196, P01); or None."""
    found = clock_of(picture)
    return found.due if found else None


def in_force(scope):
    """Return the place's confirmed joint picture that none has replaced; None if there is none (1 query)."""
    joint = SituationPicture.objects.filter(producer=Producer.JOINT, state=PictureState.CONFIRMED, **scope.lookup())
    return joint.select_related("district").order_by("-year").first()


# --- Beginning a picture


def open_years():
    """Return the years a picture may be made for: this year and the next, and every year with a cycle (1 query)."""
    this_year = timezone.localdate().year
    return {this_year, this_year + 1, *PlanningCycle.objects.values_list("year", flat=True)}


def title_of(producer, year, scope):
    """Return the title that a new picture gets: "Stadens lägesbild 2026, Skärholmen"."""
    words = {Producer.CITY: "Stadens", Producer.POLICE: "Polisens", Producer.JOINT: "Gemensam"}[producer]
    return f"{words} lägesbild {year}, {scope}"


@transaction.atomic
def start(scope, producer, year, *, by, **fields):
    """Begin a picture and return it; one that was discarded is begun anew. StepRefused if the year already has one.

    Only who writes such pictures may call it, so the refusal tells them nothing they may not know.
    """
    values = {"title": title_of(producer, year, scope), **fields}
    discarded = SituationPicture.objects.filter(
        district=scope.district, producer=producer, year=year, state=PictureState.DISCARDED
    )
    if picture := discarded.first():
        return WORKFLOW.take(picture, "begin_again", by=by, **values)
    try:
        with transaction.atomic():
            picture = SituationPicture.objects.create(district=scope.district, producer=producer, year=year, **values)
    except IntegrityError as error:
        raise StepRefused(f"{upper_first(NAMES[producer])} för {year} är redan påbörjad. Här är den.") from error
    _log(picture, BEGIN, "", by, f"Började {NAMES[producer]}", "")
    return picture


@contextmanager
def writing(picture):
    """Lock the picture while something in it is written, and give it as it is now; StepRefused if it is locked."""
    with transaction.atomic():
        locked = SituationPicture.objects.select_for_update(of=("self",)).get(pk=picture.pk)
        if locked.state != PictureState.DRAFT:
            raise StepRefused(f"{why_locked(locked)} Inget ändrades.")
        yield locked


def why_locked(picture):
    """Return why nothing in the picture can be changed now; "" for a draft."""
    if picture.state == PictureState.DRAFT:
        return ""
    if picture.state == PictureState.DISCARDED:
        return "Utkastet är slängt."
    if picture.producer in OWN:
        return "Lägesbilden är delad och går inte att ändra. Det som tillkommer skrivs i nästa års lägesbild."
    if picture.state == PictureState.PRIORITISED:
        return "Lägesbilden väntar på styrgruppen och går inte att ändra. Den som ska ändra tar först tillbaka den."
    return "Lägesbilden är fastställd och går inte att ändra. Det som tillkommer skrivs i nästa lägesbild."


def fresh(row, seen):
    """Return the row as it is now, locked, to be written; to be called inside :func:`writing`.

    Raises :class:`StaleRow` if its version is not ``seen``, StepRefused if it is gone.
    """
    current = type(row)._base_manager.select_for_update(of=("self",)).filter(pk=row.pk).first()
    if current is None:
        raise StepRefused("Det du ändrade är borttaget av någon annan.")
    if current.row_version != seen:
        raise StaleRow(current)
    current.row_version += 1
    return current


def already_written(picture, model, uid):
    """Return the picture's row with the uid if there is one: the form was sent twice. StepRefused for another's."""
    row = model._base_manager.filter(uid=uid).first()
    if row and row.picture_id != picture.pk:
        raise StepRefused("Det går inte att spara. Öppna sidan igen och försök på nytt.")
    return row


def write_head(picture, values, *, seen):
    """Write title, period and summary; raises StaleRow and StepRefused."""
    with writing(picture) as locked:
        row = fresh(locked, seen)
        for name, value in values.items():
            setattr(row, name, value)
        row.save(update_fields=[*values, "row_version"])
    return row


def next_position(rows):
    """Return the position after the last of the rows (1 query)."""
    return (rows.aggregate(last=Max("position"))["last"] or 0) + 1


def move(rows, row, step):
    """Move the row one step up (-1) or down (1) among the rows; False if it already stands there. Inside writing."""
    order = list(rows.order_by("position", "pk"))
    at = next(index for index, each in enumerate(order) if each.pk == row.pk)
    to = at + step
    if not 0 <= to < len(order):
        return False
    order[at], order[to] = order[to], order[at]
    changed = []
    for position, each in enumerate(order, 1):
        if each.position != position:
            each.position = position
            changed.append(each)
    type(row)._base_manager.bulk_update(changed, ["position"])
    return True


# --- What stands in the way


def has_findings(picture, user):
    """The picture says something: it has at least one finding."""
    if picture.findings.exists():
        return []
    return [Blocker("Lägesbilden har ingen iakttagelse än. Skriv minst en.", address_of(picture, "finding_new"))]


def names_nobody(picture, user):
    """No text looks like it holds a personnummer: a picture names no individuals."""
    return [
        Blocker(f"{where} ser ut att innehålla ett personnummer. Ta bort det.", address)
        for where, address, text in _texts(picture)
        if identity_numbers(text)
    ]


def _texts(picture):
    """Yield (what it is called, where it is mended, all its text) of everything written in the picture."""
    yield (
        "Inledningen",
        address_of(picture, "picture_edit"),
        "\n".join([picture.title, picture.period, picture.summary]),
    )
    for number, finding in enumerate(picture.findings.all(), 1):
        cells = [cell for row in finding.table for cell in row]
        text = "\n".join([finding.title, finding.text, finding.source_note, *cells])
        yield f"Iakttagelse {number}", address_of(picture, "finding", finding.uid), text
    for number, problem in enumerate(picture.problems.all(), 1):
        text = "\n".join([problem.title, problem.description, problem.reason])
        yield f"Problem {number}", address_of(picture, "problem", problem.uid), text
    for left_out in picture.left_out.all():
        yield "Skälet till att en iakttagelse utelämnas", address_of(picture, "joint_merge"), left_out.reason


def inputs_are_handled(picture, user):
    """Every finding of the parties' pictures is taken over, rewritten or left out with a reason (P02)."""
    from agreements.pictures.joint import Merge

    merge = Merge(picture)
    if not merge.open:
        return []
    many = "iakttagelse är inte hanterad" if merge.open == 1 else "iakttagelser är inte hanterade"
    return [Blocker(f"{merge.open} {many}. Ta över, skriv om eller utelämna.", address_of(picture, "joint_merge"))]


def problems_are_decided(picture, user):
    """Every problem rests on a finding and is prioritised or left with a reason; at least one is prioritised (P04)."""
    problems = list(picture.problems.prefetch_related("findings"))
    page = address_of(picture, "joint_priorities")
    if not problems:
        return [Blocker("Inget problem är beskrivet än. Skriv vilka problem iakttagelserna visar.", page)]
    found = []
    for problem in problems:
        address = address_of(picture, "problem", problem.uid)
        if not problem.findings.all():
            found.append(Blocker(f"Problemet «{problem}» bygger inte på någon iakttagelse.", address))
        if problem.is_prioritised is None:
            found.append(Blocker(f"Bestäm om problemet «{problem}» ska prioriteras.", address))
        elif problem.is_prioritised and (problem.can_influence, problem.has_resources) != (Answer.YES, Answer.YES):
            found.append(Blocker(f"Problemet «{problem}» kan inte prioriteras: {why_not_prioritise(problem)}", address))
    if not any(problem.is_prioritised for problem in problems):
        found.append(Blocker("Inget problem är prioriterat. Prioritera minst ett.", page))
    return found


def why_not_prioritise(problem):
    """Return why the parties cannot prioritise the problem, from their two answers; "" if they can (seed 003, P04)."""
    return why_not(problem.can_influence, problem.has_resources)


def why_not(can_influence, has_resources):
    """Return why a problem with these answers cannot be prioritised; "" if it can."""
    if can_influence == Answer.NO:
        return "parterna kan inte påverka det."
    if has_resources == Answer.NO:
        return "det saknas resurser."
    if Answer.OPEN in (can_influence, has_resources):
        return "svara först på om parterna kan påverka det och om det finns resurser."
    return ""


def no_later_is_confirmed(picture, user):
    """No picture for a later year has been confirmed."""
    pictures = SituationPicture.objects.filter(district=picture.district, producer=Producer.JOINT)
    later = pictures.filter(state=PictureState.CONFIRMED, year__gt=picture.year).first()
    return [Blocker(f"{later} är redan fastställd.", address_of(later), is_final=True)] if later else []


def was_never_handed_over(picture, user):
    """The draft has never been with the steering group: what has been is mended and not discarded."""
    if not picture.steps.filter(name="prioritise").exists():
        return []
    told = "Lägesbilden har varit lämnad till styrgruppen och kan inte slängas. Ändra i den i stället."
    return [Blocker(told, is_final=True)]


# --- The steps


def _discard(picture, *, by):
    """Empty the draft: it is its makers' own, and what is left is the log that says there was one."""
    for attachment in Attachment.objects.filter(finding__picture=picture):
        detach(attachment)
    for rows in (picture.left_out, picture.problems, picture.findings):
        rows.all().delete()
    picture.period = picture.summary = ""
    picture.city_input = picture.police_input = None
    picture.row_version += 1


def _begin_again(picture, *, by, **values):
    for name, value in values.items():
        setattr(picture, name, value)
    return f"Började {NAMES[picture.producer]} på nytt"


def _share(picture, *, by):
    picture.shared_at = timezone.now()


def why_not_confirmed_on(picture, on):
    """Return why the steering group cannot have confirmed the picture on the day; "" if it can (2 queries).

    The group stood and the picture it replaces was confirmed before. One for
    a year that has passed may be entered later: it was at the earliest
    confirmed the year before its own.
    """
    if on > timezone.localdate():
        return "Datumet ligger i framtiden. Skriv dagen då styrgruppen fattade beslutet."
    if on < date(picture.year - 1, 1, 1):
        return f"En lägesbild för {picture.year} fastställs tidigast den 1 januari {picture.year - 1}. Rätta datumet."
    groups = CollaborationGroup.objects.filter(district=picture.district, kind=GroupKind.STEERING)
    began = groups.aggregate(first=Min("valid_from"))["first"]
    if began and on < began:
        return f"Styrgruppen finns från {day(began)}. Rätta datumet."
    replaced = _to_replace(picture).order_by("-confirmed_on").first()
    if replaced and on < replaced.confirmed_on:
        return f"{replaced} fastställdes {day(replaced.confirmed_on)}, och den nya kan inte vara äldre. Rätta datumet."
    return ""


def _to_replace(picture):
    joint = SituationPicture.objects.filter(district=picture.district, producer=Producer.JOINT)
    return joint.filter(state=PictureState.CONFIRMED).exclude(pk=picture.pk)


def _confirm(picture, *, by, on, meeting):
    if wrong := why_not_confirmed_on(picture, on):
        raise StepRefused(wrong)
    picture.confirmed_on = on
    for replaced in _to_replace(picture):
        WORKFLOW.take(replaced, "supersede", by=by, reason=f"{picture} fastställdes")
    return f"Fastställde lägesbilden den {day(on)} vid {meeting}"


PICTURE_TRANSITIONS = (
    Transition(
        name="share",
        slug="dela",
        label="Dela lägesbilden",
        who="Den part som har gjort lägesbilden",
        does="delar den",
        told="Delade lägesbilden",
        sources=(PictureState.DRAFT,),
        target=PictureState.SHARED,
        permissions=frozenset({P.WRITE_CITY_PICTURE, P.WRITE_POLICE_PICTURE}),
        guards=(has_findings, names_nobody),
        effect=_share,
    ),
    Transition(
        name="prioritise",
        slug="lamna-till-styrgruppen",
        label="Lämna till styrgruppen",
        who="Trygghetsstrategen eller kommunpolisen",
        does="lämnar den gemensamma lägesbilden till styrgruppen",
        told="Lämnade lägesbilden till styrgruppen",
        sources=(PictureState.DRAFT,),
        target=PictureState.PRIORITISED,
        permissions=frozenset({P.WRITE_JOINT_PICTURE}),
        guards=(inputs_are_handled, problems_are_decided, names_nobody),
    ),
    Transition(
        name="confirm",
        slug="faststall",
        label="Fastställ",
        who="Styrgruppens ordförande eller sekreterare",
        does="registrerar att styrgruppen har fastställt lägesbilden",
        told="Fastställde lägesbilden",
        sources=(PictureState.PRIORITISED,),
        target=PictureState.CONFIRMED,
        permissions=frozenset({P.CONFIRM_PICTURE}),
        guards=(no_later_is_confirmed,),
        effect=_confirm,
    ),
    Transition(
        name="reopen",
        slug="ta-tillbaka",
        label="Ta tillbaka för ändring",
        who="Den som gör lägesbilden, eller styrgruppen",
        does="tar tillbaka den för ändring",
        told="Tog tillbaka lägesbilden för ändring",
        sources=(PictureState.PRIORITISED,),
        target=PictureState.DRAFT,
        permissions=frozenset({P.WRITE_JOINT_PICTURE, P.CONFIRM_PICTURE}),
        needs_reason=True,
        is_back=True,
    ),
    Transition(
        name="discard",
        slug="slang",
        label="Släng utkastet",
        who="Den som gör lägesbilden",
        does="slänger utkastet",
        told="Slängde utkastet",
        sources=(PictureState.DRAFT,),
        target=PictureState.DISCARDED,
        permissions=frozenset(DRAFT_PERMISSIONS.values()),
        guards=(was_never_handed_over,),
        effect=_discard,
        is_back=True,
    ),
    Transition(
        name="begin_again",
        label="Börja på nytt",
        who="Den som gör lägesbilden",
        does="börjar den på nytt",
        sources=(PictureState.DISCARDED,),
        target=PictureState.DRAFT,
        permissions=frozenset(DRAFT_PERMISSIONS.values()),
        effect=_begin_again,
    ),
    Transition(
        name="supersede",
        label="Ersätt",
        who="Styrgruppens ordförande eller sekreterare",
        does="ersätter lägesbilden när nästa fastställs",
        told="Ersattes av en senare lägesbild",
        sources=(PictureState.CONFIRMED,),
        target=PictureState.SUPERSEDED,
        permissions=frozenset({P.CONFIRM_PICTURE}),
    ),
)
# How a picture comes to be is in its log, though no state comes before it.
BEGIN = Transition(name="begin", label="Börja", who="", does="", sources=(), target=PictureState.DRAFT)


def _allows(user, permission, picture):
    # A party's permission to write is for its own picture.
    if permission in DRAFT_PERMISSIONS.values() and permission != DRAFT_PERMISSIONS[picture.producer]:
        return False
    return access_of(user).allows(permission, picture.district_id)


_log = PictureStep.log_of("picture")


WORKFLOW = Workflow(PICTURE_TRANSITIONS, allows=_allows, log=_log)


def steps_for(picture, user):
    """Return the options with a page of their own that the person may take now or once something is mended."""
    options = WORKFLOW.open_steps(picture, user)
    return [each for each in options if each.step.slug and not any(blocker.is_final for blocker in each.blockers)]
