import { describe, expect, it } from "vitest";
import { newIdentity, openWith, recipientOf } from "./age.ts";
import { type Bytes, concatBytes, toUtf8 } from "./bytes.ts";
import { cidOfRaw } from "./cid.ts";
import { parseEnvelopes } from "./envelopes.ts";
import type { Address } from "./ids.ts";
import { parseManifest } from "./manifest.ts";
import { combineShares, openDescriptor, openRecordPayload } from "./opening.ts";
import { openPatientEnvelope } from "./recordKeys.ts";
import { type CustodianKey, type RecordDraft, type SealedTo, sealRecord, sealUnsigned } from "./sealing.ts";
import { bindingOf, parseShare } from "./share.ts";

const ADDRESSES: readonly Address[] = [
  "0x7A38E8aDc278ed5f451f987b42335FE4CE896243",
  "0xcb2C14ba01aCc8c891470dCAA52190FEc51B691a",
  "0xc24cc856bF9488802203fD082C208E23ce5829c2",
];
const DRAFT: RecordDraft = {
  chainId: 31337,
  records: "0x1fDB96650b579e2386d574A2Fc6a4391b369b517",
  patient: "0xD3af67b9b51a02eD68c79c999b68a5d556b7E34d",
  author: "0x4BfBBFB3e927bb1B9165938eBD0cd636b7AE4575",
  category: 3,
  createdAt: 1_790_000_002,
  descriptor: { title: "혈액 검사", mediaType: "text/plain", fhirType: null, codes: [], fileName: "blood.txt" },
};
const CONTENT = toUtf8("haemoglobin 13.4 g/dL");
const SIGNATURE: `0x${string}` = `0x${"AB".repeat(65)}`;

async function world(total: number, threshold: number) {
  const patient = await newIdentity();
  const custodians: (CustodianKey & { identity: string })[] = [];
  for (const address of ADDRESSES.slice(0, total)) {
    const identity = await newIdentity();
    custodians.push({ address, identity, recipient: await recipientOf(identity) });
  }
  const to: SealedTo = { patientRecipient: await recipientOf(patient), custodians, threshold };
  return { patient, custodians, to };
}

async function seal(to: SealedTo) {
  const chunks: Bytes[] = [];
  const sealed = await sealRecord(
    DRAFT,
    new Blob([CONTENT]),
    (chunk) => void chunks.push(chunk),
    to,
    async () => SIGNATURE,
  );
  return { sealed, ciphertext: concatBytes(...chunks) };
}

describe("sealing a record", () => {
  it.each([
    [0, 0],
    [1, 1],
    [3, 2],
    [3, 3],
  ])("to %i custodians, %i needed", async (total, threshold) => {
    const { patient, custodians, to } = await world(total, threshold);
    const { sealed, ciphertext } = await seal(to);

    const manifest = parseManifest(sealed.manifestBytes);
    const envelopes = parseEnvelopes(sealed.envelopesBytes);
    expect(manifest).toEqual(sealed.manifest);
    expect(sealed.manifestCid).toBe(cidOfRaw(sealed.manifestBytes));
    expect(manifest.envelopes).toBe(cidOfRaw(sealed.envelopesBytes));
    expect(manifest.signature).toBe(SIGNATURE.toLowerCase());

    const keys = await openPatientEnvelope(patient, envelopes);
    expect(await openDescriptor(manifest, keys.descriptor)).toEqual(DRAFT.descriptor);
    const chunks: Bytes[] = [];
    await openRecordPayload(manifest, keys.payload, new Blob([ciphertext]), (chunk) => void chunks.push(chunk));
    expect(concatBytes(...chunks)).toEqual(CONTENT);

    for (const key of ["descriptor", "payload"] as const) {
      const shares = await Promise.all(
        custodians.slice(-threshold).map(async ({ identity, address }) => {
          const envelope = envelopes.custodians.find((one) => one.custodian === address);
          return parseShare(await openWith(identity, envelope?.shares[key].sealed ?? new Uint8Array(0)));
        }),
      );
      if (threshold > 0) {
        expect(await combineShares(shares, envelopes, key, bindingOf(manifest))).toBe(keys[key]);
      }
    }
  });

  it("makes fresh keys each time", async () => {
    const { to } = await world(0, 0);
    const [one, two] = [await seal(to), await seal(to)];
    expect(one.sealed.manifest.recipients).not.toEqual(two.sealed.manifest.recipients);
  });

  it.each([
    [3, 0, "input.threshold"],
    [3, 4, "input.threshold"],
    [0, 1, "input.threshold"],
  ])("refuses %i custodians with %i needed, before it writes", async (total, threshold, expected) => {
    const { to } = await world(total, threshold);
    const written: number[] = [];
    const sealing = sealUnsigned(DRAFT, new Blob([CONTENT]), () => void written.push(1), to);
    await expect(sealing).rejects.toEqual(expect.objectContaining({ code: expected }));
    expect(written).toEqual([]);
  });

  it("refuses a custodian named twice, and a descriptor that deceives", async () => {
    const { to, custodians } = await world(1, 1);
    const twice = { ...to, custodians: [...custodians, ...custodians] };
    const discard = () => undefined;
    await expect(sealUnsigned(DRAFT, new Blob([CONTENT]), discard, twice)).rejects.toEqual(
      expect.objectContaining({ code: "input.malformed_json" }),
    );
    const deceiving = { ...DRAFT, descriptor: { ...DRAFT.descriptor, fileName: "../blood.txt" } };
    await expect(sealUnsigned(deceiving, new Blob([CONTENT]), discard, to)).rejects.toEqual(
      expect.objectContaining({ code: "input.descriptor" }),
    );
  });

  it("lets a refusal of the wallet out, and a signature that is none is not stored", async () => {
    const { to } = await world(0, 0);
    const refusal = new Error("refused");
    const sign = () => Promise.reject(refusal);
    await expect(sealRecord(DRAFT, new Blob([CONTENT]), () => undefined, to, sign)).rejects.toBe(refusal);
    await expect(
      sealRecord(
        DRAFT,
        new Blob([CONTENT]),
        () => undefined,
        to,
        async () => "0x",
      ),
    ).rejects.toEqual(expect.objectContaining({ code: "sealing.fault" }));
  });
});
