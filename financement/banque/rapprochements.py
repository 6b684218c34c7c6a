"""Statements of the bank: brought in once, matched by the rule, confirmed by a person; only then are payments marked paid."""

from __future__ import annotations

import hashlib
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.models import F, Q

from ess_portal.comptes.acteur import Acteur
from ess_portal.journal.services import consigner
from ess_portal.socle.erreurs import Conflit, ErreurMetier, Introuvable
from ess_portal.socle.horloge import jour_local
from ess_portal.socle.typographie import instant_fr

from ..models import CompteCaisse, LigneLot, LotPaiement, MouvementBancaire, ReleveBancaire, Versement
from ..regles.rapprochement import Ecart, Mouvement, Ordre, Rapprochement, jumelles, rapprocher
from ..services.retours import constater_retour, est_definitif, remettre_les_anciens_comptes
from ..services.versements import constater_debit
from . import releve as lecture
from .compte import exiger_caisse, serialiser
from .lots import fuseau_de, sortir
from .phrases import phrase

S = ReleveBancaire.Statut


@transaction.atomic
def importer(
    *,
    octets: bytes,
    nom: str,
    acteur: Acteur,
    maintenant: datetime,
    compte: str = "",
    arrete_au: date | None = None,
) -> tuple[ReleveBancaire, bool]:
    """Keeps a file and its lines, each once; gives the statement, and whether it is new. The same file again changes nothing.

    A CSV does not say whose it is nor what it covers: `compte` (its IBAN) is asked for, `arrete_au` is the last day that it covers whole,
    where the person says so. Neither counts for the other formats. Raises ErreurMetier for what cannot be read, is another account's, or says nothing new.
    """
    exiger_caisse(acteur)
    serialiser(acteur)
    empreinte = hashlib.sha256(octets).hexdigest()
    connus = ReleveBancaire.objects.pour(acteur).exclude(statut=S.ECARTE).defer("octets")
    if deja := connus.filter(empreinte=empreinte).first():
        return deja, False
    lu = lecture.lire(octets)
    fuseau = fuseau_de(acteur)
    if lu.format == ReleveBancaire.Format.CSV:
        lu = _situer(lu, compte, arrete_au)
    _juger(lu, acteur, jour_local(maintenant, fuseau))
    if meme := connus.filter(format=lu.format, identifiant=lu.identifiant).first():
        texte = f"Ce message de la banque est déjà importé ({meme.nom_fichier}, {instant_fr(meme.importe_le, fuseau)}), avec un autre contenu."
        raise ErreurMetier("releve", texte, {"fichier": texte})
    cles = _cles(lu.mouvements)
    siens = MouvementBancaire.objects.pour(acteur).filter(est_ecarte=False)
    connues = {cle: cle for cle in siens.filter(cle__in=cles).values_list("cle", flat=True)}
    lignes = list(zip(cles, lu.mouvements, strict=True))
    autres = (
        siens.exclude(releve__format=lu.format).filter(jour__in={m.jour for m in lu.mouvements}).exclude(reference="")
    )
    connues |= jumelles([x for x in lignes if x[0] not in connues], [m.en_regle for m in autres.order_by("pk")])
    nouveaux = [(cle, m) for cle, m in lignes if cle not in connues]
    if not nouveaux:
        texte = "Toutes les écritures de ce fichier sont déjà connues\u00a0: rien n’est changé."
        raise ErreurMetier("releve", texte, {"fichier": texte})
    ligne = ReleveBancaire.objects.create(
        caisse_id=acteur.organisation_id,
        format=lu.format,
        identifiant=lu.identifiant,
        nom_fichier=nom[-200:],
        octets=octets,
        empreinte=empreinte,
        arrete_au=lu.arrete_au,
        deja_lus=len(connues),
        deja_lues=[
            {"cle": connues[cle], "reference": m.reference, "montant": str(m.montant), "jour": m.jour.isoformat()}
            for cle, m in lignes
            if cle in connues
        ],
        importe_par_id=acteur.utilisateur_id,
        importe_le=maintenant,
    )
    MouvementBancaire.objects.bulk_create(
        MouvementBancaire(
            releve=ligne,
            caisse_id=ligne.caisse_id,
            rang=rang,
            cle=cle,
            reference=m.reference,
            montant=m.montant,
            devise=m.devise,
            jour=m.jour,
            iban=m.iban,
            sens=m.sens,
            rejet=m.rejet,
        )
        for rang, (cle, m) in enumerate(nouveaux, 1)
    )
    _consigner(ligne, "importer_releve", acteur, maintenant, ecritures=len(nouveaux), empreinte=empreinte)
    return ligne, True


