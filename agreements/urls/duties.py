"""What the law and the agreement require; included under /samverkan/<place>/."""

urlpatterns = []

# Outside the places: included at the root.
open_urls = []
