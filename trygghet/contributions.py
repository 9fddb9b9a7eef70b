"""Where an app further up adds to what one below it shows, so that imports still point one way."""


class Contributions(list):
    """What the apps have added to a list that one of them owns: an agenda, a calendar, a page of duties.

    The owner makes the list and says what is called how; an app further up
    adds to it when it is loaded (``AppConfig.ready``), with :meth:`add` as a decorator.
    """

    def add(self, contribution):
        """Add the contribution, once however often the module is loaded; return it."""
        if contribution not in self:
            self.append(contribution)
        return contribution
