"""From the notice to the decision (REC-1): observed, heard if asked, decided by another person than the one who opened."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction

from dossiers import faits
from dossiers.models import Dossier, Tache
from dossiers.regles.explication import noms_des_reglages
from dossiers.services import cycle
from ess_portal.comptes.acteur import Acteur
from ess_portal.comptes.roles import PORTEURS
from ess_portal.documents.services import deposer_piece
from ess_portal.socle.erreurs import Conflit, Interdit
from ess_portal.socle.horloge import jour_local
from ess_portal.socle.typographie import date_fr, euros, instant_fr

from ..livre import recuperer as livre
from ..models import ObservationRecuperation, Recuperation, TermeRecuperation
from ..models.contrat import partie_de
from ..regles import recuperation as regles
from ..regles.procedure import Etat
from . import montants
from .communs import (
    NOMS,
    clore_taches,
    ecrire,
    exiger_creancier,
    exiger_texte,
    observations_de,
    ouvrir_tache,
    refuser,
    verrouiller,
)
from .lettres import emettre

T = Tache.Type


@transaction.atomic
def presenter_observations(
    *,
    numero: str,
    texte: str,
    acteur: Acteur,
    maintenant: datetime,
    recuperation: str = "",
    est_complete: bool = False,
    demande_audience: bool = False,
    fichier: UploadedFile | None = None,
    **_: Any,
) -> Dossier:
    """The équipe answers, as often as it wishes, until the last day included. Raises Conflit afterwards."""
    dossier = cycle.ouvrir(numero, acteur, maintenant)
    if acteur.role not in PORTEURS or partie_de(dossier, acteur.organisation_id) != "equipe":
        raise Interdit("partie", "Les observations sont celles de l’équipe.")
    r = verrouiller(dossier, recuperation, "presenter_observations")
    texte = exiger_texte(texte, "texte", "Écrivez vos observations.")
    if jour_local(maintenant, dossier.fuseau) > r.observations_jusquau:
        raise Conflit("delai", f"Le délai d’observations a pris fin le {date_fr(r.observations_jusquau)}.")
    piece = None
    if fichier is not None:
        piece = deposer_piece(
            dossier=dossier,
            fichier=fichier,
            type="observations",
            libelle=f"Observations, récupération {r.numero}",
            acteur=acteur,
            maintenant=maintenant,
            objet="versement",
        )
    ObservationRecuperation.objects.create(
        dossier=dossier,
        recuperation=r,
        texte=texte,
        piece=piece,
        est_complete=est_complete,
        demande_audience=demande_audience,
        deposee_le=maintenant,
        deposee_par_id=acteur.utilisateur_id,
    )
    if est_complete:
        clore_taches(dossier, f"observations:{r.numero}", acteur, maintenant, "Observations présentées.")
    ecrire(
        r,
        "presenter_observations",
        "Observations reçues",
        f"L’équipe a présenté ses observations sur la récupération {r.numero}.",
        *(["Elle demande à être entendue."] if demande_audience else []),
        *(["Elle les déclare complètes\u00a0: la décision peut être prise."] if est_complete else []),
        acteur=acteur,
        maintenant=maintenant,
        donnees={"texte": texte, "est_complete": est_complete, "demande_audience": demande_audience},
    )
    return dossier


@transaction.atomic
def fixer_audience(
    *,
    numero: str,
    jour: date,
    heure: Any,
    lieu: str,
    acteur: Acteur,
    maintenant: datetime,
    recuperation: str = "",
    **_: Any,
) -> Dossier:
    """The day, hour and place at which the équipe is heard. Raises ErreurMetier for a day gone by."""
    dossier = cycle.ouvrir(numero, acteur, maintenant)
    r = verrouiller(dossier, recuperation, "fixer_audience")
    exiger_creancier(dossier, r.creancier, acteur)
    lieu = exiger_texte(lieu, "lieu", "Indiquez le lieu, ou le lien de la visioconférence.")
    if jour <= jour_local(maintenant, dossier.fuseau):
        raise refuser("jour", "L’audience se fixe à un jour à venir.")
    if r.audience_tenue_le is not None:
        raise Conflit("audience", "L’audience est déjà tenue.")
    r.audience_le, r.audience_lieu = _instant(jour, heure, dossier.fuseau), lieu
    r.save(update_fields=("audience_le", "audience_lieu"))
    quand = instant_fr(r.audience_le, dossier.fuseau)
    emettre(
        dossier,
        cle=f"recuperation:{r.pk}:audience:{maintenant.isoformat()}",
        objet="Convocation à une audience",
        emetteur=r.creancier,
        reference=r.numero,
        essentiel=f"Vous êtes attendus le {quand}.",
        precision=lieu,
        suites=("Vous pouvez vous faire assister ou représenter par la personne de votre choix.",),
        acteur=acteur,
        maintenant=maintenant,
    )
    ecrire(
        r,
        "fixer_audience",
        "Audience fixée",
        f"L’équipe est entendue le {quand} ({lieu}), sur la récupération {r.numero}.",
        acteur=acteur,
        maintenant=maintenant,
        donnees={"audience_le": r.audience_le, "lieu": lieu},
    )
    return dossier


@transaction.atomic
def consigner_audience(
    *,
    numero: str,
    tenue_le: date,
    compte_rendu: str,
    acteur: Acteur,
    maintenant: datetime,
    recuperation: str = "",
    **_: Any,
) -> Dossier:
    """The minutes of the hearing, or of the absence of the équipe."""
    dossier = cycle.ouvrir(numero, acteur, maintenant)
    r = verrouiller(dossier, recuperation, "consigner_audience")
    exiger_creancier(dossier, r.creancier, acteur)
    compte_rendu = exiger_texte(compte_rendu, "compte_rendu", "Écrivez ce qui a été dit, ou l’absence de l’équipe.")
    if not r.presentee_le <= tenue_le <= jour_local(maintenant, dossier.fuseau):
        raise refuser(
            "tenue_le", f"L’audience se tient après l’ouverture, le {date_fr(r.presentee_le)}, et n’est pas à venir."
        )
    if r.audience_tenue_le is not None:
        raise Conflit("audience", "Le compte rendu de l’audience est déjà enregistré.")
    r.audience_tenue_le, r.audience_compte_rendu = tenue_le, compte_rendu
    r.save(update_fields=("audience_tenue_le", "audience_compte_rendu"))
    ecrire(
        r,
        "consigner_audience",
        "Compte rendu d’audience enregistré",
        f"L’audience sur la récupération {r.numero} s’est tenue le {date_fr(tenue_le)}. Son compte rendu se lit dans le portail.",
        acteur=acteur,
        maintenant=maintenant,
        donnees={"tenue_le": tenue_le, "compte_rendu": compte_rendu},
    )
    return dossier


@transaction.atomic
def decider_recuperation(
    *,
    numero: str,
    sens: str,
    motivation: str,
    acteur: Acteur,
    maintenant: datetime,
    recuperation: str = "",
    vues: int,
    montant: Decimal | None = None,
    **_: Any,
) -> Dossier:
    """All of it, a part, or nothing, with its reasons; what is not kept is given up, and not asked again for the same cause: once the
    observations are complete or their delay over, and the hearing held where it was asked for. `vues`: how many observations of the
    dossier were read (`communs.observations_de`). Raises Interdit, Conflit, ErreurMetier.
    """
    dossier = cycle.ouvrir(numero, acteur, maintenant)
    r = verrouiller(dossier, recuperation, "decider_recuperation")
    exiger_creancier(dossier, r.creancier, acteur, decide=True)
    if r.ouverte_par_id == acteur.utilisateur_id:
        raise Interdit("deux_personnes", "Vous avez ouvert cette procédure\u00a0: une autre personne décide.")
    motivation = exiger_texte(motivation, "motivation", "Motivez la décision, en réponse aux observations.")
    jour = jour_local(maintenant, dossier.fuseau)
    _exiger_contradictoire(r, jour, vues)
    retenu = _retenir(r, sens, montant)
    if retenu > (reste := montants.encore_demandable(r)):
        raise Conflit(
            "rendu",
            f"La banque a rendu depuis une partie de ces sommes\u00a0: {euros(reste, True)} au plus restent à récupérer."
            if reste
            else "La banque a rendu depuis ces sommes à la caisse\u00a0: rien ne reste à récupérer, abandonnez la procédure.",
        )
    r.decidee_le, r.decidee_par_id, r.motivation, r.montant = maintenant, acteur.utilisateur_id, motivation, retenu
    delai = faits.parametres(dossier, jour).delai_paiement
    if retenu:
        r.statut, r.payer_jusquau = Etat.A_REMBOURSER, regles.paiement_jusquau(jour, delai_paiement=delai)
        r.explication_paiement = [
            asdict(e)
            for e in noms_des_reglages(
                regles.explication_paiement(jour, delai, dossier.fuseau), faits.reglages(dossier, jour)
            )
        ]
    else:
        r.statut, r.close_le = Etat.SANS_SUITE, maintenant
    r.save()
    if retenu:
        livre.constater(r, acteur=acteur, maintenant=maintenant)
    clore_taches(dossier, f"observations:{r.numero}", acteur, maintenant, "Décision prise.")
    clore_taches(dossier, f"decider:{r.numero}", acteur, maintenant, "Décision prise.")
    if retenu:
        TermeRecuperation.objects.create(dossier=dossier, recuperation=r, plan=1, jour=r.payer_jusquau, montant=retenu)
        ouvrir_tache(
            dossier, T.REMBOURSER, f"rembourser:{r.numero}:1:{r.payer_jusquau}", "equipe", maintenant, r.payer_jusquau
        )
    _notifier_decision(r, acteur, maintenant)
    return dossier


@transaction.atomic
def abandonner_recuperation(
    *, numero: str, motif: str, acteur: Acteur, maintenant: datetime, recuperation: str = "", **_: Any
) -> Dossier:
    """The creditor gives up before any decision, and says why: the équipe is told."""
    dossier = cycle.ouvrir(numero, acteur, maintenant)
    r = verrouiller(dossier, recuperation, "abandonner_recuperation")
    exiger_creancier(dossier, r.creancier, acteur, decide=True)
    motif = exiger_texte(motif, "motif", "Indiquez pourquoi la procédure s’arrête.")
    r.statut, r.close_le, r.motivation = Etat.SANS_SUITE, maintenant, motif
    r.save(update_fields=("statut", "close_le", "motivation"))
    for prefixe in ("observations", "decider"):
        clore_taches(dossier, f"{prefixe}:{r.numero}", acteur, maintenant, "Procédure abandonnée.")
    emettre(
        dossier,
        cle=f"recuperation:{r.pk}:abandon",
        objet="Fin de la procédure de récupération",
        emetteur=r.creancier,
        reference=r.numero,
        essentiel="Aucune somme ne vous est demandée.",
        rubriques=(("Motif", motif),),
        acteur=acteur,
        maintenant=maintenant,
    )
    ecrire(
        r,
        "abandonner_recuperation",
        "Procédure de récupération abandonnée",
        f"La procédure {r.numero} s’arrête, sans somme à rembourser. Motif\u00a0: {motif}",
        acteur=acteur,
        maintenant=maintenant,
        donnees={"motif": motif},
    )
    return dossier


def _notifier_decision(r: Recuperation, acteur: Acteur, maintenant: datetime) -> None:
    retenu = r.montant or Decimal(0)
    renonce = r.montant_propose - retenu
    abandon = (
        [
            {
                "libelle": "Somme abandonnée",
                "detail": "Elle ne sera plus demandée à ce titre",
                "valeur": euros(renonce, True),
            }
        ]
        if renonce
        else []
    )
    essentiel = f"Vous avez à rembourser {euros(retenu, True)}." if retenu else "Aucune somme ne vous est demandée."
    precision = f"Au plus tard le {date_fr(r.payer_jusquau)}." if r.payer_jusquau else ""
    emettre(
        r.dossier,
        cle=f"recuperation:{r.pk}:decision",
        objet="Décision sur la récupération",
        emetteur=r.creancier,
        reference=r.numero,
        essentiel=essentiel,
        precision=precision,
        rubriques=(("Motifs de la décision", r.motivation), ("Fondement", r.get_fondement_display())),
        calcul=[*r.calcul, {"libelle": "Montant retenu", "detail": "", "valeur": euros(retenu, True)}, *abandon],
        suites=(f"Vous pouvez demander à payer en plusieurs fois, par un message à {NOMS[r.creancier]}.",)
        if retenu
        else (),
        explication=r.explication_paiement,
        fait_grief=bool(retenu),
        acteur=acteur,
        maintenant=maintenant,
    )
    ecrire(
        r,
        "decider_recuperation",
        "Décision sur la récupération",
        f"Récupération {r.numero}\u00a0: {acteur.organisation_nom} a décidé. {euros(retenu, True)} à rembourser."
        if retenu
        else f"Récupération {r.numero}\u00a0: aucune somme n’est demandée.",
        *([precision] if precision else []),
        acteur=acteur,
        maintenant=maintenant,
        donnees={"montant": retenu, "renonce": renonce, "motivation": r.motivation, "payer_jusquau": r.payer_jusquau},
    )


def _retenir(r: Recuperation, sens: str, montant: Decimal | None) -> Decimal:
    if sens == "tout":
        return r.montant_propose
    if sens == "rien":
        return Decimal("0.00")
    if montant is None or montant <= 0:
        raise refuser("montant", "Indiquez la part à rembourser.")
    if montant >= r.montant_propose:
        raise refuser(
            "montant", f"Une part est inférieure à la somme notifiée\u00a0: {euros(r.montant_propose, True)}."
        )
    return montant


def _exiger_contradictoire(r: Recuperation, jour: date, vues: int) -> None:
    recues = list(r.observations.all())
    if vues != observations_de(r.dossier):
        raise Conflit(
            "observations", "De nouvelles observations sont arrivées depuis\u00a0: lisez-les avant de décider."
        )
    if jour <= r.observations_jusquau and not any(o.est_complete for o in recues):
        raise Conflit(
            "contradictoire",
            f"L’équipe peut présenter ses observations jusqu’au {date_fr(r.observations_jusquau)} inclus\u00a0: la décision attend ce jour, ou des observations déclarées complètes.",
        )
    if any(o.demande_audience for o in recues) and r.audience_tenue_le is None:
        raise Conflit(
            "audience",
            "L’équipe a demandé à être entendue\u00a0: tenez l’audience, ou constatez son absence, avant de décider.",
        )


def _instant(jour: date, heure: Any, fuseau: str) -> datetime:
    return datetime.combine(jour, heure, ZoneInfo(fuseau))
