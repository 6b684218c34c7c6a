"""Lists and dashboards as files: what may be exported (`registre`), asked for and made (`service`), kept a week (`fichiers`)."""
