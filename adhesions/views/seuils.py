"""The thresholds of a dossier: figures and where they come from, targets, curve, projection, what was broken."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from dossiers.models import Dossier
from dossiers.views.communs import cadre, dossier_ou_404
from ess_portal.referentiel.services import noms_groupes
from ess_portal.socle import horloge
from ess_portal.socle.composants import etat
from ess_portal.socle.typographie import accord, date_fr

from ..courbe import dessiner
from ..mesures import ANNUAIRE, IMPORT, Mesure
from ..regles.projection import Projection
from ..seuils import Palier, Seuils, Suivi, suivre

ORIGINES = {IMPORT: "Chiffres importés", ANNUAIRE: "Annuaire santé"}
NOMS = {"creation": "Au départ", "intermediaire": "En chemin", "cible": "À cinq ans"}


@require_safe
def page(request: HttpRequest, numero: str) -> HttpResponse:
    dossier: Dossier = dossier_ou_404(request, numero, "lettre")
    maintenant = horloge.maintenant()
    jour = horloge.jour_local(maintenant, dossier.fuseau)
    seuils = suivre(dossier, jour)
    p = seuils.parametres
    noms = noms_groupes()
    suivis = [(noms.get(s.groupe, s.groupe) or "Toutes spécialités", s) for s in (*seuils.groupes, seuils.total)]
    contexte = cadre(request, dossier, "seuils", "Seuils") | {
        "jour": jour,
        "retenue": seuils.retenue,
        "mesures": [_mesure(m, seuils.retenue) for m in seuils.mesures],
        "incomplete": next((m for m in seuils.mesures if m.origine == IMPORT and not m.est_complete), None),
        "suivis": [_ligne(nom, s, seuils) for nom, s in suivis],
        "plusieurs": bool(seuils.groupes),
        "source_groupes": seuils.par_groupe.phrase if seuils.groupes and seuils.par_groupe else "",
        "courbes": [(i, nom, s, dessiner(s, jour)) for i, (nom, s) in enumerate(suivis) if s.premiere or not s.groupe],
        "ruptures": _ruptures(suivis),
        "minimum": p.medecins_minimum,
        "taux": {"creation": p.seuil_creation, "intermediaire": p.seuil_intermediaire, "cible": p.seuil_cible},
    }
    return render(request, "adhesions/seuils.html", contexte)


def _mesure(m: Mesure, retenue: Mesure | None) -> dict[str, Any]:
    return {
        "origine": ORIGINES.get(m.origine, "Lettre d’intention"),
        "liberaux": m.liberaux,
        "presents": m.presents,
        "source": m.source,
        "date": m.date,
        "retenue": m is retenue,
        "complete": m.est_complete,
    }


def _ligne(nom: str, s: Suivi, seuils: Seuils) -> dict[str, Any]:
    p = seuils.parametres
    base = s.liberaux if p.base_seuil_adherents == "liberaux" else s.presents
    dix = s.liberaux if p.base_dix_medecins == "liberaux" else s.presents
    return {
        "nom": nom,
        "adherents": s.adherents,
        "liberaux": s.liberaux,
        "presents": s.presents,
        "base": base,
        "paliers": [_palier(x, s.adherents) for x in s.paliers],
        "dix": etat("neutre", "Non renseigné")
        if dix is None
        else etat("succes", "Atteint", f"{dix} pour {p.medecins_minimum}")
        if dix >= p.medecins_minimum
        else etat("alerte", "Non atteint", f"{dix} pour {p.medecins_minimum}"),
    }


def _palier(p: Palier, adherents: int) -> dict[str, Any]:
    if p.requis is None:
        badge = etat("neutre", "Non évaluable")
    elif adherents >= p.requis:
        badge = etat("succes", "Atteint")
    else:
        badge = etat("attente", f"Encore {p.requis - adherents}")
    return {
        "nom": NOMS[p.nom],
        "pour_cent": p.pour_cent,
        "requis": p.requis,
        "etat": badge,
        "projection": _projection(p.projection),
    }


def _projection(p: Projection) -> str:
    if p.etat == "atteint" and p.jour:
        return f"depuis le {date_fr(p.jour)}"
    if p.etat == "prevu" and p.jour:
        return f"prévu le {date_fr(p.jour)}"
    return f"non estimable\u00a0: {p.raison}"


def _ruptures(suivis: list[tuple[str, Suivi]]) -> list[dict[str, Any]]:
    lignes = [
        {
            "jour": r.jour,
            "texte": f"{p.pour_cent}\u00a0% non atteint{'' if not s.groupe else f', {nom}'}",
            "detail": f"{accord(r.apres, 'adhérent libéral', 'adhérents libéraux')} au lieu de {r.avant}, {p.requis} requis",
        }
        for nom, s in suivis
        for p in s.paliers
        for r in p.ruptures
    ]
    return sorted(lignes, key=lambda x: x["jour"], reverse=True)
