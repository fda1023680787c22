"""A whole record's manifests and envelopes from the node: one by one, and many at once.

    python -m benchmarks.listing [--records 2000] [--alone 200]

The node's own work, without a network: its application is asked in this process, over directories of this machine.
What is asked one by one is measured on a part. Beside the time stands what it costs of an allowance of 600 requests a
minute.
"""

from __future__ import annotations

import argparse
import json
import tempfile
import time
from pathlib import Path
from typing import Any

from deploy.world import World
from mendrec.crypto.sign_in import sign_in_message
from mendrec.services.intake.files import NamedBytes
from mendrec.services.intake.plan import plan_intake
from mendrec.web.app import create_app
from mendrec.web.limiting import TokenBuckets

_BATCH = 2_000
_PER_MINUTE = 600
_RECORDS_PER_REQUEST = 50


def main() -> int:
    """Measures, prints a line each and one JSON object."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--records", type=int, default=2_000)
    parser.add_argument("--alone", type=int, default=200, help="so many are asked for one by one")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="mendrec-bench-") as folder, World(Path(folder) / "home") as world:
        world.populate()
        fill(world, options.records)
        ask = asker(world)
        patient = world.people["patient"].address
        began, places = time.perf_counter(), list(pages(ask, f"/v1/patients/{patient}/records"))
        listed_s = time.perf_counter() - began
        began = time.perf_counter()
        for one in places[: options.alone]:
            at = f"/v1/patients/{patient}/records/{one['sequence']}/{one['leaf_index']}"
            for what in ("manifest", "envelopes"):
                answer = ask(f"{at}/{what}")
                assert answer.status_code == 200, answer.json
        alone_s = (time.perf_counter() - began) * len(places) / options.alone
        began, found = time.perf_counter(), list(pages(ask, f"/v1/patients/{patient}/sealed-objects"))
        at_once_s = time.perf_counter() - began
    assert len(found) == len(places)
    assert all(one["envelopes"] for one in found)
    cost = {"alone": 2 * len(places), "at_once": len(found) / 200 + len(found) / _RECORDS_PER_REQUEST}
    print(f"{len(places)} records listed without their objects in {listed_s:.1f} s")
    for name, seconds in (("alone", alone_s), ("at_once", at_once_s)):
        minutes = max(0.0, cost[name] / _PER_MINUTE - 1)
        print(
            f"objects {name.replace('_', ' ')}: {seconds:.1f} s, {1000 * seconds / len(places):.2f} ms a record, "
            f"{cost[name]:.0f} requests counted: {minutes:.0f} min of waiting for the allowance"
        )
    seconds_of = {"records": len(places), "listed_s": listed_s, "alone_s": alone_s, "at_once_s": at_once_s}
    print(json.dumps({"benchmark": "listing", **seconds_of, "cost": cost}))
    return 0


def fill(world: World, count: int) -> None:
    """Batches of small notes."""
    patient = world.people["patient"]
    for start in range(0, count, _BATCH):
        notes = [NamedBytes(f"{at}.txt", b"note %d" % at) for at in range(start, min(count, start + _BATCH))]
        items = plan_intake(notes, "laboratory").items
        world.node.ingest.upload(patient.wallet, patient.address, items, key=f"fill {start}")
        world.node.index.sync()


def asker(world: World) -> Any:
    """Asks the node's application as the patient."""
    app = create_app(world.node, custodian=None, buckets=TokenBuckets(1e9))
    client, wallet = app.test_client(), world.people["patient"].wallet
    told = client.post("/v1/sign-in/nonce").json
    assert told is not None
    words = {name: told[name] for name in ("domain", "uri", "chain_id", "nonce")}
    text = sign_in_message(**words, address=wallet.address, issued_at=int(time.time()))
    session = client.post("/v1/sessions", json={"message": text, "signature": "0x" + wallet.sign_message(text).hex()})
    assert session.json is not None
    headers = {"Authorization": f"Bearer {session.json['token']}"}
    return lambda path, **query: client.get(path, headers=headers, query_string=query)


def pages(ask: Any, path: str) -> Any:
    """All items of a list."""
    cursor: str | None = None
    while True:
        page = ask(path, limit=200, **({} if cursor is None else {"cursor": cursor})).json
        yield from page["items"]
        cursor = page["next_cursor"]
        if cursor is None:
            return


if __name__ == "__main__":
    raise SystemExit(main())
