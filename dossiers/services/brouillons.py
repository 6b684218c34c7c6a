"""Drafts that nobody has written for long (RET-1): their porteurs are told, then what they say goes. The events stay, and the draft may be
written again."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models import F

from ess_portal.comptes.acteur import SYSTEME
from ess_portal.comptes.locataire import comme_portail
from ess_portal.documents.models import Piece
from ess_portal.documents.services import effacer_piece
from ess_portal.journal.models import Envoi
from ess_portal.journal.services import consigner, programmer
from ess_portal.referentiel.services import parametres_du_jour
from ess_portal.socle.horloge import jour_local

from ..models import Dossier, LettreIntention
from ..regles.conservation import brouillon
from ..regles.delais import retrancher
from ..regles.statuts import Statut
from .courriels import courriel
from .recherche import indexer

GABARIT = "brouillon_a_effacer"
GARDES = ("id", "dossier")


def purger(*, au: datetime) -> int:
    """Tells of the drafts whose term comes, erases those whose term and notice have passed; gives how many were erased. One transaction
    each: a pass that dies keeps what it had done.
    """
    return sum(_un(pk, au) for pk in _candidats(au))


def _candidats(au: datetime) -> list[int]:
    """Drafts not written for a while, by the shortest delay of the regions that have some."""
    with comme_portail():
        ecrits = Dossier.objects.filter(statut=Statut.BROUILLON, lettre__enregistree_le__isnull=False)
        choisis = []
        for region in ecrits.order_by().values_list("region", flat=True).distinct():
            jour = au.date()
            p = parametres_du_jour(region, jour)
            limite = retrancher(jour, p.conservation_brouillon) + timedelta(days=max(p.paliers_relance, default=0) + 1)
            lus = ecrits.filter(region=region, lettre__enregistree_le__date__lte=limite)
            choisis += lus.order_by("pk").values_list("pk", flat=True)
        return choisis


def _un(pk: int, au: datetime) -> int:
    with transaction.atomic(), comme_portail():
        dossier = Dossier.objects.select_for_update(of=("self",)).get(pk=pk)
        lettre = LettreIntention.objects.select_for_update(of=("self",)).get(dossier=dossier)
        if dossier.statut != Statut.BROUILLON or lettre.enregistree_le is None:
            return 0
        jour = jour_local(au, dossier.fuseau)
        ecrit_le = jour_local(lettre.enregistree_le, dossier.fuseau)
        p = parametres_du_jour(dossier.region, jour)
        envoi = courriel(
            dossier, GABARIT, str(ecrit_le), organisation=dossier.equipe_id, ecrit_le=ecrit_le, efface_le=_efface_le(ecrit_le, jour, p)
        )  # fmt: skip
        annonce = Envoi.objects.filter(cle=envoi.cle).values_list("cree_le", flat=True).first()
        prevenir_des, effacer_des = brouillon(ecrit_le, jour_local(annonce, dossier.fuseau) if annonce else None, p)
        if annonce is None and prevenir_des <= jour:
            programmer([envoi], dossier_id=dossier.pk, maintenant=au, organisation_id=dossier.equipe_id)
        if effacer_des is None or jour < effacer_des:
            return 0
        _effacer(dossier, lettre, au)
        consigner(
            type="effacer_brouillon", acteur=SYSTEME, maintenant=au, dossier=dossier, donnees={"ecrit_le": ecrit_le}
        )
        return 1


def _efface_le(ecrit_le: date, annonce_le: date, p) -> date | None:
    """The day told to the porteurs, who are told today."""
    return brouillon(ecrit_le, annonce_le, p)[1]


def _effacer(dossier: Dossier, lettre: LettreIntention, au: datetime) -> None:
    vide = LettreIntention(dossier=dossier)
    champs = [c.attname for c in LettreIntention._meta.concrete_fields if c.name not in GARDES]
    for champ in champs:
        setattr(lettre, champ, getattr(vide, champ))
    lettre.save()
    Dossier.objects.filter(pk=dossier.pk).update(version=F("version") + 1)
    for piece in Piece.objects.filter(dossier=dossier).exclude(etat=Piece.Etat.REFUSE).order_by("pk"):
        effacer_piece(piece, maintenant=au)
    indexer(dossier)
