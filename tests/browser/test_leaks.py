"""Nobody but the people concerned ever sees plaintext, a record's key or an identity.

A marked record is uploaded, listed, named and opened. All that the browsers sent, byte for byte, and all that the node
then has (its folders, its stores, its database, its log, the chain) is searched for the markers and the keys, in every
usual spelling. That the search would find them is shown beside it.
"""

from __future__ import annotations

import base64
import gzip
import json
import re
import secrets
import sqlite3
import time
import zlib
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote, urlsplit

import pyrage
import pytest
from Crypto.Cipher import ChaCha20_Poly1305
from Crypto.Hash import SHA256
from Crypto.Protocol.DH import import_x25519_private_key, import_x25519_public_key, key_agreement
from Crypto.Protocol.KDF import HKDF
from playwright.sync_api import Browser, expect

from benchmarks.served import Served
from mendrec.adapters.chain.anvil import Anvil
from mendrec.crypto.age import SecretIdentity
from mendrec.crypto.custody import open_patient_envelope
from mendrec.crypto.identity import _backup_key
from mendrec.domain.model import Purpose, Right, Terms
from mendrec.domain.typed_data_record import identity_backup_typed_data
from mendrec.keyring import Person
from tests.browser.acting import ACT_MS, list_as_reader, name_patient, open_entry, sign_in, upload_files
from tests.browser.behind import Place, copies_of, places_of
from tests.browser.recording import Recorder
from tests.browser.searching import MIN_BYTES, files_under, require_none, search, spellings
from tests.browser.visiting import Visit, open_visit

DAY_S = 86_400
_CHROMIUMS_OWN = "CONNECT content-autofill.googleapis.com:443"
"""The browser itself asks what the fields of a site's forms are for. The page has no part in it; it goes nowhere."""


class Marked:
    """A record that can be told from anything else by each of its parts."""

    def __init__(self, folder: Path) -> None:
        self.title = f"Quiet marker title {_word()}"
        self.file_name = f"marked-file-{_word()}.txt"
        self.words = f"Ümlaut 한글 marker content {_word()}"
        self.contact = f"Marker person {_word()}"
        self.path = folder / self.file_name
        self.path.write_text(f"{self.title}\n\n{self.words}\n" * 40, encoding="utf-8")

    def secrets(self) -> dict[str, bytes]:
        return {
            "the title": self.title.encode(),
            "the file name": self.file_name.encode(),
            "the content": self.words.encode(),
            "the contact's name": self.contact.encode(),
        }


@pytest.fixture
def line(town: Served) -> Iterator[Recorder]:
    with Recorder(urlsplit(town.url).port or 0) as recorder:
        yield recorder


# The search itself


@pytest.mark.parametrize(
    "written",
    [
        lambda text: json.dumps({"title": text}, ensure_ascii=False).encode(),
        lambda text: json.dumps({"title": text}).encode(),
        lambda text: b"x" + text.upper().encode("utf-8"),
        lambda text: b"GET /v1/x?q=" + quote(text).encode(),
        lambda text: text.encode("utf-16"),
        lambda text: text[::-1].encode(),
        lambda text: text.encode().hex().upper().encode(),
        *(
            lambda text, junk=junk, encode=encode: encode(junk + text.encode() + b"tail")
            for junk in (b"", b"1", b"12", b"123", b"1234")
            for encode in (base64.b64encode, base64.urlsafe_b64encode, base64.b32encode)
        ),
        lambda text: json.dumps(list(text.encode())).encode(),
        lambda text: json.dumps(dict(enumerate(text.encode())), separators=(",", ":")).encode(),
        lambda text: ascii(text.encode()).encode() if text.isascii() else "".join(
            f"\\x{one:02x}" for one in text.encode()
        ).encode(),
        lambda text: gzip.compress(text.encode()),
        lambda text: zlib.compress(text.encode()),
    ],
)  # fmt: skip
@pytest.mark.parametrize("text", ["Quiet marker of letters", "표식이 있는 글, with both"])
def test_the_search_finds_a_text_however_it_is_written(written: object, text: str) -> None:
    assert callable(written)
    noise = secrets.token_bytes(20_000)
    plain = written(text)
    packed = plain[:2] in (b"\x1f\x8b", b"\x78\x9c")
    assert search({"it": text.encode()}, [("here", plain if packed else noise + plain + noise)])
    assert not search({"it": text.encode()}, [("here", noise * 5)])


def test_the_search_finds_a_key_as_the_age_tool_and_programs_write_it() -> None:
    key = SecretIdentity.generate()
    raw = key.reveal_bytes()
    for plain in (
        key.reveal_text().encode(),
        key.reveal_text().lower().encode(),
        b"0x" + raw.hex().encode(),
        str(int.from_bytes(raw, "big")).encode(),
        base64.b64encode(b"\0" + raw),
        raw[::-1],
    ):
        assert search({"a key": raw}, [("log", b"a " + plain + b" b")]), plain[:8]


