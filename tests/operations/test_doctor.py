"""The doctor: a sound home is found sound; each thing that is broken is named, with what to do."""

from __future__ import annotations

import http.server
import json
import re
import shutil
import sqlite3
import stat
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from click.testing import CliRunner
from hypothesis import example, given
from hypothesis import strategies as st

from mendrec.bootstrap_doctor import Doctor
from mendrec.cli.main import cli
from mendrec.cli.output import EXIT_UNHEALTHY
from mendrec.domain.condition import Condition, Severity, worst
from mendrec.domain.model import BlockRef
from mendrec.domain.placement import PlacementRule
from mendrec.services import readiness
from mendrec.services.doctor import exposure_conditions
from tests.operations.conftest import Clinic, free_port
from tests.simulators.faulty_store import FaultyStore
from tests.simulators.memory_store import MemoryStore


class SteadyClock:
    """Stands where it is put."""

    def __init__(self, at: int) -> None:
        self.at = at

    def now(self) -> int:
        return self.at


def examine(home: Path, clinic: Clinic, *, clock_ahead_s: int = 0) -> dict[str, Condition]:
    """What was found that is not well, by what was looked at."""
    clock = SteadyClock(clinic.world.anvil.head_timestamp() + clock_ahead_s)
    found: dict[str, Condition] = {}
    for condition in Doctor(home, clock=clock).examine():
        if condition.severity is not Severity.OK:
            assert condition.remedy, condition
            found.setdefault(condition.check, condition)
    return found


def edit(home: Path, old: str, new: str, count: int = 1) -> None:
    path = home / "config.toml"
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new, count), "utf-8")


@contextmanager
def serving(answer: bytes) -> Iterator[int]:
    """A program that answers everything the same way."""

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, *_args: object) -> None:
            """Says nothing."""

    with http.server.HTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield server.server_port
        finally:
            server.shutdown()
            thread.join()


SOUND = {
    "network",  # it is a development chain
    "disk home",
    "disk ward-disk",
    "disk archive",
    "disk south-disk",  # what room this machine has is not the test's
}


def custodian(clinic: Clinic) -> str:
    return f"custodian {clinic.person('north-hospital').address}"


def test_a_sound_home_is_found_sound(home: Path, clinic: Clinic) -> None:
    with serving(b'{"status": "live"}') as port:
        edit(home, "http://127.0.0.1:0", f"http://127.0.0.1:{port}")
        assert set(examine(home, clinic)) <= SOUND


def test_its_own_custodian_need_not_run(home: Path, clinic: Clinic) -> None:
    edit(home, "[web]\n", '[web]\ncustodian_key = "north-hospital"\n')
    assert set(examine(home, clinic)) <= SOUND


Break = Callable[[Path, Clinic], None]


def chmod(relative: str, mode: int) -> Break:
    return lambda home, _clinic: (home / relative).chmod(mode)


def setting(old: str, new: str) -> Break:
    return lambda home, _clinic: edit(home, old, new)


def lose(relative: str) -> Break:
    def break_it(home: Path, _clinic: Clinic) -> None:
        path = home / relative
        shutil.rmtree(path) if path.is_dir() else path.unlink()

    return break_it


def change_row(statement: str) -> Break:
    def break_it(home: Path, _clinic: Clinic) -> None:
        connection = sqlite3.connect(home / "node.db")
        with connection:
            connection.execute(statement)
        connection.close()

    return break_it


def overwrite_deployment(home: Path, clinic: Clinic) -> None:
    path = home / "deployments" / "31337.json"
    document = json.loads(path.read_text("utf-8"))
    document["contracts"]["Records"]["address"] = clinic.person("gp").address
    path.write_text(json.dumps(document), "utf-8")


def other_custodian(home: Path, clinic: Clinic) -> None:
    edit(home, clinic.person("north-hospital").address, clinic.person("gp").address)


def stop_chain(home: Path, _clinic: Clinic) -> None:
    path = home / "config.toml"
    path.write_text(re.sub("rpc_url = .*", f'rpc_url = "http://127.0.0.1:{free_port()}"', path.read_text("utf-8")))


