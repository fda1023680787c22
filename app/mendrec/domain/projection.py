"""What each event of the contracts means for the index: pure, one rule an event.

A rule answers with merges: "the row with this key now has these values"; columns that are not named stay as they are,
or take their default where the row is new. So the index after any sequence of events depends on that sequence alone.
Table and column names are those of adapters/db/tables.py.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from mendrec.domain.model import ChainEvent

Args = Mapping[str, Any]

_NO_TERMS: Args = {"rights": 0, "from_at": 0, "until_at": 0, "purpose": 0, "passed_on": False}
_NO_DELEGATION: Args = {"delegator": None, "delegator_generation": None}
REQUEST_PENDING = 1


@dataclass(frozen=True, slots=True)
class Merge:
    """One row's new values."""

    table: str
    key: Mapping[str, Any]
    values: Mapping[str, Any]

    @property
    def subject(self) -> str:
        """Names the row, over all tables."""
        return json.dumps([self.table, *self.key.values()], separators=(",", ":"))


OWN_ROWS = frozenset({"path_versions"})
"""Tables in which each event has a row of its own, with the event's place for its key: they go when the event goes."""

NOT_INDEXED = frozenset(
    {
        "NonceSpent",  # asked of the chain where it matters
        "OwnershipTransferStarted",
        "OwnershipTransferred",
        "EIP712DomainChanged",
    }
)
"""Events that say nothing the index keeps. A test holds this and the rules against the ABIs."""


def merges_of(event: ChainEvent) -> tuple[Merge, ...]:
    """Returns what an event changes, in the order in which to apply it; nothing for events that are not indexed."""
    rule = RULES.get((event.contract, event.name))
    return () if rule is None else rule(event)


def subjects_of(event: ChainEvent) -> tuple[str, ...]:
    """Returns the rows that an event shares with other events: those to build anew where it is undone."""
    return tuple(dict.fromkeys(merge.subject for merge in merges_of(event) if merge.table not in OWN_ROWS))


def collapsed(events: Iterable[ChainEvent], *, subjects: Collection[str] | None = None) -> list[Merge]:
    """Returns one merge a row that does what those of all events do one after the other.

    Args:
        events: in the chain's order.
        subjects: the rows that are wanted; None for all.
    """
    rows: dict[str, Merge] = {}
    for event in events:
        for merge in merges_of(event):
            subject = merge.subject
            if subjects is None or subject in subjects:
                before = rows.get(subject)
                values = merge.values if before is None else {**before.values, **merge.values}
                rows[subject] = Merge(merge.table, merge.key, values)
    return list(rows.values())


def patient_of(event: ChainEvent) -> str | None:
    """Returns whose record or person an event is about; None for events about bodies, categories and locations."""
    args = event.args
    about = args.get("patient") or (args.get("who") if event.contract == "Directory" else None)
    return about if isinstance(about, str) else None


def _participant(who: str, **values: Any) -> Merge:
    return Merge("participants", {"address": who}, values)


def _enrolled(event: ChainEvent) -> tuple[Merge, ...]:
    args = event.args
    return (_participant(args["who"], roles=args["roles"], recipient_hex=_recipient(args["recipient"])),)


def _recipient_published(event: ChainEvent) -> tuple[Merge, ...]:
    return (_participant(event.args["who"], recipient_hex=_recipient(event.args["recipient"])),)


def _credential_accepted(event: ChainEvent) -> tuple[Merge, ...]:
    args = event.args
    return (
        _participant(
            args["clinician"],
            institution=args["institution"],
            verifier=args["verifier"],
            credential_expires_at=args["expiresAt"],
            licence_commitment_hex=_bare(args["licenceCommitment"]),
        ),
    )


def _credential_revoked(event: ChainEvent) -> tuple[Merge, ...]:
    return (_participant(event.args["clinician"], credential_expires_at=0),)


def _body_admitted(event: ChainEvent) -> tuple[Merge, ...]:
    args = event.args
    return (
        Merge("bodies", {"number": args["number"]}, {"address": args["body"], "in_standing": True}),
        _participant(args["body"], roles=args["roles"], recipient_hex=_recipient(args["recipient"])),
    )


def _body_standing_changed(event: ChainEvent) -> tuple[Merge, ...]:
    args = event.args
    standing = {"address": args["body"], "in_standing": args["inStanding"]}
    return (Merge("bodies", {"number": args["number"]}, standing),)


def _suspended(event: ChainEvent) -> tuple[Merge, ...]:
    return (_participant(event.args["who"], suspended=True),)


def _reinstated(event: ChainEvent) -> tuple[Merge, ...]:
    return (_participant(event.args["who"], suspended=False),)


def _category_added(event: ChainEvent) -> tuple[Merge, ...]:
    return (Merge("categories", {"number": event.args["category"]}, {"code": event.args["code"]}),)


def _location(number: int, **values: Any) -> tuple[Merge, ...]:
    return (Merge("locations", {"number": number}, values),)


def _location_added(event: ChainEvent) -> tuple[Merge, ...]:
    args = event.args
    return _location(
        args["location"], operator=args["operator"], kind=args["kind"], base_uri=args["baseUri"], active=True
    )


def _location_moved(event: ChainEvent) -> tuple[Merge, ...]:
    return _location(event.args["location"], base_uri=event.args["baseUri"])


