from django.urls import path

from .views import pilotage, rapports

urlpatterns = [
    path("dossiers/<str:numero>/rapports/", rapports.lister, name="rapports"),
    path("dossiers/<str:numero>/rapports/<int:annee>/", rapports.rapport, name="rapport"),
    path("pilotage/", pilotage.tableau, name="pilotage"),
]
