"""The cast of the matrix: three équipes, two regions, everything that an address may name, and who may see what."""

from __future__ import annotations

import hashlib
import uuid
from dataclasses import dataclass, field
from typing import Any

from django.test import Client

from adhesions.models import ImportAnnuaire, ListeImportee
from dossiers.models import Dossier, Motivation, StrategieRegionale, VueListe
from ess_portal.comptes.locataire import comme_portail
from ess_portal.comptes.models import Absence, Invitation, Organisation, Rattachement, Utilisateur
from ess_portal.comptes.roles import ADMINS, ARS, CAISSE, PORTEURS, Role
from ess_portal.documents.models import Document
from ess_portal.journal.models import Courriel, Notification
from ess_portal.referentiel.models import JeuParametres
from financement.models import CompteCaisse, Contrat, Delegation, FichierLot, LotPaiement, ReleveBancaire, Serie
from indicateurs.models import ActionGroupee, Export, FluxCalendrier
from tests.fabriques import (
    CAST,
    INSTANT,
    PDF,
    Distribution,
    client_de,
    jeton_de,
    make_adherents,
    make_dossier,
    make_organisation,
    make_piece,
    make_recuperation,
    make_utilisateur,
    rattachement_de,
)  # fmt: skip
from tests.outillage.vies import Vies

SIENNE, MEME_REGION, AUTRE_REGION, ABSENTE = "sienne", "meme_region", "autre_region", "absente"
SITUATIONS = (SIENNE, MEME_REGION, AUTRE_REGION, ABSENTE)

UUID_ABSENT = "00000000-0000-4000-8000-000000000000"
ABSENT = 999_999_999
QUI = {role: nom for nom, role in CAST.items()}

# Whose dossiers are read: an équipe its own, a caisse those of its area, an ARS and the regional administration the region's.
VOIT: dict[Role, frozenset[str]] = {
    **dict.fromkeys(PORTEURS, frozenset({SIENNE})),
    **dict.fromkeys(CAISSE, frozenset({SIENNE})),
    **dict.fromkeys(ARS, frozenset({SIENNE, MEME_REGION})),
    Role.ADMIN_REGIONAL: frozenset({SIENNE, MEME_REGION}),
    Role.ADMIN_NATIONAL: frozenset({SIENNE, MEME_REGION, AUTRE_REGION}),
}
# Whose people are seen: one's own organisation's; the administrators those of the agencies they follow.
VOIT_ORGANISATIONS: dict[Role, frozenset[str]] = {
    **dict.fromkeys(PORTEURS | CAISSE | ARS, frozenset({SIENNE})),
    Role.ADMIN_REGIONAL: frozenset({SIENNE, MEME_REGION}),
    Role.ADMIN_NATIONAL: frozenset({SIENNE, MEME_REGION, AUTRE_REGION}),
}


@dataclass
class Scene:
    """`objets[kind][situation]` = the arguments that name the thing; `clients` and `jetons` by role."""

    distributions: dict[str, Distribution]
    objets: dict[str, dict[str, dict[str, Any]]]
    clients: dict[Role | None, Client] = field(default_factory=dict)
    jetons: dict[Role, str] = field(default_factory=dict)
    sessions: dict[Role, str] = field(default_factory=dict)

    def arguments(self, objet: str, situation: str, role: Role | None) -> dict[str, Any]:
        par_role = self.objets.get(f"{objet}:{role}") or self.objets[objet]
        return par_role[situation]


