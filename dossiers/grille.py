"""The grid of criteria of a dossier: facts gathered from rows, judged by the rules, shown to the instructor, frozen with the decision."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from datetime import date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from ess_portal.comptes.locataire import comme_portail
from ess_portal.journal.models import Evenement
from ess_portal.referentiel.models import Departement
from ess_portal.referentiel.regles.parametres import Parametres
from ess_portal.referentiel.services import noms_groupes
from ess_portal.socle.erreurs import Conflit as ConflitMetier
from ess_portal.socle.erreurs import ErreurMetier
from ess_portal.socle.typographie import date_fr

from . import faits
from .models import Avis, Couverture, Decision, Dossier
from .regles import portes as regles_portes
from .regles.au_droit import statut_le
from .regles.criteres import Conflit, Constat, DerogationFait, FaitsCriteres, evaluer
from .regles.delais import ajouter
from .regles.echeances import calculer, nommer
from .regles.faits_delais import FaitsDelais
from .regles.portes import Porte
from .regles.statuts import EN_INSTRUCTION, EN_PLACE, Statut
from .regles.unicite import Ess, devance, satisfait
from .services import unicite

S = Statut
# The events after which an ESS is public (CONF-1).
SIGNATURES = ("signer_amorcage", "signer_dotation", "reprendre_contrat")


def parametres(dossier: Dossier, objet: str, jour: date) -> Parametres:
    return faits.parametres_projet(dossier, jour) if objet == "projet" else faits.parametres(dossier, jour)


def conflits(dossier: Dossier, p: Parametres, jour: date) -> tuple[Conflit, ...]:
    """Other dossiers on the same specialty and départements, as the law has them on that day (CAL-9). Read as the portal, because
    they are other people's: what an équipe may learn of them is said by `phrase_unicite` (CONF-1). An older ESS being brought
    into conformity warns. One that came after this dossier is its own trouble.
    """
    with comme_portail():
        # The same specialty is in the same groups: the index of groups serves both keys.
        meme_territoire = Couverture.objects.filter(groupe__in=dossier.groupes, departement__in=dossier.departements)
        autres = list(
            Dossier.objects.au(fin_du_jour(dossier, jour))
            .filter(
                pk__in=list(
                    meme_territoire.exclude(dossier_id=dossier.pk).values_list("dossier_id", flat=True).distinct()
                ),
                statut_effectif__in=[*EN_PLACE, *EN_INSTRUCTION],
            )
            .only(
                *("numero", "nom", "departements", "specialites", "groupes", "statut", "regime", "statut_depuis"),
                "bascule_le",
            )
            .order_by("pk")
        )
        validations: dict[int, dict[str, datetime]] = {}
        # The ground of a dossier is most often its own: nothing more is read then.
        if any(d.statut_effectif in EN_PLACE for d in autres):
            favorables = Decision.objects.filter(
                dossier_id__in=[dossier.pk, *(d.pk for d in autres)], sens="favorable", retiree_le=None
            )
            for pk, objet, le in favorables.order_by("-prise_le").values_list("dossier_id", "objet", "prise_le"):
                validations.setdefault(pk, {})[objet] = le
    ici = statut_le(dossier.statut, dossier.bascule_le, fin_du_jour(dossier, jour))
    la = _place(dossier, ici, validations)
    resultat = []
    for d in autres:
        if p.cle == "code" and not set(d.specialites) & set(dossier.specialites):
            continue
        statut = Statut(d.statut_effectif)
        if statut in EN_INSTRUCTION:
            etat = "instruction"
        else:
            etat = "conforme" if satisfait(statut, d.regime) else "non_conforme"
            if (etat == "conforme" or p.unicite_stricte) and not devance(
                _place(d, statut, validations), la, stricte=p.unicite_stricte
            ):
                continue
        communs = tuple(sorted(set(d.departements) & set(dossier.departements)))
        resultat.append(Conflit(d.numero, d.nom, communs, etat, tuple(g for g in dossier.groupes if g in d.groupes)))
    return tuple(resultat)


def _place(d: Dossier, statut: str, validations: Mapping[int, Mapping[str, datetime]]) -> Ess:
    """Silence that no pass has written yet has its own instant."""
    depuis = d.statut_depuis if statut == d.statut else d.bascule_le
    return Ess(id=d.pk, statut=Statut(statut), depuis=depuis, regime=d.regime, validations=validations.get(d.pk, {}))


def fin_du_jour(dossier: Dossier, jour: date) -> datetime:
    """The last instant of a day of the dossier's zone: what passed by itself that day has passed at its first one."""
    return datetime.combine(jour, time.max, ZoneInfo(dossier.fuseau))


