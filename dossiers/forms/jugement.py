"""The judgement of one criterion on its own page: the five lines of CRI-7, pièces, and why it changes."""

from __future__ import annotations

from typing import Any

from django import forms

from ess_portal.comptes.acteur import Acteur
from ess_portal.documents.models import Piece

from ..models import Dossier, Jugement
from ..regles.jugements import AVIS, LIGNES_CRI7
from .etapes import selon_le_cas, texte

A_CHOISIR = "Choisissez un jugement."


def _choix(libelle: str, manque: str = A_CHOISIR) -> forms.ChoiceField:
    return forms.ChoiceField(
        label=libelle,
        choices=tuple(AVIS.items()),
        widget=forms.RadioSelect,
        error_messages={"required": manque, "invalid_choice": A_CHOISIR},
    )


class JugerCritere(forms.Form):
    """`ligne_<code>`: the lines of CRI-7, before the whole."""

    def __init__(
        self, *args: Any, dossier: Dossier, acteur: Acteur, critere: str, jugement: Jugement | None, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.critere, self.jugement = critere, jugement
        lignes = jugement.lignes if jugement else {}
        if critere == "CRI-7":
            for code, libelle in LIGNES_CRI7.items():
                self.fields[f"avis_{code}"] = _choix(libelle, "Choisissez un jugement pour cette ligne.")
                self.fields[f"avis_{code}"].initial = lignes.get(code, {}).get("avis")
                self.fields[f"motif_{code}"] = texte(f"Motif\u00a0: {libelle.lower()}", lignes=2, maximum=2000)
                selon_le_cas(self, f"motif_{code}")
                self.fields[f"motif_{code}"].initial = lignes.get(code, {}).get("motif", "")
        self.fields["avis"] = _choix("Jugement d’ensemble" if critere == "CRI-7" else "Votre jugement")
        self.fields["motif"] = texte(
            "Motif", "Repris dans la décision. Obligatoire pour une réserve ou une non-conformité.", maximum=4000
        )
        selon_le_cas(self, "motif")
        pieces = Piece.objects.pour(acteur).filter(dossier=dossier).exclude(etat=Piece.Etat.REFUSE)
        choix = [(str(p.pk), str(p)) for p in pieces.order_by("depose_le")]
        if choix:
            self.fields["pieces"] = forms.MultipleChoiceField(
                label="Pièces du dossier sur lesquelles s’appuie le jugement",
                choices=choix,
                widget=forms.CheckboxSelectMultiple,
                required=False,
                error_messages={"invalid_choice": "Choisissez parmi les pièces du dossier."},
            )
        self.fields["fichier"] = forms.FileField(
            label="Autre pièce",
            required=False,
            help_text="Étude d’opportunité, note… L’équipe ne la voit pas. 25\u00a0Mo au plus.",
        )
        if jugement is not None:
            self.fields["avis"].initial, self.fields["motif"].initial = jugement.avis, jugement.motif
            if choix:
                self.fields["pieces"].initial = [str(p) for p in jugement.pieces.values_list("piece_id", flat=True)]
            self.fields["raison"] = texte("Pourquoi ce jugement change", lignes=2, maximum=1000)
            selon_le_cas(self, "raison")

    def clean(self) -> dict[str, Any]:
        d = super().clean() or {}
        if self.jugement and d.get("avis") not in (None, self.jugement.avis) and not (d.get("raison") or "").strip():
            self.add_error("raison", "Dites pourquoi le jugement change.")
        return d

    def donnees(self) -> dict[str, Any]:
        d = dict(self.cleaned_data)
        lignes = (
            {code: {"avis": d[f"avis_{code}"], "motif": d[f"motif_{code}"]} for code in LIGNES_CRI7}
            if self.critere == "CRI-7"
            else None
        )
        return {
            "avis": d["avis"],
            "motif": d["motif"],
            "lignes": lignes,
            "pieces": d.get("pieces", []),
            "fichier": d["fichier"],
            "raison": d.get("raison", ""),
        }
