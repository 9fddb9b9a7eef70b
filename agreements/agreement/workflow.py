"""An agreement's way from draft to signed, reviewed and replaced: the table of its steps, and taking them.

The states are domain §1c; that a review is due is a clock
(``agreements/agreement/clocks.py``), not a state. A step with a ``slug`` has
a page of its own. Those without are taken on the way of another: what the
parties' last signature, and the version that takes over, bring about.
"""

from django.db import IntegrityError, transaction
from django.db.models import Min, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.text import slugify

from agreements.agreement.area_mapping import successors
from agreements.agreement.clocks import area_set_in_force
from agreements.agreement.texts import prompts_in, starting_texts
from agreements.enums import (
    AgreementPart,
    AgreementState,
    GroupKind,
    GroupLevel,
    OrganisationKind,
    ReviewOutcome,
)
from agreements.models import (
    Agreement,
    AgreementFocus,
    AgreementParty,
    AgreementStep,
    AgreementText,
    GroupMembership,
)
from agreements.permissions import CITY_PARTIES, Permission, access_of
from agreements.querysets import IN_FORCE, NEVER_SIGNED, ON_THEIR_WAY
from agreements.scope import Scope
from trygghet.dates import day
from trygghet.privacy import identity_numbers
from trygghet.words import lower_first
from trygghet.workflow import Blocker, StepRefused, Transition, Workflow

P = Permission
S = AgreementState
NEEDED_PARTS = (AgreementPart.PURPOSE, AgreementPart.GOALS, AgreementPart.FOLLOW_UP)
"""What an agreement must say before the parties sign it (P06: inriktning, mål, uppföljning)."""


def address_of(agreement, name="agreement", *rest):
    """Return one of the agreement's addresses."""
    return reverse(f"cooperation:{name}", args=[Scope(agreement.district).slug, agreement.version, *rest])


def part_slug(part):
    """Return what stands in the address for a part of the text: its name, as "struktur-for-arbetet"."""
    return slugify(part.label)


# --- Guards: what stands in the way


def texts_are_written(agreement, user):
    """Purpose, goals and follow-up are there, and no question of the template is left unanswered."""
    texts = {text.part: text.text for text in agreement.texts.all()}
    found = []
    for part in AgreementPart:
        text = texts.get(part, "")
        if part in NEEDED_PARTS and not text.strip():
            found.append(Blocker(f"«{part.label}» är tom.", address_of(agreement, "agreement_text", part_slug(part))))
        elif prompts_in(text):
            words = f"«{part.label}» har en fråga ur mallen som inte är besvarad."
            found.append(Blocker(words, address_of(agreement, "agreement_text", part_slug(part))))
    return found


def areas_are_dealt_with(agreement, user):
    """In a local agreement each prioritised area has a focus, or a reason why it is not relevant (P09)."""
    if agreement.district_id is None:
        return []
    dealt_with = {focus.area_id for focus in agreement.focuses.all() if focus.title or focus.not_relevant_reason}
    return [
        Blocker(
            f"«{area.short_title}» har varken fokusområde eller skäl till att området inte är aktuellt.",
            address_of(agreement, "agreement_area", area.code),
        )
        for area in agreement.area_set.areas.all()
        if area.pk not in dealt_with
    ]


def both_parties_are_there(agreement, user):
    """At least the city and the police are parties (P06)."""
    kinds = {party.organisation.kind for party in agreement.parties.select_related("organisation")}
    address = address_of(agreement, "agreement_parties")
    missing = [] if kinds & CITY_PARTIES else ["staden"]
    missing += [] if OrganisationKind.POLICE in kinds else ["polisen"]
    return [Blocker(f"Det finns ingen part från {party}.", address) for party in missing]


def signers_have_mandate(agreement, user):
    """Whoever is to sign sits in the steering group (P18, P21)."""
    return [
        Blocker(f"{party.organisation}: {lacks_mandate(party)}", address_of(agreement, "agreement_parties"))
        for party in agreement.parties.select_related("organisation", "function")
        if not has_mandate(party, timezone.localdate())
    ]


