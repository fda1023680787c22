"""What the log, metrics and health tell, and what they never tell: nothing from outside breaks or fills them."""

from __future__ import annotations

import io
import json
import logging
from collections.abc import Iterator
from typing import Any

import pytest
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from structlog.testing import capture_logs

from mendrec.adapters import logs
from mendrec.adapters.logs import configure_logs
from mendrec.bootstrap import open_node
from mendrec.config import load_config
from mendrec.domain.condition import bad, fine
from mendrec.domain.errors import RefusedError
from mendrec.domain.release import ReleaseRequest
from mendrec.domain.release_answer import ReleaseAnswer, refused, released
from mendrec.web import observing
from mendrec.web.app import create_app
from mendrec.web.limiting import TokenBuckets
from mendrec.web.metering import MeteredCustodian, Meters
from mendrec.web.observing import observe, open_operations
from mendrec.web.serving import NodeLog, _words
from tests.operations.conftest import Clinic

TOKEN = "token-of-somebody"
HOSTILE = 'x\r\n{"level": "critical"}\r\n\x1b[2J\u2028\x00\u202e'


@pytest.fixture
def stream() -> Iterator[io.StringIO]:
    """The log of this process, and afterwards the one that the tests' own runner had."""
    root = logging.getLogger()
    before, level = list(root.handlers), root.level
    levels = {name: logging.getLogger(name).level for name in logs._QUIET}
    found = io.StringIO()
    configure_logs("debug", found)
    yield found
    root.handlers[:] = before
    root.setLevel(level)
    for name, one in levels.items():
        logging.getLogger(name).setLevel(one)


def lines(stream: io.StringIO) -> list[dict[str, Any]]:
    text = stream.getvalue()
    assert all(" " <= character <= "~" or character == "\n" for character in text), "printable ASCII and line ends only"
    return [json.loads(line) for line in text.split("\n") if line]


@pytest.fixture(scope="module")
def client(clinic: Clinic) -> FlaskClient:
    """The node's door, watched."""
    config = load_config(clinic.home)
    node = open_node(config)
    app = create_app(node, custodian=None, buckets=TokenBuckets(1_000_000))
    observe(app, open_operations(config))
    return app.test_client()


def test_every_log_line_is_json_whoever_wrote_it(stream: io.StringIO) -> None:
    logging.getLogger("some.library").warning("a %s b", HOSTILE)
    logs.logger("mendrec.test").info("named", value=HOSTILE, long="y" * 10_000)
    first, second = lines(stream)
    assert first["level"] == "warning"
    assert first["logger"] == "some.library"
    assert second["event"] == "named"
    assert len(second["long"]) < 600


def test_the_text_of_an_exception_stays_out(stream: io.StringIO) -> None:
    try:
        int(f"https://node.example/{TOKEN}")
    except ValueError:
        logging.getLogger("some.library").exception("failed")
        logs.logger("mendrec.test").exception("failed too")
    for line in lines(stream):
        assert line["error"] == "ValueError"
        assert any("test_logs_and_metrics.py" in frame for frame in line["where"])
    assert TOKEN not in stream.getvalue()


def test_libraries_that_log_addresses_are_quiet(stream: io.StringIO) -> None:
    for name in ("urllib3.connectionpool", "web3.providers", "werkzeug", "sqlalchemy.engine"):
        logging.getLogger(name).warning("GET /?%s", TOKEN)
    assert stream.getvalue() == ""


def test_a_server_message_is_told_without_its_values(stream: io.StringIO) -> None:
    log = NodeLog.__new__(NodeLog)
    log._lines = logs.logger("mendrec.server")
    log.warning(f"Invalid request from ip=1.2.3.4: {TOKEN}")
    log.exception("Error handling request %s", f"/?{TOKEN}")
    log.debug("Closing %s", HOSTILE)
    assert TOKEN not in stream.getvalue()
    assert [line["event"] for line in lines(stream)] == [
        "Invalid request from ip", "Error handling request …", "Closing …"
    ]  # fmt: skip
    assert _words("a=b: c") == "a"


@pytest.mark.parametrize(
    ("method", "path", "headers", "status"),
    [
        ("GET", f"/v1/node?{TOKEN}=1", {}, 200),
        ("GET", f"/nothing/{TOKEN}", {}, 404),
        ("GET", f"/v1/people/{TOKEN}", {"Authorization": f"Bearer {TOKEN}"}, 401),
        ("GET", "/v1/me", {"Cookie": f"mendrec-session={TOKEN}", "X-Request-Id": TOKEN, "User-Agent": TOKEN}, 401),
        ("POST", "/v1/sessions", {"Content-Type": "application/json"}, 400),
        ("BREW", f"/{TOKEN}", {}, 405),
        ("GET", "/v1/node%0d%0a%1b[2J%00", {}, 404),
    ],
)
def test_a_request_is_one_line_without_anything_that_was_sent(
    client: FlaskClient, stream: io.StringIO, method: str, path: str, headers: dict[str, str], status: int
) -> None:
    answer = client.open(path, method=method, headers=headers, data=TOKEN if method == "POST" else None)
    assert answer.status_code in {status, 404 if method == "BREW" else status}
    told = [line for line in lines(stream) if line["event"] == "request"]
    assert len(told) == 1
    (line,) = told
    assert set(line) == {
        "at",
        "code",
        "duration_ms",
        "event",
        "level",
        "logger",
        "method",
        "request_id",
        "route",
        "status",
    }
    assert line["status"] == answer.status_code
    assert line["request_id"] == answer.headers["X-Request-Id"]
    assert line["duration_ms"] >= 0
    if status >= 400:
        assert line["code"] == answer.get_json()["code"]
    assert TOKEN not in stream.getvalue()


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(max_size=40), st.text(st.characters(codec="latin-1"), max_size=40))
def test_whatever_is_asked_for_is_one_sound_line(
    client: FlaskClient, stream: io.StringIO, path: str, header: str
) -> None:
    stream.seek(0)
    stream.truncate()
    header = header.replace("\r", "").replace("\n", "")  # WSGI servers let none through
    asked = {"PATH_INFO": "/" + path.encode("utf-8").decode("latin-1")}  # as PEP 3333 has it, whatever it holds
    client.get("/", query_string={"q": path}, headers={"X-Anything": header}, environ_overrides=asked)
    assert sum(line["event"] == "request" for line in lines(stream)) == 1


