"""Third signatures of ESS that share a territory: the one validated first concludes, the others are told (CRI-1c)."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import OperationalError, connection

from dossiers.models import Decision, Dossier
from dossiers.services import unicite
from ess_portal.comptes.acteur import Acteur
from ess_portal.comptes.locataire import comme_portail, contexte
from ess_portal.comptes.models import Organisation
from ess_portal.socle.erreurs import Conflit
from financement.models import Contrat
from financement.services import signature
from financement.services.proposition import proposer_contrat_amorcage
from tests import fabriques
from tests.financement.conftest import MIDI, Distribution, creer_dossier_valide, distribuer

AILLEURS = ("09", "11", "12", "30", "32", "34", "46", "48", "65", "66", "81", "82")


def deux_fois_signes(nombre: int) -> tuple[Distribution, list[tuple[str, Acteur]]]:
    """Contracts that two parties have signed, on territories of their own that are then made one: (number, its porteur)."""
    d = distribuer("clos")
    agents = [d.acteurs["signataire"], d.acteurs["ordonnateur"]]
    ars, caisse = d.dossier.ars, d.dossier.caisse
    prets = []
    for rang in range(1, nombre + 1):
        equipe = Organisation.objects.create(type="equipe", code=f"concurrente-{rang}", nom=f"ESS {rang}")
        porteur = fabriques.make_acteur("porteur_referent", equipe)
        with comme_portail():
            dossier = creer_dossier_valide(
                equipe, ars, caisse, f"{8000 + rang}", "lettre_validee",
                nom=f"ESS {rang}", departements=[AILLEURS[rang % len(AILLEURS)]], groupes=[f"groupe-{rang}"],
                statut_depuis=MIDI - timedelta(days=rang),
            )  # fmt: skip
            # Who was validated first is read in the decisions: the state's own date moves when the contract is signed.
            valide_le = MIDI - timedelta(days=rang)
            Decision.objects.create(
                dossier=dossier, objet="lettre", sens="favorable", mode="tacite", date_acquise=valide_le.date(),
                prise_le=valide_le, enregistree_le=valide_le,
            )  # fmt: skip
        with contexte(d.acteurs["instructeur"]):
            proposer_contrat_amorcage(numero=dossier.numero, acteur=d.acteurs["instructeur"], maintenant=MIDI)
        for agent in agents:
            with contexte(agent):
                signature.signer_amorcage(numero=dossier.numero, acteur=agent, maintenant=MIDI)
        prets.append((dossier.numero, porteur))
    with comme_portail():
        Dossier.objects.filter(statut="lettre_validee").update(departements=["31"], groupes=["cardiologie"])
    return d, prets


@pytest.mark.preuve
@pytest.mark.django_db(transaction=True)
def test_troisiemes_signatures_simultanees_du_meme_territoire(preuve):
    n = preuve.taille(10, 100)
    _, prets = deux_fois_signes(n)

    def signer(pret: tuple[str, Acteur]) -> str:
        numero, porteur = pret
        try:
            with contexte(porteur):
                signature.signer_amorcage(numero=numero, acteur=porteur, maintenant=MIDI)
        except Conflit as refus:
            return refus.message
        except OperationalError:  # the lock was long to come: what one is told is to try again
            return signer(pret)
        finally:
            connection.close()
        return "signé"

    with ThreadPoolExecutor(8) as pool:
        issues = list(pool.map(signer, prets))
    with comme_portail():
        signes = list(Contrat.objects.filter(statut="signe").values_list("dossier__numero", flat=True))
    # The porteur is not told who (CONF-1).
    fautes = sum("autre équipe" not in i or "n°" in i for i in issues if i != "signé")
    preuve.noter(cas=n, fautes=fautes + (signes != [prets[-1][0]]), plancher=n, signes=len(signes))


@pytest.mark.django_db
def test_la_base_seule_refuse_la_signature():
    """Without the gate: the contract's own row."""
    _, ((second, _), (premier, _)) = deux_fois_signes(2)
    with comme_portail():
        contrat = Contrat.objects.get(dossier__numero=second)
    contrat.statut, contrat.signe_le, contrat.date_effet = "signe", MIDI, MIDI.date()
    with pytest.raises(Conflit, match=premier), comme_portail(), unicite.garde():
        contrat.save()
