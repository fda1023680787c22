"""Who may see what of a patient's record: one place, decided anew from the chain's head on every request.

The patient sees everything of their own. Somebody else sees what the chain lets them READ now: they are in good
standing, and the permission holds at the head's time and by this node's clock. Everybody else is refused in the same
words, whatever there is or is not: a refusal tells nothing.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from mendrec.bootstrap import Node
from mendrec.domain.access import AccessRefused, require_access
from mendrec.domain.errors import ContractRefusal, RefusedError, UnavailableError
from mendrec.domain.model import Address, BlockRef, Right
from mendrec.web.context import current_node, signed_in

_BEHIND_MAX_BLOCKS = 5_000
"""A request brings the index up over so many blocks at most; more is the worker's."""


class NotYours(RefusedError):
    """Not the person's to see; or there is no such thing. The two are not told apart."""

    code = "refused.not_yours"
    default_remedy = "Ask the patient for access; sign in as somebody who has it."

    def __init__(self) -> None:
        super().__init__("This is not yours to see, or there is no such thing.")


class IndexBehind(UnavailableError):
    """The index is still being brought up to the chain."""

    code = "unavailable.index_behind"
    default_remedy = "Try again in a minute."


@dataclass(frozen=True, slots=True)
class Viewer:
    """What one person may see of one patient's record at one head."""

    person: Address
    patient: Address
    head: BlockRef
    is_patient: bool
    categories: frozenset[int]
    """Numbers of the categories that a person who is not the patient may READ now; empty for the patient."""

    def may_read(self, category: int) -> bool:
        """Whether entries of a category are theirs to see."""
        return self.is_patient or category in self.categories


def viewer_of(patient: Address) -> Viewer:
    """Who is signed in, as the patient's record sees them.

    Raises:
        NotYours: they may see nothing of it.
        UnavailableError: the chain can't be asked: nothing is shown then.
    """
    person, node = signed_in(), current_node()
    head = node.ledger.head_block()
    if person == patient:
        return Viewer(person, patient, head, is_patient=True, categories=frozenset())
    categories = _readable(node, patient, person, head)
    if not categories:
        raise NotYours
    return Viewer(person, patient, head, is_patient=False, categories=categories)


def require_patient(patient: Address) -> None:
    """Raises NotYours unless the patient is who is signed in."""
    if signed_in() != patient:
        raise NotYours


def fresh_index(node: Node) -> None:
    """Brings the index up to the head, where that is near.

    Raises:
        IndexBehind: it is far.
    """
    head, cursor = node.ledger.head_block(), node.index.cursor()
    if cursor is not None and head.number - cursor.number > _BEHIND_MAX_BLOCKS:
        raise IndexBehind("The node is still reading the chain.")
    if cursor is None or cursor.hash_hex != head.hash_hex:
        node.index.sync()


def _readable(node: Node, patient: Address, person: Address, head: BlockRef) -> frozenset[int]:
    try:
        node.ledger.require_in_standing(person, at=head)
    except ContractRefusal:
        return frozenset()
    return frozenset(
        category
        for category in _candidates(node, patient, person, head)
        if _holds(node, patient, person, category, head)
    )


def _candidates(node: Node, patient: Address, person: Address, head: BlockRef) -> Iterable[int]:
    """Categories that there is a permission block for: from the index where it is at the head, else all there are."""
    cursor = node.index.cursor()
    if cursor is not None and cursor.hash_hex == head.hash_hex:
        return [one.category for one in node.index.rows.permissions(patient=patient, grantee=person)]
    return node.ledger.categories().keys()


def _holds(node: Node, patient: Address, person: Address, category: int, head: BlockRef) -> bool:
    access = node.ledger.effective_access(patient, person, category, at=head)
    try:
        require_access(access, Right.READ, None, at_times=(head.timestamp, node.clock.now()))
    except AccessRefused:
        return False
    return True
