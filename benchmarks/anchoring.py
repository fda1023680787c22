"""Records anchored a second, one by one and in batches, against the bare chain in the same run, and growth.

    python -m benchmarks.anchoring [--batch 1024] [--lengths 1 100 10000] [--no-kubo]

Everything is the product's own way of a file into a record: sealing, two copies in two domains each read back, the
chain, the index, the rows. "bare" is what the chain alone does with the same kind of transaction: each awaited (what
one caller who waits can have), and many in flight (what it can take). The parts of a batch are measured again on their
own, in the same run, to tell where the time goes. Growth repeats the same acts on records of other lengths: the figures
are medians and should be flat.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from deploy.world import PlayClock, World
from mendrec.adapters.chain.client import ChainClient
from mendrec.adapters.chain.deployer import Web3Deployer
from mendrec.adapters.chain.registry import FileDeploymentRegistry
from mendrec.crypto.custody import CustodianKey
from mendrec.domain.model import Purpose
from mendrec.keyring import Person
from mendrec.ports import ContractCall, LedgerWriter
from mendrec.services.consent import category_numbers
from mendrec.services.intake.files import NamedBytes
from mendrec.services.intake.items import IntakeItem
from mendrec.services.intake.plan import plan_intake
from mendrec.services.key_release import Reader
from mendrec.services.sealing import RecordDraft
from mendrec.services.spooling import Custody, seal_to_spool, store_all

CODE = "laboratory"
BAR_PER_S = 500
_ENTRIES_A_CALL = 64


def main() -> int:
    """Measures and prints a line each, and one JSON object at the end."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--batch", type=int, default=1024, help="records of one upload")
    parser.add_argument("--singles", type=int, default=30, help="uploads of one record")
    parser.add_argument("--lengths", type=int, nargs="*", default=[1, 100, 10_000], help="entries of a record")
    parser.add_argument("--no-kubo", action="store_true", help="a directory stands in for IPFS")
    options = parser.parse_args()
    with (
        tempfile.TemporaryDirectory(prefix="mendrec-bench-") as folder,
        World(Path(folder) / "home", clock=PlayClock(), with_kubo=not options.no_kubo) as world,
    ):
        world.populate()
        found = measure(world, options.batch, options.singles, options.lengths)
    print(json.dumps({"benchmark": "anchoring", "kubo": world.kubo is not None, **found}))
    return 0


def measure(world: World, batch: int, singles: int, lengths: Sequence[int]) -> dict[str, object]:
    """All of it, on one world."""
    patient = world.people["patient"]
    bare_awaited, bare_in_flight = bare_chain(world, singles), bare_chain_in_flight(world, 400)
    single = singles / timed(lambda: [upload(world, patient, 1, f"single {at}") for at in range(singles)])
    per_batch = batch / timed(lambda: upload(world, patient, batch, "batch"))
    parts = {name: batch / seconds for name, seconds in where_time_goes(world, patient, batch).items()}
    kubo = "with a real Kubo" if world.kubo else "two directories"
    line("bare chain, each awaited", bare_awaited, "transactions/s")
    line("bare chain, many in flight", bare_in_flight, "transactions/s")
    line("records one by one", single, f"records/s, {single / bare_awaited:.2f} of the bare chain, awaited")
    line(f"records in a batch of {batch}", per_batch, f"records/s, {kubo}")
    for name, rate in parts.items():
        line(f"  {name} alone", rate, "records/s")
    print(f"  bar {BAR_PER_S} records/s: {'met' if per_batch >= BAR_PER_S else 'missed'}")
    return {
        "bare_awaited_per_s": round(bare_awaited, 1),
        "bare_in_flight_per_s": round(bare_in_flight, 1),
        "single_records_per_s": round(single, 1),
        "batch_records_per_s": round(per_batch, 1),
        "parts_records_per_s": {name: round(rate) for name, rate in parts.items()},
        "bar_met": per_batch >= BAR_PER_S,
        "growth_ms": growth(world, lengths),
    }


def bare_chain(world: World, count: int) -> float:
    """Transactions a second where each is waited for, by nothing but the contract's own call."""
    writer, wallet = writer_of(world), world.people["gp"].wallet
    start = time.perf_counter()
    for number in range(count):
        call = ContractCall("Consent", "cancelNonce", (10_000 + number,))
        signed = writer.sign(call, wallet, writer.next_nonce(wallet.address))
        writer.broadcast(signed)
        while writer.receipt(signed.hash_hex) is None:
            pass
    return count / (time.perf_counter() - start)


def bare_chain_in_flight(world: World, count: int) -> float:
    """Transactions a second where all are signed before, sent one after the other, and the last is waited for."""
    writer, wallet = writer_of(world), world.people["gp"].wallet
    first = writer.next_nonce(wallet.address)
    signed = [
        writer.sign(ContractCall("Consent", "cancelNonce", (20_000 + number,)), wallet, first + number)
        for number in range(count)
    ]
    start = time.perf_counter()
    for transaction in signed:
        writer.broadcast(transaction)
    while writer.receipt(signed[-1].hash_hex) is None:
        pass
    return count / (time.perf_counter() - start)


