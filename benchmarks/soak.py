"""Minutes of mixed load on a whole node, with the chain and a store killed in it; then everything is counted.

    python -m benchmarks.soak [--minutes 10] [--people 4] [--kill-node]

Each patient's thread uploads, grants and revokes as fast as the node lets it; a reader's thread beside it lists and
opens what it may. After a third of the time the chain is killed (``kill -9``) and started again from its checkpoint,
after half of it the second store, and with ``--kill-node`` after two thirds the node with all its processes.

What was acknowledged is written down by the client alone. At the end, with no fault any more:

- every acknowledged record is on its patient's chain once, opens, and is the file it was; nothing else is there;
- each permission is what the last acknowledged act made it;
- nothing is left in the outbox, and the index equals a rebuild;
- the node's memory did not grow from the second third to the last (for information: resident MiB over time).

Exit status 1 where any of it does not hold.
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks.served import Served
from mendrec.bootstrap import open_node
from mendrec.client.node_client import NodeClient
from mendrec.config import load_config
from mendrec.domain.errors import MendrecError, RefusedError, UnavailableError
from mendrec.domain.model import Right
from mendrec.keyring import Person
from mendrec.services.intake.files import NamedBytes
from mendrec.services.intake.plan import plan_intake
from mendrec.services.key_release import Reader

CODE = "laboratory"
_DAY_S = 86_400
_SAMPLE_S = 5.0
_GROWTH_MAX = 1.10
"""Memory may wander by a tenth: allocators keep what they had."""
_SETTLE_S = 120


@dataclass
class Told:
    """What one patient's thread was told, by the node alone."""

    records: dict[tuple[int, int | None], bytes] = field(default_factory=dict)
    may_read: bool = False
    acts: Counter[str] = field(default_factory=Counter)
    retried: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)


class Patient:
    """One patient and one reader of theirs."""

    def __init__(self, served: Served, number: int, stop: threading.Event, given_up: threading.Event) -> None:
        self.person = served.newcomer(f"patient-{number}")
        self.reader = served.world.people["cardiologist"]
        self.url = served.url
        self.told = Told()
        self._served, self._number, self._stop = served, number, stop
        self._given_up = given_up
        self._client: NodeClient | None = None

    def enrol(self) -> None:
        """By a signature; nobody gave this person ether."""
        client = self._served.client(f"patient-{self._number}")
        client.acts.do("enrol", self.person.wallet, {"recipient": self.person.identity.recipient})

    def act(self) -> None:
        """Uploads, grants, revokes, until told to stop."""
        turn = 0
        while not self._stop.is_set():
            data = f"patient {self._number}, note {turn}\n".encode() * 40
            self._insist("upload", lambda client, data=data, turn=turn: self._upload(client, data, turn))  # type: ignore[misc]
            if turn % 3 == 1:
                self._insist("grant", self._grant)
            if turn % 3 == 2:
                self._insist("revoke", self._revoke)
            turn += 1

    def read(self) -> None:
        """Lists and opens as the reader, who is refused whenever there is no grant."""
        client = None
        while not self._stop.is_set():
            try:
                client = client or self._served.client("cardiologist")
                with tempfile.TemporaryDirectory() as folder:
                    self._read_once(client, Path(folder))
            except RefusedError:
                self.told.acts["refused"] += 1
                self._stop.wait(0.1)
            except UnavailableError:
                client = None
                self.told.retried["read"] += 1
                self._stop.wait(0.2)
            except MendrecError as error:
                self.told.wrong.append(f"read: {error.code} {error.message}")

    def _read_once(self, client: NodeClient, folder: Path) -> None:
        reader = Reader(self.reader.wallet, self.reader.identity)
        listed = [one for one in client.records.list_records(self.person.address, reader) if one.descriptor]
        self.told.acts["list"] += 1
        if not listed:
            self._stop.wait(0.1)
            return
        found = listed[-1].record
        client.records.open_record(found, reader, folder / "opened")
        expected = self.told.records.get((found.ref.sequence, found.ref.leaf_index))
        if expected is not None and (folder / "opened").read_bytes() != expected:
            self.told.wrong.append(f"record {found.ref.sequence} opened to something else")
        self.told.acts["open"] += 1

    def _insist(self, what: str, act: Callable[[NodeClient], None]) -> None:
        """Does one act, again and again while the node, its chain or its stores are away."""
        while not self._given_up.is_set():
            try:
                self._client = self._client or self._served.client(f"patient-{self._number}")
                act(self._client)
            except UnavailableError:
                self._client = None
                self.told.retried[what] += 1
                time.sleep(0.2)
            except MendrecError as error:
                self.told.wrong.append(f"{what}: {error.code} {error.message}")
                return
            else:
                self.told.acts[what] += 1
                return

    def _upload(self, client: NodeClient, data: bytes, turn: int) -> None:
        items = plan_intake([NamedBytes("note.txt", data)], CODE).items
        key, kept = f"soak {self._number} {turn}", self._served.home / "kept"
        result = client.uploads.upload(self.person.wallet, self.person.address, items, key=key, keep_in=kept)
        (ref,) = result.records
        self.told.records[ref.sequence, ref.leaf_index] = data

    def _grant(self, client: NodeClient) -> None:
        now = int(time.time())
        terms = {"rights": ["READ"], "from_at": now - 60, "until_at": now + _DAY_S, "purpose": "TREAT"}
        self._settle(client, "grant", {**self._whom(), **terms})
        self.told.may_read = True

    def _revoke(self, client: NodeClient) -> None:
        self._settle(client, "revoke", self._whom())
        self.told.may_read = False

    def _whom(self) -> dict[str, object]:
        return {"grantee": self.reader.address, "categories": [CODE]}

    def _settle(self, client: NodeClient, kind: str, params: dict[str, object]) -> None:
        """One act is signed once; while it is under way it is asked after, and not signed again."""
        act = client.acts.prepare(kind, self.person.wallet.address, params).signed(self.person.wallet)
        while not self._given_up.is_set():
            try:
                client.acts.submit(act)
                client.acts.wait(act.id_hex)
            except UnavailableError:
                self.told.retried[kind] += 1
                time.sleep(0.2)
            else:
                return


