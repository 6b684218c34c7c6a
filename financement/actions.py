"""The acts on contracts and payments, as screens and the API offer them.

Some names come from the app below and are taken over here, because they end contracts or move payments: abandonner, statuer_retard, the
withdrawals of a validation, transferer.
"""

from __future__ import annotations

from functools import partial

from dossiers.actions import Action, statut_lu
from dossiers.forms import actes as fa
from dossiers.models import Dossier
from dossiers.regles.cycle import TRANSITIONS, Qui, Statut
from dossiers.regles.statuts import DEPOSES
from ess_portal.comptes.acteur import Acteur
from ess_portal.socle import horloge
from ess_portal.socle.horloge import jour_local

from . import actes_recuperation
from .banque.transferts import transferer
from .echeancier import ouvertes
from .forms import contrats as fc
from .forms import dotation as fd
from .forms import versements as fv
from .models import Contrat, Versement
from .models.contrat import partie_de
from .recuperations.resiliation import SANS_PROCEDURE
from .selectors import argent
from .services import (
    comptes,
    controles,
    decomptes,
    delegations,
    designations,
    exemplaires,
    fin,
    proposition,
    signature,
    transitoire,
    versements,
)

AVEC_CREDIT = frozenset(TRANSITIONS["signer_amorcage"].sources - {Statut.AMORCAGE_SIGNE})
SIGNABLES = AVEC_CREDIT | {Statut.AMORCAGE_SIGNE, Statut.FINESS_ATTRIBUE, Statut.DOTATION_ACTIVE}
DEPOSES_SET = frozenset(DEPOSES)
# A contract that ended still has the statement of its last year.
DOTES = frozenset({Statut.DOTATION_ACTIVE, Statut.RESILIE, Statut.CLOS})
PAYABLES = DEPOSES_SET - {Statut.LETTRE_DEPOSEE, Statut.LETTRE_INCOMPLETE}
# An order given before the end is paid, or returned by the bank, after it; what a statement still owes is proposed after it too.
ORDONNES = PAYABLES | {Statut.RESILIE, Statut.CLOS}
# The account of what may still be paid.
AVEC_COMPTE = DEPOSES_SET | ORDONNES


def est_partie(dossier: Dossier, acteur: Acteur, *parties: str) -> bool:
    return partie_de(dossier, acteur.organisation_id) in parties


def _credit_a_proposer(dossier: Dossier, acteur: Acteur) -> bool:
    return (
        est_partie(dossier, acteur, "ars", "caisse")
        and proposition.ouvre_un_credit(dossier)
        and argent(dossier).signe(*Contrat.CREDITS) is None
    )


def _dotation_a_proposer(dossier: Dossier, acteur: Acteur) -> bool:
    if not est_partie(dossier, acteur, "ars", "caisse"):
        return False
    if statut_lu(dossier) == Statut.FINESS_ATTRIBUE:
        return True
    en_cours = argent(dossier).signe(Contrat.Type.DOTATION)
    return en_cours is not None and en_cours.date_fin is not None


def attendue(*types: str):
    """Does one's party still have to sign a contract of these types?"""

    def proposee(dossier: Dossier, acteur: Acteur) -> bool:
        contrat = argent(dossier).propose
        partie = partie_de(dossier, acteur.organisation_id)
        return contrat is not None and contrat.type in types and partie in contrat.reste_a_signer()

    return proposee


def a_signer(*types: str):
    """The same, by oneself: nobody else is named."""

    def proposee(dossier: Dossier, acteur: Acteur) -> bool:
        if not attendue(*types)(dossier, acteur):
            return False
        designe = argent(dossier).propose.designe(partie_de(dossier, acteur.organisation_id))
        return designe in (None, acteur.utilisateur_id)

    return proposee


def _delegue(dossier: Dossier, acteur: Acteur) -> bool:
    if acteur.est_porteur or not attendue(*Contrat.Type.values)(dossier, acteur):
        return False
    designe = argent(dossier).propose.designe(partie_de(dossier, acteur.organisation_id))
    return delegations.recue(acteur, jour_local(horloge.maintenant(), dossier.fuseau), de=designe) is not None


