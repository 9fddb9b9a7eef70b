"""The closed sets of words a follow-up is described with; values English, labels as the page shows them."""

from django.db.models import TextChoices


class FollowUpState(TextChoices):
    """Where a district's follow-up stands (domain §1c)."""

    OPEN = "open", "Pågår"
    SUBMITTED = "submitted", "Inlämnad till styrgruppen"
    APPROVED = "approved", "Godkänd av styrgruppen"


class Implementation(TextChoices):
    """What became of an action (domain §1c); apart from where the follow-up itself stands."""

    NOT_STARTED = "not_started", "Inte påbörjad"
    IN_PROGRESS = "in_progress", "Pågår"
    DONE = "done", "Genomförd"
    DONE_WITH_CHANGES = "done_with_changes", "Genomförd med ändringar"
    PARTLY = "partly", "Delvis genomförd"
    NOT_DONE = "not_done", "Inte genomförd"
    CANCELLED = "cancelled", "Avbruten"
    CONTINUES = "continues_next_year", "Fortsätter nästa år"


class Light(TextChoices):
    """Brå's green, yellow and red, always said in words too (never by colour alone)."""

    GREEN = "green", "Går som planerat"
    YELLOW = "yellow", "Går delvis som planerat"
    RED = "red", "Går inte som planerat"


class NextYear(TextChoices):
    """What is to become of the action after the year."""

    KEEP = "keep", "Behåll"
    CHANGE = "change", "Ändra"
    SCALE_UP = "scale_up", "Utöka"
    STOP = "stop", "Avsluta"


class Fulfilled(TextChoices):
    """A party's own answer: has it done what it took upon itself?"""

    YES = "yes", "Ja"
    PARTLY = "partly", "Delvis"
    NO = "no", "Nej"


class GoalResult(TextChoices):
    MET = "met", "Uppnått"
    PARTLY = "partly", "Delvis uppnått"
    NOT_MET = "not_met", "Inte uppnått"
    NOT_MEASURABLE = "not_measurable", "Går inte att mäta"


class AssessedKind(TextChoices):
    """What is assessed as a whole: a problem, or an area of the plan."""

    PROBLEM = "problem", "Problem"
    AREA = "area", "Område"


class Change(TextChoices):
    """What the indicators say has happened with the problem itself."""

    BETTER = "better", "Har minskat"
    UNCHANGED = "unchanged", "Är oförändrat"
    WORSE = "worse", "Har ökat"
    UNKNOWN = "unknown", "Vet inte"


class Certainty(TextChoices):
    """How sure anyone can be that the actions are why: that a figure has changed says nothing of what changed it."""

    TOO_EARLY = "too_early", "För tidigt att säga"
    CHANGED_ONLY = "changed_only", "Siffran har ändrats, men vi vet inte varför"
    LIKELY = "likely", "Åtgärderna har troligen bidragit"
    NO_EFFECT = "no_effect", "Inget tyder på att åtgärderna har bidragit"


class ObstacleState(TextChoices):
    """Where a hinder stands on its way to an answer (domain §1c)."""

    REPORTED = "reported", "Rapporterat"
    HANDLED_LOCALLY = "handled_locally", "Hanteras i stadsdelen"
    RAISED = "raised_to_local_steering", "Lyft till lokala styrgruppen"
    ESCALATED = "escalated_to_central", "Lyft till staden"
    ACKNOWLEDGED = "acknowledged", "Mottaget av staden"
    MEASURE_DECIDED = "measure_decided", "Åtgärd beslutad"
    RESOLVED = "resolved", "Löst"
    CLOSED = "closed", "Avslutat"
    WITHDRAWN = "withdrawn", "Återtaget"
    MERGED = "merged", "Hör ihop med ett annat"


class Wanted(TextChoices):
    """In which direction an indicator is wanted to go."""

    DOWN = "down", "Lägre är bättre"
    UP = "up", "Högre är bättre"


class MeasurementImportState(TextChoices):
    PARSED = "parsed", "Att läsa in"
    CONFIRMED = "confirmed", "Inläst"
    DISCARDED = "discarded", "Slängd"


class ReportState(TextChoices):
    """Where the city's annual report stands: the preparation group writes it, the steering group decides it."""

    OPEN = "open", "Under arbete"
    READY = "ready", "Klar för beslut"
    PUBLISHED = "published", "Publicerad"


class ProposalKind(TextChoices):
    """What a proposal for the coming year becomes in the city's next handlingsplan (seed 001)."""

    ACTION = "action", "Åtgärd"
    COMMITMENT = "commitment", "Åtagande"