def main() -> int:
    """Runs the soak and prints what came of it; the exit status says whether it held."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--minutes", type=float, default=10)
    parser.add_argument("--people", type=int, default=4)
    parser.add_argument("--kill-node", action="store_true")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="mendrec-soak-") as folder, Served(Path(folder) / "home") as served:
        stop, given_up = threading.Event(), threading.Event()
        patients = [Patient(served, number, stop, given_up) for number in range(options.people)]
        for patient in patients:
            patient.enrol()
        memory = load(served, patients, stop, given_up, options.minutes * 60, kill_node=options.kill_node)
        wrong = [fault for patient in patients for fault in patient.told.wrong] + verify(served, patients)
    return report(patients, memory, wrong, options.minutes)


def load(
    served: Served,
    patients: list[Patient],
    stop: threading.Event,
    given_up: threading.Event,
    seconds: float,
    *,
    kill_node: bool,
) -> list[float]:
    """Runs the threads and the faults; returns the node's memory over time, in MiB."""
    threads = [threading.Thread(target=act) for patient in patients for act in (patient.act, patient.read)]
    for thread in threads:
        thread.start()
    try:
        return watch(served, patients, seconds, kill_node=kill_node)
    except BaseException:
        given_up.set()
        raise
    finally:
        stop.set()
        for thread in threads:
            thread.join()


def watch(served: Served, patients: list[Patient], seconds: float, *, kill_node: bool) -> list[float]:
    """Does the faults at their times and samples the memory."""
    begin, memory = time.monotonic(), []
    faults: list[tuple[float, str, Callable[[], None]]] = [(1 / 3, "chain", lambda: restart_chain(served))]
    if served.world.kubo is not None:
        faults.append((1 / 2, "store", lambda: restart_store(served)))
    if kill_node:
        faults.append((2 / 3, "node", lambda: restart_node(served)))
    while (passed := time.monotonic() - begin) < seconds:
        if faults and passed >= faults[0][0] * seconds:
            _share, what, fault = faults.pop(0)
            print(f"{passed:5.0f} s: kill -9 of the {what}", flush=True)
            fault()
        memory.append(served.resident_mib())
        done = Counter[str]()
        for patient in patients:
            done += patient.told.acts
        print(f"{passed:5.0f} s: {dict(done)}, {memory[-1]:.0f} MiB", flush=True)
        time.sleep(_SAMPLE_S)
    return memory


