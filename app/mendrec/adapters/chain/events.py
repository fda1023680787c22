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
from mendrec.domain.model import Address, ChainEvent

LOG_RANGE_BLOCKS = 2_000
"""Blocks asked for at once: public nodes answer no more than a few thousand."""


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

    def read(self, client: ChainClient, from_block: int, to_block: int) -> Iterator[ChainEvent]:
        """Yields the events of [from_block, to_block] in chain order, asking the node range by range."""
        for start in range(from_block, to_block + 1, LOG_RANGE_BLOCKS):
            logs = client.logs(self.addresses, start, min(start + LOG_RANGE_BLOCKS - 1, to_block))
            yield from self.decode(client, logs)

    def decode(self, client: ChainClient, logs: Iterable[LogReceipt]) -> Iterator[ChainEvent]:
        """Yields the logs that are the contracts' own, decoded.

        Raises:
            WrongContractsError: a contract logged what its ABI does not know.
        """
        timestamps: dict[int, int] = {}
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
