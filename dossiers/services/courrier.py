"""Letters and projets that came by post or from Démarches Simplifiées, entered by the competent ARS with their real days (CAL-8)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Max

from ess_portal.comptes.acteur import Acteur
from ess_portal.comptes.locataire import comme_portail
from ess_portal.comptes.roles import ARS
from ess_portal.documents.services import deposer_piece
from ess_portal.journal.services import consigner
from ess_portal.referentiel import services as referentiel
from ess_portal.referentiel.models import Departement, Region
from ess_portal.socle.erreurs import Conflit, ErreurMetier, Interdit
from ess_portal.socle.horloge import jour_local

from .. import faits, grille
from ..models import Decision, Depot, Dossier, Echeance, LettreIntention, ProjetSante, Tache
from ..regles.depots import verifier_depot
from . import cycle, emission
from .courriels import courriel
from .creation import poser_specialites, prochain_numero, texte_cherche
from .echeances import materialiser
from .lettre import competences, demander_avis, inscrire_depot
from .reprise import espace_equipe, instant

CORRIGER = "Certaines informations sont à corriger."
SANS_SCAN = "Joignez ce que vous avez reçu, numérisé."


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
        statut_depuis=maintenant,
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
    _joindre(dossier, "lettre", fichiers, acteur, maintenant)
    depot = _inscrire(dossier, "lettre", 1, r.canal, r.reference, r.date_depot, reception, asdict(r), **premiere)
    return _faire_courir(dossier, "enregistrer_lettre", depot, acteur, maintenant, {})


@transaction.atomic
def enregistrer_projet(
    *,
    numero: str,
    date_depot: date,
    date_reception: date,
    fichiers: Sequence[Any],
    acteur: Acteur,
    maintenant: datetime,
) -> Dossier:
    """A projet received by post: its postmark holds DL-2, its receipt starts DL-3 (CAL-8). The équipe's own draft stays, one version up.

    Raises ErreurMetier for days that do not hold together (to come, out of order, before the decision that opens the filing) or
    without scan.
    """
    dossier = cycle.ouvrir(numero, acteur, maintenant)
    jour = jour_local(maintenant, dossier.fuseau)
    lettre = Depot.objects.filter(dossier=dossier, objet="lettre").order_by("-version").first()
    erreurs = verifier_depot(
        date_depot,
        date_reception,
        aujourdhui=jour,
        apres=lettre.date_depot if lettre else None,
        fait="celui de la lettre d’intention",
    )
    refus = (
        Decision.objects.filter(dossier=dossier, objet="projet", retiree_le__isnull=True).order_by("-version").first()
    )
    if refus is not None and date_depot < refus.date_acquise:
        erreurs.setdefault("date_depot", "Ce projet a été posté avant le refus du précédent.")
    if not fichiers:
        erreurs["fichiers"] = SANS_SCAN
    if erreurs:
        raise ErreurMetier("projet", CORRIGER, erreurs)
    avertissements = grille.franchir(dossier, "deposer_projet", jour)
    version = 1 + faits.version_projet(dossier)
    _joindre(dossier, "projet", fichiers, acteur, maintenant)
    projet = _projet_papier(dossier, date_depot)
    depot = _inscrire(dossier, "projet", version, Depot.Canal.PAPIER, "", date_depot, date_reception, {})
    dossier.opposition_caisse_le = None
    dl2 = Echeance.objects.filter(dossier=dossier, regle="DL-2").first()
    if dossier.est_tardif and dl2 is not None and dl2.dernier_jour is not None and date_depot <= dl2.dernier_jour:
        dossier.est_tardif = False
        Tache.objects.filter(dossier=dossier, type=Tache.Type.STATUER_RETARD, faite_le__isnull=True).update(
            faite_le=maintenant, faite_par_id=acteur.utilisateur_id, commentaire="Projet posté dans le délai."
        )
    donnees = {"projet": projet.pk, "version": projet.version, "avertissements": avertissements}
    return _faire_courir(dossier, "enregistrer_projet", depot, acteur, maintenant, donnees)


def _projet_papier(dossier: Dossier, date_depot: date) -> ProjetSante:
    """The filed version, pinned to the set of its filing. A draft under way keeps its text and takes the next rank."""
    national, regional = referentiel.jeux_du_jour(dossier.region, date_depot)
    with comme_portail():
        brouillon = ProjetSante.objects.filter(dossier=dossier, depose_le__isnull=True).order_by("-version").first()
        dernier = ProjetSante.objects.filter(dossier=dossier).aggregate(v=Max("version"))["v"] or 0
        version = brouillon.version if brouillon else dernier + 1
        if brouillon is not None:
            brouillon.version = dernier + 1
            brouillon.save(update_fields=("version",))
        return ProjetSante.objects.create(
            dossier=dossier,
            version=version,
            depose_le=instant(date_depot, dossier.fuseau),
            jeu_national=national,
            jeu_regional=regional,
            diagnostic="Projet reçu par courrier\u00a0: voir les pièces numérisées.",
        )


def _joindre(dossier: Dossier, objet: str, fichiers: Sequence[Any], acteur: Acteur, maintenant: datetime) -> None:
    for fichier in fichiers:
        deposer_piece(
            dossier=dossier,
            fichier=fichier,
            type="courrier",
            libelle=f"Reçu hors du portail\u00a0: {fichier.name}"[:200],
            acteur=acteur,
            maintenant=maintenant,
            objet=objet,
        )


def _inscrire(
    dossier: Dossier,
    objet: str,
    version: int,
    canal: str,
    reference: str,
    date_depot: date,
    date_reception: date,
    contenu: dict[str, Any],
    **premiere: Any,
) -> Depot:
    """The filing, and the avis asked for from its receipt (AVI-1). Raises Conflit when the platform's number is already there."""
    try:
        with transaction.atomic():
            depot = inscrire_depot(
                dossier,
                objet,
                version,
                maintenant=instant(date_reception, dossier.fuseau),
                jour_depot=date_depot,
                jour_reception=date_reception,
                canal=canal,
                reference=reference,
                contenu={nom: str(valeur) for nom, valeur in contenu.items()},
                **premiere,
            )
    except IntegrityError as refus:
        if "depot_demarche_unique" not in str(refus):
            raise
        phrase = "Ce numéro de Démarches Simplifiées est déjà enregistré."
        raise Conflit("numero_ds", phrase, {"reference": phrase}) from refus
    demander_avis(dossier, objet, version, date_reception)
    return depot


def _faire_courir(
    dossier: Dossier, acte: str, depot: Depot, acteur: Acteur, maintenant: datetime, donnees: dict[str, Any]
) -> Dossier:
    """The act itself, at the legal instant of the receipt, then the accusé (AR-1) and what silence has already decided (CAL-9)."""
    dossier = cycle.appliquer(
        dossier,
        acte,
        acteur=acteur,
        maintenant=maintenant,
        donnees={
            "depot": depot.pk,
            "canal": depot.canal,
            "reference": depot.reference,
            "date_depot": depot.date_depot,
            "date_reception": depot.date_reception,
            "premiere_reception": depot.date_premiere_reception,
            **donnees,
        },
        effets=[
            courriel(dossier, "depot", f"depot:{depot.pk}:{o}", organisation=o, objet=depot.objet)
            for o in sorted({dossier.equipe_id, dossier.ars_id, dossier.caisse_id} - {acteur.organisation_id})
        ],
    )
    emission.accuse_reception(dossier, depot, acteur=acteur, maintenant=maintenant)
    materialiser(numero=dossier.numero, maintenant=maintenant)
    dossier.refresh_from_db(fields=("est_tardif", "prochaine_le", "bascule_le"))
    return dossier
