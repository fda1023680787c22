"""Acts that authors send by themselves, past the upload that they were told them for: no copy of theirs may go."""

from __future__ import annotations

from typing import Any

import pytest

from mendrec.domain.model import Right
from tests.uploads_http.desk import Desk, Sealed
from tests.uploads_http.test_giving_up import in_stores, pass_on_chain

_ROUNDS_MAX = 40


@pytest.fixture
def author(desk: Desk) -> Desk:
    desk.clinic.grant("cardiologist", "laboratory", right=Right.READ | Right.UPLOAD)
    return desk.as_author("cardiologist")


def stored(author: Desk, *sealed: Sealed) -> str:
    upload_id = author.begin(sealed)
    author.send_all(upload_id, sealed)
    return upload_id


def send_act(author: Desk, position: dict[str, Any]) -> str:
    act = {"contract": "Records", "function": position["function"], "args": position["args"], **author.sign(position)}
    answer = author.ask("POST", "/v1/acts", json=act)
    assert answer.status_code == 202, answer.json
    act_id_hex: str = answer.json["act_id_hex"]  # type: ignore[index]
    return act_id_hex


def land(author: Desk, act_id_hex: str) -> None:
    for _ in range(_ROUNDS_MAX):
        if author.ask("GET", f"/v1/acts/{act_id_hex}").json["state"] in {"mined", "final"}:  # type: ignore[index]
            return
        author.work()
    raise AssertionError("it never came")


@pytest.mark.parametrize("count", [1, 3])
def test_what_its_author_anchored_by_another_hand_cannot_be_deleted(author: Desk, count: int) -> None:
    sealed = [author.seal(b"finding %d" % number) for number in range(count)]
    upload_id = stored(author, *sealed)
    land(author, send_act(author, author.position(upload_id)))
    assert author.ask("DELETE", f"/v1/uploads/{upload_id}").status_code == 409
    assert len(in_stores(author, *sealed)) == 3 * count
    told = author.until(upload_id, "anchored", "done")
    for one, place in zip(sealed, told["receipt"]["records"], strict=True):
        record = author.node.reading.locate(author.patient, place["sequence"], place["leaf_index"])
        author.node.reading.require_sound(record)
        assert author.node.remote_uploads.rows.records_with(one.record.payload.cid)


def test_what_lands_after_the_upload_was_given_up_keeps_its_copies(author: Desk) -> None:
    """Of several places that were told it is not the last one that lands."""
    sealed = author.seal(b"later")
    upload_id = stored(author, sealed)
    position = author.position(upload_id)
    author.position(upload_id)
    assert author.ask("DELETE", f"/v1/uploads/{upload_id}").json["state"] == "expired"  # type: ignore[index]
    assert len(in_stores(author, sealed)) == 3, "the place can still be taken"
    author.node.upload_expiry.chore()
    land(author, send_act(author, position))
    author.node.upload_expiry.chore()
    assert len(in_stores(author, sealed)) == 3
    assert author.until(upload_id, "anchored", "done")["receipt"]["records"][0]["sequence"] == position["sequence"]


def test_records_that_the_author_anchored_one_by_one_stay(author: Desk) -> None:
    """Not the call that was told, but one record of it: the chain names it all the same."""
    sealed = [author.seal(b"one of two"), author.seal(b"two of two")]
    upload_id = stored(author, *sealed)
    author.position(upload_id)
    single = stored(author, sealed[0])
    land(author, send_act(author, author.position(single)))
    assert author.ask("DELETE", f"/v1/uploads/{upload_id}").json["state"] == "expired"  # type: ignore[index]
    pass_on_chain(author)
    author.node.upload_expiry.chore()
    author.clinic.clock.run_from(author.clinic.world.anvil.head_timestamp())
    assert len(in_stores(author, sealed[0])) == 3


def test_a_deadline_far_past_the_told_one_is_refused(author: Desk) -> None:
    upload_id = stored(author, author.seal(b"long"))
    position = author.position(upload_id)
    far = {**author.sign(position), "deadline_at": 2**40}
    answer = author.finish(upload_id, far)
    assert (answer.status_code, answer.json["code"]) == (400, "input.deadline")  # type: ignore[index]