def names_nobody(agreement, user):
    """No text looks like it holds a personnummer (domain §4d)."""
    texts = [
        (text.get_part_display(), text.text, ("agreement_text", part_slug(AgreementPart(text.part))))
        for text in agreement.texts.all()
    ]
    for focus in agreement.focuses.select_related("area"):
        where = focus.area.short_title if focus.area else "Egna fokusområden"
        code = focus.area.code if focus.area else OWN_AREA
        words = f"{focus.title}\n{focus.goals}\n{focus.not_relevant_reason}"
        texts.append((where, words, ("agreement_area", code)))
    return [
        Blocker(f"«{where}» ser ut att innehålla ett personnummer. Ta bort det.", address_of(agreement, *address))
        for where, words, address in texts
        if identity_numbers(words)
    ]


def was_never_sent(agreement, user):
    """The draft has never been sent for signature: what has been belongs to the record and is mended there."""
    sent = circulated_on(agreement)
    if sent is None:
        return []
    told = f"Utkastet skickades för underskrift {day(sent)} och kan inte slängas. Skriv om det i stället."
    return [Blocker(told, is_final=True)]


def somebody_is_left_to_sign(agreement, user):
    """A signature is recorded once for each party."""
    is_left = agreement.parties.filter(signed_on=None).exists()
    return [] if is_left else [Blocker("Alla parter har skrivit under.", is_final=True)]


def somebody_has_signed(agreement, user):
    """There is a signature to take back."""
    has_signed = agreement.parties.filter(signed_on__isnull=False).exists()
    return [] if has_signed else [Blocker("Ingen part har skrivit under.", is_final=True)]


def everybody_has_signed(agreement, user):
    """An agreement holds when the last party has signed it."""
    return [
        Blocker(f"{party.organisation} har inte skrivit under.")
        for party in agreement.parties.filter(signed_on=None).select_related("organisation")
    ]


def outcome_is_open(agreement, user):
    """The review has not already been recorded as leading to a new version."""
    began = agreement.steps.filter(name="start_review").values_list("at", flat=True).first()
    called = agreement.reviews.filter(outcome=ReviewOutcome.NEW_VERSION, at__gte=began).exists()
    return [Blocker("Styrgruppen har redan sagt att det ska bli en ny version.", is_final=True)] if called else []


OWN_AREA = "eget"
"""What stands in the address for local focus areas outside the prioritised areas."""


# --- Who signs with mandate


def has_mandate(party, on, function=None):
    """Whether the function that signs for the party is an ordinary member of the steering group that day (P18, P21).

    An adjungerad member has been taken in without a mandate; a seat that has
    ended gives none. ``function`` is the party's own unless told.
    """
    return _signing_seats(party, on).filter(function=function or party.function_id).exists()


def _signing_seats(party, on):
    """The seats that the party's ordinary members, and those who stand in for them, have in the steering group."""
    seats = _steering_seats(party.agreement).in_force(on).filter(organisation=party.organisation_id, co_opted=False)
    return seats.exclude(deputy_for__co_opted=True)


def _steering_seats(agreement):
    """Every seat of the steering group that decides on the agreement, whenever it is held."""
    level = GroupLevel.LOCAL if agreement.district_id else GroupLevel.CITY
    return GroupMembership.objects.filter(
        group__kind=GroupKind.STEERING, group__level=level, group__district=agreement.district_id
    )


def _seats_known_from(agreement):
    """The first day that a seat of the steering group is recorded for; None if none is."""
    return _steering_seats(agreement).aggregate(day=Min("valid_from"))["day"]


def who_signs(party, on, function=None):
    """Return who can sign for the party on the day, as they are shown; "" if the function's seat stands vacant.

    Those who have the seat of the function, the party's own unless told, and those who stand in for them (2 queries).
    """
    of_function = Q(function=function or party.function_id) | Q(deputy_for__function=function or party.function_id)
    seats = _signing_seats(party, on).filter(of_function, user__isnull=False).select_related("user")
    return ", ".join(
        f"{seat.user}, ställföreträdare" if seat.deputy_for_id else str(seat.user)
        for seat in sorted(seats, key=lambda seat: (seat.deputy_for_id is not None, seat.pk))
    )


