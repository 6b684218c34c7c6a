"""CRI-1c held by the base: of all those who decide on one specialty and département at the same second, one wins."""

from __future__ import annotations

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from concurrent.futures import TimeoutError as FutureTimeout
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from threading import Event

import pytest
from django.db import IntegrityError, OperationalError, connection, transaction

from dossiers import grille
from dossiers.models import Decision, Depot, Derogation, Dossier, Echeance, Jugement, LettreIntention
from dossiers.regles.statuts import Statut
from dossiers.services import decisions, echeances, unicite
from dossiers.services.creation import poser_specialites
from dossiers.services.passage import regler_dues
from ess_portal.comptes.acteur import Acteur
from ess_portal.comptes.locataire import comme_portail, contexte
from ess_portal.journal.models import Envoi
from ess_portal.referentiel.models import JeuParametres
from ess_portal.referentiel.services import ars_competente, caisses_possibles, jeux_du_jour
from ess_portal.socle.erreurs import Conflit
from tests import fabriques

SIMULTANES = 8  # at once, the pool refilling as they end: a machine of two cores has no more to give
INSTANT = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
JOUR = INSTANT.date()


@dataclass
class Lettre:
    """A letter examined, ready to be validated. `acteur`: the instructor of its ARS, one for all of them."""

    numero: str
    acteur: Acteur

    def valider(self, maintenant: datetime = INSTANT) -> Dossier:
        with contexte(self.acteur):
            decisions.valider(numero=self.numero, objet="lettre", acteur=self.acteur, maintenant=maintenant)
        return self.relire()

    def relire(self) -> Dossier:
        with comme_portail():
            return Dossier.objects.get(numero=self.numero)

    def obstacles(self, maintenant: datetime = INSTANT, *, signature: bool = False) -> list[str]:
        return [o.numero for o in unicite.obstacles(self.relire(), maintenant, signature=signature)]


def lettres_pretes(nombre: int, *autres: dict) -> list[Lettre]:
    """`nombre` letters of cardiology in Haute-Garonne, then one for each of `autres`, that says in what it differs."""
    instructeur = fabriques.make_acteur("ars_instructeur")
    with comme_portail():
        return [_ecrire(rang, instructeur, champs) for rang, champs in enumerate([{}] * nombre + list(autres), 1)]


def _ecrire(rang: int, instructeur: Acteur, champs: dict) -> Lettre:
    ars, caisse = ars_competente("31"), caisses_possibles("31")[0]
    national, regional = jeux_du_jour("76", JOUR)
    specialites = champs.pop("specialites", ["SM04"])
    dossier = Dossier(
        numero=f"76-2026-{rang:04d}", nom=f"ESS Cardiologie {rang}", equipe=fabriques.make_organisation(), ars=ars, caisse=caisse,
        statut="lettre_deposee", statut_depuis=INSTANT, origine="reprise", siege_departement="31", region="76", fuseau="Europe/Paris",
        jeu_national=national, jeu_regional=regional, cree_le=INSTANT, depose_le=INSTANT, **({"departements": ["31"]} | champs),
    )  # fmt: skip
    poser_specialites(dossier, specialites)
    dossier.save()
    fabriques.make_utilisateur("porteur_referent", dossier.equipe)
    LettreIntention.objects.create(dossier=dossier, medecins_presents=60, liberaux=50, adherents_declares=20)
    Depot.objects.create(
        dossier=dossier, objet="lettre", recu_le=INSTANT, date_depot=JOUR, date_reception=JOUR, contenu={}
    )
    Jugement.objects.bulk_create(
        Jugement(dossier=dossier, objet="lettre", critere=c, avis="conforme", juge_le=INSTANT)
        for c in ("CRI-5", "CRI-7")
    )
    echeances.recalculer(dossier, maintenant=INSTANT)
    return Lettre(dossier.numero, instructeur)


