"""The page « À une date passée »: what was true, what the portal did not know of it yet, what changed between two instants."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from adhesions.effectifs import Comptage
from adhesions.models import VersionAdhesion
from dossiers import dates, faits
from dossiers.libelles import OBJETS
from dossiers.models import Decision, Dossier
from dossiers.presentation import avis_lu
from dossiers.regles.statuts import LIBELLES, Statut
from dossiers.selectors import libelles_specialites
from ess_portal.comptes.acteur import Acteur
from ess_portal.documents.models import Piece
from ess_portal.socle.typographie import accord, date_fr, euros, instant_fr, jour_fr

from ..regles.passe import Lecture
from . import gouvernance, identite
from .archives import Archives, lire
from .rembobiner import Passe, rembobiner
from .vue import Ecart, Vue, ecarts

TITRES = {
    Lecture.VRAI: (
        "Ce qui était vrai",
        "Chaque fait à son instant légal, avec ce que le portail sait aujourd’hui.",
    ),
    Lecture.SU: ("Ce que le portail savait", "Ce qui était inscrit à cet instant, même si la suite l’a complété."),
}
INCONNU = "Pas encore dans le portail"
BROUILLON = "La lettre était en cours de rédaction\u00a0: seule l’équipe voit un brouillon."


@dataclass(frozen=True)
class Situation:
    """What was true at an instant, and by what the portal's own knowledge of that instant differs from it."""

    vue: Vue
    ecarts: list[Ecart]


def situation(dossier: Dossier, acteur: Acteur, instant: datetime) -> Situation:
    archives = lire(dossier, acteur)
    vrai, su = (vue(rembobiner(archives, instant, lecture), archives, acteur) for lecture in Lecture)
    return Situation(vrai, [] if vrai.faits == su.faits else ecarts(vrai, su, (vrai.titre, su.titre), "Lecture"))


def changements(dossier: Dossier, acteur: Acteur, debut: datetime, fin: datetime) -> list[Ecart]:
    """What was no longer true at `fin` of what was at `debut`, and what had become true."""
    archives = lire(dossier, acteur)
    vues = [vue(rembobiner(archives, instant, Lecture.VRAI), archives, acteur) for instant in (debut, fin)]
    noms = tuple(f"Le {instant_fr(instant, dossier.fuseau)}" for instant in (debut, fin))
    return ecarts(vues[0], vues[1], (noms[0], noms[1]), "À l’instant")


def vue(p: Passe, archives: Archives, acteur: Acteur) -> Vue:
    titre, sous_titre = TITRES[p.lecture]
    if p.lecture is Lecture.SU and p.instant < archives.dossier.cree_le:
        return Vue(titre, sous_titre, INCONNU, (), [], [])
    cache = p.statut is Statut.BROUILLON and not acteur.est_porteur
    return Vue(
        titre=titre,
        sous_titre=sous_titre,
        statut=LIBELLES[p.statut],
        phrases=(BROUILLON,) if cache else tuple(_phrases(p, archives)),
        dates=[] if cache else [_date(p, e) for e in p.echeances],
        sections=[] if cache else _sections(p, archives),
    )


def _phrases(p: Passe, archives: Archives):
    d = p.dossier
    if p.depuis is not None:
        yield f"Dans cet état depuis le {instant_fr(p.depuis, d.fuseau)}."
    if p.a_inscrire and p.lecture is Lecture.SU:
        yield "Le silence avait déjà décidé\u00a0; le portail ne l’avait pas encore inscrit."
    for role, nom in _competents(p, archives):
        yield f"{role}\u00a0: {nom}."


def _competents(p: Passe, archives: Archives):
    """Who decided and who paid then: a transfer made since names whom it took the dossier from."""
    suivant = next((a for a in archives.actes if a.type == "transferer" and not a.avant(p.instant, p.lecture)), None)
    avant = suivant.donnees.get("avant", {}) if suivant is not None else {}
    for role, cle in (("Décidait", "ars"), ("Donnait son avis et versait", "caisse")):
        actuelle = getattr(p.dossier, cle)
        if nom := avant.get(cle) or (actuelle.nom if actuelle else ""):
            yield role, nom


def _date(p: Passe, e: Any) -> dict[str, Any]:
    lue = dates.lue(p.dossier, e)
    # Without the days that are left: they change with the instant, and nothing has moved.
    resume = f"{jour_fr(e.dernier_jour)} inclus" if e.dernier_jour else " ".join(lue.phrases)
    return {"ancre": lue.ancre, "titre": lue.titre, "precision": lue.precision, "etat": lue.etat} | {
        "phrases": lue.phrases,
        "resume": resume,
        "explication": lue.explication,
    }


