"""GOV-1: deliberative voices are practising libéral specialists outside médecine générale, natural persons only."""

from __future__ import annotations

from dataclasses import dataclass

from .effectif import LIBERAUX, MEDECINE_GENERALE


@dataclass(frozen=True, slots=True)
class Membre:
    nom: str
    voix: str
    personne_physique: bool = True
    est_medecin: bool = True
    en_exercice: bool = True
    specialite: str = ""
    mode: str = "liberal"


def voix_refusee(m: Membre) -> str | None:
    """Why this member may not have a deliberative voice; None when the seat is right."""
    if m.voix != "deliberative":
        return None
    if not m.personne_physique:
        return "Seule une personne physique peut avoir une voix délibérative."
    if not m.est_medecin or not m.specialite.startswith("SM"):
        return "Une voix délibérative revient à un médecin spécialiste."
    if m.specialite in MEDECINE_GENERALE:
        return "Un médecin généraliste ne peut avoir qu’une voix consultative."
    if not m.en_exercice or m.mode not in LIBERAUX:
        return "Une voix délibérative revient à un médecin libéral en exercice."
    return None
