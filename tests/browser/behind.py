"""What tests look at behind the page: the record as the node has it, and its copies on disk."""

from __future__ import annotations

from pathlib import Path

from benchmarks.served import Served
from mendrec.adapters.stores.directory import DirectoryStore
from mendrec.domain.model import Address

Place = tuple[int, int | None]
"""Sequence in the record and, in a batch, which of it."""


def places_of(town: Served, patient: Address) -> set[Place]:
    """All entries of a record, by the chain."""
    town.world.node.index.sync()
    return {(one.ref.sequence, one.ref.leaf_index) for one in town.world.node.reading.records_of(patient)}


def copies_of(town: Served, patient: Address, place: Place) -> dict[str, Path]:
    """The sealed content of an entry: store → its file there. Every store of this town is a directory."""
    reading = town.world.node.reading
    manifest, _ = reading._objects(reading.locate(patient, *place))
    found = {}
    for store in town.world.node.copies.stores:
        assert isinstance(store, DirectoryStore)
        if store.path_of(manifest.payload.cid).is_file():
            found[store.name] = store.path_of(manifest.payload.cid)
    assert found, "no store has the content"
    return found
