"""The dated versions of how the mission works (MIS-1, MIS-3): contact point, target delays, objectives."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.db import transaction

from ess_portal.comptes.acteur import Acteur
from ess_portal.journal.services import consigner
from ess_portal.socle.erreurs import ErreurMetier
from ess_portal.socle.horloge import jour_local

from ..models import Dossier, FicheMission
from ..regles.mission import manques_fiche
from . import cycle

TEXTES = ("contact_nom", "telephone", "courriel", "horaires", "adaptation")


@transaction.atomic
def actualiser_mission(
    *,
    numero: str,
    valide_du: date,
    delais: Mapping[str, int | None],
    objectifs: Mapping[str, str],
    acteur: Acteur,
    maintenant: datetime,
    **textes: Any,
) -> Dossier:
    """A new version, from a day on; the former ones stay."""
    dossier = cycle.ouvrir(numero, acteur, maintenant)
    jour = jour_local(maintenant, dossier.fuseau)
    erreurs = manques_fiche(valide_du=valide_du, jour=jour, delais=delais, objectifs=objectifs)
    if erreurs:
        raise ErreurMetier("mission", "Certaines informations sont à corriger.", erreurs)
    fiche = FicheMission.objects.create(
        dossier=dossier,
        valide_du=valide_du,
        delais={v: n for v, n in delais.items() if n is not None},
        objectifs={c: t.strip() for c, t in objectifs.items()},
        saisie_le=maintenant,
        saisie_par_id=acteur.utilisateur_id,
        **{nom: textes.get(nom, "").strip() for nom in TEXTES},
    )
    consigner(
        type="actualiser_mission",
        acteur=acteur,
        maintenant=maintenant,
        dossier=dossier,
        donnees={
            "fiche": fiche.pk,
            "valide_du": valide_du,
            "delais": fiche.delais,
            "objectifs": sorted(fiche.objectifs),
        },
    )
    return dossier


def en_vigueur(fiches: list[FicheMission], jour: date) -> FicheMission | None:
    """The last version that had begun on that day."""
    return max((f for f in fiches if f.valide_du <= jour), key=lambda f: (f.valide_du, f.pk), default=None)
