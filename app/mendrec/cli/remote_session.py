"""Acts of one run of the command against a node.

An act that was signed is kept in the home's ``acts/`` under its ``--key``, so that repeating the command sends the same
act and not a second one.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from mendrec.api.acts import RelayedActAnswered
from mendrec.cli.session import Session
from mendrec.domain.cid import sha256_hex
from mendrec.domain.errors import InputError, MendrecError, UnavailableError
from mendrec.domain.signed_act import SignedAct, parse_signed_act


class KeyInUse(InputError):
    """The idempotency key was used for another act."""

    code = "input.key_in_use"
    default_remedy = "Use a new key for another act."


def do(session: Session, kind: str, params: Mapping[str, Any], *, key: str) -> RelayedActAnswered:
    """Does an act once for a key, and waits until it is in a block.

    Raises:
        KeyInUse: the key was used for another act.
        As :meth:`mendrec.client.acts.Acts.do`.
    """
    client, wallet = session.remote, session.person.wallet
    path = session.home / "acts" / f"{sha256_hex(json.dumps([wallet.address, key]).encode('utf-8'))}.json"
    asked = [kind, json.loads(json.dumps(params))]
    act = _begun(path, asked)
    if act is None:
        act = client.acts.prepare(kind, wallet.address, params).signed(wallet)
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        path.write_text(json.dumps({"asked": asked, "act": act.to_json()}), encoding="utf-8")
    try:
        client.acts.submit(act)
        done = client.acts.wait(act.id_hex)
    except UnavailableError:
        raise  # it may happen still: the same key goes on
    except MendrecError:
        path.unlink(missing_ok=True)  # it will not happen; it may be made anew
        raise
    return done


def _begun(path: Path, asked: object) -> SignedAct | None:
    try:
        found = json.loads(path.read_text("utf-8"))
        if found["asked"] != asked:
            raise KeyInUse("The key was used for another act.")
        return parse_signed_act(found["act"])
    except (OSError, ValueError, KeyError, TypeError):
        return None


def data_of(done: RelayedActAnswered) -> dict[str, object]:
    """What ``--json`` says of an act."""
    block = done.block.number if done.block else None
    return {"act": done.act_id_hex, "transaction": done.transaction_hash_hex, "block": block}


RemoteCommand = Callable[..., None]
