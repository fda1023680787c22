"""The ``mendrec`` command."""
