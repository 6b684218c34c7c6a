"""The parent's side: starts the child, waits for its verdict no longer than the deadline, trusts nothing else."""

import hashlib
import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path
from tempfile import TemporaryDirectory

from ess_portal.documents.controle.formats import FORMATS
from ess_portal.documents.controle.refus import PHRASES, FichierRefuse, Motif

DELAI = 25
RACINE = Path(__file__).resolve().parents[3]
_retenus: ContextVar[dict[tuple[str, str], dict] | None] = ContextVar("verdicts_retenus", default=None)


@contextmanager
def verdicts_retenus(connus: Iterable[bytes] = ()) -> Iterator[None]:
    """The same bytes get the same verdict without another child: for a command that deposits the same few files many times.

    `connus`: those files themselves (no image), judged at once by one child.
    """
    jeton = _retenus.set(_juger_ensemble(list(connus)))
    try:
        yield
    finally:
        _retenus.reset(jeton)


def _juger_ensemble(contenus: list[bytes]) -> dict[tuple[str, str], dict]:
    verdicts: dict[tuple[str, str], dict] = {}
    if not contenus:
        return verdicts
    with TemporaryDirectory() as dossier:
        chemins = [Path(dossier) / str(rang) for rang in range(len(contenus))]
        for chemin, octets in zip(chemins, contenus, strict=True):
            chemin.write_bytes(octets)
        reponses = _demander("lot", *chemins)
    for chemin, octets in zip(chemins, contenus, strict=True):
        empreinte = hashlib.sha256(octets).hexdigest()
        verdicts["controler", empreinte], verdicts["chercher", empreinte] = reponses[str(chemin)]
    return verdicts


def controler(source: Path, sortie: Path, annonce: str) -> str:
    """The format found in the bytes, the same as the announced one; an image's clean copy is written to `sortie`."""
    reponse = _executer("controler", source, sortie)
    if "motif" in reponse:
        motif = Motif(reponse["motif"])
        refus = FichierRefuse(motif, limite=0, trouve="")
        refus.phrase = reponse.get("phrase") or PHRASES[motif]
        raise refus
    trouve = reponse["format"]
    if trouve != annonce:
        raise FichierRefuse(Motif.DISCORDANCE, trouve=FORMATS[trouve].libelle)
    return trouve


def chercher(source: Path) -> str | None:
    """The name of the signature found, None when there is none; FichierRefuse when the child could not finish."""
    reponse = _executer("chercher", source)
    if "motif" in reponse:
        raise FichierRefuse(Motif(reponse["motif"]))
    return reponse["signature"]


def lire_tableau(source: Path, annonce: str, *, lignes_maximum: int, colonnes_maximum: int) -> list[list[str]]:
    """The cells of a list (`annonce`: csv, xlsx or ods), as text, its first sheet alone. Raises FichierRefuse."""
    reponse = _demander("lire_tableau", source, annonce, str(lignes_maximum), str(colonnes_maximum))
    if "motif" in reponse:
        refus = FichierRefuse(Motif.TABLEAU)
        refus.motif = Motif(reponse["motif"])
        refus.phrase = reponse.get("phrase") or PHRASES[refus.motif]
        raise refus
    return reponse["lignes"]


def lire_sceaux(source: Path) -> list[dict]:
    """What each seal of a PDF says of itself and of the file (`sceau.lecture`). Raises FichierRefuse."""
    reponse = _demander("lire_sceaux", source)
    if "motif" in reponse:
        raise FichierRefuse(Motif(reponse["motif"]))
    return reponse["sceaux"]


def _executer(verbe: str, *chemins: Path) -> dict:
    retenus = _retenus.get()
    if retenus is None:
        return _demander(verbe, *chemins)
    cle = (verbe, hashlib.sha256(chemins[0].read_bytes()).hexdigest())
    if cle not in retenus:
        reponse = _demander(verbe, *chemins)
        # A child that wrote a clean copy must write it again.
        if any(copie.exists() for copie in chemins[1:]):
            return reponse
        retenus[cle] = reponse
    return retenus[cle]


def _demander(verbe: str, *arguments: Path | str) -> dict:
    enfant = subprocess.Popen(  # noqa: S603
        [sys.executable, "-m", "ess_portal.documents.controle.enfant", verbe, *map(str, arguments)],
        cwd=RACINE,
        env={"PATH": os.defpath, "LANG": "C.UTF-8", "PYTHONDONTWRITEBYTECODE": "1"},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        sortie, _ = enfant.communicate(timeout=DELAI)
    except subprocess.TimeoutExpired as erreur:
        os.killpg(enfant.pid, signal.SIGKILL)
        enfant.communicate()
        raise FichierRefuse(Motif.DELAI) from erreur
    if enfant.returncode == -signal.SIGXCPU or enfant.returncode == -signal.SIGKILL:
        raise FichierRefuse(Motif.DELAI)
    if enfant.returncode != 0 or not sortie:
        raise FichierRefuse(Motif.ILLISIBLE)
    return json.loads(sortie)
