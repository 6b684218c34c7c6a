"""Payments, in three acts by at least two people of the caisse (FIN-11). Amounts come from the rules, never from a form."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import transaction

from dossiers.models import Association, Dossier
from dossiers.regles.statuts import Statut
from dossiers.services import cycle, dates_figees
from dossiers.services.emission import reperes
from ess_portal.comptes.acteur import Acteur
from ess_portal.comptes.models import Utilisateur
from ess_portal.comptes.roles import CAISSE, Role
from ess_portal.documents.donnees.actes import Condition, OrdreVersement
from ess_portal.documents.services import demander_document
from ess_portal.journal.services import Effet, consigner
from ess_portal.socle.erreurs import Conflit, ErreurMetier, Interdit
from ess_portal.socle.horloge import jour_local
from ess_portal.socle.typographie import date_fr, euros

from ..echeancier import FINIS, Ligne, est_due_apres_la_fin, ligne
from ..livre import actes as livre
from ..models import CompteBancaire, Contrat, LotPaiement, Versement
from ..models.contrat import partie_de
from ..regles.versements import CREDITS
from ..selectors import argent, oublier
from . import dates
from .courriels import avertir, page_versements
from .deductions import deja_recu, un_a_la_fois
from .numeros import ecrire, prochain

S = Versement.Statut


@transaction.atomic
def proposer_versement(
    *,
    numero: str,
    nature: str,
    acteur: Acteur,
    maintenant: datetime,
    montant: Decimal | None = None,
    motif_montant: str = "",
    cle: str = "",
    rang_reserve: int = 0,
    **_: Any,
) -> Dossier:
    """Proposes the payment of a nature once its conditions are met; the IBAN alone may still wait for its confirmation.

    The same `cle` gives the same payment. `rang_reserve`: a rank of the year that `numeros.reserver` set aside.

    Raises Conflit when one is alive already, ErreurMetier with the conditions that lack.
    """  # fmt: skip
    dossier = cycle.ouvrir(numero, acteur, maintenant)
    exiger_caisse(dossier, acteur)
    if cle and Versement.objects.filter(dossier=dossier, cle_idempotence=cle).exists():
        return dossier
    jour = jour_local(maintenant, dossier.fuseau)
    due = _due(dossier, nature, jour)
    if due.versement is not None:
        raise Conflit("deja_propose", f"Ce versement est déjà proposé\u00a0: {due.versement.numero}.")
    if due.est_nulle:
        raise Conflit(
            "rien_a_verser", "Les règles ne donnent aucun montant pour cette année\u00a0: rien n’est à verser."
        )
    manques = [c for c in due.manques if c["code"] not in due.ADMIS_A_LA_PROPOSITION]
    if manques:
        raise ErreurMetier("conditions", f"Ce versement n’est pas possible\u00a0: {_phrases(manques)}")
    arrete = (
        due.montant
        if due.montant is not None
        else _arbitrer(montant, motif_montant, dates.parametres(due.contrat).dotation_maximum)
    )
    _exiger_un_seul_credit(dossier, nature, arrete, due.contrat)
    versement = Versement.objects.create(
        dossier=dossier,
        contrat=due.contrat,
        numero=ecrire(jour.year, rang_reserve) if rang_reserve else prochain(jour.year),
        nature=nature,
        annee=due.annee,
        montant=arrete,
        calcul=due.calcul,
        motif_montant="" if due.montant is not None else motif_montant.strip(),
        conditions=due.conditions,
        compte=argent(dossier).compte,
        propose_par_id=acteur.utilisateur_id,
        propose_le=maintenant,
        cle_idempotence=cle or f"{nature}:{due.annee}:{_rang(dossier, nature, due.annee)}",
        **Versement.colonnes(dossier),
    )
    livre.liquider(versement, dossier, acteur=acteur, maintenant=maintenant)
    consigner_versement(
        dossier,
        versement,
        "proposer_versement",
        acteur,
        maintenant,
        {"motif_montant": versement.motif_montant},
        "Versement proposé",
        f"{acteur.organisation_nom} propose un versement de {euros(arrete)} ({versement.libelle}, {versement.numero}).",
        "Une autre personne de la caisse le valide avant le paiement.",
        organisations=(dossier.equipe_id, dossier.caisse_id),
    )
    return dossier


@transaction.atomic
def valider_versement(*, numero: str, versement: str, acteur: Acteur, maintenant: datetime, **_: Any) -> Dossier:
    """Another person than the one who proposed validates, every condition judged again; the payment order is issued.

    The proposer is refused whatever the role he acts with. Raises Interdit, Conflit, or ErreurMetier with what lacks.
    """
    dossier = cycle.ouvrir(numero, acteur, maintenant)
    exiger_caisse(dossier, acteur, role=Role.CAISSE_ORDONNATEUR)
    v = verrouiller(dossier, versement, (S.PROPOSE,))
    if v.propose_par_id == acteur.utilisateur_id:
        raise Interdit(
            "deux_personnes",
            "Vous avez proposé ce versement\u00a0: une autre personne de la caisse le valide (règle FIN-11).",
        )
    jour = jour_local(maintenant, dossier.fuseau)
    due = _due(dossier, v.nature, jour, annee=v.annee)
    if due.manques:
        raise ErreurMetier("conditions", f"Ce versement ne peut pas être validé\u00a0: {_phrases(due.manques)}")
    _exiger_le_meme_montant(dossier, v, jour)
    _exiger_un_seul_credit(dossier, v.nature, v.montant, v.contrat, autre_que=v)
    v.compte, v.conditions = argent(dossier).compte, due.conditions
    v.statut, v.valide_par_id, v.valide_le = S.VALIDE, acteur.utilisateur_id, maintenant
    v.document = _ordre(dossier, v, acteur, maintenant)
    v.save(update_fields=("compte", "conditions", "statut", "valide_par", "valide_le", "document"))
    livre.ordonner(v, dossier, acteur=acteur, maintenant=maintenant)
    consigner_versement(
        dossier,
        v,
        "valider_versement",
        acteur,
        maintenant,
        {"compte": v.compte_id, **_date_invoquee(dossier, v)},
        "Versement validé",
        f"Le versement de {euros(v.montant)} ({v.libelle}, {v.numero}) est validé. L’ordre de versement est émis.",
        organisations=(dossier.equipe_id,),
    )
    return dossier


@transaction.atomic
def marquer_paye(
    *,
    numero: str,
    versement: str,
    reference: str,
    acteur: Acteur,
    maintenant: datetime,
    paye_le: date | None = None,
    **_: Any,
) -> Dossier:
    """The caisse has paid: its reference and day. Raises ErreurMetier for a day out of bounds, Conflit when the account has changed."""
    dossier = cycle.ouvrir(numero, acteur, maintenant)
    exiger_caisse(dossier, acteur)
    v = verrouiller(dossier, versement, (S.VALIDE,))
    compte = argent(dossier).compte
    if compte is None or not compte.est_confirme or compte.pk != v.compte_id:
        raise Conflit("iban", "L’IBAN a changé depuis la validation\u00a0: le versement est à valider de nouveau.")
    if not reference.strip():
        raise ErreurMetier(
            "reference", "Indiquez la référence comptable.", {"reference": "Indiquez la référence comptable."}
        )
    return _payer(v, dossier, reference, paye_le, acteur, maintenant)


@transaction.atomic
def constater_debit(
    *, numero: str, versement: str, reference: str, paye_le: date, acteur: Acteur, maintenant: datetime
) -> Dossier:
    """The bank says that it carried out the order, on the account that the order named, even if another was recorded since."""
    dossier = cycle.ouvrir(numero, acteur, maintenant)
    exiger_caisse(dossier, acteur)
    return _payer(verrouiller(dossier, versement, (S.VALIDE,)), dossier, reference, paye_le, acteur, maintenant)


def _payer(
    v: Versement, dossier: Dossier, reference: str, paye_le: date | None, acteur: Acteur, maintenant: datetime
) -> Dossier:
    jour = jour_local(maintenant, dossier.fuseau)
    paye = paye_le or jour
    if not jour_local(v.valide_le, dossier.fuseau) <= paye <= jour:
        texte = "Le jour du paiement suit la validation et ne peut pas être à venir."
        raise ErreurMetier("paye_le", texte, {"paye_le": texte})
    v.statut, v.paye_le, v.paye_par_id, v.reference = S.PAYE, paye, acteur.utilisateur_id, reference.strip()
    v.save(update_fields=("statut", "paye_le", "paye_par", "reference"))
    livre.verser(v, dossier, acteur=acteur, maintenant=maintenant)
    consigner_versement(
        dossier,
        v,
        "marquer_paye",
        acteur,
        maintenant,
        {"reference": v.reference, "paye_le": v.paye_le},
        "Versement payé",
        f"{euros(v.montant)} ont été versés le {date_fr(paye)} ({v.libelle}, {v.numero}).",
        organisations=(dossier.equipe_id,),
    )
    return dossier


@transaction.atomic
def annuler_versement(
    *, numero: str, versement: str, motif: str, acteur: Acteur, maintenant: datetime, **_: Any
) -> Dossier:
    """Cancels a payment not yet paid, with its reason; another may be proposed. Its contract being over, its amount is released."""
    dossier = cycle.ouvrir(numero, acteur, maintenant)
    exiger_caisse(dossier, acteur)
    if not motif.strip():
        raise ErreurMetier(
            "motif", "Indiquez le motif de l’annulation.", {"motif": "Indiquez le motif de l’annulation."}
        )
    v = verrouiller(dossier, versement, (S.PROPOSE, S.VALIDE))
    if lot := LotPaiement.objects.filter(statut="valide", lignes__versement=v, lignes__sortie_le=None).first():
        raise Conflit("dans_un_lot", f"Ce versement est ordonné par le lot {lot.numero}\u00a0: annulez d’abord ce lot.")
    v.statut, v.annule_le, v.annule_par_id, v.motif_annulation = (
        S.ANNULE,
        maintenant,
        acteur.utilisateur_id,
        motif.strip(),
    )
    v.save(update_fields=("statut", "annule_le", "annule_par", "motif_annulation"))
    livre.annuler((v,), dossier, acteur=acteur, maintenant=maintenant)
    if v.contrat.statut == Contrat.Statut.RESILIE or dossier.statut == Statut.CLOS:
        livre.degager((v.contrat,), dossier, acteur=acteur, maintenant=maintenant)
    consigner_versement(
        dossier,
        v,
        "annuler_versement",
        acteur,
        maintenant,
        {"motif": v.motif_annulation},
        "Versement annulé",
        f"Le versement de {euros(v.montant)} ({v.libelle}, {v.numero}) est annulé. Motif\u00a0: {v.motif_annulation}",
        organisations=(dossier.equipe_id, dossier.caisse_id),
    )
    return dossier


def _date_invoquee(dossier: Dossier, v: Versement) -> dict[str, Any]:
    """The anniversary that a payment of the dotation answers, as it was explained that day (CAL-11)."""
    dates = dates_figees.figer_rang(dossier, "DL-7", v.annee - 1) if v.annee > 1 else []
    return {"dates": dates} if dates else {}


def exiger_caisse(dossier: Dossier, acteur: Acteur, role: Role | None = None) -> None:
    if acteur.role not in CAISSE or partie_de(dossier, acteur.organisation_id) != "caisse":
        raise Interdit("partie", "Les versements sont l’affaire de la caisse de rattachement.")
    if role is not None and acteur.role != role:
        raise Interdit("interdit", "Un versement est validé par un ordonnateur de la caisse.")


def _due(dossier: Dossier, nature: str, jour: date, annee: int | None = None) -> Ligne:
    due = ligne(dossier, jour, nature, annee)
    if due is None or due.contrat is None:
        raise Conflit(
            "contrat", "Ce versement n’est pas prévu\u00a0: aucun contrat signé par les trois parties ne l’ouvre."
        )
    if dossier.statut in FINIS and not est_due_apres_la_fin(dossier, due):
        raise Conflit(
            "termine",
            "Le contrat a pris fin\u00a0: seul se verse ce qu’un décompte arrêté doit encore pour les jours vécus.",
        )
    return due


def verrouiller(dossier: Dossier, numero: str, statuts: Iterable[str]) -> Versement:
    v = Versement.objects.select_for_update(of=("self",)).filter(dossier=dossier, numero=numero).first()
    if v is None:
        raise ErreurMetier(
            "versement", "Ce versement n’existe pas sur ce dossier.", {"versement": "Choisissez un versement."}
        )
    if v.statut not in statuts:
        raise Conflit(
            "etat", f"Le versement {v.numero} est déjà à l’état «\u00a0{v.get_statut_display().lower()}\u00a0»."
        )
    v.dossier = dossier
    return v


def _arbitrer(montant: Decimal | None, motif: str, plafond: Decimal) -> Decimal:
    """FIN-8: under ten doctors, the caisse's amount and its reason."""
    erreurs = {}
    if montant is None or montant <= 0:
        erreurs["montant"] = "Moins de dix médecins\u00a0: saisissez le montant arrêté par la caisse."
    elif montant > plafond:
        erreurs["montant"] = f"Le montant dépasse le plafond de {euros(plafond)}."
    if not motif.strip():
        erreurs["motif_montant"] = "Indiquez le motif de ce montant."
    if erreurs:
        raise ErreurMetier(
            "a_arbitrer", "Moins de dix médecins\u00a0: le montant est à arbitrer par la caisse (règle FIN-8).", erreurs
        )
    return montant


