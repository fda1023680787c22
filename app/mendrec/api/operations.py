"""What whoever runs the node sees of it at a glance."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from mendrec.api.common import AddressText, Answered, UnixSeconds


class StoreStateAnswered(Answered):
    """One store, as the last look at it found it."""

    name: str
    kind: str
    failure_domain: str
    location: int | None = Field(description="Its number on chain.")
    up: bool = Field(description="It took a small object and gave it back.")
    fault_code: str | None


class PlacementAnswered(Answered):
    """What every object must have."""

    copies: int
    failure_domains: int


class OutboxAnswered(Answered):
    """What was to be sent."""

    by_state: dict[str, int]
    oldest_at: UnixSeconds | None = Field(description="When the oldest relayed act that waits was taken on.")


class RelayAnswered(Answered):
    """Acts that people signed and the node pays for."""

    by_state: dict[str, int]
    balance_wei: str | None = Field(description="Decimal. Null without a relayer, or where the chain can't be asked.")
    address: AddressText | None


class IndexStateAnswered(Answered):
    """How far the index is behind the chain. Null where it is empty, or where the chain can't be asked."""

    block_number: int | None
    head_number: int | None
    lag_blocks: int | None
    head_age_s: int | None


class WorkerAnswered(Answered):
    """Whether a worker is at work."""

    lease_holder_alive: bool
    lease_expires_at: UnixSeconds | None


class ConditionAnswered(Answered):
    """One thing that was looked at."""

    check: str
    state: Literal["ok", "warning", "error"]
    message: str
    remedy: str


class OperationsAnswered(Answered):
    """The node at a glance."""

    version: str
    measured_at: UnixSeconds = Field(description="When stores and conditions were looked at.")
    stores: list[StoreStateAnswered]
    placement: PlacementAnswered
    outbox: OutboxAnswered
    relay: RelayAnswered
    index: IndexStateAnswered
    worker: WorkerAnswered
    conditions: list[ConditionAnswered]