def dresser() -> Scene:
    lieux = (("31", "SM04"), ("32", "SM03"), ("35", "SM04"))
    a, b, c = Vies.mener("la scène", lambda: [_dossier(*lieu) for lieu in lieux])
    objets = {"dossier": {SIENNE: a[1], MEME_REGION: b[1], AUTRE_REGION: c[1], ABSENTE: _absent()}}
    scene = Scene({SIENNE: a[0], MEME_REGION: b[0], AUTRE_REGION: c[0]}, objets)
    meme_region = _organisation(make_organisation("caisse", departement="32"))
    autre_region = _organisation(make_organisation("ars", departement="35"))
    for qui, role in CAST.items():
        utilisateur = a[0].utilisateur(qui)
        scene.clients[role] = client_de(utilisateur)
        scene.clients[role].raise_request_exception = False
        scene.sessions[role] = scene.clients[role].cookies["sessionid"].value
        scene.jetons[role] = jeton_de(utilisateur)
        organisation = rattachement_de(utilisateur).organisation
        objets[f"organisation:{role}"] = {
            SIENNE: _organisation(organisation), MEME_REGION: meme_region, AUTRE_REGION: autre_region, ABSENTE: _absent(),
        }  # fmt: skip
        mien = rattachement_de(utilisateur).jetons.get().pk
        objets[f"jeton:{role}"] = {SIENNE: {"jeton_id": mien}, ABSENTE: _absent()}
        flux = FluxCalendrier.objects.create(
            utilisateur=utilisateur, portee="personne", empreinte=f"{utilisateur.pk:064d}", cree_le=INSTANT
        )
        objets[f"flux:{role}"] = {SIENNE: {"flux_id": flux.pk}, ABSENTE: _absent()}
        with comme_portail():
            export = Export.objects.create(
                utilisateur=utilisateur, organisation=organisation, cle=uuid.uuid4(), liste="dossiers", format="csv", demande_le=INSTANT
            )  # fmt: skip
            vue = VueListe.objects.create(
                utilisateur=utilisateur,
                organisation=organisation,
                liste="dossiers",
                nom="Essai",
                enregistree_le=INSTANT,
            )
            absence = Absence.objects.create(
                utilisateur=utilisateur, organisation=organisation, debut=INSTANT.date(), fin=INSTANT.date(), declaree_le=INSTANT,
                remplacant_id=Rattachement.objects.get(pk=objets[f"organisation:{role}"][SIENNE]["rattachement_id"]).utilisateur_id,
            )  # fmt: skip
            notification = Notification.objects.create(
                utilisateur=utilisateur,
                organisation=organisation,
                cle="essai",
                genre="suivi",
                titre="Essai",
                creee_le=INSTANT,
            )
        if organisation.type in ("ars", "caisse"):
            objets[f"delegation:{role}"] = {SIENNE: _delegation(utilisateur, absence), ABSENTE: _absent()}
            objets[f"serie:{role}"] = {SIENNE: _serie(utilisateur, organisation), ABSENTE: _absent()}
            objets[f"groupee:{role}"] = {SIENNE: _groupee(utilisateur, organisation), ABSENTE: _absent()}
        objets[f"notification:{role}"] = {SIENNE: {"notification_id": notification.pk}, ABSENTE: _absent()}
        objets[f"export:{role}"] = {SIENNE: {"export_id": export.pk}, ABSENTE: _absent()}
        objets[f"vue:{role}"] = {SIENNE: {"vue_id": vue.pk}, ABSENTE: _absent()}
        objets[f"absence:{role}"] = {SIENNE: {"absence_id": absence.pk}, ABSENTE: _absent()}
    for role in CAST.values():
        autre = Role.ARS_INSTRUCTEUR if role != Role.ARS_INSTRUCTEUR else Role.CAISSE_INSTRUCTEUR
        for nom in ("jeton", "flux", "notification", "export", "vue"):
            objets[f"{nom}:{role}"] |= dict.fromkeys((MEME_REGION, AUTRE_REGION), objets[f"{nom}:{autre}"][SIENNE])
    objets["organisation"] = objets[f"organisation:{Role.PORTEUR_REFERENT}"]
    objets["jeton"] = objets[f"jeton:{Role.PORTEUR_REFERENT}"]
    delegations = [objets[f"delegation:{r}"][SIENNE] for r in (Role.ARS_SIGNATAIRE, Role.CAISSE_ORDONNATEUR)]
    objets["delegation"] = {MEME_REGION: delegations[0], AUTRE_REGION: delegations[1], ABSENTE: _absent()}
    series = [objets[f"serie:{r}"][SIENNE] for r in (Role.ARS_SIGNATAIRE, Role.CAISSE_ORDONNATEUR)]
    groupees = [objets[f"groupee:{r}"][SIENNE] for r in (Role.ARS_SIGNATAIRE, Role.CAISSE_ORDONNATEUR)]
    objets["groupee"] = {MEME_REGION: groupees[0], AUTRE_REGION: groupees[1], ABSENTE: _absent()}
    objets["serie"] = {MEME_REGION: series[0], AUTRE_REGION: series[1], ABSENTE: _absent()}
    objets["absence"] = objets[f"absence:{Role.PORTEUR_REFERENT}"]
    objets["notification"] = objets[f"notification:{Role.PORTEUR_REFERENT}"]
    objets["vue"] = objets[f"vue:{Role.PORTEUR_REFERENT}"]
    objets["export"] = objets[f"export:{Role.PORTEUR_REFERENT}"]
    objets["flux"] = objets[f"flux:{Role.PORTEUR_REFERENT}"]
    with comme_portail():
        courriel = Courriel.objects.order_by("pk").first()
        extrait = ImportAnnuaire.objects.create(fichier="extrait.txt", extrait_le=INSTANT, commence_le=INSTANT)
    jeu = {"jeu_id": JeuParametres.objects.order_by("pk").first().pk}
    objets["importation"] = {SIENNE: {"importation": extrait.pk}, ABSENTE: _absent()}
    with comme_portail():
        strategies = {
            situation: StrategieRegionale.objects.create(
                ars=make_organisation("ars", departement=dpt), titre="Stratégie", debut=INSTANT.date(), orientations="Le second recours.", enregistree_le=INSTANT,
            )
            for situation, dpt in ((SIENNE, "31"), (AUTRE_REGION, "35"))
        }  # fmt: skip
    objets["strategie"] = {s: {"strategie": x.pk} for s, x in strategies.items()} | {ABSENTE: _absent()}
    textes = {
        situation: Motivation.objects.create(
            region_id=region, objet="lettre", motif="besoin", titre="Texte", texte="Les faits.", valide_du=INSTANT.date(), enregistree_le=INSTANT,
        )
        for situation, region in ((SIENNE, "76"), (AUTRE_REGION, "53"))
    }  # fmt: skip
    objets["motivation"] = {s: {"motivation": x.pk} for s, x in textes.items()} | {ABSENTE: _absent()}
    objets["jeu"] = {SIENNE: jeu, ABSENTE: _absent()}
    objets["lot"] = {
        s: _lot(scene.distributions[s], rang) for rang, s in enumerate((SIENNE, MEME_REGION, AUTRE_REGION), 1)
    }
    objets["lot"][ABSENTE] = _absent()
    objets["courriel"] = {ABSENTE: _absent()} | ({SIENNE: {"courriel_id": courriel.pk}} if courriel else {})
    scene.clients[None] = Client(raise_request_exception=False)
    return scene


