"""What each payment needs before it may be proposed (FIN-1, FIN-2, FIN-11): a visible checklist of conditions."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from ess_portal.socle.typographie import date_fr, euros

CREDITS = ("amorcage_1", "amorcage_2", "amorcage_unique", "transitoire")
DOTATIONS = ("dotation", "regularisation")
NATURES = (*CREDITS, *DOTATIONS)
# The first payment of an ESS: the only one that a structure porteuse may receive (FIN-2).
PREMIERS = ("amorcage_1", "amorcage_unique", "transitoire")


@dataclass(frozen=True, slots=True)
class Condition:
    """`remplie` None: sans objet for this payment."""

    code: str
    libelle: str
    remplie: bool | None
    detail: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class FaitsVersement:
    """Days are legal days; amounts exact cents. `structure_porteuse`: who holds the account while the association does not exist."""

    nature: str
    montant: Decimal
    jour: date
    lettre_validee_le: date | None = None
    projet_valide_le: date | None = None
    contrat_signe_le: date | None = None
    contrat_effet_le: date | None = None
    personne_morale: str = ""
    iban_titulaire: str = ""
    iban_confirme: bool = False
    structure_porteuse: str = ""
    structure_porteuse_admise: bool = False
    activite_confirmee: str = ""
    finess: str = ""
    deja_verse: Decimal = Decimal(0)
    plafond: Decimal = Decimal(0)
    en_conflit: bool = False
    recuperation_ouverte: bool = False
    pieces_recues: bool = False
    pieces_detail: str = ""
    controle_caisse: bool = False
    controle_detail: str = ""
    premiere_annee: bool = True
    avance_payee: bool = False
    exiger_personne_morale: bool = True
    finess_requis_solde: bool = False
    finess_requis_dotation: bool = True
    effet_minimum: date = date(2025, 1, 1)


def conditions(f: FaitsVersement) -> tuple[Condition, ...]:
    """The checklist of a payment, in the order of the procedure."""
    dotation, solde = f.nature in DOTATIONS, f.nature == "amorcage_2"
    projet_requis = dotation or solde
    lignes = [
        Condition(
            "lettre",
            "Lettre d’intention validée",
            None if dotation else f.lettre_validee_le is not None,
            _le("Validée", f.lettre_validee_le),
        ),
        Condition(
            "projet",
            "Projet de santé validé",
            (f.projet_valide_le is not None) if projet_requis else None,
            _le("Validé", f.projet_valide_le),
        ),
        Condition(
            "activite",
            "Au moins une action de la mission socle attestée",
            bool(f.activite_confirmee) if solde else None,
            f.activite_confirmee,
        ),
        Condition(
            "contrat",
            "Contrat signé par les trois parties",
            f.contrat_signe_le is not None,
            _le("Dernière signature", f.contrat_signe_le),
        ),
        Condition(
            "effet", "Contrat entré en vigueur", _effet(f), _le("Effet", f.contrat_effet_le or f.contrat_signe_le)
        ),
        Condition(
            "personne_morale",
            "Personne morale titulaire",
            (bool(f.personne_morale) or _porteuse(f)) if f.exiger_personne_morale else None,
            f.personne_morale
            or (f"En préfiguration\u00a0: {f.structure_porteuse}" if _porteuse(f) else "Association non déclarée"),
        ),
        Condition(
            "iban",
            "IBAN au nom de la structure porteuse, confirmé par une seconde personne"
            if _porteuse(f)
            else "IBAN au nom de l’association, confirmé par une seconde personne",
            f.iban_confirme and bool(f.iban_titulaire) and (not f.structure_porteuse or _porteuse(f)),
            _iban(f),
        ),
        Condition(
            "plafond",
            "Plafond respecté",
            f.deja_verse + f.montant <= f.plafond and f.montant > 0,
            f"{euros(f.deja_verse, True)} versés ou proposés + {euros(f.montant, True)} à verser, sur {euros(f.plafond, True)}",
        ),
        Condition(
            "finess",
            "Numéro FINESS",
            _finess(f),
            f.finess or ("Exigé" if dotation and f.finess_requis_dotation else "Non exigé pour ce versement"),
        ),
        Condition(
            "avance",
            "Avance de l’année payée",
            f.avance_payee if f.nature == "regularisation" else None,
        ),
        Condition(
            "pieces",
            "Rapport d’activité de l’année écoulée remis",
            f.pieces_recues if dotation and not f.premiere_annee else None,
            f.pieces_detail,
        ),
        Condition(
            "controle",
            "Contrôle annuel de la caisse fait",
            f.controle_caisse if dotation and not f.premiere_annee else None,
            f.controle_detail,
        ),
        Condition("conflit", "Aucun conflit de territoire ouvert", not f.en_conflit),
        Condition("recuperation", "Aucune procédure de récupération ouverte", not f.recuperation_ouverte),
    ]
    return tuple(lignes)


def _le(mot: str, jour: date | None) -> str:
    return f"{mot} le {date_fr(jour)}" if jour else "Pas encore"


def _effet(f: FaitsVersement) -> bool:
    """FIN-3: no contract takes effect before the first day of the convention's contracts, and none is paid before its own effect."""
    effet = f.contrat_effet_le or f.contrat_signe_le
    return effet is not None and f.effet_minimum <= effet <= f.jour


def _porteuse(f: FaitsVersement) -> bool:
    """FIN-2: a structure porteuse in préfiguration stands for the association, for the first payment, where the setting admits it."""
    admise = f.structure_porteuse_admise and bool(f.structure_porteuse)
    return admise and f.nature in PREMIERS and not f.personne_morale


def _iban(f: FaitsVersement) -> str:
    if not f.iban_titulaire:
        return "Aucun IBAN enregistré"
    if f.structure_porteuse and not _porteuse(f):
        return "Ce compte est celui de la structure porteuse\u00a0: enregistrez celui de l’association"
    return f"Titulaire\u00a0: {f.iban_titulaire}" + (
        "" if f.iban_confirme else ". À confirmer par une seconde personne"
    )


def _finess(f: FaitsVersement) -> bool | None:
    requis = f.finess_requis_dotation if f.nature in DOTATIONS else (f.finess_requis_solde and f.nature == "amorcage_2")
    return bool(f.finess) if requis else None


def blocages(lignes: tuple[Condition, ...]) -> tuple[Condition, ...]:
    """The conditions that stop the payment."""
    return tuple(c for c in lignes if c.remplie is False)
