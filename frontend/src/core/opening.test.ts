import { describe, expect, it } from "vitest";
import vectors from "../../../tests/vectors/sealed.json";
import { sealTo } from "./age.ts";
import { type Bytes, concatBytes, fromBase64, toHex, toUtf8 } from "./bytes.ts";
import { cidOfRaw } from "./cid.ts";
import { descriptorBytes } from "./descriptor.ts";
import { type Envelopes, KEY_NAMES, parseEnvelopes } from "./envelopes.ts";
import { type Manifest, parseManifest } from "./manifest.ts";
import { combineShares, openDescriptor, openRecordPayload, openResealed } from "./opening.ts";
import { openPatientEnvelope, recipientsOf } from "./recordKeys.ts";
import { sha256Hex } from "./sha256.ts";
import { bindingOf, parseShare, type Share, shareToBytes } from "./share.ts";

type Case = (typeof vectors.cases)[number];

const READER = vectors.reader.identity;

function code(expected: string) {
  return expect.objectContaining({ code: expected });
}

function parsed(found: Case): { manifest: Manifest; envelopes: Envelopes } {
  return {
    manifest: parseManifest(toUtf8(found.manifestJson)),
    envelopes: parseEnvelopes(toUtf8(found.envelopesJson)),
  };
}

async function payload(manifest: Manifest, key: string, ciphertext: Bytes): Promise<Bytes> {
  const chunks: Bytes[] = [];
  await openRecordPayload(manifest, key, new Blob([ciphertext]), (chunk) => void chunks.push(chunk));
  return concatBytes(...chunks);
}

/** The case with two of three custodians. */
function shared() {
  const found = vectors.cases[2];
  if (found === undefined) {
    throw new Error("the vectors have three cases");
  }
  const { manifest, envelopes } = parsed(found);
  const shares = found.sharesJson.map((text) => parseShare(toUtf8(text)));
  const payloadShares = shares.filter((share) => share.key === "payload");
  return { found, manifest, envelopes, binding: bindingOf(manifest), payloadShares };
}

describe.each(vectors.cases)("the sealed vector '$name'", (found) => {
  const { manifest, envelopes } = parsed(found);

  it("is addressed as said", () => {
    expect(sha256Hex(toUtf8(found.manifestJson))).toBe(found.manifestDigestHex);
    expect(cidOfRaw(toUtf8(found.manifestJson))).toBe(found.manifestCid);
    expect(cidOfRaw(toUtf8(found.envelopesJson))).toBe(found.envelopesCid);
    expect(manifest.envelopes).toBe(found.envelopesCid);
  });

  it("opens for the patient", async () => {
    const keys = await openPatientEnvelope(vectors.patient.identity, envelopes);
    expect(keys).toEqual(found.identities);
    expect(await recipientsOf(keys)).toEqual(manifest.recipients);
    expect(toHex(descriptorBytes(await openDescriptor(manifest, keys.descriptor)))).toBe(
      toHex(toUtf8(found.descriptorJson)),
    );
    const plaintext = await payload(manifest, keys.payload, fromBase64(found.payloadCiphertext));
    expect(plaintext.length).toBe(found.plaintextSizeBytes);
    expect(sha256Hex(plaintext)).toBe(found.plaintextSha256Hex);
  });

  it.runIf(found.threshold > 0)("opens for a reader, from what custodians released", async () => {
    const released = await Promise.all(found.releasedToReader.map((one) => openResealed(READER, fromBase64(one))));
    for (const key of KEY_NAMES) {
      const shares = released.filter((share) => share.key === key);
      if (shares.length > 0) {
        expect(await combineShares(shares, envelopes, key, bindingOf(manifest))).toBe(found.identities[key]);
      }
    }
    expect(released.length).toBeGreaterThan(0);
  });
});

