/**
 * Walks a DICOM data set (PS3.5 section 7) from its first byte to its last (`services/intake/dicom_structure.py`). Whether a
 * file is whole is decided here: every element, item and fragment must end where its length says and inside what holds it.
 */

/** How elements are written. */
export type Encoding = { readonly explicitVr: boolean; readonly littleEndian: boolean };

/** What PS3.10 section 7.1 says before the data set; a UID that is missing is empty. */
export type FileMeta = {
  readonly sopClassUid: string;
  readonly transferSyntaxUid: string;
  /** Offset of the data set in bytes. */
  readonly endAt: number;
};

/** An element of the data set itself, and where its value lies. */
export type Element = { readonly vr: string | null; readonly valueAt: number; readonly length: number };

/** `fragmentCount` is null where the pixels are not encapsulated; `lengthBytes` is 0 where they are. */
export type PixelExtent = { readonly lengthBytes: number; readonly fragmentCount: number | null };

export type DataSet = {
  /** By tag, for example 0x00080060: elements of defined length outside of sequences. */
  readonly elements: ReadonlyMap<number, Element>;
  readonly pixels: PixelExtent | null;
};

/** The data set breaks off or contradicts itself. */
export class StructureFault extends Error {
  override readonly name = "StructureFault";
  /** Where, counted from the first byte walked over. */
  readonly offsetBytes: number;
  /** The element at or before that place, as `(gggg,eeee)`; empty before the first. */
  readonly tag: string;

  constructor(message: string, offsetBytes: number, tag: string) {
    super(message);
    this.offsetBytes = offsetBytes;
    this.tag = tag;
  }
}

const UNDEFINED_LENGTH = 0xffffffff;
const FILE_META_MAX_BYTES = 1024 ** 2;
const NESTING_MAX = 32;
const ELEMENTS_MAX = 4_000_000;
const [ITEM, ITEM_END, SEQUENCE_END] = [0xfffee000, 0xfffee00d, 0xfffee0dd];
const PIXEL_TAGS: ReadonlySet<number> = new Set([0x7fe00008, 0x7fe00009, 0x7fe00010]);
const LONG_VRS = new Set("OB OD OF OL OV OW SQ SV UC UN UR UT UV".split(" "));
const SHORT_VRS = new Set("AE AS AT CS DA DS DT FD FL IS LO LT PN SH SL SS ST TM UI UL US".split(" "));
const FILE_META_ENCODING: Encoding = { explicitVr: true, littleEndian: true };

type Header = { readonly tag: number; readonly vr: string | null; readonly length: number; readonly valueAt: number };

/** Reads the file meta information that begins at `start`. Throws StructureFault. */
export function readFileMeta(data: Uint8Array, start: number): FileMeta {
  return new Walker(data).fileMeta(start);
}

/** Walks the elements from `start` to the end. Throws StructureFault at the first place that is wrong. */
export function walkDataSet(data: Uint8Array, start: number, encoding: Encoding): DataSet {
  const walker = new Walker(data);
  walker.elements(start, data.length, 0, encoding, false);
  return { elements: walker.found, pixels: walker.pixels };
}

class Walker {
  readonly found = new Map<number, Element>();
  pixels: PixelExtent | null = null;
  readonly #data: Uint8Array;
  readonly #view: DataView;
  #count = 0;
  #tag = "";

  constructor(data: Uint8Array) {
    this.#data = data;
    this.#view = new DataView(data.buffer, data.byteOffset, data.byteLength);
  }

