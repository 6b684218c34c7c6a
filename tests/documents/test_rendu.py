"""B36, B37, B39 and the specimens: our fonts only, the facts printed, nothing fetched, nothing executed."""

import dataclasses
import io
import shutil
import socket
import subprocess
import threading
import typing
from binascii import crc32
from decimal import Decimal

import pikepdf
import pytest

from ess_portal.documents import clauses, mise_en_forme
from ess_portal.documents.donnees import MODELES, DonneesInvalides, lire, vers_json
from ess_portal.documents.rendu import RenduImpossible, composer, rendre, tracer_qr
from ess_portal.documents.rendu.atelier import fermer, imprimer
from ess_portal.documents.specimens import SPECIMENS
from tests.outillage.preuves import ENTIERES

FAITS = {
    "lettre_intention": ("Annexe 4", "Pneumologie", "10001234560", "17 février 2026 à 10 h 02 (heure de Paris)"),
    "accuse_reception": (
        "10 mai 2026",
        "réputée validée le 11 mai 2026",
        "02 62 00 00 00",
        "L. 232-3",
        "heure de La Réunion",
        "cahier des charges ESS (CPN)",
    ),
    "accuse_reception_complet": ("complet depuis le 24 mars 2026", "réputée validée le 25 mai 2026"),
    "accuse_reception_repris": (
        "a retiré, le 10 mars 2026, sa décision défavorable du 20 février 2026",
        "réputée validée le 11 mai 2026",
    ),
    "accuse_reception_incomplet": ("20 mai 2026 inclus", "modalités de déploiement"),
    "accuse_recours": (
        "contre le refus de la lettre d’intention",
        "posté le 6 mars 2026",
        "sera rejeté par le silence de l’administration le 11 mai 2026",
        "tribunal administratif de La Réunion",
        "heure de La Réunion",
    ),
    "notification_decision": ("est validée", "3 avril 2026", "Isabelle Roques"),
    "notification_refus": (
        "n’est pas validé",
        "3 adhérents pour 41",
        "deux mois à compter de sa notification",
        "La Réunion",
    ),
    "notification_classement": (
        "Classement du projet de santé",
        "Votre dossier est classé.",
        "Convention avec le centre hospitalier",
        "26 février 2026 inclus",
        "L. 114-5",
        "deux mois à compter de sa notification",
    ),
    "notification_cloture": (
        "Votre dossier est clos.",
        "15 février 2026 inclus",
        "tribunal administratif de La Réunion",
    ),
    "mise_en_demeure": ("Vous êtes mis en demeure", "10 avril 2026 inclus", "nous pourrons clore votre dossier"),
    "lettre_financiere": (
        "R-76-2026-0006-1",
        "Vous avez à rembourser 40 000,00 €.",
        "20 000,00 €",
        "tribunal administratif de Toulouse",
    ),
    "reponse_recours": (
        "Votre recours est rejeté.",
        "contre le refus de la lettre d’intention",
        "12 mars 2026",
        "4 adhérents pour 41",
        "tribunal administratif de La Réunion",
    ),
    "attestation_tacite": ("réputée validée depuis le 18 avril 2026", "17 avril 2026", "L. 232-3", "ni versement"),
    "contrat_amorcage": (
        "80 000 €",
        "40 000 €",
        "17 août 2027",
        "signatures électroniques simples",
        "22 avril 2026 à 18 h 04",
        "Annexe 1",
    ),
    "contrat_amorcage_transitoire": ("24 000 €", "30 %", "en une fois"),
    "contrat_dotation": ("53 888,89 €", "100 000 €", "16 novembre 2026", "16 novembre 2031", "Annexe 2"),
    "avenant_contrat": (
        "Avenant n° 1",
        "Article 1 remplacé",
        "Article ajouté : Point de contact",
        "Article 7 supprimé",
        "1er avril 2027",
    ),
    "contrat_consolide": (
        "modifié par l’avenant n° 1",
        "ajouté par l’avenant n° 1",
        "1er avril 2027",
        "font seuls foi",
    ),
    "dossier_preuves": (
        "mot de passe et code à usage unique",
        "Par délégation de M. Luc Arnal",
        "RFC 3161",
        "confirmé par Sophie Delmas",
        "Signature électronique simple",
    ),
    "formulaire_adhesion": ("Dr Hélène Roux", "10001234578", "12 mai 2026", "Annexe 3"),
    "certificat_adhesion": ("Dr Hélène Roux", "10001234578", "12 mai 2026", "Decazeville"),
    "ordre_versement": ("40 000 €", "Julien Fabre", "Sophie Delmas", "FR76"),
    "projet_sante": ("Diagnostic territorial", "Qualitatif"),
    "rapport_activite": ("dont médecins traitants", "1 342", "3 618,39 €", "enquete-2027.pdf"),
    "synthese_campagne": ("Retours de la campagne", "8 466 (7)", "ESS Cardiologie du Lot", "3 sur 7"),
}
outils = pytest.mark.parametrize("code", SPECIMENS)