def _exiger_le_meme_montant(dossier: Dossier, v: Versement, jour: date) -> None:
    """What was proposed is what is due: a headcount corrected or a statement established since makes another amount. Raises Conflit."""
    with argent(dossier).sans(v):
        due = ligne(dossier, jour, v.nature, v.annee)
    du = due.montant if due is not None else Decimal("0.00")
    if (du is None and v.motif_montant) or du == v.montant:
        return
    lu = "à arbitrer" if du is None else f"de {euros(du, True)}"
    raise Conflit(
        "montant",
        f"{euros(v.montant, True)} ont été proposés, et le montant dû est aujourd’hui {lu}\u00a0: annulez cette proposition, puis "
        "proposez ce versement de nouveau.",
    )


def _exiger_un_seul_credit(
    dossier: Dossier, nature: str, montant: Decimal, contrat: Contrat, autre_que: Versement | None = None
) -> None:
    """FIN-13, judged again at each act: an association declared, or another dossier of the same ESS paid, since the contract. One
    credit is judged at a time, so that two dossiers validated at once see each other. Raises ErreurMetier.
    """
    if nature not in CREDITS:
        return
    un_a_la_fois()
    ici = sum((v.montant for v in argent(dossier).actifs if v.nature in CREDITS and v != autre_que), Decimal(0))
    # The contract is for what was left when it was proposed: only what was received since counts against it.
    ailleurs = deja_recu(dossier) - contrat.montant_deduit
    if ailleurs > 0 and ici + montant + ailleurs > contrat.montant:
        raise ErreurMetier(
            "credit_unique",
            f"Cette équipe a reçu {euros(ailleurs, True)} sur un autre dossier depuis ce contrat\u00a0: ce versement dépasserait son "
            f"crédit de {euros(contrat.montant, True)} (règle FIN-13). Rapprochez-vous de la caisse de l’autre dossier avant de payer.",
        )


