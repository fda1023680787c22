"""Opening a sealed record, with its keys at hand. Whoever calls has verified the manifest before:

1. its bytes are those of the anchored digest (``domain.bindings.require_anchored``);
2. it says what the entry says (``domain.bindings.require_manifest_of_entry``);
3. its author signed it (``crypto.manifest_signature.require_author_signature``).
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import BinaryIO, cast

from mendrec.crypto.age import CannotOpenError, SecretIdentity, open_sealed, open_stream
from mendrec.domain.descriptor import Descriptor, parse_descriptor
from mendrec.domain.errors import InputError, RefusedError, VerificationError
from mendrec.domain.manifest import Manifest
from mendrec.services.ciphertext import CiphertextDigest, DigestingSource

_BUFFER_BYTES = 256 * 1024


class WrongKeyError(RefusedError):
    """The key is not the one that the manifest names for this."""

    code = "refused.wrong_key"
    default_remedy = "Use the key of this record: LIST gives the descriptor's, OPEN gives both."


class PayloadMismatch(VerificationError):
    """The stored payload is not the one that the manifest names: altered, cut, extended, or another's."""

    code = "verification.payload_mismatch"
    default_remedy = "Discard it and fetch another copy; `mendrec check` tells which copies are good."


def open_descriptor(manifest: Manifest, key: SecretIdentity) -> Descriptor:
    """Returns the descriptor of a verified manifest.

    Raises:
        WrongKeyError: not the manifest's descriptor key.
        CannotOpenError: the author sealed something that is no descriptor, or to another key.
    """
    _require_key(key, manifest.recipients.descriptor, "descriptor")
    try:
        return parse_descriptor(open_sealed(manifest.sealed_descriptor, key))
    except InputError as error:
        raise CannotOpenError("What the author sealed as descriptor is none.") from error


def open_payload(manifest: Manifest, key: SecretIdentity, chunks: Iterable[bytes], sink: BinaryIO) -> None:
    """Decrypts the payload of a verified manifest into ``sink``, in bounded memory.

    WARNING: nothing in ``sink`` counts as opened before this returns: discard it when this raises.
    :func:`open_payload_to_file` does so by itself.

    In this order:

    1. the key is the manifest's;
    2. while streaming: no more bytes than the manifest says (a store could go on without end), and each of age's
       chunks authentic;
    3. at the end: size, SHA-256 and CID are those in the manifest. A payload that opens but is not the one the author
       signed is refused here; one that is, and does not open, is the author's fault and said to be.

    Args:
        manifest: verified (see the module).
        key: the payload key.
        chunks: the ciphertext as any store gave it, untrusted.
        sink: takes the plaintext.

    Raises:
        WrongKeyError: (1).
        PayloadMismatch: (2), (3): fetch another copy.
        CannotOpenError: (3): the copy is good, and the author sealed it wrongly.
        Anything that the iteration or the sink raises, as it is.
    """
    _require_key(key, manifest.recipients.payload, "payload")  # 1
    failure: CannotOpenError | None = None
    with CiphertextDigest() as digest:
        source = DigestingSource(chunks, digest, max_bytes=manifest.payload.size_bytes)
        try:
            open_stream(cast(BinaryIO, source), sink, key)  # 2
        except CannotOpenError as error:
            failure = error
        source.drain()
        found = digest.finish()
    if found != manifest.payload:  # 3
        raise PayloadMismatch("The payload is not the one that the manifest names.") from failure
    if failure is not None:
        raise failure


def open_payload_to_file(manifest: Manifest, key: SecretIdentity, chunks: Iterable[bytes], path: Path) -> None:
    """Does what :func:`open_payload` does, into a file that appears complete and verified, or not at all.

    The plaintext is written beside ``path`` with mode 0600, made durable, then moved over it.

    Raises:
        As :func:`open_payload`; a file that was at ``path`` is then as it was.
    """
    descriptor, partial_name = tempfile.mkstemp(prefix=".mendrec-", suffix=".part", dir=path.parent)
    partial = Path(partial_name)
    try:
        with os.fdopen(descriptor, "wb", buffering=_BUFFER_BYTES) as file:  # the library writes 8 KiB at a time
            open_payload(manifest, key, chunks, file)
            file.flush()
            os.fsync(file.fileno())
        partial.replace(path)
    except BaseException:
        partial.unlink(missing_ok=True)
        raise


def _require_key(key: SecretIdentity, recipient: str, name: str) -> None:
    if key.recipient != recipient:
        raise WrongKeyError(f"This is not the record's {name} key.")
