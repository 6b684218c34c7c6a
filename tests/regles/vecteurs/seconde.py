"""The deadlines of §4 told a second time, from the text of the rules alone: what the engine is compared with.

Read the facts and the set as plain values; share no line with the engine. One function per rule, which gives the
last day, None where no day can be told.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

from tests.regles.vecteurs.calendrier import UN_JOUR, ouvre, plus

Jour = date | None


def ajoute(depart: Jour, delai: Any, *, porteur: bool = False, p: Any = None) -> Jour:
    """CAL-1; CAL-3 moves the applicant's delays only, and only where the set says so."""
    if depart is None:
        return None
    fin = plus(depart, delai.mois, delai.jours)
    return ouvre(fin) if porteur and p.prorogation_jour_ouvre_porteur else fin


def rendue(demande: Any) -> Jour:
    """CAL-6: lifted counts as received on the day of its lifting."""
    return min([j for j in (demande.recue_le, demande.levee_le) if j is not None], default=None)


def silence(recue: date, demandes: Iterable[Any], delai: Any, p: Any) -> tuple[Jour, Jour, list[Any]]:
    """CAL-2, CAL-6: (origin, last day, requests that have an effect); no origin while an indispensable item is awaited."""

    def fin(depart: date) -> date:
        return plus(depart, delai.mois, delai.jours + (p.mode_naissance == "lendemain"))

    origine: Jour = recue
    effectives = []
    for d in sorted((d for d in demandes if d.indispensable), key=lambda d: d.demandee_le):
        if origine is not None and d.demandee_le > fin(origine):
            break
        effectives.append(d)
        retour = rendue(d)
        origine = None if origine is None or retour is None else max(origine, retour)
    return origine, fin(origine) if origine else None, effectives


def dl_1(f: Any, p: Any) -> Jour:
    return silence(f.lettre_recue, f.lettre_demandes, p.delai_instruction_lettre, p)[1]


def oppose(f: Any, p: Any) -> bool:
    """AVI-2, §3: once this projet is filed (by its postmark, CAL-8) and within the delay, the last day included."""
    depot = min(f.projet_depose or f.projet_recu, f.projet_recu)
    if f.opposition_caisse_le is None or not p.opposition_caisse_bloque or f.opposition_caisse_le < depot:
        return False
    dernier = silence(f.projet_recu, f.projet_demandes, p.delai_instruction_projet, p)[1]
    return dernier is None or f.opposition_caisse_le <= dernier


def dl_3(f: Any, p: Any) -> Jour:
    if f.projet_recu is None or oppose(f, p):
        return None
    return silence(f.projet_recu, f.projet_demandes, p.delai_instruction_projet, p)[1]


def validee_le(decision: Any, silence_le: Jour, fait_foi: str) -> Jour:
    """CAL-2, CAL-7: the day that counts of an express decision; the last day of the delay for a silence."""
    if decision is None:
        return silence_le
    if decision.sens != "favorable":
        return None
    if decision.mode == "tacite":
        return decision.signee_le
    return decision.notifiee_le if fait_foi == "notification" else decision.signee_le


def reference(f: Any, p: Any) -> Jour:
    """CAL-5: the receipt of the complete letter, or the first filing; a letter that is decided awaits nothing more."""
    if p.date_reference_li == "premier_depot":
        return f.lettre_premier_depot or f.lettre_recue
    demandes = [d for d in f.lettre_demandes if f.lettre_decision is None or rendue(d)]
    return silence(f.lettre_recue, demandes, p.delai_instruction_lettre, p)[0]


def _depart_lettre(f: Any, p: Any, reglage: str) -> Jour:
    if f.est_transitoire:
        return {"engagement": f.engagement_transitoire_le, "signature": f.amorcage_signe_le, "aucun": None}[
            p.depart_transitoire
        ]
    if reglage == "signature_contrat":
        return f.amorcage_signe_le
    if reglage == "validation_li":
        return validee_le(f.lettre_decision, dl_1(f, p), p.fait_foi_lettre)
    return reference(f, p)


def dl_2(f: Any, p: Any) -> Jour:
    """§3: a delay granted by the ARS on a late projet counts when it ends later."""
    fin = ajoute(_depart_lettre(f, p, p.depart_6_mois), p.delai_depot_projet, porteur=True, p=p)
    return max(fin, f.delai_accorde_le) if fin and f.delai_accorde_le else fin


