"""The acts of this app, in the order in which lists and pages show them."""

from __future__ import annotations

from functools import partial

from ess_portal.socle.horloge import jour_local

from . import actes_derogation, actes_notification, actes_recours, actes_registre
from .actions import Action
from .faits import externes
from .forms import actes as f
from .lecture_etat import statut_lu
from .models import Decision, Dossier
from .regles.au_droit import SILENCES
from .regles.cycle import Qui, Statut
from .regles.statuts import DEPOSES, EXAMINES, VIVANTS
from .services import (
    association,
    courrier,
    decisions,
    echanges,
    emission,
    fin,
    lettre,
    mission,
    pieces,
    pieces_recues,
    projet,
    retraits,
)

S = Statut
INSTRUCTION = frozenset(EXAMINES)
EN_COURS = frozenset(DEPOSES)
APRES_LETTRE = frozenset(DEPOSES) - {S.LETTRE_DEPOSEE, S.LETTRE_INCOMPLETE}


def _avis_attendu(dossier: Dossier, acteur) -> bool:
    objet = "projet" if dossier.statut.startswith("projet") else "lettre"
    return any(
        a.objet == objet and a.rendu_le is None and a.caisse_id == acteur.organisation_id for a in dossier.avis.all()
    )


def _est_tacite(dossier: Dossier, acteur) -> bool:
    """A tacit decision stands, or silence has just made one that no scan has written (CAL-9)."""
    if dossier.statut in SILENCES and statut_lu(dossier) != dossier.statut:
        return True
    return any(d.mode == Decision.Mode.TACITE and d.retiree_le is None for d in dossier.decisions.all())


def _trop_tot(dossier: Dossier) -> str | None:
    """Of a row read at an instant; of another, the service judges."""
    instant = getattr(dossier, "lu_le", None)
    return pieces.trop_tot(dossier, jour_local(instant, dossier.fuseau)) if instant else None


