"""The shared vectors: fresh, complete, and held by this implementation as every other one must hold them."""

from __future__ import annotations

import base64
import itertools
import json
from typing import Any

import pyrage
import pytest

from mendrec.crypto.age import SecretIdentity
from mendrec.crypto.shamir import combine
from mendrec.domain import tags
from mendrec.domain.age_recipient import MalformedRecipient, parse_recipient, recipient_from_bytes
from mendrec.domain.canonical import canonical_bytes, parse_canonical
from mendrec.domain.chain_link import StatedLink, require_intact
from mendrec.domain.cid import cid_of
from mendrec.domain.errors import InputError
from mendrec.domain.merkle import require_included, root_hex
from mendrec.domain.model import ChainEntry
from tests.vectors import generate


@pytest.mark.parametrize("name", [*generate.DETERMINISTIC, *generate.SEALED])
def test_the_file_is_what_the_generator_makes(name: str) -> None:
    path = generate.FOLDER / f"{name}.json"
    assert path.read_text(encoding="utf-8") == generate.expected(name)


def test_the_check_notices_a_stale_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Any) -> None:
    for name in (*generate.DETERMINISTIC, *generate.SEALED):
        (tmp_path / f"{name}.json").write_bytes((generate.FOLDER / f"{name}.json").read_bytes())
    monkeypatch.setattr(generate, "FOLDER", tmp_path)
    assert generate.main(["--check"]) == 0
    document = json.loads((tmp_path / "sealed.json").read_text())
    document["cases"][0]["manifestDigestHex"] = "00" * 32
    (tmp_path / "sealed.json").write_text(generate.text_of(document))
    assert generate.main(["--check"]) == 1


def test_canonical() -> None:
    vectors = generate.load("canonical")
    for case in vectors["accepted"]:
        data = bytes.fromhex(case["canonicalHex"])
        assert canonical_bytes(case["value"]) == data, case["name"]
        assert parse_canonical(data, max_bytes=10**4, what="vector") == case["value"], case["name"]
    for case in vectors["refused"]:
        with pytest.raises(InputError):
            parse_canonical(bytes.fromhex(case["bytesHex"]), max_bytes=10**4, what="vector")


def test_recipient() -> None:
    vectors = generate.load("recipient")
    for case in vectors["identities"]:
        identity = SecretIdentity.from_text(case["identity"])
        assert identity.reveal_bytes().hex() == case["secretHex"]
        assert identity.recipient == case["recipient"]
    for case in vectors["recipients"]:
        assert recipient_from_bytes(bytes.fromhex(case["publicKeyHex"])) == case["recipient"]
    for text in vectors["refused"]:
        with pytest.raises(MalformedRecipient):
            parse_recipient(text)
    for public_key_hex in vectors["unusablePublicKeysHex"]:
        with pytest.raises(MalformedRecipient):
            recipient_from_bytes(bytes.fromhex(public_key_hex))


def test_merkle() -> None:
    vectors = generate.load("merkle")
    leaves = vectors["leavesHex"]
    roots = {case["count"]: case["rootHex"] for case in vectors["roots"]}
    for count, root in roots.items():
        assert root_hex(leaves[:count]) == root
    for case in vectors["proofs"]:
        count, index = case["count"], case["index"]
        require_included(
            leaf_hex=leaves[index], index=index, count=count, path_hex=case["pathHex"], root_hex=roots[count]
        )


def test_link() -> None:
    vectors = generate.load("link")
    stated = [
        StatedLink(
            ChainEntry(
                patient=case["patient"],
                sequence=case["sequence"],
                author=case["author"],
                category=case["category"],
                location=0,
                digest_hex=case["digestHex"],
                recorded_at=case["recordedAt"],
                count=case["count"],
            ),
            case["linkHex"],
        )
        for case in vectors["entries"]
    ]
    require_intact(stated[0].entry.patient, stated, vectors["headLinkHex"])


def test_shamir() -> None:
    for case in generate.load("shamir")["cases"]:
        shares = [bytes.fromhex(share) for share in case["sharesHex"]]
        for chosen in itertools.islice(itertools.combinations(shares, case["threshold"]), 12):
            assert combine(chosen, threshold=case["threshold"]).hex() == case["secretHex"]
        for share, commitment in zip(shares, case["commitmentsHex"], strict=True):
            assert tags.tagged_sha256_hex(tags.SHARE_COMMITMENT, share) == commitment


def test_cid() -> None:
    pattern = bytes(range(251))
    for case in generate.load("cid")["cases"]:
        size = case["sizeBytes"]
        assert cid_of((pattern * (size // 251 + 1))[:size]) == case["cid"]


def test_a_record_opens_with_the_stock_age_library_and_its_key_alone() -> None:
    """No code of this package: an age identity, an age file."""
    pattern = bytes(range(251))
    for case in generate.load("sealed")["cases"]:
        key = pyrage.x25519.Identity.from_str(case["identities"]["payload"])
        size = case["plaintextSizeBytes"]
        plaintext = pyrage.decrypt(base64.b64decode(case["payloadCiphertext"]), [key])
        assert plaintext == (pattern * (size // 251 + 1))[:size]
        key = pyrage.x25519.Identity.from_str(case["identities"]["descriptor"])
        sealed = base64.b64decode(json.loads(case["manifestJson"])["descriptor"])
        assert pyrage.decrypt(sealed, [key]).decode() == case["descriptorJson"]
