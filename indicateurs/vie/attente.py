"""A refusal that was signed and has no effect: what it waits for, or why it never had any (CAL-7)."""

from __future__ import annotations

from datetime import date

from dossiers import faits, lecture_visas
from dossiers.faits import equipe_joignable
from dossiers.lecture_notifications import pourquoi_sans_effet
from dossiers.lecture_recours import echeance
from dossiers.models import Preparation
from dossiers.regles.notification import PREUVES
from dossiers.regles.recours import REJET
from dossiers.services.plis import preuve_en_attente
from ess_portal.socle.horloge import jour_local
from ess_portal.socle.typographie import date_fr

from .lecture import Vie

NOMS = {"lettre": ("la lettre", "validée"), "projet": ("le projet", "validé")}


ATTENDUS = {
    "viser_decision": "Une décision préparée attend votre visa.",
    "enregistrer_presentation": "Le refus signé attend la preuve de sa notification.",
}


def acte_attendu(vie: Vie) -> str:
    """The act of `ATTENDUS` that a decision in waiting calls for from this person, before any other; "" when there is none."""
    offerts = {a.nom for a in vie.actions}
    if "viser_decision" in offerts:
        return "viser_decision"
    signees = [p for p in vie.dossier.preparations.all() if p.signee_le is not None]
    par_pli = any(
        lecture_visas.attend(vie.dossier, p) and preuve_en_attente(vie.dossier, p.objet, vie.jour) == "presentation"
        for p in signees
    )
    return "enregistrer_presentation" if par_pli and "enregistrer_presentation" in offerts else ""


def alertes(vie: Vie) -> list[dict[str, str]]:
    """One alert per signature that is not a decision yet, or that silence has beaten."""
    lignes = []
    for p in vie.dossier.preparations.all():
        if p.close_le is not None:
            continue
        if lecture_visas.attend(vie.dossier, p):
            lignes.append(_preparee(vie, p) if p.signee_le is None else _signee(vie, p))
        elif p.signee_le is None:
            continue
        elif any(d.mode == "tacite" for d in vie.dossier.decisions.all() if _est_la_sienne(d, p)) or _nee(vie, p):
            lignes.append(_sans_effet(vie, p))
    return lignes


def _est_la_sienne(decision, p: Preparation) -> bool:
    return (decision.objet, decision.version) == (p.objet, p.version)


def _nee(vie: Vie, p: Preparation) -> bool:
    """Silence has decided and no scan has written it (CAL-9)."""
    return vie.statut != vie.dossier.statut and vie.dossier.statut in (f"{p.objet}_deposee", f"{p.objet}_depose")


def _preparee(vie: Vie, p: Preparation) -> dict[str, str]:
    jour = date_fr(jour_local(p.preparee_le, vie.dossier.fuseau))
    return {
        "variante": "alerte",
        "titre": f"{lecture_visas.nature(p.sens, p.reponse)} le {jour}, en attente de visa",
        "texte": f"Un signataire, autre que son auteur, doit donner son visa. {_silence(vie, p, 'Sans visa')}",
    }


def _silence(vie: Vie, p: Preparation, sans: str) -> str:
    if p.recours_id is not None:
        return _silence_du_recours(vie, p, sans)
    nom, participe = NOMS[p.objet]
    e = vie.echeance("DL-1" if p.objet == "lettre" else "DL-3", p.objet)
    if e is None or e.dernier_jour is None or e.acquise_le is None:
        return "Aucun silence ne décide pour l’instant."
    return f"{sans} jusqu’au {date_fr(e.dernier_jour)} inclus, {nom} est réputé{'e' if p.objet == 'lettre' else ''} {participe} le {date_fr(e.acquise_le)}."


def _silence_du_recours(vie: Vie, p: Preparation, sans: str) -> str:
    e = echeance(vie.dossier, next(r for r in faits.recours(vie.dossier) if r.pk == p.recours_id))
    if e.dernier_jour is None:
        return "Aucun silence ne répond pour l’instant."
    suite = "rejeté" if e.regle == REJET else "accepté"
    return f"{sans} jusqu’au {date_fr(e.dernier_jour)} inclus, le recours est {suite} par le silence le {date_fr(e.acquise_le)}."


def _signee(vie: Vie, p: Preparation) -> dict[str, str]:
    preuve = PREUVES[preuve_en_attente(vie.dossier, p.objet, vie.jour)]
    signee = date_fr(p.date_signature)
    if vie.acteur.est_porteur:
        return {
            "variante": "alerte",
            "titre": f"L’ARS a signé une décision le {signee}",
            "texte": f"Lisez-la parmi les documents du dossier. Elle prend effet à sa notification\u00a0: {preuve}.",
        }
    suite = _silence(vie, p, "Sans elle")
    compte = "" if equipe_joignable(vie.dossier) else "L’équipe n’a pas encore de compte\u00a0: personne n’est averti. "
    return {
        "variante": "alerte",
        "titre": f"Refus signé le {signee}, sans effet avant sa notification",
        "texte": f"{compte}Il prend effet avec {preuve}. {suite}",
    }


def _sans_effet(vie: Vie, p: Preparation) -> dict[str, str]:
    nom, participe = NOMS[p.objet]
    e = vie.echeance("DL-1" if p.objet == "lettre" else "DL-3", p.objet)
    depuis = f" depuis le {date_fr(e.acquise_le)}" if e is not None and e.acquise_le else ""
    fin = _fin_du_retrait(vie, p.objet)
    limite = f", jusqu’au {date_fr(fin)} inclus" if fin else ""
    retrait = "L’ARS peut encore retirer cette validation" if vie.acteur.est_porteur else "Il reste le retrait"
    return {
        "variante": "alerte",
        "titre": f"Refus du {date_fr(p.date_signature)} sans effet",
        "texte": f"{pourquoi_sans_effet(vie.dossier, p, e, vie.jour)}\u00a0: {nom} est réputé{'e' if p.objet == 'lettre' else ''} {participe}{depuis}. "
        f"{retrait}{limite}, par une décision motivée et après une procédure contradictoire.",
    }


def _fin_du_retrait(vie: Vie, objet: str) -> date | None:
    """DL-8, or what silence will have started when it is written down."""
    e = vie.echeance("DL-8", objet)
    if e is not None and e.dernier_jour is not None:
        return e.dernier_jour
    origine = vie.echeance("DL-1" if objet == "lettre" else "DL-3", objet)
    suite = origine.suite if origine is not None else []
    return next((date.fromisoformat(s["dernier_jour"]) for s in suite if s.get("regle") == "DL-8"), None)
