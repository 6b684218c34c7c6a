"""The payments a dossier may expect, each with its amount and its checklist: facts gathered from rows, judged by the rules."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, ClassVar

from adhesions.effectifs import Comptage
from dossiers import faits
from dossiers.lecture_etat import lu_au_droit, statut_lu
from dossiers.models import ActiviteMission, Association, Dossier
from dossiers.regles.statuts import CONFORMITE_ACQUISE, EN_PLACE, Statut
from ess_portal.socle.horloge import jour_local
from ess_portal.socle.typographie import date_fr, euros

from .annees import premiere_annee
from .cycle import annee_close_le
from .models import Contrat, Versement
from .regles.cycle_annuel import Cycle
from .regles.dotation import annees_avant, anniversaire
from .regles.regularisation import regularisation
from .regles.versements import CREDITS, FaitsVersement, conditions
from .selectors import argent
from .services import dates, montants

FINIS = frozenset({Statut.RESILIE, Statut.CLOS})
# A condition that this payment does not ask for is left out, but for those people look for.
MONTREES_SANS_OBJET = frozenset({"finess", "personne_morale"})


@dataclass
class Ligne:
    """One expected payment. `montant` is None where the caisse arbitrates; `conditions` = [{code, etat, libelle, detail}]."""

    # The IBAN may be confirmed between the proposal and the validation.
    ADMIS_A_LA_PROPOSITION: ClassVar[frozenset[str]] = frozenset({"iban"})

    nature: str
    annee: int
    montant: Decimal | None
    contrat: Contrat | None
    versement: Versement | None
    conditions: list[dict[str, Any]] = field(default_factory=list)
    calcul: list[dict[str, Any]] = field(default_factory=list)
    detail: str = ""
    cycle: Cycle | None = None

    @property
    def libelle(self) -> str:
        suite = f", année {self.annee}" if self.annee else ""
        return f"{Versement.Nature(self.nature).label}{suite}"

    @property
    def manques(self) -> list[dict[str, Any]]:
        return [c for c in self.conditions if c["etat"] not in ("succes", "neutre")]

    @property
    def controles(self) -> list[dict[str, Any]]:
        """The conditions as the checklist component takes them."""
        return [{nom: c[nom] for nom in ("etat", "libelle", "detail")} for c in self.conditions]

    @property
    def est_nulle(self) -> bool:
        """The rules give nothing: there is no payment to propose, and nothing to arbitrate (FIN-8, `zero`)."""
        return self.montant is not None and self.montant == 0

    @property
    def est_proposable(self) -> bool:
        return (
            self.versement is None
            and self.contrat is not None
            and not self.est_nulle
            and all(c["code"] in self.ADMIS_A_LA_PROPOSITION for c in self.manques)
        )


def echeancier(dossier: Dossier, jour: date) -> list[Ligne]:
    """Every payment that the signed contracts let expect on a day."""
    a = argent(dossier)
    lignes = []
    credit = a.signe(*Contrat.CREDITS)
    if credit is not None:
        lignes += [_part(dossier, credit, nature, montant) for nature, montant in parts(credit).items()]
    lignes += [x for c in a.contrats if c.type in Contrat.CREDITS and c != credit for x in _parts_payees(dossier, c)]
    for precedents, dotation in enumerate(a.signees()):
        # Before its day of effect, the first contract shows its first year; a renewal opens none yet.
        annees = _commencees(dossier, dotation, jour) or (0 if precedents else 1)
        for annee in range(1, annees + 1):
            avance = _annee(dossier, dotation, annee, jour)
            lignes += [x for x in (avance, _regularisation(dossier, avance)) if x is not None]
    lignes += [x for dotation in a.dotations if dotation not in a.signees() for x in _dus(dossier, dotation, jour)]
    if lignes:
        f = _faits_communs(dossier, jour)
        for x in lignes:
            x.conditions = _conditions(dossier, x, f, jour)
    return lignes


def _parts_payees(dossier: Dossier, credit: Contrat) -> list[Ligne]:
    """Of a credit that ended: what was paid under it."""
    payees = {v.nature for v in argent(dossier).actifs if _est_paye(v, credit)}
    return [_part(dossier, credit, nature, montant) for nature, montant in parts(credit).items() if nature in payees]


def _est_paye(v: Versement, contrat: Contrat) -> bool:
    return v.contrat_id == contrat.pk and v.statut == Versement.Statut.PAYE


def _dus(dossier: Dossier, dotation: Contrat, jour: date) -> list[Ligne]:
    """Of a contract that ended early: what was paid, and what its statements owe for the days lived (FIN-10); nothing is advanced."""
    a, premiere, lignes = argent(dossier), premiere_annee(dossier, dotation), []
    rangs = {rang for rang, decompte in a.decomptes.items() if decompte.contrat_id == dotation.pk}
    rangs |= {v.annee for v in a.actifs if _est_paye(v, dotation)}
    for rang in sorted(rangs):
        avance = _annee(dossier, dotation, rang - premiere + 1, jour)
        lignes += [x for x in (avance, _regularisation(dossier, avance)) if x is not None]
    return lignes


def est_due_apres_la_fin(dossier: Dossier, x: Ligne) -> bool:
    """After the end of a dossier, only what a frozen statement owes is paid."""
    return x.nature in Versement.DE_LA_DOTATION and x.annee in argent(dossier).decomptes


def ligne(dossier: Dossier, jour: date, nature: str, annee: int | None = None) -> Ligne | None:
    """The expected payment of a nature: of this year, or the first one that nobody has proposed."""
    lignes = [x for x in echeancier(dossier, jour) if x.nature == nature and annee in (None, x.annee)]
    return next((x for x in lignes if x.versement is None), lignes[-1] if lignes else None)


def ouvertes(dossier: Dossier) -> list[tuple[str, str]]:
    """Natures that a signed contract opens and that nobody has proposed yet, whatever their conditions: (code, label)."""
    a = argent(dossier)
    if statut_lu(dossier) in FINIS:
        manquants = [(n, d) for n, d in a.decomptes.items() if a.versement("regularisation", n) is None]
        dus = {
            "regularisation" if a.versement("dotation", n) else "dotation"
            for n, d in manquants
            if (d.ecart if a.versement("dotation", n) else d.montant) > 0
        }
        return [(n, Versement.Nature(n).label) for n in sorted(dus)]
    natures = []
    credit = a.signe(*Contrat.CREDITS)
    if credit is not None:
        natures = [n for n in parts(credit) if a.versement(n) is None]
    if a.signe(Contrat.Type.DOTATION) is not None:
        natures.append("dotation")
        if any(d.ecart > 0 and a.versement("regularisation", n) is None for n, d in a.decomptes.items()):
            natures.append("regularisation")
    return [(n, Versement.Nature(n).label) for n in natures]


def parts(credit: Contrat) -> dict[str, Decimal]:
    return montants.parts_credit(credit.type, dates.parametres(credit), credit.montant_deduit)


def _part(dossier: Dossier, credit: Contrat, nature: str, montant: Decimal) -> Ligne:
    libelle, _condition = montants.LIBELLES[nature]
    calcul = [
        {
            "libelle": "Crédit d’amorçage",
            "detail": f"Contrat, version {credit.version}",
            "valeur": euros(credit.montant),
        }
    ]
    if credit.montant_deduit:
        calcul.append(
            {
                "libelle": "Déjà reçu, déduit",
                "detail": "Un seul crédit par équipe",
                "valeur": euros(credit.montant_deduit),
            }
        )
    calcul.append({"libelle": libelle, "detail": "", "valeur": euros(montant, centimes=True)})
    return Ligne(
        nature=nature,
        annee=0,
        montant=montant,
        contrat=credit,
        versement=argent(dossier).versement(nature),
        calcul=calcul,
        detail=f"{libelle} d’un crédit de {euros(credit.montant)}.",
    )


def _commencees(dossier: Dossier, dotation: Contrat, jour: date) -> int:
    """The years of a contract begun by a day."""
    lendemain, fin = jour + timedelta(days=1), argent(dossier).fin(dotation)
    return annees_avant(dotation.date_effet, min(lendemain, fin) if fin else lendemain)


def _annee(dossier: Dossier, dotation: Contrat, annee: int, jour: date) -> Ligne:
    """A year of the dotation: what is proposed or paid as it was judged, else the advance on the headcount of its first day."""
    premiere = premiere_annee(dossier, dotation)
    rang = premiere + annee - 1
    versement = argent(dossier).versement("dotation", rang)
    base = {"nature": "dotation", "annee": rang, "contrat": dotation, "versement": versement}
    if versement is not None:
        return Ligne(montant=versement.montant, calcul=versement.calcul, **base)
    if (decompte := argent(dossier).decomptes.get(rang)) is not None:
        # The year is over and counted: what it is due is known, nothing is advanced any more. Its regularisation may have been paid
        # already, when the bank gave the advance back after it.
        regle = argent(dossier).versement("regularisation", rang)
        return Ligne(
            montant=max(Decimal("0.00"), decompte.montant - (regle.montant if regle else Decimal(0))),
            calcul=decompte.resultat["lignes"],
            detail=f"Montant du décompte de l’année {rang}.",
            **base,
        )
    debut, p = min(anniversaire(dotation.date_effet, annee - 1), jour), dates.parametres(dotation)
    # Who counts is for the contract's set to say, not the letter's (FIN-9).
    effectif = Comptage.du_dossier(dossier, debut, reglages=p).effectif(debut)
    calculee = montants.avance(p, effectif, debut)
    return Ligne(
        montant=calculee.montant,
        calcul=[dict(e) for e in calculee.explication],
        detail=f"Avance sur l’effectif du {date_fr(debut)} : {effectif} médecin{'s' if effectif > 1 else ''}.",
        **base,
    )


def _regularisation(dossier: Dossier, avance: Ligne) -> Ligne | None:
    """What the statement of a year still owes beyond its advance (FIN-7), on that same year; what it paid in excess is no payment."""
    a = argent(dossier)
    versement, decompte = a.versement("regularisation", avance.annee), a.decomptes.get(avance.annee)
    base = {"nature": "regularisation", "annee": avance.annee, "contrat": avance.contrat, "versement": versement}
    if versement is not None:
        return Ligne(montant=versement.montant, calcul=versement.calcul, **base)
    if decompte is None or avance.versement is None or not dates.parametres(avance.contrat).regularisation:
        return None
    ecart = regularisation(avance.versement.montant, decompte.montant)
    if ecart <= 0:
        return None
    return Ligne(
        montant=ecart,
        calcul=decompte.resultat["lignes"],
        detail=f"Décompte de l’année {avance.annee}\u00a0: {euros(decompte.montant, True)} dus, {euros(avance.versement.montant, True)} avancés.",
        **base,
    )


def _faits_communs(dossier: Dossier, jour: date) -> dict[str, Any]:
    """What does not depend on the payment: decisions, association, account, evidence, obstacles."""
    decisions = {
        d.objet: d.date_acquise
        for d in dossier.decisions.filter(sens="favorable", retiree_le__isnull=True).order_by("version")
    }
    repli = jour_local(lu_au_droit(dossier).statut_depuis, dossier.fuseau)
    statut = Statut(statut_lu(dossier))
    association = Association.objects.filter(dossier=dossier).first()
    compte = argent(dossier).compte
    activite = (
        dossier.activites.filter(confirmee_le__isnull=False, ecartee_le__isnull=True, type__in=ActiviteMission.SOCLE)
        .order_by("date_deploiement", "pk")
        .first()
    )
    return {
        "jour": jour,
        "lettre_validee_le": decisions.get("lettre", repli) if statut in EN_PLACE else None,
        "projet_valide_le": decisions.get("projet", repli if statut in CONFORMITE_ACQUISE else None)
        if statut in CONFORMITE_ACQUISE or statut in FINIS
        else None,
        "personne_morale": _personne_morale(association),
        "iban_titulaire": compte.titulaire if compte else "",
        "structure_porteuse": compte.structure_porteuse if compte else "",
        "iban_confirme": compte is not None and compte.est_confirme,
        "activite_confirmee": f"{activite.get_type_display()}, déployé le {date_fr(activite.date_deploiement)}"
        if activite
        else "",
        "finess": association.finess if association else "",
        "en_conflit": dossier.est_a_regulariser,
        "recuperation_ouverte": faits.externes(dossier, jour).recuperation_ouverte,
    }


def _personne_morale(association: Association | None) -> str:
    """The legal person of FIN-2: a name and a number."""
    if association is None:
        return ""
    numeros = (("SIREN", association.siren), ("RNA", association.rna), ("registre", association.registre))
    connus = [f"{nom} {valeur}" for nom, valeur in numeros if valeur]
    return " · ".join([association.nom, *connus]) if connus else ""


def _conditions(dossier: Dossier, x: Ligne, communs: dict[str, Any], jour: date) -> list[dict[str, Any]]:
    """The rules' checklist, in the words and states of the page; a paid one keeps what it was judged on."""
    if x.versement is not None and x.versement.statut == Versement.Statut.PAYE and x.versement.conditions:
        return x.versement.conditions
    contrat = x.contrat
    contrat.dossier = dossier
    p = dates.parametres(contrat)
    dotation = x.nature in Versement.DE_LA_DOTATION
    autres = [
        v
        for v in argent(dossier).actifs
        if v != x.versement
        and (v.nature in CREDITS if not dotation else v.nature in Versement.DE_LA_DOTATION and v.annee == x.annee)
    ]
    deja = sum((v.montant for v in autres), Decimal(0))
    plafond = p.dotation_maximum if dotation else contrat.montant
    debut = _suite(dossier, x) if dotation else None
    close = annee_close_le(dossier, debut) if debut else None
    remis = close is not None and close.rapport is not None
    if close is not None:
        x.cycle = close.cycle(jour, x.versement)
    jugees = conditions(
        FaitsVersement(
            nature=x.nature,
            montant=x.montant or Decimal(0),
            contrat_signe_le=contrat.signe_jour,
            contrat_effet_le=contrat.date_effet,
            deja_verse=deja,
            plafond=plafond,
            pieces_recues=remis,
            pieces_detail=_rapport(debut - timedelta(days=1), remis) if debut else "",
            controle_caisse=close is not None and bool(close.est_conforme),
            controle_detail=close.detail_controle if close else "",
            premiere_annee=debut is None,
            avance_payee=any(v.nature == "dotation" and v.statut == Versement.Statut.PAYE for v in autres),
            exiger_personne_morale=p.exiger_personne_morale,
            structure_porteuse_admise=p.structure_porteuse,
            finess_requis_solde=p.finess_requis_solde,
            finess_requis_dotation=p.finess_requis_dotation,
            effet_minimum=p.effet_contrats_minimum,
            **communs,
        )
    )
    lignes = []
    for c in jugees:
        remplie = None if c.code == "plafond" and not x.montant else c.remplie
        if remplie is None and c.code not in MONTREES_SANS_OBJET:
            continue
        lignes.append({"code": c.code, "etat": _etat(c.code, remplie), "libelle": c.libelle, "detail": c.detail})
    return lignes


def _suite(dossier: Dossier, x: Ligne) -> date | None:
    """The anniversary that opens a year: the report of the year gone by and the caisse's check come first (§5, FIN-6). None for a year
    that follows no other without a gap: nothing is to be reported on or checked.
    """  # fmt: skip
    a, dotation = argent(dossier), x.contrat
    if x.nature == "regularisation" and x.annee in a.decomptes:
        return a.decomptes[x.annee].fin + timedelta(days=1)
    rang = x.annee - premiere_annee(dossier, dotation)
    if rang == 0 and all(a.fin(c) != dotation.date_effet for c in a.signees() if c != dotation):
        return None
    return anniversaire(dotation.date_effet, rang)


def _rapport(fin: date, remis: bool) -> str:
    return f"Année close le {date_fr(fin)}\u00a0: " + ("rapport déposé" if remis else "rapport attendu de l’équipe")


def _etat(code: str, remplie: bool | None) -> str:
    if remplie is None:
        return "neutre"
    if remplie:
        return "succes"
    return {"iban": "alerte", "conflit": "erreur", "recuperation": "erreur", "plafond": "erreur"}.get(code, "attente")
