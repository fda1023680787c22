"""From the patient's "Approve" to plaintext on the clinician's screen, in two real browsers over one node and chain.

    python -m benchmarks.browser_approve [--rounds 3]

Three times a round: until the approval is in force on the patient's screen (relayed, mined, indexed; a block every two
seconds), and from there until the clinician, who has the list open, sees the content of an entry: request signed, share
released, fetched, verified and opened. People's own seconds (reading, pressing the wallet's button) are not in it.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from pathlib import Path

from playwright.sync_api import expect

from benchmarks.browser_windows import missing, windows
from benchmarks.served import Served
from tests.browser.acting import (
    ACT_MS,
    ask_for_access,
    inside,
    list_as_reader,
    open_entry,
    sign_in,
    sign_in_dialog,
    upload_files,
)

WORDS = "What the clinician waits for."
PARTS = ("Medical history", "Imaging", "Laboratory results", "Allergies", "Medicines", "Vaccinations")


def main() -> int:
    """Prints the figures; returns the exit code."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=3)
    rounds = parser.parse_args().rounds
    if reason := missing():
        print(f"not measured: {reason}")
        return 0
    with (
        tempfile.TemporaryDirectory(prefix="mendrec-bench-") as folder,
        Served(Path(folder) / "home", processes=1, with_kubo=False) as town,
        windows(town) as open_window,
    ):
        patient, reader = open_window("patient"), open_window("cardiologist")
        sign_in(patient)
        sign_in(reader)
        address = town.world.people["patient"].address
        found = []
        for number, part in zip(range(rounds), PARTS, strict=False):
            note = Path(folder) / f"note-{number}.txt"
            note.write_text(WORDS)
            upload_files(patient, address, [note], category=part, title=f"Note {number}")
            ask_for_access(reader, address, [part])
            page = inside(patient, "/requests")
            page.get_by_role("button", name="Approve:").first.click()
            began = time.monotonic()
            sign_in_dialog(page.get_by_role("dialog"), "Sign and approve")
            in_force = time.monotonic()
            list_as_reader(reader, address)
            listed = time.monotonic()
            panel = open_entry(reader, f"Note {number}", signs=True)
            expect(panel.get_by_text(WORDS)).to_be_visible(timeout=ACT_MS)
            found.append((in_force - began, listed - in_force, time.monotonic() - listed))
    print("approve → plaintext, seconds     in force   list   open    all")
    for approve, list_s, open_s in found:
        print(f"  round {'':<22} {approve:10.1f} {list_s:6.1f} {open_s:6.1f} {approve + list_s + open_s:6.1f}")
    best = min(found, key=sum)
    print(f"  best  {'':<22} {best[0]:10.1f} {best[1]:6.1f} {best[2]:6.1f} {sum(best):6.1f}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
