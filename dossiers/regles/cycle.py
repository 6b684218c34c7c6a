"""The lifecycle of §3 as one table: screens, API, services, django-fsm and the database's trigger all read it.

A transition has a name (the regulation's infinitive), one or several `chemins` (sources → target; `None` leaves the state as
it is), the roles that may do it, and what it requires (`exige`, judged on frozen facts by the service).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from .statuts import DEPOSES, FINAUX, VIVANTS, Statut

S = Statut


class Qui(StrEnum):
    """Who may do it, in the words of ORG-1; `PORTAIL` is time itself."""

    PORTEUR = "porteur"
    REFERENT = "referent"
    ARS = "ars"
    ARS_SIGNATAIRE = "ars_signataire"
    CAISSE = "caisse"
    ORDONNATEUR = "ordonnateur"
    PORTAIL = "portail"


ROLES: Mapping[Qui, frozenset[str]] = {
    Qui.PORTEUR: frozenset({"porteur_referent", "porteur_collaborateur"}),
    Qui.REFERENT: frozenset({"porteur_referent"}),
    Qui.ARS: frozenset({"ars_instructeur", "ars_signataire"}),
    Qui.ARS_SIGNATAIRE: frozenset({"ars_signataire"}),
    Qui.CAISSE: frozenset({"caisse_instructeur", "caisse_ordonnateur"}),
    Qui.ORDONNATEUR: frozenset({"caisse_ordonnateur"}),
    Qui.PORTAIL: frozenset({"systeme"}),
}


@dataclass(frozen=True, slots=True)
class Chemin:
    sources: tuple[Statut, ...]
    cible: Statut | None


@dataclass(frozen=True, slots=True)
class Transition:
    nom: str
    libelle: str
    chemins: tuple[Chemin, ...]
    qui: tuple[Qui, ...]
    exige: tuple[str, ...] = ()

    @property
    def sources(self) -> frozenset[Statut]:
        return frozenset(s for c in self.chemins for s in c.sources)

    def cible(self, statut: Statut) -> Statut | None:
        """The state after the act from `statut`; the same state when the act leaves it. None when the act is not possible."""
        for chemin in self.chemins:
            if statut in chemin.sources:
                return statut if chemin.cible is None else chemin.cible
        return None

    def permise(self, role: str) -> bool:
        return any(role in ROLES[q] for q in self.qui)


def _t(
    nom: str,
    libelle: str,
    sources: Iterable[Statut],
    cible: Statut | None,
    qui: Qui | tuple[Qui, ...],
    exige: tuple[str, ...] = (),
    *,
    aussi: tuple[Chemin, ...] = (),
) -> Transition:
    return Transition(
        nom, libelle, (Chemin(tuple(sources), cible), *aussi), qui if isinstance(qui, tuple) else (qui,), exige
    )


_TABLE = (
    _t(
        "deposer_lettre",
        "Déposer la lettre d’intention",
        (S.BROUILLON,),
        S.LETTRE_DEPOSEE,
        Qui.PORTEUR,
        ("lettre_complete", "portes"),
    ),
    _t(
        "enregistrer_lettre",
        "Enregistrer une lettre reçue hors du portail",
        (S.BROUILLON,),
        S.LETTRE_DEPOSEE,
        Qui.ARS,
        ("dates_depot", "pieces_jointes"),
    ),
    _t("valider_lettre", "Valider la lettre", (S.LETTRE_DEPOSEE,), S.LETTRE_VALIDEE, Qui.ARS, ("portes", "jugements")),
    _t(
        "valider_lettre_tacite",
        "Validation tacite de la lettre",
        (S.LETTRE_DEPOSEE,),
        S.LETTRE_VALIDEE,
        Qui.PORTAIL,
        ("echeance_due",),
    ),
    _t(
        "refuser_lettre",
        "Refuser la lettre",
        (S.LETTRE_DEPOSEE, S.LETTRE_INCOMPLETE),
        S.LETTRE_REFUSEE,
        Qui.ARS,
        ("motifs",),
    ),
    _t(
        "demander_pieces_lettre",
        "Demander des pièces",
        (S.LETTRE_DEPOSEE,),
        S.LETTRE_INCOMPLETE,
        Qui.ARS,
        ("pieces_listees",),
    ),
    _t(
        "completer_lettre",
        "Compléter la lettre",
        (S.LETTRE_INCOMPLETE,),
        S.LETTRE_DEPOSEE,
        Qui.PORTEUR,
        ("pieces_remises",),
    ),
    _t(
        "enregistrer_pieces",
        "Enregistrer des pièces reçues par courrier",
        (S.LETTRE_INCOMPLETE,),
        S.LETTRE_DEPOSEE,
        Qui.ARS,
        ("dates_depot", "pieces_remises"),
        aussi=(Chemin((S.PROJET_INCOMPLET,), S.PROJET_DEPOSE),),
    ),
    _t(
        "lever_demande",
        "Lever la demande de pièces",
        (S.LETTRE_INCOMPLETE,),
        S.LETTRE_DEPOSEE,
        Qui.ARS,
        ("demande_ouverte",),
        aussi=(Chemin((S.PROJET_INCOMPLET,), S.PROJET_DEPOSE),),
    ),
    _t("classer", "Classer le dossier", (S.LETTRE_INCOMPLETE, S.PROJET_INCOMPLET), S.CLOS, Qui.ARS, ("dl10_passee",)),
    _t(
        "retirer_refus_lettre",
        "Retirer le refus de la lettre",
        (S.LETTRE_REFUSEE,),
        S.LETTRE_DEPOSEE,
        Qui.ARS_SIGNATAIRE,
        ("motivation",),
    ),
    _t(
        "retirer_validation_lettre",
        "Retirer la validation de la lettre",
        (S.LETTRE_VALIDEE, S.AMORCAGE_SIGNE),
        S.LETTRE_REFUSEE,
        Qui.ARS_SIGNATAIRE,
        ("motivation", "contradictoire", "dl8_ouverte"),
    ),
    _t(
        "signer_amorcage",
        "Signer le contrat de crédit d’amorçage",
        (S.LETTRE_VALIDEE,),
        S.AMORCAGE_SIGNE,
        (Qui.REFERENT, Qui.ARS_SIGNATAIRE, Qui.ORDONNATEUR),
        ("portes", "contrat_propose", "reauthentification"),
        aussi=(
            Chemin(
                (
                    S.AMORCAGE_SIGNE,
                    S.PROJET_DEPOSE,
                    S.PROJET_INCOMPLET,
                    S.PROJET_REFUSE,
                    S.PROJET_VALIDE,
                    S.FINESS_ATTRIBUE,
                ),
                None,
            ),
        ),
    ),
    _t(
        "deposer_projet",
        "Déposer le projet de santé",
        (S.LETTRE_VALIDEE, S.AMORCAGE_SIGNE, S.PROJET_REFUSE),
        S.PROJET_DEPOSE,
        Qui.PORTEUR,
        ("projet_complet", "portes"),
    ),
    _t(
        "enregistrer_projet",
        "Enregistrer un projet reçu par courrier",
        (S.LETTRE_VALIDEE, S.AMORCAGE_SIGNE, S.PROJET_REFUSE),
        S.PROJET_DEPOSE,
        Qui.ARS,
        ("dates_depot", "pieces_jointes"),
    ),
    _t("valider_projet", "Valider le projet", (S.PROJET_DEPOSE,), S.PROJET_VALIDE, Qui.ARS, ("portes", "jugements")),
    _t(
        "valider_projet_tacite",
        "Validation tacite du projet",
        (S.PROJET_DEPOSE,),
        S.PROJET_VALIDE,
        Qui.PORTAIL,
        ("echeance_due",),
    ),
    _t(
        "refuser_projet",
        "Refuser le projet",
        (S.PROJET_DEPOSE, S.PROJET_INCOMPLET),
        S.PROJET_REFUSE,
        Qui.ARS,
        ("motifs",),
    ),
    _t(
        "demander_pieces_projet",
        "Demander des pièces",
        (S.PROJET_DEPOSE,),
        S.PROJET_INCOMPLET,
        Qui.ARS,
        ("pieces_listees",),
    ),
    _t(
        "completer_projet",
        "Compléter le projet",
        (S.PROJET_INCOMPLET,),
        S.PROJET_DEPOSE,
        Qui.PORTEUR,
        ("pieces_remises",),
    ),
    _t(
        "retirer_refus_projet",
        "Retirer le refus du projet",
        (S.PROJET_REFUSE,),
        S.PROJET_DEPOSE,
        Qui.ARS_SIGNATAIRE,
        ("motivation",),
    ),
    _t(
        "retirer_validation_projet",
        "Retirer la validation du projet",
        (S.PROJET_VALIDE, S.FINESS_ATTRIBUE, S.DOTATION_ACTIVE),
        S.PROJET_REFUSE,
        Qui.ARS_SIGNATAIRE,
        ("motivation", "contradictoire", "dl8_ouverte"),
    ),
    _t(
        "attribuer_finess",
        "Enregistrer le numéro FINESS",
        (S.PROJET_VALIDE,),
        S.FINESS_ATTRIBUE,
        Qui.ARS,
        ("association", "finess"),
    ),
    _t(
        "signer_dotation",
        "Signer le contrat de dotation annuelle",
        (S.FINESS_ATTRIBUE,),
        S.DOTATION_ACTIVE,
        (Qui.REFERENT, Qui.ARS_SIGNATAIRE, Qui.ORDONNATEUR),
        ("portes", "contrat_propose", "reauthentification"),
    ),
    _t(
        "renouveler_dotation",
        "Renouveler la dotation",
        (S.DOTATION_ACTIVE,),
        None,
        (Qui.REFERENT, Qui.ARS_SIGNATAIRE, Qui.ORDONNATEUR),
        ("contrat_propose", "reauthentification"),
    ),
    _t(
        "signer_avenant",
        "Signer l’avenant",
        (
            S.AMORCAGE_SIGNE,
            S.PROJET_DEPOSE,
            S.PROJET_INCOMPLET,
            S.PROJET_REFUSE,
            S.PROJET_VALIDE,
            S.FINESS_ATTRIBUE,
            S.DOTATION_ACTIVE,
        ),
        None,
        (Qui.REFERENT, Qui.ARS_SIGNATAIRE, Qui.ORDONNATEUR),
        ("contrat_propose", "reauthentification"),
    ),
    _t("expirer", "Expiration du contrat de dotation", (S.DOTATION_ACTIVE,), S.CLOS, Qui.PORTAIL, ("echeance_due",)),
    _t("abandonner", "Abandonner le projet", VIVANTS, S.CLOS, Qui.REFERENT, ("sans_contrat_signe",)),
    _t(
        "resilier",
        "Résilier",
        DEPOSES,
        S.RESILIE,
        (Qui.REFERENT, Qui.ARS_SIGNATAIRE, Qui.ORDONNATEUR),
        ("contrat_signe", "motivation"),
    ),
    _t(
        "statuer_retard",
        "Statuer sur le retard",
        (S.LETTRE_VALIDEE, S.AMORCAGE_SIGNE),
        None,
        Qui.ARS,
        ("dl2_passee",),
        aussi=(Chemin((S.LETTRE_VALIDEE,), S.CLOS), Chemin((S.LETTRE_VALIDEE, S.AMORCAGE_SIGNE), S.RESILIE)),
    ),
    _t("transferer", "Transférer le dossier", VIVANTS, None, Qui.ARS, ("siege",)),
    _t("sortir_du_champ", "Constater la sortie du champ conventionnel", VIVANTS, S.CLOS, Qui.ARS, ("motivation",)),
    _t("declarer_association", "Déclarer l’association", VIVANTS, None, Qui.PORTEUR, ("association",)),
    _t(
        "actualiser_projet",
        "Actualiser le projet de santé",
        (S.PROJET_VALIDE, S.FINESS_ATTRIBUE, S.DOTATION_ACTIVE),
        None,
        Qui.PORTEUR,
        ("projet_complet",),
    ),
)

TRANSITIONS: Mapping[str, Transition] = {t.nom: t for t in _TABLE}

# `statuer_retard` has three outcomes: the service names the one it wants.
CIBLES_RETARD: Mapping[str, Statut | None] = {
    "accorder_delai": None,
    "mettre_en_demeure": None,
    "clore": S.CLOS,
    "resilier": S.RESILIE,
}


def paires() -> frozenset[tuple[Statut, Statut]]:
    """Every (from, to) that changes a state: what the database's trigger lets pass."""
    return frozenset(
        (source, chemin.cible)
        for t in TRANSITIONS.values()
        for chemin in t.chemins
        for source in chemin.sources
        if chemin.cible is not None and chemin.cible is not source
    )


