"""Two people wrote in the same row: what each of them wrote, and what is to stand."""

from __future__ import annotations

from dataclasses import dataclass

from agreements.forms.fields import Difference
from plans.document import clean_text
from plans.forms import PART_FORMS
from plans.operations import FIELD_LABELS, LIST_FIELDS
from plans.wording import CHOICES, Wording

CHOICE, OWN = "val-", "egen-"
MINE, THEIRS, BOTH, WRITTEN = "min", "andras", "bada", "egen"


def is_prose(kind, name):
    """Whether the field holds text that can be joined with another's, and not a choice or a list."""
    return name not in LIST_FIELDS and (kind, name) not in CHOICES


def joined(theirs, mine):
    """Return both texts, the one that stands in the plan first."""
    return "\n\n".join(text for text in (theirs, mine) if text)


@dataclass(frozen=True, kw_only=True)
class Clash(Difference):
    """A field of a row that two people have written differently; "theirs" is what stands in the plan."""

    name: str

    @property
    def both(self):
        return joined(self.theirs, self.mine)

    @property
    def rows(self):
        """How high a field must be for both texts to be seen."""
        return min(16, max(3, self.both.count("\n") + len(self.both) // 70 + 1))


class Conflict:
    """A write that came too late: the fields that clash, and everything posted so that it can be sent again."""

    def __init__(self, posted, wording: Wording, stale, leave_alone=()):
        self.version = stale.version
        self.clashes = [
            Clash(
                name=name,
                label=wording.label(stale.kind, name),
                mine=wording.say(stale.kind, name, stale.mine[name]),
                theirs=wording.say(stale.kind, name, stale.theirs[name]),
                is_prose=is_prose(stale.kind, name),
            )
            for name in stale.mine
            if _bare(stale.mine[name]) != _bare(stale.theirs[name]) and name not in leave_alone
        ]
        order = list(FIELD_LABELS[stale.kind])
        self.clashes.sort(key=lambda clash: (not clash.is_prose, order.index(clash.name)))
        self.kept = [
            (name, value)
            for name, values in posted.lists()
            if name not in ("csrfmiddlewaretoken", "version") and not name.startswith((CHOICE, OWN))
            for value in values
        ]


def _bare(value):
    if not isinstance(value, list):
        return value
    return [{k: v for k, v in part.items() if k != "uid"} if isinstance(part, dict) else part for part in value]


def resolved(posted, now, kind):
    """Return (what was posted with the choices of a conflict carried out, the fields to leave as they are).

    ``now`` is what the row holds; its version is checked when it is written,
    so that "both" joins the very text that was shown.
    """
    data, leave_alone = posted.copy(), set()
    for key in [key for key in posted if key.startswith(CHOICE)]:
        name, choice = key.removeprefix(CHOICE), posted[key]
        if name not in now:
            continue
        if choice == THEIRS:
            leave_alone.add(name)
            _show(data, name, now[name])
        elif choice == BOTH and is_prose(kind, name):
            data[name] = joined(now[name], clean_text(posted.get(name, "")))
        elif choice == WRITTEN and is_prose(kind, name):
            data[name] = posted.get(OWN + name, "")
    return data, leave_alone


def _show(data, name, value):
    """Let a form that has to be shown again hold the value that is to stand."""
    if name not in PART_FORMS and name != "also_causes":
        data.setlist(name, value if isinstance(value, list) else [value])
