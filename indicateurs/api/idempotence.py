"""`Idempotency-Key`: the same demand sent again, even fifty times at once, has one effect and one answer.

The key is inserted before the act, in its transaction: a call in parallel waits on the unique index, then reads the stored
answer. A refused act rolls the key back with itself: once corrected, the demand may use it again.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db import connection
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response

from ess_portal.comptes.models import Rattachement
from ess_portal.socle import horloge
from ess_portal.socle.erreurs import ErreurMetier

from ..models import Appel

ENTETE = "Idempotency-Key"
LONGUEUR_MAX = 200
# A retry types them again, and a fingerprint of a password is worth the password.
SECRETS = frozenset({"mot_de_passe", "code"})


def une_fois(request: Request, faire: Callable[[], Response]) -> Response:
    """Does the act, or gives again the answer of the first time. Raises ErreurMetier for a key used for another demand."""
    cle = request.headers.get(ENTETE, "").strip()
    acteur = request._request.acteur
    # An administrator does no act on a dossier, and row-level security lets him write none.
    if not cle or acteur.portee:
        return faire()
    if len(cle) > LONGUEUR_MAX:
        raise ErreurMetier(
            "cle_idempotence", f"La clé compte {LONGUEUR_MAX} caractères au plus.", {ENTETE: "Clé trop longue."}
        )
    empreinte = _empreinte(request)
    rattachement = _rattachement(request)
    rang = _inserer(rattachement, cle, empreinte)
    if rang is None:
        return _redire(Appel.objects.pour(acteur).get(rattachement=rattachement, cle=cle), empreinte)
    reponse = faire()
    corps = JSONRenderer().render(reponse.data).decode()
    Appel.objects.pour(acteur).filter(pk=rang).update(statut_http=reponse.status_code, reponse=corps)
    return reponse


def deja_faite(request: Request) -> Response | None:
    """The answer already given under this key: an act that cannot be done twice is not refused to who asks again for the first time's."""
    cle, acteur = request.headers.get(ENTETE, "").strip(), request._request.acteur
    if not cle or acteur.portee:
        return None
    appel = Appel.objects.pour(acteur).filter(rattachement=_rattachement(request), cle=cle).first()
    return None if appel is None else _redire(appel, _empreinte(request))


def _rattachement(request: Request) -> Rattachement:
    """The one this call acts with."""
    requete = request._request
    return next(r for r in requete.rattachements if r.organisation_id == requete.acteur.organisation_id)


def _inserer(rattachement: Rattachement, cle: str, empreinte: str) -> int | None:
    """The new row's id; None when the key is already there, once its transaction has ended."""
    with connection.cursor() as curseur:
        curseur.execute(
            "INSERT INTO indicateurs_appel (rattachement_id, organisation_id, cle, empreinte, reponse, recu_le) "
            "VALUES (%s, %s, %s, %s, '', %s) ON CONFLICT (rattachement_id, cle) DO NOTHING RETURNING id",
            [rattachement.pk, rattachement.organisation_id, cle, empreinte, horloge.maintenant()],
        )
        ligne = curseur.fetchone()
    return ligne[0] if ligne else None


def _redire(appel: Appel, empreinte: str) -> Response:
    if appel.empreinte != empreinte:
        raise ErreurMetier(
            "cle_idempotence",
            "Cette clé a déjà servi à une autre demande.",
            {ENTETE: "Donnez une clé nouvelle à une demande nouvelle."},
        )
    return Response(json.loads(appel.reponse), status=appel.statut_http)


def _empreinte(request: Request) -> str:
    """Method, address and content, whatever the order of the fields; files by their bytes."""
    lu: Any = request.data
    if hasattr(lu, "lists"):
        lu = {nom: [_valeur(v) for v in valeurs] for nom, valeurs in lu.lists()}
    if isinstance(lu, dict):
        lu = {nom: v for nom, v in lu.items() if nom not in SECRETS}
    texte = json.dumps([request.method, request.path, lu], sort_keys=True, ensure_ascii=True)
    return hashlib.sha256(texte.encode()).hexdigest()


def _valeur(v: Any) -> Any:
    if not isinstance(v, UploadedFile):
        return v
    empreinte = hashlib.sha256()
    for morceau in v.chunks():
        empreinte.update(morceau)
    v.seek(0)
    return {"nom": v.name, "sha256": empreinte.hexdigest()}
