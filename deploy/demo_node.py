"""The demo's node, as ``mendrec node`` runs one, with the demo's door before it: ``python -m deploy.demo_node``."""

from __future__ import annotations

import argparse
import os
import sys
from functools import partial
from pathlib import Path

from deploy.demo_door import open_door
from mendrec.config import Config, load_config
from mendrec.domain.errors import MendrecError
from mendrec.keyring import Keyring, Person
from mendrec.web.running import Keys, run_node


def main() -> int:
    """Serves the demo's home until a stop signal; returns the exit status."""
    parser = argparse.ArgumentParser(prog="python -m deploy.demo_node", description="The demo's node.")
    parser.add_argument("--home", type=Path, default=Path("demo-world"), help="where the world is kept")
    os.umask(0o077)
    try:
        config = load_config(parser.parse_args().home)
        return run_node(
            config,
            open_keys(config),
            with_worker=True,
            told=lambda _url: None,
            extend=partial(open_door, config=config),
        )
    except MendrecError as error:
        print(f"\nNot done: {error.message}\n{error.remedy}", file=sys.stderr)
        return 1


def open_keys(config: Config) -> Keys:
    """Opens the keys that the settings name, with the passwords that lie beside them."""
    relayer = None if config.relayer is None else config.relayer.key
    return Keys(_person(config, config.web.custodian_key), _person(config, relayer))


def _person(config: Config, name: str | None) -> Person | None:
    if name is None:
        return None
    ring = Keyring(config.keys_path)
    return ring.open(name, ring.password_file(name).read_text(encoding="utf-8").strip())


if __name__ == "__main__":
    raise SystemExit(main())