@pytest.fixture(scope="module")
def specimens():
    rendus = {}

    def donner(code: str) -> bytes:
        if code not in rendus:
            type_, construire = SPECIMENS[code]
            rendus[code] = rendre(
                type_, construire(), titre=MODELES[type_].titre, version=1, code="SPEC2MENSPEC2MEN"
            ).octets
        return rendus[code]

    yield donner
    fermer()


def texte(octets: bytes, dossier) -> str:
    (dossier / "d.pdf").write_bytes(octets)
    sortie = subprocess.run(
        [shutil.which("pdftotext"), "-raw", dossier / "d.pdf", "-"], check=True, capture_output=True, text=True
    ).stdout
    return " ".join(sortie.split())


def test_chaque_type_a_son_specimen():
    assert {type_ for type_, _ in SPECIMENS.values()} == set(MODELES)
    assert set(FAITS) == set(SPECIMENS)


@outils
def test_specimen_imprime_ses_faits(code, specimens, tmp_path):
    lu = texte(specimens(code), tmp_path)
    for fait in (*FAITS[code], "SPEC-2MEN-SPEC-2MEN", "Modèle à valider par l’ARS et la caisse"):
        assert fait in lu, fait
    assert "\u202f" not in lu
    assert "\ufffd" not in lu


@outils
def test_specimen_n_embarque_que_marianne(code, specimens):
    with pikepdf.open(io.BytesIO(specimens(code))) as document:
        polices = {
            str(objet.BaseFont).partition("+")[2]
            for objet in document.objects
            if isinstance(objet, pikepdf.Dictionary) and objet.get("/Type") == "/Font" and "/BaseFont" in objet
        }
    assert polices
    assert all(police.startswith("Marianne") for police in polices)


@outils
def test_specimen_est_balise_et_titre(code, specimens):
    with pikepdf.open(io.BytesIO(specimens(code))) as document:
        assert str(document.Root.Lang) == "fr"
        assert bool(document.Root.MarkInfo.Marked)
        assert bool(document.Root.ViewerPreferences.DisplayDocTitle)
        with document.open_metadata() as meta:
            assert meta["pdfuaid:part"] == "1"
            assert (meta["pdfaid:part"], meta["pdfaid:conformance"]) == ("3", "A")
            assert meta["dc:title"]


@outils
def test_donnees_aller_et_retour(code):
    type_, construire = SPECIMENS[code]
    assert lire(type_, vers_json(construire())) == construire()


class Ecouteur:
    """Counts who knocks on a loopback port."""

    def __init__(self) -> None:
        self.prise = socket.create_server(("127.0.0.1", 0))
        self.port = self.prise.getsockname()[1]
        self.visites = 0
        self.vu = threading.Event()
        threading.Thread(target=self._ecouter, daemon=True).start()

    def _ecouter(self) -> None:
        while True:
            try:
                visiteur, _ = self.prise.accept()
            except OSError:
                return
            self.visites += 1
            self.vu.set()
            visiteur.close()


@pytest.fixture
def ecouteur():
    ecouteur = Ecouteur()
    with socket.create_connection(("127.0.0.1", ecouteur.port)):
        assert ecouteur.vu.wait(5), "l’écouteur n’entend rien : l’essai ne prouverait rien"
    yield ecouteur
    ecouteur.prise.close()


