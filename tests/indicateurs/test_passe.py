"""A dossier as it stood: lived act after act, photographed after each, then read back at each instant from today's rows."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.urls import reverse
from django.utils.datastructures import MultiValueDict

from adhesions.models import Adhesion, VersionAdhesion
from adhesions.services import sortir_adherent
from dossiers.lecture_etat import dates_au_droit
from dossiers.models import Dossier
from dossiers.services.courrier_lettre import LettreRecue, enregistrer_lettre
from dossiers.services.passage import regler_dues
from ess_portal.comptes.locataire import contexte
from ess_portal.documents.models import Document, Piece
from ess_portal.referentiel.services import caisses_possibles
from ess_portal.socle import horloge
from ess_portal.socle.horloge import jour_local
from financement.models import Contrat, Versement
from indicateurs.demonstration.fichiers import fichier
from indicateurs.passe.archives import lire
from indicateurs.passe.rembobiner import Passe, rembobiner
from indicateurs.regles.passe import Lecture
from indicateurs.territoires.presences import presences
from tests.dossiers.test_notification import presenter, refuser, regler
from tests.dossiers.test_unicite import INSTANT, lettres_pretes
from tests.fabriques import (
    PAS,
    Distribution,
    client_de,
    juger_tout,
    make_adherents,
    make_dossier,
    remplir_projet,
)

pytestmark = pytest.mark.django_db
PARIS = ZoneInfo("Europe/Paris")
PIECES = {"indispensables": "Statuts signés\nListe des membres"}
REFUS = {"motif_destabilisation": "on", "faits_destabilisation": "Des lignes de garde."}
OPPOSITION = {"sens": "defavorable", "texte": "Le territoire est servi.", "opposition": "on"}


@dataclass
class Histoire:
    """A life, with what its page said after each act."""

    d: Distribution
    photos: list[tuple[str, datetime, dict[str, Any]]] = field(default_factory=list)

    def apres(self, nom: str, acte: Callable[[], Any] = lambda: None, **duree: int) -> None:
        self.d.avancer(**(duree or {"days": 3}))
        acte()
        self.photos.append((nom, self.d.maintenant, photographier(self.d)))


def photographier(d: Distribution) -> dict[str, Any]:
    """The facts that the pages show now, from the rows of now."""
    acteur = d.acteur("instructeur")
    with contexte(acteur):
        dossier = Dossier.objects.pour(acteur).au(d.maintenant).get(numero=d.numero)
        jour = jour_local(d.maintenant, dossier.fuseau)

        def de(modele):
            return modele.objects.pour(acteur).filter(dossier=dossier)

        return {
            "statut": dossier.statut_effectif,
            "dates": dates_lues(dates_au_droit(dossier)),
            "pieces": {p.pk for p in de(Piece)},
            "adherents": {
                v.adhesion_id
                for v in VersionAdhesion.objects.connues().filter(dossier=dossier)
                if v.tranche.couvre(jour)
            },
            "decisions": {(x.pk, x.sens, x.mode, x.retiree_le) for x in dossier.decisions.all()},
            "demandes": {(x.pk, x.recue_le, x.levee_le, str(x.items)) for x in dossier.demandes.all()},
            "avis": {(x.pk, x.sens) for x in dossier.avis.all()},
            "documents": {x.pk for x in de(Document).courants()},
            "contrats": {(x.pk, x.statut, x.date_effet, len(x.signatures.all())) for x in de(Contrat)},
            "versements": {(x.pk, x.statut, x.paye_le) for x in de(Versement)},
        }


def dates_lues(dates: list[Any]) -> dict[tuple[str, str, int], tuple[Any, str]]:
    return {(e.regle, e.objet, e.rang): (e.dernier_jour, e.statut) for e in dates if e.statut != "annulee"}


def relire(p: Passe) -> dict[str, Any]:
    lues = p.lignes
    return {
        "statut": p.statut.value,
        "dates": dates_lues(p.echeances),
        "pieces": {x.pk for x in lues["pieces"]},
        "adherents": {v.adhesion_id for v in p.adherents},
        "decisions": {(x.pk, x.sens, x.mode, x.retiree_le) for x in lues["decisions"]},
        "demandes": {(x.pk, x.recue_le, x.levee_le, str(x.items)) for x in lues["demandes"]},
        "avis": {(x.pk, x.sens) for x in lues["avis"]},
        "documents": {x.pk for x in lues["documents"]},
        "contrats": {(x.pk, x.statut, x.date_effet, len(x.signatures.all())) for x in lues["contrats"]},
        "versements": {(x.pk, x.statut, x.paye_le) for x in lues["versements"]},
    }


def au(d: Distribution, instant: datetime, lecture: Lecture, qui: str = "instructeur") -> Passe:
    acteur = d.acteur(qui)
    with contexte(acteur):
        dossier = (
            Dossier.objects.pour(acteur).au(d.maintenant).select_related("ars", "caisse", "equipe").get(numero=d.numero)
        )
        return rembobiner(lire(dossier, acteur), instant, lecture)


def comparer(h: Histoire, lecture: Lecture, sauf: tuple[tuple[str, str], ...] = ()) -> None:
    """`sauf`: (photograph, fact) that this reading tells otherwise than the page did."""
    ecarts = []
    for nom, instant, photo in h.photos:
        lu = relire(au(h.d, instant, lecture))
        ecarts += [(nom, c, photo[c], lu[c]) for c in photo if photo[c] != lu[c] and (nom, c) not in sauf]
    assert not ecarts, "\n".join(f"{nom} {cle}\n  alors   {a}\n  relu    {b}" for nom, cle, a, b in ecarts)


def sortir(d: Distribution, *, jours: int = 0) -> None:
    """One adhérent's last day was so many days ago."""
    acteur = d.acteur("porteur")
    with contexte(acteur):
        premier = Adhesion.objects.filter(dossier__numero=d.numero, sortie_le__isnull=True).order_by("pk").first()
        sortir_adherent(
            numero=d.numero, adhesion=premier.pk, acteur=acteur, maintenant=d.maintenant,
            date_sortie=d.jour - timedelta(days=jours), motif="Départ",
        )  # fmt: skip


