"""The rows of a dossier taken back to an instant: each fact that came after it is taken off, in one of the two readings.

The rules are then asked as they are any day: nothing here knows a delay.
"""

from __future__ import annotations

from copy import copy
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

from adhesions.models import VersionAdhesion
from dossiers.models import Dossier, Echeance
from dossiers.regles.cycle import BASCULES, FINAUX
from dossiers.regles.delais import borne
from dossiers.regles.faits_delais import ProrogationFait
from dossiers.regles.statuts import Statut
from dossiers.services import echeances
from dossiers.services.echeances import APRES_LA_FIN
from ess_portal.documents.models import Piece
from ess_portal.socle.horloge import jour_local
from financement.models import Contrat, Versement
from financement.selectors import argent

from ..regles.passe import Acte, Lecture, connus, coupures, etat
from ..vie.lot import attacher
from .archives import Archives

INSTANT = timedelta(microseconds=1)
S_VERSEMENT = {
    "proposer_versement": Versement.Statut.PROPOSE,
    "valider_versement": Versement.Statut.VALIDE,
    "marquer_paye": Versement.Statut.PAYE,
    "annuler_versement": Versement.Statut.ANNULE,
    "reprendre_versement": Versement.Statut.PAYE,
}
OUVERTES = (Echeance.Statut.OUVERTE, Echeance.Statut.SUSPENDUE, Echeance.Statut.ARRETEE)
SILENCES = {Statut.LETTRE_DEPOSEE: "DL-1", Statut.PROJET_DEPOSE: "DL-3", Statut.DOTATION_ACTIVE: "DUR-1"}


@dataclass(frozen=True)
class Passe:
    """A dossier at an instant, in one reading. `dossier` carries the rows of that day; `a_inscrire`: silence had decided, no one had
    written it down."""

    lecture: Lecture
    instant: datetime
    jour: date
    dossier: Dossier
    statut: Statut
    depuis: datetime | None
    a_inscrire: bool
    echeances: list[Echeance]
    lignes: dict[str, list[Any]]
    adherents: list[VersionAdhesion]


def rembobiner(a: Archives, instant: datetime, lecture: Lecture) -> Passe:
    r = _Bobine(a, instant, lecture)
    dossier, lignes = r.dossier()
    dates = _echeances(a, r, dossier)
    statut, depuis = Statut(dossier.statut), r.depuis
    du = next((e for e in dates if e.regle == SILENCES.get(statut) and e.instant and e.instant <= instant), None)
    a_inscrire = du is not None
    if du is not None and lecture is Lecture.VRAI:
        statut, depuis = BASCULES[statut], du.instant
    return Passe(lecture, instant, r.jour, dossier, statut, depuis, a_inscrire, dates, lignes, r.adherents())


def _echeances(a: Archives, r: _Bobine, dossier: Dossier) -> list[Echeance]:
    """The dates that the facts of the instant determine; those of earlier filings, and what ran when a dossier ended, from just before."""
    anciennes: dict[tuple[str, str, int], Echeance] = {}
    for coupure in coupures(r.actes, FINAUX):
        avant = (coupure.legal_le if r.lecture is Lecture.VRAI else coupure.enregistre_le) - INSTANT
        b = _Bobine(a, avant, r.lecture)
        anciennes |= {_cle(e): e for e in echeances.determinees(b.dossier()[0], instant=avant)}
    fini = Statut(dossier.statut) in FINAUX
    actuelles = echeances.determinees(dossier, instant=r.instant)
    lues = {_cle(e): e for e in actuelles if not fini or _cle(e) not in anciennes or e.regle in APRES_LA_FIN}
    for cle, e in anciennes.items():
        if cle not in lues:
            if e.statut in OUVERTES:
                e.statut = Echeance.Statut.ANNULEE
            lues[cle] = e
    return sorted(lues.values(), key=lambda e: (e.instant or r.instant, e.regle, e.rang))


def _cle(e: Echeance) -> tuple[str, str, int]:
    return e.regle, e.objet, e.rang


