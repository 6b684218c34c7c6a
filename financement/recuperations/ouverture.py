"""The opening of a recovery (REC-1): by a person, with the amount that the rules propose; the équipe is heard before anything is owed."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import transaction

from dossiers import faits
from dossiers.models import Dossier, Tache
from dossiers.regles.explication import noms_des_reglages
from dossiers.services import cycle
from ess_portal.comptes.acteur import Acteur
from ess_portal.socle.erreurs import Conflit, ErreurMetier
from ess_portal.socle.horloge import jour_local
from ess_portal.socle.typographie import date_fr, euros

from ..models import Recuperation
from ..regles import recuperation as regles
from . import montants
from .communs import ecrire, exiger_creancier, exiger_texte, ouvrir_tache, refuser
from .lettres import emettre

T = Tache.Type


@transaction.atomic
def ouvrir_recuperation(
    *,
    numero: str,
    origine: str,
    motif: str,
    acteur: Acteur,
    maintenant: datetime,
    montant: Decimal | None = None,
    fondement: str = "",
    motif_retard: str = "",
    **_: Any,
) -> Dossier:
    """A person opens the procedure; its letter leaves at once and the équipe has its delay to answer. Nothing is owed yet.

    `montant` only where the rules leave it to a person, or to ask for less. Raises Conflit when there is nothing to recover.
    """
    dossier = cycle.ouvrir(numero, acteur, maintenant)
    creancier = "ars" if origine == Recuperation.Origine.CHEVAUCHEMENT else "caisse"
    exiger_creancier(dossier, creancier, acteur)
    motif = exiger_texte(motif, "motif", "Indiquez les faits qui motivent la récupération.")
    jour = jour_local(maintenant, dossier.fuseau)
    if Recuperation.objects.filter(
        dossier=dossier, origine=origine, statut__in=("contradictoire", "a_rembourser")
    ).exists():
        raise Conflit("deja_ouverte", "Une récupération de même origine est déjà ouverte.")
    base = montants.base(dossier, origine, jour)
    arrete = _arreter(base.proposition, montant)
    motif_retard = _retard(dossier, origine, jour, motif_retard)
    delai = faits.parametres(dossier, jour).delai_contradictoire
    dates = regles.calendrier(jour, delai_contradictoire=delai)
    explication = [
        asdict(e)
        for e in noms_des_reglages(
            regles.explication_observations(jour, delai, dossier.fuseau), faits.reglages(dossier, jour)
        )
    ]
    rang = Recuperation.objects.filter(dossier=dossier).count() + 1
    r = Recuperation.objects.create(
        dossier=dossier,
        numero=f"R-{dossier.numero}-{rang}",
        origine=origine,
        creancier=creancier,
        fondement=fondement or regles.FONDEMENT_USUEL[origine],
        motif=motif,
        motif_retard=motif_retard,
        assiette=base.proposition.assiette,
        montant_propose=arrete,
        calcul=list(base.proposition.explication),
        versements=[v.pk for v in base.versements],
        ouverte_le=maintenant,
        ouverte_par_id=acteur.utilisateur_id,
        presentee_le=jour,
        observations_jusquau=dates.observations_jusquau,
        explication=explication,
        **Recuperation.colonnes(dossier),
    )
    _clore_a_ouvrir(dossier, origine, acteur, maintenant, r.numero)
    limite = dates.observations_jusquau
    ouvrir_tache(dossier, T.OBSERVATIONS, f"observations:{r.numero}", "equipe", maintenant, limite)
    ouvrir_tache(dossier, T.DECIDER_RECUPERATION, f"decider:{r.numero}", creancier, maintenant, dates.decision_des)
    emettre(
        dossier,
        cle=f"recuperation:{r.pk}:notification",
        objet="Ouverture d’une procédure de récupération",
        emetteur=creancier,
        reference=r.numero,
        essentiel=f"Il est envisagé de vous demander {euros(arrete, True)}.",
        precision=f"Vous pouvez présenter vos observations jusqu’au {date_fr(limite)} inclus. Rien n’est à payer à ce stade.",
        rubriques=(("Faits reprochés", motif), ("Fondement", r.get_fondement_display())),
        calcul=r.calcul,
        suites=(
            "Répondez dans le portail, avec vos pièces, et demandez si vous le souhaitez à être entendus.",
            "Vous pouvez vous faire assister ou représenter par la personne de votre choix.",
            "Une décision motivée vous sera ensuite adressée. Elle peut renoncer à tout ou partie de la somme.",
        ),
        explication=explication,
        acteur=acteur,
        maintenant=maintenant,
    )
    ecrire(
        r,
        "ouvrir_recuperation",
        "Procédure de récupération ouverte",
        f"{acteur.organisation_nom} envisage de récupérer {euros(arrete, True)} ({r.get_origine_display()}).",
        f"L’équipe peut présenter ses observations jusqu’au {date_fr(limite)} inclus. Rien n’est à payer à ce stade.",
        acteur=acteur,
        maintenant=maintenant,
        donnees={
            "montant": arrete,
            "fondement": r.fondement,
            "motif": motif,
            "motif_retard": motif_retard,
            "observations_jusquau": limite,
        },
    )
    return dossier


def _arreter(p: regles.Proposition, saisi: Decimal | None) -> Decimal:
    if saisi is None:
        if p.montant is None:
            raise refuser("montant", "Les règles ne fixent pas ce montant\u00a0: saisissez celui que vous arrêtez.")
        saisi = p.montant
    if saisi <= 0:
        raise refuser("montant", "Le montant est positif.")
    if saisi > p.assiette:
        raise refuser(
            "montant",
            f"On ne récupère pas plus que ce qui a été versé et n’est pas déjà demandé\u00a0: {euros(p.assiette, True)}.",
        )
    return saisi


def _retard(dossier: Dossier, origine: str, jour: date, motif: str) -> str:
    """Opening after the task's last day needs a written reason (REC-1)."""
    tache = _a_ouvrir(dossier, origine).filter(a_faire_au_plus_tard__lt=jour).first()
    if tache is None:
        return motif.strip()
    if not motif.strip():
        texte = f"La procédure était à ouvrir au plus tard le {date_fr(tache.a_faire_au_plus_tard)}\u00a0: indiquez la raison du retard."
        raise ErreurMetier("motif_retard", texte, {"motif_retard": texte})
    return motif.strip()


def _a_ouvrir(dossier: Dossier, origine: str) -> Any:
    """The open tasks that this opening answers."""
    if origine == "chevauchement":
        return Tache.objects.filter(dossier=dossier, type=T.CHEVAUCHEMENT, faite_le=None)
    lignes = Tache.objects.filter(dossier=dossier, type=T.OUVRIR_RECUPERATION, faite_le=None)
    autres = (":retrait:", ":resiliation:", ":regularisation:")
    if origine in ("retrait", "resiliation", "regularisation"):
        return lignes.filter(cle__contains=f":{origine}:")
    for autre in autres:
        lignes = lignes.exclude(cle__contains=autre)
    return lignes if origine == "dix_huit_mois" else lignes.none()


def _clore_a_ouvrir(dossier: Dossier, origine: str, acteur: Acteur, maintenant: datetime, numero: str) -> None:
    _a_ouvrir(dossier, origine).update(
        faite_le=maintenant, faite_par_id=acteur.utilisateur_id, commentaire=f"Procédure ouverte\u00a0: {numero}."
    )