BAD, LOOK, OK = Severity.ERROR, Severity.WARNING, Severity.OK
BROKEN: list[tuple[str, Break, str, str, Severity]] = [
    ("settings are gone", lose("config.toml"), "settings", "mendrec init", BAD),
    ("a setting is misspelt", setting("copies =", "copy ="), "settings", "copy", BAD),
    ("a key can be read", chmod("keys/gp/wallet.json", 0o644), "permissions", "chmod 600", BAD),
    ("a key folder is open", chmod("keys/gp", 0o755), "permissions", "chmod 700", BAD),
    ("a password can be read", chmod("keys/gp/password", 0o640), "permissions", "chmod 600", BAD),
    ("the secret can be read", chmod("secret", 0o604), "permissions", "chmod 600", BAD),
    ("the database can be read", chmod("node.db", 0o644), "permissions", "chmod 600", BAD),
    ("the settings can be written", chmod("config.toml", 0o666), "permissions", "chmod go-w", BAD),
    ("the home can be written", chmod(".", 0o777), "permissions", "chmod go-w", BAD),
    ("no relayer", setting("[web]", '[relayer]\nkey = "payer"\n[web]'), "key relayer", "keys new payer", BAD),
    ("no own key", setting("[web]\n", '[web]\ncustodian_key = "nil"\n'), "key custodian", "keys new nil", BAD),
    ("an older database", change_row("UPDATE alembic_version SET version_num = '0001'"), "schema", "Back up", LOOK),
    ("a newer database", change_row("UPDATE alembic_version SET version_num = '9999'"), "schema", "newer", BAD),
    ("no database", lose("node.db"), "schema", "first start", LOOK),
    ("a database that is none", lambda home, _c: (home / "node.db").write_bytes(b"x" * 9000), "database", "disk", BAD),
    ("no chain", stop_chain, "chain", "node runs|address", BAD),
    ("another chain", setting("31337", "31338"), "chain", "right chain", BAD),
    ("no deployment", lose("deployments/31337.json"), "contracts", "mendrec deploy", BAD),
    ("another contract", overwrite_deployment, "contracts", "deployment file", BAD),
    ("too few domains", setting("copies = 2\nfailure_", "copies = 9\nfailure_"), "placement", "Add a store", BAD),
    ("a store is gone", lose("stores/ward-disk"), "store ward-disk", "[Mm]ount", LOOK),
    ("too many stores are gone", lose("stores"), "placement", "stores back", BAD),
    ("a wrong location", setting("location = 2", "location = 99"), "location archive", "location add", BAD),
    ("no location", setting("location = 2", "#"), "location archive", "location add", LOOK),
    ("no such custodian", other_custodian, "custodian 0x.*", "admitted", BAD),
    ("behind", change_row("UPDATE index_cursor SET block_number = block_number - 30"), "index", "mendrec", OK),
    ("an upload died", change_row("UPDATE uploads SET state = 'started'"), "uploads", "--key", LOOK),
    ("a backup died", lambda home, _c: (home / ".backup-x").mkdir(), "leftovers", "rm -r", LOOK),
    ("a key died", lambda home, _c: (home / "keys" / ".gp-x").mkdir(mode=0o700), "leftovers", "rm -r", LOOK),
    ("a restore died", lambda home, _c: (home.parent / ".clinic-restoring-x").mkdir(), "leftovers", "rm -r", LOOK),
    ("open to the world on a toy chain", setting("[web]\n", '[web]\nhost = "0.0.0.0"\n'), "network", "Never", BAD),
    ("no TLS", setting("[web]\n", '[web]\norigin = "http://node.example"\n'), "tls", "TLS proxy", BAD),
]  # fmt: skip


@pytest.mark.parametrize(
    ("break_it", "check", "remedy", "severity"), [row[1:] for row in BROKEN], ids=[row[0] for row in BROKEN]
)
def test_what_is_broken_is_named(
    home: Path, clinic: Clinic, break_it: Break, check: str, remedy: str, severity: Severity
) -> None:
    break_it(home, clinic)
    found = examine(home, clinic)
    named = [one for name, one in found.items() if re.fullmatch(check, name)]
    if check == "index":  # the chain of this test is short: how far behind is what matters
        named = [one for one in Doctor(home).examine() if one.check == "index"]
        assert named[0].figures["index_lag_blocks"] >= 30
        return
    assert named, found
    assert re.search(remedy, named[0].remedy)
    assert named[0].severity is severity