def lacks_mandate(party, function=None):
    """Say why the signer may not sign, and what to do."""
    return (
        f"{function or party.function} är inte ordinarie ledamot i styrgruppen och kan inte skriva under. "
        "Välj en annan funktion eller be den som sköter gruppen lägga till ledamoten."
    )


def _signer_told(party, function, on):
    """Return the function that signed and who had its seat; raise StepRefused if nobody had.

    A first agreement may have been signed before anybody's seat is recorded
    here. Then the function is held against the first day that has seats, and
    nobody is said to have had it.
    """
    known_from = _seats_known_from(party.agreement)
    if known_from and on < known_from and is_first(party.agreement) and has_mandate(party, known_from, function):
        return f"{function} (vem som hade platsen då är inte registrerat)"
    if not has_mandate(party, on, function):
        raise StepRefused(f"{lacks_mandate(party, function)} Det gäller {day(on)}.")
    who = who_signs(party, on, function)
    if not who:
        raise StepRefused(
            f"Ingen satt som {lower_first(str(function))}, {party.organisation}, den {day(on)}. "
            "Tillsätt platsen, eller välj den funktion som skrev under."
        )
    return f"{function} ({who})"


# --- Effects


def _take_back(agreement, *, by):
    agreement.parties.update(signed_on=None, recorded_by=None)  # they signed another text


def _record_signature(agreement, *, by, party, on, function=None):
    party = agreement.parties.select_for_update(of=("self",)).get(pk=party.pk)
    if party.signed_on:
        raise StepRefused(f"{party.organisation} skrev under {day(party.signed_on)}. Ingenting gjordes nu.")
    _check_signing_day(agreement, on)
    function = function or party.function
    signer = _signer_told(party, function, on)
    party.signed_on, party.recorded_by, party.function = on, by, function
    party.save(update_fields=["signed_on", "recorded_by", "function"])
    return f"Registrerade att {party.organisation} skrev under {day(on)} genom {signer}"


def _check_signing_day(agreement, on):
    if on > timezone.localdate():
        raise StepRefused("Datumet ligger i framtiden. Skriv dagen då parten skrev under.")
    sent = circulated_on(agreement)
    if sent and on < sent and not is_first(agreement):
        raise StepRefused(f"Datumet ligger före {day(sent)}, då version {agreement.version} skickades för underskrift.")


def _withdraw_signature(agreement, *, by, party):
    party = agreement.parties.select_for_update(of=("self",)).get(pk=party.pk)
    if not party.signed_on:
        raise StepRefused(f"{party.organisation} har inte skrivit under. Ingenting gjordes nu.")
    party.signed_on, party.recorded_by = None, None
    party.save(update_fields=["signed_on", "recorded_by"])
    return f"Tog tillbaka underskriften för {party.organisation}"


def _enter_into_force(agreement, *, by):
    agreement.signed_on = max(agreement.parties.values_list("signed_on", flat=True))
    for previous in of_place(Scope(agreement.district)).in_force():
        WORKFLOW.take(previous, "supersede", by=by, on=agreement.signed_on, version=agreement.version)
    return f"Version {agreement.version} gäller från {day(agreement.signed_on)}: alla parter har skrivit under"


def _supersede(agreement, *, by, on, version):
    agreement.ended_on = on
    return f"Ersattes av version {version}"


def _confirm(agreement, *, by, review):
    _write_review(agreement, review, ReviewOutcome.CONFIRMED_UNCHANGED, by)
    return f"Bekräftade överenskommelsen utan ändringar: {review.meeting}, {day(review.reviewed_on)}"


def _call_for_new_version(agreement, *, by, review):
    _write_review(agreement, review, ReviewOutcome.NEW_VERSION, by)
    return f"Översynen ledde till en ny version: {review.meeting}, {day(review.reviewed_on)}"


