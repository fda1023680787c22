"""Consent by signature: a person signs words they can read, and anybody may bring them to the chain and pay.

A signed act states, for each category, the sequence its permission block was at when the person signed. So it is void
as soon as the block changes: neither replayed nor held back and used after a revoke.

Nonces are unordered; a free one is drawn at random from the word of 256 that the signer is using up. Two acts that are
signed apart and not yet sent draw the same one with a chance of 1 in 256: the contract then refuses the second in
words, and it is signed again.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from mendrec.domain.cid import sha256_hex
from mendrec.domain.errors import InputError
from mendrec.domain.ids import parse_address
from mendrec.domain.model import Address, Terms
from mendrec.domain.typed_data import consent as typed
from mendrec.domain.typed_data import contract_domain
from mendrec.domain.typed_data._build import Domain
from mendrec.domain.typed_data.signed_acts import Validity
from mendrec.ports import ContractCall, LedgerReader, Randomness, TransactionReceipt, Wallet
from mendrec.services.consent import category_numbers, terms_json
from mendrec.services.outbox import Outbox

_FUNCTIONS = frozenset({"grantBySig", "renewBySig", "narrowBySig", "revokeBySig", "approveBySig", "askBySig"})
_WORD = 256
"""Nonces that share one slot of the contract: the first of them costs 22,100 gas, each other 5,000."""


class MalformedSignedAct(InputError):
    """Not a signed act as ``--sign-only`` writes it."""

    code = "input.signed_act"
    default_remedy = "Ask for the file again; it is made with --sign-only."


@dataclass(frozen=True, slots=True)
class SignedAct:
    """A contract call that carries its signer's authorization. It holds no secret and can be shown to anyone."""

    signer: Address
    call: ContractCall

    def to_json(self) -> str:
        """The file's text."""
        return json.dumps({"signer": self.signer, "function": self.call.function, "args": self.call.args}, indent=2)


def parse_signed_act(text: str) -> SignedAct:
    """Reads a signed act.

    Raises:
        MalformedSignedAct: not of the shape :meth:`SignedAct.to_json` writes.
    """
    try:
        body = json.loads(text)
        function, args = body["function"], body["args"]
        if function not in _FUNCTIONS or not isinstance(args, list):
            raise MalformedSignedAct("This is not a signed act of consent.")
        return SignedAct(parse_address(body["signer"]), ContractCall("Consent", function, tuple(args)))
    except (KeyError, TypeError, ValueError, AttributeError, InputError) as error:
        raise MalformedSignedAct("This is not a signed act of consent.") from error


@dataclass(frozen=True)
class SignedConsentService:
    """Signing on the person's side, relaying on anyone's."""

    ledger: LedgerReader
    outbox: Outbox
    randomness: Randomness

    def sign_grant(
        self, wallet: Wallet, grantee: Address, codes: Sequence[str], terms: Terms, *, valid_until_at: int
    ) -> SignedAct:
        """Signs a grant; nothing is sent."""
        codes = tuple(dict.fromkeys(codes))
        return self._sign(
            "grantBySig",
            wallet,
            grantee,
            codes,
            (terms_json(terms),),
            lambda domain, sequences, validity: typed.grant(
                domain, wallet.address, grantee, codes, terms, sequences, validity
            ),
            valid_until_at,
        )

    def sign_renew(
        self, wallet: Wallet, grantee: Address, codes: Sequence[str], until_at: int, *, valid_until_at: int
    ) -> SignedAct:
        """Signs a renewal; nothing is sent."""
        codes = tuple(dict.fromkeys(codes))
        return self._sign(
            "renewBySig",
            wallet,
            grantee,
            codes,
            (until_at,),
            lambda domain, sequences, validity: typed.renew(
                domain, wallet.address, grantee, codes, until_at, sequences, validity
            ),
            valid_until_at,
        )

    def sign_revoke(self, wallet: Wallet, grantee: Address, codes: Sequence[str], *, valid_until_at: int) -> SignedAct:
        """Signs a revoke; nothing is sent."""
        codes = tuple(dict.fromkeys(codes))
        return self._sign(
            "revokeBySig",
            wallet,
            grantee,
            codes,
            (),
            lambda domain, sequences, validity: typed.revoke(
                domain, wallet.address, grantee, codes, sequences, validity
            ),
            valid_until_at,
        )

    def relay(self, act: SignedAct, payer: Wallet) -> TransactionReceipt:
        """Brings a signed act to the chain; the same act again returns the same receipt.

        Raises:
            ContractRefusal: used, cancelled, past its deadline, stale, or not the signer's.
        """
        key = "relay:" + sha256_hex(json.dumps([act.call.function, act.call.args]).encode("utf-8"))
        return self.outbox.submit(act.call, payer, key)

    def _sign(
        self,
        function: str,
        wallet: Wallet,
        grantee: Address,
        codes: Sequence[str],
        words: tuple[Any, ...],
        build: Callable[[Domain, Sequence[int], Validity], dict[str, Any]],
        valid_until_at: int,
    ) -> SignedAct:
        numbers = list(category_numbers(self.ledger, codes))
        sequences = [self.ledger.permission_sequence(wallet.address, grantee, number) for number in numbers]
        validity = Validity(self._free_nonce(wallet.address), valid_until_at)
        domain = contract_domain("Consent", self.ledger.chain_id, self.ledger.contract_address("Consent"))
        signature = wallet.sign_typed_data(build(domain, sequences, validity))
        authorization = {
            "nonce": validity.nonce,
            "deadline": valid_until_at,
            "signature": "0x" + signature.hex(),
        }
        args = (wallet.address, grantee, numbers, *words, sequences, authorization)
        return SignedAct(wallet.address, ContractCall("Consent", function, args))

    def _free_nonce(self, signer: Address) -> int:
        """Finds the word in use by doubling and halving (any unspent number serves), then draws from it."""
        low, high = -1, 1
        while self._is_spent(signer, high):
            low, high = high, high * 2
        while high - low > 1:
            middle = (low + high) // 2
            low, high = (middle, high) if self._is_spent(signer, middle) else (low, middle)
        first = high - high % _WORD
        while True:
            drawn = first + self.randomness.token(1)[0]
            if not self._is_spent(signer, drawn):
                return drawn

    def _is_spent(self, signer: Address, nonce: int) -> bool:
        return self.ledger.is_nonce_spent("Consent", signer, nonce)
