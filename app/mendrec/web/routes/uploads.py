"""Uploads over HTTP. The bytes are sealed by the caller: what passes here is ciphertext, envelopes and manifests."""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
import secrets
from collections.abc import Iterator

from flask import Response, make_response, request
from flask_openapi3 import APIBlueprint, RawModel, Tag

from mendrec.api import uploads as words
from mendrec.domain.byte_range import ByteRange, parse_part_range
from mendrec.domain.car import unpack
from mendrec.domain.errors import InputError
from mendrec.domain.health import ObjectRole
from mendrec.domain.ids import parse_address
from mendrec.domain.limits import LIMITS
from mendrec.domain.model import Address, Cid
from mendrec.ports_uploads import AnnouncedRecord, RemoteUpload, RemoteUploadState, UploadObject
from mendrec.services.consent import category_numbers
from mendrec.services.remote_uploads import LengthRequired, Part, WrongPart
from mendrec.services.remote_uploads_anchoring import Act
from mendrec.services.remote_uploads_checks import RECORD_ROLES
from mendrec.web.answers import SIGNED_IN, answer, responses
from mendrec.web.context import app_context, current_node, signed_in
from mendrec.web.cursors import decode_cursor, encode_cursor
from mendrec.web.idempotency import IdempotencyHeader
from mendrec.web.rules import rules

_ANNOUNCEMENT_MAX_BYTES = 2 * 1024**2
_MISSING_TOLD_MAX = 50
_COUNTED_ONCE_BYTES = LIMITS.upload_part_max_bytes // 4
"""A part of so many bytes, or fewer, counts as one request."""
_PIECE_BYTES = 64 * 1024
_OCTETS = "application/octet-stream"
_CAR = "application/vnd.ipld.car"
_SHA256 = re.compile(r"(?:^|[,\s])sha-256=:([A-Za-z0-9+/]{43}=):")
_IDLE_STATES = (RemoteUploadState.OPEN, RemoteUploadState.STORED)


class PartBytes(RawModel):
    """A part's bytes, as they are."""

    mimetypes = [_OCTETS]  # noqa: RUF012 - as the library has it


class PackBytes(RawModel):
    """Many small objects, as a CARv1."""

    mimetypes = [_CAR]  # noqa: RUF012 - as the library has it


class MissingChecksum(InputError):
    """A part comes with the SHA-256 of its bytes."""

    code = "input.checksum"
    default_remedy = "Send Content-Digest: sha-256=:…: over the part's bytes (RFC 9530)."


def blueprint() -> APIBlueprint:
    """The routes."""
    api = APIBlueprint("uploads", __name__, abp_tags=[Tag(name="uploads", description="Adding sealed records")])
    _announcing(api)
    _sending(api)
    _anchoring(api)
    return api


def _announcing(api: APIBlueprint) -> None:
    @api.get("/v1/uploads/context", security=SIGNED_IN, responses=responses({200: words.ContextAnswered}))
    @rules()
    def context(query: words.ContextQuery) -> Response:
        """Tells what to seal a record of this patient to, and the limits of an upload."""
        found = current_node().remote_uploads.context(parse_address(query.patient))
        keys = [
            words.CustodianKeyAnswered(address=one.address, recipient=one.recipient) for one in found.custody.custodians
        ]
        return answer(
            words.ContextAnswered(
                patient=found.patient,
                recipient=found.recipient,
                custodians=keys,
                threshold=found.custody.threshold,
                chain_id=found.chain_id,
                records_contract=found.records,
                limits=words.UploadLimitsAnswered(
                    records_max=LIMITS.upload_max_records,
                    object_max_bytes=LIMITS.object_max_bytes,
                    part_max_bytes=LIMITS.upload_part_max_bytes,
                    idle_max_s=LIMITS.upload_idle_max_s,
                ),
            )
        )

    @api.post(
        "/v1/uploads",
        security=SIGNED_IN,
        responses=responses({201: words.UploadAnswered}, 404, 409, 507, body=True),
    )
    @rules(body_max_bytes=_ANNOUNCEMENT_MAX_BYTES)
    def begin(body: words.UploadAsked, header: IdempotencyHeader) -> Response:
        """Announces an upload. Refused at once where you may not write there; nothing has to be sent for that.

        The same Idempotency-Key with the same words gives the same upload, however far it has come.
        """
        node = current_node()
        codes = sorted({record.category_code for record in body.records})
        numbers = dict(zip(codes, category_numbers(node.ledger, codes), strict=True))
        upload = node.remote_uploads.begin(
            signed_in(),
            parse_address(body.patient),
            [AnnouncedRecord(numbers[record.category_code], record.private) for record in body.records],
            [
                [UploadObject(position, ObjectRole(one.role), Cid(one.cid), one.size_bytes) for one in record.objects]
                for position, record in enumerate(body.records)
            ],
            key=header.idempotency_key or secrets.token_hex(16),
        )
        return _told(upload, status=201)

    @api.get("/v1/uploads/<upload_id>", security=SIGNED_IN, responses=responses({200: words.UploadAnswered}, 404))
    @rules()
    def upload(path: words.UploadPath) -> Response:
        """Tells how far an upload of yours has come."""
        return _told(current_node().remote_uploads.asked(signed_in(), path.upload_id))

    @api.get(
        "/v1/uploads/<upload_id>/objects",
        security=SIGNED_IN,
        responses=responses({200: words.UploadObjectsAnswered}, 404),
    )
    @rules()
    def objects(path: words.UploadPath, query: words.UploadObjectsQuery) -> Response:
        """Lists an upload's objects, with what has arrived of each."""
        place = decode_cursor(f"upload {path.upload_id}", query.cursor, int)
        start = 0 if place is None else place[0]
        found = list(enumerate(_own_objects(path.upload_id)))[start:]
        wanted = [(number, one) for number, one in found if not (query.missing and one.is_complete)]
        more = len(wanted) > query.limit
        page = wanted[: query.limit]
        return answer(
            words.UploadObjectsAnswered(
                items=[_object(one) for _, one in page],
                next_cursor=encode_cursor(f"upload {path.upload_id}", [page[-1][0] + 1]) if more else None,
            )
        )

    @api.delete(
        "/v1/uploads/<upload_id>", security=SIGNED_IN, responses=responses({200: words.UploadAnswered}, 404, 409, 507)
    )
    @rules()
    def abandon(path: words.UploadPath) -> Response:
        """Gives an upload up: what was sent is removed. One whose act is on its way can't be given up."""
        return _told(current_node().upload_expiry.abandon(signed_in(), path.upload_id))