def dl_5(f: Any, p: Any) -> Jour:
    return ajoute(_depart_lettre(f, p, p.depart_18_mois), p.delai_premiere_activite, porteur=True, p=p)


def projet_valide_le(f: Any, p: Any) -> Jour:
    return validee_le(f.projet_decision, dl_3(f, p), p.fait_foi_projet)


def dl_4(f: Any, p: Any) -> Jour:
    """CAL-8: the applicant's day is the postmark."""
    if f.projet_decision is not None and f.projet_decision.sens != "favorable":
        return None
    depart = projet_valide_le(f, p) if p.depart_1_an == "validation_projet" else f.projet_depose or f.projet_recu
    return ajoute(depart, p.delai_mission_complete, porteur=True, p=p)


def dl_6(f: Any, p: Any) -> Jour:
    """50 % and the consultation are for the équipe to reach: a delay of the applicant (CAL-3)."""
    depart = f.effet_dotation if p.depart_5_ans == "date_effet" else projet_valide_le(f, p)
    return ajoute(depart, p.delai_cible, porteur=True, p=p)


def dl_7(f: Any, p: Any) -> list[date]:
    """Each anniversary of the contract's years, always from the first day (CAL-1, FIN-6)."""
    return [plus(f.effet_dotation, 12 * n) for n in range(1, p.duree_contrat_dotation.mois // 12 + 1)]


def dl_8(f: Any, p: Any, objet: str) -> Jour:
    """Four months from the decision itself, its signature; from the last day for a silence."""
    decision = f.lettre_decision if objet == "lettre" else f.projet_decision
    return ajoute(validee_le(decision, dl_1(f, p) if objet == "lettre" else dl_3(f, p), "signature"), p.delai_retrait)


def dl_9(decision: Any, p: Any) -> Jour:
    """No bar is computed unless the set says « franc »: neither first nor last day counts, then the next working day. A recours
    gracieux made in time takes its place: the whole delay again, from the day it is answered or closed.
    """
    if p.calcul_recours != "franc" or decision.sens == "favorable":
        return None

    def franc(depart: date) -> date:
        return ouvre(plus(depart, p.delai_recours.mois, p.delai_recours.jours) + UN_JOUR)

    fin, r = franc(decision.notifiee_le), decision.recours
    if r is None or r.depose_le > fin:
        return fin
    repris = r.rejet_notifie_le or r.sans_objet_le
    return franc(repris) if repris else None


def dl_10(recue: date, demandes: Iterable[Any], delai: Any, p: Any) -> list[date]:
    """Each indispensable request that has an effect, in the order of the requests: its own limit or the set's delay."""
    effectives = silence(recue, demandes, delai, p)[2]
    return [d.limite or ajoute(d.demandee_le, p.delai_pieces, porteur=True, p=p) for d in effectives]


def avi_1(depot: date, p: Any) -> Jour:
    return ajoute(depot, p.delai_avis_caisse)


def avi_2(f: Any, p: Any) -> Jour:
    return ajoute(f.opposition_caisse_le, p.delai_apres_opposition) if oppose(f, p) else None


def dur_1(f: Any, p: Any) -> date:
    """The last day of the contract: the eve of its last anniversary."""
    return plus(f.effet_dotation, p.duree_contrat_dotation.mois, p.duree_contrat_dotation.jours) - UN_JOUR


def rejet(depart: date, demandes: Iterable[Any], delai: Any, delai_pieces: Any) -> date:
    """CAL-6, last sentence: days between request and receipt are added, at most up to the delay set, none counted twice."""
    base = plus(depart, delai.mois, delai.jours)
    arretes: set[date] = set()
    for d in sorted((d for d in demandes if d.indispensable), key=lambda d: d.demandee_le):
        if d.demandee_le > base + timedelta(days=len(arretes)):
            break
        plafond = d.limite or plus(d.demandee_le, delai_pieces.mois, delai_pieces.jours)
        fin = min(rendue(d) or plafond, plafond)
        arretes |= {d.demandee_le + timedelta(days=n) for n in range((fin - d.demandee_le).days)}
    return base + timedelta(days=len(arretes))
