"""The monthly counters that an équipe's own tool sends; the same month sent again gives the same answer and writes nothing."""

from __future__ import annotations

from datetime import date
from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from dossiers.models import Dossier
from ess_portal.socle.erreurs import ErreurMetier, Interdit

from ...models import Compteur
from ...services import enregistrer_compteurs
from ..formes.communs import reponses
from ..formes.compteurs import MoisEnvoye, MoisLu
from ..idempotence import une_fois
from ..socle import PagesDe50, Vue
from .dossiers import CLE


class Compteurs(Vue):
    @extend_schema(
        operation_id="dossiers_compteurs",
        responses=reponses(PagesDe50.reponse(MoisLu), 401, 403, 404),
        description="Les compteurs en vigueur, un mois par ligne, du plus récent au plus ancien.",
    )
    def get(self, request: Request, numero: str) -> Response:
        return self.paginer(self._mois(self.dossier(numero)), MoisLu)

    @extend_schema(
        operation_id="dossiers_compteurs_enregistrer",
        parameters=[CLE],
        request=MoisEnvoye,
        responses=reponses(MoisLu, 400, 401, 403, 404, 409, 415, 422),
        description="Enregistre un mois. Le même contenu envoyé deux fois ne change rien\u00a0; un autre contenu fait une nouvelle version, "
        "tracée. Un compteur absent n’est pas touché, `null` le vide. `avant` dit ce que votre outil croit enregistré\u00a0: si ce n’est plus le cas, "
        'la réponse est 409 et rien n’est écrit. Les délais s’écrivent en liste, ou en effectifs\u00a0: `{"3": 4}`.',
    )
    def post(self, request: Request, numero: str) -> Response:
        dossier = self.dossier(numero)
        if not self.acteur.est_porteur:
            raise Interdit
        return une_fois(request, lambda: self._enregistrer(dossier))

    def _enregistrer(self, dossier: Dossier) -> Response:
        corps = dict(self.corps())
        fait = enregistrer_compteurs(
            numero=dossier.numero,
            mois=corps.pop("mois", ""),
            avant=_avant(corps.pop("avant", None)),
            valeurs=corps,
            source=Compteur.Source.API,
            acteur=self.acteur,
            maintenant=self.maintenant,
        )
        vide = {"mois": f"{fait.mois:%Y-%m}", "version": 0}
        return Response(MoisLu(next(iter(self._mois(dossier, fait.mois)), vide)).data)

    def _mois(self, dossier: Dossier, seul: date | None = None) -> list[dict[str, Any]]:
        """`version` counts the writings that made the month what it is."""
        courants = Compteur.objects.pour(self.acteur).filter(dossier=dossier, est_courant=True)
        if seul is not None:
            courants = courants.filter(mois=seul)
        lus: dict[date, dict[str, Any]] = {}
        for c in courants.order_by("-mois", "indicateur"):
            ligne = lus.setdefault(c.mois, {"mois": f"{c.mois:%Y-%m}", "version": 0})
            contenu = c.contenu
            if contenu is not None:
                ligne[c.indicateur] = {str(d): n for d, n in contenu.items()} if isinstance(contenu, dict) else contenu
            ligne["version"] = max(ligne["version"], c.version)
        # A month that was emptied whole is none, but for who has just emptied it.
        return [ligne for ligne in lus.values() if len(ligne) > 2 or seul is not None]


def _avant(lu: Any) -> dict[str, Any]:
    if lu is not None and not isinstance(lu, dict):
        raise ErreurMetier("avant", "Donnez les compteurs lus.", {"avant": "Donnez un objet\u00a0: compteur → valeur."})
    return dict(lu or {})