def examiner(ligne: ReleveBancaire, acteur: Acteur) -> Rapprochement:
    """The lines of a statement against what this caisse has ordered, as things stand."""
    mouvements = [m.en_regle for m in ligne.mouvements.order_by("rang")]
    ordres = _ordres(ligne, acteur, {m.reference for m in mouvements if m.reference})
    lots = LotPaiement.objects.pour(acteur).filter(statut=LotPaiement.Statut.VALIDE).values_list("numero", flat=True)
    return rapprocher(ordres, mouvements, arrete_au=ligne.arrete_au, lots=lots)


@transaction.atomic
def confirmer(*, releve: int, lu: str, acteur: Acteur, maintenant: datetime) -> ReleveBancaire:
    """What a person has read (`lu`: `empreinte`) becomes true: what agrees is marked paid at the day of the bank, what was rejected
    leaves its batch and is no longer paid. Raises Conflit for a statement that is no longer what was read.
    """
    ligne = _verrouiller(releve, acteur)
    resultat = examiner(ligne, acteur)
    if lu != empreinte(resultat):
        raise Conflit("releve_change", "Ce rapprochement a changé depuis que vous l’avez ouvert\u00a0: relisez-le.")
    references = [a.ordre.reference for a in resultat.accords]
    versements = {
        v.numero: v
        for v in Versement.objects.pour(acteur).filter(numero__in=references).select_related("dossier").order_by("pk")
    }
    for accord in sorted(resultat.accords, key=lambda a: a.ordre.reference):
        v, m = versements[accord.ordre.reference], accord.mouvement
        if v.statut != Versement.Statut.PAYE:
            constater_debit(
                numero=v.dossier.numero,
                versement=v.numero,
                reference=m.cle[:80],
                paye_le=m.jour,
                acteur=acteur,
                maintenant=maintenant,
            )
        ligne.mouvements.filter(cle=m.cle).update(versement=v)
    _rendre_les_rejets(resultat.ecarts, acteur, maintenant)
    ligne.statut, ligne.confirme_par_id, ligne.confirme_le = S.CONFIRME, acteur.utilisateur_id, maintenant
    ligne.bilan = bilan(resultat)
    ligne.save(update_fields=("statut", "confirme_par", "confirme_le", "bilan"))
    _consigner(ligne, "confirmer_rapprochement", acteur, maintenant, accords=references, ecarts=len(resultat.ecarts))
    return ligne


@transaction.atomic
def ecarter(*, releve: int, motif: str, acteur: Acteur, maintenant: datetime) -> ReleveBancaire:
    """Sets aside a statement not confirmed, with a reason: its lines count for nothing, the right file may come.

    Raises Conflit while a later file, which left out the lines that this one had brought, relies on it.
    """
    ligne = _verrouiller(releve, acteur)
    if not motif.strip():
        texte = "Indiquez le motif de la mise à l’écart."
        raise ErreurMetier("motif", texte, {"motif": texte})
    if autre := _qui_s_appuie(ligne, acteur):
        suite = (
            "Écartez-le d’abord."
            if autre.statut == S.A_CONFIRMER
            else "Il est déjà confirmé\u00a0: ces écritures sont celles de la banque, confirmez-les ici."
        )
        raise Conflit("releve_repris", f"Le fichier {autre.nom_fichier} reprend des écritures de celui-ci. {suite}")
    ligne.mouvements.update(est_ecarte=True)
    ligne.statut, ligne.motif_ecart = S.ECARTE, motif.strip()[:500]
    ligne.save(update_fields=("statut", "motif_ecart"))
    _consigner(ligne, "ecarter_releve", acteur, maintenant, motif=ligne.motif_ecart)
    return ligne


def empreinte(resultat: Rapprochement) -> str:
    """What the person who confirms has read."""
    return hashlib.sha256(repr(sorted(map(repr, (*resultat.accords, *resultat.ecarts)))).encode()).hexdigest()


