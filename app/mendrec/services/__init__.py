"""Use cases. They import the domain, the ports and the crypto; never an adapter."""
