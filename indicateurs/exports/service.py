"""An export asked for, made by the outbox, downloaded, erased. The reader's rights are read when it is made and again when it is downloaded."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.core.exceptions import EmptyResultSet
from django.db import connection, transaction
from django.urls import reverse

from dossiers.models import Dossier
from dossiers.seuils import fuseau_de
from ess_portal.comptes.acteur import Acteur
from ess_portal.comptes.locataire import comme_portail, contexte
from ess_portal.comptes.models import Rattachement, Utilisateur
from ess_portal.comptes.session import acteur_de
from ess_portal.documents import stockage
from ess_portal.journal.services import Effet, consigner
from ess_portal.socle import horloge, tableur
from ess_portal.socle.cellules import Cellule
from ess_portal.socle.erreurs import Conflit, ErreurMetier, Interdit, Introuvable
from ess_portal.socle.typographie import instant_fr

from ..models import Export
from . import fichiers, registre
from .forme import Champs, Colonne, Liste

CONSERVATION = timedelta(days=7)
EN_ATTENTE_MAX = 5
PAR_AVANCEMENT = 2_000


class Perime(Conflit):
    """The file holds what its reader may no longer see, or it is gone: it is asked for again."""


@transaction.atomic
def demander(
    *,
    liste: str,
    champs: Champs,
    colonnes: Sequence[str],
    format_: str,
    cle: uuid.UUID,
    acteur: Acteur,
    maintenant: datetime,
) -> Export:
    """An export to be made, its filters frozen. The same `cle` gives the one already asked for.

    Raises Introuvable for a list that does not exist, Interdit for one that is not this role's, ErreurMetier for a column, a filter or a
    format that means nothing, Conflit when too many wait already.
    """
    decrite = registre.liste(liste, acteur)
    deja = Export.objects.pour(acteur).filter(cle=cle).defer("dossiers").first()
    if deja is not None:
        return deja
    if format_ not in Export.Format.values:
        raise ErreurMetier("format", "Choisissez un format.", {"format": "Choisissez un format de la liste."})
    choisies = decrite.choisies(colonnes)
    filtres = decrite.geler(champs, acteur)
    return _inscrire(decrite, filtres, choisies, format_, cle, acteur, maintenant)


@transaction.atomic
def refaire(*, export_id: uuid.UUID, acteur: Acteur, maintenant: datetime) -> Export:
    """The same list, filters, columns and format, as of now."""
    ancien = lire(export_id, acteur)
    decrite = registre.liste(ancien.liste, acteur)
    connues = {c.code for c in decrite.colonnes}
    choisies = decrite.choisies([c for c in ancien.colonnes if c in connues])
    return _inscrire(decrite, ancien.filtres, choisies, ancien.format, uuid.uuid4(), acteur, maintenant)


def _inscrire(
    decrite: Liste,
    filtres: Mapping[str, Any],
    colonnes: Sequence[Colonne],
    format_: str,
    cle: uuid.UUID,
    acteur: Acteur,
    maintenant: datetime,
) -> Export:
    if Export.objects.pour(acteur).filter(etat=Export.Etat.DEMANDE).count() >= EN_ATTENTE_MAX:
        raise Conflit(
            "trop_d_exports",
            f"Vous avez déjà {EN_ATTENTE_MAX} exports en préparation\u00a0: attendez que l’un d’eux soit prêt.",
        )
    export = Export.objects.create(
        utilisateur_id=acteur.utilisateur_id,
        organisation_id=acteur.organisation_id,
        cle=cle,
        liste=decrite.code,
        filtres=filtres,
        colonnes=[c.code for c in colonnes],
        format=format_,
        demande_le=maintenant,
    )
    consigner(
        type="export_demande",
        acteur=acteur,
        maintenant=maintenant,
        donnees={"export": export.pk, "liste": decrite.code, "filtres": filtres, "format": format_},
        effets=[Effet(type="export", cle=f"export:{export.pk}", charge={"export": str(export.pk)})],
    )
    return export


def lire(export_id: uuid.UUID, acteur: Acteur) -> Export:
    """One's own export. Raises Introuvable."""
    export = Export.objects.pour(acteur).filter(pk=export_id).defer("dossiers").first()
    if export is None:
        raise Introuvable
    return export


