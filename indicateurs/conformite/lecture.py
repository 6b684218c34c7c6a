"""The équipes that a perimeter follows from the validation of their letter on, and what the rules expect of each: counted in the base, which knows
thousands, and read for the few that a page shows. A constant number of queries.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import QuerySet

from adhesions import regional
from adhesions.annuaire import denombrer_tous
from adhesions.regional import Jeu
from dossiers.models import ActiviteMission, Dossier, Echeance
from dossiers.onglets import places
from dossiers.regles.statuts import Statut
from ess_portal.comptes.acteur import Acteur
from ess_portal.referentiel.services import parametres_du_jour, parametres_epingles
from ess_portal.socle.horloge import jour_local

from ..pilotage.echeances import Filtres
from ..regles.conformite import palier

S = Statut
SUIVIS = (S.LETTRE_VALIDEE, S.AMORCAGE_SIGNE, S.PROJET_DEPOSE, S.PROJET_INCOMPLET, S.PROJET_REFUSE, S.PROJET_VALIDE, S.FINESS_ATTRIBUE, S.DOTATION_ACTIVE)  # fmt: skip
EN_SERVICE, SANS_PREUVE, DECLARE, AUCUN = "en_service", "sans_preuve", "declare", "aucun"
COLONNES = (
    "id",
    "numero",
    "nom",
    "region",
    "jeu_national_id",
    "jeu_regional_id",
    "groupes",
    "departements",
    "est_pluri",
)


@dataclass(frozen=True)
class Suivie:
    """`palier`: the share reached (0 under the first), None where it cannot be judged; `cible_le`: the day by which 50 % is expected (DL-6);
    `socle`: how many of its two activities are deployed (MIS-1); `outil`: what is told of its IT tool (IND-4).
    """

    numero: str
    nom: str
    region: str
    adherents: int
    base: int | None
    palier: int | None
    cible_le: date | None
    socle: int
    outil: str
    outil_le: date | None


@dataclass
class Ensemble:
    """How many équipes: all, by (region, share reached), by activities deployed, by IT tool; and the first ones, by name."""

    nombre: int = 0
    paliers: Counter[tuple[str, int | None]] = field(default_factory=Counter)
    socles: Counter[int] = field(default_factory=Counter)
    outils: Counter[str] = field(default_factory=Counter)
    premieres: list[Suivie] = field(default_factory=list)


# The measure of a dossier (`adhesions.mesures.choisir`): imported figures of its whole territory, the letter's, or the directory's, which is asked
# apart for those that have no other (`sans`).
_LUES = f"""
, lues AS MATERIALIZED (
  SELECT s.*, coalesce(a.n, 0) AS adherents, i.id IS NULL AND l.liberaux IS NULL AND l.medecins_presents IS NULL AS sans,
    CASE WHEN i.id IS NULL THEN l.liberaux ELSE i.liberaux END AS liberaux,
    CASE WHEN i.id IS NULL THEN l.medecins_presents ELSE i.presents END AS presents,
    coalesce(m.n, 0) AS socle, coalesce(r.outil, '{AUCUN}') AS outil, r.outil_le
  FROM suivis s
  LEFT JOIN adherents a ON a.id = s.id
  LEFT JOIN importees i ON i.id = s.id
  LEFT JOIN dossiers_lettreintention l ON l.dossier_id = s.id
  LEFT JOIN (
    SELECT x.dossier_id, count(DISTINCT x.type) AS n FROM dossiers_activitemission x JOIN suivis s ON s.id = x.dossier_id
    WHERE x.type = ANY(%(socle)s) AND x.ecartee_le IS NULL AND x.date_deploiement <= %(jour)s GROUP BY 1) m ON m.dossier_id = s.id
  LEFT JOIN (
    SELECT DISTINCT ON (x.dossier_id) x.dossier_id, x.outil_le, CASE WHEN x.outil_le IS NOT NULL AND x.outil_piece_id IS NULL THEN '{SANS_PREUVE}'
      WHEN x.outil_le IS NOT NULL THEN '{EN_SERVICE}' WHEN x.outil_informatique <> '' THEN '{DECLARE}' ELSE '{AUCUN}' END AS outil
    FROM indicateurs_rapport x JOIN suivis s ON s.id = x.dossier_id
    WHERE x.depose_le IS NOT NULL ORDER BY x.dossier_id, x.annee DESC) r ON r.dossier_id = s.id)
SELECT 'jeu' AS quoi, jsonb_build_array(coalesce(jeu_national_id, 0), coalesce(jeu_regional_id, 0), region, adherents, liberaux, presents,
  socle, outil, count(*)) FROM lues WHERE NOT sans GROUP BY jeu_national_id, jeu_regional_id, region, adherents, liberaux, presents, socle, outil
