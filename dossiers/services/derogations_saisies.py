"""Dérogations that the ARS records as they came, corrects by a new act that says why, or grants itself where it may."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from django.db import transaction

from ess_portal.comptes.acteur import Acteur
from ess_portal.socle.erreurs import Conflit, Introuvable
from ess_portal.socle.horloge import jour_local

from .. import grille
from ..models import Derogation, Dossier
from ..regles.derogations import ARS, DecisionCpn, manques_decision, manques_demande
from . import cycle
from .derogations import _consigner, _exiger, _poser, _regulariser, chiffres_du_jour

CORRIGES = ("issue", "session_le", "reference", "conditions", "valide_du", "valide_au")


@transaction.atomic
def enregistrer_derogation(
    *,
    numero: str,
    portee: Sequence[str],
    motif: str,
    demandee_le: date,
    acteur: Acteur,
    maintenant: datetime,
    fondement: str = Derogation.Fondement.CIRCONSTANCES,
    groupes: Sequence[str] = (),
    issue: str = Derogation.Issue.DEMANDEE,
    reference: str = "",
    session_le: date | None = None,
    conditions: str = "",
    valide_du: date | None = None,
    valide_au: date | None = None,
    document: Any = None,
    **_: Any,
) -> Dossier:
    """A dérogation of the CPN in one act: sent, or already decided. It joins the open request of the same scope, if there is one."""
    dossier = cycle.ouvrir(numero, acteur, maintenant)
    jour = jour_local(maintenant, dossier.fuseau)
    ligne = (
        Derogation.objects.select_for_update()
        .filter(dossier=dossier, portee=sorted(portee), groupes=sorted(groupes), issue=Derogation.Issue.DEMANDEE)
        .first()
    )
    decision = DecisionCpn(
        issue, jour, demandee_le, demandee_le, session_le, reference, conditions, valide_du, valide_au
    )
    erreurs = manques_demande(portee, groupes, dossier.groupes) | manques_decision(decision)
    if "envoyee_le" in erreurs:
        erreurs["demandee_le"] = erreurs.pop("envoyee_le")
    _exiger(erreurs)
    if ligne is None:
        ligne = Derogation(
            dossier=dossier,
            portee=sorted(portee),
            groupes=sorted(groupes),
            demandee_le=demandee_le,
            chiffres=chiffres_du_jour(dossier, portee, jour),
        )
    ligne.motif, ligne.fondement, ligne.envoyee_le = motif.strip(), fondement, demandee_le
    _poser(ligne, decision, dossier, document, acteur, maintenant)
    _consigner(dossier, ligne, "enregistrement", acteur, maintenant, reference=ligne.reference, motif=ligne.motif)
    _regulariser(dossier, maintenant)
    return dossier


@transaction.atomic
def corriger(
    *,
    numero: str,
    derogation: int,
    raison: str,
    acteur: Acteur,
    maintenant: datetime,
    document: Any = None,
    **champs: Any,
) -> Dossier:
    """A decision recorded wrongly is corrected by a new act: what was written stays in the journal, with why it changes."""
    dossier = cycle.ouvrir(numero, acteur, maintenant)
    ligne = Derogation.objects.select_for_update().filter(dossier=dossier, pk=derogation).first()
    if ligne is None:
        raise Introuvable
    if ligne.issue in (Derogation.Issue.DEMANDEE, Derogation.Issue.RETIREE):
        raise Conflit("derogation", "Seule une décision enregistrée se corrige.")
    avant = {nom: getattr(ligne, nom) for nom in CORRIGES}
    apres = avant | {nom: champs[nom] for nom in CORRIGES if nom in champs}
    decision = DecisionCpn(
        jour=jour_local(maintenant, dossier.fuseau),
        demandee_le=ligne.demandee_le,
        envoyee_le=ligne.envoyee_le,
        **apres,
    )
    erreurs = manques_decision(decision)
    if not raison.strip():
        erreurs["raison"] = "Dites pourquoi la décision enregistrée change."
    _exiger(erreurs)
    _poser(ligne, decision, dossier, document, acteur, maintenant)
    _consigner(
        dossier,
        ligne,
        "correction",
        acteur,
        maintenant,
        avant=avant,
        apres={nom: getattr(ligne, nom) for nom in CORRIGES},
        motif=raison.strip(),
    )
    _regulariser(dossier, maintenant)
    return dossier


@transaction.atomic
def assouplir(
    *,
    numero: str,
    motif: str,
    acteur: Acteur,
    maintenant: datetime,
    valide_du: date | None = None,
    valide_au: date | None = None,
    document: Any = None,
    **_: Any,
) -> Dossier:
    """The ARS softens the perimeter itself, by a motivated act, where the setting `assouplissement` says so (CRI-1a)."""
    dossier = cycle.ouvrir(numero, acteur, maintenant)
    jour = jour_local(maintenant, dossier.fuseau)
    if grille.parametres(dossier, "lettre", jour).assouplissement != ARS:
        raise Conflit("assouplissement", "L’assouplissement du périmètre revient ici à la commission nationale.")
    if not motif.strip():
        _exiger({"motif": "Motivez l’assouplissement."})
    ligne = Derogation(
        dossier=dossier,
        instance=Derogation.Instance.ARS,
        fondement=Derogation.Fondement.ASSOUPLISSEMENT,
        portee=["CRI-1a"],
        motif=motif.strip(),
        demandee_le=jour,
        chiffres=chiffres_du_jour(dossier, ["CRI-1a"], jour),
    )
    decision = DecisionCpn("accordee", jour, jour, None, jour, "ARS", "", valide_du, valide_au)
    _exiger(manques_decision(decision))
    _poser(ligne, decision, dossier, document, acteur, maintenant)
    _consigner(dossier, ligne, "assouplissement", acteur, maintenant, motif=motif.strip())
    return dossier
