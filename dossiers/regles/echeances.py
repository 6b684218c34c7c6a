"""The deadlines of §4 from facts: pure, explained step by step, valid at any instant.

Letter clocks share one reference date (CAL-5); an indispensable request stops a tacit clock, which restarts from zero at the
last receipt (CAL-6); the applicant's delays bear no acquisition day.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from ess_portal.referentiel.regles.parametres import Delai, Parametres

from .delais import ajouter, borne, reporter


@dataclass(frozen=True, slots=True)
class Demande:
    """A request for items. `limite`: the last day left to the équipe; None = the set's delay."""

    demandee_le: date
    indispensable: bool
    recue_le: date | None = None
    levee_le: date | None = None
    limite: date | None = None

    @property
    def close_le(self) -> date | None:
        """One that is lifted counts as received on the day of its lifting (CAL-6)."""
        jours = [j for j in (self.recue_le, self.levee_le) if j is not None]
        return min(jours, default=None)


@dataclass(frozen=True, slots=True)
class DecisionFait:
    sens: str
    mode: str
    signee_le: date | None = None
    notifiee_le: date | None = None

    @property
    def jour(self) -> date | None:
        """The day the decision counts from: a tacit one's last day, an express one's notification, else its signature."""
        return self.notifiee_le or self.signee_le


@dataclass(frozen=True, kw_only=True, slots=True)
class FaitsDelais:
    """Days are legal days of the competent ARS's zone. `projet_recu` starts the administration's clock, `projet_depose` is the
    applicant's day (postmark, CAL-8)."""

    fuseau: str
    lettre_recue: date
    lettre_premier_depot: date | None = None
    lettre_demandes: tuple[Demande, ...] = ()
    lettre_decision: DecisionFait | None = None
    amorcage_signe_le: date | None = None
    projet_recu: date | None = None
    projet_depose: date | None = None
    projet_demandes: tuple[Demande, ...] = ()
    projet_decision: DecisionFait | None = None
    opposition_caisse_le: date | None = None
    effet_dotation: date | None = None
    depart_transitoire_le: date | None = None
    sans_depart: bool = False


@dataclass(frozen=True, slots=True)
class Etape:
    """One line of « Pourquoi cette date ? »: what, why, the value it gives, the rule and its source."""

    libelle: str
    detail: str = ""
    valeur: str = ""
    regle: str = ""
    source: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class EcheanceCalculee:
    regle: str
    objet: str
    qui: str
    rang: int = 1
    dernier_jour: date | None = None
    acquise_le: date | None = None
    instant: datetime | None = None
    suspendue: bool = False
    explication: tuple[Etape, ...] = field(default=())


MOIS = ("janvier", "février", "mars", "avril", "mai", "juin", "juillet", "août", "septembre", "octobre", "novembre", "décembre")
CDC = "Cahier des charges des ESS (CPN)"
CONVENTION = "Convention médicale du 22 juin 2024, articles 53 à 58"


def jour_ecrit(jour: date) -> str:
    """« 1er mars 2026 », with no-break spaces."""
    return f"{'1er' if jour.day == 1 else jour.day}\u00a0{MOIS[jour.month - 1]}\u00a0{jour.year}"


@dataclass(frozen=True, slots=True)
class Horloge:
    """A tacit clock followed through its requests: where it starts, when it ends, or that it waits."""

    origine: date
    dernier_jour: date | None
    etapes: tuple[Etape, ...]

    @property
    def suspendue(self) -> bool:
        return self.dernier_jour is None


