import { describe, expect, it } from "vitest";
import vectors from "../../../tests/vectors/sealed.json";
import { fromUtf8, toUtf8 } from "./bytes.ts";
import type { ChainEntry } from "./chainLink.ts";
import { descriptorBytes, parseDescriptor } from "./descriptor.ts";
import { envelopesBytes, parseEnvelopes } from "./envelopes.ts";
import { type Manifest, manifestBytes, parseManifest } from "./manifest.ts";
import { inclusionPathHex, rootHex } from "./merkle.ts";
import { bindingOf, parseShare, requireShare, shareToBytes } from "./share.ts";
import { manifestTypedData } from "./typedData/record.ts";
import { typedDataDigest } from "./typedData/signature.ts";
import {
  type RecordRef,
  requireAnchored,
  requireAuthorSignature,
  verifiedEnvelopes,
  verifiedManifest,
} from "./verifying.ts";

const code = (text: string) => expect.objectContaining({ code: text });
const CASES = vectors.cases.map((one) => {
  const manifest = parseManifest(toUtf8(one.manifestJson));
  const { patient, author, category } = manifest;
  const entry: ChainEntry = {
    patient,
    sequence: 4,
    author,
    category,
    location: 1,
    digestHex: one.manifestDigestHex,
    recordedAt: manifest.createdAt + 5,
    count: 0,
  };
  const ref: RecordRef = { patient, sequence: 4, leafIndex: null, manifestDigestHex: one.manifestDigestHex };
  const on = { chainId: manifest.chainId, records: manifest.records };
  return { ...one, manifest, entry, ref, on };
});

