from django.urls import path

from . import views

urlpatterns = [
    path("aide/", views.sommaire, name="aide"),
    path("aide/<slug:nom>/", views.guide, name="aide_guide"),
]
