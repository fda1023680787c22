"""What the steps of the smoke run are made with: acting as somebody, opening and comparing, breaking stores."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from pathlib import Path

from deploy.damage import flip_bit
from deploy.world import PlayClock, World
from mendrec.adapters.stores.directory import DirectoryStore
from mendrec.bootstrap import Node
from mendrec.domain.errors import MendrecError
from mendrec.domain.health import Health, ObjectRole
from mendrec.domain.model import Cid, MendReason, Purpose, RecordRef, Right, Terms
from mendrec.keyring import Person
from mendrec.ports import ContractCall
from mendrec.services.ingest import UploadResult
from mendrec.services.intake.items import IntakeItem
from mendrec.services.key_release import Reader

DAY_S = 86_400


class Stage:
    """The world, seen by the story."""

    def __init__(self, world: World, clock: PlayClock, folder: Path) -> None:
        self.world = world
        self.clock = clock
        self.folder = folder
        self.opened = 0
        self._acts = itertools.count()

    @property
    def node(self) -> Node:
        """The world's node."""
        return self.world.node

    @property
    def patient(self) -> Person:
        """The one patient."""
        return self.person("patient")

    def person(self, name: str) -> Person:
        """Somebody of the world."""
        return self.world.people[name]

    def reader(self, name: str) -> Reader:
        """Somebody, as a reader."""
        return Reader(self.person(name).wallet, self.person(name).identity)

    def now(self) -> int:
        """The head's time."""
        return self.world.anvil.head_timestamp()

    def set_time(self, at: int) -> None:
        """Mines a block at exactly ``at``, and lets the custodian's clock stand there."""
        self.world.anvil.set_time(at)
        self.clock.freeze(at)

    def grant(
        self,
        grantee: str,
        codes: Sequence[str],
        right: Right,
        seconds: int,
        *,
        key: str | None = None,
        count: str | None = None,
    ) -> None:
        """The patient grants for so many seconds from now."""
        now = self.node.now()
        terms = Terms(right, now, now + seconds, Purpose.TREAT)
        receipt = self.node.consent.grant(
            self.patient.wallet, self.person(grantee).address, codes, terms, key=key or f"grant {next(self._acts)}"
        )
        if count is not None:
            self.world.count_gas(count, receipt)

    def upload(self, author: str, items: Sequence[IntakeItem], key: str) -> UploadResult:
        """Somebody uploads to the patient's record."""
        result = self.node.ingest.upload(self.person(author).wallet, self.patient.address, items, key=key)
        self.node.index.sync()
        return result

    def expect_opens(self, name: str, sequence: int, leaf_index: int | None, data: bytes) -> None:
        """Opens a record as somebody and compares it byte for byte."""
        path = self.folder / "opened"
        record = self.node.reading.locate(self.patient.address, sequence, leaf_index)
        self.node.reading.open_record(record, self.reader(name), Purpose.TREAT, path)
        expect(path.read_bytes() == data, f"{name} opens record {sequence} byte-equal")
        path.unlink()
        self.opened += 1

    def refused(self, name: str, sequence: int) -> MendrecError:
        """Tries to open a record as somebody who must not."""
        record = self.node.reading.locate(self.patient.address, sequence)
        path = self.folder / "refused"
        refusal = refusal_of(lambda: self.node.reading.open_record(record, self.reader(name), Purpose.TREAT, path))
        expect(not path.exists(), "nothing was written")
        return refusal

    def payload_cid(self, ref: RecordRef) -> Cid:
        """The CID of a record's payload."""
        copies = self.node.objects.of_record(ref.patient, ref.manifest_digest_hex)
        return next(copy.cid for copy in copies if copy.role is ObjectRole.PAYLOAD)

    def label(self, ref: RecordRef) -> str:
        """A record as the check names it."""
        name = f"{ref.patient}/{ref.sequence}"
        return name if ref.leaf_index is None else f"{name}/{ref.leaf_index}"

    def states(self) -> dict[str, Health]:
        """Checks everything and returns the state of each record."""
        return dict(self.node.checker().check(self.node.inventory.of([self.patient.address])).records())

    def corrupt(self, store: str, cid: Cid) -> None:
        """Flips one bit of a copy on disk."""
        flip_bit(self._directory(store).path_of(cid))

    def delete(self, store: str, cid: Cid) -> None:
        """Takes a copy away behind the store's back."""
        self._directory(store).path_of(cid).unlink()

    def stop_ward(self) -> None:
        """Takes the ward's disk away, as when it is unmounted."""
        place = self.world.home / "stores" / "ward-disk"
        place.rename(place.with_name("ward-disk.away"))

    def measure_mend_path(self, sequence: int) -> None:
        """Moves one path to the other store that has good copies, and notes the gas."""
        held = self.node.ledger.entry(self.patient.address, sequence).location
        numbers = {store.name: store.location for store in self.node.copies.stores}
        other = next(numbers[name] for name in ("archive", "south-disk") if numbers[name] != held)
        call = ContractCall("Records", "mendPath", (self.patient.address, sequence, other, int(MendReason.RELOCATED)))
        self.world.count_gas(
            "mend_path", self.node.outbox.submit(call, self.person("north-hospital").wallet, f"measure {sequence}")
        )
        self.node.index.sync()

    def _directory(self, name: str) -> DirectoryStore:
        store = next(store for store in self.node.copies.stores if store.name == name)
        expect(isinstance(store, DirectoryStore), f"{name} is a directory")
        return store  # type: ignore[return-value]


def expect(holds: bool, what: str) -> None:
    """Raises AssertionError with what was expected."""
    if not holds:
        raise AssertionError(f"expected: {what}")


def refusal_of(act: Callable[[], object]) -> MendrecError:
    """Returns the error that ``act`` raises; it must raise one."""
    try:
        act()
    except MendrecError as error:
        return error
    raise AssertionError("expected: a refusal; it was allowed")


def code_of(error: MendrecError) -> str:
    """The error's code, a custodian's own where it is one's."""
    return error.as_dict()["code"]


def heart_rate(number: int) -> dict[str, object]:
    """One small FHIR R4 Observation."""
    return {
        "resourceType": "Observation",
        "id": f"reading-{number}",
        "status": "final",
        "category": [
            {
                "coding": [
                    {
                        "system": "http://terminology.hl7.org/CodeSystem/observation-category",
                        "code": "vital-signs",
                    }
                ]
            }
        ],
        "code": {"coding": [{"system": "http://loinc.org", "code": "8867-4", "display": "Heart rate"}]},
        "effectiveDateTime": f"2026-01-01T{number // 60:02d}:{number % 60:02d}:00Z",
        "valueQuantity": {
            "value": 60 + number % 40,
            "unit": "/min",
            "system": "http://unitsofmeasure.org",
            "code": "/min",
        },
    }
