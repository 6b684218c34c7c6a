"""API tokens: made, shown once, revoked. They live a year of the machine's time, whatever the sandbox's clock says."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction

from ess_portal.socle import horloge
from ess_portal.socle.erreurs import Introuvable

from ..acteur import Acteur
from ..clefs import empreinte_jeton, nouveau_jeton
from ..models import Jeton, Rattachement
from ..trace import consigner

DUREE = timedelta(days=365)


@transaction.atomic
def creer_jeton(*, rattachement: Rattachement, maintenant: datetime) -> tuple[Jeton, str]:
    """The row and the token in clear, which is kept nowhere."""
    prefixe, secret = nouveau_jeton()
    present = horloge.temps_reel()
    jeton = Jeton.objects.create(
        rattachement=rattachement,
        prefixe=prefixe,
        empreinte=empreinte_jeton(secret),
        cree_le=present,
        expire_le=present + DUREE,
    )
    _consigner("jeton_cree", jeton, maintenant)
    return jeton, f"ess_{prefixe}_{secret}"


@transaction.atomic
def revoquer_jeton(*, jeton_id: int, acteur: Acteur, maintenant: datetime) -> Jeton:
    """One's own only; an unknown one and somebody else's are the same. Revoked twice is revoked."""
    jeton = (
        Jeton.objects.select_for_update(of=("self",))
        .filter(pk=jeton_id, rattachement__utilisateur_id=acteur.utilisateur_id)
        .first()
    )
    if jeton is None:
        raise Introuvable
    if jeton.revoque_le is None:
        jeton.revoque_le = horloge.temps_reel()
        jeton.save(update_fields=("revoque_le",))
        _consigner("jeton_revoque", jeton, maintenant)
    return jeton


def _consigner(type: str, jeton: Jeton, maintenant: datetime) -> None:
    r = jeton.rattachement
    consigner(
        type=type,
        acteur=r.acteur(),
        maintenant=maintenant,
        organisation=r.organisation,
        donnees={"prefixe": jeton.prefixe},
    )
