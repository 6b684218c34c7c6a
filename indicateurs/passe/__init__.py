"""A dossier as it stood at a past instant."""
