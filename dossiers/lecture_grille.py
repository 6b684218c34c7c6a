"""The grid as it reads on its own page: the fact behind each constat, what is still awaited, who judged and why it changed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from django.urls import reverse

from ess_portal.comptes.acteur import Acteur
from ess_portal.comptes.models import Utilisateur
from ess_portal.documents.models import Piece
from ess_portal.journal.models import Evenement
from ess_portal.socle import composants
from ess_portal.socle.typographie import date_fr

from . import grille, presentation
from .models import Decision, Dossier, Jugement
from .regles.criteres import CRITERES, Constat, evaluer
from .regles.derogations import CPN, mention
from .regles.jugements import AVIS, LIGNES_CRI7
from .regles.suites import suite

# Criterion → (page where its fact stands, words of the link). « critere » is the judgement's own page.
FAITS: Mapping[str, tuple[str, str]] = {
    "CRI-1a": ("territoires", "Carte des territoires"),
    "CRI-1b": ("territoires", "Carte des territoires"),
    "CRI-1c": ("territoires", "Carte des territoires"),
    "CRI-1d": ("seuils", "Seuils et sources"),
    "CRI-2": ("gouvernance", "Coopérations et consultations"),
    "CRI-3": ("gouvernance", "Coopérations et consultations"),
    "CRI-4": ("seuils", "Seuils et adhérents"),
    "CRI-5": ("documents", "Pièces du dossier"),
    "CRI-6": ("documents", "Pièces du dossier"),
    "CRI-7": ("documents", "Pièces du dossier"),
    "DER-1": ("derogations", "Dérogations"),
    "DEF-1": ("dossier", "Vie du dossier"),
}
SANS_DOSSIER = frozenset({"territoires"})


def objet_lu(dossier: Dossier) -> str:
    """What the grid is about now: the projet from its filing on, the letter before."""
    return "projet" if any(d.objet == "projet" for d in dossier.depots.all()) else "lettre"


def evaluee(dossier: Dossier, objet: str, jour: date, acteur: Acteur) -> list[dict[str, Any]]:
    """The grid of today. The équipe reads the facts and what is awaited of it, not the instructor's notes nor other teams' names."""
    equipe = acteur.est_porteur
    faits = grille.rassembler(dossier, objet, jour, anonyme=equipe)
    jugements = (
        {} if equipe else {j.critere: j for j in Jugement.objects.pour(acteur).filter(dossier=dossier, objet=objet)}
    )
    if equipe:
        faits = grille.sans_notes(faits)
    constats = evaluer(faits, grille.parametres(dossier, objet, jour))
    lignes = presentation.lignes_grille(constats, jugements, objet)
    for ligne, c in zip(lignes, constats, strict=True):
        ligne["fait"] = lien_du_fait(dossier, c.code)
        ligne["suite"] = (
            "" if c.code in jugements and jugements[c.code].avis != "non_conforme" else suite(c, equipe=equipe)
        )
        ligne["page"] = "" if equipe else reverse("critere", args=[dossier.numero, objet, c.code])
    return lignes


def lien_du_fait(dossier: Dossier, code: str) -> dict[str, str]:
    nom, mots = FAITS[code]
    return {"url": reverse(nom) if nom in SANS_DOSSIER else reverse(nom, args=[dossier.numero]), "libelle": mots}


def figees(decisions: Iterable[Decision], *, equipe: bool) -> list[dict[str, Any]]:
    """The grids that decisions were taken on, the latest first, silence's with them. The équipe reads the conclusion of a human
    criterion, not its reasons, which are the decision's, and never another team's name (CONF-1).
    """
    lignes = []
    for d in sorted(decisions, key=lambda d: d.prise_le, reverse=True):
        objet = "la lettre" if d.objet == "lettre" else "le projet"
        sens = "tacite" if d.mode == "tacite" else d.get_sens_display().lower()
        mots = f"décision {sens} sur {objet}"
        constats = [Constat(**c) for c in d.grille]
        if equipe:
            constats = [_pour_l_equipe(c) for c in constats]
        lignes.append(
            {
                "titre": f"Grille figée le {date_fr(d.date_acquise)}\u00a0: {mots}"
                if constats
                else f"{mots[0].upper()}{mots[1:]} du {date_fr(d.date_acquise)}",
                "lignes": presentation.lignes_grille(constats, {}, d.objet),
                "est_tacite": d.mode == "tacite",
                "ancre": f"decision-{d.pk}",
            }
        )
    return lignes


def _pour_l_equipe(c: Constat) -> Constat:
    if c.source == "Jugement de l’instruction":
        return replace(c, constat="Examiné par l’instruction.")
    if c.code == "CRI-1c" and (c.conforme is not True or c.derogation):
        suite = f" {mention(CPN)}" if c.derogation else ""
        return replace(
            c, constat=f"Une autre équipe ou un autre projet de la même spécialité est sur ce territoire.{suite}"
        )
    return c


def historique(dossier: Dossier, objet: str, critere: str, acteur: Acteur) -> list[dict[str, Any]]:
    """Every judgement of a criterion, the latest first: the journal keeps them."""
    lus = Evenement.objects.pour(acteur).filter(
        dossier=dossier, type="juger", donnees__objet=objet, donnees__critere=critere
    )
    etats = presentation.ETATS_JUGEMENT
    return [
        {
            "quand": e.enregistre_le,
            "auteur": e.acteur_nom,
            "etat": composants.etat(*etats[e.donnees["avis"]]),
            "motif": e.donnees.get("motif", ""),
            "raison": e.donnees.get("raison", ""),
            "lignes": [
                (LIGNES_CRI7[c], f"{AVIS[x['avis']]}. {x['motif']}".strip())
                for c, x in e.donnees.get("lignes", {}).items()
            ],
        }
        for e in lus.order_by("-seq")
    ]


def jugement_lu(jugement: Jugement | None, acteur: Acteur) -> dict[str, Any] | None:
    if jugement is None:
        return None
    pieces = Piece.objects.pour(acteur).filter(pk__in=jugement.pieces.values("piece_id"))
    auteur = Utilisateur.objects.filter(pk=jugement.juge_par_id).first()
    return {
        "etat": composants.etat(*presentation.ETATS_JUGEMENT[jugement.avis]),
        "motif": jugement.motif,
        "lignes": [(LIGNES_CRI7[c], f"{AVIS[x['avis']]}. {x['motif']}".strip()) for c, x in jugement.lignes.items()],
        "pieces": [{"libelle": str(p), "url": reverse("piece", args=[p.pk])} for p in pieces],
        "auteur": str(auteur) if auteur else "",
        "quand": jugement.juge_le,
    }


def titre_critere(code: str) -> str:
    numero = code.removeprefix("CRI-")
    return CRITERES[code].libelle if "-" in numero else f"Critère {numero}\u00a0: {CRITERES[code].libelle.lower()}"
