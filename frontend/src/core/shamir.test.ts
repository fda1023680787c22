import { describe, expect, it } from "vitest";
import vectors from "../../../tests/vectors/shamir.json";
import { fromHex, toHex, toUtf8 } from "./bytes.ts";
import { combine, split } from "./shamir.ts";
import { commitmentHex } from "./share.ts";

const CANNOT_COMBINE = expect.objectContaining({ code: "verification.cannot_combine" });

describe("Shamir's sharing", () => {
  it.each(vectors.cases)("$name: any threshold of the vectors' shares give the secret", async (found) => {
    const shares = found.sharesHex.map(fromHex);
    const { threshold } = found;
    expect(toHex(await combine(shares.slice(0, threshold), { threshold }))).toBe(found.secretHex);
    expect(toHex(await combine(shares.slice(-threshold), { threshold }))).toBe(found.secretHex);
    expect(toHex(await combine(shares, { threshold }))).toBe(found.secretHex);
    expect(shares.map(commitmentHex)).toEqual(found.commitmentsHex);
  });

  it.each([
    [1, 1],
    [1, 64],
    [1, 255],
    [2, 2],
    [2, 3],
    [5, 9],
  ])("%i of %i come back", async (threshold, total) => {
    const secret = crypto.getRandomValues(new Uint8Array(32));
    const shares = await split(secret, { total, threshold });
    expect(shares.every((share) => share.length === 33 && share[32] !== 0)).toBe(true);
    expect(new Set(shares.map((share) => share[32])).size).toBe(total);
    expect(await combine(shares.slice(total - threshold), { threshold })).toEqual(secret);
  });

  it.each([
    [0, 3],
    [4, 3],
    [1, 256],
    [-1, 1],
  ])("%i of %i is refused", async (threshold, total) => {
    await expect(split(toUtf8("secret"), { total, threshold })).rejects.toEqual(
      expect.objectContaining({ code: "input.threshold" }),
    );
  });

  it("refuses what does not fit together", async () => {
    const secret = toUtf8("01234567890123456789012345678901");
    const [one, two, three] = await split(secret, { total: 3, threshold: 3 });
    if (one === undefined || two === undefined || three === undefined) {
      throw new Error("three shares were asked for");
    }
    const zeroCoordinate = three.slice();
    zeroCoordinate[32] = 0;
    for (const shares of [[], [one, two], [one, two, two], [one, two, three.slice(1)], [one, two, zeroCoordinate]]) {
      await expect(combine(shares, { threshold: 3 })).rejects.toEqual(CANNOT_COMBINE);
    }
    await expect(combine([one], { threshold: 0 })).rejects.toEqual(CANNOT_COMBINE);
  });
});
