from .adhesion import Adhesion
from .annuaire import Fiche, ImportAnnuaire, RejetAnnuaire
from .demographie import Demographie
from .lien import LienSignature
from .liste import ListeImportee
from .professionnel import Professionnel
from .version import ActeAdhesion, VersionAdhesion

__all__ = [
    "ActeAdhesion",
    "Adhesion",
    "Demographie",
    "Fiche",
    "ImportAnnuaire",
    "LienSignature",
    "ListeImportee",
    "Professionnel",
    "RejetAnnuaire",
    "VersionAdhesion",
]
