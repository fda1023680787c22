"""What the demo's people did in the page before anybody opens it: through the node's API, signed in as each."""

from __future__ import annotations

import base64
import time
from collections.abc import Iterator
from contextlib import contextmanager

from deploy.world import CLINICIANS, World
from mendrec.api.applications import ApplicationAnswered
from mendrec.api.safe import SafeAnswered, SafeChangedAnswered
from mendrec.client.node_client import NodeClient
from mendrec.crypto.identity import backup_with_wallet
from mendrec.crypto.sealed_to_oneself import SelfPlace, seal_to_oneself
from mendrec.domain.cid import sha256_hex
from mendrec.keyring import Person

APPLICANT = "resident"
_IDENTITY, _ADDRESS_BOOK = "identity", "address-book"
_KEPT, _NAMED, _DONE = "identities-kept", "address-books-2", "paperwork-done"


def do_paperwork(world: World, url: str) -> None:
    """Does what was not done yet in this home.

    A backup is bound to the page's origin: at another port than last time each is made anew.
    """
    kept = world.home / _KEPT
    if not kept.exists() or kept.read_text(encoding="utf-8") != url:
        for person in world.people.values():
            _keep_identity(world, person, url)
        kept.write_text(url, encoding="utf-8")
    if APPLICANT not in world.people:
        return
    named = world.home / _NAMED
    if not named.exists():
        for name in CLINICIANS:
            _know_patient(world, world.people[name], url)
        named.touch()
    done = world.home / _DONE
    if not done.exists():
        _apply(world, url)
        done.touch()


def _keep_identity(world: World, person: Person, url: str) -> None:
    """Puts the sealed backup of an identity into the person's safe, as the page does when it makes one."""
    participant = world.node.ledger.participant(person.address)
    if participant.recipient != person.identity.recipient:
        return  # an identity that was replaced since, or of who is not enrolled, is no backup of today's
    with _signed_in(person, url) as client:
        backup = backup_with_wallet(person.identity, person.wallet, url)
        _put(client, _IDENTITY, backup, expected_version=_version(client, _IDENTITY))


def _know_patient(world: World, clinician: Person, url: str) -> None:
    """Gives the patient's address a name in a clinician's own address book, which the node can't open."""
    known = {world.people["patient"].address: {"name": "Patient", "changed_at": int(time.time() * 1000)}}
    book = {"format": "mendrec-address-book/1", "contacts": known}
    with _signed_in(clinician, url) as client:
        before = _version(client, _ADDRESS_BOOK)
        place = SelfPlace(clinician.address, _ADDRESS_BOOK)
        sealed = seal_to_oneself(clinician.identity, place, book, version=before + 1)
        _put(client, _ADDRESS_BOOK, sealed, expected_version=before)


def _version(client: NodeClient, slot: str) -> int:
    """The version of what is in a slot of one's safe; 0 where nothing is."""
    items = client.transport.get("/v1/me/safe", SafeAnswered).items
    return next((item.version for item in items if item.slot == slot), 0)


def _put(client: NodeClient, slot: str, sealed: bytes, *, expected_version: int) -> None:
    """Puts something sealed into one's safe, in the place of what is there."""
    body = {"sealed": base64.b64encode(sealed).decode("ascii"), "expected_version": expected_version}
    client.transport.exchange("PUT", f"/v1/me/safe/{slot}", SafeChangedAnswered, body=body)


def _apply(world: World, url: str) -> None:
    """Somebody wants to be a clinician of the north hospital; nobody has answered yet."""
    with _signed_in(world.people[APPLICANT], url) as client:
        body = {
            "institution": world.people["north-hospital"].address,
            "display_name": "Resident, North Hospital",
            # Of a licence that nobody has; the same each time, or asking again would be another application.
            "licence_commitment_hex": sha256_hex(world.people[APPLICANT].address.encode("ascii")),
        }
        client.transport.post("/v1/applications", ApplicationAnswered, body, key="demo-application")


@contextmanager
def _signed_in(person: Person, url: str) -> Iterator[NodeClient]:
    with NodeClient(url) as client:
        client.sign_in(person.wallet)
        try:
            yield client
        finally:
            client.sign_out()
