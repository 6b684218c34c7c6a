"""The weekly digest of each person: one outbox row per organisation and week, then one mail per person who has something to read. An
administrator of a region reads what its ARS and its caisses have to do, the national administration its figures by region.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import date, datetime, time, timedelta
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from django.db.models import F, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce

from ess_portal.comptes.locataire import comme_portail
from ess_portal.comptes.models import Organisation, Rattachement
from ess_portal.comptes.regles.absences import presents
from ess_portal.comptes.roles import TypeOrganisation
from ess_portal.comptes.selectors import absences_du_jour
from ess_portal.journal.models import Envoi
from ess_portal.journal.notifications import reportees
from ess_portal.journal.services import Effet, programmer
from ess_portal.socle.horloge import jour_local

from ..libelles import OBJETS, REGLES
from ..models import Decision, Dossier, Echeance, Recours, Tache
from ..regles.au_droit import ATTENDENT_LE_PROJET
from ..regles.recapitulatif import HEURE, JOURS_A_VENIR, est_sien, semaine
from . import recapitulatif_national
from .relances import RAPPELABLES
from .taches import attendues as taches_attendues

LIGNES_MAX = 40
# An équipe lives in the zone of its dossiers, the last one first; its own is only what it signed up with.
FUSEAU = Coalesce(
    Subquery(Dossier.objects.filter(equipe=OuterRef("pk")).order_by("-cree_le", "-pk").values("fuseau")[:1]), "fuseau"
)


class Ligne(NamedTuple):
    """One line of the digest. `suivi_par` says whose it is."""

    suivi_par: int | None
    numero: str
    nom: str
    libelle: str
    jour: date | None


def programmer_semaine(*, au: datetime) -> int:
    """Asks for the digests of every organisation whose Monday morning has come; gives how many were not asked for yet."""
    with comme_portail():
        agissantes = Organisation.objects.filter(pk__in=Rattachement.objects.actifs().values("organisation_id"))
        dues = {}
        for pk, fuseau, creee_le in agissantes.values_list("pk", FUSEAU, "creee_le"):
            zone = ZoneInfo(fuseau)
            lundi = semaine(au.astimezone(zone))
            if lundi and (creee_le is None or creee_le < datetime.combine(lundi, HEURE, zone)):
                dues[f"recapitulatif:{pk}:{lundi}"] = {"organisation": pk, "lundi": str(lundi)}
        faites = set(Envoi.objects.filter(cle__in=dues).values_list("cle", flat=True))
        effets = [Effet("recapitulatif", cle, charge) for cle, charge in dues.items() if cle not in faites]
        programmer(effets, dossier_id=None, maintenant=au)
    return len(effets)


def ecrire(*, organisation_id: int, lundi: date, au: datetime) -> int:
    """The digests of one organisation's people for a week, one mail each under its own key, none for who has nothing to read; gives
    their number. Run as the portal.
    """
    organisation = Organisation.objects.annotate(zone=FUSEAU).get(pk=organisation_id)
    jour = jour_local(au, organisation.zone)
    personnes = list(
        Rattachement.objects.actifs().filter(organisation=organisation).select_related("utilisateur").order_by("pk")
    )
    absences = absences_du_jour({organisation.pk: jour_local(au, organisation.fuseau)})[organisation.pk]
    siens = [r.utilisateur_id for r in personnes]
    a_la_place = {a: presents(a, siens=siens, absences=absences) for a in absences}
    fin = datetime.combine(lundi, time(), ZoneInfo(organisation.zone))
    if organisation.type == TypeOrganisation.ADMINISTRATION and not organisation.region:
        presentes = [pk for pk in siens if a_la_place.get(pk, (pk,)) == (pk,)]
        return _ecrire_national(organisation, presentes, lundi, jour, fin, au)
    echeances, retards = _a_faire(organisation, jour)
    silences = _silences(organisation, fin)
    avis = reportees(siens, organisation_id=organisation.pk, debut=fin - timedelta(days=7), fin=fin)
    effets = []
    for r in personnes:
        moi = r.utilisateur_id
        if a_la_place.get(moi, (moi,)) != (moi,):
            continue
        supplee = {a for a, place in a_la_place.items() if moi in place}

        def siennes(toutes: Iterable[Ligne], r: Rattachement = r, supplee: Collection[int] = supplee) -> list[Any]:
            return [
                {"numero": x.numero, "nom": x.nom, "libelle": x.libelle, "jour": x.jour}
                for x in toutes
                if est_sien(
                    x.suivi_par,
                    personne=r.utilisateur_id,
                    supplee=supplee,
                    siens=siens,
                    est_chef=r.est_chef_de_service,
                )
            ]

        rubriques = {"echeances": siennes(echeances), "retards": siennes(retards), "silences": siennes(silences)}
        contexte = {
            "organisation": organisation.nom,
            "lundi": lundi,
            "jours": JOURS_A_VENIR,
            **{nom: lignes[:LIGNES_MAX] for nom, lignes in rubriques.items()},
            "de_plus": {nom: max(0, len(lignes) - LIGNES_MAX) for nom, lignes in rubriques.items()},
            "avis": avis.get(moi, [])[:LIGNES_MAX],
        }
        if any(contexte[rubrique] for rubrique in ("echeances", "retards", "silences", "avis")):
            charge = {
                "gabarit": "recapitulatif",
                "organisation": organisation.pk,
                "personnes": [moi],
                "contexte": contexte,
            }
            effets.append(Effet("courriel", f"courriel:recapitulatif:{organisation.pk}:{moi}:{lundi}", charge))
    programmer(effets, dossier_id=None, maintenant=au, organisation_id=organisation.pk)
    return len(effets)


def _ecrire_national(
    organisation: Organisation, personnes: Collection[int], lundi: date, jour: date, fin: datetime, au: datetime
) -> int:
    regions = recapitulatif_national.regions(jour, fin)
    charge = {
        "gabarit": "recapitulatif_national",
        "organisation": organisation.pk,
        "contexte": {"lundi": lundi, "jours": JOURS_A_VENIR, "regions": regions},
    }
    cle = f"courriel:recapitulatif:{organisation.pk}"
    effets = [Effet("courriel", f"{cle}:{moi}:{lundi}", {**charge, "personnes": [moi]}) for moi in personnes if regions]
    programmer(effets, dossier_id=None, maintenant=au, organisation_id=organisation.pk)
    return len(effets)


def _a_faire(organisation: Organisation, jour: date) -> tuple[list[Ligne], list[Ligne]]:
    """What the organisation must do in the days that come, and what is late or waits without a date."""
    terme = jour + timedelta(days=JOURS_A_VENIR)
    sienne, qui = _sienne(organisation), _qui(organisation)
    datees = (
        Echeance.objects.filter(sienne, qui__in=qui, statut="ouverte", regle__in=RAPPELABLES)
        .filter(dernier_jour__gte=jour, dernier_jour__lte=terme)
        .select_related("dossier")
        .defer("explication", "suite", "dossier__recherche")
    )
    taches = list(
        Tache.objects.filter(sienne, taches_attendues(), qui__in=qui, faite_le=None)
        .exclude(a_faire_au_plus_tard__gt=terme)
        .select_related("dossier")
        .defer("dossier__recherche")
    )
    a_venir = [_ligne(e.dossier, REGLES[e.regle], e.dernier_jour) for e in datees]
    a_venir += [
        _ligne(t.dossier, t.get_type_display(), t.a_faire_au_plus_tard)
        for t in taches
        if t.a_faire_au_plus_tard and t.a_faire_au_plus_tard >= jour
    ]
    retards = [
        _ligne(t.dossier, t.get_type_display(), t.a_faire_au_plus_tard)
        for t in taches
        if not t.a_faire_au_plus_tard or t.a_faire_au_plus_tard < jour
    ]
    if organisation.type == TypeOrganisation.EQUIPE:
        tardifs = Dossier.objects.filter(equipe=organisation, est_tardif=True, statut__in=ATTENDENT_LE_PROJET)
        retards += [_ligne(d, REGLES["DL-2"], None) for d in tardifs]
    return sorted(a_venir, key=lambda x: (x.jour, x.numero)), sorted(retards, key=lambda x: (x.jour or jour, x.numero))


def _sienne(organisation: Organisation, prefixe: str = "") -> Q:
    """Of rows that carry the reading columns, those of this organisation; of a regional administration, those of its region's ARS."""
    if organisation.type == TypeOrganisation.ADMINISTRATION:
        return Q(**{f"{prefixe}ars__region": organisation.region})
    return Q(**{f"{prefixe}{organisation.type}_id": organisation.pk, f"{prefixe}ars__isnull": False})


