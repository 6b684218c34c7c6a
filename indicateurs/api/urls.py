from django.urls import path

from . import schema  # noqa: F401  tells the schema how one signs in
from .vues import actions, calculs, compteurs, dossiers, fichiers, horloge, lots, suivi

urlpatterns = [
    path("dossiers/", dossiers.Dossiers.as_view(), name="api_dossiers"),
    path("dossiers/<str:numero>/", dossiers.UnDossier.as_view(), name="api_dossier"),
    path("dossiers/<str:numero>/actions/", actions.Actions.as_view(), name="api_actions"),
    path("dossiers/<str:numero>/actions/<slug:nom>/", actions.UneAction.as_view(), name="api_action"),
    path("dossiers/<str:numero>/echeances/", suivi.Echeances.as_view(), name="api_echeances"),
    path("dossiers/<str:numero>/journal/", suivi.Journal.as_view(), name="api_journal"),
    path("dossiers/<str:numero>/documents/", suivi.Documents.as_view(), name="api_documents"),
    path("dossiers/<str:numero>/pieces/", suivi.Pieces.as_view(), name="api_pieces"),
    path("dossiers/<str:numero>/avis/", suivi.LesAvis.as_view(), name="api_avis"),
    path("dossiers/<str:numero>/recours/", suivi.LesRecours.as_view(), name="api_recours"),
    path("dossiers/<str:numero>/versements/", suivi.Versements.as_view(), name="api_versements"),
    path("dossiers/<str:numero>/dotations/", suivi.Dotations.as_view(), name="api_dotations"),
    path("dossiers/<str:numero>/ecritures/", suivi.Ecritures.as_view(), name="api_ecritures"),
    path("dossiers/<str:numero>/adhesions/", suivi.Adhesions.as_view(), name="api_adhesions"),
    path("dossiers/<str:numero>/rapports/", suivi.Rapports.as_view(), name="api_rapports"),
    path("dossiers/<str:numero>/compteurs/", compteurs.Compteurs.as_view(), name="api_compteurs"),
    path("documents/<uuid:document_id>/contenu/", fichiers.DocumentContenu.as_view(), name="api_document_contenu"),
    path("pieces/<uuid:piece_id>/contenu/", fichiers.PieceContenu.as_view(), name="api_piece_contenu"),
    path("lots/", lots.Lots.as_view(), name="api_lots"),
    path("lots/<str:numero>/", lots.UnLot.as_view(), name="api_lot"),
    path("bac-a-sable/horloge/", horloge.Horloge.as_view(), name="api_horloge"),
    path("calculs/dotation/", calculs.Dotation.as_view(), name="api_calcul_dotation"),
    path("calculs/echeances/", calculs.Echeances.as_view(), name="api_calcul_echeances"),
    path("calculs/seuils/", calculs.Seuils.as_view(), name="api_calcul_seuils"),
    path("calculs/identifiants/", calculs.Identifiants.as_view(), name="api_calcul_identifiants"),
]
