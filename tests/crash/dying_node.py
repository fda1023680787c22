"""A node that dies at a chosen durable point: ``python -m tests.crash.dying_node KEYS``; jobs on stdin, told on stdout.

Everything is imported once; each job is a fork of that. The points are what lasts, wherever the product does it: each
commit of the database, each object given to a store, each flush and rename of a file, each transaction sent. A point's
death is just before it, so the death after the last one is that of the next point, or none.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import threading
import traceback
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, event, func, select

from mendrec.adapters.chain.ledger import Web3LedgerWriter
from mendrec.adapters.db.engine import open_engine, reading
from mendrec.adapters.db.tables import object_copies
from mendrec.adapters.stores.directory import DirectoryStore
from mendrec.bootstrap import Node, open_node
from mendrec.config import load_config
from mendrec.domain.model import Purpose
from mendrec.keyring import Keyring, Person
from mendrec.services.intake.files import NamedBytes
from mendrec.services.intake.plan import plan_intake
from mendrec.services.key_release import Reader
from tests.crash import far_author

LIGHT_SCRYPT_N = 2**12
TEXTS = (b"first note", b"second note", b"third note")


@dataclass
class Points:
    """Counts durable points, and dies at one: the n-th of its kind, counted from 0."""

    die_at: tuple[str, int] | None
    passed: list[str] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def reach(self, name: str) -> None:
        with self._lock:
            if (name, self.passed.count(name)) == self.die_at:
                os.kill(os.getpid(), signal.SIGKILL)
            self.passed.append(name)

    def install(self) -> None:
        """Puts a point before everything that lasts."""
        event.listen(Engine, "commit", lambda _connection: self.reach("commit"))
        for owner, name, point in (
            (os, "fsync", "flush"),
            (os, "replace", "rename"),
            (Web3LedgerWriter, "broadcast", "send"),
            (DirectoryStore, "put", "store"),
            (DirectoryStore, "put_blocks", "store"),
        ):
            setattr(owner, name, self._before(getattr(owner, name), point))

    def _before(self, function: Callable[..., Any], point: str) -> Callable[..., Any]:
        def pointed(*args: Any, **kwargs: Any) -> Any:
            self.reach(point)
            return function(*args, **kwargs)

        return pointed


def upload(node: Node, people: Mapping[str, Person], job: Mapping[str, Any]) -> dict[str, Any]:
    """The submit path: seal, store, write down, send, index, read with a custodian's receipt."""
    if job["way"] == "remote":
        result = far_author.send(node, dict(people), dict(job), Path(job["sealed"]))
        return result | _read(node, people, job, result)
    patient = people["patient"]
    result = node.ingest.upload(patient.wallet, patient.address, _items(), key=job["key"]).to_json()
    return result | _read(node, people, job, result)


def _read(
    node: Node, people: Mapping[str, Person], job: Mapping[str, Any], result: Mapping[str, Any]
) -> dict[str, Any]:
    node.index.sync()
    opened = Path(job["opened"])
    opened.unlink(missing_ok=True)
    sequence, leaf, _ = result["records"][0]
    record = node.reading.locate(people["patient"].address, sequence, leaf)
    reader = people["cardiologist"]
    node.reading.open_record(record, Reader(reader.wallet, reader.identity), Purpose.TREAT, opened)
    return {}


def seal(node: Node, people: Mapping[str, Person], job: Mapping[str, Any]) -> dict[str, Any]:
    """What the author of a remote upload does before the node hears of it."""
    far_author.seal(node, people["patient"], TEXTS, Path(job["sealed"]))
    return {}


def finish(node: Node, people: Mapping[str, Person], job: Mapping[str, Any]) -> dict[str, Any]:
    """What a restarted node does, and then everything that can be asked about the upload."""
    patient, reader = people["patient"], people["cardiologist"]
    receipts_before = _receipts(node, patient, reader)
    was_opened = Path(job["opened"]).exists()
    node.outbox.resume({person.address: person.wallet for person in people.values()})
    result = upload(node, people, job)
    again = upload(node, people, job)
    sequences = sorted({sequence for sequence, _, _ in result["records"]})
    texts = []
    for sequence, leaf, _ in result["records"]:
        opened = Path(job["opened"])
        opened.unlink()
        record = node.reading.locate(patient.address, sequence, leaf)
        node.reading.open_record(record, Reader(patient.wallet, patient.identity), Purpose.PATRQT, opened)
        texts.append(opened.read_text())
    engine = open_engine(load_config(Path(job["home"])).database_url)
    with reading(engine) as connection:
        rows = select(func.count()).where(object_copies.c.sequence.in_(sequences))
        copies = connection.execute(rows).scalar_one()
    engine.dispose()
    return {
        "result": result,
        "again": again,
        "texts": texts,
        "tip": node.index.tip(patient.address).next_sequence,
        "copies": copies,
        "damaged": [str(one) for one in node.verifying.verify(patient.address).findings] if job["verify"] else [],
        "was_opened": was_opened,
        "receipts_before": [one for one in receipts_before if one in sequences],
        "receipts": [one for one in _receipts(node, patient, reader) if one in sequences],
    }


def _items() -> Any:
    return plan_intake([NamedBytes(f"{at}.txt", text) for at, text in enumerate(TEXTS)], "laboratory").items


def _receipts(node: Node, patient: Person, reader: Person) -> list[int]:
    found = node.receipts.of_patient(patient.address)
    return [one.sequence for one in found if one.reader == reader.address and one.act == "OPEN"]


JOBS = {"seal": seal, "upload": upload, "finish": finish}


def run(people: Mapping[str, Person], job: Mapping[str, Any], answers: int) -> None:
    """In the fork."""
    points = Points(None if job["die_at"] is None else (job["die_at"][0], job["die_at"][1]))
    points.install()
    node = open_node(load_config(Path(job["home"])), own_custodian=people["north-hospital"])
    found = JOBS[job["job"]](node, people, job)
    with os.fdopen(answers, "w") as stream:
        json.dump({"points": points.passed, **found}, stream)


def main(keys: Path) -> None:
    ring = Keyring(keys, scrypt_n=LIGHT_SCRYPT_N)
    people = {name: ring.open(name, ring.password_file(name).read_text().strip()) for name in ring.names()}
    for line in sys.stdin:
        job = json.loads(line)
        reading_end, writing_end = os.pipe()
        pid = os.fork()
        if pid == 0:
            status = 1
            try:
                os.close(reading_end)
                run(people, job, writing_end)
                status = 0
            except BaseException:
                traceback.print_exc()
            finally:
                sys.stderr.flush()
                os._exit(status)
        os.close(writing_end)
        with os.fdopen(reading_end) as stream:
            answer = stream.read()
        ended = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
        print(json.dumps({"ended": ended, "found": json.loads(answer) if answer else None}), flush=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
