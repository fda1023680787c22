"""Two uploads with the same sealed objects: what happens to one takes nothing from the other."""

from __future__ import annotations

import pytest
from sqlalchemy import Engine

from mendrec.adapters.db.object_rows import SqlObjectRepository
from mendrec.domain.health import ObjectRole
from mendrec.domain.model import Address, Cid
from mendrec.ports_db import ObjectCopy
from mendrec.services.anchoring import remove_copies
from tests.uploads_http.desk import Desk
from tests.uploads_http.test_giving_up import in_stores

PATIENT = Address("0x" + "11" * 20)
SHARED = Cid("bafkreifzjut3te7nhyekklss27nh3k72ysco7y32koao5eei66wof36n5e")


def copy_at(sequence: int, **changes: object) -> ObjectCopy:
    values = {"role": ObjectRole.PAYLOAD, "cid": SHARED, "store_name": "ward-disk", "stored_at": 5} | changes
    return ObjectCopy(PATIENT, sequence, None, f"{sequence:064x}", **values)  # type: ignore[arg-type]


def test_only_the_copies_that_are_named_are_forgotten(any_engine: Engine) -> None:
    rows = SqlObjectRepository(any_engine)
    rows.add([copy_at(0), copy_at(1), copy_at(0, store_name="cellar")])
    rows.forget([copy_at(0, stored_at=9), copy_at(2)])
    assert set(rows.all()) == {copy_at(1), copy_at(0, store_name="cellar")}


def test_an_upload_that_is_undone_leaves_the_notes_of_another_record_with_the_same_objects(desk: Desk) -> None:
    sealed = desk.seal(b"anchored twice")
    first = desk.upload(sealed)["records"][0]["sequence"]
    upload_id = desk.begin([sealed])
    desk.send_all(upload_id, [sealed])
    assert desk.finish(upload_id, desk.sign(desk.position(upload_id))).status_code == 202
    second = desk.until(upload_id, "anchored", "done")["receipt"]["records"][0]["sequence"]
    of_first = [one for one in desk.node.objects.of_patient(desk.patient) if one.sequence == first]
    assert of_first
    upload = desk.node.remote_uploads.rows.get(upload_id)
    assert upload is not None
    desk.node.remote_uploads.anchoring._undone(upload)
    left = desk.node.objects.of_patient(desk.patient)
    assert [one for one in left if one.sequence == first] == of_first
    assert not [one for one in left if one.sequence == second]
    desk.until(upload_id, "done")


def test_an_upload_that_is_announced_while_another_is_given_up_finds_its_objects(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    sealed = desk.seal(b"given up and announced")
    upload_id = desk.begin([sealed])
    desk.send_all(upload_id, [sealed])
    upload = desk.node.remote_uploads.rows.get(upload_id)
    assert upload is not None
    desk.node.remote_uploads.storing.store(upload)
    stores = desk.clinic.world.home / "stores"
    before = sum(len(list(stores.rglob(one.cid))) for one in desk.node.remote_uploads.rows.objects(upload_id))
    removed: list[object] = []

    def remove_and_be_overtaken(copies: object, unwanted: object) -> None:
        remove_copies(copies, unwanted)  # type: ignore[arg-type]
        removed.append(unwanted)
        if len(removed) == 1:
            desk.begin([sealed])

    monkeypatch.setattr("mendrec.services.remote_uploads_expiry.remove_copies", remove_and_be_overtaken)
    assert desk.ask("DELETE", f"/v1/uploads/{upload_id}").json["state"] == "expired"  # type: ignore[index]
    assert len(removed) == 1
    assert len(in_stores(desk, sealed)) >= 2
    assert before > 3
