"""GOV-1, GOV-2: who may vote, how the territory is heard, and what is checked after five years (DL-6)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from ess_portal.referentiel.regles.professions import LIBERAUX, MEDECINE_GENERALE

PROFESSIONS: Mapping[str, str] = {
    "medecin": "Médecin",
    "paramedical": "Autre professionnel de santé",
    "usager": "Usager ou association d’usagers",
    "etablissement": "Établissement ou structure",
    "autre": "Autre",
}


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
    """Why this member may not have a deliberative voice (GOV-1); None when the seat is right."""
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


def manques_periode(debut: date | None, fin: date | None, *, champ: str = "fin") -> dict[str, str]:
    """A mandate or a convention ends on a day that does not precede its first one."""
    return {champ: "La fin ne précède pas le début."} if debut and fin and fin < debut else {}


def en_cours(debut: date, fin: date | None, jour: date) -> bool:
    """The last day counts whole."""
    return debut <= jour and (fin is None or jour <= fin)


@dataclass(frozen=True, slots=True)
class ControleCinqAns:
    """What DL-6 checks: half of the libéraux (CRI-4), and a consultation that can be traced (GOV-2)."""

    adherents: int | None
    requis: int | None
    consultations: int
    derniere: date | None

    @property
    def seuil_tenu(self) -> bool | None:
        if self.adherents is None or self.requis is None:
            return None
        return self.adherents >= self.requis

    @property
    def consultation_tenue(self) -> bool:
        return self.consultations > 0

    @property
    def phrases(self) -> tuple[str, str]:
        chiffres = (
            "Le nombre de libéraux du territoire n’est pas connu."
            if self.seuil_tenu is None
            else f"{self.adherents} adhérents libéraux, {self.requis} requis."
        )
        if self.consultations == 0:
            return chiffres, "Aucune consultation des acteurs du territoire n’est enregistrée avec sa preuve."
        pluriel = "s" if self.consultations > 1 else ""
        return chiffres, f"{self.consultations} consultation{pluriel} enregistrée{pluriel} avec sa preuve."


def controle_cinq_ans(
    tenues: Iterable[date], jour: date, *, adherents: int | None, requis: int | None
) -> ControleCinqAns:
    """Of the consultations held up to that day, the day included."""
    passees = [t for t in tenues if t <= jour]
    return ControleCinqAns(adherents, requis, len(passees), max(passees, default=None))
