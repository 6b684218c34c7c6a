"""Views of a list kept under a name, shared or not; the columns and the default that a person chooses."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from ess_portal.comptes.acteur import Acteur
from ess_portal.comptes.models import Rattachement
from ess_portal.journal.services import consigner
from ess_portal.socle.erreurs import ErreurMetier, Introuvable

from .. import colonnes as choix
from ..filtres import Champs, en_champs, lire
from ..models import VueListe
from ..vues import LISTE

MAXIMUM = 30
NOM_MAX = 60


@transaction.atomic
def enregistrer_vue(
    *,
    nom: str,
    champs: Champs,
    colonnes: Sequence[str],
    partagee: bool,
    par_defaut: bool,
    acteur: Acteur,
    maintenant: datetime,
) -> VueListe:
    """Keeps these filters and columns under a name; the same name again replaces one's own view.

    Raises ErreurMetier for a name that is missing or too long, a filter or a column that means nothing, too many views.
    """
    nom = " ".join(nom.split())
    if not nom or len(nom) > NOM_MAX or not nom.isprintable():
        texte = f"Donnez un nom à cette vue, de {NOM_MAX} caractères au plus."
        raise ErreurMetier("nom", texte, {"nom": texte})
    f, refus = lire(champs, acteur)
    if refus:
        raise ErreurMetier("filtre", f"{refus[0]} La vue n’est pas enregistrée.")
    siennes = VueListe.objects.pour(acteur).filter(utilisateur_id=acteur.utilisateur_id, liste=LISTE)
    if siennes.exclude(nom=nom).count() >= MAXIMUM:
        texte = f"Vous avez déjà {MAXIMUM} vues\u00a0: supprimez-en une d’abord."
        raise ErreurMetier("vues", texte, {"nom": texte})
    vue, _ = VueListe.objects.update_or_create(
        utilisateur_id=acteur.utilisateur_id,
        organisation_id=acteur.organisation_id,
        liste=LISTE,
        nom=nom,
        defaults={
            "filtres": en_champs(f),
            "colonnes": choix.verifier(colonnes),
            "est_partagee": partagee,
            "enregistree_le": maintenant,
        },
    )
    if partagee:
        consigner(
            type="vue_partagee",
            acteur=acteur,
            maintenant=maintenant,
            donnees={"vue": vue.pk, "nom": nom, "filtres": vue.filtres},
        )
    if par_defaut:
        _regler(acteur, vue=vue.pk)
    return vue


@transaction.atomic
def supprimer_vue(*, vue_id: int, acteur: Acteur) -> None:
    """One's own only: a colleague's and an unknown one are the same Introuvable."""
    supprimees, _ = VueListe.objects.pour(acteur).filter(pk=vue_id, utilisateur_id=acteur.utilisateur_id).delete()
    if not supprimees:
        raise Introuvable


@transaction.atomic
def ouvrir_avec(*, vue_id: int | None, acteur: Acteur) -> None:
    """The view that the list opens with; None for none. Raises Introuvable for one that this person may not read."""
    vue = VueListe.objects.pour(acteur).filter(pk=vue_id, liste=LISTE).first() if vue_id else None
    if vue_id and vue is None:
        raise Introuvable
    _regler(acteur, vue=vue.pk if vue else None)


@transaction.atomic
def choisir_colonnes(*, colonnes: Sequence[str], acteur: Acteur) -> None:
    """The columns of one's own list. Raises ErreurMetier for one that does not exist."""
    _regler(acteur, colonnes=choix.verifier(colonnes))


def _regler(acteur: Acteur, **choix_: object) -> None:
    """Kept on the person's own access to the organisation: read with his rights at each page, and gone with them."""
    lien = (
        Rattachement.objects.actifs()
        .select_for_update(of=("self",))
        .get(utilisateur=acteur.utilisateur_id, organisation=acteur.organisation_id)
    )
    lien.listes = {**lien.listes, LISTE: {**lien.listes.get(LISTE, {}), **choix_}}
    lien.save(update_fields=("listes",))