def suivre(reception: date, demandes: tuple[Demande, ...], delai: Delai, libelle: str) -> Horloge:
    """Follows an acceptance clock (CAL-6). A request counts when it is indispensable and made before the decision is born by
    silence; the clock restarts at the latest receipt among those that count, and waits while one of them is open.
    """
    origine, fin = reception, ajouter(reception, delai)
    etapes = [Etape("Point de départ", libelle, jour_ecrit(reception), "CAL-5")]
    ouverte = False
    for d in sorted(demandes, key=lambda x: (x.demandee_le, x.close_le or date.max)):
        if not d.indispensable:
            etapes.append(Etape("Demande sans effet", f"Pièce non indispensable demandée le {jour_ecrit(d.demandee_le)} : le délai continue.", "aucun arrêt", "CAL-6"))
            continue
        if not ouverte and d.demandee_le > fin:
            etapes.append(Etape("Demande sans effet", f"Demandée le {jour_ecrit(d.demandee_le)}, après la décision née du silence.", "aucun arrêt", "CAL-6"))
            continue
        if d.close_le is None:
            ouverte = True
            etapes.append(Etape("Arrêt du délai", f"Pièces indispensables demandées le {jour_ecrit(d.demandee_le)}, attendues.", "suspendu", "CAL-6", "CRPA, L. 114-5"))
            continue
        origine = max(origine, d.close_le)
        fin = ajouter(origine, delai)
        motif = "demande levée" if d.levee_le == d.close_le and d.recue_le != d.close_le else "dernière pièce reçue"
        etapes.append(Etape("Arrêt puis nouveau départ", f"Pièces indispensables demandées le {jour_ecrit(d.demandee_le)} ; {motif} : le délai repart en entier.", jour_ecrit(d.close_le), "CAL-6", "CRPA, L. 114-5"))
    if not ouverte and len(etapes) == 1:
        etapes.append(Etape("Arrêts du délai", "Aucune pièce indispensable n’a été demandée.", "aucun", "CAL-6"))
    return Horloge(origine, None if ouverte else fin, tuple(etapes))


def _resultat(dernier: date, *, tacite: bool, fuseau: str) -> Etape:
    if tacite:
        return Etape("Dernier jour pour répondre", f"La journée entière compte, heure de {fuseau}. La décision implicite est acquise le {jour_ecrit(dernier + timedelta(days=1))} à 0\u00a0h.", jour_ecrit(dernier), "CAL-2")
    return Etape("Dernier jour", f"La journée entière est à vous, jusqu’à 23\u00a0h\u00a059, heure de {fuseau}.", jour_ecrit(dernier), "CAL-2")


def _tacite(regle: str, objet: str, h: Horloge, delai: Delai, f: FaitsDelais, p: Parametres, *, arretee: Etape | None = None) -> EcheanceCalculee:
    etapes = [*h.etapes, Etape("Délai de réponse", "De date à date : même quantième, sinon dernier jour du mois.", f"+\u00a0{delai}", "CAL-1", CDC)]
    if arretee is not None:
        return EcheanceCalculee(regle=regle, objet=objet, qui="ars", explication=(*etapes, arretee))
    if h.dernier_jour is None:
        return EcheanceCalculee(regle=regle, objet=objet, qui="ars", suspendue=True, explication=tuple(etapes))
    dernier = h.dernier_jour
    if p.mode_naissance == "lendemain":
        dernier += timedelta(days=1)
        etapes.append(Etape("Départ le lendemain", "Réglage : le délai part le lendemain de la réception.", "+\u00a01\u00a0jour", "CAL-2"))
    etapes.append(Etape("Jours non ouvrés", "Ni les week-ends ni les jours fériés ne prolongent ce délai.", "sans effet", "CAL-3"))
    return EcheanceCalculee(
        regle=regle, objet=objet, qui="ars", dernier_jour=dernier, acquise_le=dernier + timedelta(days=1), instant=borne(dernier, f.fuseau),
        explication=(*etapes, _resultat(dernier, tacite=True, fuseau=f.fuseau)),
    )


def _simple(
    regle: str, objet: str, qui: str, depart: date, libelle: str, delai: Delai, f: FaitsDelais, p: Parametres, *, source: str = CDC, rang: int = 1, multiplie: int = 1,
) -> EcheanceCalculee:
    """A delay without silence: the applicant's, or the administration's own."""
    total = Delai(delai.mois * multiplie, delai.jours * multiplie)
    dernier = ajouter(depart, total)
    etapes = [Etape("Point de départ", libelle, jour_ecrit(depart), regle), Etape("Délai", "De date à date.", f"+\u00a0{total}", "CAL-1", source)]
    if qui == "equipe" and p.prorogation_jour_ouvre_porteur and reporter(dernier) != dernier:
        dernier = reporter(dernier)
        etapes.append(Etape("Report au jour ouvré", "Réglage : le dernier jour n’était pas ouvré.", jour_ecrit(dernier), "CAL-3"))
    etapes.append(_resultat(dernier, tacite=False, fuseau=f.fuseau))
    return EcheanceCalculee(regle=regle, objet=objet, qui=qui, rang=rang, dernier_jour=dernier, instant=borne(dernier, f.fuseau), explication=tuple(etapes))


