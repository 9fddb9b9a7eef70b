"""The year of the cooperation; included under /samverkan/<place>/."""

urlpatterns = []

# Outside the places: included at the root.
open_urls = []
