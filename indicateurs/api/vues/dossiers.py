"""Dossiers: list, opening of a draft, detail, and the letter's answers while it is a draft."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db.models import prefetch_related_objects
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from dossiers.forms.lettre import COLONNES_PORTEUR, FORMULAIRES, PORTEURS_MAX, initial
from dossiers.lecture_etat import charger_retards
from dossiers.models import Dossier
from dossiers.regles.statuts import Statut
from dossiers.services import unicite
from dossiers.services.creation import creer_dossier
from dossiers.services.lettre import enregistrer_etape
from ess_portal.socle.erreurs import Conflit, ErreurMetier, Interdit

from ..formes.communs import reponses
from ..formes.dossiers import STATUTS, DossierDetail, DossierListe, DossierNouveau
from ..idempotence import ENTETE, une_fois
from ..lecture import TRIS, lister
from ..socle import PagesDe50, Vue

CLE = OpenApiParameter(
    ENTETE,
    str,
    OpenApiParameter.HEADER,
    description="La même demande, sous la même clé, a un seul effet et la même réponse.",
)
VIDE = {"type": "string", "maxLength": 0}
FILTRES = [
    OpenApiParameter(
        "statut",
        {"anyOf": [STATUTS, VIDE]},
        description="État au sens du droit, à cet instant. Vide, comme absent\u00a0: tous.",
    ),
    OpenApiParameter("specialite", str, description="Un code SMxx, ou un groupe de spécialités."),
    OpenApiParameter("departement", str),
    OpenApiParameter(
        "echeance_avant",
        {"anyOf": [{"type": "string", "format": "date"}, VIDE]},
        description="Prochaine échéance au plus tard ce jour.",
    ),
    OpenApiParameter("recherche", str, description="Mots du numéro, du nom ou de la commune."),
    OpenApiParameter("ordering", str, description=f"{', '.join(TRIS)}\u00a0; un tiret devant inverse l’ordre."),
    OpenApiParameter("page", int, description="Pages de 50."),
]


class Dossiers(Vue):
    @extend_schema(
        operation_id="dossiers_lister", parameters=FILTRES, responses=reponses(PagesDe50.reponse(DossierListe), 401, 403, 404, 422),
        description="Les dossiers que ce compte peut voir.",
    )  # fmt: skip
    def get(self, request: Request) -> Response:
        if any("\x00" in valeur for valeur in request.query_params.values()):
            raise ErreurMetier("filtre", "Un filtre contient un caractère nul, qui ne s’écrit dans aucun texte.")
        lignes = lister(self.acteur, self.maintenant, request.query_params)
        return self.paginer(lignes, DossierListe, preparer=charger_retards)

    @extend_schema(
        operation_id="dossiers_creer", request=DossierNouveau, parameters=[CLE], responses=reponses(DossierDetail, 400, 401, 403, 409, 422, statut=201),
        description="Ouvre le brouillon d’une lettre d’intention.",
    )  # fmt: skip
    def post(self, request: Request) -> Response:
        return une_fois(request, self._creer)

    def _creer(self) -> Response:
        demande = DossierNouveau(data=self.corps())
        demande.is_valid(raise_exception=True)
        dossier = creer_dossier(**demande.validated_data, acteur=self.acteur, maintenant=self.maintenant)
        return Response(detail(self.dossier(dossier.numero), self), status=201)


class UnDossier(Vue):
    @extend_schema(
        operation_id="dossiers_lire", responses=reponses(DossierDetail, 401, 403, 404), description="Un dossier entier."
    )
    def get(self, request: Request, numero: str) -> Response:
        return Response(detail(self.dossier(numero), self))

    @extend_schema(
        operation_id="dossiers_modifier", request=OpenApiTypes.OBJECT, responses=reponses(DossierDetail, 400, 401, 403, 404, 409, 422),
        description="Écrit des réponses de la lettre tant qu’elle est en brouillon, sous les noms de `lettre`\u00a0; `porteurs` peut être une liste.",
    )  # fmt: skip
    def patch(self, request: Request, numero: str) -> Response:
        dossier = self.dossier(numero)
        if not self.acteur.est_porteur:
            raise Interdit
        if dossier.statut != Statut.BROUILLON:
            raise Conflit("etat", "La lettre est déposée\u00a0: elle ne se modifie plus sans une demande de l’ARS.")
        reponses_ = _deplier(self.corps())
        for etape, champs in _repartir(dossier, reponses_).items():
            lettre = self.dossier(numero)
            form = FORMULAIRES[etape]({**initial(lettre, etape), **champs}, dossier=lettre, acteur=self.acteur)
            if not form.is_valid():
                raise ErreurMetier("contenu", "Certaines informations sont à corriger.", form.errors)
            enregistrer_etape(
                numero=numero, etape=etape, donnees=form.donnees(), acteur=self.acteur, maintenant=self.maintenant
            )
        return Response(detail(self.dossier(numero), self))


def detail(dossier: Dossier, vue: Vue) -> dict[str, Any]:
    prefetch_related_objects([dossier], "lettre")
    dossier.est_a_regulariser = unicite.est_a_regulariser(dossier, vue.maintenant)
    return DossierDetail(dossier, context={"acteur": vue.acteur}).data


def _deplier(corps: Mapping[str, Any]) -> dict[str, Any]:
    """`porteurs` as a list of people becomes the numbered fields of the step."""
    plat = {nom: v for nom, v in corps.items() if nom != "porteurs"}
    porteurs = corps.get("porteurs", [])
    if (
        not isinstance(porteurs, list)
        or len(porteurs) > PORTEURS_MAX
        or not all(isinstance(p, Mapping) for p in porteurs)
    ):
        raise ErreurMetier(
            "contenu",
            "Certaines informations sont à corriger.",
            {"porteurs": f"Donnez une liste de porteurs, {PORTEURS_MAX} au plus."},
        )
    for rang, porteur in enumerate(porteurs, 1):
        plat |= {f"porteur_{rang}_{nom}": porteur.get(nom, "") for nom in COLONNES_PORTEUR}
    return plat


def _repartir(dossier: Dossier, corps: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """The answers by step. Raises ErreurMetier for a name that no step has, or a value that no field could hold."""
    par_etape: dict[str, dict[str, Any]] = {}
    erreurs: dict[str, str] = {}
    champs = {
        nom: etape
        for etape, classe in FORMULAIRES.items()
        for nom in classe({**initial(dossier, etape), **corps}, dossier=dossier).fields
    }
    for nom, valeur in corps.items():
        etape = champs.get(nom)
        if etape is None:
            erreurs[nom] = "Ce champ n’existe pas dans la lettre."
        elif isinstance(valeur, Mapping) or (isinstance(valeur, list) and not all(isinstance(v, str) for v in valeur)):
            erreurs[nom] = "Cette valeur n’est pas lisible."
        else:
            par_etape.setdefault(etape, {})[nom] = valeur
    if erreurs:
        raise ErreurMetier("contenu", "Certaines informations sont à corriger.", erreurs)
    return par_etape
