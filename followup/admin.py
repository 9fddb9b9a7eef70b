"""What has been approved and published in the admin: shown, never written, and without what it says."""

from django.contrib import admin

from followup.models import (
    ApprovedFollowUp,
    FollowUpFile,
    FollowUpStep,
    PublishedReport,
    ReportFile,
    ReportReceipt,
    ReportStep,
)
from plans.admin import ReadOnlyAdmin


@admin.register(ApprovedFollowUp)
class ApprovedFollowUpAdmin(ReadOnlyAdmin):
    list_display = ["__str__", "approved_on", "body", "at"]
    list_filter = ["follow_up__plan__cycle", "follow_up__plan__district"]
    list_select_related = ["follow_up__plan__district", "follow_up__plan__cycle"]
    fields = ["follow_up", "sha256", "approved_on", "body", "meeting", "at", "by"]

    def get_queryset(self, request):
        return super().get_queryset(request).defer("document")


@admin.register(FollowUpFile)
class FollowUpFileAdmin(ReadOnlyAdmin):
    list_display = ["name", "format", "size", "made_at"]
    list_filter = ["format", "approved__follow_up__plan__cycle", "approved__follow_up__plan__district"]
    fields = ["approved", "format", "name", "where", "sha256", "size", "made_at"]
    readonly_fields = ["where"]

    @admin.display(description="plats i lagringen")
    def where(self, file):
        """The path, without the link that would go past the follow-up's own pages."""
        return file.file.name


@admin.register(FollowUpStep)
class FollowUpStepAdmin(ReadOnlyAdmin):
    list_display = ["told", "follow_up", "at", "by"]
    list_filter = ["follow_up__plan__cycle", "follow_up__plan__district"]
    list_select_related = ["follow_up__plan__district", "follow_up__plan__cycle", "by"]
    fields = ["follow_up", "name", "from_state", "to_state", "told", "at", "by"]


@admin.register(PublishedReport)
class PublishedReportAdmin(ReadOnlyAdmin):
    list_display = ["__str__", "decided_on", "body", "at"]
    list_select_related = ["report__cycle"]
    fields = ["report", "sha256", "decided_on", "body", "meeting", "at", "by"]

    def get_queryset(self, request):
        return super().get_queryset(request).defer("document")


@admin.register(ReportFile)
class ReportFileAdmin(ReadOnlyAdmin):
    list_display = ["name", "format", "size", "made_at"]
    list_filter = ["format"]
    fields = ["published", "format", "name", "where", "sha256", "size", "made_at"]
    readonly_fields = ["where"]

    @admin.display(description="plats i lagringen")
    def where(self, file):
        """The path, without the link that would go past the report's own pages."""
        return file.file.name


@admin.register(ReportReceipt)
class ReportReceiptAdmin(ReadOnlyAdmin):
    list_display = ["__str__", "function", "at", "by"]
    list_select_related = ["published__report__cycle", "district", "by"]
    fields = ["published", "district", "function", "at", "by"]


@admin.register(ReportStep)
class ReportStepAdmin(ReadOnlyAdmin):
    list_display = ["told", "report", "at", "by"]
    list_select_related = ["report__cycle", "by"]
    fields = ["report", "name", "from_state", "to_state", "told", "at", "by"]
