/** Every element of a data set in words, for a table. */
import type { DataSet, Element } from "dicom-parser";
import type { Tag } from "./image.ts";
import { tagName } from "./tagNames.ts";

const TAGS_MAX = 3_000;
const DEPTH_MAX = 8;
const VALUE_MAX_CHARS = 300;
const VALUES_MAX = 16;
const TEXTS = new Set(["LO", "LT", "PN", "SH", "ST", "UC", "UT"]);
const CODES = new Set(["AE", "AS", "CS", "DA", "DS", "DT", "IS", "TM", "UI", "UR"]);
/** PS3.3 C.12.1.1.2: defined terms → labels of the Encoding Standard. */
const ENCODINGS: Readonly<Record<string, string>> = {
  "ISO_IR 192": "utf-8",
  "ISO_IR 101": "iso-8859-2",
  "ISO_IR 144": "iso-8859-5",
  "ISO_IR 126": "iso-8859-7",
  "ISO_IR 127": "iso-8859-6",
  "ISO_IR 138": "iso-8859-8",
  "ISO_IR 13": "shift_jis",
  GB18030: "gb18030",
  GBK: "gbk",
  "ISO 2022 IR 149": "euc-kr",
  "ISO 2022 IR 58": "gb18030",
  "ISO 2022 IR 87": "iso-2022-jp",
};
// biome-ignore lint/suspicious/noControlCharactersInRegex: the escape character is what is looked for
const SWITCH = /\x1b\$\)[AC]/g;

export function tagsOf(set: DataSet): readonly Tag[] {
  const tags: Tag[] = [];
  collect(set, 0, decoderOf(set), tags);
  return tags;
}

function decoderOf(set: DataSet): TextDecoder {
  const terms =
    set
      .string("x00080005")
      ?.split("\\")
      .map((one) => one.trim()) ?? [];
  const known = terms.find((one) => Object.hasOwn(ENCODINGS, one));
  return new TextDecoder(known === undefined ? "iso-8859-1" : ENCODINGS[known]);
}

function collect(set: DataSet, depth: number, decoder: TextDecoder, tags: Tag[]): void {
  for (const key of Object.keys(set.elements).sort()) {
    const element = set.elements[key];
    if (element === undefined || tags.length >= TAGS_MAX) return;
    const tag = key.slice(1);
    const known = tagName(tag);
    const vr = element.vr ?? known?.vr ?? (element.items === undefined ? "UN" : "SQ");
    const value = element.items === undefined ? valueText(set, key, element, vr, decoder) : `× ${element.items.length}`;
    tags.push({ tag: `(${tag.slice(0, 4)},${tag.slice(4)})`.toUpperCase(), name: known?.name ?? "", vr, value, depth });
    if (depth >= DEPTH_MAX) continue;
    for (const item of element.items ?? [])
      if (item.dataSet !== undefined) collect(item.dataSet, depth + 1, decoder, tags);
  }
}

function valueText(set: DataSet, key: string, element: Element, vr: string, decoder: TextDecoder): string {
  if (element.length === 0) return "";
  const bytes = set.byteArray.subarray(
    element.dataOffset,
    element.dataOffset + Math.min(element.length, 4 * VALUE_MAX_CHARS),
  );
  if (TEXTS.has(vr)) return cut(words(bytes, decoder));
  if (CODES.has(vr)) return cut(words(bytes, new TextDecoder("iso-8859-1")));
  const numbers = numbersOf(set, key, vr, element.length);
  if (numbers !== null) return numbers;
  return `${element.length} B`;
}

function words(bytes: Uint8Array, decoder: TextDecoder): string {
  let latin = "";
  for (const byte of bytes) latin += String.fromCharCode(byte);
  const plain = Uint8Array.from(latin.replace(SWITCH, ""), (character) => character.charCodeAt(0));
  return decoder
    .decode(plain)
    .replace(/[\0 ]+$/, "")
    .replaceAll("\\", ", ");
}

function cut(text: string): string {
  return text.length > VALUE_MAX_CHARS ? `${text.slice(0, VALUE_MAX_CHARS)}…` : text;
}

const SIZES: Readonly<Record<string, number>> = { US: 2, SS: 2, UL: 4, SL: 4, FL: 4, FD: 8, AT: 4 };

function numbersOf(set: DataSet, key: string, vr: string, length: number): string | null {
  const size = Object.hasOwn(SIZES, vr) ? (SIZES[vr] ?? 0) : 0;
  if (size === 0) return null;
  const count = Math.floor(length / size);
  const values = Array.from({ length: Math.min(count, VALUES_MAX) }, (_, i) => numberAt(set, key, vr, i));
  return values.filter((one) => one !== undefined).join(", ") + (count > VALUES_MAX ? ", …" : "");
}

function numberAt(set: DataSet, key: string, vr: string, index: number): number | string | undefined {
  switch (vr) {
    case "US":
      return set.uint16(key, index);
    case "SS":
      return set.int16(key, index);
    case "UL":
      return set.uint32(key, index);
    case "SL":
      return set.int32(key, index);
    case "FL":
      return set.float(key, index);
    case "FD":
      return set.double(key, index);
    default:
      return index === 0 ? set.attributeTag(key) : undefined;
  }
}
