"""The ledger: what each act posts in its transaction, and what the base refuses whoever writes."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.db import DatabaseError, connection, transaction
from django.test import Client

from ess_portal.comptes.locataire import comme_portail, contexte
from ess_portal.socle.erreurs import Conflit
from financement.livre.passer import JUGER, contrepasser, passer, vivantes
from financement.livre.soldes import par_enveloppe, total
from financement.models import Contrat, Ecriture, LigneEcriture, Versement
from financement.regles.livre import Soldes
from tests.financement.conftest import MIDI, Distribution

pytestmark = pytest.mark.django_db


@pytest.fixture
def signe(distribution: Distribution, contrat_signe: None) -> Distribution:
    return distribution


def comptes(d: Distribution) -> Soldes:
    with comme_portail():
        return total(par_enveloppe(d.dossier))


def types(d: Distribution) -> list[str]:
    with comme_portail():
        return list(Ecriture.objects.filter(dossier=d.dossier).order_by("seq").values_list("type", flat=True))


def propose(d: Distribution) -> Versement:
    with comme_portail():
        return Versement.objects.get(dossier=d.dossier, statut="propose")


def connecte(d: Distribution, qui: str) -> Client:
    client = Client()
    client.force_login(d.utilisateurs[qui])
    return client


def test_la_vie_d_un_versement_s_ecrit_avec_ses_actes(signe: Distribution):
    assert (types(signe), comptes(signe).engage_total) == (["engagement"], Decimal("80000.00"))
    signe.fait("gestionnaire", "proposer_versement", nature="amorcage_1")
    premier = propose(signe)
    signe.fait("ordonnateur", "annuler_versement", versement=premier.numero, motif="Erreur de dossier")
    assert types(signe)[1:] == ["liquidation", "contrepassation"]
    assert comptes(signe).a_liquider == Decimal("80000.00")
    signe.fait("gestionnaire", "proposer_versement", nature="amorcage_1")
    v = propose(signe)
    signe.fait("ordonnateur", "valider_versement", versement=v.numero)
    signe.fait("gestionnaire", "marquer_paye", versement=v.numero, reference="VIR-1")
    assert types(signe)[3:] == ["liquidation", "ordre", "versement"]
    s = comptes(signe)
    assert (s.verse, s.a_liquider, s.a_payer) == (Decimal("40000.00"), Decimal("40000.00"), 0)
    signe.fait("porteur", "resilier", motif="Fin du projet")
    assert types(signe)[-1] == "degagement"
    assert (comptes(signe).engage_total, comptes(signe).reste_a_verser) == (Decimal("40000.00"), 0)


def ecrire(d: Distribution, type_: str, montant: str, **champs: object) -> Ecriture:
    champs = {"poste": "amorcage", "cle": f"essai:{type_}:{montant}", **champs}
    source = champs.pop("source", None) or Contrat.objects.get(dossier=d.dossier)
    return passer(
        dossier=d.dossier, type=type_, montant=Decimal(montant), source=source, date_comptable=MIDI.date(),
        acteur=d.acteurs["gestionnaire"], maintenant=MIDI, **champs,
    )  # fmt: skip


def test_la_porte_refuse_en_une_phrase_et_rejoue_sans_doubler(signe: Distribution):
    with contexte(signe.acteurs["gestionnaire"]):
        with pytest.raises(Conflit) as refus:
            ecrire(signe, "engagement", "0.01")
        assert refus.value.code == "ecriture_plafond_credit"
        une = ecrire(signe, "constat", "40000.00")
        assert ecrire(signe, "constat", "40000.00").pk == une.pk
        with pytest.raises(Conflit):
            ecrire(signe, "constat", "39999.00", cle="essai:constat:40000.00")
        annulee = contrepasser(une, dossier=signe.dossier, date_comptable=MIDI.date(), acteur=signe.acteurs["gestionnaire"], maintenant=MIDI)  # fmt: skip
        encore = contrepasser(une, dossier=signe.dossier, date_comptable=MIDI.date(), acteur=signe.acteurs["gestionnaire"], maintenant=MIDI)  # fmt: skip
        assert (annulee.pk, annulee.precedent, vivantes(signe.dossier, Contrat.objects.get(), "constat")) == (
            encore.pk,
            une.empreinte,
            [],
        )
    assert comptes(signe).verse == 0


@pytest.mark.fautes_plantees
def test_la_base_refuse_ce_que_la_porte_n_aurait_pas_ecrit(signe: Distribution):
    """Raw rows, as another program would write them: judged at the end of the transaction at the latest."""
    with comme_portail():
        une = Ecriture.objects.get()
        contrat = Contrat.objects.get()

    def brute(lignes: tuple[tuple[str, str, str], ...], detail: str = "", **champs: object) -> None:
        montants = [Decimal(m) for _c, s, m in lignes if s == "D"]
        champs = {"type": "engagement", "poste": "amorcage", "montant": sum(montants) or Decimal(1), **champs}
        texte = detail or "; ".join(f"{s} {c} {m}" for c, s, m in lignes)
        e = Ecriture.objects.create(
            dossier=signe.dossier, date_comptable=MIDI.date(), inscrit_le=MIDI, acteur_nom="x", source_type="contrat", source_id=contrat.pk,
            cle=f"brute:{Ecriture.objects.count()}", libelle="x", detail=texte, **champs, **Ecriture.colonnes(signe.dossier),
        )  # fmt: skip
        for rang, (compte, sens, montant) in enumerate(lignes, 1):
            LigneEcriture.objects.create(
                dossier=signe.dossier, ecriture=e, rang=rang, compte=compte, sens=sens, montant=Decimal(montant)
            )
        connection.cursor().execute(JUGER)

    def refuse(acte, attendu: str) -> None:
        with pytest.raises(DatabaseError, match=attendu), comme_portail(), transaction.atomic():
            acte()

    dotation = {"poste": "dotation", "annee": 1}
    for acte, attendu in (
        (lambda: brute((("801", "D", "10.00"), ("800", "C", "9.99"))), "débits et les crédits"),
        (lambda: brute(()), "débits et les crédits"),
        (lambda: brute((("801", "D", "1.00"), ("800", "C", "1.00")), "D 801 2.00; C 800 2.00"), "qu.elle annonce"),
        (lambda: brute((("801", "D", "0.01"), ("800", "C", "0.01"))), "80 000"),
        (lambda: brute((("801", "D", "24000.01"), ("800", "C", "24000.01")), poste="transitoire"), "000 euros"),
        (lambda: brute((("801", "D", "100000.01"), ("800", "C", "100000.01")), **dotation), "100 000"),
        (lambda: brute((("804", "D", "80000.01"), ("801", "C", "80000.01")), type="constat"), "sous zéro"),
        (lambda: brute((("800", "D", "1.00"), ("801", "C", "1.00")), type="contrepassation", contrepasse=une), "inverse"),
        (lambda: brute((("999", "D", "1.00"), ("800", "C", "1.00"))), "ligne_compte"),
        (lambda: brute((("801", "D", "1.00"), ("800", "C", "1.00")), annee=1), "ecriture_annee"),
        (lambda: Ecriture.objects.filter(pk=une.pk).update(montant=1), "se réécrit pas"),
        (lambda: connection.cursor().execute("DELETE FROM financement_ecriture"), "denied"),
        (lambda: LigneEcriture.objects.filter(ecriture=une).update(montant=1), "denied"),
        (lambda: LigneEcriture.objects.create(dossier=signe.dossier, ecriture=une, rang=3, compte="801", sens="D", montant=1)
         and connection.cursor().execute(JUGER), "débits et les crédits"),
    ):  # fmt: skip
        refuse(acte, attendu)
    with comme_portail():
        assert Ecriture.objects.filter(pk=une.pk).update(lecteurs=[1]) == 1


def test_un_versement_n_est_paye_qu_une_fois_quelle_que_soit_la_cle(signe: Distribution):
    signe.fait("gestionnaire", "proposer_versement", nature="amorcage_1")
    v = propose(signe)
    with comme_portail(), pytest.raises(DatabaseError, match=r"qu.une fois"), transaction.atomic():
        ecrire(signe, "liquidation", "40000.00", cle="autre", source=v)


def test_la_page_dit_les_sommes_a_l_equipe_et_les_ecritures_aux_agents(signe: Distribution):
    signe.fait("gestionnaire", "proposer_versement", nature="amorcage_1")
    v = propose(signe)
    signe.fait("ordonnateur", "annuler_versement", versement=v.numero, motif="Erreur")
    adresse = f"/dossiers/{signe.dossier.numero}/comptes/"
    client = connecte(signe, "porteur")
    vue = client.get(adresse).content.decode()
    assert "80\u00a0000,00\u00a0€" in vue
    assert "Écritures" not in vue
    assert client.get(f"{adresse}ecritures.csv").status_code == 403
    livre = client.get(f"/api/v1/dossiers/{signe.dossier.numero}/ecritures/").json()["results"]
    assert [(e["type"], e["annule"]) for e in livre] == [
        ("engagement", None),
        ("liquidation", None),
        ("contrepassation", 2),
    ]
    assert livre[0]["lignes"][0] == {
        "compte": "801",
        "libelle": "Engagé, à liquider",
        "sens": "D",
        "montant": "80000.00",
    }
    client = connecte(signe, "ordonnateur")
    page = client.get(f"{adresse}?type=contrepassation").content.decode()
    assert "annule l’écriture n° 2" in page
    assert "Engagement\u00a0: Crédit d’amorçage" not in page
    assert client.get(f"{adresse}?type=inconnu&poste=%00&page=zz").status_code == 200
    lignes = client.get(f"{adresse}ecritures.csv?poste=amorcage").content.decode("utf-8-sig").splitlines()
    assert len(lignes) == 7
    assert ";Débit;801;" in lignes[1]
    assert ";80000,00;" in lignes[1]
