"""One function for each act that can be made by signature: from its parameters to a call and the words to be signed.

Parameters are JSON-safe and named as everywhere: addresses in EIP-55, ``*_at`` in Unix seconds, digests as hex.
Categories, rights, purposes and reasons are words; ``rights`` is a list of them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from mendrec.domain.model import Address, Terms
from mendrec.domain.typed_data import Domain, Validity, cancel_nonce
from mendrec.domain.typed_data import consent as consent_acts
from mendrec.domain.typed_data import directory as directory_acts
from mendrec.domain.typed_data import records as record_acts
from mendrec.ports import LedgerReader
from mendrec.ports_db import IndexedRequest
from mendrec.services.act_params import ActParams, MalformedActParams
from mendrec.services.consent import category_numbers, terms_json
from mendrec.services.index import IndexService

TypedDataBuilder = Callable[[Domain, Validity], dict[str, Any]]
_CONTRACTS = ("Directory", "Consent", "Records")


@dataclass(frozen=True, slots=True)
class Draft:
    """A call without its authorization, and what its signer is to sign."""

    contract: str
    function: str
    args: tuple[Any, ...]
    typed_data: TypedDataBuilder


@dataclass(frozen=True, slots=True)
class Drafting:
    """What the chain and the index say now."""

    ledger: LedgerReader
    index: IndexService

    def numbers(self, codes: Sequence[str]) -> list[int]:
        """The numbers of category codes. Raises UnknownCategory."""
        return list(category_numbers(self.ledger, codes))

    def sequences(self, patient: Address, grantee: Address, numbers: Sequence[int]) -> list[int]:
        """The sequence each permission block is at."""
        return [self.ledger.permission_sequence(patient, grantee, number) for number in numbers]

    def request(self, request_id_hex: str) -> tuple[IndexedRequest, tuple[str, ...]]:
        """A request for access and its categories' codes. Raises NotFoundError."""
        self.index.sync()
        found = self.index.request(request_id_hex)
        codes = self.ledger.categories()
        return found, tuple(codes[number] for number in found.categories)

    def tip(self, patient: Address, params: ActParams) -> tuple[int, str]:
        """What the next entry is put on: as it is stated (both, or neither), or as the index has it now."""
        if "sequence" in params:
            return params.number("sequence", bits=64), params.digest_hex("previous_link_hex")
        self.index.sync()
        tip = self.index.tip(patient)
        return tip.next_sequence, tip.head_link_hex


def _enrol(_chain: Drafting, signer: Address, params: ActParams) -> Draft:
    """``recipient`` (``age1…``)."""
    recipient_hex = params.recipient_hex("recipient")
    return Draft(
        "Directory",
        "enrolBySig",
        (signer, "0x" + recipient_hex),
        lambda domain, validity: directory_acts.enrol(domain, signer, recipient_hex, validity),
    )


def _publish_recipient(_chain: Drafting, signer: Address, params: ActParams) -> Draft:
    """``recipient`` (``age1…``)."""
    recipient_hex = params.recipient_hex("recipient")
    return Draft(
        "Directory",
        "publishRecipientBySig",
        (signer, "0x" + recipient_hex),
        lambda domain, validity: directory_acts.publish_recipient(domain, signer, recipient_hex, validity),
    )


def _enrol_clinician(_chain: Drafting, signer: Address, params: ActParams) -> Draft:
    """``recipient``, ``verifier``, ``verifier_signature_hex``, and ``credential``: institution,
    licence_commitment_hex, issued_at, expires_at, and clinician, who must be the signer.
    """
    recipient_hex, verifier = params.recipient_hex("recipient"), params.address("verifier")
    signature_hex = params.text("verifier_signature_hex", max_chars=32_768).removeprefix("0x")
    stated = params.object("credential")
    credential = directory_acts.Credential(
        clinician=stated.address("clinician"),
        institution=stated.address("institution"),
        licence_commitment_hex=stated.digest_hex("licence_commitment_hex"),
        issued_at=stated.number("issued_at", bits=40),
        expires_at=stated.number("expires_at", bits=40),
    )
    stated.require_all_read()
    if credential.clinician != signer:
        raise MalformedActParams("The credential is somebody else's.", remedy="Present your own.")
    struct = {
        "clinician": credential.clinician,
        "institution": credential.institution,
        "licenceCommitment": "0x" + credential.licence_commitment_hex,
        "issuedAt": credential.issued_at,
        "expiresAt": credential.expires_at,
    }
    return Draft(
        "Directory",
        "enrolClinicianBySig",
        ("0x" + recipient_hex, struct, verifier, "0x" + signature_hex),
        lambda domain, validity: directory_acts.enrol_clinician(domain, credential, verifier, recipient_hex, validity),
    )


def _grant(chain: Drafting, signer: Address, params: ActParams) -> Draft:
    """``grantee``, ``categories``, ``rights``, ``from_at``, ``until_at``, ``purpose``."""
    grantee, codes, terms = params.address("grantee"), params.texts("categories"), params.terms()
    numbers = chain.numbers(codes)
    sequences = chain.sequences(signer, grantee, numbers)
    return Draft(
        "Consent",
        "grantBySig",
        (signer, grantee, numbers, terms_json(terms), sequences),
        lambda domain, validity: consent_acts.grant(domain, signer, grantee, codes, terms, sequences, validity),
    )


