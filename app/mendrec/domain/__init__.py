"""Pure rules: no I/O, no clock, no randomness. Imports nothing else of the package."""