def _delegation(utilisateur: Utilisateur, absence: Absence) -> dict[str, Any]:
    """From this person to who replaces him."""
    with comme_portail():
        ligne = Delegation.objects.create(
            organisation_id=absence.organisation_id, delegant=utilisateur, delegataire_id=absence.remplacant_id, debut=INSTANT.date(),
            fin=INSTANT.date(), reference="essai", donnee_le=INSTANT,
        )  # fmt: skip
    return {"pk": ligne.pk}


def _serie(utilisateur: Utilisateur, organisation: Organisation) -> dict[str, Any]:
    with comme_portail():
        ligne = Serie.objects.create(
            organisation=organisation, genre="dotation", cle=uuid.uuid4(), creee_par=utilisateur, creee_le=INSTANT
        )
    return {"pk": ligne.pk}


def _groupee(utilisateur: Utilisateur, organisation: Organisation) -> dict[str, Any]:
    with comme_portail():
        ligne = ActionGroupee.objects.create(
            organisation=organisation, genre="relancer", cle=uuid.uuid4(), lancee_par=utilisateur, lancee_le=INSTANT
        )
    return {"pk": ligne.pk}


def _dossier(departement: str, specialite: str) -> tuple[Distribution, dict[str, Any]]:
    """A dossier with a signed contract, an adhérent, a document and a pièce."""
    d = make_dossier("amorcage_signe", departement=departement, specialites=[specialite]).distribution
    adhesion = make_adherents(d, 1, specialite=specialite)[0]
    piece = make_piece(d, empreinte=hashlib.sha256(PDF).hexdigest())
    with comme_portail():
        dossier = Dossier.objects.get(numero=d.numero)
        document = Document.objects.filter(dossier=dossier).order_by("cree_le", "pk").first()
        contrat = Contrat.objects.get(dossier=dossier)
        cellules = [["RPPS", "Nom", "Spécialité", "Mode d’exercice"], ["", "", "", ""]]
        liste = ListeImportee.objects.create(dossier=dossier, nom_fichier="l.csv", lignes=cellules, deposee_le=INSTANT)
        recuperation = make_recuperation(dossier, d.utilisateur("gestionnaire"))
    ids = {
        "numero": d.numero,
        "reference": recuperation.numero,
        "pk": contrat.pk,
        "adhesion": adhesion.pk,
        "liste": liste.pk,
        "document_id": document.pk,
        "piece_id": piece.pk,
        "annee": 1,
    }
    return d, ids


