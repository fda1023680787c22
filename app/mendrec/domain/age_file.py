"""What an age file looks like from outside. Nothing is opened here, and nobody's key is known."""

from __future__ import annotations

from mendrec.domain.errors import InputError

_FIRST_LINE = b"age-encryption.org/v1\n"
_STANZA = b"-> "
_LAST_LINE = b"\n--- "


class NotSealed(InputError):
    """Not an age v1 file: it may be readable to anybody."""

    code = "input.not_sealed"
    default_remedy = "Seal it as a binary age v1 file (age-encryption.org/v1), not armoured, and send that."


def require_age_file(data: bytes) -> None:
    """Raises NotSealed unless ``data`` begins as a binary age v1 file: its first line, a stanza, the header's end."""
    if not data.startswith(_FIRST_LINE + _STANZA) or _LAST_LINE not in data:
        raise NotSealed("This is not an age v1 file.")
