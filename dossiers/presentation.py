"""How dates, criteria and rows read on a page, once for every page that shows them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from functools import lru_cache
from html import escape
from typing import Any

from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe

from ess_portal.comptes.acteur import Acteur
from ess_portal.comptes.roles import TypeOrganisation
from ess_portal.socle import composants
from ess_portal.socle.horloge import jour_local
from ess_portal.socle.typographie import INSECABLE, accord, date_fr, jour_fr

from . import colonnes, faits, lecture_visas
from .actions import statut_lu
from .dates import lier
from .lecture_visas import EnAttente
from .libelles import REGLES, etat_lu
from .models import Avis, Dossier, Echeance
from .regles.au_droit import RAPPORT
from .regles.criteres import Constat
from .regles.cycle import Statut
from .regles.delais import ajouter
from .regles.recours import REGLES as REGLES_RECOURS
from .regles.statuts import EXAMINES, FINAUX
from .selectors import REPONSES, AvisLu
from .seuils import Seuils

S = Statut
E = Echeance.Statut
# What passes by itself: once its instant is gone it is no longer awaited, whether the scan wrote it down or not (CAL-9).
D_ELLES_MEMES = ("DL-1", "DL-3", "DUR-1", *REPONSES)
MONTREES = ("DL-1", "DL-2", "DL-3", "DL-4", "DL-5", "DL-7", "DL-10", "DUR-1", "AVI", "AVI-2", RAPPORT, *REPONSES)


def attendues(echeances: Iterable[Echeance], maintenant: datetime) -> list[Echeance]:
    """The open dates that wait for somebody at this instant, nearest first."""
    ouvertes = [
        e
        for e in echeances
        if e.statut == E.OUVERTE and e.regle in MONTREES and not (e.regle in D_ELLES_MEMES and e.instant <= maintenant)
    ]
    return sorted(ouvertes, key=lambda e: (e.instant, e.pk))


def trouver(echeances: Iterable[Echeance], regle: str, objet: str = "") -> Echeance | None:
    """The last version of a date: the clocks of a letter or projet filed again are those of its last filing."""
    lignes = [e for e in echeances if e.regle == regle and objet in ("", e.objet) and e.statut != E.ANNULEE]
    return max(lignes, key=lambda e: e.rang, default=None)


def variante(jours: int, seuils: Seuils) -> str:
    """Red when it is very near or late, orange when it is near."""
    if jours < seuils.rouge:
        return "erreur"
    return "alerte" if jours <= seuils.proche else "info"


def compte(jours: int) -> tuple[int, str]:
    """The figure of a deadline box and its unit."""
    mot = "jour" if abs(jours) < 2 else "jours"
    return abs(jours), f"{mot} de retard" if jours < 0 else mot


def _boite(e: Echeance, jour: date, seuils: Seuils, phrase: str, precision: str = "", **autres: Any) -> dict[str, Any]:
    ecart = (e.dernier_jour - jour).days
    nombre, unite = compte(ecart)
    base = {"variante": variante(ecart, seuils), "explication": e.explication, "faits": []}
    return {"nombre": nombre, "unite": unite, "phrase": phrase, "precision": precision, **base, **autres}


def boite(dossier: Dossier, echeances: Sequence[Echeance], seuils: Seuils) -> dict[str, Any] | None:
    """The one date that commands a dossier now, for agents: figure, sentence, what silence brings, why. None when nothing runs."""
    maintenant = seuils.maintenant
    statut, jour = S(statut_lu(dossier)), jour_local(maintenant, dossier.fuseau)
    if statut in (S.LETTRE_DEPOSEE, S.PROJET_DEPOSE):
        return _boite_silence(dossier, statut, echeances, jour, seuils)
    if statut in (S.LETTRE_INCOMPLETE, S.PROJET_INCOMPLET):
        e = trouver(echeances, "DL-10", "lettre" if statut is S.LETTRE_INCOMPLETE else "projet")
        if e is None or e.dernier_jour is None:
            return None
        if e.dernier_jour < jour:
            return _boite(
                e,
                jour,
                seuils,
                f"Les pièces demandées n’ont pas été reçues au {date_fr(e.dernier_jour)}.",
                "Le délai de validation reste suspendu. Décidez sur ce qui est au dossier, levez la demande ou classez.",
                variante="erreur",
            )
        return _boite(
            e,
            jour,
            seuils,
            f"Délai suspendu\u00a0: pièces attendues de l’équipe jusqu’au {date_fr(e.dernier_jour)} inclus.",
            "Deux mois entiers repartent à la réception de la dernière pièce indispensable.",
            variante="alerte",
        )
    if statut in (S.LETTRE_VALIDEE, S.AMORCAGE_SIGNE):
        e = trouver(echeances, "DL-2")
        if e is None or e.dernier_jour is None:
            return None
        if dossier.est_tardif or e.dernier_jour < jour:
            return _boite(
                e,
                jour,
                seuils,
                f"Le projet de santé était attendu jusqu’au {date_fr(e.dernier_jour)} inclus.",
                "L’équipe peut encore le déposer. L’ARS statue sur le retard\u00a0: le dossier n’est jamais clos de lui-même.",
                variante="erreur",
            )
        return _boite(
            e,
            jour,
            seuils,
            f"Projet de santé attendu au plus tard le {date_fr(e.dernier_jour)}.",
            "Passé ce jour, l’équipe peut encore déposer et l’ARS statue sur le retard.",
        )
    if statut not in FINAUX and (suivantes := attendues(echeances, maintenant)):
        e = suivantes[0]
        return _boite(e, jour, seuils, f"{REGLES[e.regle]}\u00a0: au plus tard le {date_fr(e.dernier_jour)}.")
    return None


def _boite_silence(
    dossier: Dossier, statut: Statut, echeances: Sequence[Echeance], jour: date, seuils: Seuils
) -> dict[str, Any] | None:
    lettre = statut is S.LETTRE_DEPOSEE
    e = trouver(echeances, "DL-1" if lettre else "DL-3")
    if e is None:
        return None
    sujet, accordee = ("la lettre", "réputée validée") if lettre else ("le projet", "réputé validé")
    if e.statut == E.ARRETEE or e.dernier_jour is None:
        depuis = dossier.opposition_caisse_le or jour
        expresse = trouver(echeances, "AVI-2", "projet")
        if expresse is not None and expresse.dernier_jour is not None:
            return _boite_expresse(e, expresse, depuis, jour, seuils)
        nombre, unite = (jour - depuis).days, "jour" if (jour - depuis).days < 2 else "jours"
        return {
            "nombre": nombre,
            "unite": f"{unite} d’attente",
            "phrase": "Décision expresse attendue\u00a0: le silence ne vaut plus validation.",
            "precision": f"La caisse a notifié un avis défavorable motivé le {date_fr(depuis)}. Aucune date n’est acquise ensuite\u00a0: l’ARS se prononce.",
            "variante": "info",
            "explication": e.explication,
            "faits": [],
        }
    return _boite(
        e,
        jour,
        seuils,
        f"Sans décision notifiée le {date_fr(e.dernier_jour)} au plus tard, {sujet} sera {accordee}.",
        f"Validation acquise le {jour_fr(e.acquise_le)} à 0{INSECABLE}h{INSECABLE}00, heure de {ville(dossier.fuseau)}. Ni week-end ni jour férié ne prolonge ce délai.",
    )


def ville(fuseau: str) -> str:
    """« Paris », « La Réunion »: the time zone as people say it."""
    noms = {
        "Indian/Reunion": "La Réunion",
        "Indian/Mayotte": "Mayotte",
        "America/Guadeloupe": "la Guadeloupe",
        "America/Martinique": "la Martinique",
        "America/Cayenne": "Cayenne",
    }
    return noms.get(fuseau, fuseau.rpartition("/")[2].replace("_", " "))


ETATS_CONSTAT = {True: ("succes", "Conforme"), False: ("erreur", "Non conforme"), None: ("attente", "À examiner")}
ETATS_JUGEMENT = {
    "conforme": ("succes", "Conforme"),
    "reserve": ("alerte", "Réserve"),
    "non_conforme": ("erreur", "Non conforme"),
}


def lignes_grille(constats: Iterable[Constat], jugements: Mapping[str, Any], objet: str = "") -> list[dict[str, Any]]:
    """The rows of the grid: what is found, where, and the conclusion in words. `jugements`: criterion → row."""
    lignes = []
    for c in constats:
        jugement = jugements.get(c.code)
        cle, mots = ETATS_CONSTAT[c.conforme]
        if c.conforme is not True and not c.bloquant:
            cle, mots = "alerte", "À apprécier"
        if c.code == "CRI-6" and c.conforme is not True and objet:
            cle, mots = "neutre", "Non exigé à ce stade"
        elif c.derogation:
            cle, mots = "info", "Dérogation"
        elif jugement is not None and not (c.conforme is False and jugement.avis != "non_conforme"):
            cle, mots = ETATS_JUGEMENT[jugement.avis]
        lignes.append(
            {
                "code": c.code,
                "numero": c.code.removeprefix("CRI-"),
                "libelle": c.libelle,
                "constat": c.constat,
                "source": c.source,
                "etat": composants.etat(cle, mots),
                "jugement": jugement,
                "a_examiner": c.conforme is None and jugement is None,
                "derogation": c.derogation,
            }
        )
    return lignes


AVIS_LUS = {"favorable": "succes", "reserves": "alerte", "defavorable": "erreur"}


def avis_lu(avis: Avis | AvisLu | None, jour: date) -> SafeString:
    """The caisse's avis in a cell."""
    if avis is None:
        return composants.etat("neutre", "Sans objet")
    if avis.rendu_le is not None:
        mots = "Défavorable, motivé" if avis.est_opposition else Avis.Sens(avis.sens).label
        return composants.etat(AVIS_LUS[avis.sens], mots)
    if avis.date_limite < jour:
        return composants.etat("erreur", "Non rendu", f"attendu le {date_fr(avis.date_limite)}")
    return composants.etat("attente", "Attendu", f"jusqu’au {date_fr(avis.date_limite)}")


