"""What a person did in another browser before the test began."""

from __future__ import annotations

import base64

from benchmarks.served import Served
from mendrec.api.safe import SafeAnswered, SafeChangedAnswered
from mendrec.client.node_client import NodeClient
from mendrec.crypto.identity import backup_with_wallet
from mendrec.keyring import Person


def keep_identity(town: Served, person: Person) -> None:
    """Puts the backup of an identity into its owner's safe, as the page does: this wallet alone opens it again here."""
    sealed = backup_with_wallet(person.identity, person.wallet, town.url)
    with NodeClient(town.url) as client:
        client.sign_in(person.wallet)
        items = client.transport.get("/v1/me/safe", SafeAnswered).items
        version = next((item.version for item in items if item.slot == "identity"), 0)
        body = {"sealed": base64.b64encode(sealed).decode("ascii"), "expected_version": version}
        client.transport.exchange("PUT", "/v1/me/safe/identity", SafeChangedAnswered, body=body)
        client.sign_out()


def keep_identities(town: Served) -> None:
    """Of everybody who has published one."""
    ledger = town.world.node.ledger
    for person in town.world.people.values():
        if ledger.participant(person.address).recipient == person.identity.recipient:
            keep_identity(town, person)
