"""Bad inputs to acts: dates out of order or to come, no item, no reason, a second decision. Each is refused by a French sentence, on its
field where it has one, and nothing changes: neither the journal, nor the outbox, nor a row of the dossier."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django import forms
from django.utils.datastructures import MultiValueDict

from dossiers.actions import toutes
from dossiers.models import DemandePieces, Dossier, Echeance, Message
from ess_portal.comptes.locataire import comme_portail, contexte
from ess_portal.documents.models import Document, Piece
from ess_portal.journal.models import Envoi, Evenement
from ess_portal.referentiel.services import caisses_possibles
from ess_portal.socle.erreurs import ErreurMetier
from indicateurs.demonstration.fichiers import fichier
from tests.fabriques import Distribution, make_dossier

pytestmark = pytest.mark.django_db
Cas = tuple[str, str, dict[str, Any], str]
PHRASE = re.compile(r"^[«A-ZÀÉÊ].*[.!]$", re.DOTALL)
IMPOSSIBLES = ("31/02/2026", "01/01/1800", "31/12/9999", "demain")


def trace(d: Distribution) -> tuple:
    with comme_portail():
        dossier = Dossier.objects.get(numero=d.numero)
        lignes = (
            m.objects.filter(dossier=dossier).count()
            for m in (Evenement, Envoi, DemandePieces, Message, Piece, Document)
        )
        dates = tuple(
            Echeance.objects.filter(dossier=dossier).order_by("pk").values_list("pk", "dernier_jour", "statut")
        )
        siege = (dossier.siege_departement, dossier.siege_commune, dossier.ars_id, dossier.caisse_id)
        return dossier.statut, dossier.version, *siege, *lignes, dates


def scans(nombre: int = 1) -> MultiValueDict:
    return MultiValueDict({"fichiers": [fichier("releve-d-activite.pdf") for _ in range(nombre)]})


def siege(d: Distribution, date_effet: str) -> dict[str, str]:
    return {
        "siege_departement": "34", "siege_commune": "Sète", "caisse": caisses_possibles("34")[0].code, "date_effet": date_effet,
    }  # fmt: skip


def deposee(d: Distribution) -> Iterator[Cas]:
    hier, demain = (d.jour + timedelta(days=n) for n in (-1, 1))
    for nom, champs, champ in (
        ("demander_pieces_lettre", {}, "indispensables"),
        ("demander_pieces_lettre", {"indispensables": " \n "}, "indispensables"),
        ("demander_pieces_lettre", {"indispensables": "Étude", "date_limite": str(d.jour)}, "date_limite"),
        ("demander_pieces_lettre", {"indispensables": "Étude", "date_limite": str(hier)}, "date_limite"),
        ("demander_pieces_lettre", {"indispensables": "p\n" * 51}, "indispensables"),
        ("demander_pieces_lettre", {"autres": "p\n" * 51}, "autres"),
        ("demander_pieces_lettre", {"indispensables": "Étude\n" + "p" * 301}, "indispensables"),
        ("demander_pieces_lettre", {"indispensables": "Étude", "autres": "p" * 301}, "autres"),
        ("refuser_lettre", {}, ""),
        ("refuser_lettre", {"motif_besoin": "on", "faits_besoin": "  "}, "faits_besoin"),
        ("sortir_du_champ", {"motivation": "  "}, "motivation"),
        ("transferer", siege(d, str(demain)), "date_effet"),
        ("transferer", siege(d, str(hier)), "date_effet"),
        ("transferer", siege(d, str(d.jour)) | {"caisse": caisses_possibles("13")[0].code}, "caisse"),
    ):
        yield "instructeur", nom, champs, champ
    association = {
        "type": "loi_1901",
        "nom": "Association",
        "siren": "732829320",
        "representant": "C. E.",
        "date_declaration": str(demain),
    }
    yield "porteur", "declarer_association", association, "date_declaration"
    yield "porteur", "abandonner", {"motivation": " "}, "motivation"
    yield "gestionnaire", "rendre_avis", {"sens": "defavorable", "texte": " "}, "texte"
    yield "gestionnaire", "rendre_avis", {"sens": "peut-être", "texte": "Non."}, "sens"


def incomplete(d: Distribution) -> Iterator[Cas]:
    yield "porteur", "completer_lettre", {}, "reponses"
    yield "porteur", "completer_lettre", {"reponses": ["9"]}, "reponses"
    yield "porteur", "completer_lettre", {"reponses": ["0"], "_fichiers": scans(21)}, "fichiers"
    yield "instructeur", "demander_pieces_lettre", {"indispensables": "Autre"}, ""
    yield "instructeur", "classer", {"motivation": "Rien reçu."}, ""
    for champs, champ in (
        ({"date_reception": str(d.jour + timedelta(days=1)), "reponses": ["0"]}, "date_reception"),
        ({"date_reception": str(d.jour - timedelta(days=1)), "reponses": ["0"]}, "date_reception"),
        ({"date_reception": str(d.jour)}, "reponses"),
    ):
        yield "instructeur", "enregistrer_pieces", champs | {"_fichiers": scans()}, champ
    yield "instructeur", "enregistrer_pieces", {"date_reception": str(d.jour), "reponses": ["0"]}, "fichiers"


def validee(d: Distribution) -> Iterator[Cas]:
    demain, avant = str(d.jour + timedelta(days=1)), str(d.jour - timedelta(days=400))
    yield "instructeur", "valider_lettre", {}, ""
    yield "porteur", "former_recours_gracieux", {"motifs": "Le besoin."}, ""
    yield "instructeur", "refuser_lettre", {"motif_besoin": "on", "faits_besoin": "Trois équipes."}, ""
    yield "signataire", "retirer_validation_lettre", {"motivation": " ", "contradictoire_le": str(d.jour)}, "motivation"
    yield "instructeur", "statuer_retard", {"issue": "clore", "motivation": "Tard."}, ""
    yield (
        "porteur",
        "declarer_activite",
        {"type": "avis_ponctuel", "description": "27 avis", "date_deploiement": demain},
        "preuve",
    )
    for depot, reception, champ in (
        (demain, demain, "date_depot"),
        (str(d.jour), demain, "date_reception"),
        (str(d.jour), avant, "date_reception"),
        (avant, str(d.jour), "date_depot"),
    ):
        champs = {"date_depot": depot, "date_reception": reception, "_fichiers": scans()}
        yield "instructeur", "enregistrer_projet", champs, champ
    d.avancer(days=200)  # the projet is late
    yield "instructeur", "statuer_retard", {"issue": "clore", "motivation": " "}, "motivation"
    for jour in ({}, {"nouveau_delai": str(d.jour)}, {"nouveau_delai": str(d.jour - timedelta(days=1))}):
        yield (
            "instructeur",
            "statuer_retard",
            {"issue": "accorder_delai", "motivation": "Une absence."} | jour,
            "nouveau_delai",
        )


def refusee(d: Distribution) -> Iterator[Cas]:
    yield "instructeur", "refuser_lettre", {"motif_besoin": "on", "faits_besoin": "Encore."}, ""
    yield "signataire", "retirer_refus_lettre", {"motivation": ""}, "motivation"
    yield "porteur", "former_recours_gracieux", {"motifs": " \n "}, "motifs"
    yield "instructeur", "repondre_recours", {"issue": "rejete", "motifs": "Non."}, ""
    yield "instructeur", "demander_pieces_recours", {"texte": "L’étude."}, ""
    yield "porteur", "completer_recours", {"texte": "La voici."}, ""
    yield "signataire", "viser_decision", {"confirmation": "on"}, ""
    d.fait("porteur", "former_recours_gracieux", motifs="Le besoin est établi.")
    hier, loin = str(d.jour - timedelta(days=1)), str(d.jour + timedelta(days=400))
    yield "porteur", "former_recours_gracieux", {"motifs": "Encore."}, ""
    yield "signataire", "repondre_recours", {"issue": "accepte", "motifs": " "}, "motifs"
    yield "signataire", "repondre_recours", {"motifs": "Non."}, "issue"
    yield "instructeur", "repondre_recours", {"issue": "accepte", "motifs": "Fondé."}, "issue"
    yield "instructeur", "repondre_recours", {"issue": "rejete", "motifs": "Non.", "recours": "999999999"}, ""
    yield "instructeur", "demander_pieces_recours", {"texte": " "}, "texte"
    for limite in (hier, str(d.jour), loin):
        yield "instructeur", "demander_pieces_recours", {"texte": "L’étude.", "date_limite": limite}, "date_limite"


def projet_depose(d: Distribution) -> Iterator[Cas]:
    yield "instructeur", "refuser_projet", {}, ""
    yield (
        "instructeur",
        "refuser_projet",
        {"motif_destabilisation": "on", "faits_destabilisation": " "},
        "faits_destabilisation",
    )
    yield "instructeur", "demander_pieces_projet", {"autres": " "}, "indispensables"
    yield (
        "instructeur",
        "demander_pieces_projet",
        {"indispensables": "Étude", "date_limite": str(d.jour)},
        "date_limite",
    )
    yield "porteur", "deposer_projet", {}, ""
    yield "gestionnaire", "rendre_avis", {"sens": "favorable", "opposition": "on"}, "opposition"
    yield "gestionnaire", "rendre_avis", {"sens": "reserves", "texte": " "}, "texte"
    yield "signataire", "retirer_refus_projet", {"motivation": "Erreur de fait."}, ""


@pytest.mark.parametrize(
    ("statut", "cas"),
    [
        ("lettre_deposee", deposee),
        ("lettre_incomplete", incomplete),
        ("lettre_validee", validee),
        ("lettre_refusee", refusee),
        ("projet_depose", projet_depose),
    ],
)
def test_une_mauvaise_saisie_ne_change_rien(statut: str, cas) -> None:
    d = make_dossier(statut).distribution
    for qui, nom, donnees, champ in cas(d):
        donnees = dict(donnees)
        fichiers, avant = donnees.pop("_fichiers", None), trace(d)
        with pytest.raises(ErreurMetier) as refus:
            d.fait(qui, nom, fichiers, **donnees)
        lu = f"{nom} {donnees} : {refus.value.message} {refus.value.champs}"
        assert not champ or champ in refus.value.champs, lu
        assert PHRASE.match(refus.value.message), lu
        assert all(PHRASE.match(phrase) for phrases in refus.value.champs.values() for phrase in phrases), lu
        assert trace(d) == avant, lu


def test_une_demande_apres_la_validation_tacite_dit_qu_elle_est_sans_effet() -> None:
    d = make_dossier("lettre_deposee").distribution
    d.avancer(days=62)
    with pytest.raises(ErreurMetier) as refus:
        d.fait("instructeur", "demander_pieces_lettre", indispensables="Étude")
    assert refus.value.message == (
        "Demande sans effet\u00a0: la lettre d’intention est réputée validée depuis le 3\u00a0mai\u00a02026, par le silence de l’administration. "
        "Il reste à demander ces pièces par un message, sans effet sur le délai, ou à retirer cette décision si elle est illégale, jusqu’au "
        "2\u00a0septembre\u00a02026 inclus, par une décision motivée prise après une procédure contradictoire."
    )
    with comme_portail():
        assert not DemandePieces.objects.exists()
    d.avancer(days=140)
    with pytest.raises(ErreurMetier) as refus:
        d.fait("instructeur", "demander_pieces_lettre", autres="Étude")
    assert refus.value.message.endswith("sans effet sur le délai.")


def test_aucun_acte_ne_prend_un_jour_impossible() -> None:
    """Every date field of every act of the portal, whatever its state: no such day, or a year that nobody means."""
    d = make_dossier("lettre_validee").distribution
    acteur, vus = d.acteur("instructeur"), 0
    with contexte(acteur):
        dossier = Dossier.objects.get(numero=d.numero)
        for nom, action in toutes().items():
            champs = [n for n, c in action.formulaire.base_fields.items() if isinstance(c, forms.DateField)]
            for saisi in IMPOSSIBLES if champs else ():
                formulaire = action.formulaire(dict.fromkeys(champs, saisi), None, dossier=dossier, acteur=acteur)
                formulaire.full_clean()
                # A field that the dossier's own facts take off the form takes nothing at all.
                for champ in (n for n in champs if n in formulaire.fields):
                    vus += 1
                    assert PHRASE.match("".join(formulaire.errors.get(champ, []))), (nom, champ, saisi)
    assert vus >= 160