def etat_du_dossier(dossier: Dossier, acteur: Acteur, attente: EnAttente | None = None) -> SafeString:
    """The state for this reader, or what is more pressing than it: a conflict, a delay passed, silence stopped; with `attente`, what a
    decision prepared or signed still waits for.
    """
    statut = S(statut_lu(dossier))
    if dossier.est_a_regulariser and statut not in FINAUX:
        return composants.etat("erreur", "À régulariser")
    if dossier.est_tardif and statut in (S.LETTRE_VALIDEE, S.AMORCAGE_SIGNE):
        a_vous = acteur.type == TypeOrganisation.ARS
        return composants.etat("erreur", "Projet en retard\u00a0: à vous de statuer" if a_vous else "Projet en retard")
    if attente is not None and attente.compte(statut):
        return lecture_visas.etat(attente, acteur)
    return composants.etat(*etat_lu(statut, acteur))


def habiller(dossiers: Sequence[Dossier], acteur: Acteur, seuils: Seuils) -> None:
    """Writes on the rows of a list what its cells show; `echeance`, `dernier_avis`, `attente` and `suivi_nom` are already
    there.
    """
    premier, jours = True, {d.fuseau: jour_local(seuils.maintenant, d.fuseau) for d in dossiers}
    for d in dossiers:
        statut, jour = S(d.statut_effectif), jours[d.fuseau]
        d.url = adresse(d.numero)
        d.precision = " · ".join(filter(None, (d.numero, d.libelle_specialites, ", ".join(d.departements))))
        d.est_a_regulariser = d.est_a_regulariser or d.nee_en_conflit
        # Past its day a projet is late, whether the scan has written it or not (CAL-9).
        d.est_tardif = d.est_tardif or (
            d.echeance is not None and d.echeance.regle == "DL-2" and d.echeance.dernier_jour < jour
        )
        d.etape = etat_du_dossier(d, acteur, d.attente)
        d.delai = _delai(d, statut, jour, seuils)
        d.avis_lu = avis_lu(d.dernier_avis if statut in EXAMINES else None, jour)
        d.acte, urgent = _acte(d, statut, acteur, jour, seuils)
        d.est_premier, premier = premier and urgent, premier and not urgent


