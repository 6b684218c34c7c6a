from django.urls import path, re_path

from .views import accueil, calendrier, dossier, exports, passe, pilotage, rapports, simulateurs, territoires

urlpatterns = [
    path("", accueil.accueil, name="accueil"),
    re_path(r"^dossiers/(?P<numero>[0-9A-Z]{2,3}-[0-9]{4}-[0-9]+)/$", dossier.dossier, name="dossier"),
    path("dossiers/<str:numero>/rapports/", rapports.lister, name="rapports"),
    path("dossiers/<str:numero>/rapports/<int:annee>/", rapports.rapport, name="rapport"),
    path("dossiers/<str:numero>/au/", passe.page, name="dossier_au"),
    path("compte/calendrier/", calendrier.calendriers, name="calendriers"),
    path("compte/calendrier/<int:flux_id>/revoquer/", calendrier.revoquer, name="calendrier_revoquer"),
    path("calendrier/<str:secret>.ics", calendrier.ics, name="calendrier_ics"),
    path("exports/", exports.liste, name="exports"),
    path("exports/nouveau/<slug:liste>/", exports.nouveau, name="export_nouveau"),
    path("exports/<uuid:export_id>/", exports.export, name="export"),
    path("exports/<uuid:export_id>/fichier/", exports.fichier, name="export_fichier"),
    path("exports/<uuid:export_id>/refaire/", exports.refaire, name="export_refaire"),
    path("pilotage/", pilotage.tableau, name="pilotage"),
    path("pilotage/activite/", pilotage.activite, name="activite"),
    path("territoires/", territoires.territoires, name="territoires"),
    path("simulateurs/", simulateurs.accueil, name="simulateurs"),
    path("simulateurs/dotation/", simulateurs.dotation, name="simulateur_dotation"),
    path("simulateurs/echeances/", simulateurs.echeances, name="simulateur_echeances"),
    path("simulateurs/seuils/", simulateurs.seuils, name="simulateur_seuils"),
    path("simulateurs/identifiants/", simulateurs.identifiants, name="simulateur_identifiants"),
]
