"""Consent as a reference model: the rules of IConsent in plain Python, with dictionaries and no packing."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

READ, UPLOAD, SHARE = 1, 2, 4
MAX_DEPTH = 3

Key = tuple[str, str]  # (grantee, category) of one patient


@dataclass(frozen=True)
class ModelBlock:
    rights: int = 0
    start: int = 0
    end: int = 0
    purpose: int = 0
    sequence: int = 0
    generation: int = 0
    patient_sequence: int = 0
    barred: bool = False
    giver: str | None = None
    """Who passed it on; None where the patient granted."""
    giver_generation: int = 0


@dataclass
class ConsentModel:
    """One patient's blocks. Each act returns the name of the error that it must meet, or None."""

    patient: str
    now: int
    blocks: dict[Key, ModelBlock] = field(default_factory=dict)
    suspended: set[str] = field(default_factory=set)

    def block(self, grantee: str, category: str) -> ModelBlock:
        return self.blocks.get((grantee, category), ModelBlock())

    def effective(self, grantee: str, category: str) -> tuple[int, int, int, int]:
        """(rights, start, end, depth)."""
        held = self.block(grantee, category)
        if held.giver is None:
            return held.rights, held.start, held.end, 0
        above = self.block(held.giver, category)
        rights, start, end, depth = self.effective(held.giver, category)
        lasts = above.generation == held.giver_generation and rights & SHARE and held.giver not in self.suspended
        start, end = max(start, held.start), min(end, held.end)
        return (held.rights & rights if lasts and start < end else 0), start, end, depth + 1

    def grant(self, grantee: str, category: str, rights: int, start: int, end: int, purpose: int) -> str | None:
        if {self.patient, grantee} & self.suspended:
            return "ParticipantSuspended"
        if end <= start or end <= self.now:
            return "InvalidWindow"
        if grantee == self.patient:
            return "SelfGrant"
        old = self.block(grantee, category)
        self.blocks[grantee, category] = ModelBlock(
            rights, start, end, purpose, old.sequence + 1, old.generation + 1, old.sequence + 1
        )
        return None

    def renew(self, grantee: str, category: str, end: int) -> str | None:
        old = self.block(grantee, category)
        if {self.patient, grantee} & self.suspended:
            return "ParticipantSuspended"
        if old.rights == 0:
            return "NothingGranted"
        if old.giver:
            return "NotGrantedByPatient"
        if self.now >= old.end:
            return "Expired"
        if end <= old.end:
            return "NotARenewal"
        self._adjust(grantee, category, old.rights, end)
        return None

    def narrow(self, grantee: str, category: str, rights: int, end: int) -> str | None:
        old = self.block(grantee, category)
        if old.rights == 0:
            return "NothingGranted"
        if old.giver:
            return "NotGrantedByPatient"
        if end <= max(old.start, self.now):
            return "InvalidWindow"
        grows = rights | old.rights != old.rights or end > old.end
        if grows or (rights, end) == (old.rights, old.end):
            return "NotNarrower"
        self._adjust(grantee, category, rights, end)
        return None

    def _adjust(self, grantee: str, category: str, rights: int, end: int) -> None:
        old = self.block(grantee, category)
        sequence = old.sequence + 1
        self.blocks[grantee, category] = replace(
            old, rights=rights, end=end, sequence=sequence, patient_sequence=sequence
        )

    def revoke(self, grantee: str, category: str) -> str | None:
        self._end(grantee, category)
        ended = self.block(grantee, category)
        self.blocks[grantee, category] = replace(ended, patient_sequence=ended.sequence, barred=True)
        return None

    def renounce(self, grantee: str, category: str) -> str | None:
        if self.block(grantee, category).rights == 0:
            return "NothingGranted"
        self._end(grantee, category)
        return None

    def take_back(self, giver: str, grantee: str, category: str) -> str | None:
        if self.block(grantee, category).giver != giver:
            return "NotAllowed"
        self._end(grantee, category)
        return None

    def _end(self, grantee: str, category: str) -> None:
        old = self.block(grantee, category)
        self.blocks[grantee, category] = ModelBlock(
            sequence=old.sequence + 1, generation=old.generation + 1, patient_sequence=old.patient_sequence
        )

    def pass_on(
        self, giver: str, grantee: str, category: str, rights: int, start: int, end: int, purpose: int
    ) -> str | None:
        if end <= start or end <= self.now:
            return "InvalidWindow"
        if grantee in (self.patient, giver):
            return "SelfGrant"
        if {giver, grantee} & self.suspended:
            return "ParticipantSuspended"
        own_rights, own_start, own_end, depth = self.effective(giver, category)
        if not own_rights & SHARE:
            return "RightMissing"
        if self.now < own_start:
            return "NotYetValid"
        if self.now >= own_end:
            return "Expired"
        if rights & ~own_rights or end > own_end or purpose != self.block(giver, category).purpose:
            return "BeyondOwnAccess"
        if depth >= MAX_DEPTH:
            return "DelegationTooDeep"
        old = self.block(grantee, category)
        standing_rights, _, standing_end, _ = self.effective(grantee, category)
        stands = standing_rights and self.now < standing_end and old.giver != giver
        if old.barred or stands:
            return "BlockHeld"
        self.blocks[grantee, category] = ModelBlock(
            *(rights, start, end, purpose, old.sequence + 1, old.generation + 1, old.patient_sequence),
            giver=giver,
            giver_generation=self.block(giver, category).generation,
        )
        return None
