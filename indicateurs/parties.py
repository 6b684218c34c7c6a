"""The parts of the report's form, each with what it still lacks: read at the top of the page, each one tap away on a phone."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.utils.safestring import SafeString

from ess_portal.socle.composants import etat
from ess_portal.socle.typographie import accord

from . import pieces
from .models import Rapport
from .regles.emploi import Compte
from .regles.indicateurs import INDICATEURS
from .services.controle import avertir, controler, sans_explication

# (anchor, title, how the fields begin that the filing asks for)
PARTIES: tuple[tuple[str, str, tuple[str, ...]], ...] = (
    ("nationaux", "Les cinq indicateurs nationaux", tuple(i.code for i in INDICATEURS)),
    ("qualitatifs", "Indicateurs qualitatifs", ("qualitatif_", "resultat_")),
    ("objectifs", "Objectifs de la mission", ()),
    ("fonds", "Emploi des fonds", ("emploi_des_fonds", "montant_depense")),
    ("outil", "Outil informatique et commentaires", ("outil_",)),
    ("pieces", "Pièces jointes", ("pieces",)),
)


def lire(
    rapport: Rapport, precedent: Rapport | None, compte: Compte, jointes: Sequence[Any], *, adherents: int
) -> list[tuple[str, str, SafeString]]:
    """(anchor, title, state) of each part, as the report was last saved and by the rules of its filing (IND-2, IND-3, FIN-12). `jointes`: the
    files that go with it; `adherents`: those of the year.
    """
    fautes = controler(rapport, adherents=adherents, complet=True)
    fautes |= pieces.refusees(rapport) if rapport.pk else {}
    fautes |= sans_explication(rapport, avertir(rapport, precedent, compte))
    manques = {nom.removeprefix("explication_") for nom in fautes}
    remplies = {
        "objectifs": any(str(v).strip() for v in rapport.objectifs.values()),
        "outil": bool(rapport.outil_informatique.strip() or rapport.outil_le or rapport.commentaires.strip()),
        "pieces": bool(jointes),
    }
    lues = []
    for ancre, titre, debuts in PARTIES:
        nombre = sum(nom.startswith(debuts) for nom in manques) if debuts else 0
        if nombre:
            badge = etat("attente", f"{accord(nombre, 'réponse')} à compléter")
        elif remplies.get(ancre, True):
            badge = etat("succes", "Complet" if ancre not in remplies else "Rempli")
        else:
            badge = etat("neutre", "Facultatif")
        lues.append((ancre, titre, badge))
    return lues
