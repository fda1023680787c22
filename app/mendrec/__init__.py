"""Mendrec: patient-owned consent over sealed, anchored and self-mending health records."""

__version__ = "0.1.0"
