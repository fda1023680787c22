"""Records through a node: sealed and opened on the caller's side, and no lie of the node's is believed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from typing import Any

import pytest
import requests

from mendrec.client.entries import Chain, Entries
from mendrec.client.errors import LyingNode, NodeUnavailable
from mendrec.client.events import messages
from mendrec.client.node_client import NodeClient
from mendrec.client.sealing import SealedOtherwise
from mendrec.client.transport import Transport
from mendrec.crypto.wallet import LocalWallet
from mendrec.domain.cid import raw_cid_from_digest
from mendrec.domain.errors import InputError, MendrecError, NotFoundError, RefusedError, VerificationError
from mendrec.domain.model import Address
from mendrec.services.ingest import UploadResult
from mendrec.services.intake.files import NamedBytes
from mendrec.services.intake.plan import plan_intake
from mendrec.services.key_release import Reader
from tests.client.conftest import DAY_S, Town
from tests.client.test_a_lying_node import meddle

pytestmark = pytest.mark.chain
_KEYS = count()


def upload(
    town: Town, client: NodeClient, author: str, *texts: bytes, code: str = "laboratory", **more: Any
) -> UploadResult:
    items = plan_intake([NamedBytes(f"note{at}.txt", text) for at, text in enumerate(texts)], code).items
    more.setdefault("key", f"upload {next(_KEYS)}")
    return client.uploads.upload(town.person(author).wallet, town.person("patient").address, items, **more)


def allow(town: Town, who: str, code: str, right: str = "READ") -> None:
    now = town.world.node.now()
    window = {"from_at": now, "until_at": now + DAY_S, "purpose": "TREAT"}
    asked = {"grantee": town.person(who).address, "categories": [code], "rights": [right], **window}
    town.client("patient").acts.do("grant", town.person("patient").wallet, asked)


def test_what_a_clinician_adds_the_patient_and_a_grantee_read(town: Town, tmp_path: Path) -> None:
    allow(town, "gp", "laboratory", "UPLOAD")
    allow(town, "cardiologist", "laboratory")
    text = b"Potassium 4.1 mmol/l\n" * 1000
    done = upload(town, town.client("gp", own_chain=True), "gp", text)
    (ref,) = done.records
    for name in ("patient", "cardiologist"):
        client = town.client(name, own_chain=True)
        record = client.records.locate(ref.patient, ref.sequence)
        path = tmp_path / name
        descriptor = client.records.open_record(record, town.reader(name), path)
        assert path.read_bytes() == text
        assert descriptor.file_name == "note0.txt"
        listed = [one for one in client.records.list_records(ref.patient, town.reader(name)) if one.record == record]
        assert listed[0].descriptor == descriptor
    outcomes = {(one.reader, one.act, one.outcome) for one in town.client("patient").receipts(ref.patient)}
    assert (town.person("cardiologist").address, "OPEN", "released") in outcomes
    gp = town.client("gp")
    own = gp.records.locate(ref.patient, ref.sequence)
    with pytest.raises(RefusedError):  # UPLOAD alone reads nothing back
        gp.records.open_record(own, town.reader("gp"), tmp_path / "gp")
    assert not (tmp_path / "gp").exists()


@pytest.mark.parametrize("what", ["list", "verify"])
@pytest.mark.parametrize("when", ["before the chain is told", "after it"])
def test_what_is_added_while_one_lists_is_no_lie(
    town: Town, monkeypatch: pytest.MonkeyPatch, what: str, when: str
) -> None:
    client, patient = town.client("patient"), town.person("patient")
    upload(town, client, "patient", b"there before")
    chain_of = Entries.chain_of

    def meanwhile(entries: Entries, patient_: Address) -> Chain:
        told = chain_of(entries, patient_) if when == "after it" else None
        monkeypatch.undo()
        upload(town, town.client("patient"), "patient", b"added meanwhile")
        return told or chain_of(entries, patient_)

    monkeypatch.setattr(Entries, "chain_of", meanwhile)
    if what == "list":
        assert client.records.list_records(patient.address, town.reader("patient"))
    else:
        assert client.records.verify(patient.address).findings == ()


def test_many_records_are_one_batch_a_category_and_verify(town: Town, tmp_path: Path) -> None:
    client = town.client("patient", own_chain=True)
    texts = [f"note {at}".encode() for at in range(5)]
    done = upload(town, client, "patient", *texts, code="imaging")
    assert [ref.leaf_index for ref in done.records] == [0, 1, 2, 3, 4]
    patient, sequence = done.records[0].patient, done.records[0].sequence
    client.records.prove(patient, sequence, 3).verify_offline()
    record = client.records.locate(patient, sequence, 3)
    client.records.open_record(record, town.reader("patient"), tmp_path / "three")
    assert (tmp_path / "three").read_bytes() == texts[3]
    verified = client.records.verify(patient)
    assert verified.findings == ()
    assert verified.records >= 5


def test_a_private_entry_is_the_patients_alone(town: Town, tmp_path: Path) -> None:
    allow(town, "cardiologist", "vital-signs")
    client = town.client("patient")
    (ref,) = upload(town, client, "patient", b"mine", code="vital-signs", private=True).records
    record = client.records.locate(ref.patient, ref.sequence)
    client.records.open_record(record, town.reader("patient"), tmp_path / "mine")
    other = town.client("cardiologist")
    with pytest.raises(MendrecError):
        other.records.open_record(record, town.reader("cardiologist"), tmp_path / "theirs")


def test_a_stranger_is_told_nothing(town: Town) -> None:
    client = town.client()
    stranger = LocalWallet.generate()
    client.sign_in(stranger)
    patient = town.person("patient")
    with pytest.raises(RefusedError):
        client.records.list_records(patient.address, Reader(stranger, patient.identity))
    with pytest.raises(RefusedError):
        client.records.locate(patient.address, 0)


class Breaking(Transport):
    """Breaks off after some of the parts, before or after the node has taken them."""

    def __init__(self, inner: Transport, breaks: Iterator[str]) -> None:
        super().__init__(inner.url)
        self.use_token(inner._token)
        self._breaks = breaks
        self.puts = 0

    def exchange(self, method: str, path: str, answer: Any, **rest: Any) -> Any:
        if method != "PUT":
            return super().exchange(method, path, answer, **rest)
        self.puts += 1
        how = next(self._breaks, "")
        if how == "before":
            raise NodeUnavailable("The line is cut.")
        found = super().exchange(method, path, answer, **rest)
        if how == "after":
            raise NodeUnavailable("The line is cut.")
        return found


def test_an_upload_goes_on_where_the_line_was_cut(town: Town, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("mendrec.client.uploads._PART_BYTES", 1000)
    client = town.client("patient")
    breaking = Breaking(client.transport, iter(["", "after", "before", "before", "", "after"]))
    client.transport = breaking
    waits: list[float] = []
    client.uploads._sleep = waits.append
    text = bytes(range(256)) * 20
    (ref,) = upload(town, client, "patient", text).records
    assert len(waits) >= 4
    assert breaking.puts < 20  # not from the beginning each time
    client = town.client("patient")
    client.records.open_record(client.records.locate(ref.patient, ref.sequence), town.reader("patient"), tmp_path / "o")
    assert (tmp_path / "o").read_bytes() == text


def test_a_later_run_with_the_same_key_goes_on_and_never_adds_twice(town: Town, tmp_path: Path) -> None:
    client = town.client("patient")
    client.transport = Breaking(client.transport, iter(["", *["before"] * 50]))
    client.uploads._sleep = lambda _seconds: None
    same: dict[str, Any] = {"key": "the same", "keep_in": tmp_path / "sealing"}
    with pytest.raises(NodeUnavailable):
        upload(town, client, "patient", b"once", **same)
    kept = [path for path in (tmp_path / "sealing").rglob("*") if path.is_file()]
    assert kept
    assert not any(b"once" in path.read_bytes() for path in kept)
    with pytest.raises(SealedOtherwise):
        upload(town, town.client("patient"), "patient", b"twice", **same)
    before = town.client("patient").records.verify(town.person("patient").address).records
    (ref,) = upload(town, town.client("patient"), "patient", b"once", **same).records
    after = town.client("patient").records.verify(town.person("patient").address)
    assert after.records == before + 1
    assert not [path for path in (tmp_path / "sealing").rglob("*") if path.is_file()]
    assert ref.sequence == after.entries - 1


@pytest.mark.parametrize(
    ("path", "change"),
    [
        ("/position", lambda body: body["args"].__setitem__(4, "0x" + "11" * 32)),
        ("/position", lambda body: body["typed_data"]["message"].update(digest="0x" + "11" * 32)),
        ("/position", lambda body: body["typed_data"]["domain"].update(chainId=1)),
        ("/position", lambda body: body.update(previous_link_hex="11" * 32)),
        ("/context", lambda body: body.update(recipient="age1" + "q" * 58)),
        ("/context", lambda body: body.update(records_contract="0x" + "11" * 20)),
        ("/context", lambda body: body["custodians"][0].update(recipient="age1" + "q" * 58)),
    ],
    ids=["digest", "words", "domain", "head", "recipient", "contract", "custodian"],
)
def test_an_upload_to_a_lying_node_signs_nothing(
    town: Town, path: str, change: Callable[[dict[str, Any]], None]
) -> None:
    client = meddle(town.client("patient", own_chain=True), path, change)
    before = town.client("patient").records.verify(town.person("patient").address).entries
    with pytest.raises((LyingNode, VerificationError)):
        upload(town, client, "patient", b"text")
    assert town.client("patient").records.verify(town.person("patient").address).entries == before


@pytest.fixture(scope="module")
def single(town: Town) -> int:
    """The sequence of an entry that is one record, whichever tests ran before."""
    (ref,) = upload(town, town.client("patient"), "patient", b"one record").records
    return ref.sequence


class Altering(Transport):
    """Alters the bytes of some objects."""

    def __init__(self, inner: Transport, name: str, alter: Callable[[bytes], bytes]) -> None:
        super().__init__(inner.url)
        self.use_token(inner._token)
        self._name, self._alter = name, alter

    @contextmanager
    def stream(self, method: str, path: str, **rest: Any) -> Iterator[requests.Response]:
        with super().stream(method, path, **rest) as response:
            if path.endswith(self._name):
                data = self._alter(response.content)
                response.iter_content = lambda _size=0, **_rest: iter([data])  # type: ignore[method-assign,assignment]
            yield response


@pytest.mark.parametrize("name", ["/manifest", "/envelopes", "/payload"])
@pytest.mark.parametrize(
    "alter",
    [
        lambda data: bytes([data[0] ^ 1]) + data[1:],
        lambda data: data[:-1],
        lambda data: data + b"x",
        lambda _data: b"",
    ],
    ids=["bit", "cut", "longer", "empty"],
)
def test_altered_objects_are_not_opened(
    town: Town, single: int, tmp_path: Path, name: str, alter: Callable[[bytes], bytes]
) -> None:
    client = town.client("patient")
    patient = town.person("patient").address
    record = town.client("patient").records.locate(patient, single)
    client.transport = Altering(client.transport, name, alter)
    with pytest.raises(MendrecError) as refused:
        client.records.open_record(record, town.reader("patient"), tmp_path / "out")
    assert not isinstance(refused.value, InputError | NotFoundError | RefusedError)
    assert list(tmp_path.iterdir()) == []


class BreakingOff(Transport):
    """Ends each answer with a payload after some bytes."""

    after_bytes = 700
    ranges: list[str]

    @contextmanager
    def stream(self, method: str, path: str, **rest: Any) -> Iterator[requests.Response]:
        with super().stream(method, path, **rest) as response:
            if path.endswith("/payload"):
                self.ranges.append(rest["headers"]["Range"])
                data = response.content

                def cut(_size: int = 0) -> Iterator[bytes]:
                    yield data[: self.after_bytes]
                    if len(data) > self.after_bytes:
                        raise requests.ConnectionError("cut")

                response.iter_content = cut  # type: ignore[method-assign,assignment]
            yield response


def test_a_download_goes_on_where_it_broke_off(town: Town, tmp_path: Path) -> None:
    client = town.client("patient")
    text = bytes(range(250)) * 12
    (ref,) = upload(town, client, "patient", text).records
    record = client.records.locate(ref.patient, ref.sequence)
    client = town.client("patient")
    breaking = BreakingOff(client.transport.url)
    breaking.use_token(client.transport._token)
    breaking.ranges = []
    client.transport = breaking
    client.records._sleep = lambda _seconds: None
    client.records.open_record(record, town.reader("patient"), tmp_path / "out")
    assert (tmp_path / "out").read_bytes() == text
    assert breaking.ranges[:3] == ["bytes=0-", "bytes=700-", "bytes=1400-"]
    breaking.after_bytes = 0
    with pytest.raises(NodeUnavailable):
        client.records.open_record(record, town.reader("patient"), tmp_path / "never")
    assert not (tmp_path / "never").exists()


@pytest.mark.parametrize(
    ("path", "change"),
    [
        ("/proof", lambda body: body["entry"].update(digest_hex="11" * 32)),
        ("/proof", lambda body: body["entry"].update(recorded_at=5)),
        ("/proof", lambda body: body.update(previous_link_hex="11" * 32)),
        ("/proof", lambda body: body.update(chain_id=1)),
        ("/proof", lambda body: body.update(manifest_digest_hex="11" * 32)),
        ("/proof", lambda body: body["entry"].update(sequence=body["entry"]["sequence"] + 1)),
    ],
)
def test_a_false_proof_proves_nothing(
    town: Town, single: int, path: str, change: Callable[[dict[str, Any]], None]
) -> None:
    with pytest.raises(VerificationError):
        meddle(town.client("patient"), path, change).records.locate(town.person("patient").address, single)


@pytest.mark.parametrize(
    "change",
    [
        lambda body: body["items"].pop(),
        lambda body: body["items"].pop(0),
        lambda body: body["items"].reverse() or body["items"][0].update(author="0x" + "11" * 20),
        lambda body: body.update(head_link_hex="11" * 32),
        lambda body: body["items"][-1].update(category=1, digest_hex="22" * 32),
    ],
    ids=["end cut", "start cut", "author", "head", "entry"],
)
@pytest.mark.usefixtures("single")
def test_a_chain_that_was_meddled_with_is_found_out(town: Town, change: Callable[[dict[str, Any]], None]) -> None:
    client = meddle(town.client("patient", own_chain=True), "/entries", change)
    patient = town.person("patient").address
    with pytest.raises(LyingNode):
        client.records.list_records(patient, town.reader("patient"))


def test_events_are_listed_and_followed(town: Town) -> None:
    client = town.client("patient")
    patient = town.person("patient").address
    kinds = {one.kind for one in client.events(patient)}
    assert "Records.EntryAdded" in kinds
    with client.transport.stream("GET", f"/v1/patients/{patient}/events/stream") as response:
        place, _ = next(messages(client.transport.lines(response)))
    done = [upload(town, client, "patient", text).records[0].sequence for text in (b"one", b"two")]
    followed = client.follow(patient, after=place)
    first, event = next(followed)
    assert (event.kind, int(event.details["sequence"])) == ("Records.EntryAdded", done[0])
    followed.close()  # type: ignore[attr-defined]
    again = client.follow(patient, after=first)  # nothing missed, nothing twice
    assert int(next(again)[1].details["sequence"]) == done[1]
    again.close()  # type: ignore[attr-defined]


def test_a_check_finds_what_is_damaged(town: Town) -> None:
    client = town.client("patient")
    patient = town.person("patient").address
    (ref,) = upload(town, client, "patient", b"to be damaged").records
    assert client.care.wait(client.care.check(patient)).result.healthy  # type: ignore[union-attr]
    manifest = town.client("patient").records.locate(patient, ref.sequence).ref.manifest_digest_hex
    damaged = raw_cid_from_digest(manifest)
    (copy, *_) = [path for path in (town.world.home / "stores").rglob(f"*{damaged}*") if path.is_file()]
    good = copy.read_bytes()
    copy.chmod(0o600)
    copy.write_bytes(b"bad")
    found = client.care.wait(client.care.check(patient))
    assert found.result is not None
    assert [(one.sequence, one.role) for one in found.result.findings] == [(ref.sequence, "manifest")]
    copy.write_bytes(good)
