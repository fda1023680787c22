"""Preparing an act for its signer: typed data that a wallet shows in words, and the call it belongs to.

The node only writes down what the person asked for, with what the chain says now (sequences, heads); the person reads
the words in their wallet, signs them there, and brings the signature back. Nothing is kept in between.

Nonces are unordered; a free one is drawn at random from the word of 256 that the signer is using up. Two acts that are
signed apart and not yet sent draw the same one with a chance of 1 in 256: the second is refused in words then, and is
prepared again.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from mendrec.domain.errors import InputError
from mendrec.domain.model import Address
from mendrec.domain.signed_act import SignedAct, signed_act
from mendrec.domain.typed_data import Validity, contract_domain
from mendrec.ports import Clock, LedgerReader, Randomness
from mendrec.services.act_drafts import DRAFTS, Drafting
from mendrec.services.act_params import ActParams
from mendrec.services.index import IndexService

DEFAULT_LIFETIME_S = 3600
LIFETIME_MAX_S = 30 * 24 * 3600
_WORD = 256
"""Nonces that share one slot of the contract: the first of them costs 22,100 gas, each other 5,000."""


class UnknownAct(InputError):
    """There is no act of that kind."""

    code = "input.unknown_act"


class InvalidDeadline(InputError):
    """The last second that the signature is to count for is past, or too far ahead."""

    code = "input.deadline"
    default_remedy = "Leave it out, or give one within the next 30 days."


@dataclass(frozen=True, slots=True)
class PreparedAct:
    """What a person is asked to sign."""

    kind: str
    signer: Address
    contract: str
    function: str
    args: tuple[Any, ...]
    """JSON-safe, without the authorization, which comes last."""
    typed_data: Mapping[str, Any]
    """For ``eth_signTypedData_v4``."""
    nonce: int
    deadline_at: int

    def signed(self, signature: bytes) -> SignedAct:
        """Returns the act with its signature; whether that is the signer's is for the contract to say."""
        authorization = {"nonce": self.nonce, "deadline": self.deadline_at, "signature": "0x" + signature.hex()}
        return signed_act(self.contract, self.function, (*self.args, authorization), signer=self.signer)


@dataclass(frozen=True)
class ActPreparation:
    """Prepares every act that can be made by signature."""

    ledger: LedgerReader
    index: IndexService
    randomness: Randomness
    clock: Clock

    def prepare(
        self, kind: str, signer: Address, params: Mapping[str, Any], *, deadline_at: int | None = None
    ) -> PreparedAct:
        """Prepares an act.

        Args:
            kind: a key of :data:`mendrec.services.act_drafts.DRAFTS`, for example ``grant``.
            signer: who will sign.
            params: JSON-safe; which ones is said at each function of :mod:`mendrec.services.act_drafts`.
            deadline_at: Unix seconds, the last second in which it may be sent; in an hour where it is left out.

        Raises:
            UnknownAct: no such kind; the remedy lists those there are.
            MalformedActParams, InvalidDeadline: what was asked for cannot be prepared.
            UnknownCategory: no category of that code is registered.
            NotFoundError: it answers a request that the index does not have.
        """
        draft = DRAFTS.get(kind)
        if draft is None:
            raise UnknownAct(f"There is no act {kind[:40]!r}.", remedy=f"One of: {', '.join(DRAFTS)}.")
        reader = ActParams(params)
        drafted = draft(Drafting(self.ledger, self.index), signer, reader)
        reader.require_all_read()
        validity = Validity(self.free_nonce(drafted.contract, signer), self._deadline(deadline_at))
        domain = contract_domain(drafted.contract, self.ledger.chain_id, self.ledger.contract_address(drafted.contract))
        return PreparedAct(
            kind=kind,
            signer=signer,
            contract=drafted.contract,
            function=drafted.function,
            args=drafted.args,
            typed_data=drafted.typed_data(domain, validity),
            nonce=validity.nonce,
            deadline_at=validity.deadline_at,
        )

    def free_nonce(self, contract: str, signer: Address) -> int:
        """Finds the word in use by doubling and halving (any unspent number serves), then draws from it."""
        low, high = -1, 1
        while self.ledger.is_nonce_spent(contract, signer, high):
            low, high = high, high * 2
        while high - low > 1:
            middle = (low + high) // 2
            spent = self.ledger.is_nonce_spent(contract, signer, middle)
            low, high = (middle, high) if spent else (low, middle)
        first = high - high % _WORD
        while True:
            drawn = first + self.randomness.token(1)[0]
            if not self.ledger.is_nonce_spent(contract, signer, drawn):
                return drawn

    def _deadline(self, deadline_at: int | None) -> int:
        now = max(self.clock.now(), self.ledger.head_block().timestamp)
        if deadline_at is None:
            return now + DEFAULT_LIFETIME_S
        if not now < deadline_at <= now + LIFETIME_MAX_S:
            raise InvalidDeadline("The signature's last second is past, or more than 30 days ahead.")
        return deadline_at
