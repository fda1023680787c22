"""The node's API under open-loop load: list, read release, grant relayed to receipt.

    python -m benchmarks.api [--seconds 15] [--release-per-s 20]

A whole node (two web processes and a worker), a development chain and a real Kubo on the same two cores as the load.
Everything that a client would do before it asks, such as signing, is done before the clock starts. Each load begins
after a short one that is not counted. Exit status 1 where the bar of the read release is missed.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import requests

from benchmarks.open_loop import Load, run
from benchmarks.served import Served
from mendrec.domain.model import Act, Purpose
from mendrec.domain.release import ReleaseRequest, RequestedRecord, release_typed_data
from mendrec.keyring import Person
from mendrec.services.intake.files import NamedBytes
from mendrec.services.intake.plan import plan_intake
from mendrec.services.key_release import LocatedRecord

CODE = "laboratory"
RELEASE_P95_MAX_MS = 50
_WARM_UP = 40
_DAY_S = 86_400
_POLL_S = 0.02
_RECORDS = 64


class Api:
    """Plain HTTP, one connection a thread: what is measured is the node, not a client."""

    def __init__(self, url: str, token: str) -> None:
        self._url, self._token = url, token
        self._local = threading.local()

    def get(self, path: str) -> requests.Response:
        """Raises where the answer is not 200."""
        return self._right(self._session().get(self._url + path, timeout=30), 200)

    def post(self, path: str, body: object, status: int = 200) -> requests.Response:
        """Raises where the answer has another status."""
        return self._right(self._session().post(self._url + path, json=body, timeout=30), status)

    def _session(self) -> requests.Session:
        if not hasattr(self._local, "session"):
            self._local.session = requests.Session()
            self._local.session.headers["Authorization"] = f"Bearer {self._token}"
        found: requests.Session = self._local.session
        return found

    @staticmethod
    def _right(response: requests.Response, status: int) -> requests.Response:
        if response.status_code != status:
            raise AssertionError(f"{response.status_code} {response.text[:200]}")
        return response


def main() -> int:
    """Measures, prints a line each and one JSON object."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=15)
    parser.add_argument("--list-per-s", type=float, default=20)
    parser.add_argument("--release-per-s", type=float, default=20)
    parser.add_argument("--grants-per-s", type=float, default=5)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="mendrec-bench-") as folder, Served(Path(folder) / "home") as served:
        record = fill(served)
        loads = [
            *lists(served, options.list_per_s, options.seconds),
            *releases(served, record, options.release_per_s, options.seconds),
            *grants(served, options.grants_per_s, options.seconds),
        ]
    for load in loads:
        print(load.line())
    release = next(load for load in loads if load.name == "read release")
    ok = release.percentile_ms(0.95) < RELEASE_P95_MAX_MS and not any(load.failures for load in loads)
    print(f"read release p95 {release.percentile_ms(0.95):.1f} ms (bar {RELEASE_P95_MAX_MS} ms at 20/s)")
    print(json.dumps({"benchmark": "api", "loads": {load.name: load.to_json() for load in loads}, "ok": ok}))
    return 0 if ok else 1


def fill(served: Served) -> LocatedRecord:
    """A record of one batch and a grant to the cardiologist; returns one of its leaves."""
    world = served.world
    patient, reader = world.people["patient"], world.people["cardiologist"]
    client = served.client("patient")
    client.acts.do("grant", patient.wallet, grant_to(reader))
    notes = [NamedBytes(f"note {at}.txt", f"note {at} ".encode() * 50) for at in range(_RECORDS)]
    client.uploads.upload(patient.wallet, patient.address, plan_intake(notes, CODE).items, key="fill")
    return client.records.locate(patient.address, 0, 7)


def grant_to(reader: Person) -> dict[str, object]:
    """READ of one category, from a minute ago on."""
    now = int(time.time())
    terms = {"rights": ["READ"], "from_at": now - 60, "until_at": now + _DAY_S, "purpose": "TREAT"}
    return {"grantee": reader.address, "categories": [CODE], **terms}


def token_of(served: Served, name: str) -> str:
    """A bearer token for somebody of the world."""
    found = served.client(name).transport._token
    assert found is not None
    return found


