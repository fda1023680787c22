"""Reading what somebody wants signed: the parameters of an act, strictly, with words for each fault."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from mendrec.domain.age_recipient import recipient_to_bytes
from mendrec.domain.errors import InputError
from mendrec.domain.ids import parse_address, parse_digest_hex
from mendrec.domain.model import Address, MendReason, Purpose, Right, Terms

_LIST_MAX_ITEMS = 1_024
_DECIMAL_MAX_CHARS = 78


class MalformedActParams(InputError):
    """A parameter of an act is missing, is not known, or cannot be used."""

    code = "input.act_params"
    default_remedy = "See what the act takes in the API's description."


class ActParams:
    """The parameters of one act, each to be read once; :meth:`require_all_read` refuses what nobody asked for."""

    def __init__(self, value: object, *, where: str = "The act") -> None:
        if not isinstance(value, Mapping) or not all(isinstance(name, str) for name in value):
            raise MalformedActParams(f"{where} is not an object.")
        self._value = value
        self._where = where
        self._read: set[str] = set()

    def __contains__(self, name: str) -> bool:
        return self._value.get(name) is not None

    def require_all_read(self) -> None:
        """Raises MalformedActParams where a parameter was given that the act does not have."""
        unknown = sorted(set(self._value) - self._read)
        if unknown:
            raise MalformedActParams(f"{self._where} has no {unknown[0][:40]!r}.")

    def address(self, name: str) -> Address:
        """An Ethereum address."""
        try:
            return parse_address(self.text(name))
        except MalformedActParams:
            raise
        except InputError as error:
            raise MalformedActParams(f"{name}: {error.message}", remedy=error.remedy) from error

    def digest_hex(self, name: str) -> str:
        """32 bytes, as bare lower-case hex."""
        try:
            return parse_digest_hex(self.text(name))
        except MalformedActParams:
            raise
        except InputError as error:
            raise MalformedActParams(f"{name}: {error.message}", remedy=error.remedy) from error

    def recipient_hex(self, name: str) -> str:
        """The 32 bytes of an age recipient (``age1…``), as hex."""
        try:
            return recipient_to_bytes(self.text(name)).hex()
        except MalformedActParams:
            raise
        except InputError as error:
            raise MalformedActParams(f"{name}: {error.message}", remedy=error.remedy) from error

    def text(self, name: str, *, max_chars: int = 256) -> str:
        """A short text."""
        value = self._get(name)
        if not isinstance(value, str) or not 0 < len(value) <= max_chars:
            raise MalformedActParams(f"{name} is not a text of 1 to {max_chars} characters.")
        return value

    def number(self, name: str, *, bits: int) -> int:
        """An unsigned number, also as a decimal string."""
        value = self._get(name)
        if isinstance(value, str) and len(value) <= _DECIMAL_MAX_CHARS and value.isascii() and value.isdigit():
            value = int(value)
        if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value < 2**bits:
            raise MalformedActParams(f"{name} is not a number of {bits} bits.")
        return value

    def texts(self, name: str) -> tuple[str, ...]:
        """Texts, each once, in the order given."""
        value = self._items(name)
        if not all(isinstance(one, str) and 0 < len(one) <= 64 for one in value):
            raise MalformedActParams(f"{name} is not a list of texts of at most 64 characters.")
        return tuple(dict.fromkeys(value))

    def objects(self, name: str) -> tuple[ActParams, ...]:
        """Objects, each to be read like this one."""
        return tuple(ActParams(one, where=f"{name}[{at}]") for at, one in enumerate(self._items(name)))

    def object(self, name: str) -> ActParams:
        """One object, to be read like this one."""
        return ActParams(self._get(name), where=name)

    def rights(self) -> Right:
        """``rights``: names of rights, at least one."""
        rights = Right(0)
        for word in self.texts("rights"):
            try:
                rights |= Right[word]
            except KeyError:
                raise MalformedActParams("rights has a word that is no right.", remedy=_one_of(Right)) from None
        if not rights:
            raise MalformedActParams("rights is empty.", remedy=_one_of(Right))
        return rights

    def terms(self) -> Terms:
        """``rights``, ``from_at``, ``until_at`` and ``purpose`` together."""
        rights, from_at, until_at = self.rights(), self.number("from_at", bits=40), self.number("until_at", bits=40)
        if until_at <= from_at:
            raise MalformedActParams(
                "The access would end before it begins.", remedy="Give an end that lies after the beginning."
            )
        try:
            purpose = Purpose[self.text("purpose")]
        except KeyError:
            raise MalformedActParams("purpose is no purpose of use.", remedy=_one_of(Purpose)) from None
        return Terms(rights, from_at, until_at, purpose)

    def mend_reason(self) -> MendReason:
        """``reason``: why a path is moved."""
        try:
            return MendReason[self.text("reason")]
        except KeyError:
            raise MalformedActParams("reason is no reason for moving a path.", remedy=_one_of(MendReason)) from None

    def _items(self, name: str) -> Sequence[Any]:
        value = self._get(name)
        if not isinstance(value, list | tuple) or not 0 < len(value) <= _LIST_MAX_ITEMS:
            raise MalformedActParams(f"{name} is not a list of 1 to {_LIST_MAX_ITEMS}.")
        return value

    def _get(self, name: str) -> Any:
        self._read.add(name)
        value = self._value.get(name)
        if value is None:
            raise MalformedActParams(f"{self._where} lacks {name}.")
        return value


def _one_of(words: type[Right] | type[Purpose] | type[MendReason]) -> str:
    return f"One of: {', '.join(str(word.name) for word in words)}."
