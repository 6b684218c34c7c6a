"""Dossiers for the tests, led to a state by the acts themselves; the people who act are made in `tests.personnes`, and given here too.

`make_dossier(statut="projet_valide")` lives a life of the procedure with its cast (`dossier.distribution`), each person acting
under his own tenant. Everything stands in the test's transaction, written as the application role.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from stdnum import luhn

from adhesions.models import Adhesion
from adhesions.services import ajouter_adherent, histoire
from dossiers.actions import executer
from dossiers.forms.lettre import FORMULAIRES
from dossiers.forms.projet import RUBRIQUES
from dossiers.models import ActiviteMission, Dossier
from dossiers.regles.statuts import Statut
from dossiers.services import echanges, lettre, projet
from dossiers.services.creation import creer_dossier
from ess_portal.comptes.acteur import Acteur
from ess_portal.comptes.locataire import comme_portail, contexte
from ess_portal.comptes.models import Organisation, Utilisateur
from ess_portal.comptes.roles import Role, TypeOrganisation
from ess_portal.comptes.session import acteur_de
from ess_portal.documents import stockage
from ess_portal.documents.models import Piece
from ess_portal.referentiel.models import Departement
from ess_portal.referentiel.services import caisses_possibles
from ess_portal.socle.horloge import jour_local
from financement.models import Recuperation
from tests.outillage.vies import Vies
from tests.personnes import (
    INSTANT,
    MOT_DE_PASSE,
    TYPE_DU_ROLE,
    make_organisation,
    make_utilisateur,
    numero_rpps,
    rangs,
    rattachement_de,
)
from tests.personnes import (
    client_de as client_de,
)
from tests.personnes import (
    jeton_de as jeton_de,
)
from tests.personnes import (
    make_acteur as make_acteur,
)

IBAN = "FR7630006000011234567890189"
PDF = b"%PDF-1.4\n1 0 obj\n<< /Type /Catalog >>\nendobj\ntrailer\n<< /Root 1 0 R >>\n%%EOF\n"
CAST = {
    "porteur": Role.PORTEUR_REFERENT, "collaborateur": Role.PORTEUR_COLLABORATEUR, "instructeur": Role.ARS_INSTRUCTEUR,
    "signataire": Role.ARS_SIGNATAIRE, "gestionnaire": Role.CAISSE_INSTRUCTEUR, "ordonnateur": Role.CAISSE_ORDONNATEUR,
    "regional": Role.ADMIN_REGIONAL, "national": Role.ADMIN_NATIONAL,
}  # fmt: skip

PROPOSITIONS = ("proposer_contrat_amorcage", "proposer_contrat_dotation", "proposer_avenant")


@dataclass
class Distribution:
    """The people around one dossier, by the short names of CAST, and the instant at which they act."""

    departement: str = "31"
    maintenant: datetime = INSTANT
    equipe: Organisation = field(default_factory=make_organisation)
    utilisateurs: dict[str, Utilisateur] = field(default_factory=dict)
    acteurs: dict[str, Acteur] = field(default_factory=dict)
    numero: str = ""

    def utilisateur(self, qui: str) -> Utilisateur:
        if qui not in self.utilisateurs:
            role = CAST[qui]
            organisation = self.equipe if TYPE_DU_ROLE[role] == TypeOrganisation.EQUIPE else None
            self.utilisateurs[qui] = make_utilisateur(role, organisation, departement=self.departement)
        return self.utilisateurs[qui]

    def acteur(self, qui: str) -> Acteur:
        if qui not in self.acteurs:
            self.acteurs[qui] = acteur_de(rattachement_de(self.utilisateur(qui)))
        return self.acteurs[qui]

    def fait(self, qui: str, acte: str, fichiers: Mapping[str, Any] | None = None, **donnees: Any) -> Dossier:
        """An act of the registry, as the screens and the API do it. Its signatories are there before a contract is proposed: it may name them."""
        acteur = self.acteur(qui)
        if acte in PROPOSITIONS:
            for signataire in ("signataire", "ordonnateur"):
                self.acteur(signataire)
        with contexte(acteur):
            executer(
                acte, numero=self.numero, acteur=acteur, maintenant=self.maintenant,
                donnees={"mot_de_passe": MOT_DE_PASSE, "confirmation": "on", **donnees}, fichiers=fichiers or {},
                utilisateur=self.utilisateur(qui),
            )  # fmt: skip
        return self.relire()

    def relire(self) -> Dossier:
        with comme_portail():
            return Dossier.objects.get(numero=self.numero)

    def avancer(self, **duree: int) -> None:
        self.maintenant += timedelta(**duree)

    @property
    def jour(self) -> date:
        return jour_local(self.maintenant, Departement.objects.get(code=self.departement).fuseau)


def make_dossier(
    statut: Statut | str = Statut.BROUILLON, distribution: Distribution | None = None, **champs: Any
) -> Dossier:
    """A dossier led to a state through its acts, or such a life put back (`outillage.vies`). `champs`: of `creer_dossier` and of the
    letter's steps (specialites, departements, liberaux…). The cast is `dossier.distribution`.
    """
    if distribution is None and "equipe" not in champs:
        d = Vies.mener(f"{Statut(statut)} {sorted(champs.items())!r}", lambda: _mener(statut, None, dict(champs)))
    else:
        d = _mener(statut, distribution, champs)
    dossier = d.relire()
    dossier.distribution = d
    return dossier


def _mener(statut: Statut | str, distribution: Distribution | None, champs: dict[str, Any]) -> Distribution:
    d = distribution or Distribution(
        **{n: champs.pop(n) for n in ("departement", "maintenant", "equipe") if n in champs}
    )
    rang = next(rangs)
    porteur = d.acteur("porteur")
    with contexte(porteur):
        d.numero = creer_dossier(
            nom=champs.pop("nom", f"ESS d’essai {rang}"), specialites=champs.get("specialites", ["SM04"]),
            siege_departement=d.departement, acteur=porteur, maintenant=d.maintenant,
        ).numero  # fmt: skip
    for cible in CHEMIN[Statut(statut)]:
        PAS[cible](d, champs)
    return d


def remplir_lettre(d: Distribution, champs: Mapping[str, Any]) -> None:
    """The seven steps of the letter, through their forms. `champs` replaces the defaults."""
    rang = next(rangs)
    defauts = {
        "justification": "Une équipe déjà organisée.", "porteur_1_prenom": "Claire", "porteur_1_nom": "Castelnau",
        "porteur_1_rpps": numero_rpps(rang), "porteur_1_mode": "liberal", "porteur_1_commune": "Toulouse",
        "specialites": ["SM04"], "besoin": "Des délais de quatre mois.", "departements": [d.departement],
        "siege_departement": d.departement, "siege_commune": "Le Chef-Lieu", "caisse_choisie": caisses_possibles(d.departement)[0].code,
        "medecins_presents": "60", "liberaux": "50", "adherents_declares": "20", "source_comptage": "Annuaire santé",
        "date_comptage": "2026-01-15", "premier_recours": "Avec les CPTS.", "etablissements": "Avec le CHU.",
        "deliberatives": "Les spécialistes libéraux.", "association": "a_creer", "avis_ponctuel": "Par téléexpertise.",
        "second_recours": "Avec le CHU.", "indicateur_qualitatif": "Satisfaction des médecins traitants.",
    } | dict(champs)  # fmt: skip
    acteur = d.acteur("porteur")
    with contexte(acteur):
        for etape, classe in FORMULAIRES.items():
            formulaire = classe(defauts, dossier=Dossier.objects.get(numero=d.numero), acteur=acteur)
            assert formulaire.is_valid(), formulaire.errors.as_json()
            donnees = formulaire.donnees()
            if etape == "porteurs":
                donnees.pop("nom", None)
            lettre.enregistrer_etape(
                numero=d.numero, etape=etape, donnees=donnees, acteur=acteur, maintenant=d.maintenant
            )


def make_piece(d: Distribution, *, objet: str = "lettre", contenu: bytes = PDF, **champs: Any) -> Piece:
    """A pièce already judged safe, its bytes on the disk."""
    with stockage.atelier() as atelier:
        (atelier / "piece").write_bytes(contenu)
        chemin = stockage.publier(atelier / "piece")
    with comme_portail():
        defauts = {
            "dossier": Dossier.objects.get(numero=d.numero), "objet": objet, "type": "annexe", "libelle": "Annexe",
            "nom_fichier": "annexe.pdf", "type_mime": "application/pdf", "taille": len(contenu), "empreinte": hashlib.sha256(contenu).hexdigest(),
            "chemin": chemin, "depose_le": d.maintenant, "etat": "sain", "analysee_le": d.maintenant,
        }  # fmt: skip
        return Piece.objects.create(**(defauts | champs))


def make_adherents(d: Distribution, nombre: int = 12, *, specialite: str = "SM04") -> list[Adhesion]:
    """Libéral adhérents whose paper forms are signed on the day of the cast (ADH-1)."""
    acteur, adhesions = d.acteur("porteur"), []
    piece = make_piece(d, objet="adhesion")
    with contexte(acteur):
        for _ in range(nombre):
            rang = next(rangs)
            adhesion = ajouter_adherent(
                numero=d.numero, acteur=acteur, maintenant=d.maintenant, rpps=numero_rpps(rang), nom=f"Adhérent{rang}",
                prenom="Camille", specialite=specialite, mode="liberal", departements=[d.departement], inviter=False,
            )  # fmt: skip
            adhesions.append(adhesion)
        Adhesion.objects.filter(pk__in=[a.pk for a in adhesions]).update(
            etat="signee", signee_le=d.jour, moyen="formulaire", formulaire=piece, a_avis_ponctuel=True, a_second_recours=True
        )  # fmt: skip
        signees = Adhesion.objects.filter(pk__in=[a.pk for a in adhesions]).order_by("pk")
        histoire.ouvrir_existantes(signees, acteur=acteur, maintenant=d.maintenant)
    return adhesions


def remplir_projet(d: Distribution, **champs: Any) -> None:
    """Every section of the projet and its deployment document."""
    defauts = {
        "diagnostic": "Le territoire.", "missions": "Les missions.", "contact_nom": "Secrétariat", "contact_telephone": "05 61 00 00 00",
        "contact_horaires": "9 h à 18 h", "indicateurs_suivi": "Les cinq indicateurs.", "qualitatif_1": "Satisfaction",
        "gouvernance": "Un bureau.", "actualisation": "Chaque année.",
    } | champs  # fmt: skip
    acteur, piece = d.acteur("porteur"), make_piece(d, objet="projet", type="deploiement")
    with contexte(acteur):
        for rubrique, classe in RUBRIQUES.items():
            formulaire = classe(defauts, dossier=Dossier.objects.get(numero=d.numero), acteur=acteur)
            assert formulaire.is_valid(), formulaire.errors.as_json()
            donnees = {"document_deploiement": piece} if rubrique == "deploiement" else formulaire.donnees()
            projet.enregistrer_rubrique(
                numero=d.numero, rubrique=rubrique, donnees=donnees, acteur=acteur, maintenant=d.maintenant
            )


def juger_tout(d: Distribution, objet: str) -> None:
    """The human criteria, found to be met."""
    acteur = d.acteur("instructeur")
    with contexte(acteur):
        for critere in ("CRI-2", "CRI-3", "CRI-5", "CRI-7"):
            echanges.juger(
                numero=d.numero, objet=objet, critere=critere, avis="conforme", acteur=acteur, maintenant=d.maintenant
            )


def rendre_avis(d: Distribution) -> None:
    d.fait("gestionnaire", "rendre_avis", sens="favorable", texte="")


def verser(d: Distribution, nature: str) -> None:
    """A payment by two people of the caisse, then paid."""
    d.fait("gestionnaire", "proposer_versement", nature=nature)
    d.fait("ordonnateur", "valider_versement")
    d.fait("gestionnaire", "marquer_paye", reference=f"VIR-{next(rangs)}")


def signer_a_trois(d: Distribution, acte: str) -> None:
    for qui in ("porteur", "signataire", "ordonnateur"):
        d.fait(qui, acte)


def _deposer_lettre(d: Distribution, champs: Mapping[str, Any]) -> None:
    remplir_lettre(d, champs)
    d.fait("porteur", "deposer_lettre")


def _valider_lettre(d: Distribution, _: Mapping[str, Any]) -> None:
    juger_tout(d, "lettre")
    rendre_avis(d)
    d.fait("instructeur", "valider_lettre")


def _signer_amorcage(d: Distribution, _: Mapping[str, Any]) -> None:
    d.fait("instructeur", "proposer_contrat_amorcage")
    signer_a_trois(d, "signer_amorcage")


def _deposer_projet(d: Distribution, _: Mapping[str, Any]) -> None:
    remplir_projet(d)
    d.fait("porteur", "deposer_projet")


def _valider_projet(d: Distribution, _: Mapping[str, Any]) -> None:
    make_adherents(d)
    juger_tout(d, "projet")
    rendre_avis(d)
    d.fait("instructeur", "valider_projet")


def _attribuer_finess(d: Distribution, _: Mapping[str, Any]) -> None:
    siren = numero_siren(next(rangs))
    d.fait(
        "porteur",
        "declarer_association",
        type="loi_1901",
        nom=f"Association {siren}",
        siren=siren,
        representant="Claire Castelnau",
    )
    base = f"{d.departement[:2]}{next(rangs):06d}"
    chiffres = base.replace("A", "1").replace("B", "2")
    d.fait(
        "instructeur", "attribuer_finess", finess=base + luhn.calc_check_digit(chiffres), finess_le=d.jour.isoformat()
    )


def _signer_dotation(d: Distribution, _: Mapping[str, Any]) -> None:
    d.fait("porteur", "enregistrer_iban", iban=numero_iban(next(rangs)), titulaire="Association")
    d.fait("gestionnaire", "confirmer_iban", verification="on")
    with contexte(d.acteur("porteur")):
        ActiviteMission.objects.create(
            dossier=Dossier.objects.get(numero=d.numero), type="avis_ponctuel", description="27 avis rendus",
            date_deploiement=d.jour, preuve=make_piece(d, objet="activite"), declaree_le=d.maintenant, confirmee_le=d.maintenant,
            confirmee_par=d.utilisateur("instructeur"),
        )  # fmt: skip
    for nature in ("amorcage_1", "amorcage_2"):
        verser(d, nature)
    d.fait("gestionnaire", "proposer_contrat_dotation")
    signer_a_trois(d, "signer_dotation")


def numero_iban(rang: int) -> str:
    """A French account of its own: that of another équipe is refused."""
    bban = f"30006000{rang:013d}89"
    return f"FR{98 - int(f'{bban}152700') % 97:02d}{bban}"


def make_recuperation(dossier: Dossier, par: Utilisateur, **champs: Any) -> Recuperation:
    """A procedure of recovery as a row, to be read only."""
    return Recuperation.objects.create(
        dossier=dossier, numero=f"R-{dossier.numero}-1", origine="dix_huit_mois", fondement="L242-2", motif="Aucune activité.",
        assiette=40_000, montant_propose=40_000, ouverte_le=INSTANT, ouverte_par=par, presentee_le=INSTANT.date(),
        observations_jusquau=INSTANT.date(), **Recuperation.colonnes(dossier), **champs,
    )  # fmt: skip


def numero_siren(rang: int) -> str:
    base = f"{73000000 + rang}"
    return base + luhn.calc_check_digit(base)


S = Statut
PAS: Mapping[str, Callable[[Distribution, Mapping[str, Any]], Any]] = {
    "lettre_deposee": _deposer_lettre,
    "lettre_incomplete": lambda d, _: d.fait(
        "instructeur", "demander_pieces_lettre", indispensables="Étude d’opportunité"
    ),
    "lettre_refusee": lambda d, _: d.fait(
        "instructeur", "refuser_lettre", motif_besoin="on", faits_besoin="Trois équipes."
    ),
    "lettre_validee": _valider_lettre,
    "amorcage_signe": _signer_amorcage,
    "projet_depose": _deposer_projet,
    "projet_incomplet": lambda d, _: d.fait("instructeur", "demander_pieces_projet", indispensables="Statuts signés"),
    "projet_refuse": lambda d, _: d.fait(
        "instructeur", "refuser_projet", motif_destabilisation="on", faits_destabilisation="Des lignes de garde."
    ),
    "projet_valide": _valider_projet,
    "finess_attribue": _attribuer_finess,
    "dotation_active": _signer_dotation,
    "resilie": lambda d, _: d.fait("porteur", "resilier", motif="Dissolution de l’association."),
    "clos": lambda d, _: d.fait("porteur", "abandonner", motivation="L’équipe renonce."),
}
_DROIT = (
    "lettre_deposee",
    "lettre_validee",
    "amorcage_signe",
    "projet_depose",
    "projet_valide",
    "finess_attribue",
    "dotation_active",
)
CHEMIN: Mapping[Statut, tuple[str, ...]] = {
    S.BROUILLON: (),
    **{S(nom): _DROIT[: rang + 1] for rang, nom in enumerate(_DROIT)},
    S.LETTRE_INCOMPLETE: (*_DROIT[:1], "lettre_incomplete"),
    S.LETTRE_REFUSEE: (*_DROIT[:1], "lettre_refusee"),
    S.PROJET_INCOMPLET: (*_DROIT[:4], "projet_incomplet"),
    S.PROJET_REFUSE: (*_DROIT[:4], "projet_refuse"),
    S.RESILIE: (*_DROIT[:3], "resilie"),
    S.CLOS: (*_DROIT[:1], "clos"),
}
