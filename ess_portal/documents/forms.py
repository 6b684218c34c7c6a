from django import forms


class VerifierForm(forms.Form):
    """A file to compare with the issued document; it is hashed and forgotten."""

    fichier = forms.FileField(
        label="Votre exemplaire du document",
        help_text="Fichier PDF. Il est comparé puis oublié\u00a0: le portail ne le conserve pas.",
        max_length=255,
    )


class CodeForm(forms.Form):
    code = forms.CharField(
        label="Code de vérification",
        help_text="Seize caractères, imprimés au bas de chaque page du document.",
        max_length=40,
    )


class FichierForm(forms.Form):
    """A file that may be one of ours; it is read and forgotten."""

    fichier = forms.FileField(
        label="Le fichier à vérifier",
        help_text="Fichier PDF, 10\u00a0Mo au plus. Il est lu puis oublié\u00a0: le portail ne le conserve pas.",
        max_length=255,
    )
