"""The sealed objects of a record: manifest, envelopes, payload. Who may have which is decided in access_to_objects.

What goes out was verified against its CID as a whole before its first byte is sent; a bad copy is passed over for a
good one. So a range costs as much reading as the whole object, and never hands out a wrong byte.
"""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any, BinaryIO

from flask import Response, make_response, request
from flask_openapi3 import APIBlueprint, Tag

from mendrec.api.records import JSON_OF_OBJECT, LeafPath, RecordPath
from mendrec.domain.byte_range import ByteRange, RangeNotSatisfiable, parse_range
from mendrec.domain.cid import digest_of_raw_cid
from mendrec.domain.ids import parse_address
from mendrec.domain.limits import LIMITS
from mendrec.domain.model import Cid
from mendrec.services.access_to_objects import What
from mendrec.services.key_release import LocatedRecord
from mendrec.web.answers import SIGNED_IN, responses
from mendrec.web.context import app_context, current_node, signed_in
from mendrec.web.errors import error_response
from mendrec.web.rules import rules

_OCTETS = "application/octet-stream"
_BYTES_PER_REQUEST = 64 * 1024**2
"""So much of a payload counts as one more request."""
_BYTES = {"description": "The object's bytes.", "content": {_OCTETS: {"schema": JSON_OF_OBJECT}}}
_JSON = {"description": "The object's bytes: canonical JSON.", "content": {"application/json": {"schema": {}}}}
_PART = {"description": "The bytes of the range.", "content": {_OCTETS: {"schema": JSON_OF_OBJECT}}}


def blueprint() -> APIBlueprint:
    """The routes."""
    api = APIBlueprint("objects", __name__, abp_tags=[Tag(name="objects", description="Sealed objects of records")])
    for name, send, ok in (
        ("manifest", _manifest, {200: _JSON}),
        ("envelopes", _envelopes, {200: _JSON}),
        ("payload", _payload, {200: _BYTES, 206: _PART}),
    ):
        _single(api, name, send, ok)
        _leaf(api, name, send, ok)
    return api


Send = Callable[[RecordPath, "int | None"], Response]


def _single(api: APIBlueprint, name: str, send: Send, ok: dict[int, Any]) -> None:
    @api.get(
        f"/v1/patients/<patient>/records/<int:sequence>/{name}",
        operation_id=f"get_{name}",
        endpoint=name,
        summary=f"The {name} of a single record",
        description=send.__doc__,
        security=SIGNED_IN,
        responses=responses(ok, 404, 409, *((416,) if 206 in ok else ()), cached=True),
    )
    @rules()
    def single(path: RecordPath) -> Response:
        return send(path, None)


def _leaf(api: APIBlueprint, name: str, send: Send, ok: dict[int, Any]) -> None:
    @api.get(
        f"/v1/patients/<patient>/records/<int:sequence>/<int:leaf_index>/{name}",
        operation_id=f"get_leaf_{name}",
        endpoint=f"leaf_{name}",
        summary=f"The {name} of a record of a batch",
        description=send.__doc__,
        security=SIGNED_IN,
        responses=responses(ok, 404, 409, *((416,) if 206 in ok else ()), cached=True),
    )
    @rules()
    def leaf(path: LeafPath) -> Response:
        return send(path, path.leaf_index)


def _found(path: RecordPath, leaf_index: int | None, what: What) -> LocatedRecord:
    return current_node().access.record(signed_in(), parse_address(path.patient), path.sequence, leaf_index, what)


def _manifest(path: RecordPath, leaf_index: int | None) -> Response:
    """Canonical JSON whose SHA-256 is on the chain. Its descriptor is sealed."""
    found = _found(path, leaf_index, What.ENTRY)
    data, _ = current_node().access.manifest(found)
    return _small(data, found.ref.manifest_digest_hex)


def _envelopes(path: RecordPath, leaf_index: int | None) -> Response:
    """The record's keys, sealed to the patient and, as shares, to each custodian."""
    data, manifest = current_node().access.envelopes(_found(path, leaf_index, What.ENVELOPES))
    return _small(data, digest_of_raw_cid(manifest.envelopes))


def _payload(path: RecordPath, leaf_index: int | None) -> Response:
    """The sealed file. Takes `Range` (one range), `If-Range`, `If-None-Match` (RFC 9110); the ETag is the CID."""
    node = current_node()
    found = _found(path, leaf_index, What.PAYLOAD)
    payload = node.access.payload(found).payload
    tag = f'"{payload.cid}"'
    headers = {
        "ETag": tag,
        "Accept-Ranges": "bytes",
        "Repr-Digest": _digest_field(payload.sha256_hex),
        "Cache-Control": "private, no-cache",
    }
    if request.if_none_match.contains_weak(payload.cid):
        return make_response("", 304, headers)
    try:
        place = parse_range(request.headers.get("Range"), payload.size_bytes) if _range_counts(tag) else None
    except RangeNotSatisfiable as error:
        response = error_response(error)
        response.headers["Content-Range"] = f"bytes */{payload.size_bytes}"
        return response
    whole = ByteRange(0, payload.size_bytes)
    if place is not None:
        headers["Content-Range"] = place.content_range(payload.size_bytes)
    status, place = (200, whole) if place is None else (206, place)
    headers["Content-Length"] = str(place.size_bytes)
    if request.method == "HEAD":
        return Response(iter(()), status, headers, mimetype=_OCTETS)  # a list would be counted to 0 bytes
    # All of it is read and hashed, whatever is sent of it: counted by its size, and owed where it is more than is left.
    app_context().buckets.charge(f"person {signed_in()}", payload.size_bytes / _BYTES_PER_REQUEST)
    return _stream(payload.cid, found, place, status, headers)


def _stream(cid: Cid, found: LocatedRecord, place: ByteRange, status: int, headers: dict[str, str]) -> Response:
    with ExitStack() as stack:
        # Fetched and verified before the answer begins: what is wrong is still an error, and not a cut body.
        file = stack.enter_context(current_node().copies.open_verified(cid, recorded_location=found.entry.location))
        file.seek(place.start)
        held = stack.pop_all()
    response = Response(_pieces(file, place.size_bytes), status, headers, mimetype=_OCTETS)
    response.call_on_close(held.close)
    return response


def _pieces(file: BinaryIO, left: int) -> Iterator[bytes]:
    while left > 0 and (piece := file.read(min(left, LIMITS.copy_chunk_bytes))):
        left -= len(piece)
        yield piece


def _small(data: bytes, digest_hex: str) -> Response:
    response = make_response(data)
    response.mimetype = "application/json"
    response.headers["Repr-Digest"] = _digest_field(digest_hex)
    response.headers["Cache-Control"] = "private, no-cache"
    response.set_etag(digest_hex)
    response.make_conditional(request)
    return response


def _range_counts(tag: str) -> bool:
    """``If-Range`` (RFC 9110 section 13.1.5): the range counts only for the very object that the asker began with."""
    stated = request.headers.get("If-Range")
    return stated is None or stated.strip() == tag


def _digest_field(digest_hex: str) -> str:
    """The value of ``Repr-Digest`` (RFC 9530)."""
    return f"sha-256=:{base64.b64encode(bytes.fromhex(digest_hex)).decode('ascii')}:"
