"""The yearly statement of the dotation (FIN-5 to FIN-10): established by an agent of the caisse once a year of the contract is closed."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import transaction

from dossiers.models import Dossier, Tache
from dossiers.services import cycle
from ess_portal.comptes.acteur import Acteur
from ess_portal.comptes.roles import CAISSE
from ess_portal.journal.services import consigner
from ess_portal.socle.erreurs import Conflit, ErreurMetier, Interdit
from ess_portal.socle.horloge import jour_local
from ess_portal.socle.typographie import date_fr, euros

from ..annees import AnneeContrat, annees
from ..decompte import calculer, faits_annee
from ..models import DotationAnnuelle, Recuperation, Versement
from ..models.contrat import partie_de
from ..regles.decompte_gele import empreinte, faits, resultat
from ..regles.procedure import Etat
from ..selectors import argent, oublier
from . import dates
from .courriels import avertir, page_dotation

CENT = Decimal("0.01")


@transaction.atomic
def etablir_decompte(
    *,
    numero: str,
    annee: int,
    acteur: Acteur,
    maintenant: datetime,
    montant: Decimal | None = None,
    motif_montant: str = "",
    motif_version: str = "",
    **_: Any,
) -> Dossier:
    """Freezes the figures of a closed year, from the headcount of each day as it is known now and the set of the contract.

    `montant` and its reason only where the caisse arbitrates (FIN-8); `motif_version` for a year that has a statement already.

    Raises ErreurMetier on the field; Conflit when nothing changed or when the former statement was acted upon.
    """  # fmt: skip
    dossier = cycle.ouvrir(numero, acteur, maintenant)
    exiger_caisse(dossier, acteur)
    periode = annee_close(dossier, annee, maintenant)
    lus = faits_annee(dossier, periode, connu_le=maintenant)
    figures = calculer(lus)
    maximum = dates.parametres(periode.contrat).dotation_maximum
    if figures.a_arbitrer:
        lus = replace(lus, arbitre=_arbitre(montant, motif_montant, maximum), motif=motif_montant.strip())
        figures = calculer(lus)
    elif montant is not None or motif_montant.strip():
        raise _refus("montant", "Le montant de cette année vient des règles\u00a0: laissez ce champ vide.")
    precedent = argent(dossier).decomptes.get(annee)
    gele, chiffres = faits(lus), resultat(figures)
    motif_version = _reprendre(dossier, precedent, gele, motif_version)
    decompte = DotationAnnuelle.objects.create(
        dossier=dossier,
        contrat=periode.contrat,
        annee=annee,
        version=precedent.version + 1 if precedent else 1,
        debut=periode.debut,
        fin=periode.fin,
        effectif_moyen=Decimal(chiffres["effectif_moyen"]),
        montant=Decimal(chiffres["du"]),
        avance=lus.avance,
        ecart=Decimal(chiffres["ecart"]),
        est_arbitre=figures.a_arbitrer,
        faits=gele,
        resultat=chiffres,
        empreinte=empreinte(gele, chiffres),
        motif_version=motif_version,
        etablie_le=maintenant,
        etablie_par_id=acteur.utilisateur_id,
    )
    oublier(dossier)
    _trop_percu(dossier, decompte, maintenant)
    _annoncer(dossier, decompte, acteur, maintenant)
    return dossier


def exiger_caisse(dossier: Dossier, acteur: Acteur) -> None:
    if acteur.role not in CAISSE or partie_de(dossier, acteur.organisation_id) != "caisse":
        raise Interdit("partie", "La dotation d’une année est l’affaire de la caisse de rattachement.")


def annee_close(dossier: Dossier, annee: int, maintenant: datetime) -> AnneeContrat:
    """The year, once it is over. Raises ErreurMetier on the field `annee`."""
    jour = jour_local(maintenant, dossier.fuseau)
    periode = next((a for a in annees(dossier, jour) if a.annee == annee), None)
    if periode is None:
        raise _refus("annee", f"Le contrat de dotation n’a pas d’année {annee} commencée.")
    if jour <= periode.fin:
        raise _refus(
            "annee", f"L’année {annee} n’est pas finie\u00a0: revenez à partir du {date_fr(periode.suivante)}."
        )  # fmt: skip
    return periode


def _arbitre(montant: Decimal | None, motif: str, maximum: Decimal) -> Decimal:
    """FIN-8: the caisse's amount, zero included, and its reason."""
    erreurs = {}
    if montant is None:
        erreurs["montant"] = "Moins de dix médecins\u00a0: saisissez le montant arrêté par la caisse."
    elif montant < 0:
        erreurs["montant"] = "Le montant ne peut pas être négatif."
    elif montant != montant.quantize(CENT):
        erreurs["montant"] = "Le montant a au plus deux décimales."
    elif montant > maximum:
        erreurs["montant"] = f"Le montant dépasse le plafond de {euros(maximum)}."
    if not motif.strip():
        erreurs["motif_montant"] = "Indiquez le motif de ce montant."
    if montant is None or erreurs:
        raise ErreurMetier("a_arbitrer", "Moins de dix médecins\u00a0: la caisse arrête le montant, et dit pourquoi (règle FIN-8).", erreurs)  # fmt: skip
    return montant.quantize(CENT)