describe("opening refuses", () => {
  it("the other key of the record", async () => {
    const { found, manifest } = shared();
    await expect(openDescriptor(manifest, found.identities.payload)).rejects.toEqual(code("refused.wrong_key"));
    const ciphertext = fromBase64(found.payloadCiphertext);
    await expect(payload(manifest, found.identities.descriptor, ciphertext)).rejects.toEqual(code("refused.wrong_key"));
  });

  it("an altered payload", async () => {
    const { found, manifest } = shared();
    const ciphertext = fromBase64(found.payloadCiphertext);
    ciphertext[ciphertext.length - 1] = (ciphertext.at(-1) ?? 0) ^ 1;
    await expect(payload(manifest, found.identities.payload, ciphertext)).rejects.toEqual(
      code("verification.payload_mismatch"),
    );
  });

  it("too few shares, and one twice", async () => {
    const { envelopes, binding, payloadShares } = shared();
    const [one] = payloadShares;
    if (one === undefined) {
      throw new Error("there are shares");
    }
    for (const shares of [[], [one], [one, one]]) {
      await expect(combineShares(shares, envelopes, "payload", binding)).rejects.toEqual(
        code("verification.cannot_combine"),
      );
    }
  });

  it.each<[string, (share: Share) => Share, string]>([
    ["another key", (share) => ({ ...share, key: "descriptor" }), "verification.share_binding"],
    ["another index", (share) => ({ ...share, index: 3 }), "verification.share_binding"],
    ["another threshold", (share) => ({ ...share, threshold: 1 }), "verification.share_binding"],
    [
      "another category",
      (share) => ({ ...share, binding: { ...share.binding, category: 9 } }),
      "verification.share_binding",
    ],
    [
      "another chain",
      (share) => ({ ...share, binding: { ...share.binding, chainId: 1 } }),
      "verification.share_binding",
    ],
    ["other bytes", (share) => ({ ...share, shareBytes: new Uint8Array(33).fill(7) }), "verification.wrong_share"],
    [
      "an unknown custodian",
      (share) => ({ ...share, custodian: "0x4BfBBFB3e927bb1B9165938eBD0cd636b7AE4575" }),
      "not_found.custodian",
    ],
  ])("a share of %s", async (_, changed, expected) => {
    const { envelopes, binding, payloadShares } = shared();
    const [first, ...rest] = payloadShares;
    if (first === undefined) {
      throw new Error("there are shares");
    }
    await expect(combineShares([changed(first), ...rest], envelopes, "payload", binding)).rejects.toEqual(
      code(expected),
    );
  });

  it("shares that make another key than the manifest's", async () => {
    const { envelopes, binding, payloadShares, manifest } = shared();
    const swapped = { descriptor: manifest.recipients.payload, payload: manifest.recipients.descriptor };
    const lying = payloadShares.map((share) => ({ ...share, binding: { ...share.binding, recipients: swapped } }));
    await expect(combineShares(lying, envelopes, "payload", { ...binding, recipients: swapped })).rejects.toEqual(
      code("verification.combined_key"),
    );
  });

  it("what is no share, and another's share", async () => {
    const { manifest, payloadShares } = shared();
    const readerRecipient = manifest.recipients.payload;
    const reader = vectors.cases[2]?.identities.payload ?? "";
    const [share] = payloadShares;
    if (share === undefined) {
      throw new Error("there are shares");
    }
    const cannotOpen = code("verification.cannot_open");
    expect(await openResealed(reader, await sealTo(readerRecipient, shareToBytes(share)))).toEqual(share);
    await expect(openResealed(READER, await sealTo(readerRecipient, shareToBytes(share)))).rejects.toEqual(cannotOpen);
    await expect(openResealed(reader, await sealTo(readerRecipient, toUtf8("{}")))).rejects.toEqual(cannotOpen);
  });

  it("a patient's envelope that was moved from another record", async () => {
    const [one, two] = vectors.cases.map((found) => parsed(found).envelopes);
    if (one === undefined || two === undefined) {
      throw new Error("the vectors have three cases");
    }
    const moved = { ...two, patientEnvelope: one.patientEnvelope };
    await expect(openPatientEnvelope(vectors.patient.identity, moved)).rejects.toEqual(
      code("verification.share_binding"),
    );
    await expect(openPatientEnvelope(READER, one)).rejects.toEqual(code("verification.cannot_open"));
  });
});