def test_une_vie_se_relit_a_chaque_instant():
    """From the letter to a résiliation: requests, silence written late, refusal withdrawn, opposition, adhérents, money."""
    d = make_dossier("lettre_deposee").distribution
    h = Histoire(d)
    h.apres("depot", hours=1)
    h.apres("demande", lambda: d.fait("instructeur", "demander_pieces_lettre", **PIECES))
    h.apres("en partie", lambda: d.fait("porteur", "completer_lettre", reponses=["0"]))
    h.apres("complete", lambda: d.fait("porteur", "completer_lettre", reponses=["1"]))
    h.apres("avis", lambda: d.fait("gestionnaire", "rendre_avis", sens="favorable", texte=""))
    h.apres("silence", days=70)
    h.apres("inscrite", lambda: regler_dues(au=d.maintenant), hours=5)
    h.apres("propose", lambda: d.fait("instructeur", "proposer_contrat_amorcage"))
    h.apres("une signature", lambda: d.fait("porteur", "signer_amorcage"))
    h.apres("signe", lambda: [d.fait(q, "signer_amorcage") for q in ("signataire", "ordonnateur")])
    h.apres("projet", lambda: (remplir_projet(d), d.fait("porteur", "deposer_projet")))
    h.apres("refuse", lambda: d.fait("instructeur", "refuser_projet", **REFUS))
    h.apres("refus retire", lambda: d.fait("signataire", "retirer_refus_projet", motivation="Erreur de fait."))
    h.apres("opposition", lambda: d.fait("gestionnaire", "rendre_avis", **OPPOSITION))
    h.apres("adherents", lambda: make_adherents(d))
    h.apres("valide", lambda: (juger_tout(d, "projet"), d.fait("instructeur", "valider_projet")))
    h.apres("sortie", lambda: sortir(d))
    h.apres("finess", lambda: PAS["finess_attribue"](d, {}))
    h.apres("dotation", lambda: PAS["dotation_active"](d, {}))
    h.apres("resilie", lambda: PAS["resilie"](d, {}))
    comparer(h, Lecture.VRAI, sauf=(("silence", "decisions"),))
    comparer(h, Lecture.SU, sauf=(("silence", "statut"), ("silence", "dates")))
    silence = next(i for nom, i, _ in h.photos if nom == "silence")
    alors = au(d, silence, Lecture.SU)
    assert (alors.statut.value, alors.a_inscrire, alors.lignes["decisions"]) == ("lettre_deposee", True, [])
    en_droit = au(d, silence, Lecture.VRAI)
    assert en_droit.statut.value == "lettre_validee"
    assert [x.mode for x in en_droit.lignes["decisions"]] == ["tacite"]


