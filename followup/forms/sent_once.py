"""A form with a name of its own, so that one that is sent twice writes once (``followup/sent_once.py``)."""

from uuid import uuid4

from django import forms

from agreements.forms.fields import CooperationForm


class SentOnceForm(CooperationForm):
    """A form that names what it writes."""

    uid = forms.UUIDField(required=False, widget=forms.HiddenInput)

    def sent_before(self, why):
        """Say ``why`` nothing was written: it was sent before with another text. Sent once more it writes anew."""
        self.add_error(None, why)
        self.data = self.data.copy()
        self.data["uid"] = str(uuid4())
