"""The organisation of the cooperation in the admin. The city's file (load_city) remains its source."""

from django.contrib import admin
from django.db import transaction
from django.utils.html import format_html_join

from agreements.forms.fields import DatedAdminForm
from agreements.forms.groups import SeatAdminForm
from agreements.forms.year import CycleAdminForm
from agreements.groups import appointing, seats
from agreements.groups import log as group_log
from agreements.models import (
    AreaMapping,
    AreaObjective,
    CollaborationGroup,
    DataSource,
    District,
    Function,
    GroupMembership,
    GroupStep,
    Invitation,
    LocalPoliceArea,
    Municipality,
    Neighbourhood,
    Organisation,
    PlanningCycle,
    PoliceArea,
    PriorityArea,
    PriorityAreaSet,
    TemplateText,
    TriangleSide,
)
from agreements.year.steps import DATE_FIELDS


@admin.register(Municipality, PoliceArea)
class NameAndCodeAdmin(admin.ModelAdmin):
    list_display = ["name", "code"]
    search_fields = ["name"]


@admin.register(LocalPoliceArea)
class LocalPoliceAreaAdmin(admin.ModelAdmin):
    list_display = ["name", "police_area"]
    list_filter = ["police_area"]
    list_select_related = ["police_area"]
    search_fields = ["name"]


class NeighbourhoodInline(admin.TabularInline):
    model = Neighbourhood
    extra = 0
    prepopulated_fields = {"slug": ["name"]}


@admin.register(District)
class DistrictAdmin(admin.ModelAdmin):
    list_display = ["name", "slug", "valid_from", "valid_to"]
    search_fields = ["name"]
    filter_horizontal = ["local_police_areas"]
    inlines = [NeighbourhoodInline]


@admin.register(Organisation)
class OrganisationAdmin(admin.ModelAdmin):
    list_display = ["name", "kind", "district", "is_party"]
    list_filter = ["kind", "is_party", "district"]
    list_select_related = ["district"]
    search_fields = ["name", "short_name"]
    prepopulated_fields = {"slug": ["name"]}


@admin.register(Function)
class FunctionAdmin(admin.ModelAdmin):
    list_display = ["title", "code"]
    search_fields = ["title"]


class ReadOnly:
    """Lists and shows; adds, changes and removes nothing."""

    def has_add_permission(self, request, obj=None):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        return False


class ReadOnlyAdmin(ReadOnly, admin.ModelAdmin):
    """What is written elsewhere, shown on a page of its own."""


class ReadOnlyInline(ReadOnly, admin.TabularInline):
    """What is written elsewhere, shown on the page of what it belongs to."""

    extra = 0


class SeatInline(ReadOnlyInline):
    """Who sits in the group, with the way to each seat: what can stand beside what is asked there, one at a time."""

    model = GroupMembership
    fields = ["user", "function", "organisation", "is_chair", "deputy_for", "valid_from", "valid_to"]
    show_change_link = True


@admin.register(CollaborationGroup)
class CollaborationGroupAdmin(admin.ModelAdmin):
    list_display = ["name", "level", "kind", "district", "valid_from", "valid_to"]
    list_filter = ["level", "kind", "district"]
    list_select_related = ["district"]
    search_fields = ["name"]
    prepopulated_fields = {"slug": ["name"]}
    form = DatedAdminForm
    inlines = [SeatInline]

    def save_model(self, request, obj, form, change):
        write = appointing.change if change else appointing.appoint
        write(obj, by=request.user)


