"""Lives that began elsewhere: the transitional regimes of §6, taken over at their real step."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from dossiers.services.reprise import Reprise, reprendre
from financement.services import controles, transitoire

from . import gestes as g
from . import gestes_adherents as membres
from .fichiers import fichier
from .recits import Recit
from .scene import Scene


def _reprendre(s: Scene, regime: str, statut: str, **champs: Any) -> None:
    f = s.fiche

    def service(**commun: Any) -> str:
        commun["numero"] = s.reserve
        reprise = Reprise(
            equipe=s.equipe.code,
            nom=f.equipe,
            specialites=list(f.specialites),
            departements=list(f.departements),
            siege_departement=f.siege,
            siege_commune=f.commune,
            caisse=s.caisse.code,
            regime=regime,
            statut=statut,
            medecins_presents=f.presents,
            liberaux=f.liberaux,
            adherents_declares=f.adherents,
            **champs,
        )
        return reprendre(reprise=reprise, actes=[fichier("acte-repris.pdf")], **commun).numero

    s.numero = s.fait("instructeur", service)
    s.analyser()


def existante_conforme(s: Scene) -> None:
    """TRA-2: straight to the dotation, the day after the end of the ARS's funding; two years of life."""
    rang, jour = s.troupe.prochain(), s.date
    _reprendre(
        s,
        "existante_conforme",
        "finess_attribue",
        projet_valide_le=jour(-40),
        association=f"Association {s.fiche.equipe}",
        rna=g.rna(s.fiche.siege, rang),
        finess=g.finess(s.fiche.siege, rang),
        finess_le=jour(-200),
    )
    s.fait(
        "instructeur",
        transitoire.declarer_financement_ars,
        source="Convention de financement",
        montant=Decimal("60000.00"),
        date_debut=jour(-700),
        date_fin=jour(20),
    )
    membres.adherer(s.le(12), 12, hospitaliers=2)
    g.donner_iban(s.le(14))
    g.proposer(s.le(24), "dotation")
    g.signer(s.le(30), "dotation")
    g.activite(s.le(33))
    g.activite(s.le(34), "second_recours")
    g.verser(s.le(36), "dotation")
    membres.faire_sortir(s.le(200))
    g.rapport(s.le(372), 1)
    g.accepter_rapport(s.le(392), 1)
    controle_annuel(s.le(400))
    g.verser(s.le(405), "dotation")
    g.rapport(s.le(412), 2, depose=False)


def controle_annuel(s: Scene, annee: int = 1) -> None:
    """The caisse's check of a year: the next payment opens."""
    observations = "Rapport reçu, effectif contrôlé sur les formulaires d’adhésion."
    s.fait(
        "gestionnaire",
        controles.controler_annee,
        annee=annee,
        criteres=True,
        composition=True,
        observations=observations,
    )


def mise_en_conformite(jusqua: str) -> Recit:
    """TRA-3: 24 000 € at the third signature, against a written commitment."""

    def recit(s: Scene) -> None:
        _transitoire(s, "mise_en_conformite", engagement=True)
        g.declarer_association(s.le(9))
        g.donner_iban(s.le(11))
        g.proposer(s.le(14))
        g.signer(s.le(18))
        g.verser(s.le(22), "transitoire", jusqua)

    return recit


def en_projet_credit_ars(s: Scene) -> None:
    """TRA-4: in project with an ARS credit; its contract waits for the last two signatures."""
    _transitoire(s, "en_projet_credit_ars", engagement=False)
    g.proposer(s.le(14))
    g.signer(s.le(18), "amorcage", ("porteur",))


def _transitoire(s: Scene, regime: str, *, engagement: bool) -> None:
    jour = s.date
    _reprendre(s, regime, "lettre_validee", lettre_deposee_le=jour(-30))
    s.fait(
        "instructeur",
        transitoire.declarer_financement_ars,
        source="Convention de financement",
        montant=Decimal("45000.00"),
        date_debut=jour(-420),
        date_fin=jour(-1),
        engagement_le=jour(-5) if engagement else None,
    )


def hors_champ(s: Scene) -> None:
    """TRA-5: does not wish to enter the conventional field."""
    _reprendre(s, "hors_champ", "clos")
