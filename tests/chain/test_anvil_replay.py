"""What a killed development chain forgot is mined again, each block at its own time, and nothing else is."""

from __future__ import annotations

from pathlib import Path

import pytest

from mendrec.adapters.chain.anvil import Anvil, AnvilOptions
from mendrec.adapters.chain.anvil_replay import FallenBlock, Rpc, fallen_blocks
from mendrec.adapters.chain.client import ChainClient
from mendrec.adapters.chain.deployer import open_ledger
from mendrec.adapters.db import mined_rows
from mendrec.adapters.db.outbox_rows import SqlOutboxRepository
from mendrec.domain.model import BlockRef
from mendrec.ports import ContractCall, MinedTransaction
from mendrec.services.outbox import Outbox
from tests.simulators.chain_people import recipient_hex
from tests.simulators.chain_world import database, deploy_world, no_sleep, wallet_of

pytestmark = pytest.mark.chain


def mined(number: int, timestamp: int, raw_hex: str) -> MinedTransaction:
    return MinedTransaction(raw_hex, BlockRef(number, f"{number:064x}", timestamp))


def rpc_of(standing: int) -> Rpc:
    """A chain that has the blocks up to ``standing``."""

    def rpc(method: str, *params: object) -> object:
        number = int(str(params[0]), 16)
        return {"hash": f"0x{number:064x}"} if number <= standing else None

    return rpc


def test_what_stands_is_left_and_what_fell_comes_oldest_first_block_by_block() -> None:
    newest_first = [mined(9, 50, "d"), mined(8, 50, "c"), mined(8, 50, "b"), mined(7, 40, "a"), mined(6, 40, "-")]
    assert fallen_blocks(newest_first, rpc_of(6)) == [
        FallenBlock(40, ("a",)),
        FallenBlock(50, ("b", "c")),
        FallenBlock(50, ("d",)),
    ]
    assert fallen_blocks(newest_first, rpc_of(9)) == []
    assert fallen_blocks([], rpc_of(0)) == []


@pytest.mark.parametrize("block_time_s", [None, 1])
def test_blocks_after_the_checkpoint_come_back_with_their_times(
    anvil: Anvil, tmp_path: Path, block_time_s: int | None
) -> None:
    engine = database(tmp_path)
    options = AnvilOptions(tmp_path / "chain", block_time_s=block_time_s)
    chain = Anvil(options, history=lambda: mined_rows.newest_first(engine))
    chain.start()
    try:
        deployment = deploy_world(chain, tmp_path)
        chain.checkpoint()
        client = ChainClient.connect(chain.rpc_url, expected_chain_id=31337)
        _, writer = open_ledger(client, deployment)
        outbox = Outbox(writer, SqlOutboxRepository(engine), sleep=no_sleep)
        done = {}
        for who in ("patient", "other_patient", "stranger"):
            call = ContractCall("Directory", "enrol", (recipient_hex(who),))
            done[who] = outbox.submit(call, wallet_of(who), who)
        before = [(receipt.hash_hex, receipt.block.timestamp, receipt.events[0].args) for receipt in done.values()]
        for _ in range(2):  # the second time, what was mined again is in the checkpoint
            chain.kill()
            chain.start()
            client = ChainClient.connect(chain.rpc_url, expected_chain_id=31337)
            _, writer = open_ledger(client, deployment)
            found = [writer.receipt(hash_hex) for hash_hex, _, _ in before]
            assert [
                (one.hash_hex, one.block.timestamp, one.events[0].args) for one in found if one is not None
            ] == before
        chain.mine()
        assert chain.head_timestamp() >= before[-1][1]
    finally:
        chain.kill()
        engine.dispose()
