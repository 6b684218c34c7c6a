"""What this account may do now, and the doing: the same registry as the screens."""

from __future__ import annotations

from typing import Any

from django import forms
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from dossiers import actions
from dossiers.actions import Action
from dossiers.models import Dossier
from ess_portal.comptes.reauthentification import a_second_facteur
from ess_portal.socle.erreurs import Conflit, ErreurMetier

from ..formes.actions import ActionOfferte
from ..formes.communs import reponses
from ..formes.dossiers import DossierListe
from ..idempotence import SECRETS, deja_faite, une_fois
from ..socle import Vue, VueAvecFichiers
from .dossiers import CLE

# The first class that fits names the type.
TYPES = (
    (forms.MultipleChoiceField, "choix_multiple"),
    (forms.ChoiceField, "choix"),
    (forms.DateField, "date"),
    (forms.BooleanField, "booleen"),
    (forms.FileField, "fichier"),
    (forms.DecimalField, "montant"),
    (forms.IntegerField, "entier"),
)


class Actions(Vue):
    @extend_schema(
        operation_id="dossiers_actions", responses=reponses(ActionOfferte(many=True), 401, 403, 404),
        description="Les actes possibles maintenant pour ce compte, et ce que chacun demande.",
    )  # fmt: skip
    def get(self, request: Request, numero: str) -> Response:
        dossier = self.dossier(numero)
        avec_code = a_second_facteur(request.user)
        offertes = [self._offerte(a, dossier, avec_code) for a in actions.disponibles(dossier, self.acteur)]
        return Response(ActionOfferte(offertes, many=True).data)

    def _offerte(self, action: Action, dossier: Dossier, avec_code: bool) -> dict[str, Any]:
        form = action.formulaire(dossier=dossier, acteur=self.acteur)
        champs = [_champ(nom, champ) for nom, champ in form.fields.items()]
        if action.reauthentification:
            champs.append(_secret("mot_de_passe", "Votre mot de passe"))
            champs += [_secret("code", "Code de votre application")] if avec_code else []
        return {
            "nom": action.nom,
            "libelle": action.libelle,
            "aide": action.aide,
            "est_principale": action.est_principale,
            "reauthentification": action.reauthentification,
            "champs": champs,
        }


class UneAction(VueAvecFichiers):
    @extend_schema(
        operation_id="dossiers_agir",
        parameters=[CLE],
        request={"application/json": OpenApiTypes.OBJECT, "multipart/form-data": OpenApiTypes.OBJECT},
        responses=reponses(DossierListe, 401, 403, 404, 409, 415, 422, 429),
        description="Fait l’acte. Un acte qui demande de s’identifier de nouveau répond 403 `reauthentification` sans `mot_de_passe` (et `code`), "
        "429 `trop_d_essais` après cinq essais manqués en un quart d’heure. "
        "Les deux premières signatures d’un contrat répondent 200, le statut inchangé.",
    )
    def post(self, request: Request, numero: str, nom: str) -> Response:
        # Who may do nothing here learns it before his key or his content is looked at.
        try:
            actions.preparer(nom, numero=numero, acteur=self.acteur, maintenant=self.maintenant)
        except Conflit:
            if (reponse := deja_faite(request)) is not None:
                return reponse
            raise
        return une_fois(request, lambda: self._agir(numero, nom))

    def _agir(self, numero: str, nom: str) -> Response:
        corps = self.corps()
        _refuser_les_formes(corps)
        fait = actions.executer(
            nom, numero=numero, acteur=self.acteur, maintenant=self.maintenant, donnees=corps, fichiers=self.request.FILES, utilisateur=self.request.user
        )  # fmt: skip
        vu = Dossier.objects.pour(self.acteur).au(self.maintenant).filter(numero=numero)
        return Response(DossierListe(vu.select_related("equipe", "ars", "caisse", "suivi_par").first() or fait).data)


def _champ(nom: str, champ: forms.Field) -> dict[str, Any]:
    type_ = next((t for classe, t in TYPES if isinstance(champ, classe)), "texte")
    if type_ == "texte" and isinstance(champ.widget, forms.Textarea):
        type_ = "texte_long"
    if type_ == "fichier" and getattr(champ.widget, "allow_multiple_selected", False):
        type_ = "fichiers"
    choix = [{"valeur": str(v), "libelle": str(t)} for v, t in getattr(champ, "choices", ()) or ()]
    return {
        "nom": nom,
        "type": type_,
        "libelle": str(champ.label or nom),
        "requis": champ.required,
        "aide": str(champ.help_text),
        "choix": choix,
    }


def _secret(nom: str, libelle: str) -> dict[str, Any]:
    return {"nom": nom, "type": "secret", "libelle": libelle, "requis": True, "aide": "", "choix": []}


def _refuser_les_formes(corps: Any) -> None:
    """Values that no field of a form could have sent. Raises ErreurMetier."""
    if hasattr(corps, "lists"):
        return
    erreurs = {nom: "Cette valeur n’est pas lisible." for nom, v in corps.items() if isinstance(v, dict)}
    erreurs |= {nom: "Écrivez un texte." for nom in SECRETS if not isinstance(corps.get(nom, ""), str)}
    if erreurs:
        raise ErreurMetier("contenu", "Certaines informations sont à corriger.", erreurs)