def lists(served: Served, per_s: float, seconds: float) -> Sequence[Load]:
    """A grantee's list of a patient's records, first page."""
    api = Api(served.url, token_of(served, "cardiologist"))
    path = f"/v1/patients/{served.world.people['patient'].address}/records"
    return measured("list", [lambda: api.get(path)] * (_WARM_UP + int(per_s * seconds)), per_s)


def releases(served: Served, record: LocatedRecord, per_s: float, seconds: float) -> Sequence[Load]:
    """A signed request to open one record of a batch, answered with the custodian's share."""
    api = Api(served.url, token_of(served, "cardiologist"))
    reader, ledger = served.world.people["cardiologist"], served.world.node.ledger
    one = RequestedRecord(record.ref.sequence, record.ref.manifest_digest_hex, record.ref.leaf_index, record.path_hex)
    acts: list[Callable[[], object]] = []
    for number in range(_WARM_UP + int(per_s * seconds)):
        request = ReleaseRequest(
            act=Act.OPEN,
            patient=record.ref.patient,
            reader=reader.address,
            records=(one,),
            purpose=Purpose.TREAT,
            nonce_hex=f"{number:064x}",
            deadline_at=int(time.time()) + 280,
        )
        typed_data = release_typed_data(
            request, chain_id=ledger.chain_id, records_contract=ledger.contract_address("Records")
        )
        signature = "0x" + reader.wallet.sign_typed_data(typed_data).hex()
        body = {"request": request.to_json(), "signature": signature}
        acts.append(lambda body=body: require_released(api.post("/v1/release", body)))  # type: ignore[misc]
    return measured("read release", acts, per_s)


def require_released(response: requests.Response) -> None:
    """Raises where a share was not given out: a quick refusal is no quick release."""
    (outcome,) = response.json()["outcomes"]
    if outcome["code"] != "released" or set(outcome["shares"]) != {"descriptor", "payload"}:
        raise AssertionError(outcome["code"])


def grants(served: Served, per_s: float, seconds: float) -> Sequence[Load]:
    """A signed grant from the first byte sent to the answer that it is in a block; one patient each."""
    reader = served.world.people["cardiologist"]
    acts: list[Callable[[], object]] = []
    for number in range(_WARM_UP // 4 + int(per_s * seconds)):
        person = served.newcomer(f"granter-{number}")
        client = served.client(f"granter-{number}")
        client.acts.do("enrol", person.wallet, {"recipient": person.identity.recipient})
        act = client.acts.prepare("grant", person.address, grant_to(reader)).signed(person.wallet)
        token = client.transport._token
        assert token is not None
        body = {
            "contract": act.contract,
            "function": act.function,
            "args": list(act.args[:-1]),
            "nonce": act.authorization.nonce,
            "deadline_at": act.authorization.deadline_at,
            "signature": "0x" + act.authorization.signature_hex,
        }
        api = Api(served.url, token)
        acts.append(lambda api=api, body=body, act_id=act.id_hex: relayed(api, body, act_id))  # type: ignore[misc]
    return measured("grant relayed to receipt", acts, per_s, warm_up=_WARM_UP // 4)


def relayed(api: Api, body: dict[str, object], act_id_hex: str) -> None:
    """Submits an act and asks until it is in a block."""
    api.post("/v1/acts", body, status=202)
    while (state := api.get(f"/v1/acts/{act_id_hex}").json()["state"]) not in ("mined", "final"):
        if state == "failed":
            raise AssertionError(state)
        time.sleep(_POLL_S)


def measured(name: str, acts: Sequence[Callable[[], object]], per_s: float, warm_up: int = _WARM_UP) -> Sequence[Load]:
    """Runs ``acts`` after the first ones, which are not counted."""
    run(name, [lambda act=act: void(act) for act in acts[:warm_up]], per_s=per_s)  # type: ignore[misc]
    return [run(name, [lambda act=act: void(act) for act in acts[warm_up:]], per_s=per_s)]  # type: ignore[misc]


def void(act: Callable[[], object]) -> None:
    """Forgets what an act returns."""
    act()


if __name__ == "__main__":
    sys.exit(main())
