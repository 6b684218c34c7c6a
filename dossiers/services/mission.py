"""Dated activities of the mission (MIS-1, MIS-2) with their evidence: they feed DL-4, DL-5 and the solde."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.db import transaction

from ess_portal.comptes.acteur import Acteur
from ess_portal.journal.services import consigner
from ess_portal.socle.erreurs import Conflit, ErreurMetier, Introuvable
from ess_portal.socle.horloge import jour_local

from ..models import ActiviteMission, Dossier, Tache
from . import cycle, echeances
from .courriels import courriel
from .jointes import joindre


@transaction.atomic
def declarer_activite(
    *,
    numero: str,
    type: str,
    description: str,
    date_deploiement: date,
    preuve: Any,
    acteur: Acteur,
    maintenant: datetime,
    **_: Any,
) -> Dossier:
    """The équipe declares an activity deployed on a day, with its evidence (a file). Raises ErreurMetier for a day to come."""
    dossier = cycle.ouvrir(numero, acteur, maintenant)
    if date_deploiement > jour_local(maintenant, dossier.fuseau):
        raise ErreurMetier(
            "date", "Une activité se déclare une fois déployée.", {"date_deploiement": "Ce jour n’est pas encore venu."}
        )
    if not description.strip():
        raise ErreurMetier("description", "Décrivez l’activité.", {"description": "Décrivez l’activité en une phrase."})
    piece = joindre(
        dossier,
        preuve,
        "preuve",
        type_="preuve",
        libelle=f"Preuve\u00a0: {ActiviteMission.Type(type).label}",
        objet="activite",
        acteur=acteur,
        maintenant=maintenant,
    )
    if piece is None:
        raise ErreurMetier("preuve", "Joignez une preuve.", {"preuve": "Joignez une preuve."})
    activite = ActiviteMission.objects.create(
        dossier=dossier,
        type=type,
        description=description.strip(),
        date_deploiement=date_deploiement,
        preuve=piece,
        declaree_le=maintenant,
        declaree_par_id=acteur.utilisateur_id,
    )
    consigner(
        type="declarer_activite",
        acteur=acteur,
        maintenant=maintenant,
        dossier=dossier,
        donnees={"activite": activite.pk, "type": type, "date_deploiement": date_deploiement, "preuve": str(piece.pk)},
        effets=[
            courriel(
                dossier, "activite", f"activite:{activite.pk}:{o}", organisation=o, libelle=activite.get_type_display()
            )
            for o in (dossier.ars_id, dossier.caisse_id)
        ],
    )
    echeances.recalculer(dossier, maintenant=maintenant)
    return dossier


@transaction.atomic
def confirmer_activite(
    *, numero: str, activite: int, acteur: Acteur, maintenant: datetime, motif: str = "", accord: bool = True, **_: Any
) -> Dossier:
    """An agent confirms an activity on its evidence, or sets it aside with a reason. Once only."""
    dossier = cycle.ouvrir(numero, acteur, maintenant)
    ligne = ActiviteMission.objects.select_for_update().filter(dossier=dossier, pk=activite).first()
    if ligne is None:
        raise Introuvable
    if ligne.confirmee_le or ligne.ecartee_le:
        raise Conflit("activite", "Cette activité a déjà été examinée.")
    if accord:
        ligne.confirmee_le, ligne.confirmee_par_id = maintenant, acteur.utilisateur_id
    elif not motif.strip():
        raise ErreurMetier("motif", "Dites pourquoi cette activité est écartée.", {"motif": "Indiquez le motif."})
    else:
        ligne.ecartee_le, ligne.motif_ecart = maintenant, motif.strip()
    ligne.save()
    consigner(
        type="confirmer_activite" if accord else "ecarter_activite",
        acteur=acteur,
        maintenant=maintenant,
        dossier=dossier,
        donnees={"activite": ligne.pk, "type": ligne.type, "motif": motif.strip()},
        effets=[
            courriel(
                dossier,
                "activite_examinee",
                f"activite:{ligne.pk}:issue",
                organisation=dossier.equipe_id,
                libelle=ligne.get_type_display(),
                accord=accord,
                motif=motif,
            )
        ],
    )
    echeances.recalculer(dossier, maintenant=maintenant)
    return dossier


@transaction.atomic
def faire_tache(
    *, numero: str, tache: int, commentaire: str, acteur: Acteur, maintenant: datetime, **_: Any
) -> Dossier:
    """Closes a task that time opened, with what was done about it: not acting needs a written reason (REC-1)."""
    dossier = cycle.ouvrir(numero, acteur, maintenant)
    ligne = Tache.objects.select_for_update().filter(dossier=dossier, pk=tache, faite_le__isnull=True).first()
    if ligne is None:
        raise Conflit("tache", "Cette tâche est déjà close.")
    if ligne.qui != acteur.type:
        raise Conflit("tache", "Cette tâche revient à l’autre administration.")
    if not commentaire.strip():
        raise ErreurMetier(
            "commentaire",
            "Dites ce qui a été fait, ou pourquoi rien ne l’est.",
            {"commentaire": "Écrivez la suite donnée."},
        )
    ligne.faite_le, ligne.faite_par_id, ligne.commentaire = maintenant, acteur.utilisateur_id, commentaire.strip()
    ligne.save()
    consigner(
        type="faire_tache",
        acteur=acteur,
        maintenant=maintenant,
        dossier=dossier,
        donnees={"tache": ligne.pk, "type": ligne.type, "commentaire": ligne.commentaire},
    )
    return dossier