def test_the_search_reads_names_and_databases(tmp_path: Path) -> None:
    secret = f"marker-{_word()}"
    (tmp_path / f"a-{secret}").mkdir()
    with sqlite3.connect(tmp_path / "some.db") as database:
        database.execute("CREATE TABLE t (value TEXT)")
        database.execute("INSERT INTO t VALUES (?)", ("x" * 5_000 + secret + "x" * 5_000,))
    database.close()
    places = {found.place for found in search({"it": secret.encode()}, files_under(tmp_path))}
    assert any("the name" in place for place in places)
    assert any("table t" in place for place in places)


def test_every_spelling_of_a_short_secret_is_long_enough() -> None:
    for spelling in spellings(secrets.token_bytes(MIN_BYTES)):
        assert len(spelling.needle) >= MIN_BYTES, spelling.name


# What is sent and kept


def test_nothing_that_is_sent_or_kept_tells_what_a_record_says(
    town: Served, browser: Browser, line: Recorder, tmp_path: Path
) -> None:
    began_at = time.time()
    marked = Marked(tmp_path)
    patient, gp, cardiologist = (town.world.people[name] for name in ("patient", "gp", "cardiologist"))
    _grant(town, gp, Right.UPLOAD)
    _grant(town, cardiologist, Right.READ)
    visits = [_window(town, browser, line, one) for one in (gp, cardiologist, patient)]
    known = places_of(town, patient.address)
    try:
        uploading, reading, owning = visits
        sign_in(uploading)
        upload_files(uploading, patient.address, [marked.path], category="Medical history", title=marked.title)
        sign_in(reading)
        name_patient(reading, patient.address, marked.contact)
        list_as_reader(reading, patient.address)
        expect(open_entry(reading, marked.title, signs=True).get_by_text(marked.words).first).to_be_visible(
            timeout=ACT_MS
        )
        sign_in(owning, "/record")
        expect(open_entry(owning, marked.title, signs=False).get_by_text(marked.words).first).to_be_visible(
            timeout=ACT_MS
        )
        kept_in_pages = [(f"what the page of {at} keeps in sight", _kept(visit)) for at, visit in enumerate(visits)]
        addresses = [("the addresses asked for", "\n".join(visit.watch.requests).encode()) for visit in visits]
    finally:
        for visit in visits:
            visit.context.close()
    for visit in visits:
        visit.watch.require_none()
    assert not [asked for asked in line.elsewhere if _CHROMIUMS_OWN not in asked]
    (added,) = places_of(town, patient.address) - known
    keys = _keys_of(town, patient, added)
    long_lived = _identities(town, (patient, gp, cardiologist))
    every = {**marked.secrets(), **keys, **long_lived}

    sent = line.places()
    assert line.size_bytes() > marked.path.stat().st_size, "the upload went through here"
    assert _ciphertext_of(town, added)[:1000] in b"".join(data for _, data in sent), "bodies are seen whole"
    require_none(search(every, sent + kept_in_pages + addresses))

    stored = list(files_under(town.home))
    assert {name.split("/")[0] for name, _ in stored} >= {"stores", "node.db", "node.log", "chain", "secret"}
    fresh = [(name, data) for name, data in stored if _is_newer(town.home, name, began_at)]
    assert any(name.startswith("stores/") for name, _ in fresh)
    assert any(name.startswith("node.log") for name, _ in fresh)
    fresh += list(_chain(town.world.anvil))
    require_none(search({**marked.secrets(), **keys}, fresh))
    require_none(search(long_lived, stored))

    # The same places with one thing in each that must not be there: all of them are found.
    planted = _plant(tmp_path, marked, keys["the payload's key"], patient)
    found = {one.place for one in search({**every}, [*files_under(planted), *sent])}
    assert {place.split(",")[0] for place in found} == {"in.log", "in.db", "in.store", "in.txt"}


def _word() -> str:
    return secrets.token_hex(6)


def _grant(town: Served, grantee: Person, right: Right) -> None:
    node = town.world.node
    terms = Terms(right, node.now(), node.now() + DAY_S, Purpose.TREAT)
    patient = town.world.people["patient"]
    node.consent.grant(
        patient.wallet, grantee.address, ["history-and-physical-exam"], terms, key=f"leaks {grantee.name} {_word()}"
    )
    node.index.sync()


def _window(town: Served, browser: Browser, line: Recorder, person: Person) -> Visit:
    return open_visit(
        browser,
        town.url,
        town.world.anvil.rpc_url,
        person.wallet,
        proxy={"server": line.address, "bypass": "<-loopback>"},
    )


