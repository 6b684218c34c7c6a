"""From rows to the typed data of the issued documents; arithmetic is over here, before any template."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any

from django.db import transaction

from ess_portal.comptes.acteur import Acteur
from ess_portal.comptes.models import Organisation
from ess_portal.documents import donnees as d
from ess_portal.documents.donnees.actes import AccuseReception, AttestationTacite
from ess_portal.documents.donnees.communs import Personne, Reperes, Rubrique, Service
from ess_portal.documents.donnees.demandes import (
    ActionEnvisagee,
    Cooperation,
    IndicateurSuivi,
    LettreIntention,
    ProjetSante,
)
from ess_portal.documents.models import Document, Piece
from ess_portal.documents.services import demander_document
from ess_portal.referentiel.models import Departement, Specialite
from ess_portal.socle.erreurs import Conflit
from ess_portal.socle.horloge import jour_local
from ess_portal.socle.typographie import date_fr

from .. import faits
from ..forms.lettre import OBJECTIFS
from ..forms.projet import RUBRIQUES
from ..grille import parametres
from ..models import Decision, DemandePieces, Depot, Dossier, Echeance
from ..models import ProjetSante as Projet
from ..regles.tacite import suivre

OBJETS_TITRES = {"lettre": "lettre d’intention", "projet": "projet de santé"}


def service(organisation: Organisation | None) -> Service:
    if organisation is None:
        return Service(nom="")
    return Service(
        nom=organisation.nom,
        adresse=organisation.adresse,
        courriel=organisation.courriel,
        telephone=organisation.telephone,
    )


def reperes(dossier: Dossier, maintenant: datetime) -> Reperes:
    """Head of every document: who, what, where, and the zone in which its days are counted."""
    return Reperes(
        numero=dossier.numero,
        equipe=dossier.nom,
        specialites=tuple(Specialite.objects.filter(code__in=dossier.specialites).values_list("libelle", flat=True)),
        departements=tuple(str(x) for x in Departement.objects.filter(code__in=dossier.departements)),
        ars=service(dossier.ars),
        caisse=service(dossier.caisse),
        date_edition=jour_local(maintenant, dossier.fuseau),
        fuseau=dossier.fuseau,
    )


def emettre(
    dossier: Dossier, type_: str, donnees: Any, cle: str, acteur: Acteur, maintenant: datetime, titre: str = ""
) -> Document:
    return demander_document(
        dossier=dossier,
        type=type_,
        donnees=donnees,
        cle=cle,
        acteur=acteur,
        maintenant=maintenant,
        titre=titre or d.MODELES[type_].titre,
    )


def destinataire(dossier: Dossier) -> str:
    premier = next(iter(dossier.lettre.porteurs), {})
    nom = f"{premier.get('prenom', '')} {premier.get('nom', '')}".strip()
    return f"{dossier.nom}, à l’attention de {nom}" if nom else dossier.nom


def _pieces(dossier: Dossier, objet: str) -> tuple[str, ...]:
    return tuple(
        Piece.objects.filter(dossier=dossier, objet=objet)
        .exclude(etat=Piece.Etat.REFUSE)
        .order_by("depose_le")
        .values_list("libelle", flat=True)
    )


def lettre_intention(dossier: Dossier, depot: Depot, *, acteur: Acteur, maintenant: datetime) -> Document:
    """Annexe 4 as filed."""
    lettre = dossier.lettre
    r = reperes(dossier, maintenant)
    intitules = {
        "premier_recours": "Premier recours",
        "coordination": "Dispositifs d’appui à la coordination",
        "etablissements": "Établissements et hospitaliers",
        "autres_ess": "Autres équipes de soins spécialisés",
    }
    actions = {
        "avis_ponctuel": "Avis spécialisé ponctuel",
        "second_recours": "Structuration du second recours",
        "consultations_avancees": "Consultations avancées",
    }
    gouvernance = lettre.gouvernance
    donnees = LettreIntention(
        reperes=r,
        deposee_le=depot.recu_le,
        territoire=", ".join(r.departements),
        porteurs=tuple(
            Personne(
                nom=f"{p.get('prenom', '')} {p.get('nom', '')}".strip(),
                qualite=p.get("mode", ""),
                rpps=p.get("rpps", ""),
                courriel=p.get("courriel", ""),
            )
            for p in lettre.porteurs
        ),
        medecins_presents=lettre.medecins_presents,
        source_medecins=f"{lettre.source_comptage}, {date_fr(lettre.date_comptage)}"
        if lettre.date_comptage
        else lettre.source_comptage,
        association={"a_creer": "À créer", "en_cours": "En cours de création", "creee": "Déjà déclarée"}.get(
            gouvernance.get("association", ""), ""
        ),
        siege=f"{lettre.siege_adresse} {dossier.siege_commune}".strip(),
        regime=dossier.get_regime_display(),
        cooperations=tuple(
            Cooperation(partenaire=nom, etat="envisagee", precisions=lettre.cooperations[c])
            for c, nom in intitules.items()
            if lettre.cooperations.get(c)
        ),
        gouvernance="\n\n".join(
            f"{titre}\u00a0: {gouvernance[c]}"
            for c, titre in (
                ("deliberatives", "Voix délibératives"),
                ("consultatives", "Voix consultatives"),
                ("consultation", "Consultation du territoire"),
            )
            if gouvernance.get(c)
        ),
        actions=tuple(
            ActionEnvisagee(
                mission=nom,
                description=lettre.actions[c],
                echeance=lettre.actions.get("delai_avis", "") if c == "avis_ponctuel" else "",
            )
            for c, nom in actions.items()
            if lettre.actions.get(c)
        ),
        objectifs=tuple(libelle for code, libelle in OBJECTIFS if code in lettre.objectifs),
        capacite=lettre.justification,
        indicateur_qualitatif=lettre.indicateur_qualitatif,
        pieces=_pieces(dossier, "lettre"),
    )
    return emettre(dossier, "lettre_intention", donnees, f"lettre:{depot.version}", acteur, maintenant)


def accuse_reception(
    dossier: Dossier,
    depot: Depot,
    *,
    acteur: Acteur,
    maintenant: datetime,
    complement: DemandePieces | None = None,
    retiree: Decision | None = None,
) -> Document:
    """AR-1: what was received, when silence becomes acceptance, who instructs. `complement`: the request that was just answered or
    lifted, from which the delay runs anew (CAL-6). `retiree`: the refusal whose withdrawal makes it run anew.
    """
    regle = "DL-1" if depot.objet == "lettre" else "DL-3"
    echeance = Echeance.objects.filter(dossier=dossier, regle=regle, objet=depot.objet, rang=depot.version).first()
    donnees = AccuseReception(
        reperes=reperes(dossier, maintenant),
        objet=depot.objet,
        destinataire=destinataire(dossier),
        recu_le=depot.recu_le,
        recu_jour=depot.date_reception,
        service=service(dossier.ars),
        dernier_jour=echeance.dernier_jour if echeance else None,
        acquise_le=echeance.acquise_le if echeance else None,
        complete_le=(complement.recue_le or complement.levee_le) if complement else None,
        pieces=_pieces(dossier, depot.objet),
        explication=expliquer(echeance.explication if echeance else ()),
        canal="" if depot.canal == Depot.Canal.PORTAIL else depot.canal,
        depose_jour=depot.date_depot,
        reference=depot.reference,
        decision_retiree=(retiree.date_signature or retiree.date_acquise) if retiree else None,
        premiere_ars=depot.premiere_ars.nom if depot.premiere_ars else "",
        premiere_reception=depot.date_premiere_reception,
    )
    cle, nature = f"accuse:{depot.objet}:{depot.version}", "Accusé de réception"
    if complement is not None:
        cle, nature = f"{cle}:{complement.pk}", "Accusé de réception du dossier complet"
    elif retiree is not None:
        nature = "Reprise de l’examen"
    titre = f"{nature} – {OBJETS_TITRES[depot.objet]}"
    return emettre(dossier, "accuse_reception", donnees, cle, acteur, maintenant, titre)


def accuser_complement(dossier: Dossier, demande: DemandePieces, *, acteur: Acteur, maintenant: datetime) -> None:
    """AR-1, once the file is complete: the day from which silence counts has changed, and the équipe holds a paper that says so."""
    depot = Depot.objects.filter(dossier=dossier, objet=demande.objet, version=demande.version).first()
    if depot is not None:
        accuse_reception(dossier, depot, acteur=acteur, maintenant=maintenant, complement=demande)


def reception(dossier: Dossier, objet: str, version: int, jour: date) -> tuple[date | None, bool]:
    """(day of receipt, whether it is that of the complete file) as the clock knows it on `jour`: the last indispensable item's, or the
    filing's (CAL-5, CAL-6). What a refusal stops asking for was not received.
    """
    depot = Depot.objects.filter(dossier=dossier, objet=objet, version=version).first()
    if depot is None:
        return None, True
    demandes = faits.demandes(dossier, objet, version)
    if any(d.indispensable and d.recue_le is None and d.levee_le in (None, jour) for d in demandes):
        return depot.date_reception, False
    p = parametres(dossier, objet, jour)
    delai = p.delai_instruction_lettre if objet == "lettre" else p.delai_instruction_projet
    return suivre(depot.date_reception, demandes, delai, mode_naissance=p.mode_naissance).origine, True


def expliquer(etapes: Iterable[Mapping[str, str]]) -> tuple[str, ...]:
    """« Pourquoi cette date ? » as a document keeps it: one sentence per line of the addition."""
    return tuple(f"{e.get('libelle', '')}\u00a0: {e.get('detail', '')} {e.get('valeur', '')}".strip() for e in etapes)


@transaction.atomic
def attestation(*, numero: str, acteur: Acteur, maintenant: datetime, objet: str = "", **_: Any) -> Dossier:
    """AR-2: the attestation of a tacit decision, on demand of the équipe. The same decision gives the same document."""
    dossier = Dossier.objects.pour(acteur).verrouille(numero)
    decisions = Decision.objects.filter(dossier=dossier, mode="tacite", retiree_le__isnull=True).order_by("-prise_le")
    decision = decisions.filter(objet=objet).first() if objet else decisions.first()
    if decision is None:
        raise Conflit("tacite", "Aucune décision n’est née du silence de l’administration.")
    recue_le, _ = reception(dossier, decision.objet, decision.version, decision.date_acquise)
    donnees = AttestationTacite(
        reperes=reperes(dossier, maintenant),
        objet=decision.objet,
        destinataire=destinataire(dossier),
        recu_jour=recue_le or decision.date_acquise,
        dernier_jour=decision.dernier_jour or decision.date_acquise,
        acquise_le=decision.date_acquise,
        explication=expliquer(decision.explication),
    )
    titre = f"Attestation de décision implicite – {OBJETS_TITRES[decision.objet]}"
    emettre(dossier, "attestation_tacite", donnees, f"attestation:{decision.pk}", acteur, maintenant, titre)
    return dossier


def projet_sante(dossier: Dossier, projet: Projet, *, acteur: Acteur, maintenant: datetime) -> Document:
    """The projet de santé as filed."""
    contact = " – ".join(v for v in projet.contact.values() if v)
    textes = {
        "diagnostic": projet.diagnostic,
        "missions": projet.missions + (f"\n\nPoint de contact\u00a0: {contact}" if contact else ""),
        "gouvernance": projet.gouvernance,
    }
    donnees = ProjetSante(
        reperes=reperes(dossier, maintenant),
        version=projet.version,
        deposee_le=projet.depose_le,
        rubriques=tuple(Rubrique(titre=RUBRIQUES[nom].titre, texte=texte) for nom, texte in textes.items() if texte),
        indicateurs=(
            *(IndicateurSuivi(libelle=i, nature="qualitatif") for i in projet.indicateurs_qualitatifs),
            *(
                (IndicateurSuivi(libelle=projet.indicateurs_suivi[:2000], nature="quantitatif"),)
                if projet.indicateurs_suivi
                else ()
            ),
        ),
        actualisation=projet.actualisation,
        pieces=_pieces(dossier, "projet"),
    )
    return emettre(
        dossier,
        "projet_sante",
        donnees,
        f"projet:{projet.version}",
        acteur,
        maintenant,
        f"Projet de santé, version {projet.version}",
    )
