"""A patient's chain: the link is the contract's formula; the walk finds every fault and blames the right entry."""

from __future__ import annotations

from dataclasses import replace

import pytest
from eth_utils.crypto import keccak
from hypothesis import given
from hypothesis import strategies as st

from mendrec.domain.chain_link import (
    GENESIS_LINK_HEX,
    ChainBroken,
    ChainFault,
    StatedLink,
    link_hex,
    require_intact,
    walk,
)
from mendrec.domain.errors import InputError
from mendrec.domain.ids import parse_address
from mendrec.domain.model import ChainEntry

PATIENT = parse_address("0x" + "11" * 20)
OTHER = parse_address("0x" + "22" * 20)
AUTHOR = parse_address("0x" + "33" * 20)


def entry(sequence: int, **changes: object) -> ChainEntry:
    plain = ChainEntry(PATIENT, sequence, AUTHOR, 2, 1, f"{sequence:064x}", 1_790_000_000 + sequence, 0)
    return replace(plain, **changes)


def chain(length: int) -> tuple[list[StatedLink], str]:
    stated, head = [], GENESIS_LINK_HEX
    for sequence in range(length):
        head = link_hex(head, entry(sequence))
        stated.append(StatedLink(entry(sequence), head))
    return stated, head


def faults(entries: list[StatedLink], head: str) -> list[tuple[ChainFault, int]]:
    return [(finding.fault, finding.sequence) for finding in walk(PATIENT, entries, head)]


def test_link_is_keccak_of_the_nine_words_of_the_abi_encoding() -> None:
    """ABI encoding of static types is their 32-byte words one after the other; written out here by hand."""
    previous = "ab" * 32
    subject = entry(5, digest_hex="cd" * 32, category=7, count=300, recorded_at=1_790_000_000)
    words = [
        keccak(b"mendrec/link/v1"),
        bytes.fromhex(previous),
        bytes.fromhex(PATIENT[2:]).rjust(32, b"\0"),
        (5).to_bytes(32, "big"),
        bytes.fromhex(AUTHOR[2:]).rjust(32, b"\0"),
        (7).to_bytes(32, "big"),
        bytes.fromhex("cd" * 32),
        (300).to_bytes(32, "big"),
        (1_790_000_000).to_bytes(32, "big"),
    ]
    assert link_hex(previous, subject) == keccak(b"".join(words)).hex()


@given(st.integers(0, 12), st.randoms())
def test_an_intact_chain_has_no_findings_in_any_order(length: int, random: object) -> None:
    entries, head = chain(length)
    random.shuffle(entries)  # type: ignore[attr-defined]
    require_intact(PATIENT, entries, head)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("author", OTHER),
        ("category", 3),
        ("digest_hex", "ee" * 32),
        ("recorded_at", 1),
        ("count", 9),
        ("category", 2**16),
        ("recorded_at", -1),
    ],
)
@pytest.mark.parametrize("position", range(4))
def test_an_altered_field_is_found_once_and_at_its_entry(field: str, value: object, position: int) -> None:
    entries, head = chain(4)
    entries[position] = replace(entries[position], entry=entry(position, **{field: value}))
    assert faults(entries, head) == [(ChainFault.WRONG_LINK, position)]


def test_the_location_is_not_part_of_the_link() -> None:
    entries, head = chain(3)
    entries[1] = replace(entries[1], entry=entry(1, location=9))
    assert faults(entries, head) == []


def test_an_altered_link_blames_it_and_the_one_built_on_it() -> None:
    entries, head = chain(4)
    entries[1] = replace(entries[1], link_hex="ee" * 32)
    assert faults(entries, head) == [(ChainFault.WRONG_LINK, 1), (ChainFault.WRONG_LINK, 2)]


def test_all_findings_are_listed_not_just_the_first() -> None:
    entries, _ = chain(8)
    entries[1] = replace(entries[1], entry=entry(1, category=9))
    entries[6] = replace(entries[6], entry=entry(6, author=OTHER))
    del entries[3]
    foreign = StatedLink(entry(7, patient=OTHER), "00" * 32)
    assert faults([*entries, entries[4], foreign], "aa" * 32) == [
        (ChainFault.WRONG_LINK, 1),
        (ChainFault.MISSING, 3),
        (ChainFault.UNVERIFIABLE, 4),
        (ChainFault.DUPLICATE, 5),
        (ChainFault.WRONG_LINK, 6),
        (ChainFault.FOREIGN, 7),
        (ChainFault.WRONG_HEAD, 7),
    ]


@given(st.integers(1, 10), st.data())
def test_any_removed_entry_is_missed(length: int, data: st.DataObject) -> None:
    entries, head = chain(length)
    removed = data.draw(st.integers(0, length - 1))
    del entries[removed]
    found = faults(entries, head)
    if removed == length - 1:
        assert found == [(ChainFault.WRONG_HEAD, max(length - 2, 0))]
    else:
        assert found == [(ChainFault.MISSING, removed), (ChainFault.UNVERIFIABLE, removed + 1)]


@given(st.integers(2, 10), st.data())
def test_two_exchanged_entries_are_found(length: int, data: st.DataObject) -> None:
    entries, head = chain(length)
    first, second = data.draw(st.lists(st.integers(0, length - 1), min_size=2, max_size=2, unique=True))
    exchanged = list(entries)
    exchanged[first] = StatedLink(replace(entries[second].entry, sequence=first), entries[first].link_hex)
    exchanged[second] = StatedLink(replace(entries[first].entry, sequence=second), entries[second].link_hex)
    assert faults(exchanged, head) == sorted(
        [(ChainFault.WRONG_LINK, first), (ChainFault.WRONG_LINK, second)], key=lambda finding: finding[1]
    )


def test_of_two_entries_for_one_sequence_the_true_one_carries_on() -> None:
    entries, head = chain(4)
    forged = StatedLink(entry(1, author=OTHER), "bb" * 32)
    for order in ([entries[0], forged, *entries[1:]], [*entries, forged]):
        assert faults(order, head) == [(ChainFault.DUPLICATE, 1), (ChainFault.WRONG_LINK, 1)]


def test_an_empty_chain_has_the_genesis_head() -> None:
    assert faults([], GENESIS_LINK_HEX) == []
    assert faults([], "aa" * 32) == [(ChainFault.WRONG_HEAD, 0)]


def test_require_intact_raises_with_all_findings() -> None:
    entries, head = chain(3)
    with pytest.raises(ChainBroken) as caught:
        require_intact(PATIENT, entries[1:], head)
    assert [finding.fault for finding in caught.value.findings] == [ChainFault.MISSING, ChainFault.UNVERIFIABLE]


@pytest.mark.parametrize(
    "changes",
    [{"sequence": 2**64}, {"category": 2**16}, {"count": 2**24}, {"recorded_at": 2**40}, {"digest_hex": "ab"}],
)
def test_a_field_outside_its_type_has_no_link(changes: dict[str, object]) -> None:
    with pytest.raises(InputError):
        link_hex(GENESIS_LINK_HEX, replace(entry(0), **changes))
