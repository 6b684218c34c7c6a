"""The association is declared once; afterwards it is corrected, and the journal keeps what it was."""

from __future__ import annotations

import pytest
from django.urls import reverse

from dossiers.actions import disponibles
from dossiers.models import Association, Dossier
from ess_portal.comptes.locataire import comme_portail
from ess_portal.journal.models import Evenement
from ess_portal.socle.erreurs import Conflit
from tests.fabriques import client_de, make_dossier

pytestmark = pytest.mark.django_db
CHAMPS = {"type": "loi_1901", "nom": "Association Cœur", "rna": "W311234567", "representant": "Claire Castelnau"}


def offerts(d) -> set[str]:
    with comme_portail():
        return {a.nom for a in disponibles(Dossier.objects.get(numero=d.numero), d.acteur("porteur"))}


def test_declarer_puis_corriger_seulement():
    d = make_dossier("lettre_validee").distribution
    assert "declarer_association" in offerts(d)
    assert "corriger_association" not in offerts(d)
    with pytest.raises(Conflit):
        d.fait("porteur", "corriger_association", **CHAMPS)
    d.fait("porteur", "declarer_association", **CHAMPS)
    assert "declarer_association" not in offerts(d)
    assert "corriger_association" in offerts(d)
    with pytest.raises(Conflit, match="déjà déclarée"):
        d.fait("porteur", "declarer_association", **CHAMPS)


def test_la_correction_garde_le_finess_et_dit_ce_qui_etait():
    d = make_dossier("finess_attribue").distribution
    with comme_portail():
        avant = Association.objects.get(dossier__numero=d.numero)
    page = client_de(d.utilisateur("porteur")).get(reverse("acte", args=[d.numero, "corriger_association"]))
    assert avant.nom in page.content.decode()
    d.fait("porteur", "corriger_association", **CHAMPS)
    with comme_portail():
        apres = Association.objects.get(dossier__numero=d.numero)
        evenement = Evenement.objects.get(dossier__numero=d.numero, type="corriger_association")
    assert (apres.nom, apres.finess, apres.declaree_le) == (CHAMPS["nom"], avant.finess, avant.declaree_le)
    assert evenement.donnees["avant"]["nom"] == avant.nom
