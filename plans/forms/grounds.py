"""The forms of what a row rests on: linking it by hand, and bringing problems and causes from the analysis."""

from __future__ import annotations

from django import forms

from plans.bringing import Choice
from plans.outline import excerpt


class LinkForm(forms.Form):
    """Findings, places, and the problems and causes of the pictures that the row stays linked to."""

    findings = forms.ModelMultipleChoiceField(
        label="Iakttagelser", queryset=None, required=False, widget=forms.CheckboxSelectMultiple
    )
    places = forms.ModelMultipleChoiceField(
        label="Platser", queryset=None, required=False, widget=forms.CheckboxSelectMultiple
    )
    kept = forms.MultipleChoiceField(label="Hämtat från", required=False, widget=forms.CheckboxSelectMultiple)

    def __init__(self, data=None, *, grounds, findings, places):
        brought = [(str(each.pk), str(each)) for each in (*grounds.problems, *grounds.causes)]
        initial = {"findings": grounds.own, "places": [place.pk for place in grounds.places],
                   "kept": [key for key, _ in brought]}  # fmt: skip
        super().__init__(data, initial=initial)
        self.fields["findings"].queryset, self.fields["places"].queryset = findings, places
        self.fields["findings"].label_from_instance = lambda finding: f"{finding.title} ({finding.picture})"
        self.fields["kept"].choices = brought
        if not brought:
            del self.fields["kept"]


class BringForm(forms.Form):
    """One prioritised problem: which of its chosen causes to bring, and to which tab unless the plan has it."""

    area = forms.ChoiceField(label="Område i planen", required=False)
    causes = forms.MultipleChoiceField(
        label="Orsaker att hämta", required=False, widget=forms.CheckboxSelectMultiple,
        error_messages={"invalid_choice": "En orsak är hämtad eller ändrad sedan du öppnade sidan. Välj på nytt."},
    )  # fmt: skip

    def __init__(self, data=None, *, offer, tabs):
        causes = [(str(cause.pk), excerpt(cause.text, 300)) for cause in offer.left]
        initial = {"area": offer.area, "causes": [key for key, _ in causes]}
        super().__init__(data, initial=initial, prefix=str(offer.problem.pk))
        self.offer = offer
        self.fields["causes"].choices = causes
        self.fields["area"].choices = [("", "Välj område"), *tabs]
        if offer.row:
            del self.fields["area"]

    def clean(self):
        values = super().clean()
        if values.get("causes") and "area" in self.fields and not values.get("area") and "area" not in self.errors:
            self.add_error("area", "Välj vilket område i planen problemet hör till.")
        return values

    def choice(self):
        """What was chosen."""
        return Choice(
            problem=str(self.offer.problem.pk),
            area=self.cleaned_data.get("area", ""),
            causes=frozenset(self.cleaned_data["causes"]),
        )
