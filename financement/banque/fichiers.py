"""The files of a validated batch, made once: the bank's order and the table in the act itself, the bordereau by the worker."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db.models import Q
from django.template.loader import render_to_string

from ess_portal.comptes.locataire import comme_portail
from ess_portal.comptes.models import Organisation
from ess_portal.documents.rendu.atelier import imprimer
from ess_portal.socle import horloge
from ess_portal.socle.horloge import jour_local
from ess_portal.socle.tableur import ecrire as ecrire_tableau

from ..models import FichierLot, LigneLot, LotPaiement
from . import pain

T = FichierLot.Type
NOMS = {T.VIREMENT: "virement.xml", T.TABLEAU: "lot.csv", T.BORDEREAU: "bordereau.pdf"}
TYPES_MIME = {T.VIREMENT: "application/xml", T.TABLEAU: "text/csv; charset=utf-8", T.BORDEREAU: "application/pdf"}
ENTETES = ("Versement", "Équipe", "Titulaire", "IBAN", "Montant", "Devise", "Date d’exécution", "Objet")


@dataclass(frozen=True, kw_only=True)
class LigneBordereau:
    reference: str
    equipe: str
    iban: str
    libelle: str
    montant: Decimal


@dataclass(frozen=True, kw_only=True)
class Bordereau:
    """What the bordereau prints: each payment with its masked account, the sum, the two people."""

    numero: str
    caisse: str
    adresse: str
    date_edition: date
    date_execution: date
    compte: str
    lignes: tuple[LigneBordereau, ...]
    nombre: int
    montant: Decimal
    prepare_par: str
    prepare_le: datetime
    valide_par: str
    valide_le: datetime
    empreinte_virement: str
    fuseau: str


def produire(lot: LotPaiement, *, maintenant: datetime) -> None:
    """Writes the order and the table of a batch that has just been validated."""
    lignes = list(lot.lignes.filter(sortie_le__isnull=True).order_by("rang"))
    caisse = Organisation.objects.get(pk=lot.caisse_id)
    _garder(lot, T.VIREMENT, pain.ecrire(_ordre(lot, caisse, lignes)), maintenant)
    tableau = [ENTETES, *(_rangee(lot, x) for x in lignes)]
    _garder(lot, T.TABLEAU, ecrire_tableau("csv", lot.numero, tableau), maintenant)


def bordereau(charge: Mapping[str, Any], cle: str) -> None:
    """Handler of the effect `bordereau_lot`: prints the batch as it was validated; replayed, or once cancelled, it changes nothing."""
    with comme_portail():
        lot = LotPaiement.objects.select_for_update(of=("self",)).get(pk=charge["lot"])
        if lot.statut != LotPaiement.Statut.VALIDE or FichierLot.objects.filter(lot=lot, type=T.BORDEREAU).exists():
            return
        maintenant = horloge.maintenant()
        octets, _ = imprimer(render_to_string("documents/pdf/bordereau_lot.html", {"d": _bordereau(lot, maintenant)}))
        _garder(lot, T.BORDEREAU, octets, maintenant)


def _garder(lot: LotPaiement, type_: str, octets: bytes, maintenant: datetime) -> None:
    FichierLot.objects.create(
        lot=lot,
        caisse_id=lot.caisse_id,
        type=type_,
        octets=octets,
        empreinte=hashlib.sha256(octets).hexdigest(),
        taille=len(octets),
        produit_le=maintenant,
    )


def _ordre(lot: LotPaiement, caisse: Organisation, lignes: list[LigneLot]) -> pain.Ordre:
    return pain.Ordre(
        message=f"{lot.numero}-{lot.caisse_id}",
        lot=lot.numero,
        donneur=lot.compte.titulaire,
        iban=lot.compte.iban,
        bic=lot.compte.bic,
        cree_le=lot.valide_le,
        date_execution=lot.date_execution,
        virements=tuple(
            pain.Virement(
                reference=x.reference,
                beneficiaire=x.titulaire,
                iban=x.iban,
                montant=x.montant,
                motif=f"{x.reference} {x.libelle} {caisse.nom}",
            )
            for x in lignes
        ),
    )


def _rangee(lot: LotPaiement, x: LigneLot) -> tuple[str | date, ...]:
    montant = f"{x.montant:.2f}".replace(".", ",")
    return (x.reference, x.equipe, x.titulaire, x.iban, montant, "EUR", lot.date_execution, x.libelle)


def _bordereau(lot: LotPaiement, maintenant: datetime) -> Bordereau:
    caisse = Organisation.objects.get(pk=lot.caisse_id)
    virement = FichierLot.objects.defer("octets").get(lot=lot, type=T.VIREMENT)
    return Bordereau(
        numero=lot.numero,
        caisse=caisse.nom,
        adresse=caisse.adresse,
        date_edition=jour_local(maintenant, caisse.fuseau),
        date_execution=lot.date_execution,
        compte=lot.compte.iban_masque,
        lignes=tuple(
            LigneBordereau(
                reference=x.reference, equipe=x.equipe, iban=x.iban_masque, libelle=x.libelle, montant=x.montant
            )
            for x in lot.lignes.filter(Q(sortie_le=None) | Q(sortie_le__gt=lot.valide_le)).order_by("rang")
        ),
        nombre=lot.nombre,
        montant=lot.montant,
        prepare_par=lot.prepare_par.nom_complet,
        prepare_le=lot.prepare_le,
        valide_par=lot.valide_par.nom_complet,
        valide_le=lot.valide_le,
        empreinte_virement=virement.empreinte,
        fuseau=caisse.fuseau,
    )
