"""Seals a large file with ``seal_record`` and with pyrage alone, in one run, and compares.

    python benchmarks/seal.py [--size-mib 1024] [--rounds 3]

Each measurement is a child process, so that its peak resident memory is its own. The file is incompressible and in
the page cache. "pyrage alone" is measured twice: as a stream between Python files, which is what any Python program
that hands over its own files has (the bar), and as ``encrypt_file``, which never enters Python (for information).
Rounds alternate between the three; the figures are the best of each, because noise only ever adds time. Exit code 1
where a bar is missed.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import pyrage

from mendrec.crypto.age import SecretIdentity
from mendrec.crypto.custody import CustodianKey
from mendrec.crypto.wallet import LocalWallet
from mendrec.domain.descriptor import Descriptor
from mendrec.services.sealing import RecordDraft, seal_record

MIB = 1024**2
RATIO_MIN = 0.80
PEAK_MAX_MIB = 200


def with_mendrec(source: Path, sink: Path) -> float:
    """Seals a whole record: encryption, SHA-256, CID, envelopes for three custodians, signature."""
    author, patient, records = (LocalWallet.generate() for _ in range(3))
    custodians = [CustodianKey(LocalWallet.generate().address, SecretIdentity.generate().recipient) for _ in range(3)]
    draft = RecordDraft(
        chain_id=31337,
        records=records.address,
        patient=patient.address,
        category=7,
        created_at=1_790_000_000,
        descriptor=Descriptor("CT of the chest", "application/dicom"),
    )
    patient_recipient = SecretIdentity.generate().recipient
    start = time.perf_counter()
    with source.open("rb") as reader, sink.open("wb") as writer:
        seal_record(
            draft,
            reader,
            writer,
            patient_recipient=patient_recipient,
            custodians=custodians,
            threshold=2,
            wallet=author,
        )
    return time.perf_counter() - start


def with_pyrage_stream(source: Path, sink: Path) -> float:
    """Encrypts between two Python files."""
    recipient = pyrage.x25519.Identity.generate().to_public()
    start = time.perf_counter()
    with source.open("rb") as reader, sink.open("wb") as writer:
        pyrage.encrypt_io(reader, writer, [recipient])
    return time.perf_counter() - start


def with_pyrage_file(source: Path, sink: Path) -> float:
    """Encrypts from path to path, wholly outside Python."""
    recipient = pyrage.x25519.Identity.generate().to_public()
    start = time.perf_counter()
    pyrage.encrypt_file(str(source), str(sink), [recipient])
    return time.perf_counter() - start


WAYS: dict[str, Callable[[Path, Path], float]] = {
    "mendrec": with_mendrec,
    "pyrage_stream": with_pyrage_stream,
    "pyrage_file": with_pyrage_file,
}


def make_file(path: Path, size_mib: int) -> None:
    """Writes ``size_mib`` MiB of random bytes."""
    with path.open("wb") as file:
        for _ in range(size_mib):
            file.write(os.urandom(MIB))


def measure(way: str, source: Path, sink: Path) -> dict[str, float]:
    """Runs one way in a child process."""
    command = [sys.executable, str(Path(__file__).resolve()), "--child", way, str(source), str(sink)]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    sink.unlink()
    return json.loads(done.stdout)


def child(way: str, source: Path, sink: Path) -> None:
    """Measures one way and prints seconds and peak resident memory."""
    seconds = WAYS[way](source, sink)
    peak_mib = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024  # KiB on Linux
    print(json.dumps({"seconds": seconds, "peak_mib": peak_mib}))


def main() -> int:
    """Compares, prints a line a way and one JSON object, and tells whether the bars hold."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--size-mib", type=int, default=1024)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--child", nargs=3, metavar=("WAY", "SOURCE", "SINK"), help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.child:
        way, source, sink = options.child
        child(way, Path(source), Path(sink))
        return 0
    best: dict[str, dict[str, float]] = {}
    with tempfile.TemporaryDirectory(prefix="mendrec-bench-") as folder:
        source = Path(folder) / "plain"
        make_file(source, options.size_mib)
        for _ in range(options.rounds):
            for way in WAYS:
                found = measure(way, source, Path(folder) / "sealed")
                before = best.get(way, found)
                best[way] = {
                    "seconds": min(found["seconds"], before["seconds"]),
                    "peak_mib": max(found["peak_mib"], before["peak_mib"]),
                }
    rates = {way: options.size_mib / figures["seconds"] for way, figures in best.items()}
    for way, rate in rates.items():
        print(f"{way:14} {rate:7.0f} MiB/s   peak {best[way]['peak_mib']:5.0f} MiB")
    ratio = rates["mendrec"] / rates["pyrage_stream"]
    peak_mib = best["mendrec"]["peak_mib"]
    ok = ratio >= RATIO_MIN and peak_mib < PEAK_MAX_MIB
    print(f"mendrec / pyrage_stream = {ratio:.2f} (bar {RATIO_MIN}), peak {peak_mib:.0f} MiB (bar {PEAK_MAX_MIB})")
    print(
        json.dumps(
            {
                "benchmark": "seal",
                "size_mib": options.size_mib,
                "rounds": options.rounds,
                "mib_per_s": {way: round(rate) for way, rate in rates.items()},
                "ratio_to_pyrage_stream": round(ratio, 3),
                "ratio_to_pyrage_file": round(rates["mendrec"] / rates["pyrage_file"], 3),
                "peak_mib": round(peak_mib),
                "ok": ok,
            }
        )
    )
    return 0 if ok else 1


if __name__ == "__main__":
    sys.exit(main())
