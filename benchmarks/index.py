"""Index: events a second, a rebuild of 100,000, going back, and reading, against the database's bare insert rate.

Every figure of one database comes from one run on it: compare the ratios, not the seconds of two machines.

    .venv/bin/python -m benchmarks.index [EVENTS]
"""

from __future__ import annotations

import json
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

from sqlalchemy import Engine, insert

from mendrec.adapters.db.engine import open_engine, writing
from mendrec.adapters.db.index_rows import SqlIndexRepository
from mendrec.adapters.db.migrate import upgrade
from mendrec.adapters.db.tables_index import BESIDE
from mendrec.domain.model import Address, ChainEvent
from mendrec.services.index import IndexService
from tests.simulators.chain_sim import SimulatedChain
from tests.simulators.postgres import PostgresCluster, PostgresNotFound

EVENTS = 100_000
_EVENTS_A_BLOCK = 50
_PATIENTS = 500
_BARE_ROWS = 20_000
_LENGTHS = (1, 100, 10_000)
_LOOKS = 200


def address(number: int) -> str:
    return f"0x{number:040x}"


def mixed_event(number: int) -> ChainEvent:
    """Of ten events, six entries, two grants, one revoke, one move of a path: what a busy network writes."""
    patient, kind = address(number % _PATIENTS), number // _PATIENTS % 10
    sequence = number // _PATIENTS
    block = {"patient": patient, "grantee": address(10_000 + number % 40), "category": 1, "sequence": sequence}
    terms = {"rights": 1, "from": 1, "until": 2**40, "purpose": 1}
    if kind < 6:
        return entry_event(patient, sequence)
    if kind < 8:
        return event("Consent", "Granted", **block, terms=terms, generation=sequence)
    if kind == 8:
        return event("Consent", "Revoked", **block, by=patient, generation=sequence)
    moved = {"fromLocation": 1, "toLocation": 2, "reason": 1, "by": patient}
    return event("Records", "PathMended", patient=patient, sequence=sequence - 9, **moved)


def entry_event(patient: str, sequence: int) -> ChainEvent:
    digest = f"0x{hash((patient, sequence)) & (2**255 - 1):064x}"
    place = {"author": patient, "category": 1, "location": 1, "recordedAt": 5, "count": 0}
    return event("Records", "EntryAdded", patient=patient, sequence=sequence, **place, digest=digest, link=digest)


def event(contract: str, name: str, **args: object) -> ChainEvent:
    return ChainEvent(contract, name, args, 0, "", 0, "ab" * 32, 0)


def chain_of(count: int) -> SimulatedChain:
    chain = SimulatedChain()
    for start in range(0, count, _EVENTS_A_BLOCK):
        chain.mine([mixed_event(number) for number in range(start, min(count, start + _EVENTS_A_BLOCK))])
    return chain


def timed(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def bare_rows_per_s(engine: Engine) -> float:
    """The database alone: as many rows into the events table in one transaction, no index rules around it."""
    rows = [
        {
            "block_number": number,
            "log_index": 0,
            "block_hash_hex": "ab" * 32,
            "block_timestamp": number,
            "transaction_hash_hex": "ab" * 32,
            "contract": "Records",
            "name": "EntryAdded",
            "args": mixed_event(number).args,
            "patient": address(number % _PATIENTS),
        }
        for number in range(_BARE_ROWS)
    ]

    def fill() -> None:
        with writing(engine) as connection:
            connection.execute(insert(BESIDE.events), rows)

    took = timed(fill)
    SqlIndexRepository(engine, BESIDE).clear()
    return _BARE_ROWS / took


def growth(engine: Engine) -> Iterator[tuple[str, dict[int, float]]]:
    """Microseconds (median) of the questions that are asked on each read and upload, by the record's length."""
    rows = SqlIndexRepository(engine)
    rows.clear()
    chain = SimulatedChain()
    for length in _LENGTHS:
        patient = address(length)
        for start in range(0, length, _EVENTS_A_BLOCK):
            stop = min(length, start + _EVENTS_A_BLOCK)
            chain.mine([entry_event(patient, sequence) for sequence in range(start, stop)])
    index = IndexService(chain, rows, first_block=0)
    index.sync()
    questions: dict[str, Callable[[Address, int], object]] = {
        "tip": lambda patient, _length: index.tip(patient),
        "one entry": lambda patient, length: rows.entry(patient, length - 1),
        "last page of 50 entries": lambda patient, length: rows.entries(patient, after_sequence=length - 51, limit=50),
        "newest 50 events": lambda patient, _length: rows.newest_events_of_patient(patient, before=None, limit=50),
    }
    for name, ask in questions.items():
        took = {}
        for length in _LENGTHS:
            patient = Address(address(length))
            times = sorted(timed(partial(ask, patient, length)) for _ in range(_LOOKS))
            took[length] = round(times[_LOOKS // 2] * 1e6)
        yield name, took
    adding = {}
    for length in _LENGTHS:
        times = []
        for sequence in range(length, length + 20):
            chain.mine([entry_event(address(length), sequence)])
            times.append(timed(index.sync))
        adding[length] = round(sorted(times)[10] * 1e6)
    yield "index one more entry", adding


def measure(name: str, url: str, chain: SimulatedChain, count: int) -> dict[str, object]:
    upgrade(url)
    engine = open_engine(url)
    bare = bare_rows_per_s(engine)
    index = IndexService(chain, SqlIndexRepository(engine), first_block=0, range_blocks=100, finality_depth=12)
    synced = count / timed(index.sync)
    rebuilt = timed(index.rebuild)
    removed = [list(events) for _, events in chain.blocks[-1:]]
    chain.reorganise(1, [*removed, []])
    back = timed(index.sync)
    figures: dict[str, object] = {
        "bare inserts/s": round(bare),
        "index events/s": round(synced),
        "of the bare rate": round(synced / bare, 2),
        f"rebuild of {count} events, s": round(rebuilt, 1),
        f"one block of {_EVENTS_A_BLOCK} events undone and redone, ms": round(back * 1e3, 1),
        "by record length, µs": dict(growth(engine)),
    }
    engine.dispose()
    print(f"{name}:")
    for what, figure in figures.items():
        print(f"  {what}: {figure}")
    return figures


def main() -> None:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else EVENTS
    found = {}
    with tempfile.TemporaryDirectory(prefix="mendrec-bench-") as folder:
        found["sqlite"] = measure("sqlite", f"sqlite:///{Path(folder) / 'index.db'}", chain_of(count), count)
    try:
        with PostgresCluster(durable=True) as cluster:
            url = cluster.url(cluster.create_database())
            found["postgresql"] = measure("postgresql", url, chain_of(count), count)
    except PostgresNotFound as missing:
        print(f"postgresql: {missing}")
    print(json.dumps(found))


if __name__ == "__main__":
    main()
