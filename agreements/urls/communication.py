"""The communication plan; included under /samverkan/<place>/."""

from django.urls import path

from agreements.views import communication

urlpatterns = [
    path("kommunikation/", communication.plan, name="communication"),
    path("kommunikation/<int:year>/", communication.plan, name="communication_year"),
    path("kommunikation/<int:year>/ny/", communication.add, name="communication_add"),
    path("kommunikation/<int:year>/forslag/", communication.suggest, name="communication_suggest"),
    path("kommunikation/<int:year>/<uuid:uid>/", communication.edit, name="communication_edit"),
    path("kommunikation/<int:year>/<uuid:uid>/ta-bort/", communication.remove, name="communication_remove"),
]
