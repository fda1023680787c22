"""The author's signature of a manifest: EIP-712, by an ordinary key or, asked of its contract, EIP-1271."""

from __future__ import annotations

from collections.abc import Callable

from mendrec.crypto.wallet import InvalidSignatureError, require_typed_data_signer, typed_data_digest
from mendrec.domain.manifest import Manifest, ManifestBody
from mendrec.domain.model import Address
from mendrec.domain.typed_data_record import manifest_typed_data
from mendrec.ports import Wallet

ContractSignatureCheck = Callable[[Address, bytes, bytes], None]
"""Asks the contract at an address (EIP-1271) about a digest and a signature, and raises InvalidSignatureError
unless it agrees. Given by who can read the chain."""


def sign_manifest(body: ManifestBody, wallet: Wallet) -> Manifest:
    """Returns ``body`` signed by its author.

    Raises:
        InvalidSignatureError: the wallet is not the author's, so its signature would be worthless.
    """
    if wallet.address != body.author:
        raise InvalidSignatureError("The manifest names another author than the wallet that is to sign it.")
    return Manifest.signed(body, wallet.sign_typed_data(manifest_typed_data(body)))


def require_author_signature(manifest: Manifest, *, contract_signature: ContractSignatureCheck | None = None) -> None:
    """Checks that the author signed every field of the manifest, for its chain and contract.

    NOTE: that the author was allowed to write is the chain's to say, and was checked when the entry was added.

    Args:
        manifest: as parsed.
        contract_signature: asked where the signature is not an ordinary key's; None refuses contract wallets.

    Raises:
        InvalidSignatureError: not the author's signature over this.
    """
    typed_data = manifest_typed_data(manifest)
    try:
        require_typed_data_signer(typed_data, manifest.signature, manifest.author)
    except InvalidSignatureError:
        if contract_signature is None:
            raise
        contract_signature(manifest.author, typed_data_digest(typed_data), manifest.signature)
