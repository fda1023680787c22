"""Sessions, sign-in nonces and remembered answers."""