def test_one_fault_hides_no_other(home: Path, clinic: Clinic) -> None:
    edit(home, "31337", "31338")
    (home / "secret").chmod(0o644)
    assert {"chain", "permissions", "contracts"} <= set(examine(home, clinic))


def test_a_clock_that_is_off_is_named(home: Path, clinic: Clinic) -> None:
    assert "clock" in examine(home, clinic, clock_ahead_s=-3600)
    ahead = examine(home, clinic, clock_ahead_s=3600)["chain"]
    assert "3600 seconds old" in ahead.what
    assert "clock" in ahead.remedy


def test_a_port_that_another_program_has_is_named(home: Path, clinic: Clinic) -> None:
    with serving(b"something else") as port:
        text = (home / "config.toml").read_text("utf-8")
        (home / "config.toml").write_text(re.sub(r"(?m)^port = .*", f"port = {port}", text), "utf-8")
        assert str(port) in examine(home, clinic)["port"].remedy


def test_an_address_of_another_machine_is_told_without_a_traceback(home: Path, clinic: Clinic) -> None:
    edit(home, "[web]\n", '[web]\nhost = "192.0.2.1"\n')
    assert examine(home, clinic)["port"].severity is Severity.ERROR


def test_an_unfunded_relayer_is_named_and_is_no_error(home: Path, clinic: Clinic) -> None:
    password = home.parent / "password"
    password.write_text("a password\n")
    arguments = ["--home", str(home), "keys", "new", "payer", "--new-password-file", str(password)]
    assert CliRunner().invoke(cli, arguments, standalone_mode=False).exception is None
    edit(home, "[web]", '[relayer]\nkey = "payer"\n[web]')
    found = examine(home, clinic)
    assert "ether" in found["relayer"].remedy
    assert found["relayer"].severity is Severity.WARNING
    assert "LoadCredential=payer" in found["key relayer"].remedy


def test_the_command_ends_with_what_it_found(home: Path) -> None:
    def run(*options: str) -> tuple[int, str]:
        done = CliRunner().invoke(cli, ["--home", str(home), "doctor", *options], standalone_mode=False)
        assert done.exception is None
        return done.return_value, done.stdout

    (home / "secret").chmod(0o644)
    code, text = run("--quiet")
    assert code == EXIT_UNHEALTHY
    assert "WRONG  permissions" in text
    assert "What to do: chmod 600" in text
    code, text = run("--json")
    assert code == EXIT_UNHEALTHY
    assert json.loads(text)["verdict"] == "error"
    assert stat.S_IMODE((home / "secret").stat().st_mode) == 0o644, "the doctor changes nothing"


def test_no_finding_shows_a_secret(home: Path, clinic: Clinic) -> None:
    stop_chain(home, clinic)
    edit(home, 'rpc_url = "http://', 'rpc_url = "http://token-of-somebody@')
    edit(home, '"sqlite:///node.db"', '"postgresql://mendrec:token-of-somebody@127.0.0.1:1/x"')
    for condition in Doctor(home).examine():
        assert "token-of" not in json.dumps(condition.as_dict())


# The rules alone


def test_severity_of_the_whole_is_that_of_the_worst() -> None:
    assert worst([]) is Severity.OK
    assert worst([readiness.fine("a", "")]) is Severity.OK
    assert (
        worst([readiness.warning("a", "", ""), readiness.bad("b", "", ""), readiness.fine("c", "")]) is Severity.ERROR
    )


def severity_of(conditions: object) -> Severity:
    return worst(conditions)  # type: ignore[arg-type]


@given(st.integers(-10_000, 10_000))
@example(90)
@example(91)
@example(-90)
@example(-91)
def test_head_and_clock_are_judged_as_a_custodian_judges_them(apart_s: int) -> None:
    """Ready exactly where a custodian would release."""
    head = BlockRef(7, "00" * 32, 1_000_000)
    found = severity_of(readiness.head_conditions(head, 1_000_000 + apart_s))
    assert (found is Severity.ERROR) == (abs(apart_s) > 90)


