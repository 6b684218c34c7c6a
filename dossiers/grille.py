"""The grid of criteria of a dossier: facts gathered from rows, judged by the rules, shown to the instructor, frozen with the decision."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from datetime import date
from typing import Any

from ess_portal.comptes.locataire import comme_portail
from ess_portal.referentiel.regles.parametres import Parametres
from ess_portal.socle.erreurs import ErreurMetier
from ess_portal.socle.typographie import date_fr

from . import faits
from .models import Couverture, Dossier
from .regles import portes as regles_portes
from .regles.criteres import Conflit, Constat, DerogationFait, FaitsCriteres, evaluer
from .regles.delais import ajouter
from .regles.echeances import calculer
from .regles.faits_delais import FaitsDelais
from .regles.portes import Porte
from .regles.statuts import Statut

S = Statut
CONFORMES = (
    S.LETTRE_VALIDEE,
    S.AMORCAGE_SIGNE,
    S.PROJET_DEPOSE,
    S.PROJET_INCOMPLET,
    S.PROJET_REFUSE,
    S.PROJET_VALIDE,
    S.FINESS_ATTRIBUE,
    S.DOTATION_ACTIVE,
)
EN_INSTRUCTION = (S.LETTRE_DEPOSEE, S.LETTRE_INCOMPLETE)


def parametres(dossier: Dossier, objet: str, jour: date) -> Parametres:
    return faits.parametres_projet(dossier, jour) if objet == "projet" else faits.parametres(dossier, jour)


def conflits(dossier: Dossier, p: Parametres) -> tuple[Conflit, ...]:
    """Other dossiers on the same specialty and départements. Read as the portal, because they are other people's; a porteur only
    learns that « un projet est en instruction », without identity (CONF-1). An older ESS being brought into conformity warns.
    """
    with comme_portail():
        # The same specialty is in the same groups: the index of groups serves both keys.
        meme_territoire = Couverture.objects.filter(groupe__in=dossier.groupes, departement__in=dossier.departements)
        autres = Dossier.objects.filter(
            pk__in=list(meme_territoire.exclude(dossier_id=dossier.pk).values_list("dossier_id", flat=True).distinct()),
            statut__in=[*CONFORMES, *EN_INSTRUCTION],
        )
        resultat = []
        for d in autres.only(
            "numero", "nom", "departements", "specialites", "statut", "regime", "statut_depuis", "est_a_regulariser"
        ).order_by("pk"):
            if p.cle == "code" and not set(d.specialites) & set(dossier.specialites):
                continue
            communs = tuple(sorted(set(d.departements) & set(dossier.departements)))
            if d.statut in EN_INSTRUCTION:
                etat = "instruction"
            elif d.regime == Dossier.Regime.MISE_EN_CONFORMITE and d.statut not in (
                S.PROJET_VALIDE,
                S.FINESS_ATTRIBUE,
                S.DOTATION_ACTIVE,
            ):
                etat = "non_conforme"
            elif (
                dossier.statut in CONFORMES
                and not d.est_a_regulariser
                and dossier.statut_depuis < d.statut_depuis
                and d.statut == S.LETTRE_VALIDEE
            ):
                continue
            else:
                etat = "conforme"
            resultat.append(Conflit(numero=d.numero, nom=d.nom, departements=communs, etat=etat))
    return tuple(resultat)


def departements_couverts(dossier: Dossier) -> set[str]:
    """Départements where another ESS of the specialty stands already: what the map of the draft shows."""
    if not dossier.groupes:
        return set()
    with comme_portail():
        return set(
            Couverture.objects.filter(groupe__in=dossier.groupes, dossier__statut__in=CONFORMES)
            .exclude(dossier_id=dossier.pk)
            .values_list("departement", flat=True)
        )


def rassembler(dossier: Dossier, objet: str, jour: date) -> FaitsCriteres:
    p = parametres(dossier, objet, jour)
    lettre = dossier.lettre
    x = faits.externes(dossier, jour)
    adherents = x.adherents_liberaux
    if objet == "lettre" and not adherents:
        adherents = lettre.adherents_declares
    association = getattr(dossier, "association", None)
    source = lettre.source_comptage + (f", {lettre.date_comptage:%d/%m/%Y}" if lettre.date_comptage else "")
    return FaitsCriteres(
        jour=jour,
        departements=tuple(dossier.departements),
        morceaux=faits.nombre_composantes(dossier.departements),
        specialites=tuple(dossier.specialites),
        est_pluri=dossier.est_pluri,
        eligibilites=faits.eligibilites(dossier.specialites),
        medecins_presents=lettre.medecins_presents,
        liberaux=lettre.liberaux,
        adherents_liberaux=adherents,
        source=source,
        conflits=conflits(dossier, p),
        derogations=tuple(
            DerogationFait(
                portee=frozenset(d.portee),
                accordee=None if d.issue == "demandee" else d.issue in ("accordee", "conditions"),
                valide_du=d.valide_du,
                valide_au=d.valide_au,
            )
            for d in dossier.derogations.all()
        ),
        jugements={j.critere: (j.avis, j.motif) for j in dossier.jugements.all() if j.objet == objet},
        cooperations=lettre.cooperations.get("premier_recours", ""),
        hospitaliers=lettre.cooperations.get("etablissements", ""),
        association=association.nom if association else "",
    )


def constats(dossier: Dossier, objet: str, jour: date) -> tuple[Constat, ...]:
    """The grid, evaluated now."""
    return evaluer(rassembler(dossier, objet, jour), parametres(dossier, objet, jour))


def _faits_d_instruction(dossier: Dossier, acte: str, jour: date) -> dict[str, str]:
    """Obstacles that are no criterion, each with its sentence."""
    obstacles: dict[str, str] = {}
    if any(d.issue == "demandee" for d in dossier.derogations.all()):
        obstacles["derogation_pendante"] = (
            "Une demande de dérogation est en attente devant la CPN\u00a0: le silence n’en accorde aucune."
        )
    if dossier.est_a_regulariser:
        obstacles["conflit"] = (
            "La validation tacite est née en conflit\u00a0: il faut un retrait, une dérogation ou un changement de périmètre."
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
    return obstacles


def portes(
    dossier: Dossier, acte: str, jour: date, *, constats_connus: Sequence[Constat] | None = None
) -> tuple[tuple[Porte, ...], tuple[Porte, ...]]:
    """(what blocks, what warns) for an act of §3's table."""
    objet = "projet" if acte.endswith("projet") else "lettre"
    return regles_portes.juger(
        acte, constats_connus or constats(dossier, objet, jour), _faits_d_instruction(dossier, acte, jour)
    )


