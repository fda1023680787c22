"""Behind one address several nodes may answer, and one of them is a little behind: nothing is lost or undone by it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine

from mendrec.adapters.chain.events import LOGS_BY_BLOCK_BLOCKS
from mendrec.adapters.db.engine import open_engine
from mendrec.adapters.db.index_rows import SqlIndexRepository
from mendrec.adapters.db.schema import METADATA
from mendrec.domain.errors import NotFoundError
from mendrec.domain.model import ChainEvent
from mendrec.services.index import DeepReorganisation, IndexService
from tests.simulators.chain_sim import SimulatedChain
from tests.simulators.chain_world import World

PEOPLE = tuple(f"0x{digit * 40}" for digit in "12")


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    engine = open_engine(f"sqlite:///{tmp_path / 'index.db'}")
    METADATA.create_all(engine)
    yield engine
    engine.dispose()


def renewed(until: int) -> ChainEvent:
    args = {"patient": PEOPLE[0], "grantee": PEOPLE[1], "category": 1, "sequence": 1, "until": until}
    return ChainEvent("Consent", "Renewed", args, 0, "", 0, "ab" * 32, 0)


@pytest.mark.parametrize("has_events", [True, False])
def test_a_node_that_has_not_come_to_the_cursor_is_waited_for(engine: Engine, has_events: bool) -> None:
    chain = SimulatedChain()
    told: list[DeepReorganisation] = []
    rows = SqlIndexRepository(engine)
    index = IndexService(chain, rows, first_block=0, finality_depth=2, on_deep_reorganisation=told.append)
    for number in range(7):
        chain.mine([renewed(number)] if has_events or number == 6 else [])
    index.sync()
    before = (rows.cursor(), rows.dump())
    all_blocks = chain.blocks
    chain.blocks = all_blocks[:3]
    synced = index.sync()
    assert (synced.roll_backs, synced.events) == (0, 0)
    assert (rows.cursor(), rows.dump(), told) == (*before, [])
    chain.blocks = all_blocks
    chain.mine([renewed(9)])
    assert index.sync().events == 1


def test_a_node_that_is_behind_and_on_another_fork_is_followed(engine: Engine) -> None:
    chain = SimulatedChain()
    rows = SqlIndexRepository(engine)
    index = IndexService(chain, rows, first_block=0)
    for number in range(7):
        chain.mine([renewed(number)])
    index.sync()
    chain.reorganise(5, [[renewed(8)]])
    assert index.sync().roll_backs == 1
    assert index.dump()["events"] == [asdict(one) for one in chain.canonical_events()]


@pytest.mark.chain
@pytest.mark.parametrize("blocks", [1, 3, LOGS_BY_BLOCK_BLOCKS])
def test_logs_that_a_node_leaves_out_of_a_range_are_not_lost(
    deployed: World, monkeypatch: pytest.MonkeyPatch, blocks: int
) -> None:
    """A range of which the node that answers lacks the newest block is answered with fewer logs, and no error."""
    index = IndexService(deployed.reader, SqlIndexRepository(deployed.engine), first_block=0)
    index.sync()
    client: Any = deployed.client
    whole = client.logs

    def behind(addresses: Any, from_block: int, to_block: int, **more: Any) -> Any:
        head = client.head_block().number
        return [log for log in whole(addresses, from_block, to_block, **more) if log["blockNumber"] < head]

    monkeypatch.setattr(client, "logs", behind)
    for number in range(blocks):
        deployed.send("stranger", "Directory", "cancelNonce", number)
    index.sync()
    monkeypatch.undo()
    grown = index.dump()
    index.rebuild()
    assert index.dump() == grown
    assert sum(one["name"] == "NonceSpent" for one in grown["events"]) == blocks


@pytest.mark.chain
def test_each_event_is_read_once_however_far_below_the_head_it_is(deployed: World) -> None:
    for number in range(3):
        deployed.send("stranger", "Directory", "cancelNonce", number)
        deployed.anvil.mine(LOGS_BY_BLOCK_BLOCKS // 2)
    head = deployed.reader.head_block().number
    events = list(deployed.reader.events(0, head))
    assert [event.args["nonce"] for event in events if event.name == "NonceSpent"] == [0, 1, 2]
    assert events == [one for number in range(head + 1) for one in deployed.reader.events(number, number)]
    with pytest.raises(NotFoundError):
        list(deployed.reader.events(0, head + 1))
