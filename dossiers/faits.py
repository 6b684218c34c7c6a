"""From rows to frozen facts. Rules decide on these; nothing here decides.

Apps above this one give their part (headcount, contracts, payments) through `settings.FOURNISSEURS_FAITS`: functions
`fournir(dossier, jour) -> dict` whose keys are fields of `FaitsExternes`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from functools import lru_cache
from typing import Protocol

from django.conf import settings
from django.utils.module_loading import import_string

from ess_portal.comptes.locataire import comme_portail
from ess_portal.comptes.models import Rattachement
from ess_portal.referentiel.models import Departement, Specialite
from ess_portal.referentiel.regles.parametres import Parametres
from ess_portal.referentiel.regles.territoire import composantes
from ess_portal.referentiel.services import (
    epingle_du_jour,
    parametres_du_jour,
    parametres_epingles,
    reglages_nommes,
)

from .models import Dossier, Echeance, ProjetSante, Recours
from .regles.criteres import ChiffresGroupe
from .regles.faits_delais import (
    DecisionFait,
    Demande,
    DemandeAvenantFait,
    DotationFait,
    FaitsDelais,
    ProrogationFait,
    RecoursFait,
)
from .regles.statuts import Statut


@dataclass(frozen=True, slots=True)
class RapportFait:
    """The report of a contract year in the hands of the ARS and the caisse, with its account of use (FIN-12), in euros."""

    fin: date
    recu_le: date
    depense: Decimal | None = None
    non_employe: Decimal | None = None


@dataclass(frozen=True)
class FaitsExternes:
    """What the apps above know of a dossier on a day. Their absence is their default."""

    adherents_liberaux: int | None = None
    effectif: int = 0
    amorcage_signe_le: date | None = None
    contrat_signe: bool = False
    contrat_propose: str = ""
    amorcage_solde: bool = False
    dotations: tuple[DotationFait, ...] = ()
    engagement_transitoire_le: date | None = None
    recuperation_ouverte: bool = False
    annees_versees: tuple[int, ...] = ()
    anniversaires_verses: tuple[int, ...] = ()
    rapports: tuple[RapportFait, ...] = ()

    @property
    def rapports_deposes(self) -> tuple[date, ...]:
        """Last days of the years reported."""
        return tuple(r.fin for r in self.rapports)

    @property
    def effet_dotation(self) -> date | None:
        """The first day of the dotation, whatever its renewals."""
        return self.dotations[0].effet if self.dotations else None

    @property
    def fin_dotation(self) -> date | None:
        """The first day after its last contract."""
        return self.dotations[-1].fin if self.dotations else None


@dataclass(frozen=True)
class Denombrement:
    """Doctors of the territory, when they were imported for the whole of it; `par_groupe` where there are several (DER-2)."""

    liberaux: int | None = None
    medecins_presents: int | None = None
    source: str = ""
    par_groupe: Mapping[str, ChiffresGroupe] = field(default_factory=dict)


def denombrement(dossier: Dossier, jour: date) -> Denombrement:
    """What the app above knows of the territory's doctors: asked for by the criteria alone."""
    return import_string(settings.FOURNISSEUR_DENOMBREMENT)(dossier, jour)


def demandes_avenant(dossier: Dossier) -> tuple[DemandeAvenantFait, ...]:
    """What the app above knows of the demands for an avenant, in their order: asked for by the dates alone."""
    return import_string(settings.FOURNISSEUR_DEMANDES_AVENANT)(dossier)


def prorogations(dossier: Dossier) -> tuple[ProrogationFait, ...]:
    """What the app above knows of the reports put off: asked for by the dates alone, and only of who has a dotation."""
    return import_string(settings.FOURNISSEUR_PROROGATIONS)(dossier)


class ChiffresConnus(Protocol):
    """Doctors of a territory as a source other than the letter gives them."""

    origine: str
    liberaux: int | None
    presents: int | None
    source: str
    date: date | None


def chiffres_connus(dossier: Dossier) -> tuple[ChiffresConnus, ...]:
    """What the letter may take over instead of counting: imported figures, the directory."""
    return import_string(settings.FOURNISSEUR_CHIFFRES)(dossier)


@lru_cache
def _fournisseurs():
    return tuple(import_string(chemin) for chemin in settings.FOURNISSEURS_FAITS)


def externes(dossier: Dossier, jour: date) -> FaitsExternes:
    """The facts of the apps above, on a day of the dossier's zone."""
    champs: dict[str, object] = {}
    for fournir in _fournisseurs():
        champs.update(fournir(dossier, jour))
    return FaitsExternes(**champs)


