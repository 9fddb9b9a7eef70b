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
        PriorityArea.objects.bulk_create(
            PriorityArea(area_set=self.area_set, number=number, code=code, title=title, short_title=title, sheet=sheet)
            for number, code, title, sheet in AREAS
        )
        self.cycle = PlanningCycle.objects.create(year=2025, area_set=self.area_set)
        self._people()
        self._seats()

    def _district(self, name, slug):
        return District.objects.create(name=name, slug=slug, municipality=self.municipality, valid_from=START)

    def _people(self):
        """Everybody at once, since nearly every test begins with them."""
        seated = [User(username=name, display_name=name) for name in SEATS]
        administrator = User(username="administrator", is_staff=True, is_superuser=True)
        for user in User.objects.bulk_create([*seated, User(username="stranger"), administrator]):
            setattr(self, user.username, user)

    def _seats(self):
        places = {"skarholmen": self.district, "farsta": self.other_district, None: None}
        groups, organisations, functions = {}, {}, {}
        for level, kind, slug, organisation, function, _ in SEATS.values():
            groups[level, kind, slug] = CollaborationGroup(
                slug=f"{level}-{kind}-{slug}",
                name=f"{kind} {slug or 'staden'}",
                level=GroupLevel(level),
                kind=GroupKind(kind),
                district=places[slug],
                valid_from=START,
            )
            organisations[organisation] = Organisation(
                slug=organisation, name=organisation, kind=OrganisationKind(organisation)
            )
            functions[function] = Function(code=function, title=function)
        for rows in (groups, organisations, functions):
            type(next(iter(rows.values()))).objects.bulk_create(rows.values())
        GroupMembership.objects.bulk_create(
            GroupMembership(
                group=groups[level, kind, slug],
                user=getattr(self, name),
                function=functions[function],
                organisation=organisations[organisation],
                co_opted=co_opted,
                is_chair=name == "chair",
                valid_from=START,
            )
            for name, (level, kind, slug, organisation, function, co_opted) in SEATS.items()
        )