def _sections(p: Passe, archives: Archives) -> list[tuple[str, list[tuple[Any, ...]], tuple[str, ...]]]:
    """(title, rows, columns) of what stood in the dossier; an empty table is said by its title with « aucun »."""
    lignes = p.lignes
    return [
        ("Équipe et territoire", identite.lignes(p, archives), identite.COLONNES),
        ("Gouvernance", gouvernance.lignes(p, archives), gouvernance.COLONNES),
        ("Décisions", [_decision(x) for x in lignes["decisions"]], ("Objet", "Sens", "Acquise le", "Suite")),
        ("Demandes de pièces", [_demande(x) for x in lignes["demandes"]], ("Demandée le", "Pièces", "Réponse")),
        ("Avis de la caisse", [(OBJETS[x.objet], avis_lu(x, p.jour)) for x in lignes["avis"]], ("Objet", "Avis")),
        ("Pièces", [_piece(p, x) for x in lignes["pieces"]], ("Pièce", "Déposée le", "Contrôle")),
        ("Documents émis", [_document(p, x) for x in lignes["documents"]], ("Document", "Émis le")),
        ("Contrats", [_contrat(p, x) for x in lignes["contrats"]], ("Contrat", "Montant", "État", "Prise d’effet")),
        ("Versements", [_versement(x) for x in lignes["versements"]], ("Versement", "Montant", "État")),
        (_titre_adherents(p), [_adherent(v) for v in p.adherents], ("Adhérent", "Spécialité", "Exercice", "Depuis le")),
    ]


def _decision(x: Decision) -> tuple[Any, ...]:
    mode = "née du silence" if x.mode == Decision.Mode.TACITE else "expresse"
    suite = f"Retirée le {date_fr(x.retiree_le)}" if x.retiree_le else "En vigueur"
    return (OBJETS[x.objet], f"{x.get_sens_display()}, {mode}", date_fr(x.date_acquise), suite)


def _demande(x: Any) -> tuple[Any, ...]:
    pieces = ", ".join(i["libelle"] + (" (reçue)" if i["recue_le"] else "") for i in x.items)
    if x.recue_le:
        reponse = f"Reçues le {date_fr(x.recue_le)}"
    elif x.levee_le:
        reponse = f"Demande levée le {date_fr(x.levee_le)}"
    else:
        reponse = f"Attendues jusqu’au {date_fr(x.date_limite)}"
    return (date_fr(x.demandee_le), pieces, reponse)


def _piece(p: Passe, x: Piece) -> tuple[Any, ...]:
    controle = "en cours" if x.etat == Piece.Etat.EN_ANALYSE else "fait"
    return (x.libelle or x.nom_fichier, instant_fr(x.depose_le, p.dossier.fuseau), controle)


def _document(p: Passe, x: Any) -> tuple[Any, ...]:
    return (f"{x.titre}, version {x.version}" if x.version > 1 else x.titre, instant_fr(x.cree_le, p.dossier.fuseau))


def _contrat(p: Passe, x: Any) -> tuple[Any, ...]:
    n = len(x.signatures.all())
    mots = f"{accord(n, 'signature')} sur 3" if x.statut == x.Statut.PROPOSE else x.get_statut_display()
    return (str(x), euros(x.montant, centimes=True), mots, date_fr(x.date_effet) if x.date_effet else "")


def _versement(x: Any) -> tuple[Any, ...]:
    mots = f"{x.get_statut_display()} le {date_fr(x.paye_le)}" if x.paye_le else x.get_statut_display()
    return (f"{x.libelle} ({x.numero})", euros(x.montant, centimes=True), mots)


def _titre_adherents(p: Passe) -> str:
    comptage = Comptage.des_versions(p.dossier, p.adherents, faits.parametres(p.dossier, p.jour))
    liberaux = accord(comptage.liberaux(p.jour), "libéral", "libéraux")
    return f"Adhérents\u00a0: {len(p.adherents)}, dont {liberaux} sur le territoire"


def _adherent(v: VersionAdhesion) -> tuple[Any, ...]:
    a = v.adhesion
    nom = " ".join(filter(None, (a.titre, a.prenom, a.nom)))
    specialite = libelles_specialites().get(v.specialite_id, v.specialite_id)
    return (nom, specialite, v.get_mode_display(), date_fr(v.valide_du))
