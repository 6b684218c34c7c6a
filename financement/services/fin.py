"""The end of a contract: refusal to sign, résiliation (REC-2), abandonment."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.db.models import QuerySet, Sum

from dossiers import faits
from dossiers.models import Dossier, Tache
from dossiers.regles.delais import ajouter
from dossiers.services import cycle, echeances, retraits
from dossiers.services import fin as fin_dossier
from ess_portal.comptes.acteur import Acteur
from ess_portal.comptes.locataire import comme_portail
from ess_portal.journal.services import consigner
from ess_portal.socle.erreurs import Conflit, ErreurMetier, Interdit
from ess_portal.socle.horloge import jour_local
from ess_portal.socle.typographie import date_fr, euros

from ..livre import actes as livre
from ..models import Contrat, LigneLot, LotPaiement, Versement
from ..models.contrat import partie_de
from ..recuperations import resiliation
from ..recuperations.communs import exiger_creancier
from ..selectors import oublier
from . import dates
from .courriels import avertir, page_contrat, page_versements, parties

# What a validated projet had opened: the solde and the grant.
SUR_LE_PROJET = (Versement.Nature.AMORCAGE_2, *Versement.DE_LA_DOTATION)


@transaction.atomic
def refuser_contrat(*, numero: str, motif: str, acteur: Acteur, maintenant: datetime, **_: Any) -> Dossier:
    """A party declines the version in signature and says why: the signatures already given lapse, another version may be proposed."""
    dossier = cycle.ouvrir(numero, acteur, maintenant)
    _exiger_motif(motif)
    if not partie_de(dossier, acteur.organisation_id):
        raise Interdit("partie", "Votre organisation n’est pas partie à ce contrat.")
    contrat = Contrat.objects.select_for_update(of=("self",)).filter(dossier=dossier, statut="propose").first()
    if contrat is None:
        raise Conflit("contrat", "Aucun contrat n’est en signature sur ce dossier.")
    contrat.dossier = dossier
    contrat.statut, contrat.motif, contrat.clos_le = Contrat.Statut.REFUSE, motif.strip(), maintenant
    contrat.save(update_fields=("statut", "motif", "clos_le"))
    oublier(dossier)
    consigner(
        type="refuser_contrat",
        acteur=acteur,
        maintenant=maintenant,
        dossier=dossier,
        donnees={"contrat": contrat.pk, "type": contrat.type, "version": contrat.version, "motif": contrat.motif},
        effets=avertir(
            dossier,
            f"contrat_refuse:{contrat.pk}",
            "Modification demandée sur le contrat",
            f"{acteur.nom}, {acteur.organisation_nom}, demande une modification du contrat (version {contrat.version})\u00a0: {contrat.motif}",
            "Les signatures déjà données n’ont plus d’effet. Une nouvelle version peut être proposée.",
            organisations=parties(dossier),
            chemin=page_contrat(contrat),
        ),
    )
    return dossier


@transaction.atomic
def resilier(
    *,
    numero: str,
    motif: str,
    acteur: Acteur,
    maintenant: datetime,
    date_fin: date | None = None,
    **_: Any,
) -> Dossier:
    """Ends the contracts in force (REC-2). The équipe gives notice: at least two months. The ARS or the caisse decides on breaches that
    it notified, once they are answered or their delay over, and motivates. Payments not yet paid are cancelled.
    """
    dossier = cycle.ouvrir(numero, acteur, maintenant)
    _exiger_motif(motif)
    partie = partie_de(dossier, acteur.organisation_id)
    if not partie:
        raise Interdit("partie", "Votre organisation n’est pas partie à ce contrat.")
    contrats = list(
        Contrat.objects.select_for_update(of=("self",)).filter(dossier=dossier, statut=Contrat.Statut.SIGNE)
    )
    if not contrats:
        raise Conflit("contrat_signe", "Aucun contrat signé n’est à résilier\u00a0: le projet peut être abandonné.")
    jour = jour_local(maintenant, dossier.fuseau)
    fin = dates.fin_de_preavis(contrats[-1], partie, jour, date_fin)
    procedure = resiliation.en_cours(dossier)
    if partie != "equipe":
        exiger_creancier(dossier, partie, acteur, decide=True)
        if pourquoi := resiliation.attente(procedure, jour):
            raise Conflit("contradictoire", pourquoi)
        if procedure.partie != partie:
            raise Interdit("partie", "La résiliation est décidée par l’administration qui a notifié les manquements.")
    for contrat in contrats:
        contrat.statut, contrat.motif, contrat.clos_le = Contrat.Statut.RESILIE, motif.strip(), maintenant
        contrat.date_resiliation = fin
        contrat.save(update_fields=("statut", "motif", "clos_le", "date_resiliation"))
    ordonnes = _ecarter_propositions(dossier, acteur, maintenant, "contrat résilié")
    livre.degager(contrats, dossier, acteur=acteur, maintenant=maintenant)
    if procedure is not None:
        procedure.dossier = dossier
        resiliation.fermer(procedure, procedure.Issue.RESILIE, motif.strip(), acteur, maintenant)
    resiliation.lettre_de_fin(dossier, contrats[-1], partie, fin, motif.strip(), acteur=acteur, maintenant=maintenant)
    _proposer_de_recuperer(dossier, contrats, fin, maintenant)
    return cycle.appliquer(
        dossier,
        "resilier",
        acteur=acteur,
        maintenant=maintenant,
        donnees={
            "contrats": [c.pk for c in contrats],
            "partie": partie,
            "motif": motif.strip(),
            "date_fin": fin,
            "procedure": procedure.pk if procedure else None,
        },
        effets=avertir(
            dossier,
            f"resiliation:{contrats[-1].pk}",
            "Contrat résilié",
            f"Le contrat est résilié par {acteur.organisation_nom}, avec effet au {date_fr(fin)}. Motif\u00a0: {motif.strip()}",
            *_a_la_banque(ordonnes),
            organisations=parties(dossier),
            chemin=page_versements(dossier),
        ),
    )


@transaction.atomic
def abandonner(*, numero: str, acteur: Acteur, maintenant: datetime, **motif: Any) -> Dossier:
    """The équipe gives up while no contract is signed by the three: what was in signature or proposed lapses with it."""
    dossier = fin_dossier.abandonner(numero=numero, acteur=acteur, maintenant=maintenant, **motif)
    _ecarter_propositions(dossier, acteur, maintenant, "projet abandonné par l’équipe")
    return dossier


@transaction.atomic
def statuer_retard(*, numero: str, issue: str, acteur: Acteur, maintenant: datetime, **donnees: Any) -> Dossier:
    """The ARS's answer to a late projet; a résiliation ends the signed contracts too."""
    dossier = fin_dossier.statuer_retard(numero=numero, issue=issue, acteur=acteur, maintenant=maintenant, **donnees)
    if issue in ("resilier", "clore"):
        jour, motif = jour_local(maintenant, dossier.fuseau), donnees.get("motivation", "").strip()
        signes = list(
            Contrat.objects.select_for_update(of=("self",)).filter(dossier=dossier, statut=Contrat.Statut.SIGNE)
        )
        for contrat in signes:
            contrat.statut, contrat.motif, contrat.clos_le = Contrat.Statut.RESILIE, motif, maintenant
            contrat.date_resiliation = jour
            contrat.save(update_fields=("statut", "motif", "clos_le", "date_resiliation"))
        _ecarter_propositions(dossier, acteur, maintenant, "projet non déposé dans le délai")
        livre.degager(signes, dossier, acteur=acteur, maintenant=maintenant)
        if (procedure := resiliation.en_cours(dossier)) is not None:
            procedure.dossier = dossier
            resiliation.fermer(procedure, procedure.Issue.RESILIE, motif, acteur, maintenant)
        _proposer_de_recuperer(dossier, signes, jour, maintenant)
    return dossier


