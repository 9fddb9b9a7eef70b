"""The forms of indicators and their measurements; a form writes nothing, it says what was filled in."""

from crispy_forms.layout import Div, Fieldset, Layout
from django import forms
from django.utils.text import slugify

from agreements.forms.fields import CooperationForm, DayField, LineField, LongField, VersionedForm
from agreements.models import DataSource
from followup import numbers
from followup.enums import Wanted
from followup.indicators.measurements import as_number, faults_of, is_count
from followup.indicators.periods import FIRST_YEAR, Period, period_of
from followup.indicators.trends import entered_by, indicators_for, neighbourhoods_of
from trygghet.crispy import Columns

RESERVED = {"ny", "las-in"}  # addresses beside those of the indicators
NOT_WHOLE = "Skriv ett heltal med siffror."


class NumberField(forms.CharField):
    """A number as Swedes write it, with a decimal comma; cleaned to a Decimal, or None when it is left out.

    With ``is_count``, which a form sets when it knows what is measured, it is a whole number.
    """

    is_count = False

    def __init__(self, label, *, missing="", help_text=""):
        widget = forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"})
        super().__init__(label=label, required=bool(missing), help_text=help_text, widget=widget, max_length=40)
        self.error_messages |= {"required": missing, "max_length": numbers.TOO_LONG}

    def clean(self, value):
        """Return the number; raise ValidationError with what to write instead."""
        text = super().clean(value)
        try:
            return as_number(text, is_count=self.is_count)
        except numbers.NotANumber as error:
            raise forms.ValidationError(str(error)) from error

    def prepare_value(self, value):
        """Return a stored number the way it is typed."""
        return value if isinstance(value, str) or value is None else numbers.plain(value)


class WholeField(forms.IntegerField):
    """A whole number, which may be left out."""

    def __init__(self, label, *, least, most, help_text=""):
        super().__init__(label=label, required=False, min_value=least, max_value=most, help_text=help_text)
        self.widget = forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"})
        between = f"Skriv ett tal mellan {least} och {most}."
        self.error_messages |= {"invalid": NOT_WHOLE, "min_value": between, "max_value": between}

    def to_python(self, value):
        return super().to_python(numbers.unspaced(value) if isinstance(value, str) else value)


# --- A measurement


