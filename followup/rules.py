"""What an answer must say before it is written, whichever way it comes: typed in a form or read from a file.

Each rule is told as the sentence that says what to do, by the field to do it
in; nothing is found where the answer can be written as it is. Values are
those of followup/enums.py, and "" or None is what nobody has answered.
"""

from __future__ import annotations

from followup.enums import Fulfilled, GoalResult, Implementation

NEEDS_REASON = {Implementation.NOT_STARTED, Implementation.NOT_DONE, Implementation.CANCELLED}
"""Of what was not done it is said why (domain §5.2: «Inget att rapportera» needs a reason)."""


def outcome_lacks(*, status, done, reason):
    """Return what the answer of an action lacks: why it was not done, or what was (domain §5.2)."""
    if not status or _says(reason):
        return {}
    if status in NEEDS_REASON:
        return {"reason": f"Skriv varför åtgärden är {Implementation(status).label.lower()}."}
    if _says(done):
        return {}
    return {"done": "Skriv vad som har genomförts, eller under Skäl varför det inte finns något att rapportera."}


def goal_lacks(*, result, comment):
    """Return what the answer of a goal lacks: why it cannot be measured (domain §5.3)."""
    if result != GoalResult.NOT_MEASURABLE or _says(comment):
        return {}
    return {"comment": "Skriv varför målet inte går att mäta, så att ni kan skriva det bättre nästa år."}


def fulfilment_lacks(*, answer, comment):
    """Return what a party's answer lacks: what was not done of its part, and why (domain §5.2)."""
    if answer not in {Fulfilled.PARTLY, Fulfilled.NO} or _says(comment):
        return {}
    return {"comment": "Skriv med några ord vad som inte blev gjort, och varför."}


def _says(text):
    return bool((text or "").strip())
