"""The form of the feedback to a district."""

from agreements.forms.fields import LongField, VersionedForm
from followup.models import MAX_FEEDBACK


class FeedbackForm(VersionedForm):
    """What the city says to the district of its year; left empty it is taken back.

    Its fields are named for the district, which what is typed and not saved is kept by in the browser.
    """

    text = LongField(
        "Återkoppling", MAX_FEEDBACK, rows=12,
        help_text="Vad som gick bra, vad staden tar med sig, svar på hinder, och vad ni vill se nästa år. "
        "Tom rad ger nytt stycke. Rader som börjar med «- » blir en lista.",
    )  # fmt: skip

    def __init__(self, data=None, *, feedback):
        super().__init__(
            data, prefix=feedback.district.slug, initial={"text": feedback.text, "row_version": feedback.row_version}
        )
