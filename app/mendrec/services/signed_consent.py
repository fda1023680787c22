"""Consent by signature: a person signs words they can read, and anybody may bring them to the chain and pay.

A signed act states, for each category, the sequence its permission block was at when the person signed. So it is void
as soon as the block changes: neither replayed nor held back and used after a revoke.

Here both sides are at one machine: the wallet signs in this process, and whoever pays has an account of their own. A
node that pays for people who come to it is :mod:`mendrec.services.relay`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from mendrec.domain.model import Address, Terms
from mendrec.domain.signed_act import SignedAct
from mendrec.ports import TransactionReceipt, Wallet
from mendrec.services.act_preparation import ActPreparation
from mendrec.services.outbox import Outbox
from mendrec.services.relay import call_of


@dataclass(frozen=True)
class SignedConsentService:
    """Signing on the person's side, relaying on anyone's."""

    preparation: ActPreparation
    outbox: Outbox

    def sign(
        self, wallet: Wallet, kind: str, params: dict[str, Any], *, valid_until_at: int | None = None
    ) -> SignedAct:
        """Signs any act (see :mod:`mendrec.services.act_drafts`); nothing is sent."""
        prepared = self.preparation.prepare(kind, wallet.address, params, deadline_at=valid_until_at)
        return prepared.signed(wallet.sign_typed_data(prepared.typed_data))

    def sign_grant(
        self, wallet: Wallet, grantee: Address, codes: Sequence[str], terms: Terms, *, valid_until_at: int
    ) -> SignedAct:
        """Signs a grant; nothing is sent."""
        params = {
            "grantee": grantee,
            "categories": list(codes),
            "rights": [right.name for right in terms.rights],
            "from_at": terms.from_at,
            "until_at": terms.until_at,
            "purpose": terms.purpose.name,
        }
        return self.sign(wallet, "grant", params, valid_until_at=valid_until_at)

    def sign_renew(
        self, wallet: Wallet, grantee: Address, codes: Sequence[str], until_at: int, *, valid_until_at: int
    ) -> SignedAct:
        """Signs a renewal; nothing is sent."""
        params = {"grantee": grantee, "categories": list(codes), "until_at": until_at}
        return self.sign(wallet, "renew", params, valid_until_at=valid_until_at)

    def sign_revoke(self, wallet: Wallet, grantee: Address, codes: Sequence[str], *, valid_until_at: int) -> SignedAct:
        """Signs a revoke; nothing is sent."""
        params = {"grantee": grantee, "categories": list(codes)}
        return self.sign(wallet, "revoke", params, valid_until_at=valid_until_at)

    def relay(self, act: SignedAct, payer: Wallet) -> TransactionReceipt:
        """Brings a signed act to the chain; the same act again returns the same receipt.

        Raises:
            ContractRefusal: used, cancelled, past its deadline, stale, or not the signer's.
        """
        return self.outbox.submit(call_of(act), payer, f"relay:{act.id_hex}")
