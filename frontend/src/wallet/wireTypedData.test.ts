import { expect, it } from "vitest";
import { wireTypedData } from "./wireTypedData.ts";

it("writes numbers that a double can't hold as decimal strings, and leaves the others", () => {
  const text = wireTypedData({
    domain: { name: "n" },
    types: { T: [{ name: "a", type: "uint256" }] },
    primaryType: "T",
    message: { a: 2n ** 255n, b: 2 ** 60, c: 5, d: "5" },
  });
  expect(JSON.parse(text).message).toEqual({ a: (2n ** 255n).toString(), b: "1152921504606846976", c: 5, d: "5" });
});

it("keeps a domain type that is stated", () => {
  const EIP712Domain = [{ name: "name", type: "string" }];
  const typedData = { domain: { name: "n", version: "1" }, types: { EIP712Domain }, primaryType: "T", message: {} };
  expect(JSON.parse(wireTypedData(typedData)).types.EIP712Domain).toEqual(EIP712Domain);
});
