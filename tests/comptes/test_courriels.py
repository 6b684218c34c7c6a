"""Every mail named in the code has its text, which is complete with what the code gives it."""

from __future__ import annotations

import re

import pytest
from django.conf import settings
from django.core.mail import EmailMessage
from django.template.loader import render_to_string

from ess_portal.journal.courriel import rediger

RACINE = settings.RACINE
NOMME = re.compile(r'"gabarit": "(\w+)"|[^\w]courriel\(\s*dossier,\s*"(\w+)"|\'gabarit\', \'(\w+)\'')
DOSSIER = {"numero": "76-2026-0014", "nom": "ESS Essai", "adresse_portail": "https://portail.exemple"}
RUBRIQUES = ("retards", "echeances", "silences")
LIGNES = [{"libelle": "Dépôt du projet", "jour": "2026-03-10", "nom": "ESS", "numero": "76-2026-0001"}]
CAS = [
    ("invitation", {"graine": "0" * 32, "organisation": "ARS", "role": "r", "invite_par": "Nom", "expire_le": "2026-03-09"}),
    *(
        ("echeance", {"evenement": e, "objet": "lettre", "dernier_jour": "2026-05-10", "acquise_le": "2026-05-11"})
        for e in (
            "valider_lettre_tacite", "valider_projet_tacite", "projet_tardif", "mission_incomplete", "aucune_activite_18_mois",
            "cinq_ans", "anniversaire", "pieces_non_recues", "expirer", "avis_non_rendu", "decision_expresse_en_retard", "rapport_non_remis",
            "rejeter_recours_implicite", "accepter_recours_implicite", "rejeter_demande_avenant_implicite",
            "accepter_demande_avenant_implicite", "autre",
        )
    ),
    *(("depot", {"objet": o}) for o in ("lettre", "projet", "actualisation")),
    *(("decision", {"objet": o, "sens": s}) for o in ("lettre", "projet") for s in ("favorable", "defavorable")),
    ("retrait", {"objet": "lettre"}),
    *(("avis", {"sens": s, "opposition": s == "defavorable"}) for s in ("favorable", "reserves", "defavorable")),
    *(("pieces", {"date_limite": d, "indispensable": d is not None}) for d in (None, "2026-04-20")),
    *(("pieces_recues", {"complete": c}) for c in (True, False)),
    ("demande_levee", {}),
    *(
        ("recours", {"etape": e, "acte": "le refus de la lettre d’intention"} | autres)
        for e, autres in (
            *(("recu", {"recu_le": "2026-03-10", "dernier_jour": d}) for d in ("2026-05-10", None)), ("pieces", {"date_limite": "2026-04-20"}),
            ("complet", {"recues_le": "2026-04-02"}), *(("reponse", {"issue": i}) for i in ("rejete", "irrecevable", "accepte")),
        )
    ),
    ("classement", {"motif": "m"}),
    ("association", {}),
    ("brouillon_a_effacer", {"ecrit_le": "2025-04-10", "efface_le": "2026-05-10"}),
    ("finess", {"finess": "310000001"}),
    ("activite", {"libelle": "l"}),
    *(("activite_examinee", {"libelle": "l", "accord": a, "motif": "m" if not a else ""}) for a in (True, False)),
    ("derogation", {"issue": "Accordée"}),
    *(("derogation_pendante", {"objet": o, "dernier_jour": "2026-05-10", "acquise_le": "2026-05-11", "reste": 10}) for o in ("lettre", "projet")),
    *(("fin_convention", {"partenaire": "CPTS du Lauragais", "fin": "2026-05-10", "reste": r}) for r in (0, 1, 15)),
    ("seuil", {"seuil": 10, "jour": "2026-05-11", "avant": 5, "apres": 4, "requis": 5, "groupe": ""}),
    *(
        ("conflit", {"a_regulariser": a, "est_reprise": reprise, "est_repris": repris})
        for a in (True, False)
        for reprise, repris in ((False, False), (True, False), (True, True))
    ),
    ("message", {"auteur": "Nom", "auteur_organisation": "ARS"}),
    *(("fin", {"acte": a, "motif": "m"}) for a in ("abandonner", "sortir_du_champ")),
    *(
        ("retard", {"issue": i, "nouveau_delai": d, "motif": "m"})
        for i, d in (("accorder_delai", "2026-09-01"), ("mettre_en_demeure", None), ("clore", None))
    ),
    *(("relance", {"libelle": "Fin", "dernier_jour": "2026-05-10", "reste": r, "acquise_le": a, "niveau": n, "absent": x}) for r, a, n, x in ((0, None, "region", ""), (1, "2026-05-11", "chef", ""), (2, None, "releve", ""), (7, None, "charge", "Nom"))),
    *(
        ("recapitulatif", {"organisation": "ARS", "lundi": "2026-03-02", "jours": 15, "de_plus": {pleine: 3}, **{r: LIGNES if r == pleine else [] for r in RUBRIQUES}, "avis": ["Message"]})
        for pleine in RUBRIQUES
    ),
    ("recapitulatif_national", {"lundi": "2026-03-02", "jours": 14, "regions": [{"nom": "Corse", "echeances": 2, "a_decider": 1, "retards": 3, "silences": 1}]}),
    ("rapport_depose", {"annee": 2026}),
    ("rapport_ouvert", {"annee": 1, "due_le": "2026-05-10"}),
    ("rapport_proroge", {"annee": 1, "avant": "2026-05-10", "au": "2026-06-10", "texte": "m"}),
    ("transfert", {"ars": "ARS", "caisse": "Caisse"}),
]  # fmt: skip