def franchir(
    dossier: Dossier, acte: str, jour: date, *, constats: Sequence[Constat] | None = None
) -> list[dict[str, str]]:
    """The warnings the act passes with, to be recorded. Raises ErreurMetier naming every obstacle."""
    blocages, avertissements = portes(dossier, acte, jour, constats_connus=constats)
    if blocages:
        raise ErreurMetier("criteres", " ".join(b.message for b in blocages), {b.code: b.message for b in blocages})
    return [asdict(a) for a in avertissements]


def figer(lignes: Sequence[Constat]) -> list[dict[str, Any]]:
    """The grid as a decision keeps it."""
    return [asdict(c) for c in lignes]


def controles(dossier: Dossier, jour: date) -> list[dict[str, str]]:
    """What the portal checks while the territory is being chosen, for the équipe: sentences without other teams' numbers."""
    etats = {True: "succes", False: "erreur", None: "attente"}
    lignes = []
    for c in constats(dossier, "lettre", jour):
        if c.code not in ("CRI-1a", "CRI-1b", "CRI-1c", "CRI-1d", "CRI-4"):
            continue
        etat = "alerte" if c.conforme is not True and (not c.bloquant or c.code == "CRI-1c") else etats[c.conforme]
        lignes.append({"etat": etat, "libelle": c.libelle, "detail": anonyme(c) if c.code == "CRI-1c" else c.constat})
    return lignes


def anonyme(c: Constat) -> str:
    """CONF-1: a draft's author learns that a projet is being instructed, not whose; signed ESS are public."""
    return sans_noms(c.constat)


def sans_noms(phrase: str) -> str:
    if "en instruction" in phrase:
        return "Un projet est en instruction sur ce territoire. Vous pouvez continuer."
    return phrase


def dates_prevues(dossier: Dossier, jour: date) -> list[dict[str, Any]]:
    """« Vos dates, si rien ne manque »: what a filing today would start."""
    p = parametres(dossier, "lettre", jour)
    calculees = {
        (e.regle, e.objet): e
        for e in calculer(FaitsDelais(fuseau=dossier.fuseau, lettre_recue=jour, lettre_premier_depot=jour), p)
    }
    dl1, dl2 = calculees[("DL-1", "lettre")], calculees.get(("DL-2", "lettre"))
    lignes = [
        {"date": jour, "texte": "dépôt et accusé de réception"},
        {"date": ajouter(jour, p.delai_avis_caisse), "texte": "avis de la caisse, au plus tard"},
        {"date": dl1.dernier_jour, "texte": "dernier jour de l’ARS pour répondre"},
        {"date": dl1.acquise_le, "texte": "sans réponse, lettre réputée validée"},
    ]
    return (
        [*lignes, {"date": dl2.dernier_jour, "texte": "dernier jour pour déposer votre projet de santé"}]
        if dl2
        else lignes
    )
