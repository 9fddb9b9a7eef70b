"""What the cooperation adds to its own lists of tasks, last days, facts and proposals; loaded when the app is."""

from importlib import import_module

MODULES = (
    "agreements.agreement.sources",
    "agreements.analyses.sources",
    "agreements.communication_sources",
    "agreements.year.deadlines",
    "agreements.duties.tasks",
    "agreements.groups.tasks",
    "agreements.letters.mail",
    "agreements.meetings.sources",
    "agreements.year.next_year",
    "agreements.pictures.sources",
)
"""Each adds its own when it is loaded."""

for module in MODULES:
    import_module(module)
