"""The dossier page and the home page, assembled from every app below."""
