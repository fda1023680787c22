"""A plan as it was shown to whoever says yes, and the wallet that signs nothing beyond it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from mendrec.domain.errors import RefusedError
from mendrec.domain.model import Address
from mendrec.domain.network import FeeCeilings
from mendrec.ports import ContractCall, SignedTransaction, Wallet

_GAS_ALLOWANCE_PERCENT = 25
"""On top of an estimate: the margin that transactions are signed with, and what earlier steps change in later ones."""


class FeeAboveCeiling(RefusedError):
    """It would cost more than the network file allows."""

    code = "refused.fee_above_ceiling"
    default_remedy = "Wait until fees have come down, or raise the ceiling in the network file under [fees]."


class AbovePlan(RefusedError):
    """It would cost more than the plan said, or is nothing that the plan said."""

    code = "refused.above_plan"
    default_remedy = "Look at a new plan, and apply that one; what was done stays done."


class PlanChanged(RefusedError):
    """What is to be done is not what was shown."""

    code = "refused.plan_changed"
    default_remedy = "Nothing was sent. Look at a new plan."


class GasUnknown(RefusedError):
    """The chain's node can't tell what a step will use, so nobody can say what the plan costs."""

    code = "refused.gas_unknown"
    default_remedy = "Set max_gas_per_step in the network file under [fees], or ask a node that knows state overrides."


class DeployerUnfunded(RefusedError):
    """The deployer's account can't pay for the whole plan."""

    code = "refused.deployer_unfunded"
    default_remedy = "Put ether into the account first; nothing was sent."


@dataclass(frozen=True, slots=True)
class Step:
    """One transaction that is still to be sent."""

    words: str
    sender: Address
    to: Address
    """The contract called, or the address at which it will be created."""
    gas: int | None
    """None where the chain's node can't tell before the steps ahead of it are done."""
    call: ContractCall | None = None
    """None for a creation."""
    data_hex: str | None = None
    """0x-hex call data, for an owner who sends it by other means."""
    signed_cost_wei: int | None = None
    """The most that it can cost, where it was signed before a stop and is sent as it is."""

    def gas_limit(self, ceilings: FeeCeilings) -> int | None:
        """The most gas that it may be signed with; None where nobody can say."""
        if self.gas is None:
            return ceilings.max_gas_per_step
        return self.gas + self.gas * _GAS_ALLOWANCE_PERCENT // 100

    @property
    def what(self) -> tuple[Address, Address, str | None]:
        """Sender, target and data: two steps that agree in these are the same."""
        return self.sender, self.to, self.data_hex


@dataclass(frozen=True, slots=True)
class Plan:
    """What applying a network file would do now."""

    deployer: Address
    addresses: Mapping[str, Address]
    """Of all three contracts; where one is not there yet, where it would be."""
    steps: tuple[Step, ...]
    max_fee_per_gas_wei: int
    balance_wei: int
    ceilings: FeeCeilings

    @property
    def own_steps(self) -> tuple[Step, ...]:
        """Those that the deployer sends; the others are the owner's."""
        return tuple(step for step in self.steps if step.sender == self.deployer)

    @property
    def gas(self) -> int:
        """Of the deployer's steps, as far as it is known."""
        return sum(step.gas or 0 for step in self.own_steps)

    @property
    def unpriced(self) -> tuple[Step, ...]:
        """The deployer's steps of which nobody can say what they cost."""
        return tuple(
            one for one in self.own_steps if one.signed_cost_wei is None and one.gas_limit(self.ceilings) is None
        )

    @property
    def to_sign_wei(self) -> int:
        """The most that the steps cost which are still to be signed."""
        limits = (one.gas_limit(self.ceilings) or 0 for one in self.own_steps if one.signed_cost_wei is None)
        return sum(limits) * self.max_fee_per_gas_wei

    @property
    def cost_wei(self) -> int:
        """The most that applying this plan spends; applying it is held to that. Without the steps in ``unpriced``."""
        return self.to_sign_wei + sum(one.signed_cost_wei or 0 for one in self.own_steps)

    def require_affordable(self) -> None:
        """Returns only where every ceiling holds and the account can pay.

        Raises:
            GasUnknown, FeeAboveCeiling, DeployerUnfunded
        """
        if not self.own_steps:
            return
        ceilings = self.ceilings
        if self.unpriced:
            words = "; ".join(step.words for step in self.unpriced)
            raise GasUnknown(f"The chain's node can't tell the gas of: {words}. Nothing was sent.")
        if ceilings.max_fee_per_gas_wei is not None and self.max_fee_per_gas_wei > ceilings.max_fee_per_gas_wei:
            raise FeeAboveCeiling(
                f"The chain asks {self.max_fee_per_gas_wei} wei per gas; allowed are {ceilings.max_fee_per_gas_wei}."
            )
        for step in self.own_steps:
            limit = step.gas_limit(ceilings)
            if ceilings.max_gas_per_step is not None and limit is not None and limit > ceilings.max_gas_per_step:
                raise FeeAboveCeiling(
                    f"{step.words} may take {limit} gas; allowed are {ceilings.max_gas_per_step} for one step."
                )
        if ceilings.max_total_wei is not None and self.cost_wei > ceilings.max_total_wei:
            raise FeeAboveCeiling(f"It would cost up to {self.cost_wei} wei; allowed are {ceilings.max_total_wei}.")
        if self.balance_wei < self.cost_wei:
            raise DeployerUnfunded(f"{self.deployer} holds {self.balance_wei} wei and needs {self.cost_wei}.")

    def require_same(self, now: Plan) -> None:
        """Returns only where ``now`` would do what this plan said. Raises PlanChanged."""
        if [one.what for one in self.steps] != [one.what for one in now.steps] or self.deployer != now.deployer:
            raise PlanChanged("The chain, the network file or the account has changed since the plan was shown.")


