"""The node at a glance, for whoever runs it: the stores' operators, and the node's own custodian and relayer."""

from __future__ import annotations

from collections.abc import Mapping

from flask import Response
from flask_openapi3 import APIBlueprint, Tag

from mendrec import __version__
from mendrec.api.operations import (
    ConditionAnswered,
    IndexStateAnswered,
    OperationsAnswered,
    OutboxAnswered,
    PlacementAnswered,
    RelayAnswered,
    StoreStateAnswered,
    WorkerAnswered,
)
from mendrec.config import StoreConfig
from mendrec.domain.condition import Condition, Severity
from mendrec.domain.errors import MendrecError
from mendrec.domain.model import Address, BlockRef
from mendrec.services.worker import LEASE_LIFETIME_S
from mendrec.web.answers import SIGNED_IN, answer, responses
from mendrec.web.context import app_context, current_node, signed_in
from mendrec.web.observing import Operations, operations
from mendrec.web.rules import rules

_WEIGHT = 2.0


def blueprint() -> APIBlueprint:
    """The routes."""
    api = APIBlueprint(
        "operations", __name__, abp_tags=[Tag(name="operations", description="The node, for whoever runs it")]
    )

    @api.get("/v1/operations", security=SIGNED_IN, responses=responses({200: OperationsAnswered}, cached=True))
    @rules(weight=_WEIGHT)
    def overview() -> Response:
        """Tells how stores, index, outbox, relayer and worker are.

        For an operator of the node's stores, and for the node's own custodian and relayer.
        """
        _require_running(signed_in())
        watched = operations()
        node = current_node()
        state = watched.readiness.state()
        by_check = {one.check: one for one in state.conditions}
        rule = node.config.placement
        return answer(
            OperationsAnswered(
                version=__version__,
                measured_at=state.measured_at,
                stores=[_store(store, by_check) for store in node.config.stores],
                placement=PlacementAnswered(copies=rule.copies, failure_domains=rule.failure_domains),
                outbox=OutboxAnswered(
                    by_state=dict(watched.looks.rows.outbox_counts()),
                    oldest_at=watched.looks.rows.oldest_waiting_at(),
                ),
                relay=_relay(watched),
                index=_index(watched.looks.rows.index_cursor()),
                worker=_worker(watched),
                conditions=[
                    ConditionAnswered(check=one.check, state=one.severity.value, message=one.what, remedy=one.remedy)
                    for one in state.conditions
                ],
            )
        )

    return api


def _require_running(who: Address) -> None:
    """Raises NotTheOperator unless it is one of those who run this node."""
    custodian = app_context().custodian
    own = {current_node().relay.relayer, None if custodian is None else custodian.address}
    if who not in own:
        current_node().care.require_operator(who)


def _store(store: StoreConfig, by_check: Mapping[str, Condition]) -> StoreStateAnswered:
    found = by_check.get(f"store {store.name}")
    up = found is not None and found.severity is Severity.OK
    return StoreStateAnswered(
        name=store.name,
        kind=store.kind,
        failure_domain=store.failure_domain,
        location=store.location,
        up=up,
        fault_code=None if up or found is None else found.code,
    )


def _relay(watched: Operations) -> RelayAnswered:
    relayer = current_node().relay.relayer
    balance_wei = None
    if relayer is not None:
        try:
            balance_wei = str(watched.looks.client().balance_wei(relayer))
        except MendrecError:
            balance_wei = None  # the conditions say that the chain is away
    return RelayAnswered(by_state=dict(watched.looks.rows.relayed_counts()), balance_wei=balance_wei, address=relayer)


def _index(cursor: BlockRef | None) -> IndexStateAnswered:
    node = current_node()
    reached = None if cursor is None else cursor.number
    try:
        head = node.ledger.head_block()
    except MendrecError:
        return IndexStateAnswered(block_number=reached, head_number=None, lag_blocks=None, head_age_s=None)
    return IndexStateAnswered(
        block_number=reached,
        head_number=head.number,
        lag_blocks=None if reached is None else max(0, head.number - reached),
        head_age_s=max(0, node.clock.now() - head.timestamp),
    )


def _worker(watched: Operations) -> WorkerAnswered:
    expires_at, now = watched.looks.rows.lease_expires_at(), current_node().clock.now()
    alive = expires_at is not None and now <= expires_at <= now + 2 * LEASE_LIFETIME_S
    return WorkerAnswered(lease_holder_alive=alive, lease_expires_at=expires_at)