def executer(charge: Mapping[str, Any], cle: str) -> str:
    """The outbox's handler: the file, its row and the mail in one transaction. Done again after a crash, it leaves one file and one mail."""
    with comme_portail():
        export = Export.objects.filter(pk=charge["export"]).defer("dossiers").first()
        if export is None or export.etat != Export.Etat.DEMANDE:
            return export.get_etat_display() if export else "effacé"
        maintenant = horloge.maintenant()
        try:
            acteur = _acteur(export)
            decrite = registre.liste(export.liste, acteur)
            with contexte(acteur):
                _fabriquer(export, decrite, acteur, maintenant)
        except ErreurMetier as refus:
            export.etat, export.motif, export.fait_le = Export.Etat.REFUSE, refus.message, maintenant
            export.save(update_fields=("etat", "motif", "fait_le"))
            return export.get_etat_display()
        finally:
            fichiers.oublier_avancement(export.pk)
        export.etat, export.fait_le, export.expire_le = Export.Etat.PRET, maintenant, maintenant + CONSERVATION
        export.save(
            update_fields=(
                *("etat", "fait_le", "expire_le", "lu_au", "lignes", "taille", "empreinte", "chemin", "dossiers"),
            )
        )
        consigner(
            type="export_fait",
            acteur=acteur,
            maintenant=maintenant,
            donnees={
                "export": export.pk,
                "liste": export.liste,
                "lignes": export.lignes,
                "empreinte": export.empreinte,
            },
            effets=[_courriel(export, decrite)],
        )
    return export.get_etat_display()


def _acteur(export: Export) -> Acteur:
    """Who asked, as he stands now. Raises Interdit once he has left."""
    lien = (
        Rattachement.objects.actifs()
        .filter(utilisateur=export.utilisateur_id, organisation=export.organisation_id)
        .select_related("utilisateur", "organisation")
        .first()
    )
    if lien is None:
        raise Interdit("rattachement", "La personne qui a demandé cet export n’appartient plus à l’organisation.")
    return acteur_de(lien)


def _courriel(export: Export, decrite: Liste) -> Effet:
    """To the person alone, with the way to the page: a mail is read where its reader's rights are not."""
    adresse = Utilisateur.objects.values_list("courriel", flat=True).get(pk=export.utilisateur_id)
    contexte_ = {
        "titre": decrite.titre,
        "lignes": export.lignes,
        "format": export.get_format_display(),
        "chemin": reverse("export", args=[export.pk]),
        "expire_le": export.expire_le,
    }
    return Effet(
        "courriel",
        f"export_pret:{export.pk}",
        {"gabarit": "export_pret", "adresses": [adresse], "contexte": contexte_},
    )


def _fabriquer(export: Export, decrite: Liste, acteur: Acteur, maintenant: datetime) -> None:
    choisies = decrite.choisies(export.colonnes)
    zone = ZoneInfo(fuseau_de(acteur.region))
    situation = maintenant.astimezone(zone).replace(microsecond=0, tzinfo=None)
    rangs = [n for n, c in enumerate(decrite.colonnes) if c in choisies]
    vus: set[int] = set()

    def lignes() -> Iterator[Sequence[Cellule]]:
        yield [*(c.titre for c in choisies), "Situation au"]
        for nombre, (dossier, valeurs) in enumerate(decrite.lignes(acteur, export.filtres, maintenant), 1):
            if dossier is not None:
                vus.add(dossier)
            yield [*(valeurs[n] for n in rangs), situation]
            export.lignes = nombre
            if nombre % PAR_AVANCEMENT == 0:
                fichiers.noter_avancement(export.pk, nombre)

    export.lignes = 0
    fichiers.noter_avancement(export.pk, 0)
    with stockage.atelier() as dossier_de_travail:
        chemin = dossier_de_travail / "export"
        with chemin.open("w+b") as sortie:
            tableur.verser(
                sortie, export.format, decrite.titre, lignes(), _a_propos(export, decrite, acteur, maintenant)
            )
        export.chemin, export.taille, export.empreinte = fichiers.publier(chemin)
    export.lu_au, export.dossiers = maintenant, sorted(vus)


