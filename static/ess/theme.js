// Sets the theme before the first paint: the person's choice kept by the DSFR, else the system's.
(() => {
  const racine = document.documentElement;
  const choix = localStorage.getItem("scheme") || racine.dataset.frScheme;
  const sombre = choix === "dark" || (choix === "system" && matchMedia("(prefers-color-scheme: dark)").matches);
  racine.dataset.frTheme = sombre ? "dark" : "light";
})();