@pytest.mark.preuve
@pytest.mark.django_db(transaction=True)
def test_validations_simultanees_du_meme_territoire(preuve):
    """Real threads, real commits, READ COMMITTED: exactly one; each of the others is told by whom it was overtaken."""
    n = preuve.taille(20, 100)
    lots = lettres_pretes(n)

    def valider(lettre: Lettre) -> str:
        try:
            lettre.valider()
        except Conflit as refus:
            return f"{refus.statut_http} {refus.message}"
        except OperationalError:  # the lock was long to come: what one is told is to try again
            return valider(lettre)
        finally:
            connection.close()
        return "validée"

    with ThreadPoolExecutor(SIMULTANES) as pool:
        issues = list(pool.map(valider, lots))
    with comme_portail():
        gagnant = Dossier.objects.get(statut=Statut.LETTRE_VALIDEE)
        decisions = Decision.objects.count()
    perdants = [i for i in issues if i != "validée"]
    fautes = sum(not i.startswith("409 ") or gagnant.numero not in i for i in perdants)
    preuve.noter(
        cas=n,
        fautes=fautes + abs(issues.count("validée") - 1) + abs(decisions - 1),
        plancher=n,
        validees=issues.count("validée"),
    )


@pytest.mark.django_db(transaction=True)
def test_la_base_seule_refuse_la_seconde_decision():
    """Without the services' own look: the decisions are written by hand, two at a time."""
    premiere, seconde = lettres_pretes(2)

    def inscrire(lettre: Lettre) -> str:
        try:
            with comme_portail(), unicite.garde():
                dossier = Dossier.objects.select_for_update().get(numero=lettre.numero)
                Decision.objects.create(
                    dossier=dossier, objet="lettre", sens="favorable", mode="expresse", date_acquise=JOUR,
                    prise_le=INSTANT, enregistree_le=INSTANT,
                )  # fmt: skip
                dossier.valider_lettre()
                dossier.save()
        except Conflit as refus:
            return refus.code
        finally:
            connection.close()
        return "validée"

    with ThreadPoolExecutor(2) as pool:
        assert Counter(pool.map(inscrire, (premiere, seconde))) == {"validée": 1, "unicite": 1}


@pytest.mark.django_db
def test_la_phrase_du_refus_dit_qui_et_ou():
    premiere, seconde = lettres_pretes(2)
    premiere.valider()
    with pytest.raises(Conflit) as refus:
        seconde.valider()
    assert refus.value.code == "unicite"
    assert premiere.relire().nom in refus.value.message
    assert premiere.numero in refus.value.message
    assert seconde.relire().statut == Statut.LETTRE_DEPOSEE


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("autre", "libre"),
    [
        pytest.param({"specialites": ["SM15"]}, True, id="C121"),
        pytest.param({"specialites": ["SM04"]}, False, id="meme-groupe"),
        pytest.param({"specialites": ["SM04"], "departements": ["81"]}, True, id="autre-departement"),
    ],
)
def test_ce_qui_se_gene(autre: dict, libre: bool):
    premiere, seconde = lettres_pretes(1, autre)
    premiere.valider()
    if libre:
        assert seconde.valider().statut == Statut.LETTRE_VALIDEE
    else:
        with pytest.raises(Conflit):
            seconde.valider()


@pytest.mark.django_db
@pytest.mark.parametrize(("cle", "libre"), [("groupe", False), ("code", True)])
def test_cle_groupe_ou_code_C122(cle: str, libre: bool):
    """SM04 and SM73 are one discipline under its old and its reformed code."""
    JeuParametres.objects.create(region_id="76", valide_du=date(2026, 1, 1), valeurs={"cle": cle}, source="Essai")
    premiere, seconde = lettres_pretes(1, {"specialites": ["SM73"]})
    premiere.valider()
    assert bool(seconde.obstacles()) is not libre
    if libre:
        assert seconde.valider().statut == Statut.LETTRE_VALIDEE
    else:
        with pytest.raises(Conflit):
            seconde.valider()


