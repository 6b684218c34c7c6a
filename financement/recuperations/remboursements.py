"""After the decision (REC-1): instalments, repayments and write-offs by two people, the end of the procedure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import transaction

from dossiers.models import Dossier, Tache
from dossiers.services import cycle
from ess_portal.comptes.acteur import Acteur
from ess_portal.comptes.roles import Role
from ess_portal.socle.erreurs import Conflit, Interdit
from ess_portal.socle.horloge import jour_local
from ess_portal.socle.typographie import accord, date_fr, euros

from ..livre import recuperer as livre
from ..models import MouvementRecuperation, Recuperation, TermeRecuperation
from ..regles.echelonnement import Terme, fautes, imputer
from ..regles.procedure import Etat
from .communs import DECIDEURS, clore_taches, ecrire, exiger_creancier, exiger_texte, ouvrir_tache, refuser, verrouiller
from .lettres import emettre

N, S = MouvementRecuperation.Nature, MouvementRecuperation.Statut


def termes(r: Recuperation) -> tuple[Terme, ...]:
    """The instalments of the plan in course, what was settled since it was made put on the oldest first."""
    lignes = r.termes_en_cours
    depuis = r.regle - (lignes[0].deja_regle if lignes else Decimal(0))
    return imputer([(t.jour, t.montant) for t in lignes], depuis)


@transaction.atomic
def echelonner_recuperation(
    *,
    numero: str,
    echeances: Sequence[tuple[date, Decimal]],
    acteur: Acteur,
    maintenant: datetime,
    recuperation: str = "",
    **_: Any,
) -> Dossier:
    """Instalments for what is still owed, to the cent, in order; they replace the former ones. Raises ErreurMetier, Conflit."""
    dossier = cycle.ouvrir(numero, acteur, maintenant)
    r = verrouiller(dossier, recuperation, "echelonner_recuperation")
    exiger_creancier(dossier, r.creancier, acteur, decide=True)
    if r.en_attente:
        raise Conflit(
            "mouvement", "Un remboursement ou une remise attend sa confirmation\u00a0: confirmez ou annulez d’abord."
        )
    if faute := fautes(echeances, r.reste, jour_local(maintenant, dossier.fuseau)):
        raise refuser("echeances", faute)
    lignes = r.termes_en_cours
    plan = (lignes[0].plan if lignes else 0) + 1
    TermeRecuperation.objects.bulk_create(
        TermeRecuperation(dossier=dossier, recuperation=r, plan=plan, jour=j, montant=m, deja_regle=r.regle)
        for j, m in echeances
    )
    clore_taches(dossier, f"rembourser:{r.numero}:", acteur, maintenant, "Nouvel échéancier.")
    for j, _m in echeances:
        ouvrir_tache(dossier, Tache.Type.REMBOURSER, f"rembourser:{r.numero}:{plan}:{j}", "equipe", maintenant, j)
    premiere, montant = echeances[0]
    combien = accord(len(echeances), "échéance")
    emettre(
        dossier,
        cle=f"recuperation:{r.pk}:echeancier:{plan}",
        objet="Échéancier de remboursement",
        emetteur=r.creancier,
        reference=r.numero,
        essentiel=f"Vous remboursez {euros(r.reste, True)} en {combien}.",
        precision=f"La première est de {euros(montant, True)}, à payer jusqu’au {date_fr(premiere)} inclus.",
        echeances=echeances,
        acteur=acteur,
        maintenant=maintenant,
    )
    ecrire(
        r,
        "echelonner_recuperation",
        "Échéancier de remboursement",
        f"Récupération {r.numero}\u00a0: {euros(r.reste, True)} en {combien}, la première le {date_fr(premiere)}.",
        acteur=acteur,
        maintenant=maintenant,
        donnees={"plan": plan, "echeances": [[j, m] for j, m in echeances]},
    )
    return dossier


@transaction.atomic
def enregistrer_remboursement(
    *,
    numero: str,
    montant: Decimal,
    recu_le: date,
    reference: str,
    acteur: Acteur,
    maintenant: datetime,
    recuperation: str = "",
    **_: Any,
) -> Dossier:
    """What was received, all or part: it counts once another person has confirmed it. The same reference is entered once."""
    dossier = cycle.ouvrir(numero, acteur, maintenant)
    r = verrouiller(dossier, recuperation, "enregistrer_remboursement")
    exiger_creancier(dossier, r.creancier, acteur)
    reference = exiger_texte(reference, "reference", "Indiquez la référence comptable.")
    decidee, jour = jour_local(r.decidee_le, dossier.fuseau), jour_local(maintenant, dossier.fuseau)
    if not decidee <= recu_le <= jour:
        raise refuser("recu_le", f"Le remboursement suit la décision du {date_fr(decidee)} et n’est pas à venir.")
    if r.mouvements.filter(nature=N.REMBOURSEMENT, reference=reference).exclude(statut=S.ANNULE).exists():
        raise refuser("reference", "Ce remboursement est déjà saisi.")
    m = _inscrire(r, N.REMBOURSEMENT, montant, recu_le, acteur, maintenant, reference=reference)
    ecrire(
        r,
        "enregistrer_remboursement",
        "Remboursement à confirmer",
        f"{euros(montant, True)} reçus le {date_fr(recu_le)} sur la récupération {r.numero}. Une autre personne confirme.",
        acteur=acteur,
        maintenant=maintenant,
        donnees={"mouvement": m.pk, "montant": montant, "recu_le": recu_le, "reference": reference},
        organisations=(_organisation(r),),
    )
    return dossier


@transaction.atomic
def proposer_remise(
    *, numero: str, montant: Decimal, motif: str, acteur: Acteur, maintenant: datetime, recuperation: str = "", **_: Any
) -> Dossier:
    """A write-off with its reason, that another person grants."""
    dossier = cycle.ouvrir(numero, acteur, maintenant)
    r = verrouiller(dossier, recuperation, "proposer_remise")
    exiger_creancier(dossier, r.creancier, acteur)
    motif = exiger_texte(motif, "motif", "Indiquez le motif de la remise.")
    m = _inscrire(r, N.REMISE, montant, jour_local(maintenant, dossier.fuseau), acteur, maintenant, motif=motif)
    ecrire(
        r,
        "proposer_remise",
        "Remise à confirmer",
        f"Une remise de {euros(montant, True)} est proposée sur la récupération {r.numero}. Motif\u00a0: {motif}",
        acteur=acteur,
        maintenant=maintenant,
        donnees={"mouvement": m.pk, "montant": montant, "motif": motif},
        organisations=(_organisation(r),),
    )
    return dossier


@transaction.atomic
def confirmer_mouvement(*, numero: str, mouvement: int, acteur: Acteur, maintenant: datetime, **_: Any) -> Dossier:
    """Another person than the one who entered it; a write-off is granted by an ordonnateur. At zero the procedure is closed."""
    dossier = cycle.ouvrir(numero, acteur, maintenant)
    m, r = _lire(dossier, mouvement, "confirmer_mouvement")
    exiger_creancier(dossier, r.creancier, acteur, decide=m.nature == N.REMISE)
    if m.propose_par_id == acteur.utilisateur_id:
        raise Interdit(
            "deux_personnes", "Vous avez saisi ce mouvement\u00a0: une autre personne le confirme (règle FIN-11)."
        )
    m.statut, m.confirme_le, m.confirme_par_id = S.CONFIRME, maintenant, acteur.utilisateur_id
    m.save(update_fields=("statut", "confirme_le", "confirme_par"))
    livre.regler(m, r, acteur=acteur, maintenant=maintenant)
    r = _relire(r)
    _clore_les_termes_payes(r, acteur, maintenant)
    remise = m.nature == N.REMISE
    quoi = "Remise accordée" if remise else "Remboursement reçu"
    if not r.reste:
        r.statut, r.close_le = Etat.SOLDEE, maintenant
        r.save(update_fields=("statut", "close_le"))
    if remise or not r.reste:
        emettre(
            dossier,
            cle=f"recuperation:{r.pk}:mouvement:{m.pk}",
            objet="Fin de la récupération" if not r.reste else "Remise sur la récupération",
            emetteur=r.creancier,
            reference=r.numero,
            essentiel="Vous ne devez plus rien."
            if not r.reste
            else f"Il vous reste à rembourser {euros(r.reste, True)}.",
            rubriques=(("Remise", f"{euros(m.montant, True)}. {m.motif}"),) if remise else (),
            acteur=acteur,
            maintenant=maintenant,
        )
    ecrire(
        r,
        "confirmer_mouvement",
        quoi if r.reste else "Récupération soldée",
        f"{quoi}\u00a0: {euros(m.montant, True)} sur la récupération {r.numero}.",
        f"Il reste {euros(r.reste, True)} à rembourser." if r.reste else "Il ne reste rien à rembourser.",
        acteur=acteur,
        maintenant=maintenant,
        donnees={"mouvement": m.pk, "nature": m.nature, "montant": m.montant, "reste": r.reste},
    )
    return dossier


@transaction.atomic
def annuler_mouvement(
    *, numero: str, mouvement: int, motif: str, acteur: Acteur, maintenant: datetime, **_: Any
) -> Dossier:
    """What was entered by mistake, or is not granted, while nobody has confirmed it."""
    dossier = cycle.ouvrir(numero, acteur, maintenant)
    m, r = _lire(dossier, mouvement, "annuler_mouvement")
    exiger_creancier(dossier, r.creancier, acteur)
    m.motif_annulation = exiger_texte(motif, "motif", "Indiquez le motif de l’annulation.")
    m.statut = S.ANNULE
    m.save(update_fields=("statut", "motif_annulation"))
    ecrire(
        r,
        "annuler_mouvement",
        "Mouvement annulé",
        f"{m.get_nature_display()} de {euros(m.montant, True)} annulé sur la récupération {r.numero}. Motif\u00a0: {m.motif_annulation}",
        acteur=acteur,
        maintenant=maintenant,
        donnees={"mouvement": m.pk, "montant": m.montant, "motif": m.motif_annulation},
        organisations=(_organisation(r),),
    )
    return dossier


def peut_confirmer(r: Recuperation, m: MouvementRecuperation, acteur: Acteur) -> bool:
    """The button's answer: another person, and an ordonnateur for a write-off."""
    return (
        m.statut == S.PROPOSE
        and m.propose_par_id != acteur.utilisateur_id
        and (m.nature != N.REMISE or acteur.role == DECIDEURS.get(r.creancier, Role.SYSTEME))
    )


