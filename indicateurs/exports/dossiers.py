"""The list of dossiers as a file: the rows and the order of the page, its states and dates as of the instant of the file (CAL-9)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from django.db.models import Case, F, JSONField, OuterRef, Subquery, When
from django.db.models.expressions import RawSQL
from django.http import QueryDict
from django.urls import reverse

from dossiers import filtres as lecture
from dossiers import onglets, ordre, selectors
from dossiers.libelles import REGLES
from dossiers.models import Avis, Dossier
from dossiers.regles.cycle import Statut
from dossiers.regles.statuts import EXAMINES, FINAUX, LIBELLES
from dossiers.selectors import Attendue, qui_commande
from dossiers.services import unicite
from dossiers.seuils import seuils_de
from ess_portal.comptes.acteur import Acteur
from ess_portal.comptes.models import Organisation, Utilisateur
from ess_portal.referentiel.models import Region
from ess_portal.socle.erreurs import ErreurMetier

from .forme import OUI_NON, PAR_LOT, Champs, Colonne, Filtres, Liste, Rangee

COLONNES = (
    Colonne("numero", "Numéro"),
    Colonne("nom", "Équipe"),
    Colonne("etape", "Étape"),
    Colonne("depuis", "À cette étape depuis le"),
    Colonne("specialites", "Spécialités"),
    Colonne("departements", "Départements"),
    Colonne("siege", "Département du siège"),
    Colonne("commune", "Commune du siège"),
    Colonne("region", "Région"),
    Colonne("ars", "ARS"),
    Colonne("caisse", "Caisse"),
    Colonne("regime", "Régime"),
    Colonne("suivi_par", "Suivi par"),
    Colonne("depose_le", "Lettre déposée le"),
    Colonne("echeance", "Prochaine échéance"),
    Colonne("objet_echeance", "Objet de l’échéance"),
    Colonne("tacite_le", "Réputé validé le"),
    Colonne("avis", "Avis de la caisse"),
    Colonne("tardif", "Projet en retard"),
    Colonne("a_regulariser", "À régulariser"),
    Colonne("association", "Association"),
    Colonne("rna", "RNA"),
    Colonne("siren", "SIREN"),
    Colonne("finess", "FINESS"),
    Colonne("remplace", "Fait suite au dossier"),
)
# The open dates of a row, as its page reads them: one sub-query by the dossier's key.
_ATTENDUES = selectors.ATTENDUES_DE.format(dossier="dossiers_dossier.id")
_AVIS = (
    "(SELECT jsonb_build_array(a.sens, a.est_opposition, a.rendu_le, a.date_limite) FROM dossiers_avis a "
    "WHERE a.dossier_id = dossiers_dossier.id ORDER BY a.objet DESC, a.version DESC LIMIT 1)"
)
_ASSOCIATION = "(SELECT jsonb_build_array(x.nom, x.rna, x.siren, x.finess) FROM dossiers_association x WHERE x.dossier_id = dossiers_dossier.id)"


def geler(champs: Champs, acteur: Acteur) -> dict[str, list[str]]:
    """Raises ErreurMetier for a filter that the page would leave out."""
    f, refus = lecture.lire(champs, acteur)
    if refus:
        raise ErreurMetier("filtre", f"{refus[0]} Corrigez-le, puis refaites votre demande.")
    if f.numero and Dossier.objects.pour(acteur).filter(numero__in=f.numero).count() != len(f.numero):
        raise ErreurMetier(
            "dossiers", "Un des dossiers choisis n’existe pas, ou vous n’y avez pas accès. Rien n’est exporté."
        )
    return lecture.en_champs(f)


def lire(filtres: Filtres, acteur: Acteur) -> onglets.Filtres:
    q = QueryDict(mutable=True)
    for nom, valeurs in filtres.items():
        q.setlist(nom, list(valeurs))
    return lecture.lire(q, acteur)[0]


def dire(filtres: Filtres, acteur: Acteur) -> list[tuple[str, str]]:
    f = lire(filtres, acteur)
    onglet = [] if acteur.est_porteur else [("Onglet", dict(selectors.ONGLETS)[f.onglet])]
    return [*onglet, *((lecture.TITRES[nom], mots) for nom, _, mots in lecture.dire(f))]


def lignes(acteur: Acteur, filtres: Filtres, maintenant: datetime) -> Iterable[Rangee]:
    f, seuils = lire(filtres, acteur), seuils_de(acteur, maintenant)
    regions = dict(Region.objects.values_list("code", "nom"))
    lus = (
        Dossier.objects.pour(acteur)
        .filter(onglets.expression(f, acteur, seuils))
        .au(maintenant)
        .annotate(
            depuis=Case(
                When(bascule_le__lte=maintenant, statut__in=selectors.A_BASCULE, then=F("bascule_le")),
                default=F("statut_depuis"),
            ),
            attendues=RawSQL(_ATTENDUES, (maintenant,), output_field=JSONField()),  # noqa: S611  of this module
            avis_lu=RawSQL(_AVIS, (), output_field=JSONField()),  # noqa: S611
            nee_en_conflit=unicite.nee_en_conflit(maintenant),
            association_lue=RawSQL(_ASSOCIATION, (), output_field=JSONField()),  # noqa: S611
            remplace_numero=Subquery(Dossier.objects.filter(pk=OuterRef("remplace_id")).values("numero")),
        )
        .only(
            *("numero", "nom", "statut", "fuseau", "specialites", "departements", "siege_departement", "siege_commune"),
            *(
                "region",
                "regime",
                "suivi_par_id",
                "ars_id",
                "caisse_id",
                "remplace_id",
                "depose_le",
                "est_tardif",
                "est_a_regulariser",
            ),
        )
        .order_by(*ordre.ordre_de(f, acteur, maintenant))
    )
    # Read once for the whole list: the few people who follow dossiers, rather than a join on each row.
    suivants = Dossier.objects.pour(acteur).exclude(suivi_par=None).order_by().values("suivi_par").distinct()
    suiveurs = {u.pk: u.nom_complet for u in Utilisateur.objects.filter(pk__in=suivants)}
    agences = dict(Organisation.objects.filter(type__in=("ars", "caisse")).values_list("pk", "nom"))
    noms = Noms(regions, agences, suiveurs, selectors.libelles_specialites())
    for d in lus.iterator(chunk_size=PAR_LOT):
        yield d.pk, _valeurs(d, acteur, maintenant, noms)


class Noms(NamedTuple):
    """What keys are called, read once for the whole list: no join, whose columns would be mistaken for those of the filters."""

    regions: dict[str, str]
    agences: dict[int, str]
    suiveurs: dict[int, str]
    specialites: dict[str, str]


def _valeurs(d: Any, acteur: Acteur, maintenant: datetime, noms: Noms) -> list[Any]:
    statut, zone = Statut(d.statut_effectif), ZoneInfo(d.fuseau)
    jour = maintenant.astimezone(zone).date()
    ouvertes = [_attendue(x) for x in d.attendues or ()] if statut not in FINAUX else []
    # A date gone by is over, whether the scan wrote it down or not (CAL-9).
    e = qui_commande(d, [x for x in ouvertes if x.dernier_jour >= jour], acteur)
    tardif = d.est_tardif or (
        statut in ordre.TARDIFS and any(x.regle == "DL-2" and x.dernier_jour < jour for x in ouvertes)
    )
    association, rna, siren, finess = d.association_lue or ("", "", "", "")
    return [
        d.numero,
        d.nom,
        LIBELLES[statut],
        d.depuis.astimezone(zone).date(),
        ", ".join(noms.specialites.get(c, c) for c in d.specialites),
        ", ".join(d.departements),
        d.siege_departement,
        d.siege_commune,
        noms.regions.get(d.region, d.region),
        noms.agences.get(d.ars_id, ""),
        noms.agences.get(d.caisse_id, ""),
        d.get_regime_display(),
        noms.suiveurs.get(d.suivi_par_id, ""),
        d.depose_le and d.depose_le.astimezone(zone).date(),
        e and e.dernier_jour,
        e and REGLES.get(e.regle, ""),
        e.acquise_le if e and e.regle in ("DL-1", "DL-3") else None,
        _avis(d.avis_lu, jour) if statut in EXAMINES else "",
        OUI_NON[bool(tardif)],
        OUI_NON[bool(d.est_a_regulariser or d.nee_en_conflit)],
        association,
        rna,
        siren,
        finess,
        d.remplace_numero,
    ]


def _attendue(lu: list[Any]) -> Attendue:
    regle, objet, rang, dernier_jour, acquise_le = lu
    return Attendue(regle, objet, rang, date.fromisoformat(dernier_jour), acquise_le and date.fromisoformat(acquise_le))


def _avis(lu: list[Any] | None, jour: date) -> str:
    if lu is None:
        return ""
    sens, est_opposition, rendu_le, date_limite = lu
    if rendu_le:
        return "Défavorable, motivé" if est_opposition else str(Avis.Sens(sens).label)
    return "Non rendu" if date.fromisoformat(date_limite) < jour else "Attendu"


LISTE = Liste("dossiers", "Dossiers", COLONNES, lignes, lambda: reverse("dossiers"), geler, dire)
