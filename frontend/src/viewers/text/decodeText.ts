/** Bytes → text, with a guess at the encoding where nobody says which. */
export type Encoding = "utf-8" | "utf-16le" | "utf-16be" | "euc-kr" | "windows-1252";

export const ENCODINGS: readonly Encoding[] = ["utf-8", "euc-kr", "windows-1252", "utf-16le", "utf-16be"];

export type Decoded = { readonly text: string; readonly encoding: Encoding };

/**
 * By its byte order mark, else UTF-8 where all of it is valid, else Korean where that is, else Western European (in which every
 * byte means something).
 *
 * @param isCut the end of the bytes may be inside of a character.
 */
export function decodeText(bytes: Uint8Array, isCut: boolean, asked?: Encoding): Decoded {
  const encoding = asked ?? guess(bytes, isCut);
  return { text: new TextDecoder(encoding).decode(bytes, { stream: isCut }), encoding };
}

function guess(bytes: Uint8Array, isCut: boolean): Encoding {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return "utf-16le";
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return "utf-16be";
  const fits = (["utf-8", "euc-kr"] as const).find((one) => isValid(bytes, isCut, one));
  return fits ?? "windows-1252";
}

function isValid(bytes: Uint8Array, isCut: boolean, encoding: Encoding): boolean {
  try {
    new TextDecoder(encoding, { fatal: true }).decode(bytes, { stream: isCut });
    return true;
  } catch {
    return false;
  }
}
