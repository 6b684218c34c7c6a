"""Batches of payments: gathered by one person of the caisse, validated by another (FIN-11), cancelled with a reason."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal

from django.db import transaction
from django.db.models import Exists, F, OuterRef, QuerySet

from ess_portal.comptes.acteur import Acteur
from ess_portal.comptes.models import Organisation
from ess_portal.comptes.roles import Role
from ess_portal.journal.services import Effet, consigner
from ess_portal.socle.erreurs import Conflit, ErreurMetier, Interdit, Introuvable
from ess_portal.socle.horloge import jour_local
from ess_portal.socle.typographie import accord, date_fr

from ..echeancier import ligne as ligne_due
from ..models import CompteBancaire, CompteCaisse, LigneLot, LotPaiement, MouvementBancaire, ReleveBancaire, Versement
from ..regles.rapprochement import apparier
from ..regles.virement import est_ouvre, ouvre_suivant
from ..services.retours import remettre_les_anciens_comptes
from . import fichiers
from .compte import courant, exiger_caisse, serialiser

S = LotPaiement.Statut
# A bank keeps an order given in advance for a year at most.
AVANCE = timedelta(days=365)


def payables(acteur: Acteur) -> QuerySet[Versement]:
    """Validated payments of this caisse, on an account still current and confirmed, in no living batch."""
    if acteur.organisation_id is None:
        return Versement.objects.none()
    comptes = CompteBancaire.objects.filter(
        pk=OuterRef("compte_id"), remplace_le__isnull=True, confirme_le__isnull=False
    )
    vivantes = LigneLot.objects.filter(versement=OuterRef("pk"), sortie_le__isnull=True)
    return (
        Versement.objects.pour(acteur)
        .filter(~Exists(vivantes), Exists(comptes), caisse_id=acteur.organisation_id, statut=Versement.Statut.VALIDE)
        .select_related("dossier__equipe", "compte")
        .order_by("valide_le", "pk")
    )


@transaction.atomic
def preparer(*, versements: Sequence[str], date_execution: date, acteur: Acteur, maintenant: datetime) -> LotPaiement:
    """Gathers payments, by their numbers, to be executed on a day that banks work. Raises ErreurMetier, Conflit for one already in a batch."""
    exiger_caisse(acteur)
    fuseau = fuseau_de(acteur)
    _juger_date(date_execution, jour_local(maintenant, fuseau))
    numeros = list(dict.fromkeys(versements))
    if not numeros:
        texte = "Choisissez au moins un versement."
        raise ErreurMetier("versements", texte, {"versements": texte})
    serialiser(acteur)
    pris = list(payables(acteur).filter(numero__in=numeros).select_for_update(of=("self",)))
    absents = sorted(set(numeros) - {v.numero for v in pris})
    if absents:
        raise Conflit(
            "versements",
            f"{_nommer(absents)} ne peut pas entrer dans un lot\u00a0: déjà dans un lot, plus à payer, ou IBAN à confirmer. Rechargez la page.",
        )
    lot = LotPaiement.objects.create(
        caisse_id=acteur.organisation_id,
        numero=_prochain(acteur, jour_local(maintenant, fuseau).year),
        date_execution=date_execution,
        montant=sum((v.montant for v in pris), Decimal(0)),
        nombre=len(pris),
        prepare_par_id=acteur.utilisateur_id,
        prepare_le=maintenant,
    )
    LigneLot.objects.bulk_create(
        LigneLot(
            lot=lot,
            caisse_id=lot.caisse_id,
            versement=v,
            rang=rang,
            reference=v.numero,
            equipe=v.dossier.nom,
            titulaire=v.compte.titulaire,
            iban=v.compte.iban,
            montant=v.montant,
            libelle=v.libelle,
            compte=v.compte,
        )
        for rang, v in enumerate(pris, 1)
    )
    _consigner(lot, "preparer_lot", acteur, maintenant, versements=[v.numero for v in pris])
    return lot


def changements(lignes: Sequence[LigneLot]) -> dict[str, str]:
    """What happened to the payments of these lines since they entered their batch: reference → words. Nothing to say: left out."""
    comptes = CompteBancaire.objects.filter(
        remplace_le__isnull=True, dossier__in={x.versement.dossier_id for x in lignes}
    )
    courants = {c.dossier_id: c for c in comptes}
    lus = ((x.reference, _changement(x, courants.get(x.versement.dossier_id))) for x in lignes)
    return {reference: motif for reference, motif in lus if motif}


def _conditions(lignes: Sequence[LigneLot], jour: date) -> dict[str, str]:
    """The checklist of each payment judged again, as at its validation: reference → what lacks."""
    manques = {}
    for ligne in lignes:
        v = ligne.versement
        due = ligne_due(v.dossier, jour, v.nature, v.annee)
        if due is None or due.manques:
            suite = ", ".join(c["libelle"] for c in due.manques) if due else "le contrat n’ouvre plus ce versement"
            manques[ligne.reference] = f"une condition n’est plus remplie ({suite})"
    return manques


def vivantes(lot: LotPaiement) -> QuerySet[LigneLot]:
    return (
        lot.lignes.filter(sortie_le__isnull=True)
        .select_related("versement__dossier", "versement__compte")
        .order_by("rang")
    )


def empreinte(lot: LotPaiement) -> str:
    """What the person who validates has read: day, lines, accounts and amounts."""
    lignes = [(x.reference, x.iban, str(x.montant)) for x in vivantes(lot)]
    return hashlib.sha256(repr((lot.date_execution.isoformat(), lignes)).encode()).hexdigest()


def verrouiller_versements(lot: LotPaiement) -> None:
    """From here to the commit no account changes under the order and none of its payments is paid: both lock the payment first."""
    pks = list(vivantes(lot).values_list("versement_id", flat=True))
    list(Versement.objects.select_for_update(of=("self",)).filter(pk__in=pks).order_by("pk"))


@transaction.atomic
def valider(*, numero: str, lu: str, acteur: Acteur, maintenant: datetime) -> LotPaiement:
    """Another person than the one who prepared validates what he has read (`lu`: `empreinte`); the files are made, once.

    Raises Interdit for the preparer, ErreurMetier naming each payment that changed, Conflit for a batch that is no longer what was read.
    """
    lot = _verrouiller(numero, acteur, (S.PREPARE,))
    if acteur.role != Role.CAISSE_ORDONNATEUR:
        raise Interdit("interdit", "Un lot de paiement est validé par un ordonnateur de la caisse.")
    if lot.prepare_par_id == acteur.utilisateur_id:
        raise Interdit(
            "deux_personnes",
            "Vous avez préparé ce lot\u00a0: une autre personne de la caisse le valide (règle FIN-11).",
        )
    if lu != empreinte(lot):
        raise Conflit(
            "lot_change", "Le lot a changé depuis que vous l’avez ouvert\u00a0: relisez-le avant de le valider."
        )
    jour = jour_local(maintenant, fuseau_de(acteur))
    _juger_date(lot.date_execution, jour)
    verrouiller_versements(lot)
    lignes = list(vivantes(lot))
    payes = {x.reference: "déjà marqué payé" for x in lignes if x.versement.statut == Versement.Statut.PAYE}
    fautes = {**_conditions(lignes, jour), **changements(lignes), **payes}
    if fautes:
        phrases = " ".join(
            f"{x.reference} ({x.equipe})\u00a0: {fautes[x.reference]}." for x in lignes if x.reference in fautes
        )
        raise ErreurMetier("lot", f"Ce lot ne peut pas être validé. {phrases} Retirez-le du lot, puis validez.")
    lot.compte = _compte_confirme(acteur)
    lot.statut, lot.valide_par_id, lot.valide_le = S.VALIDE, acteur.utilisateur_id, maintenant
    lot.save(update_fields=("statut", "valide_par", "valide_le", "compte"))
    fichiers.produire(lot, maintenant=maintenant)
    _consigner(
        lot,
        "valider_lot",
        acteur,
        maintenant,
        effets=[Effet("bordereau_lot", f"bordereau_lot:{lot.pk}", {"lot": lot.pk})],
    )
    return lot


@transaction.atomic
def retirer(*, numero: str, versement: str, acteur: Acteur, maintenant: datetime) -> LotPaiement:
    """Takes a payment out of a batch not yet validated. Refused for the last one: the batch is cancelled instead, with a reason."""
    lot = _verrouiller(numero, acteur, (S.PREPARE,))
    ligne = vivantes(lot).filter(reference=versement).first()
    if ligne is None:
        raise ErreurMetier(
            "versement", "Ce versement n’est pas dans ce lot.", {"versement": "Choisissez un versement du lot."}
        )
    if lot.nombre == 1:
        raise ErreurMetier("lot", "C’est le seul versement du lot\u00a0: annulez plutôt le lot, avec son motif.")
    motif = changements([ligne]).get(versement, "retiré avant la validation")
    sortir([ligne], motif, maintenant)
    lot.montant, lot.nombre = F("montant") - ligne.montant, F("nombre") - 1
    lot.save(update_fields=("montant", "nombre"))
    lot.refresh_from_db()
    _consigner(lot, "retirer_du_lot", acteur, maintenant, versements=[ligne.reference])
    return lot


@transaction.atomic
def annuler(*, numero: str, motif: str, acteur: Acteur, maintenant: datetime, non_execute: bool = False) -> LotPaiement:
    """Cancels a batch of which nothing is paid; its payments may enter another.

    Validated, its order may be at the bank: an ordonnateur who did not prepare it states that it was not carried out (`non_execute`);
    after its day, a confirmed statement says so. Raises ErreurMetier without a reason, Interdit, Conflit.
    """
    lot = _verrouiller(numero, acteur, (S.PREPARE, S.VALIDE))
    if not motif.strip():
        texte = "Indiquez le motif de l’annulation."
        raise ErreurMetier("motif", texte, {"motif": texte})
    verrouiller_versements(lot)
    lignes = list(vivantes(lot))
    payes = [x.reference for x in lignes if x.versement.statut == Versement.Statut.PAYE]
    if payes:
        raise Conflit("lot_paye", f"Ce lot ne s’annule plus\u00a0: {_nommer(payes)} déjà payé.")
    if lot.statut == S.VALIDE:
        _juger_annulation(lot, lignes, non_execute, acteur, jour_local(maintenant, fuseau_de(acteur)))
    sortir(lignes, "lot annulé", maintenant)
    remettre_les_anciens_comptes([x.versement for x in lignes], acteur=acteur, maintenant=maintenant)
    lot.statut, lot.annule_par_id, lot.annule_le = S.ANNULE, acteur.utilisateur_id, maintenant
    lot.motif_annulation = motif.strip()
    lot.save(update_fields=("statut", "annule_par", "annule_le", "motif_annulation"))
    _consigner(lot, "annuler_lot", acteur, maintenant, motif=lot.motif_annulation)
    return lot


def _juger_annulation(
    lot: LotPaiement, lignes: Sequence[LigneLot], non_execute: bool, acteur: Acteur, jour: date
) -> None:
    """An order that may be at the bank: two people, and no debit. Raises Interdit, Conflit, ErreurMetier."""
    if acteur.role != Role.CAISSE_ORDONNATEUR or lot.prepare_par_id == acteur.utilisateur_id:
        raise Interdit(
            "deux_personnes",
            "L’ordre de ce lot est peut-être à la banque\u00a0: un ordonnateur qui ne l’a pas préparé l’annule (règle FIN-11).",
        )
    lus = MouvementBancaire.objects.pour(acteur).filter(est_ecarte=False, reference__in=[x.reference for x in lignes])
    debites = sorted({m.reference for m in apparier(m.en_regle for m in lus)[0]})
    if debites:
        raise Conflit("lot_debite", f"Ce lot ne s’annule plus\u00a0: {_nommer(debites)} débité d’après la banque.")
    if not non_execute:
        texte = "Confirmez que la banque n’a pas exécuté cet ordre, et ne l’exécutera pas."
        raise ErreurMetier("non_execute", texte, {"non_execute": texte})
    couvre = ReleveBancaire.objects.pour(acteur).filter(
        statut=ReleveBancaire.Statut.CONFIRME, arrete_au__gte=ouvre_suivant(lot.date_execution)
    )
    if jour > lot.date_execution and not couvre.exists():
        raise ErreurMetier(
            "lot",
            f"La date d’exécution est passée. Confirmez d’abord un relevé arrêté au {date_fr(ouvre_suivant(lot.date_execution))} "
            "ou après\u00a0: il montre que rien n’a été débité.",
        )


def _changement(ligne: LigneLot, compte: CompteBancaire | None) -> str:
    v = ligne.versement
    if v.statut == Versement.Statut.PAYE:
        return ""
    if v.statut == Versement.Statut.ANNULE:
        return "le versement est annulé"
    if v.caisse_id != ligne.caisse_id:
        return "le dossier dépend d’une autre caisse"
    if compte is None or compte.pk != ligne.compte_id:
        return "l’IBAN a changé depuis que le versement est dans le lot"
    if not compte.est_confirme:
        return "l’IBAN attend sa confirmation"
    if v.statut != Versement.Statut.VALIDE or v.montant != ligne.montant:
        return "le versement est à valider de nouveau"
    return ""


def sortir(lignes: Iterable[LigneLot], motif: str, maintenant: datetime) -> None:
    LigneLot.objects.filter(pk__in=[x.pk for x in lignes]).update(sortie_le=maintenant, sortie_motif=motif[:200])


def _juger_date(execution: date, jour: date) -> None:
    texte = ""
    if execution < jour:
        texte = "La date d’exécution est passée."
    elif execution > jour + AVANCE:
        texte = f"La date d’exécution est au plus tard le {date_fr(jour + AVANCE)}."
    elif not est_ouvre(execution):
        texte = f"Les banques ne règlent pas ce jour-là\u00a0: choisissez le {date_fr(ouvre_suivant(execution))}."
    if texte:
        raise ErreurMetier("date_execution", texte, {"date_execution": texte})


def _compte_confirme(acteur: Acteur) -> CompteCaisse:
    compte = courant(acteur, verrou=True)
    if compte is None or not compte.est_confirme:
        raise ErreurMetier(
            "compte_caisse",
            "Le compte de la caisse est à enregistrer par une personne et à confirmer par une autre avant la validation.",
        )
    return compte


def _verrouiller(numero: str, acteur: Acteur, statuts: Iterable[str]) -> LotPaiement:
    exiger_caisse(acteur)
    lot = LotPaiement.objects.pour(acteur).select_for_update(of=("self",)).filter(numero=numero).first()
    if lot is None:
        raise Introuvable
    if lot.statut not in statuts:
        raise Conflit(
            "etat", f"Le lot {lot.numero} est déjà à l’état «\u00a0{lot.get_statut_display().lower()}\u00a0»."
        )
    return lot


def _prochain(acteur: Acteur, annee: int) -> str:
    prefixe = f"L-{annee}-"
    dernier = LotPaiement.objects.pour(acteur).filter(numero__startswith=prefixe).order_by("-pk").first()
    return f"{prefixe}{int(dernier.numero.rpartition('-')[2]) + 1 if dernier else 1:04d}"


def fuseau_de(acteur: Acteur) -> str:
    return Organisation.objects.values_list("fuseau", flat=True).get(pk=acteur.organisation_id)


def _nommer(numeros: Sequence[str]) -> str:
    return (
        f"Le versement {numeros[0]}"
        if len(numeros) == 1
        else f"Parmi {accord(len(numeros), 'versement')}, {', '.join(numeros)}"
    )


def _consigner(
    lot: LotPaiement, type_: str, acteur: Acteur, maintenant: datetime, *, effets: Iterable[Effet] = (), **suite: object
) -> None:
    consigner(
        type=type_,
        acteur=acteur,
        maintenant=maintenant,
        donnees={
            "lot": lot.numero,
            "montant": lot.montant,
            "nombre": lot.nombre,
            "date_execution": lot.date_execution,
            **suite,
        },
        effets=effets,
    )
