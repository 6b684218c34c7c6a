"""The life of a dérogation (DER-1): asked for, commented by ARS and caisse, sent, decided, corrected. Each step is an act."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from django.db import transaction

from ess_portal.comptes.acteur import Acteur
from ess_portal.comptes.roles import TypeOrganisation
from ess_portal.journal.services import consigner
from ess_portal.socle.erreurs import Conflit, ErreurMetier, Introuvable
from ess_portal.socle.horloge import jour_local

from .. import grille
from ..models import Derogation, Dossier
from ..regles.criteres import evaluer
from ..regles.derogations import DecisionCpn, manques_decision, manques_demande
from . import cycle, unicite
from .courriels import courriel
from .jointes import joindre

INCOMPLET = "Certaines informations sont à corriger."


def _exiger(erreurs: dict[str, str]) -> None:
    if erreurs:
        raise ErreurMetier("derogation", INCOMPLET, erreurs)


def _ouverte(dossier: Dossier, derogation: int) -> Derogation:
    ligne = Derogation.objects.select_for_update().filter(dossier=dossier, pk=derogation).first()
    if ligne is None:
        raise Introuvable
    if ligne.issue != Derogation.Issue.DEMANDEE:
        raise Conflit("derogation", "Cette demande n’est plus en cours\u00a0: une correction est un acte à part.")
    return ligne


def _consigner(dossier: Dossier, d: Derogation, etape: str, acteur: Acteur, maintenant: datetime, **dit: Any) -> None:
    """The dated act of one step; the équipe and the caisse are told, or the ARS when they are the ones who act."""
    avertis = {dossier.equipe_id, dossier.caisse_id, dossier.ars_id} - {acteur.organisation_id, None}
    consigner(
        type="derogation",
        acteur=acteur,
        maintenant=maintenant,
        dossier=dossier,
        donnees={"derogation": d.pk, "etape": etape, "portee": d.portee, "groupes": d.groupes, "issue": d.issue} | dit,
        effets=[
            courriel(
                dossier,
                "derogation",
                f"derogation:{d.pk}:{etape}:{maintenant.isoformat()}:{o}",
                organisation=o,
                issue=dit.get("mots") or d.get_issue_display(),
            )
            for o in sorted(avertis)
        ],
    )


def chiffres_du_jour(dossier: Dossier, portee: Sequence[str], jour: date) -> list[dict[str, str]]:
    """What the grid says of the scope on the day of the request, as the équipe may read it (CONF-1)."""
    objet = "projet" if dossier.statut.startswith("projet") else "lettre"
    lus = evaluer(
        grille.rassembler(dossier, objet, jour, anonyme=True, sans_derogation=True),
        grille.parametres(dossier, objet, jour),
    )
    return [
        {"code": c.code, "libelle": c.libelle, "constat": c.constat, "source": c.source}
        for c in lus
        if c.code in portee
    ]


@transaction.atomic
def demander(
    *,
    numero: str,
    portee: Sequence[str],
    fondement: str,
    motif: str,
    acteur: Acteur,
    maintenant: datetime,
    groupes: Sequence[str] = (),
    demandee_le: date | None = None,
    **_: Any,
) -> Dossier:
    """Opens a request, by the équipe or by the ARS. Its figures are those of the day, frozen."""
    dossier = cycle.ouvrir(numero, acteur, maintenant)
    jour = jour_local(maintenant, dossier.fuseau)
    erreurs = manques_demande(portee, groupes, dossier.groupes)
    if Derogation.objects.filter(
        dossier=dossier, issue=Derogation.Issue.DEMANDEE, portee=sorted(portee), groupes=sorted(groupes)
    ).exists():
        erreurs["portee"] = "Une demande est déjà en cours sur ces contrôles."
    if demandee_le is not None and demandee_le > jour:
        erreurs["demandee_le"] = "Ce jour n’est pas encore venu."
    if not motif.strip():
        erreurs["motif"] = "Indiquez le motif de la dérogation."
    _exiger(erreurs)
    porteur = acteur.type == TypeOrganisation.EQUIPE
    derogation = Derogation.objects.create(
        dossier=dossier,
        fondement=fondement,
        demandeur=Derogation.Demandeur.EQUIPE if porteur else Derogation.Demandeur.ARS,
        portee=sorted(portee),
        groupes=sorted(groupes),
        motif=motif.strip(),
        demandee_le=demandee_le or jour,
        chiffres=chiffres_du_jour(dossier, portee, jour),
    )
    _consigner(dossier, derogation, "demande", acteur, maintenant, motif=motif.strip(), fondement=fondement)
    return dossier


@transaction.atomic
def rendre_avis(
    *, numero: str, derogation: int, sens: str, texte: str, acteur: Acteur, maintenant: datetime, **_: Any
) -> Dossier:
    """The opinion of the ARS or of the caisse, each its own, once; what is not favourable is motivated."""
    dossier = cycle.ouvrir(numero, acteur, maintenant)
    ligne, jour = _ouverte(dossier, derogation), jour_local(maintenant, dossier.fuseau)
    if sens != Derogation.Sens.FAVORABLE and not texte.strip():
        _exiger({"texte": "Des réserves ou un avis défavorable se motivent."})
    qui = "ars" if acteur.type == TypeOrganisation.ARS else "caisse"
    if acteur.organisation_id != getattr(dossier, f"{qui}_id"):
        raise Conflit("derogation", "L’avis revient à l’ARS et à la caisse compétentes.")
    if getattr(ligne, f"avis_{qui}"):
        raise Conflit("derogation", "Votre avis est déjà rendu\u00a0: il ne se modifie plus.")
    for nom, valeur in ((f"avis_{qui}", sens), (f"avis_{qui}_motif", texte.strip()), (f"avis_{qui}_le", jour)):
        setattr(ligne, nom, valeur)
    ligne.save()
    mots = f"avis {Derogation.Sens(sens).label.lower()} de {'l’ARS' if qui == 'ars' else 'la caisse'}"
    _consigner(dossier, ligne, f"avis_{qui}", acteur, maintenant, sens=sens, mots=mots)
    return dossier


@transaction.atomic
def envoyer(
    *,
    numero: str,
    derogation: int,
    envoyee_le: date,
    acteur: Acteur,
    maintenant: datetime,
    session_le: date | None = None,
    **_: Any,
) -> Dossier:
    """The request leaves for the CPN; the day of its session where it is known, or later by the same act."""
    dossier = cycle.ouvrir(numero, acteur, maintenant)
    ligne, jour = _ouverte(dossier, derogation), jour_local(maintenant, dossier.fuseau)
    _exiger(
        manques_decision(DecisionCpn("demandee", jour, ligne.demandee_le, envoyee_le=envoyee_le, session_le=session_le))
    )
    ligne.envoyee_le, ligne.session_le = envoyee_le, session_le
    ligne.save()
    _consigner(
        dossier,
        ligne,
        "envoi",
        acteur,
        maintenant,
        envoyee_le=envoyee_le,
        session_le=session_le,
        mots="envoyée à la CPN",
    )
    return dossier


@transaction.atomic
def statuer(
    *,
    numero: str,
    derogation: int,
    issue: str,
    session_le: date | None,
    acteur: Acteur,
    maintenant: datetime,
    reference: str = "",
    conditions: str = "",
    valide_du: date | None = None,
    valide_au: date | None = None,
    document: Any = None,
    **_: Any,
) -> Dossier:
    """The ARS records what the CPN has decided, with its document."""
    dossier = cycle.ouvrir(numero, acteur, maintenant)
    ligne, jour = _ouverte(dossier, derogation), jour_local(maintenant, dossier.fuseau)
    decision = DecisionCpn(
        issue, jour, ligne.demandee_le, ligne.envoyee_le, session_le, reference, conditions, valide_du, valide_au
    )
    _exiger(manques_decision(decision))
    _poser(ligne, decision, dossier, document, acteur, maintenant)
    _consigner(dossier, ligne, "decision", acteur, maintenant, reference=ligne.reference, motif=ligne.conditions)
    _regulariser(dossier, maintenant)
    return dossier


def _poser(
    ligne: Derogation, d: DecisionCpn, dossier: Dossier, document: Any, acteur: Acteur, maintenant: datetime
) -> None:
    accord = d.issue in Derogation.EN_VIGUEUR
    ligne.issue, ligne.session_le, ligne.reference = d.issue, d.session_le, d.reference.strip()
    ligne.conditions = d.conditions.strip() if d.issue == Derogation.Issue.CONDITIONS else ""
    ligne.valide_du, ligne.valide_au = (d.valide_du, d.valide_au) if accord else (None, None)
    piece = joindre(
        dossier,
        document,
        "document",
        type_="decision_cpn",
        libelle=f"Décision de la CPN {ligne.reference}".strip(),
        objet="derogation",
        acteur=acteur,
        maintenant=maintenant,
    )
    ligne.document = piece or ligne.document
    ligne.save()


def _regulariser(dossier: Dossier, maintenant: datetime) -> None:
    """A dossier in conflict, whatever brought it there, is regular once nothing stands in its way any more, and not before (CRI-1c, DL-8)."""
    if dossier.est_a_regulariser and not unicite.reste_a_regulariser(dossier, maintenant):
        dossier.est_a_regulariser = False
        dossier.save(update_fields=("est_a_regulariser",))


@transaction.atomic
def retirer(*, numero: str, derogation: int, motif: str, acteur: Acteur, maintenant: datetime, **_: Any) -> Dossier:
    """Whoever asked gives the request up, or the ARS finds that it has no object any more."""
    dossier = cycle.ouvrir(numero, acteur, maintenant)
    ligne = _ouverte(dossier, derogation)
    if acteur.type == TypeOrganisation.EQUIPE and ligne.demandeur != Derogation.Demandeur.EQUIPE:
        raise Conflit("derogation", "Cette demande a été faite par l’ARS\u00a0: elle seule la retire.")
    if not motif.strip():
        _exiger({"motif": "Indiquez le motif."})
    ligne.issue = Derogation.Issue.RETIREE
    ligne.save()
    _consigner(dossier, ligne, "retrait", acteur, maintenant, motif=motif.strip())
    return dossier