describe.each(CASES)("$name", ({ manifest, entry, ref, on, ...vector }) => {
  it("is read, written and verified as in Python", async () => {
    expect(fromUtf8(manifestBytes(manifest))).toBe(vector.manifestJson);
    expect(fromUtf8(envelopesBytes(parseEnvelopes(toUtf8(vector.envelopesJson))))).toBe(vector.envelopesJson);
    expect(fromUtf8(descriptorBytes(parseDescriptor(toUtf8(vector.descriptorJson))))).toBe(vector.descriptorJson);
    expect(typedDataDigest(manifestTypedData(manifest))).toBe(`0x${vector.signedDigestHex}`);
    requireAnchored(ref, entry);
    const verified = await verifiedManifest(toUtf8(vector.manifestJson), ref, entry, on);
    expect(verifiedEnvelopes(toUtf8(vector.envelopesJson), verified).patient).toBe(entry.patient);
  });

  it("has shares that are of it, and of nothing else", () => {
    const envelopes = parseEnvelopes(toUtf8(vector.envelopesJson));
    const binding = bindingOf(manifest);
    for (const json of vector.sharesJson) {
      const share = parseShare(toUtf8(json));
      expect(fromUtf8(shareToBytes(share))).toBe(json);
      requireShare(share, envelopes, share.key, binding);
      const wrong = "verification.share_binding";
      const other = share.key === "payload" ? "descriptor" : "payload";
      expect(() => requireShare(share, envelopes, other, binding)).toThrow(code(wrong));
      for (const changed of [
        { ...binding, chainId: 1 },
        { ...binding, records: binding.patient },
        { ...binding, patient: binding.records },
        { ...binding, category: binding.category + 1 },
        { ...binding, recipients: { ...binding.recipients, payload: binding.recipients.descriptor } },
        { ...binding, recipients: { ...binding.recipients, descriptor: binding.recipients.payload } },
      ]) {
        expect(() => requireShare(share, envelopes, share.key, changed)).toThrow(code(wrong));
      }
      for (const changed of [
        { ...share, index: share.index + 1 },
        { ...share, threshold: share.threshold + 1 },
        { ...share, total: share.total + 1 },
      ]) {
        expect(() => requireShare(changed, envelopes, share.key, binding)).toThrow(code(wrong));
      }
      const shareBytes = share.shareBytes.slice();
      shareBytes[3] = (shareBytes[3] ?? 0) ^ 1;
      expect(() => requireShare({ ...share, shareBytes }, envelopes, share.key, binding)).toThrow(
        code("verification.wrong_share"),
      );
      expect(() => requireShare({ ...share, custodian: binding.records }, envelopes, share.key, binding)).toThrow(
        code("not_found.custodian"),
      );
    }
  });

  it("is refused in another place", async () => {
    const bytes = toUtf8(vector.manifestJson);
    const mismatch = code("verification.manifest_mismatch");
    await expect(verifiedManifest(toUtf8(`${vector.manifestJson} `), ref, entry, on)).rejects.toThrow(mismatch);
    for (const other of [
      { ...entry, patient: entry.author },
      { ...entry, author: entry.patient },
      { ...entry, category: entry.category + 1 },
    ]) {
      await expect(verifiedManifest(bytes, ref, other, on)).rejects.toThrow(mismatch);
    }
    await expect(verifiedManifest(bytes, ref, entry, { ...on, chainId: 1 })).rejects.toThrow(mismatch);
    await expect(verifiedManifest(bytes, ref, entry, { ...on, records: entry.patient })).rejects.toThrow(mismatch);
    expect(() => requireAnchored({ ...ref, sequence: 5 }, entry)).toThrow(mismatch);
    expect(() => requireAnchored({ ...ref, leafIndex: 0 }, entry)).toThrow(mismatch);
    expect(() => requireAnchored(ref, { ...entry, digestHex: "00".repeat(32) })).toThrow(mismatch);
    expect(() => requireAnchored(ref, entry, ["00".repeat(32)])).toThrow(mismatch);
    const cut = toUtf8(vector.envelopesJson.replace("mendrec/1", "mendrec/2"));
    expect(() => verifiedEnvelopes(cut, manifest)).toThrow(code("verification.cid_mismatch"));
  });

  it("is found as a leaf of a batch, at its place only", () => {
    const leaves = ["11".repeat(32), vector.manifestDigestHex, "22".repeat(32)];
    const batch = { ...entry, count: 3, digestHex: rootHex(leaves) };
    const pathHex = inclusionPathHex(leaves, 1);
    requireAnchored({ ...ref, leafIndex: 1 }, batch, pathHex);
    expect(() => requireAnchored(ref, batch, pathHex)).toThrow(code("verification.manifest_mismatch"));
    expect(() => requireAnchored({ ...ref, leafIndex: 2 }, batch, pathHex)).toThrow(code("verification.not_included"));
    expect(() => requireAnchored({ ...ref, leafIndex: 3 }, batch, pathHex)).toThrow(code("input.leaf_index"));
  });

  it("bears its author's signature over every field", async () => {
    const invalid = code("verification.signature");
    const changes: Partial<Manifest>[] = [
      { chainId: 1 },
      { records: manifest.patient },
      { patient: manifest.author },
      { author: manifest.patient },
      { category: manifest.category + 1 },
      { createdAt: manifest.createdAt + 1 },
      { payload: { ...manifest.payload, cid: manifest.envelopes } },
      { payload: { ...manifest.payload, sizeBytes: manifest.payload.sizeBytes + 1 } },
      { payload: { ...manifest.payload, sha256Hex: "00".repeat(32) } },
      { sealedDescriptor: manifest.sealedDescriptor.slice(1) },
      { recipients: { descriptor: manifest.recipients.payload, payload: manifest.recipients.descriptor } },
      { envelopes: manifest.payload.cid },
    ];
    for (const change of changes) {
      await expect(requireAuthorSignature({ ...manifest, ...change })).rejects.toThrow(invalid);
    }
    for (const signature of otherSignatures(manifest.signature)) {
      await expect(requireAuthorSignature({ ...manifest, signature })).rejects.toThrow(invalid);
    }
    let asked = 0;
    await requireAuthorSignature({ ...manifest, signature: `0x${"ab".repeat(100)}` }, async (account, digest) => {
      expect([account, digest]).toEqual([manifest.author, `0x${vector.signedDigestHex}`]);
      asked += 1;
    });
    expect(asked).toBe(1);
  });
});

/** High s with the other v, v as 0 or 1, compact, cut: all of them would recover with a lenient reader. */
function otherSignatures(signature: `0x${string}`): `0x${string}`[] {
  const order = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141n;
  const [r, s, v] = [signature.slice(2, 66), BigInt(`0x${signature.slice(66, 130)}`), signature.slice(130)];
  const highS = (order - s).toString(16).padStart(64, "0");
  const low = s.toString(16).padStart(64, "0");
  return [
    `0x${r}${highS}${v === "1b" ? "1c" : "1b"}`,
    `0x${r}${low}${v === "1b" ? "00" : "01"}`,
    `0x${r}${low}${v === "1b" ? "1c" : "1b"}`,
    `0x${r}${low}`,
    `0x${"00".repeat(64)}1b`,
  ];
}
