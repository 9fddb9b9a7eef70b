"""Accounts in the admin.

Rights come from seats in groups, so Django's own groups and permissions are
not shown; nor is allauth's table of addresses, which follows the user's.
"""

import allauth.account.admin  # noqa: F401 - registers what is taken away below
from allauth.account.models import EmailAddress
from django.contrib import admin
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin
from django.contrib.auth.models import Group

from accounts.models import User

admin.site.site_header = "Trygghet, förvaltning"
admin.site.site_title = "Trygghet"
admin.site.index_title = "Förvaltning"
admin.site.unregister([Group, EmailAddress])


@admin.register(User)
class UserAdmin(DjangoUserAdmin):
    list_display = ["username", "display_name", "email", "is_active", "is_staff", "last_login"]
    list_filter = ["is_active", "is_staff"]
    search_fields = ["username", "display_name", "email"]
    filter_horizontal = []
    readonly_fields = ["last_login", "date_joined"]
    fieldsets = [
        (None, {"fields": ["username", "password"]}),
        ("Person", {"fields": ["display_name", "email"]}),
        (
            "Konto",
            {
                "fields": ["is_active", "is_staff", "is_superuser", "last_login", "date_joined"],
                "description": "Vad någon får läsa och göra i planerna följer av medlemskap i samverkansgrupper. "
                "Rutorna här gäller bara inloggning och förvaltning.",
            },
        ),
    ]
    add_fieldsets = [
        (None, {"classes": ["wide"], "fields": ["username", "display_name", "email", "password1", "password2"]})
    ]