def _write_review(agreement, review, outcome, by):
    earliest = max([agreement.signed_on, *agreement.reviews.values_list("reviewed_on", flat=True)])
    if review.reviewed_on > timezone.localdate():
        raise StepRefused("Datumet ligger i framtiden. Skriv dagen då styrgruppen såg över överenskommelsen.")
    if review.reviewed_on < earliest:
        raise StepRefused(
            f"Datumet ligger före {day(earliest)}, då överenskommelsen senast skrevs under eller sågs över."
        )
    review.agreement, review.outcome, review.by = agreement, outcome, by
    review.save(force_insert=True)


def _terminate(agreement, *, by, on):
    if on < agreement.signed_on:
        raise StepRefused(f"Datumet ligger före {day(agreement.signed_on)}, då överenskommelsen skrevs under.")
    if on > timezone.localdate():
        raise StepRefused("Datumet ligger i framtiden. Registrera när överenskommelsen har upphört.")
    agreement.ended_on = on
    return f"Avslutade överenskommelsen, som gällde till {day(on)}"


def _record_diary_number(agreement, *, by, diary_number):
    earlier, agreement.diary_number = agreement.diary_number, diary_number
    return f"Ändrade diarienumret från {earlier} till {diary_number}" if earlier else f"Diarieförde som {diary_number}"


def _tell(agreement, *, by, told):
    return told


# --- The table

_WRITERS = {"who": "De som bereder överenskommelsen", "permissions": frozenset({P.WRITE_AGREEMENT})}
_STEERING = {"who": "Styrgruppens ordförande eller sekreterare", "permissions": frozenset({P.SIGN_AGREEMENT})}

_KEPT = tuple(state for state in S if state != S.DISCARDED)

