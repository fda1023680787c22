"""Makes the shared vectors of the sealed record from fixed inputs.

    python -m tests.vectors.generate            writes what is deterministic
    python -m tests.vectors.generate --check    changes nothing; exit code 1 and the names of files that are stale
    python -m tests.vectors.generate --new-sealed    also seals anew: other bytes, for age is randomised

``sealed*.json`` hold ciphertexts made once. For them the check opens everything with the keys that are in the file,
recomputes all that follows from the ciphertexts (canonical JSON, commitments, CIDs, digests, the signature), and
compares. Every key in these files is for tests and was never used for anything else.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from typing import Any

from mendrec.crypto.age import SecretIdentity
from mendrec.domain import tags
from mendrec.domain.age_recipient import recipient_from_bytes
from mendrec.domain.canonical import canonical_bytes
from mendrec.domain.chain_link import GENESIS_LINK_HEX, LINK_TAG_HEX, link_hex
from mendrec.domain.cid import cid_of
from mendrec.domain.ids import parse_address
from mendrec.domain.merkle import inclusion_path_hex, root_hex
from mendrec.domain.model import ChainEntry
from tests.vectors import sealed_to_oneself_vectors, sealed_vectors, signed_acts_vectors
from tests.vectors.reference_shamir import reference_split

FOLDER = Path(__file__).parent
Json = dict[str, Any]

CANONICAL_VALUES: dict[str, Any] = {
    "empty object": {},
    "key order by UTF-16 units": {"\U0001f600": 1, "\ufb33": 2, "b": 3, "a": 4, "A": 5, "": 6, "\u20ac": 7},
    "nested": {"b": [1, {"d": None, "c": True}, []], "a": {"z": False}},
    "escapes": {"text": 'quote " backslash \\ newline \n tab \t bell \x07 delete \x7f slash /'},
    "not escaped": {"text": "é € \U0001f600 \u2028"},
    "largest integers": {"max": 2**53 - 1, "min": -(2**53) + 1, "zero": 0},
}
CANONICAL_REFUSED: dict[str, bytes] = {
    "empty": b"",
    "not an object": b"[]",
    "space": b'{"a": 1}',
    "trailing newline": b'{"a":1}\n',
    "key order": b'{"b":1,"a":2}',
    "duplicate key": b'{"a":1,"a":1}',
    "duplicate key, nested": b'{"a":{"b":1,"b":1}}',
    "fraction": b'{"a":1.5}',
    "integer with fraction": b'{"a":1.0}',
    "exponent": b'{"a":1e3}',
    "negative zero": b'{"a":-0}',
    "integer beyond 2^53": b'{"a":9007199254740992}',
    "not a number": b'{"a":NaN}',
    "needless escape": b'{"a":"\\u0041"}',
    "upper-case escape": b'{"a":"\\u000B"}',
    "escaped slash": b'{"a":"\\/"}',
    "lone surrogate": b'{"a":"\\ud800"}',
    "not UTF-8": b'{"a":"\xff"}',
    "byte order mark": b'\xef\xbb\xbf{"a":1}',
    "cut": b'{"a":1',
}


def canonical() -> Json:
    """Canonical JSON: values with their bytes, and bytes to refuse."""
    return {
        "about": "RFC 8785. 'accepted' parse to the value and are its one spelling; 'refused' must be refused.",
        "accepted": [
            {"name": name, "value": value, "canonicalHex": canonical_bytes(value).hex()}
            for name, value in CANONICAL_VALUES.items()
        ],
        "refused": [{"name": name, "bytesHex": data.hex()} for name, data in CANONICAL_REFUSED.items()],
    }


def recipient() -> Json:
    """age recipients and identities."""
    secrets = [bytes([number]) * 32 for number in (1, 7, 127, 200, 255)] + [sha256(b"recipient").digest()]
    identities = [SecretIdentity(secret) for secret in secrets]
    good = recipient_from_bytes((9).to_bytes(32, "little"))
    prime = 2**255 - 19
    return {
        "about": "bech32 (BIP 173) of X25519 keys as the age format has it; 'unusable' are public keys to refuse.",
        "identities": [
            {
                "secretHex": identity.reveal_bytes().hex(),
                "identity": identity.reveal_text(),
                "recipient": identity.recipient,
            }
            for identity in identities
        ],
        "recipients": [{"publicKeyHex": (9).to_bytes(32, "little").hex(), "recipient": good}],
        "refused": ["", good.upper(), good[:-1], good[:-1] + "q", good + " ", identities[0].reveal_text()],
        "unusablePublicKeysHex": [
            number.to_bytes(32, "little").hex()
            for number in (0, 1, prime - 1, prime, prime + 1, 2**255 + 9, 2**256 - 1)
        ]
        + [
            "e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800",
            "5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157",
        ],
    }


def merkle() -> Json:
    """RFC 9162 roots and paths."""
    leaves = [sha256(f"leaf {number}".encode()).hexdigest() for number in range(33)]
    return {
        "about": "RFC 9162 section 2.1 over the first 'count' leaves.",
        "leavesHex": leaves,
        "roots": [{"count": count, "rootHex": root_hex(leaves[:count])} for count in range(1, 34)],
        "proofs": [
            {"count": count, "index": index, "pathHex": list(inclusion_path_hex(leaves[:count], index))}
            for count in (1, 2, 3, 5, 8, 13, 32, 33)
            for index in range(count)
        ],
    }


def link() -> Json:
    """A patient's chain of five entries."""
    patient, author = parse_address("0x" + "11" * 20), parse_address("0x" + "33" * 20)
    entries, previous = [], GENESIS_LINK_HEX
    limits = {"category": 2**16 - 1, "count": 2**24 - 1, "recorded_at": 2**40 - 1}
    for sequence, fields in enumerate([{}, {"category": 7}, {"count": 256}, limits, {"author": patient}]):
        values = {"author": author, "category": 2, "count": 0, "recorded_at": 1_790_000_000 + sequence, **fields}
        digest = sha256(f"manifest {sequence}".encode()).hexdigest()
        entry = ChainEntry(patient=patient, sequence=sequence, location=1, digest_hex=digest, **values)
        previous_before, previous = previous, link_hex(previous, entry)
        entries.append(
            {
                "previousLinkHex": previous_before,
                "patient": patient,
                "sequence": sequence,
                "author": entry.author,
                "category": entry.category,
                "digestHex": digest,
                "count": entry.count,
                "recordedAt": entry.recorded_at,
                "linkHex": previous,
            }
        )
    return {
        "about": "keccak256(abi.encode(LINK_TAG, previousLink, patient, sequence, author, category, digest, count, "
        "recordedAt))",
        "linkTag": tags.LINK,
        "linkTagHex": LINK_TAG_HEX,
        "entries": entries,
        "headLinkHex": previous,
    }


