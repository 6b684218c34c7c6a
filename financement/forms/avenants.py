"""Forms of the avenants: the équipe's demand, the ARS's answer, the proposal."""

from __future__ import annotations

from typing import Any

from django import forms

from dossiers.actions import FormulaireActe
from dossiers.forms.etapes import jour
from ess_portal.socle import horloge
from ess_portal.socle.horloge import jour_local

from ..regles.avenant import Changement, Clause
from ..selectors import consolide
from ..services import avenants, demandes_avenant
from .champs import Texte


class PropositionAvenant(FormulaireActe):
    """What the clauses of today would change in the contract, each to be kept or not, and one article of the avenant's own."""

    objet_version = forms.CharField(
        label="Objet de l’avenant",
        max_length=200,
        help_text="Une phrase, lue par les trois parties\u00a0: «\u00a0Extension du territoire à la Lozère\u00a0».",
    )
    date_effet = jour("Prise d’effet", "Au plus tôt le jour de la troisième signature.")
    articles = forms.MultipleChoiceField(
        label="Articles que le texte en vigueur change",
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="D’après les clauses en vigueur et les informations du dossier. Les différences se lisent mot à mot avant de signer.",
    )
    particulier = forms.ChoiceField(label="Article rédigé pour cette équipe", required=False)
    particulier_titre = forms.CharField(
        label="Titre de cet article",
        required=False,
        max_length=120,
        help_text="Laissez vide pour garder le titre actuel.",
    )
    particulier_texte = forms.CharField(
        label="Texte de cet article",
        required=False,
        max_length=20_000,
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text="Une ligne vide sépare deux paragraphes. «\u00a0- \u00a0» en début de ligne fait une liste, **gras** met en valeur.",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        maintenant = horloge.maintenant()
        contrat = consolide.modifiable(self.dossier, jour_local(maintenant, self.dossier.fuseau))
        if contrat is None:
            return
        changes, _texte = avenants.possibles(self.dossier, contrat, maintenant)
        choix = [(c.code, self._nommer(c)) for c in changes]
        self.fields["articles"].choices = choix
        self.fields["articles"].initial = [code for code, _ in choix]
        if not choix:
            del self.fields["articles"]
        if demandes_avenant.peut_repondre(self.dossier, self.acteur) and (
            attend := demandes_avenant.en_attente(self.dossier, contrat, maintenant)
        ):
            self.fields[
                "objet_version"
            ].help_text += f" Cet avenant accorde la demande de l’équipe\u00a0: «\u00a0{attend.objet}\u00a0»."
        lus = list(enumerate(avenants.en_vigueur(self.dossier, contrat), 1))
        if consolide.est_sur_papier(contrat):
            self._sur_papier([a for _, a in lus if not a.est_supprimee])
            return
        self.fields["particulier"].choices = [
            ("", "Aucun"),
            ("ajouter", "Ajouter un article à la fin"),
            *((f"remplacer:{a.code}", f"Remplacer l’article {rang}, {a.titre}") for rang, a in lus),
            *((f"retirer:{a.code}", f"Supprimer l’article {rang}, {a.titre}") for rang, a in lus),
        ]

    def _sur_papier(self, lus: list[Clause]) -> None:
        """The text is the scan: its articles go by their names, those that avenants wrote are chosen."""
        self.fields["particulier"].label = "Article à changer"
        self.fields[
            "particulier"
        ].help_text = "Ce contrat a été signé hors du portail\u00a0: son texte est celui de l’exemplaire signé."
        self.fields["particulier"].choices = [
            ("", "Choisissez"),
            ("ajouter", "Ajouter un article à la fin"),
            ("remplacer", "Remplacer un article du contrat signé"),
            ("retirer", "Supprimer un article du contrat signé"),
            *((f"remplacer:{a.code}", f"Remplacer «\u00a0{a.titre}\u00a0», écrit par l’avenant n°\u00a0{a.source}") for a in lus),
            *((f"retirer:{a.code}", f"Supprimer «\u00a0{a.titre}\u00a0», écrit par l’avenant n°\u00a0{a.source}") for a in lus),
        ]  # fmt: skip
        self.fields[
            "particulier_titre"
        ].help_text = (
            "Pour un article du contrat signé, son nom dans ce contrat\u00a0: «\u00a0Article 4, Montant\u00a0»."
        )

    def _nommer(self, c: Changement) -> str:
        if c.geste == "ajoute":
            return f"{c.titre} (article ajouté)"
        return f"Article {c.numero}, {c.titre} ({'remplacé' if c.geste == 'remplace' else 'supprimé'})"


class DemandeDAvenant(FormulaireActe):
    objet = Texte(
        label="Modification demandée",
        help_text="Ce qui changerait dans le contrat, et pourquoi. L’ARS et la caisse la lisent.",
    )


class ReponseDemandeAvenant(FormulaireActe):
    reponse = forms.ChoiceField(
        label="Votre réponse",
        choices=[
            ("accorder", "Accorder\u00a0: un avenant est à proposer"),
            ("pieces", "Demander des pièces indispensables"),
            ("refuser", "Refuser"),
        ],
        widget=forms.RadioSelect,
    )
    motif = Texte(label="Motif du refus, ou pièces demandées", required=False)


class ComplementDemandeAvenant(FormulaireActe):
    complement = Texte(label="Ce que vous fournissez", help_text="Les fichiers se déposent dans les pièces du dossier.")
