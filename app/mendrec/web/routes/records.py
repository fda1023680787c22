"""Records as the chain knows them: lists, single records, proofs. What they are about is sealed, and not told here."""

from __future__ import annotations

from collections.abc import Mapping

from flask import Response
from flask_openapi3 import APIBlueprint, Tag

from mendrec.api import records as words
from mendrec.api.common import PageQuery, PatientPath
from mendrec.domain.chain_link import GENESIS_LINK_HEX
from mendrec.domain.errors import UnavailableError
from mendrec.domain.ids import parse_address
from mendrec.domain.model import Address
from mendrec.ports_db import IndexedEntry
from mendrec.services.access_to_objects import What
from mendrec.services.key_release import LocatedRecord
from mendrec.services.record_listing import ListedLeaf
from mendrec.web.answers import SIGNED_IN, answer, responses
from mendrec.web.authorisation import fresh_index
from mendrec.web.context import current_node, signed_in
from mendrec.web.cursors import decode_cursor, encode_cursor
from mendrec.web.rules import rules


class NotIndexedYet(UnavailableError):
    """The chain has the entry, and the index has not come so far."""

    code = "unavailable.index_behind"
    default_remedy = "Try again in a moment."


def blueprint() -> APIBlueprint:
    """The routes."""
    api = APIBlueprint("records", __name__, abp_tags=[Tag(name="records", description="Records and their proofs")])

    @api.get(
        "/v1/patients/<patient>/records",
        security=SIGNED_IN,
        responses=responses({200: words.RecordsAnswered}, cached=True),
    )
    @rules()
    def listing(path: PatientPath, query: PageQuery) -> Response:
        """Lists a patient's records that you may see: your own all; else what you may READ, and what you added."""
        node, patient = current_node(), parse_address(path.patient)
        fresh_index(node)
        place = decode_cursor(f"records {patient}", query.cursor, int, int)
        page = node.listing.page(
            signed_in(), patient, after=None if place is None else (place[0], place[1]), limit=query.limit
        )
        finals, codes = _Finals(), node.index.rows.categories()
        next_cursor = None if page.next_place is None else encode_cursor(f"records {patient}", [*page.next_place])
        return answer(
            words.RecordsAnswered(items=[_listed(one, finals, codes) for one in page.items], next_cursor=next_cursor)
        )

    @api.get(
        "/v1/patients/<patient>/entries",
        security=SIGNED_IN,
        responses=responses({200: words.EntriesAnswered}, cached=True),
    )
    @rules()
    def entries(path: PatientPath, query: PageQuery) -> Response:
        """Lists a patient's whole chain, to be walked link by link to the head that the contract holds."""
        node, patient = current_node(), parse_address(path.patient)
        fresh_index(node)
        place = decode_cursor(f"entries {patient}", query.cursor, int)
        viewer, found = node.listing.chain(
            signed_in(), patient, after_sequence=None if place is None else place[0], limit=query.limit + 1
        )
        page = found[: query.limit]
        more = len(found) > query.limit
        codes = node.ledger.categories()
        return answer(
            words.EntriesAnswered(
                items=[_entry(one, codes[one.entry.category]) for one in page],
                next_cursor=encode_cursor(f"entries {patient}", [page[-1].entry.sequence]) if more else None,
                head_link_hex=node.ledger.head_link_hex(patient, at=viewer.head),
                head_block_number=viewer.head.number,
            )
        )

    @api.get(
        "/v1/patients/<patient>/records/<int:sequence>",
        security=SIGNED_IN,
        responses=responses({200: words.RecordAnswered}, 404, 409, cached=True),
    )
    @rules()
    def single(path: words.RecordPath) -> Response:
        """Tells of an entry that is one record."""
        return _record(path, None)

    @api.get(
        "/v1/patients/<patient>/records/<int:sequence>/<int:leaf_index>",
        security=SIGNED_IN,
        responses=responses({200: words.RecordAnswered}, 404, 409, cached=True),
    )
    @rules()
    def leaf(path: words.LeafPath) -> Response:
        """Tells of one record of a batch."""
        return _record(path, path.leaf_index)

    @api.get(
        "/v1/patients/<patient>/records/<int:sequence>/proof",
        security=SIGNED_IN,
        responses=responses({200: words.ProofAnswered}, 404, 409, cached=True),
    )
    @rules()
    def single_proof(path: words.RecordPath) -> Response:
        """Proves that a single record is on the patient's chain."""
        return _proof(path, None)

    @api.get(
        "/v1/patients/<patient>/records/<int:sequence>/<int:leaf_index>/proof",
        security=SIGNED_IN,
        responses=responses({200: words.ProofAnswered}, 404, 409, cached=True),
    )
    @rules()
    def leaf_proof(path: words.LeafPath) -> Response:
        """Proves that a record of a batch is on the patient's chain: RFC 9162 path, root, entry, link."""
        return _proof(path, path.leaf_index)

    return api


