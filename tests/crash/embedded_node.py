"""A node over a home with its own development chain, to be killed: ``python -m tests.crash.embedded_node HOME ACKS``.

Whatever a person is told is done is first written to ACKS, line by line, with fsync: what stands there must never be
gone. An act on consent is also written down before it begins: of one that was cut off, either outcome is right. With a
third argument it dies while it writes a checkpoint: ``torn`` in the middle, ``unnamed`` before the rename.
"""

from __future__ import annotations

import itertools
import json
import os
import signal
import sys
from pathlib import Path
from typing import Any, NoReturn

import deploy.world
from deploy.world import World
from mendrec.adapters.chain import anvil as anvil_module
from mendrec.domain.model import Purpose, Right, Terms
from mendrec.services.intake.files import NamedBytes
from mendrec.services.intake.plan import plan_intake
from mendrec.services.key_release import Reader

CHECKPOINT_EVERY_S = 2
CODES = ("laboratory", "medication", "imaging")


class Acks:
    """An append-only file on disk."""

    def __init__(self, path: Path) -> None:
        self._descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)

    def write(self, kind: str, **values: Any) -> None:
        """Returns when it is on disk."""
        os.write(self._descriptor, (json.dumps({"kind": kind, **values}) + "\n").encode())
        os.fsync(self._descriptor)


def main(home: Path, acks: Acks, how: str | None) -> None:
    deploy.world._CHECKPOINT_EVERY_S = CHECKPOINT_EVERY_S
    with World(home, block_time_s=10, with_kubo=False) as world:
        if world.is_populated:
            world.come_back()
        else:
            world.populate()
        acks.write("ready", anvil=world.anvil.pid)
        if how is not None:
            die_in_checkpoint(world, how)
        for number in itertools.count():
            round_of_acts(world, acks, f"{os.getpid()}-{number}", CODES[number % len(CODES)])


def round_of_acts(world: World, acks: Acks, key: str, code: str) -> None:
    """Both may write to one record; one reads; access is given and taken."""
    node, people = world.node, world.people
    patient, gp, cardiologist = people["patient"], people["gp"], people["cardiologist"]
    for grantee, right in ((gp, Right.UPLOAD), (cardiologist, Right.READ)):
        acks.write("begun", grantee=grantee.address, code=code)
        terms = Terms(right, node.now(), node.now() + 86_400, Purpose.TREAT)
        node.consent.grant(patient.wallet, grantee.address, [code], terms, key=f"grant {right} {key}")
        acks.write("grant", grantee=grantee.address, code=code, right=int(right), until_at=terms.until_at)
    for author in (patient, gp):
        items = plan_intake([NamedBytes("note.txt", f"{author.address} {key}".encode())], code).items
        ref = node.ingest.upload(author.wallet, patient.address, items, key=f"{author.address} {key}").records[0]
        acks.write("record", sequence=ref.sequence, digest_hex=ref.manifest_digest_hex)
    node.index.sync()
    record = node.reading.locate(ref.patient, ref.sequence, ref.leaf_index)
    path = world.home / f"opened-{key}"
    node.reading.open_record(record, Reader(cardiologist.wallet, cardiologist.identity), Purpose.TREAT, path)
    acks.write("receipt", sequence=ref.sequence, reader=cardiologist.address)
    acks.write("begun", grantee=cardiologist.address, code=code)
    node.consent.revoke(patient.wallet, cardiologist.address, [code], key=f"revoke {key}")
    acks.write("revoke", grantee=cardiologist.address, code=code)


def die_in_checkpoint(world: World, how: str) -> None:
    """From the next checkpoint on, node and chain die in the middle of it."""

    def die(_descriptor: int) -> NoReturn:
        temporary = world.anvil.state_path.with_suffix(".tmp")
        if how == "torn":
            os.truncate(temporary, temporary.stat().st_size // 2)
        if world.anvil.pid is not None:
            os.kill(world.anvil.pid, signal.SIGKILL)
        os.kill(os.getpid(), signal.SIGKILL)
        raise AssertionError

    class DyingOs:
        """The module, but for one function."""

        fsync = staticmethod(die)

        def __getattr__(self, name: str) -> Any:
            return getattr(os, name)

    anvil_module.os = DyingOs()  # type: ignore[assignment]


if __name__ == "__main__":
    main(Path(sys.argv[1]), Acks(Path(sys.argv[2])), sys.argv[3] if len(sys.argv) > 3 else None)
