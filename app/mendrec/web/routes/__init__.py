"""One module an area of the HTTP API, each with ``blueprint() -> APIBlueprint``."""
