"""Series of contracts: asked for once, done row by row by the outbox. A worker that dies leaves a row undone, never done twice."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet

from dossiers.actions import preparer
from dossiers.models import Dossier
from dossiers.regles.delais import ajouter
from dossiers.regles.statuts import Statut
from ess_portal.comptes.acteur import Acteur
from ess_portal.comptes.locataire import comme_portail, contexte
from ess_portal.comptes.models import Rattachement
from ess_portal.comptes.roles import ARS, CAISSE
from ess_portal.journal.services import Effet, consigner
from ess_portal.referentiel import services as referentiel
from ess_portal.referentiel.regles.delai import Delai
from ess_portal.socle import horloge
from ess_portal.socle.erreurs import Conflit, ErreurMetier, Interdit, Introuvable
from ess_portal.socle.horloge import jour_local

from ..models import Contrat, LigneSerie, Serie
from ..selectors import argent, consolide
from ..selectors.series import a_reprendre
from . import avenants
from .proposition import TYPES_PAR_REGIME

MAXIMUM = 500
ACTES = {
    Serie.Genre.AMORCAGE: "proposer_contrat_amorcage",
    Serie.Genre.DOTATION: "proposer_contrat_dotation",
    Serie.Genre.AVENANT: "proposer_avenant",
}
AVEC_CREDIT = (
    Statut.LETTRE_VALIDEE,
    Statut.PROJET_DEPOSE,
    Statut.PROJET_INCOMPLET,
    Statut.PROJET_REFUSE,
    Statut.PROJET_VALIDE,
    Statut.FINESS_ATTRIBUE,
)
SIGNABLES = (*(s for s in AVEC_CREDIT if s is not Statut.LETTRE_VALIDEE), Statut.AMORCAGE_SIGNE, Statut.DOTATION_ACTIVE)


def possibles(genre: str, acteur: Acteur, maintenant: datetime) -> QuerySet[Dossier]:
    """The dossiers of one's own organisation that may be proposed such a contract today, none being in signature; by number."""
    siens = (
        Dossier.objects.pour(acteur)
        .au(maintenant)
        .filter(Q(ars=acteur.organisation_id) | Q(caisse=acteur.organisation_id))
    )
    contrats = Contrat.objects.filter(dossier=OuterRef("pk"))
    signes = contrats.filter(statut=Contrat.Statut.SIGNE)
    libres = siens.filter(~Exists(contrats.filter(statut=Contrat.Statut.PROPOSE))).order_by("numero")
    if genre == Serie.Genre.AMORCAGE:
        return libres.filter(
            ~Exists(signes.filter(type__in=Contrat.CREDITS)), statut_effectif__in=AVEC_CREDIT, regime__in=list(TYPES_PAR_REGIME)
        )  # fmt: skip
    if genre == Serie.Genre.DOTATION:
        # A dotation is proposed again in its last months: from the first alert of its term (DUR-1).
        jour = jour_local(maintenant, "Europe/Paris")
        alertes = referentiel.parametres_du_jour(acteur.region, jour).alertes_fin_contrat
        limite = ajouter(jour, Delai(mois=max(alertes, default=0)))
        dotations = signes.filter(type=Contrat.Type.DOTATION)
        a_renouveler = Exists(dotations) & ~Exists(dotations.filter(date_fin__gt=limite))
        return libres.filter(
            Q(statut_effectif=Statut.FINESS_ATTRIBUE) | (Q(statut_effectif=Statut.DOTATION_ACTIVE) & a_renouveler)
        )
    modifiables = signes.exclude(type=Contrat.Type.AVENANT).filter(origine=Contrat.Origine.PORTAIL)
    return libres.filter(Exists(modifiables), statut_effectif__in=SIGNABLES)


