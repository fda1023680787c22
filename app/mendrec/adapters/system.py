"""The machine's own clock and randomness."""

from __future__ import annotations

import secrets
import time


class SystemClock:
    """Implements :class:`mendrec.ports.Clock`."""

    def now(self) -> int:
        """Unix seconds."""
        return int(time.time())


class SystemRandomness:
    """Implements :class:`mendrec.ports.Randomness` with the operating system's generator."""

    def token(self, size_bytes: int) -> bytes:
        """``size_bytes`` fresh random bytes."""
        return secrets.token_bytes(size_bytes)
