"""The steps of the smoke run, in order. Each says in a few words what it saw, or raises."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path

from deploy.sample_data import generate
from deploy.smoke_stage import DAY_S, Stage, code_of, expect, heart_rate, refusal_of
from deploy.world import CLINICIANS, PlayClock, World
from mendrec.domain.health import Health, ObjectRole
from mendrec.domain.model import Purpose, Right, Terms
from mendrec.services.intake.files import NamedBytes
from mendrec.services.intake.plan import plan_intake
from mendrec.services.relay import call_of

_BATCH = 256


class Story(Stage):
    """Two hospitals, three clinicians, one patient."""

    def __init__(self, world: World, clock: PlayClock, folder: Path, fhir: Path | None, dicom: Path | None) -> None:
        super().__init__(world, clock, folder)
        sample = next(generate(7, 1))
        self.fhir_bytes = fhir.read_bytes() if fhir else sample.file("history.json")
        self.dicom_bytes = dicom.read_bytes() if dicom else sample.file("ct-slice.dcm")
        self.letter_bytes = sample.file("letter.txt")
        self.items = plan_intake([NamedBytes("history.json", self.fhir_bytes)]).items
        self.dicom_items = plan_intake([NamedBytes("scan.dcm", self.dicom_bytes)]).items
        self.codes = sorted({item.category_code for item in (*self.items, *self.dicom_items)})

    def steps(self) -> Iterator[tuple[str, Callable[[], str]]]:
        """Yields (name, step) in order."""
        yield "world", self.make_world
        yield "upload_only_grant", self.grant_upload_only
        yield "sealed_stored_anchored", self.upload_records
        yield "author_cannot_read_back", self.author_cannot_read
        yield "read_grant_opens_byte_equal", self.read_grant
        yield "time_bound_binds", self.time_bound
        yield "revoke_binds_at_once", self.revoke
        yield "old_signature_refused", self.replay
        yield "batch_of_256", self.batch
        yield "inclusion_proved", self.prove
        yield "damage_found_told_apart", self.damage
        yield "mended_and_path_moved", self.mend
        yield "grants_survive_mending", self.grants_survive
        yield "chain_verifies", self.verify
        yield "index_rebuilt_equal", self.rebuild

    def make_world(self) -> str:
        self.world.populate()
        return f"two hospitals, {len(CLINICIANS)} clinicians with credentials, one patient"

    def grant_upload_only(self) -> str:
        self.grant("gp", self.codes, Right.UPLOAD, 30 * DAY_S)
        return f"gp may upload to {len(self.codes)} categories, and read none"

    def upload_records(self) -> str:
        fhir = self.upload("gp", self.items, "fhir")
        self.fhir_refs = fhir.records
        dicom = self.upload("gp", self.dicom_items, "dicom")
        self.dicom_ref = dicom.records[0]
        letter = plan_intake([NamedBytes("letter.txt", self.letter_bytes)], "imaging").items
        self.world.gas["add_record"] = self.upload("gp", letter, "letter").gas_used
        copies = self.node.objects.of_record(self.patient.address, self.dicom_ref.manifest_digest_hex)
        payload_stores = {copy.store_name for copy in copies if copy.role is ObjectRole.PAYLOAD}
        expect(len(payload_stores) == 2, "each file is kept in two stores")
        return f"{len(fhir.records)} FHIR resources in one transaction, a DICOM file and a letter, in two stores each"

    def author_cannot_read(self) -> str:
        refusal = self.refused("gp", self.dicom_ref.sequence)
        return f"gp is refused: {refusal.message}"

    def read_grant(self) -> str:
        self.grant("cardiologist", self.codes, Right.READ, 30 * DAY_S)
        self.grant("radiologist", ["allergy"], Right.READ, DAY_S, count="grant")
        self.grant(
            "radiologist", ["billing", "wearable", "demographics"], Right.READ, DAY_S, count="grant_3_categories"
        )
        self.expect_opens("cardiologist", self.dicom_ref.sequence, None, self.dicom_bytes)
        for item, ref in list(zip(self.items, self.fhir_refs, strict=True))[:: max(1, len(self.items) // 8)]:
            with item.source.open() as source:
                self.expect_opens("cardiologist", ref.sequence, ref.leaf_index, source.read())
        reader = self.reader("cardiologist")
        listed = self.node.reading.list_records(self.patient.address, reader, Purpose.TREAT)
        named = [one for one in listed if one.descriptor is not None]
        expect(len(named) == len(listed) == len(self.items) + 2, "every record is listed with its title")
        return f"cardiologist lists {len(named)} records and opened {self.opened} of them, byte-equal"

    def time_bound(self) -> str:
        first = self.now() + 1_000
        until = first + 1_000
        terms = Terms(Right.READ, first, until, Purpose.TREAT)
        radiologist = self.person("radiologist").address
        self.node.consent.grant(self.patient.wallet, radiologist, ["imaging"], terms, key="grant window")
        sequence = self.dicom_ref.sequence
        self.set_time(first - 1)
        before = self.refused("radiologist", sequence)
        self.set_time(first)
        self.expect_opens("radiologist", sequence, None, self.dicom_bytes)
        self.set_time(until - 1)
        self.expect_opens("radiologist", sequence, None, self.dicom_bytes)
        self.set_time(until)
        after = self.refused("radiologist", sequence)
        expect(code_of(before).endswith("not_yet_valid"), f"one second before: {code_of(before)}")
        expect(code_of(after).endswith("expired"), f"at the end: {code_of(after)}")
        self.clock.run_from(self.now())
        return "refused one second before, open at the first and the last second, refused at the end"

    def revoke(self) -> str:
        for attempt in ("first", "second"):
            self.grant("radiologist", ["imaging"], Right.READ, DAY_S, key=f"grant {attempt}")
            self.expect_opens("radiologist", self.dicom_ref.sequence, None, self.dicom_bytes)
            receipt = self.node.consent.revoke(
                self.patient.wallet, self.person("radiologist").address, ["imaging"], key=f"revoke {attempt}"
            )
            self.world.count_gas("revoke", receipt)
        refusal = self.refused("radiologist", self.dicom_ref.sequence)
        return f"radiologist is refused: {refusal.message}"

    def replay(self) -> str:
        signed = self.node.signed_consent
        payer = self.person("north-hospital").wallet
        radiologist = self.person("radiologist").address
        act = None
        for code in ("immunization", "laboratory"):
            terms = Terms(Right.READ, self.node.now(), self.node.now() + DAY_S, Purpose.TREAT)
            act = signed.sign_grant(self.patient.wallet, radiologist, [code], terms, valid_until_at=self.now() + 3_600)
            self.world.count_gas("grant_signed", signed.relay(act, payer))
            self.node.consent.revoke(self.patient.wallet, radiologist, [code], key=f"revoke signed {code}")
        assert act is not None  # noqa: S101
        refusal = refusal_of(lambda: self.node.outbox.submit(call_of(act), payer, "replay"))
        return f"the relayed signature is refused the second time: {refusal.message}"

    def batch(self) -> str:
        small = [
            NamedBytes(f"reading-{number}.json", json.dumps(heart_rate(number)).encode()) for number in range(_BATCH)
        ]
        self.grant("gp", ["vital-signs"], Right.UPLOAD, DAY_S)
        items = plan_intake(small).items
        result = self.upload("gp", items, "batch")
        self.batch_refs = result.records
        self.world.gas["batch_256_per_record"] = round(result.gas_used / _BATCH)
        return f"{len(items)} records, one entry, {result.gas_used // _BATCH} gas a record"

    def prove(self) -> str:
        ref = self.batch_refs[_BATCH // 3]
        proof = self.node.verifying.prove(self.patient.address, ref.sequence, ref.leaf_index)
        proof.verify_offline()
        return f"record {ref.sequence}/{ref.leaf_index}: offline with {len(proof.path_hex)} hashes, and by the contract"

    def damage(self) -> str:
        self.refs_damaged = {"corrupted": self.fhir_refs[0], "deleted": self.fhir_refs[1]}
        self.corrupt("ward-disk", self.payload_cid(self.fhir_refs[0]))
        self.delete("ward-disk", self.payload_cid(self.fhir_refs[1]))
        before = self.states()
        labels = {name: self.label(ref) for name, ref in self.refs_damaged.items()}
        expect(before[labels["corrupted"]] is Health.DAMAGED, "the corrupted copy is found damaged")
        expect(before[labels["deleted"]] is Health.DEGRADED, "the deleted copy is found degraded")
        self.stop_ward()
        stopped = self.states()
        expect(all(state is not Health.LOST for state in stopped.values()), "a stopped store is not called a loss")
        unreachable = sum(state is Health.DEGRADED for state in stopped.values())
        return (
            f"one damaged, one gone, then a store stopped: {unreachable} of {len(stopped)} records degraded, none lost"
        )

    def mend(self) -> str:
        mender = self.node.mender(self.person("north-hospital").wallet)
        before = self.node.ledger.entry(self.patient.address, self.dicom_ref.sequence).location
        result = mender.run(lambda: self.node.inventory.of([self.patient.address]))
        expect(result.is_healthy, "after mending all is healthy")
        moved = self.node.ledger.entry(self.patient.address, self.dicom_ref.sequence).location
        expect(moved != before, "the path on chain was moved")
        self.measure_mend_path(self.dicom_ref.sequence)
        return f"{len(result.done)} steps; the scan's path went from location {before} to {moved}; all healthy"

    def grants_survive(self) -> str:
        self.expect_opens("cardiologist", self.dicom_ref.sequence, None, self.dicom_bytes)
        for item, ref in list(zip(self.items, self.fhir_refs, strict=True))[:2]:
            with item.source.open() as source:
                self.expect_opens("cardiologist", ref.sequence, ref.leaf_index, source.read())
        return "cardiologist opens the mended records, byte-equal, under the old grant"

    def verify(self) -> str:
        found = self.node.verifying.verify(self.patient.address)
        expect(not found.findings, f"{len(found.findings)} findings")
        return f"{found.entries} entries and {found.records} records, from the first to the head"

    def rebuild(self) -> str:
        before = self.node.index.dump()
        synced = self.node.index.rebuild()
        expect(self.node.index.dump() == before, "the rebuilt index is equal")
        return f"{synced.events} events replayed"
