"""What waits for somebody, as files: deadlines and tasks."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.db.models import Count, IntegerField, OuterRef, Subquery
from django.db.models.functions import Coalesce
from django.urls import reverse

from dossiers.lecture_nees import taches_nees
from dossiers.libelles import OBJETS, QUI, REGLES
from dossiers.models import Dossier, Relance, Tache
from dossiers.regles.au_droit import statut_le
from dossiers.regles.statuts import LIBELLES, Statut
from dossiers.selectors import choix_departements, libelles_departements
from ess_portal.comptes.acteur import Acteur
from ess_portal.comptes.roles import AGENTS

from ..pilotage import echeances
from .forme import COMPETENTES, DOSSIER, PAR_LOT, Champs, Colonne, Filtres, Liste, Rangee, jour_de, parmi, un


def _geler_echeances(champs: Champs, _acteur: Acteur) -> dict[str, list[str]]:
    lus = {
        "portee": parmi(champs, "portee", "Échéances", ("a_venir", "en_retard")),
        "departement": parmi(champs, "departement", "Département", libelles_departements()),
        "specialite": [v[:48] for v in champs.getlist("specialite") if v][:1],
        "region": [v[:3] for v in champs.getlist("region") if v][:1],
    }
    return {nom: valeurs for nom, valeurs in lus.items() if valeurs}


def _dire_echeances(filtres: Filtres, _acteur: Acteur) -> list[tuple[str, str]]:
    portees = {"a_venir": "à venir", "en_retard": "dépassées, encore attendues"}
    dits = [("Échéances", portees.get(un(filtres, "portee"), "à venir et dépassées"))]
    if departement := un(filtres, "departement"):
        dits.append(("Département", dict(choix_departements()).get(departement, departement)))
    return dits + [
        (t, v) for n, t in (("specialite", "Groupe de spécialités"), ("region", "Région")) if (v := un(filtres, n))
    ]


def _lignes_echeances(acteur: Acteur, filtres: Filtres, maintenant: datetime) -> Iterable[Rangee]:
    f = echeances.Filtres(
        departement=un(filtres, "departement"), groupe=un(filtres, "specialite"), region=un(filtres, "region")
    )
    portees = {"a_venir": (("À venir", echeances.a_venir),), "en_retard": (("Dépassée", echeances.en_retard),)}
    choisies = portees.get(un(filtres, "portee")) or (*portees["en_retard"], *portees["a_venir"])
    relances = (
        Relance.objects.filter(echeance=OuterRef("pk"), dernier_jour=OuterRef("dernier_jour"))
        .order_by().values("echeance").annotate(n=Count("pk")).values("n")
    )  # fmt: skip
    for mot, source in choisies:
        lues = (
            source(acteur, f, maintenant)
            .annotate(
                statut_lu=echeances.statut_effectif(maintenant, "dossier__"),
                nombre_relances=Coalesce(Subquery(relances, output_field=IntegerField()), 0),
            )
            .order_by("instant", "pk")
            .values_list(
                *(
                    "dossier_id",
                    "dossier__numero",
                    "dossier__nom",
                    "statut_lu",
                    "regle",
                    "objet",
                    "qui",
                    "dernier_jour",
                ),
                *("acquise_le", "nombre_relances", "ars__nom", "caisse__nom"),
            )
        )
        for pk, numero, nom, statut, regle, objet, qui, dernier, acquise, relances_lues, ars, caisse in lues.iterator(
            PAR_LOT
        ):
            tacite = acquise if regle in echeances.TACITES else None
            yield pk, (
                numero, nom, LIBELLES[statut], REGLES.get(regle, regle), OBJETS.get(objet, objet), QUI.get(qui, qui), dernier, mot,
                tacite, relances_lues, ars, caisse,
            )  # fmt: skip
    if un(filtres, "portee") != "en_retard":
        for e in echeances.nees(acteur, f, maintenant):
            d = e.dossier
            yield e.dossier_id, (
                d.numero, d.nom, LIBELLES[statut_le(d.statut, d.bascule_le, maintenant)], REGLES.get(e.regle, e.regle),
                OBJETS.get(e.objet, e.objet), QUI.get(e.qui, e.qui), e.dernier_jour, "À venir", None, 0, e.ars and e.ars.nom,
                e.caisse and e.caisse.nom,
            )  # fmt: skip


ECHEANCES = Liste(
    "echeances",
    "Échéances",
    (
        *DOSSIER,
        Colonne("attendu", "Ce qui est attendu"),
        Colonne("objet", "Objet"),
        Colonne("qui", "Qui doit agir"),
        Colonne("dernier_jour", "Dernier jour"),
        Colonne("situation", "Situation"),
        Colonne("tacite_le", "Réputé validé le"),
        Colonne("relances", "Relances envoyées"),
        *COMPETENTES,
    ),
    _lignes_echeances,
    lambda: reverse("pilotage"),
    _geler_echeances,
    _dire_echeances,
    AGENTS,
)


def _geler_taches(champs: Champs, _acteur: Acteur) -> dict[str, list[str]]:
    lus = {
        "faites": parmi(champs, "faites", "Tâches", ("oui", "non")),
        "type": parmi(champs, "type", "Tâche", Tache.Type.values),
    }
    return {nom: valeurs for nom, valeurs in lus.items() if valeurs}


def _dire_taches(filtres: Filtres, _acteur: Acteur) -> list[tuple[str, str]]:
    dits = [("Tâches", {"oui": "faites", "non": "à faire"}.get(un(filtres, "faites"), "à faire et faites"))]
    return dits + [("Tâche", str(Tache.Type(t).label)) for t in filtres.get("type", ())]


def _lignes_taches(acteur: Acteur, filtres: Filtres, maintenant: datetime) -> Iterable[Rangee]:
    taches = Tache.objects.pour(acteur)
    if faites := un(filtres, "faites"):
        taches = taches.filter(faite_le__isnull=faites == "non")
    if types := filtres.get("type"):
        taches = taches.filter(type__in=types)
    lues = (
        taches.annotate(statut_lu=echeances.statut_effectif(maintenant, "dossier__"))
        .order_by("ouverte_le", "pk")
        .values_list(
            *(
                "dossier_id",
                "dossier__numero",
                "dossier__nom",
                "statut_lu",
                "type",
                "qui",
                "ouverte_le",
                "a_faire_au_plus_tard",
            ),
            *("faite_le", "dossier__fuseau", "ars__nom", "caisse__nom"),
        )
    )
    for pk, numero, nom, statut, type_, qui, ouverte, limite, faite, fuseau, ars, caisse in lues.iterator(PAR_LOT):
        yield pk, (
            numero, nom, LIBELLES[statut], str(Tache.Type(type_).label), QUI.get(qui, qui), jour_de(ouverte, fuseau), limite,
            jour_de(faite, fuseau), ars, caisse,
        )  # fmt: skip
    if faites == "oui":
        return
    # What dates gone by have left to do, although no scan has written it down (CAL-9).
    for t in taches_nees(Dossier.objects.pour(acteur), maintenant):
        if not types or t.type in types:
            d = t.dossier
            yield d.pk, (
                d.numero, d.nom, LIBELLES[Statut(d.statut_effectif)], str(Tache.Type(t.type).label), QUI.get(t.qui, t.qui),
                jour_de(t.ouverte_le, d.fuseau), t.a_faire_au_plus_tard, None, d.ars and d.ars.nom, d.caisse and d.caisse.nom,
            )  # fmt: skip


TACHES = Liste(
    "taches",
    "Tâches",
    (
        *DOSSIER,
        Colonne("tache", "Tâche"),
        Colonne("qui", "Qui doit agir"),
        Colonne("ouverte_le", "Ouverte le"),
        Colonne("a_faire", "À faire au plus tard le"),
        Colonne("faite_le", "Faite le"),
        *COMPETENTES,
    ),
    _lignes_taches,
    lambda: reverse("pilotage"),
    _geler_taches,
    _dire_taches,
    AGENTS,
)
