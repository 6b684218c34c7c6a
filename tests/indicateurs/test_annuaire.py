"""The sandbox's directory: the doctors that the letters declare are on their territories."""

from __future__ import annotations

import pytest

from adhesions.annuaire import chercher, denombrer
from ess_portal.socle import horloge
from indicateurs.demonstration.annuaire import extrait, importer_si_absent


@pytest.mark.django_db
def test_l_annuaire_du_bac_a_sable():
    fait = importer_si_absent(horloge.maintenant())
    assert 2_000 <= fait.lignes <= 4_000
    assert (fait.rejetees, fait.hors_champ) == (0, 0)
    d = denombrer(["cardiologie"], ["31", "32", "65"])
    assert (d.liberaux, d.presents) == (38, 52)
    assert chercher("casteran")
    assert importer_si_absent(horloge.maintenant()) is None
    assert list(extrait()) == list(extrait())
