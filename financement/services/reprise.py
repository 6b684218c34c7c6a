"""`reprendre` with its money (§6): contracts signed on paper, sums already paid. Recorded as such, never as acts of the portal.

FIN-13 does not refuse them: what was paid elsewhere is a fact, and a ledger that leaves it out would let the portal pay it again. An
ESS found to have received more than one credit is said before the entry is confirmed, written in the journal, told to its ARS and
caisse, and left to the caisse to examine; `verifier` accepts the total so written and not a cent more, and the portal pays nothing on top.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import transaction

from dossiers.models import Dossier, Tache
from dossiers.regles.delais import ajouter
from dossiers.regles.statuts import Statut
from dossiers.services.instants import instant
from dossiers.services.reprise import Reprise, reprendre
from ess_portal.comptes.acteur import Acteur
from ess_portal.journal.services import consigner
from ess_portal.referentiel import services as referentiel
from ess_portal.referentiel.regles.parametres import Parametres
from ess_portal.socle.erreurs import ErreurMetier
from ess_portal.socle.horloge import jour_local
from ess_portal.socle.typographie import date_fr, euros

from ..echeancier import premiere_annee
from ..livre import actes as livre
from ..models import Contrat, Versement
from ..regles.amorcage import alerte_credit_unique
from ..regles.dotation import date_effet as effet_calcule
from ..regles.reprise import ContratsRepris, VersementRepris, verifier_versements
from ..selectors import oublier
from . import deductions, montants, transitoire
from .courriels import avertir, page_versements
from .numeros import prochain
from .proposition import TYPES_PAR_REGIME
from .textes import empreinte


@dataclass(frozen=True, kw_only=True)
class ArgentRepris:
    """The money of the paper file. `amorcage_montant` None: the whole credit of the regime; `dotation_effet` None: by FIN-6."""

    amorcage_montant: Decimal | None = None
    dotation_montant: Decimal | None = None
    dotation_effet: date | None = None
    effectif: int | None = None
    ars_montant: Decimal | None = None
    ars_debut: date | None = None
    ars_fin: date | None = None
    engagement_le: date | None = None
    versements: Sequence[VersementRepris] = field(default_factory=tuple)
    # The ARS has read that the ESS already received a credit elsewhere, and says that what it enters was paid all the same.
    credit_confirme: bool = False

    @property
    def credit_verse(self) -> Decimal:
        return sum((v.montant for v in self.versements if v.nature != "dotation"), Decimal("0.00"))


@transaction.atomic
def reprendre_dossier(
    *, reprise: Reprise, argent: ArgentRepris, acteur: Acteur, maintenant: datetime, actes: Sequence[Any] = ()
) -> Dossier:
    """A dossier from elsewhere with its contracts and payments, at its real step. Raises ErreurMetier with the fields to correct."""
    return reprendre(
        reprise=reprise,
        acteur=acteur,
        maintenant=maintenant,
        actes=actes,
        completer=lambda dossier: _inscrire(dossier, reprise, argent, acteur, maintenant),
    )


def _inscrire(dossier: Dossier, r: Reprise, a: ArgentRepris, acteur: Acteur, maintenant: datetime) -> None:
    jour = jour_local(maintenant, dossier.fuseau)
    type_credit = TYPES_PAR_REGIME.get(r.regime, "") if r.amorcage_signe_le else ""
    p_credit = _parametres(dossier, r.amorcage_signe_le or jour)
    p_dotation = _parametres(dossier, r.dotation_signee_le or jour)
    plafond = montants.plafond_credit(type_credit, p_credit) if type_credit else Decimal(0)
    credit = plafond if a.amorcage_montant is None else a.amorcage_montant
    effet = _effet(r, a, p_dotation)
    _verifier(r, a, jour, type_credit, credit, plafond, effet, p_dotation)
    if a.ars_montant is not None or a.ars_debut or a.ars_fin or a.engagement_le:
        transitoire.inscrire(
            dossier,
            montant=a.ars_montant,
            date_debut=a.ars_debut,
            date_fin=a.ars_fin,
            engagement_le=a.engagement_le,
            source=r.reference.strip() or "Dossier repris",
            enregistre_le=maintenant,
            acteur=acteur,
        )
    commun = {"dossier": dossier, "acteur": acteur, "maintenant": maintenant, "reference": r.reference}
    contrats: dict[str, Contrat] = {}
    if r.amorcage_signe_le and type_credit:
        contrats["credit"] = reprendre_contrat(
            type=type_credit,
            montant=credit,
            montant_deduit=plafond - credit,
            signe_le=r.amorcage_signe_le,
            date_effet=max(r.amorcage_signe_le, p_credit.effet_contrats_minimum),
            **commun,
        )
    if r.dotation_signee_le and effet and a.dotation_montant:
        contrats["dotation"] = reprendre_contrat(
            type=Contrat.Type.DOTATION,
            montant=a.dotation_montant,
            effectif=a.effectif,
            signe_le=r.dotation_signee_le,
            date_effet=effet,
            date_fin=ajouter(effet, p_dotation.duree_contrat_dotation),
            **commun,
        )
    for v in a.versements:
        contrat = contrats["dotation" if v.nature == "dotation" else "credit"]
        reprendre_versement(dossier=dossier, contrat=contrat, versement=v, acteur=acteur, maintenant=maintenant)
    if "credit" in contrats:
        deductions.un_a_la_fois()
        _signaler(dossier, plafond, credit, a, acteur, maintenant)


def _signaler(
    dossier: Dossier, plafond: Decimal, credit: Decimal, a: ArgentRepris, acteur: Acteur, maintenant: datetime
) -> None:
    """More than one credit for one ESS: a difference for the caisse to examine (FIN-13)."""
    ailleurs = deductions.deja_recu(dossier)
    alerte = alerte_credit_unique(plafond, contrat=credit, verse=a.credit_verse, ailleurs=ailleurs)
    if not alerte:
        return
    if not a.credit_confirme:
        suite = "Si ces sommes sont exactes, confirmez-les\u00a0: la caisse examinera l’écart. Rien n’est encore écrit."
        raise ErreurMetier("credit_unique", alerte, {"credit_confirme": f"{alerte} {suite}"})
    Tache.objects.create(
        dossier=dossier,
        type=Tache.Type.CREDIT_UNIQUE,
        cle=Tache.Type.CREDIT_UNIQUE,
        qui="caisse",
        ouverte_le=maintenant,
        **Tache.colonnes(dossier),
    )
    consigner(
        type="credit_unique_a_examiner",
        acteur=acteur,
        maintenant=maintenant,
        dossier=dossier,
        donnees={
            "verse_ici": a.credit_verse,
            "verse_ailleurs": ailleurs,
            "total": a.credit_verse + ailleurs,
            "contrat": credit,
            "plafond": plafond,
        },
        effets=avertir(
            dossier,
            "credit_unique",
            "Crédit d’amorçage à examiner",
            alerte,
            "La caisse dit la suite qu’elle y donne en clôturant la tâche.",
            organisations=(dossier.ars_id, dossier.caisse_id),
            chemin=page_versements(dossier),
        ),
    )


def _parametres(dossier: Dossier, jour: date) -> Parametres:
    return referentiel.parametres_du_jour(dossier.region, jour)


def _effet(r: Reprise, a: ArgentRepris, p: Parametres) -> date | None:
    """FIN-6, unless the contract says its own day."""
    if r.dotation_signee_le is None:
        return None
    return a.dotation_effet or effet_calcule(r.dotation_signee_le, a.ars_fin, p.effet_contrats_minimum)


def _verifier(
    r: Reprise,
    a: ArgentRepris,
    jour: date,
    type_credit: str,
    credit: Decimal,
    plafond: Decimal,
    effet: date | None,
    p: Parametres,
) -> None:
    erreurs: dict[str, str] = {}
    if type_credit and not 0 < credit <= plafond:
        erreurs["amorcage_montant"] = f"Le crédit est d’au plus {euros(plafond)} dans ce régime."
    if a.amorcage_montant is not None and not type_credit:
        erreurs["amorcage_montant"] = "Indiquez le jour de signature de ce contrat."
    if r.statut == Statut.DOTATION_ACTIVE:
        if a.dotation_montant is None or not 0 < a.dotation_montant <= p.dotation_maximum:
            erreurs["dotation_montant"] = (
                f"Indiquez le montant de la première année, au plus {euros(p.dotation_maximum)}."
            )
    elif a.dotation_montant is not None or a.dotation_effet is not None:
        erreurs["dotation_montant"] = "La dotation n’est pas signée à l’étape choisie."
    if r.dotation_signee_le and effet:
        if effet < max(r.dotation_signee_le, p.effet_contrats_minimum):
            erreurs["dotation_effet"] = (
                f"La dotation prend effet au plus tôt le {date_fr(max(r.dotation_signee_le, p.effet_contrats_minimum))}."
            )
        elif ajouter(effet, p.duree_contrat_dotation) <= jour:
            erreurs["dotation_effet"] = "Ce contrat est arrivé à son terme\u00a0: le dossier n’est plus en cours."
    if a.ars_debut and a.ars_fin and a.ars_fin < a.ars_debut:
        erreurs["ars_fin"] = "La fin du financement suit son début."
    contrats = ContratsRepris(
        type_credit=type_credit,
        credit=credit,
        credit_signe_le=r.amorcage_signe_le,
        dotation_signee_le=r.dotation_signee_le,
        effet_dotation=effet,
        dotation_maximum=p.dotation_maximum,
    )
    for rang, fautes in verifier_versements(a.versements, contrats, jour).items():
        erreurs |= {f"versement_{rang + 1}_{champ}": texte for champ, texte in fautes.items()}
    if erreurs:
        raise ErreurMetier("reprise", "La reprise ne tient pas\u00a0: corrigez les informations signalées.", erreurs)


def reprendre_contrat(
    *,
    dossier: Dossier,
    type: str,
    montant: Decimal,
    signe_le: date,
    acteur: Acteur,
    maintenant: datetime,
    date_effet: date | None = None,
    date_fin: date | None = None,
    reference: str = "",
    montant_deduit: Decimal = Decimal(0),
    effectif: int | None = None,
) -> Contrat:
    """A contract signed by the three parties outside the portal, on its day; its scanned pièce is on the dossier."""  # fmt: skip
    national, regional = referentiel.jeux_du_jour(dossier.region, signe_le)
    contenu = {"modele": "Contrat signé hors du portail", "reference": reference, "clauses": [], "parties": []}
    contenu |= {"echeancier": [], "bareme": []}
    contrat = Contrat.objects.create(
        dossier=dossier,
        type=type,
        version=1 + Contrat.objects.filter(dossier=dossier, type=type).count(),
        statut=Contrat.Statut.SIGNE,
        origine=Contrat.Origine.REPRISE,
        montant=montant,
        montant_deduit=montant_deduit,
        effectif=effectif,
        contenu=contenu,
        empreinte=empreinte(contenu),
        propose_le=maintenant,
        propose_par_id=acteur.utilisateur_id,
        signe_le=instant(signe_le, dossier.fuseau),
        date_effet=date_effet or signe_le,
        date_fin=date_fin,
        jeu_national=national,
        jeu_regional=regional,
    )
    oublier(dossier)
    annee = premiere_annee(dossier, contrat)
    livre.engager(contrat, dossier, annee=annee, acteur=acteur, maintenant=maintenant, jour=signe_le)
    consigner(
        type="reprendre_contrat",
        acteur=acteur,
        maintenant=maintenant,
        dossier=dossier,
        legal_le=contrat.signe_le,
        donnees={
            "contrat": contrat.pk,
            "type": type,
            "montant": montant,
            "signe_le": signe_le,
            "date_effet": contrat.date_effet,
            "date_fin": date_fin,
            "reference": reference,
        },
    )
    return contrat


def reprendre_versement(
    *, dossier: Dossier, contrat: Contrat, versement: VersementRepris, acteur: Acteur, maintenant: datetime
) -> Versement:
    """A payment made outside the portal: it counts under the ceiling and in what was already received (FIN-13)."""
    v = versement
    ligne = Versement.objects.create(
        dossier=dossier,
        contrat=contrat,
        numero=prochain(v.paye_le.year),
        nature=v.nature,
        annee=v.annee,
        montant=v.montant,
        statut=Versement.Statut.PAYE,
        origine=Versement.Origine.REPRISE,
        propose_par_id=acteur.utilisateur_id,
        propose_le=maintenant,
        paye_le=v.paye_le,
        reference=v.reference,
        cle_idempotence=f"reprise:{v.nature}:{v.annee}",
        **Versement.colonnes(dossier),
    )
    oublier(dossier)
    livre.constater(ligne, dossier, acteur=acteur, maintenant=maintenant)
    consigner(
        type="reprendre_versement",
        acteur=acteur,
        maintenant=maintenant,
        dossier=dossier,
        donnees={
            "versement": ligne.pk,
            "numero": ligne.numero,
            "nature": v.nature,
            "annee": v.annee,
            "montant": v.montant,
            "paye_le": v.paye_le,
            "reference": v.reference,
        },
    )
    return ligne
