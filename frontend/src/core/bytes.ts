/**
 * Bytes and their spellings. A `Bytes` is what WebCrypto takes: over memory of its own, never shared.
 *
 * Readers are strict: one value has one spelling, and any other is refused.
 */
import { base64, hex } from "@scure/base";
import { MendrecError } from "./errors.ts";

export type Bytes = Uint8Array<ArrayBuffer>;

const encoder = new TextEncoder();
const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** The same bytes as WebCrypto takes them; copied only where they lie in shared memory. */
export function asBytes(data: Uint8Array): Bytes {
  return data.buffer instanceof ArrayBuffer ? (data as Bytes) : new Uint8Array(data);
}

/** Lower-case hex without `0x`. */
export function toHex(data: Uint8Array): string {
  return hex.encode(data);
}

/** Bytes of lower-case hex without `0x`. Throws `input.invalid`. */
export function fromHex(text: string): Bytes {
  if (!/^(?:[0-9a-f]{2})*$/.test(text)) {
    throw new MendrecError("input.invalid", "Not lower-case hex digits.");
  }
  return asBytes(hex.decode(text));
}

/** Standard base64 with padding (RFC 4648 section 4). */
export function toBase64(data: Uint8Array): string {
  return base64.encode(data);
}

/** Bytes of standard base64 in its one spelling: padded, and with no stray bits at the end. Throws `input.invalid`. */
export function fromBase64(text: string): Bytes {
  let data: Uint8Array;
  try {
    data = base64.decode(text);
  } catch (cause) {
    throw new MendrecError("input.invalid", "Not base64.", { cause });
  }
  if (base64.encode(data) !== text) {
    throw new MendrecError("input.invalid", "Not base64 in its one spelling.");
  }
  return asBytes(data);
}

export function toUtf8(text: string): Bytes {
  return encoder.encode(text);
}

/** Text of UTF-8; a byte order mark stays in it. Throws `input.invalid` for anything else. */
export function fromUtf8(data: Uint8Array): string {
  try {
    return decoder.decode(data);
  } catch (cause) {
    throw new MendrecError("input.invalid", "Not UTF-8.", { cause });
  }
}

export function concatBytes(...parts: readonly Uint8Array[]): Bytes {
  const whole = new Uint8Array(parts.reduce((size, part) => size + part.length, 0));
  let position = 0;
  for (const part of parts) {
    whole.set(part, position);
    position += part.length;
  }
  return whole;
}

/** Compares without stopping at the first difference. */
export function equalBytes(one: Uint8Array, other: Uint8Array): boolean {
  if (one.length !== other.length) {
    return false;
  }
  let difference = 0;
  for (let position = 0; position < one.length; position++) {
    difference |= (one[position] ?? 0) ^ (other[position] ?? 0);
  }
  return difference === 0;
}
