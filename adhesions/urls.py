from django.urls import path

from .views import adherents, signature

urlpatterns = [
    path("dossiers/<str:numero>/adherents/", adherents.lister, name="adherents"),
    path("dossiers/<str:numero>/adherents/ajouter/", adherents.ajouter, name="adherent_ajouter"),
    path("dossiers/<str:numero>/adherents/<int:adhesion>/<slug:acte>/", adherents.agir, name="adherent_acte"),
    path("adhesion/<str:jeton>/", signature.signer, name="adhesion_signer"),
    path("adhesion/<str:jeton>/code/", signature.code, name="adhesion_code"),
]
