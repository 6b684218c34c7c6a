"""`accord_caisse_lettre` (§10): an express validation of the letter waits for the caisse's agreement, silence does not."""

from __future__ import annotations

from datetime import timedelta

import pytest

from dossiers.models import Avis
from dossiers.regles.statuts import Statut
from dossiers.services.lettre import demander_avis
from dossiers.services.passage import regler_dues
from ess_portal.comptes.locataire import comme_portail
from ess_portal.socle.erreurs import ErreurMetier
from tests.dossiers.test_notification import regler
from tests.dossiers.test_unicite import INSTANT, JOUR, lettres_pretes

pytestmark = pytest.mark.django_db


def test_la_lettre_attend_l_accord_de_la_caisse_la_ou_il_est_requis():
    regler("mise_a_disposition", accord_caisse_lettre="oui")
    accordee, silence = lettres_pretes(1, {"departements": ["32"]})
    with comme_portail():
        avis, _ = (demander_avis(x.relire(), "lettre", 1, JOUR) for x in (accordee, silence))
    for rendu, phrase in ((None, "pas encore donné"), (Avis.Sens.DEFAVORABLE, "avis est défavorable")):
        if rendu:
            with comme_portail():
                Avis.objects.filter(pk=avis.pk).update(rendu_le=INSTANT, sens=rendu, texte="Le territoire est servi.")
        with pytest.raises(ErreurMetier, match=phrase) as refus:
            accordee.valider()
        assert set(refus.value.champs) == {"accord_caisse"}
    assert accordee.relire().statut == Statut.LETTRE_DEPOSEE
    with comme_portail():
        Avis.objects.filter(pk=avis.pk).update(sens=Avis.Sens.RESERVES)
    assert accordee.valider().statut == Statut.LETTRE_VALIDEE
    regler_dues(au=INSTANT + timedelta(days=90))
    assert silence.relire().statut == Statut.LETTRE_VALIDEE