def _renew(chain: Drafting, signer: Address, params: ActParams) -> Draft:
    """``grantee``, ``categories``, ``until_at``."""
    grantee, codes, until_at = params.address("grantee"), params.texts("categories"), params.number("until_at", bits=40)
    numbers = chain.numbers(codes)
    sequences = chain.sequences(signer, grantee, numbers)
    return Draft(
        "Consent",
        "renewBySig",
        (signer, grantee, numbers, until_at, sequences),
        lambda domain, validity: consent_acts.renew(domain, signer, grantee, codes, until_at, sequences, validity),
    )


def _narrow(chain: Drafting, signer: Address, params: ActParams) -> Draft:
    """``grantee``, ``categories``, ``rights``, ``until_at``."""
    grantee, codes = params.address("grantee"), params.texts("categories")
    rights, until_at = params.rights(), params.number("until_at", bits=40)
    numbers = chain.numbers(codes)
    sequences = chain.sequences(signer, grantee, numbers)
    return Draft(
        "Consent",
        "narrowBySig",
        (signer, grantee, numbers, int(rights), until_at, sequences),
        lambda domain, validity: consent_acts.narrow(
            domain, signer, grantee, codes, rights, until_at, sequences, validity
        ),
    )


def _revoke(chain: Drafting, signer: Address, params: ActParams) -> Draft:
    """``grantee``, ``categories``."""
    grantee, codes = params.address("grantee"), params.texts("categories")
    numbers = chain.numbers(codes)
    sequences = chain.sequences(signer, grantee, numbers)
    return Draft(
        "Consent",
        "revokeBySig",
        (signer, grantee, numbers, sequences),
        lambda domain, validity: consent_acts.revoke(domain, signer, grantee, codes, sequences, validity),
    )


def _ask(chain: Drafting, signer: Address, params: ActParams) -> Draft:
    """``patient``, ``categories``, ``rights``, ``from_at``, ``until_at``, ``purpose``."""
    patient, codes, terms = params.address("patient"), params.texts("categories"), params.terms()
    return Draft(
        "Consent",
        "askBySig",
        (signer, patient, chain.numbers(codes), terms_json(terms)),
        lambda domain, validity: consent_acts.ask(domain, signer, patient, codes, terms, validity),
    )


def _asked(chain: Drafting, params: ActParams) -> tuple[IndexedRequest, tuple[str, ...], list[int], Terms]:
    found, codes = chain.request(params.digest_hex("request_id_hex"))
    return found, codes, list(found.categories), found.terms


def _approve(chain: Drafting, signer: Address, params: ActParams) -> Draft:
    """``request_id_hex``."""
    found, codes, numbers, terms = _asked(chain, params)
    requester = found.requester
    sequences = chain.sequences(signer, requester, numbers)
    return Draft(
        "Consent",
        "approveBySig",
        (signer, requester, numbers, terms_json(terms), sequences),
        lambda domain, validity: consent_acts.approve(domain, signer, requester, codes, terms, sequences, validity),
    )


def _decline(chain: Drafting, signer: Address, params: ActParams) -> Draft:
    """``request_id_hex``."""
    found, codes, numbers, terms = _asked(chain, params)
    requester = found.requester
    return Draft(
        "Consent",
        "declineBySig",
        (signer, requester, numbers, terms_json(terms)),
        lambda domain, validity: consent_acts.decline(domain, signer, requester, codes, terms, validity),
    )


def _withdraw_request(chain: Drafting, signer: Address, params: ActParams) -> Draft:
    """``request_id_hex``."""
    found, codes, numbers, terms = _asked(chain, params)
    patient = found.patient
    return Draft(
        "Consent",
        "withdrawRequestBySig",
        (signer, patient, numbers, terms_json(terms)),
        lambda domain, validity: consent_acts.withdraw_request(domain, signer, patient, codes, terms, validity),
    )


def _pass_on(chain: Drafting, signer: Address, params: ActParams) -> Draft:
    """``patient``, ``grantee``, ``categories``, ``rights``, ``from_at``, ``until_at``, ``purpose``."""
    patient, grantee = params.address("patient"), params.address("grantee")
    codes, terms = params.texts("categories"), params.terms()
    numbers = chain.numbers(codes)
    sequences = chain.sequences(patient, grantee, numbers)
    return Draft(
        "Consent",
        "passOnBySig",
        (signer, patient, grantee, numbers, terms_json(terms), sequences),
        lambda domain, validity: consent_acts.pass_on(
            domain, signer, patient, grantee, codes, terms, sequences, validity
        ),
    )


