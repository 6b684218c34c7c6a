"""Every address × every role × whose thing it is: a stranger's is the 404 of one that does not exist, never a crash."""

from __future__ import annotations

import re
import sys
from collections import Counter
from collections.abc import Iterable, Iterator

import pytest
from django.core.cache import cache
from django.db import transaction
from django.http import HttpResponse
from django.urls import reverse

from ess_portal.comptes.roles import Role
from ess_portal.documents.rendu import Rendu
from ess_portal.publiques import PUBLIQUES
from ess_portal.socle import horloge
from tests.fabriques import INSTANT

from .adresses import ADRESSES, API_PUBLIQUES, Adresse, du_resolveur
from .scene import ABSENTE, AUTRE_REGION, MEME_REGION, SIENNE, SITUATIONS, VOIT, VOIT_ORGANISATIONS, Scene, dresser

ecrire = sys.stdout.write
METHODES = ("GET", "POST")
ROLES: tuple[Role, ...] = tuple(VOIT)
IMPRIME = Rendu(b"%PDF-1.7", 1)
# Two who read the same pages: in a reduced run each has one address in two.
JUMEAUX = (
    (Role.PORTEUR_REFERENT, Role.PORTEUR_COLLABORATEUR),
    (Role.ARS_INSTRUCTEUR, Role.ARS_SIGNATAIRE),
    (Role.CAISSE_INSTRUCTEUR, Role.CAISSE_ORDONNATEUR),
)
CHANGEANT = re.compile(r'(nonce|value)="[^"]{20,}"|content="[^"]*"')


def test_toute_adresse_est_dans_la_table():
    connues = {(a.nom, frozenset(a.arguments) | frozenset(n for n, _ in a.fixes)) for a in ADRESSES}
    absentes = [f"{nom} {sorted(arguments)}" for nom, arguments in du_resolveur() if (nom, arguments) not in connues]
    assert not absentes, "adresses sans cas dans la matrice : " + ", ".join(absentes)


def test_les_pages_publiques_existent():
    noms = {nom for nom, _ in du_resolveur()}
    assert noms >= PUBLIQUES, sorted(PUBLIQUES - noms)


def appeler(scene: Scene, adresse: Adresse, arguments: dict, role: Role | None, methode: str) -> HttpResponse:
    """One request, whose effects are undone."""
    url = reverse(adresse.nom, kwargs=arguments)
    client = scene.clients[None] if adresse.est_api else scene.clients[role]
    client.cookies.clear()
    client.cookies.load({} if client is scene.clients[None] else {"sessionid": scene.sessions[role]})
    entetes = {"Authorization": f"Bearer {scene.jetons[role]}"} if adresse.est_api and role else {}
    with transaction.atomic():
        if methode == "GET":
            reponse = client.get(url, headers=entetes)
        elif adresse.est_api:
            reponse = client.post(url, "{}", content_type="application/json", headers=entetes)
        else:
            reponse = client.post(url, {}, headers=entetes)
        transaction.set_rollback(True)
    return reponse


def aplatir(reponse: HttpResponse, arguments: dict) -> bytes:
    """The body without what may differ between two absent things: their own names, nonces and form secrets."""
    texte = CHANGEANT.sub("", reponse.content.decode("utf-8", "replace"))
    for valeur in sorted(map(str, arguments.values()), key=len, reverse=True):
        if len(valeur) > 5:
            texte = texte.replace(valeur, "X")
    return texte.encode()


def cas(
    scene: Scene, adresse: Adresse, role: Role | None, situations: Iterable[str] = SITUATIONS
) -> Iterator[tuple[str, dict]]:
    fixes = dict(adresse.fixes)
    if not adresse.objet:
        yield SIENNE, fixes
        return
    for situation in situations:
        par_situation = scene.objets.get(f"{adresse.objet}:{role}") or scene.objets[adresse.objet]
        if situation in par_situation:
            yield situation, {**fixes, **{nom: par_situation[situation][nom] for nom in adresse.arguments}}


def voit(adresse: Adresse, role: Role, situation: str) -> bool:
    if adresse.objet in ("", "jeu", "courriel", "importation"):
        return situation != ABSENTE
    if adresse.objet == "motivation" and role == Role.ADMIN_NATIONAL:  # reads every region's, writes the national ones
        return situation != ABSENTE
    if adresse.objet in (
        "jeton",
        "flux",
        "absence",
        "notification",
        "strategie",
        "motivation",
        "delegation",
        "lot",
        "serie",
        "export",
        "vue",
        "groupee",
    ):
        return situation == SIENNE
    return situation in (VOIT if adresse.objet == "dossier" else VOIT_ORGANISATIONS)[role]


