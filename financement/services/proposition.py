"""Proposal of a contract: its text is made from the dossier and the rules, then frozen for the three parties."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db import transaction

from dossiers import faits
from dossiers.models import Dossier
from dossiers.regles.cycle import Statut
from dossiers.services import cycle
from ess_portal.comptes.acteur import Acteur
from ess_portal.comptes.roles import ARS, CAISSE
from ess_portal.documents.services import demander_document
from ess_portal.journal.services import consigner
from ess_portal.referentiel import services as referentiel
from ess_portal.referentiel.regles.parametres import Parametres
from ess_portal.socle.erreurs import Conflit, ErreurMetier, Interdit
from ess_portal.socle.horloge import jour_local
from ess_portal.socle.typographie import date_fr, euros

from ..models import Contrat
from ..models.contrat import partie_de
from ..selectors import argent, oublier
from . import chevauchement, clausiers, dates, deductions, designations, montants, portes, textes
from .courriels import avertir, page_contrat, parties, remplacement

R = Dossier.Regime
TYPES_PAR_REGIME = {
    R.STANDARD: Contrat.Type.AMORCAGE,
    R.MISE_EN_CONFORMITE: Contrat.Type.TRANSITOIRE,
    R.EN_PROJET_CREDIT_ARS: Contrat.Type.TRANSITOIRE,
}
DOCUMENTS = {
    Contrat.Type.AMORCAGE: "contrat_amorcage",
    Contrat.Type.TRANSITOIRE: "contrat_amorcage",
    Contrat.Type.DOTATION: "contrat_dotation",
    Contrat.Type.AVENANT: "avenant_contrat",
}


def ouvre_un_credit(dossier: Dossier) -> bool:
    """Does the regime give a seed credit? TRA-2 and TRA-5 give none."""
    return dossier.regime in TYPES_PAR_REGIME


def est_transitoire(dossier: Dossier) -> bool:
    """Does it follow one of the transitional paths of §6?"""
    return dossier.regime not in (R.STANDARD, R.HORS_CHAMP)


@transaction.atomic
def proposer_contrat_amorcage(
    *, numero: str, acteur: Acteur, maintenant: datetime, objet_version: str = "", **_: Any
) -> Dossier:
    """Proposes annexe 1: 80 000 € (FIN-1), or the transitional 24 000 € (TRA-3, TRA-4), less what was already received (FIN-13).

    Raises ErreurMetier for a gate of §3 or a missing written commitment, Conflit when the credit is already signed.
    """
    dossier = cycle.ouvrir(numero, acteur, maintenant)
    exiger_partie(dossier, acteur)
    if not ouvre_un_credit(dossier):
        raise Conflit(
            "regime", f"Le régime «\u00a0{dossier.get_regime_display()}\u00a0» n’ouvre pas de crédit d’amorçage."
        )
    if argent(dossier).signe(*Contrat.CREDITS) is not None:
        raise Conflit("deja_signe", "Le contrat de crédit d’amorçage est déjà signé par les trois parties.")
    jour = jour_local(maintenant, dossier.fuseau)
    avertissements = portes.franchir(dossier, "signer_amorcage", jour)
    national, regional, p = _jeux(dossier, jour)
    type_ = TYPES_PAR_REGIME[dossier.regime]
    engagement = _engagement(dossier, type_)
    deja = deductions.deja_recu(dossier)
    parts = montants.parts_credit(type_, p, deja)
    if not parts:
        raise Conflit(
            "deja_recu",
            f"{euros(deja)} ont déjà été reçus au titre d’un crédit d’amorçage\u00a0: il ne reste rien à verser (règle FIN-13).",
        )
    contrat = _inscrire(
        dossier,
        type_,
        objet_version,
        acteur,
        maintenant,
        montant=sum(parts.values(), Decimal(0)),
        montant_deduit=deja,
        jeux=(national, regional),
        contenu=lambda version: _texte_credit(
            dossier,
            type_,
            parts,
            p,
            engagement,
            texte=clausiers.en_vigueur(type_, dossier.region, jour),
            version=version,
            maintenant=maintenant,
        ),
    )
    return _publier(dossier, contrat, "proposer_contrat_amorcage", acteur, maintenant, avertissements)


@transaction.atomic
def proposer_contrat_dotation(
    *,
    numero: str,
    acteur: Acteur,
    maintenant: datetime,
    objet_version: str = "",
    montant_arbitre: Decimal | None = None,
    motif_montant: str = "",
    effet_anticipe: date | None = None,
    **_: Any,
) -> Dossier:
    """Proposes annexe 2, or its renewal while one is in force: five years, first amount on the headcount of the day (FIN-4, DUR-1).

    Under ten doctors the caisse itself proposes, with its amount and its reason (FIN-8). `effet_anticipe`: before the end of the ARS's
    funding, which it may then recover in part (TRA-6). Raises Conflit before the last months of the one in force.
    """  # fmt: skip
    dossier = cycle.ouvrir(numero, acteur, maintenant)
    exiger_partie(dossier, acteur)
    if dossier.statut not in (Statut.FINESS_ATTRIBUE, Statut.DOTATION_ACTIVE):
        raise Conflit("etat", "Le contrat de dotation se propose une fois le numéro FINESS enregistré.")
    jour = jour_local(maintenant, dossier.fuseau)
    avertissements = portes.franchir(dossier, "signer_dotation", jour)
    national, regional, p = _jeux(dossier, jour)
    _exiger_le_terme(argent(dossier).signe(Contrat.Type.DOTATION), p, jour)
    if effet_anticipe is not None:
        avertissements += chevauchement.admettre(dossier, effet_anticipe, p)
    effectif = faits.externes(dossier, jour).effectif
    montant = montants.avance(p, effectif, jour).montant
    if not montant:
        montant = _arbitrer(acteur, effectif, montant_arbitre, motif_montant, p.dotation_maximum)
    contrat = _inscrire(
        dossier,
        Contrat.Type.DOTATION,
        objet_version,
        acteur,
        maintenant,
        montant=montant,
        effectif=effectif,
        motif_montant=motif_montant.strip(),
        effet_prevu=effet_anticipe,
        jeux=(national, regional),
        contenu=lambda version: _texte_dotation(
            dossier,
            effectif,
            montant,
            p,
            au_plus_tot=effet_anticipe,
            texte=clausiers.en_vigueur(Contrat.Type.DOTATION, dossier.region, jour),
            version=version,
            maintenant=maintenant,
        ),
    )
    return _publier(dossier, contrat, "proposer_contrat_dotation", acteur, maintenant, avertissements)


def composer(
    dossier: Dossier, type_: str, *, texte: clausiers.Texte, mention: str, maintenant: datetime
) -> dict[str, Any]:
    """What a contract of this dossier would say today with these clauses; no gate of §3 is asked, nothing is written.

    Raises ErreurMetier for a fact that the text cannot do without.
    """
    _, _, p = _jeux(dossier, jour_local(maintenant, dossier.fuseau))
    suite = {"texte": texte, "version": 1, "maintenant": maintenant, "mention": mention}
    if type_ == Contrat.Type.DOTATION:
        jour = jour_local(maintenant, dossier.fuseau)
        effectif = faits.externes(dossier, jour).effectif
        montant = montants.avance(p, effectif, jour).montant
        if not montant:
            raise ErreurMetier(
                "a_arbitrer", "Moins de dix médecins\u00a0: le montant est à arrêter par la caisse avant tout contrat."
            )
        return _texte_dotation(dossier, effectif, montant, p, **suite)
    parts = montants.parts_credit(type_, p, deductions.deja_recu(dossier))
    if not parts:
        raise ErreurMetier(
            "deja_recu", "Le crédit d’amorçage est déjà reçu en entier\u00a0: il n’y a pas de contrat à établir."
        )
    ars = argent(dossier).financement_ars
    return _texte_credit(dossier, type_, parts, p, ars.engagement_le if ars else None, **suite)


def recomposer(dossier: Dossier, contrat: Contrat, *, texte: clausiers.Texte, maintenant: datetime) -> dict[str, Any]:
    """What these clauses say of a contract already signed: the équipe, its territory and its number as they are today, the amounts and
    the days that the contract gave.
    """
    p = dates.parametres(contrat)
    suite = {"texte": texte, "version": contrat.version, "maintenant": maintenant}
    if contrat.type == Contrat.Type.DOTATION:
        au_plus_tot = contrat.effet_prevu or dates.effet_au_plus_tot(dossier, p, contrat)
        return _texte_dotation(dossier, contrat.effectif or 0, contrat.montant, p, au_plus_tot=au_plus_tot, **suite)
    parts = montants.parts_credit(contrat.type, p, contrat.montant_deduit)
    ars = argent(dossier).financement_ars
    return _texte_credit(dossier, contrat.type, parts, p, ars.engagement_le if ars else None, **suite)


def _texte_credit(
    dossier: Dossier, type_: str, parts: Mapping[str, Decimal], p: Parametres, engagement: date | None, **suite: Any
) -> dict[str, Any]:
    return textes.contenu_amorcage(
        dossier,
        variante="transitoire" if type_ == Contrat.Type.TRANSITOIRE else "standard",
        echeancier=[(*montants.LIBELLES[nature], m) for nature, m in parts.items()],
        limites=dates.limites_projet_et_socle(dossier, p),
        date_depot=dates.depot_lettre(dossier),
        engagement_le=engagement,
        credit=p.montant_amorcage,
        taux=p.taux_transitoire,
        delai_contradictoire=str(p.delai_contradictoire),
        **suite,
    )


def _texte_dotation(
    dossier: Dossier, effectif: int, montant: Decimal, p: Parametres, *, au_plus_tot: date | None = None, **suite: Any
) -> dict[str, Any]:
    return textes.contenu_dotation(
        dossier,
        effectif=effectif,
        montant=montant,
        bareme=montants.reperes_bareme(p, effectif, montant),
        bornes=(p.dotation_minimum, p.dotation_maximum),
        au_plus_tot=au_plus_tot or dates.effet_au_plus_tot(dossier, p),
        duree_ans=p.duree_contrat_dotation.mois // 12,
        delai_contradictoire=str(p.delai_contradictoire),
        **suite,
    )


def exiger_partie(dossier: Dossier, acteur: Acteur) -> None:
    if acteur.role not in ARS | CAISSE or partie_de(dossier, acteur.organisation_id) not in ("ars", "caisse"):
        raise Interdit("partie", "L’ARS compétente ou la caisse de rattachement propose le contrat.")


def _jeux(dossier: Dossier, jour: date) -> tuple[Any, Any, Parametres]:
    """Money is pinned by the contract: the sets in force on the day it is proposed."""
    national, regional = referentiel.jeux_du_jour(dossier.region, jour)
    return national, regional, referentiel.parametres_epingles(national.pk, regional.pk if regional else None)


def _engagement(dossier: Dossier, type_: str) -> date | None:
    """TRA-3: no written commitment, no money."""
    if type_ != Contrat.Type.TRANSITOIRE:
        return None
    ars = argent(dossier).financement_ars
    if dossier.regime == R.MISE_EN_CONFORMITE and (ars is None or ars.engagement_le is None):
        raise ErreurMetier(
            "engagement",
            "L’engagement écrit de mise en conformité n’est pas enregistré\u00a0: sans lui, aucun crédit n’est dû (règle TRA-3).",
        )
    return ars.engagement_le if ars else None


def _exiger_le_terme(en_cours: Contrat | None, p: Parametres, jour: date) -> None:
    des = dates.renouvelable_des(en_cours, p) if en_cours else None
    if en_cours and (des is None or jour < des):
        fin = f" jusqu’au {date_fr(en_cours.date_fin - timedelta(days=1))}" if en_cours.date_fin else ""
        suite = f" Son renouvellement se propose à partir du {date_fr(des)}." if des else ""
        raise Conflit("deja_signe", f"Le contrat de dotation en vigueur court{fin}.{suite}")


def _arbitrer(acteur: Acteur, effectif: int, montant: Decimal | None, motif: str, plafond: Decimal) -> Decimal:
    """FIN-8: under ten the texts are silent, the caisse enters the amount and why."""
    if acteur.role not in CAISSE:
        raise Conflit(
            "a_arbitrer",
            f"L’équipe compte {effectif} médecin{'s' if effectif > 1 else ''}, moins de dix\u00a0: la caisse arrête le montant et propose le contrat.",
        )
    erreurs = {}
    if montant is None or montant <= 0:
        erreurs["montant_arbitre"] = "Moins de dix médecins\u00a0: saisissez le montant arrêté par la caisse."
    elif montant > plafond:
        erreurs["montant_arbitre"] = f"Le montant dépasse le plafond de {euros(plafond)}."
    if not motif.strip():
        erreurs["motif_montant"] = "Indiquez le motif de ce montant."
    if erreurs:
        raise ErreurMetier("a_arbitrer", "Le montant est à arbitrer par la caisse (règle FIN-8).", erreurs)
    return montant


def _inscrire(
    dossier: Dossier,
    type_: str,
    objet_version: str,
    acteur: Acteur,
    maintenant: datetime,
    *,
    jeux,
    contenu,
    **champs: Any,
) -> Contrat:
    """The next version; the one in signature, if any, is replaced and its signatures lapse."""
    anciens = Contrat.objects.select_for_update(of=("self",)).filter(dossier=dossier)
    if any(c.est_avenant and c.statut == Contrat.Statut.PROPOSE for c in anciens):
        raise Conflit("avenant_en_signature", "Un avenant est en signature\u00a0: il se signe ou se refuse d’abord.")
    derniere = max((c.version for c in anciens if c.type == type_), default=0)
    Contrat.objects.filter(dossier=dossier, statut=Contrat.Statut.PROPOSE).update(
        statut=Contrat.Statut.REMPLACE, clos_le=maintenant
    )
    texte = contenu(derniere + 1)
    contrat = Contrat.objects.create(
        dossier=dossier,
        type=type_,
        version=derniere + 1,
        contenu=texte,
        empreinte=textes.empreinte(texte),
        objet_version=objet_version.strip(),
        propose_le=maintenant,
        propose_par_id=acteur.utilisateur_id,
        **designations.par_defaut(dossier, anciens, acteur),
        jeu_national=jeux[0],
        jeu_regional=jeux[1],
        **champs,
    )
    contrat.document = demander_document(
        dossier=dossier,
        type=DOCUMENTS[type_],
        donnees=texte,
        cle=f"contrat:{type_}:{contrat.version}",
        acteur=acteur,
        maintenant=maintenant,
        titre=contrat.get_type_display(),
    )
    contrat.save(update_fields=("document",))
    oublier(dossier)
    return contrat


def _publier(
    dossier: Dossier, contrat: Contrat, evenement: str, acteur: Acteur, maintenant: datetime, avertissements: Any
) -> Dossier:
    consigner(
        type=evenement,
        acteur=acteur,
        maintenant=maintenant,
        dossier=dossier,
        donnees={
            "contrat": contrat.pk,
            "type": contrat.type,
            "version": contrat.version,
            "montant": contrat.montant,
            "empreinte": contrat.empreinte,
            "objet": contrat.objet_version,
            "avertissements": avertissements,
        },
        effets=avertir(
            dossier,
            f"contrat_propose:{contrat.pk}",
            "Contrat à signer",
            f"{acteur.organisation_nom} propose un contrat\u00a0: {contrat.get_type_display().lower()}, version {contrat.version}, {euros(contrat.montant)}.",
            *remplacement(contrat),
            "Lisez-le, puis signez-le sur le portail. Chaque partie signe quand elle le souhaite\u00a0; la troisième signature le conclut.",
            organisations=parties(dossier),
            personnes=designations.destinataires(dossier, contrat, jour_local(maintenant, dossier.fuseau)),
            chemin=page_contrat(contrat),
        ),
    )
    return dossier
