"""Acts on many dossiers at once: what each would give (`gestes`), asked for and done row by row (`service`)."""
