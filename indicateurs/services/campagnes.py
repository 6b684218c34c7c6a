"""The campaign of the reports: opened by the portal a month before a year ends, put off by the ARS, closed by the filing (§7, REL-1).

The équipe is told once; its task carries the due day, that the ladder of reminders reads and that a prorogation moves.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models import Exists, OuterRef, Q

from dossiers.models import Dossier, Echeance, Tache
from dossiers.services import cycle, echeances
from dossiers.services.courriels import courriel
from ess_portal.comptes.acteur import SYSTEME, Acteur
from ess_portal.comptes.locataire import comme_portail
from ess_portal.journal.services import consigner
from ess_portal.socle.erreurs import Conflit, ErreurMetier
from ess_portal.socle.horloge import jour_local
from ess_portal.socle.typographie import date_fr
from financement.models import Contrat

from ..models import Campagne, Rapport
from ..periodes import Periode, periode, periodes

LOT = 200
# A year ends the day before its anniversary: its report may be filed from a month before (`Periode.ouverture`).
AVANCE = timedelta(days=31)
FIN = timedelta(days=366)
DEPOSE = "Le rapport est déposé."


def cle_tache(annee: int) -> str:
    return f"rapport:{annee}"


def ouvrir_campagnes(*, au: datetime, limite: int = LOT) -> int:
    """Opens the campaigns that are due at `au`, chunk by chunk; twice in a row opens nothing the second time. Gives how many."""
    total, apres = 0, 0
    while True:
        ouvertes, apres = _un_lot(au, apres, limite)
        total += ouvertes
        if not apres:
            return total


@transaction.atomic
def _un_lot(au: datetime, apres: int, limite: int) -> tuple[int, int]:
    """How many it opened, and the last dossier it read: 0 when none is left."""
    with comme_portail():
        deja = Campagne.objects.filter(dossier=OuterRef("dossier"), annee=OuterRef("rang"))
        # A contract that ended early cut its last year: the anniversary that would have closed it is annulled, and may be far ahead.
        coupee = Contrat.objects.filter(
            dossier=OuterRef("dossier"),
            type=Contrat.Type.DOTATION,
            date_resiliation__lte=au.date() + AVANCE,
            date_resiliation__gt=OuterRef("dernier_jour") - FIN,
        )
        proches = Echeance.objects.filter(
            Q(dernier_jour__lte=au.date() + AVANCE) & ~Q(statut=Echeance.Statut.ANNULEE) | Exists(coupee),
            regle="DL-7",
            dernier_jour__gte=au.date() - FIN,
            dernier_jour__lte=au.date() + AVANCE + FIN,
            dossier_id__gt=apres,
        )
        cles = list(
            proches.filter(~Exists(deja))
            .order_by("dossier_id")
            .values_list("dossier_id", flat=True)
            .distinct()[:limite]
        )
        dossiers = Dossier.objects.select_for_update(of=("self",), skip_locked=True).filter(pk__in=cles).order_by("pk")
        ouvertes = sum(_ouvrir(d, au) for d in dossiers)
    return ouvertes, cles[-1] if len(cles) == limite else 0


def _ouvrir(dossier: Dossier, au: datetime) -> int:
    jour, connues = jour_local(au, dossier.fuseau), set(dossier.campagnes.values_list("annee", flat=True))
    dues = [p for p in periodes(dossier, jour) if p.ouverture <= jour and p.annee not in connues]
    for p in dues:
        ouvrir(dossier, p, maintenant=au)
    return len(dues)


def ouvrir(dossier: Dossier, p: Periode, *, maintenant: datetime) -> Campagne:
    """One campaign, its event, its mail and its task; a report already filed has neither mail nor task."""
    campagne, neuve = Campagne.objects.get_or_create(
        dossier=dossier, annee=p.annee, defaults={"due_le": p.regle_le, "ouverte_le": maintenant}
    )
    if not neuve:
        return campagne
    depose = Rapport.objects.filter(dossier=dossier, annee=p.annee, depose_le__isnull=False).exists()
    if not depose:
        _tache(dossier, p.annee, p.regle_le, maintenant)
    effet = courriel(
        dossier, "rapport_ouvert", f"{p.annee}", organisation=dossier.equipe_id, annee=p.annee, due_le=p.regle_le
    )
    consigner(
        type="ouvrir_campagne",
        acteur=SYSTEME,
        maintenant=maintenant,
        dossier=dossier,
        donnees={"annee": p.annee, "due_le": p.regle_le},
        effets=[] if depose else [effet],
    )
    return campagne


def _tache(dossier: Dossier, annee: int, due_le: date, maintenant: datetime) -> None:
    Tache.objects.get_or_create(
        dossier=dossier,
        cle=cle_tache(annee),
        defaults={
            "type": Tache.Type.DEPOSER_RAPPORT,
            "qui": "equipe",
            "ouverte_le": maintenant,
            "a_faire_au_plus_tard": due_le,
            **Tache.colonnes(dossier),
        },
    )


def clore(dossier: Dossier, annee: int, *, acteur: Acteur, maintenant: datetime) -> None:
    """The report is in the hands of the ARS and the caisse: nobody is reminded any more, the day given by a prorogation is met or missed."""
    Tache.objects.filter(dossier=dossier, cle=cle_tache(annee), faite_le=None).update(
        faite_le=maintenant, faite_par_id=acteur.utilisateur_id, commentaire=DEPOSE
    )
    if Campagne.objects.filter(dossier=dossier, annee=annee, prorogee_au__isnull=False).exists():
        echeances.recalculer(dossier, maintenant=maintenant)


@transaction.atomic
def proroger_rapport(
    *, numero: str, annee: int, au: date, motif: str, acteur: Acteur, maintenant: datetime
) -> Campagne:
    """The ARS gives a later day, with its reason. Raises ErreurMetier on the field, Conflit once the report is filed."""
    dossier = cycle.ouvrir(numero, acteur, maintenant)
    jour = jour_local(maintenant, dossier.fuseau)
    p = periode(dossier, annee, jour)
    if Rapport.objects.filter(dossier=dossier, annee=annee, statut__in=("depose", "valide")).exists():
        raise Conflit("etat", "Ce rapport est déjà déposé\u00a0: il n’y a plus de date à reporter.")
    if not motif.strip():
        raise ErreurMetier("motif", "Dites pourquoi la date est reportée.", {"motif": "Dites pourquoi."})
    if au <= max(p.due_le, jour):
        phrase = f"Choisissez un jour après le {date_fr(max(p.due_le, jour))}."
        raise ErreurMetier("date", phrase, {"au": phrase})
    if au > p.fin + FIN:
        phrase = (
            f"Choisissez un jour au plus tard le {date_fr(p.fin + FIN)}\u00a0: le rapport suivant sera alors attendu."
        )
        raise ErreurMetier("date", phrase, {"au": phrase})
    campagne = ouvrir(dossier, p, maintenant=maintenant)
    avant = p.due_le
    campagne.prorogee_au, campagne.motif = au, motif.strip()
    campagne.prorogee_le, campagne.prorogee_par_id = maintenant, acteur.utilisateur_id
    campagne.save(update_fields=("prorogee_au", "motif", "prorogee_le", "prorogee_par"))
    # Sent back for a correction, its task was closed by the filing: it is to do again.
    _tache(dossier, annee, au, maintenant)
    Tache.objects.filter(dossier=dossier, cle=cle_tache(annee)).update(
        a_faire_au_plus_tard=au, faite_le=None, faite_par=None, commentaire=""
    )
    echeances.recalculer(dossier, maintenant=maintenant)
    commun = {"annee": annee, "avant": avant, "au": au, "texte": motif.strip()}
    consigner(
        type="proroger_rapport",
        acteur=acteur,
        maintenant=maintenant,
        dossier=dossier,
        donnees=commun | {"due_le": p.regle_le},
        effets=[
            courriel(dossier, "rapport_proroge", f"{annee}:{au}:{maintenant.isoformat()}:{o}", organisation=o, **commun)
            for o in (dossier.equipe_id, dossier.caisse_id)
        ],
    )
    campagne.dossier = dossier
    return campagne
