"""The monthly counters that an équipe's own tool sends; the same month sent again gives the same answer and writes nothing."""

from __future__ import annotations

from datetime import date
from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from dossiers.models import Dossier
from ess_portal.socle.erreurs import Interdit

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
        'tracée. Un compteur absent n’est pas touché. Les délais s’écrivent en liste, ou en effectifs\u00a0: `{"3": 4}`.',
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
            valeurs=corps,
            source=Compteur.Source.API,
            acteur=self.acteur,
            maintenant=self.maintenant,
        )
        return Response(MoisLu(self._mois(dossier, fait.mois)[0]).data)

    def _mois(self, dossier: Dossier, seul: date | None = None) -> list[dict[str, Any]]:
        """`version` counts the writings that made the month what it is."""
        courants = Compteur.objects.pour(self.acteur).filter(dossier=dossier, est_courant=True)
        if seul is not None:
            courants = courants.filter(mois=seul)
        lus: dict[date, dict[str, Any]] = {}
        for c in courants.order_by("-mois", "indicateur"):
            ligne = lus.setdefault(c.mois, {"mois": f"{c.mois:%Y-%m}", "version": 0})
            contenu = c.contenu
            ligne[c.indicateur] = {str(d): n for d, n in contenu.items()} if isinstance(contenu, dict) else contenu
            ligne["version"] = max(ligne["version"], c.version)
        return list(lus.values())
