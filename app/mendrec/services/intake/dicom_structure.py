"""Walks a DICOM data set (PS3.5 section 7) from its first byte to its last, in bounded memory: values are stepped over.

``pydicom`` reads a cut file without complaint as far as it goes, so whether a file is whole is decided here: every
element, item and fragment must end where its length says and inside what holds it.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import BinaryIO

from mendrec.domain.limits import LIMITS

UNDEFINED_LENGTH = 0xFFFFFFFF

LARGE_VALUE_BYTES = 1024**2
"""Values above this are stepped over by the decoder too."""

_FILE_META_MAX_BYTES = 1024**2
_NESTING_MAX = 32
_ELEMENTS_MAX = 4_000_000
_ITEM, _ITEM_END, _SEQUENCE_END = 0xFFFEE000, 0xFFFEE00D, 0xFFFEE0DD
_PIXEL_DATA = 0x7FE00010
_PIXEL_TAGS = frozenset({0x7FE00008, 0x7FE00009, _PIXEL_DATA})
_LONG_VRS = frozenset({b"OB", b"OD", b"OF", b"OL", b"OV", b"OW", b"SQ", b"SV", b"UC", b"UN", b"UR", b"UT", b"UV"})
_SHORT_VRS = frozenset(
    {b"AE", b"AS", b"AT", b"CS", b"DA", b"DS", b"DT", b"FD", b"FL", b"IS", b"LO", b"LT"}
    | {b"PN", b"SH", b"SL", b"SS", b"ST", b"TM", b"UI", b"UL", b"US"}
)


class StructureFault(ValueError):
    """The data set breaks off or contradicts itself.

    Attributes:
        offset_bytes: where, counted from the first byte walked over.
        tag: the element at or before that place, as ``(gggg,eeee)``; empty before the first.
    """

    def __init__(self, message: str, offset_bytes: int, tag: str) -> None:
        super().__init__(message)
        self.offset_bytes = offset_bytes
        self.tag = tag


@dataclass(frozen=True, slots=True)
class Encoding:
    """How elements are written."""

    explicit_vr: bool
    little_endian: bool


_FILE_META_ENCODING = Encoding(explicit_vr=True, little_endian=True)


@dataclass(frozen=True, slots=True)
class FileMeta:
    """What PS3.10 section 7.1 says before the data set. A UID that is missing is empty."""

    sop_class_uid: str
    transfer_syntax_uid: str
    end_at: int
    """Offset of the data set in bytes."""


@dataclass(frozen=True, slots=True)
class PixelExtent:
    """Where the top-level pixel data lies."""

    length_bytes: int
    """Of the value; 0 where it is encapsulated."""
    fragment_count: int | None
    """Fragments of an encapsulated value, without the offset table; None where it is not encapsulated."""


@dataclass(slots=True)
class _Element:
    tag: int
    vr: bytes | None
    length: int
    value_at: int


class _Walker:
    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self._count = 0
        self._small_bytes = 0
        self._tag = ""
        self.pixels: PixelExtent | None = None

    def elements(self, start: int, end: int, depth: int, encoding: Encoding, *, open_ended: bool = False) -> int:
        """Walks elements in [start, end); returns where they end. ``open_ended`` ones end at an item delimiter."""
        if depth > _NESTING_MAX:
            raise self._fault(f"Sequences nested deeper than {_NESTING_MAX}.", start)
        position = start
        while position < end:
            element = self._header(position, end, encoding)
            if element.tag == _ITEM_END and open_ended:
                return element.value_at
            if element.tag >> 16 == 0xFFFE:
                raise self._fault("An item delimiter where an element should be.", position)
            self._tag = _tag_text(element.tag)
            position = self._value(element, end, depth, encoding)
        if open_ended:
            raise self._fault("It breaks off inside a sequence item.", end)
        return position

    def _value(self, element: _Element, end: int, depth: int, encoding: Encoding) -> int:
        fragment_count: int | None = None
        if element.length != UNDEFINED_LENGTH:
            value_end = element.value_at + element.length
            if value_end > end:
                raise self._fault("It breaks off inside this element's value.", element.value_at)
            if element.vr == b"SQ":
                self._sequence(element.value_at, value_end, depth, encoding)
            elif depth or element.length <= LARGE_VALUE_BYTES:
                self._count_small(element)
        elif element.vr in {b"OB", b"OW"} or (element.vr is None and element.tag in _PIXEL_TAGS):
            value_end, fragment_count = self._fragments(element.value_at, end, encoding)
        elif element.vr in {b"SQ", b"UN", None}:
            # PS3.5 6.2.2: a sequence under UN is written in implicit VR little endian.
            inner = Encoding(explicit_vr=False, little_endian=True) if element.vr == b"UN" else encoding
            value_end = self._sequence(element.value_at, end, depth, inner, open_ended=True)
        else:
            raise self._fault("A value of undefined length that is no sequence.", element.value_at)
        if depth == 0 and element.tag in _PIXEL_TAGS:
            defined_bytes = 0 if element.length == UNDEFINED_LENGTH else element.length
            self.pixels = PixelExtent(defined_bytes, fragment_count)
        return value_end

    def _sequence(self, start: int, end: int, depth: int, encoding: Encoding, *, open_ended: bool = False) -> int:
        position = start
        while position < end:
            tag, length = self._item_header(position, end, encoding)
            if tag == _SEQUENCE_END and open_ended:
                return position + 8
            if tag != _ITEM:
                raise self._fault("No sequence item where one should be.", position)
            item_start = position + 8
            if length == UNDEFINED_LENGTH:
                position = self.elements(item_start, end, depth + 1, encoding, open_ended=True)
            elif item_start + length > end:
                raise self._fault("It breaks off inside a sequence item.", position)
            else:
                position = self.elements(item_start, item_start + length, depth + 1, encoding)
        if open_ended:
            raise self._fault("It breaks off inside a sequence.", end)
        return position

    def _fragments(self, start: int, end: int, encoding: Encoding) -> tuple[int, int]:
        position, item_count = start, 0
        while position < end:
            tag, length = self._item_header(position, end, encoding)
            if tag == _SEQUENCE_END:
                return position + 8, max(item_count - 1, 0)  # the first item is the offset table (PS3.5 A.4)
            if tag != _ITEM or length == UNDEFINED_LENGTH or position + 8 + length > end:
                raise self._fault("It breaks off inside the compressed pixel data.", position)
            position += 8 + length
            item_count += 1
        raise self._fault("It breaks off inside the compressed pixel data.", end)

    def _count_small(self, element: _Element) -> None:
        """Bounds what the decoder will hold in memory."""
        self._small_bytes += element.length
        if element.tag not in _PIXEL_TAGS and self._small_bytes > LIMITS.intake_in_memory_max_bytes:
            raise self._fault("Too much besides its pixels.", element.value_at)

    def file_meta(self, start: int, end: int) -> FileMeta:
        """Reads the group 0002 elements from ``start`` on."""
        position, uids = start, {0x00020002: "", 0x00020010: ""}
        while position + 2 <= end and self._read(position, 2, end) == b"\x02\x00":
            element = self._header(position, end, _FILE_META_ENCODING)
            self._tag = _tag_text(element.tag)
            position = element.value_at + element.length
            if element.length == UNDEFINED_LENGTH or position > min(end, start + _FILE_META_MAX_BYTES):
                raise self._fault("It breaks off inside the file meta information.", element.value_at)
            if element.tag in uids:
                value = self._read(element.value_at, element.length, end)
                uids[element.tag] = value.decode("ascii", "replace").rstrip("\0 ")
        return FileMeta(sop_class_uid=uids[0x00020002], transfer_syntax_uid=uids[0x00020010], end_at=position)

    def _header(self, position: int, end: int, encoding: Encoding) -> _Element:
        self._count += 1
        if self._count > _ELEMENTS_MAX:
            raise self._fault(f"More than {_ELEMENTS_MAX} elements.", position)
        order = "<" if encoding.little_endian else ">"
        data = self._read(position, 8, end)
        group, number = struct.unpack(f"{order}HH", data[:4])
        tag = group << 16 | number
        if group == 0xFFFE or not encoding.explicit_vr:
            return _Element(tag, None, struct.unpack(f"{order}L", data[4:])[0], position + 8)
        vr = data[4:6]
        if vr in _SHORT_VRS:
            return _Element(tag, vr, struct.unpack(f"{order}H", data[6:])[0], position + 8)
        if vr not in _LONG_VRS:
            raise self._fault(f"No value representation of DICOM at element {_tag_text(tag)}.", position)
        return _Element(tag, vr, struct.unpack(f"{order}L", self._read(position + 8, 4, end))[0], position + 12)

    def _item_header(self, position: int, end: int, encoding: Encoding) -> tuple[int, int]:
        order = "<" if encoding.little_endian else ">"
        group, number, length = struct.unpack(f"{order}HHL", self._read(position, 8, end))
        return group << 16 | number, length

    def _read(self, position: int, size: int, end: int) -> bytes:
        if position + size > end:
            raise self._fault("It breaks off inside an element's header.", position)
        self._stream.seek(position)
        data = self._stream.read(size)
        if len(data) != size:
            raise self._fault("It breaks off inside an element's header.", position)
        return data

    def _fault(self, message: str, offset: int) -> StructureFault:
        return StructureFault(message, offset, self._tag)


def walk_data_set(stream: BinaryIO, start: int, end: int, encoding: Encoding) -> PixelExtent | None:
    """Walks the elements in [start, end) of ``stream``; returns the extent of the pixel data, if there is any.

    Raises:
        StructureFault: the first place where the data set breaks off or contradicts itself.
    """
    walker = _Walker(stream)
    walker.elements(start, end, 0, encoding)
    return walker.pixels


def read_file_meta(stream: BinaryIO, start: int, end: int) -> FileMeta:
    """Reads the file meta information that begins at ``start``.

    Raises:
        StructureFault: it breaks off, or is larger than any real one.
    """
    return _Walker(stream).file_meta(start, end)


def _tag_text(tag: int) -> str:
    return f"({tag >> 16:04x},{tag & 0xFFFF:04x})"