def _sending(api: APIBlueprint) -> None:
    @api.get(
        "/v1/uploads/<upload_id>/objects/<cid>",
        security=SIGNED_IN,
        responses=responses({200: words.UploadObjectAnswered}, 404),
    )
    @rules()
    def offset(path: words.UploadObjectPath) -> Response:
        """Tells how many bytes of an object have arrived: where to go on. HEAD has it in `Upload-Offset`."""
        return _offset(current_node().remote_uploads.object(signed_in(), path.upload_id, Cid(path.cid)))

    @api.put(
        "/v1/uploads/<upload_id>/objects/<cid>",
        security=SIGNED_IN,
        responses=responses({200: words.UploadObjectAnswered}, 404, 409, 411, 507, body=True),
    )
    @rules(body_max_bytes=LIMITS.upload_part_max_bytes, content_types=(_OCTETS,), counted=False)
    def put(path: words.UploadObjectPath, raw: PartBytes) -> Response:
        """Takes bytes of an object: all of it, or with `Content-Range` the part that comes next.

        `Content-Digest: sha-256=:…:` (RFC 9530) over the body is needed; for a body that is the whole object
        `Repr-Digest` serves too. A part that is cut short or altered leaves nothing behind.
        """
        del raw  # read from the request's stream, piece by piece
        node, who, cid = current_node(), signed_in(), Cid(path.cid)
        _count_part(who)
        found = node.remote_uploads.object(who, path.upload_id, cid)
        part = _part(found)
        return _offset(node.remote_uploads.put(who, path.upload_id, cid, part, _pieces()))

    @api.post(
        "/v1/uploads/<upload_id>/packs",
        security=SIGNED_IN,
        responses=responses({200: words.UploadAnswered}, 404, 409, 411, 507, body=True),
    )
    @rules(body_max_bytes=LIMITS.upload_part_max_bytes, content_types=(_CAR,))
    def put_pack(path: words.UploadPath, raw: PackBytes) -> Response:
        """Takes many small objects at once: a CARv1 without roots, of whole raw blocks, with its `Content-Digest`.

        All of a pack counts, or nothing of it.
        """
        del raw
        node, who = current_node(), signed_in()
        if request.content_length is None:
            raise LengthRequired("A pack comes with its Content-Length.")
        digest = _sha256("Content-Digest")
        if digest is None:
            raise MissingChecksum("The pack comes without a SHA-256 checksum.")
        node.remote_uploads.put_pack(who, path.upload_id, unpack(_checked(_pieces(), digest)))
        return _told(node.remote_uploads.get(who, path.upload_id))


