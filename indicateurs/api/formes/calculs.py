"""The calculators' bodies and answers. They document: the bodies are read by the rules, which say what is wrong field by field."""

from __future__ import annotations

from rest_framework import serializers

from .communs import Explication


class EffectifDepuis(serializers.Serializer):
    du = serializers.DateField()
    nombre = serializers.IntegerField(min_value=0, max_value=100_000)


class DotationDemande(serializers.Serializer):
    debut = serializers.DateField(help_text="Premier jour de l’année de contrat.")
    effectifs = EffectifDepuis(many=True)
    bareme = serializers.CharField(required=False, help_text="`lineaire` (par défaut) ou `mille_par_medecin`.")
    effectif = serializers.CharField(
        required=False, help_text="`moyenne_journaliere` (par défaut) ou `date_anniversaire`."
    )
    ordre = serializers.CharField(required=False, help_text="`D(moyenne)` (par défaut) ou `moyenne(D)`.")
    sous_10 = serializers.CharField(required=False, help_text="`manuel` (par défaut), `plancher`, `prorata_10`, `lineaire_prolonge` ou `zero`.")  # fmt: skip


class DotationReponse(serializers.Serializer):
    jours = serializers.IntegerField()
    effectif_moyen = serializers.CharField(help_text="Six décimales.")
    montant = serializers.CharField(
        allow_null=True, help_text="Deux décimales\u00a0; nul quand la caisse doit arbitrer."
    )
    a_arbitrer = serializers.BooleanField()
    simulations = serializers.DictField(
        child=serializers.CharField(), help_text="Sous dix médecins, les quatre lectures possibles."
    )
    explication = Explication(many=True)
    alertes = serializers.ListField(child=serializers.CharField())


class DemandeDeclaree(serializers.Serializer):
    demandee_le = serializers.CharField()
    indispensable = serializers.BooleanField(required=False)
    recue_le = serializers.CharField(required=False, allow_null=True)
    levee_le = serializers.CharField(required=False, allow_null=True)
    limite = serializers.CharField(required=False, allow_null=True)


class EcheancesDemande(serializers.Serializer):
    """Un jour s’écrit AAAA-MM-JJ\u00a0; un instant avec son décalage est lu dans le fuseau de l’ARS."""

    departement = serializers.CharField()
    lettre_recue = serializers.CharField()
    lettre_premier_depot = serializers.CharField(required=False, allow_null=True)
    lettre_demandes = DemandeDeclaree(many=True, required=False)
    amorcage_signe_le = serializers.CharField(required=False, allow_null=True)
    projet_recu = serializers.CharField(required=False, allow_null=True)
    projet_depose = serializers.CharField(required=False, allow_null=True)
    projet_demandes = DemandeDeclaree(many=True, required=False)
    opposition_caisse_le = serializers.CharField(required=False, allow_null=True)
    effet_dotation = serializers.CharField(required=False, allow_null=True)


class EcheanceCalculee(serializers.Serializer):
    regle = serializers.CharField()
    objet = serializers.CharField(help_text="`lettre`, `projet` ou `dotation`.")
    rang = serializers.IntegerField()
    qui = serializers.CharField(help_text="Qui doit agir\u00a0: `ars`, `caisse` ou `equipe`.")
    dernier_jour = serializers.DateField(allow_null=True)
    acquise_le = serializers.DateField(allow_null=True, help_text="Nul pour un délai de l’équipe.")
    instant = serializers.DateTimeField(allow_null=True, help_text="Minuit qui suit le dernier jour, exclu, en UTC.")
    suspendue = serializers.BooleanField()
    explication = Explication(many=True)


class EcheancesReponse(serializers.Serializer):
    echeances = EcheanceCalculee(many=True)


class SeuilsDemande(serializers.Serializer):
    liberaux = serializers.IntegerField(min_value=0)
    adherents_liberaux = serializers.IntegerField(min_value=0)
    medecins_presents = serializers.IntegerField(min_value=0)


class Seuil(serializers.Serializer):
    requis = serializers.IntegerField(allow_null=True)
    atteint = serializers.BooleanField()
    code = serializers.CharField(required=False, help_text="`liberaux_nul` quand le seuil n’est pas évaluable.")


class Atteint(serializers.Serializer):
    atteint = serializers.BooleanField()


class SeuilsReponse(serializers.Serializer):
    creation = Seuil()
    intermediaire = Seuil()
    cible = Seuil()
    dix_medecins = Atteint()


class IdentifiantDemande(serializers.Serializer):
    type = serializers.CharField(help_text="`finess`, `rpps`, `rna`, `siren`, `siret` ou `iban`.")
    valeur = serializers.CharField(allow_blank=True)


class IdentifiantReponse(serializers.Serializer):
    valide = serializers.BooleanField()
    normalise = serializers.CharField(allow_null=True)
