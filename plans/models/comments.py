"""What people say about a plan, and when they last looked at it."""

import uuid

from django.conf import settings
from django.db import models

from plans.enums import CommentKind, CommentState, PlanState
from plans.models.content import ActionPlan
from plans.models.process import by_whom
from plans.querysets import CommentQuerySet

MAX_COMMENT = 4_000
"""The longest comment or answer, in characters."""


class Comment(models.Model):
    """A comment, question or must-fix about the plan, a row (``row``) or a cell of it (``row`` and ``field``).

    ``quote`` is what stood there when it was written, so that the comment can
    be understood when the text has changed or the row is gone.
    """

    uid = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    plan = models.ForeignKey(ActionPlan, on_delete=models.PROTECT, related_name="comments", verbose_name="plan")
    version = models.PositiveSmallIntegerField("version")
    made_in = models.CharField("planens status då", max_length=25, choices=PlanState)
    row = models.UUIDField("rad", null=True, blank=True, db_index=True)
    row_kind = models.CharField("slag av rad", max_length=10, blank=True)
    field = models.CharField("cell", max_length=30, blank=True)
    quote = models.TextField("texten då", blank=True)
    kind = models.CharField("slag", max_length=10, choices=CommentKind)
    state = models.CharField("status", max_length=10, choices=CommentState, default=CommentState.OPEN)
    text = models.TextField("kommentar", max_length=MAX_COMMENT)
    by = by_whom()
    at = models.DateTimeField("när", auto_now_add=True)
    resolved_by = by_whom("löst av", null=True, blank=True)
    resolved_at = models.DateTimeField("löst", null=True, blank=True)

    objects = CommentQuerySet.as_manager()

    class Meta:
        verbose_name = "kommentar"
        verbose_name_plural = "kommentarer"
        ordering = ["at"]
        indexes = [models.Index(fields=["plan", "state"])]

    def __str__(self):
        return self.text


class Answer(models.Model):
    """What somebody answered a comment; also says when it was resolved or reopened, and why."""

    comment = models.ForeignKey(Comment, on_delete=models.CASCADE, related_name="answers", verbose_name="kommentar")
    text = models.TextField("svar", max_length=MAX_COMMENT)
    by = by_whom()
    at = models.DateTimeField("när", auto_now_add=True)

    class Meta:
        verbose_name = "svar"
        verbose_name_plural = "svar"
        ordering = ["at", "pk"]

    def __str__(self):
        return self.text


class PlanVisit(models.Model):
    """When a person last looked at a plan, and when they did the time before.

    ``before`` ends the visit before this one: what has happened after it is
    new to the person, for as long as this visit lasts.
    """

    plan = models.ForeignKey(ActionPlan, on_delete=models.CASCADE, related_name="visits", verbose_name="plan")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+", verbose_name="vem")
    at = models.DateTimeField("senast")
    before = models.DateTimeField("gången före", null=True, blank=True)

    class Meta:
        verbose_name = "besök"
        verbose_name_plural = "besök"
        constraints = [models.UniqueConstraint(fields=["plan", "user"], name="one_visit_per_person")]

    def __str__(self):
        return f"{self.user}, {self.plan}"