ACTIONS = (
    Action(
        "deposer_lettre", "Déposer la lettre d’intention", lettre.deposer_lettre, f.DeposerLettre, est_principale=True
    ),
    Action(
        "completer_lettre", "Fournir les pièces demandées", pieces_recues.completer, f.Completer, est_principale=True
    ),
    Action("deposer_projet", "Déposer le projet de santé", projet.deposer_projet, f.DeposerProjet, est_principale=True),
    Action(
        "completer_projet", "Fournir les pièces demandées", pieces_recues.completer, f.Completer, est_principale=True
    ),
    Action(
        "rendre_avis",
        "Rendre l’avis de la caisse",
        decisions.rendre_avis,
        f.RendreAvis,
        statuts=INSTRUCTION,
        qui=(Qui.CAISSE,),
        est_principale=True,
        proposee=_avis_attendu,
    ),
    Action(
        "valider_lettre",
        "Valider la lettre",
        partial(decisions.valider, objet="lettre"),
        f.Valider,
        est_principale=True,
        gabarit="dossiers/actes/decider.html",
        a_apercu=True,
    ),
    Action(
        "valider_projet",
        "Valider le projet",
        partial(decisions.valider, objet="projet"),
        f.Valider,
        est_principale=True,
        gabarit="dossiers/actes/decider.html",
        a_apercu=True,
    ),
    Action(
        "refuser_lettre",
        "Refuser la lettre",
        partial(decisions.refuser, objet="lettre"),
        f.RefuserLettre,
        gabarit="dossiers/actes/refuser.html",
        empechement=partial(decisions.deja_tacite, objet="lettre"),
        a_apercu=True,
    ),
    Action(
        "refuser_projet",
        "Refuser le projet",
        partial(decisions.refuser, objet="projet"),
        f.RefuserProjet,
        gabarit="dossiers/actes/refuser.html",
        empechement=partial(decisions.deja_tacite, objet="projet"),
        a_apercu=True,
    ),
    Action(
        "demander_pieces_lettre",
        "Demander des pièces",
        partial(pieces.demander_pieces, objet="lettre"),
        f.DemanderPieces,
        empechement=partial(pieces.sans_effet, objet="lettre"),
    ),
    Action(
        "demander_pieces_projet",
        "Demander des pièces",
        partial(pieces.demander_pieces, objet="projet"),
        f.DemanderPieces,
        empechement=partial(pieces.sans_effet, objet="projet"),
    ),
    Action(
        "enregistrer_pieces",
        "Enregistrer des pièces reçues par courrier",
        pieces_recues.enregistrer_pieces,
        f.EnregistrerPieces,
    ),
    Action(
        "enregistrer_projet",
        "Enregistrer un projet reçu par courrier",
        courrier.enregistrer_projet,
        f.EnregistrerProjet,
    ),
    Action("lever_demande", "Lever la demande de pièces", pieces.lever_demande, f.Confirmer),
    Action(
        "classer",
        "Classer le dossier",
        pieces.classer,
        f.Classer,
        a_apercu=True,
        proposee=lambda dossier, acteur: _trop_tot(dossier) is None,
        empechement=_trop_tot,
    ),
    Action(
        "declarer_association",
        "Déclarer l’association",
        association.declarer_association,
        f.DeclarerAssociation,
        proposee=lambda dossier, acteur: getattr(dossier, "association", None) is None,
        empechement=association.deja_declaree,
    ),
    Action(
        "corriger_association",
        "Corriger les informations de l’association",
        association.corriger_association,
        f.CorrigerAssociation,
        statuts=frozenset(VIVANTS),
        qui=(Qui.PORTEUR,),
        proposee=lambda dossier, acteur: getattr(dossier, "association", None) is not None,
    ),
    Action(
        "attribuer_finess",
        "Enregistrer le numéro FINESS",
        association.attribuer_finess,
        f.AttribuerFiness,
        est_principale=True,
    ),
    Action(
        "declarer_activite",
        "Déclarer une activité de la mission",
        mission.declarer_activite,
        f.DeclarerActivite,
        statuts=APRES_LETTRE,
        qui=(Qui.PORTEUR,),
    ),
    Action(
        "examiner_activite",
        "Examiner une activité déclarée",
        mission.confirmer_activite,
        f.ExaminerActivite,
        statuts=APRES_LETTRE,
        qui=(Qui.ARS, Qui.CAISSE),
        proposee=lambda dossier, acteur: any(
            a.confirmee_le is None and a.ecartee_le is None for a in dossier.activites.all()
        ),
    ),
    Action(
        "demander_attestation",
        "Obtenir l’attestation de décision implicite",
        emission.attestation,
        statuts=EN_COURS,
        qui=(Qui.PORTEUR,),
        proposee=_est_tacite,
    ),
    Action(
        "actualiser_projet", "Déposer une version actualisée du projet", projet.actualiser_projet, f.ActualiserProjet
    ),
    Action(
        "statuer_retard",
        "Statuer sur le retard",
        fin.statuer_retard,
        f.StatuerRetard,
        est_principale=True,
        proposee=lambda dossier, acteur: dossier.est_tardif,
        a_apercu=True,
    ),
    *actes_recours.ACTIONS,
    *actes_notification.ACTIONS,
    *actes_derogation.ACTIONS,
    *actes_registre.ACTIONS,
    Action(
        "faire_tache",
        "Clore une tâche",
        mission.faire_tache,
        f.FaireTache,
        statuts=frozenset(S),
        qui=(Qui.ARS, Qui.CAISSE),
        proposee=lambda dossier, acteur: any(t.faite_le is None and t.qui == acteur.type for t in dossier.taches.all()),
    ),
    Action(
        "suivre",
        "Suivre ce dossier",
        echanges.suivre,
        f.Suivre,
        statuts=frozenset(S),
        qui=(Qui.ARS,),
        proposee=lambda dossier, acteur: dossier.suivi_par_id != acteur.utilisateur_id,
    ),
    Action(
        "retirer_refus_lettre",
        "Retirer le refus",
        partial(retraits.retirer, transition="retirer_refus_lettre"),
        f.RetirerRefus,
    ),
    Action(
        "retirer_refus_projet",
        "Retirer le refus",
        partial(retraits.retirer, transition="retirer_refus_projet"),
        f.RetirerRefus,
    ),
    Action(
        "retirer_validation_lettre",
        "Retirer la validation de la lettre",
        partial(retraits.retirer, transition="retirer_validation_lettre"),
        f.RetirerValidation,
    ),
    Action(
        "retirer_validation_projet",
        "Retirer la validation du projet",
        partial(retraits.retirer, transition="retirer_validation_projet"),
        f.RetirerValidation,
    ),
    Action("transferer", "Transférer le dossier (nouveau siège)", fin.transferer, f.Transferer),
    Action("sortir_du_champ", "Constater la sortie du champ conventionnel", fin.sortir_du_champ, f.Motiver),
    Action(
        "abandonner",
        "Abandonner le projet",
        fin.abandonner,
        f.Abandonner,
        proposee=lambda dossier, acteur: (
            dossier.jeu_national_id is None or not externes(dossier, dossier.cree_le.date()).contrat_signe
        ),
    ),
)