def _rang(dossier: Dossier, nature: str, annee: int) -> int:
    """How many times this payment was proposed before: a cancelled one keeps its key."""
    return Versement.objects.filter(dossier=dossier, nature=nature, annee=annee).count() + 1


def _phrases(manques: Iterable[dict[str, Any]]) -> str:
    return " ".join(f"{c['libelle']}\u00a0: {c['detail']}" if c["detail"] else f"{c['libelle']}." for c in manques)


def _ordre(dossier: Dossier, v: Versement, acteur: Acteur, maintenant: datetime) -> Any:
    """The payment order, with its checklist and its two people."""
    association = Association.objects.filter(dossier=dossier).first()
    personnes = {u.pk: u.nom_complet for u in Utilisateur.objects.filter(pk__in=(v.propose_par_id, v.valide_par_id))}
    donnees = OrdreVersement(
        reperes=reperes(dossier, maintenant),
        reference=v.numero,
        libelle=v.libelle,
        beneficiaire=v.compte.titulaire,
        identifiants=", ".join(f"{n} {x}" for n, x in _identifiants(association, v.compte) if x),
        iban=v.compte.iban_masque,
        montant=v.montant,
        fondement=f"{v.contrat.get_type_display()}, version {v.contrat.version}",
        conditions=tuple(
            Condition(libelle=c["libelle"], est_remplie=c["etat"] == "succes", constat=c["detail"])
            for c in v.conditions
            if c["etat"] != "neutre"
        ),
        propose_par=personnes[v.propose_par_id],
        propose_le=v.propose_le,
        valide_par=personnes[v.valide_par_id],
        valide_le=v.valide_le,
    )
    return demander_document(
        dossier=dossier,
        type="ordre_versement",
        donnees=donnees,
        cle=f"versement:{v.numero}:{maintenant.isoformat()}",
        acteur=acteur,
        maintenant=maintenant,
        titre=f"Ordre de versement {v.numero}",
    )


def _identifiants(association: Association | None, compte: CompteBancaire) -> tuple[tuple[str, str], ...]:
    """Of who is paid: the structure porteuse that holds the account, else the association."""
    if compte.siren_porteuse:
        return (("SIREN", compte.siren_porteuse),)
    if association is None:
        return ()
    return (("RNA", association.rna), ("SIREN", association.siren), ("FINESS", association.finess))


def consigner_versement(
    dossier: Dossier, v: Versement, type_: str, acteur: Acteur, maintenant: datetime, donnees: dict[str, Any], sujet: str, *phrases: str,
    organisations: Iterable[int | None],
) -> None:  # fmt: skip
    oublier(dossier)
    effets: list[Effet] = avertir(
        dossier,
        f"{type_}:{v.pk}:{maintenant.isoformat()}",
        sujet,
        *phrases,
        organisations=organisations,
        chemin=page_versements(dossier),
    )
    consigner(
        type=type_,
        acteur=acteur,
        maintenant=maintenant,
        dossier=dossier,
        donnees={
            "versement": v.pk,
            "numero": v.numero,
            "nature": v.nature,
            "annee": v.annee,
            "montant": v.montant,
            "contrat": v.contrat_id,
            **donnees,
        },
        effets=effets,
    )
