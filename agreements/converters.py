"""What stands in the addresses of the cooperation besides numbers and names."""

from django.urls import register_converter

from agreements.pictures.workflow import PRODUCERS, SLUGS


class ProducerConverter:
    """Who makes a situation picture: staden, polisen, gemensam."""

    regex = "|".join(PRODUCERS)

    def to_python(self, value):
        return PRODUCERS[value]

    def to_url(self, value):
        return SLUGS[value]


class DirectionConverter:
    """A step up (-1) or down (1) in an order: upp, ner."""

    regex = "upp|ner"

    def to_python(self, value):
        return {"upp": -1, "ner": 1}[value]

    def to_url(self, value):
        return value


register_converter(ProducerConverter, "producer")
register_converter(DirectionConverter, "order_step")
