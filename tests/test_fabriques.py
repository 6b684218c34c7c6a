"""Every state of the procedure is reached by its acts."""

import pytest

from dossiers.regles.statuts import Statut
from tests.fabriques import make_dossier


@pytest.mark.django_db
@pytest.mark.parametrize("statut", Statut)
def test_dossier_atteint_le_statut(statut):
    assert make_dossier(statut).statut == statut
