"""A form that names what it writes is sent once: the same one again writes nothing more, and loses no other text."""

from uuid import uuid4


class SentBefore(Exception):
    """The form has been sent before and says something else now; nothing was done. ``found`` is what it wrote then."""

    def __init__(self, found):
        super().__init__("Formuläret är redan skickat, med en annan text.")
        self.found = found


def write_once(model, uid, given, *, own, stamps=()):
    """Write a row called ``uid`` with the fields ``given`` and return (row, whether it was written now).

    ``own`` are the fields that say whose it is and where: a name that somebody
    has used for another's is not theirs, and the row gets one of its own.
    What else they say is compared, but for ``stamps``, which say when.
    Raises :class:`SentBefore` where the row of that name says something else.
    """
    row, is_new = model.objects.get_or_create(pk=uid or uuid4(), defaults=given)
    if is_new:
        return row, True
    if not _says(row, {name: given[name] for name in own}):
        return model.objects.create(**given), True
    if not _says(row, {name: value for name, value in given.items() if name not in stamps}):
        raise SentBefore(row)
    return row, False


def _says(row, given):
    fields = {name: row._meta.get_field(name) for name in given}
    return all(
        getattr(row, fields[name].attname) == fields[name].to_python(getattr(value, "pk", value))
        for name, value in given.items()
    )
