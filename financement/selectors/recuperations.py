"""The recoveries: those of a dossier, one with its steps, and the list across dossiers."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any
from urllib.parse import urlencode

from django.core.paginator import Paginator
from django.db.models import Count
from django.urls import reverse

from dossiers.models import Dossier
from ess_portal.comptes.acteur import Acteur
from ess_portal.documents.models import Document
from ess_portal.socle.horloge import jour_local
from ess_portal.socle.typographie import date_fr, euros, instant_fr

from ..models import Recuperation
from ..recuperations.remboursements import peut_confirmer, termes
from ..regles.procedure import Etat, permis
from .instantane import argent

PAR_PAGE = 50
ONGLETS = (
    (Etat.CONTRADICTOIRE, "Observations en cours"),
    (Etat.A_REMBOURSER, "À rembourser"),
    (Etat.SOLDEE, "Soldées"),
    (Etat.SANS_SUITE, "Sans suite"),
)
ETATS = {
    Etat.CONTRADICTOIRE: ("info", "Observations de l’équipe"),
    Etat.A_REMBOURSER: ("alerte", "À rembourser"),
    Etat.SOLDEE: ("succes", "Soldée"),
    Etat.SANS_SUITE: ("neutre", "Sans suite"),
}
TERMES = {
    "payee": ("succes", "Payée"),
    "en_retard": ("erreur", "En retard"),
    "partielle": ("attente", "Payée en partie"),
    "a_venir": ("attente", "À venir"),
}
MOUVEMENTS = {"propose": ("attente", "À confirmer"), "confirme": ("succes", "Confirmé"), "annule": ("neutre", "Annulé")}
# In the order of the procedure; the page of an act is its form.
ACTES = (
    "presenter_observations",
    "fixer_audience",
    "consigner_audience",
    "decider_recuperation",
    "abandonner_recuperation",
    "echelonner_recuperation",
    "enregistrer_remboursement",
    "proposer_remise",
    "confirmer_mouvement",
    "annuler_mouvement",
)


def du_dossier(dossier: Dossier) -> list[dict[str, Any]]:
    """The recoveries of a dossier, the last first."""
    return [
        {
            "url": reverse("recuperation", args=[dossier.numero, r.numero]),
            "titre": r.get_origine_display(),
            "numero": r.numero,
            "etat": ETATS[Etat(r.statut)],
            "montant": euros(r.montant if r.montant is not None else r.montant_propose, True),
            "precision": _precision(r, dossier),
        }
        for r in reversed(argent(dossier).recuperations)
    ]


def _precision(r: Recuperation, dossier: Dossier) -> str:
    if r.statut == Etat.CONTRADICTOIRE:
        return f"Observations jusqu’au {date_fr(r.observations_jusquau)} inclus"
    if r.statut == Etat.A_REMBOURSER and r.payer_jusquau:
        return f"Décidée le {instant_fr(r.decidee_le, dossier.fuseau)}"
    return f"Close le {instant_fr(r.close_le, dossier.fuseau)}" if r.close_le else ""


def contexte(
    dossier: Dossier, r: Recuperation, acteur: Acteur, jour: date, possibles: Mapping[str, Any]
) -> dict[str, Any]:
    """What the page of one recovery shows: where it stands, what to do and until when, then each step."""
    lus = termes(r) if r.montant else ()
    actes = [possibles[nom] for nom in ACTES if nom in possibles and permis(nom, r.statut)]
    if not any(m.statut == "propose" for m in r.mouvements.all()):
        actes = [a for a in actes if not a.nom.endswith("_mouvement")]
    origine = r.get_origine_display()
    return {
        "r": r,
        "etat": ETATS[Etat(r.statut)],
        "titre_recuperation": f"Récupération\u00a0: {origine[0].lower()}{origine[1:]}",
        "surtitre_recuperation": f"{dossier.nom}, {r.numero}",
        "essentiel": _essentiel(r, acteur, jour),
        "montant": r.montant if r.montant is not None else r.montant_propose,
        "reste": r.reste if r.statut == Etat.A_REMBOURSER else None,
        "termes": [{"terme": t, "etat": TERMES[t.etat(jour)]} for t in lus],
        "mouvements": [
            {"m": m, "etat": MOUVEMENTS[m.statut], "confirmable": peut_confirmer(r, m, acteur)}
            for m in r.mouvements.all()
        ],
        "etapes": _etapes(r, dossier),
        "actes": [{"libelle": a.libelle, "url": reverse("acte", args=[dossier.numero, a.nom])} for a in actes],
        "lettres": list(
            Document.objects.filter(dossier=dossier, cle__startswith=f"recuperation:{r.pk}:")
            .defer("donnees", "octets")
            .order_by("cree_le", "pk")
        ),
    }


def _essentiel(r: Recuperation, acteur: Acteur, jour: date) -> str:
    """The next step and its day, for this reader."""
    equipe = acteur.est_porteur
    if r.statut == Etat.CONTRADICTOIRE:
        return _avant_la_decision(r, jour, equipe=equipe)
    if r.statut == Etat.A_REMBOURSER:
        prochain = next((t for t in termes(r) if t.reste), None)
        if prochain is None:
            return "Les remboursements reçus attendent leur confirmation."
        qui = "Vous avez" if equipe else "L’équipe a"
        return f"{qui} {euros(prochain.reste, True)} à payer jusqu’au {date_fr(prochain.jour)} inclus. Reste dû\u00a0: {euros(r.reste, True)}."
    return "Il ne reste rien à rembourser." if r.statut == Etat.SOLDEE else "Aucune somme n’est demandée."


def _avant_la_decision(r: Recuperation, jour: date, *, equipe: bool) -> str:
    """What the decision waits for: the hearing that was asked, else the observations, else the person who decides."""
    recues = list(r.observations.all())
    rien = "Rien n’est à payer à ce stade."
    if any(o.demande_audience for o in recues) and r.audience_tenue_le is None:
        if r.audience_le is None:
            quand = "la date de l’audience est à fixer"
        else:
            quand = f"l’audience est fixée au {instant_fr(r.audience_le, r.dossier.fuseau)}"
        if equipe:
            return f"Vous avez demandé à être entendus\u00a0: {quand}. {rien}"
        return f"L’équipe a demandé à être entendue\u00a0: {quand}. La décision attend qu’elle soit tenue."
    complete = next((o for o in recues if o.est_complete), None)
    if complete is not None or jour > r.observations_jusquau:
        if complete is None:
            debut = "Le délai d’observations est passé"
        else:
            le = date_fr(jour_local(complete.deposee_le, r.dossier.fuseau))
            qui = "Vous avez dit vos" if equipe else "L’équipe a dit ses"
            debut = f"{qui} observations complètes le {le}"
        if equipe:
            return f"{debut}\u00a0: la décision est attendue. {rien}"
        return f"{debut}\u00a0: la décision revient à une autre personne que celle qui a ouvert la procédure."
    if equipe:
        return f"Vous pouvez présenter des observations jusqu’au {date_fr(r.observations_jusquau)} inclus. {rien}"
    return (
        f"L’équipe peut présenter des observations jusqu’au {date_fr(r.observations_jusquau)} inclus. Une autre personne que celle "
        "qui a ouvert la procédure décide ensuite, ou dès que l’équipe dit ses observations complètes."
    )


def _etapes(r: Recuperation, dossier: Dossier) -> list[dict[str, str]]:
    """What happened, in order: (when, title, text)."""

    def quand(instant: datetime) -> str:
        return instant_fr(instant, dossier.fuseau)

    lignes: list[tuple[datetime, dict[str, str]]] = [
        (r.ouverte_le, {"titre": "Procédure ouverte et notifiée", "texte": r.motif, "suite": r.motif_retard})
    ]
    for o in r.observations.all():
        mentions = [
            m
            for m, vrai in (("Audience demandée.", o.demande_audience), ("Observations complètes.", o.est_complete))
            if vrai
        ]
        piece = reverse("piece", args=[o.piece_id]) if o.piece_id else ""
        lignes.append(
            (
                o.deposee_le,
                {"titre": "Observations de l’équipe", "texte": o.texte, "suite": " ".join(mentions), "piece": piece},
            )
        )
    if r.decidee_le:
        lignes.append(
            (
                r.decidee_le,
                {"titre": f"Décision\u00a0: {euros(r.montant or 0, True)}", "texte": r.motivation, "suite": ""},
            )
        )
    elif r.close_le:
        lignes.append((r.close_le, {"titre": "Procédure abandonnée", "texte": r.motivation, "suite": ""}))
    return [{"quand": quand(instant), "piece": "", **ligne} for instant, ligne in sorted(lignes, key=lambda x: x[0])]


def liste(acteur: Acteur, parametres: Mapping[str, str]) -> dict[str, Any]:
    """The agents' list: one tab per state, the counts of all."""
    onglet = parametres.get("onglet", "")
    onglet = onglet if onglet in dict(ONGLETS) else Etat.CONTRADICTOIRE.value
    visibles = Recuperation.objects.pour(acteur)
    comptes = dict(visibles.order_by().values_list("statut").annotate(n=Count("pk")))
    lignes = visibles.filter(statut=onglet).select_related("dossier", "caisse").prefetch_related("mouvements")
    page = Paginator(lignes.order_by("observations_jusquau", "pk"), PAR_PAGE).get_page(parametres.get("page"))
    return {
        "onglets": [
            {
                "libelle": libelle,
                "url": f"?{urlencode({'onglet': code})}",
                "actif": code == onglet,
                "nombre": comptes.get(code, 0),
            }
            for code, libelle in ONGLETS
        ],
        "titre_onglet": dict(ONGLETS)[Etat(onglet)],
        "page": page,
        "rangees": [
            {
                "url": reverse("recuperation", args=[r.dossier.numero, r.numero]),
                "nom": r.dossier.nom,
                "numero": r.numero,
                "origine": r.get_origine_display(),
                "etat": ETATS[Etat(r.statut)],
                "precision": _precision(r, r.dossier),
                "montant": euros(r.montant if r.montant is not None else r.montant_propose, True),
                "reste": euros(r.reste, True) if r.statut == Etat.A_REMBOURSER else "",
            }
            for r in page
        ],
    }