class _Bobine:
    """What counts at an instant, in one reading."""

    def __init__(self, a: Archives, instant: datetime, lecture: Lecture) -> None:
        self.a, self.instant, self.lecture = a, instant, lecture
        self.actes: list[Acte] = connus(a.actes, instant, lecture)
        self.jour = jour_local(instant, a.dossier.fuseau)
        self.statut, self.depuis = etat(self.actes, lecture)

    def avant(self, legal: datetime | None, enregistre: datetime | None = None) -> bool:
        le = legal if self.lecture is Lecture.VRAI else (enregistre or legal)
        return le is not None and le <= self.instant

    def acte(self, cle: str, pk: Any, *types: str) -> Acte | None:
        """The last act known of these types about this row; types are the beginnings of their names."""
        lus = (x for x in reversed(self.actes) if x.donnees.get(cle) == pk and x.type.startswith(types))
        return next(lus, None)

    def inscrit(self, cle: str, pk: Any, *types: str) -> Acte | None:
        """The act that recorded it, known or not at the instant."""
        return next((x for x in self.a.actes if x.donnees.get(cle) == pk and x.type.startswith(types)), None)

    def ecrit_le(self, cle: str, pk: Any, *types: str) -> datetime | None:
        """When the portal recorded it, known or not at the instant."""
        acte = self.inscrit(cle, pk, *types)
        return acte.enregistre_le if acte else None

    def dossier(self) -> tuple[Dossier, dict[str, list[Any]]]:
        d = copy(self.a.dossier)
        d._prefetched_objects_cache = {}
        d.__dict__.pop("_argent", None)
        d.__dict__["statut"] = self.statut.value
        d.__dict__["statut_effectif"] = self.statut.value
        d.lu_le = self.instant
        if self.depuis is not None:
            d.statut_depuis = self.depuis
        lues = {nom: [copy(x) for x in lignes] for nom, lignes in self.a.lignes.items()}
        depots = [x for x in lues["depots"] if self.avant(x.recu_le, self._depot_ecrit_le(x))]
        connues = {(x.objet, x.version) for x in depots}
        lignes = {
            "depots": depots,
            "demandes": [x for x in lues["demandes"] if self._demande(x)],
            "decisions": [x for x in lues["decisions"] if self._decision(x)],
            "recours": [x for x in lues["recours"] if self._recours(x)],
            "avis": [self._avis(x) for x in lues["avis"] if (x.objet, x.version) in connues],
            "activites": [x for x in lues["activites"] if self._activite(x)],
            "projets": [x for x in lues["projets"] if self._projet(x)],
            "pieces": [x for x in lues["pieces"] if self._piece(x)],
            "documents": self._documents(lues["documents"]),
            "contrats": [x for x in lues["contrats"] if self._contrat(x, lues["signatures"], d)],
            "versements": [x for x in lues["versements"] if self._versement(x)],
            "demandes_avenant": [
                x for x in lues["demandes_avenant"] if self._demande_avenant(x, lues["demandes_avenant"])
            ],
        }
        for relation in ("depots", "demandes", "decisions", "recours", "avis", "activites", "projets"):
            attacher(d, relation, lignes[relation])
        self._argent(d, lignes, lues["financement_ars"])
        d._prorogations = self._prorogations()
        self._colonnes(d, lignes)
        return d, lignes

    def _depot_ecrit_le(self, x: Any) -> datetime:
        return self.ecrit_le("depot", x.pk, "") or max(x.recu_le, self.a.dossier.cree_le)

    def _projet(self, x: Any) -> bool:
        """Filed here, or received by post and entered afterwards."""
        recu = self.inscrit("projet", x.pk, "enregistrer_projet")
        if recu is not None:
            return recu.avant(self.instant, self.lecture)
        return self.avant(x.depose_le, x.depose_le and max(x.depose_le, self.a.dossier.cree_le))

    def _demande(self, x: Any) -> bool:
        if self.acte("demande", x.pk, "demander_") is None:
            return False
        recus = self.acte("demande", x.pk, "completer_", "enregistrer_pieces")
        # Post is entered in any order: an act that brought an early item may name later ones.
        x.items = [
            i | ({} if recus and i["recue_le"] and i["recue_le"] <= str(self.jour) else {"recue_le": None})
            for i in (recus.donnees["items"] if recus else x.items)
        ]
        if recus is None or not recus.donnees.get("complete"):
            x.recue_le = None
        # Lifted by itself, or by a refusal that asks for nothing any more.
        if self.acte("demande", x.pk, "lever_demande") is None and not self._refuse_le(x.levee_le):
            x.levee_le = None
        return True

    def _refuse_le(self, jour: date | None) -> bool:
        """Did a refusal known at the instant take effect on this day: that of its proof, or of the act?"""
        fuseau = self.a.dossier.fuseau
        return any(
            (x.donnees.get("notifiee_le") or str(jour_local(x.legal_le, fuseau))) == str(jour)
            for x in self.actes
            if x.type.startswith("refuser_")
        )

    def _decision(self, x: Any) -> bool:
        if self.acte("decision", x.pk, "retirer_") is None:
            x.retiree_le, x.motif_retrait = None, ""
        self._notification(x, f"decision:{x.pk}")
        # Put in force by a proof entered afterwards: it counts from the day of the proof.
        refus = self.inscrit("decision", x.pk, "refuser_")
        return self.avant(refus.legal_le if refus else x.prise_le, x.enregistree_le)

    def _notification(self, x: Any, cle: str) -> None:
        """Forgets a notification that came, or whose proof was entered, after the instant."""
        prouvee_le = self.ecrit_le("cle", cle, "enregistrer_presentation")
        inconnue = prouvee_le is not None and self.lecture is Lecture.SU and prouvee_le > self.instant
        if x.date_notification and (x.date_notification > self.jour or inconnue):
            x.date_notification = None

    def _recours(self, x: Any) -> bool:
        """Its requests and its answer as they were known; that of silence counts from its legal instant."""
        if self.acte("recours", x.pk, "former_recours", "enregistrer_recours") is None:
            return False
        recus = sum(a.type == "completer_recours" and a.donnees.get("recours") == x.pk for a in self.actes)
        faites = sum(a.type == "demander_pieces_recours" and a.donnees.get("recours") == x.pk for a in self.actes)
        x.demandes = [d | ({} if n < recus else {"recue_le": None}) for n, d in enumerate(x.demandes[:faites])]
        implicite = x.mode == x.Mode.IMPLICITE and x.date_reponse is not None
        if not self.avant(borne(x.date_reponse, self.a.dossier.fuseau) if implicite else x.repondu_le, x.repondu_le):
            x.issue = x.mode = x.reponse = ""
            x.date_reponse = x.date_notification = x.repondu_le = None
        self._notification(x, x.cle_document)
        return True

    def _avis(self, x: Any) -> Any:
        if not self.avant(x.rendu_le, self.ecrit_le("avis", x.pk, "rendre_avis")):
            x.rendu_le, x.sens, x.texte, x.criteres, x.est_opposition = None, "", "", {}, False
        return x

    def _activite(self, x: Any) -> bool:
        if self.lecture is Lecture.VRAI:
            return x.date_deploiement <= self.jour
        for champ in ("confirmee_le", "ecartee_le"):
            if not self.avant(getattr(x, champ)):
                setattr(x, champ, None)
        return self.avant(x.declaree_le)

    def _piece(self, x: Any) -> bool:
        if not self.avant(x.analysee_le):
            x.etat = Piece.Etat.EN_ANALYSE
        return self.avant(x.depose_le) and x.etat != Piece.Etat.REFUSE

    def _documents(self, documents: list[Any]) -> list[Any]:
        emis = [x for x in documents if self.avant(x.cree_le)]
        remplaces = {x.remplace_id for x in emis}
        return [x for x in emis if x.pk not in remplaces]

    def _contrat(self, x: Any, signatures: list[Any], d: Dossier) -> bool:
        repris = self.ecrit_le("contrat", x.pk, "reprendre_contrat")
        signe = self.avant(x.signe_le, repris)
        if not self.avant(x.clos_le):
            x.clos_le, x.date_resiliation, x.motif = None, None, ""
            x.statut = Contrat.Statut.SIGNE if signe else Contrat.Statut.PROPOSE
        if not signe:
            x.signe_le = x.date_effet = x.date_fin = None
        x.dossier = d
        attacher(x, "signatures", [copy(s) for s in signatures if s.contrat_id == x.pk and self.avant(s.signee_le)])
        return signe if repris else self.avant(x.propose_le)

    def _versement(self, x: Any) -> bool:
        """Its state by the acts known; paid, in law, on the day of the payment."""
        dernier = self.acte("versement", x.pk, *S_VERSEMENT)
        paye = x.paye_le is not None and x.statut == Versement.Statut.PAYE and x.paye_le <= self.jour
        if self.lecture is Lecture.VRAI and paye:
            return True
        if dernier is None:
            return False
        x.statut = S_VERSEMENT[dernier.type]
        if x.statut != Versement.Statut.PAYE:
            x.paye_le = None
        elif self.lecture is Lecture.VRAI:
            x.statut, x.paye_le = Versement.Statut.VALIDE, None
        return True

    def _demande_avenant(self, x: Any, toutes: list[Any]) -> bool:
        """Its request for items and its answer as they were known; made again later, it was not replaced yet."""
        if not self.avant(x.recue_le):
            return False
        actes = [a.type for a in self.actes if a.donnees.get("demande_avenant") == x.pk]
        if "completer_demande_avenant" not in actes:
            x.pieces_recues_le, x.complement = None, ""
        if not self._a_demande_pieces(x):
            x.pieces_demandees_le, x.pieces_limite, x.pieces = None, None, ""
        if not self.avant(x.repondue_le):
            x.issue, x.motif, x.repondue_le = "", "", None
        x.est_remplacee = x.est_remplacee and any(y.recue_le > x.recue_le and self.avant(y.recue_le) for y in toutes)
        return True

    def _a_demande_pieces(self, x: Any) -> bool:
        return any(
            a.type == "repondre_demande_avenant"
            and a.donnees.get("demande_avenant") == x.pk
            and a.donnees.get("reponse") == "pieces"
            for a in self.actes
        )

    def _prorogations(self) -> tuple[ProrogationFait, ...]:
        """The reports put off by then, each by its last prorogation, and the first filing since."""
        reportes: dict[int, ProrogationFait] = {}
        for a in self.actes:
            le, annee = jour_local(a.legal_le, self.a.dossier.fuseau), a.donnees.get("annee")
            if a.type == "proroger_rapport":
                attendu = a.donnees.get("due_le", a.donnees["avant"])
                au = date.fromisoformat(a.donnees["au"])
                reportes[annee] = ProrogationFait(annee, date.fromisoformat(attendu), au, le)
            elif a.type == "deposer_rapport" and annee in reportes and reportes[annee].remis_le is None:
                reportes[annee] = replace(reportes[annee], remis_le=le)
        return tuple(x for _, x in sorted(reportes.items()))

    def _argent(self, d: Dossier, lignes: dict[str, list[Any]], ars: list[Any]) -> None:
        a = argent(d)
        a.contrats, a.versements, a.comptes = lignes["contrats"], lignes["versements"], []
        a.demandes_avenant = lignes["demandes_avenant"]
        a.financement_ars = next((x for x in ars if self.lecture is Lecture.VRAI or self.avant(x.enregistre_le)), None)

    def _colonnes(self, d: Dossier, lignes: dict[str, list[Any]]) -> None:
        """The columns of the dossier that acts have moved since."""
        version = max((x.version for x in lignes["depots"] if x.objet == "projet"), default=0)
        opposes = [
            x.rendu_le
            for x in lignes["avis"]
            if x.est_opposition and x.objet == "projet" and x.version == version and x.rendu_le
        ]
        d.opposition_caisse_le = jour_local(max(opposes), d.fuseau) if opposes else None
        accordes = [x for x in self.actes if x.type == "statuer_retard" and x.donnees.get("issue") == "accorder_delai"]
        d.delai_accorde_le = date.fromisoformat(accordes[-1].donnees["nouveau_delai"]) if accordes else None

    def adherents(self) -> list[VersionAdhesion]:
        """Those who counted on the day (ADH-1): as it is known now, or as the portal held it then."""

        def connue(v: VersionAdhesion) -> bool:
            if self.lecture is Lecture.VRAI:
                return v.connu_jusqua is None
            return v.connu_du <= self.instant and (v.connu_jusqua is None or v.connu_jusqua > self.instant)

        return [v for v in self.a.adhesions if connue(v) and v.tranche.couvre(self.jour)]
