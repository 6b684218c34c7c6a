from django.urls import path

from .views import contrats, delegations, livre, lots, rapprochement, reprise, versements

urlpatterns = [
    path("dossiers/reprendre/", reprise.reprendre, name="dossier_reprendre"),
    path("dossiers/<str:numero>/contrats/", contrats.liste, name="contrats_dossier"),
    path("dossiers/<str:numero>/contrats/<int:pk>/", contrats.contrat, name="contrat"),
    path("dossiers/<str:numero>/contrats/<int:pk>/preuves/", contrats.preuves, name="contrat_preuves"),
    path("dossiers/<str:numero>/versements/", versements.dossier, name="versements_dossier"),
    path("dossiers/<str:numero>/comptes/", livre.comptes, name="comptes_dossier"),
    path("dossiers/<str:numero>/comptes/ecritures.csv", livre.exporter, name="comptes_exporter"),
    path("delegations/", delegations.liste, name="delegations"),
    path("delegations/<int:pk>/revoquer/", delegations.revoquer, name="delegation_revoquer"),
    path("versements/", versements.liste, name="versements"),
    path("lots/", lots.liste, name="lots"),
    path("lots/compte/", lots.compte, name="lots_compte"),
    path("lots/<str:numero>/", lots.lot, name="lot"),
    path("lots/<str:numero>/<str:nom>", lots.fichier, name="lot_fichier"),
    path("rapprochement/", rapprochement.liste, name="rapprochements"),
    path("rapprochement/<int:releve>/", rapprochement.releve, name="rapprochement"),
]
