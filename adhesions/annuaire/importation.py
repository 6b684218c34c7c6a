"""The import of an extract: one transaction from its first line to its last, one import at a time."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

from django.db import connection

from ess_portal.comptes.acteur import SYSTEME
from ess_portal.comptes.locataire import comme_portail
from ess_portal.journal.services import consigner
from ess_portal.referentiel.models import Departement, Specialite
from ess_portal.socle.erreurs import Conflit, ErreurMetier
from ess_portal.socle.typographie import instant_fr

from ..models import ImportAnnuaire, RejetAnnuaire
from ..regles.lecture import FichierRefuse, Lecteur, Lot
from .fichier import FUSEAU, Extrait, ouvrir
from .fusion import fusionner, preparer

VERROU = "SELECT pg_try_advisory_xact_lock(hashtextextended('annuaire', 0))"
# The machine that publishes and this one may disagree on the hour.
AVANCE = timedelta(days=1)

Suivi = Callable[[int, int, int], None]


def importer_annuaire(
    chemin: Path, *, maintenant: datetime, suivi: Suivi = lambda lus, taille, lignes: None
) -> ImportAnnuaire:
    """Takes an extract in whole, or nothing of it; `suivi(bytes read, size, lines read)` is told of the progress.

    Raises ErreurMetier for a file that is no extract, Conflit for one older than the last and while another import runs.
    """
    try:
        with ouvrir(chemin) as extrait, comme_portail():
            return _importer(extrait, maintenant, suivi)
    except FichierRefuse as refus:
        raise ErreurMetier("annuaire_fichier", str(refus)) from None


def _importer(extrait: Extrait, maintenant: datetime, suivi: Suivi) -> ImportAnnuaire:
    debut = time.monotonic()
    with connection.cursor() as curseur:
        curseur.execute(VERROU)
        if not curseur.fetchone()[0]:
            raise Conflit("annuaire_en_cours", "Un import de l’annuaire est déjà en cours. Attendez qu’il se termine.")
        _verifier_date(extrait.extrait_le, maintenant)
        importation = ImportAnnuaire.objects.create(
            fichier=extrait.nom[-120:], extrait_le=extrait.extrait_le, commence_le=maintenant
        )
        preparer(curseur)
        lecteur = Lecteur(
            extrait.encodage,
            Specialite.objects.values_list("code", flat=True),
            Departement.objects.values_list("code", flat=True),
        )
        for bloc in extrait.blocs():
            lot = lecteur.lire(bloc)
            _deposer(curseur.connection.cursor(), lot, importation)
            importation.lignes += lot.lignes
            importation.hors_champ += lot.hors_champ
            importation.rejetees += len(lot.rejets)
            suivi(extrait.lus, extrait.taille, importation.lignes)
        if not importation.lignes:
            raise FichierRefuse("Ce fichier n’a que sa ligne d’entête.")
        if importation.lignes == importation.hors_champ + importation.rejetees:
            raise FichierRefuse("Aucun professionnel de cet extrait n’a pu être retenu. L’annuaire connu est gardé.")
        ecarts = fusionner(curseur, importation, extrait.extrait_le.astimezone(FUSEAU).date())
    importation.rejetees += ecarts.doublons
    importation.personnes, importation.ajoutees = ecarts.personnes, ecarts.ajoutees
    importation.modifiees, importation.parties = ecarts.modifiees, ecarts.parties
    importation.secondes = round(time.monotonic() - debut, 1)
    importation.save()
    consigner(
        type="importer_annuaire",
        acteur=SYSTEME,
        maintenant=maintenant,
        donnees={"import": importation.pk, "fichier": importation.fichier, "personnes": ecarts.personnes},
    )
    return importation


def _verifier_date(extrait_le: datetime, maintenant: datetime) -> None:
    if extrait_le > maintenant + AVANCE:
        raise ErreurMetier(
            "annuaire_date", "La date de cet extrait est dans l’avenir\u00a0: vérifiez le nom du fichier."
        )
    dernier = ImportAnnuaire.objects.order_by("-extrait_le").values_list("extrait_le", flat=True).first()
    if dernier is not None and extrait_le < dernier:
        raise Conflit(
            "annuaire_ancien",
            f"Cet extrait est plus ancien que le dernier importé, qui date du {instant_fr(dernier, 'Europe/Paris')}.",
        )


def _deposer(curseur, lot: Lot, importation: ImportAnnuaire) -> None:
    """One block into the base."""
    for table, rangees in (("tampon_ligne", lot.gardees), ("tampon_empreinte", lot.empreintes)):
        if rangees:
            with curseur.copy(f"COPY {table} FROM STDIN") as copie:
                copie.write("\n".join(rangees) + "\n")
    if lot.rejets:
        RejetAnnuaire.objects.bulk_create(
            (RejetAnnuaire(importation=importation, ligne=n, motif=m, precision=p) for n, m, p in lot.rejets),
            batch_size=5_000,
        )
