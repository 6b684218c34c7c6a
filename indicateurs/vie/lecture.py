"""Everything that the page of a dossier shows, read once: one constant number of queries, whatever its history."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from typing import Any

from django.db.models import Model, QuerySet
from django.urls import reverse

from adhesions.effectifs import Comptage
from dossiers import lecture_etat, presentation
from dossiers.actions import Action, disponibles
from dossiers.models import (
    ActiviteMission,
    Avis,
    Decision,
    DemandePieces,
    Depot,
    Derogation,
    Dossier,
    Echeance,
    Jugement,
    Message,
    Preparation,
    ProjetSante,
    Recours,
    Tache,
)
from dossiers.regles.cycle import Statut
from dossiers.regles.taches import est_attendue
from dossiers.selectors import libelles_departements, libelles_specialites
from dossiers.services import projet as services_projet
from dossiers.services import unicite
from dossiers.seuils import Seuils, seuils_du_dossier
from ess_portal.comptes.acteur import Acteur
from ess_portal.comptes.models import Absence, Utilisateur
from ess_portal.documents.models import Document, Piece
from ess_portal.socle.erreurs import Introuvable
from ess_portal.socle.horloge import jour_local
from financement.models import CompteBancaire, Contrat, ProcedureResiliation, Recuperation, Signature, Versement
from financement.selectors import Argent, argent

from .lot import attacher, charger

S = Statut
AVANT_CONTRAT = frozenset({S.BROUILLON, S.LETTRE_DEPOSEE, S.LETTRE_INCOMPLETE, S.LETTRE_REFUSEE})
APRES_LETTRE = frozenset(S) - AVANT_CONTRAT
Etape = dict[str, Any]
ENFANTS = (
    *("depots", "demandes", "decisions", "activites", "echeances", "derogations", "taches", "avis", "jugements"),
    *("preparations", "recours", "projets", "messages", "documents", "pieces", "contrats", "versements", "comptes"),
)


@dataclass
class Vie:
    """A dossier with its rows, for one reader at one instant."""

    dossier: Dossier
    acteur: Acteur
    maintenant: datetime
    messages: list[Message]
    documents: list[Document]
    pieces: list[Piece]
    absences: list[Absence]

    @property
    def jour(self) -> date:
        return jour_local(self.maintenant, self.dossier.fuseau)

    @property
    def statut(self) -> Statut:
        return Statut(self.dossier.statut_effectif)

    @cached_property
    def echeances(self) -> list[Echeance]:
        return list(self.dossier.echeances.all())

    @cached_property
    def seuils(self) -> Seuils:
        return seuils_du_dossier(self.dossier, self.maintenant)

    @cached_property
    def actions(self) -> list[Action]:
        return disponibles(self.dossier, self.acteur)

    @property
    def argent(self) -> Argent:
        return argent(self.dossier)

    @cached_property
    def comptage(self) -> Comptage:
        return Comptage.du_dossier(self.dossier, self.jour)

    @property
    def departements(self) -> str:
        noms = libelles_departements()
        return ", ".join(noms.get(c, c) for c in self.dossier.departements)

    @property
    def specialites(self) -> str:
        noms = libelles_specialites()
        return ", ".join(noms.get(c, c) for c in self.dossier.specialites)

    def echeance(self, regle: str, objet: str = "") -> Echeance | None:
        return presentation.trouver(self.echeances, regle, objet)

    def reste(self, jour: date) -> int:
        return (jour - self.jour).days

    def depot(self, objet: str) -> Depot | None:
        lignes = [d for d in self.dossier.depots.all() if d.objet == objet]
        return max(lignes, key=lambda d: d.version, default=None)

    def decision(self, objet: str) -> Decision | None:
        """The decision in force, or the last one withdrawn."""
        depot = self.depot(objet)
        lignes = [d for d in self.dossier.decisions.all() if d.objet == objet and depot and d.version == depot.version]
        return max(lignes, key=lambda d: (d.retiree_le is None, d.prise_le), default=None)

    def demande(self, objet: str) -> DemandePieces | None:
        """The open request of indispensable items."""
        ouvertes = [
            d for d in self.dossier.demandes.all() if d.objet == objet and d.est_indispensable and d.est_ouverte
        ]
        return ouvertes[-1] if ouvertes else None

    @cached_property
    def les_avis(self) -> list[Avis]:
        return list(self.dossier.avis.all())

    def avis(self, objet: str) -> Avis | None:
        return max((a for a in self.les_avis if a.objet == objet), key=lambda a: a.version, default=None)

    @cached_property
    def projets(self) -> list[ProjetSante]:
        return list(self.dossier.projets.all())

    @cached_property
    def brouillon(self) -> ProjetSante | None:
        return next((p for p in self.projets if p.depose_le is None), None)

    @cached_property
    def manques_projet(self) -> dict[str, list[str]]:
        return services_projet.manques(self.dossier, self.brouillon)

    @cached_property
    def taches(self) -> list[Tache]:
        """Those that still make sense at this step, whether they were closed already or not."""
        ouvertes = [t for t in self.dossier.taches.all() if t.faite_le is None and est_attendue(t.type, self.statut)]
        return ouvertes + lecture_etat.taches_a_ouvrir(self.dossier)

    def documents_de(self, *prefixes: str) -> list[dict[str, object]]:
        """The frise's links to the last version of issued documents whose key starts so."""
        return [
            {"libelle": d.titre, "url": reverse("document", args=[d.pk]), "octets": d.taille or ""}
            for d in self.documents
            if d.cle.startswith(prefixes) and d.est_produit
        ]

    def acte(self, *noms: str) -> Action | None:
        return next((a for a in self.actions if a.nom in noms), None)

    def lien(self, action: Action) -> str:
        return reverse("acte", args=[self.dossier.numero, action.nom])