def _a_comparer(dossier: Dossier, acteur: Acteur) -> bool:
    if not _en_signature(dossier, acteur):
        return False
    autres = argent(dossier).propose.exemplaires.en_attente().exclude(organisation=acteur.organisation_id)
    return autres.exists()


def _en_signature(dossier: Dossier, acteur: Acteur) -> bool:
    return est_partie(dossier, acteur, "equipe", "ars", "caisse") and argent(dossier).propose is not None


def _signe(dossier: Dossier, acteur: Acteur) -> bool:
    return (
        est_partie(dossier, acteur, "equipe", "ars", "caisse")
        and argent(dossier).signe(*Contrat.Type.values) is not None
    )


def _resiliable(dossier: Dossier, acteur: Acteur) -> bool:
    """The équipe gives notice when it wants; the ARS or the caisse once it has notified breaches (REC-2)."""
    return _signe(dossier, acteur) and (acteur.est_porteur or argent(dossier).resiliation is not None)


def _sans_procedure(dossier: Dossier) -> str | None:
    vu = argent(dossier)
    return SANS_PROCEDURE if vu.signe(*Contrat.Type.values) is not None and vu.resiliation is None else None


def _jamais_signe(dossier: Dossier, acteur: Acteur) -> bool:
    return all(c.signe_le is None for c in argent(dossier).contrats)


def _compte_utile(dossier: Dossier, acteur: Acteur) -> bool:
    """After the end, only while something is owed still or ordered."""
    if not est_partie(dossier, acteur, "equipe", "caisse"):
        return False
    if statut_lu(dossier) in DEPOSES_SET:
        return True
    return bool(ouvertes(dossier)) or any(v.statut != Versement.Statut.PAYE for v in argent(dossier).actifs)


def _iban_a_confirmer(dossier: Dossier, acteur: Acteur) -> bool:
    compte = argent(dossier).compte
    return est_partie(dossier, acteur, "caisse") and compte is not None and not compte.est_confirme


def _caisse_a(*statuts: str):
    def proposee(dossier: Dossier, acteur: Acteur) -> bool:
        return est_partie(dossier, acteur, "caisse") and any(v.statut in statuts for v in argent(dossier).versements)

    return proposee


def _dotation_de_la_caisse(dossier: Dossier, acteur: Acteur) -> bool:
    return est_partie(dossier, acteur, "caisse") and bool(argent(dossier).dotations)


