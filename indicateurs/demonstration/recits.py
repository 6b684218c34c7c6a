"""The lives that the sandbox shows, each as far as it has gone. Days count from the letter; `il_y_a` counts back from today."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from dossiers.services import fin, recours, retraits
from financement.services import fin as fin_contrat

from . import gestes as g
from . import gestes_adherents as membres
from . import gestes_recuperation as recuperation
from . import gestes_registre as registre
from .scene import Scene

Recit = Callable[[Scene], Any]


def il_y_a(s: Scene, jours: int) -> Scene:
    return s.le(s.fiche.age - jours)


def brouillon(*etapes: str) -> Recit:
    def recit(s: Scene) -> None:
        g.ouvrir(s)
        g.ecrire_lettre(il_y_a(s, 1), etapes)

    return recit


def lettre_deposee(s: Scene) -> None:
    g.deposer_lettre(s)


def lettre_avec_avis(s: Scene) -> None:
    g.deposer_lettre(s, joint=("etude-opportunite.pdf", "lettre-de-soutien.pdf"))
    g.avis(s.le(19))
    g.ecrire(s.le(24), "instructeur", "Bonjour, qui sera votre correspondant pour les CPTS\u00a0?")
    g.ecrire(s.le(25), "porteur", "Bonjour, le docteur cité en premier dans la lettre.")
    g.juger(s.le(30), "lettre", ("CRI-2", "CRI-5"))


def lettre_sans_avis(s: Scene) -> None:
    g.deposer_lettre(s)
    g.ecrire(s.le(20), "instructeur", "Votre avis est-il en préparation\u00a0?", prive=True)
    g.ecrire(s.le(22), "gestionnaire", "Oui, il manque l’étude de patientèle.", prive=True)
    s.le(s.fiche.age)


def lettre_precisions(s: Scene) -> None:
    g.deposer_lettre(s)
    g.demander(s.le(6), "lettre", autres=("Liste des maisons de santé associées",))


def lettre_incomplete(s: Scene) -> None:
    g.deposer_lettre(s)
    g.avis(s.le(9), "reserves", "Le nombre de libéraux prêts à adhérer est à documenter.")
    g.demander(s.le(12), "lettre", "Étude d’opportunité actualisée", "Engagement écrit des adhérents")
    s.le(s.fiche.age)


def lettre_completee(s: Scene) -> None:
    g.deposer_lettre(s)
    g.demander(s.le(10), "lettre", "Étude d’opportunité actualisée")
    g.completer(s.le(25))
    g.avis(s.le(30))


def lettre_refusee(s: Scene) -> None:
    g.deposer_lettre(s)
    g.avis(s.le(20), "defavorable", "L’offre existante répond au besoin décrit.")
    g.reserve(s.le(35), "lettre", "CRI-7", "Délais de rendez-vous de trois semaines en moyenne.")
    g.refuser(
        s.le(40),
        "lettre",
        ("besoin", "CRI-7", "Délai moyen de trois semaines au 1er trimestre, deux équipes de territoire actives."),
    )


def lettre_nouvelle(s: Scene) -> None:
    """A new letter that cites the refused one."""
    g.ouvrir(s, remplace=str(s.faits["remplace"]))
    g.ecrire_lettre(s)
    g.joindre(s, "porteur", "etude-opportunite.pdf", "annexe", "Étude d’opportunité", "lettre")
    s.fait("porteur", g.lettre.deposer_lettre)


def lettre_validee(s: Scene) -> None:
    g.deposer_lettre(s, joint=("etude-opportunite.pdf", "convention-etablissement.pdf"))
    g.avis(s.le(18))
    g.juger(s.le(38), "lettre")
    g.valider(s.le(41), "lettre")
    s.le(min(s.fiche.age, 44))


def lettre_tacite(s: Scene) -> None:
    g.deposer_lettre(s)
    s.le(66)
    g.attestation(s)


def lettre_tacite_en_conflit(s: Scene) -> None:
    g.deposer_lettre(s)
    g.avis(s.le(25), "reserves", "Le territoire recoupe celui d’une équipe déjà validée.")
    s.le(s.fiche.age)


def lettre_tardive(s: Scene) -> None:
    """Validated, then nothing: the six months are over."""
    lettre_validee(s)
    s.le(s.fiche.age)


def lettre_a_deroger(s: Scene) -> None:
    g.deposer_lettre(s)
    motif = "Deux spécialités en tension, aucune ne peut constituer une équipe seule."
    registre.demander_derogation(s.le(9), ("DER-1",), motif, fondement="tension")


def lettre_derogee(s: Scene) -> None:
    """Fewer than ten doctors: the CPN has granted the dérogation."""
    g.deposer_lettre(s)
    motif = "Huit médecins présents sur un territoire très peu dense."
    registre.derogation(s.le(8), ("CRI-1d",), motif, demandee_le=s.date(8))
    g.avis(s.le(21))
    registre.derogation(
        s.le(34),
        ("CRI-1d",),
        motif,
        demandee_le=s.date(8),
        issue="accordee",
        reference=f"CPN-{s.date(33).year}-{s.troupe.prochain()}",
        session_le=s.date(33),
        valide_du=s.date(33),
    )
    g.juger(s.le(44), "lettre")
    g.valider(s.le(46), "lettre")


def en_signature(*parties: str) -> Recit:
    def recit(s: Scene) -> None:
        lettre_validee(s)
        g.proposer(s.le(47))
        for rang, qui in enumerate(parties):
            g.signer(s.le(49 + 3 * rang), "amorcage", (qui,))

    return recit


def amorcage_signe(s: Scene) -> None:
    lettre_validee(s)
    g.proposer(s.le(47))
    for rang, qui in enumerate(("porteur", "ordonnateur", "signataire")):
        g.signer(s.le(49 + 2 * rang), "amorcage", (qui,))


def sans_association(s: Scene) -> None:
    amorcage_signe(s)
    g.ecrire(s.le(60), "gestionnaire", "Le premier versement attend la déclaration de l’association.")
    s.le(s.fiche.age)


def sans_activite(s: Scene) -> None:
    """Signed and paid, then eighteen months without any activity."""
    amorcage_paye(s)
    s.le(s.fiche.age)


def iban_a_confirmer(s: Scene) -> None:
    amorcage_signe(s)
    g.declarer_association(s.le(62))
    g.donner_iban(s.le(64), confirme=False)


def premier_versement(jusqua: str) -> Recit:
    def recit(s: Scene) -> None:
        amorcage_signe(s)
        g.declarer_association(s.le(60))
        g.donner_iban(s.le(62))
        g.verser(s.le(66), "amorcage_1", jusqua)

    return recit


amorcage_paye = premier_versement("paye")


def projet_en_ecriture(s: Scene) -> None:
    amorcage_paye(s)
    g.ecrire_projet(s.le(95))
    membres.adherer(s.le(100), 3, invites=2)


def projet_depose(jour: int = 135, adherents: int = 4) -> Recit:
    def recit(s: Scene) -> None:
        amorcage_paye(s)
        membres.adherer(s.le(jour - 10), adherents)
        g.deposer_projet(s.le(jour))

    return recit


def projet_avec_avis(s: Scene) -> None:
    """The sandbox's own équipe: much to read on the dossier, and a tacit date near."""
    amorcage_paye(s)
    registre.publier_strategie(s)
    debut = s.fiche.age - 50
    membres.adherer(s.le(debut - 12), 12, invites=3)
    membres.faire_sortir(s.le(debut - 4))
    g.activite(s.le(debut - 3))
    registre.tenir_le_registre(s)
    g.deposer_projet(s.le(debut))
    g.demander(s.le(debut + 8), "projet", autres=("Calendrier des réunions de concertation",))
    g.ecrire(s.le(debut + 10), "porteur", "Bonjour, le calendrier est joint aux pièces du projet.")
    g.joindre(s, "porteur", "complement.pdf", "complement", "Calendrier des réunions", "projet")
    g.ecrire(
        s.le(debut + 20), "gestionnaire", "Le budget prévisionnel nous paraît tendu sur la deuxième année.", prive=True
    )
    g.avis(s.le(debut + 27), "reserves", "Le délai cible des avis ponctuels est à confirmer par un relevé.")
    g.juger(s.le(debut + 33), "projet", ("CRI-2", "CRI-3", "CRI-5"))
    g.ecrire(il_y_a(s, 4), "instructeur", "Bonjour, il nous reste à examiner le besoin d’accès avant de décider.")
    s.le(s.fiche.age)


