"""Hash purposes: every tag is versioned, unique, and no beginning of another."""

from __future__ import annotations

import hashlib
import itertools
import re

from mendrec.domain import tags

ALL_TAGS = {name: value for name, value in vars(tags).items() if name.isupper() and isinstance(value, str)}


def test_every_tag_is_versioned_ascii() -> None:
    assert ALL_TAGS
    for value in ALL_TAGS.values():
        assert re.fullmatch(r"mendrec/[a-z0-9-]+/v[0-9]+", value), value


def test_no_tag_equals_or_begins_another() -> None:
    for left, right in itertools.permutations(ALL_TAGS.values(), 2):
        assert not right.startswith(left), (left, right)


def test_tagged_hash_is_the_plain_concatenation() -> None:
    expected = hashlib.sha256(b"mendrec/share-commitment/v1" + b"data").hexdigest()
    assert tags.tagged_sha256_hex(tags.SHARE_COMMITMENT, b"data") == expected
