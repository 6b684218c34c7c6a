"""The house's components. `{% load ess %}`, then:

PAGE — `{% extends "base.html" %}` and its blocks: `title` (with its tag: `<title>Versements – Équipes de soins
spécialisés</title>`); `fil` (`{% fil_ariane liens %}`, liens = [{libelle, url}, …, {libelle}]); `entete`
(`{% entete_page titre surtitre="" meta=[…] complement="" %}`: the h1); `contenu`; `lateral` (filled, it is a left column);
`large` (fill it with `ess-large` for the dense pages of agents); `decision` (the sticky bar, outside the container: its
buttons name their form by `form="…"`); `scripts`.

FILTERS — `{{ jour|date_fr }}` 10 mai 2026; `{{ jour|date_fr:"exposant" }}` 1<sup>er</sup> mai 2026;
`{{ jour|jour_fr }}` mardi 10 mai 2026; `{{ instant|instant_fr:fuseau }}` 10 mai 2026 à 14 h 02; `{{ i|heure_fr }}`;
`{{ m|euros }}` 40 000 € or 40 000,50 €; `{{ m|euros:"centimes" }}` 40 000,00 €; `{{ n|nombre }}`; `{{ n|nombre:2 }}` (cut);
`{{ t|pourcent_tronque }}` 15,5 %; `{{ jour|dans:aujourdhui }}`; `{{ octets|taille }}`; `{{ n|accord:"jour,jours" }}`.
None gives an empty string. Days are `date`: a datetime in date_fr is an error.

SMALL — `{% etat "succes" "Validée" precision="le 31 mars" icone="" %}` variants succes info attente alerte erreur neutre;
`{% delai jour aujourdhui rouge=7 proche=15 precision="validation tacite le 11 mai" arrete=False fait=False tacite=True %}`
(`rouge`, `proche`: days, from the settings);
`{% pourcent 23 148 %}`; `{% document libelle url octets=84000 format="PDF" %}`; `{% enregistre instant fuseau %}`;
`{% alerte "succes" titre texte %}` variants succes info alerte erreur; `{% etapes numero total titre suivante="" %}`.

BLOCKS (they hold content) — `{% bloc titre="Messages" lien="Tous les messages" url=… niveau=2 variante="" ancre="" %}…
{% endbloc %}` variante "" or "fond"; `{% bloc_action titre="Déposez…" badge="À vous d’agir" niveau=2 %}…{% endbloc_action %}`
once per page; `{% barre_decision "Décision sur la lettre" texte="…" %}buttons{% endbarre_decision %}` in the block `decision`;
`{% tableau "Légende" dense=True pile=True cache_legende=True %}<thead>…</thead><tbody>…</tbody>{% endtableau %}`: give each
cell `data-titre="Colonne"`, numbers `class="ess-nombre"`, the row's name `<th scope="row">`; ARIA roles are added;
`{% figure "Titre" nom="calendrier" precision="" %}<div class="ess-figure__graphique">svg</div><div
class="ess-figure__donnees">table</div>{% endfigure %}`.

DATA (lists of dicts or objects; keys not given take defaults) —
`{% echeance nombre unite phrase precision="" variante="alerte" explication=None lien="" url="" faits=None %}`: the deadline box;
`{% pourquoi explication titre="Pourquoi cette date ?" ancre="" suite="" source="" %}`; `{% calcul etapes resultat=None %}`
etapes = [{libelle, detail, valeur, regle, source}]; without `resultat` the last one is the result;
`{% frise etapes %}` = [{titre, etat (fait cours venir partiel retard suspendu attente), badge, date (date or words),
precision, texte, par, documents=[{libelle, url, octets}], action={libelle, url}, explication, suite, ancre}];
`{% frise_courte etapes %}` = [{titre, etat, precision, lien_date}]; `{% fiche titre paires modifier="" niveau=3 %}` paires =
[(libelle, valeur or list), …]; `{% onglets liens libelle %}` = [{libelle, url, actif, nombre, alerte}];
`{% tableau_simple legende colonnes lignes %}` colonnes = ["Nom", {"libelle": "Montant", "nombre": True}], lignes = [[cell, …]],
first cell names the row; `{% filtres actifs effacer="" vues=None enregistrer="" %}` actifs = [{libelle, url}], vues =
[{libelle, url, actif}]; `{% pagination page %}` keeps the query string; `{% jauge numerateur denominateur libelles=None %}`
(libelles = {10: "au départ", …}); `{% controle conditions %}` = [{etat, libelle, detail, url, lien}] etat succes alerte erreur
attente neutre; `{% etapes_signature parties %}` = [{qui, etat (signe a_signer attente), texte, nom, pouvoir}];
`{% fil_messages messages %}` = [{auteur, organisation, quand, texte, soi, non_lu, pieces=[{libelle, url}]}];
`{% journal evenements %}` = [{quand, titre, detail, auteur, recent, url, lien}]; `{% dates lignes %}` = [{date, texte}];
`{% agenda lignes %}` = [{date, texte, precision, url}]; `{% chiffres lignes %}` = [{valeur, libelle, precision, url}];
`{% vide titre texte="" action="" url="" %}`; `{% menu_lateral liens titre %}` = [{libelle, url, actif}];
`{% carte_departements zones titre vue %}` zones = [{code, nom, chemin, x, y, choisi, couvert, instruit}], vue = the viewBox.

FORMS — `{{ form }}` and `{{ form.champ.as_field_group }}` are DSFR already (ess_portal.socle.rendu). `{% resume_erreurs form %}`
above the form lists its errors with links and takes the focus; `{% champ form.nom %}`; `{% formulaire form "Déposer la lettre"
action="" annuler="" complement="" %}` = summary, CSRF, fields, one button. A DateField gets the native calendar and must accept
both forms: `input_formats=FORMATS_DATE` (ess_portal.socle.rendu). Optional fields say « (facultatif) »; placeholders are dropped.

CLASSES — `ess-deux` (7/5 columns), `ess-deux-inverse` (5/7), `ess-fiches` (cards two by two), `ess-boutons` (row of buttons),
`ess-rangee ess-rangee--bords` (title and link), `ess-quand` and `ess-montant` (the one big date or amount), `ess-meta`,
`ess-mini` (second line of a cell), `ess-lecture` (44 rem of text), `ess-etroit` (one-column form), `ess-code`, `ess-nue` (plain
list), `ess-total` and `ess-ouverte` (table rows), `ess-bouton-large`, `ess-sans-impression`; `data-ess-imprimer` on a button prints.

"""

from django import template

from ess_portal.socle.balises import blocs, formulaires, listes, page, procedure, textes

register = template.Library()

for module in (blocs, formulaires, listes, page, procedure, textes):
    register.tags.update(module.register.tags)
    register.filters.update(module.register.filters)
