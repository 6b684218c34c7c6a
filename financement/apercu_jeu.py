"""What a set of parameters to come would change, dossier by dossier, before it is activated. Nothing is written here."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Count, Exists, OuterRef, Q

from dossiers.libelles import LIBELLES, REGLES
from dossiers.models import Dossier, ProjetSante
from dossiers.regles.apercu_jeu import Attendu, Changement, attendu, changements
from dossiers.regles.statuts import FINAUX, Statut
from ess_portal.comptes.acteur import Acteur
from ess_portal.comptes.locataire import comme_portail
from ess_portal.referentiel.models import JeuParametres
from ess_portal.referentiel.regles.provenance import JeuLu, en_vigueur
from ess_portal.socle.horloge import jour_local
from ess_portal.socle.typographie import date_fr

from .models import Contrat

PAR_PAGE = 25
SUPPOSE = {
    Attendu.LETTRE: "Si la lettre est déposée complète le",
    Attendu.PROJET: "Si le projet est déposé complet le",
    Attendu.DOTATION: "Si la dotation prend effet le",
}


# (words of the échéance, its day today, its day under the new set)
Lisibles = tuple[tuple[str, date | None, date | None], ...]


@dataclass(frozen=True)
class Ligne:
    """One dossier: what keeps its set and why, then what would follow the new one, date by date."""

    numero: str
    nom: str
    etape: str
    garde: tuple[str, ...]
    suppose: str
    change: Lisibles


@dataclass(frozen=True)
class Apercu:
    """`brouillons`: how many letters being written it reaches, and their dates, the same for those counted together (an administrator does
    not read them, CONF-1). `changent` and `restent` count the dossiers filed; `lignes` is one page of those that are shown."""

    jour: date
    brouillons: tuple[tuple[int, Lisibles], ...]
    changent: int
    restent: int
    restes: bool
    lignes: tuple[Ligne, ...]
    page: int
    pages: int


def apercu(
    *, region: str | None, propose: JeuLu, acteur: Acteur, maintenant: datetime, restes: bool, page: int
) -> Apercu:
    """The effect of `propose` on the living dossiers of its scope. Reads one page of dossiers and counts the others by region and state:
    their dates depend on nothing else while what they wait for is not filed. `restes`: show those that do not change."""
    jour = max(propose.valide_du, jour_local(maintenant, "Europe/Paris"))
    calcul = _Calcul(_jeux(region), propose, jour)
    vivants = Dossier.objects.au(maintenant).exclude(statut_effectif__in=FINAUX)
    vivants = vivants.filter(region=region) if region else vivants
    with comme_portail():
        par_region = dict(
            vivants.filter(statut=Statut.BROUILLON).order_by().values_list("region").annotate(nombre=Count("pk"))
        )
    brouillons: Counter[Lisibles] = Counter()
    for code, nombre in par_region.items():
        brouillons[_lisibles(calcul.dates(code, Attendu.LETTRE))] += nombre
    siens = _avec_dotation(vivants.pour(acteur).exclude(statut=Statut.BROUILLON))
    familles = list(
        siens.order_by().values_list("region", "statut_effectif", "dotation_proposee").annotate(nombre=Count("pk"))
    )
    changent = [f for f in familles if calcul.de(*f[:3])]
    restent = [f for f in familles if not calcul.de(*f[:3])]
    totaux = {False: sum(f[3] for f in changent), True: sum(f[3] for f in restent)}
    pages = max(1, -(-totaux[restes] // PAR_PAGE))
    page = min(max(page, 1), pages)
    montres = siens.filter(_parmi(restent if restes else changent)).select_related("jeu_national", "jeu_regional")
    dossiers = list(montres.order_by("numero")[(page - 1) * PAR_PAGE : page * PAR_PAGE])
    projets = _derniers_projets(dossiers)
    return Apercu(
        jour=jour,
        brouillons=tuple((nombre, dates) for dates, nombre in brouillons.most_common() if dates),
        changent=totaux[False],
        restent=totaux[True],
        restes=restes,
        lignes=tuple(_ligne(d, projets.get(d.pk), calcul) for d in dossiers),
        page=page,
        pages=pages,
    )


class _Calcul:
    """The rules asked once for each region and each object that is awaited."""

    def __init__(self, jeux: Sequence[JeuLu], propose: JeuLu, jour: date) -> None:
        self.jeux, self.propose, self.jour = jeux, propose, jour
        self._connus: dict[tuple[str, Attendu], tuple[Changement, ...]] = {}

    def dates(self, region: str, objet: Attendu) -> tuple[Changement, ...]:
        if (region, objet) not in self._connus:
            avant = en_vigueur(self.jeux, region, self.jour)
            apres = en_vigueur((*self.jeux, self.propose), region, self.jour)
            self._connus[region, objet] = changements(objet, self.jour, avant, apres)
        return self._connus[region, objet]

    def de(self, region: str, statut: str, dotation_proposee: bool) -> tuple[Changement, ...]:
        objet = attendu(Statut(statut), dotation_proposee=dotation_proposee)
        return self.dates(region, objet) if objet else ()


def _jeux(region: str | None) -> tuple[JeuLu, ...]:
    """The sets that a proposal of this scope meets: all of them for the country, the country's and its own for a region."""
    jeux = JeuParametres.objects.all()
    if region:
        jeux = jeux.filter(Q(region__isnull=True) | Q(region_id=region))
    lus = jeux.order_by("valide_du").values_list("valide_du", "valide_au", "region_id", "valeurs")
    return tuple(JeuLu(*valeurs) for valeurs in lus)


