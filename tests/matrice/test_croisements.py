"""One's own dossier number with another team's child: the answer of a child that does not exist, and nothing is written.

It holds for those who may see both dossiers too: a child is read inside the dossier that the address names.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

import pytest
from django.core.cache import cache
from django.db import connection, transaction
from django.http import HttpResponse
from django.urls import reverse

from dossiers.actions import Action, toutes
from dossiers.models import Dossier
from ess_portal.comptes.locataire import comme_portail, contexte
from ess_portal.comptes.roles import Role
from ess_portal.socle import horloge
from tests.fabriques import INSTANT, MOT_DE_PASSE

from .adresses import ADRESSES, Adresse
from .enfants import NOMMES, peupler
from .scene import ABSENTE, AUTRE_REGION, MEME_REGION, QUI, SIENNE, VOIT, Scene, dresser
from .test_matrice import CHANGEANT, METHODES, appeler

ETRANGERES = (MEME_REGION, AUTRE_REGION)
# Codes that everybody may read, the same for every dossier or those of its own area; `signataire`: people of one's own organisation.
PUBLICS = {
    "departements",
    "siege_departement",
    "specialite",
    "caisse",
    "nature",
    "natures",
    "reponses",
    "annee",
    "portee",
    "signataire",
}
REMPLI = {
    "mot_de_passe": MOT_DE_PASSE, "confirmation": "on", "motif": "Départ.", "reference": "VIR-1", "accord": "oui", "commentaire": "Fait.",
    "courriel": "autre@exemple.fr", "date_signature": "2026-03-01", "sortie_le": "2026-03-01", "motif_sortie": "depart", "nom": "Autre",
}  # fmt: skip
LIGNES = "SELECT md5(string_agg(x::text, '|' ORDER BY x::text)) FROM {} x"
TABLES = (
    "SELECT tablename FROM pg_tables WHERE schemaname = 'public' "
    r"AND tablename ~ '^(dossiers|adhesions|financement|indicateurs|documents|journal|comptes)_' "
    "AND tablename NOT IN ('comptes_essaiidentite', 'comptes_utilisateur') ORDER BY 1"
)


@pytest.fixture
def scene(db, settings) -> Iterator[Scene]:
    settings.ACCOUNT_RATE_LIMITS = False
    with horloge.figer(INSTANT):
        yield dresser()


def contenu_de_la_base() -> dict[str, str | None]:
    """A fingerprint of every table where an act could write."""
    with comme_portail(), connection.cursor() as curseur:
        curseur.execute(TABLES)
        tables = [t for (t,) in curseur.fetchall()]
        curseur.execute(" UNION ALL ".join(f"({LIGNES.format(t)})" for t in tables))
        return dict(zip(tables, (h for (h,) in curseur.fetchall()), strict=True))


def aplatir(reponse: HttpResponse, valeur: object) -> tuple[int, str]:
    """Status and body, without the value that was asked and the secrets of forms."""
    texte = CHANGEANT.sub("", reponse.content.decode("utf-8", "replace"))
    return reponse.status_code, re.sub(
        rf'(?<=value="){re.escape(str(valeur))}(?=")|\b{re.escape(str(valeur))}(?= n[’\'])', "X", texte
    )


@pytest.mark.preuve
@pytest.mark.django_db
def test_un_enfant_etranger_dans_l_adresse(scene: Scene, preuve):
    """In a reduced run each role asks one way for one of the two strangers, in turn."""
    fautes, nombre, statuts = [], 0, Counter()
    avant = contenu_de_la_base()
    croisees = [a for a in ADRESSES if "numero" in a.arguments and set(a.arguments) - {"numero", "annee"}]
    for n, adresse in enumerate(croisees):
        for rang, role in enumerate(VOIT, n):
            for methode in METHODES if preuve.entiere else (METHODES[rang % 2],):
                cache.clear()
                absente = aplatir(*croiser(scene, adresse, role, methode, ABSENTE))
                for situation in ETRANGERES if preuve.entiere else (ETRANGERES[rang // 2 % 2],):
                    nombre += 1
                    obtenue = aplatir(*croiser(scene, adresse, role, methode, situation))
                    statuts[obtenue[0]] += 1
                    # 403: a role that may not do this at all is told so before any child is looked for.
                    if obtenue != absente or obtenue[0] not in (403, 404, 405):
                        fautes.append(
                            f"{methode} {adresse.nom} {role} {situation} : {obtenue[0]} au lieu de {absente[0]}"
                        )
    assert contenu_de_la_base() == avant
    preuve.noter(
        cas=nombre,
        fautes=len(fautes),
        plancher=preuve.taille(50, 60),
        adresses=len(croisees),
        statuts=dict(statuts),
        detail=fautes,
    )


def croiser(scene: Scene, adresse: Adresse, role: Role, methode: str, situation: str) -> tuple[HttpResponse, object]:
    """The call with one's own number and the child of `situation`, and the value that names the child."""
    objets = scene.objets["dossier"]
    enfant = {nom: objets[situation][nom] for nom in adresse.arguments if nom != "numero"}
    arguments = {**dict(adresse.fixes), **enfant, "numero": objets[SIENNE]["numero"]}
    return appeler(scene, adresse, arguments, role, methode), next(iter(enfant.values()))


