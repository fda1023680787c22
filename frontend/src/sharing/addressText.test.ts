import { describe, expect, it } from "vitest";
import { addressIn } from "./addressText.ts";

const ADDRESS = "0x70997970C51812dc3A010C7d01b50e0d17dc79C8";

describe("addressIn", () => {
  it.each([
    ADDRESS,
    `  ${ADDRESS}\n`,
    ADDRESS.toLowerCase(),
    `ethereum:${ADDRESS}`,
    `ethereum:${ADDRESS}@31337`,
    `ethereum:pay-${ADDRESS}@1?value=1e18`,
    `eip155:1:${ADDRESS}`,
  ])("finds it in %s", (text) => expect(addressIn(text)).toBe(ADDRESS));

  it.each(["", "Kim", "0x7099", `${ADDRESS}00`, `https://example.org/${ADDRESS}`])("finds none in %s", (text) =>
    expect(addressIn(text)).toBeNull(),
  );

  it("says that a digit is mistyped", () => {
    expect(() => addressIn(ADDRESS.replace("C5", "c5"))).toThrow(/checksum/);
  });
});
