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
    CITY_STEERING = "city_steering", "Central styrgrupp"


class TriangleSide(TextChoices):
    """The three sides of the crime triangle (seed 000); their wording is in the area set."""

    OFFENDER = "offender", "Motiverad gärningsperson"
    VICTIM = "victim", "Lämpligt offer"
    CONTROL = "control", "Frånvaro av kontroll"
