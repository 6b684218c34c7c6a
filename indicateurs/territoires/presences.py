"""Who covers what on a day, for one group of specialties: one query, whatever the number of dossiers and the day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Exists, F, OuterRef, Q, Subquery
from django.db.models.fields.json import KT
from django.db.models.functions import JSONObject
from django.urls import reverse

from dossiers.grille import SIGNATURES
from dossiers.models import Couverture, Depot, Derogation, Dossier
from dossiers.regles.couverture import TACITES, Presence, statut_au, statut_repris
from dossiers.regles.cycle import BASCULES, Statut
from dossiers.regles.statuts import EN_INSTRUCTION
from ess_portal.comptes.acteur import Acteur
from ess_portal.comptes.locataire import comme_portail
from ess_portal.journal.models import Evenement
from ess_portal.socle.horloge import jour_local

ACCORDEES = (Derogation.Issue.ACCORDEE, Derogation.Issue.CONDITIONS)


@dataclass(frozen=True)
class Ess:
    """One ESS as this reader may know it (CONF-1): without name for an équipe, unless it is its own or has signed."""

    nom: str
    numero: str
    departements: tuple[str, ...]
    presence: Presence
    depuis: date | None
    url: str = ""


def presences(groupe: str, jour: date, fin: datetime, acteur: Acteur, *, est_passe: bool = False) -> list[Ess]:
    """The ESS that are there at the end of a day, read as the portal, told to this reader. `fin` is the last instant of `jour`.

    On a past day each stands where its last filing until then said, or the file it was taken over from.
    """
    avant = Evenement.objects.filter(dossier=OuterRef("pk"), legal_le__lte=fin)
    changements = avant.filter(Q(donnees__has_key="vers") | Q(type__in=tuple(TACITES))).order_by("legal_le", "seq")
    deroge = Derogation.objects.filter(
        Q(valide_du__isnull=True) | Q(valide_du__lte=jour),
        Q(valide_au__isnull=True) | Q(valide_au__gte=jour),
        dossier=OuterRef("pk"),
        issue__in=ACCORDEES,
        portee__contains=["CRI-1c"],
    )
    reprise = Evenement.objects.filter(dossier=OuterRef("pk"), type="reprendre").order_by("seq")
    depots = Depot.objects.filter(
        dossier=OuterRef("pk"), objet="lettre", recu_le__lte=fin, contenu__territoire__has_key="departements"
    ).order_by("-version")
    with comme_portail():
        lignes = list(
            Dossier.objects.filter(
                pk__in=Couverture.objects.filter(groupe=groupe).values("dossier_id"), depose_le__isnull=False
            )
            .exclude(statut=Statut.BROUILLON)
            .annotate(
                changements=ArraySubquery(
                    changements.values(o=JSONObject(type=F("type"), vers=KT("donnees__vers"), le=F("legal_le")))
                ),
                est_signe=Exists(avant.filter(type__in=SIGNATURES)),
                deroge=Exists(deroge),
                repris=Subquery(reprise.values("donnees")[:1]),
                depose=Subquery(depots.values("contenu__territoire")[:1]),
            )
            .values(
                *("numero", "nom", "departements", "statut", "regime", "bascule_le", "est_a_regulariser", "fuseau"),
                *(
                    "equipe_id",
                    "ars_id",
                    "caisse_id",
                    "lecteurs",
                    "changements",
                    "est_signe",
                    "deroge",
                    "repris",
                    "depose",
                ),
            )
            .order_by("numero")
        )
    for ligne in lignes if est_passe else ():
        ligne["departements"] = _perimetre(ligne)
    ess = [_lire(ligne, jour, fin, acteur) for ligne in lignes]
    return [e for e in ess if e.presence.etat]


def _perimetre(ligne: dict[str, Any]) -> list[str]:
    return (ligne["depose"] or ligne["repris"] or {}).get("departements") or ligne["departements"]


def _lire(ligne: dict[str, Any], jour: date, fin: datetime, acteur: Acteur) -> Ess:
    changements, repris = ligne["changements"], ligne["repris"]
    statut = statut_au([(c["type"], c["vers"] or "") for c in changements])
    depuis = jour_local(datetime.fromisoformat(changements[-1]["le"]), ligne["fuseau"]) if changements else None
    if repris is not None and statut is Statut.BROUILLON:
        statut, depuis = statut_repris(repris, jour), None
    # What silence brought and no pass has written yet (CAL-9).
    if (
        statut == ligne["statut"]
        and ligne["bascule_le"] is not None
        and ligne["bascule_le"] <= fin
        and statut in BASCULES
    ):
        statut, depuis = BASCULES[statut], jour_local(ligne["bascule_le"], ligne["fuseau"])
    presence = Presence(statut, ligne["regime"], ligne["est_a_regulariser"], ligne["deroge"])
    sien = acteur.perimetre_id is not None and acteur.perimetre_id == ligne["equipe_id"]
    if acteur.est_porteur and not sien and not ligne["est_signe"]:
        return Ess(_sans_nom(presence), "", tuple(ligne["departements"]), presence, None)
    lit = sien or acteur.voit_tout or acteur.perimetre_id in (ligne["ars_id"], ligne["caisse_id"], *ligne["lecteurs"])
    url = reverse("dossier", args=[ligne["numero"]]) if lit else ""
    return Ess(ligne["nom"], ligne["numero"], tuple(ligne["departements"]), presence, depuis, url)


def _sans_nom(presence: Presence) -> str:
    if presence.statut in EN_INSTRUCTION:
        return "Un projet est en instruction"
    return "Une équipe est en cours de mise en conformité" if presence.etat == "anterieure" else "Une équipe validée"
