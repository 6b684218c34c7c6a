"""The account that the caisse pays from: typed by one person, confirmed by another, who gives his identity again."""

from __future__ import annotations

from datetime import datetime

from django.db import connection, transaction
from stdnum import bic as normes_bic
from stdnum.exceptions import ValidationError as NormeRefusee

from ess_portal.comptes.acteur import Acteur
from ess_portal.comptes.roles import CAISSE
from ess_portal.journal.services import consigner
from ess_portal.socle.erreurs import Conflit, ErreurMetier, Interdit

from ..models import CompteCaisse
from ..services.comptes import lire_iban


def exiger_caisse(acteur: Acteur) -> None:
    if acteur.role not in CAISSE or acteur.organisation_id is None:
        raise Interdit("partie", "Les lots de paiement sont l’affaire de la caisse.")


def serialiser(acteur: Acteur) -> None:
    """One act of the bank side at a time in a caisse: numbers follow, no payment is taken twice, one account is current.

    Class 80: 77 to 79 are the dossiers' and the accounts'.
    """
    with connection.cursor() as c:
        c.execute("SELECT pg_advisory_xact_lock(80, %s)", [acteur.organisation_id])


def courant(acteur: Acteur, *, verrou: bool = False) -> CompteCaisse | None:
    lignes = CompteCaisse.objects.pour(acteur).filter(remplace_le=None)
    return (
        lignes.select_for_update(of=("self",)) if verrou else lignes.select_related("saisi_par", "confirme_par")
    ).first()


def lire_bic(saisie: str) -> str:
    try:
        return normes_bic.validate(saisie)
    except NormeRefusee as refus:
        texte = "Ce BIC n’est pas valable\u00a0: il compte huit ou onze caractères."
        raise ErreurMetier("bic", texte, {"bic": texte}) from refus


@transaction.atomic
def enregistrer(*, iban: str, bic: str, titulaire: str, acteur: Acteur, maintenant: datetime) -> CompteCaisse:
    """Records the account; no batch is validated until another person confirms it. Raises ErreurMetier, Conflit for the same account."""
    exiger_caisse(acteur)
    compact, code = lire_iban(iban), lire_bic(bic)
    serialiser(acteur)
    ancien = courant(acteur, verrou=True)
    if ancien is not None and (ancien.iban, ancien.bic, ancien.titulaire) == (compact, code, titulaire.strip()):
        raise Conflit("iban_identique", "Ce compte est déjà enregistré.")
    if ancien is not None:
        ancien.remplace_le = maintenant
        ancien.save(update_fields=("remplace_le",))
    compte = CompteCaisse.objects.create(
        caisse_id=acteur.organisation_id,
        iban=compact,
        bic=code,
        titulaire=titulaire.strip(),
        saisi_par_id=acteur.utilisateur_id,
        saisi_le=maintenant,
    )
    consigner(
        type="compte_caisse_enregistre",
        acteur=acteur,
        maintenant=maintenant,
        donnees={"compte": compte.pk, "fin": compact[-3:], "remplace": ancien is not None},
    )
    return compte


@transaction.atomic
def confirmer(*, acteur: Acteur, maintenant: datetime) -> CompteCaisse:
    """Another person than the one who typed it confirms the account. Raises Interdit, Conflit."""
    exiger_caisse(acteur)
    compte = courant(acteur, verrou=True)
    if compte is None or compte.est_confirme:
        raise Conflit("compte", "Aucun compte de la caisse n’attend de confirmation.")
    if compte.saisi_par_id == acteur.utilisateur_id:
        raise Interdit(
            "deux_personnes",
            "Vous avez saisi ce compte\u00a0: une autre personne de la caisse le confirme (règle FIN-11).",
        )
    compte.confirme_par_id, compte.confirme_le = acteur.utilisateur_id, maintenant
    compte.save(update_fields=("confirme_par", "confirme_le"))
    consigner(
        type="compte_caisse_confirme",
        acteur=acteur,
        maintenant=maintenant,
        donnees={"compte": compte.pk, "fin": compte.iban[-3:]},
    )
    return compte