class MeasurementForm(VersionedForm):
    """A value of an indicator: where and when, and what. A year is enough where the period is a year.

    The place of a value that is there already is not changed: that would be another measurement.
    """

    place = forms.ChoiceField(
        label="Område",
        error_messages={"required": "Välj vilket område värdet gäller.", "invalid_choice": "Välj ett av områdena."},
    )  # fmt: skip
    neighbourhood = forms.ModelChoiceField(
        queryset=None,
        label="Stadsdel",
        required=False,
        empty_label="Hela området",
        help_text="Bara om värdet gäller en enda stadsdel.",
        error_messages={"invalid_choice": "Välj en stadsdel i listan, eller hela området."},
    )
    year = WholeField(
        "År", least=FIRST_YEAR, most=2100, help_text="Till exempel 2024. Eller ange första och sista dagen nedan."
    )
    starts_on = DayField("Första dagen")
    ends_on = DayField("Sista dagen")
    value = NumberField("Värde", missing="Skriv värdet.")
    low = NumberField("Lägst")
    high = NumberField("Högst")
    respondents = WholeField("Antal svarande", least=0, most=10_000_000)
    note = LineField(
        "Anmärkning", 300,
        help_text="Till exempel att frågan har ändrats. Inga uppgifter om enskilda personer.",
    )  # fmt: skip

    def __init__(self, data=None, *, user, indicator, places, measurement=None, place=None):
        self.indicator, self.measurement = indicator, measurement
        self.places = {each.slug: each for each in places}
        super().__init__(data, initial=_initial(measurement, place))
        self.fields["place"].choices = [("", "Välj område"), *((each.slug, each.name) for each in places)]
        self.fields["neighbourhood"].queryset = neighbourhoods_of(places)
        self.fields["neighbourhood"].label_from_instance = lambda each: f"{each.name} ({each.district})"
        for name in ("value", "low", "high"):
            self.fields[name].is_count = is_count(indicator)
        self.fields["value"].help_text = (
            f"Enhet: {indicator.unit}." if indicator.unit != "procent" else "I procent, till exempel 37,5."
        )
        if measurement:
            del self.fields["place"], self.fields["neighbourhood"]
        else:
            self.fields["row_version"].required = False
        where = [] if measurement else [Fieldset("Var", Columns("place", "neighbourhood"))]
        self.helper.layout = Layout(
            "row_version",
            *where,
            Fieldset("När", Div("year", css_class="short-field"), Columns("starts_on", "ends_on")),
            Fieldset(
                "Värde",
                Div("value", css_class="short-field"),
                Columns("low", "high"),
                Div("respondents", css_class="short-field"),
                "note",
            ),
        )
        self.fields["low"].help_text = "Osäkerhetens nedre gräns, om den är känd."
        self.fields["high"].help_text = "Osäkerhetens övre gräns."

    def clean(self):
        values = super().clean()
        self._clean_period(values)
        self._clean_place(values)
        for name, wrong in faults_of(self.indicator, values).items():
            self.add_error(name if name not in ("starts_on", "ends_on") or not values.get("year") else "year", wrong)
        return values

    def _clean_period(self, values):
        year, days = values.get("year"), (values.get("starts_on"), values.get("ends_on"))
        if year:
            period = Period.of_year(year)
            if any(days) and days != (period.starts_on, period.ends_on):
                self.add_error("year", "Ange antingen året eller dagarna, inte båda.")
            values["starts_on"], values["ends_on"] = period.starts_on, period.ends_on
        elif not {"year", "starts_on", "ends_on"} & self.errors.keys():
            if not any(days):
                self.add_error("year", "Ange vilket år värdet gäller, eller första och sista dagen.")
            elif not all(days):
                self.add_error("ends_on" if days[0] else "starts_on", "Ange både första och sista dagen.")

    def _clean_place(self, values):
        neighbourhood, place = values.get("neighbourhood"), self.places.get(values.get("place"))
        if neighbourhood and place and neighbourhood.district_id != place.pk:
            self.add_error(
                "neighbourhood",
                f"{neighbourhood} ligger inte i {place.name}. Välj en stadsdel där, eller hela området.",
            )

    def measured(self):
        """Return what was filled in, as fields of a measurement; the place too when it is a new one."""
        names = ("starts_on", "ends_on", "value", "low", "high", "respondents", "note")
        values = {name: self.cleaned_data[name] for name in names}
        if self.measurement is None:
            values["district"] = self.places[self.cleaned_data["place"]].district
            values["neighbourhood"] = self.cleaned_data["neighbourhood"]
        return values

    def as_it_stands(self):
        """Return (label, text) of what the row says now, if somebody else has changed it meanwhile."""
        if self.stale is None:
            return []
        names = ("value", "low", "high", "respondents", "note")
        lines = [("Period", str(period_of(self.stale)))]
        for name in names:
            value = getattr(self.stale, name)
            lines.append(
                (
                    self.fields[name].label,
                    numbers.plain(value) if name in ("value", "low", "high") else str(value or ""),
                )
            )
        return lines


def _initial(measurement, place):
    if measurement is None:
        return {"place": place.slug if place else ""}
    names = ("starts_on", "ends_on", "value", "low", "high", "respondents", "note", "row_version")
    values = {name: getattr(measurement, name) for name in names}
    year = period_of(measurement).year
    return values | ({"year": year, "starts_on": None, "ends_on": None} if year else {})


class RemoveForm(VersionedForm):
    """That a measurement is to go; names the version of it that the person saw."""


# --- An indicator