def projet_oppose(s: Scene) -> None:
    projet_depose(130, 4)(s)
    g.avis(
        s.le(160), "defavorable", "Les délais cibles ne sont pas compatibles avec l’état des patients.", opposition=True
    )


def projet_incomplet(s: Scene) -> None:
    projet_depose(130, 4)(s)
    g.demander(s.le(142), "projet", "Convention avec l’établissement support")


def projet_refuse(s: Scene) -> None:
    projet_depose(130, 0)(s)
    g.avis(s.le(152), "defavorable", "Le plan de déploiement reste général.")
    g.refuser(
        s.le(170),
        "projet",
        ("cahier_des_charges", "CRI-3", "Aucun lien formalisé avec les deux établissements du territoire."),
        ("destabilisation", "", "Deux lignes d’astreinte seraient déplacées sans accord de l’établissement."),
    )


def recours_gracieux(s: Scene) -> None:
    """A refusal that the équipe asks the ARS to look at again: its answer is awaited."""
    projet_refuse(s)
    s.le(174)
    s.fait(
        "porteur",
        recours.former_recours,
        motifs="Les conventions avec les deux établissements ont été signées depuis\u00a0; nous les tenons à votre disposition.",
    )


def projet_redepose(s: Scene) -> None:
    """Refused, then filed again in its second version."""
    projet_refuse(s)
    g.ecrire_projet(s.le(200))
    s.fait("porteur", g.projet.deposer_projet)
    g.avis(s.le(215))


