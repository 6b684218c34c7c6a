"""The caisse's check of a year gone by, as a dated act: it opens the next payment, or suspends it and says what to put in order (FIN-6)."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.db import transaction

from adhesions.effectifs import Comptage
from dossiers.models import Dossier, Tache
from dossiers.services import cycle
from ess_portal.comptes.acteur import Acteur
from ess_portal.journal.services import consigner
from ess_portal.socle.erreurs import ErreurMetier
from ess_portal.socle.horloge import jour_local
from ess_portal.socle.typographie import date_fr

from ..models import ControleAnnuel
from ..selectors import oublier
from . import dates
from .courriels import avertir, page_dotation
from .decomptes import annee_close, exiger_caisse


@transaction.atomic
def controler_annee(
    *,
    numero: str,
    annee: int,
    criteres: bool,
    composition: bool,
    acteur: Acteur,
    maintenant: datetime,
    fait_le: date | None = None,
    observations: str = "",
    **_: Any,
) -> Dossier:
    """Records the check of a closed year, on the day it was made. What does not conform says why; another check may follow.

    Raises ErreurMetier on the field: a year that runs, a day before the anniversary or to come, observations missing.
    """
    dossier = cycle.ouvrir(numero, acteur, maintenant)
    exiger_caisse(dossier, acteur)
    periode, jour = annee_close(dossier, annee, maintenant), jour_local(maintenant, dossier.fuseau)
    le, anniversaire = fait_le or jour, periode.suivante
    erreurs = {}
    if not anniversaire <= le <= jour:
        erreurs["fait_le"] = (
            f"Le contrôle se fait à partir du {date_fr(anniversaire)}, et ce jour ne peut pas être à venir."
        )
    conforme = criteres and composition
    if not conforme and not observations.strip():
        erreurs["observations"] = "Indiquez ce qui est à corriger\u00a0: l’équipe en est informée."
    if erreurs:
        raise ErreurMetier("controle", next(iter(erreurs.values())), erreurs)
    comptage = Comptage.du_dossier(dossier, anniversaire, reglages=dates.parametres(periode.contrat))
    controle = ControleAnnuel.objects.create(
        dossier=dossier,
        annee=annee,
        anniversaire=anniversaire,
        fait_le=le,
        effectif=comptage.effectif(anniversaire),
        sont_criteres_conformes=criteres,
        est_composition_conforme=composition,
        observations=observations.strip(),
        inscrit_le=maintenant,
        fait_par_id=acteur.utilisateur_id,
    )
    if conforme:
        _clore(dossier, controle, acteur, maintenant)
    oublier(dossier)
    _annoncer(dossier, controle, acteur, maintenant)
    return dossier


def _clore(dossier: Dossier, c: ControleAnnuel, acteur: Acteur, maintenant: datetime) -> None:
    """The task of this anniversary is done, whether time has opened it already or would tonight."""
    type_ = Tache.Type.CONTROLE_ANNUEL
    tache, _ = Tache.objects.get_or_create(
        dossier=dossier,
        cle=f"{type_}:dotation:{c.annee}:{c.anniversaire.isoformat()}",
        defaults={"type": type_, "qui": "caisse", "ouverte_le": maintenant, **Tache.colonnes(dossier)},
    )
    if tache.faite_le is None:
        tache.faite_le, tache.faite_par_id = maintenant, acteur.utilisateur_id
        tache.commentaire = f"Contrôle du {date_fr(c.fait_le)}\u00a0: conforme."
        tache.save(update_fields=("faite_le", "faite_par", "commentaire"))


def _annoncer(dossier: Dossier, c: ControleAnnuel, acteur: Acteur, maintenant: datetime) -> None:
    if c.est_conforme:
        phrases = [
            f"{acteur.organisation_nom} a contrôlé l’année {c.annee} du contrat de dotation\u00a0: rien n’est à corriger."
        ]
    else:
        phrases = [
            f"{acteur.organisation_nom} a contrôlé l’année {c.annee} du contrat de dotation. Le versement suivant est suspendu.",
            f"À corriger\u00a0: {c.observations}",
        ]
    consigner(
        type="controler_annee",
        acteur=acteur,
        maintenant=maintenant,
        dossier=dossier,
        donnees={
            "controle": c.pk,
            "annee": c.annee,
            "anniversaire": c.anniversaire,
            "fait_le": c.fait_le,
            "effectif": c.effectif,
            "criteres": c.sont_criteres_conformes,
            "composition": c.est_composition_conforme,
            "observations": c.observations,
        },
        effets=avertir(
            dossier,
            f"controler_annee:{c.pk}",
            f"Contrôle de l’année {c.annee}",
            *phrases,
            organisations=(dossier.equipe_id, dossier.ars_id),
            chemin=page_dotation(dossier),
        ),
    )
