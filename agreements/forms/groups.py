"""The forms of the groups: a working group's task, who sits where, who stands in, and the last day."""

from __future__ import annotations

from copy import copy

from crispy_forms.layout import Fieldset, Layout
from django import forms
from django.contrib.auth import get_user_model, password_validation
from django.utils import timezone

from agreements.enums import GroupKind, GroupLevel
from agreements.forms.fields import CooperationForm, DatedAdminForm, DayField, LineField, LongField, VersionedForm
from agreements.groups import appointing, invitations, seating, seats, whose_function
from agreements.groups import composition as groups
from agreements.models import CollaborationGroup
from agreements.scope import Scope
from trygghet.crispy import Columns
from trygghet.dates import day

VACANT = "Ingen än, platsen är vakant"
MISSING_FUNCTION = "Saknas funktionen? Den som förvaltar Trygghet kan lägga till den."


class GroupForm(VersionedForm):
    """What a group is for. Of a steering or preparation group only its words: the rest follows from the agreement.

    To be asked whether it is valid in the transaction that then saves it, with the place held
    (``appointing.hold_place``).
    """

    like = None  # the group of the same name that stands in the way

    name = LineField("Namn", 150, missing="Skriv vad gruppen heter, till exempel Arbetsgrupp platssamverkan.")
    mandate = LongField("Uppdrag", rows=6, help_text="Vad gruppen ska göra och vem den rapporterar till.")
    focus_area = forms.ModelChoiceField(
        None, label="Fokusområde", required=False, empty_label="Inget särskilt",
        help_text="Det prioriterade område som gruppen arbetar med.",
    )  # fmt: skip
    valid_from = DayField("Från och med", missing="Ange vilken dag gruppen börjar.")
    valid_to = DayField(
        "Till och med", missing="En arbetsgrupp är tidsbegränsad. Ange vilken dag uppdraget slutar.", years_ahead=5
    )

    def __init__(self, data=None, *, group=None, scope):
        self.group = group or CollaborationGroup(
            level=GroupLevel.LOCAL, kind=GroupKind.WORKING, district=scope.district, valid_from=timezone.localdate()
        )
        self.scope = scope
        initial = {name: getattr(self.group, name) for name in self.base_fields}
        if group is None:
            initial["mandate"] = groups.WORKING_GROUP_MANDATE
        super().__init__(data, initial=initial)
        self.fields["row_version"].required = group is not None
        self._fit()

    def _fit(self):
        if self.group.kind == GroupKind.WORKING:
            self.fields["focus_area"].queryset = groups.focus_areas(self.group)
            self.fields["mandate"].required = True
            self.fields["mandate"].error_messages["required"] = "Skriv vad arbetsgruppen har i uppdrag att göra."
            layout = ["name", "mandate", "focus_area", Columns("valid_from", "valid_to")]
        else:
            for name in ("focus_area", "valid_from", "valid_to"):
                del self.fields[name]
            layout = ["name", "mandate"]
        self.helper.layout = Layout("row_version", *layout)

    def clean(self):
        values = super().clean()
        starts, ends = values.get("valid_from"), values.get("valid_to")
        if starts and ends and ends < starts:
            self.add_error("valid_to", "Slutdatumet ligger före startdatumet. Ändra ett av dem.")
        elif not self.errors:
            self._refuse_its_like()
        return values

    def _refuse_its_like(self):
        """Two groups of one name could not be told apart in a list, and a button pressed twice would make both."""
        self.like = appointing.like_named(self._as_filled_in())
        if self.like:
            told = f"Det finns redan en grupp som heter {self.like}, {seats.period_told(self.like)}."
            self.add_error("name", f"{told} Öppna den gruppen, eller välj ett annat namn.")

    def _as_filled_in(self):
        """Return the group as the form says that it is to be; the one that is changed stays as it was read."""
        filled_in = copy(self.group)
        for name, value in self.values().items():
            setattr(filled_in, name, value)
        return filled_in

    def made_already(self):
        """Return the group that was made of the very same words a moment ago, as when a button is pressed twice."""
        if self.like is None or self.group.pk:
            return None
        same = all(getattr(self.like, name) == value for name, value in self.values().items() if name != "name")
        return self.like if same else None

    def save(self, *, by):
        """Write the group, a new one with an address of its own, and in its log who did it; raises StaleRow."""
        for name, value in self.values().items():
            setattr(self.group, name, value)
        if self.group.pk:
            return appointing.change(self.group, by=by, seen=self.cleaned_data["row_version"])
        self.group.slug = groups.slug_for(self.group.name, self.scope)
        return appointing.appoint(self.group, by=by)


