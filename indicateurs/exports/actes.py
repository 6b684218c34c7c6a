"""What was done, as files: payments, adhésions, annual reports."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.db.models import F, Q
from django.urls import reverse

from adhesions.models import Adhesion
from dossiers.regles.statuts import LIBELLES
from dossiers.selectors import libelles_specialites
from dossiers.services.creation import normaliser
from ess_portal.comptes.acteur import Acteur
from financement.models import Versement

from ..models import Rapport
from ..pilotage import echeances
from .forme import COMPETENTES, DOSSIER, PAR_LOT, Champs, Colonne, Filtres, Liste, Rangee, insense, jour_de, parmi, un


def _geler_versements(champs: Champs, _acteur: Acteur) -> dict[str, list[str]]:
    etapes = champs.getlist("onglet")
    if inconnues := [v for v in etapes if v and v not in (*Versement.Statut.values, "a_proposer")]:
        raise insense("Étape", inconnues[0])
    lus = {
        # What is still to be proposed is no payment yet: its tab exports them all.
        "onglet": [v for v in etapes if v in Versement.Statut.values],
        "nature": parmi(champs, "nature", "Nature", Versement.Nature.values),
        "recherche": [v[:80].replace("\x00", "") for v in champs.getlist("recherche") if v.strip()][:1],
    }
    return {nom: valeurs for nom, valeurs in lus.items() if valeurs}


def _dire_versements(filtres: Filtres, _acteur: Acteur) -> list[tuple[str, str]]:
    dits = [("Étape", str(Versement.Statut(v).label)) for v in filtres.get("onglet", ())]
    dits += [("Nature", str(Versement.Nature(v).label)) for v in filtres.get("nature", ())]
    return dits + [("Recherche", v) for v in filtres.get("recherche", ())]


def _lignes_versements(acteur: Acteur, filtres: Filtres, maintenant: datetime) -> Iterable[Rangee]:
    versements = Versement.objects.pour(acteur)
    if statuts := filtres.get("onglet"):
        versements = versements.filter(statut__in=statuts)
    if natures := filtres.get("nature"):
        versements = versements.filter(nature__in=natures)
    for mot in normaliser(un(filtres, "recherche")).split():
        versements = versements.filter(dossier__recherche__contains=mot)
    lus = (
        versements.annotate(statut_lu=echeances.statut_effectif(maintenant, "dossier__"))
        .order_by("propose_le", "pk")
        .values_list(
            *(
                "dossier_id",
                "dossier__numero",
                "dossier__nom",
                "statut_lu",
                "numero",
                "nature",
                "annee",
                "montant",
                "statut",
            ),
            *(
                "propose_le",
                "valide_le",
                "paye_le",
                "reference",
                "motif_annulation",
                "dossier__fuseau",
                "ars__nom",
                "caisse__nom",
            ),
        )
    )
    for pk, dossier, nom, etape, numero, nature, annee, montant, statut, propose, valide, paye, reference, motif, fuseau, ars, caisse in lus.iterator(PAR_LOT):  # fmt: skip
        yield pk, (
            dossier, nom, LIBELLES[etape], numero, str(Versement.Nature(nature).label), annee or None, montant,
            str(Versement.Statut(statut).label), jour_de(propose, fuseau), jour_de(valide, fuseau), paye, reference, motif, ars, caisse,
        )  # fmt: skip


VERSEMENTS = Liste(
    "versements",
    "Versements",
    (
        *DOSSIER,
        Colonne("versement", "Versement"),
        Colonne("nature", "Nature"),
        Colonne("annee", "Année du contrat"),
        Colonne("montant", "Montant en euros"),
        Colonne("etat", "État"),
        Colonne("propose_le", "Proposé le"),
        Colonne("valide_le", "Validé le"),
        Colonne("paye_le", "Payé le"),
        Colonne("reference", "Référence comptable"),
        Colonne("motif", "Motif de l’annulation"),
        *COMPETENTES,
    ),
    _lignes_versements,
    lambda: reverse("versements"),
    _geler_versements,
    _dire_versements,
)


def _geler_adhesions(champs: Champs, _acteur: Acteur) -> dict[str, list[str]]:
    lus = {
        "etat": parmi(champs, "etat", "État", Adhesion.Etat.values),
        "specialite": parmi(champs, "specialite", "Spécialité", libelles_specialites()),
    }
    return {nom: valeurs for nom, valeurs in lus.items() if valeurs}


def _dire_adhesions(filtres: Filtres, _acteur: Acteur) -> list[tuple[str, str]]:
    dits = [("État", str(Adhesion.Etat(v).label)) for v in filtres.get("etat", ())]
    return dits + [("Spécialité", libelles_specialites().get(v, v)) for v in filtres.get("specialite", ())]


def _lignes_adhesions(acteur: Acteur, filtres: Filtres, maintenant: datetime) -> Iterable[Rangee]:
    etats = filtres.get("etat")
    adhesions = Adhesion.objects.pour(acteur).filter(Q(etat__in=etats) if etats else ~Q(etat=Adhesion.Etat.ANNULEE))
    if specialites := filtres.get("specialite"):
        adhesions = adhesions.filter(specialite__in=specialites)
    lues = (
        adhesions.annotate(statut_lu=echeances.statut_effectif(maintenant, "dossier__"), rpps=F("professionnel__rpps"))
        .order_by("dossier__numero", "nom", "prenom", "pk")
        .select_related("dossier__ars", "dossier__caisse", "professionnel")
    )
    specialites_lues = libelles_specialites()
    for a in lues.iterator(PAR_LOT):
        d = a.dossier
        yield d.pk, (
            d.numero, d.nom, LIBELLES[a.statut_lu], a.rpps, a.titre, a.nom, a.prenom, specialites_lues.get(a.specialite_id, ""),
            a.get_mode_display(), ", ".join(a.departements), a.get_etat_display(), a.signee_le, a.get_moyen_display(), a.sortie_le,
            a.motif_sortie, d.ars and d.ars.nom, d.caisse and d.caisse.nom,
        )  # fmt: skip


ADHESIONS = Liste(
    "adhesions",
    "Adhésions",
    (
        *DOSSIER,
        Colonne("rpps", "RPPS"),
        Colonne("titre", "Titre"),
        Colonne("nom_professionnel", "Nom"),
        Colonne("prenom", "Prénom"),
        Colonne("specialite", "Spécialité"),
        Colonne("mode", "Mode d’exercice"),
        Colonne("departements", "Départements d’exercice"),
        Colonne("etat", "État"),
        Colonne("signee_le", "Signée le"),
        Colonne("moyen", "Moyen de signature"),
        Colonne("sortie_le", "Dernier jour d’adhésion"),
        Colonne("motif", "Motif de la sortie"),
        *COMPETENTES,
    ),
    _lignes_adhesions,
    lambda: reverse("dossiers"),
    _geler_adhesions,
    _dire_adhesions,
)


def _geler_rapports(champs: Champs, _acteur: Acteur) -> dict[str, list[str]]:
    statuts = parmi(champs, "statut", "État", Rapport.Statut.values)
    return {"statut": statuts} if statuts else {}


def _dire_rapports(filtres: Filtres, _acteur: Acteur) -> list[tuple[str, str]]:
    return [("État", str(Rapport.Statut(v).label)) for v in filtres.get("statut", ())]


def _lignes_rapports(acteur: Acteur, filtres: Filtres, maintenant: datetime) -> Iterable[Rangee]:
    rapports = Rapport.objects.pour(acteur)
    if statuts := filtres.get("statut"):
        rapports = rapports.filter(statut__in=statuts)
    lus = (
        rapports.annotate(statut_lu=echeances.statut_effectif(maintenant, "dossier__"))
        .order_by("dossier__numero", "annee", "pk")
        .select_related("dossier__ars", "dossier__caisse")
        .defer("commentaires", "objectifs", "qualitatifs", "emploi_des_fonds", "outil_informatique")
    )
    for r in lus.iterator(PAR_LOT):
        d = r.dossier
        yield d.pk, (
            d.numero, d.nom, LIBELLES[r.statut_lu], r.annee, r.debut, r.fin, r.get_statut_display(), r.i1, r.i1b, r.i2, r.i3, r.i4, r.i5,
            r.montant_depense, r.solde, r.outil_le, jour_de(r.depose_le, d.fuseau), jour_de(r.valide_le, d.fuseau),
            d.ars and d.ars.nom, d.caisse and d.caisse.nom,
        )  # fmt: skip


RAPPORTS = Liste(
    "rapports",
    "Rapports d’activité",
    (
        *DOSSIER,
        Colonne("annee", "Année du contrat"),
        Colonne("debut", "Du"),
        Colonne("fin", "Au"),
        Colonne("etat", "État du rapport"),
        Colonne("i1", "I1 Soignants adressant des patients"),
        Colonne("i1b", "I1b Dont médecins traitants"),
        Colonne("i2", "I2 Patients pris en charge"),
        Colonne("i3", "I3 Téléexpertises réalisées"),
        Colonne("i4", "I4 Médecins en consultations avancées"),
        Colonne("i5", "I5 Consultations avancées réalisées"),
        Colonne("depense", "Montant dépensé"),
        Colonne("solde", "Somme non employée"),
        Colonne("outil_le", "Outil informatique en service le"),
        Colonne("depose_le", "Déposé le"),
        Colonne("valide_le", "Validé le"),
        *COMPETENTES,
    ),
    _lignes_rapports,
    lambda: reverse("dossiers"),
    _geler_rapports,
    _dire_rapports,
)
