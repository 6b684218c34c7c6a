"""A person without a mouse: Tab, Enter, Space, arrows and letters; at each stop, what has the focus is seen to have it."""

from __future__ import annotations

from playwright.sync_api import Page, expect

ARRETS = 250  # Tab stops of a page, at most
# Where the focus is: its name, whether it is on the screen, not covered, and marked by an outline or a shadow (its label's, where the
# design system draws the box beside the field).
FOYER = """() => {
  const e = document.activeElement;
  if (!e || e === document.body) return null;
  const etiquettes = [...(e.labels || [])];
  const marque = (n, p) => {
    const s = getComputedStyle(n, p);
    if (n instanceof SVGElement) return [n, ...n.querySelectorAll('*')].some(x => parseFloat(getComputedStyle(x).strokeWidth) >= 4);
    return (s.outlineStyle !== 'none' && parseFloat(s.outlineWidth) > 0) || s.boxShadow !== 'none';
  };
  const porteurs = [e, ...etiquettes, e.parentElement];
  const visible = porteurs.some(n => {
    const r = n.getBoundingClientRect();
    return r.width > 1 && r.height > 1 && r.bottom > 0 && r.top < innerHeight && r.right > 0 && r.left < innerWidth;
  });
  const milieu = e.getBoundingClientRect();
  const dessus = document.elementFromPoint(milieu.x + milieu.width / 2, milieu.y + Math.min(milieu.height, 40) / 2);
  const libre = !dessus || porteurs.some(n => n.contains(dessus) || dessus.contains(n));
  const nom = (e.getAttribute('aria-label') || e.innerText || etiquettes[0]?.innerText || e.name || e.id || '').trim().slice(0, 60);
  return {nom, balise: e.tagName.toLowerCase(), visible, libre,
    marque: porteurs.some(n => marque(n) || marque(n, '::before') || marque(n, '::after'))};
}"""


class Clavier:
    """`fautes`: stops whose focus is not seen, by page."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.fautes: set[str] = set()
        self.arrets = 0

    def vers(self, selecteur: str, texte: str = "") -> None:
        """Tab until the first element of this selector, with this text, has the focus."""
        cible = self.page.locator(selecteur)
        cible = (cible.filter(has_text=texte) if texte else cible).first
        expect(cible).to_be_attached()
        for _ in range(ARRETS):
            if cible.evaluate("e => e === document.activeElement"):
                return
            self.page.keyboard.press("Tab")
            self._regarder()
        raise AssertionError(f"{self.page.url} : « {texte or selecteur} » ne s’atteint pas au clavier")

    def _regarder(self) -> None:
        self.arrets += 1
        foyer = self.page.evaluate(FOYER)
        if foyer is None:
            return
        for quoi in ("visible", "libre", "marque"):
            if not foyer[quoi]:
                self.fautes.add(f"{self.page.url} : {foyer['balise']} « {foyer['nom']} » n’est pas {quoi}")

    def suivre(self, selecteur: str, texte: str = "") -> None:
        """A link or a button, by Enter, and the page that answers."""
        self.vers(selecteur, texte)
        with self.page.expect_navigation():
            self.page.keyboard.press("Enter")

    def aller_au_contenu(self) -> None:
        """The skip link: the first Tab of a page."""
        self.page.keyboard.press("Tab")
        self._regarder()
        assert self.page.evaluate("document.activeElement.getAttribute('href')") == "#contenu", self.page.url
        self.page.keyboard.press("Enter")

    def ecrire(self, nom: str, valeur: str) -> None:
        self.vers(f"main [name={nom}]:not([type=hidden])")
        self.page.keyboard.press("Control+A")
        self.page.keyboard.type(valeur)

    def choisir(self, nom: str, valeur: str) -> None:
        """A list, by its arrows."""
        champ = self.page.locator(f"main select[name={nom}]").first
        self.vers(f"main select[name={nom}]")
        self.page.keyboard.press("Home")
        for _ in range(champ.locator("option").count()):
            if champ.input_value() == valeur:
                return
            self.page.keyboard.press("ArrowDown")
        assert champ.input_value() == valeur, f"{nom} : {champ.input_value()}"

    def cocher(self, selecteur: str) -> None:
        """A box, or a choice among several, by Space; the arrows go from one choice to the next."""
        case = self.page.locator(selecteur).first
        if case.get_attribute("type") == "radio":
            nom = case.get_attribute("name")
            self._jusqu_au_groupe(nom)
            for _ in range(self.page.locator(f"main input[type=radio][name={nom}]").count()):
                if case.evaluate("e => e === document.activeElement"):
                    break
                self.page.keyboard.press("ArrowDown")
        else:
            self.vers(selecteur)
        if not case.is_checked():
            self.page.keyboard.press("Space")
        expect(case).to_be_checked()

    def _jusqu_au_groupe(self, nom: str) -> None:
        for _ in range(ARRETS):
            if self.page.evaluate("document.activeElement.name") == nom:
                return
            self.page.keyboard.press("Tab")
            self._regarder()
        raise AssertionError(f"{self.page.url} : « {nom} » ne s’atteint pas au clavier")
