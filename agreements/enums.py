"""The closed sets of words the cooperation is described with."""

from django.db.models import TextChoices


class OrganisationKind(TextChoices):
    DISTRICT_ADMIN = "district_admin", "Stadsdelsförvaltning"
    SPECIALIST_ADMIN = "specialist_admin", "Fackförvaltning"
    CITY_COMPANY = "city_company", "Kommunalt bolag"
    POLICE = "police", "Polisen"
    REGION = "region", "Region"
    STATE = "state", "Statlig myndighet"
    PROPERTY_OWNERS = "property_owners", "Fastighetsägare"
    BUSINESS = "business", "Näringsliv"
    CIVIL_SOCIETY = "civil_society", "Civilsamhälle"


class GroupLevel(TextChoices):
    LOCAL = "local", "Lokal"
    CITY = "city", "Stadsövergripande"


class GroupKind(TextChoices):
    STEERING = "steering", "Styrgrupp"
    PREPARATION = "preparation", "Beredningsgrupp"
    WORKING = "working", "Arbetsgrupp"


class Role(TextChoices):
    """What a member is to the plans; follows from group, organisation and function."""

    EDITOR = "editor", "Trygghetsstrateg"
    CO_WRITER = "co_writer", "Medskribent"
    MUNICIPAL_POLICE = "municipal_police", "Kommunpolis"
    LOCAL_STEERING = "local_steering", "Lokal styrgrupp"
    STEERING_CHAIR = "steering_chair", "Styrgruppens ordförande eller sekreterare"
    WORKING_GROUP = "working_group", "Arbetsgrupp"
    REGISTRAR = "registrar", "Registrator"
    EXTERNAL_PARTY = "external_party", "Extern part"
    CITY_PREPARATION = "city_preparation", "Central beredningsgrupp"
    CITY_POLICE = "city_police", "Samordnande polis"
    CITY_STEERING = "city_steering", "Central styrgrupp"
    CITY_MEMBER = "city_member", "Deltar i stadens grupper"
    CITY_STEERING_CHAIR = "city_steering_chair", "Centrala styrgruppens ordförande eller sekreterare"
    ADMINISTRATOR = "administrator", "Förvaltare"


class TriangleSide(TextChoices):
    """The three sides of the crime triangle (seed 000); their wording is in the area set."""

    OFFENDER = "offender", "Motiverad gärningsperson"
    VICTIM = "victim", "Lämpligt offer"
    CONTROL = "control", "Frånvaro av kontroll"


class InvitationState(TextChoices):
    OPEN = "open", "Inbjuden"
    ACCEPTED = "accepted", "Har tackat ja"
    WITHDRAWN = "withdrawn", "Återtagen"


class MeetingState(TextChoices):
    PLANNED = "planned", "Planerat"
    HELD = "held", "Genomfört"
    MINUTES_APPROVED = "minutes_approved", "Protokollet justerat"
    CANCELLED = "cancelled", "Inställt"


class AgreementState(TextChoices):
    """How far an agreement has come (domain §1c). That its review is due is a clock, not a state."""

    DRAFT = "draft", "Utkast"
    CIRCULATED = "circulated", "Utskickad för underskrift"
    SIGNED = "signed", "Undertecknad"
    UNDER_REVIEW = "under_review", "Under översyn"
    SUPERSEDED = "superseded", "Ersatt"
    TERMINATED = "terminated", "Upphörd"
    DISCARDED = "discarded", "Slängt utkast"


class AgreementPart(TextChoices):
    """The parts of an agreement's text, in the order of the shared structure (seed 001)."""

    INTRODUCTION = "introduction", "Inledning"
    PURPOSE = "purpose", "Syfte"
    GOALS = "goals", "Mål"
    STRUCTURE = "structure", "Struktur för arbetet"
    ORGANISATION = "organisation", "Samverkansorganisation"
    PRIORITIES = "priorities", "Prioriterade samverkansområden"
    FOLLOW_UP = "follow_up", "Uppföljning"
    COMMUNICATION = "communication", "Kommunikation"


class ReviewOutcome(TextChoices):
    CONFIRMED_UNCHANGED = "confirmed_unchanged", "Bekräftad utan ändringar"
    NEW_VERSION = "new_version", "Ny version"


class VulnerabilityClass(TextChoices):
    """The police's classes of vulnerable areas."""

    NONE = "", "Inte klassad"
    VULNERABLE = "vulnerable", "Utsatt område"
    ESPECIALLY_VULNERABLE = "especially_vulnerable", "Särskilt utsatt område"


class Producer(TextChoices):
    """Who makes a situation picture: a party on its own first, then both together (seed 001)."""

    CITY = "city", "Staden"
    POLICE = "police", "Polisen"
    JOINT = "joint", "Gemensam"


class PictureState(TextChoices):
    DRAFT = "draft", "Utkast"
    SHARED = "shared", "Delad med den andra parten"
    PRIORITISED = "prioritised", "Prioriterad, väntar på styrgruppen"
    CONFIRMED = "confirmed", "Fastställd av styrgruppen"
    SUPERSEDED = "superseded", "Ersatt"
    DISCARDED = "discarded", "Slängt utkast"


class Trend(TextChoices):
    UNKNOWN = "", "Inte bedömd"
    INCREASING = "increasing", "Ökar"
    UNCHANGED = "unchanged", "Oförändrad"
    DECREASING = "decreasing", "Minskar"


class Answer(TextChoices):
    """Yes, no, or not answered yet."""

    OPEN = "", "Inte bedömt"
    YES = "yes", "Ja"
    NO = "no", "Nej"


class AnalysisState(TextChoices):
    ONGOING = "ongoing", "Pågår"
    COMPLETED = "completed", "Klar"


class AnalysisStep(TextChoices):
    """The five steps of a cause analysis (seed 003, step 3)."""

    PREPARE = "prepare", "Förberedelse"
    DEEPEN = "deepen", "Fördjupa kunskapen"
    IDENTIFY = "identify", "Identifiera troliga orsaker"
    TEST = "test", "Testa antagandena och gallra"
    CHOOSE = "choose", "Välj ut och vidta åtgärder"


class StepState(TextChoices):
    NOT_STARTED = "not_started", "Inte påbörjat"
    ONGOING = "ongoing", "Pågår"
    DONE = "done", "Klart"


class AssumptionState(TextChoices):
    UNTESTED = "untested", "Inte prövad"
    SUPPORTED = "supported", "Har stöd"
    REJECTED = "rejected", "Förkastad"


class Directness(TextChoices):
    OPEN = "", "Inte bedömd"
    DIRECT = "direct", "Direkt orsak"
    INDIRECT = "indirect", "Indirekt orsak"


class NoticeKind(TextChoices):
    """What a person can be reminded of by mail."""

    TASKS = "tasks", "Det som väntar på dig"
    DEADLINES = "deadlines", "Sista dagar som närmar sig"
    NEWS = "news", "Nytt i planerna"
    MEETINGS = "meetings", "Möten i dina grupper"


class Frequency(TextChoices):
    NEVER = "never", "Aldrig"
    DAILY = "daily", "Varje vardag"
    WEEKLY = "weekly", "Varje måndag"


class MailState(TextChoices):
    WAITING = "waiting", "Väntar på att skickas"
    SENT = "sent", "Skickat"
    GIVEN_UP = "given_up", "Gick inte att skicka"


class ActivityState(TextChoices):
    """How far an activity of the communication plan has come."""

    SUGGESTED = "suggested", "Föreslagen"
    PLANNED = "planned", "Planerad"
    DONE = "done", "Genomförd"
    CANCELLED = "cancelled", "Inställd"
