from django.urls import path

from .views import adherents, annuaire, signature

urlpatterns = [
    path("annuaire/recherche/", annuaire.rechercher, name="annuaire_recherche"),
    path("administration/annuaire/", annuaire.imports, name="annuaire"),
    path("administration/annuaire/<int:importation>/", annuaire.rejets, name="annuaire_rejets"),
    path("administration/annuaire/<int:importation>/rejets.csv", annuaire.rejets_csv, name="annuaire_rejets_csv"),
    path("dossiers/<str:numero>/adherents/", adherents.lister, name="adherents"),
    path("dossiers/<str:numero>/adherents/ajouter/", adherents.ajouter, name="adherent_ajouter"),
    path("dossiers/<str:numero>/adherents/<int:adhesion>/<slug:acte>/", adherents.agir, name="adherent_acte"),
    path("adhesion/<str:jeton>/", signature.signer, name="adhesion_signer"),
    path("adhesion/<str:jeton>/code/", signature.code, name="adhesion_code"),
]
