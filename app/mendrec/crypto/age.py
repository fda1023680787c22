"""age v1 encryption. The only importer of ``pyrage``.

Every failure to open is one error, :class:`CannotOpenError`: what exactly failed is of use to an attacker only.
"""

from __future__ import annotations

import hmac
import io
from collections.abc import Callable
from typing import BinaryIO, NoReturn

import pyrage

from mendrec.domain.age_recipient import identity_from_bytes, identity_to_bytes, parse_recipient
from mendrec.domain.errors import InputError, MendrecError, VerificationError


class CannotOpenError(VerificationError):
    """Not an intact age file for this key."""

    code = "verification.cannot_open"
    default_remedy = "The key is not the one it was sealed to, or the file was altered: try another copy."


class WrongPassphraseError(InputError):
    """The passphrase does not open this, or it was altered."""

    code = "input.wrong_passphrase"
    default_remedy = "Type the passphrase again; mind the keyboard layout and capital letters."


class CannotSealError(MendrecError):
    """The age library failed to encrypt; nothing that was written may be used."""

    code = "crypto.cannot_seal"


class SecretIdentity:
    """An age X25519 identity. It shows in no repr, string, log, traceback value or pickle.

    Attributes:
        recipient: the public half, ``age1…``.
    """

    __slots__ = ("_secret_bytes", "recipient")

    def __init__(self, secret_bytes: bytes) -> None:
        """Raises MalformedIdentity where ``secret_bytes`` is not 32 bytes."""
        self._secret_bytes = bytes(secret_bytes)
        self.recipient: str = str(_native(self).to_public())

    @classmethod
    def generate(cls) -> SecretIdentity:
        """Returns a fresh identity from the operating system's randomness."""
        return cls.from_text(str(pyrage.x25519.Identity.generate()))

    @classmethod
    def from_text(cls, identity: str) -> SecretIdentity:
        """Reads ``AGE-SECRET-KEY-1…``. Raises MalformedIdentity."""
        return cls(identity_to_bytes(identity))

    def reveal_text(self) -> str:
        """Returns ``AGE-SECRET-KEY-1…``, what the stock age tool takes with ``-i``. Handle it as the secret it is."""
        return identity_from_bytes(self._secret_bytes)

    def reveal_bytes(self) -> bytes:
        """Returns the 32 secret bytes."""
        return self._secret_bytes

    def __repr__(self) -> str:
        return f"SecretIdentity(recipient={self.recipient!r})"

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, SecretIdentity):
            return NotImplemented
        return hmac.compare_digest(self._secret_bytes, other._secret_bytes)

    def __hash__(self) -> int:
        return hash(self.recipient)

    def __reduce__(self) -> NoReturn:
        raise TypeError("A SecretIdentity is not pickled.")


def seal(plaintext: bytes, recipient: str) -> bytes:
    """Returns ``plaintext`` age-encrypted to ``recipient``.

    Raises:
        MalformedRecipient: not a usable age X25519 recipient.
        CannotSealError: the library failed.
    """
    sealed = io.BytesIO()
    seal_stream(io.BytesIO(plaintext), sealed, recipient)
    return sealed.getvalue()


def open_sealed(sealed: bytes, identity: SecretIdentity) -> bytes:
    """Returns the plaintext of an age file.

    Raises:
        CannotOpenError: another key's, altered, cut, or no age file at all.
    """
    try:
        return bytes(pyrage.decrypt(sealed, [_native(identity)]))
    except Exception as error:
        raise CannotOpenError("This can't be opened with the key given.") from error


def seal_stream(source: BinaryIO, sink: BinaryIO, recipient: str) -> None:
    """Encrypts ``source``, from its position to its end, into ``sink``, in constant memory.

    Raises:
        MalformedRecipient: not a usable age X25519 recipient; nothing was written.
        CannotSealError: the library failed.
        Anything that ``source.read`` or ``sink.write`` raises, as it is.
    """
    native = pyrage.x25519.Recipient.from_str(parse_recipient(recipient))
    _stream(source, sink, lambda reader, writer: pyrage.encrypt_io(reader, writer, [native]), _cannot_seal)


def open_stream(source: BinaryIO, sink: BinaryIO, identity: SecretIdentity) -> None:
    """Decrypts ``source`` into ``sink``, in constant memory.

    WARNING: each 64 KiB chunk is authentic when it is written, but that nothing is missing at the end is only known
    when this returns. Whoever calls discards what is in ``sink`` when it raises.

    Raises:
        CannotOpenError: another key's, altered, cut, or no age file at all.
        Anything that ``source.read`` or ``sink.write`` raises, as it is.
    """
    native = _native(identity)
    _stream(source, sink, lambda reader, writer: pyrage.decrypt_io(reader, writer, [native]), _cannot_open)


def seal_with_passphrase(plaintext: bytes, passphrase: str) -> bytes:
    """Returns ``plaintext`` encrypted under a passphrase (age's scrypt recipient; about a second of work)."""
    try:
        return bytes(pyrage.passphrase.encrypt(plaintext, passphrase))
    except Exception as error:
        raise CannotSealError("Sealing failed.") from error


def open_with_passphrase(sealed: bytes, passphrase: str) -> bytes:
    """Returns the plaintext of a passphrase-sealed age file.

    Raises:
        WrongPassphraseError: it does not open it, or the file was altered.
    """
    try:
        return bytes(pyrage.passphrase.decrypt(sealed, passphrase))
    except Exception as error:
        raise WrongPassphraseError("The passphrase does not open this backup.") from error


class _Guarded:
    """Stands between the library and a stream, and keeps the first exception the stream raised.

    pyrage's encryption drops what the sink raises on the last chunk, and wraps what either stream raises otherwise:
    without this a full disk would look like a finished file.
    """

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self.failure: BaseException | None = None

    def read(self, size: int = -1) -> bytes:
        """Reads as the stream does."""
        try:
            return self._stream.read(size)
        except BaseException as error:
            self.failure = self.failure or error
            raise

    def write(self, data: bytes) -> int:
        """Writes all of ``data``: a raw stream may take less at a time, and the library would not ask again."""
        try:
            rest = data
            while rest:
                rest = rest[_some(self._stream.write(rest)) :]
        except BaseException as error:
            self.failure = self.failure or error
            raise
        return len(data)

    def flush(self) -> None:
        """Flushing is the caller's: the sink is theirs."""


def _some(taken: int | None) -> int:
    if not taken:
        raise OSError("The sink takes no more bytes.")
    return taken


def _stream(
    source: BinaryIO,
    sink: BinaryIO,
    run: Callable[[_Guarded, _Guarded], None],
    failed: Callable[[Exception], NoReturn],
) -> None:
    reader, writer = _Guarded(source), _Guarded(sink)
    failure: Exception | None = None
    try:
        run(reader, writer)
    except Exception as error:
        failure = error
    for guarded in (reader, writer):
        if guarded.failure is not None:
            raise guarded.failure
    if failure is not None:
        failed(failure)


def _cannot_seal(error: Exception) -> NoReturn:
    raise CannotSealError("Sealing failed.") from error


def _cannot_open(error: Exception) -> NoReturn:
    raise CannotOpenError("This can't be opened with the key given.") from error


def _native(identity: SecretIdentity) -> pyrage.x25519.Identity:
    return pyrage.x25519.Identity.from_str(identity.reveal_text())
