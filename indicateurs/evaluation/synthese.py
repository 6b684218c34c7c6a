"""The synthesis of a campaign as its PDF prints it: the figures of the evaluation, the returns, what the équipes describe, counted."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime

from dossiers.forms.lettre import OBJECTIFS
from dossiers.seuils import fuseau_de
from ess_portal.comptes.acteur import Acteur
from ess_portal.comptes.roles import Role
from ess_portal.documents.donnees.communs import Service
from ess_portal.documents.donnees.demandes import Barre, Serie
from ess_portal.documents.donnees.syntheses import LigneTableau, ReperesPerimetre, SyntheseCampagne, Tableau
from ess_portal.referentiel.models import Region
from ess_portal.socle.horloge import jour_local
from ess_portal.socle.typographie import nombre

from ..graphiques import CACHE
from ..models import Rapport
from ..pilotage.echeances import Filtres
from ..regles.indicateurs import INDICATEURS
from ..regles.secret import SEUIL, publier
from . import lecture
from .page import ligne, regions, serie
from .retours import A_CORRIGER, DEPOSE, EN_RETARD, FILES, PAS_DU, VALIDE, Retour, retours

LARGEUR, DEBUT = 800, 230
LARGEUR_RETOURS, DEBUT_RETOURS = 640, 560
CAMPAGNES = 6
NON_REMIS = (A_CORRIGER, EN_RETARD, PAS_DU)
MOTS = {
    VALIDE: "Validés",
    DEPOSE: "Déposés, à examiner",
    A_CORRIGER: "À corriger",
    EN_RETARD: "Non remis, en retard",
    PAS_DU: "Pas encore dus",
}
REMIS = "Déposés ou validés"


def codes() -> list[str]:
    return [i.code.replace("i", "I") for i in INDICATEURS]


def assembler(acteur: Acteur, titulaire: str, campagne: int, maintenant: datetime) -> SyntheseCampagne | None:
    """None when nothing is expected of that year. `titulaire`: the organisation whose perimeter it is. A constant number of queries."""
    filtres, nationale = Filtres(), acteur.role == Role.ADMIN_NATIONAL
    attendus = retours(acteur, filtres, campagne, maintenant)
    if not attendus:
        return None
    fuseau, sommes = fuseau_de(acteur.region), lecture.sommes(acteur, filtres)
    annees = [a for a in sorted({a for a, _ in sommes}) if a <= campagne][-CAMPAGNES:]
    siennes = {region: s for (a, region), s in sommes.items() if a == campagne}
    noms = dict(Region.objects.order_by("nom").values_list("code", "nom")) if nationale else {}
    par_region = regions(siennes, noms) if nationale and siennes else None
    remis = par_region["n"] if par_region else nombre(sum(r.etat in FILES for r in attendus))
    detail: list[Tableau] = []
    if nationale:
        lignes_retours, non_remis = _retours_nationaux(attendus, remis, noms)
        detail = [*([_par_region(par_region)] if par_region else []), non_remis]
    else:
        lignes_retours = _retours(attendus)
    if siennes and not nationale:
        detail.append(_par_equipe(lecture.par_equipe(acteur, filtres, campagne)))
    return SyntheseCampagne(
        reperes=ReperesPerimetre(
            perimetre="Toutes les régions" if nationale else titulaire, ars=Service(nom=titulaire),
            date_edition=jour_local(maintenant, fuseau), fuseau=fuseau,
        ),
        campagne=campagne,
        situation_le=maintenant,
        est_nationale=nationale,
        retours=tuple(_compte(mot, valeur) for mot, valeur in lignes_retours),
        dessin_retours=() if nationale else (_dessin_retours(attendus),),
        par_campagne=_par_campagne(annees, sommes, nationale=nationale),
        series=tuple(_barres(code, annees, sommes, nationale=nationale) for code in _codes_lus()) if len(annees) > 1 else (),
        legende=tuple(LigneTableau(titre=c, valeurs=(i.libelle,)) for c, i in zip(codes(), INDICATEURS, strict=True)),
        detail=tuple(detail),
        qualitatifs=_qualitatifs(list(lecture.remis(acteur, filtres).filter(campagne=campagne).order_by("pk")), remis, nationale=nationale),
        notes=_notes(nationale=nationale),
    )  # fmt: skip


def _codes_lus() -> list[str]:
    return [i.code for i in INDICATEURS]


def _compte(titre: str, valeur: str) -> LigneTableau:
    return LigneTableau(titre=titre, valeurs=(valeur,))


def _retours(attendus: Sequence[Retour]) -> list[tuple[str, str]]:
    comptes = Counter(r.etat for r in attendus)
    remis = sum(comptes[e] for e in FILES)
    return [
        ("Rapports attendus", nombre(len(attendus))),
        (REMIS, nombre(remis)),
        ("Dont validés", nombre(comptes[VALIDE])),
        ("Renvoyés à l’équipe, à corriger", nombre(comptes[A_CORRIGER])),
        ("Remis après la date", nombre(sum(r.est_tardif for r in attendus))),
        ("Non remis, date passée", nombre(comptes[EN_RETARD])),
        ("Pas encore dus", nombre(comptes[PAS_DU])),
    ]


def _retours_nationaux(
    attendus: Sequence[Retour], remis: str, noms: Mapping[str, str]
) -> tuple[list[tuple[str, str]], Tableau]:
    """What is filed is told as the table of indicators tells it, what is not has a table of its own, hidden on its own: other reports, so
    that neither gives the other away.
    """
    comptes: dict[str, Counter[str]] = {}
    for r in attendus:
        comptes.setdefault(r.region, Counter())[r.etat] += 1
    presentes = [code for code in noms if code in comptes]
    p = publier([[comptes[c][e] for e in NON_REMIS] for c in presentes])
    rangees = [(noms[c], (*p.cellules[i], p.totaux_lignes[i])) for i, c in enumerate(presentes)]
    lignes = [LigneTableau(titre=nom, valeurs=tuple(_dit(n) for n in lus)) for nom, lus in rangees]
    total = tuple(_dit(n) for n in (*p.totaux_colonnes, p.total))
    lignes.append(LigneTableau(titre="Toutes les régions", valeurs=total, est_total=True))
    entetes = ("Région", *(MOTS[e] for e in NON_REMIS), "Ensemble")
    comptes_lus = [
        ("Rapports attendus", CACHE if CACHE in (remis, total[-1]) else nombre(len(attendus))),
        (REMIS, remis),
        *((MOTS[e], n) for e, n in zip(NON_REMIS, total, strict=False)),
    ]
    return comptes_lus, Tableau(
        titre="Rapports non remis ou renvoyés, par région", entetes=entetes, lignes=tuple(lignes)
    )


def _dit(n: int | None) -> str:
    return CACHE if n is None else nombre(n)


def _dessin_retours(attendus: Sequence[Retour]) -> Serie:
    comptes = Counter(r.etat for r in attendus)
    plus_haut = max(comptes.values())
    barres = tuple(
        Barre(annee=mot, valeur=nombre(n), largeur=n * LARGEUR_RETOURS // plus_haut, debut=DEBUT_RETOURS)
        for mot, n in ((mot, comptes[etat]) for etat, mot in MOTS.items())
    )
    return Serie(code="", libelle="Où en sont les rapports attendus", barres=barres)


def _par_campagne(annees: Sequence[int], sommes: lecture.Sommes, *, nationale: bool) -> Tableau:
    lus = {i.code: serie(i.code, annees, sommes, nationale=nationale)["dessin"].rangs for i in INDICATEURS}
    return Tableau(
        titre="Somme des rapports, leur nombre entre parenthèses",
        entetes=("Indicateur", *(str(a) for a in annees)),
        lignes=tuple(
            LigneTableau(titre=f"{c} – {i.libelle}", valeurs=tuple(r.mots[0] for r in lus[i.code]))
            for c, i in zip(codes(), INDICATEURS, strict=True)
        ),
    )


def _barres(code: str, annees: Sequence[int], sommes: lecture.Sommes, *, nationale: bool) -> Serie:
    lue = serie(code, annees, sommes, nationale=nationale)
    plus_haut = max((r.valeurs[0] or 0 for r in lue["dessin"].rangs), default=0) or 1
    barres = tuple(
        Barre(annee=r.libelle, valeur=r.mots[0], largeur=(r.valeurs[0] or 0) * LARGEUR // plus_haut, debut=DEBUT)
        for r in lue["dessin"].rangs
    )
    return Serie(code=code.replace("i", "I"), libelle=lue["titre"], barres=barres)


def _par_region(lu: Mapping) -> Tableau:
    def rangee(nom: str, n: str, valeurs, *, total: bool = False) -> LigneTableau:
        return LigneTableau(titre=nom, valeurs=(n, *(v for _, v in valeurs)), est_total=total)

    lignes = [rangee(x["nom"], x["n"], x["valeurs"]) for x in lu["lignes"]]
    lignes.append(rangee("Toutes les régions", lu["n"], lu["totaux"], total=True))
    return Tableau(titre="Indicateurs par région", entetes=("Région", "Rapports", *codes()), lignes=tuple(lignes))


def _par_equipe(rapports: Sequence[Rapport]) -> Tableau:
    lues = [ligne(r) for r in rapports]
    return Tableau(
        titre="Indicateurs par équipe",
        entetes=("Équipe", "Année", *codes(), "Adhérents", "Patients par adhérent", "Jours"),
        lignes=tuple(
            LigneTableau(
                titre=x["nom"] if x["valide"] else f"{x['nom']} (pas encore validé)",
                valeurs=(str(x["annee"]), *(v for _, v in x["valeurs"]), x["adherents"], x["par_adherent"], x["jours"]),
            )
            for x in lues
        ),
    )


def _qualitatifs(rapports: Sequence[Rapport], remis: str, *, nationale: bool) -> tuple[LigneTableau, ...]:
    """In how many reports each thing is told; for the nation nothing of fewer than `SEUIL`, nor what all of them but so few tell, nor their
    number where it is hidden elsewhere.
    """
    sur = "" if remis == CACHE else f" sur {nombre(len(rapports))}"

    def compte(titre: str, n: int) -> LigneTableau:
        petit = 0 < n < SEUIL or 0 < len(rapports) - n < SEUIL
        return _compte(titre, CACHE if nationale and petit else f"{nombre(n)}{sur}")

    if not rapports or (nationale and len(rapports) < SEUIL):
        return ()
    decrits = Counter(code for r in rapports for code, mots in r.objectifs.items() if mots)
    faits = (
        ("Au moins un indicateur qualitatif avec son résultat", sum(any(q.get("resultat") for q in r.qualitatifs) for r in rapports)),
        ("Outil informatique en service", sum(r.outil_le is not None for r in rapports)),
        ("Délais de rendez-vous ou de téléexpertise mesurés", sum(bool(r.delais) for r in rapports)),
        ("Une valeur inhabituelle expliquée", sum(any(r.explications.values()) for r in rapports)),
    )  # fmt: skip
    objectifs = ((f"Objectif décrit\u00a0: {libelle}", decrits[code]) for code, libelle in OBJECTIFS)
    return tuple(compte(titre, n) for titre, n in (*faits, *objectifs))


def _notes(*, nationale: bool) -> tuple[str, ...]:
    communes = (
        "Un rapport compte dans l’année où s’achève l’année de contrat dont il rend compte. Seuls les rapports déposés ou validés donnent des chiffres.",
        "Une somme se lit avec le nombre de rapports dont elle est faite\u00a0: d’une campagne à l’autre, les équipes ne sont pas les mêmes.",
    )  # fmt: skip
    if nationale:
        return (
            *communes,
            "Une région de moins de cinq rapports est masquée, un nombre inférieur à cinq aussi, et avec eux ceux qui permettraient de les retrouver.",
        )
    return (*communes, "Adhérents\u00a0: professionnels qui ont adhéré au moins un jour de l’année du rapport.")
