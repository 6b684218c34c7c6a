"""A dérogation as it reads: its state, its next step, its dates, for each reader."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.urls import reverse
from django.utils.safestring import SafeString

from ess_portal.comptes.acteur import Acteur
from ess_portal.referentiel.services import noms_groupes
from ess_portal.socle import composants
from ess_portal.socle.typographie import date_fr

from .models import Derogation
from .regles.derogations import PORTEES, prochaine_etape

ETATS = {
    Derogation.Issue.DEMANDEE: "attente",
    Derogation.Issue.ACCORDEE: "succes",
    Derogation.Issue.CONDITIONS: "succes",
    Derogation.Issue.REFUSEE: "erreur",
    Derogation.Issue.RETIREE: "neutre",
}


def etat(d: Derogation, jour: date) -> SafeString:
    """The state in words; a grant that is not in force on that day says so."""
    if d.issue in Derogation.EN_VIGUEUR:
        if d.valide_au and d.valide_au < jour:
            return composants.etat("alerte", "Expirée", f"depuis le {date_fr(d.valide_au)}")
        if d.valide_du and d.valide_du > jour:
            return composants.etat("info", "Accordée, à venir", f"à partir du {date_fr(d.valide_du)}")
    return composants.etat(ETATS[Derogation.Issue(d.issue)], d.get_issue_display())


def titre(d: Derogation) -> str:
    return ", ".join(PORTEES.get(c, c) for c in d.portee)


def etape(d: Derogation) -> str:
    return prochaine_etape(
        issue=d.issue,
        avis_ars=bool(d.avis_ars),
        avis_caisse=bool(d.avis_caisse),
        envoyee=d.envoyee_le is not None,
        session=d.session_le,
    )


def lignes(derogations: Iterable[Derogation], acteur: Acteur, jour: date) -> list[dict[str, Any]]:
    """The list, the open requests first, then the latest. The équipe reads the sense of an opinion, not its reasons."""
    listees = sorted(
        derogations, key=lambda d: (d.issue != Derogation.Issue.DEMANDEE, -d.demandee_le.toordinal(), -d.pk)
    )
    noms = noms_groupes() if any(d.groupes for d in listees) else {}
    return [
        {
            "derogation": d,
            "titre": titre(d),
            "etat": etat(d, jour),
            "etape": etape(d),
            "paires": _paires(d, noms, acteur),
            "chiffres": [{"libelle": c["libelle"], "constat": c["constat"], "source": c["source"]} for c in d.chiffres],
            "document": reverse("piece", args=[d.document_id]) if d.document_id else "",
        }
        for d in listees
    ]


def _paires(d: Derogation, noms: dict[str, str], acteur: Acteur) -> list[tuple[str, str]]:
    validite = " ".join(
        filter(
            None,
            (
                f"du {date_fr(d.valide_du)}" if d.valide_du else "",
                f"jusqu’au {date_fr(d.valide_au)} inclus" if d.valide_au else "",
            ),
        )
    )
    toutes = [
        ("Instance", d.get_instance_display()),
        ("Demandée par", f"{d.get_demandeur_display()}, le {date_fr(d.demandee_le)}"),
        ("Fondement", d.get_fondement_display()),
        ("Spécialités", ", ".join(noms.get(g, g) for g in d.groupes)),
        ("Motif", d.motif),
        ("Avis de l’ARS", _avis(d.get_avis_ars_display(), d.avis_ars_le, d.avis_ars_motif, acteur)),
        ("Avis de la caisse", _avis(d.get_avis_caisse_display(), d.avis_caisse_le, d.avis_caisse_motif, acteur)),
        ("Envoyée à la CPN", f"le {date_fr(d.envoyee_le)}" if d.envoyee_le else ""),
        ("Séance", f"le {date_fr(d.session_le)}" if d.session_le else ""),
        ("Référence", d.reference),
        ("Conditions", d.conditions),
        ("Validité", validite),
    ]
    return [(nom, valeur) for nom, valeur in toutes if valeur]


def _avis(sens: str, le: date | None, motif: str, acteur: Acteur) -> str:
    if not sens or le is None:
        return ""
    dit = f"{sens}, le {date_fr(le)}"
    return dit if acteur.est_porteur or not motif else f"{dit}. {motif}"