V = Versement.Statut
ACTIONS = (
    *actes_recuperation.ACTIONS,
    Action(
        "proposer_contrat_amorcage",
        "Proposer le contrat de crédit d’amorçage",
        proposition.proposer_contrat_amorcage,
        fc.PropositionAmorcage,
        statuts=AVEC_CREDIT,
        qui=(Qui.ARS, Qui.CAISSE),
        aide="Le texte est composé à partir du dossier, puis figé. Chaque partie le signe sur le portail, dans l’ordre de son choix.",
        proposee=_credit_a_proposer,
    ),
    Action(
        "proposer_contrat_dotation",
        "Proposer le contrat de dotation annuelle",
        proposition.proposer_contrat_dotation,
        fc.PropositionDotation,
        statuts=frozenset({Statut.FINESS_ATTRIBUE, Statut.DOTATION_ACTIVE}),
        qui=(Qui.ARS, Qui.CAISSE),
        aide="Contrat de cinq ans. Le montant de la première année vient de l’effectif du jour.",
        proposee=_dotation_a_proposer,
    ),
    Action(
        "signer_amorcage",
        "Signer le contrat de crédit d’amorçage",
        signature.signer_amorcage,
        fc.SignatureContrat,
        reauthentification=True,
        est_principale=True,
        proposee=a_signer(*Contrat.CREDITS),
        empechement=designations.empechement,
    ),
    Action(
        "signer_dotation",
        "Signer le contrat de dotation annuelle",
        signature.signer_dotation,
        fc.SignatureContrat,
        reauthentification=True,
        est_principale=True,
        proposee=a_signer(Contrat.Type.DOTATION),
        empechement=designations.empechement,
    ),
    Action(
        "renouveler_dotation",
        "Signer le renouvellement de la dotation",
        signature.renouveler_dotation,
        fc.SignatureContrat,
        reauthentification=True,
        est_principale=True,
        proposee=a_signer(Contrat.Type.DOTATION),
        empechement=designations.empechement,
    ),
    Action(
        "signer_par_delegation",
        "Signer le contrat par délégation",
        signature.signer_par_delegation,
        fc.SignatureContrat,
        statuts=SIGNABLES,
        qui=(Qui.ARS, Qui.CAISSE),
        reauthentification=True,
        est_principale=True,
        proposee=_delegue,
    ),
    Action(
        "deposer_exemplaire",
        "Déposer le contrat signé à la main",
        exemplaires.deposer_exemplaire,
        fc.DepotExemplaire,
        statuts=SIGNABLES,
        qui=(Qui.PORTEUR, Qui.ARS_SIGNATAIRE, Qui.ORDONNATEUR),
        aide="À défaut de signature sur le portail. Il compte une fois comparé et confirmé par une autre partie.",
        proposee=attendue(*Contrat.Type.values),
    ),
    Action(
        "designer_signataire",
        "Désigner le signataire du contrat",
        designations.designer_signataire,
        fc.DesignationSignataire,
        statuts=SIGNABLES,
        qui=(Qui.PORTEUR, Qui.ARS, Qui.CAISSE),
        aide="La personne qui signera pour votre organisation. Le texte du contrat ne change pas, les signatures déjà données restent.",
        proposee=attendue(*Contrat.Type.values),
    ),
    Action(
        "juger_exemplaire",
        "Comparer un contrat signé à la main",
        exemplaires.juger_exemplaire,
        fc.JugementExemplaire,
        statuts=SIGNABLES,
        qui=(Qui.PORTEUR, Qui.ARS_SIGNATAIRE, Qui.ORDONNATEUR),
        reauthentification=True,
        aide="L’exemplaire d’une autre partie, à comparer au contrat en signature.",
        proposee=_a_comparer,
    ),
    Action(
        "refuser_contrat",
        "Demander une modification du contrat",
        fin.refuser_contrat,
        fc.RefusContrat,
        statuts=PAYABLES,
        qui=(Qui.REFERENT, Qui.ARS_SIGNATAIRE, Qui.ORDONNATEUR),
        proposee=_en_signature,
    ),
    Action(
        "enregistrer_iban",
        "Enregistrer l’IBAN de l’association",
        comptes.enregistrer_iban,
        fv.Iban,
        statuts=AVEC_COMPTE,
        qui=(Qui.PORTEUR, Qui.CAISSE),
        aide="Un changement bloque les versements jusqu’à la confirmation d’une seconde personne, à la caisse.",
        proposee=_compte_utile,
    ),
    Action(
        "confirmer_iban",
        "Confirmer l’IBAN",
        comptes.confirmer_iban,
        fv.ConfirmationIban,
        statuts=AVEC_COMPTE,
        qui=(Qui.CAISSE,),
        reauthentification=True,
        proposee=_iban_a_confirmer,
    ),
    Action(
        "proposer_versement",
        "Proposer un versement",
        versements.proposer_versement,
        fv.PropositionVersement,
        statuts=ORDONNES,
        qui=(Qui.CAISSE,),
        proposee=lambda dossier, acteur: est_partie(dossier, acteur, "caisse") and bool(ouvertes(dossier)),
    ),
    Action(
        "valider_versement",
        "Valider un versement",
        versements.valider_versement,
        fv.Validation,
        statuts=ORDONNES,
        qui=(Qui.ORDONNATEUR,),
        reauthentification=True,
        aide="Le versement est validé par une autre personne que celle qui l’a proposé.",
        proposee=_caisse_a(V.PROPOSE),
    ),
    Action(
        "marquer_paye",
        "Marquer un versement payé",
        versements.marquer_paye,
        fv.Paiement,
        statuts=ORDONNES,
        qui=(Qui.CAISSE,),
        proposee=_caisse_a(V.VALIDE),
    ),
    Action(
        "annuler_versement",
        "Annuler un versement",
        versements.annuler_versement,
        fv.Annulation,
        statuts=ORDONNES,
        qui=(Qui.CAISSE,),
        proposee=_caisse_a(V.PROPOSE, V.VALIDE),
    ),
    Action(
        "controler_annee",
        "Contrôler une année de dotation",
        controles.controler_annee,
        fd.Controle,
        statuts=DOTES,
        qui=(Qui.CAISSE,),
        aide="Critères et composition de l’équipe, à l’anniversaire. Un point non conforme suspend le versement suivant.",
        proposee=_dotation_de_la_caisse,
    ),
    Action(
        "etablir_decompte",
        "Établir le décompte d’une année de dotation",
        decomptes.etablir_decompte,
        fd.Decompte,
        statuts=DOTES,
        qui=(Qui.CAISSE,),
        aide="Les chiffres sont figés avec l’effectif de chaque jour, tel qu’il est connu aujourd’hui.",
        proposee=_dotation_de_la_caisse,
    ),
    Action(
        "declarer_financement_ars",
        "Enregistrer un financement antérieur de l’ARS",
        transitoire.declarer_financement_ars,
        fc.DeclarationFinancementArs,
        statuts=DEPOSES_SET,
        qui=(Qui.ARS,),
        proposee=lambda dossier, acteur: est_partie(dossier, acteur, "ars"),
    ),
    Action(
        "noter_rencontre",
        "Noter une rencontre",
        transitoire.noter_rencontre,
        fc.Rencontre,
        statuts=DEPOSES_SET,
        qui=(Qui.PORTEUR, Qui.ARS, Qui.CAISSE),
        aide="Entre l’équipe, l’ARS et la caisse, pendant la mise en conformité ou en projet.",
        proposee=lambda dossier, acteur: (
            est_partie(dossier, acteur, "equipe", "ars", "caisse") and proposition.est_transitoire(dossier)
        ),
    ),
    Action(
        "resilier",
        "Résilier le contrat",
        fin.resilier,
        fc.Resiliation,
        reauthentification=True,
        aide="Les contrats signés prennent fin et les versements non payés sont annulés.",
        proposee=_resiliable,
        empechement=_sans_procedure,
    ),
    Action(
        "retirer_validation_lettre",
        "Retirer la validation de la lettre",
        partial(fin.retirer_validation, transition="retirer_validation_lettre"),
        fa.RetirerValidation,
        aide="Les contrats signés prennent fin et les versements non payés sont annulés. La caisse statue sur les sommes versées.",
        a_apercu=True,
    ),
    Action(
        "retirer_validation_projet",
        "Retirer la validation du projet",
        partial(fin.retirer_validation, transition="retirer_validation_projet"),
        fa.RetirerValidation,
        aide="Le contrat de dotation prend fin ; la lettre et le crédit d’amorçage demeurent. La caisse statue sur les sommes versées.",
        a_apercu=True,
    ),
    Action(
        "abandonner",
        "Abandonner le projet",
        fin.abandonner,
        fa.Abandonner,
        aide="Possible tant qu’aucun contrat n’est signé par les trois parties. Le dossier est clos.",
        proposee=_jamais_signe,
    ),
    Action("transferer", "Transférer le dossier (nouveau siège)", transferer, fa.Transferer),
    Action(
        "statuer_retard",
        "Statuer sur le retard",
        fin.statuer_retard,
        fa.StatuerRetard,
        est_principale=True,
        proposee=lambda dossier, acteur: dossier.est_tardif,
        a_apercu=True,
    ),
)