class IndicatorForm(VersionedForm):
    """What an indicator is."""

    name = LineField(
        "Namn", 150, missing="Skriv vad indikatorn heter.", help_text="Till exempel Undviker platser på kvällen."
    )
    unit = LineField(
        "Enhet",
        40,
        missing="Skriv enheten, till exempel procent.",
        help_text="Till exempel procent, eller antal per 1 000 invånare.",
    )
    decimals = WholeField("Decimaler som visas", least=0, most=4)
    wanted = forms.ChoiceField(
        label="Önskad riktning", choices=Wanted.choices, widget=forms.RadioSelect,
        error_messages={"required": "Välj om lägre eller högre är bättre."},
    )  # fmt: skip
    source = forms.ModelChoiceField(
        label="Datakälla", queryset=None, empty_label="Välj datakälla",
        error_messages={
            "required": "Välj vilken mätning eller vilket register värdena kommer ur.",
            "invalid_choice": "Välj en datakälla i listan.",
        },
    )  # fmt: skip
    interval_months = WholeField(
        "Mäts med så många månaders mellanrum", least=1, most=600,
        help_text="Tomt när den följer sin datakälla, eller är oregelbunden.",
    )  # fmt: skip
    counts_people = forms.BooleanField(
        label="Värdena är antal personer eller fall", required=False,
        help_text="Då visas aldrig färre än fem, och inte heller en summa som ett så litet tal ingår i.",
    )  # fmt: skip
    description = LongField(
        "Vad den mäter", 2_000, help_text="Vem som svarar på vad, och vad man ska tänka på när man läser värdena."
    )

    def __init__(self, data=None, *, user, indicator=None):
        names = (
            "name",
            "unit",
            "decimals",
            "wanted",
            "source",
            "interval_months",
            "counts_people",
            "description",
            "row_version",
        )
        self.indicator, self.user = indicator, user
        super().__init__(
            data, initial={name: getattr(indicator, name) for name in names} if indicator else {"decimals": 0}
        )
        if indicator is None:
            self.fields["row_version"].required = False
        self.fields["source"].queryset = DataSource.objects.visible_to(user)
        self.helper.layout = Layout(
            "row_version",
            "name",
            "description",
            Columns("unit", "decimals"),
            "wanted",
            "source",
            "interval_months",
            "counts_people",
        )

    def clean_name(self):
        """Refuse a name that another indicator has, or that no address can be made of."""
        name = self.cleaned_data["name"]
        others = indicators_for(self.user).exclude(pk=self.indicator.pk if self.indicator else None)
        if others.filter(name__iexact=name).exists():
            raise forms.ValidationError(f"Det finns redan en indikator som heter {name}. Ge den här ett annat namn.")
        code = slugify(name)[:80].strip("-")
        if self.indicator is None and (not code or code in RESERVED or others.filter(code=code).exists()):
            raise forms.ValidationError("Namnet går inte att skilja från ett annat. Välj ett annat namn.")
        return name

    def clean_decimals(self):
        return self.cleaned_data["decimals"] or 0

    def values(self):
        """Return what was filled in; a new indicator gets its code from its name, and keeps it."""
        values = super().values()
        return values if self.indicator else values | {"code": slugify(values["name"])[:80].strip("-")}


def places_to_enter(user, places):
    """Return those of the places that the person may enter values of."""
    reach = entered_by(user)
    return [place for place in places if reach.covers(place.pk)]


class UploadForm(CooperationForm):
    """The file to read measurements from."""

    file = forms.FileField(
        label="Fil med mätvärden",
        help_text="Excel (.xlsx) eller CSV, gjord efter mallen. Högst 2 MB och 5 000 rader.",
        error_messages={
            "required": "Välj en fil att läsa in.",
            "empty": "Filen är tom. Välj den fil som mätvärdena står i.",
        },
        widget=forms.FileInput(attrs={"accept": ".xlsx,.csv,.txt"}),
    )  # fmt: skip
