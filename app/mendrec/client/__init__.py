"""A typed client of a node: sealing, opening and signing stay on this side."""
