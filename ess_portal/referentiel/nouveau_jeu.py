"""Creating a set of parameters. A set that exists is never edited: objects are pinned to it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.conf import settings
from django.db import IntegrityError, connection, transaction
from django.db.models import Max, Q
from django.utils.module_loading import import_string

from ess_portal.comptes.acteur import Acteur
from ess_portal.comptes.models import Organisation
from ess_portal.comptes.roles import Role
from ess_portal.comptes.trace import consigner
from ess_portal.socle.erreurs import Conflit, ErreurMetier, Interdit

from .models import JeuParametres
from .regles.parametres import Parametres, ParametresInvalides
from .regles.provenance import JeuLu
from .services import jeux_du_jour


def peut_creer(acteur: Acteur | None, region: str | None) -> bool:
    """National sets are the national administration's; a region's overrides, its own administrator's."""
    if acteur is None:
        return False
    if region is None:
        return acteur.role == Role.ADMIN_NATIONAL
    return acteur.role == Role.ADMIN_REGIONAL and acteur.region == region


def dernier_jeu(region: str | None) -> int:
    """The last set written that a set of this scope meets: what a preview was made on. 0 before the first one."""
    jeux = JeuParametres.objects.all()
    if region:
        jeux = jeux.filter(Q(region__isnull=True) | Q(region_id=region))
    return jeux.aggregate(dernier=Max("pk"))["dernier"] or 0


def verifier_jeu(*, region: str | None, valide_du: date, valeurs: Mapping[str, Any], source: str) -> None:
    """Raises ErreurMetier, with one sentence per field, when these values cannot be a set."""
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
    if JeuParametres.objects.filter(region_id=region, valide_du=valide_du).exists():
        raise _existe()


def apercu_jeu(
    *,
    region: str | None,
    valide_du: date,
    valeurs: Mapping[str, Any],
    acteur: Acteur,
    maintenant: datetime,
    restes: bool = False,
    page: int = 1,
) -> Any:
    """Which dossiers a set would change and how, told by the app that knows them (`settings.APERCU_JEU`). Writes nothing."""
    propose = JeuLu(valide_du, None, region, valeurs)
    return import_string(settings.APERCU_JEU)(
        region=region, propose=propose, acteur=acteur, maintenant=maintenant, restes=restes, page=page
    )


@transaction.atomic
def creer_jeu(
    *,
    region: str | None,
    valide_du: date,
    valeurs: Mapping[str, Any],
    source: str,
    motif: str,
    vu: int,
    acteur: Acteur,
    maintenant: datetime,
) -> JeuParametres:
    """Activates a dated set: the whole for the country, what differs for a region. Two sets never start the same day.

    `motif`: why, written. `vu`: `dernier_jeu` when the preview was read; a set written since makes it stale (Conflit `jeu_depasse`).
    """
    if not peut_creer(acteur, region):
        raise Interdit
    if not motif.strip():
        raise ErreurMetier("motif", "Le motif est obligatoire.", {"motif": "Écrivez pourquoi ce jeu est activé."})
    with connection.cursor() as curseur:
        curseur.execute("SELECT pg_advisory_xact_lock(hashtextextended('jeux de paramètres', 0))")
    if dernier_jeu(region) != vu:
        raise Conflit(
            "jeu_depasse",
            "Un autre jeu a été activé depuis votre aperçu\u00a0: relisez l’aperçu mis à jour avant d’activer le vôtre.",
        )
    verifier_jeu(region=region, valide_du=valide_du, valeurs=valeurs, source=source)
    try:
        with transaction.atomic():
            jeu = JeuParametres.objects.create(
                region_id=region,
                valide_du=valide_du,
                valeurs=dict(valeurs),
                source=source.strip(),
                motif=motif.strip(),
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
        donnees={"jeu": jeu.pk, "region": region, "valide_du": valide_du, "source": jeu.source, "motif": jeu.motif},
    )
    return jeu


def _national(jour: date) -> dict[str, Any]:
    """The values that a region's overrides complete: those of the national set in force on their first day."""
    return dict(jeux_du_jour("", jour)[0].valeurs)


def _existe() -> Conflit:
    phrase = "Un jeu de paramètres commence déjà ce jour-là\u00a0: choisissez un autre jour."
    return Conflit("jeu_existant", phrase, {"valide_du": phrase})