@transaction.atomic
def lancer(
    *,
    genre: str,
    dossiers: Sequence[str],
    cle: uuid.UUID,
    acteur: Acteur,
    maintenant: datetime,
    objet_version: str = "",
    date_effet: date | None = None,
) -> Serie:
    """A series over dossiers, by their numbers. The same `cle` gives the series already asked for.

    Raises Interdit, ErreurMetier on the fields, Conflit naming the dossiers that cannot be in it any more.
    """
    if acteur.role not in ARS | CAISSE:
        raise Interdit
    deja = Serie.objects.pour(acteur).filter(cle=cle).first()
    if deja is not None:
        return deja
    numeros = list(dict.fromkeys(dossiers))
    erreurs = {}
    if not numeros:
        erreurs["dossiers"] = "Choisissez au moins un dossier."
    elif len(numeros) > MAXIMUM:
        erreurs["dossiers"] = f"Une série compte {MAXIMUM} dossiers au plus\u00a0: faites-en plusieurs."
    if genre == Serie.Genre.AVENANT and not objet_version.strip():
        erreurs["objet_version"] = "Dites en une phrase l’objet des avenants."
    if genre == Serie.Genre.AVENANT and date_effet is None:
        erreurs["date_effet"] = "Indiquez le jour de la prise d’effet."
    elif genre == Serie.Genre.AVENANT and date_effet < jour_local(maintenant, "Europe/Paris"):
        erreurs["date_effet"] = "Choisissez aujourd’hui ou un jour suivant\u00a0: un avenant ne vaut pas pour le passé."
    if erreurs:
        raise ErreurMetier("serie", "Certaines informations sont à corriger.", erreurs)
    pris = {d.numero: d for d in possibles(genre, acteur, maintenant).filter(numero__in=numeros)}
    if absents := [n for n in numeros if n not in pris]:
        suite = " et d’autres" if len(absents) > 5 else ""
        raise Conflit(
            "serie", f"{', '.join(absents[:5])}{suite}\u00a0: plus rien à proposer sur ce dossier. Rechargez la page."
        )
    donnees = {"objet_version": objet_version.strip(), "date_effet": date_effet.isoformat()} if genre == Serie.Genre.AVENANT and date_effet else {}  # fmt: skip
    serie, est_neuve = Serie.objects.get_or_create(
        organisation_id=acteur.organisation_id,
        cle=cle,
        defaults={"genre": genre, "donnees": donnees, "creee_par_id": acteur.utilisateur_id, "creee_le": maintenant},
    )
    if not est_neuve:
        return serie
    lignes = LigneSerie.objects.bulk_create(
        LigneSerie(serie=serie, organisation_id=serie.organisation_id, rang=rang, dossier=pris[numero])
        for rang, numero in enumerate(numeros, 1)
    )
    consigner(
        type="serie_lancee",
        acteur=acteur,
        maintenant=maintenant,
        donnees={"serie": serie.pk, "genre": genre, "dossiers": numeros, **donnees},
        effets=[Effet(type="serie", cle=x.cle, charge={"ligne": x.pk}) for x in lignes],
    )
    return serie


@transaction.atomic
def reprendre(*, pk: int, acteur: Acteur, maintenant: datetime) -> int:
    """Asks again for the rows that were refused, or stopped by a fault; how many. Their reasons are kept in the journal.

    Raises Interdit, Introuvable for another organisation's series, Conflit when no row is to be done again.
    """
    if acteur.role not in ARS | CAISSE:
        raise Interdit
    serie = Serie.objects.pour(acteur).filter(pk=pk).first()
    if serie is None:
        raise Introuvable
    lignes = a_reprendre(serie.lignes.select_for_update(of=("self",)).select_related("dossier"))
    if not lignes:
        raise Conflit("serie", "Aucun dossier de cette série n’est à reprendre.")
    motifs = {x.dossier.numero: x.motif for x in lignes}
    for x in lignes:
        x.etat, x.motif, x.faite_le = LigneSerie.Etat.A_FAIRE, "", None
        x.essai, x.reprise_par_id = x.essai + 1, acteur.utilisateur_id
    LigneSerie.objects.bulk_update(lignes, ("etat", "motif", "faite_le", "essai", "reprise_par"))
    consigner(
        type="serie_reprise",
        acteur=acteur,
        maintenant=maintenant,
        donnees={"serie": serie.pk, "dossiers": motifs},
        effets=[Effet(type="serie", cle=x.cle, charge={"ligne": x.pk}) for x in lignes],
    )
    return len(lignes)


