"""A departure that breaks a target is told once to the équipe, the ARS and the caisse, and left to the ARS as a task."""

from __future__ import annotations

from datetime import datetime, timedelta

from dossiers.models import Dossier, Tache
from dossiers.regles.statuts import FINAUX, Statut
from dossiers.services.courriels import courriel
from ess_portal.comptes.acteur import Acteur
from ess_portal.comptes.locataire import comme_portail
from ess_portal.journal.services import consigner
from ess_portal.socle.horloge import jour_local
from ess_portal.socle.typographie import date_fr

from ..models import ActeAdhesion
from ..seuils import Palier, Suivi, suivre

T = ActeAdhesion.Type
# The acts after which somebody may count no more.
DEPARTS = frozenset({T.SORTIE, T.CHANGEMENT, T.CORRECTION, T.RETRAIT})
# A crossing older than this was told when it happened, or came in with a file from elsewhere.
MEMOIRE = timedelta(days=365)


def surveiller(dossier: Dossier, *, acteur: Acteur, maintenant: datetime) -> int:
    """Looks at the whole curve after a departure; gives the number of crossings told. Once for each target, group and day."""
    if Statut(dossier.statut) in FINAUX or Statut(dossier.statut) is Statut.BROUILLON:
        return 0
    jour = jour_local(maintenant, dossier.fuseau)
    seuils, dits = suivre(dossier, jour), 0
    for suivi in (seuils.total, *seuils.groupes):
        for palier in suivi.paliers:
            for rupture in palier.ruptures:
                if rupture.jour >= jour - MEMOIRE:
                    dits += _dire(dossier, suivi, palier, rupture, acteur, maintenant)
    return dits


def _dire(dossier: Dossier, suivi: Suivi, palier: Palier, rupture, acteur: Acteur, maintenant: datetime) -> int:
    cle = ":".join(x for x in ("seuil", palier.nom, suivi.groupe, rupture.jour.isoformat()) if x)
    with comme_portail():
        _, neuve = Tache.objects.get_or_create(
            dossier=dossier,
            cle=cle,
            defaults={
                "type": Tache.Type.SEUIL_ROMPU,
                "qui": "ars",
                "ouverte_le": maintenant,
                "commentaire": _phrase(palier, rupture),
                **Tache.colonnes(dossier),
            },
        )
    if not neuve:
        return 0
    faits = {
        "seuil": palier.pour_cent,
        "groupe": suivi.groupe,
        "jour": rupture.jour,
        "avant": rupture.avant,
        "apres": rupture.apres,
        "requis": palier.requis,
    }
    consigner(
        type="seuil_rompu",
        acteur=acteur,
        maintenant=maintenant,
        dossier=dossier,
        donnees=faits,
        effets=[
            courriel(dossier, "seuil", f"{cle}:{dossier.pk}:{o}", organisation=o, **faits)
            for o in (dossier.equipe_id, dossier.ars_id, dossier.caisse_id)
            if o
        ],
    )
    return 1


def _phrase(palier: Palier, rupture) -> str:
    return (
        f"{rupture.apres} adhérents libéraux au lieu de {rupture.avant} à partir du {date_fr(rupture.jour)}\u00a0: "
        f"il en faut {palier.requis} pour {palier.pour_cent}\u00a0%."
    )
