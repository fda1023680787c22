"""A declared network against a chain: what would change, changing it, and whether all is as declared.

Planning and verifying need no key and change nothing. Applying goes the way of
:class:`mendrec.services.deployment.DeploymentService`: it can stop anywhere and be called again.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from mendrec.domain.age_recipient import recipient_to_bytes
from mendrec.domain.errors import MendrecError, RefusedError, UnavailableError
from mendrec.domain.model import Address
from mendrec.domain.network import Body, Network
from mendrec.ports import (
    ContractCall,
    ContractDeployer,
    Deployment,
    DeploymentInspector,
    DeploymentRegistry,
    LedgerReader,
    LedgerWriter,
    Wallet,
)
from mendrec.services.deployment import ORDER, CategoriesDiffer, DeploymentService, constructor_args
from mendrec.services.deployment_plan import Plan, PlanWallet, Step
from mendrec.services.outbox import Outbox


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was verified."""

    what: str
    is_as_declared: bool
    words: str


@dataclass(frozen=True)
class NetworkDeployment:
    """Use cases of the operator who runs ``python -m deploy``."""

    service: DeploymentService
    deployer: ContractDeployer
    inspector: DeploymentInspector
    registry: DeploymentRegistry
    outbox_for: Callable[[LedgerWriter], Outbox]

    def plan(self, network: Network, deployer: Address) -> Plan:
        """Returns the steps that are missing, priced.

        Raises:
            WrongContractsError: what is written down is not what is on the chain.
            CreationDiffers: a creation that was signed before a stop is not the one declared now.
            CategoriesDiffer: the chain's categories contradict the declared ones.
        """
        there = self.registry.load(network.chain_id)
        if there is None:
            owner = network.governance or deployer
            addresses, steps = self._creations(owner, deployer)
            found: Sequence[str] = ()
            missing_bodies = network.bodies
        else:
            addresses, steps = dict(there.addresses), []
            reader, _ = self.deployer.open(there)
            owner = self.inspector.owner(addresses["Directory"])
            found = [code for _, code in sorted(reader.categories().items())]
            missing_bodies = tuple(body for body in network.bodies if not _is_admitted(reader, body))
        calls = _category_calls(network.categories, found) + [_admission(body) for body in missing_bodies]
        steps += [self._call_step(words, call, owner, addresses["Directory"]) for words, call in calls]
        return Plan(
            deployer,
            addresses,
            tuple(steps),
            self.inspector.max_fee_per_gas_wei(),
            self.inspector.balance_wei(deployer),
            network.ceilings,
        )

    def apply(
        self, network: Network, wallet: Wallet, *, shown: Plan, progress: Callable[[str], None]
    ) -> tuple[Deployment, Plan]:
        """Does what ``shown`` says and no more, and returns what is left: only what another owner has to send.

        Args:
            network: as declared.
            wallet: the deployer's.
            shown: the plan that was said yes to; its steps, its fee and its cost bind all that is signed.
            progress: called with a line a step.

        Raises:
            GasUnknown, FeeAboveCeiling, DeployerUnfunded, PlanChanged: nothing was sent.
            AbovePlan: fees or gas rose beyond the plan; what was done stays, and a new plan goes on.
            CreationPending, TransactionPending: not mined, or not final, in time; calling it again goes on.
        """
        shown.require_affordable()
        now = self.plan(network, wallet.address)
        shown.require_same(now)
        capped = PlanWallet(wallet, shown, self.deployer.created_address)
        there = self.registry.load(network.chain_id)
        owner = network.governance if there is None else self.inspector.owner(there.addresses["Directory"])
        deployment = self.service.deploy(
            capped,
            governance=owner,
            categories=network.categories,
            finality_depth_blocks=network.finality_depth_blocks,
            progress=progress,
        )
        _, writer = self.deployer.open(deployment)
        outbox = self.outbox_for(writer)
        for step in self.plan(network, wallet.address).own_steps:
            if step.call is not None:
                outbox.submit(step.call, capped, f"{step.words}:{step.to}")
                progress(step.words)
        return deployment, self.plan(network, wallet.address)

    def verify(self, network: Network) -> list[Finding]:
        """Compares everything declared with the chain; finds all that is wrong, not only the first."""
        there = self.registry.load(network.chain_id)
        if there is None:
            return [Finding("address registry", False, f"no deployment is written down for chain {network.chain_id}")]
        findings = [self._genuine(contract, there) for contract in ORDER]
        directory_is_ours = findings[0].is_as_declared
        if directory_is_ours and network.governance is not None:
            found = self.inspector.owner(there.addresses["Directory"])
            is_owner = found == network.governance
            words = f"{found}" if is_owner else f"{found}; declared is {network.governance}"
            findings.append(Finding("owner", is_owner, words))
        if all(finding.is_as_declared for finding in findings[: len(ORDER)]):
            reader, _ = self.deployer.open(there)
            findings.append(_categories_finding(network, reader))
            findings.extend(_body_finding(reader, body) for body in network.bodies)
        return findings

    def _genuine(self, contract: str, there: Deployment) -> Finding:
        address = there.addresses.get(contract)
        if address is None:
            return Finding(contract, False, "is not in the address registry")
        try:
            self.inspector.require_genuine(contract, there.addresses)
        except UnavailableError:
            raise
        except (MendrecError, KeyError) as error:
            return Finding(contract, False, str(error))
        return Finding(contract, True, f"{address}: code, immutables and wiring are this version's")

    def _creations(self, owner: Address, deployer: Address) -> tuple[dict[str, Address], list[Step]]:
        """A creation that was signed before a stop is mined, or will be sent as it is: its address is fixed."""
        addresses: dict[str, Address] = {}
        steps: list[Step] = []
        unsent = 0
        for contract in ORDER:
            args = constructor_args(contract, owner, addresses)
            stored = self.service.stored_creation(contract, args, deployer, ahead=unsent)
            if stored is None:
                address = self.inspector.next_address(deployer, unsent)
            else:
                address = self.deployer.created_address(stored)
            if stored is None or (stored.sender == deployer and stored.nonce >= self.deployer.next_nonce(deployer)):
                unsent += 1
            if not self.inspector.is_there(address):
                gas = self.inspector.gas_of_creation(contract, args, deployer, given=list(addresses.values()))
                cost_wei = None if stored is None else self.deployer.require_creation(stored, contract, args)
                steps.append(Step(f"create {contract}", deployer, address, gas, signed_cost_wei=cost_wei))
            addresses[contract] = address
        return addresses, steps

    def _call_step(self, words: str, call: ContractCall, owner: Address, directory: Address) -> Step:
        gas = self.inspector.gas_of_call(call, owner, directory, owner=owner)
        return Step(words, owner, directory, gas, call, self.inspector.call_data(call))


