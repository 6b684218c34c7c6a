"""The résiliation for breaches (REC-2): notified by letter, answered by the équipe, then decided or given up."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date, datetime
from typing import Any

from django.db import transaction

from dossiers import faits
from dossiers.models import Dossier, Tache
from dossiers.regles.delais import ajouter
from dossiers.regles.explication import noms_des_reglages
from dossiers.services import cycle
from ess_portal.comptes.acteur import Acteur
from ess_portal.comptes.roles import PORTEURS
from ess_portal.journal.services import consigner
from ess_portal.socle.erreurs import Conflit, Interdit
from ess_portal.socle.horloge import jour_local
from ess_portal.socle.typographie import date_fr

from ..models import Contrat, ProcedureResiliation
from ..models.contrat import partie_de
from ..regles.recuperation import calendrier, explication_observations
from ..selectors import oublier
from ..services.courriels import avertir, page_versements, parties
from .communs import clore_taches, exiger_creancier, exiger_texte, ouvrir_tache
from .lettres import emettre

SANS_PROCEDURE = (
    "Notifiez d’abord les manquements à l’équipe\u00a0: elle présente ses observations avant toute décision."
)


def en_cours(dossier: Dossier) -> ProcedureResiliation | None:
    return ProcedureResiliation.objects.filter(dossier=dossier, issue="").first()


def attente(procedure: ProcedureResiliation | None, jour: date) -> str | None:
    """Why the résiliation cannot be decided on a day, in a sentence; None when it can."""
    if procedure is None:
        return SANS_PROCEDURE
    if procedure.observations_le is None and jour <= procedure.observations_jusquau:
        return f"L’équipe peut présenter ses observations jusqu’au {date_fr(procedure.observations_jusquau)} inclus."
    return None


@transaction.atomic
def notifier_manquements(*, numero: str, manquements: str, acteur: Acteur, maintenant: datetime, **_: Any) -> Dossier:
    """The ARS or the caisse says what it reproaches, by letter; the équipe has its delay to answer. No contract ends yet."""
    dossier = cycle.ouvrir(numero, acteur, maintenant)
    partie = partie_de(dossier, acteur.organisation_id)
    if partie not in ("ars", "caisse"):
        raise Interdit("partie", "Les manquements sont notifiés par l’ARS ou par la caisse.")
    exiger_creancier(dossier, partie, acteur, decide=True)
    manquements = exiger_texte(manquements, "manquements", "Décrivez les manquements, un par un, avec leurs dates.")
    if not Contrat.objects.filter(dossier=dossier, statut=Contrat.Statut.SIGNE).exists():
        raise Conflit("contrat_signe", "Aucun contrat signé n’est à résilier.")
    if en_cours(dossier) is not None:
        raise Conflit("deja_notifie", "Une procédure de résiliation est déjà en cours.")
    jour = jour_local(maintenant, dossier.fuseau)
    delai = faits.parametres(dossier, jour).delai_contradictoire
    dates = calendrier(jour, delai_contradictoire=delai)
    etapes = noms_des_reglages(explication_observations(jour, delai, dossier.fuseau), faits.reglages(dossier, jour))
    p = ProcedureResiliation.objects.create(
        dossier=dossier,
        partie=partie,
        organisation_id=acteur.organisation_id,
        manquements=manquements,
        notifiee_le=maintenant,
        notifiee_par_id=acteur.utilisateur_id,
        presentee_le=jour,
        observations_jusquau=dates.observations_jusquau,
        explication=[asdict(e) for e in etapes],
    )
    limite = dates.observations_jusquau
    ouvrir_tache(dossier, Tache.Type.OBSERVATIONS, f"observations:resiliation:{p.pk}", "equipe", maintenant, limite)
    ouvrir_tache(
        dossier, Tache.Type.DECIDER_RESILIATION, f"decider:resiliation:{p.pk}", partie, maintenant, dates.decision_des
    )
    emettre(
        dossier,
        cle=f"resiliation:{p.pk}:manquements",
        objet="Manquements au contrat",
        emetteur=partie,
        essentiel="La résiliation du contrat est envisagée.",
        precision=f"Vous pouvez présenter vos observations jusqu’au {date_fr(limite)} inclus.",
        rubriques=(("Manquements", manquements),),
        suites=("Répondez dans le portail. Une décision motivée vous sera ensuite adressée.",),
        explication=p.explication,
        acteur=acteur,
        maintenant=maintenant,
    )
    _ecrire(
        p,
        "notifier_manquements",
        "Manquements notifiés",
        f"{acteur.organisation_nom} notifie des manquements et envisage la résiliation du contrat.",
        f"L’équipe peut présenter ses observations jusqu’au {date_fr(limite)} inclus.",
        acteur=acteur,
        maintenant=maintenant,
        donnees={"manquements": manquements, "observations_jusquau": limite},
    )
    return dossier


@transaction.atomic
def repondre_manquements(*, numero: str, texte: str, acteur: Acteur, maintenant: datetime, **_: Any) -> Dossier:
    """The équipe's observations, once, until the last day included."""
    dossier = cycle.ouvrir(numero, acteur, maintenant)
    if acteur.role not in PORTEURS or partie_de(dossier, acteur.organisation_id) != "equipe":
        raise Interdit("partie", "Les observations sont celles de l’équipe.")
    p = _verrouiller(dossier)
    texte = exiger_texte(texte, "texte", "Écrivez vos observations.")
    if p.observations_le is not None:
        raise Conflit("observations", "Vos observations sont déjà présentées.")
    if jour_local(maintenant, dossier.fuseau) > p.observations_jusquau:
        raise Conflit("delai", f"Le délai d’observations a pris fin le {date_fr(p.observations_jusquau)}.")
    p.observations, p.observations_le, p.observations_par_id = texte, maintenant, acteur.utilisateur_id
    p.save(update_fields=("observations", "observations_le", "observations_par"))
    clore_taches(dossier, f"observations:resiliation:{p.pk}", acteur, maintenant, "Observations présentées.")
    _ecrire(
        p,
        "repondre_manquements",
        "Observations reçues",
        "L’équipe a répondu aux manquements notifiés.",
        acteur=acteur,
        maintenant=maintenant,
        donnees={"texte": texte},
    )
    return dossier


