"""The åtgärdsplan's addresses; made to be mailed."""

from django.urls import path

from plans import views

app_name = "plans"

urlpatterns = [
    path("<slug:district>/<int:year>/", views.plan, name="plan"),
]
