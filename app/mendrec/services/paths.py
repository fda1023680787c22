"""Writing mended paths on chain, many in one transaction."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass

from mendrec.domain.cid import sha256_hex
from mendrec.domain.mending import PathMove
from mendrec.ports import ContractCall, LedgerReader, Wallet
from mendrec.services.index import IndexService
from mendrec.services.outbox import Outbox

_MOVES_PER_CALL = 100
"""About 13,000 gas each after the first: well within a block."""


@dataclass(frozen=True)
class ChainPathMover:
    """Implements :class:`mendrec.services.mend.PathMover` as one mender: institution, patient or author."""

    wallet: Wallet
    ledger: LedgerReader
    index: IndexService
    outbox: Outbox

    def move_paths(self, moves: Sequence[PathMove]) -> None:
        """Writes the new locations; moves that the chain holds already are left out."""
        self.index.sync()
        groups: dict[tuple[int, int], list[PathMove]] = {}
        for move in moves:
            held = self.ledger.entry(move.entry.patient, move.entry.sequence).location
            if held != move.to_location:
                groups.setdefault((move.to_location, int(move.reason)), []).append(move)
        for (to_location, reason), group in sorted(groups.items()):
            for start in range(0, len(group), _MOVES_PER_CALL):
                self._send(group[start : start + _MOVES_PER_CALL], to_location, reason)
        self.index.sync()

    def _send(self, moves: Sequence[PathMove], to_location: int, reason: int) -> None:
        first = moves[0].entry
        if len(moves) == 1:
            args: tuple[object, ...] = (first.patient, first.sequence, to_location, reason)
            call = ContractCall("Records", "mendPath", args)
        else:
            keys = [{"patient": move.entry.patient, "sequence": move.entry.sequence} for move in moves]
            call = ContractCall("Records", "mendPaths", (keys, to_location, reason))
        # A path can come back to where it was: how often it moved makes each move an act of its own.
        versions = [len(self.index.path_versions(move.entry.patient, move.entry.sequence)) for move in moves]
        key = "mend:" + sha256_hex(json.dumps([call.function, call.args, versions]).encode("utf-8"))
        self.outbox.submit(call, self.wallet, key)
