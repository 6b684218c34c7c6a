"""The invisible marks that turn the order of reading enter by no door: forms, API in JSON, API with files, an adhérents' list."""

from __future__ import annotations

import pytest
from django.http import QueryDict
from django.urls import reverse

from adhesions.regles.liste import Reperes, lire_ligne
from dossiers.models import Dossier
from ess_portal.comptes.locataire import comme_portail
from ess_portal.comptes.roles import Role
from ess_portal.socle.saisie import epurer, epurer_formulaire
from tests.api.conftest import appelant
from tests.fabriques import client_de, make_utilisateur

MARQUES = "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"


def test_les_marques_partent_et_rien_d_autre() -> None:
    dit = "Œuvre «\u00a0à\u00a0l’écart\u00a0»\n– 3\u2009€, n°\u20092 👩‍⚕️"
    assert epurer(f"{MARQUES}{dit[:5]}{MARQUES}{dit[5:]}") == dit
    assert epurer({f"a{MARQUES}": [1, None, {"b": f"x{MARQUES}y"}]}) == {"a": [1, None, {"b": "xy"}]}
    recu = QueryDict("a=1&a=2&b=x")
    assert epurer_formulaire(recu) is recu
    propre = epurer_formulaire(QueryDict(f"a=1{MARQUES}&a=2&b={MARQUES}"))
    assert dict(propre.lists()) == {"a": ["1", "2"], "b": [""]}
    lue = lire_ligne(2, [f"Cas{MARQUES}tel"], {0: "nom"}, Reperes(specialites={}, departements=frozenset()))
    assert lue.valeurs["nom"] == "Castel"


@pytest.mark.django_db
def test_ni_par_une_page_ni_par_l_api() -> None:
    personne = make_utilisateur(Role.PORTEUR_REFERENT)
    client, api = client_de(personne), appelant(personne)
    envoi = {"nom": "ESS \u202eennoraG\u202c", "specialites": ["SM04"], "siege_departement": "31"}
    assert client.post(reverse("dossier_nouveau"), envoi).status_code == 302
    numero = api.post("dossiers/", envoi).json()["numero"]
    assert api.multipart(f"dossiers/{numero}/actions/abandonner/", {"motivation": "\u2067"}).status_code == 422
    with comme_portail():
        assert set(Dossier.objects.values_list("nom", flat=True)) == {"ESS ennoraG"}
    # Whatever the form, its own checks see the text as it will be stored.
    vide = client.post(reverse("dossier_nouveau"), envoi | {"nom": "\u2067\u2069"})
    assert "Donnez un nom à l’équipe." in vide.content.decode()
