"""CRI-4 for many dossiers at once, in a constant number of queries: the same figures as each one's page (`adhesions.seuils`)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Q

from dossiers.faits import parametres
from dossiers.models import Dossier, LettreIntention
from ess_portal.referentiel.regles.parametres import Parametres

from .annuaire import denombrer_tous
from .effectifs import COLONNES
from .mesures import ANNUAIRE, Mesure, choisir, composer, declaree
from .models import Demographie, VersionAdhesion
from .regles.effectif import effectif_du_jour
from .seuils import periodes_par_groupe


@dataclass(frozen=True)
class Comptes:
    """`base`: who the shares are taken of (setting `base_seuil_adherents`); None while no source says it."""

    adherents: int
    base: int | None
    parametres: Parametres


def compter(dossiers: Sequence[Dossier], jour: date) -> dict[int, Comptes]:
    """By dossier, all specialties together."""
    bases = _mesures(dossiers)
    versions: dict[int, list[VersionAdhesion]] = defaultdict(list)
    en_cours = VersionAdhesion.objects.connues().filter(
        Q(valide_au__isnull=True) | Q(valide_au__gte=jour), dossier__in=[d.pk for d in dossiers], valide_du__lte=jour
    )
    for v in en_cours.select_related("specialite", "adhesion__professionnel").only(*COLONNES).order_by("pk"):
        versions[v.dossier_id].append(v)
    lus = {}
    for d in dossiers:
        p = parametres(d, jour)
        siens = periodes_par_groupe(d, versions[d.pk], p)[""]
        m = bases[d.pk]
        base = None if m is None else m.liberaux if p.base_seuil_adherents == "liberaux" else m.presents
        lus[d.pk] = Comptes(effectif_du_jour(siens, jour, comptes_dotation="liberaux"), base, p)
    return lus


def _mesures(dossiers: Sequence[Dossier]) -> dict[int, Mesure | None]:
    """The measure that each one's thresholds read."""
    groupes = {g for d in dossiers for g in d.groupes}
    chiffres: Mapping[tuple[str, str], Demographie] = {
        (x.groupe, x.departement_id): x
        for x in Demographie.objects.filter(groupe__in=groupes)
        .order_by("groupe", "departement_id", "-date_comptage")
        .distinct("groupe", "departement_id")
    }
    lettres = {
        x.dossier_id: x
        for x in LettreIntention.objects.filter(dossier__in=[d.pk for d in dossiers])
        .only("dossier", "liberaux", "medecins_presents", "source_comptage", "date_comptage")
        .order_by("pk")
    }
    lues = {}
    for d in dossiers:
        lignes = [chiffres[g, dep] for g in d.groupes for dep in d.departements if (g, dep) in chiffres]
        lues[d.pk] = choisir(composer(d, lignes), declaree(lettres.get(d.pk)), None)
    sans = {d.pk: (d.groupes, d.departements) for d in dossiers if lues[d.pk] is None}
    for pk, (liberaux, presents) in denombrer_tous(sans).items():
        lues[pk] = Mesure(ANNUAIRE, liberaux, presents, "Annuaire santé")
    return lues
