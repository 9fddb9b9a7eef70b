"""The form of which indicator each goal of a row is to be seen in."""

from crispy_forms.layout import Layout
from django import forms

from agreements.forms.fields import CooperationForm
from followup.forms.indicators import NumberField
from followup.goal_values import too_late
from followup.measurements import as_number, is_count, number_fault
from followup.numbers import NotANumber
from trygghet.crispy import Columns


class GoalForm(CooperationForm):
    """A goal's indicator, with the baseline and the target it was given."""

    indicator = forms.ChoiceField(
        label="Indikator",
        required=False,
        error_messages={"invalid_choice": "Välj en indikator i listan, eller ingen."},
    )
    baseline = NumberField("Nuläge", help_text="Tomt: det senaste mätvärdet före planens år.")
    target = NumberField("Målvärde", help_text="Dit värdet ska komma.")

    def __init__(self, data=None, *, goal, chosen, indicators):
        """``indicators`` are those to choose among, the same list for every goal of the page."""
        initial = {}
        if chosen:
            initial = {"indicator": chosen.indicator_id, "baseline": chosen.baseline, "target": chosen.target}
        super().__init__(data, prefix=f"mal-{goal.uid}", initial=initial)
        self.goal, self.chosen = goal, chosen
        self.indicators = {str(each.pk): each for each in indicators}
        listed = [(pk, f"{each.name} ({each.unit})") for pk, each in self.indicators.items()]
        self.fields["indicator"].choices = [("", "Ingen indikator"), *listed]
        self.helper.layout = Layout("indicator", Columns("baseline", "target"))

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
        return values

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
        """What was filled in, as :func:`followup.goal_values.choose` takes it."""
        values = self.cleaned_data
        return values["indicator"], values["baseline"], values["target"]

    def warning(self, year):
        """Return why the chosen indicator comes too late for the year (P29), "" if it does not."""
        return too_late(self.chosen.indicator, year) if self.chosen else ""
