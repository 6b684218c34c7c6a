"""The acts of a life, one function each, through the services that screens and the API call."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from functools import partial
from typing import Any

from dossiers.models import Dossier
from dossiers.regles.jugements import LIGNES_CRI7
from dossiers.services import (
    association,
    creation,
    decisions,
    echanges,
    emission,
    lettre,
    mission,
    pieces,
    pieces_recues,
    projet,
)
from ess_portal.documents.services import deposer_piece
from financement.models import Versement
from financement.selectors import argent
from financement.services import avenants, comptes, proposition, signature, versements
from indicateurs.services import deposer_rapport, enregistrer_compteurs, enregistrer_rapport, valider_rapport

from . import textes
from .fichiers import fichier
from .identites import finess, iban, personne, rna, siren
from .scene import PARTIES, Scene

MOYEN = "mot de passe et code à usage unique"
CRITERES_HUMAINS = ("CRI-2", "CRI-3", "CRI-5", "CRI-7")


def ouvrir(s: Scene, *, remplace: str = "") -> Scene:
    """The draft of the letter, and its number."""
    f = s.fiche

    def creer(**champs: Any) -> str:
        champs["numero"] = s.reserve
        return creation.creer_dossier(
            nom=f.equipe, specialites=list(f.specialites), siege_departement=f.siege, remplace=remplace, **champs
        ).numero

    s.numero = s.fait("porteur", creer)
    return s


def joindre(s: Scene, qui: str, nom: str, type_: str, libelle: str, objet: str, *, visible: bool = True) -> Any:
    """Deposits one of the files on the dossier, and has it scanned."""

    def deposer(*, numero: str, **champs: Any) -> Any:
        return deposer_piece(
            dossier=Dossier.objects.pour(champs["acteur"]).get(numero=numero),
            fichier=fichier(nom),
            type=type_,
            libelle=libelle,
            objet=objet,
            visible_equipe=visible,
            **champs,
        )

    piece = s.fait(qui, deposer)
    s.analyser()
    return piece


def porteurs(s: Scene, nombre: int = 2) -> list[dict[str, str]]:
    lignes = []
    for _ in range(nombre):
        p = personne(s.troupe.prochain())
        mode = "liberal" if len(lignes) < 2 else "hospitalier"
        lignes.append(
            {"prenom": p.prenom, "nom": p.nom, "rpps": p.rpps, "mode": mode, "commune": s.fiche.commune, "courriel": p.courriel}
        )  # fmt: skip
    return lignes


def ecrire_lettre(s: Scene, etapes: tuple[str, ...] = lettre.ETAPES) -> Scene:
    """Writes the steps of annexe 4, as far as asked."""
    f, sujet = s.fiche, textes.sujet(s.fiche.specialites[0])
    ecrit = textes.lettre(
        sujet, f"sur {len(f.departements)} département{'s' if len(f.departements) > 1 else ''}", f.commune
    )
    par_etape = {
        "porteurs": {"nom": f.equipe, "justification": ecrit["justification"], "porteurs": porteurs(s)},
        "specialite": {"specialites": list(f.specialites), "besoin": ecrit["besoin"]},
        "territoire": {
            "departements": sorted(f.departements),
            "siege_departement": f.siege,
            "siege_commune": f.commune,
            "caisse_choisie": s.caisse.code,
            "medecins_presents": f.presents,
            "liberaux": f.liberaux,
            "adherents_declares": f.adherents,
            "source_comptage": "Annuaire santé",
            "date_comptage": s.jour - timedelta(days=20),
        },
        "cooperations": {"cooperations": ecrit["cooperations"]},
        "gouvernance": {"gouvernance": ecrit["gouvernance"]},
        "actions": {"actions": ecrit["actions"], "objectifs": ecrit["objectifs"]},
        "pieces": {"indicateur_qualitatif": ecrit["indicateur_qualitatif"]},
    }
    for etape in etapes:
        s.fait("porteur", partial(lettre.enregistrer_etape, etape=etape, donnees=par_etape[etape]))
    return s


def deposer_lettre(s: Scene, *, joint: tuple[str, ...] = ("etude-opportunite.pdf",)) -> Scene:
    ouvrir(s)
    ecrire_lettre(s)
    for nom in joint:
        joindre(s, "porteur", nom, "annexe", nom.removesuffix(".pdf").replace("-", " ").capitalize(), "lettre")
    s.fait("porteur", lettre.deposer_lettre)
    s.fait("instructeur", echanges.suivre)
    return s


def avis(s: Scene, sens: str = "favorable", texte: str = "", *, opposition: bool = False) -> Scene:
    s.fait("gestionnaire", decisions.rendre_avis, sens=sens, texte=texte, opposition=opposition)
    return s


def juger(s: Scene, objet: str, criteres: tuple[str, ...] = CRITERES_HUMAINS) -> Scene:
    for critere in criteres:
        lignes = {code: {"avis": "conforme"} for code in LIGNES_CRI7} if critere == "CRI-7" else None
        s.fait("instructeur", echanges.juger, objet=objet, critere=critere, avis="conforme", lignes=lignes)
    return s


def reserve(s: Scene, objet: str, critere: str, motif: str) -> Scene:
    s.fait("instructeur", echanges.juger, objet=objet, critere=critere, avis="reserve", motif=motif)
    return s


def valider(s: Scene, objet: str) -> Scene:
    s.fait("instructeur", decisions.valider, objet=objet)
    return s


def refuser(s: Scene, objet: str, *motifs: tuple[str, str, str]) -> Scene:
    lignes = [{"code": code, "critere": critere, "faits": faits} for code, critere, faits in motifs]
    s.fait("instructeur", decisions.refuser, objet=objet, motifs=lignes)
    return s


def demander(s: Scene, objet: str, *indispensables: str, autres: tuple[str, ...] = ()) -> Scene:
    items = [{"libelle": t, "indispensable": True} for t in indispensables]
    items += [{"libelle": t, "indispensable": False} for t in autres]
    texte = "Bonjour, merci de compléter votre dossier."
    s.fait("instructeur", pieces.demander_pieces, objet=objet, items=items, texte=texte)
    return s


def completer(s: Scene, reponses: tuple[int, ...] = (0,)) -> Scene:
    s.fait(
        "porteur",
        pieces_recues.completer,
        reponses=reponses,
        fichiers=[fichier("complement.pdf")],
        texte="Voici la pièce.",
    )
    s.analyser()
    return s


def attestation(s: Scene) -> Scene:
    s.fait("porteur", emission.attestation)
    return s


def ecrire(s: Scene, qui: str, texte: str, *, prive: bool = False) -> Scene:
    s.fait(qui, echanges.ecrire_message, texte=texte, fil="prive" if prive else "partage")
    return s


def proposer(s: Scene, contrat: str = "amorcage", **champs: Any) -> Scene:
    if contrat == "dotation":
        s.fait("gestionnaire", proposition.proposer_contrat_dotation, **champs)
    else:
        s.fait("instructeur", proposition.proposer_contrat_amorcage, **champs)
    return s


def signer(s: Scene, contrat: str = "amorcage", parties: tuple[str, ...] = PARTIES) -> Scene:
    for qui in parties:
        s.fait(qui, signature.signer, transition=f"signer_{contrat}", moyen=MOYEN)
    return s


def amender(s: Scene) -> Scene:
    """An avenant to the contract in force, with an article of its own, signed by the three parties."""
    s.fait(
        "gestionnaire",
        avenants.proposer_avenant,
        objet_version="Une réunion de coordination par trimestre",
        date_effet=s.jour + timedelta(days=30),
        particulier="ajouter",
        particulier_titre="Réunions de coordination",
        particulier_texte="<p>L’équipe réunit ses partenaires chaque trimestre et en adresse le compte rendu à l’agence et à la caisse.</p>",
    )
    return signer(s, "avenant")


def declarer_association(s: Scene) -> Scene:
    rang, f = s.troupe.prochain(), s.fiche
    s.fait(
        "porteur",
        association.declarer_association,
        nom=f"Association {f.equipe}",
        rna=rna(f.siege, rang),
        siren=siren(rang),
        date_declaration=s.jour - timedelta(days=12),
        siege_adresse=f"1 place de la Mairie, {f.commune}",
        representant=s.acteur("porteur").nom,
        statuts=fichier("statuts.pdf"),
    )
    s.analyser()
    return s


def donner_iban(s: Scene, *, confirme: bool = True) -> Scene:
    titulaire = f"Association {s.fiche.equipe}"
    s.fait(
        "porteur", comptes.enregistrer_iban, iban=iban(s.troupe.prochain()), titulaire=titulaire, rib=fichier("rib.pdf")
    )
    s.analyser()
    if confirme:
        s.fait(
            "gestionnaire", comptes.confirmer_iban, verification="rappel du trésorier au numéro connu, relevé comparé"
        )
    return s


def verser(s: Scene, nature: str, jusqua: str = "paye", **champs: Any) -> Scene:
    """Two people of the caisse, then the payment itself: `propose`, `valide` or `paye`."""
    s.fait("gestionnaire", versements.proposer_versement, nature=nature, rang_reserve=next(s.versements, 0), **champs)
    if jusqua == "propose":
        return s
    numero = _dernier(s, Versement.Statut.PROPOSE)
    s.fait("ordonnateur", versements.valider_versement, versement=numero)
    if jusqua == "paye":
        s.fait("gestionnaire", versements.marquer_paye, versement=numero, reference=f"VIR-{s.troupe.prochain():06d}")
    return s


def _dernier(s: Scene, statut: str) -> str:
    def lire(*, numero: str, acteur: Any, **_: Any) -> str:
        dossier = Dossier.objects.pour(acteur).get(numero=numero)
        return [v.numero for v in argent(dossier).versements if v.statut == statut][-1]

    return s.fait("gestionnaire", lire)


def ecrire_projet(s: Scene) -> Scene:
    ecrit = textes.projet(textes.sujet(s.fiche.specialites[0]), f"autour de {s.fiche.commune}")
    piece = joindre(s, "porteur", "modalites-de-deploiement.pdf", "deploiement", "Modalités de déploiement", "projet")
    s.fait(
        "porteur",
        projet.enregistrer_rubrique,
        rubrique="diagnostic",
        donnees={**ecrit, "document_deploiement": piece},
    )
    return s


def deposer_projet(s: Scene) -> Scene:
    ecrire_projet(s)
    s.fait("porteur", projet.deposer_projet)
    return s


def activite(s: Scene, type_: str = "avis_ponctuel", *, confirmee: bool = True) -> Scene:
    """An activity declared with its evidence, then confirmed by the caisse."""
    descriptions = {
        "avis_ponctuel": "27 avis rendus à des médecins traitants, délai médian de deux jours.",
        "second_recours": "Filière ouverte avec le centre hospitalier, protocole signé.",
        "consultations_avancees": "Une consultation avancée par mois, en zone sous-dense.",
    }
    s.fait(
        "porteur",
        mission.declarer_activite,
        type=type_,
        description=descriptions[type_],
        date_deploiement=s.jour - timedelta(days=10),
        preuve=fichier("releve-d-activite.pdf"),
    )
    s.analyser()
    if confirmee:
        confirmer_activite(s)
    return s


def confirmer_activite(s: Scene) -> Scene:
    def attendue(*, numero: str, acteur: Any, **_: Any) -> int:
        return (
            Dossier.objects.pour(acteur)
            .get(numero=numero)
            .activites.filter(confirmee_le=None, ecartee_le=None)
            .get()
            .pk
        )

    s.fait("gestionnaire", mission.confirmer_activite, activite=s.fait("gestionnaire", attendue))
    return s


def attribuer_finess(s: Scene) -> Scene:
    s.fait(
        "instructeur",
        association.attribuer_finess,
        finess=finess(s.fiche.siege, s.troupe.prochain()),
        finess_le=s.jour - timedelta(days=3),
    )
    return s


def rapport(s: Scene, annee: int, *, depose: bool = True, echelle: int = 1) -> Scene:
    """The year's report: the five national indicators, one qualitative, the use of the money."""
    donnees = {
        "i1": 64 * echelle,
        "i1b": 51 * echelle,
        "i2": 412 * echelle,
        "i3": 188 * echelle,
        "i4": 3,
        "i5": 46 * echelle,
        "qualitatifs": [
            {"libelle": "Satisfaction des médecins traitants", "resultat": "84\u00a0% de satisfaits, 61 réponses."}
        ],
        "emploi_des_fonds": "Coordination, outil de téléexpertise, consultations avancées.",
        "montant_depense": Decimal("47300.00"),
        "commentaires": "Montée en charge au second semestre.",
    }
    s.fait("porteur", enregistrer_rapport, annee=annee, donnees=donnees)
    if depose:
        s.fait("porteur", deposer_rapport, annee=annee)
    return s


def compteurs(s: Scene, nombre: int) -> Scene:
    """The monthly counters of the last `nombre` months, as the équipe's own tool sends them."""
    for recul in range(nombre, 0, -1):
        rang = s.jour.year * 12 + s.jour.month - 1 - recul
        valeurs = {
            "i1": 4 + rang % 3,
            "i1b": 3,
            "i2": 30 + rang % 7,
            "i3": 14 + rang % 5,
            "i4": 3,
            "i5": 4,
            "delai_rdv": {"6": 3, "12": 9, "21": 5, "34": 2 + rang % 2},
            "delai_tlx": {"4": 6, "24": 5, "48": 2},
        }
        mois = f"{rang // 12}-{rang % 12 + 1:02d}"
        s.fait("porteur", enregistrer_compteurs, mois=mois, valeurs=valeurs, source="api")
    return s


def accepter_rapport(s: Scene, annee: int) -> Scene:
    s.fait("gestionnaire", valider_rapport, annee=annee)
    return s
