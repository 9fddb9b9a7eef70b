"""The way to a decision in the admin: shown, never written.

What the plans say is not here: an administrator keeps the system and reads a
plan only with a seat in a group, through the plan's own pages.
"""

from django.contrib import admin

from plans.models import BoardDecision, FrozenFile, PlanStep, PlanVersion, Submission


class ReadOnlyAdmin(admin.ModelAdmin):
    """Lists and shows; adds, changes and removes nothing."""

    def has_add_permission(self, request, obj=None):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        return False


@admin.register(PlanStep)
class PlanStepAdmin(ReadOnlyAdmin):
    list_display = ["told", "plan", "version", "at", "by"]
    list_filter = ["plan__cycle", "plan__district"]
    list_select_related = ["plan__district", "plan__cycle", "by"]
    fields = ["plan", "version", "name", "from_state", "to_state", "told", "at", "by"]


@admin.register(PlanVersion)
class PlanVersionAdmin(ReadOnlyAdmin):
    list_display = ["__str__", "decided_on", "body", "frozen_at"]
    list_filter = ["plan__cycle", "plan__district"]
    list_select_related = ["plan__district", "plan__cycle"]
    fields = ["plan", "number", "sha256", "decided_on", "body", "meeting", "paragraph", "frozen_at", "by"]

    def get_queryset(self, request):
        return super().get_queryset(request).defer("document", "facts", "counts")


@admin.register(FrozenFile)
class FrozenFileAdmin(ReadOnlyAdmin):
    list_display = ["name", "format", "size", "made_at"]
    list_filter = ["format", "version__plan__cycle", "version__plan__district"]
    fields = ["version", "format", "name", "where", "sha256", "size", "made_at"]
    readonly_fields = ["where"]

    @admin.display(description="plats i lagringen")
    def where(self, file):
        """The path, without the link that would go past the plan's own pages."""
        return file.file.name


@admin.register(Submission)
class SubmissionAdmin(ReadOnlyAdmin):
    list_display = ["receipt_number", "version", "state", "at", "answered_at"]
    list_filter = ["state", "version__plan__cycle"]
    list_select_related = ["version__plan__district", "version__plan__cycle"]
    fields = ["version", "state", "at", "by", "answered_at", "answered_by"]


@admin.register(BoardDecision)
class BoardDecisionAdmin(ReadOnlyAdmin):
    list_display = ["board", "decided_on", "paragraph", "diary_number", "version"]
    list_filter = ["version__plan__cycle"]
    list_select_related = ["version__plan__district", "version__plan__cycle"]
    fields = ["version", "board", "decided_on", "paragraph", "diary_number", "reported_in", "at", "by"]
