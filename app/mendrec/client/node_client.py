"""A node as a program sees it: sign in with a wallet, act, upload, read. Sealing and opening stay here.

    node = NodeClient("https://node.example")
    node.sign_in(wallet)
    for record in node.records.list_records(patient, reader):
        ...

What the node answers is checked where it can be: acts are made again before they are signed, records against what the
chain anchors. With ``rpc_url``, a chain node of one's own, what is anchored is read from the chain itself.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from functools import cached_property
from typing import Any, Protocol, Self
from urllib.parse import urlsplit

from mendrec.adapters.system import SystemClock
from mendrec.api.consents import (
    AccessRequestAnswered,
    AccessRequestsAnswered,
    ConsentAnswered,
    ConsentsAnswered,
)
from mendrec.api.events import EventAnswered, EventsAnswered
from mendrec.api.people import CategoriesAnswered, MeAnswered, NodeAnswered, PersonAnswered
from mendrec.api.receipts import ReceiptAnswered, ReceiptsAnswered
from mendrec.api.sessions import NonceAnswered, OpenSessionAnswered
from mendrec.client.acts import Acts
from mendrec.client.care import Care
from mendrec.client.completeness import Held
from mendrec.client.errors import LyingNode
from mendrec.client.events import stream_events
from mendrec.client.records import Records
from mendrec.client.transport import Transport, all_pages
from mendrec.client.trust import NodeTrust
from mendrec.client.uploads import Uploads
from mendrec.crypto.sign_in import sign_in_message
from mendrec.domain.errors import InputError, MendrecError, NotFoundError
from mendrec.domain.model import Address
from mendrec.ports import Clock, LedgerReader, Wallet


class SigningWallet(Wallet, Protocol):
    """A wallet that also signs texts, for signing in."""

    def sign_message(self, text: str) -> bytes:
        """EIP-191, ``personal_sign``; 65 bytes."""
        ...


class NodeClient:
    """One node, one person at a time. Use as a context manager, or :meth:`close` it."""

    def __init__(
        self,
        url: str,
        *,
        trust: NodeTrust | None = None,
        rpc_url: str | None = None,
        clock: Clock | None = None,
        accept_custody: str | None = None,
        report: Callable[[MendrecError], None] = lambda _wrong: None,
    ) -> None:
        """Args:
        url: the node's address; https, or http on this machine.
        trust: chain, contracts and custodians known from elsewhere; None: what the node says first.
        rpc_url: a chain node of one's own; what is anchored is then read from the chain and not from the node.
        clock: another clock than the machine's, for simulations.
        accept_custody: the yes to other custodians than the known ones, as CustodiansChanged says it.
        report: told of every wrong share, also where the others were enough; the error names the custodian.
        """
        self.transport = Transport(url)
        self._trust = trust
        self._rpc_url = rpc_url
        self._accept_custody = accept_custody
        self._person: Address | None = None
        self.report = report
        self.clock: Clock = clock or SystemClock()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_exc: object) -> None:
        self.close()

    def close(self) -> None:
        """Closes the connections; the session stays open until it is signed out or over."""
        self.transport.close()

    def node(self) -> NodeAnswered:
        """What the node says of itself. Raises LyingNode where it is not what it was before."""
        answered = self.transport.get("/v1/node", NodeAnswered)
        if self._trust is None:
            self._trust = NodeTrust.of(answered)
        self._trust.require_same(answered)
        self._trust = self._trust.with_custody(answered, accepted_id_hex=self._accept_custody)
        return answered

    def trust(self) -> NodeTrust:
        """Chain and contracts that are signed for, custodians that are sealed to."""
        if self._trust is None or self._trust.custody is None:
            self.node()
        if self._trust is None:
            raise LyingNode("The node does not say which contracts it works with.")
        return self._trust

    @cached_property
    def chain(self) -> LedgerReader | None:
        """The contracts over a chain node of one's own; None where none was given."""
        return None if self._rpc_url is None else self.trust().on_chain(self._rpc_url)

    def categories(self) -> dict[int, str]:
        """Number → code of every category."""
        if self.chain is not None:
            return dict(self.chain.categories())
        return {one.number: one.code for one in self.transport.get("/v1/categories", CategoriesAnswered).items}

    def sign_in(self, wallet: SigningWallet) -> None:
        """Signs in (EIP-4361); every request from now on is this person's.

        Raises:
            LyingNode: it asks for a signature that would serve at another site, or on another chain.
            RefusedError: it does not let this person in.
        """
        asked = self.transport.post("/v1/sign-in/nonce", NonceAnswered)
        own = urlsplit(self.transport.url)
        if (asked.domain, asked.uri) != (own.netloc, self.transport.url):
            raise LyingNode(
                "The node asks for a signature that would sign in at another address.",
                remedy=f"Use the address that the node goes by, if you know it: {asked.uri[:100]!r}.",
            )
        if asked.chain_id != self.trust().chain_id:
            raise LyingNode("The node asks to sign in for another chain than its own.")
        message = sign_in_message(
            domain=asked.domain,
            address=wallet.address,
            uri=asked.uri,
            chain_id=asked.chain_id,
            nonce=asked.nonce,
            issued_at=self.clock.now(),
        )
        body = {"message": message, "signature": "0x" + wallet.sign_message(message).hex()}
        opened = self.transport.post("/v1/sessions", OpenSessionAnswered, body)
        if opened.token is None or opened.session.person != wallet.address:
            raise LyingNode("The node opened a session for somebody else.")
        self.transport.use_token(opened.token)
        self._person = wallet.address

    def sign_out(self) -> None:
        """Ends the session at the node; no error where there is none."""
        if self.transport.is_signed_in:
            self.transport.delete("/v1/sessions/current")
            self.transport.use_token(None)
            self._person = None

    def me(self) -> PersonAnswered:
        """Who is signed in, and what the chain says of them."""
        return self.transport.get("/v1/me", MeAnswered).person

    def person(self, address: Address) -> PersonAnswered:
        """What the directory says of somebody."""
        return self.transport.get(f"/v1/people/{address}", PersonAnswered)

    def consents(self, patient: Address) -> Iterator[ConsentAnswered]:
        """Yields a patient's permission blocks, as far as they may be seen."""
        return self._consents(f"/v1/patients/{patient}/consents")

    def grants_held(self) -> Iterator[ConsentAnswered]:
        """Yields the permission blocks of which one is the grantee."""
        return self._consents("/v1/me/grants-held")

    def grants_passed_on(self) -> Iterator[ConsentAnswered]:
        """Yields the permission blocks that one passed on to others and that nobody has ended or replaced since."""
        return self._consents("/v1/me/grants-passed-on")

    def requests(self, patient: Address) -> Iterator[AccessRequestAnswered]:
        """Yields the requests for access to a patient's record, whatever became of them."""
        return self._requests(f"/v1/patients/{patient}/access-requests")

    def request(self, request_id_hex: str) -> AccessRequestAnswered:
        """Returns one request that was made to, or by, whoever is signed in. Raises NotFoundError."""
        me = self.me().address
        for found in (*self._requests(f"/v1/patients/{me}/access-requests", if_there=True), *self._own_requests()):
            if found.request_id_hex == request_id_hex:
                return found
        raise NotFoundError(
            f"There is no request 0x{request_id_hex[:64]}.", remedy="Copy its id from the list of them."
        )

    def receipts(self, patient: Address) -> Iterator[ReceiptAnswered]:
        """Yields the receipts of this node's custodian, newest first."""

        def page(cursor: str | None) -> tuple[list[Any], str | None]:
            found = self.transport.get(f"/v1/patients/{patient}/receipts", ReceiptsAnswered, cursor=cursor)
            return found.items, found.next_cursor

        yield from all_pages(page)

    def events(self, patient: Address) -> Iterator[EventAnswered]:
        """Yields what happened to a record, newest first."""

        def page(cursor: str | None) -> tuple[list[Any], str | None]:
            found = self.transport.get(f"/v1/patients/{patient}/events", EventsAnswered, cursor=cursor)
            return found.items, found.next_cursor

        yield from all_pages(page)

    def follow(self, patient: Address, *, after: str | None = None) -> Iterator[tuple[str, EventAnswered]]:
        """Yields (id, event) as things happen, for ever. See :func:`mendrec.client.events.stream_events`."""
        return stream_events(self.transport, patient, after=after)

    @cached_property
    def acts(self) -> Acts:
        """Everything that is done by signature."""
        return Acts(
            self.transport,
            trust=self.trust,
            categories=self.categories,
            request=self.request,
            clock=self.clock,
        )

    @cached_property
    def uploads(self) -> Uploads:
        """Adding records, sealed here."""
        return Uploads(
            self.transport,
            trust=self.trust,
            categories=self.categories,
            chain=lambda: self.chain,
            clock=self.clock,
        )

    @cached_property
    def records(self) -> Records:
        """Listing, opening and verifying records."""
        return Records(
            self.transport,
            node=self.node,
            trust=self.trust,
            chain=lambda: self.chain,
            clock=self.clock,
            held=Held(lambda: self.chain, self.clock, self._told_readable),
            who=lambda: self._person,
            report=self._reported,
        )

    @cached_property
    def care(self) -> Care:
        """Checks and mending of the copies that the node keeps."""
        return Care(self.transport)

    def _reported(self, wrong: MendrecError) -> None:
        self.report(wrong)  # whatever it is by then

    def _told_readable(self, patient: Address) -> Collection[int]:
        """Numbers of the categories of which the node itself says that whoever is signed in holds READ now."""
        if not self.me().standing.good:
            return ()
        codes = {
            one.category_code
            for one in self.grants_held()
            if one.patient == patient and one.effective.state == "in_force" and "READ" in one.effective.rights
        }
        return [number for number, code in self.categories().items() if code in codes]

    def _consents(self, path: str) -> Iterator[ConsentAnswered]:
        def page(cursor: str | None) -> tuple[list[Any], str | None]:
            found = self.transport.get(path, ConsentsAnswered, cursor=cursor)
            return found.items, found.next_cursor

        yield from all_pages(page)

    def _own_requests(self) -> Iterator[AccessRequestAnswered]:
        return self._requests("/v1/me/access-requests")

    def _requests(self, path: str, *, if_there: bool = False) -> Iterator[AccessRequestAnswered]:
        def page(cursor: str | None) -> tuple[list[Any], str | None]:
            found = self.transport.get(path, AccessRequestsAnswered, cursor=cursor)
            return found.items, found.next_cursor

        try:
            yield from all_pages(page)
        except NotFoundError:
            if not if_there:
                raise


def require_signed_in(client: NodeClient) -> None:
    """Raises InputError where nobody is."""
    if not client.transport.is_signed_in:
        raise InputError("Nobody is signed in.", remedy="Call sign_in(wallet) first.")
