// Keyboard shortcuts: a link, button or field says its key by aria-keyshortcuts. Every page works without this file.
// No key is taken from a field, a dialog or another program's combination, nor once the reader has said no.
(() => {
  const CLE = "raccourcis";
  const page = document.currentScript.dataset.page;
  const stocker = (valeur) => { try { localStorage.setItem(CLE, valeur); } catch { /* refused: for this page only */ } };
  let actifs = true;
  try { actifs = localStorage.getItem(CLE) !== "non"; } catch { /* refused: on, until said otherwise */ }

  const SAISIE = "input:not([type=checkbox]):not([type=radio]):not([type=button]):not([type=submit]), textarea, select, [contenteditable]";
  const lignes = () => [...document.querySelectorAll("#contenu tbody th[scope=row] > a:first-child")];

  const deplacer = (pas) => {
    const liens = lignes();
    if (!liens.length) return false;
    const ici = liens.findIndex((lien) => lien.closest("tr").contains(document.activeElement));
    const la = ici < 0 ? (pas > 0 ? 0 : liens.length - 1) : Math.min(Math.max(ici + pas, 0), liens.length - 1);
    liens[la].focus();
    return true;
  };

  const boite = async () => {
    const ancienne = document.getElementById("raccourcis-boite");
    if (ancienne) return ancienne.showModal();
    const reponse = await fetch(page, { headers: { "HX-Request": "true" } });
    if (!reponse.ok) { location.href = page; return; }
    const lu = new DOMParser().parseFromString(await reponse.text(), "text/html").getElementById("raccourcis");
    const dialogue = document.createElement("dialog");
    dialogue.id = "raccourcis-boite";
    dialogue.className = "ess-dialogue";
    dialogue.setAttribute("aria-label", "Raccourcis clavier");
    dialogue.append(lu);
    const fermer = document.createElement("button");
    fermer.type = "button";
    fermer.className = "fr-btn fr-btn--secondary";
    fermer.textContent = "Fermer";
    fermer.addEventListener("click", () => dialogue.close());
    dialogue.append(fermer);
    document.body.append(dialogue);
    reglage(dialogue);
    dialogue.showModal();
  };

  const reglage = (racine) => {
    const bouton = racine.querySelector("[data-ess-raccourcis]");
    if (!bouton) return;
    const dire = () => { bouton.textContent = actifs ? "Désactiver les raccourcis" : "Activer les raccourcis"; };
    bouton.hidden = false;
    bouton.addEventListener("click", () => { actifs = !actifs; stocker(actifs ? "oui" : "non"); dire(); });
    dire();
  };
  reglage(document);

  document.addEventListener("click", (evenement) => {
    const lien = evenement.target.closest("[data-ess-raccourcis-ouvrir]");
    if (!lien || evenement.ctrlKey || evenement.metaKey) return;
    evenement.preventDefault();
    boite();
  });

  document.addEventListener("keydown", (evenement) => {
    if (!actifs || evenement.defaultPrevented || evenement.ctrlKey || evenement.altKey || evenement.metaKey || evenement.isComposing) return;
    if (evenement.target.closest(SAISIE) || document.querySelector("dialog[open]")) return;
    let fait = true;
    if (evenement.key === "?") boite();
    else if (evenement.key === "j") fait = deplacer(1);
    else if (evenement.key === "k") fait = deplacer(-1);
    else {
      const cible = evenement.key.length === 1 && document.querySelector(`[aria-keyshortcuts="${CSS.escape(evenement.key)}"]`);
      fait = Boolean(cible);
      if (cible?.matches("input")) { cible.focus(); cible.select(); } else cible?.click();
    }
    if (fait) evenement.preventDefault();
  });
})();