@transaction.atomic
def retirer_validation(
    *, numero: str, transition: str, motivation: str, acteur: Acteur, maintenant: datetime, **donnees: Any
) -> Dossier:
    """The withdrawal of a validation (DL-8) ends the contracts that stood on it: all of them with the letter, the dotation with the
    projet, whose letter and credit stand. What was paid on it is for a person to recover, or not (REC-1).
    """
    dossier = retraits.retirer(
        numero=numero, transition=transition, motivation=motivation, acteur=acteur, maintenant=maintenant, **donnees
    )
    types = Contrat.Type.values if transition.endswith("lettre") else [Contrat.Type.DOTATION]
    natures = [n for n in Versement.Nature.values if transition.endswith("lettre") or n in SUR_LE_PROJET]
    jour = jour_local(maintenant, dossier.fuseau)
    motif = f"Retrait de la validation\u00a0: {motivation.strip()}"
    contrats = Contrat.objects.select_for_update(of=("self",)).filter(dossier=dossier, type__in=types)
    signes = list(contrats.filter(statut=Contrat.Statut.SIGNE))
    for contrat in signes:
        contrat.statut, contrat.motif, contrat.clos_le = Contrat.Statut.RESILIE, motif, maintenant
        contrat.date_resiliation = jour
        contrat.save(update_fields=("statut", "motif", "clos_le", "date_resiliation"))
    contrats.filter(statut=Contrat.Statut.PROPOSE).update(statut=Contrat.Statut.EXPIRE, clos_le=maintenant, motif=motif)
    versements = Versement.objects.filter(dossier=dossier, nature__in=natures)
    ordonnes = _annuler(versements, dossier, acteur, maintenant, motif)
    livre.degager(signes, dossier, acteur=acteur, maintenant=maintenant)
    verse = versements.filter(statut=Versement.Statut.PAYE).aggregate(total=Sum("montant"))["total"] or Decimal(0)
    if verse or ordonnes:
        _ouvrir_recuperation(dossier, transition, maintenant, jour)
    oublier(dossier)
    if signes or verse or ordonnes:
        consigner(
            type="fin_par_retrait",
            acteur=acteur,
            maintenant=maintenant,
            dossier=dossier,
            donnees={"contrats": [c.pk for c in signes], "date_fin": jour, "motif": motif, "verse": verse},
            effets=avertir(
                dossier,
                f"fin_par_retrait:{transition}:{maintenant.isoformat()}",
                "Contrat résilié par le retrait de la validation" if signes else "Validation retirée",
                *([f"Le contrat prend fin le {date_fr(jour)}. {motif}"] if signes else [motif]),
                *([f"{euros(verse)} ont été versés\u00a0: la caisse dit la suite qu’elle y donne."] if verse else []),
                *_a_la_banque(ordonnes),
                organisations=parties(dossier),
                chemin=page_versements(dossier),
            ),
        )
    echeances.recalculer(dossier, maintenant=maintenant)
    return dossier