def _category_calls(declared: Sequence[str], found: Sequence[str]) -> list[tuple[str, ContractCall]]:
    common = min(len(declared), len(found))
    if tuple(found[:common]) != tuple(declared[:common]):
        raise CategoriesDiffer("The directory does not hold the declared categories in their order.")
    missing = list(declared[common:])
    if not missing:
        return []
    return [(f"add {len(missing)} categories", ContractCall("Directory", "addCategories", (missing,)))]


def _admission(body: Body) -> tuple[str, ContractCall]:
    recipient_hex = "0x" + recipient_to_bytes(body.recipient).hex()
    call = ContractCall("Directory", "admitBody", (body.address, int(body.roles), recipient_hex))
    return f"admit {body.address}", call


def _is_admitted(reader: LedgerReader, body: Body) -> bool:
    return reader.participant(body.address).body != 0


def _categories_finding(network: Network, reader: LedgerReader) -> Finding:
    found = tuple(code for _, code in sorted(reader.categories().items()))
    declared = network.categories
    if found[: len(declared)] == declared:
        return Finding("categories", True, f"{len(declared)} as declared, of {len(found)}")
    missing = [code for code in declared if code not in found]
    words = f"missing: {', '.join(missing)}" if missing else "all there, in another order than declared"
    return Finding("categories", False, words)


def _body_finding(reader: LedgerReader, body: Body) -> Finding:
    found = reader.participant(body.address)
    what = f"body {body.address}"
    if not found.body:
        return Finding(what, False, "is not admitted")
    if found.roles & body.roles != body.roles:
        return Finding(what, False, f"has other roles: {found.roles!r}")
    if found.recipient != body.recipient:
        return Finding(what, False, "has published another recipient than the declared one")
    try:
        reader.require_in_standing(body.address)
    except RefusedError:
        return Finding(what, False, "is not in standing")
    return Finding(what, True, "admitted, in standing, with the declared recipient")
