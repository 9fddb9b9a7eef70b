"""The template's «Uppföljning» cell: what became of an action as one text, and the text read back (domain §5.5).

«Status: Genomförd | Genomfört: … | Skäl: … | Mål: 1 – uppnått, 12 % (…) | Parternas åtaganden:
Polisen – ja; Trafikkontoret – delvis (…) | Målens mätvärden: 1 – från 47 procent …».
Goals are numbered as they stand in the action. What their indicators say is
told last and never read: measurements are not entered here.

Somebody may write the cell by hand: a text that does not begin with one of
the headings is what has been done. White space around a text is not kept.
What a text holds that would be taken for a heading or a sign of the form is
written with a backslash before it.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace

from followup.document import ActionAnswer, FollowUpDocument, GoalAnswer, PartyAnswer
from plans.document import MAX_TEXT, PlanDocument

# As the enums of followup/enums.py have them, which a test sees to.
STATUSES = {
    "not_started": "Inte påbörjad",
    "in_progress": "Pågår",
    "done": "Genomförd",
    "done_with_changes": "Genomförd med ändringar",
    "partly": "Delvis genomförd",
    "not_done": "Inte genomförd",
    "cancelled": "Avbruten",
    "continues_next_year": "Fortsätter nästa år",
}
FULFILLED = {"yes": "ja", "partly": "delvis", "no": "nej", "": "inte besvarat"}
RESULTS = {
    "met": "uppnått",
    "partly": "delvis uppnått",
    "not_met": "inte uppnått",
    "not_measurable": "går inte att mäta",
    "": "inte besvarat",
}
HEADINGS = {
    "status": "Status",
    "done": "Genomfört",
    "reason": "Skäl",
    "goals": "Mål",
    "parties": "Parternas åtaganden",
    "measured": "Målens mätvärden",
}
CUT = " […]"
"""What stands where a text was too long for the cell."""

_FIELD = rf"(?:{'|'.join(HEADINGS.values())}):"
_HEADING = re.compile(rf"\s*({'|'.join(HEADINGS.values())}):", re.IGNORECASE)
_BETWEEN = re.compile(rf"\s*(?<!\\)\|(?=\s*{_FIELD})", re.IGNORECASE)
_TAKEN_FOR_BETWEEN = re.compile(rf"(\\*)\|(?=\s*{_FIELD})", re.IGNORECASE)
_ESCAPED_BETWEEN = re.compile(rf"\\(\\*)\|(?=\s*{_FIELD})", re.IGNORECASE)
_ITEM = re.compile(r"(?:[^\\;]|\\.)+", re.DOTALL)
_ESCAPED = re.compile(r"\\(.)", re.DOTALL)


def _item(name, words, rest=""):
    answers = "|".join(map(re.escape, sorted(words, key=len, reverse=True)))
    comment = r"(?:\s*\((?P<comment>.*)\))?"
    return re.compile(rf"(?P<name>{name})\s+–\s+(?P<word>{answers}){rest}{comment}\s*", re.DOTALL | re.IGNORECASE)


_PARTY = _item(r"(?:[^\\–]|\\.)+?", FULFILLED.values())
_GOAL = _item(r"\d{1,3}", RESULTS.values(), r"(?:\s*,\s*(?P<value>(?:[^\\(]|\\.)*?))?")


@dataclass(frozen=True, slots=True, kw_only=True)
class CellText:
    """What a cell says. ``goals`` have their number in the action as key; ``misread`` is what could not be read."""

    status: str = ""
    done: str = ""
    reason: str = ""
    goals: tuple[GoalAnswer, ...] = ()
    parties: tuple[PartyAnswer, ...] = ()
    misread: tuple[str, ...] = ()


# --- Writing


def told(answer: ActionAnswer) -> str:
    """Return the cell of the action, at most MAX_TEXT characters; "" when nobody has answered anything.

    Where it does not hold everything the longest texts are cut, with a mark.
    """
    if not is_answered(answer):
        return ""
    most = MAX_TEXT
    while len(text := _told(_cut(answer, most))) > MAX_TEXT:
        most = most * 3 // 4
    return text


def printed(answer: ActionAnswer) -> str:
    """Return the cell as it is printed: all of it, with each heading on a line of its own."""
    if not is_answered(answer):
        return ""
    return "\n".join(f"{HEADINGS[name]}: {text}" for name, text in _texts(answer).items() if text)


def filled(document: PlanDocument, follow_up: FollowUpDocument, write: Callable = told) -> PlanDocument:
    """Return the plan with its Uppföljning column filled in, each action's cell its own.

    ``write`` tells an answer as a cell. Where nobody has answered, the cell says what it did when the plan was decided.
    """
    answers = follow_up.by_row()

    def action(old):
        answer = answers.get(str(old.uid))
        text = write(answer) if answer else ""
        shared = tuple(name for name in old.shared_cells if name != "follow_up")
        return replace(old, follow_up=text or old.follow_up, shared_cells=shared)

    def problem(old):
        causes = (replace(cause, actions=tuple(map(action, cause.actions))) for cause in old.causes)
        return replace(old, causes=tuple(causes))

    return replace(
        document, areas=tuple(replace(area, problems=tuple(map(problem, area.problems))) for area in document.areas)
    )


def is_whole(answer: ActionAnswer) -> bool:
    """Whether the cell says all that has been answered, so that what is changed in it can be read back."""
    return len(_told(answer)) <= MAX_TEXT


def is_answered(answer: ActionAnswer) -> bool:
    """Whether anything of what the cell has room for is answered."""
    items = (*answer.goals, *answer.parties)
    said = (answer.status, answer.done, answer.reason, *(item.comment for item in items))
    return any(said) or any(goal.result or goal.value for goal in answer.goals) or any(p.answer for p in answer.parties)


def carried(answer: ActionAnswer) -> CellText:
    """Return what the cell of the answer says of it: what :func:`read` gives back."""
    if not is_answered(answer):
        return CellText()
    goals = (
        GoalAnswer(key=str(at), text="", result=goal.result, value=goal.value.strip(), comment=goal.comment.strip())
        for at, goal in enumerate(answer.goals, 1)
    )
    parties = (replace(party, party=party.party.strip(), comment=party.comment.strip()) for party in answer.parties)
    return CellText(
        status=answer.status,
        done=answer.done.strip(),
        reason=answer.reason.strip(),
        goals=tuple(goals),
        parties=tuple(parties),
    )


def _told(answer):
    texts = _texts(answer)
    return " | ".join(f"{HEADINGS[name]}: {_fenced(text)}" for name, text in texts.items() if text)


def _texts(answer):
    """Return what the cell says under each heading."""
    said = carried(answer)
    return {
        "status": STATUSES.get(said.status, ""),
        "done": said.done,
        "reason": said.reason,
        "goals": "; ".join(map(_goal_told, said.goals)),
        "parties": "; ".join(map(_party_told, said.parties)),
        "measured": "; ".join(f"{at} – {goal.measured}" for at, goal in enumerate(answer.goals, 1) if goal.measured),
    }


def _fenced(text):
    return _TAKEN_FOR_BETWEEN.sub(r"\\\1|", text)


def _goal_told(goal):
    value = f", {_escaped(goal.value, '(')}" if goal.value else ""
    return f"{goal.key} – {RESULTS[goal.result]}{value}{_comment_told(goal)}"


def _party_told(party):
    return f"{_escaped(party.party, '–')} – {FULFILLED[party.answer]}{_comment_told(party)}"


def _comment_told(item):
    return f" ({_escaped(item.comment)})" if item.comment else ""


def _escaped(text, also=""):
    return re.sub(rf"([\\;{also}])", r"\\\1", text)


def _cut(answer, most):
    return replace(
        answer,
        done=_shortened(answer.done, most),
        reason=_shortened(answer.reason, most),
        goals=tuple(
            replace(goal, comment=_shortened(goal.comment, most), measured=_shortened(goal.measured, most))
            for goal in answer.goals
        ),
        parties=tuple(replace(party, comment=_shortened(party.comment, most)) for party in answer.parties),
    )


def _shortened(text, most):
    return text if len(text) <= most else text[:most].rstrip() + CUT


# --- Reading


def read(text: str) -> CellText:
    """Return what a cell says, whoever has written it."""
    if not _HEADING.match(text):
        return CellText(done=text.strip())
    found = {}
    names = {heading.casefold(): name for name, heading in HEADINGS.items()}
    for part in _BETWEEN.split(text):
        heading = _HEADING.match(part)
        name = names[heading[1].casefold()]
        body = _ESCAPED_BETWEEN.sub(r"\1|", part[heading.end() :]).strip()
        found[name] = f"{found[name]}\n{body}" if name in found else body
    return _understood(found)


def _understood(found):
    misread = []
    status = _key_of(STATUSES, found.get("status", ""), misread)
    goals = [_goal_read(item, misread) for item in _items(found.get("goals", ""))]
    parties = [_party_read(item, misread) for item in _items(found.get("parties", ""))]
    return CellText(
        status=status,
        done=found.get("done", ""),
        reason=found.get("reason", ""),
        goals=tuple(goal for goal in goals if goal),
        parties=tuple(party for party in parties if party),
        misread=tuple(misread),
    )


def _items(text):
    return [item.strip() for item in _ITEM.findall(text) if item.strip()]


def _key_of(words, text, misread):
    """Return the key of the word, "" for none; what is no word of ours is put among the misread."""
    keys = {word.casefold(): key for key, word in words.items()}
    if text and text.casefold() not in keys:
        misread.append(text)
    return keys.get(text.casefold(), "")


def _goal_read(item, misread):
    match = _GOAL.fullmatch(item)
    if not match:
        misread.append(item)
        return None
    return GoalAnswer(
        key=str(int(match["name"])),
        text="",
        result=_key_of(RESULTS, match["word"], misread),
        value=_plain(match["value"]),
        comment=_plain(match["comment"]),
    )


def _party_read(item, misread):
    match = _PARTY.fullmatch(item)
    if not match:
        misread.append(item)
        return None
    answer = _key_of(FULFILLED, match["word"], misread)
    return PartyAnswer(party=_plain(match["name"]), answer=answer, comment=_plain(match["comment"]))


def _plain(text):
    return _ESCAPED.sub(r"\1", text or "").strip()
