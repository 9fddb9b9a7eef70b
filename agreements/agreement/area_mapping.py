"""How one edition of the prioritised areas answers to another: which area takes over from which."""

from dataclasses import dataclass

from agreements.models import AreaMapping, PriorityArea, PriorityAreaSet


def successor_of(area, new_set):
    """Return the area of the newer edition that takes over from the area; None if none does (at most 2 queries).

    An area that has kept its code is its own successor where nothing else is
    recorded. Of several that took over the first in the new order is
    returned; the mapping's own order says nothing of which is the more alike.
    """
    if area.area_set_id == new_set.pk:
        return area
    mapped = AreaMapping.objects.filter(old=area, new__area_set=new_set).select_related("new").order_by("new__number")
    found = mapped.first()
    return found.new if found else new_set.areas.filter(code=area.code).first()


def successors(old_set, new_set):
    """Return area of the old edition → areas of the new that take over from it, in the order of both (3 queries)."""
    mappings = AreaMapping.objects.filter(old__area_set=old_set, new__area_set=new_set).select_related("new")
    return _heirs(old_set, new_set, mappings.order_by("new__number"))


def _heirs(old_set, new_set, mappings):
    recorded = {}
    for mapping in mappings:
        recorded.setdefault(mapping.old_id, []).append(mapping.new)
    by_code = {area.code: area for area in new_set.areas.all()}
    return {
        area: recorded.get(area.pk) or ([by_code[area.code]] if area.code in by_code else [])
        for area in old_set.areas.all()
    }


@dataclass(frozen=True, kw_only=True)
class Passage:
    """How one edition became the next: what took over from each area, and what is new."""

    old: PriorityAreaSet
    new: PriorityAreaSet
    rows: list[tuple[PriorityArea, list[PriorityArea]]]

    @property
    def added(self):
        """The areas of the newer edition that took over from none."""
        taken_over = {area.pk for _, heirs in self.rows for area in heirs}
        return [area for area in self.new.areas.all() if area.pk not in taken_over]


def editions():
    """Return every edition of the areas, the latest first, and the :class:`Passage` to each from the one before it.

    Always three queries.
    """
    sets = list(PriorityAreaSet.objects.prefetch_related("areas").order_by("-valid_from"))
    mappings = list(AreaMapping.objects.select_related("old", "new").order_by("new__number"))
    passages = []
    for new, old in zip(sets, sets[1:], strict=False):
        between = [each for each in mappings if (each.old.area_set_id, each.new.area_set_id) == (old.pk, new.pk)]
        passages.append(Passage(old=old, new=new, rows=list(_heirs(old, new, between).items())))
    return sets, passages
