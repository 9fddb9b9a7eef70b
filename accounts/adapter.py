"""How allauth behaves here: people are invited, nobody signs themselves up."""

from allauth.account.adapter import DefaultAccountAdapter


class AccountAdapter(DefaultAccountAdapter):
    def is_open_for_signup(self, request):
        """Always False: an account comes from the organisation."""
        return False
