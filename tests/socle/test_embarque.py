"""The supervisor and its servers: no orphan, no second instance, data kept, ordered stop, restart of what dies."""

from __future__ import annotations

import os
import signal
import stat
import subprocess
import sys
import textwrap
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from ess_portal.socle import serveurs
from ess_portal.socle.embarque import EFFACEMENT, Arret, Superviseur, debut_de_l_attente
from ess_portal.socle.enfants import Enfant, attendre_fin
from ess_portal.socle.serveurs import ErreurServeur, Lieu, grappe, psql

RACINE = Path(__file__).resolve().parents[2]


@pytest.fixture
def dossier():
    """A short folder: unix sockets do not take pytest's long ones."""
    chemin = Path(f"/tmp/ess-embarque-{os.getpid()}")
    subprocess.run(["rm", "-rf", str(chemin)], check=True)
    chemin.mkdir(mode=0o755)
    yield chemin
    subprocess.run(["rm", "-rf", str(chemin)], check=True)


def jusqu_a(condition: Callable[[], bool], delai: float = 20.0, pas: Callable[[], None] = lambda: None) -> None:
    limite = time.monotonic() + delai
    while not condition():
        assert time.monotonic() < limite, "attendu en vain"
        pas()
        os.sched_yield()


def vivant(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().split(") ")[1][0] != "Z"
    except FileNotFoundError:
        return False


def programme(nom: str, code: str, **options: object) -> Enfant:
    return Enfant(nom, [sys.executable, "-c", textwrap.dedent(code)], dict(os.environ), **options)


def lancer_python(code: str) -> subprocess.Popen:
    return subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(code)],
        cwd=RACINE,
        stdout=subprocess.PIPE,
        text=True,
        env=dict(os.environ),
    )


def test_un_enfant_meurt_avec_son_pere_tue():
    pere = lancer_python(
        """
        import signal, sys
        from ess_portal.socle.enfants import Enfant
        e = Enfant("dormeur", [sys.executable, "-c", "import signal; signal.pause()"], {})
        e.demarrer()
        print(e.processus.pid, flush=True)
        signal.pause()
        """
    )
    pid = int(pere.stdout.readline())
    assert vivant(pid)
    pere.kill()
    pere.communicate()
    jusqu_a(lambda: not vivant(pid), 5)


def test_les_donnees_restent_apres_kill_9_et_reprise_immediate(dossier: Path):
    code = f"""
        import signal
        from pathlib import Path
        from ess_portal.socle.serveurs import Lieu, grappe, psql
        with grappe(Lieu(Path({str(dossier)!r}))) as lieu:
            psql(lieu, "-c", "CREATE TABLE garde(n int)", base="ess")
            psql(lieu, "-c", "INSERT INTO garde VALUES (7)", base="ess")
            print((lieu.postgresql / "postmaster.pid").read_text().split()[0], flush=True)
            signal.pause()
        """
    pere = lancer_python(code)
    postgres = int(pere.stdout.readline())
    pere.kill()
    pere.communicate()
    with grappe(Lieu(dossier)) as lieu:
        assert psql(lieu, "-c", "SELECT n FROM garde", base="ess") == "7"
        assert not vivant(postgres)


def test_roles_de_la_base(dossier: Path):
    with grappe(Lieu(dossier, rapide=True)) as lieu:
        serveurs.creer_roles(lieu)  # may be run again
        lignes = psql(
            lieu,
            "-c",
            "SELECT rolname, rolsuper, rolbypassrls, rolcreatedb FROM pg_roles WHERE rolname LIKE 'ess%' ORDER BY 1",
        )
        assert lignes.split() == ["ess_app|f|f|f", "ess_lecture|f|f|f", "ess_proprietaire|f|f|t"]
        assert (
            psql(lieu, "-c", "SELECT pg_get_userbyid(datdba) FROM pg_database WHERE datname = 'ess'")
            == "ess_proprietaire"
        )
        psql(lieu, "-c", "SET ROLE ess_proprietaire; CREATE TABLE neuve(n int)", base="ess")
        droits = "SELECT has_table_privilege('{}', 'neuve', '{}')"
        attendus = {
            ("ess_app", "INSERT"): "t",
            ("ess_app", "TRUNCATE"): "f",
            ("ess_lecture", "SELECT"): "t",
            ("ess_lecture", "INSERT"): "f",
        }
        for (role, droit), attendu in attendus.items():
            assert psql(lieu, "-c", droits.format(role, droit), base="ess") == attendu, (role, droit)


