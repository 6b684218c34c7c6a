"""The budget again, by brute force: raw lines of the ledger, raw contracts, the échéances; nothing of the portal's sums nor of its rules."""

from __future__ import annotations

import csv
import io
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import fields
from datetime import date, datetime
from decimal import Decimal
from itertools import zip_longest
from typing import Any

from django.urls import reverse

from dossiers.models import Dossier, Echeance
from dossiers.regles.statuts import Statut
from ess_portal.comptes.acteur import Acteur
from ess_portal.comptes.locataire import comme_portail, contexte
from ess_portal.comptes.models import Utilisateur
from ess_portal.socle.horloge import jour_local
from financement.models import Contrat, LigneEcriture
from financement.selectors import budget
from tests.fabriques import client_de
from tests.outillage.recompte import rejouer

S = Statut
# What each measure is, in accounts of the ledger: debits less credits, 800 turned round.
COMPTES = {
    "engage": {"800"}, "verse": {"804", "805", "806", "807"}, "trop_percu": {"805", "806", "807"}, "recupere": {"806"}, "a_recuperer": {"805"},
}  # fmt: skip
A_VERSER = {"801", "802", "803"}
MOTS = {"Engagé": "engage", "Versé": "verse", "Trop-perçu constaté": "trop_percu", "Récupéré": "recupere", "Reste à récupérer": "a_recuperer"}  # fmt: skip
APRES_LE_PROJET = (S.PROJET_VALIDE, S.FINESS_ATTRIBUE, S.DOTATION_ACTIVE)
FINIS = (S.LETTRE_REFUSEE, S.RESILIE, S.CLOS)
Cle = tuple[str, str, str]


def compter(acteur: Acteur, maintenant: datetime) -> tuple[dict[str, Counter[Cle]], Counter[Cle], Decimal]:
    """(measure → (year, department, specialty) → sum, (month, department, specialty) → to come, committed beyond)."""
    jour = jour_local(maintenant, "Europe/Paris")
    sommes: dict[str, Counter[Cle]] = {nom: Counter() for nom in COMPTES}
    with comme_portail():
        etats = rejouer()
        siens = {
            d.pk: d for d in Dossier.objects.order_by("pk") if d.ars_id is not None and acteur.perimetre_id in (d.ars_id, d.caisse_id)
        }  # fmt: skip
        lues = [
            x for x in LigneEcriture.objects.select_related("ecriture").order_by("pk") if x.ecriture.dossier_id in siens
        ]
        contrats, dates = defaultdict(list), defaultdict(list)
        for c in Contrat.objects.order_by("date_effet", "pk"):
            if c.statut in ("signe", "resilie") and c.date_effet and c.type != "avenant":
                contrats[c.dossier_id].append(c)
        for e in Echeance.objects.order_by("dernier_jour", "pk"):
            dates[e.dossier_id].append(e)
    par_dossier = defaultdict(list)
    for x in lues:
        if x.ecriture.financeur != "assurance_maladie":
            continue
        par_dossier[x.ecriture.dossier_id].append(x)
        cle = (str(x.ecriture.date_comptable.year), *_ou(siens[x.ecriture.dossier_id]))
        for nom, comptes in COMPTES.items():
            sommes[nom][cle] += (_signe(x) if nom != "engage" else -_signe(x)) if x.compte in comptes else 0
    mois, plus_tard = Counter[Cle](), Decimal(0)
    for pk, lignes in par_dossier.items():
        for quand, montant, est_engage in _a_venir(lignes, contrats[pk], dates[pk], etats[pk], jour):
            rang = (quand.year - jour.year) * 12 + quand.month - jour.month
            if rang < 18:
                mois[f"{quand:%Y-%m}", *_ou(siens[pk])] += montant
            elif est_engage:
                plus_tard += montant
    return sommes, mois, plus_tard


def _signe(x: LigneEcriture) -> Decimal:
    return x.montant if x.sens == "D" else -x.montant


def _ou(d: Dossier) -> tuple[str, str]:
    return d.siege_departement or "", d.specialites[0] if len(d.specialites) == 1 else "plusieurs"


def _a_venir(
    lignes: list[LigneEcriture], contrats: list[Contrat], dates: list[Echeance], etat: Statut, jour: date
) -> Iterator[tuple[date, Decimal, bool]]:
    """(day, sum, committed?): what is reserved and not paid, then each year of dotation that begins."""
    debuts = _debuts(contrats, dates)
    annees: dict[int, Counter[str]] = defaultdict(Counter)
    credits: dict[str, Counter[str]] = defaultdict(Counter)
    for x in lignes:
        soldes = annees[x.ecriture.annee] if x.ecriture.poste == "dotation" else credits[x.ecriture.poste]
        soldes[x.compte] += _signe(x)
    for annee, soldes in annees.items():
        debut = next((quand for rang, quand, _ in debuts if rang == annee), jour)
        yield max(jour, debut), sum(soldes[c] for c in A_VERSER), True
    signe = next((c for c in contrats if c.type in ("amorcage", "transitoire") and c.statut == "signe"), None)
    # The text that was signed says in how many parts.
    seconde = (
        Decimal(signe.contenu["echeancier"][1]["montant"])
        if signe and len(signe.contenu["echeancier"]) > 1
        else Decimal(0)
    )
    limites = [
        e.dernier_jour for e in dates if e.regle in ("DL-2", "DL-3") and e.statut == "ouverte" and e.dernier_jour
    ]
    for soldes in credits.values():
        tard = min(soldes["801"], seconde)
        yield jour, sum(soldes[c] for c in A_VERSER) - tard, True
        yield max([jour, *limites[-1:]]) if etat not in APRES_LE_PROJET else jour, tard, True
    engagees = {annee: -soldes["800"] for annee, soldes in annees.items() if soldes["800"]}
    for annee, quand, contrat in debuts:
        if annee not in engagees and etat not in FINIS and contrat.statut == "signe":
            connues = [engagees[n] for n in sorted(engagees) if n < annee]
            yield max(jour, quand), connues[-1] if connues else contrat.montant, False


