"""What records are sealed to: the patient's key, the custodians' keys, how many of them a reader needs.

Whoever gets ``threshold`` shares opens a record. So a node must not choose who that is: with a chain node of one's own
each custodian is one in the directory, in standing, under the key that it published there; and with or without, the
set and the threshold are those that were known from the first contact on, until somebody says yes to others.
"""

from __future__ import annotations

from mendrec.api.uploads import ContextAnswered
from mendrec.client.errors import LyingNode
from mendrec.client.trust import KnownCustody, NodeTrust
from mendrec.domain.errors import ContractRefusal, InputError, MendrecError, NotFoundError, VerificationError
from mendrec.domain.model import Address, Role
from mendrec.ports import LedgerReader


class CustodiansChanged(VerificationError):
    """The node names other custodians, other keys of theirs, or another threshold than the ones that are known."""

    code = "verification.custodians_changed"


class OtherKeyPublished(InputError):
    """The directory has another key of the patient's than the one that they hold here."""

    code = "input.other_key_published"
    default_remedy = "Use the home that holds the published key, or publish this one."


def require_known_custody(found: ContextAnswered, trust: NodeTrust, *, keys_by_chain: bool) -> None:
    """Checks that a record would be sealed to the custodians that are known, and as many of them.

    Args:
        found: what the node says to seal to.
        trust: what is known of the node.
        keys_by_chain: the keys are compared with the directory, so that a new one needs no yes.

    Raises:
        CustodiansChanged: it would not; the error says how to accept.
        LyingNode: it can't be.
    """
    told = KnownCustody({Address(one.address): one.recipient for one in found.custodians}, found.threshold)
    if len(told.recipients) != len(found.custodians) or len(set(told.recipients.values())) != len(found.custodians):
        raise LyingNode("The node names a custodian, or a custodian's key, twice.")
    if told.recipients and not 1 <= told.threshold <= len(told.recipients):
        raise LyingNode("The node names a threshold that its custodians can't make.")
    known = trust.custody
    if known is None or not told.agrees_with(known, keys_too=not keys_by_chain):
        raise CustodiansChanged(
            "The node names other custodians, other keys of theirs, or another threshold than the ones that are known.",
            remedy=f"Ask the institution by another way. If it confirms, repeat with accept_custody={told.id_hex!r}; "
            f"on the command line with MENDREC_ACCEPT_CUSTODY={told.id_hex}.",
        )


def require_recipients(found: ContextAnswered, chain: LedgerReader) -> None:
    """Checks everything that is sealed to against the directory.

    Raises:
        LyingNode: a key is another one than published, or a custodian is none, or not in standing.
    """
    if chain.participant(Address(found.patient)).recipient != found.recipient:
        raise LyingNode(f"The node names another key for {found.patient} than the directory does.")
    for one in found.custodians:
        address = Address(one.address)
        listed = chain.participant(address)
        if listed.recipient != one.recipient:
            raise LyingNode(f"The node names another key for {address} than the directory does.")
        if Role.CUSTODIAN not in listed.roles:
            raise LyingNode(f"The node names {address} as a custodian, and the directory does not.")
        try:
            chain.require_in_standing(address)
        except ContractRefusal as refusal:
            raise LyingNode(f"The node names {address} as a custodian, who is not in standing.") from refusal
        if listed.suspended:
            raise LyingNode(f"The node names {address} as a custodian, who is not in standing.")


def require_own_recipient(found: ContextAnswered, own_recipient: str, chain: LedgerReader | None) -> None:
    """For the patient: their key is the one that they hold.

    Raises:
        LyingNode: the node names another.
        OtherKeyPublished: so does the directory.
    """
    if found.recipient == own_recipient:
        return
    if chain is not None:
        raise OtherKeyPublished("The directory publishes another key of yours than the one that you hold here.")
    raise LyingNode(
        "The node names another key for you than the one that you hold.",
        remedy="If you published another key elsewhere, use the home that holds it; else do not believe this node.",
    )


def require_location(chain: LedgerReader, number: int) -> None:
    """Checks that a location that records are signed for is active, and an admitted institution's.

    Raises:
        LyingNode: it is not.
    """
    try:
        place = chain.location(number)
        operator = chain.participant(place.operator)
        chain.require_in_standing(place.operator)
    except (ContractRefusal, NotFoundError) as refusal:
        raise _no_location(number) from refusal
    if not place.active or Role.INSTITUTION not in operator.roles or operator.suspended:
        raise _no_location(number)


def _no_location(number: int) -> MendrecError:
    return LyingNode(f"The node wants records anchored at location {number}, which is no institution's active one.")