@given(st.integers(0, 2_000), st.integers(0, 2_000))
def test_more_lag_is_never_better(one: int, more: int) -> None:
    order = list(Severity)

    def lag(blocks: int) -> int:
        head = BlockRef(blocks + 100, "", 0)
        return order.index(severity_of(readiness.index_conditions(head, BlockRef(100, "", 0), 5)))

    assert lag(one) <= lag(one + more)


def test_an_empty_index_is_behind_from_the_first_block_of_the_deployment() -> None:
    (found,) = readiness.index_conditions(BlockRef(104, "", 0), None, 5)
    assert found.figures["index_lag_blocks"] == 100


@pytest.mark.parametrize("fault", ["unreachable", "full", "read_only", "stores_rubbish"])
def test_a_store_that_fails_is_told_and_the_rest_is_judged_by_the_rule(fault: str) -> None:
    stores = [FaultyStore(MemoryStore(name, name)) for name in ("a", "b", "c")]

    def state(rule: PlacementRule) -> dict[str, Severity]:
        return {one.check: one.severity for one in readiness.store_conditions(stores, rule)}

    assert severity_of(readiness.store_conditions(stores, PlacementRule(3, 3))) is Severity.OK
    setattr(stores[1].faults, fault, True)
    assert state(PlacementRule(2, 2)) == {
        "store a": Severity.OK, "store b": Severity.WARNING, "store c": Severity.OK, "placement": Severity.OK
    }  # fmt: skip
    assert state(PlacementRule(3, 2))["placement"] is Severity.ERROR


GIB = 1024**3


@pytest.mark.parametrize(
    ("free", "total", "severity"),
    [
        (100 * GIB, 200 * GIB, Severity.OK),
        (90 * GIB, 1000 * GIB, Severity.OK),
        (15 * GIB, 200 * GIB, Severity.WARNING),
        (3 * GIB, 10 * GIB, Severity.WARNING),
        (GIB, 200 * GIB, Severity.ERROR),
        (GIB // 10, GIB, Severity.ERROR),
        (0, 0, Severity.ERROR),
    ],
)
def test_room_is_judged_by_share_and_size(free: int, total: int, severity: Severity) -> None:
    assert severity_of(readiness.disk_conditions("home", free, total)) is severity


def test_a_lapsed_lease_is_an_error_and_a_held_one_is_not() -> None:
    assert severity_of(readiness.worker_conditions(None, 100)) is Severity.WARNING
    assert severity_of(readiness.worker_conditions(99, 100)) is Severity.ERROR
    assert severity_of(readiness.worker_conditions(101, 100)) is Severity.OK


def test_a_look_that_fails_is_a_condition_and_hides_its_words() -> None:
    def fails() -> list[Condition]:
        raise RuntimeError("a token in a message")

    found = list(readiness.look_at([("one", fails), ("two", lambda: [readiness.fine("two", "")])]))
    assert [one.check for one in found] == ["one", "two"]
    assert "token" not in found[0].what + found[0].remedy


def test_answers_are_kept_for_a_while() -> None:
    asked: list[int] = []
    at = [0.0]

    def look() -> list[Condition]:
        asked.append(1)
        return [readiness.fine("one", "")]

    state = readiness.Readiness([("one", look)], now=lambda: 0, monotonic=lambda: at[0], keep_for_s=5)
    state.state(), state.state()
    assert len(asked) == 1
    at[0] = 5.0
    assert state.state().is_ready
    assert len(asked) == 2


@pytest.mark.parametrize(
    ("chain_id", "host", "origin", "checks"),
    [
        (31337, "127.0.0.1", "http://127.0.0.1:1", {"network": Severity.WARNING}),
        (31337, "127.0.0.1", "https://a.example", {"network": Severity.ERROR}),
        (5, "::1", "http://[::1]:1", {"network": Severity.OK}),
        (5, "0.0.0.0", "https://a.example", {"network": Severity.OK}),
        (5, "0.0.0.0", "http://127.0.0.1", {"network": Severity.OK, "tls": Severity.ERROR}),
    ],
)
def test_exposure(chain_id: int, host: str, origin: str, checks: dict[str, Severity]) -> None:
    assert {one.check: one.severity for one in exposure_conditions(chain_id, host, origin)} == checks
