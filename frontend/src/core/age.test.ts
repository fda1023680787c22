import { describe, expect, it } from "vitest";
import { newIdentity, openWith, openWithPassphrase, recipientOf, sealTo, sealWithPassphrase } from "./age.ts";
import { toUtf8 } from "./bytes.ts";

const CANNOT_OPEN = expect.objectContaining({ code: "verification.cannot_open" });

describe("age", () => {
  it("seals to several, and only they open", async () => {
    const [one, two, other] = [await newIdentity(), await newIdentity(), await newIdentity()];
    const sealed = await sealTo([await recipientOf(one), await recipientOf(two)], toUtf8("note"));
    expect(await openWith(one, sealed)).toEqual(toUtf8("note"));
    expect(await openWith(two, sealed)).toEqual(toUtf8("note"));
    await expect(openWith(other, sealed)).rejects.toEqual(CANNOT_OPEN);
  });

  it("refuses what is altered, cut, armoured or no age file", async () => {
    const identity = await newIdentity();
    const sealed = await sealTo(await recipientOf(identity), toUtf8("note"));
    const flipped = sealed.slice();
    flipped[flipped.length - 1] = (flipped.at(-1) ?? 0) ^ 1;
    const armoured = toUtf8("-----BEGIN AGE ENCRYPTED FILE-----\nYWdl\n-----END AGE ENCRYPTED FILE-----\n");
    for (const other of [flipped, sealed.slice(0, -1), sealed.slice(0, 40), armoured, new Uint8Array(0)]) {
      await expect(openWith(identity, other)).rejects.toEqual(CANNOT_OPEN);
    }
  });

  it("seals to no text that is no usable recipient", async () => {
    const refused = expect.objectContaining({ code: "input.malformed_recipient" });
    for (const recipient of ["", "age1", `age1${"q".repeat(58)}`, "ssh-ed25519 AAAA"]) {
      await expect(sealTo(recipient, toUtf8("note"))).rejects.toEqual(refused);
    }
  });

  it("refuses identities of other kinds, and does not repeat them", async () => {
    for (const identity of ["", "AGE-SECRET-KEY-PQ-1QQ", "age-secret-key-1abc"]) {
      const opening = openWith(identity, toUtf8("x"));
      await expect(opening).rejects.toEqual(expect.objectContaining({ code: "input.malformed_identity" }));
      await opening.catch((error: Error) => expect(error.message).not.toContain(identity || "undefined"));
    }
  });

  it("seals under a passphrase", async () => {
    const sealed = await sealWithPassphrase(toUtf8("backup"), "정확한 말 battery staple", 10);
    expect(await openWithPassphrase(sealed, "정확한 말 battery staple")).toEqual(toUtf8("backup"));
    await expect(openWithPassphrase(sealed, "wrong")).rejects.toEqual(
      expect.objectContaining({ code: "input.wrong_passphrase" }),
    );
  });

  it("does not work itself to death on a passphrase file that asks for it", async () => {
    const stanza = `age-encryption.org/v1\n-> scrypt ${"A".repeat(22)} 30\n${"A".repeat(43)}\n--- ${"A".repeat(43)}\n`;
    // What it asks for would take far longer than a test may.
    await expect(openWithPassphrase(toUtf8(stanza), "any")).rejects.toEqual(
      expect.objectContaining({ code: "input.wrong_passphrase" }),
    );
  });
});
