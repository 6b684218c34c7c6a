"""What the adhésions tell the dossier: its headcount, its adhérents libéraux once somebody has signed, the doctors of its territory."""

from __future__ import annotations

from datetime import date
from typing import Any

from dossiers.faits import Denombrement, parametres
from dossiers.models import Dossier
from dossiers.regles.criteres import ChiffresGroupe

from .effectifs import Comptage, versions
from .mesures import denombree, importee
from .seuils import adherents_par_groupe


def fournir(dossier: Dossier, jour: date) -> dict[str, Any]:
    """The keys of `dossiers.faits.FaitsExternes` that stand here. Before any signature, the letter's declared figure is all there is."""
    comptage = Comptage.du_dossier(dossier, jour)
    signe = bool(comptage.medecins or comptage.seuil)
    return {"adherents_liberaux": comptage.liberaux(jour) if signe else None, "effectif": comptage.effectif(jour)}


def denombrer_territoire(dossier: Dossier, jour: date) -> Denombrement:
    """The imported figures when they cover the whole territory. By group, the directory's where nothing was imported (DER-2)."""
    mesure = importee(dossier)
    if mesure is not None and not mesure.est_complete:
        mesure = None
    par_groupe: dict[str, ChiffresGroupe] = {}
    if dossier.est_pluri:
        lignes = list(versions(dossier))
        adherents = adherents_par_groupe(dossier, lignes, parametres(dossier, jour), jour)
        par_source = mesure or denombree(dossier)
        connus, source = (par_source.par_groupe, par_source.phrase) if par_source is not None else ({}, "")
        par_groupe = {
            g: ChiffresGroupe(*connus.get(g, (None, None)), adherents[g] if lignes else None, source)
            for g in dossier.groupes
        }
    if mesure is None:
        return Denombrement(par_groupe=par_groupe)
    return Denombrement(mesure.liberaux, mesure.presents, mesure.phrase, par_groupe)
