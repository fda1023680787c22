"""The two keys of one record, together."""

from __future__ import annotations

from dataclasses import dataclass

from mendrec.crypto.age import SecretIdentity
from mendrec.domain.envelopes import KeyName
from mendrec.domain.manifest import Recipients


@dataclass(frozen=True, slots=True)
class RecordKeys:
    """The descriptor key and the payload key of one record. Their repr shows public halves only."""

    descriptor: SecretIdentity
    payload: SecretIdentity

    @classmethod
    def generate(cls) -> RecordKeys:
        """Returns two fresh keys."""
        return cls(SecretIdentity.generate(), SecretIdentity.generate())

    @property
    def recipients(self) -> Recipients:
        """The public halves."""
        return Recipients(self.descriptor.recipient, self.payload.recipient)

    def of(self, key: KeyName) -> SecretIdentity:
        """Returns one of the two."""
        return self.descriptor if key is KeyName.DESCRIPTOR else self.payload
