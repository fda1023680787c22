"""Looking at deployments and pricing them, over state overrides: nothing is sent, and no key is needed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from eth_utils.address import to_checksum_address
from eth_utils.crypto import keccak
from rlp import encode as rlp_encode  # type: ignore[import-untyped]

from mendrec.adapters.chain.client import ChainClient, Target
from mendrec.adapters.chain.errors import ChainUnavailable
from mendrec.adapters.chain.genuine import require_genuine
from mendrec.domain.errors import ContractRefusal
from mendrec.domain.model import Address
from mendrec.ports import ContractCall

_OWNER_SLOT = 3
"""Where Directory keeps its owner: after the two fallback strings of OpenZeppelin's EIP712, and SignedActs' nonces."""
_SOME_CODE = "0x00"
_FAILING_CODE = "0xfe"
"""The INVALID instruction (EIP-141)."""


class Web3Inspector:
    """Implements :class:`mendrec.ports.DeploymentInspector`."""

    def __init__(self, client: ChainClient) -> None:
        self._client = client

    @property
    def chain_id(self) -> int:
        """The chain's number (EIP-155)."""
        return self._client.chain_id

    def next_address(self, sender: Address, later: int) -> Address:
        """See :func:`creation_address`; pending transactions are counted."""
        return creation_address(sender, self._client.next_nonce(sender) + later)

    def is_there(self, address: Address) -> bool:
        """See :meth:`mendrec.ports.DeploymentInspector.is_there`."""
        return bool(self._client.code(address))

    def gas_of_creation(
        self, contract: str, constructor_args: tuple[Any, ...], sender: Address, *, given: Sequence[Address]
    ) -> int | None:
        """See :meth:`mendrec.ports.DeploymentInspector.gas_of_creation`."""
        fields = {"from": sender, "data": self._client.encode_creation(contract, constructor_args), "value": 0}
        absent = [address for address in given if not self._client.code(address)]
        assuming: dict[Address, Mapping[str, Any]] = {address: {"code": _SOME_CODE} for address in absent}
        if absent:  # they took nonces of the sender: without that this one would be created where the first of them is
            assuming[sender] = {"nonce": hex(self._client.next_nonce(sender) + len(absent))}
        return self._estimate(contract, fields, assuming)

    def gas_of_call(self, call: ContractCall, sender: Address, address: Address, *, owner: Address) -> int | None:
        """See :meth:`mendrec.ports.DeploymentInspector.gas_of_call`."""
        assuming: dict[Address, Mapping[str, Any]] = {}
        if not self._client.code(address):
            code = self._client.created_code(call.contract, (owner,), sender)
            slot, word = _word(_OWNER_SLOT), "0x" + owner.removeprefix("0x").lower().rjust(64, "0")
            assuming[address] = {"code": "0x" + code.hex(), "stateDiff": {slot: word}}
        fields = {"from": sender, "to": address, "data": self.call_data(call), "value": 0}
        if assuming and self._estimate(call.contract, fields, {address: {"code": _FAILING_CODE}}) is not None:
            return None  # the node overlooks overrides, and prices a call to an empty account
        return self._estimate(call.contract, fields, assuming)

    def call_data(self, call: ContractCall) -> str:
        """See :meth:`mendrec.ports.DeploymentInspector.call_data`."""
        return self._client.encode(call.contract, call.function, call.args)

    def max_fee_per_gas_wei(self) -> int:
        """See :meth:`mendrec.ports.DeploymentInspector.max_fee_per_gas_wei`."""
        return self._client.max_fee_per_gas_wei()

    def balance_wei(self, address: Address) -> int:
        """See :meth:`mendrec.ports.DeploymentInspector.balance_wei`."""
        return self._client.balance_wei(address)

    def require_genuine(self, contract: str, addresses: Mapping[str, Address]) -> None:
        """See :func:`mendrec.adapters.chain.genuine.require_genuine`."""
        require_genuine(self._client, contract, addresses)

    def owner(self, directory: Address) -> Address:
        """See :meth:`mendrec.ports.DeploymentInspector.owner`."""
        (found,) = self._client.call(Target("Directory", directory), "owner", ()).values()
        return Address(found)

    def _estimate(
        self, contract: str, fields: Mapping[str, Any], assuming: Mapping[Address, Mapping[str, Any]]
    ) -> int | None:
        """A node that overlooks the overrides finds no contract there and says that it would revert, or answers."""
        try:
            return self._client.estimate(contract, fields, assuming=assuming or None)
        except (ChainUnavailable, ContractRefusal):
            if assuming:
                return None
            raise


def creation_address(sender: Address, nonce: int) -> Address:
    """The last 20 bytes of the Keccak-256 of RLP(sender, nonce) (Yellow Paper, section 7)."""
    return Address(to_checksum_address(keccak(rlp_encode([bytes.fromhex(sender.removeprefix("0x")), nonce]))[12:]))


def _word(number: int) -> str:
    return "0x" + number.to_bytes(32, "big").hex()