def vecteurs(port: int, canari: str) -> str:
    http = f"http://127.0.0.1:{port}/x"
    adresses = (
        http,
        f"file://{canari}",
        f"//127.0.0.1:{port}/x",
        "data:text/html;base64,PHNjcmlwdD4=",
        "actif:../../etc/passwd",
    )
    formes = (
        '<img src="{}">',
        '<link rel="stylesheet" href="{}">',
        '<link rel="attachment" href="{}">',
        '<a rel="attachment" href="{}">x</a>',
        "<style>@import url({});</style>",
        '<style>@font-face {{font-family:x;src:url("{}")}} *{{font-family:x}}</style>',
        '<p style="background:url({})">x</p>',
        '<svg><image href="{}"/><use xlink:href="{}"/></svg>',
        '<object data="{}"></object><embed src="{}"><iframe src="{}"></iframe>',
        '<base href="{}"><meta http-equiv="refresh" content="0;url={}">',
        "{{% include '{}' %}} {{{{ settings.SECRET_KEY }}}}",
        "url({}) ]]> --> {}",
    )
    simples = [formes[0].format(adresse) for adresse in adresses]
    return "\n".join(
        simples + [forme.format(*[adresse] * forme.count("{}")) for forme in formes[1:] for adresse in adresses[:1]]
    )


def empoisonner(donnees, poison: str):
    """Every free text of a document replaced by the vectors, two items of each list; dates, amounts, codes and zones stay."""
    annotations = typing.get_type_hints(type(donnees))
    neufs = {}
    for champ in dataclasses.fields(donnees):
        valeur, annotation = getattr(donnees, champ.name), annotations[champ.name]
        if annotation is str and champ.name not in ("fuseau", "numero"):
            neufs[champ.name] = poison
        elif dataclasses.is_dataclass(valeur):
            neufs[champ.name] = empoisonner(valeur, poison)
        elif isinstance(valeur, tuple):
            neufs[champ.name] = tuple(
                empoisonner(v, poison) if dataclasses.is_dataclass(v) else poison for v in valeur[:2]
            )
    return dataclasses.replace(donnees, **neufs)


@pytest.mark.preuve
@outils
def test_rien_n_est_appele_depuis_un_texte(code, ecouteur, tmp_path):
    """No template lets a mark through; a reduced run prints one document in five."""
    canari = tmp_path / "canari.txt"
    canari.write_text("CANARI-9f4c21ab")
    type_, construire = SPECIMENS[code]
    poison = vecteurs(ecouteur.port, str(canari))
    avant = ecouteur.visites
    html = composer(type_, empoisonner(construire(), poison), titre=poison[:200], version=1, code="SPEC2MENSPEC2MEN")
    assert "<img" not in html
    assert "<object" not in html
    if not ENTIERES and crc32(code.encode()) % 5:
        return
    octets, _pages = imprimer(html)
    assert ecouteur.visites == avant
    with pikepdf.open(io.BytesIO(octets)) as document:
        assert not document.attachments
        flux = b"".join(
            o.read_bytes() for o in document.objects if isinstance(o, pikepdf.Stream) and "/Subtype" not in o
        )
    assert b"CANARI-9f4c21ab" not in flux
    assert "CANARI-9f4c21ab" not in texte(octets, tmp_path)


def test_l_imprimeur_lui_meme_n_appelle_rien(ecouteur, tmp_path):
    """Even markup that got past the escaping reaches neither the network nor the disk."""
    avant = ecouteur.visites
    canari = tmp_path / "canari.txt"
    canari.write_text("CANARI-9f4c21ab")
    html = "<html lang=fr><title>x</title>" + vecteurs(ecouteur.port, str(canari))
    octets, _pages = imprimer(html)
    assert ecouteur.visites == avant
    assert "CANARI-9f4c21ab" not in texte(octets, tmp_path)
    with pikepdf.open(io.BytesIO(octets)) as document:
        assert not document.attachments


def test_mise_en_page_trop_longue_est_interrompue_et_la_suivante_passe():
    with pytest.raises(RenduImpossible):
        imprimer("<html lang=fr><title>x</title>" + "<p>mot " * 400_000, delai=1.5)
    octets, pages = imprimer("<html lang=fr><title>x</title><p>suivant")
    assert octets.startswith(b"%PDF-")
    assert pages == 1
    fermer()


def test_texte_imprime_sans_caractere_de_controle_ni_espace_fine():
    reperes = SPECIMENS["attestation_tacite"][1]()
    brut = vers_json(reperes)
    brut["destinataire"] = "Dr\u202fX\u202e\0\x07\r\n8\u2009rue\u2011A"
    assert lire("attestation_tacite", brut).destinataire == "Dr\u00a0X\n8\u00a0rue-A"


