// Conveniences only: every page works without this file.
const resume = document.getElementById("resume-erreurs");
if (resume) resume.focus();

// The organisation switch submits itself; its button stays for those without script.
for (const formulaire of document.querySelectorAll("form[data-ess-auto]")) {
  formulaire.querySelector("button").hidden = true;
  formulaire.addEventListener("change", () => formulaire.requestSubmit());
}

document.addEventListener("click", (evenement) => {
  if (evenement.target.closest("[data-ess-imprimer]")) window.print();
});

// The groups of the menu are folds of the browser: what is added is to close them by Escape, or when one goes elsewhere.
const replier = (evenement) => {
  const ouvert = document.querySelector(".ess-groupe-menu[open]");
  if (!ouvert || (evenement.type !== "keydown" && ouvert.contains(evenement.target))) return;
  if (evenement.type === "keydown") {
    if (evenement.key !== "Escape") return;
    evenement.stopPropagation();
    ouvert.querySelector("summary").focus();
  }
  ouvert.open = false;
};
for (const type of ["click", "focusin", "keydown"]) document.addEventListener(type, replier, type === "keydown");

// A link to a folded explanation opens it.
const deplier = () => {
  const cible = location.hash.length > 1 && document.getElementById(decodeURIComponent(location.hash.slice(1)));
  if (!cible) return;
  const details = cible.closest("details") ?? cible.querySelector(":scope > details");
  if (details) details.open = true;
};
addEventListener("hashchange", deplier);
deplier();

// A strip of tabs that scrolls on a phone shows where one is.
for (const ici of document.querySelectorAll(".ess-onglets [aria-current], .ess-menu [aria-current]")) {
  const bande = ici.closest("ul");
  bande.scrollLeft = ici.getBoundingClientRect().left - bande.getBoundingClientRect().left - (bande.clientWidth - ici.offsetWidth) / 2;
}

// A form is sent once: a second click on a slow line would only earn a 409.
document.addEventListener("submit", (evenement) => {
  const formulaire = evenement.target;
  if (formulaire.dataset.envoye) evenement.preventDefault();
  else if (formulaire.method === "post" && !formulaire.matches("[hx-post]")) formulaire.dataset.envoye = "1";
});
addEventListener("pageshow", () => {
  for (const formulaire of document.querySelectorAll("form[data-envoye]")) delete formulaire.dataset.envoye;
});