def _record(path: words.RecordPath, leaf_index: int | None) -> Response:
    node, patient = current_node(), parse_address(path.patient)
    found = node.access.record(signed_in(), patient, path.sequence, leaf_index, What.ENTRY)
    indexed = _indexed(patient, path.sequence)
    listed = ListedLeaf(indexed, found.ref.leaf_index, found.ref.manifest_digest_hex)
    return answer(_listed(listed, _Finals(), current_node().index.rows.categories()))


def _proof(path: words.RecordPath, leaf_index: int | None) -> Response:
    node, patient = current_node(), parse_address(path.patient)
    found = node.access.record(signed_in(), patient, path.sequence, leaf_index, What.ENTRY)
    indexed = _indexed(patient, path.sequence)
    before = None if path.sequence == 0 else _indexed(patient, path.sequence - 1)
    head = node.ledger.head_block()
    return answer(
        words.ProofAnswered(
            chain_id=node.ledger.chain_id,
            records_contract=node.ledger.contract_address("Records"),
            manifest_digest_hex=found.ref.manifest_digest_hex,
            entry=_entry(indexed, node.ledger.categories()[indexed.entry.category]),
            previous_link_hex=GENESIS_LINK_HEX if before is None else before.link_hex,
            inclusion=_inclusion(found),
            head_link_hex=node.ledger.head_link_hex(patient, at=head),
            head_block_number=head.number,
            final=_Finals().holds(indexed),
        )
    )


def _inclusion(found: LocatedRecord) -> words.InclusionAnswered | None:
    if found.ref.leaf_index is None:
        return None
    return words.InclusionAnswered(
        leaf_index=found.ref.leaf_index,
        count=found.entry.count,
        root_hex=found.entry.digest_hex,
        path_hex=list(found.path_hex),
    )


def _indexed(patient: Address, sequence: int) -> IndexedEntry:
    node = current_node()
    fresh_index(node)
    indexed = node.index.rows.entry(patient, sequence)
    if indexed is None:
        raise NotIndexedYet("The index has not come to this entry yet.")
    return indexed


class _Finals:
    """Up to which time entries are final; asked of the chain once a request."""

    def __init__(self) -> None:
        node = current_node()
        number = node.index.final_block()
        self._until = node.ledger.block(number).timestamp if number >= 0 else -1

    def holds(self, indexed: IndexedEntry) -> bool:
        return indexed.entry.recorded_at <= self._until


def _listed(one: ListedLeaf, finals: _Finals, codes: Mapping[int, str]) -> words.RecordAnswered:
    entry = one.entry.entry
    problem = None if one.problem is None else words.ProblemAnswered(**one.problem.as_dict())
    return words.RecordAnswered(
        patient=entry.patient,
        sequence=entry.sequence,
        leaf_index=one.leaf_index,
        count=entry.count,
        category_code=codes[entry.category],
        author=entry.author,
        location=entry.location,
        manifest_digest_hex=one.manifest_digest_hex,
        recorded_at=entry.recorded_at,
        final=finals.holds(one.entry),
        problem=problem,
    )


def _entry(indexed: IndexedEntry, code: str) -> words.EntryAnswered:
    entry = indexed.entry
    return words.EntryAnswered(
        patient=entry.patient,
        sequence=entry.sequence,
        author=entry.author,
        category=entry.category,
        category_code=code,
        location=entry.location,
        digest_hex=entry.digest_hex,
        recorded_at=entry.recorded_at,
        count=entry.count,
        link_hex=indexed.link_hex,
        list_digest_hex=indexed.list_digest_hex,
    )