UNION ALL SELECT 'sans', to_jsonb(l) FROM lues l WHERE sans
UNION ALL SELECT 'premiere', to_jsonb(l) - 'groupes' - 'departements'
  FROM (SELECT *, row_number() OVER (ORDER BY nom, numero) AS rang FROM lues ORDER BY nom, numero LIMIT %(lignes)s) l
"""  # noqa: S608  words of this file


def suivies(acteur: Acteur, filtres: Filtres, maintenant: datetime, *, lignes: int) -> Ensemble:
    """All that the perimeter follows, the first `lignes` one by one."""
    dossiers = (
        Dossier.objects.pour(acteur).au(maintenant).filter(filtres.q(), statut_effectif__in=[s.value for s in SUIVIS])
    )
    jour = jour_local(maintenant, "Europe/Paris")
    try:
        jeux = _jeux(dossiers, jour)
        lues = list(_lire(dossiers, jeux.values(), jour, lignes))
    except EmptyResultSet:  # who has no perimeter
        return Ensemble()
    sans = {x["id"]: x for quoi, x in lues if quoi == "sans"}
    annuaire = denombrer_tous({pk: (x["groupes"], x["departements"]) for pk, x in sans.items()})
    ensemble, premieres = Ensemble(), []
    for quoi, x in lues:
        if quoi == "jeu":
            national, regional_, region, adherents, liberaux, presents, socle, outil, n = x
            _, atteint = _part(jeux[national, regional_, region], adherents, liberaux, presents)
            _compter(ensemble, region, atteint, socle, outil, n)
        elif quoi == "sans":
            _, atteint = _part(_jeu(jeux, x), x["adherents"], *annuaire.get(x["id"], (None, None)))
            _compter(ensemble, x["region"], atteint, x["socle"], x["outil"], 1)
        else:
            premieres.append(x)
    cibles = _cibles([x["id"] for x in premieres])
    for x in sorted(premieres, key=lambda x: x["rang"]):
        mesure = annuaire.get(x["id"], (None, None)) if x["sans"] else (x["liberaux"], x["presents"])
        base, atteint = _part(_jeu(jeux, x), x["adherents"], *mesure)
        le = date.fromisoformat(x["outil_le"]) if x["outil_le"] else None
        ensemble.premieres.append(
            Suivie(x["numero"], x["nom"], x["region"], x["adherents"], base, atteint, cibles.get(x["id"]), x["socle"], x["outil"], le)
        )  # fmt: skip
    return ensemble


def _jeux(dossiers: QuerySet[Dossier], jour: date) -> Mapping[tuple[int, int, str], Jeu]:
    """What these dossiers are pinned to; the settings of the day for those that are not."""
    cles = dossiers.order_by().values_list("jeu_national_id", "jeu_regional_id", "region").distinct()
    return {
        (national or 0, regional_ or 0, region): Jeu(
            national or 0,
            regional_ or 0,
            region,
            parametres_du_jour(region, jour) if national is None else parametres_epingles(national, regional_),
        )
        for national, regional_, region in cles
    }


def _jeu(jeux: Mapping[tuple[int, int, str], Jeu], x: Mapping[str, Any]) -> Jeu:
    return jeux[x["jeu_national_id"] or 0, x["jeu_regional_id"] or 0, x["region"]]


def _lire(dossiers: QuerySet[Dossier], jeux: Iterable[Jeu], jour: date, lignes: int) -> Iterator[tuple[str, Any]]:
    suivis, siens = dossiers.order_by().values_list(*COLONNES).query.sql_with_params()
    noms = regional.valeurs(jeux, jour) | {"socle": list(ActiviteMission.SOCLE), "lignes": lignes}
    sql, lus = places(regional.CTES + _LUES, noms)
    with connection.cursor() as curseur:
        curseur.execute(f"WITH suivis AS MATERIALIZED ({suivis}), {sql}", [*siens, *lus])
        for quoi, x in curseur:
            yield quoi, json.loads(x)


def _part(jeu: Jeu, adherents: int, liberaux: int | None, presents: int | None) -> tuple[int | None, int | None]:
    """Who the shares are taken of (setting `base_seuil_adherents`), and the share that is reached."""
    p = jeu.parametres
    base = liberaux if p.base_seuil_adherents == "liberaux" else presents
    return base, palier(adherents, base, (p.seuil_creation, p.seuil_intermediaire, p.seuil_cible))


def _compter(e: Ensemble, region: str, atteint: int | None, socle: int, outil: str, n: int) -> None:
    e.nombre += n
    e.paliers[region, atteint] += n
    e.socles[socle] += n
    e.outils[outil] += n


def _cibles(dossiers: list[int]) -> dict[int, date]:
    lues = Echeance.objects.filter(dossier__in=dossiers, regle="DL-6", dernier_jour__isnull=False)
    lues = lues.exclude(statut=Echeance.Statut.ANNULEE).order_by("dossier", "dernier_jour")
    return dict(lues.values_list("dossier_id", "dernier_jour"))