@admin.register(GroupMembership)
class GroupMembershipAdmin(admin.ModelAdmin):
    list_display = ["__str__", "user", "valid_from", "valid_to"]
    list_filter = ["group__district", "group__kind"]
    list_select_related = ["user", "function", "group"]
    search_fields = ["user__username", "user__display_name", "group__name"]
    autocomplete_fields = ["user", "function", "organisation", "group", "deputy_for"]
    date_hierarchy = "valid_from"
    form = SeatAdminForm

    def get_form(self, request, obj=None, change=False, **kwargs):
        made = super().get_form(request, obj, change=change, **kwargs)
        return type(made.__name__, (made,), {"by": request.user})

    def save_model(self, request, obj, form, change):
        _save_seat(obj, request.user)

    def delete_model(self, request, obj):
        _remove_seat(obj, request.user)

    def delete_queryset(self, request, queryset):
        for seat in queryset.select_related("group", "user", "function", "organisation"):
            _remove_seat(seat, request.user)


@transaction.atomic
def _save_seat(seat, by):
    if seat.pk:
        seats.change(seat, by=by)
    else:  # unlike the group's page, what is vacant here is changed by hand
        seat.save()
        group_log.write(seat.group, seats.given_told(seat), by=by)


@transaction.atomic
def _remove_seat(seat, by):
    group_log.write(seat.group, seats.removed_told(seat), by=by)
    seat.delete()


@admin.register(GroupStep)
class GroupStepAdmin(ReadOnlyAdmin):
    """What has happened to the seats of the groups: shown, never written."""

    list_display = ["told", "group", "at", "by"]
    list_filter = ["group__district"]
    list_select_related = ["group", "by"]
    search_fields = ["told", "group__name"]


@admin.register(Invitation)
class InvitationAdmin(ReadOnlyAdmin):
    """Invitations are only read here: the group's page sends and withdraws them, and writes the letters."""

    list_display = ["email", "group", "function", "state", "invited_at", "expires_on"]
    list_filter = ["state", "group__district"]
    list_select_related = ["group", "function"]
    search_fields = ["email", "group__name"]
    exclude = ["secret_sha256"]


class TriangleSideInline(admin.TabularInline):
    model = TriangleSide
    extra = 0


@admin.register(PriorityAreaSet)
class PriorityAreaSetAdmin(admin.ModelAdmin):
    list_display = ["name", "code", "valid_from", "valid_to"]
    inlines = [TriangleSideInline]


class AreaObjectiveInline(admin.TabularInline):
    model = AreaObjective
    extra = 0


class AreaMappingInline(admin.TabularInline):
    """Which areas of the earlier edition this one takes over from."""

    model = AreaMapping
    fk_name = "new"
    extra = 0


@admin.register(PriorityArea)
class PriorityAreaAdmin(admin.ModelAdmin):
    list_display = ["number", "title", "area_set"]
    list_display_links = ["title"]
    list_filter = ["area_set"]
    list_select_related = ["area_set"]
    inlines = [AreaObjectiveInline, AreaMappingInline]


@admin.register(TemplateText)
class TemplateTextAdmin(admin.ModelAdmin):
    """What new agreements begin with; those that are begun keep their words."""

    list_display = ["part", "level"]
    list_filter = ["level"]
    search_fields = ["text"]


@admin.register(DataSource)
class DataSourceAdmin(admin.ModelAdmin):
    list_display = ["name", "owner", "interval_months", "latest_on", "next_on"]
    search_fields = ["name"]


@admin.register(PlanningCycle)
class PlanningCycleAdmin(admin.ModelAdmin):
    """The words of the year's template are shown and not edited: they are changed in the city's file."""

    form = CycleAdminForm
    list_display = ["year", "area_set", "review_due", "decision_due", "submission_due", "follow_up_due"]
    list_select_related = ["area_set"]
    fields = ["year", "area_set", *DATE_FIELDS, "instruction_paragraphs", "link_list"]
    readonly_fields = ["instruction_paragraphs", "link_list"]

    @admin.display(description="instruktioner")
    def instruction_paragraphs(self, cycle):
        return format_html_join("", "<p>{}</p>", ((text,) for text in cycle.instructions))

    @admin.display(description="länkar")
    def link_list(self, cycle):
        return format_html_join("", "<p>{}: {} {}</p>", ((x["name"], x["text"], x["label"]) for x in cycle.links))
