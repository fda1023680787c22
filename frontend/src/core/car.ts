/**
 * Packs of blocks: CARv1 (ipld.io/specs/transport/car/carv1), for raw blocks only, as an upload sends small objects.
 *
 * A pack is the fixed header of an archive without roots, then sections: the length of CID and data as an unsigned varint,
 * the CID's 36 bytes, the data.
 */
import { type Bytes, concatBytes, fromHex } from "./bytes.ts";
import { type Cid, cidBytes, varint } from "./cid.ts";

/** Varint 17, then DAG-CBOR of {"roots": [], "version": 1}. */
const HEADER = fromHex("11a265726f6f7473806776657273696f6e01");
const CID_BYTES = 36;

/** How many bytes a block of `sizeBytes` takes in a pack. */
export function sectionBytes(sizeBytes: number): number {
  return varint(CID_BYTES + sizeBytes).length + CID_BYTES + sizeBytes;
}

export const PACK_HEADER_BYTES = HEADER.length;

/** The bytes of a pack of raw blocks; whether each is its CID's is for who takes the pack to check. */
export function pack(blocks: Iterable<{ readonly cid: Cid; readonly data: Uint8Array }>): Bytes {
  const parts: Uint8Array[] = [HEADER];
  for (const { cid, data } of blocks) {
    parts.push(varint(CID_BYTES + data.length), cidBytes(cid), data);
  }
  return concatBytes(...parts);
}