def executer(charge: Mapping[str, Any], cle: str) -> str:
    """The outbox's handler: one row, in one transaction with its result. Replayed, it finds the row done."""
    with comme_portail():
        ligne = LigneSerie.objects.select_for_update(of=("self",)).get(pk=charge["ligne"])
        if ligne.etat != LigneSerie.Etat.A_FAIRE:
            return ligne.get_etat_display()
        maintenant = horloge.maintenant()
        serie = Serie.objects.get(pk=ligne.serie_id)
        numero = Dossier.objects.values_list("numero", flat=True).get(pk=ligne.dossier_id)
        try:
            # Its own savepoint: a refusal leaves nothing but its reason.
            with transaction.atomic():
                ligne.contrat = _proposer(serie, ligne.reprise_par_id or serie.creee_par_id, numero, maintenant)
            ligne.etat = LigneSerie.Etat.PROPOSEE
        except ErreurMetier as refus:
            ligne.etat, ligne.motif = LigneSerie.Etat.REFUSEE, _phrases(refus)
        ligne.faite_le = maintenant
        ligne.save(update_fields=("etat", "contrat", "motif", "faite_le"))
    return ligne.get_etat_display()


def _proposer(serie: Serie, utilisateur_id: int, numero: str, maintenant: datetime) -> Contrat:
    acteur = _acteur(serie, utilisateur_id)
    with contexte(acteur):
        # Held first: of two series over one dossier, the second finds the contract of the first, and leaves it in signature.
        Dossier.objects.pour(acteur).verrouille(numero)
        action, dossier = preparer(ACTES[Serie.Genre(serie.genre)], numero=numero, acteur=acteur, maintenant=maintenant)
        if argent(dossier).propose is not None:
            raise Conflit("contrat_en_signature", "Un contrat est déjà en signature sur ce dossier.")
        action.service(numero=numero, acteur=acteur, maintenant=maintenant, **_donnees(serie, dossier, maintenant))
        return Contrat.objects.get(dossier=dossier, statut=Contrat.Statut.PROPOSE)


def _donnees(serie: Serie, dossier: Dossier, maintenant: datetime) -> dict[str, Any]:
    """What the act takes; an avenant of a series takes all that the clauses in force change."""
    if serie.genre != Serie.Genre.AVENANT:
        return {}
    contrat = consolide.modifiable(dossier, jour_local(maintenant, dossier.fuseau))
    changes = avenants.possibles(dossier, contrat, maintenant)[0] if contrat else ()
    if not changes:
        raise ErreurMetier("avenant", "Les clauses en vigueur ne changent rien à ce contrat.")
    # Asked for before, done after: the day it says may not be past.
    effet = max(date.fromisoformat(serie.donnees["date_effet"]), jour_local(maintenant, dossier.fuseau))
    return {
        "objet_version": serie.donnees["objet_version"],
        "date_effet": effet,
        "articles": [c.code for c in changes],
        "repond_a_la_demande": False,
    }


def _acteur(serie: Serie, utilisateur_id: int) -> Acteur:
    """Who asked, as he stands now: his right is judged when the row is done. Raises Interdit once he has left."""
    lien = (
        Rattachement.objects.actifs()
        .filter(utilisateur=utilisateur_id, organisation=serie.organisation_id)
        .select_related("utilisateur", "organisation")
        .first()
    )
    if lien is None:
        raise Interdit("rattachement", "La personne qui a lancé la série n’appartient plus à l’organisation.")
    return lien.acteur(serie.organisation_id)


def _phrases(refus: ErreurMetier) -> str:
    """What to correct, in sentences, each once."""
    champs = [p for v in refus.champs.values() for p in ([v] if isinstance(v, str) else v)]
    return " ".join(dict.fromkeys(champs or [refus.message]))
