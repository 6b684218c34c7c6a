"""The service's address, printed on what it issues (AR-1); an équipe's name too."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from ..acteur import Acteur
from ..models import Organisation
from ..roles import TypeOrganisation
from ..trace import consigner
from .acces import verrouiller


@transaction.atomic
def modifier_coordonnees(
    *,
    organisation_id: int,
    courriel: str,
    telephone: str,
    adresse: str,
    acteur: Acteur,
    maintenant: datetime,
    nom: str = "",
) -> Organisation:
    """Writes them, with the former ones in the event. The name of an ARS, a caisse or an administration is reference data."""
    organisation, acteur = verrouiller(organisation_id, acteur)
    organisation.refresh_from_db()
    nouveau = {"courriel": courriel.strip(), "telephone": telephone.strip(), "adresse": adresse.strip()}
    if organisation.type == TypeOrganisation.EQUIPE and nom.strip():
        nouveau["nom"] = nom.strip()
    avant = {champ: getattr(organisation, champ) for champ in nouveau}
    if avant == nouveau:
        return organisation
    for champ, valeur in nouveau.items():
        setattr(organisation, champ, valeur)
    organisation.save(update_fields=list(nouveau))
    consigner(
        type="coordonnees",
        acteur=acteur,
        maintenant=maintenant,
        organisation=organisation,
        donnees={"avant": avant, "apres": nouveau},
    )
    return organisation