def _a_propos(export: Export, decrite: Liste, acteur: Acteur, maintenant: datetime) -> list[tuple[str, str]]:
    fuseau = fuseau_de(acteur.region)
    return [
        ("Liste", decrite.titre),
        ("Situation au", instant_fr(maintenant, fuseau)),
        ("Demandé par", f"{acteur.nom}, {acteur.organisation_nom}"),
        *decrite.dire(export.filtres, acteur),
        (
            "À savoir",
            "États et dates tels que le droit les établit à cet instant, décisions nées du silence comprises.",
        ),
    ]


def ouvrir(*, export: Export, acteur: Acteur, maintenant: datetime) -> Any:
    """The file's path, once its reader is judged again. Raises Interdit when the list is no longer his role's, Perime when a dossier of the
    file is no longer his organisation's or the file is gone."""
    decrite = registre.liste(export.liste, acteur)
    if export.etat != Export.Etat.PRET or (export.expire_le and export.expire_le <= maintenant):
        raise Perime("export_absent", "Ce fichier n’est plus là. Refaites l’export pour en avoir un à jour.")
    if perdus := _perdus(export, acteur):
        sujet = "Un dossier de ce fichier ne relève" if perdus == 1 else f"{perdus} dossiers de ce fichier ne relèvent"
        raise Perime(
            "export_perime",
            f"{sujet} plus de votre organisation depuis qu’il a été fait. Refaites l’export\u00a0: il n’en tiendra plus compte.",
        )
    chemin = fichiers.absolu(export.chemin)
    consigner(
        type="export_telecharge",
        acteur=acteur,
        maintenant=maintenant,
        donnees={"export": export.pk, "liste": decrite.code, "lignes": export.lignes, "empreinte": export.empreinte},
    )
    return chemin


def _perdus(export: Export, acteur: Acteur) -> int:
    """How many dossiers of the file this person may not see any more. One query, by their keys."""
    try:
        sql, places = Dossier.objects.pour(acteur).order_by().values("pk").query.sql_with_params()
    except EmptyResultSet:  # who has no perimeter any more
        return len(Export.objects.values_list("dossiers", flat=True).get(pk=export.pk))
    with connection.cursor() as curseur:
        curseur.execute(
            "SELECT count(*) FROM (SELECT unnest(dossiers) AS id FROM indicateurs_export WHERE id = %s) e "  # noqa: S608  composed by Django
            f"WHERE NOT EXISTS (SELECT 1 FROM ({sql}) d(id) WHERE d.id = e.id)",
            [export.pk, *places],
        )
        return curseur.fetchone()[0]


def effacer_echus(*, au: datetime) -> int:
    """Files past their week go, rows stay a trace of them; then what no row quotes. Gives how many rows were settled."""
    with comme_portail():
        echus = list(
            Export.objects.filter(expire_le__lte=au)
            .exclude(chemin="")
            .select_for_update(skip_locked=True)
            .order_by("pk")
            .values_list("pk", "chemin")
        )
        Export.objects.filter(pk__in=[pk for pk, _ in echus]).update(etat=Export.Etat.EFFACE, chemin="", dossiers=[])
        transaction.on_commit(lambda: _supprimer(chemin for _, chemin in echus))
    with comme_portail():
        for nom in fichiers.lister_anciens():
            if not Export.objects.filter(chemin=nom).exists():
                fichiers.supprimer(nom)
    return len(echus)


def _supprimer(noms: Iterable[str]) -> None:
    for nom in noms:
        fichiers.supprimer(nom)