def _boite_expresse(silence: Echeance, e: Echeance, depuis: date, jour: date, seuils: Seuils) -> dict[str, Any]:
    """AVI-2: silence decides nothing any more; the express decision has its own day, and is shown late after it."""
    precision = f"La caisse a notifié un avis défavorable motivé le {date_fr(depuis)}. Aucune date n’est acquise ensuite\u00a0: l’ARS se prononce."
    if e.dernier_jour < jour:
        phrase = f"Décision expresse en retard\u00a0: elle était attendue jusqu’au {date_fr(e.dernier_jour)} inclus."
        return _boite(e, jour, seuils, phrase, precision, variante="erreur")
    phrase = f"Décision expresse attendue au plus tard le {date_fr(e.dernier_jour)}\u00a0: le silence ne vaut plus validation."
    return _boite(e, jour, seuils, phrase, precision, explication=[*silence.explication, *e.explication])


@lru_cache(maxsize=8192)
def adresse(numero: str) -> str:
    return reverse("dossier", args=[numero])


def rangees(dossiers: Iterable[Dossier], codes: Sequence[str] = colonnes.DEFAUT) -> SafeString:
    """The rows of the list, built without a template: fifty of them are most of what the page costs."""
    return mark_safe("".join(_rangee(d, codes) for d in dossiers))


def _rangee(d: Dossier, codes: Sequence[str]) -> str:
    return (
        f'<tr role="row"><th scope="row" role="rowheader" data-titre="Équipe et dossier"><a href="{d.url}">{escape(d.nom)}</a>'
        f'<span class="ess-mini">{escape(d.precision)}</span></th>{colonnes.cellules(d, codes)}</tr>\n'
    )


