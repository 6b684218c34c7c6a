"""Forms of the contracts: proposal, signature, refusal, résiliation, transitional facts."""

from __future__ import annotations

from typing import Any

from django import forms

from dossiers.actions import FormulaireActe
from dossiers.forms.etapes import jour
from ess_portal.comptes.models import Utilisateur
from ess_portal.comptes.reauthentification import a_second_facteur

from ..models.contrat import partie_de
from ..selectors import argent
from ..services.designations import habilites
from .champs import Texte


class PropositionAmorcage(FormulaireActe):
    objet_version = Texte(
        label="Ce qui change depuis la version précédente",
        required=False,
        help_text="Laissez vide pour une première version. Une nouvelle version annule les signatures déjà données.",
    )


class PropositionDotation(PropositionAmorcage):
    montant_arbitre = forms.DecimalField(
        label="Montant arrêté par la caisse",
        required=False,
        min_value=0,
        max_digits=8,
        decimal_places=2,
        localize=True,
        help_text="Seulement si l’équipe compte moins de dix médecins\u00a0: les textes ne fixent pas de montant.",
    )
    motif_montant = Texte(label="Motif de ce montant", required=False)
    effet_anticipe = jour(
        "Prise d’effet avant la fin du financement de l’ARS",
        "Laissez vide pour le lendemain de ce financement. Plus tôt, la part qui se chevauche est proposée en récupération à l’ARS.",
        required=False,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        ars = argent(self.dossier).financement_ars
        if ars is None or ars.date_fin is None or argent(self.dossier).signees():
            del self.fields["effet_anticipe"]


class SignatureContrat(FormulaireActe):
    """Used behind a reauthentication only: what `moyen` says has been checked when `donnees` is read."""

    empreinte = forms.CharField(required=False, max_length=64, widget=forms.HiddenInput)
    qualite = forms.CharField(
        label="Qualité du signataire",
        required=False,
        max_length=200,
        help_text="Par exemple «\u00a0présidente de l’association\u00a0», «\u00a0par délégation du directeur\u00a0».",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        contrat = argent(self.dossier).propose
        if contrat is not None:
            self.fields["empreinte"].initial = contrat.empreinte
        personne = Utilisateur.objects.filter(pk=self.acteur.utilisateur_id).first()
        self.a_code = personne is not None and a_second_facteur(personne)
        self.fields["qualite"].initial = personne.fonction if personne else ""

    def donnees(self) -> dict[str, Any]:
        moyen = "mot de passe et code à usage unique" if self.a_code else "mot de passe"
        return {**super().donnees(), "moyen": moyen}


class DesignationSignataire(FormulaireActe):
    attendu = forms.IntegerField(required=False, widget=forms.HiddenInput)
    signataire = forms.TypedChoiceField(label="Signataire", coerce=int)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        liens = habilites(self.acteur.organisation_id)
        self.fields["signataire"].choices = [
            (x.utilisateur_id, ", ".join(filter(None, (x.utilisateur.nom_complet, x.utilisateur.fonction))))
            for x in liens
        ]
        contrat = argent(self.dossier).propose
        if contrat is not None:
            designe = contrat.designe(partie_de(self.dossier, self.acteur.organisation_id) or "equipe")
            self.fields["attendu"].initial = self.fields["signataire"].initial = designe


class DepotExemplaire(FormulaireActe):
    fichier = forms.FileField(label="Exemplaire signé", help_text="PDF ou photo du contrat entier, signé à la main.")
    nom = forms.CharField(label="Nom du signataire", max_length=200, help_text="Tel qu’il est écrit sur l’exemplaire.")
    qualite = forms.CharField(label="Qualité du signataire", max_length=200, required=False)
    signe_jour = jour("Date de la signature", "Celle écrite sur l’exemplaire.")


class JugementExemplaire(FormulaireActe):
    partie = forms.ChoiceField(label="Exemplaire à comparer")
    conforme = forms.TypedChoiceField(
        label="Votre constat",
        choices=[("oui", "C’est le contrat, entier et signé"), ("non", "Il n’est pas conforme")],
        coerce=lambda valeur: valeur == "oui",
        widget=forms.RadioSelect,
        help_text="Confirmé, il vaut signature de cette partie.",
    )
    motif = Texte(label="Ce qui ne va pas", required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        contrat = argent(self.dossier).propose
        lignes = contrat.exemplaires.en_attente() if contrat is not None else ()
        self.fields["partie"].choices = [
            (x.partie, f"{x.get_partie_display()}, signé par {x.nom}") for x in lignes if not self._est_sien(x)
        ]

    def _est_sien(self, exemplaire: Any) -> bool:
        return exemplaire.organisation_id == self.acteur.organisation_id


class RefusContrat(FormulaireActe):
    motif = Texte(
        label="Modification demandée",
        help_text="Ce motif est envoyé aux trois parties. Les signatures déjà données n’auront plus d’effet.",
    )


class Resiliation(FormulaireActe):
    motif = Texte(label="Motif de la résiliation")
    date_fin = jour(
        "Fin du contrat",
        "Laissez vide pour la première date possible. L’équipe respecte le préavis de son contrat.",
        required=False,
    )


class DeclarationFinancementArs(FormulaireActe):
    montant = forms.DecimalField(
        label="Montant du financement de l’ARS",
        required=False,
        min_value=0,
        max_digits=12,
        decimal_places=2,
        localize=True,
    )
    date_debut = jour("Début du financement", required=False)
    date_fin = jour("Dernier jour du financement", "La dotation prend effet au plus tôt le lendemain.", required=False)
    engagement_le = jour(
        "Engagement écrit de l’équipe, daté du",
        "Engagement de mettre le projet en conformité avec le cahier des charges.",
        required=False,
    )
    source = forms.CharField(
        label="Source", max_length=200, help_text="Convention, arrêté ou courrier dont ces informations sont tirées."
    )

    def clean(self) -> dict[str, Any]:
        lues = super().clean() or self.cleaned_data
        debut, fin = lues.get("date_debut"), lues.get("date_fin")
        if debut and fin and fin < debut:
            self.add_error("date_fin", "La fin du financement suit son début.")
        return lues


class Rencontre(FormulaireActe):
    jour = jour("Jour de la rencontre")
    objet = forms.CharField(label="Objet", max_length=200)
    participants = forms.CharField(
        label="Participants", max_length=300, help_text="Leurs organisations, et leurs noms s’il y a lieu."
    )
    suites = Texte(label="Ce qui a été dit ou décidé", required=False)


class JourDuTexte(forms.Form):
    au = jour("Texte en vigueur au")
