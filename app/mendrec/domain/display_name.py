"""Names and short words of professionals, as others are shown them: one line, nothing that moves or hides text."""

from __future__ import annotations

import unicodedata

from mendrec.domain.errors import InputError

DISPLAY_NAME_MAX_CHARS = 80


class UnusableName(InputError):
    """A text that can't be shown safely beside others."""

    code = "input.unusable_name"
    default_remedy = "Write it in one line of plain letters, without characters that control or turn text."


def require_display_name(text: str, *, max_chars: int = DISPLAY_NAME_MAX_CHARS) -> str:
    """Returns the text in Unicode's composed form (NFC).

    Raises:
        UnusableName: empty, too long, white space around it, or control, format (bidi marks among them), private or
            unassigned characters in it.
    """
    composed = unicodedata.normalize("NFC", text)
    if not composed or composed != composed.strip() or len(composed) > max_chars:
        raise UnusableName(f"This is not a text of 1 to {max_chars} characters without spaces around it.")
    if any(not _is_shown(character) for character in composed):
        raise UnusableName("This text holds characters that can't be shown in a line.")
    return composed


def folded(text: str) -> str:
    """The text as it is searched: compatible forms and cases made one."""
    return unicodedata.normalize("NFKC", text).casefold()


def _is_shown(character: str) -> bool:
    return character == " " or unicodedata.category(character)[0] not in "CZ"