def reperes(seuils: Seuils) -> list[SafeString]:
    """What the colours of the list mean, with the thresholds in force."""
    rouge, proche = seuils.rouge, accord(seuils.proche, "jour")
    return [
        composants.etat("erreur", f"dépassée ou moins de {accord(rouge, 'jour')}"),
        composants.etat("alerte", f"{rouge} à {proche}"),
        composants.etat("neutre", f"plus de {proche}", "", "calendar-line"),
        composants.etat("info", "silence arrêté par la caisse", "", "lock-line"),
    ]


def _delai(d: Dossier, statut: Statut, jour: date, seuils: Seuils) -> SafeString:
    if statut in FINAUX and (d.echeance is None or d.echeance.regle not in REGLES_RECOURS):
        return composants.etat("neutre", "Aucune")
    if statut is S.PROJET_DEPOSE and d.opposition_caisse_le:
        return _delai_expres(d, d.opposition_caisse_le, jour, seuils)
    if d.est_tardif and statut in (S.LETTRE_VALIDEE, S.AMORCAGE_SIGNE):
        return composants.etat("erreur", "Projet en retard", "statuer sur le retard")
    e = d.echeance
    if e is None:
        return composants.etat("neutre", "Aucune date ouverte")
    tacite = e.regle in ("DL-1", "DL-3")
    precision = f"réputé validé le {date_fr(e.acquise_le)}" if tacite and e.acquise_le else REGLES.get(e.regle, "")
    return lier(
        d.numero,
        e,
        composants.delai(e.dernier_jour, jour, precision, tacite=tacite, rouge=seuils.rouge, proche=seuils.proche),
    )


def _delai_expres(d: Dossier, oppose_le: date, jour: date, seuils: Seuils) -> SafeString:
    """The open date when it is the nearest; once settled it is late, until the ARS decides."""
    if d.echeance is not None and d.echeance.regle == "AVI-2":
        lu = composants.delai(
            d.echeance.dernier_jour,
            jour,
            "décision expresse, silence arrêté",
            tacite=False,
            rouge=seuils.rouge,
            proche=seuils.proche,
        )
        return lier(d.numero, d.echeance, lu)
    if ajouter(oppose_le, faits.parametres(d, jour).delai_apres_opposition) < jour:
        return composants.etat("erreur", "Décision expresse en retard", "silence arrêté", "lock-line")
    return composants.etat("info", "Silence arrêté", "décision expresse attendue", "lock-line")


def _acte(d: Dossier, statut: Statut, acteur: Acteur, jour: date, seuils: Seuils) -> tuple[str, bool]:
    """(words of the row's link, whether somebody of this organisation is awaited there)."""
    instruit = statut in (S.LETTRE_DEPOSEE, S.PROJET_DEPOSE)
    if acteur.type == TypeOrganisation.ARS:
        if d.attente is not None and d.attente.compte(statut):
            return ("Viser", True) if d.attente.a_viser_par(acteur) else ("Ouvrir", False)
        if instruit:
            proche = d.opposition_caisse_le or (d.echeance and (d.echeance.dernier_jour - jour).days <= seuils.proche)
            return ("Décider", True) if proche else ("Instruire", True)
        if d.est_tardif and statut in (S.LETTRE_VALIDEE, S.AMORCAGE_SIGNE):
            return "Statuer", True
        if d.attend_reponse:
            return "Répondre", True
    if acteur.type == TypeOrganisation.CAISSE and instruit and d.dernier_avis and d.dernier_avis.rendu_le is None:
        return "Rendre l’avis", True
    if acteur.est_porteur and statut is S.BROUILLON:
        return "Continuer", True
    return "Ouvrir", False


def resume_tacites(comptes: Mapping[str, Any]) -> dict[str, Any] | None:
    """« Sans décision notifiée, n lettres seront réputées validées d’ici au … », from the list's counts: None when none is near."""
    n = comptes.get("tacites", 0)
    if not n:
        return None
    lettres = comptes["lettres"]
    projets = n - lettres
    objets = " et ".join(accord(k, mot) for k, mot in ((lettres, "lettre"), (projets, "projet")) if k)
    if projets:
        suite = "sera réputé validé" if n == 1 else "seront réputés validés"
    else:
        suite = "sera réputée validée" if n == 1 else "seront réputées validées"
    return {
        "nombre": n,
        "unite": "lettre" if n == 1 and lettres else "lettres" if not projets else "dossier" if n == 1 else "dossiers",
        "phrase": f"Sans décision notifiée, {objets} {suite} d’ici au {date_fr(comptes['dernier'])}.",
        "precision": f"Le plus proche\u00a0: {comptes['premier']}, validation acquise le {jour_fr(comptes['premier_le'])}. Ni week-end ni jour férié ne prolonge ces délais.",
    }
