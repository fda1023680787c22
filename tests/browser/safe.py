"""A person's safe as their own program sees it: what the page keeps there is read, or altered as an operator could."""

from __future__ import annotations

import base64

from benchmarks.served import Served
from mendrec.api.safe import SafeAnswered, SafeChangedAnswered, SafeItemAnswered, SlotWord
from mendrec.client.node_client import NodeClient
from mendrec.crypto.wallet import LocalWallet


def kept_in_safe(town: Served, owner: LocalWallet, slot: SlotWord) -> bytes:
    """What is in a slot, sealed as it is."""
    with _signed_in(town, owner) as client:
        item = client.transport.get(f"/v1/me/safe/{slot}", SafeItemAnswered)
        return base64.b64decode(item.sealed)


def put_in_safe(town: Served, owner: LocalWallet, slot: SlotWord, sealed: bytes) -> None:
    """Puts something in the place of what is there; to the page it is what the node gives back."""
    with _signed_in(town, owner) as client:
        items = client.transport.get("/v1/me/safe", SafeAnswered).items
        version = next((item.version for item in items if item.slot == slot), 0)
        body = {"sealed": base64.b64encode(sealed).decode("ascii"), "expected_version": version}
        client.transport.exchange("PUT", f"/v1/me/safe/{slot}", SafeChangedAnswered, body=body)


def _signed_in(town: Served, owner: LocalWallet) -> NodeClient:
    client = NodeClient(town.url)
    client.sign_in(owner)
    return client
