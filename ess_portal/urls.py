"""Every address of the portal. Public ones are listed in `publiques.py`; a test walks them all."""

from django.urls import include, path

from ess_portal.sante import sante

urlpatterns = [
    path("sante/", sante, name="sante"),
    path("", include("ess_portal.aide.urls")),
    path("", include("indicateurs.urls")),
    path("", include("financement.urls")),
    path("", include("adhesions.urls")),
    path("", include("dossiers.urls")),
    path("", include("ess_portal.documents.urls")),
    path("", include("ess_portal.journal.urls")),
    path("", include("ess_portal.referentiel.urls")),
    path("", include("ess_portal.comptes.urls")),
    path("compte/", include("allauth.urls")),
    path("api/", include("ess_portal.api_urls")),
]

handler400 = "ess_portal.socle.pages_erreur.demande_illisible"
handler403 = "ess_portal.socle.pages_erreur.interdit"
handler404 = "ess_portal.socle.pages_erreur.introuvable"
handler500 = "ess_portal.socle.pages_erreur.panne"
