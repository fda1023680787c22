"""The Flask node."""