@pytest.mark.django_db
@pytest.mark.parametrize(("stricte", "libre"), [("non", True), ("oui", False)], ids=["C124", "C125"])
def test_une_ess_anterieure_non_conforme_avertit(stricte: str, libre: bool):
    JeuParametres.objects.create(
        region_id="76", valide_du=date(2026, 1, 1), valeurs={"unicite_stricte": stricte}, source="Essai"
    )
    ancienne, nouvelle = lettres_pretes(2)
    ancienne.valider()
    with comme_portail():
        Dossier.objects.filter(numero=ancienne.numero).update(regime=Dossier.Regime.MISE_EN_CONFORMITE)
    assert bool(nouvelle.obstacles()) is not libre
    if libre:
        assert nouvelle.valider().statut == Statut.LETTRE_VALIDEE
        assert ancienne.obstacles(signature=True) == []
    else:
        with pytest.raises(Conflit):
            nouvelle.valider()


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("champs", "leve"),
    [
        ({"issue": "accordee"}, True),
        ({"issue": "conditions"}, True),
        ({"issue": "accordee", "portee": ["CRI-4"]}, False),
        ({"issue": "demandee"}, False),
        ({"issue": "refusee"}, False),
        ({"issue": "accordee", "valide_au": date(2026, 3, 1)}, False),
        ({"issue": "accordee", "valide_du": date(2026, 3, 3)}, False),
        ({"issue": "accordee", "valide_du": date(2026, 3, 2), "valide_au": date(2026, 3, 2)}, True),
    ],
)
def test_la_derogation_leve_dans_la_base_aussi(champs: dict, leve: bool):
    premiere, seconde = lettres_pretes(2)
    premiere.valider()
    with comme_portail():
        Derogation.objects.create(
            dossier=seconde.relire(), motif="Tension", demandee_le=date(2026, 2, 1), **({"portee": ["CRI-1c"]} | champs)
        )
    assert (seconde.obstacles() == []) is leve
    if leve:
        assert seconde.valider().statut == Statut.LETTRE_VALIDEE


@pytest.mark.django_db
def test_le_silence_acquis_compte_avant_d_etre_inscrit():
    """CAL-9: the first letter is validated by silence, no pass has written it; the second is refused all the same."""
    premiere, seconde = lettres_pretes(2)
    with comme_portail():
        dl1 = Echeance.objects.get(regle="DL-1", dossier__numero=premiere.numero)
        Dossier.objects.filter(numero=seconde.numero).update(bascule_le=None)
        Echeance.objects.filter(regle="DL-1", dossier__numero=seconde.numero).update(statut="annulee")
    plus_tard = dl1.instant + timedelta(hours=1)
    assert premiere.relire().statut == Statut.LETTRE_DEPOSEE
    assert seconde.obstacles(plus_tard) == [premiere.numero]
    with pytest.raises(Conflit, match="déjà couvert"):
        seconde.valider(plus_tard)
    regler_dues(au=plus_tard)
    assert not premiere.relire().est_a_regulariser


@pytest.mark.django_db
def test_le_silence_nait_meme_en_conflit_et_attend_sa_signature():
    premiere, seconde = lettres_pretes(2)
    premiere.valider()
    regler_dues(au=INSTANT + timedelta(days=90))
    dossier = seconde.relire()
    assert (dossier.statut, dossier.est_a_regulariser) == (Statut.LETTRE_VALIDEE, True)
    assert seconde.obstacles(signature=True) == [premiere.numero]
    assert premiere.obstacles(signature=True) == []
    with pytest.raises(Conflit, match="en conflit de territoire"), comme_portail():
        grille.franchir(dossier, "signer_amorcage", JOUR)


@pytest.mark.django_db
def test_les_deux_cotes_sont_prevenus_sans_nom():
    premiere, seconde = lettres_pretes(2)
    premiere.valider()
    regler_dues(au=INSTANT + timedelta(days=90))
    with comme_portail():
        envois = list(Envoi.objects.filter(charge__gabarit="conflit"))
    assert {e.charge["contexte"]["numero"] for e in envois} == {premiere.numero, seconde.numero}
    assert len({e.organisation_id for e in envois}) == 4
    for e in envois:
        autre = seconde if e.charge["contexte"]["numero"] == premiere.numero else premiere
        assert autre.relire().nom not in str(e.charge)
        assert e.charge["contexte"]["a_regulariser"] is (e.charge["contexte"]["numero"] == seconde.numero)


@pytest.mark.django_db
def test_les_deux_cotes_du_silence_sont_prevenus_meme_si_le_premier_n_est_pas_encore_inscrit():
    """Two silences of one night, the second written down first, by a chunk of another connection: who came first is told too."""
    premiere, seconde = lettres_pretes(2)
    nuit = INSTANT + timedelta(days=90)
    with comme_portail():
        for lettre, instant in ((premiere, nuit - timedelta(hours=2)), (seconde, nuit - timedelta(hours=1))):
            dossier = Dossier.objects.get(numero=lettre.numero)
            dossier.echeances.filter(regle="DL-1").update(instant=instant)
            Dossier.objects.filter(pk=dossier.pk).update(bascule_le=instant)
    regler_dues(au=nuit, numero=seconde.numero)
    assert seconde.relire().est_a_regulariser
    assert premiere.relire().statut == Statut.LETTRE_DEPOSEE
    with comme_portail():
        prevenus = {e.charge["contexte"]["numero"] for e in Envoi.objects.filter(charge__gabarit="conflit")}
    assert prevenus == {premiere.numero, seconde.numero}
    regler_dues(au=nuit)
    assert not premiere.relire().est_a_regulariser


