"""Consent as use cases: what a person says becomes a contract call, sent through the outbox.

The rules are the contract's; here words become numbers (categories by code), and mistakes that would cost a
transaction are refused before one is made.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from mendrec.domain.errors import InputError, NotFoundError
from mendrec.domain.model import Address, Right, Terms
from mendrec.ports import ContractCall, LedgerReader, TransactionReceipt, Wallet
from mendrec.services.outbox import Outbox


class UnknownCategory(NotFoundError):
    """No category of that code is registered on this chain."""

    code = "not_found.category"


class InvalidWindow(InputError):
    """The time window is empty."""

    code = "input.window"
    default_remedy = "Give an end that lies after the beginning."


def category_numbers(ledger: LedgerReader, codes: Sequence[str]) -> tuple[int, ...]:
    """Returns the numbers of category codes, in the order given, each once.

    Raises:
        InputError: no code at all.
        UnknownCategory: a code that the directory does not have; the remedy lists those it has.
    """
    if not codes:
        raise InputError("No category was named.", remedy="Name at least one category.")
    by_code = {code: number for number, code in ledger.categories().items()}
    for code in codes:
        if code not in by_code:
            raise UnknownCategory(f"There is no category {code[:64]!r}.", remedy=f"One of: {', '.join(by_code)}.")
    return tuple(dict.fromkeys(by_code[code] for code in codes))


def terms_json(terms: Terms) -> dict[str, int]:
    """The contract's ``Terms`` struct."""
    return {
        "rights": int(terms.rights),
        "from": terms.from_at,
        "until": terms.until_at,
        "purpose": int(terms.purpose),
    }


@dataclass(frozen=True)
class ConsentService:
    """Acts of consent made by the caller's own transaction. ``key`` is the caller's idempotency key."""

    ledger: LedgerReader
    outbox: Outbox

    def grant(
        self, wallet: Wallet, grantee: Address, codes: Sequence[str], terms: Terms, *, key: str
    ) -> TransactionReceipt:
        """Allows ``grantee`` what ``terms`` say, in one or many categories."""
        _require_window(terms)
        return self._send("grant", wallet, key, grantee, self._numbers(codes), terms_json(terms))

    def renew(
        self, wallet: Wallet, grantee: Address, codes: Sequence[str], until_at: int, *, key: str
    ) -> TransactionReceipt:
        """Moves the end of an access that is still in force further out."""
        return self._send("renew", wallet, key, grantee, self._numbers(codes), until_at)

    def narrow(
        self, wallet: Wallet, grantee: Address, codes: Sequence[str], rights: Right, until_at: int, *, key: str
    ) -> TransactionReceipt:
        """Takes rights away, or brings the end nearer."""
        return self._send("narrow", wallet, key, grantee, self._numbers(codes), int(rights), until_at)

    def revoke(self, wallet: Wallet, grantee: Address, codes: Sequence[str], *, key: str) -> TransactionReceipt:
        """Ends the access, and all that was passed on from it."""
        return self._send("revoke", wallet, key, grantee, self._numbers(codes))

    def ask(
        self, wallet: Wallet, patient: Address, codes: Sequence[str], terms: Terms, *, key: str
    ) -> TransactionReceipt:
        """Asks a patient for access; the answer's ``AccessAsked`` event carries the request's id."""
        _require_window(terms)
        return self._send("ask", wallet, key, patient, self._numbers(codes), terms_json(terms))

    def approve(
        self, wallet: Wallet, requester: Address, codes: Sequence[str], terms: Terms, *, key: str
    ) -> TransactionReceipt:
        """Grants exactly what was asked."""
        return self._send("approve", wallet, key, requester, self._numbers(codes), terms_json(terms))

    def pass_on(
        self, wallet: Wallet, patient: Address, grantee: Address, codes: Sequence[str], terms: Terms, *, key: str
    ) -> TransactionReceipt:
        """Passes on part of what the caller holds with SHARE."""
        _require_window(terms)
        return self._send("passOn", wallet, key, patient, grantee, self._numbers(codes), terms_json(terms))

    def _numbers(self, codes: Sequence[str]) -> list[int]:
        return list(category_numbers(self.ledger, codes))

    def _send(self, function: str, wallet: Wallet, key: str, *args: Any) -> TransactionReceipt:
        return self.outbox.submit(ContractCall("Consent", function, args), wallet, key)


def _require_window(terms: Terms) -> None:
    if terms.until_at <= terms.from_at:
        raise InvalidWindow("The access would end before it begins.")
