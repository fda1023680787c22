/** Reads the few values of a DICOM data set that filing and checking need. */
import { asciiOf, type DataSet } from "./dicomStructure.ts";

const CHARACTER_SET = 0x00080005;
/** PS3.3 C.12.1.1.2: defined terms → labels of the Encoding Standard. */
const ENCODINGS: Readonly<Record<string, string>> = {
  "ISO_IR 100": "iso-8859-1",
  "ISO_IR 101": "iso-8859-2",
  "ISO_IR 109": "iso-8859-3",
  "ISO_IR 110": "iso-8859-4",
  "ISO_IR 144": "iso-8859-5",
  "ISO_IR 127": "iso-8859-6",
  "ISO_IR 126": "iso-8859-7",
  "ISO_IR 138": "iso-8859-8",
  "ISO_IR 148": "iso-8859-9",
  "ISO_IR 166": "windows-874",
  "ISO_IR 13": "shift_jis",
  "ISO_IR 192": "utf-8",
  GB18030: "gb18030",
  GBK: "gbk",
  "ISO 2022 IR 149": "euc-kr",
  "ISO 2022 IR 58": "gb18030",
  "ISO 2022 IR 87": "iso-2022-jp",
};
/** The escape sequence that switches to Korean or Chinese double bytes, which the decoder reads without it. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: the escape character is what is looked for
const SWITCH = /\x1b\$\)[AC]/g;

export class DicomReader {
  readonly #data: Uint8Array;
  readonly #set: DataSet;
  readonly #littleEndian: boolean;
  readonly #encoding: string;

  constructor(data: Uint8Array, set: DataSet, littleEndian: boolean) {
    this.#data = data;
    this.#set = set;
    this.#littleEndian = littleEndian;
    const terms = this.text(CHARACTER_SET).split("\\");
    const term = terms.find((one) => ENCODINGS[one] !== undefined) ?? "";
    this.#encoding = ENCODINGS[term] ?? "iso-8859-1";
  }

  has(tag: number): boolean {
    return this.#set.elements.has(tag);
  }

  /** ASCII text of a code or an identifier, without what pads it; empty where it is missing. */
  text(tag: number): string {
    return asciiOf(this.#value(tag)).trim();
  }

  /** Words in the data set's character set; empty where they are missing. */
  words(tag: number): string {
    const value = this.#value(tag);
    let latin = "";
    for (const byte of value.subarray(0, 4096)) {
      latin += String.fromCharCode(byte);
    }
    const bytes = Uint8Array.from(latin.replace(SWITCH, ""), (character) => character.charCodeAt(0));
    return new TextDecoder(this.#encoding).decode(bytes).replace(/[\0 ]+$/, "");
  }

  /** A whole number, binary (US) or as text (IS); 0 where it is missing, NaN where it is none. */
  number(tag: number): number {
    const element = this.#set.elements.get(tag);
    if (element === undefined || element.length === 0) {
      return 0;
    }
    const value = this.#value(tag);
    const isText = tag === 0x00280008 || element.vr === "IS";
    if (isText) {
      const text = asciiOf(value).trim();
      return text === "" ? 0 : /^[+-]?[0-9]+$/.test(text) ? Number(text) : Number.NaN;
    }
    if (element.length < 2) {
      return Number.NaN;
    }
    return new DataView(value.buffer, value.byteOffset, value.byteLength).getUint16(0, this.#littleEndian);
  }

  #value(tag: number): Uint8Array {
    const element = this.#set.elements.get(tag);
    return element === undefined
      ? new Uint8Array()
      : this.#data.subarray(element.valueAt, element.valueAt + element.length);
  }
}