def parametres(dossier: Dossier, jour: date) -> Parametres:
    """The set the dossier's letter is pinned to; the set in force on `jour` while it is a draft."""
    if dossier.jeu_national_id is None:
        return parametres_du_jour(dossier.region, jour)
    return parametres_epingles(dossier.jeu_national_id, dossier.jeu_regional_id)


def reglages(dossier: Dossier, jour: date) -> Mapping[str, str]:
    """The settings of `parametres` said in words, with the set of each."""
    if dossier.jeu_national_id is None:
        return reglages_nommes(*epingle_du_jour(dossier.region, jour))
    return reglages_nommes(dossier.jeu_national_id, dossier.jeu_regional_id)


def parametres_projet(dossier: Dossier, jour: date) -> Parametres:
    """The set the last filed projet is pinned to (projet clocks), the letter's before it."""
    projet = _projet_epingle(dossier)
    if projet is None:
        return parametres(dossier, jour)
    return parametres_epingles(projet.jeu_national_id, projet.jeu_regional_id)


def reglages_projet(dossier: Dossier, jour: date) -> Mapping[str, str]:
    """The settings of `parametres_projet` said in words, with the set of each."""
    projet = _projet_epingle(dossier)
    if projet is None:
        return reglages(dossier, jour)
    return reglages_nommes(projet.jeu_national_id, projet.jeu_regional_id)


def _projet_epingle(dossier: Dossier) -> ProjetSante | None:
    deposes = [p for p in dossier.projets.all() if p.jeu_national_id is not None]
    return max(deposes, key=lambda p: p.version, default=None)


def demandes(dossier: Dossier, objet: str, version: int) -> tuple[Demande, ...]:
    """The requests for items of a filing."""
    return tuple(
        Demande(
            demandee_le=d.demandee_le,
            indispensable=d.est_indispensable,
            recue_le=d.recue_le,
            levee_le=d.levee_le,
            limite=d.date_limite,
        )
        for d in dossier.demandes.all()
        if d.objet == objet and d.version == version
    )


def recours(dossier: Dossier) -> list[Recours]:
    """Its recours gracieux; none is looked for where nothing unfavourable was ever decided."""
    contestee = dossier.statut in (Statut.CLOS, Statut.RESILIE) or any(
        d.sens == "defavorable" for d in dossier.decisions.all()
    )
    return list(dossier.recours.all()) if contestee else []


def fait_recours(r: Recours) -> RecoursFait:
    """A recours as the rules read it. Its clock starts at the first receipt, competent or not (CAL-10)."""
    return RecoursFait(
        objet=r.objet,
        rang=r.rang,
        depose_le=r.date_depot,
        recu_le=r.date_premiere_reception or r.date_reception,
        demandes=tuple(
            Demande(
                demandee_le=date.fromisoformat(d["demandee_le"]),
                indispensable=True,
                recue_le=date.fromisoformat(d["recue_le"]) if d["recue_le"] else None,
                limite=date.fromisoformat(d["limite"]),
            )
            for d in r.demandes
        ),
        a_ete_transmis=r.date_premiere_reception is not None,
        repondu_le=r.date_reponse,
        rejet_notifie_le=r.date_notification if r.issue in Recours.REJETS else None,
        sans_objet_le=r.date_reponse if r.issue == Recours.Issue.SANS_OBJET else None,
    )


def parametres_recours(r: Recours) -> Parametres:
    """The set in force when it was made: a recours is a demand of its own."""
    return parametres_epingles(r.jeu_national_id, r.jeu_regional_id)


def reglages_recours(r: Recours) -> Mapping[str, str]:
    """The settings of `parametres_recours` said in words, with the set of each."""
    return reglages_nommes(r.jeu_national_id, r.jeu_regional_id)


def _decision(dossier: Dossier, objet: str, version: int) -> DecisionFait | None:
    for d in dossier.decisions.all():
        if d.objet == objet and d.version == version and d.retiree_le is None:
            return DecisionFait(
                sens=d.sens,
                mode=d.mode,
                signee_le=d.date_signature or d.dernier_jour,
                # Silence notifies itself (CAL-2); an express decision waits for its proof (CAL-7).
                notifiee_le=d.date_notification or (d.dernier_jour if d.mode == "tacite" else None),
                recours=next((fait_recours(r) for r in recours(dossier) if r.decision_id == d.pk), None),
            )
    return None


