"""Choosing what a plan stands on."""

from django import forms

from agreements.forms.fields import CooperationForm


class BasisForm(CooperationForm):
    """The agreement and the picture that the draft is to stand on, with those the page showed."""

    seen_agreement = forms.CharField(widget=forms.HiddenInput, required=False, max_length=36)
    seen_picture = forms.CharField(widget=forms.HiddenInput, required=False, max_length=36)

    def __init__(self, data=None, *, agreements, pictures, seen, initial):
        shown = {"seen_agreement": seen[0], "seen_picture": seen[1]}
        super().__init__(data, initial={**initial, **shown})
        self.fields["agreement"] = forms.ModelChoiceField(
            label="Överenskommelse", queryset=agreements, required=False, empty_label="Ingen överenskommelse"
        )
        self.fields["picture"] = forms.ModelChoiceField(
            label="Lägesbild", queryset=pictures, required=False, empty_label="Ingen lägesbild"
        )

    @property
    def seen(self):
        """What the page showed."""
        return self.cleaned_data["seen_agreement"], self.cleaned_data["seen_picture"]