def juger_anonyme(adresse: Adresse, reponse: HttpResponse) -> str | None:
    vers_connexion = reponse.status_code == 302 and reponse["Location"].startswith(reverse("account_login"))
    if adresse.est_api:
        ouverte = adresse.nom in API_PUBLIQUES
        return None if (reponse.status_code == 401) != ouverte else f"anonyme : {reponse.status_code}"
    if adresse.nom in PUBLIQUES:
        return (
            None
            if not vers_connexion or adresse.nom.startswith(("account_", "mfa_"))
            else "anonyme : page publique fermée"
        )
    return None if vers_connexion else f"anonyme : {reponse.status_code}"


def juger(
    adresse: Adresse,
    role: Role,
    situation: str,
    methode: str,
    reponse: HttpResponse,
    absente: tuple[int, bytes] | None,
    arguments: dict,
) -> str | None:
    statut = reponse.status_code
    if not voit(adresse, role, situation):
        if absente is not None and (statut, aplatir(reponse, arguments)) != absente:
            return f"l’étranger ({statut}) se distingue de l’absent ({absente[0]})"
        permis = {404, 405} | ({403} if role not in adresse.roles else set())
        return None if statut in permis else f"absent ou étranger : {statut}"
    if role not in adresse.roles and adresse.objet != "organisation":
        # An act or a page for other roles; a POST-only address says 405 to a GET, and a page may be absent for a role.
        return None if statut in (403, 404, 405) else f"rôle étranger à la page : {statut}"
    if methode == "GET" and statut in (403, 401) and adresse.objet not in ("organisation",):
        return f"page de ce rôle : {statut}"
    return None


@pytest.mark.preuve
@pytest.mark.django_db
def test_matrice(preuve, settings, monkeypatch):
    """Every address × role × situation, read and posted at; in a reduced run one of the two and, for one role in two, one of the two
    strangers, in turn from role to role: each address is asked by strangers of both kinds in both ways."""
    settings.ACCOUNT_RATE_LIMITS = False
    # Who may ask for a page to be printed is judged here; what is printed, where the printing is.
    monkeypatch.setattr("financement.services.apercus.rendre", lambda *_, **__: IMPRIME)
    fautes, statuts, nombre = [], Counter(), 0
    # What says 405 to a method says it to everybody: once is enough.
    sourdes: set[tuple[Adresse, str]] = set()
    with horloge.figer(INSTANT):
        scene = dresser()
        for n, adresse in enumerate(ADRESSES):
            for rang, role in enumerate((None, *ROLES), n):
                if not preuve.entiere and any(role == jumeaux[n % 2] for jumeaux in JUMEAUX):
                    continue
                methodes = [m for m in METHODES if (adresse, m) not in sourdes]
                autre = (MEME_REGION, AUTRE_REGION)[rang // 4 % 2]
                reduites = (SIENNE, autre, ABSENTE) if rang // 2 % 2 else (SIENNE,)
                situations = SITUATIONS if preuve.entiere else reduites
                for methode in methodes if preuve.entiere else methodes[rang % max(1, len(methodes)) :][:1]:
                    cache.clear()
                    cas_lus = cas(scene, adresse, role, situations)
                    lignes = [(s, a, appeler(scene, adresse, a, role, methode)) for s, a in cas_lus]
                    if role is not None and lignes and lignes[0][2].status_code == 405:
                        sourdes.add((adresse, methode))
                    temoin = next(((r.status_code, aplatir(r, a)) for s, a, r in lignes if s == ABSENTE), None)
                    for situation, arguments, reponse in lignes:
                        nombre += 1
                        statuts[reponse.status_code] += 1
                        if reponse.status_code >= 500 and adresse.nom != "sante":
                            faute = f"erreur {reponse.status_code}"
                        elif role is None:
                            faute = juger_anonyme(adresse, reponse)
                        else:
                            faute = juger(adresse, role, situation, methode, reponse, temoin, arguments)
                        if faute:
                            fautes.append(
                                f"{methode} {adresse.nom} {dict(adresse.fixes)} {role or 'anonyme'} {situation} : {faute}"
                            )
    ecrire("\n".join(fautes))
    preuve.noter(
        cas=nombre,
        fautes=len(fautes),
        plancher=1500,
        adresses=len(ADRESSES),
        roles=len(ROLES) + 1,
        statuts=dict(sorted(statuts.items())),
    )
