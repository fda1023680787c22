import { beforeAll, describe, expect, it } from "vitest";
import vector from "../../../tests/vectors/sealed_to_oneself.json";
import { type Identity, newIdentity, openWith, sealTo, toStoredKey } from "./age.ts";
import { fromBase64, fromUtf8, toUtf8 } from "./bytes.ts";
import { parseAddress } from "./ids.ts";
import { openFromOneself, sealToOneself } from "./sealedToOneself.ts";

const PLACE = { account: parseAddress(vector.account), slot: vector.slot, version: vector.version };
const SEALED = fromBase64(vector.sealed);
const OTHER = parseAddress("0x70997970C51812dc3A010C7d01b50e0d17dc79C8");
const MISMATCH = expect.objectContaining({ code: "verification.sealed_to_oneself_mismatch" });

let stored: CryptoKey;
beforeAll(async () => {
  stored = await toStoredKey(vector.identity);
});

describe("what is sealed to oneself", () => {
  it("opens where Python sealed it, by the identity's text and by the key that nobody can read out", async () => {
    for (const identity of [vector.identity, stored] satisfies Identity[]) {
      expect((await openFromOneself(identity, PLACE, SEALED)).content).toEqual(vector.content);
    }
    const stated = JSON.parse(vector.plaintextJson) as { tag: string };
    expect(await openFromOneself(stored, PLACE, SEALED)).toMatchObject({ tagHex: stated.tag, version: vector.version });
  });

  it("is byte for byte what Python seals, inside its encryption", async () => {
    const sealed = await sealToOneself(stored, PLACE, vector.content);
    expect(fromUtf8(await openWith(vector.identity, sealed))).toBe(vector.plaintextJson);
  });

  it.each(vector.refused)("is refused where it was forged: $name", async ({ plaintext }) => {
    const forged = await sealTo(vector.recipient, toUtf8(plaintext));
    await expect(openFromOneself(stored, PLACE, forged)).rejects.toThrow(MISMATCH);
  });

  it.each([
    { ...PLACE, slot: "settings" },
    { ...PLACE, account: OTHER },
  ])("is refused for another place: $slot $account", async (place) => {
    await expect(openFromOneself(stored, place, SEALED)).rejects.toThrow(MISMATCH);
  });

  it("does not open for another identity", async () => {
    const opened = openFromOneself(await newIdentity(), PLACE, SEALED);
    await expect(opened).rejects.toMatchObject({ code: "verification.cannot_open" });
  });

  it("cannot hold what canonical JSON cannot", async () => {
    const sealed = sealToOneself(stored, PLACE, { a: 0.5 });
    await expect(sealed).rejects.toMatchObject({ code: "input.malformed_json" });
  });
});
