"""One at a time on one machine: a lock file for each name, held while the block runs, gone with the process."""

from __future__ import annotations

import fcntl
import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from mendrec.domain.errors import UnavailableError


class UnderWay(UnavailableError):
    """Another process, or another thread, is doing the very same thing now."""

    code = "unavailable.under_way"
    default_remedy = "Wait until it has finished; asking again with the same key then repeats its answer."


@dataclass(frozen=True, slots=True)
class FileLocks:
    """Locks by name, as files in a folder."""

    folder: Path

    @contextmanager
    def exclusive(self, name: str) -> Iterator[None]:
        """Runs the block alone.

        Raises:
            UnderWay: somebody else holds the lock; nothing was waited for.
        """
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        path = self.folder / hashlib.sha256(name.encode("utf-8")).hexdigest()
        with path.open("ab") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError as error:
                raise UnderWay("The same act is under way in another process.") from error
            yield
