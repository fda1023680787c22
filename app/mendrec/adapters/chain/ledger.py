"""The deployed contracts: :class:`mendrec.ports.LedgerReader` and :class:`mendrec.ports.LedgerWriter` over web3."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any

from web3.types import TxReceipt

from mendrec.adapters.chain.client import ChainClient, Target
from mendrec.adapters.chain.codec import bare_hex
from mendrec.adapters.chain.contract_wallets import require_wallet_word
from mendrec.adapters.chain.events import LOG_RANGE_BLOCKS, EventDecoder
from mendrec.domain.age_recipient import MalformedRecipient, recipient_from_bytes
from mendrec.domain.errors import ContractRefusal, NotFoundError
from mendrec.domain.model import (
    Address,
    BlockRef,
    ChainEntry,
    ChainEvent,
    EffectiveAccess,
    LocationInfo,
    ParticipantInfo,
    PermissionBlock,
    Right,
    Role,
)
from mendrec.domain.signed_act import signed_act
from mendrec.ports import (
    SKIP_NONCE,
    ContractCall,
    FeeQuote,
    Fees,
    SignedTransaction,
    TransactionReceipt,
    Wallet,
)

_REMEMBERED_ANSWERS = 8192
_TRANSFER_GAS = 21_000
"""What a transfer without data costs, exactly. Yellow Paper, appendix G."""
_LOOK_BACK_BLOCKS = 50 * LOG_RANGE_BLOCKS
"""How far back the transaction of an act is looked for: two weeks of blocks of 12 seconds."""


class Web3LedgerReader:
    """Implements :class:`mendrec.ports.LedgerReader`. :func:`mendrec.adapters.chain.deployer.open_ledger` makes one."""

    def __init__(self, client: ChainClient, addresses: Mapping[str, Address]) -> None:
        self._client = client
        self._targets = {name: Target(name, address) for name, address in addresses.items()}
        self._events = EventDecoder(addresses, client.artifacts)
        self._answers = lru_cache(maxsize=_REMEMBERED_ANSWERS)(self._asked)

    @property
    def chain_id(self) -> int:
        """The chain's number (EIP-155)."""
        return self._client.chain_id

    def contract_address(self, contract: str) -> Address:
        """Where the contract is."""
        return self._targets[contract].address

    def head_block(self) -> BlockRef:
        """The newest block."""
        return self._client.head_block()

    def block(self, number: int) -> BlockRef:
        """See :meth:`mendrec.ports.EventSource.block`."""
        return self._client.block(number)

    def participant(self, who: Address, *, at: BlockRef | None = None) -> ParticipantInfo:
        """What the directory says of an address; roles 0 where it says nothing.

        The contract takes any 32 bytes for a recipient; one that nothing can be sealed to counts as none published.
        """
        found = self._struct("Directory", "participant", who, at=at)
        recipient = bytes.fromhex(bare_hex(self._one("Directory", "recipientOf", who, at=at)))
        return ParticipantInfo(
            address=who,
            roles=Role(found["roles"]),
            suspended=found["suspended"],
            credential_expires_at=found["credentialExpiresAt"],
            institution=found["institution"],
            verifier=found["verifier"],
            body=found["body"],
            recipient=_usable_recipient(recipient),
        )

    def require_in_standing(self, who: Address, *, at: BlockRef | None = None) -> None:
        """See :meth:`mendrec.ports.LedgerReader.require_in_standing`."""
        self._ask("Directory", "requireInStanding", who, at=at)

    def effective_access(
        self, patient: Address, grantee: Address, category: int, *, at: BlockRef | None = None
    ) -> EffectiveAccess:
        """What holds in the end, delegations counted in; rights 0 means nothing."""
        found = self._ask("Consent", "effective", patient, grantee, category, at=at)
        terms = found["terms"]
        return EffectiveAccess(
            Right(terms["rights"]), terms["from"], terms["until"], terms["purpose"], found["sequence"]
        )

    def permission(
        self, patient: Address, grantee: Address, category: int, *, at: BlockRef | None = None
    ) -> PermissionBlock:
        """The stored block as it is."""
        found = self._struct("Consent", "permission", patient, grantee, category, at=at)
        return PermissionBlock(
            rights=Right(found["rights"]),
            from_at=found["from"],
            until_at=found["until"],
            purpose=found["purpose"],
            sequence=found["sequence"],
            generation=found["generation"],
            passed_on=found["passedOn"],
            revoked_by_patient=found["revokedByPatient"],
        )

    def permission_sequence(self, patient: Address, grantee: Address, category: int) -> int:
        """The block's sequence, which a signed act states."""
        return self.permission(patient, grantee, category).sequence

    def request_state(self, request_id_hex: str) -> int:
        """See :meth:`mendrec.ports.LedgerReader.request_state`."""
        return int(self._one("Consent", "requestState", _prefixed(request_id_hex)))

    def is_nonce_spent(self, contract: str, signer: Address, nonce: int) -> bool:
        """See :meth:`mendrec.ports.LedgerReader.is_nonce_spent`."""
        return bool(self._one(contract, "isNonceSpent", signer, nonce))

    def require_contract_signature(self, wallet: Address, digest_hex: str, signature: bytes) -> None:
        """See :meth:`mendrec.ports.LedgerReader.require_contract_signature`."""
        require_wallet_word(self._client, wallet, digest_hex, signature)

    def entry(self, patient: Address, sequence: int, *, at: BlockRef | None = None) -> ChainEntry:
        """One entry of a patient's chain. Raises NotFoundError where there is none."""
        try:
            found = self._struct("Records", "entry", patient, sequence, at=at)
        except ContractRefusal as refusal:
            if refusal.name != "UnknownEntry":
                raise
            raise NotFoundError(refusal.message, remedy=refusal.remedy) from refusal
        return ChainEntry(
            patient=patient,
            sequence=sequence,
            author=Address(found["author"]),
            category=found["category"],
            location=found["location"],
            digest_hex=bare_hex(found["digest"]),
            recorded_at=found["recordedAt"],
            count=found["count"],
        )

    def head_link_hex(self, patient: Address, *, at: BlockRef | None = None) -> str:
        """The newest link of a patient's chain; zeros where there is no entry yet."""
        return bare_hex(self._one("Records", "head", patient, at=at))

    def categories(self) -> Mapping[int, str]:
        """Number → code."""
        head = self.head_block()
        count = int(self._one("Directory", "categoryCount", at=head))
        return {number: str(self._one("Directory", "categoryCode", number, at=head)) for number in range(1, count + 1)}

    def location(self, number: int) -> LocationInfo:
        """One place of the location registry."""
        found = self._struct("Directory", "location", number)
        return LocationInfo(number, Address(found["operator"]), found["kind"], found["active"], found["baseUri"])

    def location_count(self) -> int:
        """How many locations were ever registered; they are numbered from 1."""
        return int(self._one("Directory", "locationCount"))

    def body_address(self, number: int) -> Address:
        """Address of an admitted body."""
        return Address(self._one("Directory", "bodyOf", number))

    def events(self, from_block: int, to_block: int) -> Iterator[ChainEvent]:
        """See :meth:`mendrec.ports.EventSource.events`."""
        return self._events.read(self._client, from_block, to_block)

    def require_inclusion_on_chain(
        self, patient: Address, sequence: int, manifest_digest_hex: str, leaf_index: int, path_hex: Sequence[str]
    ) -> None:
        """See :meth:`mendrec.ports.LedgerReader.require_inclusion_on_chain`."""
        path = [_prefixed(node) for node in path_hex]
        self._ask("Records", "requireIncluded", patient, sequence, _prefixed(manifest_digest_hex), leaf_index, path)

    def _ask(self, contract: str, function: str, *args: Any, at: BlockRef | None = None) -> Mapping[str, Any]:
        if at is None:
            return self._client.call(self._targets[contract], function, args)
        # A block's hash names one state for ever, so what was answered once for it need not be asked again.
        return self._answers(contract, function, args, at)

    def _asked(self, contract: str, function: str, args: tuple[Any, ...], at: BlockRef) -> Mapping[str, Any]:
        return self._client.call(self._targets[contract], function, args, at=at)

    def _one(self, contract: str, function: str, *args: Any, at: BlockRef | None = None) -> Any:
        (value,) = self._ask(contract, function, *args, at=at).values()
        return value

    def _struct(self, contract: str, function: str, *args: Any, at: BlockRef | None = None) -> Mapping[str, Any]:
        value: Mapping[str, Any] = self._one(contract, function, *args, at=at)
        return value


