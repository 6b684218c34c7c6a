"""The five national indicators as the form explains them (IND-1), and the rooms of the report."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Definition:
    code: str
    champ: str
    libelle: str
    definition: str


NATIONAUX = (
    Definition(
        "I1",
        "i1",
        "Soignants ayant adressé au moins un patient",
        "Professionnels de santé distincts, de toute profession, qui ont adressé un patient à l’équipe dans l’année.",
    ),
    Definition(
        "I1 bis",
        "i1b",
        "dont médecins traitants",
        "Parmi les précédents, ceux qui sont le médecin traitant du patient adressé.",
    ),
    Definition(
        "I2",
        "i2",
        "Patients pris en charge par l’équipe",
        "Patients distincts reçus ou suivis par un adhérent après un adressage à l’équipe.",
    ),
    Definition(
        "I3",
        "i3",
        "Téléexpertises réalisées",
        "Réponses rendues par un adhérent à une demande de téléexpertise, dans l’année.",
    ),
    Definition(
        "I4",
        "i4",
        "Médecins proposant des consultations avancées",
        "Adhérents distincts ayant tenu au moins une consultation avancée dans l’année.",
    ),
    Definition(
        "I5",
        "i5",
        "Consultations avancées réalisées",
        "Consultations tenues par un adhérent hors de son lieu habituel d’exercice, notamment en zone sous-dotée.",
    ),
)
