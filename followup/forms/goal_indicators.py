"""The form of which indicator each goal of a row is to be seen in."""

from crispy_forms.layout import Layout
from django import forms

from agreements.forms.fields import UNSEEN, CooperationForm
from followup.forms.indicators import NumberField
from followup.indicators.goals import too_late
from followup.indicators.measurements import as_number, is_count, number_fault
from followup.numbers import NotANumber, plain
from trygghet.crispy import Columns

ONCE_MORE = "Spara en gång till, så gäller det du har valt."


class GoalForm(CooperationForm):
    """A goal's indicator, with the baseline and the target it was given.

    ``seen`` is what was chosen when the page was read: a goal that only somebody else has touched since is
    left as they left it, and one that both have is asked about.
    """

    seen = forms.RegexField(
        r"^none$|^\d+;[\d,-]*;[\d,-]*$",
        widget=forms.HiddenInput,
        error_messages={"required": UNSEEN, "invalid": UNSEEN},
    )
    indicator = forms.ChoiceField(
        label="Indikator",
        required=False,
        error_messages={"invalid_choice": "Välj en indikator i listan, eller ingen."},
    )
    baseline = NumberField("Nuläge", help_text="Tomt: det senaste mätvärdet före planens år.")
    target = NumberField("Målvärde", help_text="Dit värdet ska komma.")

    def __init__(self, data=None, *, goal, chosen, indicators):
        """``indicators`` are those to choose among, the same list for every goal of the page."""
        initial = {"seen": _told(chosen)}
        if chosen:
            initial |= {"indicator": chosen.indicator_id, "baseline": chosen.baseline, "target": chosen.target}
        super().__init__(data, prefix=f"mal-{goal.uid}", initial=initial)
        self.goal, self.chosen = goal, chosen
        self.indicators = {str(each.pk): each for each in indicators}
        listed = [(pk, f"{each.name} ({each.unit})") for pk, each in self.indicators.items()]
        self.fields["indicator"].choices = [("", "Ingen indikator"), *listed]
        self.helper.layout = Layout("seen", "indicator", Columns("baseline", "target"))

    def clean_indicator(self):
        """Return the indicator itself, None when none is chosen."""
        return self.indicators.get(self.cleaned_data["indicator"])

    def clean(self):
        values = super().clean()
        if values.get("indicator") is None and "indicator" not in self.errors:
            if values.get("target") is not None or values.get("baseline") is not None:
                self.add_error("indicator", "Välj vilken indikator nuläget och målvärdet gäller, eller töm fälten.")
        elif values.get("indicator") and values.get("target") is None and "target" not in self.errors:
            self.add_error("target", "Skriv målvärdet: vart indikatorn ska komma.")
        if values.get("indicator"):
            self._clean_numbers(values["indicator"])
        if not self.errors:
            self._clean_seen()
        return values

    def _clean_seen(self):
        """Leave alone what only somebody else has changed since the page was read; ask when both have."""
        seen, stands, wanted = self.cleaned_data["seen"], _told(self.chosen), self._told_as_written()
        if seen == stands:
            return
        if wanted == seen:
            self.cleaned_data |= _values(self.chosen)
        elif wanted != stands:
            theirs = _in_words(self.chosen)
            self.add_error(None, f"Någon annan har ändrat sedan du öppnade sidan. Nu står det: {theirs}. {ONCE_MORE}")
            self.data = self.data.copy()
            self.data[self.add_prefix("seen")] = stands

    def _told_as_written(self):
        return _told_of(*(self.cleaned_data[name] for name in ("indicator", "baseline", "target")))

    def _clean_numbers(self, indicator):
        """Refuse what the indicator can never be: a share of 150 procent, a count with decimals."""
        for name in ("baseline", "target"):
            if name not in self.errors and (wrong := self._fault_of(indicator, name)):
                self.add_error(name, wrong)

    def _fault_of(self, indicator, name):
        try:
            number = as_number(self[name].data or "", is_count=is_count(indicator))
        except NotANumber as error:
            return str(error)
        return number_fault(indicator, number)

    @property
    def written(self):
        """What was filled in, as :func:`followup.indicators.goals.choose` takes it."""
        values = self.cleaned_data
        return values["indicator"], values["baseline"], values["target"]

    def warning(self, year):
        """Return why the chosen indicator comes too late for the year (P29), "" if it does not."""
        return too_late(self.chosen.indicator, year) if self.chosen else ""


def _told_of(indicator, baseline, target):
    """Return a choice as a form carries it: "4;38,5;30", with "none" for no indicator."""
    return f"{indicator.pk};{plain(baseline)};{plain(target)}" if indicator else "none"


def _told(chosen):
    return _told_of(chosen.indicator, chosen.baseline, chosen.target) if chosen else "none"


def _values(chosen):
    names = ("indicator", "baseline", "target")
    return {name: getattr(chosen, name, None) for name in names}


def _in_words(chosen):
    if not chosen:
        return "ingen indikator"
    begins = f"från {plain(chosen.baseline)} " if chosen.baseline is not None else ""
    return f"{chosen.indicator}, {begins}till {plain(chosen.target)} {chosen.indicator.unit}"
