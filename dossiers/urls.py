from django.urls import path

from .views import (
    actes,
    bac_a_sable,
    criteres,
    derogations,
    gouvernance,
    liste,
    mission,
    redaction,
    strategies,
    suivi,
)

urlpatterns = [
    path("dossiers/", liste.liste, name="dossiers"),
    path("dossiers/nouveau/", liste.nouveau, name="dossier_nouveau"),
    path("dossiers/<str:numero>/lettre/", redaction.lettre_recapitulatif, name="lettre_recapitulatif"),
    path("dossiers/<str:numero>/lettre/<slug:etape>/", redaction.lettre_etape, name="lettre_etape"),
    path("dossiers/<str:numero>/projet/<slug:rubrique>/", redaction.projet_rubrique, name="projet_rubrique"),
    path("dossiers/<str:numero>/pieces/<slug:objet>/", redaction.piece_deposer, name="piece_deposer"),
    path("dossiers/<str:numero>/actions/<slug:nom>/", actes.acte, name="acte"),
    path("dossiers/<str:numero>/messages/", suivi.fil_messages, name="messages"),
    path("dossiers/<str:numero>/messages/<slug:fil>/", suivi.fil_messages, name="messages_fil"),
    path("dossiers/<str:numero>/documents/", suivi.documents, name="documents"),
    path("dossiers/<str:numero>/journal/", suivi.journal, name="journal"),
    path("dossiers/<str:numero>/derogations/", derogations.page, name="derogations"),
    path("dossiers/<str:numero>/criteres/", suivi.juger, name="juger"),
    path("dossiers/<str:numero>/grille/", criteres.grille, name="grille"),
    path("dossiers/<str:numero>/grille/<slug:objet>/<slug:code>/", criteres.critere, name="critere"),
    path("dossiers/<str:numero>/gouvernance/", gouvernance.page, name="gouvernance"),
    path("dossiers/<str:numero>/mission/", mission.page, name="mission"),
    path("strategies/", strategies.page, name="strategies"),
    path("strategies/nouvelle/", strategies.nouvelle, name="strategie_nouvelle"),
    path("strategies/<int:strategie>/", strategies.corriger, name="strategie"),
    path("administration/horloge/", bac_a_sable.regler, name="bac_a_sable"),
]
