"""Logs of the three contracts as :class:`mendrec.ports.ChainEvent`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from eth_abi.exceptions import DecodingError
from web3.types import LogReceipt

from mendrec.adapters.chain.artifacts_loader import Artifact
from mendrec.adapters.chain.client import ChainClient
from mendrec.adapters.chain.codec import bare_hex, decode_log, topic_of
from mendrec.adapters.chain.errors import WrongContractsError
from mendrec.domain.errors import NotFoundError
from mendrec.domain.model import Address, BlockRef, ChainEvent

LOG_RANGE_BLOCKS = 2_000
"""Blocks asked for at once: public nodes answer no more than a few thousand."""

LOGS_BY_BLOCK_BLOCKS = 16
"""So far below the head each block is asked for by itself: no node that still answers is further behind."""


class EventDecoder:
    """Knows every event of the three contracts at their addresses."""

    def __init__(self, addresses: Mapping[str, Address], artifacts: Mapping[str, Artifact]) -> None:
        self.addresses = tuple(addresses.values())
        self._contract_at = {address.lower(): contract for contract, address in addresses.items()}
        self._items = {
            (name, topic_of(item)): item
            for name, artifact in artifacts.items()
            for item in artifact.abi
            if item["type"] == "event"
        }

    def topic_hex(self, contract: str, name: str) -> str:
        """Topic 0 of an event, 0x-hex."""
        return next(
            "0x" + topic.hex() for (of, topic), item in self._items.items() if of == contract and item["name"] == name
        )

    def read(self, client: ChainClient, from_block: int, to_block: int) -> Iterator[ChainEvent]:
        """Yields the events of [from_block, to_block] in chain order: range by range, and by block near the head.

        Behind one address several nodes may answer, of which one is a little behind. Asked for a range that it does
        not have yet, such a node leaves logs out and says nothing. Near the head each block is asked for by its hash.

        Raises:
            NotFoundError: the node has not come as far, or the chain was reorganised meanwhile.
        """
        head = client.head_block()
        if to_block > head.number:
            raise NotFoundError(
                f"The chain has no block {to_block} yet.", remedy="Wait until the chain's node has caught up."
            )
        by_block = max(from_block, head.number - LOGS_BY_BLOCK_BLOCKS + 1)
        for start in range(from_block, min(by_block, to_block + 1), LOG_RANGE_BLOCKS):
            logs = client.logs(self.addresses, start, min(start + LOG_RANGE_BLOCKS, by_block, to_block + 1) - 1)
            yield from self.decode(client, logs)
        parent_hex: str | None = None
        for number in range(by_block, to_block + 1):
            block, its_parent_hex = client.block_on_parent(number)
            if parent_hex not in (None, its_parent_hex):
                raise NotFoundError(f"Block {number} is of another fork than the one before it.")
            parent_hex = block.hash_hex
            yield from self.decode(client, client.logs_of_block(self.addresses, block), at=block)

    def decode(
        self, client: ChainClient, logs: Iterable[LogReceipt], *, at: BlockRef | None = None
    ) -> Iterator[ChainEvent]:
        """Yields the logs that are the contracts' own, decoded.

        Args:
            client: where timestamps are asked for that the logs do not state.
            logs: of any blocks.
            at: the block that they are of, where it is known.

        Raises:
            WrongContractsError: a contract logged what its ABI does not know.
        """
        timestamps: dict[int, int] = {} if at is None else {at.number: at.timestamp}
        for log in sorted(logs, key=lambda one: (one["blockNumber"], one["logIndex"])):
            contract = self._contract_at.get(log["address"].lower())
            if contract is None:
                continue  # a receipt may hold logs of other contracts
            number = log["blockNumber"]
            if number not in timestamps:
                timestamps[number] = _timestamp(client, log)
            yield self._event(contract, log, timestamps[number])

    def _event(self, contract: str, log: LogReceipt, timestamp: int) -> ChainEvent:
        topics = [bytes(topic) for topic in log["topics"]]
        item = self._items.get((contract, topics[0])) if topics else None
        if item is None:
            raise _unknown(contract)
        try:
            args = decode_log(item, topics, bytes(log["data"]))
        except DecodingError as error:
            raise _unknown(contract) from error
        return ChainEvent(
            contract=contract,
            name=item["name"],
            args=args,
            block_number=log["blockNumber"],
            block_hash_hex=bare_hex(bytes(log["blockHash"])),
            block_timestamp=timestamp,
            transaction_hash_hex=bare_hex(bytes(log["transactionHash"])),
            log_index=log["logIndex"],
        )


def _unknown(contract: str) -> WrongContractsError:
    return WrongContractsError(f"The contract {contract} logged an event that its ABI does not know.")


def _timestamp(client: ChainClient, log: LogReceipt) -> int:
    stated: Any = log.get("blockTimestamp")  # newer nodes say it; it saves a request a block
    if stated is None:
        return client.block(log["blockNumber"]).timestamp
    return stated if isinstance(stated, int) else int(stated, 16)
