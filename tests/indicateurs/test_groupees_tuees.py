"""Acts on many dossiers whose workers are killed: each row done, once, with its own result."""

from __future__ import annotations

import uuid
from collections import Counter
from datetime import timedelta

import pytest
from django.db.models import Count, Q

from dossiers.models import Decision, Dossier, Echeance
from ess_portal.comptes.locataire import comme_portail, contexte
from ess_portal.comptes.models import Organisation
from ess_portal.documents.models import Document
from ess_portal.documents.rendu import Rendu
from ess_portal.documents.services import emission
from ess_portal.journal import relais
from ess_portal.journal.models import Envoi, Evenement
from ess_portal.socle.horloge import fin_de_journee
from indicateurs.groupees import service
from indicateurs.models import LigneGroupee
from tests.financement.conftest import Distribution, creer_dossier_valide, distribuer
from tests.outillage.preuves import Preuve
from tests.outillage.tueurs import tuer

GENRES = ("suivre", "relancer", "attester")


def dossiers(d: Distribution, nombre: int) -> list[str]:
    """Letters validated by silence, whose projet is awaited: each act has something to do on each of them."""
    equipes = Organisation.objects.bulk_create(
        Organisation(type="equipe", code=f"groupee-{n}", nom=f"ESS {n}", region="76") for n in range(nombre)
    )
    jour = d.maintenant.date()
    with comme_portail():
        crees = [
            creer_dossier_valide(e, d.dossier.ars, d.dossier.caisse, str(6000 + n), "lettre_validee", groupes=[f"g{n}"])
            for n, e in enumerate(equipes)
        ]
        for x in crees:
            Decision.objects.create(
                dossier=x, objet="lettre", sens="favorable", mode="tacite", date_acquise=jour - timedelta(days=30),
                prise_le=d.maintenant - timedelta(days=30), enregistree_le=d.maintenant, grille=[{"critere": "CRI-1"}],
            )  # fmt: skip
            dernier = jour + timedelta(days=60)
            Echeance.objects.create(
                dossier=x, regle="DL-2", objet="projet", qui="equipe", dernier_jour=dernier, acquise_le=dernier, statut="ouverte",
                instant=fin_de_journee(dernier, "Europe/Paris"), **Echeance.colonnes(x),
            )  # fmt: skip
    return [x.numero for x in crees]


@pytest.mark.preuve
@pytest.mark.django_db(transaction=True)
def test_des_actions_groupees_dont_on_tue_les_travailleurs(preuve: Preuve, monkeypatch) -> None:
    d = distribuer()
    monkeypatch.setattr(relais, "BAIL", timedelta(seconds=preuve.taille(1, 5)))
    if not preuve.entiere:
        monkeypatch.setattr(emission, "rendre", lambda *_, **__: Rendu(b"%PDF-1.7", 1))
    nombre, morts = preuve.taille(14, 170), preuve.taille(3, 20)
    numeros, acteur = dossiers(d, nombre), d.acteurs["instructeur"]
    with contexte(acteur):
        for genre in GENRES:
            service.lancer(
                genre=genre, dossiers=numeros, champs={"utilisateur": str(acteur.utilisateur_id)}, cle=uuid.uuid4(), acteur=acteur,
                maintenant=d.maintenant,
            )  # fmt: skip
    # One effect a row, then the letter of each attestation.
    tues = tuer(morts, effets=(len(GENRES) + 1) * nombre, instant=d.maintenant, types=("groupee", "document"))
    with comme_portail():
        etats = Counter(LigneGroupee.objects.order_by("pk").values_list("action__genre", "etat"))
        siens = Dossier.objects.filter(numero__in=numeros).order_by("pk")
        suivis = siens.filter(suivi_par=acteur.utilisateur_id).count()
        actes = Evenement.objects.filter(dossier__in=siens).order_by("dossier", "type").values("dossier", "type")
        doubles = actes.filter(type__in=("suivre", "relance_envoyee")).annotate(n=Count("pk")).filter(n__gt=1).count()
        rappels = Envoi.objects.filter(type="courriel", charge__gabarit="rappel").count()
        justes = siens.annotate(
            n=Count("documents"), p=Count("documents", filter=Q(documents__etat="produit", documents__type="attestation_tacite"))
        ).filter(n=1, p=1).count()  # fmt: skip
        rebuts = Envoi.objects.filter(statut="rebut").count()
        produits = Document.objects.count()
    faites = {genre: etats[genre, "faite"] for genre in GENRES}
    manques = [nombre - n for n in (*faites.values(), suivis, rappels, justes, produits)]
    fautes = sum(map(abs, manques)) + doubles + rebuts + (morts - tues)
    preuve.noter(
        cas=len(GENRES) * nombre, fautes=fautes, plancher=40, tues=tues, doubles=doubles, rebuts=rebuts, **faites
    )
