"""The letters by which the ARS decides: of a decision, of a request left unanswered (DL-10), of a projet that did not come (DL-2)."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, NamedTuple

from ess_portal.comptes.acteur import Acteur
from ess_portal.comptes.models import Utilisateur
from ess_portal.documents.donnees.actes import Motif, NotificationDecision
from ess_portal.documents.models import Document
from ess_portal.referentiel.services import parametres_du_jour, tribunal
from ess_portal.socle.horloge import jour_local
from ess_portal.socle.typographie import date_fr

from .. import faits, grille
from ..models import Avis, Decision, DemandePieces, Depot, Dossier, Echeance, Preparation, Recours
from ..regles.motifs import CLASSEMENT, RETARD, motif_ecrit
from . import emission

TYPE = "notification_decision"
SUITES = {
    "lettre": ("La signature du contrat de crédit d’amorçage peut s’ouvrir entre l’équipe, l’ARS et la caisse.",),
    "projet": (
        "L’association se constitue et l’ARS enregistre son numéro FINESS.",
        "Le solde du crédit d’amorçage est versé sur présentation d’au moins une activité de la mission socle.",
    ),
}
FONDEMENT_RECOURS = "Code des relations entre le public et l’administration, article L.\u00a0411-2"
NOUVELLE = "Vous pouvez déposer une nouvelle lettre d’intention."


class Nature(NamedTuple):
    nature: str
    sens: str
    titre: str


# What the ARS answers to a projet that did not come.
RETARDS = {
    "accorder_delai": Nature("delai_accorde", "favorable", "Délai accordé"),
    "mettre_en_demeure": Nature("mise_en_demeure", "neutre", "Mise en demeure"),
    "clore": Nature("cloture", "defavorable", "Clôture du dossier"),
    "resilier": Nature("resiliation", "defavorable", "Résiliation du contrat"),
}


def notification(
    dossier: Dossier,
    decision: Decision | Preparation,
    *,
    acteur: Acteur,
    maintenant: datetime,
    retiree: Decision | None = None,
    entendue_le: date | None = None,
    observations_jusquau: date | None = None,
    message: str = "",
) -> Document:
    """The letter that notifies an express decision, with its reasons and remedies. `retiree`: the validation that it withdraws,
    after the équipe was asked for its observations on `entendue_le`, until `observations_jusquau`. `message`: what the agent adds to it.
    """
    objet, jour = decision.objet, decision.date_signature or jour_local(maintenant, dossier.fuseau)
    recue_le, est_complete = emission.reception(dossier, objet, decision.version, jour)
    avis = Avis.objects.filter(dossier=dossier, objet=objet, version=decision.version, rendu_le__isnull=False).first()
    donnees = _lettre(
        dossier,
        objet,
        decision.signee_par_id if isinstance(decision, Preparation) else decision.decidee_par_id,
        jour,
        maintenant,
        sens=decision.sens,
        recu_jour=recue_le or jour,
        est_complete=est_complete,
        validee_le=retiree.date_acquise if retiree else None,
        entendue_le=entendue_le,
        observations_jusquau=observations_jusquau,
        motifs=tuple(_motif(objet, m) for m in decision.motifs),
        avis_caisse=_avis_ecrit(avis, dossier.fuseau),
        message=message.strip(),
        suites=_suites(dossier, objet, jour) if decision.sens == "favorable" else (),
    )
    nature = "Retrait de la validation" if retiree else f"Décision {decision.get_sens_display().lower()}"
    return _emettre(
        dossier, donnees, decision.cle_document, f"{nature} – {emission.OBJETS_TITRES[objet]}", acteur, maintenant
    )


AVIS_ECRITS = {
    Avis.Sens.FAVORABLE: "est favorable",
    Avis.Sens.RESERVES: "comporte des réserves",
    Avis.Sens.DEFAVORABLE: "est défavorable",
}


def _avis_ecrit(avis: Avis | None, fuseau: str) -> str:
    """What the caisse said, in a sentence; "" where it said nothing."""
    if avis is None or avis.rendu_le is None:
        return ""
    return f"Son avis, rendu le {date_fr(jour_local(avis.rendu_le, fuseau))}, {AVIS_ECRITS[Avis.Sens(avis.sens)]}."


def classement(
    dossier: Dossier, demande: DemandePieces, motif: str, *, acteur: Acteur, maintenant: datetime
) -> Document:
    """The letter that closes a dossier whose indispensable items were asked for and did not come (DL-10)."""
    objet, jour = demande.objet, jour_local(maintenant, dossier.fuseau)
    depot = Depot.objects.filter(dossier=dossier, objet=objet, version=demande.version).first()
    donnees = _lettre(
        dossier,
        objet,
        acteur.utilisateur_id,
        jour,
        maintenant,
        nature="classement",
        sens="defavorable",
        recu_jour=depot.date_reception if depot else jour,
        est_complete=False,
        demandees_le=demande.demandee_le,
        delai_passe=demande.date_limite,
        manquantes=tuple(i["libelle"] for i in demande.items if i.get("indispensable") and not i.get("recue_le")),
        motifs=(_motif(objet, {"code": CLASSEMENT, "faits": motif}),),
        suites=("Vous pouvez déposer une nouvelle lettre d’intention, avec les pièces demandées.",),
    )
    titre = f"Classement du dossier – {emission.OBJETS_TITRES[objet]}"
    return _emettre(dossier, donnees, cle_classement(demande), titre, acteur, maintenant)


def retard(
    dossier: Dossier,
    issue: str,
    motivation: str,
    *,
    dernier_jour: date,
    nouveau_delai: date | None,
    cle: str,
    a_contrat: bool,
    acteur: Acteur,
    maintenant: datetime,
) -> Document:
    """The letter on a projet that was due on `dernier_jour` and did not come, by what the ARS does of it (`RETARDS`). `a_contrat`: a
    contract is signed, which only a résiliation ends.
    """
    nature, sens, titre = RETARDS[issue]
    jour = jour_local(maintenant, dossier.fuseau)
    recue_le, est_complete = emission.reception(dossier, "lettre", faits.version_lettre(dossier), jour)
    fin = "résilier le contrat" if a_contrat else "clore votre dossier"
    depot = "Déposez votre projet de santé dans le portail."
    suites = {
        "delai_accorde": (depot,),
        "mise_en_demeure": (
            depot,
            f"Sans projet de santé à cette date, nous pourrons {fin}, par une décision motivée.",
        ),
        "cloture": (NOUVELLE,),
        "resiliation": (
            f"Le contrat prend fin le {date_fr(jour)}\u00a0; les versements qui n’étaient pas payés sont annulés.",
            NOUVELLE,
        ),
    }
    donnees = _lettre(
        dossier,
        "lettre",  # what was filed, and what a contract may stand on: there is no projet
        acteur.utilisateur_id,
        jour,
        maintenant,
        nature=nature,
        sens=sens,
        recu_jour=recue_le or jour,
        est_complete=est_complete,
        delai_passe=dernier_jour,
        nouveau_delai=None if sens == "defavorable" else nouveau_delai,
        motifs=(_motif("lettre", {"code": RETARD, "faits": motivation}),),
        suites=suites[nature],
    )
    return _emettre(dossier, donnees, cle, f"{titre} – {emission.OBJETS_TITRES['projet']}", acteur, maintenant)


def recours(
    dossier: Dossier, r: Recours, motifs: str, conteste: str, *, suite: bool, acteur: Acteur, maintenant: datetime
) -> Document:
    """The express answer to a recours gracieux against `conteste`; a rejection says before which court it may be disputed (CAL-6).
    `suite`: it is accepted, and nothing is withdrawn by itself.
    """
    jour, accepte = jour_local(maintenant, dossier.fuseau), r.issue == Recours.Issue.ACCEPTE
    suites = "Nous en tirons les conséquences et vous les ferons connaître." if suite else "L’instruction reprend."
    donnees = _lettre(
        dossier,
        r.objet,
        acteur.utilisateur_id,
        jour,
        maintenant,
        nature="recours",
        sens="favorable" if accepte else "defavorable",
        recu_jour=r.date_reception,
        conteste=conteste,
        est_irrecevable=r.issue == Recours.Issue.IRRECEVABLE,
        motifs=(Motif(intitule="Notre réponse", fondement=FONDEMENT_RECOURS, faits=motifs),),
        suites=(suites,) if accepte else (),
    )
    return _emettre(
        dossier, donnees, r.cle_document, f"Réponse au recours gracieux contre {conteste}", acteur, maintenant
    )


def cle_classement(demande: DemandePieces) -> str:
    return f"classement:{demande.objet}:{demande.version}"


def cle_retard(dossier: Dossier) -> str:
    """Of the answer that is being given: another one comes with another version of the row."""
    return f"retard:projet:{dossier.version + 1}"


def _suites(dossier: Dossier, objet: str, jour: date) -> tuple[str, ...]:
    """What follows a validation: that of the letter starts the time to file the projet, as long as the setting has it."""
    if objet != "lettre":
        return SUITES[objet]
    dl2 = Echeance.objects.filter(dossier=dossier, regle="DL-2", statut=Echeance.Statut.OUVERTE).order_by("rang").last()
    quand = (
        f"jusqu’au {date_fr(dl2.dernier_jour)} inclus"
        if dl2 is not None and dl2.dernier_jour is not None
        else f"dans un délai de {faits.parametres(dossier, jour).delai_depot_projet}"
    )
    return (*SUITES[objet], f"Le projet de santé est à déposer {quand}.")


def _remedes(dossier: Dossier, objet: str, jour: date) -> dict[str, str]:
    """The delays of the remedies: to contest, as DL-9 counts it; to be answered, as a recours made that day is pinned to (CAL-6)."""
    recours = parametres_du_jour(dossier.region, jour)
    return {
        "delai_recours": str(grille.parametres(dossier, objet, jour).delai_recours),
        "delai_reponse": str(recours.delai_reponse_recours),
        "silence_recours": recours.regime_recours_gracieux,
    }


def _lettre(
    dossier: Dossier, objet: str, auteur_id: int | None, jour: date, maintenant: datetime, **details: Any
) -> NotificationDecision:
    """What every letter says whatever it decides: to whom, signed by whom, before which court it may be disputed."""
    auteur = Utilisateur.objects.filter(pk=auteur_id).first()
    return NotificationDecision(
        reperes=emission.reperes(dossier, maintenant),
        objet=objet,
        destinataire=emission.destinataire(dossier),
        date_decision=jour,
        signataire=auteur.nom_complet if auteur else "",
        fonction=(auteur.fonction if auteur else "") or "Pour le directeur général et par délégation",
        tribunal=tribunal(dossier.region),
        **_remedes(dossier, objet, jour),
        **details,
    )


def _motif(objet: str, motif: dict[str, str]) -> Motif:
    ecrit = motif_ecrit(objet, motif)
    return Motif(intitule=ecrit.libelle, fondement=ecrit.fondement, faits=motif["faits"])


def _emettre(
    dossier: Dossier, donnees: NotificationDecision, cle: str, titre: str, acteur: Acteur, maintenant: datetime
) -> Document:
    return emission.emettre(dossier, TYPE, donnees, cle, acteur, maintenant, titre)
