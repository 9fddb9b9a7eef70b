"""Reminders by mail: what a person wants, and the letters on their way."""

from django.conf import settings
from django.db import models

from agreements.enums import Frequency, MailState, NoticeKind


class NoticeSetting(models.Model):
    """How often a person is reminded by mail of one kind of thing; without a row the kind's own default holds."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="notice_settings", verbose_name="användare"
    )
    kind = models.CharField("slag", max_length=15, choices=NoticeKind)
    frequency = models.CharField("hur ofta", max_length=10, choices=Frequency)

    class Meta:
        verbose_name = "inställning för påminnelser"
        verbose_name_plural = "inställningar för påminnelser"
        constraints = [models.UniqueConstraint(fields=["user", "kind"], name="one_setting_per_kind")]

    def __str__(self):
        return f"{self.user}, {self.get_kind_display()}: {self.get_frequency_display()}"


class OutgoingMail(models.Model):
    """A letter to be sent, or that was. ``key`` says what it is, so that it is written once ("digest:7:2026-01-12").

    A reminder has a ``reader``: it goes to the address that person has when it is sent, and ``to`` is the latest tried.
    ``text`` is emptied when it has been sent: nothing is kept that is not needed.
    ``claimed_until`` is set by the sender that has taken it on, so that two hosts do not send the same.
    """

    key = models.CharField("nyckel", max_length=150, unique=True)
    to = models.EmailField("till")
    reader = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="påminner",
        help_text="Tomt för en inbjudan, som går till den adress som angavs.",
    )
    subject = models.CharField("ämne", max_length=200)
    text = models.TextField("text", blank=True)
    state = models.CharField("status", max_length=10, choices=MailState, default=MailState.WAITING)
    created_at = models.DateTimeField("skriven", auto_now_add=True)
    sent_at = models.DateTimeField("skickad", null=True, blank=True)
    attempts = models.PositiveSmallIntegerField("försök", default=0)
    next_attempt_at = models.DateTimeField("nästa försök", auto_now_add=False, null=True, blank=True)
    claimed_until = models.DateTimeField("tas om hand till", null=True, blank=True)
    last_error = models.CharField("senaste felet", max_length=300, blank=True)

    class Meta:
        verbose_name = "brev"
        verbose_name_plural = "brev"
        ordering = ["-created_at"]
        indexes = [models.Index(fields=["state", "next_attempt_at"], name="mail_to_send")]

    def __str__(self):
        return f"{self.subject} → {self.to}"
