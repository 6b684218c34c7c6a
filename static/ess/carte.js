// The shapes of the map become boxes of their own: each follows the box of the list, which alone is sent.
for (const cadre of document.querySelectorAll("[data-ess-carte]")) {
  const liste = document.getElementById(cadre.dataset.essCarte);
  let dernier = "";

  const caseDe = (forme) => liste.querySelector(`input[type=checkbox][value="${CSS.escape(forme.dataset.code)}"]`);

  const refleter = (forme) => {
    const coche = caseDe(forme).checked;
    forme.setAttribute("aria-checked", String(coche));
    forme.querySelector(".ess-carte__zone").classList.toggle("ess-carte__zone--choisie", coche);
    forme.querySelector("text")?.classList.toggle("ess-carte__inverse", coche);
  };

  const preparer = () => {
    for (const forme of cadre.querySelectorAll(".ess-carte__choix")) {
      if (!caseDe(forme)) continue;
      forme.setAttribute("role", "checkbox");
      forme.setAttribute("tabindex", "0");
      forme.setAttribute("aria-label", `${forme.dataset.nom} (${forme.dataset.code})`);
      refleter(forme);
    }
    // The map was drawn anew by the save: the keyboard stays where it was.
    if (dernier) cadre.querySelector(`[data-code="${CSS.escape(dernier)}"]`)?.focus({ preventScroll: true });
  };

  const basculer = (forme) => {
    const boite = caseDe(forme);
    if (!boite) return;
    boite.checked = !boite.checked;
    refleter(forme);
    const repli = boite.closest("details");
    if (repli && boite.checked) repli.open = true;
    boite.dispatchEvent(new Event("change", { bubbles: true }));
  };

  cadre.addEventListener("click", (evenement) => {
    const forme = evenement.target.closest(".ess-carte__choix");
    if (forme) basculer(forme);
  });
  cadre.addEventListener("keydown", (evenement) => {
    const forme = evenement.target.closest(".ess-carte__choix");
    if (!forme || (evenement.key !== " " && evenement.key !== "Enter")) return;
    evenement.preventDefault();
    basculer(forme);
  });
  cadre.addEventListener("focusin", (evenement) => {
    dernier = evenement.target.closest(".ess-carte__choix")?.dataset.code ?? "";
  });
  // Leaving for another part of the page; a shape taken away by the new drawing has nowhere to go.
  cadre.addEventListener("focusout", (evenement) => {
    if (evenement.relatedTarget && !cadre.contains(evenement.relatedTarget)) dernier = "";
  });
  liste.addEventListener("change", (evenement) => {
    const forme = cadre.querySelector(`[data-code="${CSS.escape(evenement.target.value)}"]`);
    if (forme) refleter(forme);
  });
  new MutationObserver(preparer).observe(cadre, { childList: true });
  preparer();
}
