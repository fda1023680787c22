"""The story that the demo tells, in plain words, by really doing it."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from deploy.damage import damage_one
from deploy.sample_data import generate
from deploy.world import World
from mendrec.domain.errors import MendrecError
from mendrec.domain.model import Purpose, Right, Terms
from mendrec.services.intake.files import NamedBytes
from mendrec.services.intake.plan import plan_intake
from mendrec.services.key_release import Reader

_MONTH_S = 30 * 86_400


def tell(world: World, now: int) -> None:
    """Plays the story. Cut off and told again with the same ``now``, it does nothing twice.

    Args:
        world: populated.
        now: when the story began, Unix seconds.
    """
    node, people = world.node, world.people
    patient, gp, cardiologist = people["patient"], people["gp"], people["cardiologist"]
    sample = next(generate(2026, 1))
    scan = plan_intake([NamedBytes("scan.dcm", sample.file("ct-slice.dcm"))]).items
    history = plan_intake([NamedBytes("history.json", sample.file("history.json"))]).items
    codes = sorted({item.category_code for item in (*scan, *history)})

    upload = Terms(Right.UPLOAD, now, now + _MONTH_S, Purpose.TREAT)
    node.consent.grant(patient.wallet, gp.address, codes, upload, key="demo upload")
    _say(1, "The patient lets the GP add to the record, and not read it.")

    node.ingest.upload(gp.wallet, patient.address, scan, key="demo scan")
    result = node.ingest.upload(gp.wallet, patient.address, history, key="demo history", progress=_progress)
    node.index.sync()
    _say(
        2,
        f"The GP adds a CT slice and a history of {len(history)} FHIR resources. Each was sealed under keys of its "
        "own, kept in two places that do not fail together, and anchored: "
        f"the whole history in one transaction of {result.gas_used:,} gas.",
    )

    with tempfile.TemporaryDirectory(prefix="mendrec-demo-") as folder:
        path = Path(folder) / "opened"
        record = node.reading.locate(patient.address, 0)
        try:
            node.reading.open_record(record, Reader(gp.wallet, gp.identity), Purpose.TREAT, path)
            raise AssertionError("the GP could read")
        except MendrecError as refusal:
            _say(3, f"The GP tries to open it again, and is refused: {refusal.message}")

        read = Terms(Right.READ, now, now + _MONTH_S, Purpose.TREAT)
        node.consent.grant(patient.wallet, cardiologist.address, codes, read, key="demo read")
        node.reading.open_record(record, Reader(cardiologist.wallet, cardiologist.identity), Purpose.TREAT, path)
        same = "byte for byte what was added" if path.read_bytes() == sample.file("ct-slice.dcm") else "DIFFERENT"
        _say(
            4,
            "The patient lets the cardiologist read for 30 days. The custodian asks the chain, writes a receipt, "
            f"and gives out its share of that one record's key. The slice opens: {same}.",
        )

    told = damage_one(node, patient.address)
    states = node.checker().check(node.inventory.of([patient.address])).records()
    bad = [label.partition("/")[2] for label, state in states.items() if state]
    _say(5, f"{told} A check fetches and hashes every copy of {len(states)} records and finds it: record {bad[0]}.")

    mended = node.mender(people["north-hospital"].wallet).run(lambda: node.inventory.of([patient.address]))
    words = "all is healthy again" if mended.is_healthy else "NOT all is healthy"
    _say(6, f"The hospital mends it from the good copy ({len(mended.done)} step(s)): {words}. No grant was touched.")

    verified = node.verifying.verify(patient.address)
    faults = f"{len(verified.findings)} faults" if verified.findings else "no fault"
    _say(
        7,
        f"Anyone can walk the hash chain to its head: {verified.entries} entries, {verified.records} records, "
        f"{faults}.",
    )


def _say(number: int, words: str) -> None:
    print(f"\n{number}. {words}", flush=True)


def _progress(done: int, total: int) -> None:
    if sys.stdout.isatty() or done == total:
        print(f"\r   sealing and storing {done} of {total}", end="" if done < total else "\n", flush=True)
