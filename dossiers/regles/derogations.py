"""DER-1, DER-2: what a dérogation lifts, what each of its steps requires, when the ARS is warned of a date that would meet it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date

PORTEES: Mapping[str, str] = {
    "DER-1": "Plusieurs spécialités dans une équipe",
    "CRI-1c": "Unicité de la spécialité",
    "CRI-1d": "Dix médecins présents",
    "CRI-4": "Seuil de 10\u00a0% de libéraux adhérents",
    "CRI-1a": "Périmètre d’au moins un département",
}
# The checks that are made for each specialty: a dérogation may name those it is for (DER-2).
PAR_SPECIALITE = frozenset({"CRI-1c", "CRI-1d", "CRI-4"})
CPN, ARS = "CPN", "ARS"


@dataclass(frozen=True, slots=True)
class DerogationFait:
    """`accordee` None while the CPN has not decided: silence never grants one. `groupes` empty: every specialty, and the total."""

    portee: frozenset[str]
    accordee: bool | None
    valide_du: date | None = None
    valide_au: date | None = None
    groupes: frozenset[str] = frozenset()
    instance: str = CPN

    def vaut(self, code: str, jour: date) -> bool:
        if not self.accordee or code not in self.portee:
            return False
        return (self.valide_du is None or self.valide_du <= jour) and (self.valide_au is None or jour <= self.valide_au)


def levante(
    derogations: Iterable[DerogationFait],
    code: str,
    jour: date,
    groupes: Collection[str] = (),
    *,
    assouplissement: str = CPN,
) -> str:
    """Who lifts the check `code` of these specialties on that day: CPN, ARS (CRI-1a alone, where the setting says so), or "" for nobody.

    What is said of several specialties, the total, is lifted by one that names none, or by those that together name them all.
    """
    en_vigueur = [
        d
        for d in derogations
        if d.vaut(code, jour) and (d.instance == CPN or (assouplissement == ARS and code == "CRI-1a"))
    ]
    if code not in PAR_SPECIALITE:
        return en_vigueur[0].instance if en_vigueur else ""
    if any(not d.groupes for d in en_vigueur):
        return CPN
    nommes = frozenset[str]().union(*(d.groupes for d in en_vigueur))
    return CPN if nommes and set(groupes) <= nommes else ""


def mention(instance: str) -> str:
    """The words that a lifted check ends with."""
    return "Assouplissement de l’ARS en vigueur." if instance == ARS else "Dérogation de la CPN en vigueur."


def manques_demande(portee: Collection[str], groupes: Collection[str], connus: Collection[str]) -> dict[str, str]:
    """Field → sentence, of a request."""
    erreurs: dict[str, str] = {}
    if not portee:
        erreurs["portee"] = "Choisissez au moins un contrôle."
    elif inconnus := sorted(set(portee) - set(PORTEES)):
        erreurs["portee"] = f"Aucune dérogation ne porte sur «\u00a0{inconnus[0][:24]}\u00a0»."
    if set(groupes) - set(connus):
        erreurs["groupes"] = "Choisissez parmi les spécialités du dossier."
    elif groupes and not set(portee) & PAR_SPECIALITE:
        erreurs["groupes"] = "Ce contrôle ne se fait pas spécialité par spécialité\u00a0: n’en choisissez aucune."
    return erreurs


@dataclass(frozen=True, slots=True)
class DecisionCpn:
    """What is typed of the decision. `jour`: today, in the dossier's zone."""

    issue: str
    jour: date
    demandee_le: date
    envoyee_le: date | None = None
    session_le: date | None = None
    reference: str = ""
    conditions: str = ""
    valide_du: date | None = None
    valide_au: date | None = None


def manques_decision(d: DecisionCpn) -> dict[str, str]:
    """Field → sentence, of a decision of the CPN: a grant has its reference and its session, which came after the request."""
    erreurs: dict[str, str] = {}
    accord = d.issue in ("accordee", "conditions")
    if d.envoyee_le is not None and d.envoyee_le > d.jour:
        erreurs["envoyee_le"] = "Ce jour n’est pas encore venu."
    elif d.envoyee_le is not None and d.envoyee_le < d.demandee_le:
        erreurs["envoyee_le"] = "L’envoi ne précède pas la demande."
    if d.session_le is None:
        if accord or d.issue == "refusee":
            erreurs["session_le"] = "Indiquez le jour de la séance."
    elif d.session_le > d.jour and d.issue != "demandee":
        erreurs["session_le"] = "Une décision se note une fois la séance tenue."
    elif d.session_le < (d.envoyee_le or d.demandee_le):
        erreurs["session_le"] = "La séance ne précède pas l’envoi de la demande."
    if accord and not d.reference.strip():
        erreurs["reference"] = "Indiquez la référence de la décision."
    if d.issue == "conditions" and not d.conditions.strip():
        erreurs["conditions"] = "Recopiez les conditions posées par la commission."
    if d.valide_du and d.valide_au and d.valide_au < d.valide_du:
        erreurs["valide_au"] = "La validité finit après avoir commencé."
    return erreurs


def prochaine_etape(*, issue: str, avis_ars: bool, avis_caisse: bool, envoyee: bool, session: date | None) -> str:
    """What the request waits for, in one sentence; "" once it is decided."""
    if issue != "demandee":
        return ""
    if not envoyee:
        attendus = [nom for nom, la in (("de l’ARS", avis_ars), ("de la caisse", avis_caisse)) if not la]
        return (
            f"Avis attendu {' et '.join(attendus)}, puis envoi à la commission."
            if attendus
            else "L’ARS envoie la demande à la commission."
        )
    if session is None:
        return "La commission fixe sa séance\u00a0; son silence n’accorde rien."
    return "La commission se prononce en séance\u00a0; l’ARS enregistre sa décision."