def _qui(organisation: Organisation) -> tuple[str, ...]:
    """Who must act, of what its people read."""
    if organisation.type == TypeOrganisation.ADMINISTRATION:
        return (TypeOrganisation.ARS, TypeOrganisation.CAISSE)
    return (organisation.type,)


def _silences(organisation: Organisation, fin: datetime) -> list[Ligne]:
    """What silence decided and the portal wrote down in the week before `fin`, however late: each decision is in one digest only. What
    it had decided before a dossier was taken over is no news.
    """
    nees = (
        Decision.objects.filter(
            _sienne(organisation, "dossier__"),
            mode=Decision.Mode.TACITE,
            enregistree_le__gte=fin - timedelta(days=7),
            enregistree_le__lt=fin,
        )
        .exclude(dossier__origine=Dossier.Origine.REPRISE, prise_le__lt=F("dossier__cree_le"))
        .select_related("dossier")
        .only("objet", "date_acquise", "dossier__numero", "dossier__nom", "dossier__suivi_par_id")
        .order_by("prise_le", "pk")
    )
    recours = (
        Recours.objects.filter(
            _sienne(organisation, "dossier__"),
            mode=Recours.Mode.IMPLICITE,
            repondu_le__gte=fin - timedelta(days=7),
            repondu_le__lt=fin,
        )
        .select_related("dossier")
        .only("issue", "date_reponse", "dossier__numero", "dossier__nom", "dossier__suivi_par_id")
        .order_by("repondu_le", "pk")
    )
    return [_ligne(d.dossier, f"{OBJETS[d.objet]}, validation tacite", d.date_acquise) for d in nees] + [
        _ligne(
            r.dossier,
            f"Recours gracieux, {r.get_issue_display().lower()} par le silence",
            r.date_reponse + timedelta(days=1),
        )
        for r in recours
    ]


def _ligne(dossier: Dossier, libelle: str, jour: date | None) -> Ligne:
    return Ligne(dossier.suivi_par_id, dossier.numero, dossier.nom, libelle, jour)