def _ouvrir_recuperation(dossier: Dossier, transition: str, maintenant: datetime, jour: date) -> None:
    """A task, never an order: not opening the procedure in the set's delay needs a written reason (REC-1)."""
    objet = "lettre" if transition.endswith("lettre") else "projet"
    Tache.objects.create(
        dossier=dossier,
        type=Tache.Type.OUVRIR_RECUPERATION,
        cle=f"{Tache.Type.OUVRIR_RECUPERATION}:retrait:{objet}:{maintenant:%Y%m%d%H%M%S}",
        qui="caisse",
        ouverte_le=maintenant,
        a_faire_au_plus_tard=ajouter(jour, faits.parametres(dossier, jour).delai_ouverture_recuperation),
        **Tache.colonnes(dossier),
    )


def _proposer_de_recuperer(dossier: Dossier, contrats: list[Contrat], fin: date, maintenant: datetime) -> None:
    """A task when money left on these contracts, or leaves by an order that the bank holds."""
    partis = (Versement.Statut.PAYE, Versement.Statut.VALIDE)
    if Versement.objects.filter(dossier=dossier, contrat__in=contrats, statut__in=partis).exists():
        resiliation.a_recuperer(dossier, fin, maintenant)


def _a_la_banque(ordonnes: list[Versement]) -> list[str]:
    if not ordonnes:
        return []
    numeros = ", ".join(v.numero for v in ordonnes)
    return [f"Ordre déjà transmis à la banque\u00a0: {numeros}. Il est payé, ou annulé avec son lot par la caisse."]


def _ecarter_propositions(dossier: Dossier, acteur: Acteur, maintenant: datetime, motif: str) -> list[Versement]:
    """What was in signature or not yet ordered lapses; the payments that the bank holds, which stand."""
    Contrat.objects.filter(dossier=dossier, statut=Contrat.Statut.PROPOSE).update(
        statut=Contrat.Statut.EXPIRE, clos_le=maintenant, motif=motif
    )
    ordonnes = _annuler(Versement.objects.filter(dossier=dossier), dossier, acteur, maintenant, motif)
    oublier(dossier)
    return ordonnes


def _annuler(
    versements: QuerySet[Versement], dossier: Dossier, acteur: Acteur, maintenant: datetime, motif: str
) -> list[Versement]:
    """Payments that were not paid lapse, in the ledger too; but those that a validated batch orders, given back: only the bank, or the
    batch's own cancelling by the caisse, says what becomes of them. Locked first, as the validation of a batch does.
    """
    vivants = list(
        versements.filter(statut__in=(Versement.Statut.PROPOSE, Versement.Statut.VALIDE))
        .order_by("pk")
        .select_for_update(of=("self",))
    )
    with comme_portail():
        lignes = LigneLot.objects.filter(
            versement__in=vivants, sortie_le=None, lot__statut=LotPaiement.Statut.VALIDE
        ).values_list("versement_id", flat=True)
        a_la_banque = set(lignes)
    perdus = [v for v in vivants if v.pk not in a_la_banque]
    livre.annuler(perdus, dossier, acteur=acteur, maintenant=maintenant)
    Versement.objects.filter(pk__in=[v.pk for v in perdus]).update(
        statut=Versement.Statut.ANNULE,
        annule_le=maintenant,
        annule_par_id=acteur.utilisateur_id,
        motif_annulation=motif,
    )
    return [v for v in vivants if v.pk in a_la_banque]


def _exiger_motif(motif: str) -> None:
    if not motif.strip():
        raise ErreurMetier("motivation", "Indiquez le motif.", {"motif": "Indiquez le motif."})