def calculer(f: FaitsDelais, p: Parametres, *, presumer_tacite: bool = False) -> tuple[EcheanceCalculee, ...]:
    """Every échéance of §4 that the facts determine. `presumer_tacite` (the public calculator): while no decision is known, what
    follows a validation is counted from the last day of silence.
    """
    sorties: list[EcheanceCalculee] = []
    lettre = _lettre(f, p)
    sorties.append(lettre)
    validation_lettre = _validation(f.lettre_decision, lettre, presumer_tacite)
    sorties.extend(_apres_lettre(f, p, validation_lettre))
    sorties.extend(_projet(f, p, presumer_tacite))
    if f.effet_dotation is not None:
        sorties.extend(_dotation(f, p))
    return tuple(sorties)


def _lettre(f: FaitsDelais, p: Parametres) -> EcheanceCalculee:
    h = suivre(f.lettre_recue, f.lettre_demandes, p.delai_instruction_lettre, "Lettre d’intention reçue par l’ARS compétente.")
    return _tacite("DL-1", "lettre", h, p.delai_instruction_lettre, f, p)


def _validation(decision: DecisionFait | None, tacite: EcheanceCalculee, presumer: bool) -> date | None:
    if decision is not None:
        return decision.jour if decision.sens == "favorable" else None
    return tacite.dernier_jour if presumer else None


def reference_lettre(f: FaitsDelais, p: Parametres) -> date | None:
    """CAL-5: receipt of the complete letter by the competent ARS, or its first filing; None while an item is missing."""
    if p.date_reference_li == "premier_depot":
        return f.lettre_premier_depot or f.lettre_recue
    h = suivre(f.lettre_recue, f.lettre_demandes, p.delai_instruction_lettre, "")
    return None if h.suspendue else h.origine


def _apres_lettre(f: FaitsDelais, p: Parametres, validation: date | None) -> list[EcheanceCalculee]:
    sorties = []
    departs = {"depot_li": (reference_lettre(f, p), "Lettre d’intention complète, reçue par l’ARS."), "signature_contrat": (f.amorcage_signe_le, "Signature du contrat par les trois parties."), "validation_li": (validation, "Validation de la lettre d’intention.")}
    if f.depart_transitoire_le is not None:
        departs = dict.fromkeys(departs, (f.depart_transitoire_le, "Entrée dans le régime transitoire."))
    for regle, reglage, delai, qui in (("DL-2", p.depart_6_mois, p.delai_depot_projet, "equipe"), ("DL-5", p.depart_18_mois, p.delai_premiere_activite, "equipe")):
        depart, libelle = departs[reglage]
        if depart is not None and not f.sans_depart:
            sorties.append(_simple(regle, "lettre", qui, depart, libelle, delai, f, p))
        elif reglage == "depot_li" and not f.sans_depart:
            sorties.append(EcheanceCalculee(regle=regle, objet="lettre", qui=qui, suspendue=True, explication=(Etape("Point de départ", "La lettre n’est pas complète : le délai n’a pas commencé.", "suspendu", "CAL-5"),)))
    sorties.append(_simple("AVI", "lettre", "caisse", f.lettre_recue, "Avis demandé à la caisse au dépôt de la lettre.", p.delai_avis_caisse, f, p))
    if validation is not None:
        sorties.append(_simple("DL-8", "lettre", "ars", validation, "Validation de la lettre.", p.delai_retrait, f, p, source="CRPA, L. 242-1"))
    sorties.extend(_pieces("lettre", f.lettre_recue, f.lettre_demandes, p.delai_instruction_lettre, f, p))
    return sorties


def _pieces(objet: str, reception: date, demandes: tuple[Demande, ...], delai: Delai, f: FaitsDelais, p: Parametres) -> list[EcheanceCalculee]:
    """DL-10 of each indispensable request that had an effect."""
    sorties = []
    fin: date | None = ajouter(reception, delai)
    origine = reception
    for d in sorted(demandes, key=lambda x: (x.demandee_le, x.close_le or date.max)):
        if not d.indispensable or (fin is not None and d.demandee_le > fin):
            continue
        if d.limite is not None:
            etapes = (Etape("Délai fixé par l’ARS", f"Demande du {jour_ecrit(d.demandee_le)}.", jour_ecrit(d.limite), "DL-10", "CRPA, L. 114-5"), _resultat(d.limite, tacite=False, fuseau=f.fuseau))
            sorties.append(EcheanceCalculee(regle="DL-10", objet=objet, qui="equipe", rang=len(sorties) + 1, dernier_jour=d.limite, instant=borne(d.limite, f.fuseau), explication=etapes))
        else:
            sorties.append(_simple("DL-10", objet, "equipe", d.demandee_le, "Demande de pièces indispensables.", p.delai_pieces, f, p, source="CRPA, L. 114-5", rang=len(sorties) + 1))
        if d.close_le is None:
            fin = None
        elif fin is not None:
            origine = max(origine, d.close_le)
            fin = ajouter(origine, delai)
    return sorties


