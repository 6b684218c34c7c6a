"""FIN-2 from the letter to the association's own account: what a structure porteuse may receive, and what its change freezes."""

from __future__ import annotations

from datetime import date

import pytest

from ess_portal.comptes.locataire import comme_portail
from ess_portal.documents.models import Document
from ess_portal.referentiel.models import JeuParametres
from ess_portal.socle import horloge
from ess_portal.socle.erreurs import ErreurMetier
from financement.livre.soldes import par_enveloppe, total
from financement.models import CompteBancaire, Versement
from tests.fabriques import Distribution, make_dossier, numero_iban, signer_a_trois

pytestmark = pytest.mark.django_db
GARONNE, TARN = {"titulaire": "CPTS Garonne", "siren_porteuse": "404833048"}, {"titulaire": "CPTS Tarn", "siren_porteuse": "732829320"}  # fmt: skip


def test_de_la_lettre_au_changement_de_structure():
    with comme_portail():
        JeuParametres.objects.create(
            region_id="76", valide_du=date(2025, 6, 1), valeurs={"structure_porteuse": "oui"}, source="Essai"
        )
    d = Distribution()
    with horloge.figer(d.maintenant):
        make_dossier("lettre_validee", d)
        d.fait("instructeur", "proposer_contrat_amorcage")
        signer_a_trois(d, "signer_amorcage")
        d.fait("porteur", "enregistrer_iban", iban=numero_iban(9001), **GARONNE)
        d.fait("gestionnaire", "confirmer_iban", verification="on")
        d.fait("gestionnaire", "proposer_versement", nature="amorcage_1")
        d.fait("ordonnateur", "valider_versement")
        # The structure changes once the order is given: it waits again, and nobody is paid before a second person has confirmed.
        d.fait("porteur", "enregistrer_iban", iban=numero_iban(9002), **TARN)
        premier = versement(d)
        assert premier.statut == "propose"
        with pytest.raises(ErreurMetier):
            d.fait("gestionnaire", "marquer_paye", reference="VIR-1")
        with pytest.raises(ErreurMetier, match="IBAN"):
            d.fait("ordonnateur", "valider_versement")
        d.avancer(hours=1)
        d.fait("gestionnaire", "confirmer_iban", verification="on")
        d.fait("ordonnateur", "valider_versement")
        d.fait("gestionnaire", "marquer_paye", reference="VIR-1")
        with comme_portail():
            ordres = Document.objects.filter(dossier__numero=d.numero, type="ordre_versement")
            beneficiaires = {o.donnees["beneficiaire"] for o in ordres}
        assert beneficiaires == {"CPTS Garonne", "CPTS Tarn"}
        paye = versement(d)
        assert (paye.statut, paye.compte.titulaire, paye.compte.siren_porteuse) == ("paye", "CPTS Tarn", "732829320")
        assert verse(d) == paye.montant
        # A third structure, then the association: what was paid stays where it was paid; the account is the association's from then on.
        d.fait("porteur", "declarer_association", type="loi_1901", nom="Cardio 31", siren="552100554", representant="Claire Castelnau")  # fmt: skip
        d.fait("porteur", "enregistrer_iban", iban=numero_iban(9003), titulaire="Cardio 31", siren_porteuse="404833048")
        d.fait("gestionnaire", "confirmer_iban", verification="on")
    with comme_portail():
        comptes = CompteBancaire.objects.filter(dossier__numero=d.numero).order_by("pk")
        assert [(c.titulaire, c.siren_porteuse, c.remplace_le is None) for c in comptes] == [
            ("CPTS Garonne", "404833048", False), ("CPTS Tarn", "732829320", False), ("Cardio 31", "", True),
        ]  # fmt: skip
    assert versement(d).compte.titulaire == "CPTS Tarn"
    assert verse(d) == paye.montant


def versement(d: Distribution) -> Versement:
    with comme_portail():
        return Versement.objects.select_related("compte").get(dossier__numero=d.numero, nature="amorcage_1")


def verse(d: Distribution):
    with comme_portail():
        return total(par_enveloppe(d.relire())).verse
