"""Breaks one copy on the ward's disk, as a failing disk would: ``python -m deploy.damage --home demo-world``."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from mendrec.adapters.stores.directory import DirectoryStore
from mendrec.bootstrap import Node, open_node
from mendrec.config import load_config
from mendrec.domain.errors import MendrecError, NotFoundError
from mendrec.domain.health import ObjectRole
from mendrec.domain.model import Address
from mendrec.keyring import Keyring
from mendrec.services.copies import holds_good_copy


def damage_one(node: Node, patient: Address) -> str:
    """Flips one bit of the first payload that lies in a directory; returns in words what was done."""
    stores = {store.name: store for store in node.copies.stores if isinstance(store, DirectoryStore)}
    for copy in node.objects.of_patient(patient):
        if copy.role is ObjectRole.PAYLOAD and copy.store_name in stores:
            path = stores[copy.store_name].path_of(copy.cid)
            if not holds_good_copy(stores[copy.store_name], copy.cid):
                continue  # broken or gone already; flipping the same bit again would heal it
            flip_bit(path)
            name = str(copy.sequence) if copy.leaf_index is None else f"{copy.sequence}/{copy.leaf_index}"
            return f"One bit of the copy of record {name} on {copy.store_name} is flipped."
    raise NotFoundError("There is no copy in a directory to break.", remedy="Upload something first.")


def flip_bit(path: Path) -> None:
    """Flips one bit in the middle of a file, as a failing disk would."""
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.chmod(0o600)
    path.write_bytes(data)


def main() -> int:
    """Breaks one copy of the demo's patient."""
    parser = argparse.ArgumentParser(description="Break one copy on disk, to see it found and mended.")
    parser.add_argument("--home", type=Path, default=Path("demo-world"))
    home = parser.parse_args().home
    try:
        print(damage_one(open_node(load_config(home)), Keyring(home / "keys").address("patient")))
    except MendrecError as error:
        print(f"Not done: {error.message}\n{error.remedy}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