  fileMeta(start: number): FileMeta {
    const end = this.#data.length;
    const uids = new Map([
      [0x00020002, ""],
      [0x00020010, ""],
    ]);
    let position = start;
    while (position + 2 <= end && this.#view.getUint16(position, true) === 2) {
      const element = this.#header(position, end, FILE_META_ENCODING);
      this.#tag = tagText(element.tag);
      position = element.valueAt + element.length;
      if (element.length === UNDEFINED_LENGTH || position > Math.min(end, start + FILE_META_MAX_BYTES)) {
        throw this.#fault("It breaks off inside the file meta information.", element.valueAt);
      }
      if (uids.has(element.tag)) {
        uids.set(element.tag, asciiOf(this.#data.subarray(element.valueAt, position)));
      }
    }
    return {
      sopClassUid: uids.get(0x00020002) ?? "",
      transferSyntaxUid: uids.get(0x00020010) ?? "",
      endAt: position,
    };
  }

  /** Walks elements in [start, end); returns where they end. `openEnded` ones end at an item delimiter. */
  elements(start: number, end: number, depth: number, encoding: Encoding, openEnded: boolean): number {
    if (depth > NESTING_MAX) {
      throw this.#fault(`Sequences nested deeper than ${NESTING_MAX}.`, start);
    }
    let position = start;
    while (position < end) {
      const element = this.#header(position, end, encoding);
      if (element.tag === ITEM_END && openEnded) {
        return element.valueAt;
      }
      if (element.tag >>> 16 === 0xfffe) {
        throw this.#fault("An item delimiter where an element should be.", position);
      }
      this.#tag = tagText(element.tag);
      position = this.#value(element, end, depth, encoding);
    }
    if (openEnded) {
      throw this.#fault("It breaks off inside a sequence item.", end);
    }
    return position;
  }

  #value(element: Header, end: number, depth: number, encoding: Encoding): number {
    const { tag, vr, length, valueAt } = element;
    let valueEnd: number;
    let fragmentCount: number | null = null;
    if (length !== UNDEFINED_LENGTH) {
      valueEnd = valueAt + length;
      if (valueEnd > end) {
        throw this.#fault("It breaks off inside this element's value.", valueAt);
      }
      if (vr === "SQ") {
        this.#sequence(valueAt, valueEnd, depth, encoding, false);
      }
      if (depth === 0) {
        this.found.set(tag, { vr, valueAt, length });
      }
    } else if (vr === "OB" || vr === "OW" || (vr === null && PIXEL_TAGS.has(tag))) {
      [valueEnd, fragmentCount] = this.#fragments(valueAt, end, encoding);
    } else if (vr === "SQ" || vr === "UN" || vr === null) {
      // PS3.5 6.2.2: a sequence under UN is written in implicit VR little endian.
      const inner = vr === "UN" ? { explicitVr: false, littleEndian: true } : encoding;
      valueEnd = this.#sequence(valueAt, end, depth, inner, true);
      if (depth === 0) {
        this.found.set(tag, { vr: "SQ", valueAt, length: valueEnd - valueAt });
      }
    } else {
      throw this.#fault("A value of undefined length that is no sequence.", valueAt);
    }
    if (depth === 0 && PIXEL_TAGS.has(tag)) {
      this.pixels = { lengthBytes: length === UNDEFINED_LENGTH ? 0 : length, fragmentCount };
    }
    return valueEnd;
  }

  #sequence(start: number, end: number, depth: number, encoding: Encoding, openEnded: boolean): number {
    let position = start;
    while (position < end) {
      const { tag, length } = this.#itemHeader(position, end, encoding);
      if (tag === SEQUENCE_END && openEnded) {
        return position + 8;
      }
      if (tag !== ITEM) {
        throw this.#fault("No sequence item where one should be.", position);
      }
      const itemStart = position + 8;
      if (length === UNDEFINED_LENGTH) {
        position = this.elements(itemStart, end, depth + 1, encoding, true);
      } else if (itemStart + length > end) {
        throw this.#fault("It breaks off inside a sequence item.", position);
      } else {
        position = this.elements(itemStart, itemStart + length, depth + 1, encoding, false);
      }
    }
    if (openEnded) {
      throw this.#fault("It breaks off inside a sequence.", end);
    }
    return position;
  }

  #fragments(start: number, end: number, encoding: Encoding): [number, number] {
    let position = start;
    let items = 0;
    while (position < end) {
      const { tag, length } = this.#itemHeader(position, end, encoding);
      if (tag === SEQUENCE_END) {
        return [position + 8, Math.max(items - 1, 0)]; // the first item is the offset table (PS3.5 A.4)
      }
      if (tag !== ITEM || length === UNDEFINED_LENGTH || position + 8 + length > end) {
        throw this.#fault("It breaks off inside the compressed pixel data.", position);
      }
      position += 8 + length;
      items += 1;
    }
    throw this.#fault("It breaks off inside the compressed pixel data.", end);
  }

  #header(position: number, end: number, { explicitVr, littleEndian }: Encoding): Header {
    this.#count += 1;
    if (this.#count > ELEMENTS_MAX) {
      throw this.#fault(`More than ${ELEMENTS_MAX} elements.`, position);
    }
    this.#require(position, 8, end);
    const tag = this.#tagAt(position, littleEndian);
    if (tag >>> 16 === 0xfffe || !explicitVr) {
      return { tag, vr: null, length: this.#view.getUint32(position + 4, littleEndian), valueAt: position + 8 };
    }
    const vr = String.fromCharCode(this.#view.getUint8(position + 4), this.#view.getUint8(position + 5));
    if (SHORT_VRS.has(vr)) {
      return { tag, vr, length: this.#view.getUint16(position + 6, littleEndian), valueAt: position + 8 };
    }
    if (!LONG_VRS.has(vr)) {
      throw this.#fault(`No value representation of DICOM at element ${tagText(tag)}.`, position);
    }
    this.#require(position + 8, 4, end);
    return { tag, vr, length: this.#view.getUint32(position + 8, littleEndian), valueAt: position + 12 };
  }

  #itemHeader(position: number, end: number, { littleEndian }: Encoding): { tag: number; length: number } {
    this.#require(position, 8, end);
    return {
      tag: this.#tagAt(position, littleEndian),
      length: this.#view.getUint32(position + 4, littleEndian),
    };
  }

  #tagAt(position: number, littleEndian: boolean): number {
    const [group, number] = [
      this.#view.getUint16(position, littleEndian),
      this.#view.getUint16(position + 2, littleEndian),
    ];
    return group * 0x10000 + number;
  }

  #require(position: number, size: number, end: number): void {
    if (position + size > end) {
      throw this.#fault("It breaks off inside an element's header.", position);
    }
  }

  #fault(message: string, offset: number): StructureFault {
    return new StructureFault(message, offset, this.#tag);
  }
}

/** ASCII text of a value, without what pads it. */
export function asciiOf(value: Uint8Array): string {
  return String.fromCharCode(...value.subarray(0, 1024)).replace(/[\0 ]+$/, "");
}

function tagText(tag: number): string {
  const hex = tag.toString(16).padStart(8, "0");
  return `(${hex.slice(0, 4)},${hex.slice(4)})`;
}
