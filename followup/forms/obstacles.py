"""Reporting an obstacle, and the answer that goes with each step of it."""

from uuid import uuid4

from crispy_forms.layout import Layout
from django import forms

from agreements.forms.fields import CooperationForm, LineField, LongField
from followup.forms.sent_once import SentOnceForm
from followup.models import MAX_OBSTACLE

WHOLE_PLAN = "Hela planen"


class ReportForm(SentOnceForm):
    """What stands in the way, of what, and what is needed.

    The form has a name of its own (``uid``), so that one that is sent twice reports one obstacle.
    """

    action = forms.ChoiceField(label="Vad hindras?", required=False)
    title = LineField("Hindret i korthet", 150, missing="Skriv i korthet vad som hindrar.")
    text = LongField(
        "Vad hindrar, och vad behövs?",
        MAX_OBSTACLE,
        rows=6,
        missing="Skriv vad som hindrar och vad som behövs.",
        help_text="Skriv vad det leder till och vilken hjälp ni vill ha. Nämn inga personer.",
    )

    def __init__(self, data=None, *, actions, action=""):
        super().__init__(data, initial={"uid": uuid4(), "action": action})
        self.fields["action"].choices = [("", WHOLE_PLAN), *actions]
        self.fields["action"].error_messages["invalid_choice"] = "Åtgärden står inte i planen. Välj en annan."
        if not actions:
            del self.fields["action"]
        self.helper.layout = Layout("uid", *(["action"] if actions else []), "title", "text")


class AnswerForm(CooperationForm):
    """The answer that a step is taken with, and in which state the person saw the obstacle.

    ``after`` is the latest step that they saw, by which an answer sent twice is known from the same words said anew.
    """

    seen_state = forms.CharField(
        widget=forms.HiddenInput, error_messages={"required": "Sidan är gammal. Ladda om den och försök igen."}
    )
    after = forms.IntegerField(required=False, widget=forms.HiddenInput)
    into = forms.ModelChoiceField(
        label="Vilket hinder hör det ihop med?", queryset=None, error_messages={"required": "Välj ett hinder."}
    )
    answer = LongField(
        "Svar", MAX_OBSTACLE, rows=4, missing="Skriv ett svar. Den som har rapporterat hindret läser det."
    )

    def __init__(self, data=None, *, obstacle, step, others, after=None):
        super().__init__(data, initial={"seen_state": obstacle.state, "after": after}, auto_id=f"{step.slug}_%s")
        if step.name == "merge":
            self.fields["into"].queryset = others
        else:
            del self.fields["into"]
        if step.name == "withdraw":
            self.fields["answer"].label = "Varför tar du tillbaka det?"
            self.fields["answer"].error_messages["required"] = "Skriv varför du tar tillbaka det."
        else:
            self.fields["answer"].label = "Svar till den som rapporterade"
        self.helper.layout = Layout(*self.fields)
