"""The city file's section ``indicators``: what the city measures, as definitions without any numbers."""

from agreements.city.rows import Table
from followup.models import Indicator

INDICATORS = Table(Indicator, ("code",), only_added=True)
"""Whoever defines indicators in the application takes over once one is there, so the file never changes it."""


def rows(data):
    """Yield (path, label, values) of each indicator in the file's section."""
    for number, item in enumerate(data.get("indicators", [])):
        values = {
            "code": item["code"],
            "name": item["name"],
            "unit": item["unit"],
            "decimals": item.get("decimals", 0),
            "wanted": item["wanted"],
            "source__code": item["source"],
            "interval_months": item.get("interval_months"),
            "counts_people": item.get("counts_people", False),
            "description": item.get("description", ""),
        }
        yield ("indicators", number), item["name"], values