def bilan(resultat: Rapprochement) -> dict[str, Any]:
    """The outcome as it is shown, and kept once confirmed: plain values, no account."""
    return {
        "accords": [
            {
                "reference": a.ordre.reference,
                "lot": a.ordre.lot,
                "montant": str(a.ordre.montant),
                "jour": a.mouvement.jour.isoformat(),
                "cle": a.mouvement.cle,
                "iban_lu": a.iban_lu,
            }
            for a in sorted(resultat.accords, key=lambda a: a.ordre.reference)
        ],
        "ecarts": [
            {"code": e.code, "reference": e.reference, "lot": e.ordre.lot if e.ordre else "", "phrase": phrase(e)}
            for e in sorted(resultat.ecarts, key=lambda e: (e.reference, e.code))
        ],
        "etrangers": resultat.etrangers,
    }


def _situer(lu: lecture.Lu, compte: str, arrete_au: date | None) -> lecture.Lu:
    """The account and the period that the person states for a CSV. Raises ErreurMetier."""
    if not compte:
        texte = "Choisissez le compte\u00a0: un tableau CSV ne dit pas de quel compte il est."
        raise ErreurMetier("compte", texte, {"compte": texte})
    if arrete_au is not None and any(m.jour > arrete_au for m in lu.mouvements):
        texte = "Une écriture du tableau est datée d’après ce jour."
        raise ErreurMetier("arrete_au", texte, {"arrete_au": texte})
    return replace(lu, comptes=frozenset({compte}), arrete_au=arrete_au)


def _qui_s_appuie(ligne: ReleveBancaire, acteur: Acteur) -> ReleveBancaire | None:
    """A file that came later and left out lines that this one had brought."""
    siennes = set(ligne.mouvements.values_list("cle", flat=True))
    suivants = ReleveBancaire.objects.pour(acteur).filter(pk__gt=ligne.pk, deja_lus__gt=0).exclude(statut=S.ECARTE)
    return next((r for r in suivants.defer("octets") if siennes & {x["cle"] for x in r.deja_lues}), None)


def _juger(lu: lecture.Lu, acteur: Acteur, jour: date) -> None:
    texte = ""
    comptes = CompteCaisse.objects.pour(acteur).filter(confirme_le__isnull=False).values_list("iban", flat=True)
    if not lu.comptes <= set(comptes):
        texte = "Ce fichier est celui d’un autre compte que celui de la caisse."
    elif any(m.jour > jour for m in lu.mouvements):
        texte = "Une écriture de ce fichier est datée d’après aujourd’hui."
    elif lu.arrete_au is not None and lu.format == ReleveBancaire.Format.CSV and lu.arrete_au > jour:
        texte = "Ce jour n’est pas encore passé."
        raise ErreurMetier("arrete_au", texte, {"arrete_au": texte})
    if texte:
        raise ErreurMetier("releve", texte, {"fichier": texte})


def _cles(mouvements: Iterable[Mouvement]) -> list[str]:
    """The bank's references; one that the file repeats is told apart by its rank, so that a second debit is not lost."""
    vues: Counter[str] = Counter()
    cles = []
    for m in mouvements:
        vues[m.cle] += 1
        cles.append(m.cle if vues[m.cle] == 1 else f"{m.cle[:150]}#{vues[m.cle]}")
    return cles


