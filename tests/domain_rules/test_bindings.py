"""What belongs to what: each field that ties entry, manifest, envelopes and share together is checked."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from mendrec.domain.bindings import (
    EnvelopesMismatch,
    ManifestMismatch,
    require_anchored,
    require_envelopes_of_manifest,
    require_manifest_of_entry,
)
from mendrec.domain.merkle import LeafIndexError, NotIncludedError, inclusion_path_hex, root_hex
from mendrec.domain.model import ChainEntry, RecordRef
from mendrec.domain.share import (
    ShareBindingError,
    WrongShareError,
    check_commitment,
    check_share_binding,
)
from tests.domain_rules.record_objects import (
    AUTHOR,
    CUSTODIANS,
    ENVELOPES,
    MANIFEST,
    OTHER,
    OTHER_RECIPIENTS,
    PATIENT,
    RECORDS,
    SHARE,
)

SINGLE = ChainEntry(PATIENT, 4, AUTHOR, 2, 1, MANIFEST.digest_hex(), 1_790_000_100, 0)
SINGLE_REF = RecordRef(PATIENT, 4, None, MANIFEST.digest_hex())
LEAVES_HEX = [f"{number:064x}" for number in range(6)] + [MANIFEST.digest_hex()]
BATCH = replace(SINGLE, digest_hex=root_hex(LEAVES_HEX), count=7)
BATCH_REF = replace(SINGLE_REF, leaf_index=6)
PATH_HEX = inclusion_path_hex(LEAVES_HEX, 6)


def test_a_single_record_is_anchored_by_its_digest() -> None:
    require_anchored(SINGLE_REF, SINGLE)
    for wrong in (
        replace(SINGLE_REF, manifest_digest_hex="00" * 32),
        replace(SINGLE_REF, leaf_index=0),
        replace(SINGLE_REF, patient=OTHER),
        replace(SINGLE_REF, sequence=5),
    ):
        with pytest.raises(ManifestMismatch):
            require_anchored(wrong, SINGLE)
    with pytest.raises(ManifestMismatch):
        require_anchored(SINGLE_REF, SINGLE, ("00" * 32,))


def test_a_batched_record_is_anchored_by_its_path() -> None:
    require_anchored(BATCH_REF, BATCH, PATH_HEX)
    with pytest.raises(ManifestMismatch):
        require_anchored(SINGLE_REF, BATCH, PATH_HEX)
    for wrong, path_hex in ((replace(BATCH_REF, leaf_index=5), PATH_HEX), (BATCH_REF, PATH_HEX[:-1])):
        with pytest.raises(NotIncludedError):
            require_anchored(wrong, BATCH, path_hex)
    with pytest.raises(LeafIndexError):
        require_anchored(replace(BATCH_REF, leaf_index=7), BATCH, PATH_HEX)


def test_a_batchs_root_is_no_manifests_digest() -> None:
    """A root offered as if it were the digest of one record, and one record's digest as if it were a root."""
    with pytest.raises(ManifestMismatch):
        require_anchored(replace(SINGLE_REF, manifest_digest_hex=BATCH.digest_hex), BATCH)
    with pytest.raises(NotIncludedError):
        require_anchored(replace(SINGLE_REF, leaf_index=0), replace(SINGLE, count=1))


@pytest.mark.parametrize(
    ("field", "value"), [("patient", OTHER), ("author", OTHER), ("category", 3), ("chain_id", 1), ("records", OTHER)]
)
def test_a_manifest_that_says_other_than_its_entry_is_refused(field: str, value: Any) -> None:
    require_manifest_of_entry(MANIFEST, SINGLE, chain_id=31337, records=RECORDS)
    with pytest.raises(ManifestMismatch):
        require_manifest_of_entry(replace(MANIFEST, **{field: value}), SINGLE, chain_id=31337, records=RECORDS)


@pytest.mark.parametrize(("field", "value"), [("patient", OTHER), ("category", 3), ("recipients", OTHER_RECIPIENTS)])
def test_envelopes_of_another_record_are_refused(field: str, value: Any) -> None:
    require_envelopes_of_manifest(ENVELOPES, MANIFEST)
    with pytest.raises(EnvelopesMismatch):
        require_envelopes_of_manifest(replace(ENVELOPES, **{field: value}), MANIFEST)


@pytest.mark.parametrize(
    ("field", "value"),
    [("chain_id", 1), ("records", OTHER), ("patient", OTHER), ("category", 3), ("recipients", OTHER_RECIPIENTS)],
)
def test_a_share_of_another_record_is_refused(field: str, value: Any) -> None:
    other = replace(SHARE.binding, **{field: value})
    check_share_binding(SHARE, SHARE.binding, custodian=SHARE.custodian)
    with pytest.raises(ShareBindingError):
        check_share_binding(SHARE, other, custodian=SHARE.custodian)
    with pytest.raises(ShareBindingError):
        check_share_binding(replace(SHARE, binding=other), SHARE.binding, custodian=SHARE.custodian)


def test_a_share_of_another_custodian_is_refused() -> None:
    with pytest.raises(ShareBindingError):
        check_share_binding(SHARE, SHARE.binding, custodian=CUSTODIANS[1])


def test_a_share_other_than_the_committed_one_names_its_custodian() -> None:
    check_commitment(SHARE, SHARE.commitment_hex())
    for index in range(33):
        altered = bytearray(SHARE.share_bytes)
        altered[index] ^= 1
        with pytest.raises(WrongShareError) as caught:
            check_commitment(replace(SHARE, share_bytes=bytes(altered)), SHARE.commitment_hex())
        assert caught.value.custodian == SHARE.custodian
        assert SHARE.custodian in caught.value.message
