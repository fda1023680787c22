"""Catching a node that prepares something else than it was asked for, before anything is signed.

The words of an act are made again here, from what the person asked for, and compared with what the node sent. The node
contributes only what it alone can know: a free nonce, a deadline, the sequences that permission blocks are at, the
head of a patient's chain. With a wrong one of these the contract refuses the act; it can't make it mean anything else.

A request for access that is answered is not believed either: its id is the hash of what it asks for.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

from eth_abi.abi import encode
from eth_utils.crypto import keccak

from mendrec.client.errors import LyingNode
from mendrec.client.trust import NodeTrust
from mendrec.domain.errors import InputError
from mendrec.domain.model import Address
from mendrec.domain.typed_data import Validity
from mendrec.ports import LedgerReader
from mendrec.ports_db import IndexedRequest
from mendrec.services.act_drafts import DRAFTS, Drafting
from mendrec.services.act_params import ActParams
from mendrec.services.act_preparation import LIFETIME_MAX_S, PreparedAct, UnknownAct
from mendrec.services.consent import UnknownCategory
from mendrec.services.index import IndexService

_REQUEST_TAG = keccak(text="mendrec/request/v1")
_CLOCKS_APART_MAX_S = 600


@dataclass(frozen=True, slots=True)
class Told(Drafting):
    """What the node told, in the place of a chain and an index."""

    codes: Mapping[int, str]
    told_sequences: Sequence[int]
    told_request: IndexedRequest | None

    def numbers(self, codes: Sequence[str]) -> list[int]:
        """Numbers of codes: the contract reads the words from the numbers, so a wrong one makes the signature void."""
        by_code = {code: number for number, code in self.codes.items()}
        for code in codes:
            if code not in by_code:
                raise UnknownCategory(f"There is no category {code[:64]!r}.", remedy=f"One of: {', '.join(by_code)}.")
        return [by_code[code] for code in codes]

    def sequences(self, patient: Address, grantee: Address, numbers: Sequence[int]) -> list[int]:
        """One for each category."""
        del patient, grantee
        if len(self.told_sequences) != len(numbers):
            raise LyingNode("The node prepared another act: it is about other categories.")
        return list(self.told_sequences)

    def request(self, request_id_hex: str) -> tuple[IndexedRequest, tuple[str, ...]]:
        """The request that was looked at before."""
        if self.told_request is None or self.told_request.request_id_hex != request_id_hex:
            raise LyingNode("The request was not looked at before it was answered.")
        return self.told_request, tuple(self.codes[number] for number in self.told_request.categories)

    def tip(self, patient: Address, params: ActParams) -> tuple[int, str]:
        """As it was stated."""
        del patient
        return params.number("sequence", bits=64), params.digest_hex("previous_link_hex")


def told(codes: Mapping[int, str], prepared: PreparedAct, request: IndexedRequest | None) -> Told:
    """Returns what the node told with a prepared act."""
    message = prepared.typed_data.get("message", {})
    stated = message.get("sequences", []) if isinstance(message, Mapping) else []
    sequences = [one for one in stated if type(one) is int] if isinstance(stated, list) else []
    return Told(cast(LedgerReader, None), cast(IndexService, None), codes, sequences, request)


def require_as_asked(
    prepared: PreparedAct, kind: str, signer: Address, params: Mapping[str, Any], what: Told, trust: NodeTrust, now: int
) -> None:
    """Makes the act again and compares.

    Args:
        prepared: by the node.
        kind: of the act that was asked for.
        signer: who will sign.
        params: what was asked for.
        what: see :func:`told`.
        trust: the chain and contracts that are signed for.
        now: Unix seconds, by this machine's clock.

    Raises:
        LyingNode: the node prepared something else.
        InputError: what was asked for can't be prepared at all.
    """
    if kind not in DRAFTS:
        raise UnknownAct(f"There is no act {kind[:40]!r}.", remedy=f"One of: {', '.join(DRAFTS)}.")
    try:
        draft = DRAFTS[kind](what, signer, ActParams(params))
        words = draft.typed_data(trust.domain(draft.contract), Validity(prepared.nonce, prepared.deadline_at))
    except (TypeError, ValueError, OverflowError) as error:
        raise LyingNode("What the node prepared can't be made again.") from error
    asked = (kind, signer, draft.contract, draft.function, _spelled(draft.args), _spelled(words))
    got = (
        prepared.kind,
        prepared.signer,
        prepared.contract,
        prepared.function,
        _spelled(prepared.args),
        _spelled(prepared.typed_data),
    )
    if asked != got:
        raise LyingNode("The node prepared another act than the one that was asked for; nothing was signed.")
    if prepared.deadline_at > now + LIFETIME_MAX_S + _CLOCKS_APART_MAX_S:
        raise LyingNode("The node wants a signature that counts for longer than any should; nothing was signed.")


def require_request_id(request: IndexedRequest) -> None:
    """Checks that a request's id is that of what it is said to ask for (IConsent.ask).

    Raises:
        LyingNode: it is another's.
    """
    terms = request.terms
    struct = (int(terms.rights), terms.from_at, terms.until_at, int(terms.purpose))
    try:
        data = encode(
            ["bytes32", "address", "address", "uint16[]", "(uint8,uint40,uint40,uint8)"],
            [_REQUEST_TAG, request.patient, request.requester, list(request.categories), struct],
        )
    except Exception as error:  # the encoder's own kinds
        raise LyingNode("The node tells of a request that can't be one.") from error
    if keccak(data).hex() != request.request_id_hex:
        raise LyingNode("The node tells of another request than the one that was named.")


def _spelled(value: Any) -> str:
    """One spelling: what came over the wire has lists where tuples were. Raises InputError for what is no JSON."""
    try:
        return json.dumps(value, sort_keys=True)
    except (TypeError, ValueError) as error:
        raise InputError("This is no act.") from error
