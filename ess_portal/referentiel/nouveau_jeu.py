"""Creating a set of parameters. A set that exists is never edited: objects are pinned to it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.db import IntegrityError, transaction

from ess_portal.comptes.acteur import Acteur
from ess_portal.comptes.models import Organisation
from ess_portal.comptes.roles import Role
from ess_portal.comptes.trace import consigner
from ess_portal.socle.erreurs import Conflit, ErreurMetier, Interdit

from .models import JeuParametres
from .regles.parametres import Parametres, ParametresInvalides
from .services import jeux_du_jour


def peut_creer(acteur: Acteur | None, region: str | None) -> bool:
    """National sets are the national administration's; a region's overrides, its own administrator's."""
    if acteur is None:
        return False
    if region is None:
        return acteur.role == Role.ADMIN_NATIONAL
    return acteur.role == Role.ADMIN_REGIONAL and acteur.region == region


@transaction.atomic
def creer_jeu(
    *,
    region: str | None,
    valide_du: date,
    valeurs: Mapping[str, Any],
    source: str,
    acteur: Acteur,
    maintenant: datetime,
) -> JeuParametres:
    """Writes a dated set: the whole for the country, what differs for a region. Two sets never start the same day."""
    if not peut_creer(acteur, region):
        raise Interdit
    if not source.strip():
        raise ErreurMetier("source", "La source est obligatoire.", {"source": "Citez le texte qui fonde ces valeurs."})
    if not valeurs:
        raise ErreurMetier("sans_difference", "Aucune valeur ne change.", {"valide_du": "Changez au moins une valeur."})
    try:
        entier = Parametres.depuis(_national(valide_du) | valeurs if region else valeurs)
        if entier.incoherences():
            raise ParametresInvalides(entier.incoherences())
    except ParametresInvalides as refus:
        raise ErreurMetier("parametres", "Certaines valeurs ne sont pas admises.", refus.erreurs) from refus
    try:
        with transaction.atomic():
            jeu = JeuParametres.objects.create(
                region_id=region,
                valide_du=valide_du,
                valeurs=dict(valeurs),
                source=source.strip(),
                auteur_id=acteur.utilisateur_id,
                cree_le=maintenant,
            )
    except IntegrityError as refus:
        raise Conflit(
            "jeu_existant", "Un jeu de paramètres commence déjà ce jour-là : choisissez un autre jour."
        ) from refus
    consigner(
        type="jeu_parametres",
        acteur=acteur,
        maintenant=maintenant,
        organisation=Organisation.objects.get(pk=acteur.organisation_id),
        donnees={"jeu": jeu.pk, "region": region, "valide_du": valide_du, "source": jeu.source},
    )
    return jeu


def _national(jour: date) -> dict[str, Any]:
    """The values that a region's overrides complete: those of the national set in force on their first day."""
    return dict(jeux_du_jour("", jour)[0].valeurs)
