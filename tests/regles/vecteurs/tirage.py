"""Vectors drawn from a fixed seed, heavy on the days where a calendar goes wrong; each says what it covers."""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

from dossiers.regles.faits_delais import DecisionFait, Demande, FaitsDelais
from ess_portal.referentiel.regles.delai import Delai
from ess_portal.referentiel.regles.parametres import Parametres
from tests.regles.vecteurs.calendrier import FUSEAUX, UN_JOUR, heure_locale, jour_local, nuits_de_changement, plus
from tests.regles.vecteurs.seconde import silence

ANNEES = range(2024, 2031)
HEURES = ((0, 0), (0, 30), (12, 0), (23, 30), (23, 59))
CHOIX: dict[str, tuple[Any, ...]] = {
    "mode_naissance": ("quantieme", "lendemain"),
    "date_reference_li": ("li_complete", "premier_depot"),
    "depart_6_mois": ("depot_li", "signature_contrat", "validation_li"),
    "depart_18_mois": ("depot_li", "signature_contrat", "validation_li"),
    "depart_1_an": ("depot_projet", "validation_projet"),
    "depart_5_ans": ("validation_projet", "date_effet"),
    "depart_transitoire": ("engagement", "signature", "aucun"),
    "fait_foi_lettre": ("notification", "signature"),
    "fait_foi_projet": ("signature", "notification"),
    "calcul_recours": ("franc", "aucun"),
    "prorogation_jour_ouvre_porteur": (False, True),
    "opposition_caisse_bloque": (True, True, False),
    "delai_instruction_lettre": (Delai(2), Delai(3), Delai(1, 15)),
    "delai_instruction_projet": (Delai(2), Delai(4), Delai(jours=45)),
    "delai_depot_projet": (Delai(6), Delai(7)),
    "delai_mission_complete": (Delai(12), Delai(13)),
    "delai_premiere_activite": (Delai(18), Delai(20)),
    "delai_cible": (Delai(60), Delai(61)),
    "delai_retrait": (Delai(4), Delai(3)),
    "delai_recours": (Delai(2), Delai(3)),
    "delai_pieces": (Delai(1), Delai(jours=15), Delai(2)),
    "delai_avis_caisse": (Delai(1), Delai(jours=20)),
    "delai_apres_opposition": (Delai(2), Delai(1)),
    "duree_contrat_dotation": (Delai(60), Delai(36)),
}