def _debuts(contrats: list[Contrat], dates: list[Echeance]) -> list[tuple[int, date, Contrat]]:
    """The years of dotation: a contract's first day, then the day of each anniversary (DL-7) that it is still in force on."""
    signes = [c for c in contrats if c.type == "dotation"]
    anniversaires = {e.rang: e.dernier_jour for e in dates if e.regle == "DL-7"}
    lus: list[tuple[int, date, Contrat]] = []
    for c, suivant in zip_longest(signes, signes[1:]):
        fins = [f for f in (c.date_fin, c.date_resiliation, suivant and suivant.date_effet) if f]
        annee, debut = len(lus) + 1, c.date_effet
        while debut is not None and (not fins or debut < min(fins)):
            lus.append((annee, debut, c))
            debut = anniversaires.get(annee)
            annee += 1
    return lus


def ecarts_du_budget(acteur: Acteur, maintenant: datetime) -> Iterator[str]:
    """What the budget says otherwise than the recount: whole, by each of its breakdowns, filtered, and in its file."""
    sommes, mois, plus_tard = compter(acteur, maintenant)
    with contexte(acteur):
        lu = budget.lire(acteur, maintenant)
        filtres = {x: budget.lire(acteur, maintenant, departement=x) for x in lu.departements if x} | {
            x: budget.lire(acteur, maintenant, specialite=x) for x in lu.specialites
        }
    if {f.name for f in fields(budget.Ligne)} != {*COMPTES, "a_venir"}:
        yield "une mesure du budget n’est pas recomptée"
    yield from _dire("au-delà", lu.au_dela, plus_tard)
    dits = {nom: {(str(a), d, s): getattr(x, nom) for (a, d, s), x in lu.lignes.items()} for nom in COMPTES}
    for nom, attendus in sommes.items():
        yield from _dire(nom, _pleins(dits[nom]), _pleins(attendus))
    yield from _dire("à venir", _pleins({(f"{m:%Y-%m}", d, s): x for (m, d, s), x in lu.mois.items()}), _pleins(mois))
    entier = {**sommes, "a_venir": mois}
    yield from _dire(
        "total", _mesures(budget.total(lu)), {nom: sum(x.values(), Decimal(0)) for nom, x in entier.items()}
    )
    for rang, par in enumerate(("annee", "departement", "specialite")):
        # Under the names of the page, the sums alone are compared: names are not unique keys of the recount.
        attendues = [
            _coupe(entier, rang, code)
            for code in sorted({cle[rang] for x in entier.values() for cle, n in x.items() if n})
        ]
        if par == "annee":
            attendues = [
                a | {"a_venir": Decimal(0)} for a in attendues if any(m for nom, m in a.items() if nom != "a_venir")
            ]
        yield from _dire(
            par,
            sorted(tuple(_mesures(x).values()) for _, x in budget.grouper(lu, par)),
            sorted(tuple(a.values()) for a in attendues),
        )
    for code, x in filtres.items():
        rang = 1 if code in lu.departements else 2
        yield from _dire(f"filtré sur {code}", _mesures(budget.total(x)), _coupe(entier, rang, code))
    yield from _fichier(acteur, lu, entier)


def _fichier(acteur: Acteur, lu: budget.Budget, entier: Mapping[str, Counter[Cle]]) -> Iterator[str]:
    """The rows of the file, each under its period, its department and its specialty."""
    page = client_de(Utilisateur.objects.get(pk=acteur.utilisateur_id)).get(reverse("budget_exporter"))
    noms = {nom: code for code, nom in lu.specialites.items()}
    for mot, nom in (*MOTS.items(), ("À venir", "a_venir")):
        rangees = csv.DictReader(io.StringIO(page.content.decode("utf-8-sig")), delimiter=";")
        dites = {
            (r["Période"], r["Département"], noms[r["Spécialité"]]): Decimal(r["Montant"].replace(",", ".")) for r in rangees if r["Mesure"] == mot
        }  # fmt: skip
        yield from _dire(f"fichier, {mot}", dites, _pleins(entier[nom]))


def _coupe(entier: Mapping[str, Counter[Cle]], rang: int, code: str) -> dict[str, Decimal]:
    return {nom: sum((n for cle, n in x.items() if cle[rang] == code), Decimal(0)) for nom, x in entier.items()}


def _mesures(x: budget.Ligne) -> dict[str, Decimal]:
    return {nom: getattr(x, nom) for nom in (*COMPTES, "a_venir")}


def _pleins(x: Mapping[Cle, Decimal]) -> dict[Cle, Decimal]:
    return {cle: n for cle, n in x.items() if n}


def _dire(nom: str, dit: Any, attendu: Any) -> Iterator[str]:
    if dit == attendu:
        return
    if isinstance(dit, dict):
        dit, attendu = ({c: n for c, n in x.items() if (dit.get(c), attendu.get(c)) != (n, n)} for x in (dit, attendu))
    yield f"budget, {nom} : {dit}, {attendu} comptés"