@transaction.atomic
def abandonner_resiliation(*, numero: str, motif: str, acteur: Acteur, maintenant: datetime, **_: Any) -> Dossier:
    """Who notified the breaches gives up, and says why: the contract goes on."""
    dossier = cycle.ouvrir(numero, acteur, maintenant)
    p = _verrouiller(dossier)
    exiger_creancier(dossier, p.partie, acteur)
    motif = exiger_texte(motif, "motif", "Indiquez pourquoi la procédure s’arrête.")
    fermer(p, ProcedureResiliation.Issue.ABANDON, motif, acteur, maintenant)
    emettre(
        dossier,
        cle=f"resiliation:{p.pk}:abandon",
        objet="Fin de la procédure de résiliation",
        emetteur=p.partie,
        essentiel="Le contrat se poursuit.",
        rubriques=(("Motif", motif),),
        acteur=acteur,
        maintenant=maintenant,
    )
    _ecrire(
        p,
        "abandonner_resiliation",
        "Procédure de résiliation abandonnée",
        f"La procédure de résiliation s’arrête\u00a0: le contrat se poursuit. Motif\u00a0: {motif}",
        acteur=acteur,
        maintenant=maintenant,
        donnees={"motif": motif},
    )
    return dossier


def fermer(p: ProcedureResiliation, issue: str, motif: str, acteur: Acteur, maintenant: datetime) -> None:
    p.issue, p.motif_issue, p.close_le = issue, motif, maintenant
    p.save(update_fields=("issue", "motif_issue", "close_le"))
    for prefixe in ("observations", "decider"):
        clore_taches(p.dossier, f"{prefixe}:resiliation:{p.pk}", acteur, maintenant, "Procédure close.")


def lettre_de_fin(
    dossier: Dossier, contrat: Contrat, partie: str, fin: date, motif: str, *, acteur: Acteur, maintenant: datetime
) -> None:
    """The letter of the résiliation itself: the équipe's notice, or the decision with its remedies; and what may follow."""
    effet = faits.parametres(dossier, fin).delai_ouverture_recuperation
    emettre(
        dossier,
        cle=f"resiliation:{contrat.pk}:fin",
        objet="Résiliation du contrat",
        emetteur=partie,
        essentiel=f"Le contrat prend fin le {date_fr(fin)}.",
        precision="Ce jour n’est plus couvert par le contrat.",
        rubriques=(("Motif" if partie == "equipe" else "Motifs de la décision", motif),),
        suites=(
            "Les versements qui n’étaient ni payés, ni ordonnés à la banque, sont annulés.",
            f"La caisse dit dans un délai de {effet} si elle demande tout ou partie de ce qui a été versé."
            if contrat.est_credit
            else f"La somme due est calculée aux jours vécus. La caisse dit dans un délai de {effet} si elle demande le reste.",
        ),
        fait_grief=partie != "equipe",
        acteur=acteur,
        maintenant=maintenant,
    )


def a_recuperer(dossier: Dossier, fin: date, maintenant: datetime) -> None:
    """A task, never an order: what was paid beyond the days lived is for a person to ask back, or not (REC-1, FIN-10)."""
    ouvrir_tache(
        dossier,
        Tache.Type.OUVRIR_RECUPERATION,
        f"{Tache.Type.OUVRIR_RECUPERATION}:resiliation:{fin}",
        "caisse",
        maintenant,
        ajouter(fin, faits.parametres(dossier, fin).delai_ouverture_recuperation),
    )


def _verrouiller(dossier: Dossier) -> ProcedureResiliation:
    p = ProcedureResiliation.objects.select_for_update().filter(dossier=dossier, issue="").first()
    if p is None:
        raise Conflit("resiliation", "Aucune procédure de résiliation n’est en cours.")
    p.dossier = dossier
    return p


def _ecrire(
    p: ProcedureResiliation,
    evenement: Any,
    sujet: str,
    *phrases: str,
    acteur: Acteur,
    maintenant: datetime,
    donnees: dict[str, Any],
) -> None:
    oublier(p.dossier)
    consigner(
        type=evenement,
        acteur=acteur,
        maintenant=maintenant,
        dossier=p.dossier,
        donnees={"procedure": p.pk, "partie": p.partie, **donnees},
        effets=avertir(
            p.dossier,
            f"{evenement}:{p.pk}",
            sujet,
            *phrases,
            organisations=parties(p.dossier),
            chemin=page_versements(p.dossier),
        ),
    )
