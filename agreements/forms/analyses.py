"""The forms of a cause analysis: a step of the method, a cause, and a step of the analysis as a whole."""

from __future__ import annotations

from crispy_forms.layout import Fieldset, Layout
from django import forms

from agreements.analyses import SIDES, STAGE_OF, branches
from agreements.analyses.fishbone import shortened
from agreements.enums import AssumptionState, Directness
from agreements.forms.fields import UNSEEN, CooperationForm, LongField, VersionedForm, differences_between
from trygghet.crispy import Columns


class ComparedForm(VersionedForm):
    """A form of long texts that several people write in: where they differ, both texts stand beside each other."""

    def clean(self):
        values = super().clean()
        if self._errors.pop("row_version", None):
            self.add_error(None, UNSEEN)
            self.data = self.data.copy()
            self.data["row_version"] = str(self.initial["row_version"])
        return values

    def against(self, theirs):
        """Return this form with what was typed, made to be sent again against the row as it now stands."""
        data = self.data.copy()
        data["row_version"] = theirs.row_version
        return self.again(data, theirs)

    def differences(self, theirs):
        """Return a :class:`Difference` for each field where the row now says something else than was typed."""
        return differences_between(self, self.values_of(theirs))


class StageForm(ComparedForm):
    """What a step of the method has led to."""

    participants = LongField(
        "Deltagare",
        1_000,
        rows=2,
        required=False,
        help_text="Funktioner, inte namn. Experter får tas in, till exempel en analytiker.",
    )
    notes = LongField("Anteckningar", 8_000, rows=8, required=False, help_text="Skriv inte om enskilda.")

    def __init__(self, data=None, *, stage):
        super().__init__(data, initial=self.values_of(stage) | {"row_version": stage.row_version})
        self.stage = stage
        self.fields["notes"].help_text = f"{STAGE_OF[stage.step].question} Skriv inte om enskilda."
        self.helper.layout = Layout("row_version", "participants", "notes")

    @staticmethod
    def values_of(stage):
        return {"participants": stage.participants, "notes": stage.notes}

    def again(self, data, stage):
        return StageForm(data, stage=stage)

    def values(self):
        """What is to be written."""
        return {name: self.cleaned_data[name] for name in ("participants", "notes")}


class _Findings(forms.ModelMultipleChoiceField):
    widget = forms.CheckboxSelectMultiple


class CauseForm(ComparedForm):
    """A likely cause: what it is, what speaks for it, and whether it is chosen."""

    text = LongField("Orsak", 2_000, rows=3, missing="Skriv vad orsaken är.")
    side = forms.ChoiceField(
        label="Gäller",
        choices=[("", "Välj sida"), *SIDES],
        error_messages={"required": "Välj vilken sida orsaken gäller.", "invalid_choice": "Välj en av sidorna."},
    )
    behind = forms.ChoiceField(
        label="Ligger bakom",
        required=False,
        help_text="Välj en orsak om den här förklarar varför den finns.",
    )
    directness = forms.ChoiceField(label="Direkt eller indirekt", choices=Directness.choices, required=False)
    findings = _Findings(label="Iakttagelser som talar för", queryset=None, required=False)
    places = _Findings(label="Platser", queryset=None, required=False)
    evidence = LongField(
        "Underlag",
        4_000,
        rows=3,
        required=False,
        help_text="Vad orsaken bygger på. Följer med till åtgärdsplanen om orsaken väljs.",
    )
    assumption = forms.ChoiceField(label="Antagandet", choices=AssumptionState.choices)
    tested_how = LongField("Vad som talar för och emot", 4_000, rows=3, required=False, help_text="Kan vi påverka den?")
    is_chosen = forms.BooleanField(label="Vald att åtgärda", required=False)

    def __init__(self, data=None, *, cause, causes, findings, places):
        super().__init__(data, initial=self.values_of(cause) | {"row_version": cause.row_version})
        self.cause, self.offered = cause, {"causes": causes, "findings": findings, "places": places}
        self.fields["behind"].choices = [("", "Ingen, den är en egen orsak"), *self._others(causes)]
        self.fields["findings"].queryset, self.fields["places"].queryset = findings, places
        for name in ("findings", "places"):
            if not self.offered[name].exists():
                del self.fields[name]
        self.helper.layout = Layout(
            "row_version",
            Fieldset("Orsaken", "text", Columns("side", "directness"), "behind"),
            Fieldset("Underlaget", *[name for name in ("findings", "places") if name in self.fields], "evidence"),
            Fieldset("Prövning och val", Columns("assumption"), "tested_how", "is_chosen"),
        )

    def _others(self, causes):
        """Every other cause with its number on the page."""

        def walk(nodes):
            for node in nodes:
                yield node
                yield from walk(node.deeper)

        nodes = (node for branch in branches(list(causes)) for node in walk(branch.nodes))
        return [
            (str(node.cause.pk), f"{node.number}. {shortened(node.cause.text, 70)}")
            for node in nodes
            if node.cause.pk != self.cause.pk
        ]

    @staticmethod
    def values_of(cause):
        names = ("text", "side", "directness", "evidence", "assumption", "tested_how", "is_chosen")
        linked = {name: list(getattr(cause, name).all()) if cause.analysis_id and not cause._state.adding else []
                  for name in ("findings", "places")}  # fmt: skip
        return {name: getattr(cause, name) for name in names} | linked | {"behind": str(cause.behind_id or "")}

    def again(self, data, cause):
        return CauseForm(data, cause=cause, **self.offered)

    def clean(self):
        values = super().clean()
        if values.get("is_chosen") and values.get("assumption") == AssumptionState.REJECTED:
            self.add_error("is_chosen", "En förkastad orsak kan inte väljas ut. Ändra antagandet eller valet.")
        return values

    def values(self):
        """What is to be written in the row itself."""
        names = ("text", "side", "directness", "evidence", "assumption", "tested_how", "is_chosen")
        behind = next((each for each in self.offered["causes"] if str(each.pk) == self.cleaned_data["behind"]), None)
        return {name: self.cleaned_data[name] for name in names} | {"behind": behind}

    def linked(self):
        """The findings and places that were ticked."""
        return {name: self.cleaned_data.get(name, []) for name in ("findings", "places")}


class AnalysisStepForm(CooperationForm):
    """A step of the analysis as a whole, with the reason where one is needed."""

    reason = LongField("Skäl", 2_000, rows=3, missing="Skriv varför analysen öppnas igen, så att de andra förstår.")

    def __init__(self, data=None, *, step):
        super().__init__(data)
        if not step.needs_reason:
            del self.fields["reason"]