def projet_tacite(s: Scene) -> None:
    projet_depose(120, 0)(s)
    s.le(188)
    g.activite(s.le(192), confirmee=False)


def projet_valide(s: Scene, adherents: int = 5) -> None:
    projet_depose(120, adherents)(s)
    g.avis(s.le(140))
    g.juger(s.le(158), "projet")
    g.valider(s.le(160), "projet")
    g.activite(s.le(166))


def solde(jusqua: str) -> Recit:
    def recit(s: Scene) -> None:
        projet_valide(s)
        g.verser(s.le(175), "amorcage_2", jusqua)

    return recit


def finess_attribue(s: Scene, adherents: int = 10) -> None:
    projet_valide(s, adherents)
    g.verser(s.le(175), "amorcage_2")
    g.attribuer_finess(s.le(182))


def dotation_en_signature(s: Scene) -> None:
    finess_attribue(s)
    g.proposer(s.le(190), "dotation")
    g.signer(s.le(193), "dotation", ("porteur",))


def dotation(jusqua: str = "paye", adherents: int = 12) -> Recit:
    def recit(s: Scene) -> None:
        finess_attribue(s, adherents)
        g.proposer(s.le(190), "dotation")
        for rang, qui in enumerate(("ordonnateur", "porteur", "signataire")):
            g.signer(s.le(192 + 2 * rang), "dotation", (qui,))
        g.activite(s.le(200), "second_recours")
        g.verser(s.le(204), "dotation", jusqua)

    return recit


def deuxieme_annee(s: Scene) -> None:
    """A whole contract year behind: entries, exits, an avenant signed by three, the report filed, the yearly check still to be done by the caisse."""
    dotation(adherents=13)(s)
    membres.faire_sortir(s.le(300), 2)
    membres.adherer(s.le(330), 2)
    membres.suivre_un_adherent(s.le(332))
    g.activite(s.le(340), "consultations_avancees")
    g.amender(s.le(400))
    g.compteurs(s.le(540), 5)
    g.rapport(s.le(545), 1)
    s.le(s.fiche.age)


def resilie(s: Scene) -> None:
    """Ended by the équipe; the notice over, the caisse asks back what was not used, and the équipe has answered."""
    amorcage_paye(s)
    s.le(120)
    s.fait("porteur", fin_contrat.resilier, motif="Départ de trois des quatre porteurs du territoire.")
    recuperation.ouvrir(il_y_a(s, 6), "resiliation", montant=Decimal("18500.00"))
    recuperation.repondre(il_y_a(s, 2))


def abandonne(s: Scene) -> None:
    lettre_validee(s)
    s.le(70)
    s.fait("porteur", fin.abandonner, motif="Les porteurs rejoignent l’équipe du département voisin.")


def classe(s: Scene) -> None:
    g.deposer_lettre(s)
    g.demander(s.le(9), "lettre", "Engagement écrit des adhérents")
    s.le(52)
    s.fait("instructeur", g.pieces.classer, motif="Pièces indispensables non reçues dans le délai d’un mois.")


def refus_retire(s: Scene) -> None:
    """A refusal withdrawn: the two months run anew."""
    lettre_refusee(s)
    s.le(62)
    s.fait(
        "signataire",
        retraits.retirer,
        transition="retirer_refus_lettre",
        motivation="Les délais cités ne portaient pas sur le département concerné.",
    )