@pytest.mark.parametrize(("gabarit", "contexte"), CAS, ids=lambda v: v if isinstance(v, str) else "")
def test_texte_complet(gabarit, contexte):
    sujet, corps = rediger(gabarit, DOSSIER | contexte)
    texte = f"{sujet}\n{corps}"
    assert 10 < len(sujet) < 120
    assert sujet.endswith("– ESS Essai, dossier 76-2026-0014")
    jours = [
        contexte.get(nom)
        for nom in ("date_limite", "dernier_jour", "fin", "nouveau_delai", "lundi")
        if contexte.get(nom)
    ]
    assert not jours or re.search(r"\d{1,2}(er)?\u00a0\w+\u00a02026", sujet)
    assert "Bonjour," in corps
    assert "http" in corps
    assert "\u202f" not in texte
    assert not re.search(r" [:;?!»]|« ", texte)


def test_un_sujet_tient_en_une_ligne_et_rien_ne_s_y_ajoute():
    hostile = "ESS\r\nBcc: x@y.fr\x00\u202e\u2028 " + "Garonne " * 30
    sujet, corps = rediger("pieces", DOSSIER | {"nom": hostile, "date_limite": "2026-09-30", "indispensable": True})
    assert len(sujet) == 119
    assert sujet.replace("\u00a0", " ").isprintable()
    assert sujet.startswith("Éléments demandés jusqu’au 30\u00a0septembre\u00a02026 – ESS Bcc: x@y.fr Garonne")
    assert sujet.endswith("…, dossier 76-2026-0014")
    assert corps.startswith("Bonjour,")
    EmailMessage(subject=sujet, body=corps, to=["a@exemple.fr"]).message()
    long, _ = rediger("relance", DOSSIER | {"libelle": "Échéance " * 20, "dernier_jour": "2026-05-10", "reste": 7, "acquise_le": None, "niveau": "charge", "absent": ""})  # fmt: skip
    assert len(long) <= 119
    assert long.endswith("… – dossier 76-2026-0014")
    assert "10\u00a0mai\u00a02026" in long


@pytest.mark.parametrize(("reprise", "repris"), [(False, False), (True, False), (True, True)])
@pytest.mark.parametrize("second", [True, False])
def test_un_conflit_se_lit_de_l_equipe_de_l_ars_et_de_la_caisse(second, reprise, repris):
    """One text for three readers: the équipe is named, nobody is told « you », and it says which side this dossier is on."""
    contexte = DOSSIER | {"a_regulariser": second, "est_reprise": reprise, "est_repris": repris}
    texte = render_to_string("emails/conflit.txt", contexte)
    assert not re.search(r"\b(votre|vos|vous|vôtre)\b", texte, re.IGNORECASE)
    assert f"«\u00a0{DOSSIER['nom']}\u00a0»" in texte
    assert ("n’est pas remis en cause" in texte) is not second
    assert ("un retrait, une dérogation ou un changement de périmètre" in texte) is second
    assert "L’agence régionale de santé décidera de la suite." in texte


def test_chaque_gabarit_nomme_existe():
    nommes = set()
    for dossier in ("ess_portal", "dossiers", "adhesions", "financement", "indicateurs"):
        for fichier in (RACINE / dossier).rglob("*.py"):
            nommes |= {n for trouve in NOMME.findall(fichier.read_text()) for n in trouve if n}
    assert len(nommes) > 15
    absents = {n for n in nommes if not (RACINE / "templates" / "emails" / f"{n}.txt").exists()}
    assert not absents
