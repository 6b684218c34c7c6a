from django.urls import path

from .views import clausiers, contrats, delegations, livre, lots, rapprochement, reprise, series, versements

urlpatterns = [
    path("clausiers/", clausiers.liste, name="clausiers"),
    path("clausiers/<slug:annexe>/", clausiers.clausier, name="clausier"),
    path("clausiers/<slug:annexe>/apercu/", clausiers.apercu, name="clausier_apercu"),
    path("clausiers/<slug:annexe>/apercu.pdf", clausiers.apercu_pdf, name="clausier_apercu_pdf"),
    path("clausiers/<slug:annexe>/apercu.docx", clausiers.apercu_word, name="clausier_apercu_word"),
    path("clausiers/<slug:annexe>/articles/<slug:code>/", clausiers.article, name="clausier_article"),
    path("dossiers/reprendre/", reprise.reprendre, name="dossier_reprendre"),
    path("dossiers/<str:numero>/contrats/", contrats.liste, name="contrats_dossier"),
    path("dossiers/<str:numero>/contrats/<int:pk>/", contrats.contrat, name="contrat"),
    path("dossiers/<str:numero>/contrats/<int:pk>/consolide/", contrats.consolide, name="contrat_consolide"),
    path("dossiers/<str:numero>/contrats/<int:pk>/preuves/", contrats.preuves, name="contrat_preuves"),
    path("dossiers/<str:numero>/contrats/<int:pk>/projet.docx", contrats.word, name="contrat_word"),
    path("dossiers/<str:numero>/versements/", versements.dossier, name="versements_dossier"),
    path("dossiers/<str:numero>/comptes/", livre.comptes, name="comptes_dossier"),
    path("dossiers/<str:numero>/comptes/ecritures.csv", livre.exporter, name="comptes_exporter"),
    path("delegations/", delegations.liste, name="delegations"),
    path("delegations/<int:pk>/revoquer/", delegations.revoquer, name="delegation_revoquer"),
    path("series/", series.liste, name="series"),
    path("series/nouvelle/<slug:genre>/", series.nouvelle, name="serie_nouvelle"),
    path("series/<int:pk>/", series.serie, name="serie"),
    path("versements/", versements.liste, name="versements"),
    path("lots/", lots.liste, name="lots"),
    path("lots/compte/", lots.compte, name="lots_compte"),
    path("lots/<str:numero>/", lots.lot, name="lot"),
    path("lots/<str:numero>/<str:nom>", lots.fichier, name="lot_fichier"),
    path("rapprochement/", rapprochement.liste, name="rapprochements"),
    path("rapprochement/<int:releve>/", rapprochement.releve, name="rapprochement"),
]
