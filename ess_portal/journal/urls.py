"""One's notices, and the sandbox's mailbox."""

from django.urls import path

from .views import courriels, notifications

urlpatterns = [
    path("notifications/", notifications.liste, name="notifications"),
    path("notifications/lues/", notifications.tout_lire, name="notifications_lues"),
    path("notifications/<int:notification_id>/lue/", notifications.lire, name="notification_lue"),
    path("compte/notifications/", notifications.reglages, name="notifications_reglages"),
    path("administration/courriels/", courriels.liste, name="courriels"),
    path("administration/courriels/<int:courriel_id>/", courriels.lire, name="courriel"),
]