def refus_anterieurs(dossier: Dossier) -> list[tuple[int, DecisionFait, int, int | None]]:
    """The refusals of the projet that a later filing did not withdraw: (version, decision, the sets that it is pinned to)."""
    courante, refus = version_projet(dossier), []
    jeux = {p.version: p for p in dossier.projets.all() if p.jeu_national_id} if courante > 1 else {}
    for v in range(1, courante):
        decision = _decision(dossier, "projet", v)
        if decision is not None and not decision.est_favorable and v in jeux:
            refus.append((v, decision, jeux[v].jeu_national_id, jeux[v].jeu_regional_id))
    return refus


def delais(dossier: Dossier, jour: date) -> FaitsDelais | None:
    """The dated facts of a dossier, for its last filed projet; None before the letter is filed."""
    depots = {(d.objet, d.version): d for d in dossier.depots.all()}
    lettre = depots.get(("lettre", version_lettre(dossier)))
    if lettre is None and dossier.origine != Dossier.Origine.REPRISE:
        return None
    versions = [v for o, v in depots if o == "projet"]
    version = max(versions, default=0)
    projet = depots.get(("projet", version))
    x = externes(dossier, jour)
    return FaitsDelais(
        fuseau=dossier.fuseau,
        lettre_recue=lettre.date_reception if lettre else None,
        lettre_premier_depot=lettre.date_depot if lettre else None,
        lettre_demandes=demandes(dossier, "lettre", version_lettre(dossier)),
        lettre_decision=_decision(dossier, "lettre", version_lettre(dossier)),
        amorcage_signe_le=x.amorcage_signe_le,
        delai_accorde_le=dossier.delai_accorde_le,
        projet_recu=projet.date_reception if projet else None,
        projet_depose=projet.date_depot if projet else None,
        projet_demandes=demandes(dossier, "projet", version),
        # A projet validated elsewhere may come without its filing (§6).
        projet_decision=_decision(dossier, "projet", version or 1),
        opposition_caisse_le=dossier.opposition_caisse_le if projet else None,
        effet_dotation=x.effet_dotation,
        dotations=x.dotations,
        est_transitoire=dossier.regime in (Dossier.Regime.MISE_EN_CONFORMITE, Dossier.Regime.EN_PROJET_CREDIT_ARS),
        engagement_transitoire_le=x.engagement_transitoire_le,
        recours=tuple(fait_recours(r) for r in recours(dossier)),
        demandes_avenant=demandes_avenant(dossier),
        prorogations=prorogations(dossier) if x.dotations else (),
    )


def version_lettre(dossier: Dossier) -> int:
    """The filing that counts: a refusal withdrawn makes the two months run anew as a new version of the same letter."""
    return max((d.version for d in dossier.depots.all() if d.objet == "lettre"), default=1)


def version_projet(dossier: Dossier) -> int:
    return max((d.version for d in dossier.depots.all() if d.objet == "projet"), default=0)


def version(dossier: Dossier, objet: str) -> int:
    """The filing of this object that counts."""
    return version_lettre(dossier) if objet == "lettre" else version_projet(dossier)


def equipe_joignable(dossier: Dossier) -> bool:
    """Can somebody of the équipe be written to? Not while a dossier that came on paper has no account."""
    with comme_portail():
        membres = Rattachement.objects.actifs().filter(organisation_id=dossier.equipe_id)
        return membres.exclude(utilisateur__courriel="").exists()


def nombre_composantes(departements: list[str]) -> int:
    """In how many pieces the perimeter is (CRI-1b)."""
    return len(composantes(departements, _voisinages()))


@lru_cache
def _voisinages() -> dict[str, list[str]]:
    """Who touches whom: geography, read once in the life of the process."""
    return dict(Departement.objects.values_list("code", "voisins"))


@lru_cache
def _eligibilites() -> dict[str, str]:
    """Reference data: it changes with a deployment, not in between."""
    return dict(Specialite.objects.values_list("code", "eligibilite"))


def eligibilites(specialites: list[str]) -> dict[str, str]:
    return {code: _eligibilites()[code] for code in specialites if code in _eligibilites()}


def activites_socle(dossier: Dossier, au: date | None = None) -> frozenset[str]:
    """Socle activities deployed on a day (declared and not set aside)."""
    return frozenset(
        a.type
        for a in dossier.activites.all()
        if a.type in a.SOCLE and a.ecartee_le is None and (au is None or a.date_deploiement <= au)
    )


OUVERTES = (Echeance.Statut.OUVERTE, Echeance.Statut.SUSPENDUE, Echeance.Statut.ARRETEE)