def test_une_seconde_instance_est_refusee(dossier: Path):
    premier, second = Superviseur(dossier, 0), Superviseur(dossier, 0)
    premier.verrouiller()
    with pytest.raises(ErreurServeur, match="tourne déjà"):
        second.verrouiller()
    for fd in premier.verrous + second.verrous:
        os.close(fd)


def test_une_reprise_attend_les_enfants_de_l_instance_tuee(dossier: Path, capsys: pytest.CaptureFixture[str]):
    ancien = Superviseur(dossier, 0)
    ancien.verrouiller()
    tenace = programme("tenace", "import signal; signal.pause()", verrou=ancien.verrous[1], sortie=subprocess.DEVNULL)
    tenace.demarrer()
    for fd in ancien.verrous:
        os.close(fd)
    neuf = Superviseur(dossier, 0)
    tours = []
    neuf.tourner = lambda attente: tours.append(attente) or (attendre_fin([tenace]) if len(tours) == 3 else None)
    neuf.verrouiller()
    assert len(tours) >= 3
    assert "finit de s’arrêter" in capsys.readouterr().out
    for fd in neuf.verrous:
        os.close(fd)


def test_arret_dans_l_ordre(dossier: Path, capsys: pytest.CaptureFixture[str]):
    superviseur = Superviseur(dossier, 0)
    dit_sa_fin = """
        import signal, sys
        def fin(*_):
            print("fin", flush=True); sys.exit()
        signal.signal(signal.SIGTERM, fin); signal.signal(signal.SIGINT, fin)
        print("debut", flush=True)
        while True:
            signal.pause()
        """
    for nom, numero in (
        ("postgres", signal.SIGINT),
        ("redis", signal.SIGTERM),
        ("web", signal.SIGTERM),
        ("worker", signal.SIGTERM),
    ):
        superviseur.lancer(programme(nom, dit_sa_fin, signal_fin=numero))
    vus = []
    superviseur.dire = lambda nom, texte: vus.append((nom, texte))
    jusqu_a(lambda: len([v for v in vus if v[1] == "debut"]) == 4, pas=superviseur.tourner)
    superviseur.arreter()
    fins = [nom for nom, texte in vus if texte == "fin"]
    assert set(fins[:2]) == {"web", "worker"}
    assert fins[2:] == ["redis", "postgres"]
    assert not any(e.vivant for e in superviseur.enfants)


def test_un_enfant_mort_est_relance(dossier: Path):
    superviseur = Superviseur(dossier, 0)
    vus: list[str] = []
    superviseur.dire = lambda nom, texte: vus.append(texte)
    superviseur.lancer(
        programme("web", "import os; print(os.getpid(), flush=True); os.read(0, 1); raise SystemExit(3)")
    )

    def arreter_apres_trois() -> None:
        superviseur.fin_demandee = len([v for v in vus if v.isdigit()]) >= 3

    tourner = superviseur.tourner
    superviseur.tourner = lambda attente=0.05: (arreter_apres_trois(), tourner(attente=attente))
    with pytest.raises(Arret):
        superviseur.veiller()
    superviseur.arreter()
    assert len({v for v in vus if v.isdigit()}) == 3
    pauses = [v for v in vus if "reprise dans" in v]
    assert "code 3" in pauses[0]


def test_un_passager_finit_une_fois_et_se_relance_s_il_a_echoue(dossier: Path):
    """Killed, it comes again; done, it is not started any more and the others go on."""
    superviseur = Superviseur(dossier, 0)
    vus: list[str] = []
    superviseur.dire = lambda nom, texte: vus.append(texte)
    marque = dossier / "vu"
    code = f"""
        import os, pathlib, signal
        marque = pathlib.Path({str(marque)!r})
        print("debut", flush=True)
        if not marque.exists():
            marque.touch(); os.kill(os.getpid(), signal.SIGKILL)
        """
    superviseur.lancer(programme("web", "import signal; signal.pause()"))
    superviseur.lancer(programme("exemples", code, passager=True))
    tourner = superviseur.tourner

    def jusqu_au_bout(attente: float = 0.05) -> None:
        superviseur.fin_demandee = [e.nom for e in superviseur.enfants] == ["web"]
        tourner(attente=attente)

    superviseur.tourner = jusqu_au_bout
    with pytest.raises(Arret):
        superviseur.veiller()
    assert superviseur.enfants[0].vivant
    superviseur.arreter()
    assert vus.count("debut") == 2
    assert any("code -9" in v for v in vus)