class PlanWallet:
    """Signs the steps of one plan, for no more than it said.

    A fee reckoned higher than the plan's is brought down to the plan's, for as long as the chain would take that.
    """

    def __init__(self, wallet: Wallet, plan: Plan, created_address: Callable[[SignedTransaction], Address]) -> None:
        """Args:
        created_address: where a creation puts its contract, by sender and nonce.
        """
        self._wallet = wallet
        self._plan = plan
        self._created_address = created_address
        self._cost_by_nonce: dict[int, int] = {}

    @property
    def address(self) -> Address:
        """The address of the wallet within."""
        return self._wallet.address

    def sign_transaction(self, fields: Mapping[str, Any]) -> tuple[str, str]:
        """As the wallet within. Raises AbovePlan."""
        held = self._at_fee(fields)
        step = self._step(held)
        limit = step.gas_limit(self._plan.ceilings)
        if limit is None or held["gas"] > limit:
            raise AbovePlan(f"{step.words} now takes {held['gas']} gas; the plan said {limit} at most.")
        fee_wei = held.get("maxFeePerGas", held.get("gasPrice", 0))
        costs = {**self._cost_by_nonce, held["nonce"]: held["gas"] * fee_wei}  # one nonce is paid for once
        if sum(costs.values()) > self._plan.to_sign_wei:
            raise AbovePlan(f"{sum(costs.values())} wei would be signed away; the plan said {self._plan.to_sign_wei}.")
        signed = self._wallet.sign_transaction(held)
        self._cost_by_nonce = costs
        return signed

    def sign_typed_data(self, typed_data: Mapping[str, Any]) -> bytes:
        """As the wallet within."""
        return self._wallet.sign_typed_data(typed_data)

    def _at_fee(self, fields: Mapping[str, Any]) -> dict[str, Any]:
        most_wei = self._plan.max_fee_per_gas_wei
        if "maxFeePerGas" not in fields:
            if fields["gasPrice"] > most_wei:
                raise AbovePlan(f"The chain now asks {fields['gasPrice']} wei per gas; the plan said {most_wei}.")
            return dict(fields)
        fee_wei, tip_wei = fields["maxFeePerGas"], fields["maxPriorityFeePerGas"]
        if fee_wei <= most_wei:
            return dict(fields)
        # What was reckoned is twice the base fee, and the tip: one base fee and the tip are taken at once.
        needed_wei = (fee_wei - tip_wei) // 2 + tip_wei
        if needed_wei > most_wei:
            raise AbovePlan(f"The chain now asks {needed_wei} wei per gas; the plan said {most_wei}.")
        return {**fields, "maxFeePerGas": most_wei}

    def _step(self, fields: Mapping[str, Any]) -> Step:
        to, data_hex = fields.get("to"), fields["data"]
        if to is None:
            to = self._created_address(SignedTransaction(self.address, fields["nonce"], "", ""))
            data_hex = None
        for step in self._plan.own_steps:
            if (step.to, step.data_hex) == (to, data_hex):
                return step
        raise AbovePlan("This transaction is not in the plan that was shown.")
