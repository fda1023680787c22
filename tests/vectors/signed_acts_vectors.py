"""Every kind of act: what a person asks for, what a node answers to it, and the digest that is signed.

Whoever checks a node (``mendrec.client.checking``, ``frontend/src/core/acts``) must make the same typed data from the
parameters alone, and refuse the answer once anything in it is another.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any, cast

from eth_abi.abi import encode
from eth_utils.crypto import keccak

from mendrec.client.checking import require_as_asked, require_request_id, told
from mendrec.client.trust import NodeTrust
from mendrec.crypto.wallet import LocalWallet, typed_data_digest
from mendrec.domain.age_recipient import recipient_from_bytes
from mendrec.domain.model import SEEDED_CATEGORIES, Act, Address, Purpose, Right, Terms
from mendrec.domain.release import ReleaseRequest, RequestedRecord, release_typed_data
from mendrec.domain.typed_data import Validity
from mendrec.ports import LedgerReader
from mendrec.ports_db import IndexedRequest
from mendrec.services.act_drafts import DRAFTS, Drafting
from mendrec.services.act_params import ActParams
from mendrec.services.act_preparation import PreparedAct
from mendrec.services.index import IndexService

Json = dict[str, Any]

_NOW = 1_800_000_000
_FROM, _UNTIL = _NOW, _NOW + 30 * 86_400


def _wallet(name: str) -> LocalWallet:
    return LocalWallet(sha256(f"signed acts {name}".encode()).digest())


def _digest(name: str) -> str:
    return sha256(f"signed acts {name}".encode()).hexdigest()


_SIGNER, _OTHER, _THIRD = _wallet("signer"), _wallet("other").address, _wallet("third").address
_TRUST = NodeTrust(31_337, {name: _wallet(name).address for name in ("Consent", "Directory", "Records")})
_CODES = dict(enumerate(SEEDED_CATEGORIES, 1))
_TERMS_PARAMS: Json = {"rights": ["SHARE", "READ"], "from_at": _FROM, "until_at": _UNTIL, "purpose": "TREAT"}
_TWO: Json = {"categories": ["laboratory", "imaging"]}
_RECIPIENT = recipient_from_bytes((9).to_bytes(32, "little"))
_TIP: Json = {"sequence": 7, "previous_link_hex": _digest("previous link")}


def _request(patient: Address, requester: Address) -> IndexedRequest:
    terms, categories = Terms(Right.READ | Right.UPLOAD, _FROM, _UNTIL, Purpose.CAREMGT), (3, 8)
    struct = (int(terms.rights), terms.from_at, terms.until_at, int(terms.purpose))
    data = encode(
        ["bytes32", "address", "address", "uint16[]", "(uint8,uint40,uint40,uint8)"],
        [keccak(text="mendrec/request/v1"), patient, requester, list(categories), struct],
    )
    request = IndexedRequest(keccak(data).hex(), patient, requester, categories, terms, _NOW - 60, 1)
    require_request_id(request)
    return request


_TO_SIGNER, _BY_SIGNER = _request(_SIGNER.address, _OTHER), _request(_OTHER, _SIGNER.address)

_ASKED: Mapping[str, Json] = {
    "enrol": {"recipient": _RECIPIENT},
    "publish_recipient": {"recipient": _RECIPIENT},
    "enrol_clinician": {
        "recipient": _RECIPIENT,
        "verifier": _OTHER,
        "verifier_signature_hex": "0x" + "ab" * 65,
        "credential": {
            "clinician": _SIGNER.address,
            "institution": _THIRD,
            "licence_commitment_hex": _digest("licence"),
            "issued_at": _NOW - 1000,
            "expires_at": _NOW + 1000,
        },
    },
    "grant": {"grantee": _OTHER, **_TWO, **_TERMS_PARAMS},
    "renew": {"grantee": _OTHER, **_TWO, "until_at": _UNTIL},
    "narrow": {"grantee": _OTHER, **_TWO, "rights": ["READ"], "until_at": _UNTIL},
    "revoke": {"grantee": _OTHER, **_TWO},
    "ask": {"patient": _OTHER, **_TWO, **_TERMS_PARAMS},
    "approve": {"request_id_hex": _TO_SIGNER.request_id_hex},
    "decline": {"request_id_hex": _TO_SIGNER.request_id_hex},
    "withdraw_request": {"request_id_hex": _BY_SIGNER.request_id_hex},
    "pass_on": {"patient": _OTHER, "grantee": _THIRD, **_TWO, **_TERMS_PARAMS},
    "take_back": {"patient": _OTHER, "grantee": _THIRD, **_TWO},
    "renounce": {"patient": _OTHER, **_TWO},
    "add": {"patient": _OTHER, "category": "medication", "location": 2, "digest_hex": _digest("manifest"), **_TIP},
    "add_batches": {
        "patient": _OTHER,
        "batches": [
            {
                "category": category,
                "location": 2,
                "count": count,
                "root_hex": _digest(f"root {count}"),
                "list_digest_hex": _digest(f"list {count}"),
            }
            for category, count in (("medication", 3), ("allergy", 40), ("medication", 5))
        ],
        **_TIP,
    },
    "mend_paths": {
        "entries": [{"patient": _OTHER, "sequence": 0}, {"patient": _THIRD, "sequence": 12}],
        "to_location": 3,
        "reason": "RELOCATED",
    },
    "cancel_nonce": {"contract": "Consent", "nonce": 259},
}


@dataclass(frozen=True, slots=True)
class _Node(Drafting):
    """What an honest node's chain and index say."""

    def numbers(self, codes: Sequence[str]) -> list[int]:
        by_code = {code: number for number, code in _CODES.items()}
        return [by_code[code] for code in codes]

    def sequences(self, patient: Address, grantee: Address, numbers: Sequence[int]) -> list[int]:
        del patient, grantee
        return [number * 2 for number in numbers]

    def request(self, request_id_hex: str) -> tuple[IndexedRequest, tuple[str, ...]]:
        found = _requests()[request_id_hex]
        return found, tuple(_CODES[number] for number in found.categories)


