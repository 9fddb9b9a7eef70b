"""What the cooperation adds to its own lists of tasks, last days, facts and proposals; loaded when the app is."""

from importlib import import_module

MODULES = (
    "agreements.agreement_sources",
    "agreements.analysis_sources",
    "agreements.communication_sources",
    "agreements.deadlines",
    "agreements.duty_tasks",
    "agreements.group_tasks",
    "agreements.mail",
    "agreements.meeting_sources",
    "agreements.next_year",
    "agreements.picture_sources",
)
"""Each adds its own when it is loaded."""

for module in MODULES:
    import_module(module)