class EndForm(VersionedForm):
    """The last day of a group or a seat, as the person read it."""

    on = DayField("Sista dag", missing="Ange vilken dag som är den sista.")
    leaves_vacancy = forms.BooleanField(
        label="Platsen finns kvar och är vakant från dagen efter", required=False,
        help_text="Då syns det att någon behöver ta över.",
    )  # fmt: skip

    def __init__(self, data=None, *, row, can_leave_vacancy=False):
        super().__init__(data, initial={"on": timezone.localdate(), "row_version": row.row_version})
        self.row = row
        if not can_leave_vacancy:
            del self.fields["leaves_vacancy"]

    def clean_on(self):
        on = self.cleaned_data["on"]
        if on < self.row.valid_from:
            raise forms.ValidationError(f"Det började {day(self.row.valid_from)}. Sista dagen kan inte vara före det.")
        if self.row.valid_to and on > self.row.valid_to:
            raise forms.ValidationError(f"Det slutar redan {day(self.row.valid_to)}. Välj den dagen eller en tidigare.")
        return on

    @property
    def last_day(self):
        """What was filled in, as ``seats.end`` and ``appointing.end`` are called."""
        return self.values() | {"seen": self.cleaned_data["row_version"]}

    def as_it_stands(self):
        """Return (label, text) of the period that somebody else has written meanwhile."""
        return [("Gäller", seats.period_told(self.stale))] if self.stale else []


class SeatForm(VersionedForm):
    """A seat in a group: a new one, or one that is there, whose person is not changed but ended and followed.

    To be asked whether it is valid in the transaction that then saves it, with the group held (``seats.locked``).
    """

    user = forms.ModelChoiceField(
        None, label="Person", required=False, empty_label=VACANT,
        help_text="De som har eller har haft en plats i en samverkansgrupp. Andra bjuder du in.",
    )  # fmt: skip
    function = forms.ModelChoiceField(
        None, label="Funktion", help_text=MISSING_FUNCTION, empty_label="Välj funktion",
        error_messages={"required": "Välj vilken funktion platsen är för."},
    )  # fmt: skip
    organisation = forms.ModelChoiceField(
        None, label="Organisation", empty_label="Välj organisation",
        error_messages={"required": "Välj vilken organisation platsen är för."},
    )  # fmt: skip
    is_chair = forms.BooleanField(label="Ordförande", required=False)
    is_secretary = forms.BooleanField(label="Sekreterare", required=False)
    co_opted = forms.BooleanField(
        label="Adjungerad", required=False, help_text="Medverkar utan att vara ordinarie ledamot."
    )
    valid_from = DayField("Från och med", missing="Ange vilken dag platsen börjar.")
    valid_to = DayField("Till och med", help_text="Lämna tomt om platsen gäller tills vidare.")

    def __init__(self, data=None, *, seat, by):
        self.seat, self.by = seat, by
        super().__init__(data, initial={name: seat.serializable_value(name) for name in self.base_fields})
        self.fields["row_version"].required = seat.pk is not None
        self.fields["function"].queryset = seats.functions_for(seat.group)
        self.fields["organisation"].queryset = seating.offered(
            seats.organisations_for(seat.group), seating.may_seat, by, seat.group
        )
        if seat.pk:
            del self.fields["user"]
        else:
            self.fields["user"].queryset = seats.people_known_to(by)
            self.fields["user"].label_from_instance = named
        who = [] if seat.pk else ["user"]
        self.helper.layout = Layout(
            "row_version",
            Fieldset("Vem", *who, "function", "organisation"),
            Fieldset("Hur", "is_chair", "is_secretary", "co_opted"),
            Fieldset("När", Columns("valid_from", "valid_to")),
        )

    def clean(self):
        values = super().clean()
        if not self.errors:
            for name, value in self.values().items():
                setattr(self.seat, name, value)
            seats.hold_person(self.seat)
            for field, told in seats.clashes(self.seat, self.by):
                self.add_error(field if field in self.fields else None, told)
        return values

    def save(self):
        """Write the seat, and in the group's log who did it; a new one takes over what is vacant. Raises StaleRow."""
        if self.seat.pk:
            return seats.change(self.seat, by=self.by, seen=self.cleaned_data["row_version"])
        return seats.give(self.seat, by=self.by)


class DeputyForm(SeatForm):
    """Who stands in for a seat, and when; a deputy comes from the seat's organisation and has its role."""

    def __init__(self, data=None, *, seat, by):
        super().__init__(data, seat=seat, by=by)
        for name in ("organisation", "is_chair", "is_secretary", "co_opted"):
            del self.fields[name]
        if seat.pk is None:
            self.fields["user"].required = True
            self.fields["user"].empty_label = "Välj person"
            self.fields["user"].error_messages["required"] = "Välj vem som står in."
        self.fields["function"].help_text = "Ställföreträdarens egen funktion."
        self.fields["valid_to"].required = True
        self.fields["valid_to"].error_messages["required"] = "Ange till och med vilken dag ställföreträdaren står in."
        self.fields["valid_to"].help_text = ""
        who = ["user"] if seat.pk is None else []
        self.helper.layout = Layout("row_version", *who, "function", Columns("valid_from", "valid_to"))


class SeatAdminForm(DatedAdminForm):
    """A seat in the admin: another page, but what can stand beside what is the same as on the group's own."""

    by = None  # who writes it, said by the admin

    def clean(self):
        values = super().clean()
        if not self.errors:
            seat = copy(self.instance)
            for name, value in values.items():
                setattr(seat, name, value)
            seats.locked(seat.group)
            seats.hold_person(seat)
            for field, told in seats.clashes(seat, self.by):
                self.add_error(field if field in self.fields else None, told)
        return values


