"""Invented dossiers: one in Occitanie, one in La Réunion, whose letters name their time zone."""

from datetime import UTC, date, datetime

from ess_portal.documents.donnees.communs import Partie, Personne, Reperes, Service, Signature

ARS = Service(
    nom="ARS Occitanie",
    direction="Direction de l’offre de soins et de l’autonomie",
    adresse="26-28 parc club du Millénaire\n1025 rue Henri Becquerel\n34000 Montpellier",
    courriel="ess@ars-occitanie.exemple.fr",
    telephone="04 00 00 00 00",
)
CAISSE = Service(nom="CPAM de l’Aveyron", direction="Agence comptable", adresse="9 rue de Bruxelles\n12000 Rodez")
OCCITANIE = Reperes(
    numero="76-2026-0006",
    equipe="ESS Pneumologie Rouergue-Quercy",
    specialites=("Pneumologie",),
    departements=("Aveyron (12)", "Lot (46)"),
    ars=ARS,
    caisse=CAISSE,
    date_edition=date(2026, 4, 20),
)
REUNION = Reperes(
    numero="04-2026-0002",
    equipe="ESS Dermatologie du Sud",
    specialites=("Dermatologie et vénéréologie",),
    departements=("La Réunion (974)",),
    ars=Service(
        nom="ARS La Réunion",
        direction="Direction de l’offre de soins",
        adresse="2 bis avenue Georges Brassens\n97400 Saint-Denis",
        courriel="ess@ars-reunion.exemple.fr",
        telephone="02 62 00 00 00",
    ),
    caisse=Service(nom="CGSS de La Réunion"),
    date_edition=date(2026, 3, 10),
    fuseau="Indian/Reunion",
)
CAUSSE = Personne(
    nom="Dr Antoine Causse",
    qualite="Pneumologue, président de l’association",
    rpps="10001234560",
    courriel="a.causse@souffle.exemple.fr",
    telephone="05 00 00 00 01",
)
ROUX = Personne(
    nom="Dr Hélène Roux",
    qualite="Pneumologue",
    rpps="10001234578",
    courriel="h.roux@souffle.exemple.fr",
    telephone="05 00 00 00 02",
)
PARTIES = (
    Partie(
        role="equipe",
        nom="Souffle Rouergue-Quercy",
        forme="association loi 1901",
        identifiants="RNA W122004512, SIREN 912 345 678",
        adresse="14 avenue Victor Hugo, 12000 Rodez",
        representant="le Dr Antoine Causse",
        fonction="président",
    ),
    Partie(
        role="ars",
        nom="Agence régionale de santé Occitanie",
        adresse="26-28 parc club du Millénaire, 34000 Montpellier",
        representant="Mme Isabelle Roques",
        fonction="directrice de l’offre de soins",
    ),
    Partie(
        role="caisse",
        nom="Caisse primaire d’assurance maladie de l’Aveyron",
        adresse="9 rue de Bruxelles, 12000 Rodez",
        representant="Mme Sophie Delmas",
        fonction="directrice adjointe",
    ),
)


def signatures(*, nombre: int) -> tuple[Signature, ...]:
    """Three blocks, the first ones signed."""
    instants = (
        datetime(2026, 4, 22, 16, 4, 12, tzinfo=UTC),
        datetime(2026, 4, 24, 8, 31, 47, tzinfo=UTC),
        datetime(2026, 4, 28, 9, 15, 3, tzinfo=UTC),
    )
    pouvoirs = ("Statuts, article 11", "Délégation du 5 janvier 2026", "Délégation du 1er février 2026")
    noms = ("Pour l’équipe", "Pour l’ARS Occitanie", "Pour la CPAM de l’Aveyron")
    return tuple(
        Signature(
            role=partie.role,
            partie=noms[rang],
            signataire=partie.representant.removeprefix("le "),
            fonction=partie.fonction,
            pouvoir=pouvoirs[rang],
            signee_le=instants[rang] if rang < nombre else None,
        )
        for rang, partie in enumerate(PARTIES)
    )
