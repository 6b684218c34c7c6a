"""How long each dossier is kept, and those whose term has passed (RET-1): what an elimination, after the visa of the archives, starts from."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.db.models import Case, DateTimeField, Exists, F, OuterRef, When
from django.urls import reverse

from dossiers.models import Dossier, Recours
from dossiers.regles.conservation import Vie, conservation
from dossiers.regles.cycle import Statut
from dossiers.regles.statuts import FINAUX, LIBELLES
from dossiers.selectors import A_BASCULE
from ess_portal.comptes.acteur import Acteur
from ess_portal.comptes.roles import AGENTS
from ess_portal.referentiel.services import parametres_du_jour
from ess_portal.socle.horloge import jour_local
from financement.models import Contrat, ProcedureResiliation, Recuperation, Versement
from financement.regles.procedure import OUVERTS

from .forme import COMPETENTES, DOSSIER, OUI_NON, PAR_LOT, Champs, Colonne, Filtres, Liste, Rangee, jour_de, parmi, un


def _geler(champs: Champs, _acteur: Acteur) -> dict[str, list[str]]:
    echues = parmi(champs, "echues", "Durée écoulée", ("oui",))
    return {"echues": echues} if echues else {}


def _dire(filtres: Filtres, _acteur: Acteur) -> list[tuple[str, str]]:
    return [("Durée de conservation", "écoulée" if un(filtres, "echues") else "écoulée ou non")]


def _lignes(acteur: Acteur, filtres: Filtres, maintenant: datetime) -> Iterable[Rangee]:
    def il_y_a(modele, **champs) -> Exists:
        return Exists(modele.objects.filter(dossier=OuterRef("pk"), **champs))

    lus = (
        Dossier.objects.pour(acteur)
        .exclude(statut=Statut.BROUILLON)
        .au(maintenant)
        .annotate(
            depuis=Case(
                When(bascule_le__lte=maintenant, statut__in=A_BASCULE, then=F("bascule_le")),
                default=F("statut_depuis"),
                output_field=DateTimeField(),
            ),
            verse=il_y_a(Versement, statut=Versement.Statut.PAYE),
            signe=il_y_a(Contrat, statut=Contrat.Statut.SIGNE),
            recupere=il_y_a(Recuperation, statut__in=OUVERTS),
            resilie=il_y_a(ProcedureResiliation, issue=""),
            conteste=il_y_a(Recours, issue=""),
        )
        .select_related("ars", "caisse")
        .order_by("numero")
    )
    echues = bool(un(filtres, "echues"))
    for d in lus.iterator(chunk_size=PAR_LOT):
        jour, statut = jour_local(maintenant, d.fuseau), Statut(d.statut_effectif)
        fini = statut in FINAUX
        c = conservation(
            Vie(
                statut=statut,
                depuis=jour_local(d.depuis, d.fuseau),
                est_verse=d.verse,
                contrat_vivant=d.signe and not fini,
                procedure_ouverte=d.recupere or d.resilie or d.conteste,
            ),
            parametres_du_jour(d.region, jour),
        )
        if echues and not c.est_echue(jour):
            continue
        yield d.pk, (
            d.numero, d.nom, LIBELLES[statut], jour_de(d.depuis, d.fuseau) if fini else None, c.terme, OUI_NON[c.est_echue(jour)], c.motif,
            d.ars and d.ars.nom, d.caisse and d.caisse.nom,
        )  # fmt: skip


CONSERVATION = Liste(
    "conservation",
    "Conservation des dossiers",
    (
        *DOSSIER,
        Colonne("fin", "Terminé le"),
        Colonne("terme", "Conservé jusqu’au"),
        Colonne("echue", "Durée écoulée"),
        Colonne("motif", "Pourquoi"),
        *COMPETENTES,
    ),
    _lignes,
    lambda: reverse("dossiers"),
    _geler,
    _dire,
    AGENTS,
)
