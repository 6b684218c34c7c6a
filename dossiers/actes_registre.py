"""The acts on the governance register and on the mission's versions: the équipe's."""

from __future__ import annotations

from django.db.models import Exists, OuterRef

from .actions import Action
from .forms.actes import registre as f
from .models import Cooperation, Dossier, Instance, Siege
from .regles.cycle import Qui
from .regles.statuts import DEPOSES
from .services import cooperations, fiche_mission, gouvernance

TENU = frozenset(DEPOSES)


def _acte(nom: str, libelle: str, service, formulaire, enfants: str = "") -> Action:
    return Action(
        nom,
        libelle,
        service,
        formulaire,
        statuts=TENU,
        qui=(Qui.PORTEUR,),
        proposee=lambda dossier, acteur: not enfants or _a_des(dossier, enfants),
    )


def _a_des(dossier: Dossier, enfants: str) -> bool:
    """Whether there is a row to act on; asked once for all the acts of a dossier."""
    if not hasattr(dossier, "_registre"):
        presents = [
            Exists(modele.objects.filter(dossier_id=OuterRef("pk"))) for modele in (Instance, Siege, Cooperation)
        ]
        lus = Dossier.objects.filter(pk=dossier.pk).values_list(*presents).first() or (False, False, False)
        dossier._registre = dict(zip(("instances", "sieges", "cooperations"), lus, strict=True))
    return dossier._registre[enfants]


GOUVERNANCE = (
    _acte("creer_instance", "Ajouter une instance", gouvernance.creer_instance, f.CreerInstance),
    _acte(
        "dissoudre_instance", "Dissoudre une instance", gouvernance.dissoudre_instance, f.DissoudreInstance, "instances"
    ),
    _acte("ajouter_siege", "Ajouter un siège", gouvernance.ajouter_siege, f.AjouterSiege, "instances"),
    _acte("corriger_siege", "Modifier un siège", gouvernance.corriger_siege, f.CorrigerSiege, "sieges"),
    _acte(
        "enregistrer_consultation",
        "Enregistrer une consultation des acteurs",
        gouvernance.enregistrer_consultation,
        f.EnregistrerConsultation,
    ),
    _acte("ajouter_cooperation", "Ajouter une coopération", cooperations.ajouter_cooperation, f.AjouterCooperation),
    _acte(
        "corriger_cooperation",
        "Modifier une coopération",
        cooperations.corriger_cooperation,
        f.CorrigerCooperation,
        "cooperations",
    ),
)
MISSION = (
    _acte(
        "actualiser_mission",
        "Mettre à jour le point de contact, les délais et les objectifs",
        fiche_mission.actualiser_mission,
        f.ActualiserMission,
    ),
)
ACTIONS = (*GOUVERNANCE, *MISSION)