def _take_back(chain: Drafting, signer: Address, params: ActParams) -> Draft:
    """``patient``, ``grantee``, ``categories``."""
    patient, grantee, codes = params.address("patient"), params.address("grantee"), params.texts("categories")
    return Draft(
        "Consent",
        "takeBackBySig",
        (signer, patient, grantee, chain.numbers(codes)),
        lambda domain, validity: consent_acts.take_back(domain, signer, patient, grantee, codes, validity),
    )


def _renounce(chain: Drafting, signer: Address, params: ActParams) -> Draft:
    """``patient``, ``categories``."""
    patient, codes = params.address("patient"), params.texts("categories")
    return Draft(
        "Consent",
        "renounceBySig",
        (signer, patient, chain.numbers(codes)),
        lambda domain, validity: consent_acts.renounce(domain, signer, patient, codes, validity),
    )


def _add(chain: Drafting, signer: Address, params: ActParams) -> Draft:
    """``patient``, ``category``, ``location``, ``digest_hex``; ``sequence`` and ``previous_link_hex``, or neither."""
    patient, category = params.address("patient"), params.text("category", max_chars=64)
    location, digest_hex = params.number("location", bits=16), params.digest_hex("digest_hex")
    (number,) = chain.numbers([category])
    sequence, previous_hex = chain.tip(patient, params)
    record = record_acts.SingleRecord(category, location, digest_hex)
    return Draft(
        "Records",
        "addBySig",
        (signer, patient, number, location, "0x" + digest_hex, sequence, "0x" + previous_hex),
        lambda domain, validity: record_acts.add_record(
            domain, signer, patient, record, sequence, previous_hex, validity
        ),
    )


def _add_batches(chain: Drafting, signer: Address, params: ActParams) -> Draft:
    """``patient``, ``batches`` (category, location, count, root_hex, list_digest_hex); and ``sequence`` with
    ``previous_link_hex``, or neither.
    """
    patient = params.address("patient")
    batches = [_batch(one) for one in params.objects("batches")]
    by_code = dict(
        zip(codes := tuple(dict.fromkeys(one.category for one in batches)), chain.numbers(codes), strict=True)
    )
    sequence, previous_hex = chain.tip(patient, params)
    structs = [
        {
            "category": by_code[one.category],
            "location": one.location,
            "count": one.count,
            "root": "0x" + one.root_hex,
            "listDigest": "0x" + one.list_digest_hex,
        }
        for one in batches
    ]
    return Draft(
        "Records",
        "addBatchesBySig",
        (signer, patient, structs, sequence, "0x" + previous_hex),
        lambda domain, validity: record_acts.add_batches(
            domain, signer, patient, batches, sequence, previous_hex, validity
        ),
    )


def _batch(stated: ActParams) -> record_acts.RecordBatch:
    batch = record_acts.RecordBatch(
        category=stated.text("category", max_chars=64),
        location=stated.number("location", bits=16),
        count=stated.number("count", bits=24),
        root_hex=stated.digest_hex("root_hex"),
        list_digest_hex=stated.digest_hex("list_digest_hex"),
    )
    stated.require_all_read()
    return batch


def _mend_paths(_chain: Drafting, signer: Address, params: ActParams) -> Draft:
    """``entries`` (patient, sequence), ``to_location``, ``reason``."""
    keys = [_entry_key(one) for one in params.objects("entries")]
    to_location, reason = params.number("to_location", bits=16), params.mend_reason()
    structs = [{"patient": key.patient, "sequence": key.sequence} for key in keys]
    return Draft(
        "Records",
        "mendPathsBySig",
        (signer, structs, to_location, int(reason)),
        lambda domain, validity: record_acts.mend_paths(domain, signer, keys, to_location, reason, validity),
    )


def _entry_key(stated: ActParams) -> record_acts.EntryKey:
    key = record_acts.EntryKey(stated.address("patient"), stated.number("sequence", bits=64))
    stated.require_all_read()
    return key


def _cancel_nonce(_chain: Drafting, signer: Address, params: ActParams) -> Draft:
    """``contract``, ``nonce``: of a signature that was given out and is to be taken back."""
    contract, nonce = params.text("contract"), params.number("nonce", bits=256)
    if contract not in _CONTRACTS:
        raise MalformedActParams("There is no such contract.", remedy=f"One of: {', '.join(_CONTRACTS)}.")
    return Draft(
        contract,
        "cancelNonceBySig",
        (signer, nonce),
        lambda domain, validity: cancel_nonce(domain, signer, nonce, validity),
    )


DRAFTS: Mapping[str, Callable[[Drafting, Address, ActParams], Draft]] = {
    "enrol": _enrol,
    "enrol_clinician": _enrol_clinician,
    "publish_recipient": _publish_recipient,
    "grant": _grant,
    "renew": _renew,
    "narrow": _narrow,
    "revoke": _revoke,
    "ask": _ask,
    "approve": _approve,
    "decline": _decline,
    "withdraw_request": _withdraw_request,
    "pass_on": _pass_on,
    "take_back": _take_back,
    "renounce": _renounce,
    "add": _add,
    "add_batches": _add_batches,
    "mend_paths": _mend_paths,
    "cancel_nonce": _cancel_nonce,
}
"""Kind → how it is drafted."""
