"""The HTTP API's words: pydantic models that the node judges requests with and the client reads answers with."""