def _inscrire(
    r: Recuperation, nature: str, montant: Decimal, jour: date, acteur: Acteur, maintenant: datetime, **details: str
) -> MouvementRecuperation:
    if montant <= 0:
        raise refuser("montant", "Le montant est positif.")
    libre = r.reste - r.en_attente
    if montant > libre:
        raise refuser("montant", f"Il reste {euros(libre, True)} à rembourser, mouvements à confirmer déduits.")
    return MouvementRecuperation.objects.create(
        dossier=r.dossier,
        recuperation=r,
        nature=nature,
        montant=montant,
        jour=jour,
        propose_le=maintenant,
        propose_par_id=acteur.utilisateur_id,
        **details,
    )


def _lire(dossier: Dossier, mouvement: int, acte: str) -> tuple[MouvementRecuperation, Recuperation]:
    m = MouvementRecuperation.objects.select_related("recuperation").filter(dossier=dossier, pk=mouvement).first()
    if m is None:
        raise refuser("mouvement", "Ce mouvement n’existe pas sur ce dossier.")
    r = verrouiller(dossier, m.recuperation.numero, acte)
    m = MouvementRecuperation.objects.select_for_update().get(pk=m.pk)
    if m.statut != S.PROPOSE:
        raise Conflit(
            "mouvement",
            f"Ce mouvement est déjà «\u00a0{m.get_statut_display().lower()}\u00a0»\u00a0: rechargez la page.",
        )
    return m, r


def _relire(r: Recuperation) -> Recuperation:
    frais = Recuperation.objects.get(pk=r.pk)
    frais.dossier = r.dossier
    return frais


def _clore_les_termes_payes(r: Recuperation, acteur: Acteur, maintenant: datetime) -> None:
    lignes = r.termes_en_cours
    for ligne, terme in zip(lignes, termes(r), strict=True):
        if not terme.reste:
            clore_taches(r.dossier, f"rembourser:{r.numero}:{ligne.plan}:{ligne.jour}", acteur, maintenant, "Payée.")


def _organisation(r: Recuperation) -> int | None:
    return r.dossier.caisse_id if r.creancier == "caisse" else r.dossier.ars_id
