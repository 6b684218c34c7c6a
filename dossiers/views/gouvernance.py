"""The governance register of an équipe, for everybody who reads its dossier."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from ess_portal.socle import composants, horloge
from ess_portal.socle.typographie import date_fr

from .. import actes_registre, faits
from ..actions import disponibles
from ..models import Consultation, Cooperation, Dossier, Echeance, Instance, Siege
from ..regles.gouvernance import controle_cinq_ans, en_cours
from ..regles.mesures import requis
from .communs import cadre, dossier_ou_404


@require_safe
def page(request: HttpRequest, numero: str) -> HttpResponse:
    dossier = dossier_ou_404(request, numero, "lettre")
    jour = horloge.jour_local(horloge.maintenant(), dossier.fuseau)
    acteur = request.acteur
    sieges = list(
        Siege.objects.pour(acteur).filter(dossier=dossier).select_related("specialite").order_by("-voix", "debut", "pk")
    )
    instances = [
        {
            "instance": i,
            "etat": composants.etat("neutre", "Dissoute", f"le {date_fr(i.dissoute_le)}") if i.dissoute_le else "",
            "sieges": [_siege(s, jour) for s in sieges if s.instance_id == i.pk],
        }
        for i in Instance.objects.pour(acteur).filter(dossier=dossier)
    ]
    consultations = list(Consultation.objects.pour(acteur).filter(dossier=dossier))
    noms = {a.nom for a in actes_registre.GOUVERNANCE}
    return render(
        request,
        "dossiers/gouvernance.html",
        cadre(request, dossier, "gouvernance", "Gouvernance et coopérations")
        | {
            "instances": instances,
            "consultations": consultations,
            "cooperations": [_cooperation(c, jour) for c in Cooperation.objects.pour(acteur).filter(dossier=dossier)],
            "controle": _cinq_ans(dossier, consultations, jour),
            "actes": [
                {"libelle": a.libelle, "url": reverse("acte", args=[numero, a.nom])}
                for a in disponibles(dossier, acteur)
                if a.nom in noms
            ],
        },
    )


def _siege(s: Siege, jour: Any) -> dict[str, Any]:
    fin = f" au {date_fr(s.fin)}" if s.fin else ""
    return {
        "siege": s,
        "qualite": s.specialite.libelle if s.specialite else s.get_profession_display(),
        "mandat": f"{'du' if s.fin else 'depuis le'} {date_fr(s.debut)}{fin}",
        "est_passe": not en_cours(s.debut, s.fin, jour) and s.debut <= jour,
        "document": reverse("piece", args=[s.document_id]) if s.document_id else "",
    }


def _cooperation(c: Cooperation, jour: Any) -> dict[str, Any]:
    if c.fin and c.fin < jour:
        etat = composants.etat("neutre", "Terminée", f"le {date_fr(c.fin)}")
    elif c.debut > jour:
        etat = composants.etat("info", "À venir", f"à partir du {date_fr(c.debut)}")
    else:
        etat = composants.etat("succes", "En cours", f"jusqu’au {date_fr(c.fin)}" if c.fin else "")
    return {
        "cooperation": c,
        "etat": etat,
        "convention": reverse("piece", args=[c.convention_id]) if c.convention_id else "",
    }


def _cinq_ans(dossier: Dossier, consultations: list[Consultation], jour: Any) -> dict[str, Any] | None:
    """What DL-6 will check, once its day is known."""
    echeance = Echeance.objects.filter(dossier=dossier, regle="DL-6").exclude(dernier_jour=None).first()
    if echeance is None:
        return None
    p = faits.parametres_projet(dossier, jour)
    compte = faits.denombrement(dossier, jour)
    lettre = dossier.lettre
    liberaux = lettre.liberaux if compte.liberaux is None else compte.liberaux
    controle = controle_cinq_ans(
        (c.tenue_le for c in consultations),
        jour,
        adherents=faits.externes(dossier, jour).adherents_liberaux,
        requis=None if liberaux is None else requis(liberaux, p.seuil_cible),
    )
    seuil, consultation = controle.phrases
    etats = {True: "succes", False: "attente", None: "attente"}
    return {
        "jour": echeance.dernier_jour,
        "lignes": [
            {
                "etat": etats[controle.seuil_tenu],
                "libelle": f"{p.seuil_cible}\u00a0% de libéraux adhérents",
                "detail": seuil,
            },
            {
                "etat": etats[controle.consultation_tenue],
                "libelle": "Consultation traçable des acteurs du territoire",
                "detail": consultation,
            },
        ],
    }