def possibles(statut: Statut, role: str) -> tuple[Transition, ...]:
    """The acts that this state and this role allow, before their requirements are judged."""
    return tuple(t for t in TRANSITIONS.values() if statut in t.sources and t.permise(role))


# What time itself changes (CAL-9): the state that is already true once the échéance's instant has passed.
BASCULES: Mapping[Statut, Statut] = {
    S.LETTRE_DEPOSEE: S.LETTRE_VALIDEE,
    S.PROJET_DEPOSE: S.PROJET_VALIDE,
    S.DOTATION_ACTIVE: S.CLOS,
}

# States a dossier taken over from elsewhere may enter at (`reprendre`, §6).
ENTREES_REPRISE = frozenset(
    {
        S.LETTRE_DEPOSEE,
        S.LETTRE_VALIDEE,
        S.AMORCAGE_SIGNE,
        S.PROJET_DEPOSE,
        S.PROJET_VALIDE,
        S.FINESS_ATTRIBUE,
        S.DOTATION_ACTIVE,
        S.CLOS,
    }
)

__all__ = [
    "BASCULES",
    "CIBLES_RETARD",
    "ENTREES_REPRISE",
    "FINAUX",
    "ROLES",
    "TRANSITIONS",
    "Chemin",
    "Qui",
    "Statut",
    "Transition",
    "paires",
    "possibles",
]
