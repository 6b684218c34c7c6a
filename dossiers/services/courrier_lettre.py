"""Letters that came by post or from Démarches Simplifiées, entered by the ARS; misdirected ones are transmitted (CAL-8, CAL-10)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import transaction

from ess_portal.comptes.acteur import Acteur
from ess_portal.comptes.locataire import comme_portail
from ess_portal.comptes.roles import ARS
from ess_portal.journal.services import consigner
from ess_portal.referentiel import services as referentiel
from ess_portal.referentiel.models import Departement, Region
from ess_portal.socle.erreurs import ErreurMetier, Interdit
from ess_portal.socle.horloge import jour_local

from ..models import Depot, Dossier, LettreIntention
from ..regles.depots import verifier_depot
from .courrier import CORRIGER, SANS_SCAN, faire_courir, inscrire, joindre
from .creation import poser_specialites, prochain_numero, texte_cherche
from .instants import instant
from .lettre import competences
from .recherche import indexer
from .reprise import espace_equipe


@dataclass(frozen=True, kw_only=True)
class LettreRecue:
    """What the ARS reads on the letter. `canal`: papier or demarches_simplifiees, then `reference` is its number there.

    `transmission`: the siège is another ARS's; this one sends it the letter (CAL-10).
    """

    canal: str
    date_depot: date
    date_reception: date
    nom: str
    equipe: str
    specialites: tuple[str, ...]
    departements: tuple[str, ...]
    siege_departement: str
    siege_commune: str
    caisse: str
    reference: str = ""
    medecins_presents: int | None = None
    liberaux: int | None = None
    adherents_declares: int | None = None
    transmission: bool = False


@transaction.atomic
def enregistrer_lettre(
    *, lettre: LettreRecue, fichiers: Sequence[Any], acteur: Acteur, maintenant: datetime
) -> Dossier:
    """Opens the dossier of a letter received elsewhere: pinned to the set of its filing, its clock runs from its receipt (DL-1), the
    équipe's from the same reference (CAL-5). Issues the accusé (AR-1), asks the avis. Silence that has already decided is written.

    Raises Interdit for who is no ARS, ErreurMetier with its fields, Conflit for a number of Démarches Simplifiées entered already.
    """
    if acteur.role not in ARS:
        raise Interdit("interdit", "Seule l’ARS enregistre une lettre reçue hors du portail.")
    r = lettre
    departement = Departement.objects.select_related("region").filter(code=r.siege_departement, est_ouvert=True).first()
    if departement is None or departement.region is None:
        phrase = "Aucune ARS n’est compétente pour ce département."
        raise ErreurMetier("siege", phrase, {"siege_departement": phrase})
    region, jour = departement.region, jour_local(maintenant, departement.region.fuseau)
    _verifier_competence(r, region, acteur)
    origine = referentiel.parametres_du_jour(region.code, r.date_depot).date_cdc
    erreurs = verifier_depot(
        r.date_depot, r.date_reception, aujourdhui=jour, apres=origine, fait="la validation du cahier des charges"
    )
    if r.canal == Depot.Canal.DEMARCHES_SIMPLIFIEES and not r.reference:
        erreurs["reference"] = "Indiquez le numéro du dossier sur Démarches Simplifiées, en chiffres."
    if not r.departements:
        erreurs["departements"] = "Choisissez au moins un département."
    if r.caisse not in {c.code for c in referentiel.caisses_possibles(r.siege_departement)}:
        erreurs["caisse"] = "Cette caisse ne sert pas le département du siège."
    if not fichiers:
        erreurs["fichiers"] = SANS_SCAN
    if erreurs:
        raise ErreurMetier("lettre", CORRIGER, erreurs)
    dossier = Dossier(
        numero=prochain_numero(region.code, jour.year),
        nom=r.nom.strip(),
        equipe=espace_equipe(r.equipe, region.fuseau, maintenant),
        siege_departement=r.siege_departement,
        siege_commune=r.siege_commune.strip(),
        caisse_choisie=r.caisse,
        region=region.code,
        fuseau=region.fuseau,
        departements=sorted(set(r.departements)),
        statut_depuis=instant(r.date_depot, region.fuseau),
        cree_le=maintenant,
        depose_le=instant(r.date_depot, region.fuseau),
    )
    poser_specialites(dossier, r.specialites)
    competences(dossier)
    dossier.jeu_national, dossier.jeu_regional = referentiel.jeux_du_jour(region.code, r.date_depot)
    dossier.recherche = texte_cherche(dossier)
    if r.transmission:
        return _transmettre(dossier, r, fichiers, jour, acteur, maintenant)
    dossier.save()
    return _ouvrir(dossier, r, fichiers, r.date_reception, acteur, maintenant)


def _verifier_competence(r: LettreRecue, region: Region, acteur: Acteur) -> None:
    """A siège elsewhere is transmitted, and only then (ORG-3, CAL-10)."""
    siens = region.code == acteur.region
    if not siens and not r.transmission:
        phrase = f"Ce siège relève de {region.nom_ars}\u00a0: choisissez un département de votre région, ou transmettez-lui la lettre."
        raise ErreurMetier("siege", phrase, {"siege_departement": phrase})
    if siens and r.transmission:
        phrase = "Votre ARS est compétente pour ce siège\u00a0: il n’y a rien à transmettre."
        raise ErreurMetier("transmission", phrase, {"transmission": phrase})


def _transmettre(
    dossier: Dossier, r: LettreRecue, fichiers: Sequence[Any], jour: date, acteur: Acteur, maintenant: datetime
) -> Dossier:
    """Hands the letter to the competent ARS, which receives it today: its acceptance clock starts now (CRPA L114-2, L114-3). Written as the
    portal, for the first ARS does not read what it no longer holds; its own journal keeps what it sent, to whom, and both receipts.
    """
    with comme_portail():
        dossier.save()
        premiere = {"premiere_ars_id": acteur.organisation_id, "date_premiere_reception": r.date_reception}
        dossier = _ouvrir(dossier, r, fichiers, jour, acteur, maintenant, **premiere)
    consigner(
        type="transmettre_lettre",
        acteur=acteur,
        maintenant=maintenant,
        organisation_id=acteur.organisation_id,
        donnees={
            "nom": dossier.nom,
            "ars": dossier.ars.nom,
            "recue_le": r.date_reception,
            "transmise_le": jour,
            "canal": r.canal,
            "reference": r.reference,
        },
    )
    return dossier


def _ouvrir(
    dossier: Dossier,
    r: LettreRecue,
    fichiers: Sequence[Any],
    reception: date,
    acteur: Acteur,
    maintenant: datetime,
    **premiere: Any,
) -> Dossier:
    """The letter, its scans and its filing, received by the competent ARS on `reception`."""
    LettreIntention.objects.create(
        dossier=dossier,
        source_comptage="Lettre reçue hors du portail",
        medecins_presents=r.medecins_presents,
        liberaux=r.liberaux,
        adherents_declares=r.adherents_declares,
    )
    indexer(dossier)
    joindre(dossier, "lettre", fichiers, acteur, maintenant)
    depot = inscrire(dossier, "lettre", 1, r.canal, r.reference, r.date_depot, reception, maintenant, **premiere)
    return faire_courir(dossier, "enregistrer_lettre", depot, acteur, maintenant, {})
