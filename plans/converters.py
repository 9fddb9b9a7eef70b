"""The parts of addresses that are words of the plan."""

from plans.operations import KINDS


class RowKind:
    """A kind of row: area, problem, cause or action."""

    regex = "|".join(KINDS)

    def to_python(self, value):
        return value

    def to_url(self, value):
        return value


class Direction:
    """A step up or down."""

    regex = "upp|ner"

    def to_python(self, value):
        return value

    def to_url(self, value):
        return value
