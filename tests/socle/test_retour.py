"""Going back: the facts that a migration brought are refused all together, before its first step, by name and by number."""

from __future__ import annotations

import pytest
from django.core.management.base import CommandError
from django.db import connection
from django.db.migrations.loader import MigrationLoader
from django.db.models.signals import pre_migrate

from ess_portal.comptes.locataire import comme_portail
from ess_portal.documents.models import Document
from ess_portal.socle.retour import SansRetour, refuser
from tests.fabriques import make_dossier, make_recuperation

pytestmark = pytest.mark.django_db
# What a trigger keeps for ever, or what would break what stood before.
GARDEES = {
    ("documents", "0013_titulaire"), ("financement", "0017_avenant"), ("financement", "0019_dotation_annuelle"),
    ("financement", "0021_controle_annuel"), ("financement", "0022_demande_avenant"), ("financement", "0023_retours"),
    ("financement", "0025_effet_anticipe"), ("financement", "0027_recuperation_gardes"), ("indicateurs", "0009_campagnes_compteurs"),
    ("indicateurs", "0013_compteur_vide"),
}  # fmt: skip


def test_ce_qui_ne_s_efface_pas_refuse_le_retour_avant_tout() -> None:
    migrations = MigrationLoader(connection).disk_migrations
    plan = [(m, True) for _, m in sorted(migrations.items(), reverse=True)]
    assert {
        cle for cle, m in migrations.items() if any(isinstance(o, SansRetour) for o in m.operations[-1:])
    } == GARDEES
    refuser(plan=plan, using="default")  # an empty base goes back to its beginning
    assert any(recepteur() is refuser for _, recepteur, *_ in pre_migrate.receivers)

    d = make_dossier("amorcage_signe").distribution
    ars = d.relire().ars
    with comme_portail():
        make_recuperation(d.relire(), d.utilisateur("gestionnaire"))
        for cle in ("2025", "2026"):
            Document.objects.create(
                organisation=ars, cle=f"synthese:{cle}", type="synthese_campagne", version=1, titre="Synthèse", donnees={}, gabarit="x",
                code_verification=f"code-{cle}", cree_le=d.maintenant,
            )  # fmt: skip
    with pytest.raises(CommandError) as leve:
        refuser(plan=plan, using="default")
    assert "rien n’a été touché" in str(leve.value)
    assert "synthèses de campagne, qui ne sont d’aucun dossier (2)" in str(leve.value)
    assert "récupérations (1)" in str(leve.value)
    assert "avenants" not in str(leve.value)
    refuser(plan=[(m, False) for m, _ in plan], using="default")
    refuser(plan=[(m, True) for m, _ in plan if m.app_label == "dossiers"], using="default")