def _projet(f: FaitsDelais, p: Parametres, presumer: bool) -> list[EcheanceCalculee]:
    if f.projet_recu is None:
        return []
    h = suivre(f.projet_recu, f.projet_demandes, p.delai_instruction_projet, "Projet de santé complet, reçu par l’ARS.")
    arretee = None
    if f.opposition_caisse_le is not None and p.opposition_caisse_bloque and (h.dernier_jour is None or f.opposition_caisse_le <= h.dernier_jour):
        arretee = Etape("Silence arrêté par la caisse", f"Acte défavorable motivé de la caisse le {jour_ecrit(f.opposition_caisse_le)} : une décision expresse de l’ARS est attendue.", "arrêté", "AVI-2", CDC)
    tacite = _tacite("DL-3", "projet", h, p.delai_instruction_projet, f, p, arretee=arretee)
    sorties = [tacite, _simple("AVI", "projet", "caisse", f.projet_recu, "Avis demandé à la caisse au dépôt du projet.", p.delai_avis_caisse, f, p)]
    sorties.extend(_pieces("projet", f.projet_recu, f.projet_demandes, p.delai_instruction_projet, f, p))
    validation = _validation(f.projet_decision, tacite, presumer)
    depart_an = validation if p.depart_1_an == "validation_projet" else (f.projet_depose or f.projet_recu)
    if depart_an is not None and (f.projet_decision is None or f.projet_decision.sens == "favorable"):
        libelle = "Dépôt du projet de santé." if p.depart_1_an == "depot_projet" else "Validation du projet de santé."
        sorties.append(_simple("DL-4", "projet", "equipe", depart_an, libelle, p.delai_mission_complete, f, p))
    depart_cible = f.effet_dotation if p.depart_5_ans == "date_effet" else validation
    if depart_cible is not None:
        sorties.append(_simple("DL-6", "projet", "equipe", depart_cible, "Validation du projet de santé." if p.depart_5_ans != "date_effet" else "Effet de la dotation.", p.delai_cible, f, p))
    if validation is not None:
        sorties.append(_simple("DL-8", "projet", "ars", validation, "Validation du projet.", p.delai_retrait, f, p, source="CRPA, L. 242-1"))
    return sorties


def _dotation(f: FaitsDelais, p: Parametres) -> list[EcheanceCalculee]:
    effet = f.effet_dotation
    if effet is None:
        return []
    annees = [_simple("DL-7", "dotation", "caisse", effet, "Date d’effet de la dotation.", Delai(mois=12), f, p, source=CONVENTION, rang=n, multiplie=n) for n in range(1, 6)]
    fin = ajouter(effet, p.duree_contrat_dotation) - timedelta(days=1)
    duree = (
        Etape("Point de départ", "Date d’effet de la dotation.", jour_ecrit(effet), "DUR-1"),
        Etape("Durée du contrat", "Le contrat prend fin la veille de son anniversaire.", f"+\u00a0{p.duree_contrat_dotation}", "DUR-1", "Contrat de dotation"),
        Etape("Dernier jour du contrat", "Sans renouvellement exprès, il expire le lendemain à 0\u00a0h.", jour_ecrit(fin), "DUR-1"),
    )
    return [*annees, EcheanceCalculee(regle="DUR-1", objet="dotation", qui="ars", dernier_jour=fin, instant=borne(fin, f.fuseau), explication=duree)]


def est_tacite(f: FaitsDelais, p: Parametres, objet: str, instant: datetime) -> bool:
    """Is the tacit validation of this object born at this instant (CAL-2, CAL-9)? False once a decision is known."""
    if (f.lettre_decision if objet == "lettre" else f.projet_decision) is not None:
        return False
    regle = "DL-1" if objet == "lettre" else "DL-3"
    return any(e.regle == regle and e.instant is not None and e.instant <= instant for e in calculer(f, p))


def acte_recevable(dernier: date, *, signee_le: date, notifiee_le: date, fait_foi: str) -> bool:
    """CAL-7: does an express decision beat silence? By its notification (letter) or its signature (projet)."""
    return (notifiee_le if fait_foi == "notification" else signee_le) <= dernier
