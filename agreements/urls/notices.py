"""Reminders, and the mail on its way; included at the root."""

from django.urls import path

from agreements.views import notices

open_urls = [
    path("konto/paminnelser/", notices.notice_settings, name="notice_settings"),
    path("samverkan/brev/", notices.mail_status, name="mail"),
    path("samverkan/brev/forsok-igen/", notices.mail_again, name="mail_again"),
]
