"""Documents of the applicant: annexe 4, annexe 3, projet de santé, rapport d'activité."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Literal

from ess_portal.documents.donnees.communs import Personne, Reperes, Rubrique, Signature


@dataclass(frozen=True, kw_only=True)
class Cooperation:
    partenaire: str
    etat: Literal["en_place", "envisagee"]
    precisions: str = ""


@dataclass(frozen=True, kw_only=True)
class ActionEnvisagee:
    mission: str
    description: str
    echeance: str = ""


@dataclass(frozen=True, kw_only=True)
class LettreIntention:
    """Annexe 4: the content of step 1 (regles-metier §3, §9)."""

    reperes: Reperes
    porteurs: tuple[Personne, ...]
    deposee_le: datetime | None
    territoire: str
    medecins_presents: int | None = None
    source_medecins: str = ""
    association: str = ""
    siege: str = ""
    regime: str = ""
    cooperations: tuple[Cooperation, ...] = ()
    gouvernance: str = ""
    actions: tuple[ActionEnvisagee, ...] = ()
    objectifs: tuple[str, ...] = ()
    capacite: str = ""
    indicateur_qualitatif: str = ""
    pieces: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class IndicateurSuivi:
    libelle: str
    nature: Literal["national", "qualitatif", "quantitatif"]
    cible: str = ""


@dataclass(frozen=True, kw_only=True)
class ProjetSante:
    """The projet de santé as filed (step 3)."""

    reperes: Reperes
    version: int
    deposee_le: datetime | None
    rubriques: tuple[Rubrique, ...]
    indicateurs: tuple[IndicateurSuivi, ...]
    actualisation: str = ""
    pieces: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class FormulaireAdhesion:
    """Annexe 3."""

    reperes: Reperes
    adherent: Personne
    specialite: str
    lieux: tuple[str, ...]
    mode_exercice: str
    engagements: tuple[str, ...]
    date_adhesion: date
    signature: Signature
    notice: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class PeriodeExercice:
    du: date
    au: date | None
    specialite: str
    mode: str


@dataclass(frozen=True, kw_only=True)
class CertificatAdhesion:
    """What the portal holds true of one adhérent on the day of the certificate (ADH-1)."""

    reperes: Reperes
    adherent: Personne
    signee_le: date
    sortie_le: date | None
    periodes: tuple[PeriodeExercice, ...]
    lieux: tuple[str, ...] = ()
    consultations_avancees: bool = False


@dataclass(frozen=True, kw_only=True)
class IndicateurReleve:
    code: str
    libelle: str
    valeur: str
    precedente: str = ""


@dataclass(frozen=True, kw_only=True)
class Barre:
    """A bar of a chart 1,400 wide, from `debut`, left of which stands its name. `largeur`: of the longest one, 1,000 at most."""

    annee: str
    valeur: str
    largeur: int
    debut: int = 230

    @property
    def fin(self) -> int:
        """Where its value is written."""
        return self.debut + self.largeur + 20


@dataclass(frozen=True, kw_only=True)
class Serie:
    """One indicator over the years filed, the oldest first."""

    code: str
    libelle: str
    barres: tuple[Barre, ...]


@dataclass(frozen=True, kw_only=True)
class LigneEmploi:
    libelle: str
    montant: Decimal


@dataclass(frozen=True, kw_only=True)
class PieceListee:
    """A file that goes with the document; its fingerprint says which."""

    libelle: str
    nom: str
    empreinte: str


@dataclass(frozen=True, kw_only=True)
class RapportActivite:
    """Annual report: the five national indicators and the qualitative one (IND-1, IND-2), the account of use (FIN-12)."""

    reperes: Reperes
    periode_du: date
    periode_au: date
    indicateurs: tuple[IndicateurReleve, ...]
    indicateur_qualitatif: Rubrique
    rubriques: tuple[Rubrique, ...] = ()
    emplois: tuple[LigneEmploi, ...] = ()
    reporte: Decimal | None = None
    recu: Decimal | None = None
    employe: Decimal | None = None
    non_employe: Decimal | None = None
    deposee_le: datetime | None = None
    version: int = 1
    series: tuple[Serie, ...] = ()
    explications: tuple[Rubrique, ...] = ()
    delais: tuple[str, ...] = ()
    pieces: tuple[PieceListee, ...] = ()
