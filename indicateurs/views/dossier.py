"""The page of a dossier, for each of its readers."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from dossiers import lecture_visas
from dossiers.lecture_etat import lu_au_droit
from dossiers.presentation import etat_du_dossier
from dossiers.views.communs import cadre
from dossiers.voisinage import voisinage
from ess_portal.socle import horloge

from ..vie import instruction, porteur
from ..vie.lecture import Vie, lire


@require_safe
def dossier(request: HttpRequest, numero: str) -> HttpResponse:
    vie = lire(numero, acteur=request.acteur, maintenant=horloge.maintenant())
    contexte = cadre(request, vie.dossier, "dossier", "Vie du dossier") | entete(vie)
    contexte["fil"] = [*contexte["fil"][:-2], {"libelle": vie.dossier.nom}]
    if request.acteur.est_porteur:
        return render(request, "dossiers/dossier_porteur.html", contexte | porteur.contexte(vie))
    contexte["voisins"] = voisinage(request, vie.dossier, horloge.maintenant())
    return render(request, "dossiers/dossier_instruction.html", contexte | instruction.contexte(vie))


def entete(vie: Vie) -> dict[str, object]:
    d = vie.dossier
    preparee = next((p for p in d.preparations.all() if lecture_visas.attend(d, p)), None)
    attente = lecture_visas.lue(preparee) if preparee and not vie.acteur.est_porteur else None
    return {
        "surtitre": f"Dossier n°\u00a0{d.numero}",
        "meta": [
            vie.specialites,
            vie.departements,
            f"Décide\u00a0: {d.ars.nom}" if d.ars else "",
            f"Donne son avis et verse\u00a0: {d.caisse.nom}" if d.caisse else "",
            d.get_regime_display() if d.regime != d.Regime.STANDARD else "",
        ],
        "etat_dossier": etat_du_dossier(lu_au_droit(d), vie.acteur, attente),
        "jour": vie.jour,
    }
