// Search as you type in the directory: a combobox over a search form that works without it.
const formulaire = document.querySelector("form[data-ess-annuaire]");
if (formulaire) {
  const champ = formulaire.querySelector("input[type=search]");
  const etat = formulaire.querySelector("[data-ess-annuaire-etat]");
  const liste = document.createElement("ul");
  Object.assign(liste, { id: `${champ.id}-liste`, className: "ess-combo__liste", hidden: true });
  liste.setAttribute("role", "listbox");
  liste.setAttribute("aria-label", "Professionnels trouvés");
  champ.after(liste);
  champ.setAttribute("role", "combobox");
  champ.setAttribute("aria-autocomplete", "list");
  champ.setAttribute("aria-controls", liste.id);
  champ.setAttribute("aria-expanded", "false");
  const minimum = 3;
  let attente, demande, active = -1;

  const fermer = () => {
    liste.hidden = true;
    active = -1;
    champ.setAttribute("aria-expanded", "false");
    champ.removeAttribute("aria-activedescendant");
  };

  const activer = (rang) => {
    const options = liste.children;
    if (!options.length) return;
    if (active >= 0) options[active].setAttribute("aria-selected", "false");
    active = (rang + options.length) % options.length;
    options[active].setAttribute("aria-selected", "true");
    options[active].scrollIntoView({ block: "nearest" });
    champ.setAttribute("aria-activedescendant", options[active].id);
  };

  // The page of the choice is asked for as a link would; only the form is replaced, so that nothing else moves.
  const choisir = async (option) => {
    const adresse = `?rpps=${option.dataset.rpps}`;
    champ.value = option.dataset.nom;
    fermer();
    await htmx.ajax("GET", location.pathname + adresse, { target: "#saisie", select: "#saisie", swap: "outerHTML" });
    history.replaceState(null, "", adresse);
    document.getElementById("choisie")?.focus();
  };

  const option = (fiche, rang) => {
    const li = document.createElement("li");
    li.id = `${liste.id}-${rang}`;
    li.className = "ess-combo__option";
    li.setAttribute("role", "option");
    li.setAttribute("aria-selected", "false");
    li.dataset.rpps = fiche.rpps;
    li.dataset.nom = fiche.nom_complet;
    const precision = document.createElement("span");
    precision.className = "ess-mini";
    precision.textContent = fiche.precision;
    li.append(fiche.nom_complet, precision);
    return li;
  };

  const chercher = async () => {
    const texte = champ.value.trim();
    demande?.abort();
    if (texte.length < minimum) {
      etat.textContent = "";
      return fermer();
    }
    demande = new AbortController();
    try {
      const adresse = `${formulaire.dataset.essAnnuaire}?q=${encodeURIComponent(texte)}`;
      const reponse = await fetch(adresse, { headers: { Accept: "application/json" }, signal: demande.signal });
      const donnees = await reponse.json();
      const fiches = donnees.resultats ?? [];
      liste.replaceChildren(...fiches.map(option));
      fermer();
      liste.hidden = !fiches.length;
      champ.setAttribute("aria-expanded", String(fiches.length > 0));
      etat.textContent = donnees.erreur ?? (fiches.length ? `${fiches.length} réponse${fiches.length > 1 ? "s" : ""}, flèche bas pour les parcourir.` : "Aucun professionnel trouvé.");
      etat.classList.toggle("fr-sr-only", fiches.length > 0);
    } catch (echec) {
      if (echec.name !== "AbortError") fermer();
    }
  };

  champ.addEventListener("input", () => {
    clearTimeout(attente);
    attente = setTimeout(chercher, 250);
  });
  champ.addEventListener("keydown", (touche) => {
    if (touche.key === "Escape" && !liste.hidden) {
      touche.preventDefault();
      fermer();
    } else if (touche.key === "ArrowDown" || touche.key === "ArrowUp") {
      touche.preventDefault();
      if (liste.hidden && liste.children.length) {
        liste.hidden = false;
        champ.setAttribute("aria-expanded", "true");
      }
      activer(touche.key === "ArrowDown" ? active + 1 : Math.max(active, 0) - 1);
    } else if (touche.key === "Enter" && active >= 0) {
      touche.preventDefault();
      choisir(liste.children[active]);
    }
  });
  // Before the field loses the focus.
  liste.addEventListener("mousedown", (clic) => {
    const choisie = clic.target.closest("[role=option]");
    if (choisie) {
      clic.preventDefault();
      choisir(choisie);
    }
  });
  champ.addEventListener("blur", fermer);
}