def lire(numero: str, *, acteur: Acteur, maintenant: datetime) -> Vie:
    """Raises Introuvable for a dossier that this person may not see."""
    lignes = Dossier.objects.pour(acteur).au(maintenant)
    dossier = (
        lignes.select_related("ars", "caisse", "equipe", "lettre", "association", "suivi_par", "remplace")
        .filter(numero=numero)
        .first()
    )
    if dossier is None:
        raise Introuvable
    lignes_lues = charger(_tables(dossier, acteur) | {"absences": _absences(dossier, maintenant)})
    for relation in ENFANTS:
        attacher(dossier, relation, lignes_lues[relation])
    _attacher_argent(dossier, lignes_lues)
    _nommer(dossier, lignes_lues)
    dossier.est_a_regulariser = unicite.est_a_regulariser(dossier, maintenant)
    return Vie(
        dossier=dossier,
        acteur=acteur,
        maintenant=maintenant,
        messages=lignes_lues["messages"],
        documents=lignes_lues["documents"],
        pieces=lignes_lues["pieces"],
        absences=lignes_lues["absences"],
    )


def _absences(dossier: Dossier, maintenant: datetime) -> QuerySet[Absence]:
    return Absence.objects.de_qui_suit(dossier).le(jour_local(maintenant, dossier.fuseau)).order_by("pk")


def _tables(dossier: Dossier, acteur: Acteur) -> dict[str, QuerySet]:
    """What stands under a dossier, as this reader may see it, in the order of its pages."""

    def de(modele: type[Model], *ordre: str) -> QuerySet:
        return modele.objects.pour(acteur).filter(dossier=dossier).order_by(*ordre)

    return {
        "depots": de(Depot, "objet", "version"),
        "demandes": de(DemandePieces, "demandee_le", "pk"),
        "decisions": de(Decision, "prise_le", "pk"),
        "activites": de(ActiviteMission, "date_deploiement", "pk"),
        "echeances": de(Echeance, "instant", "pk"),
        "derogations": de(Derogation, "demandee_le", "pk"),
        "taches": de(Tache, "ouverte_le", "pk"),
        "avis": de(Avis, "objet", "version"),
        "jugements": de(Jugement, "objet", "critere"),
        "preparations": de(Preparation, "preparee_le", "pk"),
        "recours": de(Recours, "recu_le", "pk"),
        "projets": de(ProjetSante, "version"),
        "messages": de(Message, "-ecrit_le", "-pk")[:20],
        "documents": de(Document, "cree_le").filter(remplace_par__isnull=True).defer("donnees", "octets"),
        "pieces": de(Piece, "depose_le").exclude(etat=Piece.Etat.REFUSE),
        "contrats": de(Contrat, "propose_le", "pk").defer("contenu"),
        "signatures": Signature.objects.filter(contrat__dossier=dossier).order_by("signee_le", "pk"),
        "versements": de(Versement, "propose_le", "pk"),
        "comptes": de(CompteBancaire, "saisi_le", "pk"),
        "recuperations": de(Recuperation, "ouverte_le", "pk"),
        "procedures": de(ProcedureResiliation, "notifiee_le", "pk"),
    }


def _attacher_argent(dossier: Dossier, lues: dict[str, list[Any]]) -> None:
    """The snapshot of the money side, from the same reading."""
    for contrat in lues["contrats"]:
        attacher(contrat, "signatures", [s for s in lues["signatures"] if s.contrat_id == contrat.pk])
        contrat.dossier = dossier
    a = argent(dossier)
    a.contrats, a.versements, a.comptes = lues["contrats"], lues["versements"], lues["comptes"]
    a.recuperations, a.procedures = lues["recuperations"], lues["procedures"]


def _nommer(dossier: Dossier, lues: dict[str, list[Any]]) -> None:
    """Organisations are those of the dossier; people are read once, and only when somebody has signed something."""
    organisations = {o.pk: o for o in (dossier.equipe, dossier.ars, dossier.caisse) if o}
    for message in lues["messages"]:
        if message.organisation_id in organisations:
            message.organisation = organisations[message.organisation_id]
    auteurs = [(a, "rendu_par") for a in lues["avis"]] + [(j, "juge_par") for j in lues["jugements"]]
    auteurs += [(a, "remplacant") for a in lues["absences"]]
    ids = {getattr(ligne, f"{champ}_id") for ligne, champ in auteurs} - {None}
    personnes = Utilisateur.objects.in_bulk(ids) if ids else {}
    for ligne, champ in auteurs:
        setattr(ligne, champ, personnes.get(getattr(ligne, f"{champ}_id")))


def noms(vie: Vie) -> tuple[str, str]:
    """The ARS and the caisse with their article, by name, or in general while the letter is a draft."""
    d = vie.dossier
    return (f"l’{d.ars.nom}" if d.ars else "l’ARS", f"la {d.caisse.nom}" if d.caisse else "la caisse de rattachement")


def _a_venir(titre: str, texte: str, par: str, date_: str = "") -> Etape:
    return {"titre": titre, "etat": "venir", "date": date_, "texte": texte, "par": par}


def phrase(mots: str) -> str:
    """At the head of a sentence."""
    return mots[:1].upper() + mots[1:]


def jugements_de(vie: Vie, objet: str) -> dict[str, Jugement]:
    return {j.critere: j for j in vie.dossier.jugements.all() if j.objet == objet}
