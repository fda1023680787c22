import { describe, expect, it } from "vitest";
import vectors from "../../../tests/vectors/recipient.json";
import { openWith, recipientOf, sealTo, toStoredKey } from "./age.ts";
import {
  identityFromBytes,
  identityToBytes,
  parseRecipient,
  recipientFromBytes,
  recipientToBytes,
} from "./ageRecipient.ts";
import { fromHex, toHex, toUtf8 } from "./bytes.ts";

const MALFORMED_RECIPIENT = expect.objectContaining({ code: "input.malformed_recipient" });
const MALFORMED_IDENTITY = expect.objectContaining({ code: "input.malformed_identity" });

describe("age recipients and identities", () => {
  it.each(vectors.identities)("$recipient", async ({ secretHex, identity, recipient }) => {
    expect(identityFromBytes(fromHex(secretHex))).toBe(identity);
    expect(toHex(identityToBytes(identity))).toBe(secretHex);
    expect(await recipientOf(identity)).toBe(recipient);
    expect(await recipientOf(await toStoredKey(identity))).toBe(recipient);
  });

  it.each(vectors.recipients)("keeps $publicKeyHex", ({ publicKeyHex, recipient }) => {
    expect(recipientFromBytes(fromHex(publicKeyHex))).toBe(recipient);
    expect(toHex(recipientToBytes(recipient))).toBe(publicKeyHex);
  });

  it.each(vectors.refused)("refuses %j", (text) => {
    expect(() => parseRecipient(text)).toThrow(MALFORMED_RECIPIENT);
  });

  it.each(vectors.unusablePublicKeysHex)("refuses the unusable key %s", (publicKeyHex) => {
    expect(() => recipientFromBytes(fromHex(publicKeyHex))).toThrow(MALFORMED_RECIPIENT);
  });

  it("refuses identities of another spelling or length, and says nothing of them", () => {
    const identity = vectors.identities[0]?.identity ?? "";
    for (const text of ["", identity.toLowerCase(), identity.slice(0, -1), "age1pyqq"]) {
      expect(() => identityToBytes(text)).toThrow(MALFORMED_IDENTITY);
    }
    expect(() => identityFromBytes(new Uint8Array(31))).toThrow(MALFORMED_IDENTITY);
  });

  it("a stored key opens and can't be read out", async () => {
    const [{ identity, recipient } = { identity: "", recipient: "" }] = vectors.identities;
    const key = await toStoredKey(identity);
    expect(key.extractable).toBe(false);
    expect(await openWith(key, await sealTo(recipient, toUtf8("hello")))).toEqual(toUtf8("hello"));
  });
});
