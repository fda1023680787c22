"""What can be wrong with an installation, as rules over what was seen. Each finding names what to do.

The looks themselves (files, database, chain, stores) are handed in; nothing here does I/O, and nothing is changed.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Protocol

from mendrec.domain.condition import Condition, bad, fine, warning
from mendrec.domain.errors import MendrecError
from mendrec.domain.model import Address, LocationInfo, ParticipantInfo, Role

DEVELOPMENT_CHAIN_ID = 31337
_LOOPBACK = ("127.", "localhost", "::1")
_LOCATION_KINDS = {"directory": 1, "ipfs": 2}
"""What a store's kind is as a location (types/Types.sol)."""


class SeenMode(Protocol):
    """Who may do what with one file."""

    @property
    def path(self) -> Path: ...

    @property
    def mode(self) -> int: ...

    @property
    def is_folder(self) -> bool: ...

    @property
    def is_own(self) -> bool: ...


def permission_conditions(secret: Iterable[SeenMode], settings: Iterable[SeenMode]) -> Iterator[Condition]:
    """Keys, the home's secret and the database are for their owner only; settings may be read, not written."""
    faults = 0
    for seen in (*secret, *settings):
        if not seen.is_own:
            faults += 1
            yield bad(
                "permissions",
                f"{seen.path} belongs to another user.",
                f"Run the node as its owner, or: chown -R $(id -un) {seen.path}",
            )
    for seen in secret:
        if seen.mode & 0o077:
            faults += 1
            wanted = "700" if seen.is_folder else "600"
            yield bad(
                "permissions",
                f"{seen.path} can be used by others than its owner ({seen.mode:04o}).",
                f"chmod {wanted} {seen.path} — and change the password of a key that others could read.",
            )
    for seen in settings:
        if seen.mode & 0o022:
            faults += 1
            yield bad(
                "permissions",
                f"{seen.path} can be changed by others than its owner ({seen.mode:04o}).",
                f"chmod go-w {seen.path} — after seeing that nobody changed it.",
            )
    if not faults:
        yield fine("permissions", "Keys, secret and settings are their owner's only.")


def revision_conditions(found: str | None, wanted: str, known: Sequence[str]) -> Iterator[Condition]:
    """The database's schema against this program's."""
    if found == wanted:
        yield fine("schema", f"The database is at {wanted}.")
    elif found is None:
        yield warning("schema", "The database is empty.", "The first start of the node makes its tables.")
    elif found in known:
        yield warning(
            "schema", f"The database is at {found}, the program at {wanted}.", "Back up; the next start migrates it."
        )
    else:
        yield bad(
            "schema",
            f"The database is at {found}, which this program does not know.",
            "It was made by a newer version: install that one, or restore a backup.",
        )


def location_conditions(
    stores: Mapping[str, tuple[str, int | None]], registered: Mapping[int, LocationInfo | None]
) -> Iterator[Condition]:
    """The location numbers of the stores against the registry on chain.

    Args:
        stores: by name, kind and location number.
        registered: what the chain has under each of those numbers; None where it has nothing.
    """
    for name, (kind, number) in stores.items():
        check = f"location {name}"
        if number is None:
            yield warning(
                check,
                "The store has no location number: no path on chain can lead to it.",
                f"mendrec --as INSTITUTION location add {kind} BASE_URI, then set location in [[stores]].",
            )
            continue
        found = registered.get(number)
        if found is None:
            yield bad(check, f"There is no location {number} on chain.", "Set the number that `location add` printed.")
        elif not found.active:
            yield bad(check, f"Location {number} was retired on chain.", "Register the store anew, or take it away.")
        elif found.kind != _LOCATION_KINDS.get(kind):
            yield bad(
                check,
                f"Location {number} is of another kind on chain than the store here.",
                "Set the number of this very store: what it holds is told to be what is at that path.",
            )
        else:
            yield fine(check, f"It is location {number} on chain.")


