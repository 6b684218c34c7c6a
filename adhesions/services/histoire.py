"""The one door of the versions: an act on an adhésion writes what is true from now on to the portal's knowledge, in its transaction."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from ess_portal.comptes.acteur import Acteur
from ess_portal.journal.models import Evenement
from ess_portal.journal.services import Effet, consigner

from ..models import ActeAdhesion, Adhesion, VersionAdhesion
from ..regles import histoire as regles
from ..regles.histoire import Exercice, Histoire
from . import seuils


def lire(adhesion: Adhesion) -> Histoire:
    """What is held true now, from the first day to the last."""
    versions = VersionAdhesion.objects.connues().filter(adhesion=adhesion).order_by("valide_du")
    return tuple(v.tranche for v in versions)


def exercice(adhesion: Adhesion) -> Exercice:
    return Exercice(adhesion.specialite_id, adhesion.mode, tuple(adhesion.departements))


def porter(adhesion: Adhesion, histoire: Histoire) -> None:
    """The adhésion's own row says its last slice: constraints and lists read it."""
    dernier = histoire[-1].exercice
    adhesion.specialite_id, adhesion.mode, adhesion.departements = (
        dernier.specialite,
        dernier.mode,
        list(dernier.departements),
    )


def enregistrer(
    adhesion: Adhesion,
    type_: str,
    histoire: Histoire,
    *,
    acteur: Acteur,
    maintenant: datetime,
    motif: str = "",
    champs: Sequence[str] = (),
    evenement: Evenement | None = None,
) -> ActeAdhesion:
    """Writes the act, closes the versions that no longer hold, adds the new ones; those that still hold are left open.

    The instant of knowledge never goes back, whatever the clock does: what was known stays readable.
    """
    ouvertes = list(
        VersionAdhesion.objects.connues().select_for_update().filter(adhesion=adhesion).order_by("valide_du")
    )
    instant = max([maintenant, *(v.connu_du for v in ouvertes)])
    acte = ActeAdhesion.objects.create(
        dossier_id=adhesion.dossier_id,
        adhesion=adhesion,
        type=type_,
        enregistre_le=instant,
        auteur_id=acteur.utilisateur_id,
        auteur_nom=f"{acteur.nom}, {acteur.organisation_nom}" if acteur.utilisateur_id else acteur.nom,
        motif=motif[:300],
        champs=list(champs),
        evenement=evenement,
    )
    caduques = [v.pk for v in ouvertes if v.tranche not in histoire]
    if caduques:
        VersionAdhesion.objects.filter(pk__in=caduques).update(connu_jusqua=instant, close_par=acte)
    gardees = {v.tranche for v in ouvertes if v.pk not in caduques}
    VersionAdhesion.objects.bulk_create(
        VersionAdhesion(
            dossier_id=adhesion.dossier_id,
            adhesion=adhesion,
            valide_du=t.du,
            valide_au=t.au,
            specialite_id=t.exercice.specialite,
            mode=t.exercice.mode,
            departements=list(t.exercice.departements),
            connu_du=instant,
            acte=acte,
        )
        for t in histoire
        if t not in gardees
    )
    if type_ in seuils.DEPARTS:
        seuils.surveiller(adhesion.dossier, acteur=acteur, maintenant=maintenant)
    return acte


def inscrire(
    adhesion: Adhesion,
    type_: str,
    apres: Histoire | None,
    *,
    evenement: str,
    donnees: Mapping[str, Any],
    acteur: Acteur,
    maintenant: datetime,
    effets: Iterable[Effet] = (),
    motif: str = "",
    champs: Sequence[str] = (),
) -> None:
    """An act on a signed adhésion, told and kept: its event, then the versions it leaves. `apres` None: there is no history yet."""
    ecrit = consigner(
        type=evenement,
        acteur=acteur,
        maintenant=maintenant,
        dossier=adhesion.dossier_id,
        effets=effets,
        donnees={"adhesion": adhesion.pk, **donnees},
    )
    if apres is not None:
        enregistrer(
            adhesion,
            type_,
            apres,
            acteur=acteur,
            maintenant=maintenant,
            motif=motif.strip(),
            champs=champs,
            evenement=ecrit,
        )


def ouvrir_existantes(adhesions: Iterable[Adhesion], *, acteur: Acteur, maintenant: datetime) -> None:
    """The first version of signed rows written without an act: those that another tool filled in."""
    for adhesion in adhesions:
        debut = regles.signer(adhesion.signee_le, exercice(adhesion), adhesion.sortie_le)
        enregistrer(adhesion, ActeAdhesion.Type.REPRISE, debut, acteur=acteur, maintenant=maintenant)
