"""What an installation looks like from outside the program: permissions of files, room on disks, ports, leftovers."""

from __future__ import annotations

import errno
import os
import shutil
import socket
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import requests

_ANSWER_TIMEOUT_S = 3


@dataclass(frozen=True, slots=True)
class FileMode:
    """One file or folder, with who may do what."""

    path: Path
    mode: int
    is_folder: bool
    is_own: bool
    """Whether it belongs to whoever runs this."""


def modes_below(folder: Path) -> Iterator[FileMode]:
    """Yields a folder and everything below it; links are not followed."""
    if folder.is_dir():
        yield mode_of(folder)
        for root, folders, files in os.walk(folder):
            for name in sorted((*folders, *files)):
                yield mode_of(Path(root, name))


def mode_of(path: Path) -> FileMode:
    """Returns the permissions of one file."""
    found = path.lstat()
    is_folder = stat.S_ISDIR(found.st_mode)
    return FileMode(path, stat.S_IMODE(found.st_mode), is_folder, found.st_uid in {os.geteuid(), 0})


def room(folder: Path) -> tuple[int, int]:
    """Returns (free, total) bytes of the disk that a folder is on, or would be on."""
    while not folder.exists():
        folder = folder.parent
    usage = shutil.disk_usage(folder)
    return usage.free, usage.total


def is_port_free(host: str, port: int) -> bool:
    """Whether a server could listen there now. Raises OSError where the address is none of this machine's."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            if error.errno == errno.EADDRINUSE:
                return False
            raise
    return True


def answers_live(url: str) -> bool:
    """Whether a node of Mendrec answers at a URL."""
    try:
        with requests.get(f"{url.rstrip('/')}/health/live", timeout=_ANSWER_TIMEOUT_S, allow_redirects=False) as answer:
            body = answer.json()
    except (requests.RequestException, ValueError):
        return False
    return isinstance(body, dict) and body.get("status") == "live"


def bytes_below(folder: Path) -> int:
    """The size of everything below a folder."""
    found = 0
    for root, _, files in os.walk(folder):
        for name in files:
            try:
                found += Path(root, name).lstat().st_size
            except FileNotFoundError:
                continue
    return found
