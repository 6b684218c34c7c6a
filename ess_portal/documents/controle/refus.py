"""Why a file is refused: a stable code and the French sentence that the person reads."""

from enum import StrEnum


class Motif(StrEnum):
    VIDE = "vide"
    TROP_GROS = "trop_gros"
    NOM = "nom"
    EXTENSION = "extension"
    TYPE = "type"
    DISCORDANCE = "discordance"
    ILLISIBLE = "illisible"
    CHIFFRE = "chiffre"
    MACRO = "macro"
    ACTIF = "actif"
    INCORPORE = "incorpore"
    POLYGLOTTE = "polyglotte"
    EXTERNE = "externe"
    BOMBE = "bombe"
    IMAGE_GEANTE = "image_geante"
    TROP_DE_PAGES = "trop_de_pages"
    DELAI = "delai"
    INFECTE = "infecte"
    TABLEAU = "tableau"
    FORMULE = "formule"
    FUSION = "fusion"
    TROP_DE_LIGNES = "trop_de_lignes"
    TROP_DE_COLONNES = "trop_de_colonnes"
    ENCODAGE = "encodage"
    LIGNE = "ligne"


PHRASES: dict[Motif, str] = {
    Motif.VIDE: "Ce fichier est vide.",
    Motif.TROP_GROS: "Ce fichier dépasse {limite}\u00a0Mo. Réduisez-le ou déposez-le en plusieurs pièces.",
    Motif.NOM: "Le nom de ce fichier contient une extension de programme. Renommez-le avant de le déposer.",
    Motif.EXTENSION: "Les fichiers de ce type ne sont pas acceptés. Déposez un PDF, une image JPEG ou PNG, ou un document "
    "DOCX, XLSX, ODT ou ODS.",
    Motif.TYPE: "Le contenu de ce fichier n’est ni un PDF, ni une image JPEG ou PNG, ni un document DOCX, XLSX, ODT ou ODS.",
    Motif.DISCORDANCE: "Le contenu de ce fichier ({trouve}) ne correspond pas à son extension. Enregistrez-le sous le bon "
    "format avant de le déposer.",
    Motif.ILLISIBLE: "Ce fichier est endommagé ou illisible. Ouvrez-le sur votre poste, enregistrez-le à nouveau, puis redéposez-le.",
    Motif.CHIFFRE: "Ce fichier est protégé par un mot de passe ou par des restrictions. Déposez une copie sans protection.",
    Motif.MACRO: "Ce document contient des macros. Enregistrez-le sans macros, puis redéposez-le.",
    Motif.ACTIF: "Ce document contient des éléments actifs (script, formulaire dynamique ou lancement de programme). "
    "Imprimez-le en PDF, puis déposez ce PDF.",
    Motif.INCORPORE: "Ce document contient d’autres fichiers incorporés. Déposez-les comme des pièces séparées.",
    Motif.POLYGLOTTE: "Ce fichier mélange plusieurs formats. Enregistrez-le à nouveau depuis son logiciel d’origine.",
    Motif.EXTERNE: "Ce document appelle des contenus extérieurs (modèle, image ou objet lié). Enregistrez-en une copie "
    "autonome, ou un PDF.",
    Motif.BOMBE: "Le contenu de ce fichier est démesuré une fois décompressé. Enregistrez-le à nouveau ou allégez-le.",
    Motif.IMAGE_GEANTE: "Cette image dépasse {limite}\u00a0millions de pixels. Réduisez ses dimensions, puis redéposez-la.",
    Motif.TROP_DE_PAGES: "Ce document dépasse {limite}\u00a0pages. Déposez-le en plusieurs pièces.",
    Motif.DELAI: "Ce fichier est trop complexe pour être contrôlé. Enregistrez-en une version plus simple, ou un PDF.",
    Motif.TABLEAU: "Ce fichier n’est pas une liste au format CSV, XLSX ou ODS. Enregistrez votre liste sous l’un de ces formats.",
    Motif.FORMULE: "Ce fichier contient une formule ({ou}). Remplacez les formules par leurs valeurs (copier, puis collage spécial "
    "«\u00a0valeurs\u00a0»), puis redéposez-le.",
    Motif.FUSION: "Ce fichier contient des cellules fusionnées ({ou}). Annulez la fusion\u00a0: chaque ligne décrit un seul professionnel.",
    Motif.TROP_DE_LIGNES: "Cette liste dépasse {limite}\u00a0lignes. Vérifiez que c’est le bon fichier, ou déposez-la en plusieurs parties.",
    Motif.TROP_DE_COLONNES: "Cette liste dépasse {limite}\u00a0colonnes. Partez du modèle proposé sur la page.",
    Motif.ENCODAGE: "Les caractères de ce fichier sont illisibles. Enregistrez-le en CSV UTF-8, ou en XLSX.",
    Motif.LIGNE: "La ligne {ou} de ce fichier est mal formée (guillemets ou séparateurs). Enregistrez la liste à nouveau depuis votre tableur.",
    Motif.INFECTE: "L’antivirus a reconnu un contenu malveillant dans ce fichier\u00a0: il a été supprimé.",
}


class FichierRefuse(Exception):
    def __init__(self, motif: Motif, **precisions: object) -> None:
        self.motif = motif
        self.phrase = PHRASES[motif].format(**precisions)
        super().__init__(self.phrase)
