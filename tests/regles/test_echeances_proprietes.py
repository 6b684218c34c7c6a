"""What holds of the deadlines for any facts."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from dossiers.regles.delais import ajouter, borne
from dossiers.regles.echeances import (
    Demande,
    Etape,
    FaitsDelais,
    calculer,
)
from dossiers.regles.explication import MOIS
from ess_portal.referentiel.regles.delai import Delai
from ess_portal.referentiel.regles.parametres import Parametres
from tests.regles.faits import NATIONAL, toutes, une


def _jour(valeur: str) -> date | None:
    lu = re.fullmatch(r"(\d{1,2})(?:er)?\u00a0(\w+)\u00a0(\d{4})", valeur)
    return date(int(lu[3]), MOIS.index(lu[2]) + 1, int(lu[1])) if lu else None


def _additionner(etapes: tuple[Etape, ...]) -> date | None:
    """Redoes the addition as a reader would: starting days replace, « + 2 mois » adds, months before days."""
    courant: date | None = None
    for t in etapes[:-1]:
        if (lu := _jour(t.valeur)) is not None:
            courant = lu
        elif t.valeur[:1] in "+−" and courant is not None:
            delai = Delai.lire(t.valeur[1:].strip("\u00a0"))
            courant = ajouter(courant, delai) if t.valeur[0] == "+" else courant - timedelta(days=delai.jours)
    return courant


_jours = st.dates(min_value=date(2024, 1, 1), max_value=date(2031, 12, 31))


@st.composite
def _demandes(dessin: st.DrawFn) -> Demande:
    debut = dessin(_jours)
    reponse = st.none() | st.integers(0, 200).map(lambda n: debut + timedelta(days=n))
    return Demande(debut, dessin(st.booleans()), dessin(reponse), dessin(reponse), dessin(reponse))


_liste = st.lists(_demandes(), max_size=4).map(tuple)
_faits = st.builds(
    FaitsDelais,
    fuseau=st.sampled_from(["Europe/Paris", "America/Cayenne", "Indian/Reunion"]),
    lettre_recue=_jours,
    lettre_demandes=_liste,
    amorcage_signe_le=st.none() | _jours,
    projet_recu=st.none() | _jours,
    projet_depose=st.none() | _jours,
    projet_demandes=_liste,
    opposition_caisse_le=st.none() | _jours,
    effet_dotation=st.none() | _jours,
)
_reglages = st.builds(
    Parametres,
    mode_naissance=st.sampled_from(["quantieme", "lendemain"]),
    date_reference_li=st.sampled_from(["li_complete", "premier_depot"]),
    depart_6_mois=st.sampled_from(["depot_li", "signature_contrat", "validation_li"]),
    depart_18_mois=st.sampled_from(["depot_li", "signature_contrat", "validation_li"]),
    depart_1_an=st.sampled_from(["depot_projet", "validation_projet"]),
    depart_5_ans=st.sampled_from(["validation_projet", "date_effet"]),
    prorogation_jour_ouvre_porteur=st.booleans(),
)


@given(_faits, _reglages)
def test_proprietes_l_explication_se_recalcule_et_rien_ne_precede_ses_faits(f: FaitsDelais, p: Parametres) -> None:
    echeances = calculer(f, p, presumer_tacite=True)
    assert echeances == calculer(f, p, presumer_tacite=True)
    assert len({(e.regle, e.objet, e.rang) for e in echeances}) == len(echeances)
    for e in echeances:
        assert e.explication
        assert not (e.suspendue and e.dernier_jour)
        assert (e.dernier_jour is None) is (e.instant is None)
        if e.dernier_jour is None:
            continue
        assert _jour(e.explication[-1].valeur) == e.dernier_jour == _additionner(e.explication)
        assert e.instant == borne(e.dernier_jour, f.fuseau)
        assert e.acquise_le == (e.dernier_jour + timedelta(days=1) if e.regle in ("DL-1", "DL-3") else None)
        depart = _jour(e.explication[0].valeur)
        assert depart is not None
        assert e.regle == "DL-10" or depart < e.dernier_jour


@given(_faits, _demandes())
def test_propriete_une_demande_n_avance_jamais_la_decision(f: FaitsDelais, d: Demande) -> None:
    avant = une(f, "DL-1").dernier_jour
    apres = une(replace(f, lettre_demandes=(*f.lettre_demandes, d)), "DL-1").dernier_jour
    assert avant is None or apres is None or apres >= avant


@given(_jours, _jours)
def test_propriete_une_reception_plus_tardive_ne_finit_pas_plus_tot(a: date, b: date) -> None:
    tot, tard = (toutes(FaitsDelais(fuseau="Europe/Paris", lettre_recue=x)) for x in sorted((a, b)))
    for cle, e in tot.items():
        autre = tard[cle].dernier_jour
        assert e.dernier_jour is not None
        assert autre is not None
        assert e.dernier_jour <= autre


@given(_faits)
def test_propriete_l_ordre_des_demandes_est_indifferent(f: FaitsDelais) -> None:
    envers = replace(f, lettre_demandes=f.lettre_demandes[::-1], projet_demandes=f.projet_demandes[::-1])
    dates = [[(e.regle, e.objet, e.dernier_jour) for e in calculer(x, NATIONAL)] for x in (f, envers)]
    assert sorted(map(str, dates[0])) == sorted(map(str, dates[1]))
