"""What an ESS received before the convention (§6): recorded by the ARS, read by the contract and by the day of effect."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import transaction

from dossiers.models import Dossier
from dossiers.services import cycle, echeances
from dossiers.services.instants import instant
from ess_portal.comptes.acteur import Acteur
from ess_portal.comptes.roles import ARS
from ess_portal.journal.services import consigner
from ess_portal.referentiel.regles.coherence import jour_du_calendrier
from ess_portal.referentiel.services import parametres_du_jour
from ess_portal.socle.erreurs import ErreurMetier, Interdit
from ess_portal.socle.horloge import jour_local
from ess_portal.socle.typographie import date_fr

from ..livre import actes as livre
from ..models import FinancementArs
from ..models.contrat import partie_de
from ..selectors import oublier


@transaction.atomic
def declarer_financement_ars(
    *,
    numero: str,
    source: str,
    acteur: Acteur,
    maintenant: datetime,
    montant: Decimal | None = None,
    date_debut: date | None = None,
    date_fin: date | None = None,
    engagement_le: date | None = None,
    **_: Any,
) -> Dossier:
    """Records the ARS's former funding and the équipe's written commitment; the échéances that start from it follow."""  # fmt: skip
    dossier = cycle.ouvrir(numero, acteur, maintenant)
    if acteur.role not in ARS or partie_de(dossier, acteur.organisation_id) != "ars":
        raise Interdit("partie", "L’ARS compétente enregistre son propre financement.")
    if date_debut and date_fin and date_fin < date_debut:
        raise ErreurMetier("dates", "La fin du financement suit son début.", {"date_fin": "La fin suit le début."})
    valeurs = {
        "montant": montant,
        "date_debut": date_debut,
        "date_fin": date_fin,
        "engagement_le": engagement_le,
        "source": source.strip(),
    }
    inscrire(dossier, enregistre_le=maintenant, acteur=acteur, **valeurs)
    consigner(type="declarer_financement_ars", acteur=acteur, maintenant=maintenant, dossier=dossier, donnees=valeurs)
    echeances.recalculer(dossier, maintenant=maintenant)
    return dossier


@transaction.atomic
def noter_rencontre(
    *,
    numero: str,
    jour: date,
    objet: str,
    participants: str,
    acteur: Acteur,
    maintenant: datetime,
    suites: str = "",
    **_: Any,
) -> Dossier:
    """A meeting between the équipe, the ARS and the caisse, written in the journal at its own day (TRA-8). Raises ErreurMetier for one to come."""
    dossier = cycle.ouvrir(numero, acteur, maintenant)
    if not partie_de(dossier, acteur.organisation_id):
        raise Interdit("partie", "L’équipe, l’ARS et la caisse notent leurs rencontres.")
    if jour > jour_local(maintenant, dossier.fuseau):
        phrase = "Cette rencontre n’a pas encore eu lieu."
        raise ErreurMetier("dates", phrase, {"jour": phrase})
    consigner(
        type="noter_rencontre",
        acteur=acteur,
        maintenant=maintenant,
        dossier=dossier,
        legal_le=instant(jour, dossier.fuseau),
        donnees={"jour": jour, "objet": objet.strip(), "participants": participants.strip(), "suites": suites.strip()},
    )
    return dossier


def inscrire(dossier: Dossier, *, acteur: Acteur, enregistre_le: datetime, **valeurs: Any) -> FinancementArs:
    """The row itself, and what it says in the ledger: one per dossier, the last declaration counts. Raises ErreurMetier for a
    commitment after the transitional calendar.
    """
    if (engagement := valeurs["engagement_le"]) is not None:
        dernier = jour_du_calendrier(parametres_du_jour(dossier.region, engagement).calendrier_transitoire)
        if dernier is not None and engagement > dernier:
            phrase = f"Le calendrier transitoire a pris fin le {date_fr(dernier)}\u00a0: cet engagement vient après."
            raise ErreurMetier("calendrier", phrase, {"engagement_le": phrase})
    valeurs |= {"enregistre_le": enregistre_le, "enregistre_par_id": acteur.utilisateur_id}
    ligne, _cree = FinancementArs.objects.update_or_create(dossier=dossier, defaults=valeurs)
    jour = jour_local(enregistre_le, dossier.fuseau)
    livre.constater_ars(ligne, dossier, acteur=acteur, maintenant=enregistre_le, jour=jour)
    oublier(dossier)
    return ligne
