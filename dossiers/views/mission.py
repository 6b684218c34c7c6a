"""The mission of an équipe: activities with their evidence, contact point, target delays, objectives, each with its day."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from ess_portal.socle import composants, horloge
from ess_portal.socle.typographie import accord, date_fr

from .. import faits
from ..actions import disponibles
from ..forms.lettre import OBJECTIFS
from ..lecture_etat import statut_au_droit
from ..libelles import REGLES
from ..models import ActiviteMission, Dossier, Echeance, FicheMission
from ..regles.mission import VOIES, ActiviteFait, Avancement, avancement
from ..services.fiche_mission import en_vigueur
from .communs import cadre, dossier_ou_404

ACTES = frozenset({"declarer_activite", "examiner_activite", "actualiser_mission"})
ETATS = {
    "confirmee": ("succes", "Confirmée"),
    "declaree": ("attente", "À confirmer"),
    "absente": ("neutre", "Pas encore"),
}


@require_safe
def page(request: HttpRequest, numero: str) -> HttpResponse:
    dossier = dossier_ou_404(request, numero, "lettre")
    jour = horloge.jour_local(horloge.maintenant(), dossier.fuseau)
    activites = list(
        ActiviteMission.objects.pour(request.acteur).filter(dossier=dossier).select_related("confirmee_par")
    )
    fiches = list(FicheMission.objects.pour(request.acteur).filter(dossier=dossier))
    lus = [
        ActiviteFait(a.type, a.date_deploiement, a.confirmee_le is not None, a.ecartee_le is not None)
        for a in activites
    ]
    reglage = faits.parametres(dossier, jour).consultations_avancees
    fiche = en_vigueur(fiches, jour)
    return render(
        request,
        "dossiers/mission.html",
        cadre(request, dossier, "mission", "Mission")
        | {
            "avancement": [_avance(a) for a in avancement(lus, jour, consultations_avancees=reglage)],
            "delais_de_mise_en_place": _echeances(dossier),
            "activites": [_activite(a) for a in activites],
            "fiche": _fiche(fiche) if fiche else None,
            "versions": [f for f in fiches if f is not fiche],
            "objectifs_lettre": [nom for code, nom in OBJECTIFS if code in dossier.lettre.objectifs],
            "actes": [
                {"libelle": a.libelle, "url": reverse("acte", args=[numero, a.nom])}
                for a in disponibles(dossier, request.acteur)
                if a.nom in ACTES
            ],
        },
    )


def _avance(a: Avancement) -> dict[str, Any]:
    variante, mots = ETATS[a.etat]
    exigence = "Obligatoire" if a.obligatoire else "Facultative"
    depuis = f", depuis le {date_fr(a.depuis)}" if a.depuis else ""
    return {"etat": variante, "libelle": a.libelle, "detail": f"{mots}{depuis}. {exigence}."}


def _echeances(dossier: Dossier) -> list[dict[str, Any]]:
    """DL-5 and DL-4, with where they stand."""
    variantes = {"tenue": "succes", "ouverte": "attente", "echue": "erreur"}
    return [
        {
            "etat": variantes[lu],
            "libelle": REGLES[e.regle],
            "detail": f"{Echeance.Statut(lu).label}\u00a0: {date_fr(e.dernier_jour)} inclus.",
        }
        for e in Echeance.objects.filter(dossier=dossier, regle__in=("DL-4", "DL-5"), statut__in=variantes).order_by(
            "dernier_jour"
        )
        if e.dernier_jour and (lu := statut_au_droit(e, dossier)) in variantes
    ]


def _activite(a: ActiviteMission) -> dict[str, Any]:
    if a.ecartee_le:
        etat = composants.etat("erreur", "Écartée", a.motif_ecart)
    elif a.confirmee_le:
        etat = composants.etat("succes", "Confirmée", f"par {a.confirmee_par}" if a.confirmee_par else "")
    else:
        etat = composants.etat("attente", "À confirmer")
    return {"activite": a, "etat": etat, "preuve": reverse("piece", args=[a.preuve_id])}


def _fiche(f: FicheMission) -> dict[str, Any]:
    noms = dict(OBJECTIFS)
    delais = [f"{VOIES[v]}\u00a0: {accord(n, 'jour')}" for v, n in f.delais.items()]
    contact = [
        ("Point de contact", f.contact_nom),
        ("Téléphone", f.telephone),
        ("Courriel", f.courriel),
        ("Horaires", f.horaires),
        ("Délais visés", "\n".join(delais)),
        ("Adaptation à l’état du patient", f.adaptation),
    ]
    return {
        "valide_du": f.valide_du,
        "paires": [(nom, valeur) for nom, valeur in contact if valeur],
        "objectifs": [(noms[c], t) for c, t in f.objectifs.items()],
    }
