"""The numbers that a base keeps of each ARS's dossiers: those of the dossiers after every act, put together while others write."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import IntegrityError, ProgrammingError, connection, transaction
from django.db.models import Sum
from django.test.utils import CaptureQueriesContext

from dossiers.comptage import COURTES
from dossiers.models import Denombrement, Dossier
from dossiers.models.dossier import LUES
from dossiers.onglets import Filtres, conditions, mots_cherches, parmi
from dossiers.regles.statuts import TRAITES, Statut
from dossiers.selectors import comptes, liste
from dossiers.services import denombrement
from dossiers.services.passage import regler_dues
from dossiers.seuils import seuils_de
from ess_portal.comptes.locataire import comme_portail, contexte
from ess_portal.socle import horloge
from indicateurs.verification import denombrements
from tests.fabriques import make_acteur, make_dossier

pytestmark = pytest.mark.django_db


def fautes() -> list[str]:
    with comme_portail():
        return list(denombrements())


def sommes() -> dict[tuple[str, str], int]:
    with comme_portail():
        lus = Denombrement.objects.values_list("ars__nom", "statut").annotate(n=Sum("nombre"))
        return {(ars, statut): n for ars, statut, n in lus if n}


def test_les_nombres_suivent_les_actes_et_le_silence():
    d = make_dossier("lettre_deposee", departement="31").distribution
    autre = make_dossier("brouillon", departement="34")
    assert fautes() == []
    assert [n for (_, statut), n in sommes().items() if statut == "lettre_deposee"] == [1]
    regler_dues(au=d.maintenant + timedelta(days=90))
    assert [statut for _, statut in sommes()] == ["lettre_validee"]
    with comme_portail():
        dossier = Dossier.objects.get(numero=d.numero)
        # A handover, a mark, several at once.
        voisine = make_acteur("ars_instructeur", departement="35").organisation_id
        Dossier.objects.filter(pk__in=[dossier.pk, autre.pk]).update(ars=voisine, caisse=dossier.caisse_id)
        Dossier.objects.filter(pk=dossier.pk).update(est_tardif=True, est_a_regulariser=True)
    assert fautes() == []
    assert sorted(statut for _, statut in sommes()) == ["brouillon", "lettre_validee"]
    with comme_portail():
        Dossier.objects.filter(pk=autre.pk).update(ars=None, caisse=None)
    assert fautes() == []
    assert fautes() == []
    assert len(sommes()) == 1


def test_un_nombre_faux_est_nomme():
    make_dossier("lettre_deposee", departement="31")
    denombrement.reunir(lignes=0)
    with comme_portail():
        Denombrement.objects.update(nombre=4)
    assert fautes() == ["ARS Occitanie, état « lettre_deposee » : 4 dossiers dénombrés, 1 en base"]


def test_reunir_ne_change_aucune_somme_et_ne_laisse_que_les_groupes():
    d = make_dossier("amorcage_signe", departement="31").distribution
    with comme_portail():
        for est_tardif in (True, False) * 4:
            Dossier.objects.filter(numero=d.numero).update(est_tardif=est_tardif)
        avant = Denombrement.objects.count()
    lues = sommes()
    assert denombrement.reunir(lignes=avant) == 0
    assert denombrement.reunir(lignes=1) == 1
    with comme_portail():
        assert Denombrement.objects.count() == 1 < avant
    assert sommes() == lues
    assert denombrement.reunir(lignes=1) == 0
    assert fautes() == []


@pytest.mark.django_db(transaction=True)
def test_reunir_pendant_que_d_autres_ecrivent_ne_perd_rien():
    """Real connections: acts, and two that put together, in any order. Nobody waits for anybody, nothing is counted twice."""
    d = make_dossier("amorcage_signe", departement="31").distribution
    autres = [make_dossier("lettre_deposee", departement=code) for code in ("34", "30")]

    def marquer(pk: int) -> None:
        try:
            for rang in range(40):
                with comme_portail():
                    Dossier.objects.filter(pk=pk).update(est_tardif=rang % 2 == 0)
        finally:
            connection.close()

    def reunir(_: int) -> None:
        try:
            for _ in range(25):
                denombrement.reunir(lignes=0)
        finally:
            connection.close()

    with ThreadPoolExecutor(5) as pool:
        taches = [pool.submit(marquer, x.pk) for x in (d.relire(), *autres)] + [
            pool.submit(reunir, n) for n in range(2)
        ]
        for tache in taches:
            tache.result()
    assert fautes() == []
    denombrement.reunir(lignes=0)
    assert fautes() == []
    with comme_portail():
        assert Denombrement.objects.count() == 2


def test_une_autre_organisation_n_en_lit_ni_n_en_ecrit_aucun():
    d = make_dossier("lettre_deposee", departement="31").distribution
    etrangere = make_acteur("ars_instructeur", departement="35")
    denombrement.reunir(lignes=0)
    for qui, attendus in (
        (d.acteur("instructeur"), 1),
        (d.acteur("regional"), 1),
        (etrangere, 0),
        (d.acteur("porteur"), 0),
    ):
        with contexte(qui):
            assert Denombrement.objects.count() == attendus
            with pytest.raises((ProgrammingError, IntegrityError)), transaction.atomic():
                Denombrement.objects.create(
                    ars_id=d.acteur("instructeur").organisation_id, statut="clos", est_tardif=False, est_a_regulariser=False, nombre=9
                )  # fmt: skip
            assert Denombrement.objects.update(nombre=9) == 0
    assert fautes() == []


def test_la_page_de_tous_les_dossiers_sort_de_son_index():
    """The index holds the very words of the order: another expression and the region would be sorted at each page."""
    d = make_dossier("lettre_deposee", departement="31").distribution
    acteur = d.acteur("instructeur")
    with contexte(acteur), connection.cursor() as curseur:
        vus: list[str] = []

        def noter(execute, requete, places, many, ctx):
            if requete.startswith("WITH cles"):
                with connection.cursor() as autre:
                    autre.execute(
                        "SET LOCAL enable_sort = off; SET LOCAL enable_seqscan = off; SET LOCAL enable_bitmapscan = off"
                    )
                with connection.connection.cursor() as brut:
                    brut.execute("EXPLAIN " + requete, places)
                    vus.append("\n".join(ligne for (ligne,) in brut))
            return execute(requete, places, many, ctx)

        seuils = seuils_de(acteur, d.maintenant)
        f = Filtres(onglet="tous")
        with connection.execute_wrapper(noter):
            liste(acteur, f, seuils, comptes(acteur, f, seuils))
        curseur.execute("RESET enable_sort")
    assert "dossier_ars_commandee" in vus[0]


def test_ce_que_d_autres_lisent_et_ce_qui_est_fini_ont_leur_index():
    """The lists ask for no column that the index of the rows read by others has not, and in the very words of the conditions of both."""
    acteur = make_acteur("ars_instructeur", departement="31")
    indexees = {"id", *(Dossier._meta.get_field(nom).attname for nom in LUES)}
    assert {*COURTES, "equipe_id", "lecteurs"} <= indexees
    f, seuils = Filtres(onglet="traites"), seuils_de(acteur, horloge.maintenant())
    with contexte(acteur), CaptureQueriesContext(connection) as requetes:
        liste(acteur, f, seuils, comptes(acteur, f, seuils))
    compte, cles = (next(q["sql"] for q in requetes if q["sql"].startswith(mot)) for mot in ("WITH lus_1", "WITH cles"))
    assert "\"lecteurs\" <> '{}'::integer[]" in compte
    # Nothing else may bring a dossier there, or the index would not have them all.
    assert conditions(acteur)["traites"] == f"({parmi([x for x in Statut if x in TRAITES])})"
    assert conditions(acteur)["traites"] in cles
    with connection.cursor() as curseur:
        curseur.execute("SELECT indexname, indexdef FROM pg_indexes WHERE tablename = 'dossiers_dossier'")
        textes = dict(curseur.fetchall())
    assert "WHERE (lecteurs <> '{}'::integer[])" in textes["dossier_lecteurs"]
    assert {x.value for x in TRAITES} == set(re.findall(r"'(\w+)'", textes["dossier_ars_traites"]))


def test_les_lettres_se_cherchent_pour_chaque_lecteur():
    """A word of a letter finds it for those who read the dossier, its own or not, beside a word of its name; nobody else."""
    d = make_dossier("lettre_deposee", departement="31").distribution
    lecteur, etranger = (make_acteur("ars_instructeur", departement=code) for code in ("35", "59"))
    with comme_portail():
        dossier = Dossier.objects.get(numero=d.numero)
        curseur = connection.cursor()
        curseur.execute(
            "UPDATE dossiers_textedossier SET mots = to_tsvector('simple', 'arythmies perfusion') WHERE dossier_id = %s",
            [dossier.pk],
        )
        Dossier.objects.filter(pk=dossier.pk).update(lecteurs=[lecteur.organisation_id])
        curseur.execute(
            "UPDATE dossiers_textedossier SET lecteurs = %s WHERE dossier_id = %s",
            [[lecteur.organisation_id], dossier.pk],
        )
    for qui, trouve in (
        *((d.acteur(nom), 1) for nom in ("instructeur", "gestionnaire", "regional", "national")), (lecteur, 1), (etranger, 0),
    ):  # fmt: skip
        with contexte(qui):
            seuils = seuils_de(qui, d.maintenant)
            for mots, n in (
                ("aryth", trouve),
                ("arythm", trouve),
                ("arythmies aryth perfusion", trouve),
                ("l’arythmie", 0),  # as words are parted: no letter has « l »
                (f"perfusion {dossier.nom}", trouve),
                ("perfusion absente", 0),
                ("arythmiesx", 0),
            ):
                f = Filtres(onglet="tous", recherche=mots, texte=True)
                lus = comptes(qui, f, seuils)
                page = liste(qui, f, seuils, lus)["dossiers"]
                assert (lus["resultat"], len(page)) == (n, n), (qui.organisation_nom, mots)
                sans = comptes(qui, Filtres(onglet="tous", recherche=mots), seuils)
                assert sans["resultat"] == 0


def test_les_lettres_trouvees_par_leur_index_sont_celles_des_mots_et_du_lecteur():
    """Behind row-level security the index of words serves, and the table that it serves through shows nothing but what was asked for."""
    d = make_dossier("lettre_deposee", departement="31").distribution
    etranger = make_acteur("ars_instructeur", departement="59")
    lire = "SELECT dossier_id FROM dossiers_textetrouve"
    with comme_portail(), connection.cursor() as curseur:
        dossier = Dossier.objects.get(numero=d.numero)
        curseur.execute("UPDATE dossiers_textedossier SET mots = to_tsvector('simple', 'arythmies perfusion')")
    for qui, mots, attendus in (
        (d.acteur("instructeur"), "('arythm':*)", [(dossier.pk,)]),
        (d.acteur("gestionnaire"), "('absente':*) | ('perfus':*)", [(dossier.pk,)]),
        (d.acteur("instructeur"), "('absente':*)", []),
        (d.acteur("instructeur"), "", []),
        (d.acteur("national"), "('arythm':*)", []),  # without organisation: through the letters themselves
        (etranger, "('arythm':*)", []),
    ):
        with contexte(qui), connection.cursor() as curseur:
            curseur.execute("SELECT set_config('app.lettres', %s, true)", [mots])
            curseur.execute(lire)
            assert curseur.fetchall() == attendus, (qui.organisation_nom, mots)
            curseur.execute("UPDATE dossiers_textetrouve SET ars_id = NULL")
            assert curseur.rowcount == 0
            with pytest.raises(ProgrammingError, match="row-level security"), transaction.atomic():
                curseur.execute("INSERT INTO dossiers_textetrouve (dossier_id) VALUES (%s)", [dossier.pk])
            curseur.execute("SET LOCAL enable_seqscan = off")
            curseur.execute("EXPLAIN " + lire)
            plan = "\n".join(ligne for (ligne,) in curseur)
            assert "Index Cond: ((mots @@" in plan
            assert "texte_mots" in plan


@pytest.mark.parametrize(
    ("recherche", "mots"),
    [
        ("arythmies", "('arythmies':*)"),
        ("aryth perfusion", "('perfusion':*)"),  # the short one is read in the letters
        ("arythmies-perfusion", "('arythmies':* & 'perfusion':*)"),
        ("l’arythmie", ""),
        ("!!! ’", ""),
        ("perfusion arythmies", "('perfusion':*) | ('arythmies':*)"),
    ],
)
def test_les_mots_que_la_recherche_demande_a_l_index(recherche: str, mots: str):
    assert mots_cherches(Filtres(recherche=recherche, texte=True)) == mots
    assert mots_cherches(Filtres(recherche=recherche)) == ""