@pytest.mark.preuve
@pytest.mark.django_db
def test_un_enfant_etranger_dans_le_corps(scene: Scene, preuve):
    """By the screen and by the API, of both strangers, in a reduced run by one and of one in turn. The own child is the witness: it
    gets further than the absent one.
    """  # fmt: skip
    enfants = peupler(scene)
    avant = contenu_de_la_base()
    fautes, nombre, temoins, statuts = [], 0, set(), Counter()
    for n, (nom, (champ, genre)) in enumerate(NOMMES.items()):
        for rang, role in enumerate(VOIT, n):
            for par_api in (False, True) if preuve.entiere else (rang % 2 == 0,):
                absente = aplatir(
                    agir(scene, nom, role, champ, enfants[genre][ABSENTE], par_api), enfants[genre][ABSENTE]
                )
                for situation in ETRANGERES if preuve.entiere else (ETRANGERES[rang // 2 % 2],):
                    nombre += 1
                    valeur = enfants[genre][situation]
                    obtenue = aplatir(agir(scene, nom, role, champ, valeur, par_api), valeur)
                    statuts[obtenue[0]] += 1
                    if obtenue != absente or obtenue[0] < 400:
                        fautes.append(f"{nom} {role} {situation} {par_api} : {obtenue[0]} au lieu de {absente[0]}")
        if contenu_de_la_base() != avant:
            fautes.append(f"{nom} : quelque chose est écrit")
        for role in (r for r in VOIT if toutes()[nom].role_permis(r)):
            valeur = enfants[genre][SIENNE]
            if aplatir(agir(scene, nom, role, champ, valeur, True, garder=False), valeur) != aplatir(
                agir(scene, nom, role, champ, enfants[genre][ABSENTE], True), enfants[genre][ABSENTE]
            ):
                temoins.add(nom)
    assert temoins == set(NOMMES), f"actes sans témoin : {sorted(set(NOMMES) - temoins)}"
    preuve.noter(
        cas=nombre,
        fautes=len(fautes),
        plancher=preuve.taille(150, 300),
        actes=len(NOMMES),
        statuts=dict(statuts),
        detail=fautes,
    )


def agir(
    scene: Scene, nom: str, role: Role, champ: str, valeur: str, par_api: bool, *, garder: bool = True
) -> HttpResponse:
    """The act with every other field well filled, so that only the child can be at fault."""
    donnees = {**REMPLI, champ: valeur}
    arguments = {"numero": scene.objets["dossier"][SIENNE]["numero"], "nom": nom}
    cache.clear()
    with transaction.atomic():
        if par_api:
            entetes = {"Authorization": f"Bearer {scene.jetons[role]}"}
            reponse = scene.clients[None].post(reverse("api_action", kwargs=arguments), donnees, headers=entetes)
        else:
            client = scene.clients[role]
            client.cookies.clear()
            client.cookies.load({"sessionid": scene.sessions[role]})
            reponse = client.post(reverse("acte", kwargs=arguments), donnees)
        transaction.set_rollback(not garder)
    return reponse


@pytest.mark.django_db
def test_tout_champ_qui_nomme_un_enfant_est_croise(scene: Scene):
    """A choice that one dossier offers and the other does not is a child: it stands in the table."""
    peupler(scene)
    oublies = set()
    for nom, action in toutes().items():
        role = next((r for r in VOIT if action.role_permis(r)), None)
        if role is not None:
            propres = choix_offerts(scene, SIENNE, action, role) - choix_offerts(scene, MEME_REGION, action, role)
            oublies |= {
                (nom, champ) for champ, _ in propres if champ not in PUBLICS and NOMMES.get(nom, ("",))[0] != champ
            }
    assert not oublies


def choix_offerts(scene: Scene, situation: str, action: Action, role: Role) -> set[tuple[str, str]]:
    """(field, value) of every choice that the act's form offers on a dossier."""
    d = scene.distributions[situation]
    acteur = d.acteur(QUI[role])
    with contexte(acteur):
        champs = action.formulaire(dossier=Dossier.objects.get(numero=d.numero), acteur=acteur).fields
        return {(nom, str(v)) for nom, champ in champs.items() for v, _ in getattr(champ, "choices", ()) if v}
