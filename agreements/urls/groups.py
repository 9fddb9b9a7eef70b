"""The groups, who sits in them, and invitations; included under /samverkan/<place>/."""

from django.urls import path

from agreements.views import groups, invitations

urlpatterns = [
    path("grupper/", groups.group_list, name="groups"),
    path("grupper/ny/", groups.new, name="group_new"),
    path("grupper/<slug:slug>/", groups.group, name="group"),
    path("grupper/<slug:slug>/andra/", groups.edit, name="group_edit"),
    path("grupper/<slug:slug>/avsluta/", groups.end, name="group_end"),
    path("grupper/<slug:slug>/platser/ny/", groups.seat_new, name="seat_new"),
    path("grupper/<slug:slug>/platser/<int:pk>/", groups.seat_edit, name="seat_edit"),
    path("grupper/<slug:slug>/platser/<int:pk>/avsluta/", groups.seat_end, name="seat_end"),
    path("grupper/<slug:slug>/platser/<int:pk>/stallforetradare/", groups.deputy_new, name="deputy_new"),
    path("grupper/<slug:slug>/inbjudningar/", invitations.invite, name="invite"),
    path("grupper/<slug:slug>/inbjudningar/<int:pk>/skicka-igen/", invitations.send_again, name="invitation_again"),
    path("grupper/<slug:slug>/inbjudningar/<int:pk>/ta-tillbaka/", invitations.withdraw, name="invitation_withdraw"),
]

# Outside the places: included at the root.
open_urls = [
    path("inbjudan/<str:secret>/", invitations.answer, name="invitation"),
]