def shamir() -> Json:
    """Shares from fixed polynomials, made by the reference implementation."""
    cases = []
    for threshold, total in ((1, 1), (1, 3), (2, 2), (2, 3), (3, 5), (5, 9)):
        name = f"{threshold} of {total}"
        secret = sha256(f"secret {name}".encode()).digest()
        terms = [sha256(f"term {number} {name}".encode()).digest() for number in range(threshold - 1)]
        coordinates = [(37 * number + 255) % 255 + 1 for number in range(total)]
        shares = reference_split(secret, terms, coordinates)
        cases.append(
            {
                "name": name,
                "threshold": threshold,
                "total": total,
                "secretHex": secret.hex(),
                "sharesHex": [share.hex() for share in shares],
                "commitmentsHex": [tags.tagged_sha256_hex(tags.SHARE_COMMITMENT, share) for share in shares],
            }
        )
    return {
        "about": "Vault's form: the values at x, then x. Any 'threshold' shares give the secret. "
        "Commitment: SHA-256 of the tag in ASCII and the share.",
        "commitmentTag": tags.SHARE_COMMITMENT,
        "cases": cases,
    }


def cid() -> Json:
    """CIDs of a repeating pattern at the boundaries of chunks and of the tree."""
    chunk = 262_144
    sizes = [0, 1, chunk - 1, chunk, chunk + 1, 2 * chunk, 1024**2, 174 * chunk, 174 * chunk + 1]
    pattern = bytes(range(251))
    return {
        "about": "CIDv1, base32, sha2-256, raw leaves, 262144-byte chunks, 174 links, balanced. "
        "The content is the bytes 0..250 repeated up to the size.",
        "cases": [{"sizeBytes": size, "cid": cid_of((pattern * (size // 251 + 1))[:size])} for size in sizes],
    }


DETERMINISTIC: dict[str, Callable[[], Json]] = {
    "canonical": canonical,
    "recipient": recipient,
    "merkle": merkle,
    "link": link,
    "shamir": shamir,
    "cid": cid,
    "signed_acts": signed_acts_vectors.signed_acts,
}
SEALED: dict[str, tuple[Callable[[], Json], Callable[[Json], Json]]] = {
    "sealed": (sealed_vectors.seal_records, sealed_vectors.rebuild_records),
    "sealed_identity": (sealed_vectors.seal_identity, sealed_vectors.rebuild_identity),
    "sealed_to_oneself": (sealed_to_oneself_vectors.seal, sealed_to_oneself_vectors.rebuild),
}


def load(name: str) -> Json:
    """Reads one vector file."""
    return json.loads((FOLDER / f"{name}.json").read_text(encoding="utf-8"))


def text_of(document: Json) -> str:
    """The one form in which vectors are written."""
    return json.dumps(document, indent=1, ensure_ascii=True) + "\n"


def expected(name: str, *, seal_anew: bool = False) -> str:
    """What one vector file should hold."""
    if name in DETERMINISTIC:
        return text_of(DETERMINISTIC[name]())
    make, rebuild = SEALED[name]
    return text_of(make() if seal_anew else rebuild(load(name)))


def main(arguments: list[str] | None = None) -> int:
    """Writes, or compares."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", action="store_true")
    parser.add_argument("--new-sealed", action="store_true")
    options = parser.parse_args(arguments)
    stale = []
    for name in (*DETERMINISTIC, *SEALED):
        path = FOLDER / f"{name}.json"
        if options.check:
            if not path.exists() or path.read_text(encoding="utf-8") != expected(name):
                stale.append(path.name)
        elif name in DETERMINISTIC or options.new_sealed:
            path.write_text(expected(name, seal_anew=options.new_sealed), encoding="utf-8")
    for file_name in stale:
        print(f"stale: {file_name}", file=sys.stderr)
    return 1 if stale else 0


if __name__ == "__main__":
    sys.exit(main())
