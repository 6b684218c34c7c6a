// The range beside the date: the same form, the same address. Without this file the date alone is there.
const temps = document.getElementById("t-temps");
if (temps) {
  const jour = document.getElementById("t-jour");
  const lu = temps.parentElement.querySelector("output");
  const [annee, mois, quantieme] = temps.dataset.premier.split("-").map(Number);
  const format = new Intl.DateTimeFormat("fr-FR", { dateStyle: "long", timeZone: "UTC" });
  temps.parentElement.hidden = false;
  temps.addEventListener("input", () => {
    const date = new Date(Date.UTC(annee, mois - 1, quantieme + Number(temps.value)));
    jour.value = date.toISOString().slice(0, 10);
    lu.textContent = format.format(date);
    temps.setAttribute("aria-valuetext", lu.textContent);
  });
  // A key held down moves by steps: the page is asked for when it rests.
  let attente = 0;
  temps.addEventListener("change", () => {
    clearTimeout(attente);
    attente = setTimeout(() => temps.form.requestSubmit(), 600);
  });
}
