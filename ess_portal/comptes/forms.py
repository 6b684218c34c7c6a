"""Forms of accounts: sign-up of a porteur, invitations, roles, acceptance."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib.auth import password_validation
from django.http import HttpRequest
from stdnum import luhn

from ess_portal.socle import horloge

from .droits import roles_possibles
from .models import Organisation, Rattachement, Utilisateur
from .roles import TypeOrganisation
from .services.inscription import inscrire_porteur

TITRES = (("", "Sans titre"), ("Dr", "Dr"), ("Pr", "Pr"), ("M.", "M."), ("Mme", "Mme"))


def lire_rpps(valeur: str) -> str:
    """The 11 digits of a RPPS number, its national prefix « 8 » dropped. Raises ValidationError."""
    chiffres = "".join(valeur.split())
    if len(chiffres) == 12 and chiffres.startswith("8"):
        chiffres = chiffres[1:]
    if chiffres and not (len(chiffres) == 11 and chiffres.isdigit() and luhn.is_valid(chiffres)):
        raise forms.ValidationError("Ce numéro RPPS n’est pas valable : il compte onze chiffres.")
    return chiffres


class IdentiteForm(forms.Form):
    """Who one is. `appliquer` writes it on an account."""

    titre = forms.ChoiceField(label="Titre", choices=TITRES, required=False)
    prenom = forms.CharField(
        label="Prénom", max_length=120, widget=forms.TextInput(attrs={"autocomplete": "given-name"})
    )
    nom = forms.CharField(label="Nom", max_length=120, widget=forms.TextInput(attrs={"autocomplete": "family-name"}))
    fonction = forms.CharField(
        label="Fonction", max_length=160, required=False, help_text="Par exemple : cardiologue, chargée de mission."
    )
    rpps = forms.CharField(
        label="Numéro RPPS", max_length=20, required=False, help_text="Pour les professionnels de santé."
    )

    def clean_rpps(self) -> str:
        return lire_rpps(self.cleaned_data["rpps"])

    def appliquer(self, utilisateur: Utilisateur) -> None:
        for champ in ("titre", "prenom", "nom", "fonction", "rpps"):
            setattr(utilisateur, champ, self.cleaned_data[champ])


class InscriptionForm(IdentiteForm):
    """What allauth's sign-up asks beside the address and the password: allauth calls `signup` with the new account."""

    equipe = forms.CharField(
        label="Nom de l’équipe de soins spécialisés",
        max_length=200,
        help_text="Vous pourrez le changer.",
    )
    field_order = ["email", "password1", "password2", "titre", "prenom", "nom", "fonction", "rpps", "equipe"]

    def signup(self, request: HttpRequest, user: Utilisateur) -> None:
        self.appliquer(user)
        user.save()
        inscrire_porteur(utilisateur=user, equipe=self.cleaned_data["equipe"], maintenant=horloge.maintenant())


class InvitationForm(forms.Form):
    courriel = forms.EmailField(label="Adresse de courriel", help_text="Elle recevra un lien valable sept jours.")
    role = forms.ChoiceField(label="Rôle", widget=forms.RadioSelect)

    def __init__(self, *args: Any, organisation: Organisation, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["role"].choices = [(r.value, r.label) for r in roles_possibles(organisation)]
        self.fields["role"].initial = roles_possibles(organisation)[-1].value


class CoordonneesForm(forms.Form):
    """An équipe may change its name; the others' names are reference data."""

    nom = forms.CharField(label="Nom", max_length=200)
    courriel = forms.EmailField(label="Courriel du service", required=False)
    telephone = forms.CharField(label="Téléphone", max_length=20, required=False)
    adresse = forms.CharField(
        label="Adresse postale", max_length=400, required=False, widget=forms.Textarea(attrs={"rows": 3})
    )

    def __init__(self, *args: Any, organisation: Organisation, **kwargs: Any) -> None:
        champs = ("nom", "courriel", "telephone", "adresse")
        super().__init__(*args, initial={champ: getattr(organisation, champ) for champ in champs}, **kwargs)
        if organisation.type != TypeOrganisation.EQUIPE:
            del self.fields["nom"]


class RoleForm(forms.Form):
    """The role, and in an agency or a caisse who heads the service: reminders reach him before the last days (REL-1)."""

    role = forms.ChoiceField(label="Rôle", widget=forms.RadioSelect)
    est_chef_de_service = forms.BooleanField(
        label="Chef de service",
        required=False,
        help_text="Reçoit aussi les dernières relances avant une échéance.",
    )

    def __init__(self, *args: Any, rattachement: Rattachement, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["role"].choices = [(r.value, r.label) for r in roles_possibles(rattachement.organisation)]
        self.fields["role"].initial = rattachement.role
        self.fields["est_chef_de_service"].initial = rattachement.est_chef_de_service
        if rattachement.organisation.type not in (TypeOrganisation.ARS, TypeOrganisation.CAISSE):
            del self.fields["est_chef_de_service"]


def _jour(libelle: str, aide: str) -> forms.DateField:
    return forms.DateField(
        label=libelle,
        help_text=aide,
        input_formats=["%d/%m/%Y", "%Y-%m-%d"],
        widget=forms.DateInput(attrs={"placeholder": "JJ/MM/AAAA", "autocomplete": "off"}, format="%d/%m/%Y"),
        error_messages={"invalid": "Cette date n’est pas lisible. Écrivez-la JJ/MM/AAAA."},
    )


class AbsenceForm(forms.Form):
    debut = _jour("Premier jour", "Par exemple 15/03/2026")
    fin = _jour("Dernier jour", "Compris dans l’absence")
    remplacant = forms.TypedChoiceField(
        label="Remplaçant", coerce=int, help_text="Il reçoit les rappels et les avis pendant l’absence."
    )

    def __init__(self, *args: Any, collegues: list[tuple[int, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["remplacant"].choices = [("", "Choisir une personne"), *collegues]


class AcceptationForm(IdentiteForm):
    """A new account for the invited person: the link proves the address, only a name and a password are asked."""

    mot_de_passe = forms.CharField(
        label="Mot de passe",
        strip=False,
        help_text="Seize caractères au moins. Une phrase est plus facile à retenir.",
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
    confirmation = forms.CharField(
        label="Mot de passe, une seconde fois",
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def __init__(self, *args: Any, courriel: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.courriel = courriel

    def clean(self) -> dict[str, Any]:
        donnees = super().clean()
        mot_de_passe = donnees.get("mot_de_passe")
        if mot_de_passe and mot_de_passe != donnees.get("confirmation"):
            self.add_error("confirmation", "Les deux mots de passe diffèrent.")
        elif mot_de_passe:
            personne = Utilisateur(courriel=self.courriel, nom=donnees.get("nom", ""), prenom=donnees.get("prenom", ""))
            try:
                password_validation.validate_password(mot_de_passe, personne)
            except forms.ValidationError as echec:
                self.add_error("mot_de_passe", echec)
        return donnees


class RechercheForm(forms.Form):
    """Search of the administration: words in a name or an address, one kind of organisation."""

    recherche = forms.CharField(label="Nom ou adresse", required=False, max_length=120)
    type = forms.ChoiceField(
        label="Genre", required=False, choices=[("", "Toutes les organisations"), *TypeOrganisation.choices]
    )
