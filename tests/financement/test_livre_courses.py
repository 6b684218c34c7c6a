"""B53, B54: two hundred commitments at once on 80 000 €, the same payment order sent fifty times under one key."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal

import pytest
from django.db import OperationalError, connection
from django.test import Client

from ess_portal.comptes.locataire import comme_portail, contexte
from ess_portal.socle import horloge
from ess_portal.socle.erreurs import Conflit, Occupe
from financement.livre import verification
from financement.livre.passer import passer
from financement.livre.soldes import par_enveloppe, total
from financement.models import Ecriture, Versement
from tests.fabriques import jeton_de
from tests.financement.conftest import MIDI, MOT_DE_PASSE, Distribution
from tests.outillage.preuves import Preuve

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.preuve]


@pytest.mark.fautes_plantees
def test_deux_cents_engagements_a_la_fois_sur_80_000_euros(distribution: Distribution, preuve: Preuve):
    """Each refusal is a 409; who found the row busy asks again, as a client does."""
    acteur, nombre = distribution.acteurs["ordonnateur"], preuve.taille(40, 200)
    part = Decimal("2777.77") if nombre == 40 else Decimal("777.77")

    def engager(rang: int) -> str:
        try:
            while True:
                try:
                    with contexte(acteur):
                        passer(
                            dossier=distribution.dossier, type="engagement", poste="amorcage", montant=part, cle=f"course:{rang}",
                            source=distribution.dossier, date_comptable=MIDI.date(), acteur=acteur, maintenant=MIDI,
                        )  # fmt: skip
                    return "passe"
                except OperationalError as echec:
                    if not Occupe.est(echec):
                        raise
        except Conflit as refus:
            return f"{refus.statut_http} {refus.code}"
        finally:
            connection.close()

    with ThreadPoolExecutor(20) as pool:
        issues = list(pool.map(engager, range(nombre)))
    attendus = int(Decimal(80_000) // part)
    with comme_portail():
        engage = total(par_enveloppe(distribution.dossier)).engage_total
        fautes = [*verification.chaine(), *verification.equilibre()]
    autres = [i for i in issues if i not in ("passe", "409 ecriture_plafond_credit")]
    assert engage == attendus * part <= 80_000
    ecart = abs(issues.count("passe") - attendus)
    preuve.noter(
        cas=nombre,
        fautes=len(autres) + len(fautes) + ecart,
        plancher=40,
        passes=attendus,
        refuses_409=nombre - attendus,
    )


def test_le_meme_ordre_cinquante_fois_sous_une_cle(distribution: Distribution, contrat_signe: None, preuve: Preuve):
    """One liquidation, one order, one payment, the same answer each time, an hour later too; another body under the key is refused."""
    d, fautes, cas = distribution, 0, 0
    adresse = f"/api/v1/dossiers/{d.dossier.numero}/actions"
    jetons = {qui: jeton_de(d.utilisateurs[qui]) for qui in ("gestionnaire", "ordonnateur")}

    def demander(qui: str, acte: str, cle: str, corps: dict[str, str]) -> tuple[int, bytes]:
        try:
            entetes = {"Authorization": f"Bearer {jetons[qui]}", "Idempotency-Key": cle}
            corps = {"mot_de_passe": MOT_DE_PASSE, **corps}
            r = Client().generic(
                "POST", f"{adresse}/{acte}/", json.dumps(corps), content_type="application/json", headers=entetes
            )
            return r.status_code, r.content
        finally:
            connection.close()

    with horloge.figer(MIDI):
        for qui, acte, corps, autre in (
            ("gestionnaire", "proposer_versement", {"nature": "amorcage_1"}, {"nature": "amorcage_2"}),
            ("ordonnateur", "valider_versement", {}, {"versement": "V-2026-9999"}),
            ("gestionnaire", "marquer_paye", {"reference": "VIR-1"}, {"reference": "VIR-2"}),
        ):
            if acte != "proposer_versement":
                with comme_portail():
                    corps = {"versement": Versement.objects.get().numero, **corps}

            def un(_rang: int, qui: str = qui, acte: str = acte, corps: dict[str, str] = corps) -> tuple[int, bytes]:
                return demander(qui, acte, f"cle-{acte}", corps)

            with ThreadPoolExecutor(10) as pool:
                nombre = preuve.taille(50 if acte == "valider_versement" else 4, 200)
                reponses, cas = list(pool.map(un, range(nombre))), cas + nombre
            assert {statut for statut, _ in reponses} == {200}, reponses[:3]
            assert len({contenu for _, contenu in reponses}) == 1
            statut, contenu = demander(qui, acte, f"cle-{acte}", {**corps, **autre})
            assert (statut, json.loads(contenu)["code"]) == (422, "cle_idempotence")
    with comme_portail():
        types = list(Ecriture.objects.order_by("seq").values_list("type", flat=True))
        assert Versement.objects.get().statut == "paye"
        fautes += len([*verification.chaine(), *verification.equilibre(), *verification.faits()])
    assert types == ["engagement", "liquidation", "ordre", "versement"]
    preuve.noter(cas=cas, fautes=fautes, plancher=58, versements=1)
