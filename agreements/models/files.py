"""Files that people attach: the signed scan of an agreement, what a finding rests on."""

import uuid

from django.db import models
from django.db.models import Q

from agreements.models.agreements import Agreement
from agreements.models.pictures import Finding
from agreements.models.steps import by_whom
from agreements.querysets import AttachmentQuerySet


def _where_attached(instance, filename):
    # Nothing of the name that a person chose is in the path; it is kept in ``name``.
    return f"attachments/{instance.uid}"


class Attachment(models.Model):
    """A file attached to an agreement or to a finding; read by whoever may read that."""

    uid = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    agreement = models.ForeignKey(
        Agreement,
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="attachments",
        verbose_name="överenskommelse",
    )
    finding = models.ForeignKey(
        Finding, on_delete=models.CASCADE, null=True, blank=True, related_name="attachments", verbose_name="iakttagelse"
    )
    is_signed_scan = models.BooleanField("den undertecknade handlingen", default=False)
    name = models.CharField("filnamn", max_length=200)
    content_type = models.CharField("filtyp", max_length=100)
    size = models.PositiveIntegerField("storlek i byte")
    sha256 = models.CharField("kontrollsumma", max_length=64)
    file = models.FileField("fil", upload_to=_where_attached, max_length=200)
    by = by_whom("bifogad av")
    at = models.DateTimeField("bifogad", auto_now_add=True)

    objects = AttachmentQuerySet.as_manager()

    class Meta:
        verbose_name = "bilaga"
        verbose_name_plural = "bilagor"
        ordering = ["at"]
        constraints = [
            models.CheckConstraint(
                name="attached_to_one_thing",
                condition=Q(agreement__isnull=False, finding__isnull=True)
                | Q(agreement__isnull=True, finding__isnull=False),
            )
        ]

    def __str__(self):
        return self.name
