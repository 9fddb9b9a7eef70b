"""Notes on an action through the year."""

urlpatterns = []