def departements_pris(dossier: Dossier, maintenant: datetime) -> tuple[set[str], set[str]]:
    """Départements where another ESS of the specialty stands already, and those where a letter is being instructed: what the map of
    the draft shows, without saying whose.
    """
    if not dossier.groupes:
        return set(), set()
    with comme_portail():
        lignes = list(
            Couverture.objects.filter(groupe__in=dossier.groupes, dossier__statut__in=[*EN_PLACE, *EN_INSTRUCTION])
            .exclude(dossier_id=dossier.pk)
            .values_list("departement", "dossier__statut", "dossier__bascule_le")
            .distinct()
        )
    # What silence brought and no pass has written yet stands already (CAL-9).
    pris = {
        d for d, s, le in lignes if s in EN_PLACE or (s == S.LETTRE_DEPOSEE and le is not None and le <= maintenant)
    }
    return pris, {d for d, s, _ in lignes if s in EN_INSTRUCTION} - pris


def rassembler(
    dossier: Dossier, objet: str, jour: date, *, anonyme: bool = False, sans_derogation: bool = False
) -> FaitsCriteres:
    """`anonyme`: for the équipe's eyes, which learn that others are there, not who, unless they have signed (CONF-1)."""
    p = parametres(dossier, objet, jour)
    lettre, autres = dossier.lettre, conflits(dossier, p, jour)
    x, n = faits.externes(dossier, jour), faits.denombrement(dossier, jour)
    adherents = x.adherents_liberaux
    if objet == "lettre" and not adherents:
        adherents = lettre.adherents_declares
    association = getattr(dossier, "association", None)
    source = lettre.source_comptage + (f", {date_fr(lettre.date_comptage)}" if lettre.date_comptage else "")
    return FaitsCriteres(
        jour=jour,
        departements=tuple(dossier.departements),
        morceaux=faits.nombre_composantes(dossier.departements),
        specialites=tuple(dossier.specialites),
        est_pluri=dossier.est_pluri,
        eligibilites=faits.eligibilites(dossier.specialites),
        medecins_presents=lettre.medecins_presents if n.medecins_presents is None else n.medecins_presents,
        liberaux=lettre.liberaux if n.liberaux is None else n.liberaux,
        adherents_liberaux=adherents,
        source=n.source or source,
        par_groupe=n.par_groupe,
        groupes=tuple(dossier.groupes),
        noms_groupes=noms_groupes() if dossier.est_pluri else {},
        conflits=sans_identites(autres) if anonyme else autres,
        derogations=()
        if sans_derogation
        else tuple(
            DerogationFait(
                portee=frozenset(d.portee),
                accordee=None if d.issue == "demandee" else d.issue in d.EN_VIGUEUR,
                valide_du=d.valide_du,
                valide_au=d.valide_au,
                groupes=frozenset(d.groupes),
                instance=d.instance,
            )
            for d in dossier.derogations.all()
        ),
        jugements={j.critere: (j.avis, j.motif) for j in dossier.jugements.all() if j.objet == objet},
        cooperations=lettre.cooperations.get("premier_recours", ""),
        hospitaliers=lettre.cooperations.get("etablissements", ""),
        association=association.nom if association else "",
    )


def sans_notes(f: FaitsCriteres) -> FaitsCriteres:
    """Without the instructor's judgements: what the équipe reads while it is being instructed."""
    return replace(f, jugements={})


def constats(dossier: Dossier, objet: str, jour: date, *, anonyme: bool = False) -> tuple[Constat, ...]:
    """The grid, evaluated now."""
    return evaluer(rassembler(dossier, objet, jour, anonyme=anonyme), parametres(dossier, objet, jour))


