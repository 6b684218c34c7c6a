"""What each act of the money side writes in the ledger: commitments of contracts, payments from their proposal to the bank."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal

from dossiers.models import Dossier
from ess_portal.comptes.acteur import Acteur
from ess_portal.socle.horloge import jour_local

from ..models import Contrat, Ecriture, FinancementArs, Versement
from ..regles.livre import ZERO, Enveloppe, Soldes
from .passer import contrepasser, passer, verrouiller, vivantes
from .soldes import par_enveloppe

T = Ecriture.Type
AM = Ecriture.Financeur.ASSURANCE_MALADIE


def engager(
    contrat: Contrat, dossier: Dossier, *, annee: int, acteur: Acteur, maintenant: datetime, jour: date
) -> None:
    """The contract is signed by the three: its credit, or the first year of its dotation, is committed for its amount.

    A version that replaces another commits the difference. The later years are committed when their amount is known (`liquider`).
    """
    enveloppe = Enveloppe(AM, contrat.type, annee if contrat.type == Contrat.Type.DOTATION else 0)
    _porter(dossier, enveloppe, contrat.montant, source=contrat, jour=jour, acteur=acteur, maintenant=maintenant)


def liquider(v: Versement, dossier: Dossier, *, acteur: Acteur, maintenant: datetime) -> None:
    """The payment is proposed: its amount is computed and reserved. A year of the dotation is first committed for that very amount, which
    the headcount of its first day gives; its regularisation commits the difference, on that same year.
    """  # fmt: skip
    jour = jour_local(maintenant, dossier.fuseau)
    _engager_annee(v, dossier, jour=jour, acteur=acteur, maintenant=maintenant)
    _passer(T.LIQUIDATION, v, dossier, jour, acteur, maintenant)


def ordonner(v: Versement, dossier: Dossier, *, acteur: Acteur, maintenant: datetime) -> None:
    """The payment is validated by another person: the order is given."""
    _passer(T.ORDRE, v, dossier, jour_local(maintenant, dossier.fuseau), acteur, maintenant)


def verser(v: Versement, dossier: Dossier, *, acteur: Acteur, maintenant: datetime) -> None:
    """The money has left, on `v.paye_le`."""
    _passer(T.VERSEMENT, v, dossier, v.paye_le, acteur, maintenant)


def constater(v: Versement, dossier: Dossier, *, acteur: Acteur, maintenant: datetime) -> None:
    """A payment made outside the portal: neither liquidated nor ordered here."""
    _engager_annee(v, dossier, jour=v.paye_le, acteur=acteur, maintenant=maintenant)
    _passer(T.CONSTAT, v, dossier, v.paye_le, acteur, maintenant)


def annuler(versements: Iterable[Versement], dossier: Dossier, *, acteur: Acteur, maintenant: datetime) -> None:
    """Payments cancelled before they were paid: the order, then the liquidation, are counter-posted; the commitment stands."""
    jour = jour_local(maintenant, dossier.fuseau)
    for v in versements:
        for ecriture in vivantes(dossier, v, T.ORDRE, T.LIQUIDATION):
            contrepasser(ecriture, dossier=dossier, date_comptable=jour, acteur=acteur, maintenant=maintenant)


def retirer_ordre(versements: Iterable[Versement], dossier: Dossier, *, acteur: Acteur, maintenant: datetime) -> None:
    """Payments to be validated again: their order is counter-posted, their amount stays reserved."""
    jour = jour_local(maintenant, dossier.fuseau)
    for v in versements:
        for ecriture in vivantes(dossier, v, T.ORDRE):
            contrepasser(ecriture, dossier=dossier, date_comptable=jour, acteur=acteur, maintenant=maintenant)


def rendre(v: Versement, dossier: Dossier, *, jour: date, acteur: Acteur, maintenant: datetime) -> None:
    """The money came back on `jour`: the payment is counter-posted, its order stands. Raises Conflict when part of it was asked back."""
    for ecriture in vivantes(dossier, v, T.VERSEMENT):
        contrepasser(ecriture, dossier=dossier, date_comptable=jour, acteur=acteur, maintenant=maintenant)


def degager(contrats: Iterable[Contrat], dossier: Dossier, *, acteur: Acteur, maintenant: datetime) -> None:
    """Contracts that end: what was committed for them and will not be paid is released, but what another one still in force committed.
    Their payments are cancelled first.
    """
    jour = jour_local(maintenant, dossier.fuseau)
    contrats = list(contrats)
    verrouiller(dossier)
    en_vigueur = Contrat.objects.filter(dossier=dossier, statut=Contrat.Statut.SIGNE).exclude(
        pk__in=[c.pk for c in contrats]
    )
    gardes = set(
        Ecriture.objects.filter(
            dossier=dossier, type=T.ENGAGEMENT, source_type="contrat", source_id__in=en_vigueur.values("pk")
        ).values_list("poste", "annee")
    )
    lus = par_enveloppe(dossier)
    for contrat in contrats:
        for enveloppe, s in lus.items():
            if (enveloppe.poste, enveloppe.annee) in gardes:
                continue
            if (enveloppe.financeur, enveloppe.poste) == (AM, contrat.type) and s.a_liquider:
                _passer_enveloppe(
                    T.DEGAGEMENT, dossier, enveloppe, s.a_liquider, source=contrat, jour=jour, acteur=acteur,
                    maintenant=maintenant,
                )  # fmt: skip
        lus = par_enveloppe(dossier)


def constater_ars(f: FinancementArs, dossier: Dossier, *, acteur: Acteur, maintenant: datetime, jour: date) -> None:
    """What the ARS funded before the convention, as it declares it: committed and paid by it. A new declaration replaces the former."""
    enveloppe = Enveloppe(Ecriture.Financeur.ARS, Ecriture.Poste.ANTERIEUR)
    verrouiller(dossier)
    deja = par_enveloppe(dossier).get(enveloppe, Soldes())
    if deja.engage_total == (f.montant or ZERO):
        return
    for ecriture in vivantes(dossier, f, T.CONSTAT, T.ENGAGEMENT):
        contrepasser(ecriture, dossier=dossier, date_comptable=jour, acteur=acteur, maintenant=maintenant)
    if f.montant:
        date_comptable = f.date_debut or f.engagement_le or jour
        for type_ in (T.ENGAGEMENT, T.CONSTAT):
            _passer_enveloppe(
                type_, dossier, enveloppe, f.montant, source=f, jour=date_comptable, acteur=acteur, maintenant=maintenant
            )  # fmt: skip


def enveloppe_de(v: Versement) -> Enveloppe:
    """The envelope a payment is drawn on."""
    if v.nature in Versement.DE_LA_DOTATION:
        return Enveloppe(AM, Ecriture.Poste.DOTATION, v.annee)
    if v.nature == Versement.Nature.TRANSITOIRE:
        return Enveloppe(AM, v.nature)
    return Enveloppe(AM, Ecriture.Poste.AMORCAGE)


def _passer(type_: str, v: Versement, dossier: Dossier, jour: date, acteur: Acteur, maintenant: datetime) -> None:
    """One step of a payment. Taken back by a counter-entry and done again, it has another key; done twice, the same."""
    e = enveloppe_de(v)
    defaits = Ecriture.objects.filter(
        dossier=dossier, type=type_, source_type="versement", source_id=v.pk, contrepassee_par__isnull=False
    ).count()
    cle = f"{type_}:versement:{v.pk}" + (f":{defaits + 1}" if defaits else "")
    passer(
        dossier=dossier, type=type_, poste=e.poste, annee=e.annee, montant=v.montant, cle=cle, source=v,
        date_comptable=jour, acteur=acteur, maintenant=maintenant, libelle=f"{T(type_).label}\u00a0: {v.libelle} ({v.numero})",
    )  # fmt: skip


def _engager_annee(v: Versement, dossier: Dossier, *, jour: date, acteur: Acteur, maintenant: datetime) -> None:
    if v.nature in Versement.DE_LA_DOTATION:
        vivants = Versement.objects.actifs().filter(dossier=dossier, nature__in=Versement.DE_LA_DOTATION, annee=v.annee)
        cible = sum((x.montant for x in vivants), ZERO)
        _porter(
            dossier, enveloppe_de(v), cible, source=v.contrat, jour=jour, acteur=acteur, maintenant=maintenant
        )  # fmt: skip


def _porter(
    dossier: Dossier, enveloppe: Enveloppe, cible: Decimal, *, source: Contrat, jour: date, acteur: Acteur, maintenant: datetime
) -> None:  # fmt: skip
    """Commits or releases the difference, so that the envelope is committed for `cible`."""
    verrouiller(dossier)
    ecart = cible - par_enveloppe(dossier).get(enveloppe, Soldes()).engage_total
    if ecart:
        _passer_enveloppe(
            T.ENGAGEMENT if ecart > 0 else T.DEGAGEMENT, dossier, enveloppe, abs(ecart), source=source, jour=jour, acteur=acteur,
            maintenant=maintenant,
        )  # fmt: skip


def _passer_enveloppe(
    type_: str, dossier: Dossier, e: Enveloppe, montant: Decimal, *, source: Contrat | FinancementArs, jour: date, acteur: Acteur, maintenant: datetime
) -> None:  # fmt: skip
    """One movement of an envelope itself: its key counts the movements before it, so that each is new."""
    rang = (
        Ecriture.objects.filter(
            dossier=dossier, type=type_, financeur=e.financeur, poste=e.poste, annee=e.annee
        ).count()
        + 1
    )
    suite = f", année {e.annee}" if e.annee else ""
    passer(
        dossier=dossier, type=type_, poste=e.poste, annee=e.annee, financeur=e.financeur, montant=montant,
        cle=f"{type_}:{e.financeur}:{e.poste}:{e.annee}:{rang}", source=source, date_comptable=jour, acteur=acteur, maintenant=maintenant,
        libelle=f"{T(type_).label}\u00a0: {Ecriture.Poste(e.poste).label}{suite}",
    )  # fmt: skip
