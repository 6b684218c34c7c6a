"""API tokens: hashed, shown once, refused when expired, revoked, altered or left behind by a withdrawn access."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import connection
from django.urls import reverse
from rest_framework.response import Response
from rest_framework.test import APIRequestFactory
from rest_framework.views import APIView

from ess_portal.comptes import locataire
from ess_portal.comptes.jetons import JetonAuthentication
from ess_portal.comptes.models import Jeton
from ess_portal.comptes.reauthentification import a_second_facteur
from ess_portal.comptes.services.jetons import creer_jeton
from ess_portal.socle import horloge

from .conftest import INSTANT, MOT_DE_PASSE


class Qui(APIView):
    """A route of the test: who am I, and for whom?"""

    authentication_classes = [JetonAuthentication]

    def get(self, request):
        return Response({"acteur": request._request.acteur.organisation_id, "locataire": locataire.lire()[0]})


def appeler(clair: str):
    requete = APIRequestFactory().get("/", headers={"authorization": f"Bearer {clair}"})
    return Qui.as_view()(requete)


@pytest.fixture
def jeton(referent) -> tuple[Jeton, str]:
    return creer_jeton(rattachement=referent, maintenant=INSTANT)


@pytest.mark.django_db
def test_un_jeton_pose_l_acteur_et_le_locataire(jeton, referent):
    reponse = appeler(jeton[1])
    assert reponse.status_code == 200
    assert reponse.data == {"acteur": referent.organisation_id, "locataire": str(referent.organisation_id)}


@pytest.mark.django_db
@pytest.mark.parametrize(
    "altere", ["", "x", "ess_", "ess__", "ess_{p}_faux", "{t}x", "sse_{r}", "ess_000000000000_{s}", "{t} {t}", "é"]
)
def test_un_mauvais_jeton_est_401(jeton, altere):
    ligne, clair = jeton
    mauvais = altere.format(p=ligne.prefixe, t=clair, r=clair[4:], s=clair.split("_", 2)[2])
    reponse = appeler(mauvais)
    assert reponse.status_code == 401
    assert reponse.headers["WWW-Authenticate"].startswith("Bearer")


@pytest.mark.django_db
@pytest.mark.parametrize("cause", ["expire", "revoque", "retire", "inactif"])
def test_un_jeton_mort_est_401(jeton, referent, cause):
    _, clair = jeton
    if cause == "expire":
        Jeton.objects.update(expire_le=horloge.temps_reel() - timedelta(seconds=1))
    elif cause == "revoque":
        Jeton.objects.update(revoque_le=horloge.temps_reel())
    elif cause == "retire":
        referent.retire_le = INSTANT
        referent.save()
    else:
        referent.utilisateur.is_active = False
        referent.utilisateur.save()
    assert appeler(clair).status_code == 401


@pytest.mark.django_db
def test_le_jeton_n_est_pas_en_clair_dans_la_base(jeton):
    secret = jeton[1].split("_", 2)[2]
    with connection.cursor() as curseur:
        curseur.execute("SELECT t::text FROM comptes_jeton t")
        assert secret not in curseur.fetchone()[0]


@pytest.mark.django_db
def test_la_page_montre_le_jeton_une_fois_et_le_revoque(referent, connecte):
    session = connecte(referent)
    page = session.post(reverse("jeton_nouveau"), {"mot_de_passe": "faux"})
    assert page.status_code == 200
    assert not Jeton.objects.exists()
    page = session.post(reverse("jeton_nouveau"), {"mot_de_passe": MOT_DE_PASSE}).content.decode()
    ligne = Jeton.objects.get()
    assert f"ess_{ligne.prefixe}_" in page
    assert f"ess_{ligne.prefixe}_…" in session.get(reverse("compte")).content.decode()
    assert session.post(reverse("jeton_revoquer", args=[ligne.pk])).status_code == 302
    assert Jeton.objects.get().revoque_le is not None


@pytest.mark.django_db
def test_le_jeton_d_un_autre_est_introuvable(jeton, collaborateur, connecte):
    assert connecte(collaborateur).post(reverse("jeton_revoquer", args=[jeton[0].pk])).status_code == 404


@pytest.mark.django_db
def test_la_commande_donne_un_jeton(referent, capsys):
    call_command("jeton", referent.utilisateur.courriel)
    assert appeler(capsys.readouterr().out.strip()).status_code == 200
    with pytest.raises(CommandError):
        call_command("jeton", "inconnu@essai.test")
    assert not a_second_facteur(referent.utilisateur)
