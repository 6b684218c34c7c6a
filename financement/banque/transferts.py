"""A dossier handed over to another caisse (ORG-2) leaves no order behind: the former caisse's batches let it go, or hold it back."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction

from dossiers.models import Dossier
from dossiers.services import cycle, fin
from ess_portal.comptes.acteur import Acteur
from ess_portal.comptes.locataire import comme_portail
from ess_portal.journal.services import consigner
from ess_portal.socle.erreurs import Conflit

from ..models import LigneLot, LotPaiement, Versement
from .lots import sortir

MOTIF = "dossier transféré à une autre caisse"


@transaction.atomic
def transferer(*, numero: str, caisse: str, acteur: Acteur, maintenant: datetime, **donnees: Any) -> Dossier:
    """The handover, as `dossiers.services.fin.transferer`, once no payment of the dossier is ordered at the bank.

    To another caisse, its payments leave the batches not yet validated; a batch left empty is cancelled. Raises Conflit while a validated
    batch orders one that is not paid.
    """
    dossier = cycle.ouvrir(numero, acteur, maintenant)
    if dossier.caisse is not None and dossier.caisse.code != caisse:
        with comme_portail():
            _liberer(dossier, acteur, maintenant)
    return fin.transferer(numero=numero, caisse=caisse, acteur=acteur, maintenant=maintenant, **donnees)


def _liberer(dossier: Dossier, acteur: Acteur, maintenant: datetime) -> None:
    siennes = LigneLot.objects.filter(versement__dossier=dossier, sortie_le=None)
    # The same order of locks as the validation of a batch: the batch, then its payments.
    lots = list(LotPaiement.objects.select_for_update(of=("self",)).filter(pk__in=siennes.values("lot")).order_by("pk"))
    list(Versement.objects.select_for_update(of=("self",)).filter(dossier=dossier).order_by("pk"))
    for lot in lots:
        lignes = list(siennes.filter(lot=lot).select_related("versement").order_by("rang"))
        dus = [x.reference for x in lignes if x.versement.statut != Versement.Statut.PAYE]
        if lot.statut == LotPaiement.Statut.VALIDE and dus:
            raise Conflit(
                "lot_en_cours",
                f"Le lot {lot.numero} de la caisse ordonne le versement {dus[0]}\u00a0: transférez le dossier une fois ce versement payé, "
                "ou le lot annulé par la caisse.",
            )
        if lot.statut == LotPaiement.Statut.PREPARE:
            _sortir(lot, lignes, acteur, maintenant)


def _sortir(lot: LotPaiement, lignes: list[LigneLot], acteur: Acteur, maintenant: datetime) -> None:
    sortir(lignes, MOTIF, maintenant)
    if lot.nombre == len(lignes):
        lot.statut, lot.annule_par_id, lot.annule_le = LotPaiement.Statut.ANNULE, acteur.utilisateur_id, maintenant
        lot.motif_annulation = MOTIF
    else:
        lot.montant -= sum(x.montant for x in lignes)
        lot.nombre -= len(lignes)
    lot.save(update_fields=("statut", "annule_par", "annule_le", "motif_annulation", "montant", "nombre"))
    consigner(
        type="annuler_lot" if lot.statut == LotPaiement.Statut.ANNULE else "retirer_du_lot",
        acteur=acteur,
        maintenant=maintenant,
        organisation_id=lot.caisse_id,
        donnees={"lot": lot.numero, "versements": [x.reference for x in lignes], "motif": MOTIF},
    )
