"""Files that people name on the command line: what the system says of them becomes words and a remedy."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from mendrec.domain.errors import InputError


class UnreadableFile(InputError):
    """A file that was named can't be read."""

    code = "input.unreadable_file"
    default_remedy = "Check its name, and that you may read it."


class UnwritableFile(InputError):
    """A file or folder that was named can't be written."""

    code = "input.unwritable_file"
    default_remedy = "Name another place, or see that there is room and that you may write there."


def read_text(path: Path, what: str) -> str:
    """Returns the text of a small UTF-8 file.

    Args:
        path: the file as it was named.
        what: what it should be, such as ``password file``, for the message.

    Raises:
        UnreadableFile: it is not there, is a folder, may not be read, or is no text.
    """
    try:
        return path.read_text(encoding="utf-8")
    except FileNotFoundError as error:
        raise UnreadableFile(f"There is no {what} {path}.") from error
    except OSError as error:
        raise UnreadableFile(f"The {what} {path} can't be read: {_reason(error)}.") from error
    except UnicodeDecodeError as error:
        raise UnreadableFile(f"The {what} {path} is not text.", remedy="Name the right file.") from error


def require_folder_of(path: Path) -> None:
    """Raises UnwritableFile where the folder that ``path`` is to be written into is not there."""
    with writing(path):
        if not path.parent.is_dir():
            raise UnwritableFile(f"There is no folder {path.parent}.", remedy="Make it, or name another file.")


@contextmanager
def writing(path: Path) -> Iterator[None]:
    """Turns what the system has against writing ``path`` into UnwritableFile."""
    try:
        yield
    except FileExistsError as error:
        raise UnwritableFile(f"{path} is there already.", remedy="Name a file that is not there yet.") from error
    except OSError as error:
        raise UnwritableFile(f"{path} can't be written: {_reason(error)}.") from error


def _reason(error: OSError) -> str:
    return (error.strerror or type(error).__name__).lower()
