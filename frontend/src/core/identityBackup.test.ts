import { describe, expect, it } from "vitest";
import vector from "../../../tests/vectors/sealed_identity.json";
import { newIdentity, recipientOf } from "./age.ts";
import { fromBase64 } from "./bytes.ts";
import {
  backupKeyOfSignature,
  backupWithPassphrase,
  backupWithWallet,
  isUnderPassphrase,
  restoreWithPassphrase,
  restoreWithWallet,
} from "./identityBackup.ts";
import { parseAddress } from "./ids.ts";
import { identityBackupTypedData } from "./typedData/record.ts";
import { typedDataDigest } from "./typedData/signature.ts";

const SIGNATURE = `0x${vector.signatureHex}` as const;
const ACCOUNT = parseAddress(vector.account);
const signer = { account: ACCOUNT, site: vector.site, sign: async () => SIGNATURE };

describe("identity backup", () => {
  it("opens what Python sealed", async () => {
    expect(identityBackupTypedData(ACCOUNT, vector.site)).toEqual(vector.typedData);
    expect(typedDataDigest(identityBackupTypedData(ACCOUNT, vector.site))).toBe(`0x${vector.signedDigestHex}`);
    expect(backupKeyOfSignature(SIGNATURE)).toBe(vector.backupKeyIdentity);
    expect(await restoreWithWallet(fromBase64(vector.backup), signer, vector.recipient)).toBe(vector.identity);
  });

  it("takes no heed of v, and refuses what is no ordinary signature", () => {
    expect(backupKeyOfSignature(`0x${vector.signatureHex.slice(0, 128)}00`)).toBe(vector.backupKeyIdentity);
    expect(() => backupKeyOfSignature(`0x${vector.signatureHex}00`)).toThrow(
      expect.objectContaining({ code: "verification.signature" }),
    );
  });

  it("goes round, and refuses another wallet, an older identity, a changed byte", async () => {
    const identity = await newIdentity();
    const recipient = await recipientOf(identity);
    const backup = await backupWithWallet(identity, signer);
    expect(await restoreWithWallet(backup, signer, recipient)).toBe(identity);
    const other = { ...signer, sign: async () => `0x${"11".repeat(65)}` as const };
    await expect(restoreWithWallet(backup, other, recipient)).rejects.toThrow(
      expect.objectContaining({ code: "verification.cannot_open" }),
    );
    await expect(restoreWithWallet(backup, signer, vector.recipient)).rejects.toThrow(
      expect.objectContaining({ code: "verification.identity_backup" }),
    );
    const changed = backup.slice();
    changed[changed.length - 1] = (changed.at(-1) ?? 0) ^ 1;
    await expect(restoreWithWallet(changed, signer, recipient)).rejects.toThrow(
      expect.objectContaining({ code: "verification.cannot_open" }),
    );
  });

  it("refuses a wallet whose signatures do not repeat", async () => {
    let asked = 0;
    const sign = async () => {
      asked += 1;
      return `0x${asked.toString(16).padStart(2, "0").repeat(65)}` as const;
    };
    await expect(backupWithWallet(await newIdentity(), { ...signer, sign })).rejects.toThrow(
      expect.objectContaining({ code: "refused.non_repeating_signature" }),
    );
  });

  it("goes round with a passphrase", { timeout: 60_000 }, async () => {
    const identity = await newIdentity();
    const backup = await backupWithPassphrase(identity, "correct horse");
    expect(await restoreWithPassphrase(backup, "correct horse", await recipientOf(identity))).toBe(identity);
    expect(isUnderPassphrase(backup)).toBe(true);
    await expect(restoreWithPassphrase(backup, "wrong", null)).rejects.toThrow(
      expect.objectContaining({ code: "input.wrong_passphrase" }),
    );
    await expect(backupWithPassphrase(identity, "")).rejects.toThrow(
      expect.objectContaining({ code: "input.invalid" }),
    );
  });
});
