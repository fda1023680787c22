"""What can go wrong with a store, told apart: away, not there, full, read-only, misbehaving.

Messages name the store and never a path, an address with credentials, or content.
"""

from __future__ import annotations

from mendrec.domain.errors import ConfigurationError, NotFoundError, UnavailableError, VerificationError


class StoreUnreachable(UnavailableError):
    """The store does not answer, so nothing is known of what it holds."""

    code = "storage.unreachable"
    default_remedy = "Start or mount the store, or check its address; `mendrec mend` keeps the copies up meanwhile."


class ReadLate(StoreUnreachable):
    """A store did not give the object in the time that there is for it in a page of many."""

    code = "unavailable.read_late"
    default_remedy = "Ask for this object alone, which may take longer; look whether a store does not answer."


class StoreFull(UnavailableError):
    """The store has no room left for these bytes; it kept none of them."""

    code = "storage.full"
    default_remedy = "Free space or raise the quota of the store, or add another store."


class StoreReadOnly(UnavailableError):
    """The store refuses writes; it kept none of the bytes."""

    code = "storage.read_only"
    default_remedy = "Give the node write access to the store, or mount it writable."


class StoreFault(UnavailableError):
    """The store answers, but not in the way it must: its answer can't be relied on."""

    code = "storage.fault"
    default_remedy = "Look into the store's own log; until it is sound, use another store."


class BlobMissing(NotFoundError):
    """The store answers, and does not have it."""

    code = "storage.missing"
    default_remedy = "`mendrec check` tells where good copies are, `mendrec mend` restores this one."


class NoCopyReachable(UnavailableError):
    """No good copy could be fetched, and at least one store did not answer: it may still be there."""

    code = "storage.no_copy_reachable"
    default_remedy = "Bring the stores that do not answer back, then try again."


class NoGoodCopy(VerificationError):
    """Every store answered, and none holds a good copy."""

    code = "storage.no_good_copy"
    default_remedy = "Restore the object from a backup; any bytes with the right hash are accepted by `mendrec mend`."


class PlacementImpossible(ConfigurationError):
    """There are not enough stores, or not enough failure domains, for the placement rule."""

    code = "storage.placement_impossible"
    default_remedy = "Add a store in another failure domain, or ask for fewer copies."


class TemporarySpaceMissing(UnavailableError):
    """The folder for temporary files can't take what has to pass through it."""

    code = "storage.temporary_space"
    default_remedy = "Free space in the folder for temporary files, or set TMPDIR to a larger one."


class ToolMissing(ConfigurationError):
    """A program that is needed is not installed."""

    code = "configuration.tool_missing"


class StoreNameTaken(ConfigurationError):
    """Two stores of one node share a name or a location number."""

    code = "configuration.store_name_taken"
    default_remedy = "Give each store a name and a location of its own."
