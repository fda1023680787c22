"""Whether somebody may add to a record now: asked before anything is sealed or taken, and decided by the contract."""

from __future__ import annotations

from collections.abc import Sequence

from mendrec.domain.access import require_access
from mendrec.domain.errors import RefusedError
from mendrec.domain.model import Address, Right, Role
from mendrec.ports import LedgerReader


class NotAPatient(RefusedError):
    """Records can only be added for somebody who is enrolled as a patient."""

    code = "refused.not_a_patient"
    default_remedy = "Check the address; the patient enrols with `mendrec enrol`."


def require_may_write(ledger: LedgerReader, author: Address, patient: Address, categories: Sequence[int]) -> None:
    """Returns only if ``author`` may add to these categories of ``patient``, by the head block.

    The patient may; anyone else needs to be in standing, and the right UPLOAD in each category.

    Raises:
        NotAPatient: nobody can add there.
        ContractRefusal, AccessRefused: not this author.
    """
    head = ledger.head_block()
    if Role.PATIENT not in ledger.participant(patient, at=head).roles:
        raise NotAPatient(f"{patient} is not enrolled as a patient.")
    if author == patient:
        return
    ledger.require_in_standing(author, at=head)
    for number in categories:
        access = ledger.effective_access(patient, author, number, at=head)
        require_access(access, Right.UPLOAD, None, at_times=(head.timestamp,))


def recipient_of(ledger: LedgerReader, patient: Address) -> str:
    """Returns the age recipient that the patient's keys are sealed to. Raises NotAPatient where there is none."""
    recipient = ledger.participant(patient).recipient
    if recipient is None:
        raise NotAPatient(f"{patient} has published no age recipient.")
    return recipient
