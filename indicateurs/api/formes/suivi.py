"""The lists of a dossier. Amounts are strings with two decimals."""

from __future__ import annotations

from django.urls import reverse
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from adhesions.models import Adhesion, VersionAdhesion
from dossiers import libelles
from dossiers.models import Avis, Echeance, Recours
from ess_portal.documents.models import Document, Piece
from ess_portal.journal.models import Evenement
from financement.models import DotationAnnuelle, Ecriture, LigneEcriture, Versement

from ...models import Rapport
from ...pieces import lues
from .communs import Explication, OrganisationRef, code_parmi


class EcheanceLue(serializers.ModelSerializer):
    statut = code_parmi(Echeance.Statut)()
    libelle = serializers.SerializerMethodField()
    explication = Explication(many=True)

    class Meta:
        model = Echeance
        fields = ("regle", "libelle", "objet", "rang", "qui", "dernier_jour", "acquise_le", "instant", "statut", "reglee_le", "explication")  # fmt: skip
        read_only_fields = fields

    def get_libelle(self, echeance: Echeance) -> str:
        return libelles.REGLES.get(echeance.regle, echeance.regle)


class EvenementLu(serializers.ModelSerializer):
    """`legal_le` est l’instant qui compte en droit, `enregistre_le` celui où le portail l’a écrit."""

    libelle = serializers.SerializerMethodField()
    de = serializers.SerializerMethodField()
    vers = serializers.SerializerMethodField()

    class Meta:
        model = Evenement
        fields = ("seq", "type", "libelle", "de", "vers", "acteur_nom", "role", "legal_le", "enregistre_le", "precedent", "empreinte")  # fmt: skip
        read_only_fields = fields

    def get_libelle(self, evenement: Evenement) -> str:
        return libelles.evenement(evenement.type)

    @extend_schema_field({"type": ["string", "null"]})
    def get_de(self, evenement: Evenement) -> str | None:
        return evenement.donnees.get("de")

    @extend_schema_field({"type": ["string", "null"]})
    def get_vers(self, evenement: Evenement) -> str | None:
        return evenement.donnees.get("vers")


class DocumentLu(serializers.ModelSerializer):
    etat = code_parmi(Document.Etat)()
    type = serializers.CharField()
    contenu = serializers.SerializerMethodField()

    class Meta:
        model = Document
        fields = ("id", "type", "titre", "version", "etat", "empreinte", "taille", "nombre_pages", "code_verification", "cree_le", "produit_le", "contenu")  # fmt: skip
        read_only_fields = fields

    @extend_schema_field({"type": "string", "format": "uri-reference"})
    def get_contenu(self, document: Document) -> str:
        return reverse("api_document_contenu", args=[document.pk])


class PieceLue(serializers.ModelSerializer):
    etat = code_parmi(Piece.Etat)()
    objet = serializers.CharField()
    organisation = OrganisationRef(allow_null=True)

    class Meta:
        model = Piece
        fields = ("id", "objet", "type", "libelle", "nom_fichier", "type_mime", "taille", "empreinte", "etat", "verdict", "organisation", "depose_le", "visible_equipe")  # fmt: skip
        read_only_fields = fields


class AvisLu(serializers.ModelSerializer):
    caisse = OrganisationRef()
    sens = serializers.CharField()

    class Meta:
        model = Avis
        fields = ("objet", "version", "caisse", "demande_le", "date_limite", "sens", "criteres", "texte", "est_opposition", "rendu_le", "non_rendu_le")  # fmt: skip
        read_only_fields = fields


class DemandeDeRecours(serializers.Serializer):
    """Des pièces demandées\u00a0: `recue_le` est nul tant qu’elles sont attendues."""

    texte = serializers.CharField()
    demandee_le = serializers.DateField()
    limite = serializers.DateField()
    recue_le = serializers.DateField(allow_null=True)


class RecoursLu(serializers.Serializer):
    """`issue` est vide tant que la réponse est attendue\u00a0; `silence` dit ce qu’il vaut après `dernier_jour`."""

    objet = serializers.CharField(source="recours.objet")
    rang = serializers.IntegerField(source="recours.rang")
    contestation = code_parmi(Recours.Contestation)(source="recours.contestation")
    acte = serializers.CharField()
    version = serializers.IntegerField(source="recours.decision.version", allow_null=True, default=None)
    canal = serializers.CharField(source="recours.canal")
    date_depot = serializers.DateField(source="recours.date_depot")
    date_reception = serializers.DateField(source="recours.date_reception")
    date_premiere_reception = serializers.DateField(source="recours.date_premiere_reception", allow_null=True)
    motifs = serializers.CharField(source="recours.motifs")
    demandes = DemandeDeRecours(source="recours.demandes", many=True)
    dernier_jour = serializers.DateField(allow_null=True)
    silence = serializers.CharField()
    issue = serializers.CharField(allow_blank=True)
    mode = serializers.CharField(allow_blank=True)
    date_reponse = serializers.DateField(allow_null=True)
    date_notification = serializers.DateField(source="recours.date_notification", allow_null=True)
    reponse = serializers.CharField(source="recours.reponse", allow_blank=True)


class Condition(serializers.Serializer):
    code = serializers.CharField()
    etat = serializers.CharField()
    libelle = serializers.CharField()
    detail = serializers.CharField(allow_blank=True)