def _faits_d_instruction(dossier: Dossier, acte: str, jour: date, *, anonyme: bool = False) -> dict[str, str]:
    """Obstacles that are no criterion, each with its sentence."""
    obstacles: dict[str, str] = {}
    if any(d.issue == "demandee" for d in dossier.derogations.all()):
        obstacles["derogation_pendante"] = (
            "Une demande de dérogation est en attente devant la CPN\u00a0: le silence n’en accorde aucune."
        )
    if dossier.est_a_regulariser and unicite.reste_a_regulariser(dossier, fin_du_jour(dossier, jour)):
        obstacles["conflit"] = phrase_a_regulariser(dossier)
    elif acte == "signer_amorcage" and (
        devant := unicite.obstacles(dossier, fin_du_jour(dossier, jour), signature=True)
    ):
        noms = "une autre équipe, validée avant la vôtre" if anonyme else ", ".join(map(str, devant))
        obstacles["conflit"] = (
            f"Le territoire est déjà couvert pour cette spécialité par {noms}\u00a0: il faut un retrait, une dérogation ou un "
            "changement de périmètre avant de signer."
        )
    if dossier.est_tardif:
        obstacles["tardif"] = (
            "Le projet est déposé après les six mois\u00a0: l’ARS se prononcera expressément sur le retard."
        )
    if acte.startswith("valider"):
        objet = "projet" if acte.endswith("projet") else "lettre"
        version = faits.version_projet(dossier) if objet == "projet" else faits.version_lettre(dossier)
        avis = next((a for a in dossier.avis.all() if (a.objet, a.version) == (objet, version)), None)
        if avis is not None and avis.rendu_le is None and not (objet == "projet" and jour > avis.date_limite):
            obstacles["avis"] = (
                f"L’avis de la caisse n’est pas rendu. Il est attendu au plus tard le {date_fr(avis.date_limite)}."
            )
        if avis is not None and objet == "lettre" and parametres(dossier, objet, jour).accord_caisse_lettre:
            obstacles |= _sans_accord(avis)
    return obstacles


def _sans_accord(avis: Avis) -> dict[str, str]:
    """Where the letter is validated « par l’ARS et la CPAM » (setting `accord_caisse_lettre`, §10): an express validation waits for a favourable
    avis, with or without réserves. Silence waits for none.
    """
    if avis.rendu_le is None:
        return {
            "accord_caisse": "L’accord de la caisse est requis pour valider la lettre\u00a0: elle ne l’a pas encore donné."
        }
    if avis.sens == Avis.Sens.DEFAVORABLE:
        return {
            "accord_caisse": "L’accord de la caisse est requis pour valider la lettre\u00a0: son avis est défavorable."
        }
    return {}


def phrase_a_regulariser(dossier: Dossier) -> str:
    """True of a letter validated by silence, of an express decision taken over and of several specialties without their derogation."""
    cause = ", ou réunit plusieurs spécialités sans dérogation" if dossier.est_pluri else ""
    return f"Ce dossier est en conflit de territoire{cause}\u00a0: il faut un retrait, une dérogation ou un changement de périmètre."


def portes(
    dossier: Dossier,
    acte: str,
    jour: date,
    *,
    constats_connus: Sequence[Constat] | None = None,
    anonyme: bool = False,
) -> tuple[tuple[Porte, ...], tuple[Porte, ...]]:
    """(what blocks, what warns) for an act of §3's table."""
    objet = "projet" if acte.endswith("projet") else "lettre"
    return regles_portes.juger(
        acte,
        constats_connus or constats(dossier, objet, jour, anonyme=anonyme),
        _faits_d_instruction(dossier, acte, jour, anonyme=anonyme),
    )


def franchir(
    dossier: Dossier, acte: str, jour: date, *, constats: Sequence[Constat] | None = None, anonyme: bool = False
) -> list[dict[str, str]]:
    """The warnings the act passes with, to be recorded. Raises ErreurMetier naming every obstacle; Conflit when another ESS is one
    of them: somebody was first.
    """
    blocages, avertissements = portes(dossier, acte, jour, constats_connus=constats, anonyme=anonyme)
    if blocages:
        phrases, champs = " ".join(b.message for b in blocages), {b.code: b.message for b in blocages}
        if {"CRI-1c", "conflit"} & set(champs):
            raise ConflitMetier("unicite", phrases, champs)
        raise ErreurMetier("criteres", phrases, champs)
    return [asdict(a) for a in avertissements]


