"""Leases of the workers, and acts that people signed and the node pays for."""
