"""What hangs on a dossier and is named in a form: one of each kind, on each dossier of the scene."""

from __future__ import annotations

from decimal import Decimal

from adhesions.models import Adhesion
from adhesions.services import ajouter_adherent
from dossiers.models import ActiviteMission, Cooperation, Derogation, Dossier, Instance, Siege
from dossiers.models.suivi import Tache
from ess_portal.comptes.locataire import comme_portail, contexte
from financement.models import Contrat, Versement
from tests.fabriques import Distribution, make_piece, numero_rpps

from .scene import ABSENT, ABSENTE, Scene

# Act → the field of its form that names a child, and which child.
NOMMES: dict[str, tuple[str, str]] = {
    "sortir_adherent": ("adhesion", "signee"), "corriger_adhesion": ("adhesion", "signee"),
    "changer_exercice": ("adhesion", "signee"), "retirer_adhesion": ("adhesion", "signee"),
    "envoyer_lien_adhesion": ("adhesion", "invitee"), "annuler_invitation": ("adhesion", "invitee"),
    "deposer_formulaire_adhesion": ("adhesion", "invitee"),
    "valider_versement": ("versement", "propose"), "annuler_versement": ("versement", "propose"),
    "marquer_paye": ("versement", "valide"), "examiner_activite": ("activite", "activite"), "faire_tache": ("tache", "tache"),
    **{f"{acte}_derogation": ("derogation", "pendante") for acte in ("aviser", "envoyer", "statuer", "retirer")},
    **dict.fromkeys(("presenter_observations", "fixer_audience", "consigner_audience", "decider_recuperation", "abandonner_recuperation"), ("recuperation", "recuperation")),
    "corriger_derogation": ("derogation", "accordee"), "dissoudre_instance": ("instance", "instance"),
    "ajouter_siege": ("instance", "instance"), "corriger_siege": ("siege", "siege"), "corriger_cooperation": ("cooperation", "cooperation"),
}  # fmt: skip


def peupler(scene: Scene) -> dict[str, dict[str, str]]:
    """`[kind][situation]` = the value that names the child."""
    enfants: dict[str, dict[str, str]] = {}
    for rang, (situation, d) in enumerate(scene.distributions.items(), 1):
        for genre, valeur in _enfants(d, rang).items():
            enfants.setdefault(genre, {ABSENTE: str(ABSENT)})[situation] = valeur
    return enfants


def _enfants(d: Distribution, rang: int) -> dict[str, str]:
    porteur = d.acteur("porteur")
    with contexte(porteur):
        invitee = ajouter_adherent(
            numero=d.numero, acteur=porteur, maintenant=d.maintenant, rpps=numero_rpps(7000 + rang), nom="Invité", prenom="Alix",
            specialite="SM04" if rang != 2 else "SM03", mode="liberal", departements=[d.departement], inviter=False,
            courriel=f"invite{rang}@exemple.fr",
        )  # fmt: skip
    preuve = make_piece(d, objet="activite")
    with comme_portail():
        dossier = Dossier.objects.get(numero=d.numero)
        activite = ActiviteMission.objects.create(
            dossier=dossier, type="avis_ponctuel", description="27 avis rendus", date_deploiement=d.jour, preuve=preuve, declaree_le=d.maintenant,
        )  # fmt: skip
        tache = Tache.objects.create(
            dossier=dossier, type="controle_annuel", cle="croisement", qui="ars", ouverte_le=d.maintenant, ars=dossier.ars, caisse=dossier.caisse, equipe=dossier.equipe,
        )  # fmt: skip
        derogations = {
            nom: Derogation.objects.create(
                dossier=dossier, portee=["CRI-4"], motif="Tension", demandee_le=d.jour, issue=issue, reference="CPN-1", demandeur="equipe",
            ).pk
            for nom, issue in (("pendante", "demandee"), ("accordee", "accordee"))
        }  # fmt: skip
        registre = _registre(dossier, d)
        versements = {s: _versement(d, dossier, s, 2 * rang + n) for n, s in enumerate(("propose", "valide"))}
        signee = Adhesion.objects.filter(dossier=dossier, etat="signee").first()
    return {"signee": str(signee.pk), "invitee": str(invitee.pk), "activite": str(activite.pk), "tache": str(tache.pk), "recuperation": f"R-{d.numero}-1", **{n: str(pk) for n, pk in (derogations | registre).items()}, **versements}  # fmt: skip


def _registre(dossier: Dossier, d: Distribution) -> dict[str, int]:
    """A body, a seat and a partner."""
    instance = Instance.objects.create(dossier=dossier, type="bureau", nom="Bureau", creee_le=d.jour)
    siege = Siege.objects.create(
        dossier=dossier, instance=instance, nom="Alix Membre", fonction="Membre", profession="usager", voix="consultative", debut=d.jour,
    )  # fmt: skip
    cooperation = Cooperation.objects.create(
        dossier=dossier, type="cpts", partenaire="CPTS", objet="Appui", debut=d.jour
    )
    return {"instance": instance.pk, "siege": siege.pk, "cooperation": cooperation.pk}


def _versement(d: Distribution, dossier: Dossier, statut: str, rang: int) -> str:
    """A validated one comes from a life before the portal: it needs no account here."""
    return Versement.objects.create(
        dossier=dossier, contrat=Contrat.objects.get(dossier=dossier), numero=f"V-2026-9{rang:03d}", montant=Decimal(40_000), statut=statut,
        nature="amorcage_1" if statut == "propose" else "amorcage_2", origine="portail" if statut == "propose" else "reprise",
        propose_par=d.utilisateur("gestionnaire"), propose_le=d.maintenant, cle_idempotence=statut, ars=dossier.ars, caisse=dossier.caisse,
        equipe=dossier.equipe,
    ).numero  # fmt: skip