def figer(lignes: Sequence[Constat]) -> list[dict[str, Any]]:
    """The grid as a decision keeps it."""
    return [asdict(c) for c in lignes]


def controles(dossier: Dossier, jour: date) -> list[dict[str, str]]:
    """What the portal checks while the territory is being chosen, for the équipe: sentences without other teams' names (CONF-1)."""
    etats = {True: "succes", False: "erreur", None: "attente"}
    lignes = []
    faits_lus = rassembler(dossier, "lettre", jour, anonyme=True)
    for c in evaluer(faits_lus, parametres(dossier, "lettre", jour)):
        if c.code not in ("CRI-1a", "CRI-1b", "CRI-1c", "CRI-1d", "CRI-4"):
            continue
        etat = "alerte" if c.conforme is not True and (not c.bloquant or c.code == "CRI-1c") else etats[c.conforme]
        detail = phrase_unicite(faits_lus.conflits) if c.code == "CRI-1c" and faits_lus.conflits else c.constat
        lignes.append({"etat": etat, "libelle": c.libelle, "detail": detail})
    return lignes


# What an équipe reads instead of the name of an ESS that has not signed (CONF-1).
SANS_NOM = {
    "conforme": "une équipe dont la lettre est validée",
    "non_conforme": "une équipe en cours de mise en conformité",
    "instruction": "un projet est en instruction",
}


def sans_identites(autres: Sequence[Conflit]) -> tuple[Conflit, ...]:
    """The same conflicts for an équipe: who has signed a contract is public, nobody else is named."""
    signes: set[str] = set()
    if en_place := [c.numero for c in autres if c.etat != "instruction"]:
        with comme_portail():
            lus = Evenement.objects.filter(dossier__numero__in=en_place, type__in=SIGNATURES)
            signes = set(lus.values_list("dossier__numero", flat=True))
    return tuple(c if c.numero in signes else replace(c, numero="", nom=SANS_NOM[c.etat]) for c in autres)


def phrase_unicite(autres: Sequence[Conflit]) -> str:
    """What stands on the territory being drawn, one sentence for each."""
    noms = dict(
        Departement.objects.filter(code__in={d for c in autres for d in c.departements}).values_list("code", "nom")
    )
    phrases = []
    for c in autres:
        ou = ", ".join(noms[d] for d in c.departements)
        if c.etat == "instruction":
            phrases.append(f"Un projet de la même spécialité est en instruction\u00a0: {ou}. Vous pouvez continuer.")
        elif c.etat == "non_conforme":
            phrases.append(
                f"Une ESS antérieure se met en conformité\u00a0: {ou}. Vous pouvez continuer, l’ARS appréciera."
            )
        else:
            qui = c.nom if c.numero else "une autre équipe de la même spécialité"
            phrases.append(
                f"Territoire déjà couvert par {qui}\u00a0: {ou}. L’ARS ne pourra valider qu’avec une dérogation."
            )
    return " ".join(dict.fromkeys(phrases))


def dates_prevues(dossier: Dossier, jour: date) -> list[dict[str, Any]]:
    """« Vos dates, si rien ne manque »: what a filing today would start, the ARS's day and the projet's explained."""
    p, reglages = parametres(dossier, "lettre", jour), faits.reglages(dossier, jour)
    calculees = {
        (e.regle, e.objet): nommer(e, reglages)
        for e in calculer(FaitsDelais(fuseau=dossier.fuseau, lettre_recue=jour, lettre_premier_depot=jour), p)
    }
    dl1, dl2 = calculees[("DL-1", "lettre")], calculees.get(("DL-2", "lettre"))
    lignes = [
        {"date": jour, "texte": "dépôt et accusé de réception"},
        {"date": ajouter(jour, p.delai_avis_caisse), "texte": "avis de la caisse, au plus tard"},
        {"date": dl1.dernier_jour, "texte": "dernier jour de l’ARS pour répondre", "explication": dl1.explication},
        {"date": dl1.acquise_le, "texte": "sans réponse, lettre réputée validée"},
    ]
    return (
        [
            *lignes,
            {
                "date": dl2.dernier_jour,
                "texte": "dernier jour pour déposer votre projet de santé",
                "explication": dl2.explication,
            },
        ]
        if dl2
        else lignes
    )
