"""The development chain: what it keeps over a restart, and that its time can be told exactly."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from mendrec.adapters.chain.anvil import Anvil, AnvilOptions
from mendrec.adapters.chain.anvil_process import AnvilFailed, find_anvil
from mendrec.adapters.chain.client import ChainClient
from mendrec.adapters.chain.deployer import open_ledger
from mendrec.adapters.chain.errors import AnvilNotFound, ChainUnavailable
from mendrec.adapters.db.outbox_rows import SqlOutboxRepository
from mendrec.ports import ContractCall
from mendrec.services.outbox import Outbox
from tests.simulators.chain_people import recipient_hex
from tests.simulators.chain_world import database, deploy_world, no_sleep, wallet_of

pytestmark = pytest.mark.chain


@pytest.fixture
def chain(anvil: Anvil, tmp_path: Path) -> Iterator[Anvil]:
    """A chain of the test's own (the shared one tells whether anvil is there at all)."""
    own = Anvil(AnvilOptions(tmp_path / "chain", block_time_s=None))
    own.start()
    yield own
    own.kill()


def wait_until(happened: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 60
    while not happened():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def test_contracts_events_receipts_and_time_survive_a_clean_restart(chain: Anvil, tmp_path: Path) -> None:
    deployment = deploy_world(chain, tmp_path)
    client = ChainClient.connect(chain.rpc_url, expected_chain_id=31337)
    reader, writer = open_ledger(client, deployment)
    engine = database(tmp_path)
    outbox = Outbox(writer, SqlOutboxRepository(engine), sleep=no_sleep)
    call = ContractCall("Directory", "enrol", (recipient_hex("patient"),))
    receipt = outbox.submit(call, wallet_of("patient"), "enrol")
    engine.dispose()
    chain.increase_time(86_400)  # a day ahead of the machine's clock
    head = reader.head_block()
    events = list(reader.events(0, head.number))

    chain.stop()
    chain.start()

    client = ChainClient.connect(chain.rpc_url, expected_chain_id=31337)
    reader, writer = open_ledger(client, deployment)
    assert reader.head_block() == head
    assert list(reader.events(0, head.number)) == events
    assert writer.receipt(receipt.hash_hex) == receipt
    chain.mine()
    assert reader.head_block().timestamp > head.timestamp


def test_a_kill_leaves_the_last_checkpoint(chain: Anvil) -> None:
    address = wallet_of("patient").address
    chain.fund(address, 5)
    chain.checkpoint()
    before = chain.state_path.read_bytes()
    chain.fund(address, 9)
    chain.kill()
    assert chain.state_path.read_bytes() == before
    chain.start()
    assert int(chain.rpc("eth_getBalance", address, "latest"), 16) == 5 * 10**18


def test_a_checkpoint_that_is_cut_off_leaves_the_last_one(chain: Anvil, monkeypatch: pytest.MonkeyPatch) -> None:
    chain.checkpoint()
    before = chain.state_path.read_bytes()

    def power_cut(_descriptor: int) -> None:
        raise OSError("power cut")

    chain.fund(wallet_of("patient").address)
    monkeypatch.setattr(os, "fsync", power_cut)
    with pytest.raises(OSError, match="power cut"):
        chain.checkpoint()
    assert chain.state_path.read_bytes() == before


def test_the_chain_has_no_account_of_its_own(chain: Anvil) -> None:
    assert chain.rpc("eth_accounts") == []


def test_time_is_what_it_is_told(chain: Anvil) -> None:
    start = chain.head_timestamp()
    chain.set_time(start + 1_000)
    assert chain.head_timestamp() == start + 1_000
    chain.increase_time(500)
    assert chain.head_timestamp() == start + 1_500


def test_a_new_chain_can_begin_in_the_past_and_goes_on_from_its_head(tmp_path: Path) -> None:
    began_at = int(time.time()) - 2 * 365 * 86_400
    options = AnvilOptions(tmp_path / "chain", block_time_s=None, begins_at=began_at)
    with Anvil(options) as own:
        own.mine()
        assert began_at <= own.head_timestamp() < began_at + 60
        own.set_time(began_at + 86_400)
    with Anvil(options) as own:
        own.mine()
        assert abs(own.head_timestamp() - time.time()) < 60, "a chain that is gone on with is in the present"


def test_a_revert_takes_time_back_too(chain: Anvil) -> None:
    start = chain.head_timestamp()
    mark = chain.snapshot()
    chain.increase_time(5_000)
    chain.revert(mark)
    chain.mine()
    assert chain.head_timestamp() < start + 5_000
    with pytest.raises(AnvilFailed):
        chain.revert(mark)


def test_an_idle_chain_with_an_interval_keeps_up_with_the_clock(tmp_path: Path, anvil: Anvil) -> None:
    with Anvil(AnvilOptions(tmp_path / "chain", block_time_s=1)) as own:
        first = int(own.rpc("eth_blockNumber"), 16)
        wait_until(lambda: int(own.rpc("eth_blockNumber"), 16) >= first + 2)
        assert abs(own.head_timestamp() - time.time()) < 10


def test_stopping_ends_the_process_and_starting_twice_starts_one(chain: Anvil) -> None:
    pid = chain.pid
    chain.start()
    assert chain.pid == pid
    chain.stop()
    assert chain.pid is None
    with pytest.raises(ChainUnavailable):
        chain.rpc("eth_chainId")
    chain.stop()


def test_a_port_in_use_is_not_taken_for_our_chain(chain: Anvil, tmp_path: Path) -> None:
    port = int(chain.rpc_url.rpartition(":")[2])
    with pytest.raises(AnvilFailed, match="in use"):
        Anvil(AnvilOptions(tmp_path / "second", port=port, block_time_s=None)).start()


def test_a_folder_serves_one_chain_at_a_time(chain: Anvil, tmp_path: Path) -> None:
    second = Anvil(AnvilOptions(tmp_path / "chain", block_time_s=None))
    with pytest.raises(AnvilFailed, match=f"process {chain.pid}"):
        second.start()
    chain.stop()
    second.start()
    second.kill()


def test_checkpoints_are_written_while_it_runs(anvil: Anvil, tmp_path: Path) -> None:
    own = Anvil(AnvilOptions(tmp_path / "chain", block_time_s=None, checkpoint_interval_s=1))
    own.start()
    own.fund(wallet_of("patient").address, 7)
    for _ in range(2):  # one may have been under way already
        own.state_path.unlink(missing_ok=True)
        wait_until(own.state_path.exists)
    own.kill()
    own.start()
    assert int(own.rpc("eth_getBalance", wallet_of("patient").address, "latest"), 16) == 7 * 10**18
    own.kill()


def test_a_damaged_state_file_is_named_and_left_alone(chain: Anvil) -> None:
    chain.stop()
    chain.state_path.write_text('{"block": ')
    with pytest.raises(AnvilFailed):
        chain.start()
    assert chain.state_path.read_text() == '{"block": '


def test_a_program_that_is_not_there_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MENDREC_ANVIL", "/nowhere/anvil")
    with pytest.raises(AnvilNotFound):
        find_anvil()
