"""The people and places of the tests: one person per role in Skärholmen, a neighbour, and a stranger."""

from datetime import date

from accounts.models import User
from agreements.enums import GroupKind, GroupLevel, OrganisationKind
from agreements.models import (
    CollaborationGroup,
    District,
    Function,
    GroupMembership,
    Municipality,
    Organisation,
    PlanningCycle,
    PriorityArea,
    PriorityAreaSet,
)

START = date(2024, 1, 1)

AREAS = (
    (1, "unga-i-riskzon", "Unga i riskzon för destruktivt beteende", "1. Unga i riskzon"),
    (2, "otrygga-platser", "Otrygga och brottsutsatta platser", "2. Otrygga platser"),
    (3, "systemhotande", "Systemhotande brottslighet", "3. Systemhotande brottslighet"),
    (4, "brottsoffer", "Särskilt utsatta och sårbara brottsoffer", "4. Utsatta brottsoffer"),
    (5, "kriminella-miljoer", "Kriminella miljöer och livsstilar", "5. Kriminella miljöer"),
)

# user name → (level, kind, district, organisation, function, co-opted)
SEATS = {
    "editor": ("local", "preparation", "skarholmen", "district_admin", "trygghetsstrateg", False),
    "co_writer": ("local", "preparation", "skarholmen", "district_admin", "medskribent", True),
    "police": ("local", "preparation", "skarholmen", "police", "kommunpolis", False),
    "steering": ("local", "steering", "skarholmen", "district_admin", "avdelningschef", False),
    "chair": ("local", "steering", "skarholmen", "district_admin", "stadsdelsdirektor", False),
    "working": ("local", "working", "skarholmen", "district_admin", "preventionsstrateg", False),
    "registrar": ("local", "steering", "skarholmen", "district_admin", "registrator", False),
    "external": ("local", "working", "skarholmen", "property_owners", "forvaltare", False),
    "neighbour": ("local", "preparation", "farsta", "district_admin", "trygghetsstrateg", False),
    "neighbour_police": ("local", "preparation", "farsta", "police", "kommunpolis", False),
    "city_preparation": ("city", "preparation", None, "specialist_admin", "samordnare", False),
    "city_steering": ("city", "steering", None, "specialist_admin", "sakerhetsdirektor", False),
}
PEOPLE = (*SEATS, "stranger", "administrator")


class Cast:
    """Stockholm in small: ``cast.editor`` is a user, ``cast.district`` Skärholmen, ``cast.cycle`` 2025."""

    def __init__(self):
        self.municipality = Municipality.objects.create(name="Stockholms stad", code="stockholm")
        self.district = self._district("Skärholmen", "skarholmen")
        self.other_district = self._district("Farsta", "farsta")
        self.area_set = PriorityAreaSet.objects.create(code="2024", name="Fem områden", valid_from=START)
        for number, code, title, sheet in AREAS:
            PriorityArea.objects.create(
                area_set=self.area_set, number=number, code=code, title=title, short_title=title, sheet=sheet
            )
        self.cycle = PlanningCycle.objects.create(year=2025, area_set=self.area_set)
        self._groups = {}
        for name, seat in SEATS.items():
            setattr(self, name, User.objects.create(username=name, display_name=name))
            self._seat(getattr(self, name), *seat)
        self.stranger = User.objects.create(username="stranger")
        self.administrator = User.objects.create(username="administrator", is_staff=True, is_superuser=True)

    def _district(self, name, slug):
        return District.objects.create(name=name, slug=slug, municipality=self.municipality, valid_from=START)

    def _group(self, level, kind, slug):
        if (level, kind, slug) not in self._groups:
            self._groups[level, kind, slug] = CollaborationGroup.objects.create(
                slug=f"{level}-{kind}-{slug}",
                name=f"{kind} {slug or 'staden'}",
                level=GroupLevel(level),
                kind=GroupKind(kind),
                district=District.objects.get(slug=slug) if slug else None,
                valid_from=START,
            )
        return self._groups[level, kind, slug]

    def _seat(self, user, level, kind, slug, organisation, function, co_opted):
        organisation, _ = Organisation.objects.get_or_create(
            slug=organisation, defaults={"name": organisation, "kind": OrganisationKind(organisation)}
        )
        function, _ = Function.objects.get_or_create(code=function, defaults={"title": function})
        GroupMembership.objects.create(
            group=self._group(level, kind, slug),
            user=user,
            function=function,
            organisation=organisation,
            co_opted=co_opted,
            is_chair=user.username == "chair",
            valid_from=START,
        )
