"""Acts by signature: the node prepares what a wallet shows, takes the signed act on, pays, and tells what became of it.

A person needs no ether. The node holds nobody's key: what is signed says everything, and the contracts judge it.
"""

from __future__ import annotations

from flask import Response
from flask_openapi3 import APIBlueprint, Tag

from mendrec.api.acts import (
    ActEventAnswered,
    ActPath,
    FailureAnswered,
    PreparationAsked,
    PreparedActAnswered,
    RelayedActAnswered,
    RelayedActsAnswered,
    SignedActAsked,
)
from mendrec.api.common import BlockWords, PageQuery
from mendrec.domain.errors import NotFoundError
from mendrec.domain.model import BlockRef
from mendrec.domain.signed_act import signed_act
from mendrec.ports_db import Failure
from mendrec.services.relay import RelayedAct, UnknownAct
from mendrec.web.answers import SIGNED_IN, answer, responses
from mendrec.web.authorisation import fresh_index
from mendrec.web.context import current_node, signed_in
from mendrec.web.cursors import decode_cursor, encode_cursor
from mendrec.web.idempotency import idempotent
from mendrec.web.rules import rules

_ACT_MAX_BYTES = 1024 * 1024
"""A batch of entries with their roots and lists is the largest."""


class NotARelay(NotFoundError):
    """This node pays for nobody's acts."""

    code = "not_found.relayer"
    default_remedy = "Bring the act to the chain with an account of your own, or to a node that relays."


def blueprint() -> APIBlueprint:
    """The routes."""
    api = APIBlueprint("acts", __name__, abp_tags=[Tag(name="acts", description="Acts by signature")])

    @api.post(
        "/v1/acts/preparations",
        security=SIGNED_IN,
        responses=responses({200: PreparedActAnswered}, 404, body=True),
    )
    @rules(body_max_bytes=_ACT_MAX_BYTES)
    def prepare(body: PreparationAsked) -> Response:
        """Prepares an act for whoever is signed in: typed data for their wallet, made with what the chain says now.

        Nothing is kept. A client should make the typed data again from its own words, and compare before it signs.
        """
        node = current_node()
        fresh_index(node)
        prepared = node.acts.prepare(body.kind, signed_in(), body.params, deadline_at=body.deadline_at)
        return answer(
            PreparedActAnswered.model_validate(
                {
                    "kind": prepared.kind,
                    "signer": prepared.signer,
                    "contract": prepared.contract,
                    "function": prepared.function,
                    "args": list(prepared.args),
                    "typed_data": dict(prepared.typed_data),
                    "nonce": prepared.nonce,
                    "deadline_at": prepared.deadline_at,
                }
            )
        )

    @api.post(
        "/v1/acts",
        security=SIGNED_IN,
        responses=responses({202: RelayedActAnswered}, 404, 409, body=True),
    )
    @rules(body_max_bytes=_ACT_MAX_BYTES)
    @idempotent
    def submit(body: SignedActAsked) -> Response:
        """Takes a signed act on, or says in the contract's own words why it would be refused, before it costs anything.

        The signer is who is signed in. The same act again is the same act, however far it has come.
        """
        node = current_node()
        if node.config.relayer is None:
            raise NotARelay("This node does not pay for acts.")
        authorization = {"nonce": body.nonce, "deadline": body.deadline_at, "signature": body.signature}
        act = signed_act(body.contract, body.function, [*body.args, authorization])
        accepted = node.relay.accept(act, by=signed_in())
        return answer(_words(accepted), 202, location=f"/v1/acts/{accepted.act_id_hex}")

    @api.get(
        "/v1/acts/<act_id_hex>", security=SIGNED_IN, responses=responses({200: RelayedActAnswered}, 404, cached=True)
    )
    @rules()
    def act_status(path: ActPath) -> Response:
        """Tells what became of one of one's own acts. Somebody else's is not told apart from none."""
        found = current_node().relay.status(path.act_id_hex)
        if found.signer != signed_in():
            raise UnknownAct("There is no such act.")
        return answer(_words(found))

    @api.get("/v1/acts", security=SIGNED_IN, responses=responses({200: RelayedActsAnswered}, cached=True))
    @rules()
    def list_acts(query: PageQuery) -> Response:
        """Lists one's own acts, the newest first."""
        signer = signed_in()
        kind = f"acts {signer}"
        place = decode_cursor(kind, query.cursor, str)
        after = None if place is None else str(place[0])
        found = current_node().relay.of_signer(signer, after=after, limit=query.limit)
        more = len(found) == query.limit
        return answer(
            RelayedActsAnswered(
                items=[_words(one) for one in found],
                next_cursor=encode_cursor(kind, [found[-1].act_id_hex]) if more else None,
            )
        )

    return api


def block_words(block: BlockRef | None) -> BlockWords | None:
    """A block on the wire."""
    if block is None:
        return None
    return BlockWords(number=block.number, hash_hex=block.hash_hex, timestamp=block.timestamp)


def _words(act: RelayedAct) -> RelayedActAnswered:
    return RelayedActAnswered(
        act_id_hex=act.act_id_hex,
        signer=act.signer,
        contract=act.contract,
        function=act.function,
        state=act.state.value,
        transaction_hash_hex=act.transaction_hash_hex,
        block=block_words(act.block),
        confirmations=act.confirmations,
        failure=_failure(act.failure),
        queued_at=act.queued_at,
        events=[ActEventAnswered(contract=one.contract, name=one.name, args=dict(one.args)) for one in act.events],
    )


def _failure(failure: Failure | None) -> FailureAnswered | None:
    if failure is None:
        return None
    return FailureAnswered(contract=failure.contract, name=failure.name, message=failure.message, remedy=failure.remedy)
