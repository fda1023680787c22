"""The interactive page of the API, at ``/openapi/scalar``: script, pictures and description all come from this node.

The library's own page holds an inline script, which the page's content security policy forbids; this one has none.
"""

from __future__ import annotations

import html
import json

from flask_openapi3 import OpenAPI

_SETTINGS = {
    # What would otherwise be fetched from, or sent to, elsewhere.
    "withDefaultFonts": False,
    "telemetry": False,
    "showDeveloperTools": "never",
    "hideClientButton": True,
    "agent": {"disabled": True},
    "mcp": {"disabled": True},
}
_PAGE = """<!doctype html>
<html lang="en">
<head>
<title>Mendrec node: API</title>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="icon" href="scalar/images/scalar.svg">
</head>
<body>
<script id="api-reference" data-url="openapi.json" data-configuration="{settings}"></script>
<script src="scalar/js/scalar.standalone.js"></script>
</body>
</html>
"""
_INDEX = """<!doctype html>
<html lang="en">
<head><title>Mendrec node: API</title><meta charset="utf-8"></head>
<body><p><a href="scalar">The API's interactive page</a> and
<a href="openapi.json">its OpenAPI 3.1 description</a>.</p></body>
</html>
"""


def set_up_page(app: OpenAPI) -> None:
    """Puts this page in the place of the library's own."""
    app.config["SCALAR_HTML_STRING"] = _PAGE.format(settings=html.escape(json.dumps(_SETTINGS)))
    app.config["OPENAPI_HTML_STRING"] = _INDEX
