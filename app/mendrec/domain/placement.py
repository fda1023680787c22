"""Where copies go: so many of them, in so many failure domains. Pure; the order of candidates is the preference."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from mendrec.domain.errors import ConfigurationError
from mendrec.domain.storage_errors import PlacementImpossible, StoreNameTaken


@dataclass(frozen=True, slots=True)
class PlacementRule:
    """At least ``copies`` good copies, in stores of at least ``domains`` different failure domains."""

    copies: int
    domains: int

    def __post_init__(self) -> None:
        if not 1 <= self.domains <= self.copies:
            raise ConfigurationError(
                f"A placement rule needs 1 <= domains <= copies, not {self.domains} domains and {self.copies} copies."
            )


@dataclass(frozen=True, slots=True)
class StorePlace:
    """What placement needs to know of a store."""

    name: str
    failure_domain: str
    location: int | None = None
    """Its number in the on-chain registry; None while it is not registered."""


@dataclass(frozen=True, slots=True)
class Additions:
    """What to add so that a rule holds, and what is still short after that."""

    places: tuple[StorePlace, ...]
    copies_short: int
    domains_short: int

    @property
    def suffices(self) -> bool:
        """True where the rule holds once these are added."""
        return self.copies_short == 0 and self.domains_short == 0


def is_met(rule: PlacementRule, holding: Collection[StorePlace]) -> bool:
    """Tells whether the stores that hold good copies are enough. Two stores of one domain are one domain."""
    return len(holding) >= rule.copies and _domain_count(holding) >= rule.domains


def additions(rule: PlacementRule, candidates: Sequence[StorePlace], holding: Collection[StorePlace] = ()) -> Additions:
    """Returns the fewest stores to add to ``holding``, preferring earlier candidates; as many as help where too few.

    New domains are filled first: each copy there counts for both halves of the rule.
    """
    chosen: list[StorePlace] = []
    domains = {place.failure_domain for place in holding}
    free = [place for place in candidates if place not in holding]
    for place in free:
        if len(domains) < rule.domains and place.failure_domain not in domains:
            chosen.append(place)
            domains.add(place.failure_domain)
    for place in free:
        if len(holding) + len(chosen) < rule.copies and place not in chosen:
            chosen.append(place)
            domains.add(place.failure_domain)
    return Additions(
        places=tuple(sorted(chosen, key=free.index)),
        copies_short=max(0, rule.copies - len(holding) - len(chosen)),
        domains_short=max(0, rule.domains - len(domains)),
    )


def choose(
    rule: PlacementRule, candidates: Sequence[StorePlace], holding: Collection[StorePlace] = ()
) -> tuple[StorePlace, ...]:
    """Returns the fewest stores to add to ``holding`` so that the rule holds.

    Raises:
        PlacementImpossible: the candidates do not suffice.
    """
    found = additions(rule, candidates, holding)
    if not found.suffices:
        raise PlacementImpossible(
            f"{rule.copies} copies in {rule.domains} failure domains are asked for; "
            f"{found.copies_short} copies and {found.domains_short} domains short with the stores that can be used."
        )
    return found.places


def require_distinct(places: Sequence[StorePlace]) -> None:
    """Refuses a set of stores in which two share a name or a location.

    Raises:
        StoreNameTaken: they do.
    """
    names = [place.name for place in places]
    locations = [place.location for place in places if place.location is not None]
    if len(set(names)) < len(names) or len(set(locations)) < len(locations):
        raise StoreNameTaken("Two stores of this node share a name or a location.")


def _domain_count(places: Collection[StorePlace]) -> int:
    return len({place.failure_domain for place in places})