def page(d: Distribution, qui: str, instant: str):
    with horloge.figer(d.maintenant):
        return client_de(d.utilisateur(qui)).get(reverse("dossier_au", args=[d.numero]), {"instant": instant})


def test_deux_lectures_quand_un_fait_est_inscrit_apres_coup():
    """An exit entered late: the portal counted twelve that day, eleven were."""
    d = make_dossier("lettre_validee").distribution
    make_adherents(d)
    d.avancer(days=20)
    entre = d.maintenant - timedelta(days=5)
    sortir(d, jours=10)
    assert len(au(d, entre, Lecture.SU).adherents) == 12
    assert len(au(d, entre, Lecture.VRAI).adherents) == 11
    html = page(d, "instructeur", entre.strftime("%Y-%m-%dT%H:%M")).content.decode()
    assert "Ce qui était vrai" in html
    assert "Ce que le portail savait" in html
    assert "Adhérents\u00a0: 11, dont 11 libéraux sur le territoire" in html
    assert "12, dont 12 libéraux sur le territoire" in html
    lue = contexte_de(d, entre)
    # Only what differs is said a second time: the count, and the one adhérent whose exit was not known.
    assert [(e.titre, len(e.lignes)) for e in lue["ecarts"]] == [("Situation", 2), ("Adhérents", 1)]
    assert lue["ecarts"][1].lignes[0][-1] == "Ce que le portail savait"
    apres = page(d, "instructeur", d.maintenant.strftime("%Y-%m-%dT%H:%M:%S+00:00")).content.decode()
    assert "Ce que le portail savait" not in apres


def contexte_de(d: Distribution, *instants: datetime) -> dict[str, Any]:
    """What the page was given to show, of one instant or of two."""
    saisis = dict(zip(("instant", "jusqu_au"), (i.isoformat() for i in instants), strict=False))
    with horloge.figer(d.maintenant):
        return client_de(d.utilisateur("instructeur")).get(reverse("dossier_au", args=[d.numero]), saisis).context


def test_ce_qui_a_change_entre_deux_instants():
    d = make_dossier("lettre_deposee").distribution
    d.avancer(hours=1)
    debut = d.maintenant
    d.avancer(days=4)
    d.fait("gestionnaire", "rendre_avis", sens="favorable", texte="Le besoin est établi.")
    d.fait("instructeur", "demander_pieces_lettre", **PIECES)
    fin = d.maintenant
    d.avancer(days=1)
    # In either order; what did not move is not said.
    for instants in ((debut, fin), (fin, debut)):
        lus = {e.titre: e.lignes for e in contexte_de(d, *instants)["changements"]}
        assert {"Situation", "Échéances", "Demandes de pièces", "Avis de la caisse"} <= set(lus)
        assert not {"Équipe et territoire", "Gouvernance", "Pièces", "Contrats"} & set(lus)
        etapes = [ligne[1:] for ligne in lus["Situation"] if ligne[0] == "Étape"]
        assert [(e, "2\u00a0mars" in n) for e, n in etapes] == [
            ("Lettre d’intention déposée", True),
            ("Lettre d’intention à compléter", False),
        ]
    assert contexte_de(d, fin, fin + timedelta(minutes=5))["changements"] == []
    with horloge.figer(d.maintenant):
        agent, url = client_de(d.utilisateur("instructeur")), reverse("dossier_au", args=[d.numero])
        vide = agent.get(url, {"instant": fin.isoformat(), "jusqu_au": (fin + timedelta(minutes=5)).isoformat()})
        assert "Rien n’a changé" in vide.content.decode()
        for saisie, champ in (
            ({"jusqu_au": fin.isoformat()}, "instant"),
            ({"instant": fin.isoformat(), "jusqu_au": fin.isoformat()}, "jusqu_au"),
            ({"instant": fin.isoformat(), "jusqu_au": "demain"}, "jusqu_au"),
        ):
            refus = agent.get(url, saisie)
            assert (refus.status_code, [n for n, e in refus.context["erreurs"].items() if e]) == (422, [champ])


