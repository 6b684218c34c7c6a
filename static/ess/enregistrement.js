// Saves a step while it is being written: the same form, the same address. Without this file the button saves it.
for (const formulaire of document.querySelectorAll("form[data-ess-enregistrer]")) {
  const temoin = document.getElementById(formulaire.dataset.essEnregistrer);
  let attente = 0;
  let enCours = null; // one save at a time: an older one must never land after a newer one
  let encore = false;

  const dire = (texte) => {
    temoin.textContent = texte;
  };

  const envoyer = async () => {
    const donnees = new FormData(formulaire);
    for (const champ of formulaire.querySelectorAll("input[type=file]")) donnees.delete(champ.name);
    try {
      const reponse = await fetch(formulaire.action, {
        method: "POST",
        body: donnees,
        headers: { "X-Enregistrement": "1" },
        redirect: "error",
      });
      const texte = new DOMParser().parseFromString(await reponse.text(), "text/html");
      const note = texte.querySelector("[data-ess-note]");
      for (const fragment of texte.querySelectorAll("[data-ess-fragment]")) {
        document.getElementById(fragment.id)?.replaceChildren(...fragment.childNodes);
      }
      dire(note ? note.textContent : "Non enregistré : rechargez la page avant de continuer.");
    } catch {
      dire("Non enregistré : la connexion est coupée.");
    }
  };

  const enregistrer = () => {
    clearTimeout(attente);
    if (formulaire.dataset.envoye) return;
    if (enCours) {
      encore = true;
      return;
    }
    enCours = envoyer().then(() => {
      enCours = null;
      if (encore) {
        encore = false;
        enregistrer();
      }
    });
  };

  // The button waits for the save in flight, which carries less than it does.
  formulaire.addEventListener("submit", (evenement) => {
    clearTimeout(attente);
    encore = false;
    if (!enCours) return;
    evenement.preventDefault();
    evenement.stopPropagation();
    enCours.then(() => formulaire.requestSubmit(evenement.submitter));
  });
  formulaire.addEventListener("change", (evenement) => {
    if (evenement.target.type !== "file") enregistrer();
  });
  formulaire.addEventListener("input", () => {
    clearTimeout(attente);
    attente = setTimeout(enregistrer, 3000);
  });
}
