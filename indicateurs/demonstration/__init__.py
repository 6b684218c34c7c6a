"""The sandbox's dossiers, lived through the real services at their own past instants, and the machinery that lives them."""
