"""Files that people attach: which kinds, how big, and refused with words that say what to do."""

import math

import filetype
from django import forms
from django.core.exceptions import ValidationError

MAX_BYTES = 10 * 1024 * 1024

# Extension → content type of what may be attached. What a file is, is read from its first bytes and not from its name.
KINDS = {
    "pdf": "application/pdf",
    "png": "image/png",
    "jpg": "image/jpeg",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
IN_WORDS = {"pdf": "PDF", "png": "PNG", "jpg": "JPEG", "docx": "Word (docx)", "xlsx": "Excel (xlsx)"}


class AttachmentField(forms.FileField):
    """A file of one of the ``kinds`` and at most 10 MB.

    The cleaned file has ``content_type`` set to what it really is. The name is
    shortened to 200 characters and holds no path.
    """

    def __init__(self, *, kinds=tuple(KINDS), **options):
        self.kinds = kinds
        options.setdefault("help_text", f"{self.in_words}, högst 10 MB.")
        super().__init__(**options)
        self.widget.attrs.setdefault("accept", ",".join(f".{kind}" for kind in kinds))

    @property
    def in_words(self):
        """The kinds as a person says them: "PDF, PNG eller JPEG"."""
        *first, last = (IN_WORDS[kind] for kind in self.kinds)
        return f"{', '.join(first)} eller {last}" if first else last

    def clean(self, data, initial=None):
        """Return the file; raise ValidationError when it is too big, empty or of another kind."""
        file = super().clean(data, initial)
        if not file or file is initial:
            return file
        if file.size > MAX_BYTES:
            # Upwards, so that a file a few bytes over the limit is not told to be as big as it may be.
            megabytes = f"{math.ceil(file.size / 1024 / 1024 * 10) / 10:.1f}".replace(".", ",")
            raise ValidationError(
                f"{file.name} är {megabytes} MB. En fil får vara högst 10 MB. "
                "Spara den i mindre format och försök igen."
            )
        kind = filetype.guess_extension(file.read(8192))
        file.seek(0)
        if kind not in self.kinds:
            raise ValidationError(f"{file.name} är inte {self.in_words}. Spara om filen och försök igen.")
        file.content_type = KINDS[kind]
        return file