@pytest.mark.django_db
def test_une_lettre_a_deux_specialites_sans_voisin_en_conflit_n_alarme_personne():
    """DER-1 flags it; the older ESS beside it is no conflict, and nobody is told of one."""
    ancienne, pluri = lettres_pretes(1, {"specialites": ["SM04", "SM15"]})
    ancienne.valider()
    with comme_portail():
        Dossier.objects.filter(numero=ancienne.numero).update(regime=Dossier.Regime.MISE_EN_CONFORMITE)
        Dossier.objects.filter(numero=pluri.numero).update(est_pluri=True)
    regler_dues(au=INSTANT + timedelta(days=90))
    assert pluri.relire().est_a_regulariser
    with comme_portail():
        assert not Envoi.objects.filter(charge__gabarit="conflit").exists()


@pytest.mark.django_db
def test_un_dossier_qui_a_une_histoire_ne_se_supprime_pas():
    [lettre] = lettres_pretes(1)
    regler_dues(au=INSTANT + timedelta(days=90))
    with (
        pytest.raises(IntegrityError, match="a une histoire"),
        comme_portail(),
        connection.cursor() as c,
        transaction.atomic(),
    ):
        c.execute("DELETE FROM dossiers_dossier WHERE numero = %s", [lettre.numero])


@pytest.mark.django_db
def test_une_ess_anterieure_ne_met_pas_le_silence_en_conflit():
    ancienne, nouvelle = lettres_pretes(2)
    ancienne.valider()
    with comme_portail():
        Dossier.objects.filter(numero=ancienne.numero).update(regime=Dossier.Regime.MISE_EN_CONFORMITE)
    regler_dues(au=INSTANT + timedelta(days=90))
    assert nouvelle.relire().statut == Statut.LETTRE_VALIDEE
    assert not nouvelle.relire().est_a_regulariser


@pytest.mark.django_db(transaction=True)
def test_le_silence_attend_la_decision_en_cours():
    """An express validation has its territory and has not committed: the pass waits, then flags the one that silence validates."""
    expresse, tacite = lettres_pretes(2)
    prise, rendue = Event(), Event()

    def decider() -> None:
        try:
            with contexte(expresse.acteur):
                decisions.valider(numero=expresse.numero, objet="lettre", acteur=expresse.acteur, maintenant=INSTANT)
                prise.set()
                rendue.wait(20)
        finally:
            connection.close()

    def balayer() -> int:
        try:
            return regler_dues(au=INSTANT + timedelta(days=90))
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        decision = pool.submit(decider)
        assert prise.wait(20)
        passe = pool.submit(balayer)
        with pytest.raises(FutureTimeout):
            passe.result(0.5)
        rendue.set()
        decision.result(20)
        assert passe.result(20)
    assert tacite.relire().est_a_regulariser
    assert not expresse.relire().est_a_regulariser


@pytest.mark.django_db
def test_le_territoire_d_un_dossier_clos_est_libre():
    premiere, seconde = lettres_pretes(2)
    premiere.valider()
    with comme_portail():
        Dossier.objects.filter(numero=premiere.numero).update(statut="clos")
    assert seconde.valider().statut == Statut.LETTRE_VALIDEE


@pytest.mark.django_db
def test_les_regles_et_la_base_voient_les_memes_obstacles():
    """The grid's conflicts that block a validation are those of the base's own function."""
    premiere, *autres = lettres_pretes(3)
    premiere.valider()
    for lettre in autres:
        dossier = lettre.relire()
        parametres = grille.parametres(dossier, "lettre", JOUR)
        bloquants = [c.numero for c in grille.conflits(dossier, parametres, JOUR) if c.etat == "conforme"]
        assert bloquants == lettre.obstacles() == [premiere.numero]
