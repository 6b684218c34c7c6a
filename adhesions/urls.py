from django.urls import path

from .views import adherent, adherents, annuaire, demographie, liste, personne, seuils, signature

urlpatterns = [
    path("administration/personnes/", personne.chercher, name="personnes"),
    path("administration/personnes/<str:rpps>/", personne.montrer, name="personne"),
    path("administration/personnes/<str:rpps>/donnees.json", personne.exporter, name="personne_donnees"),
    path("annuaire/recherche/", annuaire.rechercher, name="annuaire_recherche"),
    path("administration/annuaire/", annuaire.imports, name="annuaire"),
    path("administration/annuaire/<int:importation>/", annuaire.rejets, name="annuaire_rejets"),
    path("administration/annuaire/<int:importation>/rejets.csv", annuaire.rejets_csv, name="annuaire_rejets_csv"),
    path("demographie/", demographie.page, name="demographie"),
    path("dossiers/<str:numero>/seuils/", seuils.page, name="seuils"),
    path("dossiers/<str:numero>/adherents/", adherents.lister, name="adherents"),
    path("dossiers/<str:numero>/adherents/ajouter/", adherents.ajouter, name="adherent_ajouter"),
    path("dossiers/<str:numero>/adherents/importer/", liste.importer, name="adherents_importer"),
    path("dossiers/<str:numero>/adherents/importer/<int:liste>/", liste.confirmer, name="adherents_confirmer"),
    path("dossiers/<str:numero>/adherents/liste.<str:format_>", liste.exporter, name="adherents_exporter"),
    path("dossiers/<str:numero>/adherents/<int:adhesion>/", adherent.montrer, name="adherent"),
    path("dossiers/<str:numero>/adherents/<int:adhesion>/certificat/", adherent.certifier, name="adherent_certificat"),
    path("dossiers/<str:numero>/adherents/<int:adhesion>/<slug:acte>/", adherents.agir, name="adherent_acte"),
    path("adhesion/<str:jeton>/", signature.signer, name="adhesion_signer"),
    path("adhesion/<str:jeton>/code/", signature.code, name="adhesion_code"),
    path("adhesion/<str:jeton>/certificat/", signature.certificat, name="adhesion_certificat"),
    path("adhesion/<str:jeton>/formulaire/", signature.formulaire, name="adhesion_formulaire"),
]
