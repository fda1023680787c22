"""The story that the demo tells by really doing it: two years of a record, on a chain that began then."""

from __future__ import annotations

import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from deploy.damage import damage_one
from deploy.demo_data import DAYS, STAY_DAY, Chapter, make_chapters
from deploy.world import PlayClock, World
from mendrec.domain.errors import MendrecError
from mendrec.domain.model import SEEDED_CATEGORIES, MendReason, Purpose, Right, Terms
from mendrec.keyring import Person
from mendrec.ports import ContractCall
from mendrec.services.ingest import UploadResult
from mendrec.services.intake.plan import plan_intake
from mendrec.services.key_release import LocatedRecord, Reader

DAY_S = 86_400
_HOUR_S = 3_600
_SPECIALIST_CODES = ("imaging", "history-and-physical-exam", "delivered-radiation-dose")
_CONTROL_CODES = ("laboratory", "vital-signs", "imaging")


@dataclass
class DemoStory:
    """Told once over a fresh world whose chain began ``DAYS`` days ago; leaves it in the present."""

    world: World
    clock: PlayClock
    began_at: int
    """Unix seconds, a midnight in UTC; the chain's first block is not much later."""
    uploads: dict[str, UploadResult] = field(default_factory=dict)
    """By the chapter's name."""
    _chapters: tuple[Chapter, ...] = ()
    _told: int = 0

    def tell(self) -> None:
        """Plays it all."""
        chapters = self._chapters = make_chapters(datetime.fromtimestamp(self.began_at, UTC).date())
        before, stay, after = (
            [chapter for chapter in chapters if chapter.day < STAY_DAY],
            [chapter for chapter in chapters if STAY_DAY <= chapter.day <= STAY_DAY + 4],
            [chapter for chapter in chapters if chapter.day > STAY_DAY + 4],
        )
        self._first_year(before)
        self._stay_in_hospital(stay)
        self._second_opinion()
        self._second_year(after)
        self._care()
        self._today()
        self._verify()

    def _first_year(self, chapters: Sequence[Chapter]) -> None:
        self._go_to(0)
        self._grant("gp", SEEDED_CATEGORIES, Right.READ | Right.UPLOAD, (DAYS + 365) * DAY_S)
        self._say("Two years ago the patient lets the GP read the record and add to it.")
        for chapter in chapters:
            self._add(chapter)
        count = sum(len(result.records) for result in self.uploads.values())
        self._say(
            f"Visits, laboratory results, and what the patient measures at home: {count} records. Each is sealed under "
            "keys of its own, kept in two places that do not fail together, and anchored on the chain."
        )

    def _stay_in_hospital(self, chapters: Sequence[Chapter]) -> None:
        self._go_to(STAY_DAY)
        self._grant("cardiologist", _SPECIALIST_CODES, Right.READ | Right.UPLOAD, 14 * DAY_S)
        for chapter in chapters:
            self._add(chapter)
        self._read("cardiologist", "visit-5", leaf_of=0)
        self._say(
            "A stay in hospital. The cardiologist may read and add for 14 days: CT, echocardiogram, ECG, a letter. "
            "Then the access ends by itself."
        )

    def _second_opinion(self) -> None:
        self._go_to(STAY_DAY + 10)
        self._grant("radiologist", ("imaging",), Right.READ, 60 * DAY_S)
        opened = self._read("radiologist", "ct-slice")
        original = next(chapter for chapter in self._chapters if chapter.name == "ct-slice")
        same = "byte for byte what was added" if opened == original.files[0].data else "DIFFERENT"
        self._say(
            "A second opinion: the radiologist may read images. The custodian asks the chain, writes a receipt, and "
            f"gives out its share of that one record's key. The CT slice opens: {same}."
        )
        self._go_to(STAY_DAY + 25)
        radiologist = self.world.people["radiologist"]
        self.world.node.consent.revoke(self._patient.wallet, radiologist.address, ("imaging",), key="demo revoke")
        self._go_to(STAY_DAY + 27)
        try:
            self._read("radiologist", "echocardiogram")
            raise AssertionError("the radiologist could read")
        except MendrecError as refusal:
            self._say(f"The patient takes that back. The radiologist tries again, and is refused: {refusal.message}")

    def _second_year(self, chapters: Sequence[Chapter]) -> None:
        for chapter in chapters:
            self._add(chapter)
        self._read("gp", "discharge-letter")
        count = sum(len(result.records) for result in self.uploads.values())
        self._say(f"The second year: now {count} records, one of them the patient's alone, that nobody else can open.")

    def _care(self) -> None:
        node = self.world.node
        self._go_to(DAYS - 7)
        node.care.care_chore()
        self._go_to(DAYS - 6)
        told = damage_one(node, self._patient.address)
        self._go_to(DAYS - 5)
        node.care.care_chore()  # what a node's worker does each day
        report = node.checker().check(node.inventory.of([self._patient.address]))
        words = "all is healthy again" if report.is_healthy else "NOT all is healthy"
        self._say(
            f"{told} The next check of all copies finds it, and mends it from the good one: {words}. No grant was "
            "touched."
        )
        self._go_to(DAYS - 3)
        store = self._move_path("electrocardiogram")
        self._say(f"The hospital moves one file for good to {store}: its path on the chain is moved with it.")

    def _today(self) -> None:
        people, node = self.world.people, self.world.node
        self._go_to(DAYS - 1, second=15 * _HOUR_S)
        self._grant("cardiologist", _CONTROL_CODES, Right.READ, 30 * DAY_S)
        self._list("cardiologist")
        for name, leaf in (("visit-9", "laboratory"), ("visit-9", "vital-signs"), ("ct-slice", None)):
            self._read("cardiologist", name, code=leaf)
        self._read("gp", "diary-8", leaf_of=0)
        self._go_to_end(before_s=3 * _HOUR_S)
        now = node.now()
        wanted = Terms(Right.READ, now, now + 14 * DAY_S, Purpose.CAREMGT)
        node.consent.ask(people["radiologist"].wallet, self._patient.address, ("imaging",), wanted, key="demo ask")
        self._say(
            "Today: the cardiologist may read laboratory, vital signs and imaging for 30 days, and has read some. The "
            "radiologist asks to see the images for 14 days. The patient has not answered yet."
        )
        self._go_to_end(before_s=0)
        node.index.sync()
        node.care.care_chore()

    def _verify(self) -> None:
        verified = self.world.node.verifying.verify(self._patient.address)
        faults = f"{len(verified.findings)} faults" if verified.findings else "no fault"
        self._say(
            f"Anyone can walk the hash chain to its head: {verified.entries} entries, {verified.records} records, "
            f"{faults}."
        )

    @property
    def scan_sequence(self) -> int:
        """Where the CT slice is."""
        return self.uploads["ct-slice"].records[0].sequence

    @property
    def _patient(self) -> Person:
        return self.world.people["patient"]

    def _add(self, chapter: Chapter) -> None:
        self._go_to(chapter.day, second=chapter.second_of_day)
        self.uploads[chapter.name] = self.world.node.ingest.upload(
            self.world.people[chapter.author].wallet,
            self._patient.address,
            plan_intake(chapter.files, chapter.category_code).items,
            key=f"demo {chapter.name}",
            private=chapter.private,
        )
        self.world.node.index.sync()
        if sys.stdout.isatty():
            print(f"\r   day {chapter.day:>3} of {DAYS}", end="\r", flush=True)

    def _grant(self, grantee: str, codes: Sequence[str], rights: Right, seconds: int) -> None:
        now = self.world.node.now()
        terms = Terms(rights, now, now + seconds, Purpose.TREAT)
        address = self.world.people[grantee].address
        self.world.node.consent.grant(self._patient.wallet, address, codes, terms, key=f"demo grant {grantee} {now}")

    def _list(self, name: str) -> None:
        self.world.node.reading.list_records(self._patient.address, self._reader(name), Purpose.TREAT)

    def _read(self, name: str, chapter: str, *, leaf_of: int | None = None, code: str | None = None) -> bytes:
        """Opens a record of a chapter: the only one, the one at a place, or the first of a category."""
        record = self._record(chapter, leaf_of, code)
        with tempfile.TemporaryDirectory(prefix="mendrec-demo-") as folder:
            path = Path(folder) / "opened"
            self.world.node.reading.open_record(record, self._reader(name), Purpose.TREAT, path)
            return path.read_bytes()

    def _record(self, chapter: str, position: int | None, code: str | None) -> LocatedRecord:
        located = [
            self.world.node.reading.locate(ref.patient, ref.sequence, ref.leaf_index)
            for ref in self.uploads[chapter].records
        ]
        if code is not None:
            codes = self.world.node.ledger.categories()
            return next(one for one in located if codes[one.entry.category] == code)
        return located[position or 0]

    def _reader(self, name: str) -> Reader:
        return Reader(self.world.people[name].wallet, self.world.people[name].identity)

    def _move_path(self, chapter: str) -> str:
        """Moves a single record's path to another store that holds all of it; returns the store's name."""
        node, ref, hospital = self.world.node, self.uploads[chapter].records[0], self.world.people["north-hospital"]
        held = node.ledger.entry(ref.patient, ref.sequence).location
        names = {copy.store_name for copy in node.objects.of_record(ref.patient, ref.manifest_digest_hex)}
        store = next(one for one in node.copies.stores if one.name in names and one.location != held)
        args = (ref.patient, ref.sequence, store.location, int(MendReason.RELOCATED))
        node.outbox.submit(ContractCall("Records", "mendPath", args), hospital.wallet, f"demo move {chapter}")
        node.index.sync()
        return store.name

    def _go_to(self, day: int, *, second: int = 9 * _HOUR_S) -> None:
        self._set_time(self.began_at + day * DAY_S + second)

    def _go_to_end(self, *, before_s: int) -> None:
        self._set_time(int(time.time()) - before_s)

    def _set_time(self, at: int) -> None:
        """Moves the chain and the clock there together; never back."""
        at = max(at, self.world.anvil.head_timestamp() + 1)
        self.world.anvil.set_time(at)
        self.clock.run_from(at)

    def _say(self, words: str) -> None:
        self._told += 1
        print(f"\n{self._told}. {words}", flush=True)
