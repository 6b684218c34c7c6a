"""A small cast: one équipe, its ARS and its caisse with two agents each, a neighbour who must see nothing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from dossiers.actions import executer
from dossiers.models import ActiviteMission, Association, Depot, Dossier, LettreIntention
from ess_portal.comptes.acteur import Acteur
from ess_portal.comptes.locataire import comme_portail, contexte
from ess_portal.comptes.models import Organisation, Rattachement, Utilisateur
from ess_portal.comptes.roles import Role
from ess_portal.documents.models import Piece
from ess_portal.referentiel.services import jeux_du_jour
from ess_portal.socle.horloge import jour_local
from indicateurs.verification import verifier
from tests.outillage.vies import Vies

MIDI = datetime(2026, 3, 2, 11, 0, tzinfo=UTC)
MOT_DE_PASSE = "quatre mots choisis au hasard"
IBAN = "FR7630006000011234567890189"
AUTRE_IBAN = "FR1420041010050500013M02606"


@dataclass
class Distribution:
    """Who acts, by a short name; `fait` does an act as the screens do."""

    dossier: Dossier
    acteurs: dict[str, Acteur]
    utilisateurs: dict[str, Utilisateur] = field(default_factory=dict)
    maintenant: datetime = MIDI

    def fait(self, qui: str, acte: str, *, fichiers: dict[str, Any] | None = None, **donnees: Any) -> Dossier:
        """Does an act with the person's password, at the cast's instant."""
        donnees = {"mot_de_passe": MOT_DE_PASSE, **donnees}
        with contexte(self.acteurs[qui]):
            executer(
                acte,
                numero=self.dossier.numero,
                acteur=self.acteurs[qui],
                maintenant=self.maintenant,
                donnees=donnees,
                fichiers=fichiers or {},
                utilisateur=self.utilisateurs[qui],
            )
        return self.relu()

    def relu(self) -> Dossier:
        with comme_portail():
            self.dossier = Dossier.objects.get(pk=self.dossier.pk)
        return self.dossier

    def avance(self, jours: int) -> None:
        self.maintenant += timedelta(days=jours)

    def signe_a_trois(
        self, acte: str = "signer_amorcage", ordre: tuple[str, ...] = ("porteur", "signataire", "ordonnateur")
    ) -> Dossier:
        for qui in ordre:
            self.fait(qui, acte)
        return self.dossier


def _personne(
    nom: str, organisation: Organisation, role: Role, *, utilisateur: Utilisateur | None = None
) -> tuple[Utilisateur, Acteur]:
    if utilisateur is None:
        utilisateur = Utilisateur.objects.create_user(
            f"{nom}@exemple.fr", MOT_DE_PASSE, nom=nom.title(), prenom="Camille"
        )
    lien = Rattachement.objects.create(utilisateur=utilisateur, organisation=organisation, role=role, cree_le=MIDI)
    return utilisateur, lien.acteur(organisation.pk if organisation.type != "equipe" else None)


@pytest.fixture
def distribution(db, request: pytest.FixtureRequest) -> Distribution:
    """The cast, led to the signed contract at once where the test asks for it: that life is put back (ADR 0009)."""
    if "contrat_signe" in request.fixturenames:
        return Vies.mener("finances, contrat signé", lambda: signer_et_ouvrir_le_paiement(distribuer()))
    return Vies.mener("finances", distribuer)


def distribuer(statut: str = "lettre_validee", **champs: Any) -> Distribution:
    """The cast around a dossier of cardiology in Haute-Garonne, its letter validated."""
    suffixe = f"{Organisation.objects.count()}"
    equipe = Organisation.objects.create(type="equipe", code=f"equipe-{suffixe}", nom="ESS Cardiologie 31", region="76")
    ars = Organisation.objects.get(type="ars", region="76")
    caisse = Organisation.objects.filter(type="caisse", departement="31").order_by("pk").first()
    autre_caisse = Organisation.objects.filter(type="caisse", departement="35").order_by("pk").first()
    roles = {
        "porteur": (equipe, Role.PORTEUR_REFERENT),
        "instructeur": (ars, Role.ARS_INSTRUCTEUR),
        "signataire": (ars, Role.ARS_SIGNATAIRE),
        "gestionnaire": (caisse, Role.CAISSE_INSTRUCTEUR),
        "gestionnaire2": (caisse, Role.CAISSE_INSTRUCTEUR),
        "ordonnateur": (caisse, Role.CAISSE_ORDONNATEUR),
        "ordonnateur2": (caisse, Role.CAISSE_ORDONNATEUR),
        "etranger": (autre_caisse, Role.CAISSE_ORDONNATEUR),
    }
    utilisateurs, acteurs = {}, {}
    for nom, (organisation, role) in roles.items():
        utilisateurs[nom], acteurs[nom] = _personne(f"{nom}{suffixe}", organisation, role)
    with comme_portail():
        dossier = creer_dossier_valide(equipe, ars, caisse, suffixe, statut, **champs)
    return Distribution(dossier, acteurs, utilisateurs)


def creer_dossier_valide(equipe, ars, caisse, suffixe: str, statut: str, **champs: Any) -> Dossier:
    depot = MIDI - timedelta(days=100)
    national, regional = jeux_du_jour("76", depot.date())
    dossier = Dossier.objects.create(
        **{
            "numero": f"76-2025-{int(suffixe):04d}", "nom": "ESS Cardiologie 31", "equipe": equipe, "ars": ars, "caisse": caisse,
            "statut": statut, "statut_depuis": MIDI - timedelta(days=30), "origine": "reprise", "specialites": ["SM04"],
            "groupes": ["cardiologie"], "departements": ["31"], "siege_departement": "31", "region": "76",
            "fuseau": "Europe/Paris", "jeu_national": national, "jeu_regional": regional, "cree_le": depot, "depose_le": depot,
            **champs,
        }
    )  # fmt: skip
    LettreIntention.objects.create(
        dossier=dossier,
        medecins_presents=60,
        liberaux=50,
        adherents_declares=20,
        source_comptage="RPPS",
        date_comptage=date(2025, 11, 1),
    )
    Depot.objects.create(
        dossier=dossier, objet="lettre", recu_le=depot, date_depot=depot.date(), date_reception=depot.date(), contenu={}
    )
    return dossier


def declarer_association(d: Distribution, **champs: Any) -> Association:
    with comme_portail():
        return Association.objects.create(
            **{
                "dossier": d.dossier,
                "nom": "Cardio 31",
                "siren": "732829320",
                "rna": "W313000001",
                "declaree_le": d.maintenant,
                **champs,
            }
        )


def attester_activite(d: Distribution, type_: str = "avis_ponctuel") -> ActiviteMission:
    """An activity of the mission socle with its proof, confirmed by an agent."""
    jour = jour_local(d.maintenant, d.dossier.fuseau)
    with comme_portail():
        piece = Piece.objects.create(
            dossier=d.dossier, objet="activite", type="preuve", libelle="Attestation", nom_fichier="preuve.pdf", type_mime="application/pdf",
            taille=1000, empreinte="0" * 64, chemin=f"preuve-{d.dossier.pk}-{type_}", depose_le=d.maintenant, etat="sain", analysee_le=d.maintenant,
        )  # fmt: skip
        return ActiviteMission.objects.create(
            dossier=d.dossier, type=type_, description="27 avis rendus", date_deploiement=jour, preuve=piece, declaree_le=d.maintenant,
            confirmee_le=d.maintenant, confirmee_par=d.utilisateurs["instructeur"],
        )  # fmt: skip


def iban_confirme(d: Distribution, iban: str = IBAN) -> None:
    d.fait("porteur", "enregistrer_iban", iban=iban, titulaire="Cardio 31")
    d.fait("gestionnaire", "confirmer_iban", verification="on")


@pytest.fixture
def contrat_signe(distribution: Distribution) -> Distribution:
    """Annexe 1 signed by the three, the association declared, its IBAN confirmed."""
    return distribution


def signer_et_ouvrir_le_paiement(d: Distribution) -> Distribution:
    d.fait("instructeur", "proposer_contrat_amorcage")
    d.signe_a_trois()
    declarer_association(d)
    iban_confirme(d)
    return d


@pytest.fixture
def passer(distribution: Distribution) -> Callable[[str], None]:
    """Puts the dossier in a state, along the table's own pairs."""

    def faire(*statuts: str) -> None:
        with comme_portail():
            for statut in statuts:
                Dossier.objects.filter(pk=distribution.dossier.pk).update(statut=statut)
        distribution.relu()

    return faire


# Casts made by hand have states without their events, and pièces without their files.
FAITS_A_LA_MAIN = ("états rejoués", "pièces")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item):
    """After each test of the money, while its base is there, `verifier` finds nothing, unless the test planted it."""
    issue = yield
    a_une_base = item.get_closest_marker("django_db") or {"db", "transactional_db"} & {*item.fixturenames}
    if a_une_base and not item.get_closest_marker("fautes_plantees"):
        fautes = [faute for nom, _nombre, faute in verifier() if faute and nom not in FAITS_A_LA_MAIN]
        assert not fautes, "\n".join(fautes)
    return issue