def test_la_page_se_lit_par_chacun_et_refuse_en_francais():
    d = make_dossier("projet_depose").distribution
    d.avancer(days=1)
    creation = d.relire().cree_le
    passe = d.maintenant.strftime("%Y-%m-%dT%H:%M")
    for qui in ("porteur", "instructeur", "gestionnaire", "regional", "national"):
        html = page(d, qui, passe)
        assert html.status_code == 200, qui
        texte = html.content.decode()
        assert "Projet de santé déposé" in texte, qui
        assert "Pourquoi cette date\u00a0?" in texte, qui
        assert "data-ess-imprimer" in texte, qui
    avant = page(d, "instructeur", (creation - timedelta(days=1)).strftime("%Y-%m-%dT%H:%M"))
    assert avant.status_code == 200
    assert "ce dossier n’existait pas" in avant.content.decode()
    demain = page(d, "instructeur", (d.maintenant + timedelta(days=1)).strftime("%Y-%m-%dT%H:%M"))
    assert (demain.status_code, "Choisissez un instant passé" in demain.content.decode()) == (422, True)
    for mauvais in (
        "hier",
        "2026-13-45T10:00",
        "2026-05-12",
        "99999-01-01T00:00",
        "0001-01-01T00:00+23:59",
        "<script>",
    ):
        lu = page(d, "instructeur", mauvais)
        assert lu.status_code == 422, mauvais
        assert "Écrivez un jour et une heure" in lu.content.decode(), mauvais
        assert '<script>"' not in lu.content.decode()
    assert (
        page(Distribution(numero=d.numero, departement="35", maintenant=d.maintenant), "porteur", passe).status_code
        == 404
    )


def test_un_brouillon_passe_reste_a_l_equipe():
    d = make_dossier("brouillon").distribution
    d.avancer(days=1)
    pendant = d.maintenant.strftime("%Y-%m-%dT%H:%M")
    d.avancer(days=1)
    PAS["lettre_deposee"](d, {})
    d.avancer(hours=1)
    assert "seule l’équipe voit un brouillon" in page(d, "instructeur", pendant).content.decode()
    vu = page(d, "porteur", pendant).content.decode()
    assert "seule l’équipe voit un brouillon" not in vu
    assert "Lettre en cours de rédaction" in vu


def a(jour: str, heure: int = 18) -> datetime:
    return datetime.fromisoformat(jour).replace(hour=heure, tzinfo=PARIS)


def lus(d: Distribution, jour: str, lecture: Lecture) -> tuple[str, date | None]:
    """(state, last day for the decision awaited) at the evening of a day."""
    p = au(d, a(jour), lecture)
    regle = {"lettre_deposee": "DL-1", "projet_depose": "DL-3"}.get(p.statut)
    return p.statut.value, next((e.dernier_jour for e in p.echeances if e.regle == regle), None)