class Web3LedgerWriter:
    """Implements :class:`mendrec.ports.LedgerWriter`. Used by the outbox service only."""

    def __init__(self, client: ChainClient, addresses: Mapping[str, Address]) -> None:
        self._client = client
        self._targets = {name: Target(name, address) for name, address in addresses.items()}
        self._events = EventDecoder(addresses, client.artifacts)

    def simulate(self, call: ContractCall, sender: Address) -> None:
        """See :meth:`mendrec.ports.LedgerWriter.simulate`."""
        self._client.call_raw(self._targets[call.contract], self._data(call), sender=sender)

    def next_nonce(self, sender: Address) -> int:
        """See :meth:`mendrec.ports.LedgerWriter.next_nonce`."""
        return self._client.next_nonce(sender)

    def spent_nonces(self, sender: Address) -> int:
        """See :meth:`mendrec.ports.LedgerWriter.spent_nonces`."""
        return self._client.spent_nonces(sender)

    def sign(self, call: ContractCall, wallet: Wallet, nonce: int) -> SignedTransaction:
        """See :meth:`mendrec.ports.LedgerWriter.sign`."""
        target = self._targets[call.contract]
        return self._client.sign(target.contract, target.address, self._data(call), wallet, nonce)

    def fee_quote(self) -> FeeQuote:
        """See :meth:`mendrec.ports.LedgerWriter.fee_quote`."""
        return self._client.fee_quote()

    def balance_wei(self, who: Address) -> int:
        """See :meth:`mendrec.ports.LedgerWriter.balance_wei`."""
        return self._client.balance_wei(who)

    def estimate_gas(self, call: ContractCall, sender: Address) -> int:
        """See :meth:`mendrec.ports.LedgerWriter.estimate_gas`."""
        if call == SKIP_NONCE:
            return _TRANSFER_GAS
        target = self._targets[call.contract]
        return self._client.estimate_gas(target.contract, target.address, self._data(call), sender)

    def sign_priced(self, call: ContractCall, wallet: Wallet, nonce: int, *, gas: int, fees: Fees) -> SignedTransaction:
        """See :meth:`mendrec.ports.LedgerWriter.sign_priced`."""
        skips = call == SKIP_NONCE
        to, data = (wallet.address, "0x") if skips else (self._targets[call.contract].address, self._data(call))
        return self._client.sign_priced(to, data, wallet, nonce, gas=gas, fees=fees)

    def broadcast(self, transaction: SignedTransaction) -> None:
        """See :meth:`mendrec.ports.LedgerWriter.broadcast`."""
        self._client.broadcast(transaction)

    def receipt(self, hash_hex: str) -> TransactionReceipt | None:
        """See :meth:`mendrec.ports.LedgerWriter.receipt`."""
        found = self._client.receipt(hash_hex)
        return None if found is None else receipt_of(self._client, found, self._events)

    def block(self, number: int) -> BlockRef:
        """See :meth:`mendrec.ports.EventSource.block`."""
        return self._client.block(number)

    def find_act(self, call: ContractCall) -> TransactionReceipt | None:
        """See :meth:`mendrec.ports.LedgerWriter.find_act`.

        Told by the call data, which holds the signature: a contract that passes an act on for somebody is not seen.
        """
        act = signed_act(call.contract, call.function, call.args)
        target = self._targets[call.contract]
        signer_hex = "0x" + act.signer.removeprefix("0x").lower().rjust(64, "0")
        topics = (self._events.topic_hex(call.contract, "NonceSpent"), signer_hex)
        newest = self._client.head_block().number
        for end in range(newest, max(-1, newest - _LOOK_BACK_BLOCKS), -LOG_RANGE_BLOCKS):
            logs = self._client.logs([target.address], max(0, end - LOG_RANGE_BLOCKS + 1), end, topics=topics)
            for event in self._events.decode(self._client, logs):
                if event.args["nonce"] == act.authorization.nonce:
                    return self._receipt_of_act(call, event.transaction_hash_hex)
        raise NotFoundError("What spent the number of this act is not to be seen.")

    def _receipt_of_act(self, call: ContractCall, hash_hex: str) -> TransactionReceipt | None:
        sent = self._client.transaction(hash_hex)
        is_it = str(sent.get("to")) == self._targets[call.contract].address
        if not is_it or not bare_hex(bytes(sent["input"])).startswith(bare_hex(self._data(call))):
            return None
        receipt = self.receipt(hash_hex)
        if receipt is None:
            raise NotFoundError("The chain's node has no receipt yet.")
        return receipt

    def explain_failure(self, call: ContractCall, sender: Address, receipt: TransactionReceipt) -> ContractRefusal:
        """Asks the same again on the state after the transaction's block, which holds the reason it failed for."""
        try:
            self._client.call_raw(self._targets[call.contract], self._data(call), at=receipt.block, sender=sender)
        except ContractRefusal as refusal:
            return refusal
        return self._client.refusals.unexplained(call.contract)

    def _data(self, call: ContractCall) -> str:
        return self._client.encode(call.contract, call.function, call.args)


def receipt_of(client: ChainClient, found: TxReceipt, events: EventDecoder) -> TransactionReceipt | None:
    """Returns the node's receipt as the port's; None where its block was reorganised away in the meantime."""
    block = client.block(found["blockNumber"])
    if block.hash_hex != bare_hex(bytes(found["blockHash"])):
        return None
    return TransactionReceipt(
        hash_hex=bare_hex(bytes(found["transactionHash"])),
        succeeded=found["status"] == 1,
        gas_used=found["gasUsed"],
        block=block,
        events=tuple(events.decode(client, found["logs"])),
    )


def _usable_recipient(public_key_bytes: bytes) -> str | None:
    try:
        return recipient_from_bytes(public_key_bytes)
    except MalformedRecipient:
        return None


def _prefixed(hex_text: str) -> str:
    return "0x" + hex_text.removeprefix("0x")
