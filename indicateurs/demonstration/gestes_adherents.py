"""The acts of a life on its adhérents: who joins, leaves, changes his practice."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from adhesions.models import Adhesion
from adhesions.services import (
    ajouter_adherent,
    changer_exercice,
    corriger_adhesion,
    deposer_formulaire,
    sortir_adherent,
)

from .fichiers import fichier
from .identites import personne
from .scene import Scene


def adherer(s: Scene, nombre: int, *, invites: int = 0, hospitaliers: int = 0) -> Scene:
    """Adhérents whose signed forms are handed in, dated of the days before; `invites` only have their link."""
    f = s.fiche
    for rang in range(nombre + invites):
        p = personne(s.troupe.prochain())
        adhesion = s.fait(
            "porteur",
            ajouter_adherent,
            rpps=p.rpps,
            nom=p.nom,
            prenom=p.prenom,
            specialite=f.specialites[0],
            mode="hospitalier" if rang < hospitaliers else "liberal",
            courriel=p.courriel if rang >= nombre else "",
            departements=[f.departements[rang % len(f.departements)]],
            lieux=f"Cabinet médical, {f.commune}",
        )
        if rang < nombre:
            s.fait(
                "porteur",
                deposer_formulaire,
                adhesion=adhesion.pk,
                fichier=fichier("formulaire-adhesion.pdf"),
                date_signature=s.jour - timedelta(days=rang % 9),
            )
    s.analyser()
    return s


def faire_sortir(s: Scene, nombre: int = 1) -> Scene:
    """The first adhérents leave: retirement, or a move."""

    def choisir(*, numero: str, acteur: Any, **_: Any) -> list[int]:
        lignes = Adhesion.objects.pour(acteur).filter(dossier__numero=numero, etat=Adhesion.Etat.SIGNEE)
        return list(lignes.order_by("pk").values_list("pk", flat=True)[:nombre])

    for pk in s.fait("porteur", choisir):
        s.fait("porteur", sortir_adherent, adhesion=pk, date_sortie=s.jour, motif="Départ du territoire")
    return s


def suivre_un_adherent(s: Scene) -> Scene:
    """An adhérent takes a post at the hospital from a day on; then that day is found wrong, and corrected."""

    def choisir(*, numero: str, acteur: Any, **_: Any) -> int:
        lignes = Adhesion.objects.pour(acteur).filter(dossier__numero=numero, etat=Adhesion.Etat.SIGNEE)
        return lignes.order_by("pk").values_list("pk", flat=True)[0]

    pk = s.fait("porteur", choisir)
    effet = s.jour - timedelta(days=30)
    s.fait("porteur", changer_exercice, adhesion=pk, date_effet=effet, mode="mixte", motif="Poste partagé à l’hôpital")
    corrections = {"mode": "hospitalier"}
    s.fait(
        "porteur",
        corriger_adhesion,
        adhesion=pk,
        periode=effet,
        motif="Temps plein, et non partagé",
        corrections=corrections,
    )
    return s
