"""The directory's professionals with their names. A name comes from a verifier's signature, or from the settings.

A confirmed name counts as long as the licence in the directory is the one that it was confirmed with: whoever comes
with another licence has no name until that one is confirmed.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from mendrec.domain.errors import ConfigurationError
from mendrec.domain.model import Address, Role
from mendrec.ports import LedgerReader
from mendrec.ports_people import Professional, ProfessionalRepository


class NamesAPatient(ConfigurationError):
    """The settings name a patient. No node keeps patients' names."""

    code = "configuration.names_a_patient"
    default_remedy = "Take the address out of [names] in config.toml; patients keep their own address books, sealed."


@dataclass(frozen=True)
class ProfessionalService:
    """Who works where, by name."""

    rows: ProfessionalRepository
    named_here: Mapping[Address, str]
    """``[names]`` of the settings; they stand in the place of confirmed ones."""

    def page(
        self,
        *,
        words: str | None = None,
        addresses: Collection[Address] | None = None,
        staff_of: Address | None = None,
        after: Address | None = None,
        limit: int,
    ) -> Sequence[Professional]:
        """By address; see :meth:`mendrec.ports_people.ProfessionalRepository.page`."""
        return self.rows.page(
            words=words,
            addresses=addresses,
            named_here=self.named_here,
            staff_of=staff_of,
            after=after,
            limit=limit,
        )

    def name_of(self, one: Professional) -> str | None:
        """How somebody on a page is called; None where nobody vouches for a name."""
        own = self.named_here.get(one.person.address)
        if own is not None:
            return own
        return one.named if is_confirmed(one) else None

    def names(self, addresses: Collection[Address]) -> Mapping[Address, str]:
        """The names of bodies, which have no licence: those that the settings give."""
        return {address: self.named_here[address] for address in addresses if address in self.named_here}


def is_confirmed(one: Professional) -> bool:
    """Whether what a verifier confirmed is about the licence that the directory has."""
    return one.named is not None and one.named_licence_hex == one.licence_commitment_hex


def require_no_patient(named: Mapping[Address, str], ledger: LedgerReader) -> None:
    """Raises NamesAPatient where the settings give a name to somebody who is a patient and nothing else."""
    for address in named:
        if ledger.participant(address).roles == Role.PATIENT:
            raise NamesAPatient(f"[names] has {address}, who is a patient and nothing else.")
