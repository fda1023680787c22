"""Mining again, at the times they had, the blocks that a killed development chain has forgotten."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any, Protocol

from mendrec.adapters.chain.errors import ChainUnavailable
from mendrec.domain.model import BlockRef
from mendrec.ports import MinedTransaction


class Rpc(Protocol):
    """One JSON-RPC call of the chain."""

    def __call__(self, method: str, *params: Any) -> Any: ...


@dataclass(frozen=True, slots=True)
class FallenBlock:
    """What is known of a block that the chain no longer has."""

    timestamp: int
    raw_hexes: tuple[str, ...]


def fallen_blocks(newest_first: Iterable[MinedTransaction], rpc: Rpc) -> Sequence[FallenBlock]:
    """Returns the blocks of the history that the chain does not have, oldest first.

    Blocks carry their ancestors: where one stands, so do all the older ones.
    """
    fallen: list[MinedTransaction] = []
    for one in newest_first:
        if _stands(one.block, rpc):
            break
        fallen.append(one)
    fallen.reverse()
    fallen.sort(key=lambda one: (one.block.number, one.block.timestamp))
    return [
        FallenBlock(timestamp, tuple(one.raw_hex for one in transactions))
        for (_, timestamp), transactions in groupby(fallen, key=lambda one: (one.block.number, one.block.timestamp))
    ]


def mine_again(blocks: Sequence[FallenBlock], rpc: Rpc) -> None:
    """Mines the blocks on a chain that mines by itself in no way.

    A transaction that the chain knows already, or does not take, is left to the outbox.

    Raises:
        ChainUnavailable: the chain does not answer.
    """
    for block in blocks:
        for raw_hex in block.raw_hexes:
            with contextlib.suppress(ChainUnavailable):
                rpc("eth_sendRawTransaction", "0x" + raw_hex.removeprefix("0x"))
        head = rpc("eth_getBlockByNumber", "latest", False)
        if block.timestamp >= int(head["timestamp"], 16):
            rpc("evm_setNextBlockTimestamp", block.timestamp)
        rpc("anvil_mine", "0x1")


def _stands(block: BlockRef, rpc: Rpc) -> bool:
    found = rpc("eth_getBlockByNumber", hex(block.number), False)
    return found is not None and str(found["hash"]).removeprefix("0x") == block.hash_hex.removeprefix("0x")