AGREEMENT_TRANSITIONS = (
    Transition(
        name="circulate", slug="skicka-for-underskrift", label="Skicka för underskrift", **_WRITERS,
        does="skickar den för underskrift", told="Skickade överenskommelsen för underskrift",
        sources=(S.DRAFT,), target=S.CIRCULATED,
        guards=(texts_are_written, areas_are_dealt_with, both_parties_are_there, signers_have_mandate, names_nobody),
    ),
    Transition(
        name="discard", slug="slang", label="Släng utkastet", **_WRITERS,
        does="slänger utkastet", told="Slängde utkastet", sources=(S.DRAFT,), target=S.DISCARDED,
        guards=(was_never_sent,), needs_reason=True, is_back=True,
    ),
    Transition(
        name="take_back", slug="ta-tillbaka", label="Ta tillbaka till utkast", **_WRITERS,
        does="tar tillbaka den till utkast", told="Tog tillbaka överenskommelsen till utkast",
        sources=(S.CIRCULATED,), target=S.DRAFT, effect=_take_back, needs_reason=True, is_back=True,
    ),
    Transition(
        name="record_signature", label="Registrera underskrift", **_STEERING,
        does="registrerar parternas underskrifter", told="Registrerade en underskrift",
        sources=(S.CIRCULATED,), target=None, guards=(somebody_is_left_to_sign,), effect=_record_signature,
    ),
    Transition(
        name="withdraw_signature", label="Ta tillbaka underskrift", **_STEERING,
        does="tar tillbaka en underskrift som registrerats fel", told="Tog tillbaka en underskrift",
        sources=(S.CIRCULATED,), target=None, guards=(somebody_has_signed,), effect=_withdraw_signature,
        needs_reason=True, is_back=True,
    ),
    Transition(
        name="enter_into_force", label="Träder i kraft", **_STEERING,
        does="registrerar den sista underskriften, och då gäller den",
        told="Överenskommelsen gäller: alla parter har skrivit under",
        sources=(S.CIRCULATED,), target=S.SIGNED, guards=(everybody_has_signed,), effect=_enter_into_force,
    ),
    Transition(
        name="supersede", label="Ersätts", **_STEERING,
        does="registrerar den sista underskriften på nästa version, och då är den ersatt",
        told="Ersattes av en ny version", sources=(S.SIGNED, S.UNDER_REVIEW), target=S.SUPERSEDED, effect=_supersede,
    ),
    Transition(
        name="start_review", slug="borja-oversyn", label="Börja översynen",
        who="De som bereder överenskommelsen, och styrgruppens ordförande eller sekreterare,",
        permissions=frozenset({P.WRITE_AGREEMENT, P.SIGN_AGREEMENT}),
        does="börjar översynen", told="Började översynen",
        sources=(S.SIGNED,), target=S.UNDER_REVIEW,
    ),
    Transition(
        name="confirm", slug="bekrafta", label="Bekräfta utan ändringar", **_STEERING,
        does="registrerar att styrgruppen bekräftar den utan ändringar", told="Bekräftade utan ändringar",
        sources=(S.UNDER_REVIEW,), target=S.SIGNED, effect=_confirm,
    ),
    Transition(
        name="call_for_new_version", slug="behover-ny-version", label="Styrgruppen vill ha en ny version", **_STEERING,
        does="registrerar att översynen leder till en ny version", told="Översynen ledde till en ny version",
        sources=(S.UNDER_REVIEW,), target=None, guards=(outcome_is_open,), effect=_call_for_new_version,
    ),
    Transition(
        name="terminate", slug="avsluta", label="Avsluta överenskommelsen", **_STEERING,
        does="avslutar den", told="Avslutade överenskommelsen",
        sources=(S.SIGNED, S.UNDER_REVIEW), target=S.TERMINATED, effect=_terminate, needs_reason=True, is_back=True,
    ),
    Transition(
        name="record_diary_number", label="Diarieför",
        who="Registratorn, och de som bereder överenskommelsen,",
        permissions=frozenset({P.RECORD_DIARY_NUMBER, P.WRITE_AGREEMENT}),
        does="anger diarienumret", told="Angav diarienumret",
        sources=_KEPT, target=None, effect=_record_diary_number,
    ),
    Transition(
        name="attach", label="Bifoga en fil",
        who="De som bereder överenskommelsen, styrgruppens ordförande eller sekreterare, och registratorn",
        permissions=frozenset({P.WRITE_AGREEMENT, P.SIGN_AGREEMENT, P.RECORD_DIARY_NUMBER}),
        does="bifogar filer", told="Bifogade en fil", sources=_KEPT, target=None, effect=_tell,
    ),
    Transition(
        name="detach", label="Ta bort en bilaga",
        who="De som bereder överenskommelsen, och styrgruppens ordförande eller sekreterare,",
        permissions=frozenset({P.WRITE_AGREEMENT, P.SIGN_AGREEMENT}),
        does="tar bort bilagor", told="Tog bort en bilaga", sources=tuple(S), target=None, effect=_tell,
        needs_reason=True, is_back=True,
    ),
)  # fmt: skip


def _allows(user, permission, agreement):
    return access_of(user).allows(permission, agreement.district_id)


WORKFLOW = Workflow(AGREEMENT_TRANSITIONS, allows=_allows, log=AgreementStep.log_of("agreement"))


# --- What there is in a place


def of_place(scope):
    """Return every agreement of the place."""
    return Agreement.objects.filter(**scope.lookup())


def on_its_way(scope):
    """Return the version that is being written or signed, or None."""
    return of_place(scope).filter(state__in=ON_THEIR_WAY).first()


def is_first(agreement):
    """Whether no other agreement has held in the place: this one may have been signed before it was put in here."""
    return not of_place(Scope(agreement.district)).exclude(state__in=NEVER_SIGNED).exists()


def circulated_on(agreement):
    """Return the day when the agreement was last sent for signature; None if it never was."""
    at = agreement.steps.filter(name="circulate").values_list("at", flat=True).first()
    return timezone.localdate(at) if at else None


# --- Beginning a version


