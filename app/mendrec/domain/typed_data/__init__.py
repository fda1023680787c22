"""What people sign, as ``eth_signTypedData_v4`` dicts (EIP-712): one function for each signed act of the contracts.

Everything is written so that a wallet shows words: categories as codes, rights and purposes by name, times as
ISO 8601 in UTC. The contracts rebuild the same words (``contracts/src/libraries/*Acts.sol``) and hash them.

The modules follow the contracts: :mod:`.directory`, :mod:`.consent`, :mod:`.records`; :mod:`.signed_acts` holds what
they share. :mod:`._build` is the generic helper for typed data of other parts.
"""

from mendrec.domain.typed_data._build import Domain, contract_domain, iso8601_utc, typed_data
from mendrec.domain.typed_data.signed_acts import Validity, cancel_nonce

__all__ = ["Domain", "Validity", "cancel_nonce", "contract_domain", "iso8601_utc", "typed_data"]
