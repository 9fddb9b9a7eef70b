"""Where a place or a finding is spoken of in what stands on the pictures: the plans."""

from dataclasses import dataclass

from trygghet.contributions import Contributions


@dataclass(frozen=True, kw_only=True)
class Mention:
    """A row that is about a place or rests on a finding: its year, what it is ("Problem"), its text and address."""

    year: int
    kind: str
    text: str
    address: str


PLACE_MENTIONS = Contributions()
"""Callables ``(place, user) -> list[Mention]``, of what the person may read."""

ANSWERED_FINDINGS = Contributions()
"""Callables ``(picture, user) -> {finding uid: list[Mention]}``: which findings of a picture the plans answer."""
