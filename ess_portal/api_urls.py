"""The API, under /api/v1/, and its schema."""

from django.urls import include, path
from drf_spectacular.views import SpectacularJSONAPIView

urlpatterns = [
    path("schema/", SpectacularJSONAPIView.as_view(), name="schema"),
    path("v1/", include("indicateurs.api.urls")),
]