class Tirage:
    """One seed, one sequence of vectors. `vu` is what the current vector covers, `compte` what all of them do."""

    def __init__(self, graine: str) -> None:
        self.de = random.Random(graine)
        self.vu: set[str] = set()
        self.compte: Counter[str] = Counter()
        self.fuseau = FUSEAUX[0]

    def suivant(self) -> None:
        self.compte.update(self.vu)
        self.vu = set()
        self.fuseau = self.de.choice(FUSEAUX)
        self.vu.add(self.fuseau.rsplit("/", 1)[1].lower())

    def depot(self) -> tuple[datetime, date]:
        """A filing: the instant of its accusé, and its day there, 23:30 and midnight among them."""
        heures = self.de.choice(HEURES)
        self.vu |= {"23 h 30"} if heures == (23, 30) else set()
        instant = heure_locale(self.jour(), self.fuseau, *heures)
        return instant, jour_local(instant, self.fuseau)

    def jour(self) -> date:
        annee = self.de.choice(ANNEES)
        genre = self.de.choice(("fin de mois", "29 février", "heure légale", "ordinaire"))
        if genre == "fin de mois":
            jour = date(annee, self.de.randint(1, 12), 1) - UN_JOUR - timedelta(days=self.de.randint(0, 3))
        elif genre == "29 février":
            jour = date(self.de.choice((2024, 2028)), 2, 29) + timedelta(days=self.de.randint(-1, 1))
        elif genre == "heure légale":
            jour = self.de.choice(nuits_de_changement(annee)) + timedelta(days=self.de.randint(-1, 1))
        else:
            jour = date(annee, 1, 1) + timedelta(days=self.de.randint(0, 364))
        self.vu.add(genre)
        return jour

    def vers_le_changement(self, delai: Delai) -> date:
        """A day from which the delay ends on one of the two nights of Paris, so that its bound is drawn there too."""
        self.vu.add("finit une nuit d’heure légale")
        return plus(self.de.choice(nuits_de_changement(self.de.choice(ANNEES))), -delai.mois, -delai.jours)

    def reglages(self, **imposes: Any) -> Parametres:
        """The national set, or one where each setting is drawn."""
        if self.de.random() < 0.4:
            return Parametres(**imposes)
        self.vu.add("réglages")
        return Parametres(**{nom: self.de.choice(valeurs) for nom, valeurs in CHOIX.items()} | imposes)

    def demandes(self, recue: date, delai: Delai, p: Parametres) -> tuple[Demande, ...]:
        """Up to four requests placed against the last day as it stands: before, on and after it, lifted, idle, in any order."""
        liste: list[Demande] = []
        for _ in range(self.de.choice((0, 1, 1, 2, 3, 4))):
            dernier = silence(recue, liste, delai, p)[1]
            repere = dernier or max(d.demandee_le for d in liste) + timedelta(days=self.de.randint(0, 40))
            place = self.de.choice(("avant", "avant", "avant", "le dernier jour", "après la décision tacite"))
            ecart = {"avant": -self.de.randint(1, (repere - recue).days or 1), "le dernier jour": 0}.get(place)
            le = max(recue, repere + timedelta(days=self.de.choice((1, 1, 9)) if ecart is None else ecart))
            if dernier is not None:
                self.vu.add(f"demande {place}")
            utile = self.de.random() < 0.8
            retour = le + timedelta(days=self.de.choice((0, 1, 10, 30, 31, 90)))
            sort = self.de.choice(("reçue", "reçue", "reçue", "levée", "attendue", "les deux"))
            limite = le + timedelta(days=self.de.randint(5, 60)) if self.de.random() < 0.2 else None
            self.vu |= {f"demande {sort}" if utile else "demande non indispensable"}
            liste.append(
                Demande(
                    le,
                    utile,
                    retour if sort in ("reçue", "les deux") else None,
                    {"levée": retour, "les deux": le + timedelta(days=5)}.get(sort),
                    limite,
                )
            )
        self.vu |= {"plusieurs demandes"} if len(liste) > 1 else set()
        self.de.shuffle(liste)
        return tuple(liste)

    def decision(self, apres: date, sens: str = "favorable") -> DecisionFait:
        """An express decision taken in the first month, notified the same day or some days later."""
        signee = apres + timedelta(days=self.de.randint(1, 25))
        self.vu.add("décision expresse")
        return DecisionFait(sens, "expresse", signee, signee + timedelta(days=self.de.choice((0, 1, 5))))

    def lettre(self, p: Parametres, *, avec_demandes: bool = True) -> FaitsDelais:
        recue = self.vers_le_changement(p.delai_instruction_lettre) if self.de.random() < 0.1 else self.depot()[1]
        premier = recue - timedelta(days=self.de.randint(0, 120)) if self.de.random() < 0.5 else None
        return FaitsDelais(
            fuseau=self.fuseau,
            lettre_recue=recue,
            lettre_premier_depot=premier,
            lettre_demandes=self.demandes(recue, p.delai_instruction_lettre, p) if avec_demandes else (),
            amorcage_signe_le=recue + timedelta(days=self.de.randint(60, 200)) if self.de.random() < 0.6 else None,
        )

    def projet(self, p: Parametres, *, avec_demandes: bool = True) -> FaitsDelais:
        """A projet that comes by post is filed by the postmark some days before its receipt (CAL-8)."""
        recu = self.vers_le_changement(p.delai_instruction_projet) if self.de.random() < 0.1 else self.depot()[1]
        papier = self.de.random() < 0.4
        self.vu |= {"papier"} if papier else set()
        return FaitsDelais(
            fuseau=self.fuseau,
            lettre_recue=recu - timedelta(days=150),
            projet_recu=recu,
            projet_depose=recu - timedelta(days=self.de.randint(0, 6)) if papier else recu,
            projet_demandes=self.demandes(recu, p.delai_instruction_projet, p) if avec_demandes else (),
        )

    def opposition(self, f: FaitsDelais, p: Parametres) -> FaitsDelais:
        """The caisse's act, before the filing, within the delay, on its last day and after it."""
        assert f.projet_recu is not None
        dernier = silence(f.projet_recu, f.projet_demandes, p.delai_instruction_projet, p)[1]
        repere = dernier or f.projet_recu + timedelta(days=self.de.randint(0, 300))
        ecart = self.de.choice((0, 0, 1, -1, -20, 15))
        self.vu.add("opposition")
        if self.de.random() < 0.15:
            repere, ecart = f.projet_depose or f.projet_recu, self.de.choice((0, -1))
        return replace(f, opposition_caisse_le=repere + timedelta(days=ecart))
