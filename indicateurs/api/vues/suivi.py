"""The lists of a dossier, each as this account may see it."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db.models import Prefetch, QuerySet
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_view
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import BaseSerializer

from adhesions.models import Adhesion, VersionAdhesion
from dossiers.lecture_etat import dates_au_droit
from dossiers.lecture_journal import journal_de
from dossiers.lecture_recours import RecoursAuDroit, recours_au_droit
from dossiers.models import Avis, Dossier, Echeance
from ess_portal.documents.models import Document, Piece
from financement.models import DotationAnnuelle, Ecriture, Versement

from ...models import Rapport
from ..formes import suivi as f
from ..formes.communs import reponses
from ..socle import PagesDe50, Vue


class Liste(Vue):
    """The rows of a dossier; an absent dossier and a foreign one are the same 404."""

    forme: ClassVar[type[BaseSerializer]]

    def lignes(self, dossier: Dossier) -> QuerySet | list[Any]:
        raise NotImplementedError

    def contexte(self, dossier: Dossier) -> dict[str, Any]:
        return {}

    def get(self, request: Request, numero: str) -> Response:
        dossier = self.dossier(numero)
        return self.paginer(self.lignes(dossier), self.forme, **self.contexte(dossier))


def documentee(nom: str, forme: type[BaseSerializer], description: str):
    """The schema of a list and the shape of its rows, said once."""
    operation = extend_schema(
        operation_id=f"dossiers_{nom}",
        parameters=[OpenApiParameter("page", int, description="Pages de 50.")],
        responses=reponses(PagesDe50.reponse(forme), 401, 403, 404),
        description=description,
    )

    def poser(vue: type[Liste]) -> type[Liste]:
        vue.forme = forme
        return extend_schema_view(get=operation)(vue)

    return poser


@documentee("echeances", f.EcheanceLue, "Les délais du dossier, chacun avec son explication.")
class Echeances(Liste):
    def lignes(self, dossier: Dossier) -> list[Echeance]:
        return dates_au_droit(dossier)


@documentee(
    "journal",
    f.EvenementLu,
    "Ce qui s’est passé, du plus récent au plus ancien\u00a0; chaque ligne porte l’empreinte de la précédente.",
)
class Journal(Liste):
    def lignes(self, dossier: Dossier) -> QuerySet:
        return journal_de(dossier, self.acteur)


@documentee("documents", f.DocumentLu, "Les documents émis.")
class Documents(Liste):
    def lignes(self, dossier: Dossier) -> QuerySet:
        return (
            Document.objects.pour(self.acteur)
            .filter(dossier=dossier)
            .defer("octets", "donnees")
            .order_by("cree_le", "pk")
        )


@documentee("pieces", f.PieceLue, "Les pièces déposées.")
class Pieces(Liste):
    def lignes(self, dossier: Dossier) -> QuerySet:
        return (
            Piece.objects.pour(self.acteur)
            .filter(dossier=dossier)
            .select_related("organisation")
            .order_by("depose_le", "pk")
        )


@documentee("avis", f.AvisLu, "Les avis de la caisse, demandés ou rendus.")
class LesAvis(Liste):
    def lignes(self, dossier: Dossier) -> QuerySet:
        return (
            Avis.objects.pour(self.acteur).filter(dossier=dossier).select_related("caisse").order_by("objet", "version")
        )


@documentee("recours", f.RecoursLu, "Les recours gracieux, avec leur réponse ou le dernier jour pour la donner.")
class LesRecours(Liste):
    def lignes(self, dossier: Dossier) -> list[RecoursAuDroit]:
        return recours_au_droit(dossier)


@documentee("versements", f.VersementLu, "Les versements, avec leurs conditions.")
class Versements(Liste):
    def lignes(self, dossier: Dossier) -> QuerySet:
        return (
            Versement.objects.pour(self.acteur)
            .filter(dossier=dossier)
            .select_related("propose_par", "valide_par")
            .order_by("propose_le", "pk")
        )


@documentee(
    "dotations",
    f.DecompteLu,
    "Les décomptes annuels de la dotation, toutes versions\u00a0: la dernière d’une année est celle qui compte.",
)
class Dotations(Liste):
    def lignes(self, dossier: Dossier) -> QuerySet:
        return DotationAnnuelle.objects.pour(self.acteur).filter(dossier=dossier).order_by("annee", "version")


@documentee("ecritures", f.EcritureLue, "Le livre\u00a0: les écritures en partie double, dans leur ordre.")
class Ecritures(Liste):
    def lignes(self, dossier: Dossier) -> QuerySet:
        lues = Ecriture.objects.pour(self.acteur).filter(dossier=dossier)
        return lues.select_related("contrepasse").prefetch_related("lignes").order_by("seq")


@documentee("adhesions", f.AdhesionLue, "Les adhésions, en cours, passées et sans suite.")
class Adhesions(Liste):
    def lignes(self, dossier: Dossier) -> QuerySet:
        tenues = VersionAdhesion.objects.pour(self.acteur).connues().order_by("valide_du")
        return (
            Adhesion.objects.pour(self.acteur)
            .filter(dossier=dossier)
            .select_related("professionnel")
            .prefetch_related(Prefetch("versions", tenues, to_attr="periodes_tenues"))
            .order_by("nom", "prenom", "pk")
        )


@documentee("rapports", f.RapportLu, "Les rapports d’activité.")
class Rapports(Liste):
    def lignes(self, dossier: Dossier) -> QuerySet:
        lus = Rapport.objects.pour(self.acteur).filter(dossier=dossier).select_related("outil_piece")
        return lus.prefetch_related("versions", "jointes__piece").order_by("annee")

    def contexte(self, dossier: Dossier) -> dict[str, Any]:
        return {"acteur": self.acteur}
