"""Custom errors of the contracts, decoded in one place and put in words. The words are in refusal_words.py."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from eth_abi.exceptions import DecodingError

from mendrec.adapters.chain.artifacts_loader import Artifact
from mendrec.adapters.chain.codec import decode_named, selector_of
from mendrec.adapters.chain.refusal_words import UNKNOWN, WORDS, Words
from mendrec.domain.errors import ContractRefusal
from mendrec.domain.model import Right

_BUILT_IN: tuple[Mapping[str, Any], ...] = (
    {"type": "error", "name": "Error", "inputs": [{"name": "reason", "type": "string"}]},
    {"type": "error", "name": "Panic", "inputs": [{"name": "panicCode", "type": "uint256"}]},
)
_TIMES = frozenset({"from", "until", "expiresAt", "nowSeconds", "deadline", "currentUntil", "issuedAt", "notBefore"})
_RIGHTS = frozenset({"right", "rights", "currentRights"})
_TIME_MAX = 253_402_300_799  # the last second of the year 9999, the end of what datetime can show


class RefusalDecoder:
    """Turns revert data into a :class:`ContractRefusal`.

    A check in one contract may bubble up through another, so every contract's errors are known for every call; where
    two contracts declare the same error, it is the called one's.
    """

    def __init__(self, artifacts: Mapping[str, Artifact]) -> None:
        self._items: dict[tuple[str, bytes], Mapping[str, Any]] = {
            (name, selector_of(item)): item
            for name, artifact in artifacts.items()
            for item in (*artifact.abi, *_BUILT_IN)
            if item["type"] == "error"
        }
        self._contracts = tuple(artifacts)

    def refusal(self, called_contract: str, data: bytes) -> ContractRefusal:
        """Returns the refusal that the revert ``data`` of a call to ``called_contract`` says."""
        selector = data[:4]
        for contract in (called_contract, *self._contracts):
            item = self._items.get((contract, selector))
            if item is None:
                continue
            try:
                args = decode_named(item["inputs"], data[4:])
            except DecodingError:
                break
            return _in_words(contract, item["name"], args)
        shown = f"0x{selector.hex()}" if selector else "without a reason"
        return _in_words(called_contract, UNKNOWN, {"selector": shown})

    def unexplained(self, called_contract: str) -> ContractRefusal:
        """Returns the refusal of a transaction that failed for a reason the chain can no longer tell."""
        return self.refusal(called_contract, b"")


def words_of(contract: str, name: str) -> Words | None:
    """Returns the words for a contract's error: its own, or those that all contracts share."""
    return WORDS.get(f"{contract}.{name}") or WORDS.get(name)


def _in_words(contract: str, name: str, args: Mapping[str, Any]) -> ContractRefusal:
    words = words_of(contract, name) or WORDS[UNKNOWN]
    shown = {"selector": name, "contract": contract} | {key: _shown(key, value) for key, value in args.items()}
    message = words.sentence.format_map(shown)
    return ContractRefusal(message, contract=contract, name=name, args_by_name=dict(args), remedy=words.remedy)


def _shown(name: str, value: Any) -> str:
    if name in _TIMES and isinstance(value, int) and 0 <= value <= _TIME_MAX:
        return datetime.fromtimestamp(value, UTC).strftime("%Y-%m-%d %H:%M:%S UTC")
    if name in _RIGHTS and isinstance(value, int):
        return " and ".join(right.name for right in Right if right.name and right in Right(value)) or "nothing"
    return str(value)