def _keys_of(town: Served, patient: Person, place: Place) -> dict[str, bytes]:
    """All that opens a record: both keys, and inside the payload the key of the file itself."""
    reading = town.world.node.reading
    _, envelopes = reading._objects(reading.locate(patient.address, *place))
    keys = open_patient_envelope(patient.identity, envelopes)
    sealed = _ciphertext_of(town, place)
    assert pyrage.decrypt(sealed, [pyrage.x25519.Identity.from_str(keys.payload.reveal_text())])
    return {
        "the descriptor's key": keys.descriptor.reveal_bytes(),
        "the payload's key": keys.payload.reveal_bytes(),
        "the payload's file key": _file_key(sealed, keys.payload.reveal_bytes()),
    }


def _ciphertext_of(town: Served, place: Place) -> bytes:
    return next(iter(copies_of(town, town.world.people["patient"].address, place).values())).read_bytes()


def _file_key(sealed: bytes, identity: bytes) -> bytes:
    """As https://age-encryption.org/v1 says it, "The X25519 recipient type"."""
    lines = sealed.split(b"\n", 3)
    share = _unpadded(lines[1].split()[2])
    private = import_x25519_private_key(identity)
    public = import_x25519_public_key(share)
    shared = key_agreement(static_priv=private, static_pub=public, kdf=lambda secret: secret)
    salt = share + private.public_key().export_key(format="raw")
    wrapping = HKDF(shared, 32, salt, SHA256, context=b"age-encryption.org/v1/X25519")
    assert isinstance(wrapping, bytes)
    body = _unpadded(lines[2])
    return ChaCha20_Poly1305.new(key=wrapping, nonce=bytes(12)).decrypt_and_verify(body[:-16], body[-16:])


def _unpadded(text: bytes) -> bytes:
    return base64.b64decode(text + b"=" * (-len(text) % 4))


def _identities(town: Served, people: tuple[Person, ...]) -> dict[str, bytes]:
    """What lives as long as its person: the identity, and the signature and the key that open its backup."""
    found = {}
    for person in people:
        signature = person.wallet.sign_typed_data(identity_backup_typed_data(person.address, town.url))
        found[f"the identity of {person.name}"] = person.identity.reveal_bytes()
        found[f"the backup signature of {person.name}, r"] = signature[:32]
        found[f"the backup signature of {person.name}, s"] = signature[32:64]
        found[f"the backup key of {person.name}"] = _backup_key(person.wallet, town.url).reveal_bytes()
    return found


def _kept(visit: Visit) -> bytes:
    """What the page keeps where anybody at this computer can read it, and its own address."""
    return json.dumps(
        visit.page.evaluate(
            "() => [{...localStorage}, {...sessionStorage}, document.cookie, location.href, history.state, "
            "document.title]"
        ),
        ensure_ascii=False,
    ).encode()


def _is_newer(home: Path, name: str, than: float) -> bool:
    path = home / name.removeprefix("the name ").split(", table ")[0]
    return path.exists() and path.stat().st_mtime >= than - 1


def _chain(anvil: Anvil) -> Iterator[tuple[str, bytes]]:
    """What people sent to the chain and what it wrote down; its own checkpoint is made at times only."""
    head = int(str(anvil.rpc("eth_blockNumber")), 16)
    logs = anvil.rpc("eth_getLogs", {"fromBlock": "0x0", "toBlock": hex(head)})
    blocks = [anvil.rpc("eth_getBlockByNumber", hex(number), True) for number in range(max(0, head - 500), head + 1)]
    for name, told in (("logs of the chain", logs), ("blocks of the chain", blocks)):
        text = json.dumps(told)
        yield name, text.encode()
        for data in re.findall(r'"0x([0-9a-f]{64,})"', text):
            yield name, bytes.fromhex(data if len(data) % 2 == 0 else data + "0")


def _plant(tmp: Path, marked: Marked, key: bytes, patient: Person) -> Path:
    folder = tmp / "planted"
    folder.mkdir()
    (folder / "in.log").write_text(f'{{"at": 1, "error": "no such title: {quote(marked.title)}"}}\n')
    (folder / "in.store").write_bytes(secrets.token_bytes(999) + base64.b64encode(b"x" + marked.words.encode()))
    (folder / "in.txt").write_text(patient.identity.reveal_text().lower())
    with sqlite3.connect(folder / "in.db") as database:
        database.execute("CREATE TABLE kept (value BLOB)")
        database.execute("INSERT INTO kept VALUES (?)", (b"x" * 9_000 + key.hex().upper().encode(),))
    database.close()
    return folder
