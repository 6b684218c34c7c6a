"""Erasing a person: the name, the mail, the address and the signed form go; the days that were counted stay (RET-1)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction

from dossiers.faits import externes, parametres
from dossiers.models import Dossier
from dossiers.regles.au_droit import statut_le
from dossiers.regles.statuts import VIVANTS
from dossiers.services import cycle
from ess_portal.comptes.acteur import SYSTEME, Acteur
from ess_portal.comptes.locataire import comme_portail
from ess_portal.comptes.roles import ADMINS
from ess_portal.documents.services import effacer_document, effacer_piece
from ess_portal.journal.models import Courriel, Envoi
from ess_portal.journal.services import consigner
from ess_portal.socle.erreurs import ErreurMetier, Interdit
from ess_portal.socle.horloge import jour_local

from .. import jetons
from ..models import ActeAdhesion, Adhesion, LienSignature, Professionnel
from ..regles.effacement import Faits, Reponse, repondre
from . import double, histoire

EFFACE = "Professionnel effacé"
ADRESSE = "efface@effacement.invalid"


@dataclass(frozen=True)
class Sort:
    """What becomes of a person in one dossier."""

    dossier: Dossier
    adhesions: list[Adhesion]
    reponse: Reponse


def etudier(rpps: str, *, acteur: Acteur, maintenant: datetime) -> list[Sort]:
    """For each dossier that this administrator follows where the person stands: may it be erased, or when. Raises Interdit."""
    if acteur.role not in ADMINS:
        raise Interdit
    visibles = Dossier.objects.all() if acteur.voit_tout else Dossier.objects.pour(acteur)
    with comme_portail():
        lignes = Adhesion.objects.filter(professionnel__rpps=rpps, dossier__in=visibles)
        par_dossier: dict[int, list[Adhesion]] = {}
        for a in lignes.select_related("dossier", "professionnel", "formulaire").order_by("dossier_id", "pk"):
            par_dossier.setdefault(a.dossier_id, []).append(a)
        return [_sort(adhesions[0].dossier, adhesions, maintenant) for adhesions in par_dossier.values()]


def _sort(dossier: Dossier, adhesions: list[Adhesion], maintenant: datetime) -> Sort:
    jour = jour_local(maintenant, dossier.fuseau)
    x = externes(dossier, jour)
    vivant = statut_le(dossier.statut, dossier.bascule_le, maintenant) in VIVANTS and (
        x.contrat_signe or x.effet_dotation is not None
    )
    faits = Faits(
        jours=[(a.signee_le, a.sortie_le) for a in adhesions if a.signee_le is not None],
        est_finance=bool(x.contrat_signe or x.amorcage_signe_le or x.effet_dotation or x.annees_versees),
        contrat_vivant=vivant,
        fin_contrat=x.fin_dotation,
        procedure_ouverte=x.recuperation_ouverte,
    )
    return Sort(dossier, adhesions, repondre(faits, jour, parametres(dossier, jour).conservation_adherents))


@transaction.atomic
def effacer_personne(*, rpps: str, motif: str, acteur: Acteur, maintenant: datetime) -> list[Sort]:
    """Erases where it may be, says why and until when elsewhere; each answer is written in the journal of its dossier.

    Raises Interdit for who is no administrator, ErreurMetier without reason or when nobody has this number.
    """
    if not motif.strip():
        phrase = "Indiquez la demande reçue\u00a0: sa date, son canal."
        raise ErreurMetier("motif", phrase, {"motif": phrase})
    sorts = etudier(rpps, acteur=acteur, maintenant=maintenant)
    if not sorts:
        raise ErreurMetier("inconnu", "Aucun dossier que vous suivez ne connaît ce numéro RPPS.")
    with comme_portail():
        for sort in sorts:
            dossier = cycle.ouvrir(sort.dossier.numero, SYSTEME, maintenant)
            numeros = [a.pk for a in sort.adhesions]
            if sort.reponse.possible:
                double.reserver(sort.adhesions[0])
                _effacer(dossier, sort.adhesions, acteur=acteur, maintenant=maintenant)
            consigner(
                type="effacer_personne" if sort.reponse.possible else "refuser_effacement",
                acteur=acteur,
                maintenant=maintenant,
                dossier=dossier,
                donnees={
                    "adhesions": numeros,
                    "demande": motif.strip()[:300],
                    "motif": sort.reponse.motif,
                    "possible_le": sort.reponse.possible_le,
                },
            )
        Professionnel.objects.filter(rpps=rpps, adhesions__isnull=True).delete()
    return sorts


def _effacer(dossier: Dossier, adhesions: Sequence[Adhesion], *, acteur: Acteur, maintenant: datetime) -> None:
    rpps, courriels = adhesions[0].professionnel.rpps, {a.courriel for a in adhesions if a.courriel}
    jumeau = pseudonyme(adhesions[0].professionnel, maintenant)
    for a in adhesions:
        a.professionnel, a.titre, a.nom, a.prenom, a.courriel, a.lieux = jumeau, "", EFFACE, "", "", ""
        a.motif_sortie = "Motif effacé" if a.sortie_le else ""
        if a.etat == Adhesion.Etat.INVITEE:
            a.etat = Adhesion.Etat.ANNULEE
        a.save()
        ActeAdhesion.objects.filter(adhesion=a).exclude(motif="").update(motif="")
        liens = LienSignature.objects.filter(adhesion=a)
        courriels |= set(liens.values_list("courriel", flat=True))
        liens.filter(utilise_le__isnull=True, annule_le__isnull=True).update(annule_le=maintenant)
        liens.update(courriel=ADRESSE)
        if a.formulaire_id:
            effacer_piece(a.formulaire, maintenant=maintenant)
        for prefixe in (f"adhesion:{a.pk}", f"certificat:{a.pk}:"):
            effacer_document(dossier=dossier, prefixe=prefixe)
        histoire.enregistrer(a, ActeAdhesion.Type.EFFACEMENT, histoire.lire(a), acteur=acteur, maintenant=maintenant)
    _effacer_courriers(rpps, jumeau.rpps, courriels)


def pseudonyme(professionnel: Professionnel, maintenant: datetime) -> Professionnel:
    """The row that stands for an erased person: always the same for one RPPS, and nobody finds the number without the portal's key.

    What is counted by person stays so: two adhésions of one person in a dossier are erased together.
    """
    jumeau, _ = Professionnel.objects.get_or_create(
        rpps=jetons.pseudonyme(professionnel.rpps),
        defaults={
            "nom": EFFACE,
            "specialite_id": professionnel.specialite_id,
            "mode": professionnel.mode,
            "departements": professionnel.departements,
            "cree_le": maintenant,
        },
    )
    return jumeau


def _effacer_courriers(rpps: str, pseudo: str, courriels: set[str]) -> None:
    """The mails still kept, and the number that the warnings of a double adhésion carried."""
    for envoi in Envoi.objects.filter(charge__contexte__rpps=rpps).order_by("pk"):
        envoi.charge["contexte"]["rpps"] = pseudo
        envoi.save(update_fields=("charge",))
    Courriel.objects.filter(destinataires__in=courriels).delete()
    Courriel.objects.filter(texte__contains=rpps).delete()


def date_possible(sorts: Sequence[Sort]) -> date | None:
    """The day from which the person could be erased everywhere; None when a dossier cannot say it."""
    attendus = [s.reponse for s in sorts if not s.reponse.possible]
    if not attendus or any(r.possible_le is None for r in attendus):
        return None
    return max(r.possible_le for r in attendus)
