/** An address in what a person pasted or scanned: alone, or as a payment code has it (`ethereum:0x…@1?…`, ERC-681; `eip155:1:0x…`, CAIP-10). */
import { type Address, parseAddress } from "../core/ids.ts";

const SHAPES = [/^(?:ethereum:)?(?:pay-)?(0x[0-9a-fA-F]{40})(?:@\d+)?(?:[/?].*)?$/, /^eip155:\d+:(0x[0-9a-fA-F]{40})$/];

/** The address in it; null where there is none. Throws `input.malformed_address` where a digit is mistyped. */
export function addressIn(text: string): Address | null {
  const trimmed = text.trim();
  for (const shape of SHAPES) {
    const found = shape.exec(trimmed)?.[1];
    if (found !== undefined) return parseAddress(found);
  }
  return null;
}