def _reprendre(dossier: Dossier, precedent: DotationAnnuelle | None, gele: dict[str, Any], motif: str) -> str:
    """A year that has a statement: another version says why, changes something, and comes before any payment of the difference."""
    if precedent is None:
        return ""
    if precedent.faits == gele:
        raise Conflit("decompte", "Le décompte de cette année est déjà établi, sur les mêmes faits.")
    if regle := argent(dossier).versement("regularisation", precedent.annee):
        raise Conflit(
            "decompte", f"La régularisation {regle.numero} s’appuie sur ce décompte\u00a0: il ne change plus."
        )
    if appui := next((r for r in argent(dossier).recuperations if _s_appuie(r, dossier, precedent.annee)), None):
        raise Conflit(
            "decompte",
            f"La récupération {appui.numero} s’appuie sur ce décompte\u00a0: il ne change plus. {_SORTIES.get(appui.statut, '')}".strip(),
        )
    if not motif.strip():
        raise _refus("motif_version", "Un décompte existe déjà\u00a0: indiquez ce qui change.")
    return motif.strip()


# What remains possible when the headcount was wrong, by the step of the recovery.
_SORTIES = {
    Etat.CONTRADICTOIRE: "Pour le corriger, abandonnez d’abord la récupération.",
    Etat.A_REMBOURSER: "Si la somme est trop forte, accordez une remise du reste.",
    Etat.SOLDEE: "Ce qui a été remboursé ne se corrige plus dans le portail.",
}


def _s_appuie(r: Recuperation, dossier: Dossier, annee: int) -> bool:
    """A recovery of what the statement of this year says paid in excess, heard, owed or settled; one that was abandoned frees it."""
    if r.origine != Recuperation.Origine.REGULARISATION or (r.statut == Etat.SANS_SUITE and r.decidee_le is None):
        return False
    verses = {v.pk for v in argent(dossier).versements if v.nature in Versement.DE_LA_DOTATION and v.annee == annee}
    return bool(verses & set(r.versements))


def _trop_percu(dossier: Dossier, d: DotationAnnuelle, maintenant: datetime) -> None:
    """What was paid in excess opens a task, never an order (REC-1): the recovery is opened, and heard, by a person."""
    prefixe = f"{Tache.Type.OUVRIR_RECUPERATION}:regularisation:{d.annee}:"
    Tache.objects.filter(dossier=dossier, cle__startswith=prefixe, faite_le=None).update(
        faite_le=maintenant, commentaire=f"Décompte remplacé par sa version {d.version}."
    )
    if d.ecart < 0:
        Tache.objects.create(
            dossier=dossier,
            type=Tache.Type.OUVRIR_RECUPERATION,
            cle=f"{prefixe}{d.version}",
            qui="caisse",
            ouverte_le=maintenant,
            **Tache.colonnes(dossier),
        )


def _refus(champ: str, phrase: str) -> ErreurMetier:
    return ErreurMetier(champ, phrase, {champ: phrase})


def _annoncer(dossier: Dossier, d: DotationAnnuelle, acteur: Acteur, maintenant: datetime) -> None:
    phrases = [
        f"La dotation de l’année {d.annee} est arrêtée à {euros(d.montant, True)} par {acteur.organisation_nom}."
    ]
    if d.ecart > 0:
        phrases.append(f"{euros(d.ecart, True)} restent à vous verser\u00a0: la caisse propose ce versement.")
    elif d.ecart < 0:
        phrases.append(f"{euros(-d.ecart, True)} ont été versés en trop. Rien n’est à payer à ce stade\u00a0: la caisse vous écrira.")  # fmt: skip
    consigner(
        type="etablir_decompte",
        acteur=acteur,
        maintenant=maintenant,
        dossier=dossier,
        donnees={
            "decompte": d.pk,
            "annee": d.annee,
            "version": d.version,
            "montant": d.montant,
            "avance": d.avance,
            "ecart": d.ecart,
            "empreinte": d.empreinte,
            "motif_montant": d.motif_montant,
            "motif_version": d.motif_version,
        },
        effets=avertir(
            dossier,
            f"etablir_decompte:{d.pk}",
            f"Décompte de la dotation, année {d.annee}",
            *phrases,
            organisations=(dossier.equipe_id, dossier.ars_id),
            chemin=page_dotation(dossier),
        ),
    )
