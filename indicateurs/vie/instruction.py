"""The dossier as its ARS, its caisse and the administrators see it: the date, the pièces, the grid, the avis, the acts."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils.html import format_html

from dossiers import grille, lecture_derogations, presentation
from dossiers.actions import Action
from dossiers.dates import lier
from dossiers.models import ActiviteMission, Echeance, Jugement, Tache
from dossiers.regles.criteres import Constat
from dossiers.regles.cycle import Statut
from dossiers.services.passage import FINS
from ess_portal.comptes.roles import ARS
from ess_portal.socle.composants import delai, etat
from ess_portal.socle.typographie import date_fr, euros
from financement.models import Contrat

from . import avenants, recours
from .attente import ATTENDUS, acte_attendu
from .frise import etapes
from .lecture import Vie, jugements_de
from .porteur import PAGES_PROPRES, alertes, messages_recents

S = Statut
OBJETS = {
    S.LETTRE_DEPOSEE: "lettre",
    S.LETTRE_INCOMPLETE: "lettre",
    S.PROJET_DEPOSE: "projet",
    S.PROJET_INCOMPLET: "projet",
}


def contexte(vie: Vie) -> dict[str, Any]:
    objet = OBJETS.get(vie.statut, "")
    instruction = _grille(vie, objet) if objet else _grille_figee(vie)
    barre, autres = _actes(vie)
    return {
        "boite": _boite(vie),
        "alertes": alertes(vie),
        "recours": [*recours.cartes(vie), *avenants.cartes(vie)],
        "etapes": _etapes(vie),
        "choix_jugement": Jugement.Avis.choices,
        "objet": objet,
        "pieces": vie.pieces,
        "documents": vie.documents,
        "prives": _prives(vie),
        "messages_recents": messages_recents(vie, 2),
        "avis": _avis(vie, objet or "lettre"),
        "taches": [_tache(vie, t) for t in vie.taches],
        "activites": [_activite(a) for a in vie.dossier.activites.all()],
        "derogations": [
            {
                "titre": lecture_derogations.titre(d),
                "etat": lecture_derogations.etat(d, vie.jour),
                "etape": lecture_derogations.etape(d),
                "motif": d.motif,
            }
            for d in vie.dossier.derogations.all()
        ],
        "versements": _versements(vie),
        "contrats": _contrats(vie),
        "barre": barre,
        "autres_actes": autres,
        "peut_ecrire": not vie.acteur.role.startswith("admin"),
        "texte_barre": ATTENDUS.get(acte_attendu(vie))
        or instruction["resume_grille"]
        or "Acte attendu de votre organisation.",
    } | instruction


def _boite(vie: Vie) -> dict[str, Any] | None:
    boite = presentation.boite(vie.dossier, vie.echeances, vie.seuils)
    depots = [
        f"{'Lettre reçue' if d.objet == 'lettre' else 'Projet reçu'} le {date_fr(d.date_reception)}"
        for d in vie.dossier.depots.all()
    ]
    return boite | {"faits": depots[-2:]} if boite else None


MOTS = {
    "cours": "En attente de l’équipe",
    "attente": "En cours",
    "venir": "À venir",
    "fait": "Fait",
    "partiel": "En partie fait",
    "suspendu": "Délai suspendu",
    "retard": "En retard ou refusé",
}


def _etapes(vie: Vie) -> list[dict[str, Any]]:
    """The short frise: the équipe's steps, in the words of who instructs."""
    lignes = []
    for e in etapes(vie):
        jour = e.get("date", "")
        precision = jour if isinstance(jour, str) else date_fr(jour)
        badge = MOTS[e["etat"]] if e["etat"] != "fait" else e.get("badge") or "Fait"
        lignes.append(
            {
                "titre": e["titre"],
                "etat": "attente" if e["etat"] == "cours" else e["etat"],
                "badge": badge,
                "precision": precision or badge,
                "lien_date": e.get("lien_date", "") if jour and not isinstance(jour, str) else "",
            }
        )
    return lignes


def _grille(vie: Vie, objet: str) -> dict[str, Any]:
    """The grid evaluated now, with what blocks a validation and what only warns."""
    constats = grille.constats(vie.dossier, objet, vie.jour)
    lignes = presentation.lignes_grille(constats, jugements_de(vie, objet), objet)
    blocages, avertissements = grille.portes(vie.dossier, f"valider_{objet}", vie.jour, constats_connus=constats)
    restent = sum(x["a_examiner"] for x in lignes)
    return {
        "lignes_grille": lignes,
        "titre_grille": "Critères du cahier des charges",
        "peut_juger": vie.acteur.role in ARS,
        "blocages": blocages,
        "avertissements": avertissements,
        "resume_grille": "Tous les critères sont examinés."
        if not restent
        else f"{restent} critère{'s' if restent > 1 else ''} à examiner.",
    }


def _grille_figee(vie: Vie) -> dict[str, Any]:
    """Outside instruction: the grid that the last decision was taken on, as it was."""
    prises = [d for d in vie.dossier.decisions.all() if d.grille]
    vide = {
        "peut_juger": False,
        "blocages": (),
        "avertissements": (),
        "resume_grille": "",
        "lignes_grille": [],
        "titre_grille": "",
    }
    if not prises:
        return vide
    derniere = prises[-1]
    constats = [Constat(**c) for c in derniere.grille]
    return vide | {
        "lignes_grille": presentation.lignes_grille(constats, {}),
        "titre_grille": f"Grille figée le {date_fr(derniere.date_acquise)}, avec la décision",
    }


