"""The groups, who sits in them, and invitations; included under /samverkan/<place>/."""

urlpatterns = []

# Outside the places: included at the root.
open_urls = []
