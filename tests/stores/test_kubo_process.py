"""The private daemon: stays on loopback, keeps its data and its address, and is found when it is orphaned."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import ipfshttpclient
import pytest

from mendrec.adapters.stores.kubo_process import BINARY_VARIABLE, PrivateKubo, find_kubo
from mendrec.domain.storage_errors import StoreFault, ToolMissing
from tests.simulators.kubo import kubo_binary, running_kubo


def script(path: Path, body: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\n{body}\n", encoding="ascii")
    path.chmod(0o755)
    return path


def test_the_variable_comes_first_then_what_make_tools_built_then_the_path(tmp_path: Path) -> None:
    named = script(tmp_path / "named", "true")
    built = script(tmp_path / "tools" / "bin" / "ipfs", "true")
    on_path = script(tmp_path / "path" / "ipfs", "echo 0.43.0")
    environment = {BINARY_VARIABLE: str(named), "PATH": str(on_path.parent)}
    assert find_kubo(tmp_path / "tools", environment) == named
    del environment[BINARY_VARIABLE]
    assert find_kubo(tmp_path / "tools", environment) == built
    assert find_kubo(tmp_path / "no-tools", environment) == on_path


@pytest.mark.parametrize("said", ["echo 0.42.1", "echo nonsense", "exit 1"])
def test_an_older_or_broken_ipfs_on_the_path_is_refused(tmp_path: Path, said: str) -> None:
    script(tmp_path / "ipfs", said)
    with pytest.raises(ToolMissing, match="on the PATH"):
        find_kubo(tmp_path / "no-tools", {"PATH": str(tmp_path)})


def test_a_missing_binary_is_named_with_how_to_get_it(tmp_path: Path) -> None:
    for environment in ({"PATH": str(tmp_path)}, {BINARY_VARIABLE: str(tmp_path / "gone"), "PATH": str(tmp_path)}):
        with pytest.raises(ToolMissing) as raised:
            find_kubo(tmp_path, environment)
        assert "make tools" in raised.value.remedy


def test_a_daemon_that_ends_at_once_tells_its_last_words(tmp_path: Path) -> None:
    folder = tmp_path / "repo"
    folder.mkdir()
    (folder / "config").write_text(
        json.dumps({"Addresses": {"API": "/ip4/127.0.0.1/tcp/0"}, "Datastore": {"Spec": {}}, "Import": {}})
    )
    binary = script(tmp_path / "ipfs", "echo Error: the disk is on fire; exit 1")
    with pytest.raises(StoreFault, match="the disk is on fire"):
        PrivateKubo(binary, folder).start()
    assert not (folder / "daemon.pid").exists()


def test_a_binary_that_cannot_run_is_named_as_such(tmp_path: Path) -> None:
    with pytest.raises(ToolMissing):
        PrivateKubo(tmp_path / "nothing", tmp_path / "repo").start()


@pytest.mark.kubo
def test_every_listener_is_on_loopback(tmp_path: Path) -> None:
    with running_kubo(tmp_path / "repo") as daemon:
        addresses = listening(daemon.pid or 0)
    assert len(addresses) == 2
    assert all(address.startswith("0100007F:") for address in addresses)


@pytest.mark.kubo
def test_nothing_is_set_up_that_would_reach_out(tmp_path: Path) -> None:
    with running_kubo(tmp_path / "repo") as daemon, ipfshttpclient.Client(daemon.api_multiaddr) as client:
        config = client.config.get()
        assert client.swarm.peers()["Peers"] is None
    assert config["Routing"]["Type"] == "none"
    assert config["Bootstrap"] == []
    assert config["Addresses"]["Gateway"] == []
    assert config["Plugins"]["Plugins"]["telemetry"]["Disabled"] is True
    assert config["AutoConf"]["Enabled"] is config["AutoTLS"]["Enabled"] is False
    assert config["Discovery"]["MDNS"]["Enabled"] is False


@pytest.mark.kubo
def test_keys_and_settings_are_for_the_owner_only(tmp_path: Path) -> None:
    with running_kubo(tmp_path / "repo") as daemon:
        for name in ("swarm.key", "config"):
            assert (daemon.folder / name).stat().st_mode & 0o077 == 0


@pytest.mark.kubo
def test_the_address_stays_over_a_restart_and_starting_twice_is_starting_once(tmp_path: Path) -> None:
    with running_kubo(tmp_path / "repo") as daemon:
        address, pid = daemon.api_multiaddr, daemon.pid
        daemon.start()
        assert daemon.pid == pid
        daemon.stop()
        daemon.stop()
        assert daemon.pid is None
        daemon.start()
        assert daemon.api_multiaddr == address


@pytest.mark.kubo
def test_a_daemon_whose_owner_was_killed_is_ended_by_the_next_owner(tmp_path: Path) -> None:
    folder = tmp_path / "repo"
    owner = (
        "import os, sys; from pathlib import Path; from mendrec.adapters.stores.kubo_process import PrivateKubo\n"
        "daemon = PrivateKubo(Path(sys.argv[1]), Path(sys.argv[2])); daemon.start(); print(daemon.pid, flush=True)\n"
        "os.kill(os.getpid(), 9)"
    )
    app = str(Path(__file__).resolve().parents[2] / "app")
    ended = subprocess.run(
        [sys.executable, "-c", owner, str(kubo_binary()), str(folder)],
        env=os.environ | {"PYTHONPATH": app},
        capture_output=True,
        text=True,
        check=False,
    )
    orphan = int(ended.stdout)
    assert f"--repo-dir={folder}" in Path(f"/proc/{orphan}/cmdline").read_text()
    with running_kubo(folder) as daemon:
        assert daemon.pid != orphan
        assert f"--repo-dir={folder}" not in command_line(orphan)


@pytest.mark.kubo
def test_another_program_with_the_orphans_number_is_left_alone(tmp_path: Path) -> None:
    folder = tmp_path / "repo"
    with running_kubo(folder), subprocess.Popen(["cat"], stdin=subprocess.PIPE) as bystander:
        pass_on = folder / "daemon.pid"
        pass_on.write_text(str(bystander.pid), encoding="ascii")
        PrivateKubo(kubo_binary(), folder)._stop_orphan()
        assert bystander.poll() is None
        assert not pass_on.exists()


def listening(pid: int) -> list[str]:
    """Local addresses (hex, as the kernel writes them) of the TCP sockets on which a process listens."""
    inodes = {
        link.readlink().name.removeprefix("socket:[").rstrip("]")
        for link in Path(f"/proc/{pid}/fd").iterdir()
        if str(link.readlink()).startswith("socket:")
    }
    rows = [
        line.split()
        for name in ("tcp", "tcp6")
        for line in Path(f"/proc/{pid}/net/{name}").read_text().splitlines()[1:]
    ]
    return [row[1] for row in rows if row[3] == "0A" and row[9] in inodes]


def command_line(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/cmdline").read_text()
    except FileNotFoundError:
        return ""
