"""What each origin lets ask back: facts gathered from rows, judged by `regles.recuperation`."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from adhesions.effectifs import effectifs
from dossiers import faits
from dossiers.models import Decision, Dossier, Echeance
from ess_portal.socle.erreurs import Conflit
from ess_portal.socle.horloge import jour_local
from ess_portal.socle.typographie import date_fr

from ..echeancier import premiere_annee
from ..models import Contrat, Recuperation, Versement
from ..regles import dotation as regles_dotation
from ..regles import recuperation as regles
from ..regles.procedure import Etat
from ..regles.recuperation import Proposition
from ..regles.regularisation import prorata_resiliation
from ..selectors import argent
from ..services import dates, montants

O = Recuperation.Origine  # noqa: E741
# What a validated projet had opened: the solde and the grant.
SUR_LE_PROJET = (Versement.Nature.AMORCAGE_2, *Versement.DE_LA_DOTATION)


@dataclass(frozen=True)
class Base:
    """What may be asked back, and the payments it stands on."""

    proposition: Proposition
    versements: tuple[Versement, ...] = ()


def base(dossier: Dossier, origine: str, jour: date) -> Base:
    """The proposal of one origin on a day. Raises Conflit, with why there is nothing to recover."""
    trouvee = CALCULS[origine](dossier, jour)
    if not trouvee.proposition.assiette:
        raise Conflit(
            "rien_a_recuperer",
            "Rien n’est à récupérer à ce titre\u00a0: aucune somme n’a été versée, ou elle est déjà demandée.",
        )
    return trouvee


def possibles(dossier: Dossier, jour: date) -> dict[str, Base]:
    """The origins that may be opened on a day, each with its proposal."""
    ouvertes = {
        r.origine for r in argent(dossier).recuperations if r.statut in (Etat.CONTRADICTOIRE, Etat.A_REMBOURSER)
    }
    bases = {}
    for origine in CALCULS:
        if origine in ouvertes:
            continue
        try:
            bases[origine] = base(dossier, origine, jour)
        except Conflit:
            continue
    return bases


def _dix_huit_mois(dossier: Dossier, jour: date) -> Base:
    e = Echeance.objects.filter(dossier=dossier, regle="DL-5", dernier_jour__isnull=False).order_by("rang").last()
    if e is None:
        raise Conflit("dl5", "Aucun délai de dix-huit mois ne court sur ce dossier.")
    possible = regles.ouverture_possible(e.dernier_jour, len(faits.activites_socle(dossier, e.dernier_jour)))
    if possible is None:
        raise Conflit("dl5", "Une activité de la mission socle a été déployée dans les dix-huit mois.")
    if jour < possible:
        raise Conflit("dl5", f"La procédure peut être ouverte à partir du {date_fr(possible)}.")
    return _sur(dossier, [v for v in _payes(dossier) if v.nature not in Versement.DE_LA_DOTATION], O.DIX_HUIT_MOIS)


def _retrait(dossier: Dossier, jour: date) -> Base:
    retirees = Decision.objects.filter(
        dossier=dossier, sens="favorable", retiree_le__isnull=False, retiree_le__lte=jour
    )
    retraits = list(retirees.values_list("objet", "retiree_le"))
    objets = {objet for objet, _ in retraits}
    if not objets:
        raise Conflit("retrait", "Aucune validation n’a été retirée.")
    concernes = [v for v in _payes(dossier) if "lettre" in objets or v.nature in SUR_LE_PROJET]
    return _sur(dossier, concernes, O.RETRAIT, depuis=max(le for _, le in retraits))


def _resiliation(dossier: Dossier, jour: date) -> Base:
    finis = [c for c in argent(dossier).contrats if c.statut == Contrat.Statut.RESILIE and c.date_resiliation]
    if not finis:
        raise Conflit("resiliation", "Aucun contrat n’est résilié.")
    dernier = max(finis, key=lambda c: (not c.est_credit, c.date_resiliation, c.pk))
    effective = dernier.date_resiliation
    if jour < effective:
        raise Conflit(
            "resiliation",
            f"La résiliation prend effet le {date_fr(effective)}\u00a0: la somme due se calcule ce jour-là.",
        )
    if dernier.est_credit:
        verses = [v for v in _payes(dossier) if v.contrat_id == dernier.pk]
        lignes = [(v.libelle, v.montant) for v in verses]
        pourquoi = "Crédit d’amorçage résilié\u00a0: les textes ne fixent pas de prorata, la caisse arbitre."
        return Base(regles.a_arbitrer(lignes, _deja(dossier, verses, O.RESILIATION), pourquoi), tuple(verses))
    return _prorata(dossier, dernier, effective)


def _prorata(dossier: Dossier, contrat: Contrat, effective: date) -> Base:
    """FIN-10: the year in course, its days lived."""
    rang = regles_dotation.annees_avant(contrat.date_effet, effective + timedelta(days=1))
    if effective <= contrat.date_effet or not rang:
        debut, rang = contrat.date_effet, 1
        effective = debut
    debut, _fin = regles_dotation.annee_contrat(contrat.date_effet, rang)
    annee = premiere_annee(dossier, contrat) + rang - 1
    verse, decompte = argent(dossier).versement("dotation", annee), argent(dossier).decomptes.get(annee)
    if verse is None or verse.statut != Versement.Statut.PAYE:
        raise Conflit("resiliation", "L’année en cours n’a pas été payée\u00a0: rien n’est à récupérer.")
    if decompte is not None:  # A year has one amount: that of its statement once established, arbitrated or not.
        verses = [v for v in _payes(dossier) if v.nature in Versement.DE_LA_DOTATION and v.annee == annee]
        total = sum((v.montant for v in verses), Decimal("0.00"))
        return Base(
            regles.sur_regularisation(total, decompte.montant, _deja(dossier, verses, O.RESILIATION)), tuple(verses)
        )
    p = dates.parametres(contrat)
    calcule = None
    if p.prorata_resiliation == "jours":
        calcule = prorata_resiliation(
            verse.montant,
            debut,
            effective,
            _marches(dossier, debut, max(debut, effective - timedelta(days=1))),
            bareme=p.bareme,
            table=p.bareme_table.paires,
            sous_10=p.sous_10,
            bornes=montants.bornes(p),
        )
    return Base(regles.sur_prorata(verse.montant, calcule, _deja(dossier, [verse], O.RESILIATION), effective), (verse,))


def _regularisation(dossier: Dossier, jour: date) -> Base:
    """FIN-7: a year whose statement says that too much was advanced; without one, the last year of a contract that has reached its term."""
    for annee, d in sorted(argent(dossier).decomptes.items()):
        if not dates.parametres(d.contrat).regularisation:
            continue
        verses = [v for v in _payes(dossier) if v.nature in Versement.DE_LA_DOTATION and v.annee == annee]
        trouvee = regles.sur_regularisation(
            sum((v.montant for v in verses), Decimal("0.00")), d.montant, _deja(dossier, verses, O.REGULARISATION)
        )
        if trouvee.assiette:
            return Base(trouvee, tuple(verses))
    finis = [
        c for c in argent(dossier).dotations if c.statut == Contrat.Statut.SIGNE and c.date_fin and c.date_fin <= jour
    ]
    if not finis or finis[-1] is not argent(dossier).dotations[-1]:
        raise Conflit("regularisation", "Aucun contrat de dotation n’est arrivé à son terme sans être renouvelé.")
    contrat = finis[-1]
    p = dates.parametres(contrat)
    if not p.regularisation:
        raise Conflit("regularisation", "Le réglage de ce contrat ne prévoit pas de régularisation.")
    rang = regles_dotation.annees_avant(contrat.date_effet, contrat.date_fin)
    verse = argent(dossier).versement("dotation", premiere_annee(dossier, contrat) + rang - 1)
    if verse is None or verse.statut != Versement.Statut.PAYE:
        raise Conflit("regularisation", "La dernière année n’a pas été payée.")
    debut, fin = regles_dotation.annee_contrat(contrat.date_effet, rang)
    due = regles_dotation.calculer(
        debut,
        _marches(dossier, debut, fin),
        fin=fin,
        bareme=p.bareme,
        table=p.bareme_table.paires,
        effectif=p.effectif,
        ordre=p.ordre,
        sous_10=p.sous_10,
        bornes=montants.bornes(p),
    )
    return Base(
        regles.sur_regularisation(verse.montant, due.montant, _deja(dossier, [verse], O.REGULARISATION)), (verse,)
    )


def _transitoire(dossier: Dossier, jour: date) -> Base:
    verses = [v for v in _payes(dossier) if v.nature == Versement.Nature.TRANSITOIRE]
    refusee = Decision.objects.filter(
        dossier=dossier, objet="projet", sens="defavorable", retiree_le__isnull=True, date_acquise__lte=jour
    )
    if not verses or not refusee.exists():
        raise Conflit("transitoire", "Aucun crédit transitoire versé ne porte sur un projet jugé non conforme.")
    p = dates.parametres(verses[0].contrat)
    total = sum((v.montant for v in verses), Decimal(0))
    return Base(
        regles.sur_transitoire(total, _deja(dossier, verses, O.TRANSITOIRE), p.recuperation_24000), tuple(verses)
    )


def _chevauchement(dossier: Dossier, jour: date) -> Base:
    ars, dotations = argent(dossier).financement_ars, argent(dossier).dotations
    if ars is None or not (ars.montant and ars.date_debut and ars.date_fin) or not dotations:
        raise Conflit("chevauchement", "Aucun financement de l’ARS, daté et chiffré, ne précède une dotation.")
    contrat = dotations[0]
    if contrat.date_effet > ars.date_fin or contrat.date_effet > jour:
        raise Conflit("chevauchement", "La dotation prend effet après la fin du financement de l’ARS.")
    p = dates.parametres(contrat)
    siennes = (r for r in argent(dossier).recuperations if r.creancier == "ars")
    deja = sum((_pris(r, O.CHEVAUCHEMENT) for r in siennes), Decimal(0))
    return Base(
        regles.sur_chevauchement(
            ars.montant,
            ars.date_debut,
            ars.date_fin,
            contrat.date_effet,
            deja,
            proposition_prorata=p.proposition_prorata,
        )
    )


def _sur(dossier: Dossier, verses: Sequence[Versement], origine: str, *, depuis: date | None = None) -> Base:
    lignes = [(v.libelle, v.montant) for v in verses]
    deja = _deja(dossier, verses, origine, depuis=depuis)
    return Base(regles.sur_versements(lignes, deja), tuple(verses))


def _payes(dossier: Dossier) -> list[Versement]:
    return [v for v in argent(dossier).actifs if v.statut == Versement.Statut.PAYE]


def _deja(dossier: Dossier, verses: Sequence[Versement], origine: str, *, depuis: date | None = None) -> Decimal:
    """What other procedures already ask, or obtained, on the same payments; and what a decision of this origin gave up, which is not
    asked twice for the same cause (REC-1). `depuis`: day on which a new cause arose, before which nothing was given up for it.
    """
    cles = {v.pk for v in verses}
    autres = (r for r in argent(dossier).recuperations if cles & set(r.versements))
    return sum((_pris(r, origine, depuis) for r in autres), Decimal("0.00"))


def _pris(r: Recuperation, origine: str, depuis: date | None = None) -> Decimal:
    if r.decidee_le is not None and r.origine == origine:
        est_anterieure = depuis is not None and jour_local(r.decidee_le, r.dossier.fuseau) < depuis
        if not est_anterieure:
            return r.montant_propose
    if r.statut == Etat.SANS_SUITE:
        return Decimal("0.00")
    return r.montant if r.montant is not None else r.montant_propose


def encore_demandable(r: Recuperation) -> Decimal:
    """What the équipe still holds of the payments that a recovery stands on, less what others ask of them: the bank may have given one back
    since it was opened.
    """
    if not r.versements:
        return r.montant_propose
    cles = set(r.versements)
    tenus = sum((v.montant for v in _payes(r.dossier) if v.pk in cles), Decimal("0.00"))
    autres = (x for x in argent(r.dossier).recuperations if x.pk != r.pk and cles & set(x.versements))
    return max(Decimal("0.00"), tenus - sum((_pris(x, "") for x in autres), Decimal("0.00")))


def _marches(dossier: Dossier, debut: date, fin: date) -> list[tuple[date, int]]:
    return [(x.du, x.nombre) for x in effectifs(dossier, debut, fin)]


CALCULS: Mapping[str, Callable[[Dossier, date], Base]] = {
    O.DIX_HUIT_MOIS: _dix_huit_mois,
    O.RETRAIT: _retrait,
    O.RESILIATION: _resiliation,
    O.REGULARISATION: _regularisation,
    O.TRANSITOIRE: _transitoire,
    O.CHEVAUCHEMENT: _chevauchement,
}