def custodian_conditions(
    own: Address | None,
    configured: Mapping[Address, tuple[str, ParticipantInfo | None, MendrecError | None, bool]],
    threshold: int,
) -> Iterator[Condition]:
    """The custodians of the settings against the directory.

    Args:
        own: who this node is a custodian as.
        configured: by address: URL, what the directory says, what it has against them, whether they answer.
        threshold: how many must answer.
    """
    answering = 0
    for address, (url, found, against, answers) in configured.items():
        check = f"custodian {address}"
        if found is None or Role.CUSTODIAN not in found.roles:
            yield bad(check, "It is no custodian in the directory.", "Have it admitted on chain, or name another.")
        elif found.recipient is None:
            yield bad(check, "It has published no recipient.", "Have it publish one in the directory.")
        elif against is not None:
            yield bad(check, f"It is not in good standing: {against.message}", against.remedy)
        elif not answers and address != own:
            yield warning(check, f"It does not answer at {url}.", "Start its node, or set its URL right.")
        else:
            answering += 1
            yield fine(check, "It is in good standing.")
    if configured and answering < threshold:
        yield bad(
            "custody",
            f"{answering} custodians can serve, {threshold} must answer to open a record.",
            "Bring the custodians named above back.",
        )
    if not configured:
        yield warning("custody", "No custodian is set: only private records can be made.", "Add [[custodians]].")
    if own is not None and own not in configured:
        yield warning(
            "custody",
            "This node's custodian key is not among [[custodians]]: it holds no share of new records.",
            "Add it to [[custodians]], or take [web] custodian_key away.",
        )


def key_condition(role: str, name: str, known: Iterable[str], *, has_password: bool) -> Condition:
    """A key that the node needs at its start."""
    check = f"key {role}"
    if name not in known:
        return bad(check, f"There is no key named {name}.", f"mendrec keys new {name}")
    if not has_password:
        return warning(
            check,
            f"The password of {name} is nowhere to be read: an unattended start stops and asks.",
            f"LoadCredential={name}:/path in the unit, or keys/{name}/password (0600).",
        )
    return fine(check, f"The key {name} is there.")


def exposure_conditions(chain_id: int, host: str, origin: str) -> Iterator[Condition]:
    """A development chain, or a door without TLS, where others than this machine come in."""
    is_open = not host.startswith(_LOOPBACK) or not _is_loopback_origin(origin)
    if chain_id == DEVELOPMENT_CHAIN_ID:
        words = f"Chain {chain_id} is a development chain: it has no consensus, and its keys are public."
        remedy = "Never put a real record into it; deploy to a network of your own (docs/deploy.md)."
        yield bad("network", words, remedy) if is_open else warning("network", words, remedy)
    else:
        yield fine("network", f"Chain {chain_id} is no development chain.")
    if is_open and not origin.startswith("https://"):
        yield bad(
            "tls",
            "Browsers reach the node without TLS: sessions can be stolen on the way.",
            "Put a TLS proxy before it, and set [web] origin to its https:// address.",
        )


def _is_loopback_origin(origin: str) -> bool:
    return origin.partition("://")[2].lstrip("[").startswith(_LOOPBACK)


def leftover_conditions(leftovers: Mapping[Path, int]) -> Iterator[Condition]:
    """What died half way: by path, its bytes."""
    for path, size in leftovers.items():
        yield warning(
            "leftovers",
            f"{path} was left by something that was cut off ({size} bytes).",
            f"See that nothing of it is running, then: rm -r {path}",
        )
    if not leftovers:
        yield fine("leftovers", "Nothing was left behind.")


def port_condition(host: str, port: int, *, is_free: bool, answers: bool) -> Condition:
    """The port that the node listens on."""
    if answers:
        return fine("port", f"The node answers at {host}:{port}.")
    if is_free:
        return fine("port", f"{host}:{port} is free; the node is not running.")
    return bad(
        "port",
        f"Another program listens on {host}:{port}.",
        f"Find it with `ss -ltnp 'sport = :{port}'` and stop it, or set another [web] port.",
    )
