// Sets the theme before the first paint: the person's choice kept by the DSFR, else the system's.
(() => {
  const racine = document.documentElement;
  let choix = racine.dataset.frScheme;
  try {
    choix = localStorage.getItem("scheme") || choix;
  } catch {
    // Storage refused by the browser: the system's theme will do.
  }
  const sombre = choix === "dark" || (choix === "system" && matchMedia("(prefers-color-scheme: dark)").matches);
  racine.dataset.frTheme = sombre ? "dark" : "light";
})();
