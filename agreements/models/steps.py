"""The log of steps that the workflows of the cooperation share."""

from django.conf import settings
from django.db import models

from trygghet.append_only import AppendOnly


def by_whom(verbose_name="vem", **options):
    """The person who did it; kept when the person leaves."""
    return models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=verbose_name, **options
    )


class Step(AppendOnly):
    """A step that something took: who did what, when and why. Append-only.

    ``name`` is that of a transition in its table; ``told`` says in Swedish
    what was done, as a whole sentence without who did it.
    """

    name = models.CharField("steg", max_length=40)
    from_state = models.CharField("från status", max_length=25)
    to_state = models.CharField("till status", max_length=25)
    at = models.DateTimeField("när", auto_now_add=True)
    by = by_whom(null=True, help_text="Tomt när ett kommando tog steget.")
    told = models.CharField("vad", max_length=300)
    reason = models.TextField("skäl", blank=True)

    class Meta:
        abstract = True
        ordering = ["-pk"]

    def __str__(self):
        return self.told

    @classmethod
    def log_of(cls, subject):
        """Return what logs the steps of a workflow, as :class:`trygghet.workflow.Workflow` calls it.

        ``subject`` names the field with the row that took the step. What is told is cut to what the log holds.
        """
        longest = cls._meta.get_field("told").max_length

        def log(row, step, from_state, by, told, reason):
            cls.objects.create(
                **{subject: row}, name=step.name, from_state=from_state, to_state=row.state,
                by=by, told=told[:longest], reason=reason.strip(),
            )  # fmt: skip

        return log
