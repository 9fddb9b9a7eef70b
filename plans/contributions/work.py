"""What the plans say that a working group works on."""

from agreements.groups.composition import WORK_SOURCES
from plans.group_rows import work_of

WORK_SOURCES.add(work_of)