def test_une_vie_par_la_poste_se_relit_aux_jours_de_la_poste():
    """Letter, items and projet, each entered days after it came: two readings in between, and the map of the day."""
    d = Distribution(maintenant=a("2026-03-20", 9))
    with contexte(d.acteur("instructeur")):
        d.numero = enregistrer_lettre(
            lettre=LettreRecue(
                canal="papier", date_depot=date(2026, 2, 27), date_reception=date(2026, 3, 2), nom="ESS Postale",
                equipe=d.equipe.code, specialites=("SM04",), departements=("31",), siege_departement="31",
                siege_commune="Toulouse", caisse=caisses_possibles("31")[0].code,
            ),
            fichiers=[fichier("releve-d-activite.pdf")], acteur=d.acteur("instructeur"), maintenant=d.maintenant,
        ).numero  # fmt: skip
    assert d.relire().statut_depuis == a("2026-03-02", 12)
    assert lus(d, "2026-03-10", Lecture.VRAI) == ("lettre_deposee", date(2026, 5, 2))
    alors = page(d, "instructeur", "2026-03-10T18:00").content.decode()
    assert "Lettre d’intention déposée" in alors
    assert "Pas encore dans le portail" in alors
    assert "n’existait pas" in page(d, "instructeur", "2026-03-01T18:00").content.decode()
    with horloge.figer(d.maintenant):
        journal = client_de(d.utilisateur("instructeur")).get(reverse("journal", args=[d.numero])).content.decode()
        la = presences(
            d.relire().groupes[0], date(2026, 3, 10), a("2026-03-10", 23), d.acteur("national"), est_passe=True
        )
    assert "Inscrit dans le portail le 20\u00a0mars\u00a02026." in journal
    assert [(e.numero, e.presence.statut, e.departements, e.depuis) for e in la] == [
        (d.numero, "lettre_deposee", ("31",), date(2026, 3, 2))
    ]

    scans = MultiValueDict({"fichiers": [fichier("releve-d-activite.pdf")]})
    d.maintenant = a("2026-03-21", 9)
    d.fait("instructeur", "demander_pieces_lettre", **PIECES)
    d.maintenant = a("2026-03-28", 9)
    d.fait("porteur", "completer_lettre", reponses=["1"])
    d.maintenant = a("2026-03-31", 9)
    d.fait("instructeur", "enregistrer_pieces", scans, date_reception="2026-03-25", reponses=["1"])
    d.maintenant = a("2026-04-02", 9)
    scans = MultiValueDict({"fichiers": [fichier("releve-d-activite.pdf")]})
    d.fait("instructeur", "enregistrer_pieces", scans, date_reception="2026-03-30", reponses=["0"])
    (vrai,), (su,) = (au(d, a("2026-03-26"), x).lignes["demandes"] for x in (Lecture.VRAI, Lecture.SU))
    assert ([i["recue_le"] for i in vrai.items], [i["recue_le"] for i in su.items]) == (
        [None, "2026-03-25"],
        [None, None],
    )
    assert lus(d, "2026-03-29", Lecture.VRAI) == ("lettre_incomplete", None)
    assert lus(d, "2026-03-30", Lecture.VRAI) == ("lettre_deposee", date(2026, 5, 30))
    assert lus(d, "2026-03-31", Lecture.SU) == ("lettre_incomplete", None)

    d.maintenant = a("2026-06-20", 9)
    scans = MultiValueDict({"fichiers": [fichier("releve-d-activite.pdf")]})
    d.fait("instructeur", "enregistrer_projet", scans, date_depot="2026-06-08", date_reception="2026-06-10")
    assert lus(d, "2026-06-09", Lecture.VRAI) == ("lettre_validee", None)
    assert lus(d, "2026-06-15", Lecture.VRAI) == ("projet_depose", date(2026, 8, 10))
    assert au(d, a("2026-06-15"), Lecture.SU).lignes["projets"] == []
    d.avancer(hours=12)
    maintenant = lus(d, "2026-06-20", Lecture.SU), lus(d, "2026-06-20", Lecture.VRAI)
    assert maintenant == (("projet_depose", date(2026, 8, 10)),) * 2


def test_un_refus_prouve_apres_coup_se_relit_au_jour_de_sa_preuve():
    regler("presentation")
    (lettre,) = lettres_pretes(1)
    refuser(lettre, INSTANT + timedelta(days=10))
    presenter(lettre, INSTANT + timedelta(days=18), presentee_le="16/03/2026")
    with contexte(lettre.acteur):
        archives = lire(Dossier.objects.pour(lettre.acteur).get(numero=lettre.numero), lettre.acteur)
        vrai, su = (rembobiner(archives, a("2026-03-18"), x) for x in Lecture)
    assert (vrai.statut, [x.sens for x in vrai.lignes["decisions"]]) == ("lettre_refusee", ["defavorable"])
    assert su.statut != "lettre_refusee"
    assert su.lignes["decisions"] == []