def _avec_dotation(dossiers):
    proposee = Contrat.objects.filter(
        dossier=OuterRef("pk"), type=Contrat.Type.DOTATION, statut__in=(Contrat.Statut.PROPOSE, Contrat.Statut.SIGNE)
    )
    return dossiers.annotate(dotation_proposee=Exists(proposee))


def _parmi(familles) -> Q:
    """The dossiers of these families; none of them when there is none."""
    choix = Q(pk__in=())
    for region, statut, proposee, _ in familles:
        choix |= Q(region=region, statut_effectif=statut, dotation_proposee=proposee)
    return choix


def _derniers_projets(dossiers: Sequence[Dossier]) -> dict[int, ProjetSante]:
    projets = ProjetSante.objects.filter(dossier__in=dossiers, jeu_national__isnull=False)
    return {p.dossier_id: p for p in projets.select_related("jeu_national", "jeu_regional").order_by("version")}


def _ligne(dossier: Dossier, projet: ProjetSante | None, calcul: _Calcul) -> Ligne:
    objet = attendu(Statut(dossier.statut_effectif), dotation_proposee=dossier.dotation_proposee)
    change = calcul.dates(dossier.region, objet) if objet else ()
    garde = [f"Lettre déposée\u00a0: {_jeu(dossier)}"]
    if projet is not None and objet is not Attendu.PROJET:
        garde.append(f"Projet déposé\u00a0: {_jeu(projet)}")
    if dossier.dotation_proposee:
        garde.append("Contrat de dotation proposé ou signé\u00a0: ses clauses ne changent pas")
    suppose = f"{SUPPOSE[objet]} {date_fr(calcul.jour)}" if objet and change else ""
    return Ligne(
        dossier.numero, dossier.nom, LIBELLES[Statut(dossier.statut_effectif)], tuple(garde), suppose, _lisibles(change)
    )


def _jeu(attache: Dossier | ProjetSante) -> str:
    if attache.jeu_national is None:
        return "jeu en vigueur à son origine"
    texte = f"jeu national du {date_fr(attache.jeu_national.valide_du)}"
    if attache.jeu_regional is not None:
        texte += f", jeu régional du {date_fr(attache.jeu_regional.valide_du)}"
    return texte


def _lisibles(change: Sequence[Changement]) -> tuple[tuple[str, date | None, date | None], ...]:
    return tuple((f"{REGLES.get(c.regle, c.regle)} ({c.regle})", c.avant, c.apres) for c in change)