def _requests() -> dict[str, IndexedRequest]:
    return {one.request_id_hex: one for one in (_TO_SIGNER, _BY_SIGNER)}


def signed_acts() -> Json:
    """Each kind once, and a release request."""
    return {
        "about": "What is asked for, the node's answer to it, and what is signed. Any change of the answer is refused.",
        "now": _NOW,
        "signer": _SIGNER.address,
        "chainId": _TRUST.chain_id,
        "contracts": dict(_TRUST.contracts),
        "categories": {str(number): code for number, code in _CODES.items()},
        "acts": [_case(kind, params, 256 + at) for at, (kind, params) in enumerate(_ASKED.items())],
        "release": _release(),
    }


def _case(kind: str, params: Json, nonce: int) -> Json:
    node = _Node(cast(LedgerReader, None), cast(IndexService, None))
    reader = ActParams(params)
    draft = DRAFTS[kind](node, _SIGNER.address, reader)
    reader.require_all_read()
    validity = Validity(nonce, _NOW + 3600)
    typed_data = draft.typed_data(_TRUST.domain(draft.contract), validity)
    prepared = PreparedAct(
        kind, _SIGNER.address, draft.contract, draft.function, draft.args, typed_data, nonce, validity.deadline_at
    )
    request = _requests().get(params.get("request_id_hex", ""))
    require_as_asked(prepared, kind, _SIGNER.address, params, told(_CODES, prepared, request), _TRUST, _NOW)
    signature = _SIGNER.sign_typed_data(typed_data)
    return {
        "kind": kind,
        "params": params,
        **({} if request is None else {"request": _told(request)}),
        "prepared": {
            "kind": prepared.kind,
            "signer": prepared.signer,
            "contract": prepared.contract,
            "function": prepared.function,
            "args": list(prepared.args),
            "typed_data": typed_data,
            "nonce": prepared.nonce,
            "deadline_at": prepared.deadline_at,
        },
        "digestHex": typed_data_digest(typed_data).hex(),
        "signatureHex": signature.hex(),
        "actIdHex": prepared.signed(signature).id_hex,
    }


def _told(request: IndexedRequest) -> Json:
    terms = request.terms
    return {
        "request_id_hex": request.request_id_hex,
        "patient": request.patient,
        "requester": request.requester,
        "category_codes": [_CODES[number] for number in request.categories],
        "rights": [str(right.name) for right in Right if right in terms.rights],
        "from_at": terms.from_at,
        "until_at": terms.until_at,
        "purpose": terms.purpose.name,
    }


def _release() -> Json:
    request = ReleaseRequest(
        act=Act.OPEN,
        patient=_OTHER,
        reader=_SIGNER.address,
        records=(
            RequestedRecord(3, _digest("first")),
            RequestedRecord(4, _digest("second"), 1, (_digest("sibling"),)),
        ),
        purpose=Purpose.ETREAT,
        nonce_hex=_digest("nonce"),
        deadline_at=_NOW + 150,
    )
    typed_data = release_typed_data(request, chain_id=_TRUST.chain_id, records_contract=_TRUST.contracts["Records"])
    return {
        "request": request.to_json(),
        "typedData": typed_data,
        "digestHex": typed_data_digest(typed_data).hex(),
        "signatureHex": _SIGNER.sign_typed_data(typed_data).hex(),
    }