def writer_of(world: World) -> LedgerWriter:
    """A way to the chain past the outbox."""
    deployment = FileDeploymentRegistry(world.node.config.registry_path.parent).load(world.node.ledger.chain_id)
    assert deployment is not None
    return Web3Deployer(ChainClient.connect(world.anvil.rpc_url, expected_chain_id=deployment.chain_id)).open(
        deployment
    )[1]


def items(count: int, tag: str) -> tuple[IntakeItem, ...]:
    """Small notes, all different: about what a FHIR resource weighs."""
    return tuple(
        plan_intake([NamedBytes(f"{tag} {at}.txt", f"{tag} {at} ".encode() * 60) for at in range(count)], CODE).items
    )


def upload(world: World, author: Person, count: int, key: str, patient: Person | None = None) -> None:
    """The use case of the product."""
    of = patient or world.people["patient"]
    world.node.ingest.upload(author.wallet, of.address, items(count, key), key=key)


def where_time_goes(world: World, author: Person, count: int) -> dict[str, float]:
    """Seconds that the parts of one batch take on their own; in an upload sealing and storing overlap."""
    node, patient = world.node, world.people["patient"]
    hospital = world.people["north-hospital"]
    custody = Custody((CustodianKey(hospital.address, hospital.identity.recipient),), 1)
    number = category_numbers(node.ledger, [CODE])[0]
    sealed = []
    start = time.perf_counter()
    for item in items(count, "parts"):
        draft = RecordDraft(
            chain_id=node.ledger.chain_id,
            records=node.ledger.contract_address("Records"),
            patient=patient.address,
            category=number,
            created_at=node.now(),
            descriptor=item.descriptor,
        )
        sealed.append(seal_to_spool(author.wallet, draft, item, patient.identity.recipient, custody))
    sealing = time.perf_counter() - start
    return {"sealing": sealing, "storing": timed(lambda: store_all(node.copies, sealed))}


def growth(world: World, lengths: Sequence[int]) -> dict[str, dict[str, float]]:
    """Median milliseconds of the same acts on records of these lengths."""
    found: dict[str, dict[str, float]] = {}
    patient = world.people["patient"]
    node = world.node
    node.index.sync()
    reader = Reader(patient.wallet, patient.identity)
    for length in lengths:
        lengthen(world, patient, length)
        last = node.index.tip(patient.address).next_sequence - 1
        upload(world, patient, 1, f"at {length}")
        node.index.sync()
        acts: dict[str, Callable[[int], object]] = {
            "add one record": lambda turn, at=length: upload(world, patient, 1, f"at {at}, {turn}"),  # type: ignore[misc]
            "index it": lambda _turn: node.index.sync(),
            "a page of the list": lambda _turn, at=last: node.index.rows.entries(  # type: ignore[misc]
                patient.address, after_sequence=max(0, at - 50), limit=50
            ),
            "locate": lambda _turn, at=last + 1: node.reading.locate(patient.address, at),  # type: ignore[misc]
            "open": lambda turn, at=last + 1: node.reading.open_record(  # type: ignore[misc]
                node.reading.locate(patient.address, at), reader, Purpose.TREAT, world.home / f"opened {turn}"
            ),
        }
        found[str(length)] = {name: median_ms(act) for name, act in acts.items()}
        print(f"at {length:6} entries: " + ", ".join(f"{name} {ms:.1f} ms" for name, ms in found[str(length)].items()))
    return found


def lengthen(world: World, patient: Person, length: int) -> None:
    """Adds entries until there are ``length``: batches of one leaf, many in a call, no stored object is theirs."""
    node = world.node
    node.index.sync()
    while (missing := length - node.index.tip(patient.address).next_sequence) > 0:
        tip = node.index.tip(patient.address)
        bodies = [
            {
                "category": 1,
                "location": 1,
                "count": 1,
                "root": "0x" + hashlib.sha256(f"{tip.next_sequence + at}".encode()).hexdigest(),
                "listDigest": "0x" + "11" * 32,
            }
            for at in range(min(missing, _ENTRIES_A_CALL))
        ]
        call = ContractCall(
            "Records", "addBatches", (patient.address, bodies, tip.next_sequence, "0x" + tip.head_link_hex)
        )
        node.outbox.submit(call, patient.wallet, f"lengthen {tip.next_sequence}")
        node.index.sync()


def median_ms(act: Callable[[int], object], turns: int = 7) -> float:
    """The middle of several turns."""
    return statistics.median(timed(lambda turn=turn: act(turn)) * 1000 for turn in range(turns))  # type: ignore[misc]


def timed(act: Callable[[], object]) -> float:
    """Seconds that ``act`` takes."""
    start = time.perf_counter()
    act()
    return time.perf_counter() - start


def line(name: str, rate: float, unit: str) -> None:
    """One line of the report."""
    print(f"{name:34} {rate:9.1f} {unit}")


if __name__ == "__main__":
    sys.exit(main())
