"""How one edition of the prioritised areas answers to another: which area takes over from which."""

from agreements.models import AreaMapping


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
    recorded = {}
    for mapping in mappings.order_by("new__number"):
        recorded.setdefault(mapping.old_id, []).append(mapping.new)
    by_code = {area.code: area for area in new_set.areas.all()}
    return {
        area: recorded.get(area.pk) or ([by_code[area.code]] if area.code in by_code else [])
        for area in old_set.areas.all()
    }
