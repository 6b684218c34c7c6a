"""The acts of a recovery and of a résiliation for breaches (REC-1, REC-2), as screens and the API offer them."""

from __future__ import annotations

from dossiers.actions import Action
from dossiers.models import Dossier, Tache
from dossiers.regles.cycle import Qui, Statut
from ess_portal.comptes.acteur import Acteur

from .forms import recuperations as f
from .models import Contrat
from .models.contrat import partie_de
from .recuperations import lettres, ouverture, procedure, remboursements, resiliation
from .regles.procedure import permis
from .selectors import argent

DEPOSES = frozenset(Statut) - {Statut.BROUILLON}
AGENTS = (Qui.CAISSE, Qui.ARS)
DECIDEURS = (Qui.ORDONNATEUR, Qui.ARS_SIGNATAIRE)


def _a_ouvrir(dossier: Dossier, acteur: Acteur) -> bool:
    """What was paid, and a reason to ask it back, from rows at hand: the amounts are computed on the form."""
    a, partie = argent(dossier), partie_de(dossier, acteur.organisation_id)
    if partie == "ars":
        return bool(a.dotations) and a.financement_ars is not None
    if partie != "caisse" or not any(v.statut == "paye" for v in a.versements):
        return False
    return (
        any(t.type == Tache.Type.OUVRIR_RECUPERATION for t in dossier.taches.all())
        or any(d.retiree_le is not None and d.sens == "favorable" for d in dossier.decisions.all())
        or any(c.statut == Contrat.Statut.RESILIE for c in a.contrats)
        or any(v.nature == "transitoire" for v in a.versements)
        or dossier.statut == Statut.CLOS
    )


def _sur(acte: str):
    def proposee(dossier: Dossier, acteur: Acteur) -> bool:
        partie = partie_de(dossier, acteur.organisation_id)
        return any(
            permis(acte, r.statut) and (partie == "equipe" if acteur.est_porteur else partie == r.creancier)
            for r in argent(dossier).recuperations
        )

    return proposee


def _mouvement(acte: str):
    en_etat = _sur(acte)

    def proposee(dossier: Dossier, acteur: Acteur) -> bool:
        return en_etat(dossier, acteur) and any(
            m.statut == "propose"
            for r in argent(dossier).recuperations
            if permis(acte, r.statut)
            for m in r.mouvements.all()
        )

    return proposee


def _a_notifier(dossier: Dossier, acteur: Acteur) -> bool:
    return (
        partie_de(dossier, acteur.organisation_id) in ("ars", "caisse")
        and argent(dossier).signe(*Contrat.Type.values) is not None
        and argent(dossier).resiliation is None
    )


def _manquements(*parties: str):
    def proposee(dossier: Dossier, acteur: Acteur) -> bool:
        p = argent(dossier).resiliation
        partie = partie_de(dossier, acteur.organisation_id)
        if p is None or partie not in parties:
            return False
        return p.observations_le is None if partie == "equipe" else p.partie == partie

    return proposee


def _acte(
    nom: str, libelle: str, service, formulaire, *, qui=AGENTS, proposee=None, apercu: bool = False, **options
) -> Action:
    return Action(
        nom,
        libelle,
        service,
        formulaire,
        statuts=DEPOSES,
        qui=qui,
        a_apercu=apercu,
        lettre=lettres.TYPE,
        proposee=proposee or _sur(nom),
        **options,
    )


ACTIONS = (
    _acte(
        "ouvrir_recuperation",
        "Ouvrir une procédure de récupération",
        ouverture.ouvrir_recuperation,
        f.OuvrirRecuperation,
        proposee=_a_ouvrir,
        apercu=True,
        aide="Un courrier invite l’équipe à présenter ses observations. Rien n’est à payer avant une décision motivée, prise par une autre personne.",
    ),
    _acte(
        "presenter_observations",
        "Présenter vos observations",
        procedure.presenter_observations,
        f.Observations,
        qui=(Qui.PORTEUR,),
        est_principale=True,
    ),
    _acte("fixer_audience", "Fixer une audience", procedure.fixer_audience, f.FixerAudience, apercu=True),
    _acte(
        "consigner_audience",
        "Enregistrer le compte rendu d’audience",
        procedure.consigner_audience,
        f.ConsignerAudience,
    ),
    _acte(
        "decider_recuperation",
        "Décider de la récupération",
        procedure.decider_recuperation,
        f.Decider,
        qui=DECIDEURS,
        apercu=True,
        reauthentification=True,
        aide="La décision est prise par une autre personne que celle qui a ouvert la procédure, une fois les observations reçues ou leur délai passé.",
    ),
    _acte(
        "abandonner_recuperation",
        "Abandonner la récupération",
        procedure.abandonner_recuperation,
        f.Abandonner,
        qui=DECIDEURS,
        apercu=True,
    ),
    _acte(
        "echelonner_recuperation",
        "Accorder un échéancier",
        remboursements.echelonner_recuperation,
        f.Echelonner,
        qui=DECIDEURS,
        apercu=True,
        aide="Le nouvel échéancier remplace le précédent. La somme des échéances est le reste dû, au centime.",
    ),
    _acte(
        "enregistrer_remboursement",
        "Enregistrer un remboursement reçu",
        remboursements.enregistrer_remboursement,
        f.Remboursement,
        aide="Il compte une fois confirmé par une autre personne.",
    ),
    _acte(
        "proposer_remise",
        "Proposer une remise",
        remboursements.proposer_remise,
        f.Remise,
        aide="Un autre ordonnateur, ou signataire, l’accorde.",
    ),
    _acte(
        "confirmer_mouvement",
        "Confirmer un remboursement ou une remise",
        remboursements.confirmer_mouvement,
        f.SurMouvement,
        reauthentification=True,
        proposee=_mouvement("confirmer_mouvement"),
        aide="Une autre personne que celle qui l’a saisi confirme.",
    ),
    _acte(
        "annuler_mouvement",
        "Annuler un remboursement ou une remise à confirmer",
        remboursements.annuler_mouvement,
        f.AnnulerMouvement,
        proposee=_mouvement("annuler_mouvement"),
    ),
    _acte(
        "notifier_manquements",
        "Notifier des manquements",
        resiliation.notifier_manquements,
        f.Manquements,
        qui=DECIDEURS,
        apercu=True,
        proposee=_a_notifier,
        aide="Premier acte d’une résiliation\u00a0: l’équipe présente ses observations avant toute décision.",
    ),
    _acte(
        "repondre_manquements",
        "Répondre aux manquements notifiés",
        resiliation.repondre_manquements,
        f.Reponse,
        qui=(Qui.PORTEUR,),
        est_principale=True,
        proposee=_manquements("equipe"),
    ),
    _acte(
        "abandonner_resiliation",
        "Abandonner la résiliation",
        resiliation.abandonner_resiliation,
        f.AbandonResiliation,
        apercu=True,
        proposee=_manquements("ars", "caisse"),
    ),
)
