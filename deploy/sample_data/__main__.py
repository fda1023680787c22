"""Writes sample records to a folder."""

from __future__ import annotations

import argparse
from pathlib import Path

from deploy.sample_data import write


def main() -> None:
    """Reads the command line and writes."""
    parser = argparse.ArgumentParser(prog="python -m deploy.sample_data", description="Write synthetic patients.")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--patients", type=int, default=1)
    arguments = parser.parse_args()
    for path in write(arguments.folder, arguments.seed, arguments.patients):
        print(path)


if __name__ == "__main__":
    main()
