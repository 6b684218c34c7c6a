"""An article of the clauses, and the activation of a version."""

from __future__ import annotations

from django import forms

from dossiers.forms.etapes import jour, ligne


class FormulaireArticle(forms.Form):
    revision = forms.IntegerField(min_value=0, required=False, widget=forms.HiddenInput)
    titre = ligne("Titre de l’article", maximum=120, manque="Donnez un titre à l’article.")
    texte = forms.CharField(
        label="Texte de l’article",
        max_length=20_000,
        help_text="Une ligne vide sépare deux paragraphes. «\u00a0- \u00a0» ou «\u00a01. \u00a0» en début de ligne fait une liste, **gras** et *italique* "
        "mettent en valeur. Un texte collé depuis Word est nettoyé.",
        widget=forms.Textarea(attrs={"rows": 16}),
        error_messages={
            "required": "Écrivez le texte de l’article.",
            "max_length": "Ce texte dépasse 20\u00a0000 signes\u00a0: partagez-le en plusieurs articles.",
        },
    )

    def clean_revision(self) -> int:
        return self.cleaned_data["revision"] or 0

    def clean_texte(self) -> str:
        # Word's own line break.
        return self.cleaned_data["texte"].replace("\x0b", "\n")


class FormulaireActivation(forms.Form):
    revision = forms.IntegerField(min_value=0, widget=forms.HiddenInput)
    valide_du = jour("En vigueur à partir du", "Les contrats proposés à partir de ce jour prennent ce texte.")
    objet = ligne(
        "Ce qui change", "Une phrase, lue dans l’historique des versions.", manque="Dites en une phrase ce qui change."
    )