@transaction.atomic
def start(scope, *, by, as_copy=False):
    """Begin the place's next version as a draft, from the template or ``as_copy`` of the one in force; return it.

    The areas are those in force today: of an earlier edition, what is copied
    goes to the area that has taken over. Raises StepRefused when a version is
    on its way, no areas are in force, or there is nothing to copy.
    """
    area_set = area_set_in_force()
    if area_set is None:
        raise StepRefused("Det finns inga prioriterade områden som gäller i dag. Be förvaltaren att lägga in dem.")
    versions = list(of_place(scope).select_for_update(of=("self",)).order_by("-version"))
    source = next((each for each in versions if each.state in IN_FORCE), None)
    if any(each.state in ON_THEIR_WAY for each in versions):
        raise StepRefused("Det finns redan en ny version på väg. Öppna den i stället.")
    if as_copy and source is None:
        raise StepRefused("Det finns ingen överenskommelse som gäller att kopiera. Börja från mallen i stället.")
    agreement = _create(scope, versions, area_set, source if as_copy else None)
    (_copy if as_copy else _fill)(agreement, source)
    told = f"Började version {agreement.version}" + (f" som kopia av version {source.version}" if as_copy else "")
    AgreementStep.objects.create(
        agreement=agreement, name="start", from_state="", to_state=agreement.state, by=by, told=told
    )
    return agreement


def _create(scope, versions, area_set, source):
    title = source.title if source else title_of(scope)
    number = versions[0].version + 1 if versions else 1
    try:
        with transaction.atomic():
            return Agreement.objects.create(district=scope.district, version=number, title=title, area_set=area_set)
    except IntegrityError as error:
        raise StepRefused("Någon annan hann börja en ny version. Öppna den i stället.") from error


def title_of(scope):
    """Return what a new agreement is called."""
    return "Övergripande samverkansöverenskommelse" if scope.is_city else f"Samverkansöverenskommelse {scope.name}"


def _fill(agreement, _):
    texts = starting_texts(GroupLevel.LOCAL if agreement.district_id else GroupLevel.CITY)
    _write_texts(agreement, texts)


def _copy(agreement, source):
    _write_texts(agreement, {text.part: text.text for text in source.texts.all()})
    AgreementFocus.objects.bulk_create(_copied_focuses(agreement, source))
    AgreementParty.objects.bulk_create(
        AgreementParty(
            agreement=agreement,
            organisation_id=party.organisation_id,
            function_id=party.function_id,
            position=party.position,
        )
        for party in source.parties.all()
    )


def _write_texts(agreement, texts):
    AgreementText.objects.bulk_create(
        AgreementText(agreement=agreement, part=part, text=text) for part, text in texts.items()
    )


def _copied_focuses(agreement, source):
    """A focus whose area has no successor becomes one of the place's own; a reason to leave an area out is not kept."""
    is_same = source.area_set_id == agreement.area_set_id
    heirs = {} if is_same else {old.pk: new for old, new in successors(source.area_set, agreement.area_set).items()}
    copied = []
    for focus in source.focuses.all():
        if not is_same and not focus.title:
            continue
        area_id = focus.area_id if is_same else next((area.pk for area in heirs.get(focus.area_id, [])), None)
        copied.append(
            AgreementFocus(
                agreement=agreement,
                area_id=area_id,
                position=focus.position,
                title=focus.title,
                goals=focus.goals,
                not_relevant_reason=focus.not_relevant_reason,
            )
        )
    return copied


# --- Steps that are more than one


@transaction.atomic
def record_signature(agreement, party, *, by, on, function=None):
    """Record that the party signed on the day; with the last signature the agreement holds. Return it as it then is.

    ``function`` is the one that signed, where it is another than the agreement
    names. Who had its seat is told in the log. Raises PermissionDenied, and
    StepRefused for a party that has signed, a day that cannot be, and a signer
    without mandate, or whose seat stood vacant.
    """
    agreement = WORKFLOW.take(agreement, "record_signature", by=by, party=party, on=on, function=function)
    if not agreement.parties.filter(signed_on=None).exists():
        agreement = WORKFLOW.take(agreement, "enter_into_force", by=by)
    return agreement


@transaction.atomic
def call_for_new_version(agreement, review, *, by):
    """Record that the review asks for a new version, and begin it as a copy; return the new version."""
    agreement = WORKFLOW.take(agreement, "call_for_new_version", by=by, review=review)
    scope = Scope(agreement.district)
    return on_its_way(scope) or start(scope, by=by, as_copy=True)
