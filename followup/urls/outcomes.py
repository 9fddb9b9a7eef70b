"""The follow-up of a plan: its page, its forms, its steps and files."""

urlpatterns = []
