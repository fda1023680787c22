"""Signed acts of Consent (``contracts/src/libraries/ConsentActs.sol``).

``categories`` are codes, in the order of the category numbers given to the contract; ``sequences`` the block sequence
each one was at when the person signed (``Consent.permission(patient, grantee, category).sequence``).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from mendrec.domain.errors import InputError
from mendrec.domain.model import Address, Right, Terms
from mendrec.domain.typed_data._build import Domain, iso8601_utc
from mendrec.domain.typed_data.signed_acts import Validity, signed_act

_TERMS = "string rights,string from,string until,string purpose"
_LIFE = "uint256 nonce,string signatureValidUntil"

GRANT_TYPE = f"Grant(address patient,address grantee,string[] categories,{_TERMS},uint32[] sequences,{_LIFE})"
RENEW_TYPE = f"Renew(address patient,address grantee,string[] categories,string until,uint32[] sequences,{_LIFE})"
NARROW_TYPE = (
    f"Narrow(address patient,address grantee,string[] categories,string rights,string until,uint32[] sequences,{_LIFE})"
)
REVOKE_TYPE = f"Revoke(address patient,address grantee,string[] categories,uint32[] sequences,{_LIFE})"
APPROVE_TYPE = f"Approve(address patient,address requester,string[] categories,{_TERMS},uint32[] sequences,{_LIFE})"
DECLINE_TYPE = f"Decline(address patient,address requester,string[] categories,{_TERMS},{_LIFE})"
ASK_TYPE = f"Ask(address requester,address patient,string[] categories,{_TERMS},{_LIFE})"
WITHDRAW_REQUEST_TYPE = f"WithdrawRequest(address requester,address patient,string[] categories,{_TERMS},{_LIFE})"
PASS_ON_TYPE = (
    f"PassOn(address delegator,address patient,address grantee,string[] categories,{_TERMS},uint32[] sequences,{_LIFE})"
)
TAKE_BACK_TYPE = f"TakeBack(address delegator,address patient,address grantee,string[] categories,{_LIFE})"
RENOUNCE_TYPE = f"Renounce(address grantee,address patient,string[] categories,{_LIFE})"


def rights_text(rights: Right) -> str:
    """Returns the rights' names in the fixed order READ, UPLOAD, SHARE, for example ``READ, UPLOAD``.

    Raises:
        InputError: no rights.
    """
    if not rights:
        raise InputError("There are no rights to sign for.", remedy="Name one of READ, UPLOAD and SHARE, or more.")
    return ", ".join(str(right.name) for right in Right if right in rights)


def grant(
    domain: Domain,
    patient: Address,
    grantee: Address,
    categories: Sequence[str],
    terms: Terms,
    sequences: Sequence[int],
    validity: Validity,
) -> dict[str, Any]:
    """The patient grants these terms for each category."""
    people = {"patient": patient, "grantee": grantee}
    return _act(domain, GRANT_TYPE, people, categories, validity, _terms(terms), sequences)


def renew(
    domain: Domain,
    patient: Address,
    grantee: Address,
    categories: Sequence[str],
    until_at: int,
    sequences: Sequence[int],
    validity: Validity,
) -> dict[str, Any]:
    """The patient sets a later end."""
    people = {"patient": patient, "grantee": grantee}
    return _act(domain, RENEW_TYPE, people, categories, validity, {"until": iso8601_utc(until_at)}, sequences)


def narrow(
    domain: Domain,
    patient: Address,
    grantee: Address,
    categories: Sequence[str],
    rights: Right,
    until_at: int,
    sequences: Sequence[int],
    validity: Validity,
) -> dict[str, Any]:
    """The patient takes away rights or time."""
    people = {"patient": patient, "grantee": grantee}
    what = {"rights": rights_text(rights), "until": iso8601_utc(until_at)}
    return _act(domain, NARROW_TYPE, people, categories, validity, what, sequences)


def revoke(
    domain: Domain,
    patient: Address,
    grantee: Address,
    categories: Sequence[str],
    sequences: Sequence[int],
    validity: Validity,
) -> dict[str, Any]:
    """The patient ends all access to these categories."""
    people = {"patient": patient, "grantee": grantee}
    return _act(domain, REVOKE_TYPE, people, categories, validity, {}, sequences)


def approve(
    domain: Domain,
    patient: Address,
    requester: Address,
    categories: Sequence[str],
    terms: Terms,
    sequences: Sequence[int],
    validity: Validity,
) -> dict[str, Any]:
    """The patient approves a pending request and grants what was asked."""
    people = {"patient": patient, "requester": requester}
    return _act(domain, APPROVE_TYPE, people, categories, validity, _terms(terms), sequences)


def decline(
    domain: Domain, patient: Address, requester: Address, categories: Sequence[str], terms: Terms, validity: Validity
) -> dict[str, Any]:
    """The patient declines a pending request."""
    people = {"patient": patient, "requester": requester}
    return _act(domain, DECLINE_TYPE, people, categories, validity, _terms(terms))


def ask(
    domain: Domain, requester: Address, patient: Address, categories: Sequence[str], terms: Terms, validity: Validity
) -> dict[str, Any]:
    """A clinician asks for access."""
    people = {"requester": requester, "patient": patient}
    return _act(domain, ASK_TYPE, people, categories, validity, _terms(terms))


def withdraw_request(
    domain: Domain, requester: Address, patient: Address, categories: Sequence[str], terms: Terms, validity: Validity
) -> dict[str, Any]:
    """A clinician withdraws a pending request."""
    people = {"requester": requester, "patient": patient}
    return _act(domain, WITHDRAW_REQUEST_TYPE, people, categories, validity, _terms(terms))


def pass_on(
    domain: Domain,
    delegator: Address,
    patient: Address,
    grantee: Address,
    categories: Sequence[str],
    terms: Terms,
    sequences: Sequence[int],
    validity: Validity,
) -> dict[str, Any]:
    """A holder of SHARE passes access on."""
    people = {"delegator": delegator, "patient": patient, "grantee": grantee}
    return _act(domain, PASS_ON_TYPE, people, categories, validity, _terms(terms), sequences)


def take_back(
    domain: Domain,
    delegator: Address,
    patient: Address,
    grantee: Address,
    categories: Sequence[str],
    validity: Validity,
) -> dict[str, Any]:
    """A sharer ends what it passed on."""
    people = {"delegator": delegator, "patient": patient, "grantee": grantee}
    return _act(domain, TAKE_BACK_TYPE, people, categories, validity)


def renounce(
    domain: Domain, grantee: Address, patient: Address, categories: Sequence[str], validity: Validity
) -> dict[str, Any]:
    """The grantee gives its access up."""
    return _act(domain, RENOUNCE_TYPE, {"grantee": grantee, "patient": patient}, categories, validity)


def _act(
    domain: Domain,
    encoded_type: str,
    people: dict[str, Address],
    categories: Sequence[str],
    validity: Validity,
    what: dict[str, str] | None = None,
    sequences: Sequence[int] | None = None,
) -> dict[str, Any]:
    stated = {} if sequences is None else {"sequences": list(sequences)}
    return signed_act(
        domain, encoded_type, {**people, "categories": list(categories), **(what or {}), **stated}, validity
    )


def _terms(terms: Terms) -> dict[str, str]:
    return {
        "rights": rights_text(terms.rights),
        "from": iso8601_utc(terms.from_at),
        "until": iso8601_utc(terms.until_at),
        "purpose": terms.purpose.name,
    }