class VersementLu(serializers.ModelSerializer):
    statut = code_parmi(Versement.Statut)()
    nature = code_parmi(Versement.Nature)()
    montant = serializers.DecimalField(max_digits=12, decimal_places=2)
    conditions = Condition(many=True)
    propose_par = serializers.SerializerMethodField()
    valide_par = serializers.SerializerMethodField()

    class Meta:
        model = Versement
        fields = (
            "numero", "nature", "libelle", "annee", "montant", "statut", "origine", "conditions", "propose_par", "propose_le", "valide_par",
            "valide_le", "paye_le", "reference", "annule_le", "motif_annulation",
        )  # fmt: skip
        read_only_fields = fields

    @extend_schema_field({"type": ["string", "null"]})
    def get_propose_par(self, versement: Versement) -> str | None:
        return versement.propose_par.nom_complet if versement.propose_par else None

    @extend_schema_field({"type": ["string", "null"]})
    def get_valide_par(self, versement: Versement) -> str | None:
        return versement.valide_par.nom_complet if versement.valide_par else None


class DecompteLu(serializers.ModelSerializer):
    """`empreinte` est le sha256 de `faits` et `resultat`\u00a0: les mêmes faits redonnent les mêmes chiffres."""

    effectif_moyen = serializers.DecimalField(max_digits=12, decimal_places=6)
    montant = serializers.DecimalField(max_digits=12, decimal_places=2)
    avance = serializers.DecimalField(max_digits=12, decimal_places=2)
    ecart = serializers.DecimalField(max_digits=12, decimal_places=2)
    faits = serializers.DictField()
    resultat = serializers.DictField()

    class Meta:
        model = DotationAnnuelle
        fields = (
            "annee", "version", "debut", "fin", "effectif_moyen", "montant", "avance", "ecart", "est_arbitre", "faits", "resultat", "empreinte",
            "motif_version", "etablie_le",
        )  # fmt: skip
        read_only_fields = fields


class LigneLue(serializers.ModelSerializer):
    sens = code_parmi(LigneEcriture.Sens)()
    libelle = serializers.CharField(source="get_compte_display")
    montant = serializers.DecimalField(max_digits=12, decimal_places=2)

    class Meta:
        model = LigneEcriture
        fields = ("compte", "libelle", "sens", "montant")
        read_only_fields = fields


class EcritureLue(serializers.ModelSerializer):
    """`annule` est le rang de l’écriture qu’une contre-passation annule\u00a0; `empreinte` couvre le contenu et l’empreinte précédente."""

    type = code_parmi(Ecriture.Type)()
    financeur = code_parmi(Ecriture.Financeur)()
    poste = code_parmi(Ecriture.Poste)()
    montant = serializers.DecimalField(max_digits=12, decimal_places=2)
    annule = serializers.IntegerField(source="contrepasse.seq", default=None, allow_null=True)
    lignes = LigneLue(many=True)

    class Meta:
        model = Ecriture
        fields = (
            "seq", "type", "libelle", "financeur", "poste", "annee", "montant", "date_comptable", "inscrit_le", "acteur_nom", "annule", "lignes",
            "precedent", "empreinte",
        )  # fmt: skip
        read_only_fields = fields


class PeriodeLue(serializers.ModelSerializer):
    """Days, both included, on which the practice does not change; `au` is null while it runs."""

    du = serializers.DateField(source="valide_du")
    au = serializers.DateField(source="valide_au", allow_null=True)
    specialite = serializers.CharField(source="specialite_id")
    su_depuis_le = serializers.DateTimeField(source="connu_du")

    class Meta:
        model = VersionAdhesion
        fields = ("du", "au", "specialite", "mode", "departements", "su_depuis_le")
        read_only_fields = fields


class AdhesionLue(serializers.ModelSerializer):
    etat = code_parmi(Adhesion.Etat)()
    rpps = serializers.CharField(source="professionnel.rpps")
    specialite = serializers.CharField(source="specialite_id")
    periodes = PeriodeLue(
        many=True, source="periodes_tenues", help_text="Ce qui est tenu pour vrai aujourd’hui, jour par jour."
    )

    class Meta:
        model = Adhesion
        fields = (
            "id", "rpps", "titre", "nom", "prenom", "courriel", "specialite", "mode", "departements", "lieux", "etat", "moyen", "signee_le",
            "sortie_le", "motif_sortie", "signature_annoncee_le", "saisie_le", "periodes",
        )  # fmt: skip
        read_only_fields = fields


class PieceDeRapport(serializers.Serializer):
    """`libelle` et `nom` du fichier, `sha256` de son contenu\u00a0; ses octets sont à `pieces/{id}/contenu/`."""

    id = serializers.UUIDField()
    libelle = serializers.CharField()
    nom = serializers.CharField()
    sha256 = serializers.CharField()


class RapportLu(serializers.ModelSerializer):
    """Les pièces sont celles du brouillon pour l’équipe qui l’écrit, celles du dernier dépôt ensuite."""

    pieces = serializers.SerializerMethodField()
    outil_piece = serializers.SerializerMethodField()
    statut = code_parmi(Rapport.Statut)()
    montant_depense = serializers.DecimalField(max_digits=12, decimal_places=2, allow_null=True)
    solde = serializers.DecimalField(max_digits=12, decimal_places=2, allow_null=True)

    class Meta:
        model = Rapport
        fields = (
            "annee", "debut", "fin", "statut", "i1", "i1b", "i2", "i3", "i4", "i5", "commentaires", "qualitatifs", "objectifs", "emploi_des_fonds",
            "montant_depense", "solde", "outil_informatique", "outil_le", "outil_piece", "pieces", "depose_le", "valide_le", "correction_demandee",
        )  # fmt: skip
        read_only_fields = fields

    @extend_schema_field(PieceDeRapport(many=True))
    def get_pieces(self, rapport: Rapport) -> list[dict[str, str]]:
        return lues(rapport, self.context["acteur"])["pieces"]

    @extend_schema_field(PieceDeRapport(allow_null=True))
    def get_outil_piece(self, rapport: Rapport) -> dict[str, str] | None:
        return lues(rapport, self.context["acteur"])["outil_piece"]
