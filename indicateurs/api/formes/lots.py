"""The batches of payments of a caisse. Amounts are strings with two decimals; accounts are masked."""

from __future__ import annotations

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from financement.models import FichierLot, LigneLot, LotPaiement

from .communs import code_parmi


class LotLu(serializers.ModelSerializer):
    statut = code_parmi(LotPaiement.Statut)()
    montant = serializers.DecimalField(max_digits=14, decimal_places=2)
    prepare_par = serializers.CharField(source="prepare_par.nom_complet")
    valide_par = serializers.CharField(source="valide_par.nom_complet", default=None, allow_null=True)

    class Meta:
        model = LotPaiement
        fields = (
            "numero", "statut", "date_execution", "montant", "nombre", "prepare_par", "prepare_le", "valide_par", "valide_le", "annule_le",
            "motif_annulation",
        )  # fmt: skip
        read_only_fields = fields


class LigneDeLotLue(serializers.ModelSerializer):
    """`sortie_le` : le versement n’est plus dans le lot."""

    versement = serializers.CharField(source="reference")
    iban = serializers.CharField(source="iban_masque")
    montant = serializers.DecimalField(max_digits=12, decimal_places=2)

    class Meta:
        model = LigneLot
        fields = ("rang", "versement", "equipe", "libelle", "iban", "montant", "sortie_le", "sortie_motif")
        read_only_fields = fields


class FichierLu(serializers.ModelSerializer):
    type = code_parmi(FichierLot.Type)()

    class Meta:
        model = FichierLot
        fields = ("type", "empreinte", "taille", "produit_le")
        read_only_fields = fields


class LotDetail(LotLu):
    lignes = LigneDeLotLue(many=True)
    fichiers = serializers.SerializerMethodField()

    class Meta(LotLu.Meta):
        fields = (*LotLu.Meta.fields, "lignes", "fichiers")
        read_only_fields = fields

    @extend_schema_field(FichierLu(many=True))
    def get_fichiers(self, lot: LotPaiement) -> list[dict[str, object]]:
        return FichierLu(lot.fichiers.defer("octets"), many=True).data
