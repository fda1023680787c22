"""The OpenAPI 3.1 description: true to what the node answers, and shown without asking anybody else."""

from __future__ import annotations

import json
import os
import re
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis import Case, GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    negative_data_rejection,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from mendrec.web.app import create_app
from tests.web.access_table import TABLE
from tests.web.conftest import Clinic

schemathesis.serializer.alias("application/vnd.ipld.car", "application/octet-stream")

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
EXAMPLES = int(os.environ.get("MENDREC_API_EXAMPLES", "8"))
"""Requests an endpoint and mode; more of them find more, and take longer."""
OWN_SESSION = {"DELETE /v1/sessions/current", "POST /v1/sessions/current/rotation", "DELETE /v1/sessions/{session_id}"}


@pytest.fixture(scope="module")
def schema(clinic: Clinic) -> Any:
    clinic.grant("gp", "laboratory")
    clinic.upload(b"glucose")
    return schemathesis.openapi.from_wsgi("/openapi/openapi.json", clinic.app)


@pytest.mark.parametrize("mode", [GenerationMode.POSITIVE, GenerationMode.NEGATIVE], ids=["fitting", "unfitting"])
@pytest.mark.parametrize("endpoint", TABLE)
def test_no_server_error_and_no_undocumented_answer(
    clinic: Clinic, schema: Any, endpoint: str, mode: GenerationMode
) -> None:
    method, path = endpoint.split(" ", 1)
    operation = schema[path][method]
    described = schema.raw_schema["paths"][path][method.lower()]
    if mode is GenerationMode.NEGATIVE and not {"parameters", "requestBody"} & described.keys():
        return  # nothing is sent that could be wrong

    @settings(
        max_examples=EXAMPLES,
        derandomize=True,
        database=None,
        deadline=None,
        phases=[Phase.explicit, Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy(generation_mode=mode))
    def ask(case: Case) -> None:
        if mode is GenerationMode.POSITIVE and "patient" in case.path_parameters:
            case.path_parameters["patient"] = clinic.address("patient")  # else all of them are strangers
        headers = clinic.headers("patient")
        if endpoint in OWN_SESSION:
            headers = {"Authorization": f"Bearer {clinic.sign_in('patient')}"}
        checks = [*CHECKS, negative_data_rejection] if mode is GenerationMode.NEGATIVE else CHECKS
        case.call_and_validate(headers=headers, checks=checks)

    ask()


# The page


def test_the_page_asks_nobody_but_this_node(clinic: Clinic) -> None:
    """What it loads is here; its policy lets nothing else in or out; there is no inline script for it to allow."""
    client = clinic.client()
    page = client.get("/openapi/scalar")
    assert page.status_code == 200
    loaded = re.findall(r'(?:src|href|data-url)="([^"]+)"', page.text)
    assert len(loaded) == 3
    for url in loaded:
        assert not re.match(r"(?:[a-z]+:)?//", url)
        with client.get(f"/openapi/{url}") as answer:
            assert answer.status_code == 200, url
    assert not re.search(r"<script(?![^>]*\b(?:src|data-url)=)", page.text)
    assert "<style" not in page.text
    assert " on" not in re.sub(r'"[^"]*"', "", page.text), "no event handlers"
    policy = dict(part.strip().split(" ", 1) for part in page.headers["Content-Security-Policy"].split(";"))
    assert policy["default-src"] == "'none'"
    allowed = {word for sources in policy.values() for word in sources.split()}
    assert allowed == {"'none'", "'self'", "'unsafe-inline'", "data:", "blob:"}
    assert "'unsafe-inline'" not in policy["script-src"]
    assert policy["connect-src"] == "'self'"


def test_only_the_page_has_a_policy_that_lets_scripts_run(clinic: Clinic) -> None:
    for url in ("/v1/node", "/v1/me", "/nothing", "/openapi"):
        policy = clinic.client().get(url).headers["Content-Security-Policy"]
        assert policy.startswith("default-src 'none'")
        assert url == "/openapi" or "script-src" not in policy


# The description


def test_the_description_is_openapi_3_1_with_one_error_shape(clinic: Clinic) -> None:
    document = clinic.client().get("/openapi/openapi.json").json
    assert document is not None
    assert document["openapi"].startswith("3.1")
    assert set(document["components"]["securitySchemes"]) == {"bearer", "cookie"}
    for path, item in document["paths"].items():
        for method, operation in item.items():
            assert operation["summary"], (method, path)
            for status, answer in operation["responses"].items():
                if int(status) >= 400:
                    (content,) = answer["content"].values()
                    assert content["schema"] == {"$ref": "#/components/schemas/ErrorBody"}, (method, path, status)


def test_every_endpoint_says_whether_it_takes_a_session(clinic: Clinic) -> None:
    """What is described as open is answered without a session, and nothing else is."""
    document = clinic.client().get("/openapi/openapi.json").json
    assert document is not None
    for endpoint, row in TABLE.items():
        method, path = endpoint.split(" ", 1)
        described_as_open = not document["paths"][path][method.lower()].get("security")
        assert described_as_open == (row.statuses[0] != 401), endpoint


def test_the_description_is_the_same_at_every_start(clinic: Clinic) -> None:
    """It is committed to by clients: nothing in it depends on the run."""
    first = clinic.client().get("/openapi/openapi.json").json
    again = create_app(clinic.node, custodian=None).test_client().get("/openapi/openapi.json").json
    assert json.dumps(first, sort_keys=True) == json.dumps(again, sort_keys=True)