def _anchoring(api: APIBlueprint) -> None:
    @api.post(
        "/v1/uploads/<upload_id>/position",
        security=SIGNED_IN,
        responses=responses({200: words.PositionAnswered}, 404, 409, 507),
    )
    @rules()
    def position(path: words.UploadPath) -> Response:
        """Checks and stores what was sent, and answers what to sign: the next place on the patient's chain.

        Ask again whenever somebody else was faster (`StaleHead`, `WrongSequence`): nothing is sent twice.
        """
        place = current_node().remote_uploads.position(signed_in(), path.upload_id)
        return answer(
            words.PositionAnswered.model_validate(
                {
                    "function": place.function,
                    "args": list(place.args),
                    "typed_data": dict(place.typed_data),
                    "nonce": place.nonce,
                    "deadline_at": place.deadline_at,
                    "sequence": place.sequence,
                    "previous_link_hex": place.previous_link_hex,
                }
            )
        )

    @api.post(
        "/v1/uploads/<upload_id>/finish",
        security=SIGNED_IN,
        responses=responses({202: words.UploadAnswered}, 404, 409, 507, body=True),
    )
    @rules()
    def finish(path: words.UploadPath, body: words.FinishAsked) -> Response:
        """Takes the author's signature over the position, and hands it to the relayer."""
        act = Act(body.nonce, body.deadline_at, body.signature.removeprefix("0x"))
        return _told(current_node().remote_uploads.finish(signed_in(), path.upload_id, act), status=202)


def _count_part(who: Address) -> None:
    """Counts a part against an allowance of its own, by its size: many small ones cost as much as many large ones."""
    weight = max(1.0, (request.content_length or 0) / _COUNTED_ONCE_BYTES)
    app_context().buckets.take(f"parts {who}", tokens_taken=weight)


def _part(found: UploadObject) -> Part:
    length = request.content_length
    if length is None:
        raise LengthRequired("A part comes with its Content-Length.")
    stated = request.headers.get("Content-Range")
    place = ByteRange(0, length) if stated is None else parse_part_range(stated, found.size_bytes)
    if place.size_bytes != length:
        raise InputError("The Content-Range and the Content-Length disagree.")
    digest = _sha256("Content-Digest")
    if place == ByteRange(0, found.size_bytes):
        digest = digest or _sha256("Repr-Digest")
    if digest is None:
        raise MissingChecksum("The part comes without a SHA-256 checksum.")
    return Part(place.start, length, digest)


def _sha256(header: str) -> bytes | None:
    found = _SHA256.search(request.headers.get(header, ""))
    if found is None:
        return None
    try:
        return base64.b64decode(found[1], validate=True)
    except binascii.Error:
        return None


def _pieces() -> Iterator[bytes]:
    while piece := request.stream.read(_PIECE_BYTES):
        yield piece


def _checked(pieces: Iterator[bytes], digest: bytes) -> Iterator[bytes]:
    """Passes on, and raises at the end unless it was what the checksum says. A cut body raises by itself."""
    found = hashlib.sha256()
    for piece in pieces:
        found.update(piece)
        yield piece
    if found.digest() != digest:
        raise WrongPart("The pack's bytes are not those of its checksum.", remedy="Send the pack again.")


def _own_objects(upload_id: str) -> list[UploadObject]:
    found = current_node().remote_uploads.objects(signed_in(), upload_id)
    return [one for one in found if one.role is not ObjectRole.BATCH_LIST]


def _object(one: UploadObject) -> words.UploadObjectAnswered:
    return words.UploadObjectAnswered.model_validate(
        {
            "record_index": one.record_index,
            "role": one.role.value,
            "cid": one.cid,
            "size_bytes": one.size_bytes,
            "received_bytes": one.received_bytes,
        }
    )


def _offset(one: UploadObject) -> Response:
    response = answer(_object(one))
    response.headers["Upload-Offset"] = str(one.received_bytes)
    response.headers["Upload-Length"] = str(one.size_bytes)
    return make_response(response)


def _told(upload: RemoteUpload, *, status: int = 200) -> Response:
    objects = _own_objects(upload.upload_id)
    missing = [] if upload.state is not RemoteUploadState.OPEN else [one for one in objects if not one.is_complete]
    result = upload.progress.get("result")
    expires_at = upload.touched_at + LIMITS.upload_idle_max_s if upload.state in _IDLE_STATES else None
    receipt = None
    if result is not None:
        names = ("sequence", "leaf_index", "manifest_digest_hex")
        receipt = {
            "records": [dict(zip(names, one, strict=True)) for one in result["records"]],
            "transaction_hash_hex": result["transaction_hash_hex"],
        }
    told = words.UploadAnswered.model_validate(
        {
            "upload_id": upload.upload_id,
            "state": upload.state.value,
            "patient": upload.patient,
            "author": upload.author,
            "records_count": len(upload.records),
            "objects_count": len(upload.records) * len(RECORD_ROLES),  # those of one given up are dropped
            "missing_count": len(missing),
            "missing": [_object(one) for one in missing[:_MISSING_TOLD_MAX]],
            "act_id_hex": upload.progress.get("act_id_hex"),
            "failure": upload.progress.get("failure"),
            "receipt": receipt,
            "created_at": upload.created_at,
            "expires_at": expires_at,
        }
    )
    return answer(told, status, location=f"/v1/uploads/{upload.upload_id}" if status == 201 else None)