def restart_chain(served: Served) -> None:
    """Kills the chain between two checkpoints, and starts it from the last one."""
    served.world.anvil.kill()
    time.sleep(2)
    served.world.anvil.start()


def restart_store(served: Served) -> None:
    """Kills the second store, and starts it again."""
    if served.world.kubo is not None:
        served.world.kubo.kill()
        time.sleep(5)
        served.world.kubo.start()


def restart_node(served: Served) -> None:
    """Kills every process of the node, and starts it again."""
    served.kill()
    time.sleep(1)
    served.start()


def verify(served: Served, patients: list[Patient]) -> list[str]:
    """Compares what the clients were told with the chain, the stores and the index; returns what differs."""
    wrong: list[str] = []
    give_up_at = time.monotonic() + _SETTLE_S
    while (waiting := sum(map(under_way, patients))) and time.monotonic() < give_up_at:
        time.sleep(0.5)
    if waiting:
        wrong.append(f"{waiting} acts are still waiting")
    node = open_node(load_config(served.home))
    node.index.sync()
    for patient in patients:
        wrong += verify_patient(served, patient)
    before = node.index.dump()
    node.index.rebuild()
    if node.index.dump() != before:
        wrong.append("the index is not what a rebuild makes")
    return wrong


def under_way(patient: Patient) -> int:
    """How many of a patient's acts the node has and no block holds."""
    with NodeClient(patient.url) as client:
        client.sign_in(patient.person.wallet)
        return sum(act.state in ("queued", "sent") for act in client.acts.mine())


def verify_patient(served: Served, patient: Patient) -> list[str]:
    """One patient's chain and permission, read by the patient's own client."""
    person: Person = patient.person
    node = open_node(load_config(served.home))
    wrong = [f"{finding.code}" for finding in node.verifying.verify(person.address).findings]
    there = {(one.ref.sequence, one.ref.leaf_index): one for one in node.reading.records_of(person.address)}
    if set(there) != set(patient.told.records):
        lost, extra = set(patient.told.records) - set(there), set(there) - set(patient.told.records)
        wrong.append(f"{len(lost)} acknowledged records are gone, {len(extra)} were never acknowledged")
    reader = Reader(person.wallet, person.identity)
    with NodeClient(served.url) as client, tempfile.TemporaryDirectory() as folder:
        client.sign_in(person.wallet)
        for place, data in patient.told.records.items():
            opened = Path(folder) / "opened"
            client.records.open_record(client.records.locate(person.address, *place), reader, opened)
            if opened.read_bytes() != data:
                wrong.append(f"record {place} is not the file that was given")
            opened.unlink()
    number = next(number for number, code in node.ledger.categories().items() if code == CODE)
    held = node.ledger.effective_access(person.address, patient.reader.address, number)
    if (Right.READ in held.rights) != patient.told.may_read:
        wrong.append("a permission is not what the last act made it")
    return wrong


def report(patients: list[Patient], memory: list[float], wrong: list[str], minutes: float) -> int:
    """Prints the outcome; returns the exit status."""
    acts, retried = Counter[str](), Counter[str]()
    for patient in patients:
        acts += patient.told.acts
        retried += patient.told.retried
    third = max(1, len(memory) // 3)
    middle, last = statistics.median(memory[third : 2 * third] or memory), statistics.median(memory[-third:])
    if last > middle * _GROWTH_MAX:
        wrong.append(f"memory grew from {middle:.0f} to {last:.0f} MiB")
    for fault in wrong:
        print(f"WRONG: {fault}")
    records = sum(len(patient.told.records) for patient in patients)
    print(f"{records} records acknowledged, {dict(acts)}, repeated after a fault: {dict(retried)}")
    print(f"memory: middle third {middle:.0f} MiB, last third {last:.0f} MiB")
    outcome = {
        "soak_minutes": minutes,
        "records": records,
        "acts": dict(acts),
        "repeated": dict(retried),
        "memory_mib": {"middle": round(middle), "last": round(last)},
        "wrong": wrong,
        "ok": not wrong,
    }
    print(json.dumps(outcome))
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
