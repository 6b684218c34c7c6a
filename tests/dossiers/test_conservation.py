"""RET-1: notices that were read are kept for the delay of the region's setting, and no longer; the others stay."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from dossiers.services.conservation import purger_notifications
from ess_portal.comptes.locataire import comme_portail
from ess_portal.journal.models import Notification
from ess_portal.referentiel.models import JeuParametres
from tests.fabriques import make_utilisateur, rattachement_de

AU = datetime(2027, 3, 1, 9, tzinfo=UTC)


@pytest.mark.django_db
def test_RET_1_les_notifications_lues_ne_se_gardent_pas_toujours(monkeypatch):
    monkeypatch.setattr("dossiers.services.conservation.LOT", 2)
    occitan, breton = make_utilisateur("ars_instructeur"), make_utilisateur("ars_instructeur", departement="35")
    reunionnais = make_utilisateur("ars_instructeur", departement="974")

    def deposer(personne, cle: str, lue: date | None, heure: int = 12) -> None:
        Notification.objects.create(
            utilisateur=personne,
            organisation=rattachement_de(personne).organisation,
            cle=cle,
            genre="messages",
            titre=cle,
            creee_le=datetime(2024, 1, 1, tzinfo=UTC),
            lue_le=datetime(lue.year, lue.month, lue.day, heure, tzinfo=UTC) if lue else None,
        )

    with comme_portail():
        JeuParametres.objects.create(
            region_id="53", valide_du=date(2026, 1, 1), valeurs={"conservation_notifications": "1 mois"}, source="Essai"
        )
        deposer(occitan, "jamais lue", None)
        for rang in range(5):
            deposer(occitan, f"trop vieille {rang}", date(2026, 2, 28))
        deposer(occitan, "un an jour pour jour", date(2026, 3, 1))
        deposer(breton, "plus d’un mois", date(2027, 1, 31))
        deposer(breton, "un mois", date(2027, 2, 1))
        deposer(reunionnais, "un an de La Réunion", date(2026, 2, 28), 21)
    assert purger_notifications(au=AU) == 6
    assert purger_notifications(au=AU) == 0
    with comme_portail():
        restent = set(Notification.objects.values_list("cle", flat=True))
    assert restent == {"jamais lue", "un an de La Réunion", "un an jour pour jour", "un mois"}
