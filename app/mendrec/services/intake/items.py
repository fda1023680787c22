"""What intake hands on: things ready to be sealed, whose bytes can be read again and are the bytes that were judged."""

from __future__ import annotations

import io
import os
import stat
import unicodedata
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Protocol

from mendrec.domain.descriptor import Descriptor
from mendrec.domain.errors import InputError
from mendrec.services.intake.faults import refusal

_TITLE_MAX_CHARS = 200
_FILE_NAME_MAX_CHARS = 200
_ENDING_CHARS = 20
_HIDING_CATEGORIES = ("Cc", "Cf", "Cs", "Zl", "Zp")


class SourceChanged(InputError):
    """A file is not the one that was looked at when the import was planned."""

    code = "intake.source_changed"
    default_remedy = "Leave the files alone while they are imported, and start the import again."


class Source(Protocol):
    """Something whose bytes can be read again and again."""

    def open(self) -> BinaryIO:
        """Opens at the first byte; the caller closes."""
        ...


@dataclass(frozen=True, slots=True)
class BytesSource:
    """Bytes in memory."""

    data: bytes

    def open(self) -> BinaryIO:
        return io.BytesIO(self.data)


@dataclass(frozen=True, slots=True)
class FileSource:
    """A file on disk, remembered as it was when it was judged: what is sealed later must be what was judged."""

    path: Path
    size_bytes: int
    modified_at_ns: int
    inode: int

    @classmethod
    def of(cls, path: Path, place: str) -> FileSource:
        """Looks at a path without reading it. ``place`` is how faults call it.

        Raises:
            IntakeRefused: missing, not readable, or no regular file.
        """
        try:
            status = path.stat()
        except FileNotFoundError as error:
            raise refusal(place, "missing", "There is no such file.", "Check the path.") from error
        except (OSError, ValueError) as error:
            raise refusal(place, "unreadable", "The file can't be looked at.", "Check its permissions.") from error
        if stat.S_ISDIR(status.st_mode):
            raise refusal(place, "directory", "This is a folder, not a file.", "Give the files in it.")
        if not stat.S_ISREG(status.st_mode):
            raise refusal(place, "not_regular", "This is not a regular file.", "Copy its content to a file.")
        if not os.access(path, os.R_OK):
            raise refusal(place, "unreadable", "The file can't be read.", "Check its permissions.")
        return cls(path, status.st_size, status.st_mtime_ns, status.st_ino)

    def open(self) -> BinaryIO:
        """Opens the file.

        Raises:
            SourceChanged: it is gone, or its size, time of change or inode are others than they were.
        """
        try:
            stream = self.path.open("rb")
        except OSError as error:
            raise SourceChanged(f"{self.path} can no longer be read.") from error
        status = os.fstat(stream.fileno())
        if (status.st_size, status.st_mtime_ns, status.st_ino) != (self.size_bytes, self.modified_at_ns, self.inode):
            stream.close()
            raise SourceChanged(f"{self.path} was changed after it was checked.")
        return stream


@dataclass(frozen=True, slots=True)
class IntakeItem:
    """One record to be: its bytes, its category, and what its sealed descriptor will say."""

    source: Source
    size_bytes: int
    category_code: str
    descriptor: Descriptor


def clean_text(text: str, max_chars: int = _TITLE_MAX_CHARS) -> str:
    """Returns ``text`` on one line, without control and direction-changing characters, cut to ``max_chars``."""
    shown = "".join(" " if unicodedata.category(char) in _HIDING_CATEGORIES else char for char in text)
    return " ".join(shown.split())[:max_chars].strip()


def safe_file_name(path: Path) -> str | None:
    """Returns the last component of ``path`` as a descriptor takes it; None where nothing is left.

    A name that is too long loses its middle, never its ending.
    """
    name = clean_text(path.name.replace("\\", "_"), max_chars=len(path.name))
    if len(name) > _FILE_NAME_MAX_CHARS:
        name = name[: _FILE_NAME_MAX_CHARS - _ENDING_CHARS] + name[-_ENDING_CHARS:]
    return name if name.strip(". ") else None