def _avis(vie: Vie, objet: str) -> dict[str, Any] | None:
    avis = vie.avis("projet") or vie.avis("lettre") if not OBJETS.get(vie.statut) else vie.avis(objet)
    if avis is None:
        return None
    caisse = vie.dossier.caisse.nom if vie.dossier.caisse else "la caisse"
    lu, attendu = presentation.avis_lu(avis, vie.jour), vie.echeance("AVI", avis.objet)
    return {
        "titre": f"Avis de la caisse sur {'la lettre' if avis.objet == 'lettre' else 'le projet'}\u00a0: {caisse}",
        "ligne": avis,
        "etat": lier(vie.dossier.numero, attendu, lu) if attendu and avis.rendu_le is None else lu,
    }


def _prives(vie: Vie) -> list[dict[str, Any]]:
    prives = [m for m in vie.messages if m.fil == "prive"][:6]
    return [
        {
            "auteur": m.auteur_nom,
            "organisation": m.organisation.nom,
            "quand": m.ecrit_le,
            "texte": m.texte,
            "soi": m.organisation_id == vie.acteur.organisation_id,
            "non_lu": vie.acteur.organisation_id not in m.lu_par,
        }
        for m in reversed(prives)
    ]


def _tache(vie: Vie, tache: Tache) -> dict[str, Any]:
    limite, e = tache.a_faire_au_plus_tard, _date_de_tache(vie, tache)
    return {
        "libelle": tache.get_type_display(),
        "qui": {"ars": "ARS", "caisse": "Caisse"}.get(tache.qui, tache.qui),
        "delai": delai(limite, vie.jour, tacite=False, rouge=vie.seuils.rouge, proche=vie.seuils.proche)
        if limite
        else "",
        "a_moi": tache.qui == vie.acteur.type,
        "date": lier(vie.dossier.numero, e, format_html("échéance du {}", date_fr(e.dernier_jour))) if e else "",
    }


def _date_de_tache(vie: Vie, tache: Tache) -> Echeance | None:
    """The date whose end opened a task; its key says which (`type:objet:rang:dernier_jour`)."""
    regles = [regle for regle, fin in FINS.items() if fin.tache == tache.type]
    return next((e for e in vie.echeances if e.regle in regles and f":{e.objet}:{e.rang}:" in tache.cle), None)


def _activite(a: ActiviteMission) -> dict[str, Any]:
    if a.ecartee_le:
        mots = etat("neutre", "Écartée", a.motif_ecart)
    elif a.confirmee_le:
        mots = etat("succes", "Confirmée")
    else:
        mots = etat("attente", "À examiner")
    return {"ligne": a, "etat": mots, "preuve": reverse("piece", args=[a.preuve_id])}


def _versements(vie: Vie) -> list[dict[str, Any]]:
    etats = {
        "propose": ("info", "À valider"),
        "valide": ("info", "À payer"),
        "paye": ("succes", "Payé"),
        "annule": ("neutre", "Annulé"),
    }
    return [
        {
            "libelle": v.get_nature_display() + (f", année {v.annee}" if v.annee else ""),
            "montant": euros(v.montant, centimes=True),
            "etat": etat(*etats[v.statut], date_fr(v.paye_le) if v.paye_le else ""),
        }
        for v in vie.argent.versements
    ]


def _contrats(vie: Vie) -> list[dict[str, Any]]:
    etats = {
        "propose": "info",
        "signe": "succes",
        "remplace": "neutre",
        "refuse": "alerte",
        "expire": "neutre",
        "resilie": "erreur",
    }
    lignes = []
    for c in reversed(vie.argent.contrats):
        mots = (
            f"{len(c.signatures.all())} signature sur 3"
            if c.statut == Contrat.Statut.PROPOSE
            else c.get_statut_display()
        )
        lignes.append(
            {
                "libelle": str(c),
                "url": reverse("contrat", args=[vie.dossier.numero, c.pk]),
                "montant": "" if c.est_avenant else euros(c.montant),
                "etat": etat(etats[c.statut], mots),
            }
        )
    return lignes


# The decision bar keeps three acts at most, the main one last.
EN_BARRE = ("demander_pieces_lettre", "demander_pieces_projet", "classer", "refuser_lettre", "refuser_projet")


def _actes(vie: Vie) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """(the bar's acts, the others): the same list as the API, in the same order."""
    actions = [a for a in vie.actions if a.nom not in PAGES_PROPRES or a.nom.startswith("proposer_contrat")]
    attendu = acte_attendu(vie)
    principales = [a for a in actions if (a.nom == attendu if attendu else a.est_principale)]
    secondaires = [a for a in actions if (a.nom == "renoncer_decision" if attendu else a.nom in EN_BARRE)]
    barre = [_bouton(vie, a, "tertiary" if a.nom.startswith("demander") else "secondary") for a in secondaires]
    barre += [_bouton(vie, a, "") for a in principales[:1]]
    dits = {a.nom for a in (*secondaires, *principales[:1])}
    return barre, [_bouton(vie, a, "") for a in actions if a.nom not in dits]


def _bouton(vie: Vie, action: Action, genre: str) -> dict[str, Any]:
    suite = "…" if action.nom.startswith("refuser") else ""
    return {"libelle": f"{action.libelle}{suite}", "url": vie.lien(action), "genre": genre, "nom": action.nom}
