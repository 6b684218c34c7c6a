"""Acts on the library of motivations: a text written, corrected as a new version, taken out of use; each an event of the journal."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from ess_portal.comptes.acteur import Acteur
from ess_portal.comptes.roles import Role
from ess_portal.journal.services import consigner
from ess_portal.socle.erreurs import Conflit, ErreurMetier, Interdit, Introuvable
from ess_portal.socle.horloge import jour_local

from ..models import Motivation
from ..regles.criteres import CRITERES
from ..regles.motifs import MOTIFS

AUTEURS = frozenset({Role.ARS_SIGNATAIRE, Role.ADMIN_REGIONAL, Role.ADMIN_NATIONAL})
PARIS = "Europe/Paris"


def peut_ecrire(acteur: Acteur | None, region: str | None) -> bool:
    """The national texts are the national administration's; a region's, its ARS's signataires' and its administrators'."""
    if acteur is None or acteur.role not in AUTEURS:
        return False
    return region is None if acteur.role == Role.ADMIN_NATIONAL else region == acteur.region


@transaction.atomic
def enregistrer(
    *,
    objet: str,
    motif: str,
    titre: str,
    texte: str,
    acteur: Acteur,
    maintenant: datetime,
    critere: str = "",
    motivation: int | None = None,
) -> Motivation:
    """A new text of the author's own region (or national), or the next version of the text `motivation`.

    Raises ErreurMetier on the fields, Conflit when somebody else corrected it first.
    """
    if acteur.role not in AUTEURS:
        raise Interdit
    _verifier(objet, motif, critere, titre, texte)
    avant = _tenir(motivation, acteur) if motivation is not None else None
    if avant is not None:
        avant.est_courante = False
        avant.save(update_fields=("est_courante",))
    suite = {"fil": avant.fil, "version": avant.version + 1, "region_id": avant.region_id} if avant else {}
    ligne = Motivation.objects.create(
        **({"region_id": None if acteur.role == Role.ADMIN_NATIONAL else acteur.region} | suite),
        objet=objet,
        motif=motif,
        critere=critere,
        titre=titre.strip(),
        texte=texte.strip(),
        valide_du=jour_local(maintenant, PARIS),
        enregistree_le=maintenant,
        enregistree_par_id=acteur.utilisateur_id,
    )
    consigner(
        type="motivation",
        acteur=acteur,
        maintenant=maintenant,
        donnees={"motivation": ligne.pk, "fil": ligne.fil, "version": ligne.version, "texte": ligne.texte},
    )
    return ligne


@transaction.atomic
def retirer(*, motivation: int, acteur: Acteur, maintenant: datetime) -> Motivation:
    """Out of use from today; what was decided with it does not change."""
    ligne = _tenir(motivation, acteur)
    ligne.retiree_le = jour_local(maintenant, PARIS)
    ligne.save(update_fields=("retiree_le",))
    consigner(type="motivation_retiree", acteur=acteur, maintenant=maintenant, donnees={"motivation": ligne.pk})
    return ligne


def _tenir(pk: int, acteur: Acteur) -> Motivation:
    ligne = Motivation.objects.pour(acteur).select_for_update(of=("self",)).filter(pk=pk).first()
    if ligne is None:
        raise Introuvable
    if not peut_ecrire(acteur, ligne.region_id):
        raise Interdit
    if not ligne.est_courante or ligne.retiree_le is not None:
        raise Conflit("motivation", "Ce texte a été corrigé ou retiré depuis\u00a0: repartez de sa dernière version.")
    return ligne


def _verifier(objet: str, motif: str, critere: str, titre: str, texte: str) -> None:
    erreurs = {}
    if motif not in MOTIFS.get(objet, {}):
        erreurs["motif"] = "Choisissez un motif de la liste."
    if critere and critere not in CRITERES:
        erreurs["critere"] = "Choisissez un critère de la liste."
    if not titre.strip():
        erreurs["titre"] = "Donnez un titre."
    if not texte.strip():
        erreurs["texte"] = "Écrivez le texte."
    if erreurs:
        raise ErreurMetier("motivation", "Certaines informations sont à corriger.", erreurs)