def named(user):
    """Return the person as they are chosen from a list: two can have the same function."""
    return f"{user} ({user.email})" if user.email else str(user)


class InviteForm(CooperationForm):
    """Whom to invite by mail, to which seat, and until when."""

    email = forms.EmailField(
        label="E-postadress", max_length=150, help_text="Adressen som personen har i sitt arbete.",
        error_messages={"required": "Skriv e-postadressen.", "invalid": "Skriv en e-postadress, som namn@exempel.se."},
    )  # fmt: skip
    function = forms.ModelChoiceField(
        None, label="Funktion", help_text=MISSING_FUNCTION, empty_label="Välj funktion",
        error_messages={"required": "Välj vilken funktion personen har."},
    )  # fmt: skip
    organisation = forms.ModelChoiceField(
        None, label="Organisation", empty_label="Välj organisation",
        error_messages={"required": "Välj vilken organisation personen kommer från."},
    )  # fmt: skip
    co_opted = forms.BooleanField(
        label="Adjungerad", required=False, help_text="Medverkar utan att vara ordinarie ledamot."
    )
    valid_to = DayField("Uppdraget gäller till och med", missing="Ange vilken dag uppdraget slutar.")

    def __init__(self, data=None, *, group, by, initial=None):
        super().__init__(data, initial={"valid_to": group.valid_to} | (initial or {}))
        self.group, self.by = group, by
        self.fields["function"].queryset = seats.functions_for(group)
        self.fields["organisation"].queryset = seating.offered(
            seats.organisations_for(group), seating.may_invite, by, group
        )

    def clean_email(self):
        email = self.cleaned_data["email"].lower()
        if email == self.by.email.lower() and self.group.kind != GroupKind.WORKING:
            raise forms.ValidationError("Du kan inte bjuda in dig själv. Be den som förvaltar Trygghet.")
        if invitations.is_invited(self.group, email):
            raise forms.ValidationError(
                "Adressen har redan en öppen inbjudan till gruppen. Skicka den igen, eller ta tillbaka den först."
            )
        return email

    def clean_valid_to(self):
        last = self.cleaned_data["valid_to"]
        if last < timezone.localdate():
            raise forms.ValidationError("Dagen har redan varit. Välj en dag framåt.")
        if self.group.valid_to and last > self.group.valid_to:
            raise forms.ValidationError(f"Gruppen slutar {day(self.group.valid_to)}. Välj den dagen eller en tidigare.")
        return last

    def clean(self):
        values = super().clean()
        function, organisation = values.get("function"), values.get("organisation")
        if function and organisation and (wrong := whose_function.why_not(function, organisation)):
            self.add_error("function", wrong)
        return values


# What is wrong with a password, by the codes of Django's validators, in words that say what to do.
PASSWORD_REFUSED = {
    "password_too_short": "Lösenordet är för kort. Skriv minst %(min_length)s tecken.",
    "password_too_similar": "Lösenordet liknar din e-postadress eller det du visas som. Välj ett annat.",
    "password_too_common": "Lösenordet är vanligt och lätt att gissa. Välj ett annat.",
}


def _shortest_password():
    """How many characters a password has at least."""
    validators = password_validation.get_default_password_validators()
    return max(getattr(each, "min_length", 1) for each in validators)


class NewAccountForm(CooperationForm):
    """An account for whoever accepts an invitation and has none: what they are shown as, and a password."""

    display_name = LineField(
        "Visas som", 150, missing="Skriv vad du ska visas som, till exempel Kommunpolis, Skärholmen.",
        help_text="Syns för de andra. Skriv gärna din funktion.",
    )  # fmt: skip
    password = forms.CharField(
        label="Lösenord", strip=False,
        help_text=f"Minst {_shortest_password()} tecken, och inte ett vanligt lösenord. "
        "Det får inte likna din e-postadress eller det du visas som.",
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        error_messages={"required": "Välj ett lösenord."},
    )  # fmt: skip
    repeated = forms.CharField(
        label="Lösenord en gång till", strip=False, widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        error_messages={"required": "Skriv lösenordet en gång till."},
    )  # fmt: skip

    def __init__(self, data=None, *, invitation):
        super().__init__(data, initial={"display_name": f"{invitation.function}, {Scope(invitation.group.district)}"})
        self.invitation = invitation

    def clean(self):
        values = super().clean()
        password, repeated = values.get("password"), values.get("repeated")
        if password and repeated and password != repeated:
            self.add_error("repeated", "Lösenorden är inte lika. Skriv samma lösenord två gånger.")
        elif password:
            self._validate(password, values)
        return values

    def _validate(self, password, values):
        email = self.invitation.email
        user = get_user_model()(username=email, email=email, display_name=values.get("display_name", ""))
        try:
            password_validation.validate_password(password, user)
        except forms.ValidationError as error:
            for each in error.error_list:
                told = PASSWORD_REFUSED.get(each.code)
                self.add_error("password", told % (each.params or {}) if told else each)