def _ordres(ligne: ReleveBancaire, acteur: Acteur, references: set[str]) -> list[Ordre]:
    """What is to be found: the lines of validated batches not yet paid, and any payment that a line of the statement names."""
    lignes = list(
        LigneLot.objects.pour(acteur)
        .filter(Q(reference__in=references) | ~Q(versement__statut=Versement.Statut.PAYE))
        .filter(sortie_le__isnull=True, lot__statut=LotPaiement.Statut.VALIDE)
        .select_related("lot", "versement__dossier", "versement__compte")
        .order_by("pk")
    )
    autres = (
        Versement.objects.pour(acteur)
        .filter(caisse_id=acteur.organisation_id, numero__in=references - {x.reference for x in lignes})
        .select_related("dossier", "compte")
        .order_by("pk")
    )
    autres_releves = MouvementBancaire.objects.pour(acteur).filter(est_ecarte=False).exclude(releve=ligne)
    numeros = [x.reference for x in lignes] + [v.numero for v in autres]
    rapproches = set(
        autres_releves.filter(versement__numero__in=numeros, est_rendu=False).values_list(
            "versement__numero", flat=True
        )
    )
    confirmes: dict[str, list[Mouvement]] = defaultdict(list)
    attendent: dict[str, list[Mouvement]] = defaultdict(list)
    for m in autres_releves.filter(reference__in=numeros).annotate(statut=F("releve__statut")).order_by("jour", "pk"):
        (confirmes if m.statut == S.CONFIRME else attendent)[m.reference].append(m.en_regle)

    def connu(v: Versement) -> dict[str, Any]:
        """What the payment itself and the other statements say."""
        return {
            "rapproche": v.numero in rapproches,
            "paye_le": v.paye_le,
            "ailleurs": tuple(confirmes[v.numero]),
            "en_attente": tuple(attendent[v.numero]),
            "est_definitif": v.numero in references and est_definitif(v),
            "empechement": _empechement(v, acteur),
        }

    ordres = [
        Ordre(
            reference=x.reference,
            montant=x.montant,
            iban=x.iban,
            execution=x.lot.date_execution,
            du=jour,
            lot=x.lot.numero,
            attendu=not any(m.jour >= jour for m in (*confirmes[x.reference], *attendent[x.reference])),
            **connu(x.versement),
        )
        for x in lignes
        for jour in [jour_local(x.lot.valide_le, x.versement.dossier.fuseau)]
    ]
    for v in autres:
        jour = jour_local(v.valide_le or v.propose_le, v.dossier.fuseau)
        ordres.append(
            Ordre(
                reference=v.numero,
                montant=v.montant,
                iban=v.compte.iban if v.compte else "",
                execution=jour,
                du=jour,
                attendu=False,
                **connu(v),
            )
        )
    return ordres


def _empechement(v: Versement, acteur: Acteur) -> str:
    """Why a debit does not mark it paid. An account changed since the order is no reason: the bank says what it did."""
    if v.caisse_id != acteur.organisation_id:
        return "le dossier dépend d’une autre caisse"
    if v.statut in (Versement.Statut.VALIDE, Versement.Statut.PAYE):
        return ""
    return "le versement est annulé" if v.statut == Versement.Statut.ANNULE else "le versement est à valider"


def _rendre_les_rejets(ecarts: Sequence[Ecart], acteur: Acteur, maintenant: datetime) -> None:
    """What was rejected is out of its batch; paid, it is no longer; its account replaced meanwhile, it is to be validated again."""
    rejetes = {e.reference: max(e.mouvements, key=lambda m: m.jour) for e in ecarts if e.code == "rejet"}
    versements = list(
        Versement.objects.pour(acteur)
        .filter(numero__in=rejetes, caisse_id=acteur.organisation_id)
        .select_related("dossier")
        .order_by("pk")
    )
    for v in versements:
        m = rejetes[v.numero]
        motif = m.rejet or "motif non précisé"
        if v.statut == Versement.Statut.PAYE:
            constater_retour(
                numero=v.dossier.numero,
                versement=v.numero,
                jour=m.jour,
                motif=motif,
                acteur=acteur,
                maintenant=maintenant,
            )
        MouvementBancaire.objects.pour(acteur).filter(versement=v).update(est_rendu=True)
        lignes = LigneLot.objects.pour(acteur).filter(
            versement=v, sortie_le__isnull=True, lot__statut=LotPaiement.Statut.VALIDE
        )
        sortir(lignes, f"rejeté par la banque\u00a0: {motif}", maintenant)
    remettre_les_anciens_comptes(versements, acteur=acteur, maintenant=maintenant)


def _verrouiller(releve: int, acteur: Acteur) -> ReleveBancaire:
    exiger_caisse(acteur)
    serialiser(acteur)
    ligne = (
        ReleveBancaire.objects.pour(acteur).select_for_update(of=("self",)).defer("octets").filter(pk=releve).first()
    )
    if ligne is None:
        raise Introuvable
    if ligne.statut != S.A_CONFIRMER:
        raise Conflit("etat", f"Ce relevé est déjà à l’état «\u00a0{ligne.get_statut_display().lower()}\u00a0».")
    return ligne


def _consigner(ligne: ReleveBancaire, type_: str, acteur: Acteur, maintenant: datetime, **suite: object) -> None:
    consigner(
        type=type_,
        acteur=acteur,
        maintenant=maintenant,
        donnees={"releve": ligne.pk, "format": ligne.format, "fichier": ligne.nom_fichier, **suite},
    )
