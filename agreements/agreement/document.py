"""An agreement as it is read, on the page and on paper: its parts in the order of the shared structure (seed 001)."""

from dataclasses import dataclass, field

from agreements.agreement.texts import blocks
from agreements.agreement.workflow import OWN_AREA, address_of, part_slug
from agreements.enums import AgreementPart


@dataclass(frozen=True, kw_only=True)
class Part:
    """A part of the text: its blocks, and where it is written."""

    part: AgreementPart
    slug: str
    blocks: list
    address: str

    @property
    def title(self):
        return self.part.label

    @property
    def has_areas(self):
        """Whether the prioritised areas follow the text."""
        return self.part == AgreementPart.PRIORITIES

    @property
    def has_parties(self):
        """Whether the parties follow the text."""
        return self.part == AgreementPart.STRUCTURE


@dataclass(frozen=True, kw_only=True)
class Focus:
    """A local focus area with its goals, a line each."""

    title: str
    goals: list[str]


@dataclass(frozen=True, kw_only=True)
class Area:
    """A prioritised area with its focus areas, or why it is left out; ``area`` is None for the place's own ones."""

    area: object
    code: str
    title: str
    focuses: list = field(default_factory=list)
    reason: str = ""
    address: str = ""

    @property
    def is_missing(self):
        """Whether nobody has said anything of the area yet (P09)."""
        return self.area is not None and not self.focuses and not self.reason


@dataclass(frozen=True, kw_only=True)
class Document:
    """The whole agreement."""

    parts: list[Part]
    areas: list[Area]
    parties: list


def document_of(agreement):
    """Return the agreement as it is read (a fixed number of queries)."""
    texts = {text.part: text.text for text in agreement.texts.all()}
    parts = [
        Part(
            part=part,
            slug=part_slug(part),
            blocks=blocks(texts.get(part, "")),
            address=address_of(agreement, "agreement_text", part_slug(part)),
        )
        for part in AgreementPart
    ]
    parties = list(agreement.parties.select_related("organisation", "function"))
    return Document(parts=parts, areas=_areas(agreement), parties=parties)


def _areas(agreement):
    rows = list(agreement.focuses.all())
    areas = [(area, area.code, area.title) for area in agreement.area_set.areas.all()]
    return [
        Area(
            area=area,
            code=code,
            title=title,
            focuses=[_focus(row) for row in rows if row.area_id == (area and area.pk) and row.title],
            reason=next(
                (row.not_relevant_reason for row in rows if area and row.area_id == area.pk and not row.title), ""
            ),
            address=address_of(agreement, "agreement_area", code),
        )
        for area, code, title in [*areas, (None, OWN_AREA, "Egna fokusområden")]
    ]


def _focus(row):
    return Focus(title=row.title, goals=[line.strip() for line in row.goals.splitlines() if line.strip()])
