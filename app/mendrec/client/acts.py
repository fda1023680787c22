"""Acts through a node: asked for, prepared by the node, checked and signed here, paid for by the node."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from mendrec.api.acts import PreparationAsked, PreparedActAnswered, RelayedActAnswered, RelayedActsAnswered
from mendrec.api.consents import AccessRequestAnswered
from mendrec.client.checking import require_as_asked, require_request_id, told
from mendrec.client.errors import LyingNode
from mendrec.client.transport import Transport, all_pages
from mendrec.client.trust import NodeTrust
from mendrec.client.waiting import pauses_s
from mendrec.domain.errors import ContractRefusal, InputError, RefusedError, UnavailableError
from mendrec.domain.model import Address, Purpose, Right, Terms
from mendrec.domain.signed_act import SignedAct
from mendrec.ports import Clock, Wallet
from mendrec.ports_db import IndexedRequest
from mendrec.services.act_preparation import PreparedAct

_REQUEST_STATES = ("pending", "approved", "declined", "withdrawn")
_ANSWERS_TO_REQUESTS = frozenset({"approve", "decline", "withdraw_request"})


class ActPending(UnavailableError):
    """The node has the act and it is not in a block yet."""

    code = "unavailable.act_pending"
    default_remedy = "It will happen; ask for it again by its id."


@dataclass(frozen=True, slots=True)
class Prepared:
    """An act that was checked to be the one asked for."""

    act: PreparedAct

    def signed(self, wallet: Wallet) -> SignedAct:
        """Signs it. Raises InputError where it is another person's."""
        if wallet.address != self.act.signer:
            raise InputError("The act is another person's.", remedy="Have it prepared for this wallet.")
        return self.act.signed(wallet.sign_typed_data(self.act.typed_data))


class Acts:
    """Everything that is done by signature."""

    def __init__(
        self,
        transport: Transport,
        *,
        trust: Callable[[], NodeTrust],
        categories: Callable[[], Mapping[int, str]],
        request: Callable[[str], AccessRequestAnswered],
        clock: Clock,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        """``request`` looks one request for access up, by its id."""
        self._transport = transport
        self._trust = trust
        self._categories = categories
        self._request = request
        self._clock = clock
        self._sleep = sleep

    def prepare(
        self, kind: str, signer: Address, params: Mapping[str, Any], *, deadline_at: int | None = None
    ) -> Prepared:
        """Has an act prepared for whoever is signed in, and checks that it is the one asked for.

        Args:
            kind: for example ``grant``.
            signer: who will sign, and is signed in.
            params: by kind; see docs/api.md.
            deadline_at: Unix seconds, the signature's last second; left out: the node says, an hour from now.

        Raises:
            LyingNode: the node prepared something else; nothing was signed.
            InputError, NotFoundError: it can't be prepared.
        """
        asked = PreparationAsked(kind=kind, params=dict(params), deadline_at=deadline_at)
        body = asked.model_dump(exclude_none=True)
        answered = self._transport.post("/v1/acts/preparations", PreparedActAnswered, body)
        prepared = PreparedAct(
            kind=answered.kind,
            signer=Address(answered.signer),
            contract=answered.contract,
            function=answered.function,
            args=tuple(answered.args),
            typed_data=answered.typed_data,
            nonce=answered.nonce,
            deadline_at=answered.deadline_at,
        )
        if deadline_at is not None and prepared.deadline_at != deadline_at:
            raise LyingNode("The node prepared another deadline than the one that was asked for.")
        codes = self._categories()
        request = (
            self._looked_at(str(params.get("request_id_hex", "")), codes) if kind in _ANSWERS_TO_REQUESTS else None
        )
        what = told(codes, prepared, request)
        require_as_asked(prepared, kind, signer, params, what, self._trust(), self._clock.now())
        return Prepared(prepared)

    def submit(self, act: SignedAct) -> RelayedActAnswered:
        """Hands a signed act to the node. The same act again is the same, however far it has come.

        Raises:
            RefusedError: the contract would refuse it, in its own words; or the quota is used up.
        """
        authorization = act.authorization
        body = {
            "contract": act.contract,
            "function": act.function,
            "args": list(act.args[:-1]),
            "nonce": authorization.nonce,
            "deadline_at": authorization.deadline_at,
            "signature": "0x" + authorization.signature_hex,
        }
        answered = self._transport.post("/v1/acts", RelayedActAnswered, body, key=act.id_hex)
        if answered.act_id_hex != act.id_hex or answered.signer != act.signer:
            raise LyingNode("The node took on another act than the one that was sent.")
        return answered

    def do(self, kind: str, wallet: Wallet, params: Mapping[str, Any]) -> RelayedActAnswered:
        """Prepares, checks, signs and submits an act, and waits until it is in a block. Raises as those do."""
        act = self.prepare(kind, wallet.address, params).signed(wallet)
        self.submit(act)
        return self.wait(act.id_hex)

    def status(self, act_id_hex: str) -> RelayedActAnswered:
        """Tells how far one of one's own acts has come. Raises NotFoundError."""
        return self._transport.get(f"/v1/acts/{act_id_hex}", RelayedActAnswered)

    def wait(self, act_id_hex: str, *, final: bool = False, timeout_s: float = 120) -> RelayedActAnswered:
        """Waits until an act is in a block; with ``final``, until no reorganisation is expected to undo it.

        Raises:
            ContractRefusal: it failed, in the contract's own words.
            ActPending: not in time; it will happen all the same.
        """
        wanted = {"final"} if final else {"mined", "final"}
        pauses = pauses_s(timeout_s)
        while True:
            found = self.status(act_id_hex)
            if found.state in wanted:
                return found
            if found.state == "failed":
                raise _failure(found)
            if (pause_s := next(pauses, None)) is None:
                raise ActPending(f"The act {act_id_hex} is not in a block yet.")
            self._sleep(pause_s)

    def mine(self) -> Iterator[RelayedActAnswered]:
        """Yields one's own acts, newest first."""

        def page(cursor: str | None) -> tuple[list[Any], str | None]:
            found = self._transport.get("/v1/acts", RelayedActsAnswered, cursor=cursor)
            return found.items, found.next_cursor

        yield from all_pages(page)

    def _looked_at(self, request_id_hex: str, codes: Mapping[int, str]) -> IndexedRequest:
        found = indexed_request(self._request(request_id_hex.removeprefix("0x")), codes)
        require_request_id(found)
        return found


def indexed_request(answered: AccessRequestAnswered, codes: Mapping[int, str]) -> IndexedRequest:
    """Returns a request as the services know it. Raises LyingNode for words that nobody knows."""
    numbers = {code: number for number, code in codes.items()}
    try:
        rights = Right(0)
        for word in answered.rights:
            rights |= Right[word]
        terms = Terms(rights, answered.from_at, answered.until_at, Purpose[answered.purpose])
        categories = tuple(numbers[code] for code in answered.category_codes)
    except KeyError as error:
        raise LyingNode("The node tells of a request in words that are none.") from error
    return IndexedRequest(
        answered.request_id_hex,
        Address(answered.patient),
        Address(answered.requester),
        categories,
        terms,
        answered.asked_at,
        _REQUEST_STATES.index(answered.state) + 1,
    )


def _failure(act: RelayedActAnswered) -> RefusedError:
    if act.failure is None:
        return RefusedError("The act failed, and the node does not tell why.")
    told_why = act.failure
    return ContractRefusal(
        told_why.message, contract=told_why.contract, name=told_why.name, args_by_name={}, remedy=told_why.remedy
    )
