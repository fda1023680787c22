"""Faults of the transport and of the node, as errors of this package.

What a transport error says stays in the chained cause: it may hold an address with a token in it.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from eth_abi.exceptions import DecodingError
from requests.exceptions import RequestException
from web3.exceptions import ContractLogicError, Web3Exception, Web3RPCError

from mendrec.adapters.chain.codec import bare_hex
from mendrec.adapters.chain.errors import ChainUnavailable
from mendrec.domain.errors import RefusedError


class SenderUnfunded(RefusedError):
    """The sending account cannot pay for the transaction."""

    code = "refused.sender_unfunded"
    default_remedy = "Put ether into it; on a development chain: `python -m deploy.fund --home HOME NAME`."


@contextmanager
def guarded(passing: type[Exception] | None = None) -> Iterator[None]:
    """Turns every fault of a request into ChainUnavailable or SenderUnfunded; those of the kind ``passing`` pass."""
    try:
        yield
    except (RequestException, Web3Exception, DecodingError, OSError, ValueError, KeyError, TypeError) as error:
        if passing is not None and isinstance(error, passing):
            raise
        if isinstance(error, Web3RPCError):
            raise rpc_fault(error) from error
        raise ChainUnavailable("The chain's node can't be reached or gave no usable answer.") from error


def rpc_fault(error: Web3RPCError) -> Exception:
    """Returns what an error that the node answered with means."""
    if "insufficient funds" in str(error).lower():
        return SenderUnfunded("The sending account can't pay for this transaction.")
    return ChainUnavailable("The chain's node refused the request.")


def revert_data(error: ContractLogicError) -> bytes:
    """Returns what the contract reverted with; empty where the node does not tell."""
    data = error.data
    if isinstance(data, dict):  # some nodes wrap it
        data = data.get("data") or data.get("result")
    try:
        return bytes.fromhex(bare_hex(data)) if isinstance(data, str) else b""
    except ValueError:
        return b""