DEUX_JALONS = """
    import pathlib, signal, sys
    for nom in sys.argv[2:]:
        (pathlib.Path(sys.argv[1]) / f"demonstration.{nom}").touch()
    signal.pause()
    """


@pytest.mark.parametrize(
    ("la", "viennent", "attend"),
    [
        ((), ("premiers",), True),  # the first ones alone: as long as somebody would wait
        ((), ("premiers", "faite"), False),
        (("premiers",), (), False),  # a base that was opened before: at once
    ],
)
def test_le_portail_ouvre_quand_tout_est_la_ou_apres_l_attente_convenue(dossier: Path, la, viennent, attend):
    superviseur, ouverts = Superviseur(dossier, 0), []
    for nom in la:
        (dossier / f"demonstration.{nom}").touch()
    exemples = programme("exemples", DEUX_JALONS, passager=True)
    exemples.commande += [str(dossier), *viennent]
    superviseur._programme = lambda nom, commande, **options: (
        exemples if nom == "exemples" else programme(nom, "import signal; signal.pause()")
    )
    superviseur._lancer_file = lambda: ouverts.append(time.monotonic())
    superviseur._web_repond = lambda: True
    ouverture = time.monotonic() + (1.5 if attend else 600)
    superviseur.demarrer_portail(ouverture)
    assert (ouverts[0] >= ouverture) is attend
    jusqu_a(lambda: os.getpriority(os.PRIO_PROCESS, exemples.processus.pid) == EFFACEMENT)
    superviseur.arreter()


def test_l_attente_se_compte_depuis_make(monkeypatch: pytest.MonkeyPatch):
    """An instant of this machine's clock; what is not one, or is to come, counts for nothing."""
    debut = time.monotonic() - 5
    monkeypatch.setenv("DEBUT_DEMO", repr(debut))
    assert debut_de_l_attente() == debut
    for valeur in ("", "hier", repr(time.monotonic() + 3600)):
        monkeypatch.setenv("DEBUT_DEMO", valeur)
        avant = time.monotonic()
        assert avant <= debut_de_l_attente() <= time.monotonic()


def test_environnement_lisible_de_nous_seuls(dossier: Path):
    variables = {"DATABASE_URL": "postgresql://a@/b?host=/c&x=1", "SECRET_KEY": "=abc="}
    serveurs.ecrire_environnement(dossier, variables)
    assert serveurs.lire_environnement(dossier) == variables
    assert stat.S_IMODE((dossier / "environnement").stat().st_mode) == 0o600
    assert serveurs.lire_environnement(dossier / "ailleurs") == {}


def test_un_chemin_trop_long_met_les_sockets_ailleurs(tmp_path: Path):
    assert Lieu(Path("/srv/portail")).sockets == Path("/srv/portail/sockets")
    long = Lieu(tmp_path / ("d" * 100))
    assert long.sockets.parent == Path("/tmp")
    assert len(str(long.socket_redis)) < serveurs.LONGUEUR_SOCKET


def test_un_dossier_de_sockets_prepare_par_autrui_est_refuse(tmp_path: Path):
    (tmp_path / "vrai").mkdir()
    (tmp_path / "lien").symlink_to(tmp_path / "vrai")
    with pytest.raises(ErreurServeur, match="quelqu’un d’autre"):
        Lieu(tmp_path).dossier(tmp_path / "lien", None)


def test_le_port_pris_est_dit(dossier: Path):
    import socket

    with socket.socket() as prise:
        prise.bind(("127.0.0.1", 0))
        prise.listen()
        with pytest.raises(ErreurServeur, match="est pris"):
            Superviseur(dossier, prise.getsockname()[1]).verifier_port()
