"""What the list's search looks at beside the dossier."""

from __future__ import annotations

from django.contrib.postgres.search import SearchVectorField
from django.db import models

from .dossier import Dossier
from .suivi import Porte


class TexteDossier(Porte):
    """The words of the letter, without accents nor places (nothing is ranked), as the search looks at them: beside the dossier, whose own
    row is read by every list, and in the row itself, for a search reads those of a whole region. It carries its readers: looked for
    through the dossier, each letter would cost another look. The table stands under `dossiers_textetrouve` (migration 0054), through which
    an index finds words.
    """

    dossier = models.OneToOneField(
        Dossier, models.CASCADE, primary_key=True, related_name="texte_cherche", verbose_name="dossier"
    )
    mots = SearchVectorField("mots")

    class Meta:
        verbose_name = "texte cherché"
        verbose_name_plural = "textes cherchés"
        indexes = [
            models.Index(fields=("ars",), name="texte_ars"),
            models.Index(fields=("caisse",), name="texte_caisse"),
        ]

    def __str__(self) -> str:
        return f"Texte du dossier {self.dossier_id}"
