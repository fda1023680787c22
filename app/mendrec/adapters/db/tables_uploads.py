"""Uploads that arrive over HTTP, object by object."""