# Metrics


def test_metrics_are_for_the_networks_that_may_see_them(client: FlaskClient) -> None:
    assert client.get("/metrics").status_code == 200
    for address in ("192.0.2.1", "10.0.0.1", "", "::2", "2001:db8::1"):
        answer = client.get("/metrics", environ_overrides={"REMOTE_ADDR": address})
        assert answer.status_code == 404
        assert b"mendrec_" not in answer.data
    for address in ("127.9.9.9", "::1", "::ffff:127.0.0.1"):
        assert client.get("/metrics", environ_overrides={"REMOTE_ADDR": address}).status_code == 200


@pytest.mark.parametrize("header", ["X-Forwarded-For", "Forwarded", "X-Real-IP", "Via"])
def test_a_request_through_an_undeclared_proxy_is_never_local(client: FlaskClient, header: str) -> None:
    assert client.get("/metrics", headers={header: "127.0.0.1"}).status_code == 404
    assert set(client.get("/health/ready", headers={header: "127.0.0.1"}).get_json()) == {"status"}


def test_routes_are_counted_by_template_and_strangers_make_no_series(client: FlaskClient) -> None:
    for number in range(5):
        client.get(f"/v1/people/{number:040x}")
        client.get(f"/nothing/{number}")
        client.open("/", method=f"BREW{number}")
    text = client.get("/metrics").get_data(as_text=True)
    assert 'route="/v1/people/<address>"' in text
    assert 'route="none"' in text
    assert "BREW" not in text
    assert "/nothing" not in text
    assert "0000000000" not in text
    counted = "http_requests_total http_request_seconds_bucket errors_total condition ready outbox_acts"
    measured = "head_age_s index_lag_blocks outbox_depth outbox_oldest_age_s disk_free_bytes"
    for name in (*counted.split(), *measured.split()):
        assert f"\nmendrec_{name}" in text, name


def test_what_a_custodian_decides_is_counted_by_outcome() -> None:
    class Deciding:
        address = "0x"
        answer: ReleaseAnswer | RefusedError

        def release(self, _request: ReleaseRequest, _signature: bytes) -> ReleaseAnswer:
            if isinstance(self.answer, RefusedError):
                raise self.answer
            return self.answer

    inner, meters = Deciding(), Meters()
    metered = MeteredCustodian(inner, meters)  # type: ignore[arg-type]
    reason = RefusedError("no")
    outcomes = (released(1, "", {}), released(2, "", {}), refused(3, "", reason))
    inner.answer = ReleaseAnswer("0x", 1, outcomes)  # type: ignore[arg-type]
    assert metered.release(None, b"") is inner.answer  # type: ignore[arg-type]
    inner.answer = reason
    with pytest.raises(RefusedError):
        metered.release(None, b"")  # type: ignore[arg-type]
    text = meters.exposition(lambda: iter(())).decode()
    assert 'mendrec_releases_total{outcome="released"} 2.0' in text
    assert 'mendrec_releases_total{outcome="refused"} 2.0' in text


# Health


def test_live_looks_at_nothing(client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    def never() -> None:
        raise AssertionError("asked")

    monkeypatch.setattr(observing.Operations, "readiness", property(lambda _self: never()), raising=False)
    assert client.get("/health/live").get_json()["status"] == "live"


def test_ready_tells_details_to_whoever_may_see_them_only(client: FlaskClient, clinic: Clinic) -> None:
    inside = client.get("/health/ready")
    outside = client.get("/health/ready", environ_overrides={"REMOTE_ADDR": "192.0.2.1"})
    assert outside.status_code == inside.status_code
    assert set(outside.get_json()) == {"status"}
    conditions = inside.get_json()["conditions"]
    assert all({"check", "severity", "what", "remedy", "figures"} == set(one) for one in conditions)
    text = inside.get_data(as_text=True)
    assert not any(person.address in text for person in clinic.world.people.values())
    assert str(clinic.home) not in text


@pytest.mark.parametrize(("conditions", "status"), [([fine("a", "")], 200), ([fine("a", ""), bad("b", "x", "y")], 503)])
def test_not_ready_is_503_with_the_remedy(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch, conditions: list[object], status: int
) -> None:
    readiness = client.application.extensions[observing.EXTENSION].readiness
    monkeypatch.setattr(readiness, "looks", [("all", lambda: conditions)])
    monkeypatch.setattr(readiness, "_last", None)
    answer = client.get("/health/ready")
    assert answer.status_code == status
    assert answer.get_json()["status"] == ("ready" if status == 200 else "not ready")
    monkeypatch.setattr(readiness, "_last", None)


def test_health_needs_no_session_and_spends_no_allowance(clinic: Clinic) -> None:
    config = load_config(clinic.home)
    app = create_app(open_node(config), custodian=None, buckets=TokenBuckets(1))
    client = app.test_client()
    assert {client.get(path).status_code for path in ["/health/live", "/health/ready", "/metrics"] * 5} <= {200, 503}
    with capture_logs():
        assert client.get("/v1/node").status_code == 200
        assert client.get("/v1/node").status_code == 429
