"""The sandbox's mailbox."""

from django.urls import path

from .views import courriels

urlpatterns = [
    path("administration/courriels/", courriels.liste, name="courriels"),
    path("administration/courriels/<int:courriel_id>/", courriels.lire, name="courriel"),
]