def _organisation(organisation: Organisation) -> dict[str, Any]:
    """An organisation, one of its people, and an invitation to it."""
    roles = {"equipe": Role.PORTEUR_COLLABORATEUR, "ars": Role.ARS_INSTRUCTEUR, "caisse": Role.CAISSE_INSTRUCTEUR}
    role = roles.get(organisation.type, Role.ADMIN_REGIONAL if organisation.region else Role.ADMIN_NATIONAL)
    personne = make_utilisateur(role, organisation)
    invitation = Invitation.objects.create(
        organisation=organisation, courriel=f"invite{personne.pk}@exemple.fr", role=role, empreinte=f"{personne.pk:064d}",
        creee_le=INSTANT, expire_le=INSTANT.replace(year=INSTANT.year + 1),
    )  # fmt: skip
    rattachement = Rattachement.objects.get(utilisateur=personne)
    return {"organisation_id": organisation.pk, "rattachement_id": rattachement.pk, "invitation_id": invitation.pk}


def _lot(d: Distribution, rang: int) -> dict[str, Any]:
    """A validated batch of the dossier's caisse, and its order."""
    with comme_portail():
        caisse, (prepare, valide) = Dossier.objects.get(numero=d.numero).caisse, Utilisateur.objects.order_by("pk")[:2]
        compte = CompteCaisse.objects.create(
            caisse=caisse, iban="FR7630006000011234567890189", bic="AGRIFRPP", saisi_par=prepare, saisi_le=INSTANT
        )
        lot = LotPaiement.objects.create(
            caisse=caisse, numero=f"L-2026-{rang:04d}", statut="valide", date_execution=INSTANT.date(), montant=1, nombre=1, compte=compte,
            prepare_par=prepare, prepare_le=INSTANT, valide_par=valide, valide_le=INSTANT,
        )  # fmt: skip
        FichierLot.objects.create(
            lot=lot, caisse=caisse, type="virement", octets=b"<x/>", empreinte="0" * 64, taille=4, produit_le=INSTANT
        )
        releve = ReleveBancaire.objects.create(
            caisse=caisse, format="csv", identifiant=f"{rang}", nom_fichier="retour.csv", octets=b"x", empreinte="0" * 64, importe_par=prepare,
            importe_le=INSTANT,
        )  # fmt: skip
    return {"numero": lot.numero, "releve": releve.pk}


def _absent() -> dict[str, Any]:
    entiers = (
        "pk",
        "adhesion",
        "liste",
        "organisation_id",
        "rattachement_id",
        "invitation_id",
        "jeton_id",
        "flux_id",
        "absence_id",
        "notification_id",
        "courriel_id",
        "jeu_id",
        "vue_id",
        "importation",
        "strategie",
        "motivation",
        "releve",
    )
    return {
        "numero": "76-1999-9999",
        "reference": "R-76-1999-9999-1",
        "document_id": UUID_ABSENT,
        "piece_id": UUID_ABSENT,
        "export_id": UUID_ABSENT,
        "annee": 1,
        **dict.fromkeys(entiers, ABSENT),
    }


__all__ = [
    "ABSENTE",
    "ADMINS",
    "AUTRE_REGION",
    "MEME_REGION",
    "SIENNE",
    "SITUATIONS",
    "VOIT",
    "VOIT_ORGANISATIONS",
    "Scene",
    "dresser",
]
