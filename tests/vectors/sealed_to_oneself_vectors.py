"""What a person seals to oneself, as vectors: one that opens, and forgeries of it that must not."""

from __future__ import annotations

import base64
from typing import Any

from mendrec.crypto.age import open_sealed
from mendrec.crypto.sealed_to_oneself import SelfPlace, open_from_oneself, seal_to_oneself, self_tag_key
from mendrec.domain import tags
from mendrec.domain.canonical import canonical_bytes, parse_canonical
from mendrec.domain.limits import LIMITS
from tests.vectors.sealed_vectors import ABOUT, AUTHOR, PATIENT, PATIENT_IDENTITY, READER_IDENTITY

Json = dict[str, Any]
SLOT, VERSION = "address-book", 7
PLACE = SelfPlace(PATIENT.address, SLOT)
CONTENT: Json = {
    "format": "mendrec-address-book/1",
    "contacts": {AUTHOR.address: {"name": "\uc6b0\ub9ac \uc758\uc0ac", "changed_at": 1_790_000_000_000}},
}


def seal() -> Json:
    """Seals anew."""
    return _document(seal_to_oneself(PATIENT_IDENTITY, PLACE, CONTENT, version=VERSION))


def rebuild(document: Json) -> Json:
    """Opens it and recomputes all that follows."""
    return _document(base64.b64decode(document["sealed"]))


def _document(sealed: bytes) -> Json:
    content = open_from_oneself(PATIENT_IDENTITY, PLACE, sealed).content
    plaintext = open_sealed(sealed, PATIENT_IDENTITY)
    return {
        "about": ABOUT + " 'refused' are plaintexts that anybody could seal to the recipient: none may open.",
        "identity": PATIENT_IDENTITY.reveal_text(),
        "recipient": PATIENT_IDENTITY.recipient,
        "account": PATIENT.address,
        "slot": SLOT,
        "version": VERSION,
        "content": content,
        "hkdfInfo": tags.SEALED_TO_ONESELF,
        "tagKeyHex": self_tag_key(PATIENT_IDENTITY).hex(),
        "plaintextJson": plaintext.decode(),
        "sealed": base64.b64encode(sealed).decode(),
        "refused": [
            {"name": name, "plaintext": forged.decode()} for name, forged in _forgeries(plaintext, content).items()
        ],
    }


def _forgeries(plaintext: bytes, content: Json) -> dict[str, bytes]:
    said = parse_canonical(plaintext, max_bytes=LIMITS.safe_item_max_bytes, what="vector")
    untagged = {name: value for name, value in said.items() if name != "tag"}
    swapped = {**content, "contacts": {PATIENT.address: content["contacts"][AUTHOR.address]}}

    def sealed_for(place: SelfPlace, *, identity: Any = PATIENT_IDENTITY, version: int = VERSION) -> bytes:
        return open_sealed(seal_to_oneself(identity, place, content, version=version), identity)

    return {
        "no tag": canonical_bytes(untagged),
        "the content alone, as it was sealed before there were tags": canonical_bytes(content),
        "a tag of zeros": canonical_bytes({**said, "tag": "00" * 32}),
        "other names under the tag": canonical_bytes({**said, "content": swapped}),
        "a stranger's tag": sealed_for(PLACE, identity=READER_IDENTITY),
        "of another slot": sealed_for(SelfPlace(PATIENT.address, "settings")),
        "of another account": sealed_for(SelfPlace(AUTHOR.address, SLOT)),
        "an older version that says it is this one": canonical_bytes(
            {
                **parse_canonical(
                    sealed_for(PLACE, version=VERSION - 1),
                    max_bytes=LIMITS.safe_item_max_bytes,
                    what="vector",
                ),
                "version": VERSION,
            }
        ),
        "this version that says it is another": canonical_bytes({**said, "version": VERSION + 1}),
        "of no version": canonical_bytes({**said, "version": 0}),
        "another spelling": plaintext.replace(b'"account":', b'"account": '),
        "a field more": canonical_bytes({**said, "note": ""}),
        "a tag in upper case": canonical_bytes({**said, "tag": said["tag"].upper()}),
        "no object": b"[]",
        "nothing": b"",
    }
