"""A patient's hash chain: how a link is computed, and a walk that lists everything wrong with a chain.

    link = keccak256(abi.encode(LINK_TAG, previousLink, patient, sequence, author, category, digest, count, recordedAt))

with LINK_TAG = keccak256("mendrec/link/v1") and 32 zero bytes before the first entry; contracts/src/Records.sol is
the other half. The location of an entry is not in its link: mending a path leaves the chain as it is.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import groupby

from eth_abi.abi import encode as abi_encode
from eth_abi.exceptions import EncodingError
from eth_utils.crypto import keccak

from mendrec.domain import tags
from mendrec.domain.errors import InputError, VerificationError
from mendrec.domain.ids import parse_digest_hex
from mendrec.domain.model import Address, ChainEntry

GENESIS_LINK_HEX = "00" * 32
"""What stands as the previous link of a patient's first entry."""

LINK_TAG_HEX = keccak(text=tags.LINK).hex()

_LINK_TYPES = (
    "bytes32",  # LINK_TAG
    "bytes32",  # previousLink
    "address",  # patient
    "uint64",  # sequence
    "address",  # author
    "uint16",  # category
    "bytes32",  # digest
    "uint24",  # count
    "uint40",  # recordedAt
)


def link_hex(previous_link_hex: str, entry: ChainEntry) -> str:
    """Returns the link of ``entry`` after ``previous_link_hex``.

    Raises:
        InputError: a field does not fit its type in the contract.
    """
    values = (
        bytes.fromhex(LINK_TAG_HEX),
        bytes.fromhex(parse_digest_hex(previous_link_hex)),
        entry.patient,
        entry.sequence,
        entry.author,
        entry.category,
        bytes.fromhex(parse_digest_hex(entry.digest_hex)),
        entry.count,
        entry.recorded_at,
    )
    try:
        return keccak(abi_encode(_LINK_TYPES, values)).hex()
    except EncodingError as error:
        raise InputError(f"Entry {entry.sequence} has a field that the contract could not hold.") from error


@dataclass(frozen=True, slots=True)
class StatedLink:
    """An entry with the link that is stated for it, be it by an event, an index or an export."""

    entry: ChainEntry
    link_hex: str


class ChainFault(StrEnum):
    """What can be wrong with a chain."""

    WRONG_LINK = "wrong_link"
    """The entry, with the link before it, does not hash to the stated link: one of the three was altered."""
    MISSING = "missing"
    """There is no entry with this sequence, and one after it exists."""
    UNVERIFIABLE = "unverifiable"
    """The entry before is missing, so the link could not be computed: not known to be wrong."""
    DUPLICATE = "duplicate"
    """More than one entry has this sequence."""
    FOREIGN = "foreign"
    """The entry belongs to another patient."""
    WRONG_HEAD = "wrong_head"
    """The last entry's link is not the head on chain: entries are missing at the end, or the last was altered."""


@dataclass(frozen=True, slots=True)
class ChainFinding:
    """One fault, and the sequence it was found at."""

    fault: ChainFault
    sequence: int
    detail: str


class ChainBroken(VerificationError):
    """A patient's chain does not verify; ``findings`` lists everything that is wrong."""

    code = "verification.chain_broken"
    default_remedy = "Rebuild the index from the chain (`mendrec index rebuild`) and verify again."

    def __init__(self, findings: Sequence[ChainFinding]) -> None:
        super().__init__(f"The chain has {len(findings)} fault(s); the first at entry {findings[0].sequence}.")
        self.findings = tuple(findings)


def walk(patient: Address, entries: Iterable[StatedLink], head_link_hex: str) -> tuple[ChainFinding, ...]:
    """Checks a whole chain and returns all faults, in order of sequence; an empty result is an intact chain.

    The walk goes on past a fault: each entry is judged against the *stated* link of the one before, so one altered
    entry is reported once and does not taint all that follow.

    Args:
        patient: whose chain it is.
        entries: in any order.
        head_link_hex: the head as the contract holds it.
    """
    findings: list[ChainFinding] = []
    own = []
    for stated in entries:
        if stated.entry.patient == patient:
            own.append(stated)
        else:
            detail = f"belongs to {stated.entry.patient}"
            findings.append(ChainFinding(ChainFault.FOREIGN, stated.entry.sequence, detail))
    expected, previous_link_hex = 0, GENESIS_LINK_HEX
    for sequence, group in groupby(sorted(own, key=_sequence), key=_sequence):
        found, previous_link_hex = _judge(sequence, list(group), expected, previous_link_hex)
        findings.extend(found)
        expected = sequence + 1
    if previous_link_hex != head_link_hex:
        detail = f"ends with {previous_link_hex}, the head is {head_link_hex}"
        findings.append(ChainFinding(ChainFault.WRONG_HEAD, max(expected - 1, 0), detail))
    return tuple(sorted(findings, key=lambda finding: finding.sequence))


def require_intact(patient: Address, entries: Iterable[StatedLink], head_link_hex: str) -> None:
    """Raises ChainBroken, with everything that :func:`walk` finds, unless the chain is intact."""
    if findings := walk(patient, entries, head_link_hex):
        raise ChainBroken(findings)


def _judge(
    sequence: int, candidates: list[StatedLink], expected: int, previous_link_hex: str
) -> tuple[list[ChainFinding], str]:
    """Judges all entries stated for one sequence; returns the faults and the link to go on with."""
    findings = []
    if sequence > expected:
        last = sequence - 1
        detail = f"entry {expected} is missing" if last == expected else f"entries {expected} to {last} are missing"
        findings.append(ChainFinding(ChainFault.MISSING, expected, detail))
    if len(candidates) > 1:
        findings.append(ChainFinding(ChainFault.DUPLICATE, sequence, f"{len(candidates)} entries have this sequence"))
    if sequence > expected:
        detail = "the entry before it is missing"
        findings.append(ChainFinding(ChainFault.UNVERIFIABLE, sequence, detail))
        return findings, candidates[0].link_hex
    right = []
    for candidate in candidates:
        computed_hex = _computed(previous_link_hex, candidate.entry)
        if computed_hex == candidate.link_hex:
            right.append(candidate)
        else:
            detail = f"computed {computed_hex}, stated {candidate.link_hex}"
            findings.append(ChainFinding(ChainFault.WRONG_LINK, sequence, detail))
    return findings, (right or candidates)[0].link_hex


def _computed(previous_link_hex: str, entry: ChainEntry) -> str:
    try:
        return link_hex(previous_link_hex, entry)
    except InputError:  # a stated entry that no contract could hold has no link
        return "none"


def _sequence(stated: StatedLink) -> int:
    return stated.entry.sequence
