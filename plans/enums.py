"""The closed sets of words a plan is described with; values English, labels as the page shows them."""

from django.db.models import TextChoices


class PlanState(TextChoices):
    """Where the plan stands on its way to a decision (docs/glossary.md)."""

    DRAFT = "draft", "Utkast"
    IN_REVIEW = "in_review", "På granskning"
    READY_FOR_DECISION = "ready_for_decision", "Klar för beslut"
    DECIDED = "decided", "Beslutad"


class ProblemKind(TextChoices):
    CRIME = "crime", "Brott"
    UNSAFETY = "unsafety", "Otrygghet"
    DISORDER = "disorder", "Ordningsstörning"
    KNOWLEDGE = "knowledge", "Kunskapsbrist"


class CauseScope(TextChoices):
    DISTRICT_WIDE = "district_wide", "Hela stadsdelsområdet"
    NEIGHBOURHOOD = "neighbourhood", "Vissa stadsdelar"


class CauseNature(TextChoices):
    SOCIAL = "social", "Social"
    SITUATIONAL = "situational", "Situationell"
    STRUCTURAL = "structural", "Strukturell"


class WorkForm(TextChoices):
    ONE_OFF = "one_off", "Punktinsats"
    LINE_WORK = "line_work", "Linjearbete"


class ActionMode(TextChoices):
    """Who carries the action out (seed 000: partsgemensam, med andra, enskild)."""

    JOINT = "joint", "Gemensam för parterna"
    WITH_OTHERS = "with_others", "Tillsammans med andra aktörer"
    SINGLE = "single", "En part på egen hand"


class EffectHorizon(TextChoices):
    IMMEDIATE = "immediate", "Omedelbar effekt"
    WITHIN_YEAR = "within_year", "Effekt inom året"
    LONG = "long", "Effekt på längre sikt"


class Prevention(TextChoices):
    SOCIAL = "social", "Social prevention"
    SITUATIONAL = "situational", "Situationell prevention"
    SAFETY_CREATING = "safety_creating", "Trygghetsskapande"


class GoalKind(TextChoices):
    EFFECT = "effect", "Effektmål"
    PROCESS = "process", "Processmål"
    PRODUCTION = "production", "Produktionsmål"


class TimingKind(TextChoices):
    DATE = "date", "Datum"
    PERIOD = "period", "Period"
    ONGOING = "ongoing", "Löpande"
    DEADLINE = "deadline", "Senast"
    TEXT = "text", "Annat"


class ResponsibilityKind(TextChoices):
    LEAD = "lead", "Ansvarig"
    CONVENER = "convener", "Sammankallande"
    CONTACT = "contact", "Kontaktperson"
    CO_RESPONSIBLE = "co_responsible", "Medansvarig"
    SUPPORTING = "supporting", "Medverkar"


class FileKind(TextChoices):
    """What a file to import is, which decides which fields of a row it says anything about."""

    WORKBOOK = "workbook", "Arbetsbok"
    OPEN_FORMAT = "open_format", "Öppet format (JSON)"


class Party(TextChoices):
    """The two parties of the plan (seed 001)."""

    CITY = "city", "Stadsdelsförvaltningen"
    POLICE = "police", "Polisen"


class SubmissionState(TextChoices):
    """What has become of a version that was sent to the city."""

    SENT = "sent", "Inskickad"
    ACKNOWLEDGED = "acknowledged", "Kvitterad"
    COMPLETION_REQUESTED = "completion_requested", "Komplettering begärd"


class CommentKind(TextChoices):
    COMMENT = "comment", "Kommentar"
    QUESTION = "question", "Fråga"
    MUST_FIX = "must_fix", "Måste åtgärdas"


class CommentState(TextChoices):
    OPEN = "open", "Öppen"
    ANSWERED = "answered", "Besvarad"
    RESOLVED = "resolved", "Löst"
