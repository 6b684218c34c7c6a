"""The équipe asks for an avenant; the ARS answers, asks for items, or lets silence decide. Accepted, an avenant is still to be signed by three."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction

from dossiers.lecture_etat import lu_au_droit, statut_lu
from dossiers.models import Dossier
from dossiers.regles.avenants import REGLES
from dossiers.regles.cycle import FINAUX
from dossiers.regles.delais import ajouter
from dossiers.regles.faits_delais import DemandeAvenantFait
from dossiers.services import cycle, dates_figees, echeances
from ess_portal.comptes.acteur import Acteur
from ess_portal.comptes.roles import ARS
from ess_portal.journal.services import Effet, consigner
from ess_portal.referentiel import services as referentiel
from ess_portal.referentiel.regles.parametres import Parametres
from ess_portal.socle.erreurs import Conflit, ErreurMetier, Interdit
from ess_portal.socle.horloge import jour_local
from ess_portal.socle.typographie import date_fr

from ..models import Contrat, DemandeAvenant
from ..models.contrat import partie_de
from ..regles.demande_avenant import Etat, dernier_jour, etat, refus_de_repondre
from ..selectors import oublier
from ..selectors.consolide import modifiable
from .courriels import avertir, parties

CHEMIN = "/dossiers/{}/contrats/"
EN_COURS = ("en_instruction", "attend_pieces")


def parametres(demande: DemandeAvenant) -> Parametres:
    return referentiel.parametres_epingles(demande.jeu_national_id, demande.jeu_regional_id)


def lire(demande: DemandeAvenant, dossier: Dossier, maintenant: datetime) -> Etat:
    """Its state as the law has it now."""
    vu = lu_au_droit(dossier)
    clos_le = jour_local(vu.statut_depuis, dossier.fuseau) if statut_lu(dossier) in FINAUX else None
    return etat(faits(demande, dossier), parametres(demande), jour_local(maintenant, dossier.fuseau), clos_le)


def faits(demande: DemandeAvenant, dossier: Dossier) -> DemandeAvenantFait:
    return demande.faits(dossier.fuseau)


@transaction.atomic
def demander_avenant(*, numero: str, objet: str, acteur: Acteur, maintenant: datetime, **_: Any) -> Dossier:
    """The demand is received on its day by the ARS. Raises Conflit while another one waits for its answer."""
    dossier = cycle.ouvrir(numero, acteur, maintenant)
    if partie_de(dossier, acteur.organisation_id) != "equipe":
        raise Interdit("partie", "L’équipe demande un avenant à son contrat.")
    jour = jour_local(maintenant, dossier.fuseau)
    contrat = modifiable(dossier, jour)
    if contrat is None:
        raise Conflit("contrat", "Aucun contrat signé n’est à modifier.")
    if not objet.strip():
        raise ErreurMetier(
            "contenu", "Dites ce que l’avenant changerait.", {"objet": "Dites ce que l’avenant changerait."}
        )
    ouverte = DemandeAvenant.objects.filter(contrat=contrat, issue="", est_remplacee=False).first()
    if ouverte is not None:
        if lire(ouverte, dossier, maintenant) in EN_COURS:
            raise Conflit("demande_en_cours", "Une demande d’avenant attend déjà la réponse de l’ARS.")
        DemandeAvenant.objects.filter(pk=ouverte.pk).update(est_remplacee=True)
    national, regional = referentiel.jeux_du_jour(dossier.region, jour)
    demande = DemandeAvenant.objects.create(
        dossier=dossier,
        contrat=contrat,
        objet=objet.strip(),
        recue_le=maintenant,
        recue_jour=jour,
        demandee_par_id=acteur.utilisateur_id,
        jeu_national=national,
        jeu_regional=regional,
    )
    fin = dernier_jour(faits(demande, dossier), parametres(demande))
    suite = "acceptée" if parametres(demande).regime_avenant == "acceptation" else "rejetée"
    _consigner(
        "demander_avenant", demande, dossier, acteur, maintenant, {"objet": demande.objet, "dernier_jour": fin},
        _prevenir(dossier, demande, "Avenant demandé", f"{dossier.nom} demande un avenant\u00a0: {demande.objet}",
                  f"Réponse de l’ARS au plus tard le {date_fr(fin)}\u00a0; sans réponse, la demande est réputée {suite}." if fin else ""),
    )  # fmt: skip
    return dossier


@transaction.atomic
def repondre_demande_avenant(
    *, numero: str, reponse: str, acteur: Acteur, maintenant: datetime, motif: str = "", **_: Any
) -> Dossier:
    """`reponse`: accorder, refuser (with its reason) or pieces (what is indispensable). Raises Conflit once silence has decided."""
    dossier = cycle.ouvrir(numero, acteur, maintenant)
    if not peut_repondre(dossier, acteur):
        raise Interdit("partie", "L’ARS compétente répond à cette demande.")
    demande = _verrouiller(dossier)
    lu = lire(demande, dossier, maintenant)
    if refus := refus_de_repondre(lu, reponse):
        raise Conflit("demande", refus)
    motif, jour = motif.strip(), jour_local(maintenant, dossier.fuseau)
    if reponse != "accorder" and not motif:
        phrase = "Motivez ce refus." if reponse == "refuser" else "Dites quelles pièces sont indispensables."
        raise ErreurMetier("contenu", phrase, {"motif": phrase})
    if reponse == "pieces":
        if demande.pieces_demandees_le is not None:
            raise Conflit(
                "pieces", "Des pièces ont déjà été demandées\u00a0: une seconde demande n’arrête pas le délai."
            )
        demande.pieces, demande.pieces_demandees_le = motif, jour
        demande.pieces_limite = ajouter(jour, parametres(demande).delai_pieces)
        demande.save(update_fields=("pieces", "pieces_demandees_le", "pieces_limite"))
        phrases = (f"L’ARS demande des pièces indispensables\u00a0: {motif}", f"Fournissez-les jusqu’au {date_fr(demande.pieces_limite)} inclus.")  # fmt: skip
    else:
        repondre(demande, "accordee" if reponse == "accorder" else "refusee", maintenant, motif)
        phrases = (
            ("L’ARS accorde l’avenant demandé. Il est à proposer, puis à signer par les trois parties.",)
            if reponse == "accorder"
            else (f"L’ARS refuse l’avenant demandé. Motif\u00a0: {motif}",)
        )
    _consigner(
        "repondre_demande_avenant", demande, dossier, acteur, maintenant, {"reponse": reponse, "motif": motif},
        _prevenir(dossier, demande, "Réponse à la demande d’avenant", *phrases),
    )  # fmt: skip
    return dossier


@transaction.atomic
def completer_demande_avenant(
    *, numero: str, complement: str, acteur: Acteur, maintenant: datetime, **_: Any
) -> Dossier:
    """The équipe gives what was asked for: the clock goes on, or starts anew where silence accepts (CAL-6)."""
    dossier = cycle.ouvrir(numero, acteur, maintenant)
    if partie_de(dossier, acteur.organisation_id) != "equipe":
        raise Interdit("partie", "L’équipe complète sa demande.")
    demande = _verrouiller(dossier)
    if lire(demande, dossier, maintenant) != "attend_pieces":
        raise Conflit("pieces", "Aucune pièce n’est attendue sur cette demande.")
    if not complement.strip():
        raise ErreurMetier("contenu", "Dites ce que vous fournissez.", {"complement": "Dites ce que vous fournissez."})
    demande.complement, demande.pieces_recues_le = complement.strip(), jour_local(maintenant, dossier.fuseau)
    demande.save(update_fields=("complement", "pieces_recues_le"))
    _consigner(
        "completer_demande_avenant", demande, dossier, acteur, maintenant, {"complement": demande.complement},
        _prevenir(dossier, demande, "Demande d’avenant complétée", f"{dossier.nom} a fourni ce qui était demandé\u00a0: {demande.complement}"),
    )  # fmt: skip
    return dossier


def accorder_en_proposant(
    dossier: Dossier, contrat: Contrat, acteur: Acteur, maintenant: datetime
) -> list[dict[str, Any]]:
    """An avenant that the ARS proposes answers the demand that waits for it, for she alone answers; gives the date that it kept, as it was explained (CAL-11)."""
    if not peut_repondre(dossier, acteur):
        return []
    demande = en_attente(dossier, contrat, maintenant)
    if demande is not None:
        dates = dates_figees.figer(dossier, *REGLES)
        repondre(demande, "accordee", maintenant)
        oublier(dossier)
        echeances.recalculer(dossier, maintenant=maintenant)
        return dates
    return []


def peut_repondre(dossier: Dossier, acteur: Acteur) -> bool:
    return acteur.role in ARS and partie_de(dossier, acteur.organisation_id) == "ars"


def en_attente(dossier: Dossier, contrat: Contrat, maintenant: datetime) -> DemandeAvenant | None:
    """The demand on a contract that still waits for its answer."""
    demande = DemandeAvenant.objects.filter(dossier=dossier, contrat=contrat, issue="", est_remplacee=False).first()
    return demande if demande is not None and lire(demande, dossier, maintenant) in EN_COURS else None


def repondre(demande: DemandeAvenant, issue: str, maintenant: datetime, motif: str = "") -> None:
    demande.issue, demande.motif, demande.repondue_le = issue, motif, maintenant
    demande.save(update_fields=("issue", "motif", "repondue_le"))


def _verrouiller(dossier: Dossier) -> DemandeAvenant:
    lues = DemandeAvenant.objects.select_for_update(of=("self",)).filter(dossier=dossier, est_remplacee=False)
    demande = lues.order_by("recue_le", "pk").last()
    if demande is None:
        raise Conflit("demande", "Aucune demande d’avenant n’est en cours.")
    return demande


def _prevenir(dossier: Dossier, demande: DemandeAvenant, sujet: str, *phrases: str) -> list[Effet]:
    rang = f"{demande.pk}:{demande.pieces_demandees_le or ''}:{demande.pieces_recues_le or ''}:{demande.issue}"
    return avertir(
        dossier, f"demande_avenant:{rang}", sujet, *filter(None, phrases), organisations=parties(dossier), chemin=CHEMIN.format(dossier.numero)
    )  # fmt: skip


def _consigner(
    type_: str, demande: DemandeAvenant, dossier: Dossier, acteur: Acteur, maintenant: datetime, donnees: dict[str, Any], effets: list[Effet]
) -> None:  # fmt: skip
    """The event keeps the date that the act relied on, as it was explained then (CAL-11); the date moves with it."""
    oublier(dossier)
    dates = dates_figees.figer(dossier, *REGLES) if type_ != "demander_avenant" else []
    consigner(
        type=type_,
        acteur=acteur,
        maintenant=maintenant,
        dossier=dossier,
        donnees={"demande_avenant": demande.pk, **donnees, **({"dates": dates} if dates else {})},
        effets=effets,
    )
    echeances.recalculer(dossier, maintenant=maintenant)