def _location_retired(event: ChainEvent) -> tuple[Merge, ...]:
    return _location(event.args["location"], active=False)


def _permission(args: Args, **values: Any) -> tuple[Merge, ...]:
    key = {"patient": args["patient"], "grantee": args["grantee"], "category": args["category"]}
    return (Merge("permissions", key, {"sequence": args["sequence"], **values}),)


def _granted(event: ChainEvent) -> tuple[Merge, ...]:
    args = event.args
    return _permission(
        args,
        **_terms(args["terms"]),
        **_NO_DELEGATION,
        generation=args["generation"],
        passed_on=False,
        revoked_by_patient=False,
    )


def _passed_on(event: ChainEvent) -> tuple[Merge, ...]:
    args = event.args
    return _permission(
        args,
        **_terms(args["terms"]),
        generation=args["generation"],
        passed_on=True,
        delegator=args["delegator"],
        delegator_generation=args["delegatorGeneration"],
    )


def _renewed(event: ChainEvent) -> tuple[Merge, ...]:
    return _permission(event.args, until_at=event.args["until"])


def _narrowed(event: ChainEvent) -> tuple[Merge, ...]:
    return _permission(event.args, rights=event.args["rights"], until_at=event.args["until"])


def _revoked(event: ChainEvent) -> tuple[Merge, ...]:
    args = event.args
    # Who else ends access leaves the patient's word as it is: an earlier revoke by the patient still stands.
    by_patient = {"revoked_by_patient": True} if args["by"] == args["patient"] else {}
    return _permission(args, **_NO_TERMS, **_NO_DELEGATION, **by_patient, generation=args["generation"])


def _access_asked(event: ChainEvent) -> tuple[Merge, ...]:
    args = event.args
    values = {
        "patient": args["patient"],
        "requester": args["requester"],
        "categories": list(args["categories"]),
        **_terms(args["terms"]),
        "asked_at": event.block_timestamp,
        "state": REQUEST_PENDING,
    }
    return (Merge("access_requests", {"request_id_hex": _bare(args["requestId"])}, values),)


def _request_closed(event: ChainEvent) -> tuple[Merge, ...]:
    key = {"request_id_hex": _bare(event.args["requestId"])}
    return (Merge("access_requests", key, {"state": event.args["state"]}),)


def _entry(args: Args, **values: Any) -> Merge:
    return Merge("entries", {"patient": args["patient"], "sequence": args["sequence"]}, values)


def _entry_added(event: ChainEvent) -> tuple[Merge, ...]:
    args = event.args
    return (
        _entry(
            args,
            author=args["author"],
            category=args["category"],
            location=args["location"],
            recorded_at=args["recordedAt"],
            count=args["count"],
            digest_hex=_bare(args["digest"]),
            link_hex=_bare(args["link"]),
        ),
    )


def _batch_listed(event: ChainEvent) -> tuple[Merge, ...]:
    return (_entry(event.args, list_digest_hex=_bare(event.args["listDigest"])),)


def _path_mended(event: ChainEvent) -> tuple[Merge, ...]:
    args = event.args
    version = {
        "patient": args["patient"],
        "sequence": args["sequence"],
        "from_location": args["fromLocation"],
        "to_location": args["toLocation"],
        "reason": args["reason"],
        "mended_by": args["by"],
        "mended_at": event.block_timestamp,
    }
    place = {"block_number": event.block_number, "log_index": event.log_index}
    return (_entry(args, location=args["toLocation"]), Merge("path_versions", place, version))


def _terms(terms: Args) -> dict[str, Any]:
    return {
        "rights": terms["rights"],
        "from_at": terms["from"],
        "until_at": terms["until"],
        "purpose": terms["purpose"],
    }


def _bare(hex_text: str) -> str:
    return hex_text.removeprefix("0x")


def _recipient(recipient: str) -> str | None:
    bare = _bare(recipient)
    return bare if int(bare, 16) else None


RULES: Mapping[tuple[str, str], Callable[[ChainEvent], tuple[Merge, ...]]] = {
    ("Directory", "Enrolled"): _enrolled,
    ("Directory", "RecipientPublished"): _recipient_published,
    ("Directory", "CredentialAccepted"): _credential_accepted,
    ("Directory", "CredentialRevoked"): _credential_revoked,
    ("Directory", "BodyAdmitted"): _body_admitted,
    ("Directory", "BodyStandingChanged"): _body_standing_changed,
    ("Directory", "Suspended"): _suspended,
    ("Directory", "Reinstated"): _reinstated,
    ("Directory", "CategoryAdded"): _category_added,
    ("Directory", "LocationAdded"): _location_added,
    ("Directory", "LocationMoved"): _location_moved,
    ("Directory", "LocationRetired"): _location_retired,
    ("Consent", "Granted"): _granted,
    ("Consent", "PassedOn"): _passed_on,
    ("Consent", "Renewed"): _renewed,
    ("Consent", "Narrowed"): _narrowed,
    ("Consent", "Revoked"): _revoked,
    ("Consent", "AccessAsked"): _access_asked,
    ("Consent", "RequestClosed"): _request_closed,
    ("Records", "EntryAdded"): _entry_added,
    ("Records", "BatchListed"): _batch_listed,
    ("Records", "PathMended"): _path_mended,
}
"""(contract, event) → rule."""