@pytest.mark.parametrize(
    ("champ", "valeur"),
    [
        ("recu_jour", "2026-13-01"),
        ("recu_jour", 20260101),
        ("objet", "contrat"),
        ("explication", "une seule"),
        ("destinataire", None),
        ("inconnu", "x"),
    ],
)
def test_donnees_mal_typees_refusees(champ, valeur):
    brut = vers_json(SPECIMENS["attestation_tacite"][1]()) | {champ: valeur}
    with pytest.raises(DonneesInvalides) as refus:
        lire("attestation_tacite", brut)
    assert champ in str(refus.value)


def test_clauses_variables_typees_et_posees_en_une_passe():
    modele = clauses.construire(
        "essai", "1", {"equipe": "texte", "montant": "montant"}, [{"titre": "{equipe}", "paragraphes": ["{montant}"]}]
    )
    posees = clauses.remplir(modele, {"equipe": "{montant} {0.__class__}", "montant": Decimal("80000.00")})
    assert posees[0].titre == "{montant} {0.__class__}"
    assert posees[0].paragraphes == ("80\u00a0000\u00a0€",)
    for valeurs in (
        {"equipe": "x"},
        {"equipe": "x", "montant": 1.5},
        {"equipe": "x", "montant": Decimal(1), "autre": "y"},
    ):
        with pytest.raises(clauses.ClauseInvalide):
            clauses.remplir(modele, valeurs)
    with pytest.raises(clauses.ClauseInvalide):
        clauses.construire("essai", "1", {}, [{"titre": "x", "paragraphes": ["{equipe}"]}])


@pytest.mark.parametrize(
    "code", ["contrat_amorcage", "contrat_amorcage_transitoire", "contrat_dotation", "formulaire_adhesion"]
)
def test_clauses_nationales_sans_variable_inutile(code):
    modele = clauses.charger(code)
    texte_entier = " ".join(p for c in modele.clauses for p in c.paragraphes)
    assert all(f"{{{nom}}}" in texte_entier for nom in modele.variables)


def test_qr_couvre_tous_les_modules_noirs():
    qr = tracer_qr("https://portail.exemple.fr/verifier/ABCD/")
    assert qr.cote >= 25
    assert set(qr.trace) <= set("MhvHz-0123456789 ")


@pytest.mark.parametrize(("noms", "pages"), [(1, {1}), (4, {1, 2}), (12, {2})])
def test_ar_2_la_signature_n_est_jamais_seule_sur_sa_page(noms, pages, tmp_path):
    """The usual attestation holds on one page; a long one takes the whole « Portée » along with its signature."""
    type_, construire = SPECIMENS["attestation_tacite"]
    court = construire()
    equipe = " ".join([court.reperes.equipe] * noms)
    long_ = dataclasses.replace(
        court,
        reperes=dataclasses.replace(court.reperes, equipe=equipe[:480]),
        explication=court.explication * (1 + noms // 4),
    )
    octets = rendre(type_, long_, titre=MODELES[type_].titre, version=1, code="SPEC2MENSPEC2MEN").octets
    with pikepdf.open(io.BytesIO(octets)) as pdf:
        assert len(pdf.pages) in pages
        (tmp_path / "d.pdf").write_bytes(octets)
        derniere = subprocess.run(
            [shutil.which("pdftotext"), "-f", str(len(pdf.pages)), "-raw", tmp_path / "d.pdf", "-"],
            check=True,
            capture_output=True,
            text=True,
        ).stdout
    assert "Isabelle Roques" in derniere
    assert "Portée" in derniere


@pytest.mark.parametrize(
    ("tribunal", "dit"), [("Orléans", "d’Orléans"), ("Lyon", "de Lyon"), ("la Guadeloupe", "de la Guadeloupe")]
)
def test_un_tribunal_s_ecrit_avec_son_elision(tribunal, dit):
    assert mise_en_forme.de(tribunal) == dit
    modele = clauses.construire(
        "essai", "1", {"tribunal": "texte"}, [{"titre": "Litiges", "paragraphes": ["Devant le tribunal administratif de {tribunal}."]}]
    )  # fmt: skip
    (clause,) = clauses.remplir(modele, {"tribunal": tribunal})
    assert clause.paragraphes == (f"Devant le tribunal administratif {dit}.",)
